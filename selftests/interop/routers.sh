#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two sites, two routers, one of them the kernel's IPsec: forwarding, TCP of
# up to 20 MB with all offloads on, a masquerade rule on the WAN, and sizes.
# Over IPv4 and over IPv6, IPv4 and IPv6 inside.
#
#  host a          router a        isp           router b         host b
#                  nf_ipsec                       xfrm
#  lan0 ------- lan0    wan0 --- a    b --- wan0      lan0 ------- lan0
#  10.1.0.2     10.1.0.1                              10.2.0.1     10.2.0.2
#  fd01::2      fd01::1                               fd02::1      fd02::2
#               198.51.100.1  .254    .254  203.0.113.1
#               2001:db8:a::1  ::fe   ::fe  2001:db8:b::1

. "$(dirname "$0")/lib.sh"

INNER_LEFT=([4]=10.1.0.2 [6]=fd01::2)
INNER_RIGHT=([4]=10.2.0.2 [6]=fd02::2)
OUTER_LEFT=([4]=198.51.100.1 [6]=2001:db8:a::1)
OUTER_RIGHT=([4]=203.0.113.1 [6]=2001:db8:b::1)
LARGE=20971520
SMALL=1048576
WAN_MTU=1400
# of the far side of the provider
PATH_MTU=1300

proto=esp enc=aes-gcm-128 auth="" mode=tunnel esn=on icv_pad=- inner=4
ltr_seq="" rtl_seq=""

# --- the net ---

# site HOST ROUTER N WAN-NET4 WAN-NET6 OTHER
site() {
	link_ns "$1" lan0 "$2" lan0 && ip -n "$1" -batch - <<-END1 &&
		addr add 10.$3.0.2/24 dev lan0
		addr add fd0$3::2/64 dev lan0
		route add default via 10.$3.0.1
		route add default via fd0$3::1
	END1
	ip -n "$2" -batch - <<-END2
		addr add 10.$3.0.1/24 dev lan0
		addr add fd0$3::1/64 dev lan0
		addr add $4.1/24 dev wan0
		addr add $5::1/64 dev wan0
		route add default via $4.254
		route add default via $5::fe
	END2
}

wan() {
	link_ns "$router_a" wan0 "$isp" side_a &&
		link_ns "$router_b" wan0 "$isp" side_b &&
		ip -n "$isp" -batch - <<-END
			addr add 198.51.100.254/24 dev side_a
			addr add 2001:db8:a::fe/64 dev side_a
			addr add 203.0.113.254/24 dev side_b
			addr add 2001:db8:b::fe/64 dev side_b
		END
}

make_sites() {
	setup_ns host_a router_a isp router_b host_b
	set_forwarding "$router_a" "$isp" "$router_b"
	wan && site "$host_a" "$router_a" 1 198.51.100 2001:db8:a &&
		site "$host_b" "$router_b" 2 203.0.113 2001:db8:b &&
		start_agent "$host_a" "$host_b" "$router_a" "$router_b" \
			"$isp" &&
		agent watch 2 wan0 && agent watch 3 wan0 && return
	ktap_print_msg "cannot set up the sites"
	exit "$KSFT_FAIL"
}

nf() {
	cmd_ok ip netns exec "$router_a" "$NFIPSEC" "$@"
}

# nf_add DIR SPI KEY: what a person would type, the key from standard input
nf_add() {
	local config="" words

	nf_sa "$1" "$2" - ""
	read -r -a words <<<"${config#sa }"
	nf sa add "${words[@]}" <<<"$3"
}

nf_policies() {
	local family a b

	for family in 4 6; do
		a=${INNER_LEFT[$family]} b=${INNER_RIGHT[$family]}
		nf policy add dir out src "$a" dst "$b" protect interop &&
			nf policy add dir in src "$b" dst "$a" protect interop ||
			return
	done
}

# left_router: what xfrm_apply does, for the one with nf_ipsec
left_router() {
	nf policy flush && nf sa flush &&
		nf_add out "$ltr_spi" "$ltr_enc" &&
		nf_add in "$rtl_spi" "$rtl_enc" && nf_policies
}

# kernel_router NUMBER: number of the agent, 2 for the left one, 3 for the right
kernel_router() {
	local config=$'xfrm policy flush\nxfrm state flush\n' ltr=in rtl=out family

	[ "$1" = 3 ] || ltr=out rtl=in
	xfrm_state $ltr "$left_end" "$right_end" "$ltr_spi" "$ltr_enc" "" ""
	xfrm_state $rtl "$right_end" "$left_end" "$rtl_spi" "$rtl_enc" "" ""
	for family in 4 6; do
		xfrm_policy $ltr "${INNER_LEFT[$family]}" \
			"${INNER_RIGHT[$family]}" "$left_end" "$right_end"
		xfrm_policy $rtl "${INNER_RIGHT[$family]}" \
			"${INNER_LEFT[$family]}" "$right_end" "$left_end"
	done
	echo "$config" >"$tmpdir/batch"
	agent run "$1" "$tmpdir/out" ip -batch "$tmpdir/batch"
}

connect_sites() {
	find_ends
	new_keys
	if [ "$INTEROP_LEFT" = xfrm ]; then
		kernel_router 2 || return
	else
		left_router || return
	fi
	kernel_router 3
}

# --- what is tried ---

# both COMMAND [SIZE]: both families, both ways
both() {
	local family a b

	for family in 4 6; do
		a=${INNER_LEFT[$family]} b=${INNER_RIGHT[$family]}
		agent "$1" 0 "$a" "$b" ${2:+"$2"} &&
			agent "$1" 1 "$b" "$a" ${2:+"$2"} || return
	done
}

# Hosts do not know yet how much fits, and an IPv6 router does not fragment:
# that is found out first.
echoes() {
	local size

	both pmtu || return
	for size in 1 700 1400 4000; do
		both ping "$size" || return
	done
	agent clear
}

# transfers SIZE
transfers() {
	both tcp "$1" && agent clear
}

large_transfers() {
	local a=${INNER_LEFT[4]} b=${INNER_RIGHT[4]}

	agent tcp 0 "$a" "$b" $LARGE && agent tcp 1 "$b" "$a" $LARGE &&
		agent clear
}

masquerade() {
	ip netns exec "$router_a" nft -f - <<-END
		table inet nat {
			chain postrouting {
				type nat hook postrouting priority srcnat
				oifname wan0 counter masquerade
			}
		}
	END
}

# The agent's UDP sockets accept only the other one's own address.
masqueraded() {
	if [ "$INTEROP_LEFT" = xfrm ]; then
		echo "the kernel's IPsec would be bypassed"
		return "$KSFT_SKIP"
	fi
	modprobe -qa nft_masq nft_chain_nat 2>/dev/null
	masquerade || return
	both udp 1000 && transfers $SMALL
}

# set_mtu MTU: of the WAN links of both routers
set_mtu() {
	ip -n "$router_a" link set wan0 mtu "$1" &&
		ip -n "$isp" link set side_a mtu "$1" &&
		ip -n "$isp" link set side_b mtu "$1" &&
		ip -n "$router_b" link set wan0 mtu "$1"
}

# largest MTU: what fits into one packet of that size with AES-GCM: IP header,
# 8 + 8 + 16 octets, a multiple of 4, the last two of which are the trailer's
largest() {
	local header=20

	[ "$outer" = 4 ] || header=40
	echo $((($1 - header - 32) / 4 * 4 - 2))
}

# pmtu_is FROM FAMILY MTU
pmtu_is() {
	local src=${INNER_LEFT[$2]} dst=${INNER_RIGHT[$2]}

	[ "$1" = 0 ] || src=${INNER_RIGHT[$2]} dst=${INNER_LEFT[$2]}
	agent pmtu "$1" "$src" "$dst" || return
	[ "$reply" = "$3" ] && return
	echo "ipv$2 from host $1: the largest packet has $reply octets, not $3"
	return 1
}

# Packets with DF: each host is told the one right size, by either router.
with_df() {
	local from family mtu rc=0

	mtu=$(largest $WAN_MTU)
	for from in 0 1; do
		for family in 4 6; do
			pmtu_is $from $family "$mtu" || rc=1
		done
	done
	agent clear || rc=1
	return "$rc"
}

forget() {
	ip netns exec "$1" ip -4 route flush cache
	ip netns exec "$1" ip -6 route flush cache
}

# Packets without: all arrive. Those of IPv4 come whole to the router, those of
# IPv6 in fragments of the size that the host has been told.
without_df() {
	local size family a b header

	ip -n "$host_a" -4 route flush cache
	ip -n "$host_b" -4 route flush cache
	for family in 4 6; do
		a=${INNER_LEFT[$family]} b=${INNER_RIGHT[$family]}
		header=28
		[ "$family" = 4 ] || header=48
		for ((size = 1280; size <= 1500; size += 20)); do
			agent udp 0 "$a" "$b" $((size - header)) || return
			agent udp 1 "$b" "$a" $((size - header)) || return
		done
	done
	agent clear
}

# A narrower link behind the provider: it tells router a, and that the host.
# No host may be told less than 1280 for IPv6, which then must get through all
# the same; the kernel's IPsec loses it, and so is not asked to send it.
narrow_path() {
	local mtu

	if [ "$INTEROP_LEFT" = xfrm ]; then
		echo "the kernel's IPsec does not send 1280 octets over less"
		return "$KSFT_SKIP"
	fi
	ip -n "$isp" link set side_b mtu $PATH_MTU &&
		ip -n "$router_b" link set wan0 mtu $PATH_MTU || return
	mtu=$(largest $PATH_MTU)
	pmtu_is 0 4 "$mtu" && pmtu_is 0 6 $((mtu > 1280 ? mtu : 1280)) &&
		agent tcp 0 "${INNER_LEFT[4]}" "${INNER_RIGHT[4]}" $SMALL &&
		agent tcp 1 "${INNER_RIGHT[4]}" "${INNER_LEFT[4]}" $SMALL &&
		agent tcp 0 "${INNER_LEFT[6]}" "${INNER_RIGHT[6]}" $SMALL &&
		agent clear
}

over() {
	outer=$1
	ktap_test "over ipv$outer: connect the sites" connect_sites
	ktap_test "over ipv$outer: echoes" echoes
	[ "$outer" = 6 ] ||
		ktap_test "over ipv$outer: TCP of 20 MB" large_transfers
	ktap_test "over ipv$outer: TCP of 1 MB" transfers $SMALL
	ktap_test "over ipv$outer: behind masquerade" masqueraded
	set_mtu $WAN_MTU
	ktap_test "over ipv$outer: WAN MTU $WAN_MTU, with DF" with_df
	ktap_test "over ipv$outer: WAN MTU $WAN_MTU, without DF" without_df
	ktap_test "over ipv$outer: path MTU $PATH_MTU" narrow_path
	set_mtu 1500
	forget "$router_a"
	forget "$host_a"
	forget "$host_b"
	ip netns exec "$router_a" nft flush ruleset
}

require_interop
require_command nft
ktap_print_header
ktap_set_plan 15
make_sites
over 4
over 6
ktap_finish
