#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Published ESP packets (../vectors/esp.txt) through the whole input path: the
# packet arrives as printed, and what is printed comes out.
#
# Topology: see peer.sh. The packets of the GCM draft have no IP header and say
# that they carry ICMP: they come in transport mode, and a raw socket sees what
# comes out. In tunnel mode the same is dropped, as ICMP is no IP packet, but
# not before it was found to be authentic. That of RFC 7634 has all its headers.
#
# One family: what is published is IPv4

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

VECTORS=$TREE/selftests/vectors/esp.txt

# read_vector NAME: into the array $v
read_vector() {
	local line last name=""

	declare -gA v=()
	while IFS= read -r line; do
		case $line in
		\[*)
			[ -z "$name" ] || return 0
			[ "$line" != "[$1]" ] || name=$1
			;;
		"" | \#*)
			;;
		" "*)
			[ -z "$name" ] || v[$last]+=${line// /}
			;;
		*)
			last=${line%% *}
			[ -z "$name" ] || v[$last]=${line#* }
			;;
		esac
	done <"$VECTORS"
	[ -n "$name" ]
}

# inbound MODE NEAR FAR: the SA of the vector
inbound() {
	clean && KEY=${v[key]} steps <<-END
		nfipsec flush
		sa in t ${v[spi]} esp ${v[alg]} esn ${v[esn]} mode $1 seq ${v[seen]}
		policy dir in src $3 dst $2 protect t
		apply
		mark
	END
}

# ip_in OCTETS: an IPv4 packet from the peer to the router around ESP
ip_in() {
	printf '4500%04x0007000040320000c0000202c0000201%s' \
		$((${#1} / 2 + 20)) "$1"
}

in_transport_mode() {
	local outer

	read_vector "$1" && inbound transport $GATE4 $PEER4 || return 1
	if [ -z "${v[payload]}" ]; then
		echo "raw sockets are not shown ICMP without a header"
		return "$KSFT_SKIP"
	fi
	outer=$(ip_in "${v[packet]}")
	steps <<-END
		clear raw=$outer fix=sum expect=$(ip_in "${v[payload]}")
		took ping
		clear raw=$outer fix=sum
		drop replay-duplicate by=sa
	END
}

in_tunnel_mode() {
	read_vector "$1" && inbound tunnel 10.1.0.0/16 10.2.0.0/16 || return 1
	steps <<-END
		clear raw=$(ip_in "${v[packet]}") fix=sum
		drop wrong-mode by=sa
	END
}

damaged() {
	local packet

	read_vector "$1" && inbound tunnel 10.1.0.0/16 10.2.0.0/16 || return 1
	packet=${v[packet]}
	packet=${packet::-1}$(printf %x $((0x${packet: -1} ^ 1)))
	steps <<-END
		clear raw=$(ip_in "$packet") fix=sum
		drop bad-icv by=sa
	END
}

# its tunnel ends at 203.0.113.5, and it is for 192.0.2.5
rfc7634() {
	read_vector chacha20-poly1305 || return 1
	clean && KEY=${v[key]} steps <<-END
		nfipsec flush
		ip addr add 203.0.113.5/32 dev wan0
		ip route add 192.0.2.5 via 10.1.0.2 dev lan0
		sa in t ${v[spi]} esp ${v[alg]} esn off seq 4 local 203.0.113.5 remote 203.0.113.153
		policy dir in src 198.51.100.0/24 dst 192.0.2.5/32 protect t
		apply
		mark
		clear raw=${v[outer]}${v[packet]} expect=${v[payload]}
		took lan
		clear raw=${v[outer]}${v[packet]}
		drop replay-duplicate by=sa
	END
}

main() {
	local name names

	require_peer
	require_module
	mapfile -t names < <(sed -n 's/^\[\(gcm-.*\)\]$/\1/p' "$VECTORS")
	topology
	ktap_print_header
	ktap_set_plan $((2 * ${#names[@]} + 2))
	for name in "${names[@]}"; do
		ktap_test "$name" in_transport_mode "$name"
		ktap_test "$name, in a tunnel" in_tunnel_mode "$name"
	done
	ktap_test "gcm-1, damaged" damaged gcm-1
	ktap_test "RFC 7634 appendix A" rfc7634
	ktap_finish
}

main
