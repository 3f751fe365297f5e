#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# CPUs: 2
#
# What is remembered of a flow must never outlive what it came from: policies
# and routes change under running flows, many flows share few places, and
# senders work on all CPUs at once. The topology is in esp_tunnel_lib.sh.

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

SEL_OUT="src 10.1.0.0/24 dst 10.2.0.0/24"
SEL_IN="src 10.2.0.0/24 dst 10.1.0.0/24"

# one flow, and what must become of it
flow() {
	t "$1" "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 sport=4000 port=4001
}

flow_back() {
	t "$1" "$hostb" 10.2.0.2 "$hosta" 10.1.0.2 sport=4002 port=4003
}

# policy add|del NS WORD...
policy() {
	cmd_ok nf "$2" policy "$1" "${@:3}"
}

# --- policies ---

# Each change counts for the very next packet of a flow that is known.
out_case() {
	local n

	flow udp || return
	for n in 1 2 3 4; do
		# shellcheck disable=SC2086 # words
		policy add "$rtra" dir out priority 10 $SEL_OUT discard || return
		flow lost || return
		# shellcheck disable=SC2086
		policy del "$rtra" dir out priority 10 $SEL_OUT || return
		flow udp || return
	done
	only_protected
}

in_case() {
	local n before action

	flow_back udp || return
	for action in discard bypass; do
		for n in 1 2 3; do
			# shellcheck disable=SC2086
			policy add "$rtra" dir in priority 10 $SEL_IN $action ||
				return
			before=$(dropped "$rtra")
			flow_back lost || return
			[ "$(dropped "$rtra")" -gt "$before" ] || {
				echo "lost, but not dropped by $action"
				return 1
			}
			# shellcheck disable=SC2086
			policy del "$rtra" dir in priority 10 $SEL_IN || return
			flow_back udp || return
		done
	done
}

# A policy that does not protect any more lets the next packet go in clear, and
# one that does again, none.
bypass_case() {
	local n

	for n in 1 2 3; do
		# shellcheck disable=SC2086
		policy add "$rtra" dir out priority 10 $SEL_OUT bypass || return
		seen_on_internet clear >/dev/null
		t lost "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 || return
		[ "$(seen_on_internet clear)" -gt 0 ] || {
			echo "a bypassed packet was not seen"
			return 1
		}
		# shellcheck disable=SC2086
		policy del "$rtra" dir out priority 10 $SEL_OUT || return
		flow udp && [ "$(seen_on_internet clear)" = 0 ] || return
	done
}

# The tunnel itself goes and comes back under the flow.
tunnel_case() {
	local n

	for n in 1 2 3; do
		site_flush
		seen_on_internet clear >/dev/null
		flow lost || return
		site_tunnel cache 4 4 6 -- || return
		seen_on_internet clear >/dev/null
		flow udp && flow_back udp || return
		[ "$(seen_on_internet clear)" = 0 ] || return
	done
}

# Others come and go, eighty at a time, while packets run: none may be lost.
edit_case() {
	local n

	nf "$rtra" list >"$tmpdir/few.conf" || return
	for n in $(seq 40); do
		echo "policy dir out src 172.16.$n.0/24 dst 172.17.0.0/16 discard"
		echo "policy dir in src 172.17.0.0/16 dst 172.16.$n.0/24 discard"
	done | cat "$tmpdir/few.conf" - >"$tmpdir/many.conf"
	t stream edit "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 rate=100 || return
	for n in 1 2 3 4 5; do
		cmd_ok nf "$rtra" apply "$tmpdir/many.conf" &&
			cmd_ok nf "$rtra" apply "$tmpdir/few.conf" || return
	done
	t unstream edit
	expect_seen lost=0 failed=0
}

# --- routes ---

# A second link between rtra and the internet
second_link() {
	link_ns "$rtra" wan1 "$inet" toa1
	addresses "$rtra" wan1 203.0.113.1/24
	addresses "$inet" toa1 203.0.113.254/24
}

# left_by DEV: so many packets of rtra have left through it
left_by() {
	ip -n "$rtra" -s -j link show "$1" |
		sed -n 's/.*"tx":{"bytes":[0-9]*,"packets":\([0-9]*\).*/\1/p'
}

route_case() {
	local n gateway before

	second_link
	for n in 1 2 3; do
		for gateway in 203.0.113.254/wan1 192.0.2.254/wan0; do
			ip -n "$rtra" route replace 198.51.100.1 \
				via "${gateway%/*}"
			before=$(left_by "${gateway#*/}")
			flow udp || return
			[ "$(left_by "${gateway#*/}")" -gt "$before" ] && continue
			echo "the packet did not leave by ${gateway#*/}"
			return 1
		done
	done
	ip -n "$rtra" route del 198.51.100.1
}

no_route_case() {
	local n before

	for n in 1 2 3; do
		ip -n "$rtra" route add unreachable 198.51.100.1
		before=$(dropped "$rtra" no-route)
		flow lost && more_drops "$rtra" no-route "$before" || return
		ip -n "$rtra" route del unreachable 198.51.100.1
		flow udp || return
	done
}

# --- many flows, many CPUs ---

# Two tunnels' worth of ports: every other one is protected. More flows than
# places, so that each is thrown out again and again; the internet counts.
ports_config() {
	local port

	for port in $(seq 20000 2 20118); do
		echo "policy dir out src ${1}/24 dst ${2}/24 proto udp $3 $port bypass"
		echo "policy dir in src ${2}/24 dst ${1}/24 proto udp $4 $port bypass"
	done
}

collisions_case() {
	local clear esp

	ip -n "$inet" route add 10.1.0.0/24 via 192.0.2.1
	ip -n "$inet" route add 10.2.0.0/24 via 198.51.100.1
	ports_config 10.1.0.0 10.2.0.0 dport sport |
		sed 's/policy/& priority 100/' >"$tmpdir/a.conf"
	ports_config 10.2.0.0 10.1.0.0 sport dport |
		sed 's/policy/& priority 100/' >"$tmpdir/b.conf"
	cmd_ok nf "$rtra" apply "$tmpdir/a.conf" --add &&
		cmd_ok nf "$rtrb" apply "$tmpdir/b.conf" --add || return
	seen_on_internet clear >/dev/null
	seen_on_internet esp >/dev/null
	t flood "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 procs=1 rounds=10 flows=120 \
		ports=20000 || return
	clear=$(seen_on_internet clear)
	esp=$(seen_on_internet esp)
	# 60 flows of each kind, 10 rounds, there and back
	[ "$clear" = 1200 ] && [ "$esp" = 1200 ] && return
	echo "$clear packets in clear and $esp protected, expected 1200 of each"
	return 1
}

# Senders in process context on each CPU, and forwarded packets in between
parallel_case() {
	local family=$1

	t stream between "$hosta" "${HOST_A[$family]}" "$hostb" \
		"${HOST_B[$family]}" rate=200 || return
	t flood "$rtra" "${LAN_A[$family]}" "$rtrb" "${LAN_B[$family]}" procs=4 \
		rounds=10 flows=40 size=700 || return
	t unstream between
	expect_seen lost=0 failed=0 && only_protected
}

many_case() {
	t flood "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 procs=2 rounds=4 flows=200 &&
		only_protected
}

site_begin 12
site_tunnel cache 4 4 6 --
only_protected >/dev/null
ktap_test "out: discarded and protected by turns" out_case
ktap_test "in: discarded, bypassed, and protected by turns" in_case
ktap_test "out: bypassed and protected by turns" bypass_case
ktap_test "the tunnel goes and comes" tunnel_case
ktap_test "other policies come and go" edit_case
ktap_test "the route to the peer moves" route_case
ktap_test "the route to the peer goes and comes" no_route_case
ktap_test "senders on all CPUs, ipv4" parallel_case 4
ktap_test "senders on all CPUs, ipv6" parallel_case 6
ktap_test "many flows" many_case
ktap_test "flows of two kinds in few places" collisions_case
site_end
