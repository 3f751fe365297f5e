#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What policies let through, protect and stop, in both directions: protocols,
# ports to the edge, fragments, priorities, tunnels without an SA,
# unknown SPIs; and that a change holds from the next packet on, and one that
# is made all at once loses none.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

CUT_HEADER="proto=60 l4=11000104"
NINE_HEADERS=dst,dst,dst,dst,dst,dst,dst,dst,dst

ports_out() {
	begin "sas t - esp aes-gcm-128" \
		"policy dir out src any dst 10.2.0.0/16 proto udp dport 1000-2000 protect t" \
		"policy dir out src any dst 10.2.0.0/16 proto tcp sport 0-7 protect t" \
		"policy dir out src any dst 10.2.0.0/16 proto sctp dport 65535 protect t" &&
		steps <<-END
		lan dport=999
		took wan
		lan dport=1000
		wire t.out
		lan dport=2000
		wire t.out
		lan dport=2001
		took wan
		lan dport=1000 proto=tcp
		took wan
		lan sport=0 proto=tcp
		wire t.out
		lan sport=7 proto=tcp
		wire t.out
		lan sport=8 proto=tcp
		took wan
		lan proto=132 l4=0001ffff000000000000000000000000
		wire t.out
		lan proto=132 l4=0001fffe000000000000000000000000
		took wan
		lan proto=132 l4=ffff0001000000000000000000000000
		took wan
		lan dst=10.3.0.2 dport=1000
		took wan
	END
}

ports_in() {
	begin "sas t - esp aes-gcm-128" \
		"policy dir in src 10.2.0.0/16 dst any proto udp dport 1000-2000 protect t" &&
		steps <<-END
		clear dport=999
		took lan
		clear dport=1000
		drop cleartext by=policy
		clear dport=1500
		drop cleartext by=policy
		clear dport=2000
		drop cleartext by=policy
		clear dport=2001
		took lan
		clear dport=1000 proto=tcp
		took lan
		send t.in dport=1000
		took lan
		send t.in dport=999
		drop no-policy by=sa
		clear src=10.3.0.2 dport=1000
		took lan
		# nobody knows what ports this one has
		clear off=800
		drop cleartext by=policy
		clear mf=1 dport=1000
		drop cleartext by=policy
	END
}

# a port policy for a fragment that has none
fragments_out() {
	begin "sas t - esp aes-gcm-128" \
		"policy dir out src any dst any family ipv4 proto udp dport 1000-2000 protect t" \
		"policy dir out src any dst any family ipv6 proto udp dport 1000-2000 protect t" &&
		steps <<-END
		lan off=800
		hidden
		lan v=6 ext=later
		hidden
	END
}

# the upper-layer header is behind more headers than anybody needs
chains() {
	begin "sas t - esp aes-gcm-128" \
		"policy dir in src ::/0 dst 2001:db8:a::/64 proto udp protect t" \
		"policy dir out src 2001:db8:a::/64 dst ::/0 proto udp protect t" &&
		steps <<-END
		clear v=6 ext=dst
		drop cleartext by=policy
		clear v=6 ext=hbh,rt,dst
		drop cleartext by=policy
		clear v=6 ext=later
		drop cleartext by=policy
		lan v=6 ext=dst
		wire t.out
		lan v=6 ext=hbh,rt,dst
		wire t.out
	END
}

# chains_in SELECTOR PACKET, chains_out: it is not let through
chains_in() {
	begin "policy dir in src 2001:db8:b::/64 dst 2001:db8:a::/64 $1 protect t" &&
		steps <<-END
		clear v=6 $2
		stopped
	END
}

chains_out() {
	begin "policy dir out src 2001:db8:a::/64 dst 2001:db8:b::/64 $1 protect t" &&
		steps <<-END
		lan v=6 $2
		hidden
	END
}

extension_chains() {
	ktap_test "behind extension headers" chains
	ktap_test "in: behind nine headers" \
		chains_in "proto udp" ext=$NINE_HEADERS
	ktap_test "in: chain beyond the packet" chains_in "" ext=long
	ktap_test "in: header that is cut" chains_in "" "$CUT_HEADER"
	ktap_test "out: behind nine headers" \
		chains_out "proto udp" ext=$NINE_HEADERS
	ktap_test "out: chain beyond the packet" chains_out "" ext=long
	ktap_test "out: header that is cut" chains_out "" "$CUT_HEADER"
	ktap_test "out: fragments without ports" fragments_out
}

# What has no ports is not what may pass for its ports
fragments_of_bypass() {
	begin "sas t - esp aes-gcm-128" "protect t 10.1.0.0/16 10.2.0.0/16" \
		"policy dir in priority 1 src 10.2.0.0/16 dst any proto udp sport 53 bypass" \
		"policy dir out priority 1 src any dst 10.2.0.0/16 proto udp dport 53 bypass" &&
		steps <<-END
		clear sport=53
		took lan
		lan dport=53
		took wan
		clear off=800
		drop cleartext by=policy
		lan off=800
		wire t.out
	END
}

priorities() {
	begin "sas t - esp aes-gcm-128" \
		"policy dir out priority 30 src 10.1.0.0/16 dst 10.2.0.0/16 protect t" \
		"policy dir out priority 20 src any dst any family ipv4 proto icmp discard" \
		"policy dir out priority 10 src any dst any family ipv4 proto tcp dport 80 bypass" \
		"policy dir out priority 10 src 10.1.0.0/16 dst 10.2.0.0/16 proto tcp discard" \
		"policy dir in priority 30 src 10.2.0.0/16 dst 10.1.0.0/16 protect t" \
		"policy dir in priority 20 src 10.2.0.0/16 dst any proto icmp discard" \
		"policy dir in priority 10 src 10.2.0.0/16 dst 10.1.0.2/32 proto tcp bypass" &&
		steps <<-END
		lan
		wire t.out
		lan proto=icmp
		drop policy-discard by=policy
		lan proto=tcp dport=80
		took wan
		lan proto=tcp dport=81
		drop policy-discard by=policy
		clear
		drop cleartext by=policy
		clear proto=icmp
		drop policy-discard by=policy
		clear proto=tcp
		took lan
		send t.in proto=icmp
		drop policy-discard by=sa,policy
		send t.in proto=tcp
		drop policy-mismatch by=sa,policy
		send t.in
		took lan
	END
}

wrong_sa() {
	begin "sas t - esp aes-gcm-128" "sa in u - esp aes-gcm-128" \
		"sa in v - esp aes-gcm-128 src 10.2.0.0/24 dst 10.1.0.2/32 proto udp dport 7-9" \
		"protect t 10.1.0.0/16 10.2.0.0/16" \
		"policy dir in priority 1 src 10.2.0.0/16 dst 10.1.0.0/16 proto udp dport 1-10 protect v" &&
		steps <<-END
		send u.in
		drop policy-mismatch by=sa,policy
		send v.in dport=6
		drop sa-selector by=sa
		send v.in dport=7
		took lan
		send v.in dport=9
		took lan
		send v.in dport=10
		drop sa-selector by=sa
		send v.in src=10.2.1.2 dport=8
		drop sa-selector by=sa
		send v.in dport=8 off=800
		drop sa-selector by=sa
		send t.in dport=8
		drop policy-mismatch by=sa,policy
	END
}

# never in clear
without_sa() {
	begin "protect t 10.1.0.0/16 10.2.0.0/16" \
		"protect t 2001:db8:a::/64 2001:db8:b::/64" \
		"protect h $GATE4 $PEER4" &&
		steps <<-END
		lan
		drop no-sa by=policy
		lan v=6
		drop no-sa by=policy
		lan len=1400 proto=tcp
		drop no-sa by=policy
		local dst=$PEER4 src=$GATE4 error=ESRCH
		drop no-sa by=policy
		quiet
	END
}

# the youngest SA of a tunnel that may carry a packet carries it
selectors() {
	begin "protect t 10.1.0.0/16 10.2.0.0/16" \
		"sa out t - esp aes-gcm-128 as udp src 10.1.0.0/16 dst 10.2.0.0/16 proto udp" \
		"sa out t - esp aes-gcm-128 as tcp src 10.1.0.0/16 dst 10.2.0.0/16 proto tcp" &&
		steps <<-END
		lan
		wire udp
		lan proto=tcp
		wire tcp
		lan proto=icmp
		drop no-sa by=policy
		lan
		wire udp
	END
}

# tell WORD...: to ipsec_peer.py what the shell has a function for
tell() {
	say "$@"
}

# left to the stack, where raw sockets see it
unknown_spi() {
	local key

	key=$(key_of hmac-sha256-128)
	begin "sas t - esp aes-gcm-128" "protect t 10.1.0.0/16 10.2.0.0/16" \
		"sas u - ah hmac-sha256-128 v6" &&
		steps <<-END
		tell sa x protocol=esp spi=0xdead01 src=$PEER4 dst=$GATE4 alg=null+hmac-sha256-128 key=$key
		tell sa y protocol=ah spi=0xdead02 src=$PEER6 dst=$GATE6 alg=hmac-sha256-128 key=$key
		# between others
		tell sa z protocol=esp spi=0xdead03 src=10.4.0.2 dst=10.1.0.2 alg=null+hmac-sha256-128 key=$key
		send z
		send x
		took raw
		count in-unknown-spi
		send y v=6
		took raw
		count in-unknown-spi
		send x ofrag=24
		took raw
		count in-unknown-spi
		flush
	END
}

# each change is for the next packet, though the flow has been seen before
edits_out() {
	local sel="dir out priority 1 src 10.1.0.0/16 dst 10.2.0.0/16"

	begin "sas t - esp aes-gcm-128" "protect t 10.1.0.0/16 10.2.0.0/16" &&
		steps <<-END
		lan
		wire t.out
		nfipsec policy add $sel bypass
		lan
		took wan
		nfipsec policy replace $sel discard
		lan
		drop policy-discard by=policy
		nfipsec policy replace $sel protect none
		lan
		drop no-sa by=policy
		nfipsec policy del $sel
		lan
		wire t.out
		nfipsec sa flush
		mark
		lan
		drop no-sa by=policy
	END
}

edits_in() {
	local sel="dir in priority 1 src 10.2.0.0/16 dst 10.1.0.0/16"

	begin "sas t - esp aes-gcm-128" "protect t 10.1.0.0/16 10.2.0.0/16" &&
		steps <<-END
		send t.in
		took lan
		clear
		drop cleartext by=policy
		nfipsec policy add $sel bypass
		clear
		took lan
		send t.in
		drop policy-mismatch by=sa,policy
		nfipsec policy replace $sel discard
		send t.in
		drop policy-discard by=sa,policy
		clear
		drop policy-discard by=policy
		nfipsec policy del $sel
		send t.in
		took lan
		nfipsec sa flush
		send t.in
		took raw
		count in-unknown-spi
		flush
	END
}

# while the same set is published again and again
replaced_under_load() {
	local pid rc=0

	begin "sas t - esp aes-gcm-128" "protect t 10.1.0.0/16 10.2.0.0/16" \
		"policy dir out priority 9 src any dst any family ipv4 proto tcp bypass" ||
		return
	sed -e 's/priority 9/priority 8/' -e '/ dir out spi/s/$/ ttl 9/' \
		"$tmpdir/set" >"$tmpdir/set2"
	(
		while :; do
			nf apply "$tmpdir/set2" && nf apply "$tmpdir/set" || break
			touch "$tmpdir/replaced"
		done >"$tmpdir/loop" 2>&1
		touch "$tmpdir/loop-failed"
	) &
	pid=$!
	steps <<-END || rc=1
		stream t.out t.in n=300
	END
	kill "$pid" && wait "$pid" 2>/dev/null
	if [ -e "$tmpdir/loop-failed" ]; then
		cat "$tmpdir/loop"
		return 1
	fi
	[ -e "$tmpdir/replaced" ] || {
		echo "there was no load: the set was never replaced"
		return 1
	}
	apply && say drops && return "$rc"
}

main() {
	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 19
	ktap_test "ports and protocols, out" ports_out
	ktap_test "ports and fragments, in" ports_in
	extension_chains
	ktap_test "a bypass for ports and fragments" fragments_of_bypass
	ktap_test "priorities, bypass and discard" priorities
	ktap_test "another SA than the policy's" wrong_sa
	ktap_test "without an SA" without_sa
	ktap_test "two SAs for a tunnel's traffic" selectors
	ktap_test "unknown SPI" unknown_spi
	ktap_test "edits hold at once, out" edits_out
	ktap_test "edits hold at once, in" edits_in
	ktap_test "replaced under load" replaced_under_load
	ktap_finish
}

main
