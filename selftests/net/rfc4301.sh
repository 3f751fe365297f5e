#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What RFC 4301 and its kin want of SAs, headers and policies, one thing at a
# time, where no other test has it.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

NETS="10.1.0.0/16 10.2.0.0/16"
NETS6="2001:db8:a::/64 2001:db8:b::/64"

# The SPI finds the SA, whoever the packet comes from.
any_source() {
	begin "sas t - esp aes-gcm-128" "protect t $NETS" \
		"sas u - esp aes-gcm-128 v6" "protect u $NETS6" &&
		steps <<-END
		send t.in osrc=192.0.2.99
		took lan
		send u.in v=6 osrc=2001:db8:1::99
		took lan
	END
}

# Transport mode is for the ends alone.
transit() {
	begin "sas h - $1 mode transport" "protect h $NETS" &&
		steps <<-END
		lan
		drop sa-selector by=sa,policy
	END
}

# While SAs are exchanged, the old one and the new one work side by side.
overlap() {
	local old=0x4301

	begin "sa in t $old esp aes-gcm-128 as old.in" \
		"sa out t $old esp aes-gcm-128 as old.out" \
		"sas t - esp aes-gcm-128" "protect t $NETS" &&
		steps <<-END
		send old.in
		took lan
		send t.in
		took lan
		send old.in
		took lan
		lan
		wire t.out
		nfipsec sa del dir in local $GATE4 spi $old
		mark
		send old.in
		count in-unknown-spi
		send t.in
		took lan
	END
}

broadcast() {
	begin "policy dir in src any dst 10.1.255.255 discard" &&
		steps <<-END
		clear dst=10.1.255.255
		drop policy-discard by=policy
		clear
		took lan
	END
}

# What is discarded is discarded in pieces, too, be it by its addresses or by its
# ports, which only the first piece has.
fragments() {
	begin "policy dir in src 10.2.9.0/24 dst 10.1.0.0/16 discard" \
		"policy dir in src 2001:db8:b:0:9::/80 dst 2001:db8:a::/64 discard" \
		"policy dir in src 10.2.8.0/24 dst any proto udp dport 4660 discard" \
		"policy dir out src 10.1.0.0/16 dst 10.2.9.0/24 discard" \
		"policy dir out src any dst 2001:db8:b:0:9::/80 discard" &&
		steps <<-END
		clear src=10.2.9.2
		drop policy-discard by=policy
		clear src=10.2.9.2 mf=1
		drop policy-discard by=policy
		clear src=10.2.9.2 off=800
		drop policy-discard by=policy
		clear src=10.2.8.2 mf=1
		drop policy-discard by=policy
		clear src=10.2.8.2 off=800
		drop policy-discard by=policy
		clear v=6 src=2001:db8:b:0:9::2 ext=first
		drop policy-discard by=policy
		clear v=6 src=2001:db8:b:0:9::2 ext=later
		drop policy-discard by=policy
		lan dst=10.2.9.2 mf=1
		drop policy-discard by=policy
		lan dst=10.2.9.2 off=800
		drop policy-discard by=policy
		lan v=6 dst=2001:db8:b:0:9::2 ext=first
		drop policy-discard by=policy
		lan v=6 dst=2001:db8:b:0:9::2 ext=later
		drop policy-discard by=policy
		clear src=10.2.7.2 mf=1
		took lan
		clear v=6 ext=later
		took lan
	END
}

# An ICMP error about traffic for which there is no SA: none is asked for, and who
# looks finds it among the drops.
error_without_sa() {
	begin "policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect gone" &&
		steps <<-END
		now
		mark
		lan src=172.16.0.1 dst=10.2.0.2 proto=icmp quotes=10.2.0.2,10.1.0.2,udp code=4
		count acquires n=0 drop=no-sa
		record no-sa dir=out inner=portless tunnel=gone policy=$(nf policy list -j |
			sed -n 's/.*"id": \([0-9]*\).*/\1/p')
	END
}

# ESP and AH are protocols, and no headers to look behind.
next_protocol() {
	begin "policy dir out src any dst 2001:db8:b::/64 proto esp discard" \
		"policy dir out src any dst 2001:db8:b::/64 proto ah discard" \
		"policy dir in src any dst 10.1.0.0/16 proto esp discard" &&
		steps <<-END
		lan v=6 ext=hbh,dst proto=esp l4=00001234000000010000000000000000
		drop policy-discard by=policy
		lan v=6 ext=rt,dst proto=ah l4=1104000000001234000000010000000000000000000000000000
		drop policy-discard by=policy
		lan v=6 ext=dst
		took wan
		# that of others is traffic like any other
		clear proto=esp l4=00001234000000010000000000000000
		drop policy-discard by=policy
	END
}

# What of the inner header goes into the outer one, and what does not.
headers() {
	begin "sas t - esp aes-gcm-128" "protect t $NETS" \
		"sas u - esp aes-gcm-128 v6" "protect u $NETS6" &&
		steps <<-END
		lan opt=94040000
		wire t.out
		lan opt=01010101820bf0000000000000000000
		wire t.out
		lan id=77 df=1
		wire t.out id=0 df=1
		lan v=6 ext=hbh,dst
		wire u.out
	END
}

# The router takes one off the TTL of what it forwards, and nothing off its own.
ttl() {
	begin "sas t - esp aes-gcm-128" "protect t $NETS" &&
		steps <<-END
		local src=10.1.0.1 dst=10.2.0.2
		wire t.out inner_ttl=64
		lan ttl=2
		wire t.out inner_ttl=1
		lan ttl=1
		icmp lan type=11 code=0
		quiet wan
		send t.in ttl=2
		took lan
		mark
		send t.in ttl=1
		quiet lan
		hidden
	END
}

# The number is looked at first: a replay costs no crypto.
number_first() {
	begin "sas t - $1" "protect t $NETS" &&
		steps <<-END
		send t.in seq=9
		took lan
		send t.in seq=9 flip=-1
		drop replay-duplicate by=sa
		send t.in seq=10 flip=-1
		drop bad-icv by=sa
	END
}

# The far end of a packet with a routing header: it stays in front of ESP.
routing_header() {
	begin "sas h - $1 mode transport v6" "protect h $GATE6 $PEER6" &&
		steps <<-END
		local via=raw src=$GATE6 dst=$PEER6 proto=udp ext=rt len=64
		wire h.out next=17 whole=1
	END
}

# What came over an SA is no more trusted by the stack than what did not.
checksums() {
	begin "sas t - esp aes-gcm-128" "protect t $NETS" \
		"sas h - esp aes-gcm-128 mode transport" "protect h $GATE4 $PEER4" &&
		steps <<-END
		send t.in dst=10.1.0.1
		took udp
		mark
		send t.in dst=10.1.0.1 l4=1234123400090001aa
		count in-packets
		quiet udp
		send h.in l4=1234123400090001aa
		count in-packets
		quiet udp
	END
}

# Who allows to be fragmented is not told a size.
no_icmp() {
	begin "sas t - esp aes-gcm-128" "protect t $NETS" &&
		steps <<-END
		lan len=1460
		count out-fragmented
		quiet lan
		flush
	END
}

# No key is refused for what it looks like.
weak_key() {
	KEY=$(printf '%096d' 0) begin \
		"sas t - esp aes-cbc-128+hmac-sha256-128" "protect t $NETS" &&
		steps <<-END
		send t.in
		took lan
		lan
		wire t.out
	END
}

# A transport-mode packet has one ECN field, and nothing to drop it for.
transport_ecn() {
	begin "sas h - $1 mode transport" "protect h $GATE4 $PEER4" &&
		steps <<-END
		send h.in otos=3
		took udp
		send h.in otos=0
		took udp
	END
}

main() {
	local proto

	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 19
	ktap_test "an SA is found whoever sends" any_source
	ktap_test "old and new SA side by side" overlap
	ktap_test "a policy for a broadcast address" broadcast
	ktap_test "fragments of what is discarded" fragments
	ktap_test "an ICMP error without an SA" error_without_sa
	ktap_test "ESP and AH are protocols" next_protocol
	ktap_test "inner and outer header" headers
	ktap_test "TTL" ttl
	ktap_test "checksums are looked at" checksums
	ktap_test "cut, and nobody is told" no_icmp
	ktap_test "a key of zeros" weak_key
	for proto in "esp aes-gcm-128" "ah hmac-sha256-128"; do
		ktap_test "transit by transport mode, ${proto%% *}" transit "$proto"
		ktap_test "the number first, ${proto%% *}" number_first "$proto"
		ktap_test "routing header, ${proto%% *}" routing_header "$proto"
		ktap_test "ECN in transport mode, ${proto%% *}" transport_ecn "$proto"
	done
	ktap_finish
}

main
