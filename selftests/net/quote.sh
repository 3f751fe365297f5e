#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ICMP errors and what they quote (RFC 4301 section 6.2). An error comes from
# wherever the trouble is, which policies do not name: out, it takes the SA of the
# replies to the quoted packet; over an SA it is taken if those would be, and in
# clear it is not.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

OUTSIDE4=192.0.2.77
OUTSIDE6=2001:db8:1::77
# a router somewhere behind one of the two, in no policy
SOME4=172.16.0.1
SOME6=2001:db8:77::1

# family 4|6: the words of a set between the two networks
family() {
	icmp=icmp near=10.1.0.2 far=10.2.0.2 other=10.3.0.2 v6=
	some=$SOME4 outside=$OUTSIDE4 nets="10.1.0.0/16 10.2.0.0/16"
	[ "$1" = 4 ] && return
	icmp=icmpv6 near=2001:db8:a::2 far=2001:db8:b::2 other=2001:db8:c::2 v6=v6
	some=$SOME6 outside=$OUTSIDE6 nets="2001:db8:a::/64 2001:db8:b::/64"
}

# out FAMILY
out() {
	family "$1"
	begin "sas t - esp aes-gcm-128 $v6" "protect t $nets" &&
		steps <<-END
		lan src=$some dst=$far proto=$icmp quotes=$far,$near,udp
		wire t.out
		lan src=$some dst=$far proto=$icmp quotes=$far,$near,132
		wire t.out
		# about something else, and not about anything
		lan src=$some dst=$far proto=$icmp quotes=$far,$other,udp
		took wan
		lan src=$some dst=$far proto=$icmp quotes=$near,$far,udp
		took wan
		lan src=$some dst=$far proto=$icmp quotes=$far,$near,udp quotelen=12
		took wan
		lan src=$some dst=$far proto=$icmp
		took wan
		# who names ICMP means it
		policy dir out priority 1 src any dst $far proto $icmp bypass
		apply
		lan src=$some dst=$far proto=$icmp quotes=$far,$near,udp
		took wan
	END
}

# The router's own: by ports, and without an SA.
out_own() {
	begin "sas h - esp aes-gcm-128 mode transport" \
		"policy dir out src $GATE4 dst $PEER4 proto udp protect h" \
		"policy dir in src $PEER4 dst $GATE4 proto udp protect h" \
		"protect none 10.1.0.0/16 10.5.0.0/16" &&
		steps <<-END
		ip route replace 10.5.0.0/16 via $PEER4
		send h.in dport=5999
		hidden
		mark
		lan src=$SOME4 dst=10.5.0.2 proto=icmp quotes=10.5.0.2,10.1.0.2,udp
		count acquires n=0 drop=no-sa
	END
}

# in FAMILY
in_protected() {
	family "$1"
	begin "sas t - esp aes-gcm-128 $v6" "protect t $nets" &&
		steps <<-END
		send t.in src=$some dst=$near proto=$icmp quotes=$near,$far,udp
		took lan
		send t.in src=$far dst=$near proto=$icmp quotes=$near,$far,tcp
		took lan
		mark
		send t.in src=$some dst=$near proto=$icmp quotes=$near,$other,udp
		drop no-policy by=sa
		send t.in src=$some dst=$near proto=$icmp quotes=$other,$far,udp
		drop no-policy by=sa
		send t.in src=$some dst=$near proto=$icmp quotes=$near,$far,udp quotelen=19
		drop no-policy by=sa
		send t.in src=$some dst=$near proto=$icmp
		drop no-policy by=sa
		# fits the policy, but what it quotes does not
		send t.in src=$far dst=$near proto=$icmp quotes=$near,$other,udp
		drop icmp-quote by=sa,policy
		send t.in src=$far dst=$near proto=$icmp quotes=$other,$far,udp
		drop icmp-quote by=sa,policy
		send t.in src=$far dst=$near proto=$icmp quotes=$near,$far,udp quotelen=8
		drop icmp-quote by=sa,policy
		# a policy that names ICMP waives that
		policy dir in priority 1 src $far dst $near proto $icmp protect t
		apply
		send t.in src=$far dst=$near proto=$icmp quotes=$near,$other,udp
		took lan
	END
}

# in_clear FAMILY
in_clear() {
	family "$1"
	begin "sas t - esp aes-gcm-128 $v6" "protect t $nets" &&
		steps <<-END
		clear src=$outside dst=$near proto=$icmp quotes=$near,$far,udp
		drop cleartext by=policy
		clear src=$outside dst=$near proto=$icmp quotes=$near,$other,udp
		took lan
		clear src=$outside dst=$near proto=$icmp
		took lan
		policy dir in priority 1 src any dst $near proto $icmp bypass
		apply
		clear src=$outside dst=$near proto=$icmp quotes=$near,$far,udp
		took lan
	END
}

# about what went out protected: that is all a router outside can know of
in_clear_of_esp() {
	begin "sas h - esp aes-gcm-128" "protect h $GATE4 $PEER4" &&
		steps <<-END
		clear src=$OUTSIDE4 dst=$GATE4 proto=icmp quotes=$GATE4,$PEER4,esp
		took ping
		clear src=$OUTSIDE4 dst=$GATE4 proto=icmp quotes=$GATE4,$PEER4,udp,500,500
		took ping
		mark
		clear src=$OUTSIDE4 dst=$GATE4 proto=icmp quotes=$GATE4,$PEER4,udp
		drop cleartext by=policy
	END
}

main() {
	local f

	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 8
	for f in 4 6; do
		ktap_test "out, ipv$f" out $f
		ktap_test "over an SA, ipv$f" in_protected $f
		ktap_test "in clear, ipv$f" in_clear $f
	done
	ktap_test "out, the router's own" out_own
	ktap_test "in clear, about ESP and IKE" in_clear_of_esp
	ktap_finish
}

main
