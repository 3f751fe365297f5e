#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What must never come again, or never be foreseen: implicit IVs (RFC 8750), the IV
# of GMAC in AH (RFC 4543), one key for both directions, and IVs of CBC.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

NETS="10.1.0.0/16 10.2.0.0/16"

# implicit ALG FAMILY ESN: the packet ends 8 octets earlier than one with an IV;
# ipsec_wire.py makes the nonce
implicit() {
	local six="" near=10.1.0.0/16 far=10.2.0.0/16 whole=1376

	[ "$2" = 4 ] || six=v6 near=2001:db8:a::/64 far=2001:db8:b::/64 whole=1416
	[[ $1 != *-64-* ]] || : $((whole -= 8))
	clean && steps <<-END
		sas t - esp $1 esn $3 $six
		protect t $near $far
		apply
		mark
		lan v=$2 len=0
		wire t.out seq=1
		lan v=$2 len=1
		wire t.out seq=2
		lan v=$2 len=1300
		wire t.out seq=3 len=$whole
		send t.in v=$2 len=0
		took lan
		send t.in v=$2 len=1
		took lan
		send t.in v=$2 len=1300
		took lan
		quiet
		send t.in v=$2 flip=-1
		drop bad-icv by=sa
	END
}

# mtu ALG: of the largest packet that fits
mtu() {
	sed -n 's/.*inner mtu \([0-9]*\).*/\1/p' <<<"$1"
}

# the 8 octets are room for the packet inside
more_room() {
	local with without

	clean && steps <<-END || return 1
		sa out t 0x1001 esp aes-gcm-128
		sa out u 0x1002 esp aes-gcm-128-iiv
		apply
	END
	with=$(mtu "$(nf sa get dir out remote $PEER4 spi 0x1001 esp)")
	without=$(mtu "$(nf sa get dir out remote $PEER4 spi 0x1002 esp)")
	echo "inner MTU $with, without IV $without"
	[ "$without" -eq $((with + 8)) ]
}

# all 64 bits of the number are the IV, and the receiver has to know the high ones
# before it can decrypt
across() {
	local edge=$((1 << 32))

	clean && steps <<-END
		sas t - esp $1 seq $((edge - 2)) replay-window 64
		protect t $NETS
		apply
		mark
		lan
		wire t.out seq=$((edge - 1))
		lan
		wire t.out seq=$edge
		lan
		wire t.out seq=$((edge + 1))
		send t.in seq=$((edge - 1))
		took lan
		send t.in seq=$((edge + 5))
		took lan
		send t.in seq=$edge
		took lan
		quiet
		# another high half is another nonce
		send t.in seq=$((2 * edge + 7))
		drop bad-icv by=sa
	END
}

# the last number of 32 bits, and none behind it
used_up() {
	clean && steps <<-END
		sa out t - esp aes-gcm-128-iiv esn off seq 4294967294
		policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t
		apply
		mark
		lan
		wire t.out seq=4294967295
		lan
		drops seq-exhausted=1
		quiet wan
	END
}

# a key that comes back, under another SPI too, goes on
goes_on() {
	local key

	key=$(key_of "$2")
	clean && KEY=$key steps <<-END || return 1
		sa out t 0x2001 $1 $2
		policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t
		apply
		lan
		wire t.out seq=1 $3
		nfipsec sa flush
		apply
		lan
		wire t.out seq=2 $3
	END
	clean && KEY=$key steps <<-END
		sa out t 0x2002 $1 $2 seq 2
		policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t
		apply
		lan
		wire t.out seq=3
	END
}

# refused MESSAGE WORD...: nfipsec says no
refused() {
	local want=$1 said

	shift
	if said=$(nf "$@" 2>&1); then
		echo "it was not refused"
		return 1
	fi
	[[ $said == *"$want"* ]] && return
	echo "$said"
	return 1
}

# one SA; so that what is refused is refused by the kernel alone
one_sa() {
	echo "sa add tunnel $1 dir $2 local $GATE4 remote $PEER4 spi $3 $4 $5 key-file $tmpdir/$6"
}

lower_number() {
	clean && steps <<-END || return 1
		nfipsec flush
		sa out t 0x3001 esp aes-gcm-128-iiv seq 10
		apply
		nfipsec flush
	END
	# shellcheck disable=SC2046 # words
	refused "higher numbers" $(one_sa t out 0x3002 esp aes-gcm-128-iiv key.out.0x3001) seq 5
}

many_senders() {
	key_of aes-gcm-128-iiv >"$tmpdir/group"
	refused "the address of one host" sa add tunnel t dir out local $GATE4 remote 233.252.0.1 \
		spi 0x3001 esp aes-gcm-128-iiv key-file "$tmpdir/group" &&
		refused "the address of one host" sa add tunnel t dir in local ff0e::db8:1 \
			remote $PEER6 spi 0x3001 esp aes-gcm-128-iiv key-file "$tmpdir/group"
}

# both_ways PROTO ALG: what the operator would do at three in the morning
both_ways() {
	nf flush
	key_of "$2" >"$tmpdir/one"
	# shellcheck disable=SC2046 # words
	nf $(one_sa t in 0x4001 "$1" "$2" one) &&
		refused "the other direction has this key" $(one_sa t out 0x4002 "$1" "$2" one)
}

# another salt is enough; and two keys may be turned round in one transaction, at
# whose end nothing has both
turned_round() {
	local key

	key=$(key_of aes-gcm-128)
	echo "$key" >"$tmpdir/one"
	echo "${key::-8}$(printf '%08x' $((0x${key: -8} ^ 1)))" >"$tmpdir/other"
	{
		one_sa t in 0x4001 esp aes-gcm-128 one
		one_sa t out 0x4002 esp aes-gcm-128 other
	} | sed 's/^sa add/sa/' >"$tmpdir/before"
	{
		one_sa t out 0x4003 esp aes-gcm-128 one
		one_sa t in 0x4004 esp aes-gcm-128 other
	} | sed 's/^sa add/sa/' >"$tmpdir/turned"
	nf apply "$tmpdir/before" && nf apply "$tmpdir/turned" || return 1
	# what the file alone does not show
	refused "the other direction has this key" apply --add "$tmpdir/before" &&
		[ "$(nf sa list | grep -c '0x0000400[34]')" -eq 2 ]
}

# a hash alone has no nonce
hash_both_ways() {
	key_of hmac-sha256-128 >"$tmpdir/one"
	nf flush
	# shellcheck disable=SC2046 # words
	nf $(one_sa t in 0x4001 ah hmac-sha256-128 one) &&
		nf $(one_sa t out 0x4002 ah hmac-sha256-128 one)
}

# gmac ALG FAMILY WORD...: IV, tag, and over IPv6 four octets of padding: see
# ah_blank() in ipsec_wire.py
gmac() {
	local alg=$1 v=$2 six=""

	shift 2
	[ "$v" = 4 ] || six=v6
	clean && steps <<-END
		sas t - ah $alg $six $*
		protect t 10.1.0.0/16 10.2.0.0/16
		protect t 2001:db8:a::/64 2001:db8:b::/64
		apply
		mark
		lan v=4 len=0
		wire t.out seq=1 next=4 iv=counts
		lan v=6 len=13 tos=0x55
		wire t.out seq=2 next=41 tos=0x55 iv=counts
		lan v=$v len=1300
		wire t.out seq=3 iv=counts
		send t.in v=4 len=0
		took lan
		send t.in v=6 len=13
		took lan
		send t.in v=$v len=1300
		took lan
		quiet
		# the IV, the ICV, and what is behind them
		send t.in flip=19
		drop bad-icv by=sa
		send t.in flip=20
		drop bad-icv by=sa
		send t.in flip=-1
		drop bad-icv by=sa
		send t.in
		took lan
	END
}

gmac_between_hosts() {
	local six="" gate_end=$GATE4 peer_end=$PEER4

	[ "$2" = 4 ] || six=v6 gate_end=$GATE6 peer_end=$PEER6
	clean && steps <<-END
		sas t - ah $1 mode transport $six esn off
		protect t $gate_end $peer_end
		apply
		local dst=$peer_end len=0
		wire t.out seq=1 next=17
		local dst=$peer_end len=333 tos=0x44
		wire t.out seq=2 tos=0x44
		send t.in len=0
		took udp
		send t.in len=333
		took udp
		quiet
	END
}

gmac_refused() {
	key_of aes-gmac-128 >"$tmpdir/one"
	key_of null+hmac-sha256-128 >"$tmpdir/two"
	# shellcheck disable=SC2046 # words
	refused "GMAC is refused" $(one_sa t out 0x5001 esp null+aes-gmac-128 one) &&
		refused "not an integrity algorithm" $(one_sa t out 0x5001 ah aes-gcm-128 one)
}

random_ivs() {
	clean && steps <<-END
		sa out t - esp $1
		policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t
		apply
		ivs t.out n=$2
	END
}

main() {
	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 31
	ktap_test "implicit IV, aes-gcm-128-iiv" implicit aes-gcm-128-iiv 4 on
	ktap_test "implicit IV, aes-gcm-192-iiv, 32-bit numbers" implicit aes-gcm-192-iiv 6 off
	ktap_test "implicit IV, aes-gcm-256-iiv, 32-bit numbers" implicit aes-gcm-256-iiv 4 off
	ktap_test "implicit IV, aes-ccm-128-64-iiv, 32-bit numbers" \
		implicit aes-ccm-128-64-iiv 4 off
	ktap_test "implicit IV, aes-ccm-192-64-iiv" implicit aes-ccm-192-64-iiv 6 on
	ktap_test "implicit IV, aes-ccm-256-64-iiv" implicit aes-ccm-256-64-iiv 4 on
	ktap_test "implicit IV, chacha20-poly1305-iiv" implicit chacha20-poly1305-iiv 6 on
	ktap_test "implicit IV, chacha20-poly1305-iiv, 32-bit numbers" \
		implicit chacha20-poly1305-iiv 4 off
	ktap_test "eight octets more for the packet inside" more_room
	ktap_test "implicit IV across 2^32, aes-gcm-256-iiv" across aes-gcm-256-iiv
	ktap_test "implicit IV across 2^32, aes-ccm-128-64-iiv" across aes-ccm-128-64-iiv
	ktap_test "implicit IV across 2^32, chacha20-poly1305-iiv" across chacha20-poly1305-iiv
	ktap_test "implicit IV, no number is left" used_up
	ktap_test "implicit IV, a key that comes back goes on" goes_on esp aes-gcm-128-iiv
	ktap_test "implicit IV, refused: a number that was sent" lower_number
	ktap_test "implicit IV, refused: many senders to a group" many_senders
	ktap_test "one key for both directions, aes-gcm-128-iiv" both_ways esp aes-gcm-128-iiv
	ktap_test "one key for both directions, aes-gcm-256" both_ways esp aes-gcm-256
	ktap_test "one key for both directions, aes-ccm-128" both_ways esp aes-ccm-128
	ktap_test "one key for both directions, aes-gmac-128 in AH" both_ways ah aes-gmac-128
	ktap_test "one key for both directions, aes-ctr-128" both_ways esp aes-ctr-128+aes-xcbc-96
	ktap_test "one key for both directions, a hash" hash_both_ways
	ktap_test "two keys that are turned round" turned_round
	ktap_test "GMAC in AH, tunnel IPv4" gmac aes-gmac-128 4
	ktap_test "GMAC in AH, tunnel IPv6" gmac aes-gmac-256 6
	ktap_test "GMAC in AH, ICV padded to 8 octets" gmac aes-gmac-192 4 icv-pad 8
	ktap_test "GMAC in AH, transport IPv4" gmac_between_hosts aes-gmac-256 4
	ktap_test "GMAC in AH, transport IPv6" gmac_between_hosts aes-gmac-128 6
	ktap_test "GMAC in AH, a key that comes back goes on" goes_on ah aes-gmac-128 iv=counts
	ktap_test "GMAC beside a cipher is refused" gmac_refused
	ktap_test "IVs of CBC are random" random_ivs aes-cbc-128+hmac-sha256-128 2048
	ktap_finish
}

main
