#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ESP on the wire, bit by bit: what the module sends is taken apart and what it
# gets is put together by ipsec_peer.py, for each algorithm, mode and family;
# then the outer header, and packets that are cut, odd or broken.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

TRANSFORMS="aes-gcm-128 aes-gcm-192 aes-gcm-256 chacha20-poly1305
	null+hmac-sha256-128 null+hmac-sha384-192 null+hmac-sha512-256
	aes-cbc-128+hmac-sha256-128 aes-cbc-192+hmac-sha384-192
	aes-cbc-256+hmac-sha512-256"
MORE_TRANSFORMS="aes-gcm-128-64 aes-gcm-256-96 aes-ccm-128 aes-ccm-192-64 aes-ccm-256-96
	aes-gmac-128 aes-ctr-128+hmac-sha1-96 aes-ctr-256+aes-xcbc-96
	legacy-3des-cbc+hmac-sha1-96 null+aes-cmac-96 null+aes-xcbc-96"

# both_ways ALG FAMILY ESN [WORD...]: tunnel mode, payloads of several lengths
both_ways() {
	local alg=$1 v=$2 esn=$3 six=""

	shift 3
	[ "$v" = 4 ] || six=v6
	clean && steps <<-END
		sas t - esp $alg esn $esn $six $*
		protect t 10.1.0.0/16 10.2.0.0/16
		protect t 2001:db8:a::/64 2001:db8:b::/64
		apply
		lan v=$v len=0
		wire t.out seq=1 ttl=64 tos=0
		lan v=$v len=1
		wire t.out seq=2
		lan v=$v len=2
		wire t.out seq=3
		lan v=$v len=1300
		wire t.out seq=4
		send t.in v=$v len=0
		took lan
		send t.in v=$v len=1
		took lan
		send t.in v=$v len=1300
		took lan
		quiet
	END
}

# host_to_host ALG FAMILY ESN: transport mode
host_to_host() {
	local alg=$1 v=$2 esn=$3 six="" gate_end=$GATE4 peer_end=$PEER4

	[ "$v" = 4 ] || six=v6 gate_end=$GATE6 peer_end=$PEER6
	clean && steps <<-END
		sas t - esp $alg mode transport esn $esn $six
		protect t $gate_end $peer_end
		apply
		local dst=$peer_end len=0
		wire t.out seq=1 tos=0 next=17
		local dst=$peer_end len=11 tos=0x58
		wire t.out seq=2 tos=0x58
		local dst=$peer_end len=1200
		wire t.out seq=3
		send t.in len=0
		took udp
		send t.in len=1
		took udp
		send t.in len=1300
		took udp
		quiet
	END
}

# each of them in both modes, and with 32-bit numbers in one of them
algorithms() {
	local alg v=4 w=6

	for alg in $TRANSFORMS; do
		ktap_test "tunnel IPv$v, $alg" both_ways "$alg" $v on
		ktap_test "transport IPv$w, $alg, 32-bit numbers" \
			host_to_host "$alg" $w off
		v=$((10 - v)) w=$((10 - w))
	done
	for alg in $MORE_TRANSFORMS; do
		ktap_test "tunnel IPv$v, $alg" both_ways "$alg" $v on
		v=$((10 - v))
	done
	for v in 4 6; do
		ktap_test "tunnel IPv$v, 32-bit numbers" \
			both_ways aes-gcm-128 $v off
		ktap_test "transport IPv$v" host_to_host aes-gcm-128 $v on
	done
}

# mixed OUTER: the other family inside
mixed() {
	local six="" inner=6

	[ "$1" = 4 ] || { six=v6 inner=4; }
	clean && steps <<-END
		sas t - esp aes-gcm-128 $six
		protect t 10.1.0.0/16 10.2.0.0/16
		protect t 2001:db8:a::/64 2001:db8:b::/64
		apply
		lan v=$inner
		wire t.out next=$([ $inner = 4 ] && echo 4 || echo 41)
		send t.in v=$inner
		took lan
		quiet
	END
}

# outer WORDS STEP...: an outbound SA with these words, then the steps
outer() {
	local more=$1

	shift
	clean && steps <<-END && printf '%s\n' "$@" | steps
		sas t - esp aes-gcm-128 $more
		protect t 10.1.0.0/16 10.2.0.0/16
		protect t 2001:db8:a::/64 2001:db8:b::/64
		apply
	END
}

# it must repeat neither a number nor an IV
key_comes_back() {
	clean && steps <<-END
		sas t - esp $1
		protect t 10.1.0.0/16 10.2.0.0/16
		apply
		lan
		wire t.out seq=1 iv=counts
		nfipsec sa flush
		apply
		lan
		wire t.out seq=2 iv=counts
		nfipsec flush
		apply
		lan
		wire t.out seq=3 iv=counts
	END
}

outer_header() {
	ktap_test "a key that comes back goes on" key_comes_back aes-gcm-128
	ktap_test "the same of a cipher" \
		key_comes_back aes-ctr-256+hmac-sha256-128
	ktap_test "DF is copied" outer "" \
		"lan df=1" "wire t.out df=1" "lan df=0" "wire t.out df=0" \
		"lan v=6" "wire t.out df=1"
	ktap_test "DF is set" outer "df set" \
		"lan df=0" "wire t.out df=1" "lan v=6" "wire t.out df=1"
	ktap_test "DF is cleared" outer "df clear" \
		"lan df=1" "wire t.out df=0" "lan v=6" "wire t.out df=0"
	ktap_test "DS field is copied, ECN with it" outer "" \
		"lan tos=0xb9" "wire t.out tos=0xb9" \
		"lan v=6 tos=0x2b" "wire t.out tos=0x2b"
	ktap_test "DSCP of the SA, ECN of the packet" outer "dscp 46" \
		"lan tos=0x02" "wire t.out tos=0xba" \
		"lan v=6 tos=0x01 flow=0x12345" "wire t.out tos=0xb9"
	ktap_test "the same over IPv6" outer "dscp 10 ttl 33 v6" \
		"lan tos=0x02" "wire t.out tos=0x2a ttl=33" \
		"lan v=6 flow=0x12345 tos=0xff" "wire t.out tos=0x2b ttl=33"
	ktap_test "TTL" outer "ttl 7" \
		"lan ttl=200" "wire t.out ttl=7" "lan ttl=2" "wire t.out ttl=7"
	ktap_test "ECN on the way in (RFC 6040)" outer "" \
		"send t.in tos=0xba otos=3" "took lan tos=0xbb" \
		"send t.in tos=0x02 otos=1" "took lan tos=0x01" \
		"send t.in tos=0x01 otos=2" "took lan tos=0x01" \
		"send t.in tos=0x03 otos=0" "took lan tos=0x03" \
		"send t.in tos=0x00 otos=2" "took lan tos=0x00" \
		"send t.in v=6 tos=0x02 otos=0x0b" "took lan tos=0x03"
}

accepted() {
	ktap_test "padding for flow confidentiality is cut off" outer "" \
		"send t.in tfc=1" "took lan" "send t.in tfc=900" "took lan" \
		"send t.in v=6 tfc=7" "took lan" "send t.in total=-4" "took lan"
	ktap_test "255 octets of padding" outer "" \
		"send t.in len=19 pad=$(printf '%02x' {1..255})" "took lan"
	ktap_test "other padding, not inspected" outer "check-padding off" \
		"send t.in pad=0909" "took lan"
	ktap_test "IPv4 options in front of ESP" outer "" \
		"send t.in oopt=94040000" "took lan"
	ktap_test "extension headers in front of ESP" outer v6 \
		"send t.in v=6 oext=hbh" "took lan" \
		"send t.in v=6 oext=dst,rt" "took lan" \
		"send t.in v=6 oext=hbh,rt,dst" "took lan" \
		"send t.in v=6 oext=atomic" "took lan" \
		"send t.in v=6 oext=hbh,atomic,dst" "took lan"
	ktap_test "fragments of ESP" outer "" \
		"send t.in len=600 ofrag=200" "took lan" \
		"send t.in len=600 ofrag=200 order=3,1,0,2" "took lan"
	ktap_test "fragments of ESP over IPv6" outer v6 \
		"send t.in v=6 len=600 ofrag=200" "took lan" \
		"send t.in v=6 len=600 ofrag=200 order=2,1,0,3" "took lan"
	ktap_test "inner extension headers" outer v6 \
		"send t.in v=6 ext=hbh" "took lan" \
		"send t.in v=6 ext=hbh,dst,rt" "took lan" \
		"send t.in v=6 ext=atomic" "took lan"
	ktap_test "inner hop-by-hop header in IPv4" outer "" \
		"send t.in v=6 ext=hbh" "took lan"
	ktap_test "inner IPv4 options and fragments" outer "" \
		"send t.in opt=94040000" "took lan" \
		"send t.in mf=1" "took lan" "send t.in off=800" "took lan"
}

# transport mode keeps the headers in front
transport_headers() {
	clean && steps <<-END
		sas t - esp aes-gcm-128 mode transport v6
		sas u - esp aes-gcm-128 mode transport
		protect t $GATE6 $PEER6
		protect u $GATE4 $PEER4
		apply
		send t.in oext=hbh
		took udp
		send t.in oext=dst,rt
		took udp
		send t.in oext=atomic
		took udp
		send t.in ofrag=16
		took udp
		send u.in oopt=94040000
		took udp
		send u.in ofrag=16 order=1,0,2,3
		took udp
		quiet
	END
}

# truncated ALG MODE FAMILY HOW: ESP and AH of every length
truncated() {
	local mode=$2 six="" sink=lan
	local near=10.1.0.0/16 far=10.2.0.0/16

	[ "$3" = 4 ] || { six=v6 near=2001:db8:a::/64 far=2001:db8:b::/64; }
	if [ "$mode" = transport ]; then
		sink=udp near=$GATE4 far=$PEER4
		[ "$3" = 4 ] || { near=$GATE6 far=$PEER6; }
	fi
	clean && steps <<-END || return 1
		sa in t - esp $1 mode $mode $six
		protect t $near $far
		apply
		truncate t.in v=$3 sink=$sink how=$4
	END
	[ "$4" = frame ] || {
		all_dropped
		return
	}
	# the stack saw that before us
	[[ $answer =~ ^[0-9]+$ ]] && return
	echo "$answer"
	return 1
}

cut_short() {
	local mode v

	for mode in tunnel transport; do
		for v in 4 6; do
			ktap_test "cut at every octet, $mode IPv$v" \
				truncated aes-gcm-128 $mode $v length
		done
	done
	ktap_test "cut at every octet, CBC" \
		truncated aes-cbc-128+hmac-sha256-128 tunnel 4 length
	ktap_test "frame cut at every octet" truncated aes-gcm-128 tunnel 4 frame
	ktap_test "frame cut at every octet, IPv6" \
		truncated aes-gcm-128 tunnel 6 frame
}

# fuzzed FAMILY
fuzzed() {
	local six=""

	[ "$1" = 4 ] || six=v6
	clean && steps <<-END
		sas t - esp aes-gcm-128 $six
		protect t 10.1.0.0/16 10.2.0.0/16
		protect t 2001:db8:a::/64 2001:db8:b::/64
		apply
		fuzz t.in n=1000 seed=$1
		lan
		wire t.out seq=1 skip=icmp
		send t.in v=6
		took lan
	END
}

main() {
	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 67
	algorithms
	ktap_test "IPv6 in IPv4" mixed 4
	ktap_test "IPv4 in IPv6" mixed 6
	outer_header
	accepted
	ktap_test "transport mode behind other headers" transport_headers
	cut_short
	ktap_test "1000 broken packets" fuzzed 4
	ktap_test "1000 broken packets, IPv6" fuzzed 6
	ktap_finish
}

main
