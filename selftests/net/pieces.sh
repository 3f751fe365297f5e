#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fragments, piece by piece: those that came over an SA and those that came in
# clear, what a packet that was in pieces may do afterwards, and what is cut
# behind protection.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

# What came over an SA waits in a queue of its own: no stranger can put a piece
# in, and none that came over an SA can be taken out.
apart() {
	begin "sas o - esp aes-gcm-128 $1" "sas t - esp aes-gcm-128 $1" \
		"protect t $2 $3" &&
		steps <<-END
		pieces t.in o.in 0i,1i,2i,3i ${1:+v=6} len=600 ofrag=200
		took lan
		pieces t.in o.in 0,1i,2i,3i ${1:+v=6} len=600 ofrag=200 oid=8
		pieces t.in o.in 0i,1,2,3i ${1:+v=6} len=600 ofrag=200 oid=9
		send t.in ${1:+v=6} expect=next
		took lan
		quiet
	END
}

# A packet that was put together is one that nobody may cut: here the router has
# to say "too big".
whole_again() {
	begin "sas t - esp aes-gcm-128 v6" \
		"protect t 2001:db8:a::/64 2001:db8:b::/64" &&
		steps <<-END
		ip link set lan0 mtu 1280
		mark
		send t.in v=6 len=1400 ofrag=800
		quiet lan
		send t.in v=6 len=1000 ofrag=800
		took lan
		quiet lan
		count in-packets n=2
		ip link set lan0 mtu 1500
	END
}

# What its sender did not mean to be cut has no identification worth the name
# (RFC 6864 section 4.1): without one, the pieces of two packets would mix.
identified() {
	begin "sas h - $1 mode transport" "protect h $GATE4 $PEER4" &&
		steps <<-END
		ip link set wan0 mtu 1400
		local src=$GATE4 dst=$PEER4 len=1365 df=2
		gather
		wire h.out
		local src=$GATE4 dst=$PEER4 len=1365 df=2
		gather
		wire h.out
		ip link set wan0 mtu 1500
	END
}

# A fragment that is the whole packet is none (RFC 6946), and transport mode takes
# it; what does not fit into one packet it refuses.
atomic() {
	begin "sas h - $1 mode transport v6" "protect h $GATE6 $PEER6" &&
		steps <<-END
		local via=raw src=$GATE6 dst=$PEER6 proto=udp ext=atomic len=64
		wire h.out next=$2 whole=1
		mark
		local via=raw src=$GATE6 dst=$PEER6 proto=udp ext=first len=64 error=EINVAL
		drop fragment by=sa,policy
	END
}

# With source NAT in the namespace two hooks look at the first packet of a
# connection; only one of them asks for an SA.
one_acquire() {
	begin "protect t 10.1.0.0/16 10.2.0.0/16" &&
		steps <<-END
		nft add table ip nat
		nft add chain ip nat post { type nat hook postrouting priority 100 ; }
		nft add rule ip nat post oifname wan0 masquerade
		mark
		lan sport=77
		count acquires drop=no-sa
		nft delete table ip nat
	END
}

main() {
	require_peer
	require_command nft
	require_module
	topology
	ktap_print_header
	ktap_set_plan 8
	ktap_test "over an SA and in clear, ipv4" apart "" 10.1.0.0/16 10.2.0.0/16
	ktap_test "over an SA and in clear, ipv6" apart v6 2001:db8:a::/64 \
		2001:db8:b::/64
	ktap_test "too big once it is whole again" whole_again
	ktap_test "cut behind ESP: identification" identified "esp aes-gcm-128"
	ktap_test "cut behind AH: identification" identified "ah hmac-sha256-128"
	ktap_test "an atomic fragment, by ESP" atomic "esp aes-gcm-128" 44
	ktap_test "an atomic fragment, by AH" atomic "ah hmac-sha256-128" 17
	ktap_test "one acquire for one packet" one_acquire
	ktap_finish
}

main
