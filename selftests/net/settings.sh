#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What holds beside the policies (nfipsec settings): what becomes of ESP and AH
# that no SA is for.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

# SAs of the peer's that the router does not have
ghosts() {
	local v alg

	for v in 4 6; do
		alg=hmac-sha256-128
		say sa ghost-ah$v protocol=ah spi=0xabcd$v alg=$alg \
			key="$(key_of $alg)" "src=$(end PEER $v)" "dst=$(end GATE $v)" || return
		alg=aes-gcm-128
		say sa ghost$v protocol=esp spi=0xabcd$v alg=$alg \
			key="$(key_of $alg)" "src=$(end PEER $v)" "dst=$(end GATE $v)" || return
	done
}

# end PEER|GATE 4|6
end() {
	local name=$1$2

	echo "${!name}"
}

unknown_spi() {
	ghosts && begin "sas t - esp aes-gcm-128" "protect t 10.1.0.0/16 10.2.0.0/16" &&
		steps <<-END
		send ghost4
		took raw
		count in-unknown-spi
		nfipsec settings set unknown-spi drop
		now
		send ghost4 seq=7
		drop unknown-spi
		record unknown-spi sa=ghost4 seq=7
		send ghost-ah4 seq=8
		drop unknown-spi
		record unknown-spi sa=ghost-ah4 seq=8
		send ghost6 v=6 seq=9 oflow=489335
		drop unknown-spi
		record unknown-spi sa=ghost6 seq=9 flow=489335
		send ghost-ah6 v=6 seq=10
		drop unknown-spi
		# fragments are put together first
		send ghost4 len=200 ofrag=96
		drop unknown-spi
		# what is not for this host passes, and so does what an SA is for
		send t.in
		took lan
		nfipsec settings set unknown-spi pass
		send ghost4
		took raw
		count in-unknown-spi
	END
}

main() {
	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 1
	ktap_test "unknown SPIs pass, or are dropped" unknown_spi
	ktap_finish
}

main
