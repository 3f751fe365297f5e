#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What holds beside the policies (nfipsec settings): what becomes of packets that
# no policy names, of what is exempt from them, and of ESP and AH that no SA is for.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

# SAs of the peer's that the router does not have
ghosts() {
	local v alg

	for v in 4 6; do
		alg=hmac-sha256-128
		say sa ghost-ah$v protocol=ah spi=0xabcd$v alg=$alg \
			key="$(key_of $alg)" "src=$(end PEER $v)" "dst=$(end GATE $v)" || return
		alg=aes-gcm-128
		say sa ghost$v protocol=esp spi=0xabcd$v alg=$alg \
			key="$(key_of $alg)" "src=$(end PEER $v)" "dst=$(end GATE $v)" || return
	done
}

# end PEER|GATE 4|6
end() {
	local name=$1$2

	echo "${!name}"
}

# ECHO: a request, with its checksum
ECHO=0800f7fe00000001

# who has the router's address?
SOLICITATION=870000000000000020010db8000100000000000000000001

# heard: neighbour solicitations that the router has taken, any good or not
heard() {
	in_gate awk '/^Icmp6InMsgs/ { print $2 }' /proc/net/snmp6
}

heard_more() {
	[ "$(heard)" -gt "$1" ]
}

# solicit: one comes in
solicit() {
	local before

	before=$(heard)
	say clear "src=$PEER6" "dst=$GATE6" proto=icmpv6 ttl=255 l4=$SOLICITATION &&
		busywait "$BUSYWAIT_TIMEOUT" heard_more "$before"
}

unknown_spi() {
	ghosts && begin "sas t - esp aes-gcm-128" "protect t 10.1.0.0/16 10.2.0.0/16" &&
		steps <<-END
		send ghost4
		took raw
		count in-unknown-spi
		nfipsec settings set unknown-spi drop
		now
		send ghost4 seq=7
		drop unknown-spi
		record unknown-spi sa=ghost4 seq=7
		send ghost-ah4 seq=8
		record unknown-spi sa=ghost-ah4 seq=8
		send ghost6 v=6 seq=9 oflow=489335
		record unknown-spi sa=ghost6 seq=9 flow=489335
		send ghost-ah6 v=6 seq=10
		# fragments are put together first
		send ghost4 len=200 ofrag=96
		drops unknown-spi=4
		quiet
		# what is not for this host passes, and so does what an SA is for
		send t.in
		took lan
		nfipsec settings set unknown-spi pass
		send ghost4
		took raw
		count in-unknown-spi
	END
}

# settings WORD...: a line of the set
settings() {
	echo "settings $*" >>"$tmpdir/set"
}

# family 4|6: the words of a set between the two networks
family() {
	v6='' icmp=icmp gate_end=$GATE4 peer_end=$PEER4 near=10.1.0.2 far=10.2.0.2
	other=10.3.0.2 any="src any dst any family ipv4"
	nets="10.1.0.0/16 10.2.0.0/16"
	[ "$1" = 4 ] && return
	v6=v6 icmp=icmpv6 gate_end=$GATE6 peer_end=$PEER6 near=2001:db8:a::2
	far=2001:db8:b::2 other=2001:db8:1::77 any="src any dst any family ipv6"
	nets="2001:db8:a::/64 2001:db8:b::/64"
}

# to this host, through it and out of it, on record with its selectors
discard() {
	family "$1"
	begin "settings default discard" "sas t - esp aes-gcm-128 $v6" \
		"protect t $nets" && steps <<-END
		now
		clear src=$other dst=$gate_end sport=7 dport=8
		drop default-discard
		record default-discard inner=1
		clear src=$other dst=$near
		local src=$gate_end dst=$peer_end error=EPERM
		lan src=$near dst=$other
		clear src=$other dst=$gate_end proto=$icmp
		drops default-discard=4
		quiet
		# what is protected goes out, and may come in, but has to leave again
		policy dir in $any dev lan0 bypass
		apply
		lan src=$near dst=$far
		wire t.out
		lan src=$near dst=$other
		send t.in src=$far dst=$near
		drops default-discard=2
		quiet
		policy dir out $any dev lan0 bypass
		apply
		send t.in src=$far dst=$near
		took lan
		# who is named
		policy dir in src $other dst $gate_end proto udp dport 4660 bypass
		policy dir out src $near dst $other bypass
		apply
		clear src=$other dst=$gate_end
		took udp
		ip neigh replace $other lladdr $MAC_PEER dev wan0
		lan src=$near dst=$other
		took wan
		clear src=$other dst=$gate_end dport=4661
		drops default-discard=1
	END
}

# an inbound packet that leaves again at the side it came by
discard_again() {
	begin "settings default discard" "sas t - esp aes-gcm-128" \
		"policy dir in src 10.2.0.0/16 dst 10.3.0.0/16 protect t" &&
		steps <<-END
		now
		send t.in dst=10.3.0.2
		drop default-discard
		record default-discard inner=1 dir=out
		policy dir out src 10.2.0.0/16 dst 10.3.0.0/16 bypass
		apply
		send t.in dst=10.3.0.2
		took wan
		# a piece of what nobody named
		clear src=10.9.0.2 dst=10.1.0.2 off=64
		drops default-discard=1
		quiet
	END
}

# nothing but the setting: hooks without an SA or a policy, the module stays
discard_alone() {
	begin "settings default discard" && steps <<-END || return
		clear src=$PEER4 dst=$GATE4
		drop default-discard
		# loopback, and what is exempt
		local src=127.0.0.1 dst=127.0.0.1
		flush
		local src=$GATE4 sport=500 dst=$PEER4 dport=500
		took wan
		clear src=$PEER4 sport=500 dst=$GATE4 dport=500
		took udp
		clear src=$PEER4 sport=67 dst=$GATE4 dport=68
		took udp
		solicit
		count in-packets n=0
	END
	if rmmod nf_ipsec 2>/dev/null; then
		echo "the module could be removed"
		return 1
	fi
	nf flush | grep -x "# no longer discarded: what no policy names" &&
		clean && steps <<-END
		clear src=$PEER4 dst=$GATE4
		took udp
	END
}

# what NAT changes is asked about again
discard_nat() {
	begin "settings default discard" \
		"policy dir in src $PEER4 dst $GATE4 bypass" && steps <<-END
		nft add table ip nat
		nft add chain ip nat pre { type nat hook prerouting priority -100 ; }
		nft add rule ip nat pre udp dport 4661 dnat to 10.1.0.2:4660
		clear src=$PEER4 dst=$GATE4 dport=4661
		drop default-discard
		nft delete table ip nat
	END
}

# an error is about something: that is what must be named
discard_errors() {
	begin "settings default discard" "sas h - esp aes-gcm-128" \
		"protect h $GATE4 $PEER4" \
		"policy dir in src 10.9.0.0/16 dst 10.1.0.0/16 proto tcp bypass" \
		"policy dir out src 10.1.0.0/16 dst 10.9.0.0/16 proto tcp bypass" \
		"policy dir out src any dst any family ipv4 dev lan0 bypass" &&
		steps <<-END
		clear src=192.0.2.77 dst=10.1.0.2 proto=icmp quotes=10.1.0.2,10.9.0.2,tcp
		took lan
		clear src=192.0.2.77 dst=$GATE4 proto=icmp quotes=$GATE4,$PEER4,esp
		took ping
		clear src=192.0.2.77 dst=$GATE4 proto=icmp quotes=$GATE4,192.0.2.9,udp,500,500
		took ping
		clear src=192.0.2.77 dst=10.1.0.2 proto=icmp quotes=10.1.0.2,10.9.0.2,udp
		clear src=192.0.2.77 dst=$GATE4 proto=icmp quotes=$GATE4,$PEER4,udp
		clear src=192.0.2.77 dst=10.1.0.2 proto=icmp quotes=10.1.0.2,10.9.0.2,esp
		# no error: by a policy for it, both ways
		clear src=192.0.2.77 dst=$GATE4 proto=icmp l4=$ECHO
		drops default-discard=3 cleartext=1
		quiet
		policy dir in src 192.0.2.77 dst $GATE4 proto icmp icmp-type echo-request bypass
		apply
		clear src=192.0.2.77 dst=$GATE4 proto=icmp l4=$ECHO
		took ping
		drops default-discard=1
		quiet
		policy dir out src $GATE4 dst 192.0.2.77 proto icmp icmp-type echo-reply bypass
		apply
		ip neigh replace 192.0.2.77 lladdr $MAC_PEER dev wan0
		clear src=192.0.2.77 dst=$GATE4 proto=icmp l4=$ECHO
		icmp wan type=0
	END
}

# exempt_off: what was exempt goes by policies
exempt_off() {
	local off="settings default discard exempt-ike off exempt-dhcp off exempt-nd off"

	begin "$off" && steps <<-END
		clear src=$PEER4 sport=500 dst=$GATE4 dport=500
		local src=$GATE4 sport=500 dst=$PEER4 dport=500 error=EPERM
		clear src=$PEER6 sport=500 dst=$GATE6 dport=500
		drops default-discard=3
		clear src=$PEER4 sport=67 dst=$GATE4 dport=68
		local src=$GATE4 sport=68 dst=$PEER4 dport=67 error=EPERM
		drops default-discard=2
		clear src=$PEER6 dst=$GATE6 proto=icmpv6 ttl=255 l4=$SOLICITATION
		drops default-discard=1
		quiet
		policy dir in src any dst any family ipv4 proto udp dport 500 bypass
		policy dir out src any dst any family ipv4 proto udp sport 500 bypass
		policy dir in src any dst any family ipv6 proto icmpv6 bypass
		policy dir out src any dst any family ipv6 proto icmpv6 bypass
		apply
		clear src=$PEER4 sport=500 dst=$GATE4 dport=500
		took udp
		local src=$GATE4 sport=500 dst=$PEER4 dport=500
		took wan
		solicit
		# as a policy protects them as well
		clean
		settings exempt-ike off exempt-dhcp off exempt-nd off
		protect t $GATE4 $PEER4
		protect t $GATE6 $PEER6
		apply
		mark
		clear src=$PEER4 sport=500 dst=$GATE4 dport=500
		local src=$GATE4 sport=500 dst=$PEER4 dport=500 error=ESRCH
		drops cleartext=1 no-sa=1
		clear src=$PEER4 sport=67 dst=$GATE4 dport=68
		drops cleartext=1
		clear src=$PEER6 dst=$GATE6 proto=icmpv6 ttl=255 l4=$SOLICITATION
		drops cleartext=1
		quiet
	END
}

# between two tunnels, one in the other
nested() {
	begin "sas o - esp aes-gcm-128" "sas i - esp aes-gcm-128" \
		"protect i 10.1.0.0/16 10.2.0.0/16" && steps <<-END
		send i.in over=o.in
		took lan
		settings default discard
		policy dir out src any dst any family ipv4 dev lan0 bypass
		apply
		mark
		send i.in over=o.in
		drop no-policy by=sa
		policy dir in priority 30 src $PEER4 dst $GATE4 proto esp protect o
		apply
		send i.in over=o.in
		took lan
		policy dir in priority 20 src $PEER4 dst $GATE4 proto esp protect i
		apply
		send i.in over=o.in
		drops policy-mismatch=1
		policy dir in priority 10 src $PEER4 dst $GATE4 proto esp discard
		apply
		send i.in over=o.in
		drops policy-discard=1
		policy dir in priority 5 src $PEER4 dst $GATE4 proto esp bypass
		apply
		send i.in over=o.in
		took lan
	END
}

# types FAMILY: which ICMP to this host is let in
types() {
	local request error clear=$2-clear protected=$2-protected

	family "$1"
	request="proto=$icmp l4=$ECHO"
	[ "$1" = 4 ] || request="proto=$icmp l4=80000000$ECHO"
	error="proto=$icmp quotes=$gate_end,$peer_end,udp"
	begin "sas t - esp aes-gcm-128 $v6" "protect t $nets" \
		"policy dir in src $far dst $gate_end protect t" && steps <<-END
		nfipsec settings set $clear all,-echo-request
		clear src=$peer_end dst=$gate_end $request
		drop icmp-type
		# to somebody else, of another type, and of another protocol
		clear src=$other dst=$near $request
		took lan
		clear src=$other dst=$gate_end $error
		flush
		clear src=$other dst=$gate_end
		took udp
		# over an SA it is another list
		count in-packets n=0
		send t.in src=$far dst=$gate_end $request
		count in-packets
		flush
		nfipsec settings set $clear all $protected destination-unreachable
		send t.in src=$far dst=$gate_end $request
		drop icmp-type by=sa,policy
		clear src=$other dst=$gate_end $request
		count in-packets n=0
		flush
		nfipsec settings set $clear none $protected all
		clear src=$other dst=$gate_end $error
		drops icmp-type=1
		# who is named may send it
		policy dir in src $other dst $gate_end proto $icmp bypass
		settings $clear none $protected none
		apply
		clear src=$other dst=$gate_end $request
		count in-packets n=0
		flush
		clear src=$peer_end dst=$gate_end $request
		drops icmp-type=1
	END
}

# report SEQ MTU: a router says that ESP of ours was too big
report() {
	local quoted

	quoted=$(printf '4500006400010000%02x32%04x' 64 0)
	quoted+=c0000201c0000202$(printf '%08x%08x' 0x7001 "$1")
	say clear src=192.0.2.77 "dst=$GATE4" proto=icmp \
		"l4=030400000000$(printf %04x "$2")$quoted"
}

# learn: reports about our own SAs, believed or not
learn() {
	begin "sa out t 0x7001 esp aes-gcm-128" "protect t 10.1.0.0/16 10.2.0.0/16" \
		"settings learn-pmtu off" && apply && steps <<-END
		lan
		wire t.out
		report 1 1000
		# nor is what it would not have believed
		report 4000000 1000
		drops icmp-type=2
		lan df=1 len=1200
		wire t.out
		nfipsec settings set learn-pmtu on
		report 1 1000
		flush
		lan df=1 len=1200
		icmp lan type=3 code=4
	END
}

# watch: until the monitor has told of a packet
watch() {
	say send t.in src=10.9.9.9 sport=1111 dport=2222 >/dev/null
	grep -q " sport 1111 " "$tmpdir/events"
}

selector_events() {
	local line n

	begin "sa in t 0x6001 esp aes-gcm-128 src 10.2.0.0/16 dst 10.1.0.0/16" \
		"protect t 10.1.0.0/16 any" "settings selector-events on" || return
	in_gate "$NFIPSEC" monitor >"$tmpdir/events" 2>&1 8>&- 9>&- &
	at_exit "kill $! 2>/dev/null"
	busywait "$BUSYWAIT_TIMEOUT" watch || return
	line=$(grep -m1 "^selector .* sport 1111 " "$tmpdir/events")
	echo "$line"
	[[ $line == *" sa-selector in dev wan0 from $PEER4 to $GATE4 esp spi 0x00006001 "*" \
src 10.9.9.9 dst 10.1.0.2 proto udp sport 1111 dport 2222 tunnel t allowed src 10.2.0.0/16 "* ]] ||
		return
	# a flood is told of now and then; without the setting nothing is
	: >"$tmpdir/events"
	say send t.in src=10.9.9.9 n=60 || return
	sleep 0.2
	n=$(grep -c ^selector "$tmpdir/events")
	echo "$n events for 60 packets"
	[ "$n" -le 32 ] || return
	nf settings set selector-events off
	grep -q "^change settings .* selector-events off" "$tmpdir/events" ||
		busywait "$BUSYWAIT_TIMEOUT" grep -q ^change "$tmpdir/events" || return
	: >"$tmpdir/events"
	steps <<-END || return
		mark
		send t.in src=10.9.9.9
		drop sa-selector by=sa
	END
	nf settings set selector-events on
	busywait "$BUSYWAIT_TIMEOUT" grep -q "^change " "$tmpdir/events" &&
		! grep "^selector" "$tmpdir/events"
}

main() {
	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 13
	ktap_test "unknown SPIs pass, or are dropped" unknown_spi
	ktap_test "default discard" discard 4
	ktap_test "default discard over IPv6" discard 6
	ktap_test "default discard: what came over an SA and leaves again" discard_again
	ktap_test "default discard without an SA or a policy" discard_alone
	ktap_test "default discard: what NAT changes" discard_nat
	ktap_test "default discard: ICMP" discard_errors
	ktap_test "exemptions that are ended" exempt_off
	ktap_test "default discard: one tunnel in another" nested
	ktap_test "ICMP types to this host" types 4 icmp
	ktap_test "ICMPv6 types to this host" types 6 icmpv6
	ktap_test "reports of a size are believed, or not" learn
	ktap_test "events of packets on a wrong SA, not one a packet" selector_events
	ktap_finish
}

main
