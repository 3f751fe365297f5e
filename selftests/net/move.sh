#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A running tunnel moves to other ends (RFC 4555 section 3.5): keys, numbers and
# window go on, each packet has the ends of before or those of after, and what
# may come in stays what it was.
#
# Topology: see peer.sh. Each side has a second address that ends in 3.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

OTHER4=192.0.2.3
OTHER6=2001:db8:1::3
AWAY4=192.0.2.13
AWAY6=2001:db8:1::13

# what has a second address does not lose it with the first
addresses() {
	in_gate sysctl -qw net.ipv4.conf.all.promote_secondaries=1
	ip -n "$gate" -batch - <<-END
		addr add $OTHER4/24 dev wan0
		addr add $OTHER6/64 dev wan0 nodad
		neigh add $AWAY4 lladdr $MAC_PEER dev wan0
		neigh add $AWAY6 lladdr $MAC_PEER dev wan0
	END
}

tunnels() {
	begin "sas t 0x1000 esp aes-gcm-128 $*" \
		"sas six 0x1001 esp aes-cbc-128+hmac-sha256-128 v6" \
		"protect t 10.1.0.0/16 10.2.0.0/16" \
		"protect six 2001:db8:a::/64 2001:db8:b::/64"
}

# lists WORD...: a line of the list has all of them
lists() {
	nf list >"$tmpdir/list"
	grep -qF -- "$*" "$tmpdir/list" && return
	echo "no \"$*\" in:"
	cat "$tmpdir/list"
	return 1
}

ends() {
	local keys

	tunnels && steps <<-END || return
		lan
		wire t.out
		send t.in seq=70
		took lan
		send six.in v=6
		took lan
	END
	keys=$(nf list | grep -o 'key-fingerprint-out [0-9a-f]*' | sort)
	steps <<-END || return
		nfipsec tunnel move t local $OTHER4 remote $AWAY4
		nfipsec tunnel move six remote $AWAY6 local $OTHER6
		# what is still on its way
		send t.in seq=71
		count in-unknown-spi
		took raw
		at t.out src=$OTHER4 dst=$AWAY4
		at t.in src=$AWAY4 dst=$OTHER4
		at six.out src=$OTHER6 dst=$AWAY6
		at six.in src=$AWAY6 dst=$OTHER6
		lan
		wire t.out seq=2
		lan v=6
		wire six.out seq=1
		send t.in seq=70
		drop replay-duplicate by=sa
		send t.in seq=69
		took lan
		send six.in v=6 seq=2
		took lan
		count in-packets n=2
		lists tunnel t local $OTHER4 remote $AWAY4 protect 10.1.0.0/16 10.2.0.0/16
		lists tunnel six local $OTHER6 remote $AWAY6
		# one end alone
		nfipsec tunnel move t remote $PEER4
		at t.out dst=$PEER4
		at t.in src=$PEER4
		lan
		wire t.out seq=3
		send t.in seq=72
		took lan
	END
	[ "$keys" = "$(nf list | grep -o 'key-fingerprint-out [0-9a-f]*' | sort)" ] && return
	echo "other keys"
	return 1
}

selectors() {
	begin "sa in t 0x1000 esp aes-gcm-128 src 10.2.0.0/24 dst 10.1.0.0/16" \
		"sa out t 0x1000 esp aes-gcm-128" \
		"protect t 10.1.0.0/16 10.2.0.0/16" && steps <<-END
		send t.in src=10.2.0.9
		took lan
		nfipsec tunnel move t local $OTHER4 remote $AWAY4
		at t.in src=$AWAY4 dst=$OTHER4
		send t.in src=10.2.0.9
		took lan
		send t.in src=10.2.1.9
		drop sa-selector by=sa
		send t.in src=10.3.0.1
		drop sa-selector by=sa
		# nor has the policy become one for the new ends
		clear src=10.2.0.9
		drop cleartext by=policy
		lan dst=10.3.0.1
		took wan
		lists policy dir in src 10.2.0.0/16 dst 10.1.0.0/16 protect t
	END
}

# there and back, until it is told to stop
wander() {
	until [ -e "$tmpdir/stop" ]; do
		nf tunnel move t local $OTHER4 remote $AWAY4 || return
		nf tunnel move t local $GATE4 remote $PEER4 || return
	done
}

under_way() {
	local pid rc=0

	tunnels || return
	rm -f "$tmpdir/stop"
	wander &
	pid=$!
	say hop t.out src=$OTHER4 dst=$AWAY4 n=4 || rc=1
	: >"$tmpdir/stop"
	wait "$pid" || rc=1
	[ "$rc" -eq 0 ] && say count moves n=0
}

events() {
	local monitor rc=0

	tunnels || return
	nf monitor >"$tmpdir/events" 2>&1 &
	monitor=$!
	nf monitor -j >"$tmpdir/json" 2>&1 &
	at_exit "kill $monitor $! 2>/dev/null"
	busywait "$BUSYWAIT_TIMEOUT" told_of || rc=1
	kill "$monitor" $!
	! grep -E '^(del|new) sa tunnel t ' "$tmpdir/events" || rc=1
	return "$rc"
}

# each move is told of, by whoever listens already
told_of() {
	nf tunnel move t local $OTHER4 remote $AWAY4 encap 4500:61000 &&
		nf tunnel move t local $GATE4 remote $PEER4 encap off &&
		grep -q "^move sa tunnel t dir in local $OTHER4 remote $AWAY4 .* encap 4500:61000" "$tmpdir/events" &&
		grep -q "^  # from local $GATE4 remote $PEER4\$" "$tmpdir/events" &&
		grep -q "^move sa tunnel t dir out local $GATE4 remote $PEER4 " "$tmpdir/events" &&
		grep -q "^  # from local $OTHER4 remote $AWAY4 encap 4500:61000\$" "$tmpdir/events" &&
		grep '"event":"move"' "$tmpdir/json" |
		grep -q "\"from\":{\"local\":\"$OTHER4\",\"remote\":\"$AWAY4\",\"encap\":{\"local\":4500,\"remote\":61000}}"
}

ports() {
	tunnels encap 4501:4600 && steps <<-END
		lan
		wire t.out
		send t.in osrc=10.3.0.1 udp=1024:4501
		took lan
		count moves
		# what was followed is forgotten where the ends are told
		nfipsec tunnel move t encap 4502:4700
		at t.out udp=4502:4700
		lan
		wire t.out
		send t.in udp=4700:4502
		took lan
		nfipsec tunnel move t remote $AWAY4 encap off
		at t.out dst=$AWAY4 udp=off
		lan
		wire t.out seq=3
		lists tunnel t local $GATE4 remote $AWAY4 protect
		nfipsec tunnel move t remote $PEER4 encap 4501
		at t.out dst=$PEER4 udp=4501:4501
		lan
		wire t.out seq=4
	END
}

# an address that has gone: nothing leaves before it is told where from
vanished() {
	tunnels && steps <<-END
		ip addr del $GATE4/24 dev wan0
		ip route replace 10.2.0.0/15 via $PEER4 dev wan0 onlink
		lan
		drop no-route by=sa,policy
		nfipsec tunnel move t local $OTHER4
		at t.out src=$OTHER4
		at t.in dst=$OTHER4
		lan
		wire t.out seq=1
		send t.in
		took lan
		nfipsec tunnel move t local $GATE4
		ip addr add $GATE4/24 dev wan0
		at t.out src=$GATE4
		ip route replace 10.2.0.0/15 via $PEER4
		lan
		wire t.out seq=2
	END
}

# refused TEXT WORD...: nfipsec says so, and everything is as before
refused() {
	local text=$1 said

	shift
	nf list >"$tmpdir/before"
	said=$(nf "$@" 2>&1) && {
		echo "not refused: $*"
		return 1
	}
	nf list | diff "$tmpdir/before" - || return
	[[ $said == *"$text"* ]] && return
	echo "$said instead of: $text"
	return 1
}

refusals() {
	begin "sas t 0x1000 esp aes-gcm-128" \
		"sa out u 4096 esp aes-gcm-128 remote $AWAY4" \
		"sas h 0x1002 esp aes-gcm-128 mode transport" \
		"protect t 10.1.0.0/16 10.2.0.0/16" &&
		refused "an SA of this direction, destination" tunnel move t remote $AWAY4 &&
		refused "another address is another host" tunnel move h local $OTHER4 &&
		refused "expected an IPv4 address" tunnel move t remote $PEER6 local $GATE6 &&
		refused "the kernel knows no SA" tunnel move x remote $AWAY4 &&
		refused "expected another address" tunnel move t remote $GATE4 &&
		steps <<-END
		lan
		wire t.out
		# in transport mode the ports may change
		nfipsec tunnel move h encap 4501:4600
	END
}

# idle SPI WORD: what the list says of the use of an inbound SA
idle() {
	nf -s sa list >"$tmpdir/list"
	grep -A 1 "dir in .* spi $1 " "$tmpdir/list" | grep -q " $2" && return
	cat "$tmpdir/list"
	return 1
}

# RFC 4555 section 3.12
proof_of_life() {
	begin "sas t 0x1000 esp aes-gcm-128" \
		"sas s 0x1001 esp aes-gcm-128 encap 4501 follow off" \
		"sas f 0x1002 esp aes-gcm-128 encap 4501 v6" \
		"protect t 10.1.0.0/16 10.2.0.0/16" "protect s 10.1.0.0/16 10.3.0.0/16" \
		"protect f 2001:db8:a::/64 2001:db8:b::/64" && steps <<-END
		send t.in osrc=192.0.2.77
		took lan
		idle 0x00001000 never
		send s.in src=10.3.0.1 osrc=192.0.2.77
		took lan
		idle 0x00001001 never
		count in-packets n=2
		send t.in
		took lan
		idle 0x00001000 idle
		send s.in src=10.3.0.1
		took lan
		idle 0x00001001 idle
		# where it is followed, that is where it should be
		send f.in v=6 osrc=2001:db8:b::77
		took lan
		idle 0x00001002 idle
	END
}

main() {
	require_peer
	require_module
	topology
	addresses
	ktap_print_header
	ktap_set_plan 8
	ktap_test "to other ends: keys, numbers and window go on" ends
	ktap_test "selectors stay" selectors
	ktap_test "each packet has the ends of before or after" under_way
	ktap_test "a move is one event" events
	ktap_test "other ports, and out of UDP" ports
	ktap_test "an own address that has vanished" vanished
	ktap_test "what is refused changes nothing" refusals
	ktap_test "what comes from elsewhere proves nothing" proof_of_life
	ktap_finish
}

main
