#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: selftests/bench/profile.sh [--xfrm] [--top N] [--keep DIR] [SIZE...]
#
# Where the instructions of a packet go: per function of the kernel and of the
# module, what nf_ipsec (or, with --xfrm, the kernel's own IPsec) adds to plain
# forwarding, out and in together, for inner packets of SIZE octets (50), and the
# locked operations and the calls of each function.  A SIZE of tcp or tcp6 is bulk
# from S over G1 to a program on G2, per 1448 octets.  Runs the VM itself, with a
# plugin of QEMU's that counts (counter.c).  --keep: what it wrote stays in DIR.

cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=ends.sh
. selftests/bench/ends.sh

XFRM=0
TOP=70
KEEP=
SIZES=()

TCP_BATCHES=5
TCP_SEGMENTS=1024

# tcp_one SIZE: as row_one
tcp_one() {
	local to=10.2.0.1 dev

	[ "$1" = tcp ] || to=fd02::1
	for dev in "G1 wan" "G1 lan" "G2 wan" "G2 lan" "S s0"; do
		ip -n "${dev% *}" link set "${dev#* }" mtu 1500
	done
	ip -n S route flush cache
	ip -n S -6 route flush cache
	in_ns S "$TCPGUN" -b $TCP_BATCHES G2 "$to" 5001 $((1448 * TCP_SEGMENTS))
}

all_sizes() {
	local size

	for size in "${SIZES[@]}"; do
		case $size in
		tcp*)
			tcp_one "$size"
			;;
		*)
			row_one "$size"
			;;
		esac || exit 1
	done
}

# in the guest: one run of each size in clear, one protected
guest() {
	bench_modules
	topology
	[ "$XFRM" = 1 ] || insmod "$KO" || exit 1
	[ "${SIZES[0]}" != tcp6 ] || family=6
	all_sizes
	if [ "$XFRM" = 1 ]; then
		xfrm_up
	else
		nf_up
	fi
	all_sizes
	cp /proc/kallsyms /run/nf_ipsec/results/kallsyms
}

packets() {
	case ${SIZES[0]} in
	tcp*)
		echo $((TCP_BATCHES * TCP_SEGMENTS))
		;;
	*)
		echo $((COUNT * BATCHES))
		;;
	esac
}

main() {
	local results status=0

	while [ $# -gt 0 ]; do
		case $1 in
		--xfrm)
			XFRM=1
			;;
		--top)
			TOP=$2
			shift
			;;
		--keep)
			KEEP=$2
			shift
			;;
		--guest)
			shift
			SIZES=("$@")
			guest
			exit
			;;
		*)
			SIZES+=("$1")
			;;
		esac
		shift
	done
	[ ${#SIZES[@]} -gt 0 ] || SIZES=(50)
	results=${KEEP:-$(mktemp -d)}
	mkdir -p "$results"
	make -s -C selftests/bench || exit 1
	[ "$XFRM" = 0 ] || set -- --xfrm
	selftests/vm/run --icount --plugin selftests/bench/build/counter.so \
		--results "$results" -- \
		selftests/bench/profile.sh "$@" --guest "${SIZES[@]}" || status=1
	[ "$status" -ne 0 ] || python3 selftests/bench/profile.py \
		"$results" "$(packets)" "$TOP" "${SIZES[@]}" || status=1
	[ -n "$KEEP" ] || rm -rf "$results"
	exit "$status"
}

main "$@"
