#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the kernel makes of decrypted packets that come in by the device of the WAN
# although their sources are said to be elsewhere, or are on the WAN's own link; and
# which sysctls help. The topology is in esp_tunnel_lib.sh, and rtra is looked at.
#
# One family: IPv6 has neither a reverse path filter nor a sysctl for redirects.

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

# snmp NAME: of rtra
snmp() {
	in_ns "$rtra" nstat -asz "$1" | awk -v name="$1" '$1 == name { print $2 }'
}

strict_case() {
	local before

	set_sysctl "$rtra" net.ipv4.conf.wan0.rp_filter=1
	before=$(snmp TcpExtIPReversePathFilter)
	t lost "$hostb" 10.2.0.2 "$hosta" 10.1.0.2 &&
		[ "$(snmp TcpExtIPReversePathFilter)" -gt "$before" ] &&
		no_drops "$rtra"
}

loose_case() {
	set_sysctl "$rtra" net.ipv4.conf.wan0.rp_filter=2
	t udp "$hostb" 10.2.0.2 "$hosta" 10.1.0.2 count=2 &&
		t udp "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 count=2 || return
	set_sysctl "$rtra" net.ipv4.conf.wan0.rp_filter=0
	t udp "$hostb" 10.2.0.2 "$hosta" 10.1.0.2
}

# through_hub: from hostb through the tunnel, and out of the same device to the
# internet
through_hub() {
	t ping "$hostb" 10.2.0.2 192.0.2.254 count=2
}

redirect_case() {
	local before

	ip -n "$rtra" route replace 10.2.0.0/24 dev wan0 src 10.1.0.1
	ip -n "$inet" route add 10.2.0.0/24 via 192.0.2.1
	set_sysctl "$rtra" net.ipv4.conf.{all,wan0}.send_redirects=1
	before=$(snmp IcmpOutRedirects)
	through_hub && [ "$(snmp IcmpOutRedirects)" -gt "$before" ]
}

quiet_case() {
	local before

	set_sysctl "$rtra" net.ipv4.conf.{all,wan0}.send_redirects=0
	before=$(snmp IcmpOutRedirects)
	through_hub && [ "$(snmp IcmpOutRedirects)" = "$before" ]
}

main() {
	site_begin 6 nstat
	site_tunnel rpf 4 4 --
	ip -n "$rtra" link add else0 type dummy
	ip -n "$rtra" link set else0 up
	ip -n "$rtra" route replace 10.2.0.0/24 dev else0
	ktap_test "a strict filter takes an inner source for a forged one" strict_case
	ktap_test "a loose one does not, nor does none" loose_case
	site_flush
	NET_A[4]=192.0.2.0/24
	ktap_test "tunnel to the WAN's own net" site_tunnel hub 4 4 --
	ktap_test "a source on the WAN's link is sent redirects" redirect_case
	ktap_test "not if the sysctl says so" quiet_case
	site_end
}

main
