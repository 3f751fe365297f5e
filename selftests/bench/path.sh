# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The path that is measured, read by the programs beside this one.  All of it
# runs in the VM, on one processor that counts instructions.
#
#	S ------ G1 ====== G2 ------ D		UDP from S to D, ESP from G1 to G2
#	 10.1.0    192.0.2    10.2.0
#	 fd01::   2001:db8::  fd02::
#	.2      .1 .1    .2 .1      .2
#
# What is for 10.128.0.0/9 goes to D, too, and what is for 172.16.0.0/12 to G2,
# which counts and drops it there: a peer a tunnel, of which only the sending side
# costs anything.

BENCH_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TREE=$(cd "$BENCH_DIR/../.." && pwd)
NFIPSEC=${NFIPSEC:-$TREE/tools/nfipsec}
# shellcheck disable=SC2034 # for the programs that read this
KO=${NF_IPSEC_KO:-$TREE/nf_ipsec.ko}
GUN=$BENCH_DIR/build/udpgun
# shellcheck disable=SC2034 # for the programs that read this
TCPGUN=$BENCH_DIR/build/tcpgun BULK=$BENCH_DIR/build/bulk
COUNT=240
BATCHES=9

# by family
# shellcheck disable=SC2034 # for the programs that read this
declare -A SINK=([4]=10.2.0.2 [6]=fd02::2) END1=([4]=192.0.2.1 [6]=2001:db8::1) \
	END2=([4]=192.0.2.2 [6]=2001:db8::2) \
	NET1=([4]=10.1.0.0/16 [6]=fd01::/16) NET2=([4]=10.2.0.0/16 [6]=fd02::/16)

# in_ns NS CMD...: quicker than ip netns exec, which mounts file systems
in_ns() {
	nsenter --net="/run/netns/$1" "${@:2}"
}

# link NS1 DEV1 NUMBER1 NS2 DEV2 NUMBER2: the numbers are in the MAC addresses
link() {
	ip link add "$2" address "02:00:00:00:00:$3" netns "$1" type veth \
		peer name "$5" address "02:00:00:00:00:$6" netns "$4"
}

# host NS: reads lines of ip -batch
host() {
	ip -n "$1" -batch - || exit 1
}

# neighbours NS DEV NUMBER ADDRESS...: what is asked for and forgotten by the
# clock would be counted in some rows
neighbours() {
	local addr

	for addr in "${@:4}"; do
		echo "neigh replace $addr dev $2 nud permanent lladdr 02:00:00:00:00:$3"
	done | ip -n "$1" -batch - || exit 1
}

# addresses NS DEV ADDRESS...: both families; jumbo frames, or the largest
# packets would not fit into every kind of tunnel
addresses() {
	local addr

	{
		echo "link set $2 mtu ${MTU:-1600} up"
		for addr in "${@:3}"; do
			echo "addr add $addr dev $2"
		done
	} | ip -n "$1" -batch - || exit 1
}

hosts() {
	local ns

	for ns in S G1 G2 D; do
		ip netns add "$ns"
		ip -n "$ns" link set lo up
		in_ns "$ns" sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv4.conf.all.rp_filter=0 \
			net.ipv4.conf.default.rp_filter=0 \
			net.ipv6.conf.all.forwarding=1 \
			net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0
	done
	link S s0 01 G1 lan 02
	link G1 wan 03 G2 wan 04
	link G2 lan 05 D d0 06
	addresses S s0 10.1.0.2/24 fd01::2/64
	addresses G1 lan 10.1.0.1/24 fd01::1/64
	addresses G1 wan 192.0.2.1/24 2001:db8::1/64
	addresses G2 wan 192.0.2.2/24 2001:db8::2/64
	addresses G2 lan 10.2.0.1/24 fd02::1/64
	addresses D d0 10.2.0.2/24 fd02::2/64
	neighbours S s0 02 10.1.0.1 fd01::1
	neighbours G1 lan 01 10.1.0.2 fd01::2
	neighbours G1 wan 04 192.0.2.2 2001:db8::2
	neighbours G2 wan 03 192.0.2.1 2001:db8::1
	neighbours G2 lan 06 10.2.0.2 fd02::2
	neighbours D d0 05 10.2.0.1 fd02::1
}

topology() {
	hosts
	host S <<-'EOF'
		route add default via 10.1.0.1
		route add default via fd01::1
	EOF
	host D <<-'EOF'
		route add default via 10.2.0.1
		route add default via fd02::1
	EOF
	host G1 <<-'EOF'
		route add 10.2.0.0/16 via 192.0.2.2
		route add 10.128.0.0/9 via 192.0.2.2
		route add 172.16.0.0/12 via 192.0.2.2
		route add fd02::/16 via 2001:db8::2
	EOF
	host G2 <<-'EOF'
		route add 10.1.0.0/16 via 192.0.2.1
		route add 10.128.0.0/9 via 10.2.0.2
		route add fd01::/16 via 2001:db8::1
	EOF
	count_and_drop D "udp dport 9"
	sleep 1
	delivered D >/dev/null
}

# count_and_drop NS MATCH...: there, before anything else is done with them
count_and_drop() {
	local match

	{
		echo "table inet sink {"
		echo "	counter seen { }"
		echo "	chain in {"
		echo "		type filter hook prerouting priority -300;"
		for match in "${@:2}"; do
			echo "		$match counter name seen drop"
		done
		echo "	}"
		echo "}"
	} | in_ns "$1" nft -f - || exit 1
}

# delivered NS: packets since it was last asked
delivered() {
	in_ns "$1" nft reset counter inet sink seen |
		sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

# The clock jumps ahead whenever the processor waits for a file, and the crypto API
# gives up what it waits for after a minute: so nothing is loaded in passing.
bench_modules() {
	# there is no jitter in a machine that counts
	echo "install jitterentropy_rng /bin/false" >/etc/modprobe.d/nf_ipsec-bench.conf
	modprobe -qa aesni_intel ghash_clmulni_intel gcm ctr cbc seqiv echainiv \
		authenc hmac sha256_ssse3 sha256_generic crypto_null chacha_x86_64 \
		poly1305_x86_64 chacha20poly1305 esp4 esp6 ah4 ah6 xfrm_user \
		sha512_ssse3 sha512_generic
	modprobe -q drbg
}

# row_one SIZE: one measurement; void if a packet is lost
row_one() {
	local per sent got

	read -r per sent < <(in_ns S "$GUN" -n $COUNT -b $BATCHES 10.2.0.2 9 "$1")
	got=$(delivered D)
	if [ "$got" != "$sent" ]; then
		echo "void($got)"
		return 1
	fi
	echo "$per"
}
