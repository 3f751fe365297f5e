#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The path that is measured, read by the programs beside this one.  All of it
# runs in the VM, on one processor that counts instructions.
#
#   S ---- G1 ==== G2 ---- D		UDP from S to D, ESP between G1 and G2

COUNT=1000
WARM=100
export NFIPSEC=${NFIPSEC:-$PWD/tools/nfipsec}
export KO=${NF_IPSEC_KO:-$PWD/nf_ipsec.ko}
GUN=/tmp/udpgun
KEY=000102030405060708090a0b0c0d0e0f10111213

link() {
	ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

# What is asked for and forgotten by the clock would be counted in some rows
neighbours() {
	neighbour S s0 10.1.0.1 G1 lan
	neighbour G1 lan 10.1.0.2 S s0
	neighbour G1 wan 192.0.2.2 G2 wan
	neighbour G2 wan 192.0.2.1 G1 wan
	neighbour G2 lan 10.2.0.2 D d0
	neighbour D d0 10.2.0.1 G2 lan
}

# neighbour NS DEV ADDRESS OF OF-DEV: NS need not ask for what OF has
neighbour() {
	ip -n "$1" neigh replace "$3" dev "$2" nud permanent \
		lladdr "$(ip netns exec "$4" cat "/sys/class/net/$5/address")"
}

topology() {
	local ns

	for ns in S G1 G2 D; do
		ip netns add "$ns"
		ip -n "$ns" link set lo up
		ip netns exec "$ns" sysctl -qw net.ipv4.ip_forward=1
		ip netns exec "$ns" sysctl -qw net.ipv4.conf.all.rp_filter=0
	done
	link S s0 G1 lan; link G1 wan G2 wan; link G2 lan D d0
	ip -n S addr add 10.1.0.2/24 dev s0
	ip -n G1 addr add 10.1.0.1/24 dev lan
	ip -n G1 addr add 192.0.2.1/24 dev wan
	ip -n G2 addr add 192.0.2.2/24 dev wan
	ip -n G2 addr add 10.2.0.1/24 dev lan
	ip -n D addr add 10.2.0.2/24 dev d0
	ip -n S route add default via 10.1.0.1
	ip -n D route add default via 10.2.0.1
	ip -n G1 route add 10.2.0.0/24 via 192.0.2.2
	ip -n G2 route add 10.1.0.0/24 via 192.0.2.1
	neighbours
	ip netns exec D nft -f - <<- 'EOF'
		table ip sink {
			chain in {
				type filter hook prerouting priority -300;
				udp dport 9 counter drop
			}
		}
	EOF
}

delivered() {
	ip netns exec D nft list chain ip sink in |
		sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

bench_modules() {
	modprobe -a aesni_intel gcm ctr ghash_generic seqiv echainiv \
		esp4 xfrm_user 2>/dev/null
}

gun_build() {
	gcc -O2 -o $GUN selftests/bench/udpgun.c
}

# row_one SIZE: one measurement; void if a packet is lost
row_one() {
	local before after per

	before=$(delivered)
	per=$(ip netns exec S "$GUN" 10.2.0.2 9 $(($1 - 28)) $COUNT)
	after=$(delivered)
	if [ $((after - before)) -ne $((COUNT + WARM)) ]; then
		echo "void($((after - before)))"
		return 1
	fi
	echo "$per"
}

xfrm_end() {
	local ns=$1 dir=$2 spi=$3 src=$4 dst=$5

	ip -n "$ns" xfrm state add src "$src" dst "$dst" proto esp spi "$spi" \
		reqid 1 mode tunnel replay-window 32 \
		aead 'rfc4106(gcm(aes))' 0x$KEY 128
	[ "$dir" = out ] && ip -n "$ns" xfrm policy add dir out \
		src 10.1.0.0/16 dst 10.2.0.0/16 tmpl src "$src" dst "$dst" \
		proto esp reqid 1 mode tunnel
	[ "$dir" = in ] && ip -n "$ns" xfrm policy add dir fwd \
		src 10.1.0.0/16 dst 10.2.0.0/16 tmpl src "$src" dst "$dst" \
		proto esp reqid 1 mode tunnel
}

nfipsec_end() {
	local ns=$1 dir=$2 local=$3 remote=$4

	ip netns exec "$ns" "$NFIPSEC" sa add tunnel t dir "$dir" \
		local "$local" remote "$remote" spi 0x1000 \
		esp aes-gcm-128 key-file - <<< "$KEY"
	ip netns exec "$ns" "$NFIPSEC" policy add dir "$dir" \
		src 10.1.0.0/16 dst 10.2.0.0/16 protect t
}
