#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Ways out past the boundary, those that the other tests do not try:
# Documentation/security.rst has the list of all of them. And nobody locks himself
# out who protects everything.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

# family 4|6: the words of a set, and the ends
family() {
	f=$1 v6='' v='' here=$GATE4 there=$PEER4
	[ "$1" = 4 ] && return
	v6=v6 v=v=6 here=$GATE6 there=$PEER6
}

# device N HERE THERE: a tunnel of the kernel's from the addresses below
device() {
	local kind=(type ipip ttl 64) below="10.9.$1.1/24"

	[ "$f" = 4 ] || {
		kind=(type ip6tnl mode ip6ip6 encaplimit none)
		below="fd09:$1::1/64 nodad"
	}
	echo "link add t$1 ${kind[*]} local $2 remote $3"
	echo "link set t$1 up"
	echo "addr add $below dev t$1"
}

# levels: five devices, each over the one below, and the lines of a set that
# protects what they send; sets $fourth and $fifth to what is beyond
levels() {
	local ends=("$here" "$there") n

	for n in 1 2 3 4 5; do
		device "$n" "${ends[@]}" >>"$tmpdir/links"
		lines+=("sa out l$n - esp aes-gcm-128 $v6 local ${ends[0]} remote ${ends[1]}"
			"policy dir out src ${ends[0]} dst ${ends[1]} protect l$n")
		fourth=$fifth
		ends=("10.9.$n.1" "10.9.$n.2")
		[ "$f" = 4 ] || ends=("fd09:$n::1" "fd09:$n::2")
		fifth=${ends[1]}
	done
}

nested_out() {
	local n lines=() fourth='' fifth='' rc

	family "$1"
	modprobe -q ipip
	modprobe -q ip6_tunnel
	: >"$tmpdir/links"
	levels
	ip -n "$gate" -batch "$tmpdir/links" 2>/dev/null || {
		echo "no tunnels of the kernel's"
		return "$KSFT_SKIP"
	}
	# without what protects the fourth device's ends
	begin "${lines[@]:0:8}" && steps <<-END
		local dst=$fourth
		layers l1.out l2.out l3.out l4.out
		${lines[8]}
		${lines[9]}
		apply
		mark
		local dst=$fifth
		drop too-deep by=sa,policy
	END
	rc=$?
	for n in 1 2 3 4 5; do
		echo "link del t$n"
	done | ip -n "$gate" -batch -
	return "$rc"
}

# A protocol of routers, to everybody on the link
routers_case() {
	local group=224.0.0.5 src=10.2.0.2 range=224.0.0.5 rc

	family "$1"
	[ "$1" = 4 ] || group=ff02::5 src=fe80::2 range=ff02::5
	begin "sas t - esp aes-gcm-128 $v6" "policy dir out src any dst $range protect t" \
		"policy dir in src any dst $range protect t" &&
		steps <<-END
		join $group
		hello t.out
		hello t.out
		greet t.in src=$src
		heard
		mark
		greet clear src=$src
		drop cleartext by=policy
		hello t.out
	END
	rc=$?
	say leave
	return "$rc"
}

# --- nobody locks himself out ---

# by family: somebody far away
far=([4]=10.3.0.9 [6]=2001:db8:b::77)

# Everything is to be protected in both families, and the peer is not known yet.
everything_case() {
	family "$1"
	begin "sas t4 - esp aes-gcm-128" "sas t6 - esp aes-gcm-128 v6" \
		"protect t4 0.0.0.0/0 0.0.0.0/0" "protect t6 ::/0 ::/0" &&
		"cold_v$1" && steps <<-END
		dhcp $1
		clear src=$there sport=$((f == 4 ? 67 : 547)) dst=$here dport=$((f == 4 ? 68 : 546))
		took udp
		local src=$here sport=500 dst=$there dport=500
		took wan
		clear src=$there sport=500 dst=$here dport=500
		took udp
		# and nothing else
		local dst=${far[$f]}
		wire t$f.out
		local dst=$there
		wire t$f.out
		clear $v
		drop cleartext by=policy
		clear src=$there dst=$here
		drop cleartext by=policy
		clear src=$there dst=$here sport=67 dport=547
		drop cleartext by=policy
	END
}

cold_v4() {
	steps <<-END
		clear src=$PEER4 dst=255.255.255.255 sport=67 dport=68
		took udp
		ip neigh del $PEER4 dev wan0
		local dst=10.2.0.2
		resolve $PEER4
		wire t4.out
		ip neigh replace $PEER4 lladdr $MAC_PEER dev wan0 nud permanent
	END
}

cold_v6() {
	steps <<-END
		solicit
		ip neigh del $PEER6 dev wan0
		local dst=2001:db8:b::2
		neighbour $PEER6
		wire t6.out
		ip neigh replace $PEER6 lladdr $MAC_PEER dev wan0 nud permanent
	END
}

main() {
	local n

	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 6
	for n in 4 6; do
		ktap_test "tunnels in tunnels, ipv$n" nested_out $n
		ktap_test "a cold start, everything protected, ipv$n" everything_case $n
	done
	# a host says anew for a while that it has joined
	for n in 4 6; do
		ktap_test "OSPF, ipv$n" routers_case $n
	done
	ktap_finish
}

main
