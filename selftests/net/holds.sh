#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Ways in past the boundary, those that the other tests do not try:
# Documentation/security.rst has the list of all of them. Whatever somebody does
# to the packets on their way, only what was protected is taken, as what it is.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

# family 4|6: the words of a set between the two networks
family() {
	f=$1 v6='' v='' own=10.1.0.1 nets="10.1.0.0/16 10.2.0.0/16"
	here=$GATE4 there=$PEER4
	[ "$1" = 4 ] && return
	v6=v6 v=v=6 own=2001:db8:a::1 nets="2001:db8:a::/64 2001:db8:b::/64"
	here=$GATE6 there=$PEER6
}

# chosen on|off: by tc, each packet that comes in gets the socket of our port
chosen() {
	if [ "$1" = off ]; then
		in_gate tc qdisc del dev wan0 clsact
		return
	fi
	in_gate tc qdisc add dev wan0 clsact 2>/dev/null &&
		in_gate tc filter add dev wan0 ingress bpf direct-action \
			object-pinned "$tmpdir/bpf/assign" 2>/dev/null && return
	echo "no programs for tc"
	return "$KSFT_SKIP"
}

# make_program: for chosen, which skips if there is none
make_program() {
	mkdir "$tmpdir/bpf" && mount -t bpf none "$tmpdir/bpf" || return
	at_exit "umount '$tmpdir/bpf'"
	say assign "$tmpdir/bpf/assign" || ktap_print_msg "no BPF"
}

# The socket is for the packet outside, and not for what was in it: nobody
# listens at port 9.
#
# socket_case FAMILY WORD...: of the SAs
socket_case() {
	local rc

	family "$1"
	begin "sas t - esp aes-gcm-128 ${*:2} $v6" "protect t $nets" || return
	chosen on || return
	steps <<-END
		clear src=$there dst=$here dport=9
		took udp
		send t.in $v dst=$own dport=9
		refused t.out
		send t.in $v
		took lan
		send t.in $v dst=$own
		took udp
		quiet
	END
	rc=$?
	chosen off
	return "$rc"
}

# What is decrypted in place is somebody else's memory as well.
overheard_case() {
	family "$1"
	begin "sas t - esp aes-gcm-128 $v6" "sa in t - ah hmac-sha256-128 $v6 as ah" \
		"sa in t - esp aes-cbc-128+hmac-sha256-128 encap 4500 $v6 as udp" \
		"sas h - esp aes-gcm-128 mode transport $v6" "protect t $nets" \
		"protect h $here $there" &&
		steps <<-END
		overheard t.in $v
		overheard t.in $v len=1300
		overheard ah $v len=100
		overheard udp $v len=100
		overheard h.in sink=udp
		overheard t.in $v dst=$own sink=udp
	END
}

# merge FEATURE: what the router's link does to datagrams that follow each other,
# and so long that they do
merge() {
	in_gate ethtool -K wan0 gro on "$1" on 2>/dev/null &&
		ip netns exec "$gate" sh -c \
			'echo 50000000 >/sys/class/net/wan0/gro_flush_timeout' && return
	echo "nothing to merge datagrams"
	return "$KSFT_SKIP"
}

no_merge() {
	in_gate ethtool -K wan0 gro off rx-udp-gro-forwarding off rx-gro-list off
	ip netns exec "$gate" sh -c 'echo 0 >/sys/class/net/wan0/gro_flush_timeout'
}

# merged_case FAMILY FEATURE
merged_case() {
	local rc

	family "$1"
	begin "sas t - esp aes-gcm-128 encap 4500 $v6" "protect t 10.1.0.0/16 10.2.0.0/16" \
		"protect t 2001:db8:a::/64 2001:db8:b::/64" || return
	merge "$2" || return
	steps <<-END
		merged t.in $v usum=right len=200
		merged t.in $v usum=right len=1200
		count in-packets n=16
		merged t.in $v usum=right len=100 bad=3
		drop bad-icv by=sa
		# what is of another family is received anew
		merged t.in v=$((10 - f)) usum=right
	END
	rc=$?
	no_merge
	return "$rc"
}

# The pieces of a datagram wait at the router, where a stranger's would fit in.
spoofed_case() {
	family "$1"
	begin "sas t - esp aes-gcm-128 $v6" "protect t $nets" &&
		steps <<-END
		spoofed t.in $v dst=$own len=600 ofrag=208 id=21
		took udp
		drops cleartext=1
		nft add table inet track
		nft add chain inet track local { type filter hook input priority 0 ; }
		nft add rule inet track local ct state invalid drop
		mark
		spoofed t.in $v dst=$own len=600 ofrag=208 id=22
		took udp
		drops cleartext=1
		nft flush ruleset
	END
}

# sources that nobody can have, and the addresses of this host alone
inner_v4() {
	family 4
	begin "sas t - esp aes-gcm-128" "policy dir in src any dst any family ipv4 protect t" &&
		steps <<-END
		send t.in src=127.0.0.1
		send t.in src=127.0.0.1 dst=10.1.0.1
		send t.in dst=127.0.0.1
		send t.in src=224.0.0.5
		send t.in src=224.0.0.5 dst=10.1.0.1
		send t.in src=255.255.255.255 dst=10.1.0.1
		send t.in src=0.0.0.0
		send t.in dst=0.0.0.0
		send t.in
		took lan
		quiet
	END
}

inner_v6() {
	family 6
	begin "sas t - esp aes-gcm-128 v6" "policy dir in src any dst any family ipv6 protect t" &&
		steps <<-END
		send t.in src=::1 dst=2001:db8:a::2
		drop bad-inner by=sa
		send t.in src=::1 dst=$own
		drop bad-inner by=sa
		send t.in v=6 dst=::1
		drop bad-inner by=sa
		send t.in src=ff02::5 dst=2001:db8:a::2
		drop bad-inner by=sa
		send t.in src=ff02::5 dst=$own
		drop bad-inner by=sa
		send t.in v=6 dst=ff01::1
		drop bad-inner by=sa
		send t.in v=6
		took lan
		quiet
	END
}

# As long as nobody says otherwise, another IPsec may want it.
nobodys_case() {
	family "$1"
	begin "sas t - esp aes-gcm-128 $v6" "sas g - esp aes-gcm-128 $v6" \
		"protect t $nets" &&
		steps <<-END
		nfipsec sa flush tunnel g
		mark
		send g.in $v
		took raw
		count in-unknown-spi
		quiet
	END
}

# as many layers as there may be, and one more
nested_in() {
	family "$1"
	begin "sas t - esp aes-gcm-128 $v6" "protect t $nets" &&
		steps <<-END
		send t.in $v nest=3
		took lan
		mark
		send t.in $v nest=4
		drop too-deep by=sa
	END
}

main() {
	local n

	require_peer
	require_command tc ethtool nft
	require_module
	topology
	make_program
	ktap_print_header
	ktap_set_plan 18
	for n in 4 6; do
		ktap_test "a socket chosen by tc, ipv$n" socket_case $n
		ktap_test "a socket chosen by tc, ESP in UDP, ipv$n" \
			socket_case $n encap 4500
		ktap_test "somebody listens on the link, ipv$n" overheard_case $n
		ktap_test "ESP in UDP merged by the device, ipv$n" \
			merged_case $n rx-udp-gro-forwarding
		ktap_test "ESP in UDP put in a list by the device, ipv$n" \
			merged_case $n rx-gro-list
		ktap_test "a stranger's piece of a datagram, ipv$n" spoofed_case $n
		ktap_test "addresses that nobody has, ipv$n" inner_v$n
		ktap_test "ESP that no SA is for, ipv$n" nobodys_case $n
		ktap_test "tunnels in tunnels, ipv$n" nested_in $n
	done
	ktap_finish
}

main
