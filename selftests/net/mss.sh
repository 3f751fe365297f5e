#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What connections are told of sizes: the segment size in a SYN, both ways, and
# what a program hears whose datagrams go to the peer itself.
#
# Topology: see peer.sh. AES-GCM leaves 1446 octets of 1500 over IPv4, 1426 over
# IPv6.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

NETS="10.1.0.0/16 10.2.0.0/16"
NETS6="2001:db8:a::/64 2001:db8:b::/64"

# auto WORD...: what fits, and never more than was offered
auto() {
	begin "sas t - esp aes-gcm-128 $*" "protect t $NETS" \
		"sas u - esp aes-gcm-128 v6 $*" "protect u $NETS6" &&
		steps <<-END
		lan proto=tcp mss=1460
		became mss=1406
		wire t.out
		lan proto=tcp mss=1460 nop=1
		became mss=1406
		wire t.out
		lan proto=tcp mss=1400
		wire t.out
		send t.in proto=tcp mss=1460 nop=3
		became mss=1406
		took lan
		send t.in proto=tcp mss=536
		took lan
		lan v=6 proto=tcp mss=1440
		became mss=1366
		wire u.out
		send u.in v=6 proto=tcp mss=9000 nop=1
		became mss=1366
		took lan
		# one without the option
		lan proto=tcp
		wire t.out
		lan v=6 proto=tcp
		wire u.out
		# not of those that only look like one
		lan proto=udp len=40
		wire t.out
		lan proto=tcp mss=1460 ext=dst v=6
		wire u.out
	END
}

number() {
	begin "sas t - esp aes-gcm-128 mss 1000" "protect t $NETS" &&
		steps <<-END
		lan proto=tcp mss=1460
		became mss=1000
		wire t.out
		send t.in proto=tcp mss=1460
		became mss=1000
		took lan
		lan proto=tcp mss=900
		wire t.out
	END
}

off() {
	begin "sas t - esp aes-gcm-128 mss off" "protect t $NETS" \
		"sas u - esp aes-gcm-128 v6 mss off" "protect u $NETS6" &&
		steps <<-END
		lan proto=tcp mss=1460
		wire t.out
		send u.in v=6 proto=tcp mss=1440
		took lan
	END
}

# In transport mode, and of what goes over a smaller link
transport() {
	begin "sas h - esp aes-gcm-128 mode transport" "protect h $GATE4 $PEER4" &&
		steps <<-END
		ip link set wan0 mtu 1400
		local via=raw src=$GATE4 dst=$PEER4 proto=tcp mss=1460
		became mss=1326
		wire h.out next=6 whole=1
		ip link set wan0 mtu 1500
	END
}

# told GATE PEER v6: a program that looks for the size hears it, others are cut
told() {
	begin "sas h - $4 mode transport $3" "protect h $1 $2" &&
		steps <<-END
		local dst=$2 df=1 len=$5
		wire h.out
		mark
		pmtu_error dst=$2 len=$(($5 + 1)) mtu=$6
		drop too-big by=sa,policy
		local dst=$2 len=$(($5 + 1))
		pieces_of_own
	END
}

main() {
	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 6
	ktap_test "what fits" auto
	ktap_test "a number" number
	ktap_test "off" off
	ktap_test "transport mode, a smaller link" transport
	# IP header, UDP header: 1500 - 20 - 32 = 1448, 1446 + 20
	ktap_test "datagrams to the peer, IPv4" told $GATE4 $PEER4 "" \
		"esp aes-gcm-128" 1438 1466
	ktap_test "datagrams to the peer, AH over IPv6" told $GATE6 $PEER6 v6 \
		"ah hmac-sha256-128" 1420 1468
	ktap_finish
}

main
