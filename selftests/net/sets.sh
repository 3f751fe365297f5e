#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Policies and SAs with several sets of selectors, on the wire; fields that an SA
# takes from the packet (populate from packet); SAs that go with the last policy.
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

# --- sets ---

lists_out() {
	begin "sas t - esp aes-gcm-128" \
		"policy dir out src 10.1.0.0/16 dst 10.2.0.7-10.2.0.9,10.2.4.0/24,10.2.8.1 proto udp,tcp dport 80,1000-2000 protect t" \
		"policy $OUT6 proto icmpv6 icmpv6-type 1,3/1-2,echo-request protect t" &&
		steps <<-END
		lan dst=10.2.0.7 dport=80
		wire t.out
		lan dst=10.2.0.9 dport=2000 proto=tcp
		wire t.out
		lan dst=10.2.4.255 dport=1000
		wire t.out
		lan dst=10.2.8.1 dport=80 proto=tcp
		wire t.out
		lan dst=10.2.0.10 dport=80
		took wan
		lan dst=10.2.8.2 dport=80
		took wan
		lan dst=10.2.8.1 dport=81
		took wan
		lan dst=10.2.8.1 proto=132 l4=0009005000000000
		took wan
		lan v=6 proto=icmpv6 l4=$(icmp 1 9)
		wire t.out
		lan v=6 proto=icmpv6 l4=$(icmp 3 2)
		wire t.out
		lan v=6 proto=icmpv6 l4=$(icmp 3 0)
		took wan
		lan v=6 proto=icmpv6 l4=$(icmp 128 0)
		wire t.out
	END
}

lists_in() {
	begin "sas t - esp aes-gcm-128" \
		"policy dir in src 10.2.0.7-10.2.0.9,10.2.4.0/24 dst 10.1.0.0/16 proto udp sport 53,5000-6000 protect t" \
		"policy dir in src 2001:db8:b::/65,2001:db8:b:0:ffff::/80 dst 2001:db8:a::/64 protect t" &&
		steps <<-END
		clear src=10.2.0.9 sport=53
		drop cleartext by=policy
		clear src=10.2.4.1 sport=6000
		drop cleartext by=policy
		clear src=10.2.4.1 sport=6001
		took lan
		clear src=10.2.5.1 sport=53
		took lan
		send t.in src=10.2.4.1 sport=5000
		took lan
		send t.in src=10.2.0.7 sport=53
		took lan
		send t.in src=10.2.0.6 sport=53
		drop no-policy by=sa
		clear v=6
		drop cleartext by=policy
		clear v=6 src=2001:db8:b:0:ffff::5
		drop cleartext by=policy
		clear v=6 src=2001:db8:b:0:fffe::5
		took lan
	END
}

# no field of one set goes with one of another
whole_sets() {
	begin "sas t - esp aes-gcm-128" \
		"policy dir out src any dst 10.2.1.0/24 proto udp dport 80 also src any dst 10.2.2.0/24 proto udp dport 53 also src 10.1.0.9 dst any protect t" \
		"policy dir in src 10.2.1.0/24 dst any proto udp sport 80 also src 10.2.2.0/24 dst any proto udp sport 53 protect t" &&
		steps <<-END
		lan dst=10.2.1.1 dport=80
		wire t.out
		lan dst=10.2.2.1 dport=53
		wire t.out
		lan dst=10.2.1.1 dport=53
		took wan
		lan dst=10.2.2.1 dport=80
		took wan
		lan src=10.1.0.9 dst=10.2.2.1 dport=80
		wire t.out
		clear src=10.2.1.1 sport=80
		drop cleartext by=policy
		clear src=10.2.2.1 sport=53
		drop cleartext by=policy
		clear src=10.2.1.1 sport=53
		took lan
		send t.in src=10.2.2.1 sport=53
		took lan
		send t.in src=10.2.2.1 sport=80
		drop no-policy by=sa
	END
}

# the best of several policies, whichever of its sets it is that names the packet
order() {
	begin "sas t - esp aes-gcm-128" "sas u - esp aes-gcm-128" \
		"policy dir out priority 5 src any dst 10.2.0.0/24,10.2.1.0/24,10.2.128.0/17 proto udp dport 80 protect t" \
		"policy dir out priority 4 src any dst 10.2.1.0/24 discard" \
		"policy dir out priority 6 src any dst 10.2.0.0/24,10.2.3.0/24,10.2.129.0/24 protect u" &&
		steps <<-END
		lan dst=10.2.0.1 dport=80
		wire t.out
		lan dst=10.2.0.1 dport=81
		wire u.out
		lan dst=10.2.1.1 dport=80
		drop policy-discard by=policy
		lan dst=10.2.129.1 dport=80
		wire t.out
		lan dst=10.2.129.1 dport=81
		wire u.out
		lan dst=10.2.3.1 dport=80
		wire u.out
	END
}

# of the tunnel's SAs the youngest one of whose sets holds the packet
sets_of_sas() {
	begin "policy $OUT4 protect t" "policy $IN4 protect t" \
		"sa out t - esp aes-gcm-128 as a src 10.1.0.0/16 dst 10.2.0.0/16 proto udp dport 1000,3000-3009" \
		"sa out t - esp aes-gcm-128 as b src 10.1.0.0/16 dst 10.2.0.0/24,10.2.2.0/24 proto udp dport 3009,5000" \
		"sa in t - esp aes-gcm-128 src 10.2.0.0/24,10.2.2.0/24 dst 10.1.0.0/16 proto tcp,udp sport 7,9" &&
		steps <<-END
		lan dport=1000
		wire a
		lan dport=3008
		wire a
		lan dport=3009
		wire b
		lan dst=10.2.2.9 dport=5000
		wire b
		lan dst=10.2.1.9 dport=3009
		wire a
		lan dst=10.2.1.9 dport=5000
		drop no-sa by=policy
		send t.in src=10.2.2.2 sport=9
		took lan
		send t.in src=10.2.0.2 sport=7 proto=tcp
		took lan
		send t.in src=10.2.1.2 sport=7
		drop sa-selector by=sa
		send t.in src=10.2.2.2 sport=8
		drop sa-selector by=sa
	END
}

# a fragment is no port's; a set for what is OPAQUE may stand beside one of ports
fragments() {
	begin "sas t - esp aes-gcm-128" \
		"policy $OUT4 proto udp dport 1000,2000 protect t" \
		"policy $OUT6 proto udp dport 1000,2000 also src 2001:db8:a::/64 dst 2001:db8:b::/64 proto opaque protect t" \
		"policy $IN4 proto udp sport 1000 also src 10.2.0.0/16 dst 10.1.0.0/16 proto udp sport opaque protect t" &&
		steps <<-END
		lan off=800
		drop fragment by=sa,policy
		lan off=800 proto=tcp
		took wan
		lan v=6 ext=later
		wire t.out
		lan v=6 dport=2000
		wire t.out
		clear off=800
		drop cleartext by=policy
		send t.in off=800
		took lan
		send t.in off=16
		drop sa-selector by=sa,policy
		send t.in sport=1000
		took lan
	END
}

# policies_are LINE...: what is printed, in this order, and read again as the same
policies_are() {
	local before after

	before=$(nf policy list) || return 1
	[ "$before" = "$(printf '%s\n' "$@")" ] || {
		echo "$before"
		return 1
	}
	nf -j policy list | grep '"id"' >"$tmpdir/ids"
	{ nf list | grep -v '^policy' && echo "$before"; } >"$tmpdir/set" &&
		nf apply "$tmpdir/set" >/dev/null &&
		after=$(nf -j policy list | grep '"id"') &&
		[ "$after" = "$(cat "$tmpdir/ids")" ]
}

# a policy's name is its sets, in any order
names() {
	local lists="src 10.2.0.0/16,10.1.0.0/16 dst any proto tcp dport 80,22"

	begin "sas t - esp aes-gcm-128" "policy dir out $lists protect t" &&
		steps <<-END || return
		nfipsec policy replace dir out src 10.1.0.0/16,10.2.0.0/16 dst any proto tcp dport 22,80 discard
		nfipsec policy add dir out src 10.1.0.0/16,10.2.0.0/16 dst any proto tcp dport 22,80,443 protect t
		nfipsec policy add dir out src 10.1.0.0/16 dst any proto tcp dport 22 also src 10.1.0.0/16 dst any proto tcp dport 80 also src 10.2.0.0/16 dst any proto tcp dport 22 also src 10.2.0.0/16 dst any proto udp bypass
		nfipsec policy get dir out $lists
	END
	policies_are \
		"policy dir out src 10.1.0.0/16,10.2.0.0/16 dst any proto tcp dport 22,80 discard" \
		"policy dir out src 10.1.0.0/16,10.2.0.0/16 dst any proto tcp dport 22,80,443 protect t" \
		"policy dir out src 10.1.0.0/16 dst any proto tcp dport 22 also src 10.1.0.0/16 dst any proto tcp dport 80 also src 10.2.0.0/16 dst any proto tcp dport 22 also src 10.2.0.0/16 dst any proto udp bypass" ||
		return
	refuses "within another" policy add dir out src any \
		"dst 10.2.0.0/24,10.2.0.0/17" protect t &&
		refuses "exists" policy add dir out "$lists" protect t &&
		refuses "no such policy" policy del dir out \
			"src 10.1.0.0/16 dst any proto tcp dport 22" &&
		nf policy del dir out $lists && nf policy del dir out $lists,443 &&
		[ "$(nf policy list | wc -l)" -eq 1 ]
}

# refuses WORD COMMAND...
refuses() {
	local word=$1 said

	shift
	# shellcheck disable=SC2048,SC2086 # words
	said=$(nf $* 2>&1) && return 1
	[[ $said = *"$word"* ]] || {
		echo "$said"
		return 1
	}
}

# as many as there can be, of the longest kind: what is printed is read again
many() {
	local i list=

	for i in $(seq 10 73); do
		list+=,2001:db8:$i::5-2001:db8:$i::8
	done
	begin "sas t - esp aes-gcm-128" \
		"policy dir out src 2001:db8:a::-2001:db8:a::ffff:fff0 dst ${list#,} proto tcp sport 1-5 dport 7-9 mark 0x5/0xff dev wan0 protect t" &&
		policies_are "policy dir out src 2001:db8:a::-2001:db8:a::ffff:fff0 dst ${list#,} proto tcp sport 1-5 dport 7-9 mark 0x5/0xff dev wan0 protect t" &&
		refuses "64 sets" policy add dir out src any dst "${list#,},2001:db9::/32" bypass
}

# --- populate from packet ---

listen() {
	# shellcheck disable=SC2154 # topology makes it
	in_gate "$NFIPSEC" monitor >>"$tmpdir/events" 8>&- 9>&- &
	at_exit "kill $! 2>/dev/null"
	busywait "$BUSYWAIT_TIMEOUT" is_heard
}

is_heard() {
	nf policy add dir out src 192.0.2.99 dst any discard && nf flush >/dev/null &&
		[ -s "$tmpdir/events" ]
}

# acquires PACKET... = WORD...: the packet has no SA, and one is asked for
acquires() {
	local packet=() ok

	while [ "$1" != = ]; do
		packet+=("$1")
		shift
	done
	shift
	: >"$tmpdir/events"
	say lan "${packet[@]}" && say drop no-sa by=policy || return 1
	busywait "$BUSYWAIT_TIMEOUT" grep -q '# packet' "$tmpdir/events"
	ok=$(grep '^acquire' "$tmpdir/events")
	[ "${ok#acquire policy dir out }" = "$*" ] || {
		cat "$tmpdir/events"
		return 1
	}
}

# packet_was WORD...: what the last acquire tells of the packet
packet_was() {
	[ "$(grep '# packet' "$tmpdir/events")" = "  # packet $*" ] || {
		cat "$tmpdir/events"
		return 1
	}
}

# without the word an SA gets what the policy has
pfp_none() {
	begin "policy dir out src 10.1.0.0/16 dst 10.2.0.0/24,10.2.1.0/24 proto tcp,udp dport 80,443 mark 0/0x100 protect t" &&
		steps <<-END
		acquires dst=10.2.1.1 dport=443 sport=9 = src 10.1.0.0/16 dst 10.2.0.0/24,10.2.1.0/24 proto tcp,udp dport 80,443 protect t
		packet_was src 10.1.0.2/32 dst 10.2.1.1/32 proto udp sport 9 dport 443
	END
}

# with it what the packet has, of those sets only that hold the packet's values
pfp_fields() {
	begin "policy dir out priority 1 src 10.1.0.0/16 dst 10.2.0.0/24,10.2.1.0/24 proto tcp,udp dport 80,400-500 protect t pfp src,dport" \
		"policy dir out priority 2 src 10.1.0.0/16 dst 10.2.2.0/24 protect t pfp dst,proto,sport,dport,type" \
		"policy $OUT6 proto icmpv6 protect t pfp type" &&
		steps <<-END
		acquires dst=10.2.1.1 dport=443 sport=9 = priority 1 src 10.1.0.2/32 dst 10.2.0.0/24,10.2.1.0/24 proto udp dport 443 protect t pfp src,dport
		acquires dst=10.2.2.1 dport=44 sport=9 proto=tcp = priority 2 src 10.1.0.0/16 dst 10.2.2.1/32 proto tcp sport 9 dport 44 protect t pfp dst,proto,sport,dport,type
		# what has no ports has none to be taken
		acquires dst=10.2.2.1 proto=47 l4=$(icmp 0 0) = priority 2 src 10.1.0.0/16 dst 10.2.2.1/32 proto gre protect t pfp dst,proto,sport,dport,type
		# type and code together
		acquires dst=10.2.2.1 proto=icmp l4=$(icmp 3 4) = priority 2 src 10.1.0.0/16 dst 10.2.2.1/32 proto icmp icmp-type 3/4 protect t pfp dst,proto,sport,dport,type
		acquires v=6 proto=icmpv6 l4=$(icmp 128 1) = src 2001:db8:a::/64 dst 2001:db8:b::/64 proto icmpv6 icmpv6-type 128/1 protect t pfp type
	END
}

# an SA that was made for one packet is none for another
pfp_no_sharing() {
	begin "policy $OUT4 proto udp protect t pfp dst,dport" \
		"sa out t - esp aes-gcm-128 as one src 10.1.0.0/16 dst 10.2.0.2 proto udp dport 1000" \
		"sa out t - esp aes-gcm-128 as two src 10.1.0.0/16 dst 10.2.0.2 proto udp dport 2000" &&
		steps <<-END
		lan dport=1000
		wire one
		lan dport=2000
		wire two
		lan dport=1000 sport=77
		wire one
		acquires dport=3000 = src 10.1.0.0/16 dst 10.2.0.2/32 proto udp dport 3000 protect t pfp dst,dport
		acquires dport=1000 dst=10.2.0.3 = src 10.1.0.0/16 dst 10.2.0.3/32 proto udp dport 1000 protect t pfp dst,dport
	END
}

# a packet that has not what it would have to give gets no SA, and asks for none
pfp_lacks() {
	begin "policy $OUT4 protect t pfp proto,sport,dport" \
		"policy $OUT6 protect t pfp proto" &&
		steps <<-END
		lan off=800
		count acquires n=0 drop=pfp-lacks
		lan off=800 proto=tcp
		drop pfp-lacks by=policy
		lan v=6 ext=later
		drop pfp-lacks by=policy
		acquires off=800 proto=icmp = src 10.1.0.0/16 dst 10.2.0.0/16 proto icmp protect t pfp proto,sport,dport
	END
}

# --- one way, and what goes with a policy ---

# RFC 4301 section 4.4.1.3: what may be sent and not received, and the reverse
one_way() {
	begin "sas t - esp aes-gcm-128" \
		"policy $OUT4 proto icmp icmp-type echo-request protect t" \
		"policy $IN4 proto icmp icmp-type echo-reply protect t" \
		"policy $IN6 proto icmpv6 icmpv6-type echo-request protect t" &&
		steps <<-END
		lan proto=icmp l4=$(icmp 8 0)
		wire t.out
		send t.in proto=icmp l4=$(icmp 8 0)
		drop no-policy by=sa
		send t.in proto=icmp l4=$(icmp 0 0)
		took lan
		lan proto=icmp l4=$(icmp 0 0)
		took wan
		send t.in v=6 proto=icmpv6 l4=$(icmp 128 0)
		took lan
		send t.in v=6 proto=icmpv6 l4=$(icmp 129 0)
		drop no-policy by=sa
	END
}

# n_sas N: so many are there
n_sas() {
	[ "$(nf sa list | grep -c '^sa')" -eq "$1" ]
}

with_sas() {
	begin "sas t - esp aes-gcm-128" "sas u - esp aes-gcm-128" \
		"protect t 10.1.0.0/16 10.2.0.0/16" "policy $OUT4 priority 5 proto udp protect u" \
		"policy $OUT4 priority 7 bypass" &&
		steps <<-END
		# kept as long as another policy protects by the tunnel
		nfipsec policy del $OUT4 with-sas
		n_sas 4
		# one that protects nothing does not count, and takes nothing with it
		nfipsec policy del $OUT4 priority 7 with-sas
		n_sas 4
		# kept unless asked for
		nfipsec policy del $IN4
		n_sas 4
		nfipsec policy add $IN4 protect t
		nfipsec policy del $IN4 with-sas
		n_sas 2
		lan
		wire u.out
		nfipsec policy del $OUT4 priority 5 proto udp with-sas
		n_sas 0
	END
}

# --- the protocol of IPv6 ---

# a header that is not skipped is the protocol; one that is hides none
headers() {
	local shim6="1100000000000000 0fa003e800080000"

	begin "sas t - esp aes-gcm-128" "sas u - esp aes-gcm-128" \
		"policy $OUT6 priority 1 proto udp dport 1000 protect t" \
		"policy $OUT6 priority 2 proto 60 protect u" &&
		steps <<-END
		lan v=6 ext=dst dport=1000
		wire t.out
		lan v=6 ext=hbh,rt dport=1000
		wire t.out
		lan v=6 proto=140 l4=${shim6// /}
		took wan
		nfipsec settings set dst-options keep shim6 skip
		lan v=6 ext=dst dport=1000
		wire u.out
		lan v=6 ext=hbh,dst dport=1000
		wire u.out
		lan v=6 ext=hbh dport=1000
		wire t.out
		lan v=6 proto=140 l4=${shim6// /}
		wire t.out
		nfipsec settings set hop-options keep
		lan v=6 ext=hbh dport=1000
		took wan
		nfipsec settings set hop-options skip dst-options skip shim6 keep
		lan v=6 ext=hbh,dst dport=1000
		wire t.out
	END
}

main() {
	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 15
	ktap_test "lists of values, out" lists_out
	ktap_test "lists of values, in" lists_in
	ktap_test "each set is matched as a whole" whole_sets
	ktap_test "the best of several policies with sets" order
	ktap_test "sets of SAs" sets_of_sas
	ktap_test "sets and fragments" fragments
	ktap_test "a policy is named by its sets" names
	ktap_test "64 sets" many
	ktap_test "IPv6 headers that are skipped, as set" headers
	listen || exit "$KSFT_FAIL"
	ktap_test "an SA for what the policy has" pfp_none
	ktap_test "an SA for what the packet has" pfp_fields
	ktap_test "an SA for one packet's values is for no others" pfp_no_sharing
	ktap_test "a packet without what an SA would take from it" pfp_lacks
	ktap_test "a type that goes one way" one_way
	ktap_test "SAs that go with the last policy" with_sas
	ktap_finish
}

main
