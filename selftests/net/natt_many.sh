#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# More than one peer behind NAT: they share an address, an SPI, or the addresses
# behind them, and must be kept apart or refused (RFC 3948 section 5).
#
# Topology: see peer.sh. The peer plays NATs: 192.0.2.2 and 192.0.2.13.
#
# One family: NAT is what IPv4 has; net/natt.sh has ESP in UDP over both

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

NAT2=192.0.2.13

# refused TEXT WORD...: nfipsec says so
refused() {
	local text=$1 said

	shift
	said=$(nf "$@" 2>&1) && {
		echo "not refused: $*"
		return 1
	}
	[[ $said == *"$text"* ]] && return
	echo "$said instead of: $text"
	return 1
}

# Two clients behind one NAT that have chosen the same SPI; their keys are in
# two files, as the SPI is written in two ways.
one_nat() {
	begin "sas a 0x1000 esp aes-gcm-128 encap 4500:1024" \
		"sa in b 0x1001 esp aes-gcm-128 encap 4500:1025" \
		"sa out b 4096 esp aes-gcm-128 encap 4500:1025" \
		"protect a 10.1.0.0/16 10.2.1.0/24" \
		"protect b 10.1.0.0/16 10.2.2.0/24" && steps <<-END || return
		lan dst=10.2.1.5
		wire a.out
		lan dst=10.2.2.5
		wire b.out
		send a.in src=10.2.1.5
		took lan
		send b.in src=10.2.2.5
		took lan
		# the NAT gives one of them another port: the other one stays
		send b.in src=10.2.2.5 udp=2000:4500
		took lan
		count moves
		at b.out udp=4500:2000
		lan dst=10.2.2.5
		wire b.out
		lan dst=10.2.1.5
		wire a.out
		# each in the name of the other
		send a.in src=10.2.2.5
		drop policy-mismatch by=sa,policy
		nfipsec tunnel move b encap 4500:3000
		at b.out udp=4500:3000
		lan dst=10.2.2.5
		wire b.out seq=3
		lan dst=10.2.1.5
		wire a.out seq=3
	END
	refused "no SA of this direction" sa del dir out remote "$PEER4" spi 0x1000 &&
		refused "an SA of this direction" tunnel move b encap 4500:1024 &&
		steps <<-END
		nfipsec sa get dir out remote $PEER4 spi 0x1000 encap 4500:3000
		nfipsec sa del dir out remote $PEER4 spi 0x1000 encap 4500:3000
		lan dst=10.2.2.5
		drop no-sa by=policy
		# the only one now
		nfipsec sa del dir out remote $PEER4 spi 0x1000
		lan dst=10.2.1.5
		drop no-sa by=policy
	END
}

# Two NATs, and behind each a client of the same address
two_nats() {
	local words=(esp aes-gcm-128 encap 4500 key-file "$tmpdir/other.key")

	key_of aes-gcm-256 | cut -c 1-64 >"$tmpdir/other.key"
	begin "sas a 0x1000 esp aes-gcm-128 encap 4500:1024" \
		"sas b 0x1001 esp aes-gcm-128 encap 4500:1024 remote $NAT2" \
		"protect a 10.1.0.0/16 10.2.0.7/32" \
		"policy dir out priority 2000 src 10.1.0.0/16 dst 10.2.0.7/32 protect b" \
		"policy dir in priority 2000 src 10.2.0.7/32 dst 10.1.0.0/16 protect b" &&
		refused "a policy of this direction, priority and selector exists" \
			tunnel add c local "$GATE4" remote "$NAT2" \
			protect 10.1.0.0/16 10.2.0.7/32 "${words[@]}" && steps <<-END
		send a.in src=10.2.0.7
		took lan
		send b.in src=10.2.0.7
		drop policy-mismatch by=sa,policy
		lan dst=10.2.0.7
		wire a.out
	END
}

# L2TP (RFC 3193), the client's own address is in its checksum
l2tp() {
	begin "sas h 0x1000 esp aes-gcm-128 mode transport encap 4500:1024 orig-remote 192.168.0.2" \
		"policy dir in src $PEER4 dst $GATE4 proto udp dport 1701 protect h" \
		"policy dir out src $GATE4 dst $PEER4 proto udp sport 1701 protect h" &&
		steps <<-END
		send h.in src=192.168.0.2 sport=1701 dport=1701 len=50
		took udp
		local src=$GATE4 dst=$PEER4 sport=1701 dport=1701 len=50
		wire h.out
		# a port that the client's system has chosen
		send h.in src=192.168.0.2 sport=50001 dport=1701
		took udp
		local src=$GATE4 dst=$PEER4 sport=1701 dport=50001
		wire h.out
		# in clear it is refused, and what is no L2TP may not come by the SA
		clear src=$PEER4 dst=$GATE4 sport=1701 dport=1701
		drop cleartext by=policy
		send h.in src=192.168.0.2 dport=1702
		drop no-policy by=sa
	END
}

# Two such clients: the same ports are refused, others are kept apart
l2tp_two() {
	local words=(src "$PEER4" dst "$GATE4" proto udp)

	begin "sas h 0x1000 esp aes-gcm-128 mode transport encap 4500:1024 orig-remote 192.168.0.2" \
		"sas i 0x1001 esp aes-gcm-128 mode transport encap 4500:1025 orig-remote 192.168.0.3" \
		"policy dir in ${words[*]} sport 1701 dport 1701 protect h" \
		"policy dir in ${words[*]} sport 1702 dport 1701 protect i" \
		"policy dir out src $GATE4 dst $PEER4 proto udp sport 1701 dport 1701 protect h" \
		"policy dir out src $GATE4 dst $PEER4 proto udp sport 1701 dport 1702 protect i" &&
		refused "a policy of this direction, priority and selector exists" \
			policy add dir in "${words[@]}" sport 1701 dport 1701 protect i &&
		steps <<-END
		send h.in src=192.168.0.2 sport=1701 dport=1701
		took udp
		send i.in src=192.168.0.3 sport=1702 dport=1701
		took udp
		local src=$GATE4 dst=$PEER4 sport=1701 dport=1701
		wire h.out
		local src=$GATE4 dst=$PEER4 sport=1701 dport=1702
		wire i.out
		send i.in src=192.168.0.3 sport=1701 dport=1701
		drop policy-mismatch by=sa,policy
	END
}

# RFC 7296 section 2.23.1: what comes by an SA has the addresses of after NAT for
# policies and selectors, and those of before for its checksum alone
new_addresses() {
	begin "sa in h 0x1000 esp aes-gcm-128 mode transport encap 4500:1024 orig-remote 192.168.0.2 orig-local 203.0.113.5 src $PEER4 dst $GATE4" \
		"policy dir in src 192.168.0.2 dst $GATE4 priority 1 discard" \
		"policy dir in src $PEER4 dst 203.0.113.5 priority 1 discard" \
		"policy dir in src $PEER4 dst $GATE4 protect h" && steps <<-END
		send h.in src=192.168.0.2 dst=203.0.113.5 len=31
		took udp
	END
}

# Whoever speaks IKE here has the ports that ESP leaves with, before and after it
# says that they are others.
with_ike() {
	begin "sas t 0x1000 esp aes-gcm-128 encap 4500:1024" \
		"protect t 10.1.0.0/16 10.2.0.0/16" "protect t $GATE4 $PEER4" && steps <<-END
		local src=$GATE4 dst=$PEER4 sport=4500 dport=1024 payload=0000000001
		took wan
		lan
		wire t.out
		nfipsec tunnel move t encap 4500:1030
		at t.out udp=4500:1030
		lan
		wire t.out
		local src=$GATE4 dst=$PEER4 sport=4500 dport=1030 payload=0000000001
		took wan
	END
}

main() {
	require_peer
	require_module
	topology
	ip -n "$gate" neigh add "$NAT2" lladdr "$MAC_PEER" dev wan0
	ktap_print_header
	ktap_set_plan 6
	ktap_test "two peers behind one NAT, with one SPI" one_nat
	ktap_test "two NATs, one address behind them" two_nats
	ktap_test "L2TP through NAT" l2tp
	ktap_test "two L2TP clients behind one NAT" l2tp_two
	ktap_test "policies know the new addresses, checksums the old" new_addresses
	ktap_test "with the ports that IKE has" with_ike
	ktap_finish
}

main
