#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# CPUs: 2
#
# Coming and going: the module itself, namespaces, devices, addresses and
# routes under running traffic, and SAs that are replaced. The topology is in
# esp_tunnel_lib.sh; the namespaces of the last part hang on rtra, one after
# the other.

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

CYCLES=5
NAMESPACES=8

# --- the module ---

unload() {
	module_loaded || return 0
	busywait "$BUSYWAIT_TIMEOUT" rmmod nf_ipsec 2>/dev/null
	! module_loaded
}

load() {
	module_loaded || insmod "$NF_IPSEC_KO"
}

# One file is enough: insmod asks for no other, and traffic works.
bare_case() {
	local depends

	depends=$(modinfo -F depends "$NF_IPSEC_KO") || return
	[ -z "$depends" ] || {
		echo "the module depends on $depends"
		return 1
	}
	unload || {
		echo "the module of the test before cannot be removed"
		return 1
	}
	rmmod nf_defrag_ipv6 2>/dev/null
	load || return
	site_tunnel bare 4 4 6 -- esp chacha20-poly1305 || return
	t ping "$hosta" 10.1.0.2 10.2.0.2 && t ping "$hosta" fd01::2 fd02::2 &&
		only_protected
}

# lsmod's "used by" and rmmod agree: with policies that protect, it stays.
busy_case() {
	local err

	err=$(rmmod nf_ipsec 2>&1) && {
		echo "removed in spite of protect policies"
		return 1
	}
	[[ $err == *"in use"* || $err == *"busy"* ]] || {
		echo "$err"
		return 1
	}
	t ping "$hosta" 10.1.0.2 10.2.0.2 || return
	site_flush
	unload && load
}

# SAs and other policies alone do not hold it.
idle_case() {
	cmd_ok nf "$rtra" policy add dir out src 10.1.0.0/24 dst any discard ||
		return
	unload && load
}

cycles_case() {
	local n

	for n in $(seq $CYCLES); do
		unload && load || {
			echo "cycle $n"
			return 1
		}
		site_tunnel cycle 4 4 -- || return
		t udp "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 size=1000 || return
		cmd_ok nf "$rtra" flush && cmd_ok nf "$rtrb" flush || return
	done
	only_protected
}

# Removed while packets run, that is after a flush under traffic
under_traffic_case() {
	local n

	t stream load "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 rate=300 || return
	for n in 1 2 3 4 5; do
		load && site_tunnel traffic 4 4 -- || return
		busywait "$BUSYWAIT_TIMEOUT" more_than_packets 10 || return
		cmd_ok nf "$rtra" flush && cmd_ok nf "$rtrb" flush || return
		unload || return
	done
	t unstream load
	load
}

more_than_packets() {
	[ "$(counted "$rtrb" in-packets)" -gt "$1" ]
}

test_module() {
	ktap_test "insmod of one file" bare_case
	ktap_test "rmmod is refused while policies protect" busy_case
	ktap_test "rmmod with a discard policy" idle_case
	ktap_test "$CYCLES times insmod, traffic, rmmod" cycles_case
	ktap_test "flush and rmmod under traffic" under_traffic_case
}

# --- devices, addresses, routes ---

# works: it does, with one packet each way
works() {
	t udp "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 &&
		t udp "$hostb" fd02::2 "$hosta" fd01::2
}

# works_again: soon, and without losing a packet: that would use up all the time
works_again() {
	busywait "$BUSYWAIT_TIMEOUT" works
}

device_gone() {
	! ip -n "$rtra" link show wan0 >/dev/null 2>&1
}

# A WAN that vanishes takes its cached routes with it, and one that comes back
# is used again. A held device would keep "link del" waiting.
device_case() {
	works || return
	t stream device "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 rate=300 || return
	timeout $((BUSYWAIT_TIMEOUT * 8 / 10000)) ip -n "$rtra" link del wan0 || {
		echo "wan0 is held by somebody"
		return 1
	}
	busywait "$BUSYWAIT_TIMEOUT" device_gone || return
	link_ns "$rtra" wan0 "$inet" toa
	addresses "$rtra" wan0 192.0.2.1/24 2001:db8:a::1/64
	addresses "$inet" toa 192.0.2.254/24 2001:db8:a::fe/64
	wan_routes 2>/dev/null
	in_ns "$inet" nft delete table netdev watch
	watch_internet
	works_again && t unstream device && only_protected
}

down_case() {
	local n

	works || return
	for n in 1 2 3; do
		ip -n "$rtra" link set wan0 down
		t lost "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 || return
		ip -n "$rtra" link set wan0 up
		ip -n "$rtra" addr replace 2001:db8:a::1/64 dev wan0
		wan_routes 2>/dev/null
		works_again || return
	done
	only_protected
}

# What comes for an address that is not ours any more is not ours either.
address_case() {
	local before

	works || return
	ip -n "$rtrb" addr del 198.51.100.1/24 dev wan0
	ip -n "$rtrb" addr add 198.51.100.9/24 dev wan0
	ip -n "$inet" route add 198.51.100.1 via 198.51.100.9
	before=$(counted "$rtrb" in-packets) || return
	t lost "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 || return
	[ "$(counted "$rtrb" in-packets)" = "$before" ] || {
		echo "decrypted for an address that is gone"
		return 1
	}
	ip -n "$inet" route del 198.51.100.1 via 198.51.100.9
	ip -n "$rtrb" addr del 198.51.100.9/24 dev wan0
	ip -n "$rtrb" addr add 198.51.100.1/24 dev wan0
	ip -n "$rtrb" -batch - <<-END
		route replace default via 198.51.100.254
		route replace 10.1.0.0/24 via 198.51.100.254 src 10.2.0.1
	END
	works_again && only_protected
}

flap_case() {
	local n

	t stream flap "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 rate=300 || return
	for n in $(seq 15); do
		ip -n "$rtra" route add 198.51.100.1 via 192.0.2.254
		ip -n "$rtra" route del 198.51.100.1
		ip -n "$rtra" -6 route flush cache
	done
	t unstream flap
	expect_seen lost=0 failed=0 && works && only_protected
}

test_network() {
	site_tunnel network 4 4 6 --
	only_protected >/dev/null
	ktap_test "the WAN device goes and comes" device_case
	ktap_test "the WAN device goes down and up" down_case
	ktap_test "the WAN address goes and comes" address_case
	ktap_test "the route to the peer flaps" flap_case
	site_flush
}

# --- SAs ---

# one_sa NS add|replace DIR SPI LOCAL REMOTE WORD...
one_sa() {
	cmd_ok nf "$1" sa "$2" tunnel sas dir "$3" spi "$4" local "$5" \
		remote "$6" esp aes-gcm-128 key-file "$tmpdir/sa.$4" "${@:7}"
}

# one_end NS LOCAL REMOTE SPI-OUT SPI-IN NET NET
one_end() {
	one_sa "$1" add out "$4" "$2" "$3" &&
		one_sa "$1" add in "$5" "$2" "$3" &&
		cmd_ok nf "$1" policy add dir out src "$6" dst "$7" protect sas &&
		cmd_ok nf "$1" policy add dir in src "$7" dst "$6" protect sas
}

both_ends() {
	local spi

	for spi in 0x1001 0x1002; do
		(umask 077 && od -An -N20 -tx1 /dev/urandom | tr -d ' \n' \
			>"$tmpdir/sa.$spi")
	done
	one_end "$rtra" 192.0.2.1 198.51.100.1 0x1001 0x1002 \
		10.1.0.0/24 10.2.0.0/24 &&
		one_end "$rtrb" 198.51.100.1 192.0.2.1 0x1002 0x1001 \
			10.2.0.0/24 10.1.0.0/24
}

# replace_case: the path part of both SAs changes under traffic; no packet is
# lost, and the numbers go on
replace_case() {
	local n before

	t ping "$hosta" 10.1.0.2 10.2.0.2 count=3 || return
	before=$(sa_field "$rtra" out seq)
	t stream replace "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 rate=200 || return
	for n in $(seq 10); do
		one_sa "$rtra" replace out 0x1001 192.0.2.1 198.51.100.1 \
			dscp "$n" || return
		one_sa "$rtrb" replace in 0x1001 198.51.100.1 192.0.2.1 || return
	done
	t unstream replace
	expect_seen lost=0 failed=0 || return
	n=$(sa_field "$rtra" out seq)
	[ "$n" -ge $((before + $(value sent))) ] && return
	echo "the number was $before, and is $n"
	return 1
}

# forget_sa: deletes the SA that rtra sends on; sets $before to its number
forget_sa() {
	before=$(sa_field "$rtra" out seq) &&
		cmd_ok nf "$rtra" sa del dir out remote 198.51.100.1 spi 0x1001
}

# goes_on BEFORE: the SA that it now sends on does not start below that
goes_on() {
	local after

	after=$(sa_field "$rtra" out seq) && [ "$after" -ge "$1" ] && return
	echo "the number was $1, and starts again at $after"
	return 1
}

# again_case: a key that was used goes on above what it has sent, or the peer's
# window would refuse it, and an IV might repeat
again_case() {
	local before

	forget_sa || return
	t lost "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 || return
	one_sa "$rtra" add out 0x1001 192.0.2.1 198.51.100.1 || return
	goes_on "$before" || return
	t udp "$hosta" 10.1.0.2 "$hostb" 10.2.0.2
}

lower_case() {
	local before

	forget_sa || return
	cmd_fail nf "$rtra" sa add tunnel sas dir out spi 0x1001 \
		local 192.0.2.1 remote 198.51.100.1 esp aes-gcm-128 \
		key-file "$tmpdir/sa.0x1001" seq 1 || return
	one_sa "$rtra" add out 0x1001 192.0.2.1 198.51.100.1 \
		seq $((before + 1000)) || return
	[ "$(sa_field "$rtra" out seq)" = $((before + 1000)) ] || return
	t udp "$hosta" 10.1.0.2 "$hostb" 10.2.0.2
}

# The same key under another SPI is the same key.
other_spi_case() {
	local before

	forget_sa || return
	cp "$tmpdir/sa.0x1001" "$tmpdir/sa.0x1003"
	one_sa "$rtra" add out 0x1003 192.0.2.1 198.51.100.1 || return
	goes_on "$before"
}

test_sas() {
	ktap_test "SAs and policies one by one" both_ends
	ktap_test "SAs are replaced under traffic" replace_case
	ktap_test "a used key goes on where it stopped" again_case
	ktap_test "a lower number is refused" lower_case
	ktap_test "a used key under another SPI" other_spi_case
	site_flush
}

# --- namespaces ---

# one_namespace N: made, configured, talked to, and deleted while rtra talks
one_namespace() {
	local ns="churn-$1-$$" a=10.100.$1.1 b=10.100.$1.2

	ip netns add "$ns" && link_ns "$rtra" "churn$1" "$ns" eth0 || return
	ip -n "$rtra" addr add "$a/24" dev "churn$1"
	addresses "$ns" eth0 "$b/24"
	ip -n "$ns" link set lo up
	cmd_ok nf "$rtra" tunnel add "churn$1" local "$a" remote "$b" \
		mode transport esp aes-gcm-128 key-file "$tmpdir/churn.key" &&
		cmd_ok nf "$ns" tunnel add "churn$1" local "$b" remote "$a" \
			mode transport esp aes-gcm-128 \
			key-file "$tmpdir/churn.key" || return
	t ping "$rtra" "$a" "$b" || return
	t blast "$rtra" "$a" "$b" on || return
	ip netns del "$ns"
	t blast "$rtra" "$a" "$b" off
	cmd_ok nf "$rtra" tunnel del "churn$1"
}

churn_case() {
	local n

	new_key "$tmpdir/churn.key"
	for n in $(seq $NAMESPACES); do
		one_namespace "$n" || {
			echo "namespace $n"
			ip netns del "churn-$n-$$" 2>/dev/null
			return 1
		}
	done
}

# Namespaces die in the background; then nothing of them may hold the module.
gone_case() {
	site_flush
	unload || {
		echo "still held: $(lsmod | grep '^nf_ipsec')"
		return 1
	}
	load
}

test_namespaces() {
	ktap_test "$NAMESPACES namespaces deleted under traffic" churn_case
	ktap_test "nothing of them is left" gone_case
}

[ -f "$NF_IPSEC_KO" ] || ktap_skip_all "no $NF_IPSEC_KO to load and unload"
site_begin 17 rmmod insmod modinfo
test_module
load
test_network
test_sas
test_namespaces
site_end
