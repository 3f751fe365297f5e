#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Guest instructions per packet: plain forwarding, the kernel's own IPsec, and
# nf_ipsec, in one boot.  Run it in the VM with the instruction counter:
#
#   selftests/vm/run --icount --smp 1 -- selftests/bench/first-reading.sh
#
# The topology is path.sh's.
# A row whose delivered count differs from the sent one is void.

cd "$(dirname "$0")/../.." || exit 1

. selftests/bench/path.sh

# row NAME: one measurement a size
row() {
	local size

	printf '%-28s' "$1"
	for size in 50 512 1420; do
		printf '%12s' "$(row_one "$size")"
	done
	echo
}

main() {
	bench_modules
	gun_build || exit 4
	topology
	printf '%-28s%12s%12s%12s\n' "instructions per packet" 50 512 1420
	row "plain"
	xfrm_end G1 out 0x1000 192.0.2.1 192.0.2.2
	xfrm_end G2 in 0x1000 192.0.2.1 192.0.2.2
	row "xfrm aes-gcm-128"
	ip -n G1 xfrm state flush; ip -n G1 xfrm policy flush
	ip -n G2 xfrm state flush; ip -n G2 xfrm policy flush
	row "plain again"
	insmod "$KO" || exit 1
	nfipsec_end G1 out 192.0.2.1 192.0.2.2
	nfipsec_end G2 in 192.0.2.2 192.0.2.1
	row "nf_ipsec aes-gcm-128"
	ip netns exec G1 "$NFIPSEC" sa list -s
	ip netns exec G2 "$NFIPSEC" stats
}

main
