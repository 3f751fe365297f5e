#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Packets as drivers and sockets really hand them over: super-packets, with the
# checksum still to be made, cloned, in pieces, in pages of somebody else. What
# arrives must be what was sent. The topology is in esp_tunnel_lib.sh.

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

BULK=$((1 << 20))

# offload on|off NS DEV FEATURE...
offload() {
	local feature words=()

	for feature in "${@:4}"; do
		words+=("$feature" "$1")
	done
	in_ns "$2" ethtool -K "$3" "${words[@]}" >/dev/null 2>&1
}

# everywhere on|off FEATURE...: on each device but the internet's
everywhere() {
	local on=$1

	shift
	offload "$on" "$hosta" eth0 "$@"
	offload "$on" "$rtra" lan0 "$@"
	offload "$on" "$rtra" wan0 "$@"
	offload "$on" "$rtrb" lan0 "$@"
	offload "$on" "$rtrb" wan0 "$@"
	offload "$on" "$hostb" eth0 "$@"
}

# set_lan_mtu MTU: of both LANs
set_lan_mtu() {
	ip -n "$hosta" link set eth0 mtu "$1"
	ip -n "$rtra" link set lan0 mtu "$1"
	ip -n "$hostb" link set eth0 mtu "$1"
	ip -n "$rtrb" link set lan0 mtu "$1"
}

# tcp_both FAMILY [WORD...]: forwarded and local, both ways
tcp_both() {
	local family=$1

	shift
	forget_pmtu
	t tcp "$hosta" "${HOST_A[$family]}" "$hostb" "${HOST_B[$family]}" \
		size=$BULK "$@" || return
	t tcp "$hostb" "${HOST_B[$family]}" "$hosta" "${HOST_A[$family]}" \
		size=$BULK "$@" || return
	t tcp "$rtra" "${LAN_A[$family]}" "$rtrb" "${LAN_B[$family]}" \
		size=$BULK "$@"
}

# nothing_lost: but "too big", and never a super-packet or a checksum
nothing_lost() {
	only_protected && no_drops "$rtra" "$rtrb"
}

matrix_case() {
	tcp_both 4 && tcp_both 6 && nothing_lost
}

# test_offloads: TSO and GRO on and off, at different hops
test_offloads() {
	everywhere on tso gso gro tx
	ktap_test "TSO and GRO everywhere" matrix_case
	everywhere off tso gso gro
	ktap_test "TSO and GRO nowhere" matrix_case
	offload on "$hosta" eth0 tso gso
	offload on "$hostb" eth0 tso gso
	ktap_test "super-packets of the hosts" matrix_case
	everywhere off tso gso
	offload on "$rtra" lan0 gro
	offload on "$rtrb" lan0 gro
	ktap_test "super-packets made by the routers' GRO" matrix_case
	everywhere on tso gso
	offload off "$rtra" wan0 tso gso gro
	offload off "$rtrb" wan0 tso gso gro
	ktap_test "super-packets, but not on the WAN" matrix_case
	everywhere on tso gso
	everywhere off gro
}

test_mtus() {
	local mtu

	for mtu in 1400 9000; do
		set_lan_mtu $mtu
		ktap_test "super-packets, LAN MTU $mtu" matrix_case
	done
	set_lan_mtu 1500
}

# --- checksums ---

# small_case: datagrams of odd and even sizes, one without a checksum
small_case() {
	local family size

	for family in 4 6; do
		for size in 1 2 333 1200; do
			t udp "$hosta" "${HOST_A[$family]}" "$hostb" \
				"${HOST_B[$family]}" size=$size count=3 || return
			t udp "$rtra" "${LAN_A[$family]}" "$rtrb" \
				"${LAN_B[$family]}" size=$size || return
		done
		t tcp "$hosta" "${HOST_A[$family]}" "$hostb" \
			"${HOST_B[$family]}" size=10000 how=small || return
	done
	t udp "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 nocsum=1 && nothing_lost
}

# A host whose driver makes no checksums: the packet that is cut before
# protection must have its own by then. That is what happens over IPv4, as long
# as no host knows how much fits; over IPv6 it must know.
fragment_case() {
	local before

	forget_pmtu
	before=$(counted "$rtra" out-fragmented)
	t udp "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 df=dont size=1440 || return
	[ "$(counted "$rtra" out-fragmented)" -gt "$before" ] || {
		echo "nothing was cut before protection"
		return 1
	}
	learn_mtu "$hosta" fd01::2 "$hostb" fd02::2 || return
	t udp "$hosta" fd01::2 "$hostb" fd02::2 df=dont size=1440 || return
	nothing_lost
}

sctp_case() {
	local family

	modprobe -q sctp 2>/dev/null
	[ -d /proc/sys/net/sctp ] || {
		echo "no SCTP"
		return "$KSFT_SKIP"
	}
	for family in 4 6; do
		t tcp "$hosta" "${HOST_A[$family]}" "$hostb" \
			"${HOST_B[$family]}" proto=sctp size=300000 || return
		t tcp "$rtra" "${LAN_A[$family]}" "$rtrb" \
			"${LAN_B[$family]}" proto=sctp size=300000 || return
	done
	nothing_lost
}

test_checksums() {
	everywhere off tx
	ktap_test "checksums made by the senders" small_case
	ktap_test "cut to fit, checksums made by the senders" fragment_case
	everywhere on tx tso gso
	ktap_test "checksums left to the devices" small_case
	ktap_test "cut to fit, checksums left to the devices" fragment_case
	ktap_test "SCTP" sctp_case
}

# --- UDP super-packets ---

udp_case() {
	local family size

	for family in 4 6; do
		for size in 1200 1000 200; do
			t udp "$hosta" "${HOST_A[$family]}" "$hostb" \
				"${HOST_B[$family]}" gso=$size size=12000 || return
			t udp "$rtra" "${LAN_A[$family]}" "$rtrb" \
				"${LAN_B[$family]}" gso=$size size=11000 || return
		done
	done
	nothing_lost
}

# Segments that do not fit cannot be made smaller: the sender hears it.
udp_big_case() {
	forget_pmtu
	t lost "$rtra" 10.1.0.1 "$rtrb" 10.2.0.1 df="do" gso=1460 size=8760 &&
		expect_seen error=EMSGSIZE || return
	forget_pmtu
	t lost "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 df="do" gso=1460 size=8760 ||
		return
	# the host has heard it by ICMP
	ip -n "$hosta" route get 10.2.0.2 | grep -q "mtu 1446" && return
	echo "the host did not learn the size"
	return 1
}

# Or it lets routers cut, super-packet or not.
udp_cut_case() {
	forget_pmtu
	t udp "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 df=dont gso=1440 size=7200 &&
		nothing_lost
}

# Super-packets inside of others, between the routers themselves
vxlan() {
	ip -n "$1" link add vx type vxlan id 7 local "$2" remote "$3" \
		dstport 4789 && ip -n "$1" link set vx up &&
		ip -n "$1" addr add "$4" dev vx
}

vxlan_case() {
	local rc=0 before

	new_key "$tmpdir/vx.key"
	cmd_ok nf "$rtra" tunnel add vx local 192.0.2.1 remote 198.51.100.1 \
		mode transport esp aes-gcm-128 key-file "$tmpdir/vx.key" &&
		cmd_ok nf "$rtrb" tunnel add vx local 198.51.100.1 \
			remote 192.0.2.1 mode transport esp aes-gcm-128 \
			key-file "$tmpdir/vx.key" &&
		vxlan "$rtra" 192.0.2.1 198.51.100.1 10.5.0.1/24 &&
		vxlan "$rtrb" 198.51.100.1 192.0.2.1 10.5.0.2/24 || rc=1
	before=$(dropped "$rtra" too-big)
	t tcp "$rtra" 10.5.0.1 "$rtrb" 10.5.0.2 size=1000000 timeout=30 &&
		t tcp "$rtrb" 10.5.0.2 "$rtra" 10.5.0.1 size=1000000 timeout=30 ||
		rc=1
	same_drops "$rtra" too-big "$before" || rc=1
	ip -n "$rtra" link del vx
	ip -n "$rtrb" link del vx
	[ "$rc" -eq 0 ] && only_protected
}

# --- memory ---

# Memory that belongs to a file or to the sender, and is not one piece
paged_case() {
	tcp_both 4 how=sendfile && tcp_both 6 how=zerocopy && nothing_lost
}

# What is seen by a capture is shared with it, and TCP's packets with what is
# kept to be sent again: nobody's copy may be written to.
start_captures() {
	local ns n=0

	for ns in "$hosta" "$rtra" "$inet" "$rtrb" "$hostb"; do
		: $((n += 1))
		# not in_ns: of a function, $! is the shell that waits for it
		nsenter --net="/run/netns/$ns" tcpdump -i any -n -U \
			-w "$tmpdir/any.$n" >/dev/null 2>&1 &
		echo $! >>"$tmpdir/captures"
	done
	for n in 1 2 3 4 5; do
		busywait "$BUSYWAIT_TIMEOUT" test -s "$tmpdir/any.$n" || return
	done
}

# stop_captures: they have gone on to the end
stop_captures() {
	local pid rc=0

	while read -r pid; do
		kill "$pid" || rc=1
	done <"$tmpdir/captures"
	rm -f "$tmpdir"/any.* "$tmpdir/captures"
	return "$rc"
}

# lossy add|del: some of what the internet passes on
lossy() {
	local dev

	for dev in toa tob; do
		in_ns "$inet" tc qdisc "$1" dev $dev root netem loss 5% || return
	done
}

clone_case() {
	local rc=0 family

	lossy add 2>/dev/null || {
		lossy del 2>/dev/null
		echo "no netem"
		return "$KSFT_SKIP"
	}
	start_captures || rc=1
	for family in 4 6; do
		t tcp "$hosta" "${HOST_A[$family]}" "$hostb" "${HOST_B[$family]}" \
			size=200000 timeout=120 || rc=1
		t tcp "$rtrb" "${LAN_B[$family]}" "$rtra" "${LAN_A[$family]}" \
			size=200000 timeout=120 || rc=1
	done
	stop_captures || rc=1
	lossy del
	[ "$rc" -eq 0 ] && nothing_lost
}

# Every echo is seen twice by the tap in front of us and once behind: in
# another family's tunnel the packet comes by a second time.
capture_case() {
	local rc=0

	start_captures || rc=1
	t ping "$hosta" fd01::2 fd02::2 count=5 size=900 &&
		t udp "$hosta" fd01::2 "$hostb" fd02::2 count=5 size=1300 &&
		t udp "$hosta" fd01::2 "$hostb" fd02::2 hbh=1 count=2 || rc=1
	stop_captures || rc=1
	[ "$rc" -eq 0 ] && nothing_lost
}

site_begin 20 ethtool tcpdump tc
site_tunnel gso 4 4 6 --
only_protected >/dev/null
test_offloads
test_mtus
test_checksums
ktap_test "UDP super-packets" udp_case
ktap_test "UDP super-packets that do not fit" udp_big_case
ktap_test "UDP super-packets that may be cut" udp_cut_case
ktap_test "pages of files and senders" paged_case
ktap_test "captured, lost, and sent again" clone_case
ktap_test "captured, and received twice" capture_case
site_flush
ktap_test "super-packets in VXLAN" vxlan_case
site_flush
site_end
