#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A guarded WAN: what comes there without having been protected, and should have
# been, does not leave, whatever way it has taken. The topology is in
# esp_tunnel_lib.sh; the guard is on rtra's wan0.

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

# frames DEV KIND...: see guard_frames.py
frames() {
	in_ns "$rtra" "$SITE_DIR/guard_frames.py" "$@" >/dev/null
}

# provoke REASON N DEV KIND...: so many of the frames are dropped for it, and the
# internet sees none in clear
provoke() {
	local before reason=$1 n=$2 clear now

	seen_on_internet clear >/dev/null
	before=$(dropped "$rtra" "$reason")
	frames "${@:3}"
	now=$(dropped "$rtra" "$reason")
	clear=$(seen_on_internet clear)
	[ $((now - before)) = "$n" ] && [ "$clear" = 0 ] && return
	echo "$((now - before)) dropped for $reason, $clear left in clear: ${*:3}"
	return 1
}

# passed N DEV KIND...: so many of them are seen, and none is dropped
passed() {
	local before n=$1 clear now

	seen_on_internet clear >/dev/null
	before=$(dropped "$rtra")
	frames "${@:2}"
	now=$(dropped "$rtra")
	clear=$(seen_on_internet clear)
	[ "$now" = "$before" ] && [ "$clear" = "$n" ] && return
	echo "$((now - before)) dropped, $clear in clear: ${*:2}"
	return 1
}

guard() {
	cmd_ok nf "$rtra" settings set guard "$1"
}

frames_case() {
	guard none && passed 3 wan0 v4 vlan lie:v4 && guard wan0 &&
		provoke guard 4 wan0 v4 vlan lie:v4 error &&
		provoke malformed 2 wan0 cut4 options &&
		passed 1 wan0 other arp
}

frames6_case() {
	guard none && passed 3 wan0 v6 vlan6 lie:v6 && guard wan0 &&
		provoke guard 3 wan0 v6 vlan6 lie:v6 &&
		provoke malformed 1 wan0 cut6
}

record_case() {
	local said

	frames wan0 v4
	said=$(nf "$rtra" drops) || return
	grep -q "guard .*wan0.*10.1.0.2.*10.2.0.2" <<<"$said" && return
	echo "$said"
	return 1
}

# exchange FAMILY: the tunnel as if there were no guard
exchange() {
	local a=${HOST_A[$1]} b=${HOST_B[$1]} before

	before=$(dropped "$rtra" guard)
	only_protected >/dev/null
	t ping "$hosta" "$a" "$b" &&
		t udp "$hosta" "$a" "$hostb" "$b" size=1000 count=2 &&
		t tcp "$hostb" "$b" "$hosta" "$a" size=100000 &&
		only_protected && same_drops "$rtra" guard "$before"
}

# small_case: our packets in pieces, of which only the first has an SPI. No IPv6
# packet of this size is cut before.
small_case() {
	local a=${HOST_A[6]} b=${HOST_B[6]} before rc=0

	before=$(dropped "$rtra" guard)
	ip -n "$rtra" route replace 198.51.100.1 via 192.0.2.254 mtu lock 600
	t udp "$hosta" "$a" "$hostb" "$b" size=1000 count=2 &&
		same_drops "$rtra" guard "$before" || rc=1
	ip -n "$rtra" route del 198.51.100.1
	return $rc
}

# discard_case: with everything else discarded, the boundary's own packets still
# leave, and so does what must
discard_case() {
	nf "$rtra" apply --add - <<-END || return
		policy dir out priority 60000 src any dst any family ipv4 dev wan0 discard
		policy dir out priority 60000 src any dst any family ipv6 dev wan0 discard
	END
	passed 2 wan0 dhcp ike && passed 0 wan0 nd arp &&
		provoke guard 4 wan0 dhcp-far nd-far ike-far esp-far &&
		exchange 4 && exchange 6 && small_case
}

# default_case: the same, where no policy names it and such packets do not pass
default_case() {
	nf "$rtra" apply --add - <<-END || return
		policy dir in priority 50000 src any dst any family ipv4 dev lan0 bypass
		policy dir in priority 50000 src any dst any family ipv6 dev lan0 bypass
		policy dir out priority 50000 src any dst any family ipv4 dev lan0 bypass
		policy dir out priority 50000 src any dst any family ipv6 dev lan0 bypass
	END
	cmd_ok nf "$rtra" settings set default discard &&
		passed 2 wan0 dhcp ike &&
		provoke guard 4 wan0 dhcp-far nd-far ike-far esp-far &&
		exchange 4 && exchange 6 && cmd_ok nf "$rtra" settings set default accept
}

# names_case: devices that come, go, and change their names
names_case() {
	local link="ip -n $rtra link"

	guard wan0,late0 || return
	$link add late0 type dummy && $link set late0 up &&
		provoke guard 1 late0 v4 || return
	$link set late0 down && $link set late0 name other0 &&
		$link set other0 up && provoke guard 0 other0 v4 || return
	$link set other0 down && $link set other0 name late0 &&
		$link set late0 up && provoke guard 1 late0 v6 || return
	$link del late0 && $link add late0 type dummy && $link set late0 up &&
		provoke guard 1 late0 v4 || return
	# a frame that a bridge passes on
	$link add br1 type bridge && $link set br1 up &&
		$link set late0 master br1 && provoke guard 1 br1 v4 || return
	# one moves to another namespace, and back
	$link del br1 && $link set late0 netns "$inet" &&
		ip -n "$inet" link set late0 netns "$rtra" &&
		$link set late0 up && provoke guard 1 late0 v4 || return
	guard wan0 && provoke guard 0 late0 v4 && $link del late0
}

# end_case: a namespace ends with its guards, and its devices
end_case() {
	local gone

	setup_ns gone
	ip -n "$gone" link add wan0 type dummy || return
	cmd_ok nf "$gone" settings set guard wan0,lo,wan1 &&
		nf "$gone" list | grep -qx "settings guard wan0,lo,wan1" &&
		cmd_ok ip netns del "$gone"
}

# What tc redirects is not seen by netfilter at the device where it leaves.
redirect_case() {
	local before rc=0

	in_ns "$rtra" tc qdisc add dev lan0 clsact &&
		in_ns "$rtra" tc filter add dev lan0 ingress protocol ip \
			flower dst_ip 10.2.0.2 \
			action mirred egress redirect dev wan0 || return
	before=$(dropped "$rtra" guard)
	seen_on_internet clear >/dev/null
	t lost "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 || rc=1
	[ "$(seen_on_internet clear)" = 1 ] &&
		same_drops "$rtra" guard "$before" || rc=1
	in_ns "$rtra" tc qdisc del dev lan0 clsact
	return $rc
}

# know_udp: ESP in UDP, and its pieces, are protected for the internet too
know_udp() {
	in_ns "$inet" nft -f - <<-END
		insert rule netdev watch ingress udp dport 4500 counter name seen_esp accept
		insert rule netdev watch ingress ip protocol udp ip frag-off & 0x1fff != 0 counter name seen_esp accept
	END
}

main() {
	site_begin 13 tc
	site_tunnel guard 4 4 6 --
	ktap_test "frames that a program writes, ipv4" frames_case
	ktap_test "frames that a program writes, ipv6" frames6_case
	ktap_test "drops are on record" record_case
	ktap_test "the tunnel, ipv4" exchange 4
	ktap_test "the tunnel, ipv6" exchange 6
	ktap_test "all else discarded" discard_case
	site_flush
	know_udp
	site_tunnel guard 4 4 6 -- esp aes-gcm-128 encap 4500
	guard wan0
	ktap_test "ESP in UDP, all else discarded" discard_case
	site_flush
	site_tunnel guard 6 4 6 --
	guard wan0
	ktap_test "over ipv6, all else discarded" discard_case
	site_flush
	site_tunnel guard 4 4 6 --
	guard wan0
	ktap_test "nothing passes by default" default_case
	ktap_test "devices come and go" names_case
	ktap_test "the end of a namespace" end_case
	ktap_test "a redirect by tc is not seen" redirect_case
	site_end
}

main
