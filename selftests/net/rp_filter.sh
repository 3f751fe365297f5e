#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the kernel makes of decrypted packets that come in by the device of the WAN
# although their sources are said to be elsewhere, or are on the WAN's own link: it
# must know that they came protected, and who else asks may know, too. The topology
# is in esp_tunnel_lib.sh, and rtra is looked at. A second site, 10.3.0.1 and
# fd03::1, is the internet itself.

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

declare -A SITE=([4]=10.3.0.1 [6]=fd03::1) SITE_NET=([4]=10.3.0.0/24 [6]=fd03::/64)
declare -A REDIRECTS=([4]=IcmpOutRedirects [6]=Icmp6OutRedirects)

# sec_path WORD: of rtra
sec_path() {
	nf "$rtra" settings set sec-path "$1" >/dev/null
}

# snmp NAME: of rtra
snmp() {
	in_ns "$rtra" nstat -asz "$1" | awk -v name="$1" '$1 == name { print $2 }'
}

# forwarded|local FAMILY: from hostb to hosta and back, or to rtra itself
forwarded() {
	t udp "$hostb" "${HOST_B[$1]}" "$hosta" "${HOST_A[$1]}" count=2
}

delivered() {
	t udp "$hostb" "${HOST_B[$1]}" "$rtra" "${LAN_A[$1]}" count=2
}

not_forwarded() {
	t lost "$hostb" "${HOST_B[$1]}" "$hosta" "${HOST_A[$1]}"
}

# --- reverse path filters, which IPv6 has none of ---

strict_case() {
	set_sysctl "$rtra" net.ipv4.conf.wan0.rp_filter=1
	forwarded 4 && delivered 4 &&
		t tcp "$hostb" 10.2.0.2 "$hosta" 10.1.0.2 size=100000 &&
		t udp "$hostb" 10.2.0.2 "$hosta" 10.1.0.2 size=4000 &&
		no_drops "$rtra"
}

never_case() {
	local before

	sec_path never
	before=$(snmp TcpExtIPReversePathFilter)
	not_forwarded 4 &&
		t lost "$hostb" 10.2.0.2 "$rtra" 10.1.0.1 &&
		[ "$(snmp TcpExtIPReversePathFilter)" -gt "$before" ] &&
		no_drops "$rtra"
}

loose_case() {
	set_sysctl "$rtra" net.ipv4.conf.wan0.rp_filter=2
	forwarded 4 || return
	set_sysctl "$rtra" net.ipv4.conf.wan0.rp_filter=0
	forwarded 4
}

# --- rules ---

# seen: how many packets rtra's rules have seen protected on their way in, here and
# through, and how many of those in clear, since it was last asked
seen() {
	in_ns "$rtra" nft reset counters table inet look |
		awk '/packets/ { printf "%s%s", s, $2; s = " " }'
}

rules() {
	in_ns "$rtra" nft -f - <<-END
		table inet look {
			counter here { }
			counter through { }
			counter clear { }
			chain input {
				type filter hook input priority 0
				meta l4proto udp meta ipsec exists counter name here accept
				meta l4proto udp counter name clear
			}
			chain forward {
				type filter hook forward priority 0
				iifname != wan0 accept
				meta l4proto udp meta ipsec exists counter name through accept
				meta l4proto udp counter name clear
			}
		}
	END
}

# rules_case WORD SEEN
rules_case() {
	local family got

	sec_path "$1"
	for family in 4 6; do
		seen >/dev/null
		forwarded $family && delivered $family || return
		got=$(seen)
		[ "$got" = "$2" ] && continue
		echo "ipv$family: here, through, in clear: $got, expected $2"
		return 1
	done
}

# --- native policies in the same namespace ---

native() {
	ip -n "$rtra" xfrm policy "$@"
}

native_there() {
	native list >/dev/null 2>&1 && return
	echo "no xfrm_user here"
	return "$KSFT_SKIP"
}

# native_one FAMILY CMD WORD...: what CMD says while there is such a policy
native_one() {
	local family=$1 dir=fwd to=${NET_A[$1]} rc=0
	local sel

	[ "$2" != delivered ] || dir=in
	sel=(src "${NET_B[$family]}" dst "$to" dir "$dir")
	native add "${sel[@]}" "${@:3}" && "$2" "$family" || rc=1
	native delete "${sel[@]}"
	[ $rc = 0 ] || echo "with the native policy: ${*:3}"
	return $rc
}

# native_case WORD FAMILY: as packets in clear of it
native_case() {
	native_there || return
	sec_path "$1"
	native_one "$2" not_forwarded action block &&
		native_one "$2" not_forwarded tmpl proto esp mode transport &&
		native_one "$2" not_forwarded tmpl src "${WAN_B[$2]}" \
			dst "${WAN_A[$2]}" proto esp mode tunnel &&
		native_one "$2" forwarded tmpl proto esp mode transport level use &&
		native_one "$2" forwarded action allow &&
		native_one "$2" delivered action allow && forwarded "$2"
}

default_case() {
	local family word rc=0

	native_there || return
	for word in never always; do
		sec_path $word
		native setdefault fwd block
		for family in 4 6; do
			not_forwarded $family || rc=1
		done
		native setdefault fwd accept
		for family in 4 6; do
			forwarded $family || rc=1
		done
	done
	return $rc
}

# --- redirects ---

# hub_setup: rtra between the sites of rtrb and of the internet, which have on-link routes
hub_setup() {
	local far=() near=() family

	for family in 4 6; do
		far+=(protect "${SITE_NET[$family]}" "${NET_B[$family]}")
		near+=(protect "${NET_B[$family]}" "${SITE_NET[$family]}")
		ip -n "$rtra" -batch - <<-END
			route replace ${NET_B[$family]} dev wan0
			route replace ${SITE_NET[$family]} dev wan0
		END
		addresses "$inet" lo "${SITE[$family]}"
		ip -n "$inet" route add "${NET_B[$family]}" via "${WAN_A[$family]}"
	done
	new_key "$tmpdir/far.key"
	new_key "$tmpdir/near.key"
	set -- esp aes-gcm-128 key-file
	cmd_ok nf "$rtra" tunnel add far local "${WAN_A[4]}" remote "${WAN_B[4]}" \
		"${far[@]}" "$@" "$tmpdir/far.key" &&
		cmd_ok nf "$rtrb" tunnel add far local "${WAN_B[4]}" \
			remote "${WAN_A[4]}" "${near[@]}" "$@" "$tmpdir/far.key" &&
		cmd_ok nf "$rtra" tunnel add near local "${WAN_A[4]}" \
			remote 192.0.2.254 "${near[@]}" "$@" "$tmpdir/near.key" &&
		cmd_ok nf "$inet" tunnel add near local 192.0.2.254 \
			remote "${WAN_A[4]}" "${far[@]}" "$@" "$tmpdir/near.key"
}

# through FAMILY DST: from hostb, in and out of rtra by the same device; sets
# $redirects to how many were sent, which answers could be told, too
through() {
	local before

	before=$(snmp "${REDIRECTS[$1]}")
	t udp "$hostb" "${HOST_B[$1]}" "$inet" "$2" count=2 oneway=1 || return
	redirects=$(($(snmp "${REDIRECTS[$1]}") - before))
	echo "$redirects redirects"
}

hub_case() {
	sec_path auto
	through "$1" "${SITE[$1]}" && [ "$redirects" = 0 ]
}

told_case() {
	sec_path never
	through "$1" "${SITE[$1]}" && [ "$redirects" -gt 0 ]
}

quiet_case() {
	set_sysctl "$rtra" net.ipv4.conf.{all,wan0}.send_redirects=0
	through 4 10.3.0.1 && [ "$redirects" = 0 ]
}

# one_peer_case: it is no hub, and not taken for one
one_peer_case() {
	set_sysctl "$rtra" net.ipv4.conf.wan0.send_redirects=1
	site_flush
	nf "$inet" flush >/dev/null
	NET_A[4]=192.0.2.0/24
	site_tunnel one 4 4 -- || return
	sec_path always
	through 4 192.0.2.254 && [ "$redirects" = 0 ] || return
	sec_path auto
	through 4 192.0.2.254 && [ "$redirects" -gt 0 ]
}

# --- the end of the module ---

# unload_case: packets that wait in sockets outlive it
unload_case() {
	local family ns

	NET_A[4]=10.1.0.0/24
	site_flush
	site_tunnel last 4 4 6 -- && rules && sec_path always || return
	for family in 4 6; do
		t queue "kept$family" "$hostb" "${HOST_B[$family]}" "$rtra" \
			"${LAN_A[$family]}" || return
	done
	[ "$(seen)" = "2 0 0" ] || {
		echo "they did not have what is to outlive the module"
		return 1
	}
	in_ns "$rtra" nft delete table inet look
	for ns in "$rtra" "$rtrb" "$inet"; do
		nf "$ns" flush >/dev/null
	done
	busywait "$BUSYWAIT_TIMEOUT" rmmod nf_ipsec || return
	for family in 4 6; do
		t unqueue "kept$family" || return
	done
	# what is freed is freed by now
	t udp "$hosta" 10.1.0.2 "$rtra" 10.1.0.1
}

main() {
	local family word

	site_begin 21 nstat nft
	ip -n "$rtra" link add else0 type dummy
	ip -n "$rtra" link set else0 up
	for family in 4 6; do
		site_tunnel "rpf$family" $family 4 --
		ip -n "$rtra" route replace 10.2.0.0/24 dev else0
		ktap_test "a strict filter, over ipv$family" strict_case
		ktap_test "it takes an inner source for a forged one if never told, over ipv$family" \
			never_case
		site_flush
	done
	site_tunnel both 4 4 6 --
	sec_path never
	ktap_test "a loose filter does not, nor does none" loose_case
	ip -n "$rtra" route replace 10.2.0.0/24 via 192.0.2.254 src 10.1.0.1
	rules
	ktap_test "rules see no path that is not needed" rules_case auto "0 0 4"
	ktap_test "rules see one that is asked for" rules_case always "2 2 0"
	in_ns "$rtra" nft delete table inet look
	modprobe -q xfrm_user 2>/dev/null
	for family in 4 6; do
		for word in never always; do
			ktap_test "native policies, $word, ipv$family" \
				native_case $word $family
		done
	done
	ktap_test "a native default that blocks" default_case
	site_flush
	ktap_test "a hub" hub_setup
	for family in 4 6; do
		ktap_test "a hub sends no redirects, ipv$family" hub_case $family
		ktap_test "it does if the kernel is never told, ipv$family" \
			told_case $family
	done
	ktap_test "a hub sends none if the sysctl says so" quiet_case
	ktap_test "one peer, whose packets turn back: only if the kernel is told" one_peer_case
	ktap_test "packets that outlive the module" unload_case
	site_end
}

main
