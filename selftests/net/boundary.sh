#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Ways round the boundary, in and out, that no ordinary packet takes. The
# topology is in esp_tunnel_lib.sh.

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

# TCP and UDP as the protocol of IPv6, no next header, destination options
TCP=6
UDP=17
NONE=59
DSTOPTS=60

# an option header of eight octets with TCP behind it, which is in the next one
OPTIONS_ONLY="0600010400000000"

# --- IPv6 fragments: only the first one's protocol counts ---

# policies of TCP, or of one port of it
tcp_tunnel() {
	site_tunnel tcp 4 6 -- || return
	nf "$rtra" policy flush >/dev/null 2>&1
	cmd_ok nf "$rtra" policy add dir out src fd01::/64 dst fd02::/64 \
		proto tcp "${@:1:2}" protect tcp &&
		cmd_ok nf "$rtra" policy add dir in src fd02::/64 dst fd01::/64 \
			proto tcp "${@:3:2}" protect tcp
}

# from_outside REASON WORD...: a fragment in clear from an address of the other
# site is dropped
from_outside() {
	local before rc=0

	stranger add 6
	before=$(dropped "$rtra" "$1")
	t fragment "$inet" "${STRANGER[6]}" fd01::2 "${@:2}" &&
		busywait "$BUSYWAIT_TIMEOUT" more_drops "$rtra" "$1" "$before" ||
		rc=1
	stranger del 6
	return "$rc"
}

# from_inside WORD...: one to the other site must not leave in clear
from_inside() {
	local before

	seen_on_internet clear >/dev/null
	before=$(dropped "$rtra" fragment)
	t fragment "$hosta" fd01::2 fd02::2 "$@" &&
		busywait "$BUSYWAIT_TIMEOUT" more_drops "$rtra" fragment "$before" ||
		return
	[ "$(seen_on_internet clear)" = 0 ] && return
	echo "it was dropped, and left in clear"
	return 1
}

later_in_case() {
	from_outside cleartext next=$NONE off=1400 &&
		from_outside cleartext next=$TCP off=1400
}

later_out_case() {
	from_inside next=$DSTOPTS off=1400
}

# A first fragment that has no ports yet
first_in_case() {
	from_outside cleartext next=$DSTOPTS off=0 more=1 data=$OPTIONS_ONLY
}

first_out_case() {
	from_inside next=$DSTOPTS off=0 more=1 data=$OPTIONS_ONLY
}

# A bypass of another protocol lets in no fragment that only says that it is one
bypass_case() {
	local rc=0

	cmd_ok nf "$rtra" policy add dir in priority 10 src fd02::/64 \
		dst fd01::/64 proto udp bypass || return
	cmd_ok nf "$rtra" policy add dir in priority 20 src fd02::/64 \
		dst fd01::/64 discard || return
	from_outside policy-discard next=$UDP off=1400 || return
	stranger add 6
	t udp "$inet" "${STRANGER[6]}" "$hosta" fd01::2 oneway=1 || rc=1
	stranger del 6
	return "$rc"
}

# --- a tap in between ---

# A packet that has to be received anew is a clone then, if somebody listens on
# its device for its protocol.
tap_case() {
	local rc=0

	t capture four "$rtra" wan0 /dev/null type=0x0800 || return
	t capture six "$rtra" wan0 /dev/null type=0x86dd || return
	site_tunnel tap 6 4 6 -- || return
	only_protected >/dev/null
	t ping "$hosta" 10.1.0.2 10.2.0.2 count=3 &&
		t udp "$hosta" fd01::2 "$hostb" fd02::2 hbh=1 count=2 || rc=1
	site_flush
	site_tunnel tap 4 4 6 -- || return
	t ping "$hosta" fd01::2 fd02::2 count=3 || rc=1
	t uncapture four
	t uncapture six
	[ "$rc" -eq 0 ] && only_protected && no_drops "$rtra" "$rtrb"
}

# --- multicast ---

# One copy leaves, protected; one is for the sender's own host.
multicast_case() {
	local n

	ip -n "$rtra" route add 239.0.0.0/8 dev wan0 || return
	site_tunnel many 4 4 -- || return
	cmd_ok nf "$rtra" policy add dir out src any dst 239.1.1.0/24 \
		protect many || return
	cmd_ok nf "$rtra" policy add dir in src any dst 239.1.1.0/24 \
		protect many || return
	# a packet of another kind has to be seen first
	t ping "$rtra" 192.0.2.1 192.0.2.254 || return
	only_protected >/dev/null
	t multicast "$rtra" 192.0.2.1 239.1.1.1 wan0 || return
	n=$(seen_on_internet esp)
	ip -n "$rtra" route del 239.0.0.0/8
	[ "$n" = 1 ] && [ "$(seen_on_internet clear)" = 0 ] &&
		no_drops "$rtra" && return
	echo "$n protected packets left"
	return 1
}

# --- a link that is too small for anything ---

tiny_case() {
	local mtu before

	new_key "$tmpdir/tiny.key"
	ip -n "$rtra" link add tiny type dummy && ip -n "$rtra" link set tiny up &&
		ip -n "$rtra" addr add 203.0.113.1/24 dev tiny &&
		ip -n "$rtra" route add 10.9.0.0/24 via 203.0.113.2 || return
	cmd_ok nf "$rtra" tunnel add tiny local 203.0.113.1 remote 203.0.113.2 \
		protect 10.1.0.0/24 10.9.0.0/24 esp aes-gcm-128 \
		key-file "$tmpdir/tiny.key" || return
	for mtu in 68 72 76 80 84 88 92 96 100; do
		ip -n "$rtra" link set tiny mtu $mtu
		before=$(dropped "$rtra" too-big)
		in_ns "$rtra" ping -q -c 1 -W 1 -M dont -s 22 -I 10.1.0.1 10.9.0.1 >/dev/null
		more_drops "$rtra" too-big "$before" || return
	done
	ip -n "$rtra" link del tiny
}

site_begin 9
tcp_tunnel
ktap_test "IPv6: later fragments, in" later_in_case
ktap_test "IPv6: later fragments, out" later_out_case
site_flush
tcp_tunnel dport 80 sport 80
ktap_test "IPv6: a first fragment without ports, in" first_in_case
ktap_test "IPv6: a first fragment without ports, out" first_out_case
site_flush
ktap_test "IPv6: later fragments and a bypass" bypass_case
site_flush
ktap_test "a tap that listens for one protocol" tap_case
site_flush
ktap_test "multicast: one copy leaves, one stays" multicast_case
site_flush
ktap_test "a link too small for anything" tiny_case
site_flush
site_end
