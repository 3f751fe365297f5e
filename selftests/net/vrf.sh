#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The WAN in a VRF, with the LAN in it or outside. Packets pass the hooks twice
# there: decrypted at the first pass, they must not count as cleartext at the
# second. The topology is in esp_tunnel_lib.sh; the VRF is on rtra:
#
#   hosta ------ lan0 [ rtra: VRF blue, table 100 ] wan0 ------ inet ...

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

# A device that joins a VRF loses its IPv6 addresses.
join() {
	ip -n "$rtra" link set "$1" master blue
	case $1 in
	wan0)
		ip -n "$rtra" addr replace 2001:db8:a::1/64 dev wan0
		;;
	lan0)
		ip -n "$rtra" addr replace fd01::1/64 dev lan0
		;;
	esac
}

make_vrf() {
	ip -n "$rtra" link add blue type vrf table 100 || return
	ip -n "$rtra" link set blue up
	join wan0
	ip -n "$rtra" -batch - <<-END
		route add default via 192.0.2.254 table 100
		route add default via 2001:db8:a::fe table 100
		route add unreachable default metric 4278198272 table 100
	END
}

# One VRF for both sides: the router has nothing outside of it.
lan_inside() {
	join lan0
}

# Only the WAN is in it: the prefixes of the sites and the peer leak.
lan_outside() {
	ip -n "$rtra" link set lan0 nomaster
	ip -n "$rtra" addr replace fd01::1/64 dev lan0
	ip -n "$rtra" -batch - <<-END
		route replace 10.2.0.0/24 dev blue src 10.1.0.1
		route replace fd02::/64 dev blue
		route replace 198.51.100.1 dev blue
		route replace 2001:db8:b::1 dev blue
		route replace 10.1.0.0/24 dev lan0 table 100
		route replace fd01::/64 dev lan0 table 100
	END
}

# exchange INNER
exchange() {
	local a=${HOST_A[$1]} b=${HOST_B[$1]} before

	only_protected >/dev/null
	before=$(dropped "$rtra" cleartext)
	t ping "$hosta" "$a" "$b" count=2 || return
	t ping "$hostb" "$b" "$a" || return
	t udp "$hosta" "$a" "$hostb" "$b" size=1300 count=3 || return
	t tcp "$hosta" "$a" "$hostb" "$b" size=200000 || return
	t tcp "$hostb" "$b" "$hosta" "$a" size=200000 || return
	only_protected && no_drops "$rtrb" || return
	# none that was protected has passed for one in clear
	same_drops "$rtra" cleartext "$before"
}

# local_case: a socket of the router that belongs to the VRF
local_case() {
	learn_mtu "$rtra" fd01::1 "$hostb" fd02::2 dev=blue || return
	only_protected >/dev/null
	t udp "$rtra" 10.1.0.1 "$hostb" 10.2.0.2 dev=blue || return
	t udp "$rtra" fd01::1 "$hostb" fd02::2 dev=blue size=3000 df=dont || return
	t ping "$hostb" 10.2.0.2 10.1.0.1 || return
	only_protected
}

# small_link_case: a report about our packet comes in through the VRF
small_link_case() {
	local rc=0

	forget_pmtu
	set_far_mtu 1400
	t lost "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 df="do" size=1380 &&
		t mtu "$hosta" 10.1.0.2 10.2.0.2 size=1380 &&
		expect_seen mtu=1346 || rc=1
	set_far_mtu 1500
	return "$rc"
}

# test_place NAME: with the LAN where it is now
test_place() {
	local out in

	for out in 4 6; do
		site_tunnel vrf $out 4 6 --
		for in in 4 6; do
			ktap_test "LAN $1, ipv$in in ipv$out" exchange $in
		done
		ktap_test "LAN $1, cleartext, over ipv$out" \
			cleartext_case "$hosta/10.1.0.2" "$hosta/fd01::2"
		site_flush
	done
}

site_begin 15
modprobe -q vrf 2>/dev/null
if ! make_vrf 2>/dev/null; then
	ktap_print_msg "this kernel has no VRF"
	exit "$KSFT_SKIP"
fi
lan_inside
test_place inside
site_tunnel vrf 4 4 6 --
ktap_test "the router's own sockets" local_case
ktap_test "a small link far away" small_link_case
site_flush
lan_outside
test_place outside
site_end
