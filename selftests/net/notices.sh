#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Notices: ECN fields that no sender makes (RFC 6040 section 4.2) and ICMP errors
# (RFC 4301 section 6) are told to who listens, few a second, or not at all; the
# packets are handled the same, and the kernel's log has nothing of them.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

# family 4|6: the words of a set between the two networks, a router outside, and
# types of ICMP: unreachable, "too big", time exceeded
family() {
	icmp=icmp proto=1 near=10.1.0.2 far=10.2.0.2 gate_end=$GATE4 v6=
	outside=192.0.2.77 nets="10.1.0.0/16 10.2.0.0/16"
	list=icmp-notices unreach=3 big="type=3 code=4" told_big="icmp_type=3 icmp_code=4"
	exceeded=11 small=60
	[ "$1" = 4 ] && return
	icmp=icmpv6 proto=58 near=2001:db8:a::2 far=2001:db8:b::2 gate_end=$GATE6 v6=v6
	outside=2001:db8:1::77 nets="2001:db8:a::/64 2001:db8:b::/64"
	list=icmpv6-notices unreach=1 big="type=2 code=0" told_big="icmp_type=2 icmp_code=0"
	exceeded=3 small=1200
}

# set_up FAMILY
set_up() {
	family "$1"
	begin "sas t - esp aes-gcm-128 $v6" "protect t $nets"
}

ecn() {
	set_up "$1" && steps <<-END
		pairs t.in v=$1
		send t.in v=$1 otos=2
		took lan
		notice kind=ecn reason=ecn-unused tunnel=t sa=t.in inner=1 ecn_inner=not-ect ecn_outer=ect0
	END
}

ecn_of_ah() {
	begin "sas a - ah hmac-sha256-128" "protect a 10.1.0.0/16 10.2.0.0/16" && steps <<-END
		send a.in tos=3 otos=1
		took lan
		notice kind=ecn reason=ecn-unused tunnel=a sa=a.in inner=1 ecn_inner=ce ecn_outer=ect1
	END
}

ecn_flood() {
	set_up "$1" && steps <<-END
		flood t.in v=$1 otos=1 n=200
	END
}

# off: as before, counted, and not a word
ecn_off() {
	set_up "$1" && steps <<-END
		nfipsec settings set ecn-notices off
		mark
		send t.in v=$1 otos=2
		took lan tos=0
		send t.in v=$1 tos=3 otos=1
		took lan tos=3
		counted in-ecn-unused=2
		mark
		send t.in v=$1 otos=3
		drop ecn by=sa
		no_notice
		nfipsec settings set ecn-notices on
		send t.in v=$1 otos=2
		took lan
		notice kind=ecn reason=ecn-unused tunnel=t sa=t.in inner=1 ecn_inner=not-ect ecn_outer=ect0
	END
}

# a packet of ours has left, for reports to be about
sent() {
	say lan "src=$near" "dst=$far" && say wire t.out
}

# heard WORD...: what a notice of a report has
heard() {
	say notice kind=icmp "src=$outside" "dst=$gate_end" proto=$proto "$@"
}

icmp_lists() {
	set_up "$1" && steps <<-END
		sent
		# none
		report src=$outside type=$unreach code=1
		no_notice
		# some
		nfipsec settings set $list $unreach
		report src=$outside type=$exceeded
		report src=$outside type=$unreach code=1
		heard reason=passed icmp_type=$unreach icmp_code=1 quoted=t.out
		no_notice
		# all, and no other family's
		nfipsec settings set $list all
		report src=$outside type=$exceeded
		heard reason=passed icmp_type=$exceeded icmp_code=0 quoted=t.out
		# what is no error is none of it
		clear src=$outside dst=$gate_end proto=$icmp l4=${NO_ERROR[$1]}
		# about nothing of ours
		clear src=$outside dst=$gate_end proto=$icmp quotes=$gate_end,$outside,udp
		heard reason=passed icmp_type=$unreach icmp_code=1
		no_notice
		nfipsec settings set $list none
		report src=$outside type=$exceeded
		no_notice
	END
}

# what was done with it
icmp_fates() {
	set_up "$1" && steps <<-END
		nfipsec settings set $list all
		sent
		report src=$outside $big mtu=$small
		heard reason=pmtu-small $told_big mtu=$small quoted=t.out
		report src=$outside $big mtu=1400 seq=1000000
		heard reason=pmtu-old $told_big mtu=1400 quoted=t.out
		report src=$outside $big mtu=1400
		heard reason=pmtu-learnt $told_big mtu=1400 quoted=t.out
		# dropped
		nfipsec settings set learn-pmtu off
		report src=$outside $big mtu=1300
		heard reason=icmp-type $told_big mtu=1300 quoted=t.out
		clear src=$outside dst=$near proto=$icmp quotes=$near,$far,udp
		say notice kind=icmp src=$outside dst=$near proto=$proto reason=cleartext tunnel=t icmp_type=$unreach icmp_code=1
		# over the SA, for a host behind this one
		send t.in src=$outside dst=$near proto=$icmp quotes=$near,$far,udp
		took lan
		say notice kind=icmp sa=t.in inner=1 tunnel=t reason=passed icmp_type=$unreach icmp_code=1
		send t.in src=$outside dst=$near proto=$icmp quotes=$near,$outside,udp
		say notice kind=icmp sa=t.in inner=1 tunnel=t reason=no-policy icmp_type=$unreach icmp_code=1
	END
}

# a flood of one kind keeps nothing from the other
icmp_flood() {
	set_up "$1" && steps <<-END
		nfipsec settings set $list all
		sent
		reports t.in v=$1 n=60 src=$outside type=$exceeded
	END
}

main() {
	local f

	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 14
	note_log
	say hear_notices || exit "$KSFT_FAIL"
	for f in 4 6; do
		ktap_test "ecn, ipv$f: each pair, and who is told" ecn $f
		ktap_test "ecn, ipv$f: off" ecn_off $f
		ktap_test "ecn, ipv$f: a flood" ecn_flood $f
		ktap_test "icmp, ipv$f: none, some, all" icmp_lists $f
		ktap_test "icmp, ipv$f: what was done" icmp_fates $f
		ktap_test "icmp, ipv$f: a flood is none of ecn's" icmp_flood $f
	done
	ktap_test "ecn: AH" ecn_of_ah
	ktap_test "the kernel has logged nothing" log_quiet
	ktap_finish
}

# an echo reply of each family, which nobody answers
declare -A NO_ERROR=([4]=0000ffff00000000 [6]=8100000000000000)

main
