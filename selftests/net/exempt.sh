#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What passes in clear although a policy stops it, so that tunnels can come up
# and nobody locks himself out: IKE, DHCP, neighbour and listener discovery; and
# what only looks like them.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

ike_through() {
	begin "protect t 10.1.0.0/16 10.2.0.0/16" &&
		steps <<-END
		lan dport=500 sport=500
		hidden
		lan dport=4500
		hidden
	END
}

ike_through_v6() {
	begin "protect t 2001:db8:a::/64 2001:db8:b::/64" &&
		steps <<-END
		lan v=6 dport=500 sport=500
		hidden
		lan v=6 dport=4500
		hidden
		lan v=6 dport=547 sport=546
		hidden
		clear v=6 dport=546 sport=547
		stopped
	END
}

exempt() {
	begin "protect h $GATE4 $PEER4" "protect h $GATE6 $PEER6" &&
		steps <<-END
		local src=$GATE4 sport=500 dst=$PEER4 dport=500
		took wan
		local src=$GATE4 sport=4500 dst=$PEER4 dport=4500
		took wan
		local src=$GATE6 sport=500 dst=$PEER6 dport=500
		took wan
		clear src=$PEER4 sport=500 dst=$GATE4 dport=500
		took udp
		clear src=$PEER4 sport=4500 dst=$GATE4 dport=4500
		took udp
		clear src=$PEER6 sport=500 dst=$GATE6 dport=500
		took udp
		local src=$GATE4 sport=68 dst=$PEER4 dport=67
		took wan
		clear src=$PEER4 sport=67 dst=$GATE4 dport=68
		took udp
		local src=$GATE6 sport=546 dst=$PEER6 dport=547
		took wan
		clear src=$PEER6 sport=547 dst=$GATE6 dport=546
		took udp
		local src=$GATE4 sport=501 dst=$PEER4 dport=501 error=ESRCH
		drop no-sa by=policy
		clear src=$PEER4 sport=501 dst=$GATE4 dport=501
		drop cleartext by=policy
	END
}

# hosts behind the router do not get out that way, and who names the protocol in
# a policy means it
not_exempt() {
	begin "protect h $GATE4 $PEER4" &&
		steps <<-END
		# through the router, and so from one host to another
		policy dir in src any dst 10.1.0.0/16 protect t
		policy dir out src 10.1.0.0/16 dst any protect t
		apply
		mark
		clear sport=67 dport=68
		drop cleartext by=policy
		lan sport=68 dport=67
		drop no-sa by=policy
		# who names the protocol means it
		policy dir in priority 1 src $PEER4 dst $GATE4 proto udp dport 500 discard
		policy dir out priority 1 src $GATE4 dst $PEER4 proto udp dport 500 discard
		policy dir in priority 2 src $PEER4 dst $GATE4 discard
		apply
		mark
		clear src=$PEER4 sport=500 dst=$GATE4 dport=500
		drop policy-discard by=policy
		local src=$GATE4 sport=500 dst=$PEER4 dport=500 error=EPERM
		drop policy-discard by=policy
		clear src=$PEER4 sport=4500 dst=$GATE4 dport=4500
		took udp
		# not to the router itself
		clear dport=500 sport=500
		drop cleartext by=policy
	END
}

# everything is to be protected, and the neighbour is not known yet
cold() {
	begin "sas t - esp aes-gcm-128 v6" "protect t ::/0 ::/0" &&
		steps <<-END
		ip neigh del $PEER6 dev wan0
		local dst=2001:db8:b::2
		neighbour $PEER6
		wire t.out
		# not from this link
		clear src=$PEER6 dst=$GATE6 proto=icmpv6 ttl=64 l4=8800000060000000
		drop cleartext by=policy
		ip neigh replace $PEER6 lladdr $MAC_PEER dev wan0
		ip neigh change $PEER6 lladdr $MAC_PEER dev wan0 nud permanent
	END
}

# a switch that does not know who listens to what sends neighbour discovery to
# nobody
listeners() {
	begin "sas t - esp aes-gcm-128 v6" "protect t ::/0 ::/0" &&
		steps <<-END
		mark
		clear src=fe80::2 dst=ff02::16 proto=icmpv6 ttl=1 l4=8f00000000000000
		clear src=fe80::2 dst=ff02::1 proto=icmpv6 ttl=1 l4=820000000000000000000000000000000000000000000000
		clear src=:: dst=ff02::16 proto=icmpv6 ttl=1 l4=8f00000000000000
		# from further away
		clear src=fe80::2 dst=ff02::16 proto=icmpv6 ttl=2 l4=8f00000000000000
		drop cleartext by=policy
		mark
		clear src=2001:db8:1::2 dst=ff02::16 proto=icmpv6 ttl=1 l4=8f00000000000000
		drop cleartext by=policy
		mark
		# something else
		clear src=fe80::2 dst=ff02::1 proto=icmpv6 ttl=1 l4=8000000060000000
		drop cleartext by=policy
	END
}

main() {
	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 6
	ktap_test "without an SA: IKE of others" ike_through
	ktap_test "the same over IPv6" ike_through_v6
	ktap_test "IKE and DHCP are exempt" exempt
	ktap_test "IKE and DHCP that are not" not_exempt
	ktap_test "neighbour discovery from cold" cold
	ktap_test "multicast listeners of the link are exempt" listeners
	ktap_finish
}

main
