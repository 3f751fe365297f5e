#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# How the SA of a packet is found (RFC 4301 section 4.1): by the SPI with source
# and destination, with the destination, or alone, the longest match first.
#
# Topology: see peer.sh. The router has more addresses, that end in 3 and 4.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

addresses() {
	ip -n "$gate" -batch - <<-END
		addr add 192.0.2.3/24 dev wan0
		addr add 192.0.2.4/24 dev wan0
		addr add 2001:db8:1::3/64 dev wan0 nodad
		addr add 2001:db8:1::4/64 dev wan0 nodad
	END
}

# one SPI, three SAs, each with a key of its own
three() {
	local alg=(esp aes-gcm-128)

	[ "$1" != ah ] || alg=(ah hmac-sha256-128)
	begin "sa in t 0x1000 ${alg[*]} match spi $2 as alone" \
		"sa in t 4096 ${alg[*]} $2 as dst" \
		"sa in t 0x01000 ${alg[*]} match src-dst $2 as both" \
		"sa out t 0x1001 ${alg[*]} $2" \
		"protect t 10.1.0.0/16 10.2.0.0/16"
}

# order ADDR PEER OTHER-ADDR: which of them takes a packet
order() {
	steps <<-END
		send both
		took lan
		send dst osrc=$3
		took lan
		send alone osrc=$3 odst=$2
		took lan
		send alone odst=$2
		took lan
		# a longer match takes it even if it cannot open it
		send dst
		drop bad-icv by=sa
		send alone
		drop bad-icv by=sa
		send alone osrc=$3
		drop bad-icv by=sa
		# to an address that is not of this host
		send alone odst=$1
		count in-packets n=0
		flush
	END
}

order_case() {
	if [ "$2" = 4 ]; then
		three "$1" && order 10.1.0.2 192.0.2.3 192.0.2.77
	else
		three "$1" v6 && order 2001:db8:a::2 2001:db8:1::3 2001:db8:1::77
	fi
}

# as they go, the next shorter match is found; without any by the SPI alone no
# other one is looked for
removal() {
	three esp && steps <<-END
		nfipsec sa get dir in local $GATE4 spi 0x1000 match spi
		nfipsec sa get dir in local $GATE4 remote $PEER4 spi 0x1000 match src-dst
		nfipsec sa del dir in local $GATE4 remote $PEER4 spi 0x1000 match src-dst
		send dst
		took lan
		nfipsec sa del dir in local $GATE4 spi 0x1000
		send alone
		took lan
		# its name has no address
		nfipsec sa del dir in local 192.0.2.4 spi 0x1000 match spi
		send alone seq=9
		count in-unknown-spi
	END
}

# what is left of a move: the one that is found by its SPI keeps its key
changed() {
	begin "sas t 0x1000 esp aes-gcm-128 match spi" \
		"protect t 10.1.0.0/16 10.2.0.0/16" && steps <<-END || return
		send t.in odst=192.0.2.4
		took lan
		nfipsec tunnel move t local 192.0.2.3
		send t.in odst=192.0.2.4
		took lan
		send t.in odst=192.0.2.3
		took lan
		at t.out src=192.0.2.3
		lan
		wire t.out
	END
	nf list | grep "^tunnel t local 192.0.2.3 .* match spi"
}

crowd() {
	local _

	for _ in 1 2; do
		nf flush >/dev/null && clean &&
			key_of aes-gcm-128 >"$tmpdir/crowd.key" &&
			say crowd "$tmpdir/set" "$tmpdir/crowd.key" &&
			echo "$answer" &&
			policy dir in src 10.2.0.0/16 dst 10.1.0.0/16 protect t &&
			apply && say mark && say crowded || return
	done
}

main() {
	local family

	require_peer
	require_module
	topology
	addresses
	ktap_print_header
	ktap_set_plan 6
	for family in 4 6; do
		ktap_test "the longest match wins, ipv$family" order_case esp $family
	done
	ktap_test "the longest match wins, AH" order_case ah 4
	ktap_test "names, and what is left when one goes" removal
	ktap_test "any address of this host, moved or not" changed
	ktap_test "as a linear search finds them" crowd
	ktap_finish
}

main
