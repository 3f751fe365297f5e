#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# SAs within SAs (RFC 4301 section 4.3): AH over ESP between two hosts, and a
# tunnel through a tunnel, both described by one file.
#
# Topology: see peer.sh. The other gateway of the outer tunnel is 192.0.2.13.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

AWAY4=192.0.2.13
AWAY6=2001:db8:1::13

# lists WORD...: the set that runs, and is what a second apply leaves
lists() {
	nf list >"$tmpdir/list"
	grep -qF -- "$*" "$tmpdir/list" || {
		cat "$tmpdir/list"
		return 1
	}
	nf apply "$tmpdir/set" && nf list | diff "$tmpdir/list" -
}

# ah_over_esp FAMILY [WORD...]: transport mode between the router and the peer
ah_over_esp() {
	local here=$GATE4 there=$PEER4

	[ "$1" = 4 ] || here=$GATE6 there=$PEER6
	begin "sas h 0x1000 esp aes-gcm-128 mode transport via n ${*:2}" \
		"sas n 0x1001 ah hmac-sha256-128 mode transport ${*:2}" \
		"protect h $here $there" && steps <<-END
		lists via n
		local src=$here dst=$there len=40
		nested n.out h.out
		local src=$here dst=$there len=41
		nested n.out h.out
		within n.in h.in
		took udp
		within n.in h.in len=700
		took udp
		# each alone, and the other way round
		mark
		send h.in
		drop policy-mismatch by=sa
		send n.in
		drop policy-mismatch by=sa,policy
		within h.in n.in
		drop policy-mismatch by=sa
		within n.in h.in flip=30
		drop bad-icv by=sa
		within n.in h.in
		took udp
		count in-packets n=2
	END
}

# a router's tunnel through a tunnel to another router
through() {
	begin "sas t 0x1000 esp aes-gcm-128 via o" \
		"sas o 0x1001 esp aes-cbc-128+hmac-sha256-128 remote $AWAY4" \
		"protect t 10.1.0.0/16 10.2.0.0/16" && steps <<-END
		lan len=100
		nested o.out t.out
		lan len=1000
		nested o.out t.out
		within o.in t.in
		took lan
		mark
		send t.in
		drop policy-mismatch by=sa
		send o.in
		drop policy-mismatch by=sa,policy
		# 1500 less 20 + 24 + 16, in blocks of 16, less 2, is 1438;
		# that less 20 + 16 + 16, in blocks of 4, less 2, is 1382
		lan len=$((1382 - 28)) df=1
		nested o.out t.out len=$((1382 + 54))
		lan len=$((1383 - 28)) df=1
		icmp lan type=3 code=4 mtu=1382
		drops too-big=1
		# what may be cut is, before the first of them
		lan len=1400
		fits o.out
		fits o.out
		count out-fragmented
	END
}

# across families: IPv4 outside, IPv6 within it, IPv4 inside
families() {
	begin "sas t 0x1000 esp aes-gcm-128 v6 via o" \
		"sas o 0x1001 esp aes-gcm-128" \
		"protect t 10.1.0.0/16 10.2.0.0/16" && steps <<-END
		lan len=100
		nested o.out t.out
		within o.in t.in
		took lan
	END
}

# nothing goes where the tunnel around it is not, and nothing round in circles
missing() {
	begin "sas t 0x1000 esp aes-gcm-128 via o" \
		"sas u 0x1001 esp aes-gcm-128 via v" "sas v 0x1002 esp aes-gcm-128 via u" \
		"protect t 10.1.0.0/16 10.2.0.0/16" \
		"protect u 10.1.0.0/16 10.3.0.0/16" && steps <<-END || return
		lan
		drop no-sa by=sa,policy
		lan dst=10.3.0.1
		drop too-deep by=sa,policy
		# it comes later
		sas o 0x1003 esp aes-gcm-128
		apply
		lan
		nested o.out t.out seq=1
		# and both may move
		nfipsec tunnel move o remote $AWAY4
		at o.out dst=$AWAY4
		lan
		nested o.out t.out
	END
	nf sa add tunnel x dir in local "$GATE4" remote "$PEER4" spi 0x2000 \
		esp aes-gcm-128 key-file "$tmpdir/key.in.0x1000" via x >"$tmpdir/itself" 2>&1
	cat "$tmpdir/itself"
	grep -q "via: expected another tunnel than the SA's own" "$tmpdir/itself"
}

main() {
	require_peer
	require_module
	topology
	ip -n "$gate" -batch - <<-END
		neigh add $AWAY4 lladdr $MAC_PEER dev wan0
		neigh add $AWAY6 lladdr $MAC_PEER dev wan0
	END
	ktap_print_header
	ktap_set_plan 5
	ktap_test "AH over ESP, ipv4" ah_over_esp 4
	ktap_test "AH over ESP, ipv6" ah_over_esp 6 v6
	ktap_test "a tunnel through a tunnel" through
	ktap_test "of two families" families
	ktap_test "without what is around it, and in circles" missing
	ktap_finish
}

main
