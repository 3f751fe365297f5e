#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: selftests/bench/profile.sh [--xfrm] [--top N] [--keep DIR] [SIZE...]
#
# Where the instructions of a packet go: per function of the kernel and of the
# module, what nf_ipsec (or, with --xfrm, the kernel's own IPsec) adds to plain
# forwarding, out and in together, for inner packets of SIZE octets (50), and the
# locked operations and the calls of each function.  Runs the VM itself, with a
# plugin of QEMU's that counts (counter.c).  --keep: what it wrote stays in DIR.

cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=ends.sh
. selftests/bench/ends.sh

XFRM=0
TOP=70
KEEP=
SIZES=()

# in the guest: one run of each size in clear, one protected
guest() {
	bench_modules
	topology
	[ "$XFRM" = 1 ] || insmod "$KO" || exit 1
	for size in "${SIZES[@]}"; do
		row_one "$size" || exit 1
	done
	if [ "$XFRM" = 1 ]; then
		xfrm_up
	else
		nf_up
	fi
	for size in "${SIZES[@]}"; do
		row_one "$size" || exit 1
	done
	cp /proc/kallsyms /run/nf_ipsec/results/kallsyms
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
		"$results" $((COUNT * BATCHES)) "$TOP" "${SIZES[@]}" || status=1
	[ -n "$KEEP" ] || rm -rf "$results"
	exit "$status"
}

main "$@"
