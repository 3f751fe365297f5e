#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sequence numbers with the kernel's IPsec, both ways: 64-bit ones across
# 2^32, also out of order; 32-bit ones up to their end; numbers that come
# twice. The hosts are drawn in lib.sh.
#
# One family: numbers and windows have none

. "$(dirname "$0")/lib.sh"

# the number before the first one
EDGE64=$((0x100000000 - 16))
EDGE32=$((0x100000000 - 1 - 5))

# "PROTO ENC AUTH MODE OUTER INNER ICV-PAD"
ESN_PAIRS=(
	"esp aes-gcm-256 - tunnel 4 4 -"
	"esp chacha20-poly1305 - transport 6 6 -"
	"esp aes-cbc-128 hmac-sha256-128 tunnel 6 4 -"
	"esp null hmac-sha512-256 transport 4 4 -"
	"ah - hmac-sha256-128 tunnel 4 6 4"
	"ah - hmac-sha384-192 transport 6 6 -"
)
PAIRS32=(
	"esp aes-gcm-128 - tunnel 4 4 -"
	"esp aes-cbc-256 hmac-sha512-256 transport 6 6 -"
	"ah - hmac-sha256-128 transport 4 4 8"
)

# choose PAIR ESN SEQ: sets the variables of set_up
choose() {
	read -r proto enc auth mode outer inner icv_pad <<<"$1"
	enc=${enc#-}
	auth=${auth#-}
	esn=$2
	ltr_seq=$3
	rtl_seq=$3
	name="$proto $enc${enc:+${auth:++}}$auth $mode ipv$inner in ipv$outer"
}

# bursts N: both ways
bursts() {
	agent burst 0 "$left_inner" "$right_inner" "$1" &&
		agent burst 1 "$right_inner" "$left_inner" "$1"
}

# look: read the counters of both; what_changed has the differences since
look() {
	if [ "$INTEROP_LEFT" = nf_ipsec ]; then
		in_left "$tmpdir/now" "$NFIPSEC" stats || return
	else
		agent cat 0 xfrm_stat "$tmpdir/now" || return
	fi
	find_changes "$tmpdir/left" "$tmpdir/now"
	what_changed=""
	note left
	agent cat 1 xfrm_stat "$tmpdir/now" || return
	find_changes "$tmpdir/right" "$tmpdir/now"
	note right
}

note() {
	local name

	for name in "${!changes[@]}"; do
		case $name in
		"drop "* | in-unknown-spi | Xfrm*)
			what_changed+="${what_changed:+, }$1 $name ${changes[$name]}"
			;;
		esac
	done
}

# expect_changes NF_IPSEC XFRM-LEFT XFRM-RIGHT: what each may have counted
expect_changes() {
	local wanted=$1

	[ "$INTEROP_LEFT" = nf_ipsec ] || wanted=$2
	wanted+="${wanted:+${3:+, }}$3"
	look || return
	[ "$what_changed" = "$wanted" ] && return
	echo "counted: ${what_changed:-nothing}; expected: ${wanted:-nothing}"
	return 1
}

# numbers_passed: the left host is beyond 2^32, both ways
numbers_passed() {
	local key value count=0

	[ "$INTEROP_LEFT" = nf_ipsec ] || return 0
	in_left "$tmpdir/list" "$NFIPSEC" sa list -j || return
	while read -r key value; do
		[ "$key" != '"seq":' ] && continue
		[ "${value%,}" -gt $((0xffffffff)) ] && : $((count += 1))
	done <"$tmpdir/list"
	[ "$count" -eq 2 ] && return
	echo "$count of 2 SAs are beyond 2^32"
	return 1
}

esn_edge() {
	set_up && bursts 40 && agent udp 0 "$left_inner" "$right_inner" 4000 &&
		numbers_passed && packets_agree && expect_changes "" "" ""
}

# The last number is 2^32 - 1: five packets pass, and then none ever.
hard_stop() {
	set_up && bursts 5 &&
		agent lost 0 "$left_inner" "$right_inner" 10 &&
		agent lost 1 "$right_inner" "$left_inner" 10 &&
		agent lost 0 "$left_inner" "$right_inner" 10 &&
		packets_agree &&
		expect_changes "left drop seq-exhausted 2" \
			"left XfrmOutStateSeqError 2" \
			"right XfrmOutStateSeqError 1"
}

# with_netem WORDS COMMAND...: what both hosts send goes through netem
with_netem() {
	local words=$1 host rc=0

	shift
	modprobe -q sch_netem
	for host in "$left" "$right"; do
		# shellcheck disable=SC2086 # words
		tc -n "$host" qdisc add dev wan0 root netem $words limit 10000 ||
			return "$KSFT_SKIP"
	done
	"$@" || rc=1
	for host in "$left" "$right"; do
		tc -n "$host" qdisc del dev wan0 root
	done
	return "$rc"
}

# Some overtake others, before, across and after the edge.
out_of_order() {
	set_up && with_netem "delay 2ms reorder 50% gap 3" bursts 60 &&
		numbers_passed && packets_agree && expect_changes "" "" ""
}

# Each packet comes twice, and is taken once.
twice() {
	set_up && with_netem "duplicate 100%" bursts 20 && packets_agree &&
		expect_changes "left drop replay-duplicate 20" \
			"left XfrmInStateSeqError 20" \
			"right XfrmInStateSeqError 20"
}

tests() {
	local pair

	for pair in "${ESN_PAIRS[@]}"; do
		choose "$pair" on $EDGE64
		ktap_test "$name across 2^32" esn_edge
	done
	for pair in "${ESN_PAIRS[@]:2:3}"; do
		choose "$pair" on $EDGE64
		ktap_test "$name across 2^32, out of order" out_of_order
	done
	for pair in "${PAIRS32[@]}"; do
		choose "$pair" off $EDGE32
		ktap_test "$name stops at 2^32 - 1" hard_stop
		choose "$pair" off ""
		ktap_test "$name takes no number twice" twice
	done
}

require_interop
require_command tc
ktap_print_header
ktap_set_plan $((${#ESN_PAIRS[@]} + 3 + 2 * ${#PAIRS32[@]}))
make_hosts
touch "$tmpdir"/{left,right}
tests
ktap_finish
