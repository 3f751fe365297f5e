#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Each reason to drop a packet is provoked with a packet: the one counter goes
# up by one and no other does, also of the SA and of the policy that had to do
# with it, nothing comes out anywhere, and the kernel's log stays as it was.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

FAULTS=/sys/kernel/debug/failslab
PLAN=93

# provoke REASON BY NAME STEP...: the steps lead to one drop for that reason,
# which is counted under BY too: "sa", "policy", "sa,policy" or "-"; lint/drops
# looks for the reasons here
provoke() {
	ktap_test "$1: $3" provoked "$1" "$2" "${@:4}"
}

# STEP may begin with "+SINK": what comes out there is looked at by the steps
# that follow the drop
provoked() {
	local reason=$1 by=$2 step after=() but=-

	shift 2
	say flush || return 1
	for step in "$@"; do
		if [[ $step == +* ]]; then
			but=${step#+}
			but=${but%% *}
			after+=("${step#* }")
			continue
		fi
		steps <<<"$step" || return 1
	done
	say drop "$reason" "by=$by" "but=$but" || return 1
	[ "${#after[@]}" -eq 0 ] || printf '%s\n' "${after[@]}" | steps
}

# cannot_provoke REASON WHY: no packet leads there
cannot_provoke() {
	ktap_test_skip "$1" "$2"
}

set_up() {
	steps <<-END
		policy dir in priority 10 src 10.2.9.0/24 dst 10.1.0.0/16 discard
		policy dir out priority 10 src 10.1.0.0/16 dst 10.2.9.0/24 discard
		policy dir in priority 10 src 10.2.8.0/24 dst 10.1.0.0/16 bypass
		protect t 10.1.0.0/16 10.2.0.0/16
		protect six 2001:db8:a::/64 2001:db8:b::/64
		protect host $GATE4 $PEER4
		protect host6 $GATE6 $PEER6
		policy dir out src 10.1.0.0/16 dst 10.3.0.0/24 protect empty
		policy dir out src 10.1.0.0/16 dst 10.3.1.0/24 protect lost
		policy dir out src 10.1.0.0/16 dst 10.3.2.0/24 protect last
		sas t 0x1000 esp aes-gcm-128 esn off
		sa in t 0x1001 esp aes-cbc-128+hmac-sha256-128 as cbc
		sa in t 0x1002 esp chacha20-poly1305 check-padding off as anypad
		sa in t 0x1003 ah hmac-sha512-256 esn off as ah
		sa in narrow 0x1004 esp aes-gcm-128 src 10.2.0.0/16 dst 10.1.0.0/16 proto udp dport 4660
		sa in other 0x1005 esp aes-gcm-128
		sas six 0x1006 esp aes-gcm-256 v6
		sas host 0x1007 esp null+hmac-sha256-128 mode transport
		sa in hosta 0x1008 ah hmac-sha256-128 mode transport
		sas host6 0x1009 esp aes-gcm-192 mode transport v6
		sa in hosta6 0x100a ah hmac-sha384-192 mode transport v6
		sa out last 0x100b esp aes-gcm-128 esn off seq 4294967294
		sa out lost 0x100c esp aes-gcm-128 remote 203.0.113.9
		policy dir out priority 10 src 2001:db8:a::/64 dst 2001:db8:b::f/128 protect lost6
		sa out lost6 0x100d esp aes-gcm-128 v6 local 2001:db8:1::9
		sa in narrow 0x100e esp aes-gcm-128 as esponly src any dst any family ipv4 proto 50
		apply
		mark
	END
}

replay() {
	provoke replay-duplicate sa "the same packet again" \
		"send t.in seq=5" "took lan" "send t.in seq=5"
	provoke replay-duplicate sa "twice at once, transport" \
		"send host.in seq=5 dup=2" "+udp took udp"
	provoke replay-old sa "left of the window" \
		"send t.in seq=5000" "took lan" "send t.in seq=3976"
	provoke replay-old sa "AH" \
		"send ah seq=5000" "took lan" "send ah seq=1"
	provoke replay-invalid sa "number 0" "send t.in seq=0"
	provoke replay-invalid sa "number 0 with ESN" "send hosta.in seq=0"
}

integrity() {
	local flip

	for flip in 8 20 -17 -1; do
		provoke bad-icv sa "ESP, one bit at octet $flip" \
			"send t.in flip=$flip"
	done
	provoke bad-icv sa "CBC and HMAC, one bit" "send cbc flip=30"
	provoke bad-icv sa "ChaCha20, one bit" "send anypad flip=40"
	provoke bad-icv sa "another number than was authenticated" \
		"send t.in flip=5"
	for flip in 0 2 12 30 -1; do
		provoke bad-icv sa "AH, one bit at octet $flip" \
			"send ah flip=$flip"
	done
	provoke bad-icv sa "AH transport over IPv6" "send hosta6.in flip=-1"
}

trailers() {
	# 44 octets of inner packet: 2 of padding
	provoke bad-padding sa "padding 1, 3" "send t.in pad=0103"
	provoke bad-padding sa "padding of zeros" "send cbc pad=0000"
	provoke bad-padding sa "all of the payload is padding" \
		"send t.in padlen=46"
	provoke bad-trailer sa "one more than all" "send t.in padlen=47"
	provoke bad-trailer sa "pad length 255" "send cbc padlen=255"
	provoke bad-trailer sa "not inspected, but too long" \
		"send anypad padlen=47"
	provoke bad-length sa "no room for the ICV" "send t.in cut=20"
	provoke bad-length sa "nothing but header and ICV" "send t.in cut=32"
	provoke bad-length sa "no multiple of 4" "send t.in cut=63"
	provoke bad-length sa "no multiple of the block" "send cbc cut=76"
	provoke bad-length sa "AH without its ICV" "send ah cut=40"
	provoke bad-length sa "AH says it is longer" "send ah words=12"
	provoke bad-length sa "AH says it is shorter" "send ah words=2"
	provoke malformed sa "AH behind a broken IPv4 option" \
		"send hosta.in oopt=83010000"
	provoke malformed sa "AH behind an unused routing header" \
		"send hosta6.in oext=rt-left"
}

inner_v4() {
	provoke bad-inner sa "version 5" "send t.in ver=5"
	provoke bad-inner sa "version 6 in IPv4's place" \
		"send t.in v=6 next=4"
	provoke bad-inner sa "IPv4 in IPv6's place" "send t.in next=41"
	provoke bad-inner sa "header of 16 octets" "send t.in ihl=4"
	provoke bad-inner sa "header beyond the packet" "send t.in ihl=15"
	provoke bad-inner sa "longer than there is" "send t.in total=1"
	provoke bad-inner sa "shorter than its header" "send t.in total=-25"
	provoke bad-inner sa "header checksum" "send t.in badsum=1"
	provoke bad-inner sa "19 octets" \
		"send t.in raw=45000013000000004011000001020304050607"
	provoke bad-inner sa "no octets at all" "send t.in raw="
}

inner_v6() {
	provoke bad-inner sa "version 7" "send six.in v=6 ver=7"
	provoke bad-inner sa "longer than there is, IPv6" \
		"send six.in v=6 total=1"
	provoke bad-inner sa "from ::1" "send six.in src=::1 dst=2001:db8:a::2"
	provoke bad-inner sa "to ::1" "send six.in src=2001:db8:b::2 dst=::1"
	provoke bad-inner sa "multicast source" \
		"send six.in src=ff02::1 dst=2001:db8:a::2"
	provoke bad-inner sa "to node-local multicast" \
		"send six.in src=2001:db8:b::2 dst=ff01::1"
	provoke bad-inner sa "39 octets, IPv6" \
		"send six.in next=41 raw=6000000000001140$(printf '00%.0s' {1..31})"
}

modes() {
	provoke wrong-mode sa "TCP in a tunnel SA" "send t.in next=6"
	provoke wrong-mode sa "in AH" "send ah next=50"
	provoke dummy sa "tunnel mode" "send t.in next=59"
	provoke dummy sa "transport mode" "send host.in next=59"
	provoke dummy sa "AH" "send ah next=59"
	provoke ecn sa "IPv4" "send t.in otos=3"
	provoke ecn sa "IPv6" "send six.in v=6 otos=3"
	provoke ecn sa "AH" "send ah otos=3"
	provoke too-deep sa "six layers" "send t.in nest=5"
}

policies_in() {
	provoke sa-selector sa "port" "send narrow.in dport=1"
	provoke sa-selector sa "protocol" "send narrow.in proto=tcp"
	provoke sa-selector sa "source" "send narrow.in src=10.3.0.2"
	provoke sa-selector sa "an SA for UDP around another SA" \
		"send narrow.in src=$PEER4 dst=$GATE4 proto=esp l4=0000100000ffff00$(printf '00%.0s' {1..40})"
	provoke bad-icv sa "an SA for ESP around another SA" \
		"send esponly src=$PEER4 dst=$GATE4 proto=esp l4=0000100000ffff00$(printf '00%.0s' {1..40})"
	provoke policy-mismatch sa,policy "another tunnel" "send other.in"
	provoke policy-mismatch sa,policy "bypass" "send t.in src=10.2.8.2"
	provoke policy-discard sa,policy "protected" "send t.in src=10.2.9.2"
	provoke policy-discard policy "in clear" "clear src=10.2.9.2"
	provoke no-policy sa "IPv4" "send t.in src=10.3.0.2"
	provoke no-policy sa "IPv6 in IPv4" "send t.in v=6 src=2001:db8:c::2"
	provoke cleartext policy "IPv4" "clear"
	provoke cleartext policy "IPv6" "clear v=6"
	provoke cleartext policy "to the router itself" \
		"clear src=$PEER4 dst=$GATE4"
	provoke reassembly - "overlapping fragments" \
		"send t.in ofrag=16 ostep=8 order=0,1"
	provoke reassembly - "overlapping fragments, IPv6" \
		"send six.in v=6 ofrag=16 ostep=8 order=0,1"
	provoke reassembly - "IPv6, a fragment of odd length" \
		"send six.in v=6 ofrag=20 order=0"
}

outbound() {
	provoke policy-discard policy "out" "lan dst=10.2.9.2"
	provoke no-sa policy "a tunnel without one" "lan dst=10.3.0.2"
	provoke no-route sa,policy "to the peer" "lan dst=10.3.1.2"
	provoke no-route sa,policy "from an address that is not ours" \
		"lan v=6 dst=2001:db8:b::f"
	provoke too-big sa,policy "IPv4, DF" "lan df=1 len=1472" \
		"+lan icmp lan type=3 code=4"
	provoke too-big sa,policy "IPv6" "lan v=6 len=1452" \
		"+lan icmp lan type=2"
	provoke fragment sa,policy "in transport mode" \
		"local via=raw src=$GATE4 dst=$PEER4 mf=1 error=EINVAL"
	provoke fragment sa,policy "in transport mode, IPv6" \
		"local via=raw src=$GATE6 dst=$PEER6 ext=first error=EINVAL"
	provoke seq-exhausted sa,policy "behind the last number" \
		"lan dst=10.3.2.2" "wire last.out seq=4294967295" \
		"lan dst=10.3.2.2"
}

# somebody's rule changes the addresses between our two looks at them
nat() {
	if ! in_gate nft -f - <<-END
		table ip t {
			chain forward {
				type filter hook forward priority 0
				ct state new accept
			}
			chain between {
				type filter hook postrouting priority 150
				ip daddr 10.2.7.2 ip saddr set 10.9.9.9
			}
		}
	END
	then
		ktap_test_skip "nat: addresses changed" "no nft here"
		return
	fi
	provoke nat - "addresses changed" "lan dst=10.2.7.2"
	in_gate nft flush ruleset
}

super_packet() {
	modprobe -q tun
	if ! ip -n "$gate" tuntap add dev tun0 mode tun vnet_hdr ||
	   ! ip -n "$gate" link set tun0 up; then
		ktap_test_skip "gso: a broken super-packet" "no tun device here"
		return
	fi
	provoke gso sa,policy "a broken super-packet" "gso tun0"
}

# no_memory: the packet has to be moved to make room in front of it
no_memory() {
	if [ ! -w $FAULTS/probability ]; then
		cannot_provoke no-memory "this kernel injects no faults"
		return
	fi
	provoke no-memory sa,policy "an allocation fails" \
		"local dst=10.2.0.2 src=10.1.0.1" "wire t.out" \
		"fail_slab" "local dst=10.2.0.2 src=10.1.0.1 fault=on error=ENOMEM"
}

# the next atomic allocation of a task that asks for it fails
fail_slab() {
	echo Y >$FAULTS/task-filter
	echo Y >$FAULTS/ignore-gfp-wait
	echo 0 >$FAULTS/verbose
	echo 0 >$FAULTS/space
	echo 1 >$FAULTS/interval
	echo 100 >$FAULTS/probability
	echo 1 >$FAULTS/times
}

main() {
	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan $PLAN
	ktap_test "set up" set_up
	note_log
	replay
	integrity
	trailers
	inner_v4
	inner_v6
	modes
	policies_in
	outbound
	nat
	super_packet
	no_memory
	cannot_provoke crypto-error "only a driver that fails gets there"
	cannot_provoke checksum "the kernel warns of a packet that gets there"
	ktap_test "the kernel has logged nothing" log_quiet
	ktap_finish
}

main
