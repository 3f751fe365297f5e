#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Traffic flow confidentiality (RFC 4303 sections 2.6 and 2.7): padding up to a
# size behind what tells its own length, and dummy packets.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

TUNNEL4="protect t 10.1.0.0/16 10.2.0.0/16"
TUNNEL6="protect t 2001:db8:a::/64 2001:db8:b::/64"

# --- padding ---

# room OUTER: what AES-GCM in tunnel mode leaves of 1500 octets
room() {
	echo $(((1500 - 20 - ($1 == 6) * 20 - 8 - 8 - 16) / 4 * 4 - 2))
}

# up_to_mtu OUTER: all packets of both families are of one size, and what is in
# them is as it was
up_to_mtu() {
	local six="" room len

	[ "$1" = 4 ] || six=v6
	room=$(room "$1")
	begin "sas t - esp aes-gcm-128 tfc mtu $six" "$TUNNEL4" "$TUNNEL6" || return
	for len in 0 1 700 1300; do
		steps <<-END || return
			lan v=4 len=$len
			wire t.out tfc=$room len=1500
			lan v=6 len=$len
			wire t.out tfc=$room len=1500
		END
	done
	steps <<-END
		# the largest that fits needs none
		lan v=4 len=$((room - 28))
		wire t.out len=1500
		# fragments, too, are packets
		lan v=4 len=1450
		sized t.out n=2 len=$room next=4
		quiet
	END
}

up_to_size() {
	begin "sas t - esp aes-cbc-128+hmac-sha256-128 tfc 500" "$TUNNEL4" &&
		steps <<-END
		lan len=0
		wire t.out tfc=500 df=0
		lan len=471 df=1
		wire t.out tfc=500 df=1
		lan len=472
		wire t.out
		lan len=473
		wire t.out
		lan len=1000
		wire t.out
		quiet
	END
}

# in_transport FAMILY: UDP says how long it is, ICMP and TCP do not
in_transport() {
	local six="" here=$GATE4 there=$PEER4 icmp=1

	[ "$1" = 4 ] || six=v6 here=$GATE6 there=$PEER6 icmp=58
	begin "sas t - esp aes-gcm-128 mode transport tfc 400 $six" \
		"protect t $here $there" &&
		steps <<-END
		local dst=$there len=0
		wire t.out tfc=400 next=17
		local dst=$there len=333
		wire t.out tfc=400 next=17
		local dst=$there len=1000
		wire t.out next=17
		local via=raw src=$here dst=$there proto=$icmp
		wire t.out whole=1 next=$icmp
		local via=raw src=$here dst=$there proto=tcp
		wire t.out whole=1 next=6
		# a length that is not the whole is none
		local via=raw src=$here dst=$there l4=1234123400080000aabbccdd proto=udp
		wire t.out whole=1 next=17
		quiet
	END
}

in_udp() {
	begin "sas t - esp aes-gcm-128 encap 4500 tfc mtu" "$TUNNEL4" && steps <<-END
		lan len=9
		wire t.out tfc=$(((1500 - 20 - 8 - 8 - 8 - 16) / 4 * 4 - 2)) len=1500
		quiet
	END
}

# on_off: nothing is padded unasked; a replace begins and ends it, under the same
# key and numbers
on_off() {
	begin "sas t 0x4000 esp aes-gcm-128" "$TUNNEL4" && steps <<-END || return
		lan len=5
		wire t.out seq=1
	END
	with_words tfc 300 && nf sa list | grep >/dev/null " tfc 300$" && steps <<-END || return
		lan len=5
		wire t.out seq=2 tfc=300
	END
	with_words && steps <<-END
		lan len=5
		wire t.out seq=3
		quiet
	END
}

# with_words WORD...: the outbound SA of on_off has these from now on
with_words() {
	local print

	print=$(nf sa get dir out remote $PEER4 spi 0x4000 esp) || return
	[[ $print =~ key-fingerprint\ ([0-9a-f]+) ]] || return
	nf sa replace tunnel t dir out local $GATE4 remote $PEER4 spi 0x4000 \
		esp aes-gcm-128 key-fingerprint "${BASH_REMATCH[1]}" "$@"
}

# --- dummies ---

# dummy FAMILY MODE LENGTH WORD...
dummy() {
	local six="" here=$GATE4 there=$PEER4

	[ "$1" = 4 ] || six=v6 here=$GATE6 there=$PEER6
	[ "$2" = transport ] || here=10.1.0.0/16 there=10.2.0.0/16
	begin "sas t - esp aes-gcm-128 mode $2 $six ${*:4}" "protect t $here $there" &&
		steps <<-END
		dummies t.out n=5 len=$3 least=150
	END
}

# amid: dummies and packets are of one size; what is sent is counted, and what was
# asked for is shown
amid() {
	local these="tfc mtu dummy-every 50ms dummy-size 100"

	begin "sas t - esp aes-gcm-128 $these" "$TUNNEL4" &&
		nf list | grep >/dev/null " $these" && steps <<-END
		dummies t.out n=3 len=$(room 4)
		counts_dummies
	END
}

counts_dummies() {
	local n

	n=$(nf stats -j | sed -n 's/.*"out-dummies": \([0-9]*\).*/\1/p')
	[ "${n:-0}" -ge 3 ] || {
		echo "out-dummies ${n:-not there}"
		return 1
	}
}

# ended HOW...: and then not one more
ended() {
	begin "sas t 0x5000 esp aes-gcm-128 dummy-every 50ms" "$TUNNEL4" &&
		say dummies t.out n=3 && "$@" && say flush wan && sleep 0.2 &&
		say quiet
}

by_delete() {
	nf sa del dir out remote $PEER4 spi 0x5000 esp
}

by_replace() {
	local print

	print=$(nf sa get dir out remote $PEER4 spi 0x5000 esp) || return
	[[ $print =~ key-fingerprint\ ([0-9a-f]+) ]] || return
	nf sa replace tunnel t dir out local $GATE4 remote $PEER4 spi 0x5000 \
		esp aes-gcm-128 key-fingerprint "${BASH_REMATCH[1]}" dummy-every off
}

# by_rekey: the tunnel has a younger SA to send on
by_rekey() {
	key_of aes-gcm-128 >"$tmpdir/key.young"
	nf sa add tunnel t dir out local $GATE4 remote $PEER4 spi 0x5001 \
		esp aes-gcm-128 key-file "$tmpdir/key.young"
}

# limited: a hard limit of packets
limited() {
	begin "sas t - esp aes-gcm-128 dummy-every 50ms life-packets 20" "$TUNNEL4" &&
		say dummies t.out n=2 &&
		busywait "$BUSYWAIT_TIMEOUT" is_expired && say flush wan &&
		sleep 0.2 && say quiet
}

is_expired() {
	nf sa list -s | grep >/dev/null "# expired"
}

# namespace: goes while its dummies are sent
namespace() {
	setup_ns brief
	ip -n "$brief" link add wan0 type dummy &&
		ip -n "$brief" addr add $GATE4/24 dev wan0 &&
		ip -n "$brief" link set wan0 up || return
	key_of aes-gcm-128 >"$tmpdir/key.brief"
	ip netns exec "$brief" "$NFIPSEC" sa add tunnel t dir out local $GATE4 \
		remote $PEER4 spi 0x6000 esp aes-gcm-128 \
		key-file "$tmpdir/key.brief" dummy-every 10ms || return
	ip netns del "$brief"
}

require_peer
require_module
topology
ktap_print_header
ktap_set_plan 17
for v in 4 6; do
	ktap_test "padding up to the path's size, over IPv$v" up_to_mtu $v
	ktap_test "padding in transport mode, IPv$v" in_transport $v
	ktap_test "dummies in tunnel mode, over IPv$v" \
		dummy $v tunnel "$(room $v)" dummy-every 50ms
	ktap_test "dummies in transport mode, IPv$v" \
		dummy $v transport 333 dummy-every 50ms dummy-size 333
done
ktap_test "padding up to a size" up_to_size
ktap_test "padding in UDP" in_udp
ktap_test "padding is off until it is asked for" on_off
ktap_test "dummies are as large as packets" amid
ktap_test "no dummies on an SA that was deleted" ended by_delete
ktap_test "no dummies after a replace without" ended by_replace
ktap_test "no dummies on an SA that was left behind" ended by_rekey
ktap_test "no dummies beyond a hard limit" limited
ktap_test "a namespace goes while its dummies are sent" namespace
ktap_finish
