#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The records of dropped packets, "nfipsec drops": each field is that of the
# packet that was sent, a flood is one record and pushes no other out, and the
# switch, the monitor and the border of the namespace hold.
#
# Topology: see peer.sh. Ids of policies are their places in the set.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

PLAN=31

# recorded NAME STEP...: one case
recorded() {
	ktap_test "$1" run_steps "${@:2}"
}

run_steps() {
	say flush && say now && printf '%s\n' "$@" | steps
}

set_up() {
	steps <<-END
		policy dir in src 10.2.0.0/16 dst 10.1.0.0/16 protect t
		policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t
		policy dir in src 2001:db8:b::/64 dst 2001:db8:a::/64 protect six
		policy dir out src 2001:db8:a::/64 dst 2001:db8:b::/64 protect six
		policy dir out src 10.1.0.0/16 dst 10.3.0.0/24 protect empty
		policy dir out src 10.1.0.0/16 dst 10.3.2.0/24 protect last
		policy dir out priority 10 src 10.1.0.0/16 dst 10.3.9.0/24 discard
		policy dir out src 10.1.0.0/16 dst 10.3.3.0/24 protect lastah
		policy dir out priority 9 src 2001:db8:a::/64 dst 2001:db8:b::9/128 protect last6
		sas t 0x1000 esp aes-gcm-128 esn off
		sa in t 0x1001 esp aes-cbc-128+hmac-sha256-128 seq 4294967296 as cbc
		sa in t 0x1003 ah hmac-sha512-256 as ah
		sa in narrow 0x1004 esp aes-gcm-128 src 10.2.0.0/16 dst 10.1.0.0/16 proto udp dport 4660
		sa in other 0x1005 esp aes-gcm-128
		sas six 0x1006 esp aes-gcm-256 v6
		sa in six 0x100a ah hmac-sha384-192 v6 as ah6
		sa out last 0x100b esp aes-gcm-128 esn off seq 4294967295
		sa out lastah 0x100c ah hmac-sha256-128 esn off seq 4294967295
		sa out last6 0x100d esp aes-gcm-128 v6 esn off seq 4294967295
		apply
		mark
	END
	# SAs that the router does not have
	say sa ghost protocol=esp spi=0x6666 alg=null+hmac-sha256-128 \
		key="$(key_of null+hmac-sha256-128)" src=$PEER4 dst=$GATE4
	say sa ghostah protocol=ah spi=0x7777 alg=hmac-sha256-128 \
		key="$(key_of hmac-sha256-128)" src=$PEER4 dst=$GATE4
	say sa ghost6 protocol=esp spi=0x8888 alg=null+hmac-sha256-128 \
		key="$(key_of null+hmac-sha256-128)" src=$PEER6 dst=$GATE6
}

integrity() {
	recorded "bad-icv: ESP, AEAD" \
		"send t.in seq=77 flip=-1" \
		"record bad-icv sa=t.in seq=77 tunnel=t"
	recorded "bad-icv: ESP, cipher and HMAC, another source than the SA's" \
		"send cbc seq=4294967297 flip=-1 osrc=203.0.113.77" \
		"record bad-icv sa=cbc osrc=203.0.113.77 seq=4294967297 tunnel=t"
	recorded "bad-icv: ESP over IPv6, with the flow label" \
		"send six.in seq=79 flip=-1 oflow=0x54321" \
		"record bad-icv sa=six.in seq=79 flow=344865 tunnel=six"
	recorded "bad-icv: AH" \
		"send ah seq=80 flip=-1" "record bad-icv sa=ah seq=80 tunnel=t"
	recorded "bad-icv: AH over IPv6, with the flow label" \
		"send ah6 seq=81 flip=-1 oflow=0x12345" \
		"record bad-icv sa=ah6 seq=81 flow=74565 tunnel=six"
}

numbers() {
	recorded "replay-duplicate: ESP" \
		"send t.in seq=5000" "took lan" "send t.in seq=5000" \
		"record replay-duplicate sa=t.in seq=5000 tunnel=t"
	recorded "replay-old: ESP" \
		"send t.in seq=3976" "record replay-old sa=t.in seq=3976 tunnel=t"
	recorded "replay-duplicate: ESP, a whole number above 32 bits" \
		"send cbc seq=4294967298" "took lan" \
		"send cbc seq=4294967298" \
		"record replay-duplicate sa=cbc seq=4294967298 tunnel=t"
	recorded "replay-duplicate: AH" \
		"send ah seq=5000" "took lan" "send ah seq=5000" \
		"record replay-duplicate sa=ah seq=5000 tunnel=t"
}

inner() {
	recorded "sa-selector: the packet's values and the SA's" \
		"send narrow.in seq=9 sport=4711 dport=1" \
		"record sa-selector sa=narrow.in seq=9 inner=1 tunnel=narrow sel-src=10.2.0.0/16 sel-dst=10.1.0.0/16 sel-proto=17 sel-dport=4660-4660"
	recorded "policy-mismatch: SA, packet and policy" \
		"send other.in seq=11" \
		"record policy-mismatch sa=other.in seq=11 inner=1 tunnel=other policy=1"
	recorded "no-policy: IPv6 in IPv4, without ports" \
		"send t.in v=6 src=2001:db8:c::2 proto=icmpv6 l4=8000000000010001 seq=5001" \
		"record no-policy sa=t.in seq=5001 inner=portless tunnel=t"
	recorded "bad-padding: half-stripped, only the outer packet" \
		"send t.in pad=0103 seq=5002" \
		"record bad-padding sa=t.in seq=5002 tunnel=t"
	recorded "wrong-mode: stripped, only the outer packet" \
		"send t.in next=6 seq=5003" \
		"record wrong-mode sa=t.in seq=5003 tunnel=t"
}

# What needs an SA and comes in clear asks for none
cleartext() {
	recorded "cleartext: the packet's values, and no acquire" \
		"mark" "clear sport=1111 dport=2222" \
		"record cleartext inner=1 tunnel=t policy=1" \
		"no_acquire"
	recorded "cleartext: IPv6, with the flow label" \
		"clear v=6 flow=0x00abc" \
		"record cleartext inner=1 flow=2748 tunnel=six policy=3"
}

no_acquire() {
	say counted acquires=0
}

fragments() {
	recorded "reassembly: fragments of ESP, SPI and number of the first" \
		"send t.in seq=5100 ofrag=16 ostep=8 order=1,0" \
		"record reassembly sa=t.in seq=5100"
	recorded "reassembly: fragments of AH over IPv6" \
		"send ah6 seq=5101 ofrag=20 order=0 v=6" \
		"record reassembly sa=ah6 seq=5101"
	recorded "bad-length: no room for an SPI" \
		"send t.in cut=7" "record bad-length sa=t.in nospi=1"
}

unknown() {
	recorded "in-unknown-spi: ESP" \
		"send ghost seq=31" "record in-unknown-spi sa=ghost seq=31"
	recorded "in-unknown-spi: AH" \
		"send ghostah seq=32" "record in-unknown-spi sa=ghostah seq=32"
	recorded "in-unknown-spi: ESP over IPv6, with the flow label" \
		"send ghost6 seq=33 oflow=0x77777" \
		"record in-unknown-spi sa=ghost6 seq=33 flow=489335"
}

outbound() {
	recorded "out: no SA, a discard policy, too big" \
		"lan dst=10.3.0.2 sport=7 dport=8" \
		"record no-sa dir=out inner=1 tunnel=empty policy=5" \
		"lan dst=10.3.9.2" "record policy-discard dir=out inner=1 policy=7" \
		"lan df=1 len=1472" \
		"record too-big sa=t.out dir=out inner=1 tunnel=t policy=2"
	recorded "seq-exhausted: ESP, AH, and IPv6 with the packet's flow label" \
		"lan dst=10.3.2.2" \
		"record seq-exhausted sa=last.out dir=out inner=1 tunnel=last policy=6" \
		"lan dst=10.3.3.2" \
		"record seq-exhausted sa=lastah.out dir=out inner=1 tunnel=lastah policy=8" \
		"lan v=6 dst=2001:db8:b::9 flow=0x45678" \
		"record seq-exhausted sa=last6.out dir=out inner=1 flow=284280 tunnel=last6 policy=9"
}

flood() {
	recorded "a flood from one peer is one record" \
		"send other.in seq=70 flip=-1 dup=1000" \
		"record bad-icv sa=other.in seq=70 tunnel=other n=1000" \
		"in_order"
	ktap_test "a flood of SPIs pushes no other reason out" many_spis
	ktap_test "one line tells who, what and when" one_line
}

many_spis() {
	local before

	before=$(nf drops | grep -vc in-unknown-spi)
	[ "$before" -gt 15 ] || return 1
	say mark && say spis ghost n=300 || return 1
	say counted in-unknown-spi=300 || return 1
	[ "$(nf drops | grep -vc in-unknown-spi)" -eq "$before" ] || return 1
	[ "$(nf drops | grep -c in-unknown-spi)" -le 16 ]
}

one_line() {
	local line

	line=$(nf drops | grep "spi 0x00001005.*seq 70")
	echo "$line"
	[[ $line =~ ^20[0-9-]+\ [0-9:]+\.[0-9]{3}\ "bad-icv x 1000 in dev wan0 from $PEER4 to $GATE4 esp spi 0x00001005 seq 70 tunnel other ("[0-9]+" s ago, first 20" ]]
}

# no function: the number must be that of the program
start_monitor() {
	nsenter --net="/run/netns/$gate" "$NFIPSEC" monitor drops \
		>>"$tmpdir/told" 2>&1 8>&- 9>&- &
	at_exit "kill $! 2>/dev/null"
}

# Off: counted, but neither recorded nor told
off_and_on() {
	local before

	busywait 10000 told_of || return 1
	before=$(nf drops | wc -l)
	nf drops off || return 1
	nf drops 2>&1 >/dev/null | grep "nothing is recorded" || return 1
	# what nobody owns comes out at raw sockets
	printf '%s\n' flush mark "send ah seq=5091 flip=-1" \
		"drop bad-icv by=sa but=raw" "send ghost seq=5092" \
		"counted in-unknown-spi=1" | steps || return 1
	[ "$(nf drops 2>/dev/null | wc -l)" -eq "$before" ] || return 1
	nf drops 2>/dev/null | grep -E " seq 509[12] " && return 1
	nf drops on || return 1
	printf '%s\n' now "send ah seq=5093 flip=-1" \
		"record bad-icv sa=ah seq=5093 tunnel=t n=2" | steps || return 1
	busywait 5000 grep -q " seq 5093 " "$tmpdir/told" || return 1
	grep -E " seq 509[12] " "$tmpdir/told" && return 1
	return 0
}

# told_of: the monitor is there when a new kind of packet is told of
told_of() {
	say send ghost spi=$((RANDOM + 0x30000)) && [ -s "$tmpdir/told" ]
}

# A kind of drop is told of at once, then once a second with all that came
monitor() {
	local lines

	: >"$tmpdir/told"
	say now && say send cbc seq=6000000000 flip=-1 dup=500 || return 1
	busywait 5000 grep -q "spi 0x00001001" "$tmpdir/told" || return 1
	say record bad-icv sa=cbc seq=6000000000 tunnel=t n=500 || return 1
	lines=$(grep -c "spi 0x00001001" "$tmpdir/told")
	cat "$tmpdir/told"
	[ "$lines" -ge 1 ] && [ "$lines" -le 20 ]
}

# Another namespace has records of its own, and a flush leaves what there is
isolation() {
	ip netns exec "$host" "$NFIPSEC" drops | grep "no drops" || return 1
	nf flush >/dev/null
	[ "$(nf drops | grep -c "tunnel t")" -gt 5 ] || return 1
	[ -z "$(nf list)" ]
}

main() {
	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan $PLAN
	ktap_test "set up" set_up
	integrity
	numbers
	inner
	cleartext
	fragments
	unknown
	outbound
	flood
	start_monitor
	ktap_test "off: neither recorded nor told; on again" off_and_on
	ktap_test "monitor: a flood is told of now and then" monitor
	ktap_test "other namespaces, and after a flush" isolation
	ktap_finish
}

main
