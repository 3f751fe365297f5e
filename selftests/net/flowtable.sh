#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A flowtable over the LAN and the WAN of rtra, which forwards what it has learned
# past the hooks: it must learn no connection that a policy protects, and forget
# what it has learned before. The topology is in esp_tunnel_lib.sh.

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

flowtable() {
	in_ns "$rtra" nft -f - <<-END
		table inet fast {
			flowtable ft {
				hook ingress priority 0
				devices = { lan0, wan0 }
			}
			chain forward {
				type filter hook forward priority 0
				meta l4proto { tcp, udp } flow add @ft
			}
		}
	END
}

no_flowtable() {
	in_ns "$rtra" nft delete table inet fast
	in_ns "$rtra" conntrack -F >/dev/null 2>&1
}

# is_learned SRC DST PORT: has the flowtable such a connection?
is_learned() {
	local word=ipv4

	[[ $1 != *:* ]] || word=ipv6
	in_ns "$rtra" conntrack -L -f $word 2>/dev/null |
		grep "src=$1 dst=$2 .*dport=$3 .*\[OFFLOAD\]"
}

# learned|not_learned SRC DST PORT
learned() {
	is_learned "$@" >/dev/null && return
	in_ns "$rtra" conntrack -L 2>/dev/null
	echo "the flowtable has not learned $*"
	return 1
}

not_learned() {
	! is_learned "$@"
}

# tunnel_case FAMILY: connections through the tunnel, from either side
tunnel_case() {
	local a=${HOST_A[$1]} b=${HOST_B[$1]}

	only_protected >/dev/null
	learn_mtu "$hosta" "$a" "$hostb" "$b" || return
	t udp "$hosta" "$a" "$hostb" "$b" count=6 port=5001 || return
	t udp "$hostb" "$b" "$hosta" "$a" count=6 port=5002 || return
	t open there "$hosta" "$a" "$hostb" "$b" port=5003 && t xfer there || return
	t open back "$hostb" "$b" "$hosta" "$a" port=5004 && t xfer back || return
	not_learned "$a" "$b" 5001 && not_learned "$b" "$a" 5002 &&
		not_learned "$a" "$b" 5003 && not_learned "$b" "$a" 5004 || return
	t close there && t close back && only_protected &&
		no_drops "$rtra" "$rtrb"
}

# other_case FAMILY: what no policy names is forwarded by the flowtable
other_case() {
	local a=${HOST_A[$1]} to=198.51.100.254 rc=0

	[ "$1" = 4 ] || to=2001:db8:b::fe
	internet_routes add
	t udp "$hosta" "$a" "$inet" "$to" count=6 port=5005 &&
		learned "$a" "$to" 5005 || rc=1
	internet_routes del
	return $rc
}

# port_case: a port-forward on the router, to a server that no policy names: packets
# leave with the router's own address, which one does
port_case() {
	local rc=0

	ip -n "$hosta" addr add 10.9.0.2/32 dev eth0
	ip -n "$rtra" route add 10.9.0.2 via 10.1.0.2
	in_ns "$rtra" nft -f - <<-END
		table ip front {
			chain pre {
				type nat hook prerouting priority dstnat
				ip daddr 10.1.0.1 udp dport 5006 dnat to 10.9.0.2
			}
		}
	END
	only_protected >/dev/null
	t udp "$hostb" 10.2.0.2 "$hosta" 10.9.0.2 to=10.1.0.1:5006 port=5006 count=6 &&
		not_learned 10.2.0.2 10.1.0.1 5006 && only_protected || rc=1
	in_ns "$rtra" nft delete table ip front
	return $rc
}

# older_case FAMILY: connections that it had learned before the tunnel came, made
# from either side
older_case() {
	local a=${HOST_A[$1]} b=${HOST_B[$1]} rc=0
	local there="sport=4001 port=5007" back="sport=4002 port=5008"

	internet_routes add
	# shellcheck disable=SC2086 # two words
	t udp "$hosta" "$a" "$hostb" "$b" $there count=6 &&
		t udp "$hostb" "$b" "$hosta" "$a" $back count=6 &&
		t open kept "$hosta" "$a" "$hostb" "$b" port=5009 && t xfer kept &&
		learned "$a" "$b" 5007 && learned "$b" "$a" 5008 &&
		learned "$a" "$b" 5009 && site_tunnel older 4 4 6 -- || rc=1
	only_protected >/dev/null
	# shellcheck disable=SC2086
	[ $rc -ne 0 ] || {
		t udp "$hosta" "$a" "$hostb" "$b" $there count=3 &&
			t udp "$hostb" "$b" "$hosta" "$a" $back count=3 &&
			t xfer kept && not_learned "$a" "$b" 5007 &&
			not_learned "$b" "$a" 5008 && not_learned "$a" "$b" 5009 &&
			only_protected
	} || rc=1
	t close kept
	internet_routes del
	return $rc
}

# clear_case FAMILY: nor does it let a stranger in whom it had learned
clear_case() {
	local a=${HOST_A[$1]} b=${STRANGER[$1]} before rc=0

	stranger add "$1"
	t udp "$inet" "$b" "$hosta" "$a" sport=4003 port=5010 count=6 &&
		learned "$b" "$a" 5010 && before=$(dropped "$rtra" cleartext) &&
		site_tunnel clear 4 4 6 -- &&
		t lost "$inet" "$b" "$hosta" "$a" sport=4003 port=5010 &&
		more_drops "$rtra" cleartext "$before" || rc=1
	stranger del "$1"
	return $rc
}

# narrow_case: a policy that asks for a device keeps all of them out
narrow_case() {
	nf "$rtra" apply - <<-END || return
		policy dir out priority 5 src any dst 192.0.2.254 dev wan0 bypass
	END
	internet_routes add
	t udp "$hosta" 10.1.0.2 "$inet" 192.0.2.254 count=6 port=5011 &&
		not_learned 10.1.0.2 192.0.2.254 5011
}

main() {
	local family

	site_begin 13 nft conntrack
	if ! flowtable 2>/dev/null; then
		ktap_print_msg "this kernel has no flowtables"
		exit "$KSFT_SKIP"
	fi
	for family in 4 6; do
		ktap_test "older than the tunnel, ipv$family" older_case $family
		site_flush
		ktap_test "learned cleartext does not come in, ipv$family" \
			clear_case $family
		site_flush
	done
	site_tunnel fast 4 4 6 --
	for family in 4 6; do
		ktap_test "a tunnel beside a flowtable, ipv$family" \
			tunnel_case $family
		ktap_test "others are forwarded by it, ipv$family" \
			other_case $family
	done
	ktap_test "a port-forward" port_case
	no_flowtable
	cmd_ok flowtable
	for family in 4 6; do
		ktap_test "a flowtable that comes later, ipv$family" \
			tunnel_case $family
	done
	site_flush
	ktap_test "policies that ask for a device" narrow_case
	site_end
}

main
