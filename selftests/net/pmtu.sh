#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sizes: what does not fit into a tunnel is cut before protection where that is
# allowed, and where it is not the sender hears how much fits. Reports of
# routers about our own packets are believed only when they quote one. The
# topology is in esp_tunnel_lib.sh.

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

# octets of the IP and UDP headers
declare -A UDP_HEAD=([4]=28 [6]=48)

# inner_mtu OUTER-FAMILY OUTER-MTU: what AES-GCM in tunnel mode leaves of it:
# outer header, SPI, number, IV and ICV off, then a multiple of 4 that has room
# for two octets of trailer
inner_mtu() {
	local room=$(($2 - 20 - ($1 == 6) * 20 - 8 - 8 - 16))

	echo $((room / 4 * 4 - 2))
}

# told MTU INNER [WAN]: a forwarded host hears it from its own router, exactly
# that passes, and one octet more does not. The first packet is as large as the
# WAN's MTU: a larger one is the stack's to report.
told() {
	local a=${HOST_A[$2]} b=${HOST_B[$2]} fits=$(($1 - UDP_HEAD[$2]))

	forget_pmtu
	t mtu "$hosta" "$a" "$b" size=$((${3:-1500} - UDP_HEAD[$2])) &&
		expect_seen "mtu=$1" "from=${LAN_A[$2]}" || return
	t udp "$hosta" "$a" "$hostb" "$b" df=do size=$fits || return
	forget_pmtu
	t mtu "$hosta" "$a" "$b" size=$((fits + 1)) && expect_seen "mtu=$1"
}

# told_local MTU INNER: the router's own sockets, too, at the first packet
told_local() {
	local a=${LAN_A[$2]} b=${LAN_B[$2]} fits=$(($1 - UDP_HEAD[$2]))

	forget_pmtu
	t mtu "$rtra" "$a" "$b" size=$((1500 - UDP_HEAD[$2])) &&
		expect_seen "mtu=$1" send=EMSGSIZE || return
	t udp "$rtra" "$a" "$rtrb" "$b" df=do size=$fits || return
	t tcp "$rtra" "$a" "$rtrb" "$b" size=300000
}

# tcp_learns INNER: a connection finds its size, and loses next to no time
tcp_learns() {
	forget_pmtu
	t tcp "$hosta" "${HOST_A[$1]}" "$hostb" "${HOST_B[$1]}" size=300000 &&
		t tcp "$hostb" "${HOST_B[$1]}" "$hosta" "${HOST_A[$1]}" size=300000
}

# uncut INNER: a sender that leaves the cutting to others
uncut() {
	local size before

	forget_pmtu
	before=$(counted "$rtra" out-fragmented)
	for size in 1420 1472 4000 20000; do
		t udp "$hosta" "${HOST_A[$1]}" "$hostb" "${HOST_B[$1]}" size=$size \
			df=dont || return
		t udp "$rtra" "${LAN_A[$1]}" "$rtrb" "${LAN_B[$1]}" size=$size \
			df=dont || return
	done
	[ "$(counted "$rtra" out-fragmented)" -gt "$before" ] && return
	echo "nothing was fragmented before protection"
	return 1
}

test_full() {
	local out in mtu

	for out in 4 6; do
		site_tunnel full $out 4 6 --
		mtu=$(inner_mtu $out 1500)
		for in in 4 6; do
			ktap_test "ipv$in in ipv$out: a host hears $mtu" \
				told "$mtu" $in
			ktap_test "ipv$in in ipv$out: a local socket hears it" \
				told_local "$mtu" $in
			ktap_test "ipv$in in ipv$out: TCP" tcp_learns $in
		done
		ktap_test "ipv4 in ipv$out: without DF" uncut 4
		site_flush
	done
}

# --- small links ---

# v6_minimum: what IPv6 promises to carry passes without a word
v6_minimum() {
	forget_pmtu
	t udp "$hosta" fd01::2 "$hostb" fd02::2 df=do size=1232 &&
		t udp "$rtrb" fd02::1 "$rtra" fd01::1 df=do size=1232 &&
		t ping "$hosta" fd01::2 fd02::2 size=1232
}

# v6_floor: who sends more hears 1280 and no less
v6_floor() {
	forget_pmtu
	t mtu "$hosta" fd01::2 fd02::2 size=1400 && expect_seen mtu=1280 || return
	t tcp "$hosta" fd01::2 "$hostb" fd02::2 size=300000
}

test_small() {
	local out wan mtu

	for out in 4 6; do
		site_tunnel small $out 4 6 --
		for wan in 1400 1280; do
			set_wan_mtu $wan
			mtu=$(inner_mtu $out $wan)
			ktap_test "WAN MTU $wan over ipv$out: IPv4 hears $mtu" \
				told "$mtu" 4 "$wan"
			ktap_test "WAN MTU $wan over ipv$out: IPv6 of 1280" \
				v6_minimum
			ktap_test "WAN MTU $wan over ipv$out: TCP over IPv4" \
				tcp_learns 4
		done
		ktap_test "WAN MTU 1280 over ipv$out: IPv6 hears 1280" v6_floor
		set_wan_mtu 1500
		site_flush
	done
}

# --- what routers on the way say ---

# route_mtu FAMILY: what rtra knows of the path to its peer
route_mtu() {
	local route

	route=$(ip -n "$rtra" route get "${WAN_B[$1]}") || return
	[[ $route =~ \ mtu\ ([0-9]+) ]] || {
		echo 1500
		return
	}
	echo "${BASH_REMATCH[1]}"
}

route_mtu_is() {
	local mtu

	mtu=$(route_mtu "$1") && [ "$mtu" = "$2" ] && return
	echo "the route to the peer has an MTU of ${mtu:-?}, not $2"
	return 1
}

# path_case OUT IN: the far link is small; the first packet tells rtra, and
# rtra then tells the host
path_case() {
	local mtu

	mtu=$(inner_mtu "$1" 1400)
	forget_pmtu
	t lost "$hosta" "${HOST_A[$2]}" "$hostb" "${HOST_B[$2]}" df=do \
		size=$((1410 - UDP_HEAD[$2])) &&
		busywait "$BUSYWAIT_TIMEOUT" route_mtu_is "$1" 1400 || return
	t mtu "$hosta" "${HOST_A[$2]}" "${HOST_B[$2]}" size=1400 &&
		expect_seen "mtu=$mtu" || return
	t udp "$hosta" "${HOST_A[$2]}" "$hostb" "${HOST_B[$2]}" df=do \
		size=$((mtu - UDP_HEAD[$2])) || return
	forget_pmtu
	t tcp "$hosta" "${HOST_A[$2]}" "$hostb" "${HOST_B[$2]}" size=300000
}

test_path() {
	local out in

	set_far_mtu 1400
	for out in 4 6; do
		site_tunnel path $out 4 6 --
		for in in 4 6; do
			ktap_test "ipv$in in ipv$out: a small link far away" \
				path_case $out $in
		done
		site_flush
	done
	set_far_mtu 1500
}

# report OUT WORD...: a router says that our packet is too big; SPI and number
# of the SA are put in for spi=own and seq=own
report() {
	local out=$1 words=("${@:2}") spi seq

	spi=$(sa_field "$rtra" out spi)
	seq=$(sa_field "$rtra" out seq)
	words=("${words[@]/spi=own/spi=$spi}")
	words=("${words[@]/seq=own/seq=$seq}")
	if [ "$out" = 4 ]; then
		t forge "$inet" 192.0.2.254 192.0.2.1 192.0.2.1 198.51.100.1 \
			"${words[@]}"
	else
		t forge "$inet" 2001:db8:a::fe 2001:db8:a::1 2001:db8:a::1 \
			2001:db8:b::1 "${words[@]}"
	fi
}

# forged_case OUT WORD...: not believed; a ping behind it shows that rtra has
# dealt with it
forged_case() {
	forget_pmtu
	report "$@" || return
	t ping "$inet" 192.0.2.254 192.0.2.1 || return
	route_mtu_is "$1" 1500
}

# a report that quotes AH
ah_case() {
	site_tunnel reports "$1" 4 6 -- ah hmac-sha256-128 || return
	t ping "$hosta" 10.1.0.2 10.2.0.2 || return
	forget_pmtu
	report "$1" spi=own seq=own proto=51 mtu=1300 || return
	busywait "$BUSYWAIT_TIMEOUT" route_mtu_is "$1" 1300
}

# believed_case OUT MTU EXPECTED
believed_case() {
	forget_pmtu
	report "$1" spi=own seq=own mtu="$2" || return
	busywait "$BUSYWAIT_TIMEOUT" route_mtu_is "$1" "$3"
}

# A few that were sent lately: the number is not the last one any more.
believed_late_case() {
	local seq

	seq=$(sa_field "$rtra" out seq)
	t ping "$hosta" 10.1.0.2 10.2.0.2 count=5 || return
	forget_pmtu
	report 4 spi=own seq="$seq" mtu=1000 || return
	busywait "$BUSYWAIT_TIMEOUT" route_mtu_is 4 1000
}

test_reports() {
	local out

	for out in 4 6; do
		site_tunnel reports $out 4 6 --
		t ping "$hosta" 10.1.0.2 10.2.0.2 count=3
		ktap_test "ipv$out: a report that quotes another SPI" \
			forged_case $out spi=0x12345678 seq=own mtu=1300
		ktap_test "ipv$out: one that quotes a number never sent" \
			forged_case $out spi=own seq=1000000 mtu=1300
		ktap_test "ipv$out: one that quotes no ESP" \
			forged_case $out spi=own seq=own proto=51 mtu=1300
		ktap_test "ipv$out: one that is cut off" \
			forged_case $out spi=own seq=own mtu=1300 cut=4
		ktap_test "ipv$out: a true one" believed_case $out 1300 1300
		[ $out = 4 ] && ktap_test "ipv4: a true one, a little late" \
			believed_late_case
		site_flush
		ktap_test "ipv$out: a true one that quotes AH" ah_case $out
		site_flush
	done
}

# --- a small link behind the tunnel ---

# behind_case FAMILY: the far router's report comes back through the tunnel
behind_case() {
	local rc=0

	forget_pmtu
	only_protected >/dev/null
	ip -n "$rtrb" link set lan0 mtu 1300
	ip -n "$hostb" link set eth0 mtu 1300
	t mtu "$hosta" "${HOST_A[$1]}" "${HOST_B[$1]}" \
		size=$((1400 - UDP_HEAD[$1])) &&
		expect_seen mtu=1300 "from=${LAN_B[$1]}" || rc=1
	ip -n "$rtrb" link set lan0 mtu 1500
	ip -n "$hostb" link set eth0 mtu 1500
	only_protected || rc=1
	return "$rc"
}

test_behind() {
	site_tunnel behind 4 4 6 --
	ktap_test "a small link behind the tunnel, ipv4" behind_case 4
	ktap_test "a small link behind the tunnel, ipv6" behind_case 6
	site_flush
}

site_begin 48
# many reports in a short time are what is tested here
for ns in "$rtra" "$inet" "$rtrb"; do
	set_sysctl "$ns" net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 \
		net.ipv4.icmp_msgs_per_sec=10000 net.ipv4.icmp_msgs_burst=10000
done
test_full
test_small
test_path
test_reports
test_behind
site_end
