#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# An SA ends within a super-packet: the segments that still have a number leave,
# those behind them are dropped by name, and none of it leaves in clear. The
# topology is in esp_tunnel_lib.sh.

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

# forget_seen: what the internet has seen so far
forget_seen() {
	seen_on_internet clear >/dev/null
	seen_on_internet esp >/dev/null
}

# left_and_dropped EXPIRED: three packets have left, none in clear, and all that
# was dropped was so for the SA's end
left_and_dropped() {
	local esp clear others

	esp=$(seen_on_internet esp)
	clear=$(seen_on_internet clear)
	same_drops "$rtra" expired "$1" || return
	others=$(drops_of "$rtra" | grep -v '^expired ')
	[ "$esp" = 3 ] && [ "$clear" = 0 ] && [ -z "$others" ] && return
	echo "on the internet: $clear packets in clear, $esp protected; dropped: $others"
	return 1
}

# ends_within FAMILY NS SRC [WORD]: ten segments meet an SA with three packets left;
# a sender on the router is told
ends_within() {
	local v=$1 before

	site_flush
	site_tunnel ends 4 "$v" -- esp aes-gcm-128 life-packets none/3 || return
	forget_seen
	before=$(dropped "$rtra" expired) || return
	t partly "$2" "$3" "$hostb" "${HOST_B[$v]}" arrive=3 gso=1000 size=10000 ||
		return
	[ $# -lt 4 ] || expect_seen "$4" || return
	left_and_dropped $((before + 7))
}

site_begin 5
for family in 4 6; do
	ktap_test "the SA ends within a super-packet, IPv$family, forwarded" \
		ends_within $family "$hosta" "${HOST_A[$family]}"
	ktap_test "the SA ends within a super-packet, IPv$family, from the router" \
		ends_within $family "$rtra" "${LAN_A[$family]}" error=EKEYEXPIRED
done
site_flush
site_end
