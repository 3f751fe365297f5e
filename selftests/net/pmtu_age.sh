#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a router reports of the path to the peer: an SA shows it and how long it
# lasts, it is forgotten again, it goes no lower than a path may be, and it says
# where to cut, before protection or after it. Senders hear of it when they send.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

TUNNEL4="protect t 10.1.0.0/16 10.2.0.0/16"
TUNNEL6="protect t 2001:db8:a::/64 2001:db8:b::/64"

# fits OUTER MTU: what AES-GCM in tunnel mode leaves of it
fits() {
	echo $((($2 - 20 - ($1 == 6) * 20 - 8 - 8 - 16) / 4 * 4 - 2))
}

# lasts SECONDS: as long as this a report counts
lasts() {
	in_gate sysctl -qw net.ipv4.route.mtu_expires="$1" \
		net.ipv6.route.mtu_expires="$1"
}

# forget: nobody has said anything of any path
forget() {
	ip -n "$gate" -4 route flush cache
	ip -n "$gate" -6 route flush cache
}

# fresh OUTER [WORD...]: a new path, and a packet on it
fresh() {
	local six=""

	[ "$1" = 4 ] || six=v6
	forget
	begin "sas t - esp aes-gcm-128 $six ${*:2}" "$TUNNEL4" "$TUNNEL6" &&
		steps <<-END
		lan df=1 len=1300
		wire t.out
		quiet lan wan
	END
}

# shown NAME: a number of the outbound SA's
shown() {
	nf sa list -j | tr -d ' \n' | sed 's/{"object"/\n&/g' |
		sed -n "/\"dir\":\"out\"/s/.*\"$1\":\([0-9]*\).*/\1/p"
}

pmtu_is() {
	local pmtu

	pmtu=$(shown pmtu)
	[ "$pmtu" = "$1" ] && return
	echo "pmtu ${pmtu:-not shown}, not $1"
	return 1
}

# --- what an SA knows ---

known() {
	local left

	lasts 600
	fresh "$1" && pmtu_is 1500 || return
	[ -z "$(shown pmtu_expires)" ] || {
		echo "1500 octets are shown as reported"
		return 1
	}
	say toobig mtu=1400 && pmtu_is 1400 || return
	left=$(shown pmtu_expires)
	[ "${left:-0}" -gt 500 ] && [ "$left" -le 600 ] || {
		echo "pmtu_expires ${left:-not shown}"
		return 1
	}
	[ "$(shown inner_mtu)" = "$(fits "$1" 1400)" ] &&
		nf sa list -s | grep >/dev/null "(path mtu 1400, forgotten in [0-9]* s)"
}

# configured: the next one lasts as long as the system says by then
configured() {
	local left

	lasts 60
	fresh "$1" && say toobig mtu=1400 || return
	left=$(shown pmtu_expires)
	[ "${left:-0}" -gt 30 ] && [ "$left" -le 60 ] && return
	echo "pmtu_expires ${left:-not shown}"
	return 1
}

# forgotten: and then the first link's size is tried again
forgotten() {
	lasts 2
	fresh "$1" && steps <<-END || return
		toobig mtu=1300
		lan df=1 len=1300
		icmp lan type=3 code=4 mtu=$(fits "$1" 1300)
	END
	busywait "$BUSYWAIT_TIMEOUT" pmtu_is 1500 || return
	steps <<-END || return
		lan df=1 len=1300
		wire t.out
		quiet lan wan
		# and learned anew
		toobig mtu=1350
	END
	pmtu_is 1350
}

# told_on_demand: a report alone says nothing to anybody; and a packet that fits
# raises nothing either
told_on_demand() {
	lasts 600
	fresh "$1" && say toobig mtu=1300 && pmtu_is 1300 && steps <<-END
		quiet lan wan
		lan df=1 len=100
		wire t.out
		quiet lan wan
		lan df=1 len=1300
		icmp lan type=3 code=4 mtu=$(fits "$1" 1300)
	END
}

# --- how low ---

floor4() {
	local mtu

	lasts 600
	fresh 4 || return
	for mtu in 0 1 67; do
		say toobig mtu=$mtu && pmtu_is 1500 || return
	done
	# the least that a report can be goes no further than the system lets it
	say toobig mtu=68 && pmtu_is "$(in_gate sysctl -n net.ipv4.route.min_pmtu)"
}

floor6() {
	local mtu

	lasts 600
	fresh 6 || return
	for mtu in 0 1 67 1279; do
		say toobig mtu=$mtu && pmtu_is 1500 || return
	done
	say toobig mtu=1280 && pmtu_is 1280
}

# --- where it is cut ---

before() {
	lasts 600
	fresh 4 && steps <<-END
		toobig mtu=1000
		lan len=1200
		sized t.out n=2 next=4
		quiet lan wan
	END
}

after() {
	lasts 600
	fresh 4 fragment after && steps <<-END
		lan len=1450
		gather
		wire t.out
		toobig mtu=1000
		lan len=1200
		gather
		wire t.out
		lan df=1 len=1200
		icmp lan type=3 code=4 mtu=$(fits 4 1000)
		lan df=1 len=900
		wire t.out df=1
		quiet lan wan
	END
}

# --- AH ---

ah_told() {
	local six="" v=$1 fits=$((1500 - 20 - 28))

	[ "$v" = 4 ] || { six=v6; fits=$((1500 - 40 - 32)); }
	forget
	begin "sas t - ah hmac-sha256-128 $six" "$TUNNEL4" "$TUNNEL6" &&
		steps <<-END
		lan df=1 len=$((fits - 28))
		wire t.out len=1500
		lan df=1 len=$((fits - 27))
		icmp lan type=3 code=4 mtu=$fits
		lan v=6 len=$((fits - 47))
		icmp lan type=2 mtu=$fits
		local dst=10.2.0.2 src=10.1.0.1 df=1 len=$((fits - 27)) error=EMSGSIZE
	END
}

require_peer
require_module
topology
say rawless
ktap_print_header
ktap_set_plan 14
for v in 4 6; do
	ktap_test "an SA knows its path's size and for how long, IPv$v" known $v
	ktap_test "how long can be set, IPv$v" configured $v
	ktap_test "a size that was reported is forgotten, IPv$v" forgotten $v
	ktap_test "a host is told when it sends, IPv$v" told_on_demand $v
	ktap_test "AH in tunnel mode: senders are told, over IPv$v" ah_told $v
done
ktap_test "reports of no path there is, IPv4" floor4
ktap_test "reports of no path there is, IPv6" floor6
ktap_test "a size that was reported is where to cut before protection" before
ktap_test "fragment after: only protected packets are cut" after
ktap_finish
