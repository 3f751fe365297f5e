#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A path of 1280 octets on which no router says so: TCP goes on all the same, with
# packets that may be cut on the way, or with segments that are small from the
# beginning. The topology is in esp_tunnel_lib.sh.

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

# No router tells anybody a size, nor do ours.
silence() {
	local ns

	for ns in "$rtra" "$inet" "$rtrb"; do
		in_ns "$ns" nft -f - <<-END
			table inet silent {
				chain output {
					type filter hook output priority 0
					icmp type destination-unreachable drop
					icmpv6 type packet-too-big drop
				}
			}
		END
	done
}

# flows INNER: from the hosts, both ways, and from the router itself; a transfer
# that waits for its timers would take minutes
flows() {
	local a=${HOST_A[$1]} b=${HOST_B[$1]}

	forget_pmtu
	t tcp "$hosta" "$a" "$hostb" "$b" size=300000 timeout=20 &&
		t tcp "$hostb" "$b" "$hosta" "$a" size=300000 timeout=20 &&
		t tcp "$rtra" "${LAN_A[$1]}" "$hostb" "$b" size=300000 timeout=20 &&
		only_protected
}

# stalls INNER: as it does without any of this: else the path would prove nothing
stalls() {
	forget_pmtu
	if t tcp "$hosta" "${HOST_A[$1]}" "$hostb" "${HOST_B[$1]}" \
		size=300000 timeout=3 >/dev/null; then
		echo "the path takes what is too big"
		return 1
	fi
}

site_begin 10
silence
set_far_mtu 1280
site_tunnel cut 4 4 6 -- esp aes-gcm-128 df clear
ktap_test "ipv4 in ipv4, cut on the way" flows 4
ktap_test "ipv6 in ipv4, cut on the way" flows 6
site_flush
for out in 4 6; do
	site_tunnel small $out 4 6 -- esp aes-gcm-128 mss 1100
	ktap_test "ipv4 in ipv$out, small segments" flows 4
	ktap_test "ipv6 in ipv$out, small segments" flows 6
	site_flush
done
# one of the routers knows its own link
site_tunnel auto 6 4 6 -- esp aes-gcm-128
ktap_test "ipv4 in ipv6, a small link at one end" flows 4
ktap_test "ipv6 in ipv6, a small link at one end" flows 6
site_flush
site_tunnel large 6 4 -- esp aes-gcm-128 mss off
ktap_test "without any of that it stalls" stalls 4
site_flush
set_far_mtu 1500
site_end
