#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ESP in UDP (RFC 3948), octet by octet: what leaves, what is taken, and what is
# left to the socket of a program, which is there at port 4500 and not at 4501.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

# path_mtu ADDR MTU: what the router has learned; 1500 if nothing
path_mtu() {
	local route

	route=$(ip -n "$gate" route get "$1") || return
	case $route in
	*" mtu $2"*)
		return
		;;
	*" mtu "*) ;;
	*)
		[ "$2" != 1500 ] || return 0
		;;
	esac
	echo "$route"
	return 1
}

# inner_mtu SPI MTU: what fits into an SA
inner_mtu() {
	nf -s sa list | grep -A 2 "spi $1 " | grep -q "inner mtu $2 " && return
	nf -s sa list
	return 1
}

tunnels() {
	begin "sas t 0x1000 esp aes-gcm-128 encap 4501:4600" \
		"sas six 0x1001 esp aes-gcm-128 encap 4501 v6" \
		"protect t 10.1.0.0/16 10.2.0.0/16" \
		"protect six 2001:db8:a::/64 2001:db8:b::/64"
}

# GCM: outer header, UDP, ESP and IV, ICV, and two octets of trailer
out() {
	tunnels && steps <<-END
		lan len=100
		wire t.out df=0 len=$((20 + 8 + 16 + 128 + 4 + 16))
		lan len=1
		wire t.out
		lan v=6 len=33
		wire six.out
		lan len=0
		wire t.out
		lan v=6 len=1000
		wire six.out
		inner_mtu 0x00001000 1438
		inner_mtu 0x00001001 1418
	END
}

taken() {
	tunnels && steps <<-END
		# RFC 3948 section 2.1: the checksum means nothing
		send t.in
		took lan
		send t.in usum=right
		took lan
		send t.in usum=wrong
		took lan
		send six.in v=6
		took lan
		send six.in v=6 usum=zero
		took lan
		send six.in v=6 usum=wrong
		took lan
		# a NAT changes who it comes from
		send t.in osrc=192.0.2.99 udp=1024:4501
		took lan
		send six.in v=6 osrc=2001:db8:1::99 udp=65535:4501
		took lan
		# what is behind the datagram is no part of it
		send t.in junk=5
		took lan
		send t.in otos=3 tos=2
		took lan tos=3
		# without UDP, and at the port that is everybody's
		send t.in udp=off
		took lan
		send t.in udp=4500:4500
		took lan
		count in-unknown-spi n=0
	END
}

# RFC 7296 section 2.23: also where nobody has asked for it
without_encap() {
	begin "sas t 0x1000 esp aes-gcm-128" "sas h 0x1001 esp aes-gcm-128 mode transport" \
		"protect t 10.1.0.0/16 10.2.0.0/16" "protect h $GATE4 $PEER4" &&
		steps <<-END
		send t.in udp=4500:4500
		took lan
		send h.in udp=4500:4500 usum=right
		took udp
		# and not at any other port
		send t.in udp=4501:4501 osrc=10.3.0.1
		icmp wan type=3 code=3
		count in-packets n=2
	END
}

transport() {
	begin "sas h 0x1000 esp aes-cbc-128+hmac-sha256-128 mode transport encap 4501" \
		"sas h6 0x1001 esp aes-gcm-128 mode transport encap 4501 v6" \
		"protect h $GATE4 $PEER4" "protect h6 $GATE6 $PEER6" &&
		steps <<-END
		local dst=$PEER4 src=$GATE4 len=40
		wire h.out
		local dst=$PEER6 src=$GATE6 len=41
		wire h6.out
		send h.in len=7
		took udp
		send h.in len=30 oopt=94040000
		took udp
		send h6.in len=7
		took udp
		send h6.in oext=dst
		took udp
		count in-unknown-spi n=0
	END
}

# A program has port 4500; at 4501 the stack says that there is none.
left_alone() {
	tunnels && steps <<-END
		policy dir in src 192.0.2.0/24 dst 192.0.2.0/24 protect t
		apply
		mark
		# IKE, by its marker
		clear src=$PEER4 dst=$GATE4 sport=4500 dport=4500 payload=00000000deadbeef
		took udp
		clear src=$PEER4 dst=$GATE4 sport=4500 dport=4500 payload=00000000
		took udp
		clear src=$PEER6 dst=$GATE6 sport=4500 dport=4500 payload=00000000aa
		took udp
		# a keepalive where a program waits for it
		clear src=$PEER4 dst=$GATE4 sport=4500 dport=4500 payload=ff
		took udp
		# ESP of nobody, and what is nothing at all, have no right to pass
		clear src=$PEER4 dst=$GATE4 sport=4500 dport=4500 payload=0badc0de00000001
		drop cleartext by=policy
		clear src=$PEER4 dst=$GATE4 sport=4500 dport=4500 payload=0badc0
		drop cleartext by=policy
		# in front of a policy that has nothing against it
		clear src=$PEER6 dst=$GATE6 sport=4500 dport=4500 payload=0badc0de00000001
		took udp
		count in-unknown-spi n=0
		clear src=$PEER6 dst=$GATE6 dport=4501 payload=0badc0de00000001
		icmp wan type=1 code=4
		count in-unknown-spi
		clear src=$PEER6 dst=$GATE6 dport=4501 payload=00000000aa
		icmp wan type=1 code=4
		# on its way to another host
		clear dport=4501 payload=0badc0de00000001 src=10.3.0.1
		took lan
		clear dport=4501 payload=ff src=10.3.0.1
		took lan
		count in-keepalives n=0
	END
}

keepalives_in() {
	tunnels && steps <<-END
		clear src=$PEER4 dst=$GATE4 sport=4600 dport=4501 payload=ff
		clear src=$PEER6 dst=$GATE6 sport=9 dport=4501 payload=ff
		count in-keepalives n=2
		quiet
		# a keepalive is one octet, and this one
		clear src=$PEER4 dst=$GATE4 sport=4600 dport=4501 payload=fe
		icmp wan type=3 code=3
		clear src=$PEER4 dst=$GATE4 sport=4600 dport=4501 payload=ffff
		icmp wan type=3 code=3
		count in-keepalives n=0
	END
}

# busy: packets go often enough
busy() {
	local i

	for ((i = 0; i < 10; i++)); do
		sleep 0.5
		say lan && say wire t.out || return
	done
}

# none while the SA is in use, and then again and again; of a tunnel's SAs only
# the youngest has to
keepalives_out() {
	begin "sa out t 0x0fff esp aes-gcm-128 encap 4501:7 keepalive 1 as old" \
		"sa out t 0x1000 esp aes-gcm-128 encap 4501:4600 keepalive 4" \
		"policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t" &&
		steps <<-END || return
		busy
		keepalive t.out
		keepalive t.out
		count out-keepalives n=2
	END
	begin "sa out six 0x1001 esp aes-gcm-128 encap 4501 keepalive 1 v6" && steps <<-END
		keepalive six.out
		keepalive six.out
		nfipsec flush
		flush
		mark
	END
	sleep 1.2
	say quiet wan
}

# every length from an empty datagram on
short() {
	local n

	tunnels || return
	for ((n = 0; n < 36; n++)); do
		say send t.in cut="$n" && say send six.in v=6 cut="$n" ulen=$((n % 3 - 1)) ||
			return
	done
	# here is dropped what has an ESP header at least, and is as long as it says
	steps <<-END
		send t.in
		took lan
		quiet lan udp
		flush
		drops bad-length=$((28 + 18))
	END
}

fragments() {
	tunnels && steps <<-END
		send t.in len=500 ofrag=256
		took lan
		send t.in len=1300 ofrag=800 order=1,0
		took lan
		send six.in v=6 len=500 ofrag=256
		took lan
		send six.in v=6 len=1300 ofrag=800 order=1,0
		took lan
		send t.in len=200 ofrag=8
		took lan
		# those of a datagram of somebody else
		send t.in len=500 ofrag=256 udp=4500:7 osrc=10.3.0.1
		icmp wan type=3 code=3
		count in-packets n=5
	END
}

# Checksums were made with addresses that a NAT has changed.
sums() {
	begin "sas h 0x1000 esp aes-gcm-128 mode transport encap 4501 orig-remote 192.168.0.2 orig-local 203.0.113.5" \
		"sas p 0x1001 esp aes-gcm-128 mode transport encap 4501 v6" \
		"protect h $GATE4 $PEER4" "protect p $GATE6 $PEER6" &&
		steps <<-END
		send h.in src=192.168.0.2 dst=203.0.113.5 len=33
		took udp
		# no checksum at all
		send h.in l4=12341234000c000001020304
		took udp
		# what was wrong before stays wrong, and where nothing is known, too
		send h.in src=192.168.0.2 dst=203.0.113.6
		send p.in src=fd00::2
		send p.in
		took udp
		quiet udp
		count in-packets n=5
	END
}

# The stack believes reports about UDP, too: it must not see them here.
deaf() {
	steps <<-END
		nft add table inet deaf
		nft add chain inet deaf in { type filter hook input priority 0 ; }
		nft add rule inet deaf in icmp type destination-unreachable drop
		nft add rule inet deaf in icmpv6 type packet-too-big drop
	END
}

too_big() {
	tunnels && deaf && steps <<-END
		lan len=100
		wire t.out
		# other ports than ours
		toobig mtu=1300 alter=21:1
		path_mtu $PEER4 1500 ports
		# a number that was not sent
		toobig mtu=1300 alter=33:77
		path_mtu $PEER4 1500 number
		toobig mtu=1300
		path_mtu $PEER4 1300
		inner_mtu 0x00001000 1238
		lan v=6 len=100
		wire six.out
		toobig mtu=1340 alter=43:1
		path_mtu $PEER6 1500
		toobig mtu=1340
		path_mtu $PEER6 1340
		nft delete table inet deaf
		ip route flush cache
		ip -6 route flush cache
	END
}

# A replace puts a running SA into UDP and out again; numbers go on.
toggle() {
	local out="local $GATE4 remote $PEER4 spi 0x1000 esp aes-gcm-128"
	local KEY print

	KEY=$(key_of aes-gcm-128)
	begin "sa out t 0x1000 esp aes-gcm-128" \
		"policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t" || return
	print=$(nf sa list | grep -o 'key-fingerprint [0-9a-f]*')
	steps <<-END
		say sa u protocol=esp spi=0x1000 src=$GATE4 dst=$PEER4 alg=aes-gcm-128 key=$KEY seq=1 udp=4500:4502
		lan
		wire t.out
		nfipsec sa replace tunnel t dir out $out $print encap 4500:4502
		lan
		wire u
		nfipsec sa replace tunnel t dir out $out $print
		say sa t.out protocol=esp spi=0x1000 src=$GATE4 dst=$PEER4 alg=aes-gcm-128 key=$KEY seq=2
		lan
		wire t.out
	END
}

# moved SPI ADDR PORT: the SA is shown with its own remote, and where that is
moved() {
	nf -s sa list >"$tmpdir/list"
	grep -A 4 "dir out .* spi $1 " "$tmpdir/list" |
		grep -q "# peer $2 port $3$" && return
	cat "$tmpdir/list"
	return 1
}

later() {
	sleep 1.1
}

following() {
	tunnels && steps <<-END
		lan
		wire t.out
		send t.in osrc=10.3.0.1 udp=1024:4501
		took lan
		# at most once a second
		send t.in osrc=10.3.0.2 udp=7:4501
		took lan
		at t.out dst=10.3.0.1 udp=4501:1024
		lan
		wire t.out
		send six.in v=6 osrc=2001:db8:b::77 udp=9:4501
		took lan
		at six.out dst=2001:db8:b::77 udp=4501:9
		lan v=6
		wire six.out
		count moves n=2
		moved 0x00001000 10.3.0.1 1024
		moved 0x00001001 2001:db8:b::77 9
		# its name is still what it was
		nfipsec sa get dir out remote $PEER4 spi 0x1000
		later
		send t.in osrc=10.3.0.2 udp=7:4501
		took lan
		at t.out dst=10.3.0.2 udp=4501:7
		lan
		wire t.out
		count moves
	END
}

# what proves nothing, and places where nobody is
not_following() {
	local from

	tunnels && steps <<-END || return
		send t.in seq=100 udp=4600:4501
		took lan
		mark
		send t.in seq=100 osrc=10.3.0.1
		send t.in seq=101 osrc=10.3.0.1 flip=30
		drops replay-duplicate=1 bad-icv=1
		# authentic, but late
		send t.in seq=50 osrc=10.3.0.1
		took lan
		send t.in seq=102 udp=off osrc=10.3.0.1
		took lan
		clear src=10.3.0.1 dst=$GATE4 sport=4600 dport=4501 payload=ff
	END
	for from in $GATE4 0.0.0.0 255.255.255.255 224.0.0.5 192.0.2.255; do
		say send t.in osrc="$from" && say took lan || return
	done
	for from in $GATE6 fe80::5; do
		say send six.in v=6 osrc="$from" && say took lan || return
	done
	steps <<-END
		send t.in udp=0:4501 osrc=10.3.0.1
		took lan
		lan
		wire t.out
		lan v=6
		wire six.out
		count moves n=0
	END
}

# not wanted; without a window; in transport mode only the port
staying() {
	begin "sas t 0x1000 esp aes-gcm-128 encap 4501 follow off" \
		"sa in w 0x1001 esp aes-gcm-128 encap 4501 replay-window 0" \
		"sa out w 0x1001 esp aes-gcm-128 encap 4501" \
		"sas h 0x1002 esp aes-gcm-128 encap 4501 mode transport v6" \
		"protect t 10.1.0.0/16 10.2.0.0/16" "protect h $GATE6 $PEER6" &&
		steps <<-END
		send t.in osrc=10.3.0.1 udp=7:4501
		took lan
		lan
		wire t.out
		send w.in osrc=10.3.0.1 udp=7:4501
		drop policy-mismatch by=sa,policy
		send h.in osrc=2001:db8:b::77 udp=8:4501
		drop no-policy by=sa
		send h.in udp=7:4501
		took udp
		at h.out dst=$PEER6 udp=4501:7
		local src=$GATE6 dst=$PEER6
		wire h.out
		count moves
	END
}

# A successor and a replacement send to where the peer is.
rekeying() {
	local monitor rc=0

	nf monitor >"$tmpdir/events" 2>&1 &
	monitor=$!
	tunnels && steps <<-END
		send t.in osrc=10.3.0.1 udp=1024:4501
		took lan
		sa out t 0x2000 esp aes-gcm-128 encap 4501:4600 as young
		apply
		at young dst=10.3.0.1 udp=4501:1024
		lan
		wire young
		moved 0x00001000 10.3.0.1 1024
		deaf
		toobig mtu=1300
		nft delete table inet deaf
		path_mtu 10.3.0.1 1300
		count moves n=1
	END
	rc=$?
	[ "$rc" -ne 0 ] || busywait "$BUSYWAIT_TIMEOUT" mapping_told || rc=1
	kill "$monitor"
	return "$rc"
}

mapping_told() {
	grep -q "^mapping sa tunnel t dir out local $GATE4 remote $PEER4 spi 0x00001000 " \
		"$tmpdir/events" && grep -q "# peer 10.3.0.1 port 1024" "$tmpdir/events"
}

main() {
	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 16
	ktap_test "out: header, ports, lengths, checksums" out
	ktap_test "in: whatever the checksum and the sender's address" taken
	ktap_test "in: on an SA without encap" without_encap
	ktap_test "transport mode" transport
	ktap_test "transport mode through NAT: checksums" sums
	ktap_test "IKE and what is no ESP of ours" left_alone
	ktap_test "keepalives that come in" keepalives_in
	ktap_test "keepalives that go out" keepalives_out
	ktap_test "short datagrams" short
	ktap_test "fragments" fragments
	ktap_test "reports of routers" too_big
	ktap_test "into UDP and out again" toggle
	ktap_test "a peer that moves is followed" following
	ktap_test "but not for a packet that proves nothing" not_following
	ktap_test "or where that is not wanted" staying
	ktap_test "what comes after sends there, too" rekeying
	ktap_finish
}

main
