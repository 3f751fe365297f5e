#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A tunnel beside NAT and conntrack on its router rtra; the topology is in
# esp_tunnel_lib.sh. What goes through the tunnel keeps its addresses, what
# does not is translated as before.

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

BULK=$((1 << 18))

# masquerade FAMILY: what leaves rtra's WAN
masquerade() {
	local word=ip

	[ "$1" = 4 ] || word=ip6
	in_ns "$rtra" nft -f - <<-END
		table $word masq {
			chain post {
				type nat hook postrouting priority srcnat
				oifname wan0 masquerade
			}
		}
	END
}

no_nat() {
	in_ns "$rtra" nft flush ruleset
	in_ns "$rtra" conntrack -F >/dev/null 2>&1
}

# tunnel_traffic FAMILY: arrives with its own addresses, and only protected
tunnel_traffic() {
	local a=${HOST_A[$1]} b=${HOST_B[$1]}

	only_protected >/dev/null
	learn_mtu "$hosta" "$a" "$hostb" "$b" || return
	t ping "$hosta" "$a" "$b" count=3 || return
	t udp "$hosta" "$a" "$hostb" "$b" count=2 && expect_seen "from=$a" || return
	t udp "$hosta" "$a" "$hostb" "$b" size=4000 df=dont &&
		expect_seen "from=$a" || return
	t udp "$hostb" "$b" "$hosta" "$a" && expect_seen "from=$b" || return
	t tcp "$hosta" "$a" "$hostb" "$b" size=$BULK && expect_seen "from=$a" || return
	t tcp "$hostb" "$b" "$hosta" "$a" size=$BULK && expect_seen "from=$b" || return
	only_protected && no_drops "$rtra" "$rtrb"
}

# other_traffic FAMILY: to the internet itself, masqueraded
other_traffic() {
	local to=198.51.100.254

	[ "$1" = 4 ] || to=2001:db8:b::fe
	t udp "$hosta" "${HOST_A[$1]}" "$inet" "$to" &&
		expect_seen "from=${WAN_A[$1]}" || return
	t tcp "$hosta" "${HOST_A[$1]}" "$inet" "$to" size=100000 &&
		expect_seen "from=${WAN_A[$1]}"
}

# confirmed_case FAMILY: connections through the tunnel are known to conntrack
# as those that they are, in both directions
confirmed_case() {
	local list word=ipv4 a=${HOST_A[$1]} b=${HOST_B[$1]}

	[ "$1" = 4 ] || word=ipv6
	in_ns "$rtra" conntrack -F >/dev/null 2>&1
	t udp "$hosta" "$a" "$hostb" "$b" count=4 port=5353 || return
	t open kept "$hosta" "$a" "$hostb" "$b" port=6000 &&
		t xfer kept || return
	list=$(in_ns "$rtra" conntrack -L -f $word 2>/dev/null)
	t close kept
	# a datagram flow must be older than two seconds to be [ASSURED]
	grep -q "udp .*src=$a dst=$b .*dport=5353 src=$b dst=$a " <<<"$list" &&
		grep -q "tcp .*ESTABLISHED src=$a dst=$b .*dport=6000 src=$b dst=$a .*ASSURED" <<<"$list" &&
		! grep "src=$a dst=$b .*UNREPLIED" <<<"$list" && return
	echo "$list"
	return 1
}

test_masquerade() {
	local family

	for family in 4 6; do
		site_tunnel nat 4 4 6 --
		masquerade $family
		ktap_test "masquerade after the tunnel, ipv$family" \
			tunnel_traffic $family
		ktap_test "others are masqueraded, ipv$family" other_traffic $family
		ktap_test "connections are confirmed, ipv$family" \
			confirmed_case $family
		site_flush
		no_nat
		masquerade $family
		ktap_test "masquerade before the tunnel, ipv$family: tunnel add" \
			site_tunnel nat 4 4 6 --
		ktap_test "masquerade before the tunnel, ipv$family" \
			tunnel_traffic $family
		ktap_test "others are masqueraded, then, too, ipv$family" \
			other_traffic $family
		site_flush
		no_nat
	done
}

# --- connections older than the tunnel ---

# older_case FAMILY: the same ports before and after; no packet may leave in
# clear, and the peer must see the true address
older_case() {
	local a=${HOST_A[$1]} b=${HOST_B[$1]} ports="sport=4444 port=5555" rc=0

	masquerade "$1"
	internet_routes add
	# shellcheck disable=SC2086 # two words
	t udp "$hosta" "$a" "$hostb" "$b" $ports &&
		expect_seen "from=${WAN_A[$1]}" || rc=1
	[ "$rc" -ne 0 ] || site_tunnel older 4 4 6 -- || rc=1
	only_protected >/dev/null
	# shellcheck disable=SC2086
	[ "$rc" -ne 0 ] || t udp "$hosta" "$a" "$hostb" "$b" $ports count=3 || rc=1
	[ "$rc" -ne 0 ] || expect_seen "from=$a" || rc=1
	[ "$rc" -ne 0 ] || only_protected || rc=1
	internet_routes del
	return "$rc"
}

# older_tcp_case: a connection that the tunnel has cut off leaks nothing, and
# new ones work at once
older_tcp_case() {
	masquerade 4
	internet_routes add
	t open old "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 port=7000 &&
		expect_seen from=192.0.2.1 || return
	site_tunnel older 4 4 6 -- || return
	only_protected >/dev/null
	# it cannot live on: its other end knows another address
	t xfer old timeout=2 >/dev/null
	only_protected || return
	t tcp "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 size=100000 &&
		expect_seen from=10.1.0.2 && only_protected || return
	# what hostb still has to say goes to the WAN address, which is not
	# protected
	t close old
}

test_older() {
	local family

	for family in 4 6; do
		ktap_test "a flow older than the tunnel, ipv$family" \
			older_case $family
		site_flush
		no_nat
	done
	ktap_test "a TCP connection older than the tunnel" older_tcp_case
	internet_routes del 2>/dev/null
	site_flush
	no_nat
}

# --- destination NAT ---

# forward_to_host: an alias in the protected prefix, and ports of the WAN
# address, all of them hosta
forward_to_host() {
	in_ns "$rtra" nft -f - <<-END
		table ip portfw {
			chain pre {
				type nat hook prerouting priority dstnat
				ip daddr 10.1.0.99 dnat to 10.1.0.2
				ip daddr 192.0.2.1 udp dport 7777 dnat to 10.1.0.2
				ip daddr 192.0.2.1 tcp dport 7777 dnat to 10.1.0.2
			}
		}
		table ip6 portfw {
			chain pre {
				type nat hook prerouting priority dstnat
				ip6 daddr fd01::99 dnat to fd01::2
				ip6 daddr 2001:db8:a::1 udp dport 7777 dnat to fd01::2
				ip6 daddr 2001:db8:a::1 tcp dport 7777 dnat to fd01::2
			}
		}
	END
}

# alias_case FAMILY: hostb asks the alias; the socket is connected, so a reply
# from another address would be none
alias_case() {
	local alias=10.1.0.99 a=${HOST_A[$1]} b=${HOST_B[$1]}

	[ "$1" = 4 ] || alias=fd01::99
	only_protected >/dev/null
	t udp "$hostb" "$b" "$hosta" "$a" port=8000 to="$alias:8000" count=3 || return
	t tcp "$hostb" "$b" "$hosta" "$a" port=8001 to="$alias:8001" \
		size=$BULK || return
	only_protected && no_drops "$rtra"
}

# The same with packets that come in fragments, which are put together behind
# our hook.
alias_fragments_case() {
	local alias=10.1.0.99 a=${HOST_A[$1]} b=${HOST_B[$1]}

	[ "$1" = 4 ] || alias=fd01::99
	learn_mtu "$hostb" "$b" "$hosta" "$a" || return
	# a router of IPv6 does not cut: the first one tells hostb the size
	[ "$1" = 4 ] || t udp "$hostb" "$b" "$hosta" "$a" port=8003 \
		to="$alias:8003" size=1400 df=dont >/dev/null
	t udp "$hostb" "$b" "$hosta" "$a" port=8002 to="$alias:8002" \
		size=5000 df=dont count=2 && no_drops "$rtra"
}

# forward_case FAMILY: a port of the WAN address works for the internet; from an
# address that must come through the tunnel it does not
forward_case() {
	local a=${HOST_A[$1]} from=192.0.2.254 to="${WAN_A[$1]}:7777" before rc=0

	[ "$1" = 4 ] || from=2001:db8:a::fe
	t udp "$inet" $from "$hosta" "$a" port=7777 to="$to" || return
	t tcp "$inet" $from "$hosta" "$a" port=7777 to="$to" size=10000 || return
	stranger add "$1"
	before=$(dropped "$rtra" cleartext)
	t lost "$inet" "${STRANGER[$1]}" "$hosta" "$a" port=7777 to="$to" || rc=1
	stranger del "$1"
	[ "$rc" -eq 0 ] && more_drops "$rtra" cleartext "$before"
}

test_dnat() {
	local family

	site_tunnel dnat 4 4 6 --
	forward_to_host
	for family in 4 6; do
		ktap_test "an alias behind the tunnel, ipv$family" \
			alias_case $family
		ktap_test "fragments for the alias, ipv$family" \
			alias_fragments_case $family
	done
	# behind those that count drops
	for family in 4 6; do
		ktap_test "a port forwarded from the WAN, ipv$family" \
			forward_case $family
	done
	site_flush
	no_nat
}

# --- a firewall ---

# Only what the LAN has begun may come in: the usual set of rules.
stateful() {
	in_ns "$rtra" nft -f - <<-END
		table inet fw {
			chain forward {
				type filter hook forward priority 0; policy drop
				ct state established,related accept
				iifname lan0 accept
			}
		}
	END
}

firewall_case() {
	t udp "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 count=3 || return
	t mtu "$hosta" fd01::2 fd02::2 size=1452 || return
	t udp "$hosta" fd01::2 "$hostb" fd02::2 size=4000 df=dont oneway=1 || return
	t tcp "$hosta" fd01::2 "$hostb" fd02::2 size=$BULK || return
	t ping "$hosta" 10.1.0.2 10.2.0.2 || return
	t lost "$hostb" 10.2.0.2 "$hosta" 10.1.0.2
}

test_firewall() {
	site_tunnel fw 4 4 6 --
	stateful
	ktap_test "a stateful firewall" firewall_case
	site_flush
	no_nat
}

# --- without conntrack ---

# Whatever other tests have loaded goes, if it can.
unload_conntrack() {
	local module

	for module in nft_masq nft_nat nft_chain_nat nf_nat nft_ct nf_conntrack_netlink \
		nf_conntrack; do
		rmmod "$module" 2>/dev/null
	done
	[ ! -d /sys/module/nf_conntrack ]
}

plain_case() {
	[ -d /sys/module/nf_conntrack ] && ! unload_conntrack && {
		echo "nf_conntrack cannot be unloaded"
		return "$KSFT_SKIP"
	}
	site_tunnel plain 4 4 6 -- || return
	tunnel_traffic 4 && tunnel_traffic 6 || return
	[ ! -d /sys/module/nf_conntrack ] && return
	echo "nf_ipsec has loaded nf_conntrack"
	return 1
}

site_begin 24 conntrack
ktap_test "without conntrack" plain_case
site_flush
test_masquerade
test_older
test_dnat
test_firewall
site_end
