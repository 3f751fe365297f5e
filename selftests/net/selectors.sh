#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a selector may ask for beside prefixes and ports, on the wire, in both
# directions and families: ICMP types, Mobility Header types, OPAQUE, ranges of
# addresses, marks, devices; and what becomes of fragments, which lack most of
# it.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

OUT4="dir out src 10.1.0.0/16 dst 10.2.0.0/16"
IN4="dir in src 10.2.0.0/16 dst 10.1.0.0/16"
OUT6="dir out src 2001:db8:a::/64 dst 2001:db8:b::/64"
IN6="dir in src 2001:db8:b::/64 dst 2001:db8:a::/64"

# icmp TYPE CODE: the octets
icmp() {
	printf '%02x%02x0000000000000102030405060708' "$1" "$2"
}

# mh TYPE: a Mobility Header
mh() {
	printf '3b01%02x000000000000000000000000' "$1"
}

types_out() {
	begin "sas t - esp aes-gcm-128" \
		"policy $OUT4 proto icmp icmp-type echo-request protect t" \
		"policy $OUT4 proto icmp icmp-type 3/1-5/2 protect t" \
		"policy $OUT6 proto icmpv6 icmpv6-type 1-2 protect t" &&
		steps <<-END
		lan proto=icmp l4=$(icmp 8 0)
		wire t.out
		lan proto=icmp l4=$(icmp 8 255)
		wire t.out
		lan proto=icmp l4=$(icmp 0 8)
		took wan
		lan proto=icmp l4=$(icmp 3 0)
		took wan
		lan proto=icmp l4=$(icmp 3 1)
		wire t.out
		lan proto=icmp l4=$(icmp 5 2)
		wire t.out
		lan proto=icmp l4=$(icmp 5 3)
		took wan
		lan v=6 proto=icmpv6 l4=$(icmp 2 9)
		wire t.out
		lan v=6 proto=icmpv6 l4=$(icmp 3 0)
		took wan
		# ICMP of the other family has no type
		lan v=6 proto=icmp l4=$(icmp 1 0)
		took wan
	END
}

types_in() {
	begin "sas t - esp aes-gcm-128" \
		"policy $IN4 proto icmp icmp-type 3/4 protect t" \
		"policy $IN6 proto icmpv6 icmpv6-type echo-request protect t" &&
		steps <<-END
		clear proto=icmp l4=$(icmp 3 4)
		drop cleartext by=policy
		clear proto=icmp l4=$(icmp 3 3)
		took lan
		clear v=6 proto=icmpv6 l4=$(icmp 128 0)
		drop cleartext by=policy
		clear v=6 proto=icmpv6 l4=$(icmp 129 0)
		took lan
		send t.in proto=icmp l4=$(icmp 3 4)
		took lan
		send t.in proto=icmp l4=$(icmp 3 3)
		drop no-policy by=sa
		send t.in v=6 proto=icmpv6 l4=$(icmp 128 1)
		took lan
		send t.in v=6 proto=icmpv6 l4=$(icmp 129 0)
		drop no-policy by=sa
	END
}

# pieces of ICMP have no type: a given one is not theirs, and any is
types_of_fragments() {
	begin "sas t - esp aes-gcm-128" "sas u - esp aes-gcm-128" \
		"policy $OUT4 priority 1 proto icmp icmp-type echo-request protect t" \
		"policy $OUT4 priority 2 proto icmp icmp-type opaque protect u" \
		"policy $OUT6 priority 1 proto icmpv6 icmpv6-type echo-request protect t" \
		"policy $OUT6 priority 2 proto icmpv6 protect u" &&
		steps <<-END
		lan proto=icmp off=800
		wire u.out
		lan proto=icmp
		wire t.out
		lan proto=icmp l4=$(icmp 0 0)
		took wan
		lan v=6 proto=icmpv6 ext=later
		wire u.out
		lan v=6 proto=icmpv6 l4=$(icmp 129 0)
		wire u.out
	END
}

mobility() {
	begin "sas t - esp aes-gcm-128" \
		"policy $OUT6 proto mh mh-type 5-6 protect t" \
		"policy $IN6 proto mh mh-type binding-update protect t" &&
		steps <<-END
		lan v=6 proto=135 l4=$(mh 4)
		took wan
		lan v=6 proto=135 l4=$(mh 5)
		wire t.out
		lan v=6 proto=135 l4=$(mh 6) ext=dst
		wire t.out
		lan v=6 proto=135 l4=$(mh 7)
		took wan
		clear v=6 proto=135 l4=$(mh 5)
		drop cleartext by=policy
		clear v=6 proto=135 l4=$(mh 6)
		took lan
		send t.in v=6 proto=135 l4=$(mh 5)
		took lan
		send t.in v=6 proto=135 l4=$(mh 6)
		drop no-policy by=sa
		lan v=6 proto=135 l4=$(mh 5) ext=later
		drop fragment by=sa,policy
	END
}

# any takes what has ports and what has none, OPAQUE only the latter
opaque_out() {
	begin "sas t - esp aes-gcm-128" "sas u - esp aes-gcm-128" \
		"policy $OUT4 priority 1 proto udp dport 1000-2000 protect t" \
		"policy $OUT4 priority 2 proto udp sport opaque dport opaque protect u" \
		"policy $OUT6 priority 1 proto udp dport 1000-2000 protect t" \
		"policy $OUT6 priority 2 proto opaque protect u" &&
		steps <<-END
		lan dport=1000
		wire t.out
		lan dport=999
		took wan
		lan off=800
		wire u.out
		lan off=800 proto=tcp
		took wan
		lan v=6 dport=1000
		wire t.out
		lan v=6 dport=999
		took wan
		lan v=6 ext=later
		wire u.out
		# whatever it says it is
		lan v=6 ext=later proto=tcp
		wire u.out
	END
}

opaque_in() {
	begin "sas t - esp aes-gcm-128" "sas u - esp aes-gcm-128" \
		"policy $IN4 priority 1 proto udp dport 1000-2000 protect t" \
		"policy $IN4 priority 2 proto udp sport opaque dport opaque protect u" \
		"policy $IN6 priority 1 proto udp dport 1000-2000 protect t" \
		"policy $IN6 priority 2 proto opaque protect u" &&
		steps <<-END
		clear off=800
		drop cleartext by=policy
		send t.in dport=1000
		took lan
		send u.in dport=1000
		drop policy-mismatch by=sa,policy
		send u.in off=800
		took lan
		# over the ports, and behind them
		send u.in off=16
		drop sa-selector by=sa,policy
		send u.in off=24
		took lan
		send t.in off=800
		drop policy-mismatch by=sa,policy
		send u.in dport=9
		drop no-policy by=sa
		clear v=6 ext=later
		drop cleartext by=policy
		send u.in v=6 ext=later
		took lan
		send t.in v=6 ext=later
		drop policy-mismatch by=sa,policy
	END
}

# pieces of what a port's policy protects, and what comes behind that policy
behind() {
	begin "sas t - esp aes-gcm-128" "sas u - esp aes-gcm-128" \
		"policy $OUT4 priority 1 proto udp dport 1000 protect t" \
		"policy $IN4 priority 1 proto udp dport 1000 protect t" \
		"policy $OUT6 priority 1 proto udp dport 1000 protect t" \
		"policy $IN6 priority 1 proto udp dport 1000 protect t" "$@"
}

fragments_behind_nothing() {
	behind && steps <<-END
		lan off=800
		drop fragment by=sa,policy
		lan v=6 ext=later
		drop fragment by=sa,policy
		clear off=800
		drop cleartext by=policy
		clear v=6 ext=later
		drop cleartext by=policy
		lan off=800 proto=tcp
		took wan
	END
}

# a bypass for everything is no word on pieces of what is protected
fragments_behind_bypass() {
	behind "policy $OUT4 priority 2 bypass" "policy $IN4 priority 2 bypass" \
		"policy $OUT6 priority 2 bypass" "policy $IN6 priority 2 bypass" &&
		steps <<-END
		lan dport=999
		took wan
		lan off=800
		drop fragment by=sa,policy
		lan v=6 ext=later
		drop fragment by=sa,policy
		clear dport=999
		took lan
		clear off=800
		drop cleartext by=policy
		clear v=6 ext=later
		drop cleartext by=policy
	END
}

fragments_behind_opaque_bypass() {
	local udp="proto udp sport opaque dport opaque bypass"

	behind "policy $OUT4 priority 2 $udp" "policy $IN4 priority 2 $udp" \
		"policy $OUT6 priority 2 proto opaque bypass" \
		"policy $IN6 priority 2 proto opaque bypass" &&
		steps <<-END
		lan off=800
		took wan
		lan v=6 ext=later
		took wan
		clear off=800
		took lan
		clear v=6 ext=later
		took lan
		nfipsec policy replace $IN6 priority 1 proto udp dport 1000 discard
		nfipsec policy del $IN6 priority 2 proto opaque
		nfipsec policy add $IN6 priority 2 $udp
		mark
		# its own word for being UDP
		clear v=6 ext=later
		drop policy-discard by=policy
	END
}

fragments_behind_others() {
	behind "policy $OUT4 priority 2 protect u" "policy $IN4 priority 2 protect u" \
		"policy $OUT6 priority 2 discard" "policy $IN6 priority 2 discard" &&
		steps <<-END
		lan off=800
		wire u.out
		clear off=800
		drop cleartext by=policy
		send u.in off=800
		took lan
		send t.in off=800
		drop policy-mismatch by=sa,policy
		lan v=6 ext=later
		drop policy-discard by=policy
		clear v=6 ext=later
		drop policy-discard by=policy
	END
}

# an SA for pieces alone, beside one for a port
opaque_sas() {
	begin "policy $OUT4 proto udp protect t" \
		"sa out t - esp aes-gcm-128 as port src 10.1.0.0/16 dst 10.2.0.0/16 proto udp dport 1000" \
		"sa out t - esp aes-gcm-128 as piece src 10.1.0.0/16 dst 10.2.0.0/16 proto udp dport opaque" &&
		steps <<-END
		lan dport=1000
		wire port
		lan off=800
		wire piece
		lan dport=999
		drop no-sa by=policy
	END
}

ranges() {
	begin "sas t - esp aes-gcm-128" \
		"policy dir out src 10.1.0.2-10.1.1.1 dst 10.2.0.127-10.2.0.128 protect t" \
		"policy dir in src 10.2.0.127-10.2.0.128 dst 10.1.0.2-10.1.1.1 protect t" \
		"policy dir out src any dst 2001:db8:b::fffe-2001:db8:b::1:1 protect t" \
		"policy dir in src 2001:db8:b::fffe-2001:db8:b::1:1 dst any protect t" &&
		steps <<-END
		lan dst=10.2.0.126
		took wan
		lan dst=10.2.0.127
		wire t.out
		lan dst=10.2.0.128 src=10.1.1.1
		wire t.out
		lan dst=10.2.0.129
		took wan
		lan dst=10.2.0.127 src=10.1.1.2
		took wan
		clear src=10.2.0.126
		took lan
		clear src=10.2.0.127
		drop cleartext by=policy
		clear src=10.2.0.128
		drop cleartext by=policy
		clear src=10.2.0.129
		took lan
		send t.in src=10.2.0.128
		took lan
		send t.in src=10.2.0.129
		drop no-policy by=sa
		lan v=6 src=2001:db8:a::2 dst=2001:db8:b::fffd
		took wan
		lan v=6 src=2001:db8:a::2 dst=2001:db8:b::fffe
		wire t.out
		lan v=6 src=2001:db8:a::2 dst=2001:db8:b::1:1
		wire t.out
		lan v=6 src=2001:db8:a::2 dst=2001:db8:b::1:2
		took wan
		clear v=6 src=2001:db8:b::1:1 dst=2001:db8:a::2
		drop cleartext by=policy
		clear v=6 src=2001:db8:b::1:2 dst=2001:db8:a::2
		took lan
	END
}

range_sas() {
	begin "policy $OUT4 protect t" "policy $IN4 protect t" \
		"sas t - esp aes-gcm-128 src 10.1.0.0-10.1.0.2 dst 10.2.0.0-10.2.0.2" &&
		steps <<-END
		lan
		wire t.out
		lan dst=10.2.0.3
		drop no-sa by=policy
	END
}

# each packet's mark is the DSCP that it came with
set_marks() {
	cat >"$tmpdir/marks" <<-END
		table netdev marks {
			chain wan {
				type filter hook ingress device wan0 priority 0
				ip dscp 5 meta mark set 0x125
				ip dscp 6 meta mark set 0x126
				ip6 dscp 5 meta mark set 0x125
			}
			chain lan {
				type filter hook ingress device lan0 priority 0
				ip dscp 5 meta mark set 0x125
				ip dscp 6 meta mark set 0x126
				ip6 dscp 5 meta mark set 0x125
			}
		}
	END
	in_gate nft -f "$tmpdir/marks"
}

marks() {
	set_marks && begin "sas t - esp aes-gcm-128" \
		"policy dir out src any dst any family ipv4 mark 0x25/0xff protect t" \
		"policy $IN4 mark 0x125 discard" \
		"policy $OUT6 mark 0x125 discard" \
		"policy $IN6 mark 0x100/0x100 discard" &&
		steps <<-END
		# one flow, in turns
		lan
		took wan
		lan tos=20
		wire t.out
		lan tos=24
		took wan
		lan tos=20
		wire t.out
		clear tos=24
		took lan
		clear tos=20
		drop policy-discard by=policy
		clear
		took lan
		lan v=6
		took wan
		lan v=6 tos=20
		drop policy-discard by=policy
		clear v=6
		took lan
		clear v=6 tos=20
		drop policy-discard by=policy
		nft delete table netdev marks
		lan tos=20
		took wan
	END
}

devices() {
	begin "sas t - esp aes-gcm-128" \
		"policy dir out src any dst any family ipv4 dev lan0 discard" \
		"policy $OUT4 dev wan0 protect t" \
		"policy dir in src any dst any family ipv4 dev lan9 discard" \
		"policy $OUT6 dev lan0 discard" \
		"policy $IN6 dev wan0 discard" &&
		steps <<-END
		lan
		wire t.out
		clear
		drop policy-discard by=policy
		lan v=6
		took wan
		clear v=6
		drop policy-discard by=policy
		# the same flow, and the device gets the name
		ip link set lan0 down
		ip link set lan0 name lan9
		ip link set lan9 up
		lan
		drop policy-discard by=policy
		ip link set lan9 down
		ip link set lan9 name lan0
		ip link set lan0 up
		ip neigh replace 10.1.0.2 lladdr $MAC_HOST dev lan0
		lan
		wire t.out
	END
}

# the device of a packet is the one it came in by, and the VRF that it is in; both
# passes of a VRF are judged alike
vrf_device() {
	begin "policy $IN4 priority 1 proto udp dev wan0 bypass" \
		"policy $IN4 priority 2 proto tcp dev blue discard" \
		"policy $IN4 priority 3 proto tcp bypass" \
		"policy $IN4 priority 4 discard" \
		"policy $OUT4 proto tcp dev blue discard" &&
		steps <<-END
		clear
		took lan
		clear proto=tcp
		took lan
		lan proto=tcp
		took wan
		ip link add blue type vrf table 100
		ip link set blue up
		ip link set wan0 master blue
		ip route add 10.1.0.0/16 dev lan0 table 100
		ip neigh replace $PEER4 lladdr $MAC_PEER dev wan0
		ip route replace 10.2.0.0/15 via $PEER4 dev wan0 onlink
		clear
		took lan
		clear proto=tcp
		drop policy-discard by=policy
		lan
		took wan
		lan proto=tcp
		drop policy-discard by=policy
	END
}

main() {
	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 16
	ktap_test "ICMP types and codes, out" types_out
	ktap_test "ICMP types and codes, in" types_in
	ktap_test "fragments of ICMP" types_of_fragments
	ktap_test "types of Mobility Headers" mobility
	ktap_test "OPAQUE, out" opaque_out
	ktap_test "OPAQUE, in" opaque_in
	ktap_test "fragments of a protected port, no other policy" \
		fragments_behind_nothing
	ktap_test "fragments of a protected port, then bypass" \
		fragments_behind_bypass
	ktap_test "fragments of a protected port, then bypass of OPAQUE" \
		fragments_behind_opaque_bypass
	ktap_test "fragments of a protected port, then others" \
		fragments_behind_others
	ktap_test "an SA for fragments alone" opaque_sas
	ktap_test "ranges of addresses" ranges
	ktap_test "ranges of addresses of an SA" range_sas
	ktap_test "marks" marks
	ktap_test "devices, and one that gets another name" devices
	ktap_test "devices in a VRF" vrf_device
	ktap_finish
}

main
