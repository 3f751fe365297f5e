# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Two sites and the internet between them, nf_ipsec on both routers:
#
#   hosta ------- rtra --------------- inet --------------- rtrb ------- hostb
#     .2   10.1.0   .1 .1  192.0.2  .254  .254 198.51.100 .1 .1   10.2.0   .2
#     ::2   fd01   ::1 ::1 2001:db8:a ::fe  ::fe 2001:db8:b ::1 ::1  fd02 ::2
#   eth0        lan0   wan0           toa    tob           wan0   lan0      eth0
#
# The routers know the other site's prefix through their default route, with
# their own LAN address as the source.

# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

SITE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# addresses by family, as ${HOST_A[4]}
# shellcheck disable=SC2034 # for the tests
declare -A HOST_A=([4]=10.1.0.2 [6]=fd01::2) HOST_B=([4]=10.2.0.2 [6]=fd02::2)
# shellcheck disable=SC2034
declare -A LAN_A=([4]=10.1.0.1 [6]=fd01::1) LAN_B=([4]=10.2.0.1 [6]=fd02::1)
declare -A WAN_A=([4]=192.0.2.1 [6]=2001:db8:a::1)
declare -A WAN_B=([4]=198.51.100.1 [6]=2001:db8:b::1)
declare -A NET_A=([4]=10.1.0.0/24 [6]=fd01::/64)
declare -A NET_B=([4]=10.2.0.0/24 [6]=fd02::/64)

# --- running things in a namespace ---

# in_ns NS CMD...: quicker than ip netns exec, which mounts file systems
in_ns() {
	nsenter --net="/run/netns/$1" "${@:2}"
}

# nf NS WORD...: nfipsec there
nf() {
	in_ns "$1" "$NFIPSEC" "${@:2}"
}

# set_sysctl NS NAME=VALUE...
set_sysctl() {
	in_ns "$1" sysctl -qw "${@:2}"
}

# --- the namespaces ---

# addresses NS DEV ADDR...
addresses() {
	local addr

	for addr in "${@:3}"; do
		echo "addr add $addr dev $2"
	done | ip -n "$1" -batch -
}

# default_route NS GATEWAY4 GATEWAY6
default_route() {
	ip -n "$1" -batch - <<-END
		route add default via $2
		route add default via $3
	END
}

site_links() {
	link_ns "$hosta" eth0 "$rtra" lan0
	link_ns "$rtra" wan0 "$inet" toa
	link_ns "$inet" tob "$rtrb" wan0
	link_ns "$rtrb" lan0 "$hostb" eth0
	addresses "$hosta" eth0 10.1.0.2/24 fd01::2/64
	addresses "$rtra" lan0 10.1.0.1/24 fd01::1/64
	addresses "$rtra" wan0 192.0.2.1/24 2001:db8:a::1/64
	addresses "$inet" toa 192.0.2.254/24 2001:db8:a::fe/64
	addresses "$inet" tob 198.51.100.254/24 2001:db8:b::fe/64
	addresses "$rtrb" wan0 198.51.100.1/24 2001:db8:b::1/64
	addresses "$rtrb" lan0 10.2.0.1/24 fd02::1/64
	addresses "$hostb" eth0 10.2.0.2/24 fd02::2/64
}

# wan_routes: those of rtra, also where it has lost some of them
wan_routes() {
	default_route "$rtra" 192.0.2.254 2001:db8:a::fe
	ip -n "$rtra" -batch - <<-END
		route replace 10.2.0.0/24 via 192.0.2.254 src 10.1.0.1
		route replace fd02::/64 via 2001:db8:a::fe src fd01::1
	END
}

# set_wan_mtu MTU: of both links of the internet
set_wan_mtu() {
	ip -n "$rtra" link set wan0 mtu "$1"
	ip -n "$inet" link set toa mtu "$1"
	set_far_mtu "$1"
}

# set_far_mtu MTU: of the link that only the internet and rtrb know
set_far_mtu() {
	ip -n "$inet" link set tob mtu "$1"
	ip -n "$rtrb" link set wan0 mtu "$1"
}

# make_sites: sets $hosta, $rtra, $inet, $rtrb, $hostb
make_sites() {
	setup_ns hosta rtra inet rtrb hostb
	set_forwarding "$rtra" "$inet" "$rtrb"
	site_links
	default_route "$hosta" 10.1.0.1 fd01::1
	default_route "$hostb" 10.2.0.1 fd02::1
	wan_routes
	default_route "$rtrb" 198.51.100.254 2001:db8:b::fe
	ip -n "$rtrb" -batch - <<-END
		route add 10.1.0.0/24 via 198.51.100.254 src 10.2.0.1
		route add fd01::/64 via 2001:db8:b::fe src fd02::1
	END
	watch_internet
}

# What the internet sees. Uncounted is what links need to work, and a router's
# word on fragments that never came, which it gives up to a minute later;
# "clear" is all else that is not protected.
watch_internet() {
	in_ns "$inet" nft -f - <<-END
		table netdev watch {
			counter seen_clear { }
			counter seen_esp { }
			counter seen_ah { }
			chain ingress {
				type filter hook ingress devices = { toa, tob } priority 0
				ether type arp accept
				ip protocol igmp accept
				ip6 saddr :: accept
				ip6 saddr fe80::/10 accept
				icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
				icmp type time-exceeded accept
				icmpv6 type time-exceeded accept
				meta l4proto esp counter name seen_esp accept
				frag nexthdr esp counter name seen_esp accept
				meta l4proto ah counter name seen_ah accept
				frag nexthdr ah counter name seen_ah accept
				counter name seen_clear
			}
		}
	END
}

# seen_on_internet NAME: packets since it was last asked
seen_on_internet() {
	in_ns "$inet" nft reset counter netdev watch "seen_$1" |
		sed -n 's/.*packets \([0-9]*\) .*/\1/p'
}

# only_protected: since it was last asked, some packets passed the internet,
# and none in clear
only_protected() {
	local clear some

	clear=$(seen_on_internet clear)
	some=$(($(seen_on_internet esp) + $(seen_on_internet ah)))
	[ "$clear" = 0 ] && [ "$some" -gt 0 ] && return
	echo "on the internet: ${clear:-?} packets in clear, $some protected"
	return 1
}

# internet_routes add|del: lets cleartext between the sites pass
internet_routes() {
	ip -n "$inet" -batch - <<-END
		route $1 10.2.0.0/24 via 198.51.100.1
		route $1 10.1.0.0/24 via 192.0.2.1
		route $1 fd02::/64 via 2001:db8:b::1
		route $1 fd01::/64 via 2001:db8:a::1
	END
}

# --- traffic ---

# start_traffic: see esp_tunnel_traffic.py
start_traffic() {
	coproc TRAFFIC { exec python3 "$SITE_DIR/esp_tunnel_traffic.py"; }
	# shellcheck disable=SC2153 # coproc sets it
	at_exit "kill $TRAFFIC_PID 2>/dev/null"
}

# t COMMAND WORD...: does it; sets $seen to what it answered behind "ok"
t() {
	local reply

	echo "$*" >&"${TRAFFIC[1]}" && read -r reply <&"${TRAFFIC[0]}" || {
		echo "the traffic program has died"
		return 1
	}
	seen=${reply#ok}
	seen=${seen# }
	[[ $reply == ok* ]] && return
	echo "$*: ${reply#fail }"
	return 1
}

# expect_seen WORD...: each of them is in what the last t has seen
expect_seen() {
	local word

	for word in "$@"; do
		[[ " $seen " == *" $word "* ]] && continue
		echo "expected $word, saw: $seen"
		return 1
	done
}

# value NAME: of what the last t has seen
value() {
	sed -n "s/.*\<$1=\([^ ]*\).*/\1/p" <<<"$seen"
}

# learn_mtu NS SRC NS DST: where routers must not fragment, the first large
# packet of each side is lost; the words are for the first side
learn_mtu() {
	t mtu "$1" "$2" "$4" size=1452 "${@:5}" && t mtu "$3" "$4" "$2" size=1452
}

# --- tunnels ---

# new_key FILE: a tunnel's secret
new_key() {
	(umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$1")
}

# site_tunnel NAME FAMILY-OUTSIDE FAMILY-INSIDE... -- WORD...: on both routers,
# with the words given (default: esp aes-gcm-128)
site_tunnel() {
	local name=$1 out=$2 mine=() theirs=() family

	shift 2
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		family=$1
		mine+=(protect "${NET_A[$family]}" "${NET_B[$family]}")
		theirs+=(protect "${NET_B[$family]}" "${NET_A[$family]}")
		shift
	done
	shift
	[ $# -gt 0 ] || set -- esp aes-gcm-128
	new_key "$tmpdir/$name.key"
	cmd_ok nf "$rtra" tunnel add "$name" local "${WAN_A[$out]}" \
		remote "${WAN_B[$out]}" "${mine[@]}" "$@" \
		key-file "$tmpdir/$name.key" &&
		cmd_ok nf "$rtrb" tunnel add "$name" local "${WAN_B[$out]}" \
			remote "${WAN_A[$out]}" "${theirs[@]}" "$@" \
			key-file "$tmpdir/$name.key"
}

# site_flush: no tunnel on either router, and no path MTU remembered
site_flush() {
	nf "$rtra" flush >/dev/null 2>&1
	nf "$rtrb" flush >/dev/null 2>&1
	note_drops "$rtra" "$rtrb"
	forget_pmtu
}

forget_pmtu() {
	local ns

	for ns in "$hosta" "$rtra" "$rtrb" "$hostb"; do
		ip -n "$ns" route flush cache
		ip -n "$ns" -6 route flush cache
	done
}

# --- cleartext that should have been protected ---

# addresses of hostb's site that are the internet's
declare -A STRANGER=([4]=10.2.0.66 [6]=fd02::66)

# stranger add|del FAMILY: it has that address, and a route to hosta's site
stranger() {
	local bits=32

	[ "$2" = 4 ] || bits=128
	ip -n "$inet" addr "$1" "${STRANGER[$2]}/$bits" dev lo
	ip -n "$inet" route "$1" "${NET_A[$2]}" via "${WAN_A[$2]}"
}

# cleartext_case NS/ADDRESS...: nothing from a stranger arrives there
cleartext_case() {
	local to before family rc=0

	stranger add 4
	stranger add 6
	for to in "$@"; do
		family=4
		[[ $to != *:* ]] || family=6
		before=$(dropped "$rtra" cleartext)
		t lost "$inet" "${STRANGER[$family]}" "${to%%/*}" "${to#*/}" &&
			more_drops "$rtra" cleartext "$before" || rc=1
	done
	stranger del 4
	stranger del 6
	return "$rc"
}

# --- what the module counts ---

# dropped NS [REASON]: packets, for this reason or all
dropped() {
	nf "$1" stats | awk -v reason="${2:-}" '
		$1 == "drop" && (reason == "" || $2 == reason) {
			n += $3
			found = 1
		}
		END { if (!found) exit 1; print n }'
}

# counted NS NAME
counted() {
	nf "$1" stats | awk -v name="$2" '
		$1 == name { print $2; found = 1 }
		END { exit !found }'
}

# what no_drops leaves out: the drops of the tunnels before, by namespace
declare -A drops_before

# drops_of NS: of any reason but "too big", by which sizes are found
drops_of() {
	nf "$1" stats | awk '
		$1 == "drop" { found = 1 }
		$1 == "drop" && $3 > 0 && $2 != "too-big" { print $2, $3 }
		END { exit !found }'
}

note_drops() {
	local ns

	for ns in "$@"; do
		drops_before[$ns]=$(drops_of "$ns")
	done
}

# no_drops NS...: since site_flush
no_drops() {
	local ns found rc=0

	for ns in "$@"; do
		found=$(drops_of "$ns") || {
			echo "${ns%-*}: no counters"
			return 1
		}
		found=$(grep -vxF -e "${drops_before[$ns]:-none}" <<<"$found")
		[ -z "$found" ] && continue
		echo "${ns%-*}: $found"
		rc=1
	done
	return "$rc"
}

# more_drops NS REASON BEFORE: packets have been dropped for it since
more_drops() {
	local now

	now=$(dropped "$1" "$2") && [ "$now" -gt "$3" ] && return
	echo "no packet dropped for $2"
	return 1
}

# same_drops NS REASON BEFORE: none has
same_drops() {
	local now

	now=$(dropped "$1" "$2") && [ "$now" = "$3" ] && return
	echo "${now:-unknown} packets dropped for $2, $3 before"
	return 1
}

# sa_field NS DIR NAME: of the only SA in that direction
sa_field() {
	nf "$1" sa list -j | python3 -c '
import json, sys
print([sa[sys.argv[2]] for sa in json.load(sys.stdin)
       if sa["dir"] == sys.argv[1]][0])' "$2" "$3"
}

log_is_clean() {
	local said

	said=$(log_since) || {
		echo "$said"
		return 1
	}
	! grep -E 'WARNING:|BUG:|KASAN|Oops|refcount|lockdep|suspicious|waiting for|leak|bad offload|stall' \
		<<<"$said"
}

# --- the frame of a test ---

# site_begin PLAN [PROGRAM...]: everything up to the tunnels
site_begin() {
	require_root
	require_command ip nft python3 nsenter "${@:2}"
	require_module
	make_tmpdir
	ktap_print_header
	ktap_set_plan "$1"
	note_log
	make_sites
	start_traffic
}

# site_end: the last case of every test
site_end() {
	ktap_test "the kernel did not complain" log_is_clean
	ktap_finish
}
