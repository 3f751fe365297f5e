#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fragments in clear whose first one has passed (RFC 4301 section 7.4): they pass,
# and no others do, whatever they say, however many there are.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

IN4="dir in src 10.2.0.0/16 dst 10.1.0.0/16"
IN6="dir in src 2001:db8:b::/64 dst 2001:db8:a::/64"
# a first fragment has 40 octets: the header of TCP, or of UDP, and the rest
TCP="proto=tcp len=20"
UDP="len=32"

settings() {
	echo "settings $*" >>"$tmpdir/set"
}

# news_begin: telnet is protected, news go in clear
news_begin() {
	begin "sas t - esp aes-gcm-128" \
		"policy $IN4 priority 1 proto tcp dport 23 protect t" \
		"policy $IN4 priority 2 proto tcp dport 119 bypass" \
		"policy $IN6 priority 1 proto tcp dport 23 protect t" \
		"policy $IN6 priority 2 proto tcp dport 119 bypass"
}

v4() {
	news_begin && steps <<-END
		clear $TCP id=7 off=40
		drop cleartext by=policy
		clear $TCP id=7 mf=1 dport=119
		took lan
		clear $TCP id=7 off=40 mf=1
		took lan
		clear $TCP id=7 off=1480
		took lan
		mark
		# another datagram, protocol, source or destination
		clear $TCP id=8 off=40
		drop cleartext by=policy
		clear $TCP id=7 off=40 src=10.2.0.3
		drop cleartext by=policy
		clear $TCP id=7 off=40 dst=10.1.0.3
		drop cleartext by=policy
		# what is protected opens nothing
		clear $TCP id=9 mf=1 dport=23
		drop cleartext by=policy
		clear $TCP id=9 off=40
		drop cleartext by=policy
	END
}

v6() {
	news_begin && steps <<-END
		clear v=6 $TCP ext=frag-40-0-7
		drop cleartext by=policy
		clear v=6 $TCP ext=frag-0-1-7 dport=119
		took lan
		clear v=6 $TCP ext=frag-40-1-7
		took lan
		# its own word on the protocol means nothing, as to the receiver
		clear v=6 $UDP ext=frag-80-0-7
		took lan
		mark
		clear v=6 $TCP ext=frag-40-0-0x10007
		drop cleartext by=policy
		clear v=6 $TCP ext=frag-40-0-7 src=2001:db8:b::3
		drop cleartext by=policy
		clear v=6 $TCP ext=frag-0-1-9 dport=23
		drop cleartext by=policy
		clear v=6 $TCP ext=frag-40-0-9
		drop cleartext by=policy
		# behind more headers; they are part of what the first one has
		clear v=6 $TCP ext=hbh,frag-0-1-10,dst dport=119
		took lan
		clear v=6 $TCP ext=hbh,frag-40-0-10
		drop cleartext by=policy
		clear v=6 $TCP ext=hbh,frag-48-0-10
		took lan
	END
}

# RFC 1858, RFC 3128: nothing is put over what was judged
overlap() {
	news_begin && steps <<-END
		clear $TCP id=7 mf=1 dport=119
		took lan
		clear $TCP id=7 off=8
		drop cleartext by=policy
		clear $TCP id=7 off=32
		drop cleartext by=policy
		clear $TCP id=7 off=40
		took lan
		# a shorter first one opens nothing that the longer one has closed
		mark
		clear proto=tcp len=0 id=7 mf=1 dport=119
		took lan
		clear $TCP id=7 off=24
		drop cleartext by=policy
		clear v=6 $TCP ext=frag-0-1-7 dport=119
		took lan
		clear v=6 $TCP ext=frag-8-0-7
		drop cleartext by=policy
		clear v=6 $TCP ext=frag-32-0-7
		drop cleartext by=policy
		# without ports it is no first fragment for anybody
		clear proto=tcp l4=0077 id=11 mf=1
		drop cleartext by=policy
		clear $TCP id=11 off=40
		drop cleartext by=policy
	END
}

# The rest goes the way of the first past what would take it: a policy for all that
# is left, and "default discard"
behind_others() {
	begin "sas t - esp aes-gcm-128" "settings default discard" \
		"policy $IN4 priority 2 proto udp dport 119 bypass" \
		"policy $IN4 priority 3 protect t" \
		"policy $IN6 priority 2 proto udp dport 119 bypass" \
		"policy dir out src 10.2.0.0/16 dst 10.1.0.0/16 bypass" \
		"policy dir out src 2001:db8:b::/64 dst 2001:db8:a::/64 bypass" && steps <<-END
		clear $UDP id=7 mf=1 dport=119
		took lan
		clear $UDP id=7 off=40
		took lan
		clear $UDP id=8 off=40
		drop cleartext by=policy
		clear v=6 $UDP ext=frag-0-1-7 dport=119
		took lan
		clear v=6 $UDP ext=frag-40-0-7
		took lan
		mark
		clear v=6 $UDP ext=frag-40-0-8
		drop default-discard
		nfipsec policy add $IN4 priority 1 proto udp sport opaque dport opaque discard
		mark
		# a word on fragments that comes first is meant
		clear $UDP id=9 mf=1 dport=119
		took lan
		clear $UDP id=9 off=40
		drop policy-discard by=policy
	END
}

# A protected datagram of the same name, and pieces that come over the SA
mixed() {
	news_begin && steps <<-END
		clear $TCP id=7 mf=1 dport=119
		took lan
		clear $TCP id=7 off=40
		took lan
		send t.in $TCP id=7 mf=1 dport=23
		took lan
		mark
		clear $TCP id=7 off=40
		drop cleartext by=policy
		clear $TCP id=7 mf=1 dport=119
		took lan
		clear $TCP id=7 off=40
		drop cleartext by=policy
		# in clear is not over the SA
		clear $TCP id=12 mf=1 dport=119
		took lan
		send t.in $TCP id=12 off=40
		drop no-policy by=sa
	END
}

# What has begun under other policies is not believed
changed() {
	news_begin && steps <<-END
		clear $TCP id=7 mf=1 dport=119
		took lan
		nfipsec policy del $IN4 priority 2 proto tcp dport 119
		nfipsec policy add $IN4 priority 2 proto tcp dport 119 discard
		mark
		clear $TCP id=7 off=40
		drop cleartext by=policy
	END
}

# IKE with large certificates, through a policy for everything
exempt() {
	begin "sas t - esp aes-gcm-128" \
		"policy dir in src any dst $GATE4 protect t" \
		"policy dir in src any dst $GATE6 protect t" && steps <<-END
		clear src=$PEER4 dst=$GATE4 $UDP id=7 off=40
		drop cleartext by=policy
		cut 200 src=$PEER4 dst=$GATE4 dport=500 len=1000 id=8
		took udp
		cut 200 src=$PEER6 dst=$GATE6 dport=500 len=1000
		took udp
		clear src=$PEER4 dst=$GATE4 $UDP id=9 dport=501 mf=1
		drop cleartext by=policy
		clear src=$PEER4 dst=$GATE4 $UDP id=9 off=40
		drop cleartext by=policy
	END
}

# Many datagrams: the oldest are forgotten, and then their rest does not pass
flood() {
	news_begin && steps <<-END
		clear $TCP id=7 mf=1 dport=119
		took lan
		clear v=6 $TCP ext=frag-0-1-7 dport=119
		took lan
		firsts 1000 3000 $TCP dport=119
		firsts 1000 3000 v=6 $TCP dport=119
		flush
		mark
		clear $TCP id=7 off=40
		drop cleartext by=policy
		clear v=6 $TCP ext=frag-40-0-7
		drop cleartext by=policy
		clear $TCP id=1000 off=40
		drop cleartext by=policy
		clear v=6 $TCP ext=frag-40-0-2999
		took lan
		clear v=6 $TCP ext=frag-40-0-3000
		drop cleartext by=policy
	END
}

# What would pass anyway takes no room
spared() {
	news_begin && steps <<-END
		clear $TCP id=7 mf=1 dport=119
		took lan
		firsts 1000 3500 $UDP
		flush
		clear $UDP id=3499 off=40
		took lan
		clear $TCP id=7 off=40
		took lan
	END
}

main() {
	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 9
	ktap_test "IPv4: the rest of what has begun" v4
	ktap_test "IPv6: the rest of what has begun" v6
	ktap_test "over the first one" overlap
	ktap_test "past other policies" behind_others
	ktap_test "mixed with protected ones" mixed
	ktap_test "policies change" changed
	ktap_test "exempt, in fragments" exempt
	ktap_test "a flood of datagrams" flood
	ktap_test "a flood of others" spared
	ktap_finish
}

main
