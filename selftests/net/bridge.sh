#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A router whose LAN or WAN is a bridge, with br_netfilter loaded, as containers
# and virtual machines have it: the IP hooks then see frames before the bridge
# knows whose they are, and do not see them again when they are the router's. The
# topology is in esp_tunnel_lib.sh; lan0 or wan0 of rtra becomes a bridge's port.

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

BULK=100000
BRIDGE_MAC=02:00:00:00:00:b0

# The router's addresses have moved to another MAC.
forget_neighbours() {
	local ns

	for ns in "$hosta" "$inet"; do
		ip -n "$ns" neigh flush all
	done
}

# bridge NAME PORT ADDRESS...: the port's addresses move to the bridge
bridge() {
	ip -n "$rtra" link add "$1" address $BRIDGE_MAC type bridge &&
		ip -n "$rtra" addr flush dev "$2" &&
		ip -n "$rtra" link set "$2" master "$1" &&
		ip -n "$rtra" link set "$1" up || return
	addresses "$rtra" "$1" "${@:3}"
	set_sysctl "$rtra" net.bridge.bridge-nf-call-iptables=1 \
		net.bridge.bridge-nf-call-ip6tables=1
	forget_neighbours
}

# bridged NAME PORT: it is; without, a test would see an ordinary router
bridged() {
	ip -n "$rtra" -o link show "$2" | grep -q " master $1 " && return
	ktap_print_msg "$2 is no port of $1"
	exit "$KSFT_FAIL"
}

# unbridge NAME PORT ADDRESS...
unbridge() {
	ip -n "$rtra" link del "$1"
	addresses "$rtra" "$2" "${@:3}"
	forget_neighbours
}

lan_bridge() {
	"$1" br0 lan0 10.1.0.1/24 fd01::1/64
}

wan_bridge() {
	"$1" brw wan0 192.0.2.1/24 2001:db8:a::1/64
	wan_routes 2>/dev/null
}

# exchange: both families, both ways
exchange() {
	local family a b

	only_protected >/dev/null
	for family in 4 6; do
		a=${HOST_A[$family]} b=${HOST_B[$family]}
		t ping "$hosta" "$a" "$b" count=2 || return
		t udp "$hostb" "$b" "$hosta" "$a" size=1300 count=2 || return
		t tcp "$hosta" "$a" "$hostb" "$b" size=$BULK || return
		t tcp "$hostb" "$b" "$hosta" "$a" size=$BULK || return
	done
	only_protected && no_drops "$rtra" "$rtrb"
}

masquerade() {
	in_ns "$rtra" nft -f - <<-END
		table inet masq {
			chain post {
				type nat hook postrouting priority srcnat
				oifname { wan0, brw } masquerade
			}
		}
	END
}

no_nat() {
	in_ns "$rtra" nft flush ruleset
}

masqueraded_case() {
	local rc=0

	masquerade || return
	exchange || rc=1
	no_nat
	return "$rc"
}

# --- frames by their destination ---

# mac_of DEV: of rtra
mac_of() {
	ip -n "$rtra" -j link show "$1" |
		sed -n 's/.*"address":"\([0-9a-f:]*\)".*/\1/p'
}

# address_frames MAC: what the internet sends to rtra goes there
address_frames() {
	ip -n "$inet" neigh replace 192.0.2.1 lladdr "$1" dev toa nud permanent &&
		ip -n "$inet" neigh replace 2001:db8:a::1 lladdr "$1" dev toa \
			nud permanent
}

any_frames() {
	ip -n "$inet" neigh del 192.0.2.1 dev toa
	ip -n "$inet" neigh del 2001:db8:a::1 dev toa
}

# frames_case MAC: protected packets in such frames are opened, and cleartext is
# dropped, to a host and to the router itself
frames_case() {
	local rc=0

	address_frames "$1" || return
	exchange || rc=1
	cleartext_case "$hosta/10.1.0.2" "$rtra/10.1.0.1" "$hosta/fd01::2" \
		"$rtra/fd01::1" || rc=1
	any_frames
	return "$rc"
}

# IPv4 only: the stack forwards nothing that came by broadcast
broadcast_case() {
	local rc=0

	address_frames ff:ff:ff:ff:ff:ff || return
	cleartext_case "$rtra/10.1.0.1" || rc=1
	any_frames
	return "$rc"
}

# --- out by the bridge that it came in by ---

# The router is a hub: what it opens it sends on through another tunnel.
hub_tunnels() {
	new_key "$tmpdir/one.key"
	new_key "$tmpdir/two.key"
	cmd_ok nf "$rtrb" tunnel add one local 198.51.100.1 remote 192.0.2.1 \
		protect 10.2.0.0/24 10.3.0.0/24 esp aes-gcm-128 \
		key-file "$tmpdir/one.key" &&
		cmd_ok nf "$rtra" tunnel add one local 192.0.2.1 \
			remote 198.51.100.1 protect 10.3.0.0/24 10.2.0.0/24 \
			esp aes-gcm-128 key-file "$tmpdir/one.key" &&
		cmd_ok nf "$rtra" tunnel add two local 192.0.2.1 \
			remote 192.0.2.254 protect 10.2.0.0/24 10.3.0.0/24 \
			esp aes-gcm-128 key-file "$tmpdir/two.key" &&
		cmd_ok nf "$inet" tunnel add two local 192.0.2.254 \
			remote 192.0.2.1 protect 10.3.0.0/24 10.2.0.0/24 \
			esp aes-gcm-128 key-file "$tmpdir/two.key"
}

hub_case() {
	local rc=0

	ip -n "$inet" addr add 10.3.0.1/32 dev lo
	ip -n "$inet" route add 10.2.0.0/24 via 192.0.2.1 src 10.3.0.1
	ip -n "$rtra" route add 10.3.0.0/24 via 192.0.2.254
	hub_tunnels || rc=1
	only_protected >/dev/null
	[ "$rc" -eq 0 ] && t ping "$hostb" 10.2.0.2 10.3.0.1 count=2 &&
		t udp "$inet" 10.3.0.1 "$hostb" 10.2.0.2 size=1200 &&
		t tcp "$hostb" 10.2.0.2 "$inet" 10.3.0.1 size=$BULK &&
		only_protected || rc=1
	nf "$inet" flush >/dev/null 2>&1
	ip -n "$rtra" route del 10.3.0.0/24
	ip -n "$inet" route del 10.2.0.0/24
	ip -n "$inet" addr del 10.3.0.1/32 dev lo
	return "$rc"
}

# --- what the bridge only passes on ---

# Two hosts at one bridge of the router: none of the router's business
bridged_case() {
	local rc=0

	link_ns "$rtra" lan1 "$hostb" eth1
	ip -n "$rtra" link set lan1 master br0
	addresses "$hostb" eth1 10.1.0.3/24 fd01::3/64
	cmd_ok nf "$rtra" policy add dir in src 10.1.0.0/24 dst any discard &&
		cmd_ok nf "$rtra" policy add dir out src 10.1.0.0/24 dst any discard &&
		cmd_ok nf "$rtra" policy add dir in src fd01::/64 dst any discard &&
		cmd_ok nf "$rtra" policy add dir out src fd01::/64 dst any discard ||
		rc=1
	t ping "$hosta" 10.1.0.2 10.1.0.3 count=2 &&
		t ping "$hosta" fd01::2 fd01::3 count=2 &&
		t udp "$hosta" 10.1.0.2 "$hostb" 10.1.0.3 size=1400 || rc=1
	t lost "$hosta" 10.1.0.2 "$rtra" 10.1.0.1 || rc=1
	ip -n "$rtra" link del lan1
	return "$rc"
}

# --- a bridge in a VRF: the hooks see its packets once more ---

vrf_case() {
	local rc=0

	modprobe -q vrf 2>/dev/null
	ip -n "$rtra" link add blue type vrf table 100 2>/dev/null || {
		echo "this kernel has no VRF"
		return "$KSFT_SKIP"
	}
	ip -n "$rtra" link set blue up
	ip -n "$rtra" link set brw master blue
	ip -n "$rtra" link set lan0 master blue
	addresses "$rtra" brw 2001:db8:a::1/64
	addresses "$rtra" lan0 fd01::1/64
	ip -n "$rtra" -batch - <<-END
		route add default via 192.0.2.254 table 100
		route add default via 2001:db8:a::fe table 100
	END
	exchange || rc=1
	ip -n "$rtra" link del blue
	addresses "$rtra" brw 2001:db8:a::1/64
	addresses "$rtra" lan0 fd01::1/64
	return "$rc"
}

test_lan() {
	lan_bridge bridge
	bridged br0 lan0
	site_tunnel lan 4 4 6 --
	ktap_test "LAN on a bridge" exchange
	ktap_test "LAN on a bridge, masquerade on the WAN" masqueraded_case
	site_flush
	site_tunnel lan 6 4 6 --
	ktap_test "LAN on a bridge, over IPv6" exchange
	site_flush
	ktap_test "LAN on a bridge, frames that it passes on" bridged_case
	site_flush
	lan_bridge unbridge
}

test_wan() {
	local out

	wan_bridge bridge
	bridged brw wan0
	for out in 4 6; do
		site_tunnel wan $out 4 6 --
		ktap_test "WAN on a bridge, over ipv$out" exchange
		ktap_test "WAN on a bridge, over ipv$out, masquerade" \
			masqueraded_case
		ktap_test "WAN on a bridge, over ipv$out: frames to its port" \
			frames_case "$(mac_of wan0)"
		site_flush
	done
	site_tunnel wan 4 4 6 --
	ktap_test "WAN on a bridge: broadcast frames" broadcast_case
	site_flush
	ktap_test "WAN on a bridge: from tunnel to tunnel" hub_case
	site_flush
	site_tunnel wan 4 4 6 --
	ktap_test "WAN on a bridge in a VRF" vrf_case
	site_flush
	wan_bridge unbridge
}

modprobe -q br_netfilter 2>/dev/null
site_begin 14 nft
if ! ip -n "$rtra" link add probe type bridge 2>/dev/null ||
	! set_sysctl "$rtra" net.bridge.bridge-nf-call-iptables=1; then
	ktap_print_msg "this kernel has no br_netfilter"
	exit "$KSFT_SKIP"
fi
ip -n "$rtra" link del probe
test_lan
test_wan
site_end
