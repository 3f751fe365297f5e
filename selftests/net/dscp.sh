#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Traffic classes and congestion: a map of DSCPs for the outer header, SAs for
# certain DSCPs (RFC 4301 sections 4.1 and 4.4.2.1), and ECN (RFC 6040).
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

TUNNEL4="protect t 10.1.0.0/16 10.2.0.0/16"
TUNNEL6="protect t 2001:db8:a::/64 2001:db8:b::/64"

# mapped OUTER: 46 to 34, 0 to 8; others, and ECN, as they are
mapped() {
	local six="" v

	[ "$1" = 4 ] || six=v6
	begin "sas t - esp aes-gcm-128 dscp-map 46:34,0:8 $six" "$TUNNEL4" \
		"$TUNNEL6" || return
	for v in 4 6; do
		steps <<-END || return
			lan v=$v tos=0xb8
			wire t.out tos=0x88 inner_tos=0xb8
			lan v=$v tos=0xba
			wire t.out tos=0x8a inner_tos=0xba
			lan v=$v tos=0
			wire t.out tos=0x20 inner_tos=0
			lan v=$v tos=3
			wire t.out tos=0x23 inner_tos=3
			lan v=$v tos=0x88
			wire t.out tos=0x88
			lan v=$v tos=0xfc
			wire t.out tos=0xfc
			# on the way back nothing is mapped
			send t.in v=$v tos=0xb8 otos=0x88
			took lan tos=0xb8
		END
	done
}

# --- SAs for some DSCPs ---

# two WORD...: an SA for 46 and 40 to 42, and one for the rest, in that order or,
# with "other way", in the other one
two() {
	local rest="sa out t - esp aes-gcm-128 as rest" \
		fast="sa out t - esp aes-gcm-128 as fast for-dscp 40-42,46"

	if [ "$*" = "other way" ]; then
		begin "$fast" "$rest" "sa in t - esp aes-gcm-128" "$TUNNEL4" \
			"$TUNNEL6"
	else
		begin "$rest" "$fast" "sa in t - esp aes-gcm-128" "$TUNNEL4" \
			"$TUNNEL6"
	fi
}

# split WORD...: packets of one flow, by turns; which SA is younger is no matter
split() {
	local v

	two "$@" || return
	for v in 4 6; do
		steps <<-END || return
			lan v=$v tos=0xb8
			wire fast tos=0xb8
			lan v=$v tos=0
			wire rest tos=0
			lan v=$v tos=0xb9
			wire fast tos=0xb9
			lan v=$v tos=0xa0
			wire fast
			lan v=$v tos=0xa8
			wire fast
			lan v=$v tos=0xac
			wire rest
			lan v=$v tos=0x9c
			wire rest
			lan v=$v tos=3
			wire rest tos=3
			lan v=$v tos=0xb8
			wire fast
		END
	done
	say quiet
}

# rekeyed: a younger SA for the rest takes nothing from the other one, and a
# younger one for the same DSCPs takes all
rekeyed() {
	two && steps <<-END
		sa out t - esp aes-gcm-128 as rest2
		sa out t - esp aes-gcm-128 as fast2 for-dscp 46
		apply
		lan tos=0xb8
		wire fast2
		lan tos=0xa0
		wire fast
		lan tos=0
		wire rest2
	END
}

# gone: what the SA was for goes with the rest, and comes back
gone() {
	local print

	two && steps <<-END || return
		lan tos=0xb8
		wire fast
	END
	print=$(nf sa list | grep 'for-dscp 40-42,46') || return
	[[ $print =~ \ spi\ ([0-9a-fx]+) ]] || return
	nf sa del dir out remote $PEER4 spi "${BASH_REMATCH[1]}" esp && steps <<-END
		lan tos=0xb8
		wire rest
		lan tos=0
		wire rest
	END
}

# nothing_else: without an SA for the rest there is none
nothing_else() {
	begin "sas t - esp aes-gcm-128 for-dscp 46" "$TUNNEL4" && steps <<-END
		lan tos=0xb8
		wire t.out
		lan tos=0
		drop no-sa by=policy
		# on input it is not asked
		send t.in tos=0
		took lan
		send t.in tos=0xb8 otos=0xb8
		took lan
	END
}

in_transport() {
	begin "sa out t - esp aes-gcm-128 mode transport as rest" \
		"sa out t - esp aes-gcm-128 mode transport as fast for-dscp 46" \
		"sa in t - esp aes-gcm-128 mode transport" \
		"protect t $GATE4 $PEER4" && steps <<-END
		local dst=$PEER4 tos=0xb8
		wire fast tos=0xb8
		local dst=$PEER4
		wire rest tos=0
	END
}

# dummies: those of an SA for some DSCPs have one of these
dummies() {
	begin "sa out t - esp aes-gcm-128" \
		"sa out t - esp aes-gcm-128 as fast for-dscp 46,50 dummy-every 50ms" \
		"$TUNNEL4" && say dummies fast n=2 tos=0xb8
}

# shown: nfipsec takes what it shows; both SAs are ones that are sent on
shown() {
	two && nf sa list >"$tmpdir/shown" &&
		grep -q ' for-dscp 40-42,46' "$tmpdir/shown" &&
		[ "$(nf sa list -s | grep -c '# active')" = 2 ] &&
		nf apply -n "$tmpdir/shown"
}

# --- ECN ---

# compatible OUTER: every outer header is Not-ECT, whatever is inside
compatible() {
	local six="" v ecn

	[ "$1" = 4 ] || six=v6
	begin "sas t - esp aes-gcm-128 ecn clear $six" "$TUNNEL4" "$TUNNEL6" || return
	for v in 4 6; do
		for ecn in 0 1 2 3; do
			steps <<-END || return
				lan v=$v tos=$((0x58 | ecn))
				wire t.out tos=0x58 inner_tos=$((0x58 | ecn))
			END
		done
	done
}

# with_dscp: and the DSCP that was asked for
with_dscp() {
	begin "sas t - esp aes-gcm-128 ecn clear dscp 12" "$TUNNEL4" && steps <<-END
		lan tos=0xb9
		wire t.out tos=0x30 inner_tos=0xb9
	END
}

# transport_ecn: what arrives is what is delivered, and none is dropped
transport_ecn() {
	local ecn

	begin "sas t - esp aes-gcm-128 mode transport" "protect t $GATE4 $PEER4" ||
		return
	for ecn in 0 1 2 3; do
		steps <<-END || return
			send t.in proto=icmp otos=$((0x88 | ecn))
			took ping tos=$((0x88 | ecn))
		END
	done
	say drops
}

require_peer
require_module
topology
# an answer to a ping would be an answer that nobody waits for
in_gate sysctl -qw net.ipv4.icmp_echo_ignore_all=1
ktap_print_header
ktap_set_plan 14
for v in 4 6; do
	ktap_test "a map of DSCPs, over IPv$v" mapped $v
	ktap_test "ECN compatibility mode, over IPv$v" compatible $v
done
ktap_test "an SA for some DSCPs, the younger one" split
ktap_test "an SA for some DSCPs, the older one" split other way
ktap_test "younger SAs of both kinds" rekeyed
ktap_test "an SA for some DSCPs that goes" gone
ktap_test "no SA for the rest" nothing_else
ktap_test "SAs for DSCPs in transport mode" in_transport
ktap_test "dummies of an SA for some DSCPs" dummies
ktap_test "nfipsec shows SAs for DSCPs" shown
ktap_test "ECN compatibility mode with a DSCP" with_dscp
ktap_test "ECN in transport mode" transport_ecn
ktap_finish
