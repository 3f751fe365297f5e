#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A tunnel through a real NAT: the internet masquerades rtra, whose address rtrb
# never sees. The topology is in esp_tunnel_lib.sh.

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

declare -A NAT_ADDR=([4]=198.51.100.254 [6]=2001:db8:b::fe)

# masquerade FAMILY LOW-HIGH: from these ports; what the NAT has known is forgotten
masquerade() {
	local word=ip

	[ "$1" = 4 ] || word=ip6
	in_ns "$inet" nft delete table $word masq 2>/dev/null
	in_ns "$inet" nft -f - <<-END
		table $word masq {
			chain post {
				type nat hook postrouting priority srcnat
				oifname tob meta l4proto udp masquerade to :$2
			}
		}
	END
	in_ns "$inet" conntrack -F >/dev/null 2>&1
	:
}

# tunnels FAMILY: the client sends keepalives, and the server follows
tunnels() {
	local a=${WAN_A[$1]} b=${WAN_B[$1]} nat=${NAT_ADDR[$1]}
	local words=(esp aes-gcm-128 key-file "$tmpdir/nat.key" encap 4500)

	new_key "$tmpdir/nat.key"
	cmd_ok nf "$rtra" tunnel add nat local "$a" remote "$b" orig-local "$nat" \
		protect "${NET_A[4]}" "${NET_B[4]}" protect "${NET_A[6]}" "${NET_B[6]}" \
		"${words[@]}" keepalive 1 follow off &&
		cmd_ok nf "$rtrb" tunnel add nat local "$b" remote "$nat" orig-remote "$a" \
			protect "${NET_B[4]}" "${NET_A[4]}" \
			protect "${NET_B[6]}" "${NET_A[6]}" "${words[@]}"
}

# traffic: both ways, in both families; rtrb can begin once it has been spoken to
traffic() {
	t ping "$hosta" 10.1.0.2 10.2.0.2 count=2 &&
		t udp "$hostb" 10.2.0.2 "$hosta" 10.1.0.2 count=2 &&
		t udp "$hosta" fd01::2 "$hostb" fd02::2 count=2 &&
		t tcp "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 size=100000 &&
		t tcp "$hostb" fd02::2 "$hosta" fd01::2 size=100000 &&
		no_drops "$rtra" "$rtrb"
}

# peer_port: where rtrb sends to
peer_port() {
	nf "$rtrb" -s sa list | sed -n 's/.*# peer .* port //p' | head -n 1
}

# between LOW HIGH: that port is one of the NAT's
between() {
	local port

	port=$(peer_port)
	[ -n "$port" ] && [ "$port" -ge "$1" ] && [ "$port" -le "$2" ] && return
	echo "sends to port ${port:-unknown}, not $1 to $2"
	return 1
}

through_case() {
	masquerade "$1" 20000-20009 && tunnels "$1" && traffic &&
		between 20000 20009
}

# The NAT forgets it and takes other ports while a connection is open
rebind_case() {
	t open kept "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 port=7000 &&
		t xfer kept || return
	sleep 1
	masquerade "$1" 30000-30009
	t xfer kept && t close kept && between 30000 30009 && traffic
}

# nothing to say: the NAT sees keepalives, and rtrb swallows them
idle_case() {
	local before

	before=$(counted "$rtrb" in-keepalives)
	busywait 10000 more_keepalives "$before" && no_drops "$rtra" "$rtrb"
}

more_keepalives() {
	[ "$(counted "$rtrb" in-keepalives)" -gt "$1" ]
}

main() {
	local family

	site_begin 7 conntrack
	for family in 4 6; do
		ktap_test "through a NAT, ipv$family" through_case $family
		ktap_test "the NAT changes its ports, ipv$family" rebind_case $family
		ktap_test "keepalives, ipv$family" idle_case
		site_flush
	done
	site_end
}

main
