#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# AH on the wire, bit by bit: the ICV over a header whose mutable fields are
# zero, the reserved field, lengths and padding; then packets whose mutable
# fields have changed on the way, and packets that are cut or broken.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

AUTHS="hmac-sha256-128 hmac-sha384-192 hmac-sha512-256"
MORE_AUTHS="hmac-sha1-96 aes-xcbc-96 aes-cmac-96"

# tunnel ALG FAMILY WORD...: both directions
tunnel() {
	local alg=$1 v=$2 six=""

	shift 2
	[ "$v" = 4 ] || six=v6
	clean && steps <<-END
		sas t - ah $alg $six $*
		protect t 10.1.0.0/16 10.2.0.0/16
		protect t 2001:db8:a::/64 2001:db8:b::/64
		apply
		lan v=4 len=0
		wire t.out seq=1 next=4
		lan v=6 len=13 tos=0x55
		wire t.out seq=2 next=41 tos=0x55
		lan v=$v len=1300
		wire t.out seq=3
		send t.in v=4 len=0
		took lan
		send t.in v=6 len=13
		took lan
		send t.in v=$v len=1300
		took lan
		quiet
	END
}

# transport ALG FAMILY WORD...
transport() {
	local alg=$1 six="" gate_end=$GATE4 peer_end=$PEER4

	[ "$2" = 4 ] || { six=v6 gate_end=$GATE6 peer_end=$PEER6; }
	shift 2
	clean && steps <<-END
		sas t - ah $alg mode transport $six $*
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

algorithms() {
	local alg v

	for alg in $AUTHS; do
		for v in 4 6; do
			ktap_test "tunnel IPv$v, $alg" tunnel "$alg" $v
			ktap_test "transport IPv$v, $alg, 32-bit numbers" \
				transport "$alg" $v esn off
		done
		ktap_test "ICV padded to 8 octets, $alg" \
			tunnel "$alg" 4 icv-pad 8
	done
	v=4
	for alg in $MORE_AUTHS; do
		ktap_test "tunnel IPv$v, $alg" tunnel "$alg" $v
		v=$((10 - v))
	done
}

# the set for the tests below: a tunnel and two hosts
base() {
	clean && steps <<-END
		sas t - ah hmac-sha256-128
		sas u - ah hmac-sha256-128 v6
		sas h - ah hmac-sha512-256 mode transport
		sas k - ah hmac-sha512-256 mode transport v6
		protect t 10.1.0.0/16 10.2.0.0/16
		protect u 2001:db8:a::/64 2001:db8:b::/64
		protect h $GATE4 $PEER4
		protect k $GATE6 $PEER6
		apply
	END
}

# What may change on the way: alter sends another header than was authenticated
mutable_v4() {
	base && steps <<-END
		send t.in alter=1:0xfc
		took lan
		send t.in alter=8:0x01
		took lan
		send h.in alter=1:0x02 oopt=94040000
		took udp
		send h.in oopt=94040000
		took udp
		# record route and timestamp change, so that they are not covered
		send h.in oopt=0707040000000000 alter=25:9
		took udp
		send h.in oopt=0101440805000000000000000101 alter=28:7
		took udp
		quiet
		mark
		send h.in oopt=94040000 alter=22:1
		drop bad-icv by=sa
		send h.in alter=5:3
		drop bad-icv by=sa
		send h.in alter=15:9
		drop bad-icv by=sa
	END
}

mutable_v6() {
	base && steps <<-END
		send u.in v=6 alter=2:0x77
		took lan
		send u.in v=6 alter=7:9
		took lan
		send k.in oflow=0x12345 otos=0
		took udp
		send k.in oext=hbh-mutable alter=46:9
		took udp
		send k.in oext=hbh,rt,dst
		took udp
		quiet
		mark
		send k.in oext=dst alter=46:9
		drop bad-icv by=sa
		send k.in oext=dst,rt alter=60:9
		drop bad-icv by=sa
		send k.in alter=23:9
		drop bad-icv by=sa
	END
}

# a long chain does not fit where a short one is copied to
long_headers() {
	base && steps <<-END
		send k.in oext=hbh,dst,rt,rt,rt,rt
		took udp
		send h.in oopt=$(printf '01%.0s' {1..40})
		took udp
		quiet
	END
}

fragments() {
	base && steps <<-END
		send t.in len=500 ofrag=200
		took lan
		send u.in v=6 len=500 ofrag=200 order=2,0,1
		took lan
		send h.in len=500 ofrag=104
		took udp
		send k.in len=500 ofrag=104
		took udp
		send k.in len=500 ofrag=104 oext=dst
		took udp
		quiet
	END
}

# truncated SA WORD...: AH of every length
truncated() {
	base && say truncate "$@" && all_dropped
}

fuzzed() {
	base && steps <<-END
		fuzz t.in n=500 seed=4
		fuzz u.in v=6 n=500 seed=6
		lan
		wire t.out seq=1 skip=icmp
		lan v=6
		wire u.out seq=1 skip=icmp
		send h.in
		took udp
	END
}

main() {
	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 27
	algorithms
	ktap_test "mutable fields of IPv4" mutable_v4
	ktap_test "mutable fields of IPv6" mutable_v6
	ktap_test "long headers in front" long_headers
	ktap_test "fragments of AH" fragments
	ktap_test "cut at every octet, tunnel IPv4" truncated t.in
	ktap_test "cut at every octet, tunnel IPv6" truncated u.in v=6
	ktap_test "cut at every octet, transport IPv4" truncated h.in sink=udp
	ktap_test "cut at every octet, transport IPv6" truncated k.in sink=udp
	ktap_test "1000 broken packets" fuzzed
	ktap_finish
}

main
