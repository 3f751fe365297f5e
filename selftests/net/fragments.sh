#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fragments, outside and inside. Protected packets that were cut on the way are
# put together before they are opened, those of others are left alone, and of
# what is incomplete nothing arrives. The topology is in esp_tunnel_lib.sh.

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

# fragments_seen FILE: did any arrive?
fragments_seen() {
	grep -q "off=[1-9]" "$1" && return
	echo "no fragments on the way: $(head -n 5 "$1")"
	return 1
}

# small_link on|off: the internet cuts what is larger; below 1280 a device would
# have no IPv6 any more
small_link() {
	local mtu=1500

	[ "$1" = off ] || mtu=1280
	set_far_mtu $mtu
}

# --- cut by a router: IPv4 only ---

# cut_case INNER
cut_case() {
	local rc=0 file=$tmpdir/cut.$1

	# the way back begins with the small link: it is cut there or reported
	t mtu "$hostb" "${HOST_B[$1]}" "${HOST_A[$1]}" size=1300 || return
	t capture cut "$rtrb" wan0 "$file" || return
	t udp "$hosta" "${HOST_A[$1]}" "$hostb" "${HOST_B[$1]}" size=1300 \
		count=10 || rc=1
	t uncapture cut
	[ "$rc" -eq 0 ] && fragments_seen "$file" || return 1
	t tcp "$hosta" "${HOST_A[$1]}" "$hostb" "${HOST_B[$1]}" size=300000 ||
		return
	no_drops "$rtrb"
}

# In disorder: each packet waits for another time
disorder_case() {
	local rc=0 family

	in_ns "$inet" tc qdisc add dev tob root netem delay 20ms 19ms 2>/dev/null || {
		echo "no netem"
		return "$KSFT_SKIP"
	}
	for family in 4 6; do
		t udp "$hosta" "${HOST_A[$family]}" "$hostb" "${HOST_B[$family]}" \
			size=1300 count=15 || rc=1
	done
	in_ns "$inet" tc qdisc del dev tob root
	[ "$rc" -eq 0 ] && no_drops "$rtrb"
}

# lose first|rest|none: at rtrb's door
lose() {
	local match="ip frag-off & 0x3fff == 0x2000"
	local match6="frag frag-off 0 frag more-fragments 1"

	in_ns "$rtrb" nft delete table netdev lose 2>/dev/null
	[ "$1" != none ] || return 0
	[ "$1" = first ] ||
		match="ip frag-off & 0x1fff != 0" match6="frag frag-off > 0"
	in_ns "$rtrb" nft -f - <<-END
		table netdev lose {
			counter gone { }
			chain ingress {
				type filter hook ingress device wan0 priority 0
				$match counter name gone drop
				$match6 counter name gone drop
			}
		}
	END
}

# missing_case INNER SIZE: nothing arrives, neither whole nor in part, and the
# next one does
missing_case() {
	local part rc=0

	for part in first rest; do
		lose $part || return
		t lost "$hosta" "${HOST_A[$1]}" "$hostb" "${HOST_B[$1]}" \
			size="$2" count=3 || rc=1
		in_ns "$rtrb" nft list counter netdev lose gone |
			grep -q "packets [1-9]" || {
			echo "no $part fragment was lost"
			rc=1
		}
		lose none
	done
	[ "$rc" -eq 0 ] &&
		t udp "$hosta" "${HOST_A[$1]}" "$hostb" "${HOST_B[$1]}" size="$2"
}

test_cut() {
	site_tunnel cut 4 4 6 -- esp aes-gcm-128 df clear
	small_link on
	ktap_test "cut on the way, ipv4 inside" cut_case 4
	ktap_test "cut on the way, ipv6 inside" cut_case 6
	ktap_test "cut, and in disorder" disorder_case
	ktap_test "cut, and a piece is missing" missing_case 4 1300
	small_link off
	site_flush
}

# --- cut by the sender: what IPv6 must carry, over IPv6 ---

sender_case() {
	local rc=0 file=$tmpdir/sender

	t capture sender "$rtrb" wan0 "$file" || return
	t udp "$hosta" fd01::2 "$hostb" fd02::2 df="do" size=1232 count=5 || rc=1
	t udp "$rtra" fd01::1 "$hostb" fd02::2 df="do" size=1232 || rc=1
	t uncapture sender
	[ "$rc" -eq 0 ] && fragments_seen "$file" && no_drops "$rtra" "$rtrb"
}

test_sender() {
	local out

	set_wan_mtu 1280
	for out in 6 4; do
		site_tunnel sender $out 6 --
		ktap_test "cut by the sender, ipv6 in ipv$out" sender_case
		[ $out = 4 ] || ktap_test "cut by the sender, a piece is missing" \
			missing_case 6 1232
		site_flush
	done
	set_wan_mtu 1500
}

# --- of others ---

# More addresses for the hosts, which no tunnel of the routers protects
transit_addresses() {
	addresses "$hosta" eth0 172.16.1.2/32 fd11::2/128
	addresses "$hostb" eth0 172.16.2.2/32 fd12::2/128
	ip -n "$rtra" -batch - <<-END
		route add 172.16.1.2 via 10.1.0.2
		route add fd11::2 via fd01::2
	END
	ip -n "$inet" -batch - <<-END
		route add 172.16.1.2 via 192.0.2.1
		route add 172.16.2.2 via 198.51.100.1
		route add fd11::2 via 2001:db8:a::1
		route add fd12::2 via 2001:db8:b::1
	END
	ip -n "$rtrb" -batch - <<-END
		route add 172.16.2.2 via 10.2.0.2
		route add fd12::2 via fd02::2
	END
}

# transit_tunnel LOCAL REMOTE: the hosts' own, past the routers
transit_tunnel() {
	new_key "$tmpdir/transit.key"
	cmd_ok nf "$hosta" tunnel add transit local "$1" remote "$2" \
		mode transport esp aes-gcm-128 key-file "$tmpdir/transit.key" &&
		cmd_ok nf "$hostb" tunnel add transit local "$2" remote "$1" \
			mode transport esp aes-gcm-128 key-file "$tmpdir/transit.key"
}

# transit_case LOCAL REMOTE: what hostb gets is still in pieces
transit_case() {
	local rc=0 file=$tmpdir/transit

	transit_tunnel "$1" "$2" || return
	t capture transit "$hostb" eth0 "$file" || return
	t udp "$hosta" "$1" "$hostb" "$2" size=5000 df=dont count=3 || rc=1
	t uncapture transit
	nf "$hosta" flush >/dev/null 2>&1
	nf "$hostb" flush >/dev/null 2>&1
	[ "$rc" -eq 0 ] && fragments_seen "$file" && no_drops "$rtra" "$rtrb"
}

test_transit() {
	site_tunnel beside 4 4 6 --
	transit_addresses
	ktap_test "fragments of others, ipv4" transit_case 172.16.1.2 172.16.2.2
	ktap_test "fragments of others, ipv6" transit_case fd11::2 fd12::2
	site_flush
}

# --- inside ---

# inner_case FAMILY: the hosts send fragments, with or without conntrack
inner_case() {
	t udp "$hosta" "${HOST_A[$1]}" "$hostb" "${HOST_B[$1]}" size=5000 \
		df=dont count=2 || return
	t udp "$hosta" "${HOST_A[$1]}" "$hostb" "${HOST_B[$1]}" size=60000 \
		df=dont || return
	t ping "$hostb" "${HOST_B[$1]}" "${HOST_A[$1]}" size=3000 || return
	only_protected && no_drops "$rtra" "$rtrb"
}

# set_hosts_mtu MTU: so that their fragments fit the tunnel
set_hosts_mtu() {
	ip -n "$hosta" link set eth0 mtu "$1"
	ip -n "$hostb" link set eth0 mtu "$1"
}

track() {
	in_ns "$1" nft -f - <<-END
		table inet track {
			chain forward {
				type filter hook forward priority 0
				ct state invalid drop
			}
		}
	END
}

# A policy for one port: the pieces that show no port must not leave in clear.
port_case() {
	local before

	site_tunnel port 4 4 -- || return
	nf "$rtra" policy flush >/dev/null 2>&1
	cmd_ok nf "$rtra" policy add dir out src 10.1.0.0/24 dst 10.2.0.0/24 \
		proto udp dport 5000 protect port || return
	seen_on_internet clear >/dev/null
	seen_on_internet esp >/dev/null
	before=$(dropped "$rtra")
	# dropped for the pieces, or put together by somebody and protected
	t lost "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 port=5000 size=5000 df=dont
	[ "$(seen_on_internet clear)" = 0 ] || {
		echo "fragments of a protected port left in clear"
		return 1
	}
	[ "$(dropped "$rtra")" -gt "$before" ] ||
		[ "$(seen_on_internet esp)" -gt 0 ] && return
	echo "nothing of it was protected or dropped"
	return 1
}

# What goes by ports is cut behind protection, or the far end would see pieces
# without any.
whole_case() {
	local rc=0 file=$tmpdir/whole ns from=1 to=2

	site_tunnel port 4 4 -- || return
	for ns in "$rtra" "$rtrb"; do
		nf "$ns" policy flush >/dev/null 2>&1
		cmd_ok nf "$ns" policy add dir out src 10.$from.0.0/24 \
			dst 10.$to.0.0/24 proto udp dport 5000 protect port &&
			cmd_ok nf "$ns" policy add dir in src 10.$to.0.0/24 \
				dst 10.$from.0.0/24 proto udp dport 5000 protect port ||
			return
		from=2 to=1
	done
	only_protected >/dev/null
	t capture whole "$rtrb" wan0 "$file" || return
	t udp "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 port=5000 size=1460 df=dont \
		count=3 oneway=1 || rc=1
	t uncapture whole
	[ "$rc" -eq 0 ] && fragments_seen "$file" && only_protected &&
		no_drops "$rtra" "$rtrb"
}

test_inner() {
	set_hosts_mtu 1300
	site_tunnel inner 4 4 6 --
	only_protected >/dev/null
	ktap_test "fragments inside, ipv4" inner_case 4
	ktap_test "fragments inside, ipv6" inner_case 6
	track "$rtra"
	track "$rtrb"
	ktap_test "fragments inside, and conntrack, ipv4" inner_case 4
	ktap_test "fragments inside, and conntrack, ipv6" inner_case 6
	in_ns "$rtra" nft flush ruleset
	in_ns "$rtrb" nft flush ruleset
	site_flush
	ktap_test "fragments of a protected port" port_case
	set_hosts_mtu 1500
	site_flush
	ktap_test "datagrams of a protected port" whole_case
	site_flush
}

site_begin 16 tc
test_cut
test_sender
test_transit
test_inner
site_end
