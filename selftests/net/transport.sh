#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Transport mode between two hosts, ESP and AH, with all that may stand between
# the IP header and the payload. The routers of esp_tunnel_lib.sh play the
# hosts:
#
#   rtra ------------------------ inet ------------------------ rtrb
#     192.0.2.1, 2001:db8:a::1            198.51.100.1, 2001:db8:b::1

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

BULK=$((1 << 18))

# pair FAMILY WORD...: transport mode between the two
pair() {
	local family=$1

	shift
	new_key "$tmpdir/pair.key"
	cmd_ok nf "$rtra" tunnel add pair local "${WAN_A[$family]}" \
		remote "${WAN_B[$family]}" mode transport "$@" \
		key-file "$tmpdir/pair.key" &&
		cmd_ok nf "$rtrb" tunnel add pair local "${WAN_B[$family]}" \
			remote "${WAN_A[$family]}" mode transport "$@" \
			key-file "$tmpdir/pair.key"
}

# protected NAME: since it was last asked, the internet has seen only that
protected() {
	local clear some

	clear=$(seen_on_internet clear)
	some=$(seen_on_internet "$1")
	[ "$clear" = 0 ] && [ "$some" -gt 0 ] && return
	echo "on the internet: ${clear:-?} packets in clear, $some of $1"
	return 1
}

# small_case FAMILY PROTO
small_case() {
	local here=${WAN_A[$1]} there=${WAN_B[$1]} size

	protected "$2" >/dev/null
	for size in 0 1 2 3 1200; do
		t ping "$rtra" "$here" "$there" size=$size || return
		t udp "$rtrb" "$there" "$rtra" "$here" size=$size || return
	done
	protected "$2" && no_drops "$rtra" "$rtrb"
}

# Larger than the link: protected whole, and cut after that. Nothing is cut
# before, which would be fragments inside.
large_case() {
	local here=${WAN_A[$1]} there=${WAN_B[$1]} size

	for size in 1460 1472 3000 9000 60000; do
		t udp "$rtra" "$here" "$rtrb" "$there" size=$size df=dont || return
		t ping "$rtrb" "$there" "$here" size=$size || return
	done
	[ "$(counted "$rtra" out-fragmented)" = 0 ] || {
		echo "packets were fragmented before protection"
		return 1
	}
	protected "$2" && no_drops "$rtra" "$rtrb"
}

tcp_case() {
	t tcp "$rtra" "${WAN_A[$1]}" "$rtrb" "${WAN_B[$1]}" size=$BULK || return
	t tcp "$rtrb" "${WAN_B[$1]}" "$rtra" "${WAN_A[$1]}" size=$BULK || return
	protected "$2" && no_drops "$rtra" "$rtrb"
}

# A packet that does not fit, with DF as the stack sets it: its route is that of the
# protected packet as well. Were its sender told a size, that route would shrink
# with every packet.
own_path_case() {
	local here=${WAN_A[$1]} there=${WAN_B[$1]} route

	for _ in 1 2 3; do
		t udp "$rtra" "$here" "$rtrb" "$there" df=want size=1452 || return
		t tcp "$rtra" "$here" "$rtrb" "$there" size=10000 || return
	done
	route=$(ip -n "$rtra" route get "$there") || return
	[[ $route != *" mtu "* ]] || {
		echo "the sender was told a size: $route"
		return 1
	}
	protected "$2" && no_drops "$rtra" "$rtrb"
}

# --- what may stand in between ---

# no operation; router alert; record route, which each router writes to;
# timestamp, the same
OPTIONS="01010101 94040000 0707040000000000 4408050000000000"

options4_case() {
	local opts

	for opts in $OPTIONS; do
		t udp "$rtra" 192.0.2.1 "$rtrb" 198.51.100.1 opts="$opts" \
			size=100 || return
		t udp "$rtrb" 198.51.100.1 "$rtra" 192.0.2.1 opts="$opts" \
			size=4000 df=dont || return
	done
	protected "$1" && no_drops "$rtra" "$rtrb"
}

options6_case() {
	local opts

	for opts in hbh=1 dstopt=1 "hbh=1 dstopt=1"; do
		# shellcheck disable=SC2086 # two words
		t udp "$rtra" 2001:db8:a::1 "$rtrb" 2001:db8:b::1 $opts \
			size=100 || return
		# shellcheck disable=SC2086
		t udp "$rtrb" 2001:db8:b::1 "$rtra" 2001:db8:a::1 $opts \
			size=4000 df=dont || return
	done
	protected "$1" && no_drops "$rtra" "$rtrb"
}

# test_pair FAMILY PROTO WORD...
test_pair() {
	local family=$1 proto=$2 name="${*:2}, ipv$1"

	shift 2
	ktap_test "$name: tunnel add" pair "$family" "$proto" "$@"
	ktap_test "$name: small packets" small_case "$family" "$proto"
	ktap_test "$name: large datagrams" large_case "$family" "$proto"
	ktap_test "$name: TCP" tcp_case "$family" "$proto"
	ktap_test "$name: too big" own_path_case "$family" "$proto"
	ktap_test "$name: headers in between" "options${family}_case" "$proto"
	site_flush
}

# --- by port ---

# port_policies NS LOCAL REMOTE PORT-HERE PORT-THERE: protects one port
port_policies() {
	cmd_ok nf "$1" policy add dir out src "$2" dst "$3" proto udp "$4" 5000 \
		protect pair &&
		cmd_ok nf "$1" policy add dir in src "$3" dst "$2" proto udp \
			"$5" 5000 protect pair
}

# The SAs of a pair, but policies for UDP port 5000 of the right host only.
port_case() {
	pair 4 esp aes-gcm-128 || return
	nf "$rtra" policy flush >/dev/null 2>&1
	nf "$rtrb" policy flush >/dev/null 2>&1
	port_policies "$rtra" 192.0.2.1 198.51.100.1 dport sport &&
		port_policies "$rtrb" 198.51.100.1 192.0.2.1 sport dport || return
	protected esp >/dev/null
	t udp "$rtra" 192.0.2.1 "$rtrb" 198.51.100.1 port=5000 || return
	t udp "$rtra" 192.0.2.1 "$rtrb" 198.51.100.1 port=5000 size=5000 \
		df=dont || return
	protected esp || return
	t udp "$rtra" 192.0.2.1 "$rtrb" 198.51.100.1 port=5001 || return
	t tcp "$rtra" 192.0.2.1 "$rtrb" 198.51.100.1 port=5000 size=1000 || return
	[ "$(seen_on_internet esp)" = 0 ] && return
	echo "other ports were protected, too"
	return 1
}

site_begin 26
for family in 4 6; do
	test_pair $family esp aes-gcm-128
	test_pair $family ah hmac-sha256-128
done
ktap_test "one port only" port_case
site_flush
site_end
