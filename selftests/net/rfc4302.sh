#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What RFC 4302 wants of AH beside what is on the wire in every packet: what the
# ICV covers, and what it leaves out.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

NETS="10.1.0.0/16 10.2.0.0/16"
NETS6="2001:db8:a::/64 2001:db8:b::/64"

# Not looked at, but not to be changed either.
reserved() {
	begin "sas t - ah hmac-sha256-128" "protect t $NETS" \
		"sas u - ah hmac-sha256-128 v6" "protect u $NETS6" &&
		steps <<-END
		send t.in reserved=0xffff
		took lan
		send u.in v=6 reserved=1
		took lan
		mark
		send t.in reserved=0xffff flip=2
		drop bad-icv by=sa
	END
}

# Over IPv6, and with an option over IPv4, the ICV of 16 octets has 4 behind it.
padding() {
	local at

	begin "sas t - ah hmac-sha256-128 icv-pad 8" "protect t $NETS" \
		"sas u - ah hmac-sha256-128 v6" "protect u $NETS6" &&
		steps <<-END &&
		send t.in ahpad=deadbeef
		took lan
		send u.in v=6 ahpad=01ffff80
		took lan
		mark
	END
		for at in 28 29 30 31; do
			steps <<-END || return
				send u.in v=6 ahpad=01ffff80 flip=$at
				drop bad-icv by=sa
			END
		done
}

# whole_icv ALG OCTETS: each octet of the ICV counts
whole_icv() {
	local at

	begin "sas t - ah $1" "protect t $NETS" || return
	for ((at = 12; at < 12 + $2; at++)); do
		say send t.in "flip=$at" || return
	done
	steps <<-END
		drop bad-icv by=sa n=$2
		send t.in
		took lan
	END
}

# ESP behind an AH is payload to it: covered, and for somebody else.
inner_esp() {
	local esp=00004302000000010102030405060708090a0b0c0d0e0f10

	begin "sas h - ah hmac-sha256-128 mode transport" \
		"sas k - ah hmac-sha256-128 mode transport v6" \
		"protect h $GATE4 $PEER4" "protect k $GATE6 $PEER6" &&
		steps <<-END
		send h.in proto=esp l4=$esp
		count in-unknown-spi
		took raw
		send k.in proto=esp l4=$esp
		count in-unknown-spi
		took raw
		mark
		send h.in proto=esp l4=$esp flip=40
		drop bad-icv by=sa
		send k.in proto=esp l4=$esp flip=40
		drop bad-icv by=sa
		quiet
	END
}

# A header of fragments that stays on a whole packet is none of AH's business.
atomic_in() {
	begin "sas k - ah hmac-sha256-128 mode transport v6" \
		"sas u - ah hmac-sha512-256 v6" "protect u $NETS6" \
		"protect k $GATE6 $PEER6" &&
		steps <<-END
		send k.in oext=atomic
		took udp
		send k.in oext=hbh,rt,atomic,dst
		took udp
		send u.in v=6 oext=atomic
		took lan
		send u.in v=6 oext=dst,atomic
		took lan
		quiet
		mark
		send k.in oext=atomic flip=-1
		drop bad-icv by=sa
	END
}

# Nor is one on the way out: it is taken away.
atomic_out() {
	begin "sas k - ah hmac-sha256-128 mode transport v6" \
		"protect k $GATE6 $PEER6" &&
		steps <<-END
		local via=raw src=$GATE6 dst=$PEER6 proto=udp ext=atomic len=64
		wire k.out next=17 whole=1
		local via=raw src=$GATE6 dst=$PEER6 proto=udp ext=rt,atomic len=65
		wire k.out next=17 whole=1
	END
}

# Fragments are put together first. What cannot be is never looked into.
fragment() {
	begin "sas h - ah hmac-sha256-128 mode transport" \
		"sas k - ah hmac-sha256-128 mode transport v6" \
		"protect h $GATE4 $PEER4" "protect k $GATE6 $PEER6" &&
		steps <<-END
		send h.in len=300 ofrag=104
		took udp
		send k.in len=300 ofrag=104
		took udp
		mark
		send k.in len=300 ofrag=100 order=0
		drop reassembly
		send h.in len=300 ofrag=16 ostep=8 order=0,1
		drop reassembly
		count in-packets n=0
	END
}

# The stack fills options up with zeros, and the ICV covers those.
options() {
	begin "sas h - ah hmac-sha256-128 mode transport" \
		"protect h $GATE4 $PEER4" &&
		steps <<-END
		local dst=$PEER4 opt=010101
		wire h.out oopt=01010100
		local dst=$PEER4 opt=9404000001
		wire h.out oopt=9404000001000000
	END
}

main() {
	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 9
	ktap_test "a reserved field that is not zero" reserved
	ktap_test "padding of the ICV" padding
	ktap_test "each octet of the ICV, 16" whole_icv hmac-sha256-128 16
	ktap_test "each octet of the ICV, 32" whole_icv hmac-sha512-256 32
	ktap_test "ESP within AH" inner_esp
	ktap_test "an atomic fragment comes in" atomic_in
	ktap_test "an atomic fragment goes out" atomic_out
	ktap_test "fragments of AH" fragment
	ktap_test "options that are filled up" options
	ktap_finish
}

main
