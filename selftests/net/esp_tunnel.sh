#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tunnel mode from site to site, both families inside and outside: traffic of
# hosts and of the routers themselves, what the internet sees of it, what
# becomes of TTL, DSCP and ECN, several tunnels, and tunnels in tunnels. The
# topology is in esp_tunnel_lib.sh.

# shellcheck source=esp_tunnel_lib.sh
. "$(dirname "$0")/esp_tunnel_lib.sh"

BULK=$((1 << 19))
FEW=$((256 << 10))

# exchange IN: everything from host to host, both ways
exchange() {
	local a=${HOST_A[$1]} b=${HOST_B[$1]} size

	learn_mtu "$hosta" "$a" "$hostb" "$b" || return
	for size in 1 1300 4000; do
		t ping "$hosta" "$a" "$b" size=$size || return
		t ping "$hostb" "$b" "$a" size=$size || return
	done
	for size in 0 1 1300 9000; do
		t udp "$hosta" "$a" "$hostb" "$b" size=$size df=dont || return
	done
	t tcp "$hosta" "$a" "$hostb" "$b" size=$BULK || return
	t tcp "$hostb" "$b" "$hosta" "$a" size=$FEW
}

# exchange_local IN: to and from the routers' own LAN addresses
exchange_local() {
	local a=${LAN_A[$1]} b=${LAN_B[$1]}

	learn_mtu "$rtra" "$a" "$hostb" "${HOST_B[$1]}" || return
	t ping "$rtra" "$a" "$b" || return
	t ping "$rtrb" "$b" "${HOST_A[$1]}" || return
	t udp "$rtra" "$a" "$hostb" "${HOST_B[$1]}" size=9000 df=dont || return
	t tcp "$rtra" "$a" "$rtrb" "$b" size=$BULK || return
	t tcp "$rtrb" "$b" "$hosta" "${HOST_A[$1]}" size=$FEW
}

# tunnel_case OUT IN [LOCAL]: the tunnel is there
tunnel_case() {
	only_protected >/dev/null
	if [ "${3:-}" = local ]; then
		exchange_local "$2" || return
	else
		exchange "$2" || return
	fi
	only_protected && no_drops "$rtra" "$rtrb"
}

test_families() {
	local out in

	for out in 4 6; do
		for in in 4 6; do
			ktap_test "tunnel add, ipv$in in ipv$out" \
				site_tunnel "f$out$in" $out $in --
			ktap_test "ipv$in in ipv$out, forwarded" tunnel_case $out $in
			ktap_test "ipv$in in ipv$out, from the routers" \
				tunnel_case $out $in local
			site_flush
		done
	done
}

# --- headers ---

# header_case OUT IN: what the internet sees of TTL and DS, and what arrives
header_case() {
	local rc=0 file=$tmpdir/headers.$1$2

	t capture wan "$inet" toa "$file" || return
	t udp "$hosta" "${HOST_A[$2]}" "$hostb" "${HOST_B[$2]}" tos=186 ttl=9 &&
		expect_seen ttl=7 tos=186 || rc=1
	t uncapture wan
	[ "$rc" -eq 0 ] || return 1
	# DSCP and ECN are copied, the outer TTL is the router's own
	grep -E "^$1 .* tos=186 ttl=64 " "$file" >/dev/null && return
	echo "no tos=186 ttl=64 outside: $(<"$file")"
	return 1
}

# mark_ce FAMILY on|off: the internet router sees congestion
mark_ce() {
	local word=ip

	in_ns "$inet" nft delete table inet congest 2>/dev/null
	[ "$2" = on ] || return 0
	[ "$1" = 4 ] || word=ip6
	in_ns "$inet" nft -f - <<-END
		table inet congest {
			chain forward {
				type filter hook forward priority 0
				$word ecn set ce
			}
		}
	END
}

# ecn_case OUT IN: congestion outside reaches the inside, unless the sender
# does not understand it: then the packet goes (RFC 6040)
ecn_case() {
	local before rc=0

	mark_ce "$1" on
	t udp "$hosta" "${HOST_A[$2]}" "$hostb" "${HOST_B[$2]}" tos=2 \
		oneway=1 && expect_seen tos=3 || rc=1
	before=$(dropped "$rtrb" ecn)
	t lost "$hosta" "${HOST_A[$2]}" "$hostb" "${HOST_B[$2]}" tos=0 &&
		more_drops "$rtrb" ecn "$before" || rc=1
	mark_ce "$1" off
	return "$rc"
}

# fixed_case: what a tunnel sets itself; the peer gets the inner ones whole
fixed_case() {
	local rc=0 file=$tmpdir/headers.fixed

	site_tunnel fixed 4 4 -- esp aes-gcm-128 dscp 46 ttl 77 || return
	t capture wan "$inet" toa "$file" || return
	t udp "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 tos=9 &&
		expect_seen tos=9 || rc=1
	t uncapture wan
	[ "$rc" -eq 0 ] || return 1
	# dscp 46, and the sender's ECN
	grep -q "^4 .* tos=185 ttl=77 " "$file" && return
	echo "no tos=185 ttl=77 outside: $(<"$file")"
	return 1
}

test_headers() {
	local out in

	for out in 4 6; do
		in=$((10 - out))
		site_tunnel h $out 4 6 --
		ktap_test "TTL and DSCP, ipv$out in ipv$out" header_case $out $out
		ktap_test "TTL and DSCP, ipv$in in ipv$out" header_case $out $in
		ktap_test "ECN, ipv$out in ipv$out" ecn_case $out $out
		ktap_test "ECN, ipv$in in ipv$out" ecn_case $out $in
		site_flush
	done
	ktap_test "dscp and ttl of the tunnel's own" fixed_case
	site_flush
}

# df_case WORD INNER-DF EXPECTED: the outer DF bit
df_case() {
	local rc=0 file=$tmpdir/df.$1.$2

	site_tunnel df 4 4 -- esp aes-gcm-128 df "$1" || return
	t capture wan "$inet" toa "$file" || return
	t udp "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 df="$2" || rc=1
	t uncapture wan
	site_flush
	[ "$rc" -eq 0 ] || return 1
	grep -q "^4 .* df=$3 " "$file" && return
	echo "no df=$3 outside: $(<"$file")"
	return 1
}

test_df() {
	ktap_test "df copy copies DF" df_case copy "do" 1
	ktap_test "df copy does not invent DF" df_case copy dont 0
	ktap_test "df set" df_case set dont 1
	ktap_test "df clear" df_case clear "do" 0
}

# --- several tunnels ---

# Two tunnels between the same routers, one per family, and a third prefix
# that goes in clear.
two_case() {
	only_protected >/dev/null
	t udp "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 || return
	t udp "$hosta" fd01::2 "$hostb" fd02::2 || return
	only_protected || return
	cmd_ok nf "$rtra" tunnel del one || return
	cmd_ok nf "$rtrb" tunnel del one || return
	t udp "$hosta" fd01::2 "$hostb" fd02::2 || return
	only_protected || return
	# what is not protected any more is none of our business; the internet
	# knows no way
	t lost "$hosta" 10.1.0.2 "$hostb" 10.2.0.2 || return
	[ "$(seen_on_internet clear)" -gt 0 ] && return
	echo "the deleted tunnel still protects"
	return 1
}

# A tunnel at one end only: cleartext from the other end must not come in.
one_end_case() {
	local before

	cmd_ok nf "$rtrb" tunnel del two || return
	before=$(dropped "$rtra" cleartext)
	internet_routes add
	t lost "$hostb" fd02::2 "$hosta" fd01::2 || return
	more_drops "$rtra" cleartext "$before" || return
	internet_routes del
	t lost "$hosta" fd01::2 "$hostb" fd02::2
}

test_two() {
	site_tunnel one 4 4 --
	site_tunnel two 4 6 --
	ktap_test "two tunnels, and one of them deleted" two_case
	ktap_test "cleartext for a tunnel that stands at one end" one_end_case
	ktap_test "tunnel list names what is left" list_case
	site_flush
}

list_case() {
	local list

	list=$(nf "$rtra" tunnel list) || return
	[[ $list == *two* && $list != *one* ]] && return
	echo "$list"
	return 1
}

# --- tunnels in tunnels ---

# level N: an ipip device t$N over the addresses of the level below, itself
# protected there, and addresses for the level above
level() {
	local n=$1 below=$(($1 - 1)) a=192.0.2.1 b=198.51.100.1 side ns

	[ "$n" = 1 ] || a=10.9.$below.1 b=10.9.$below.2
	ip -n "$rtra" link add "t$n" type ipip local "$a" remote "$b" ttl 64 &&
		ip -n "$rtrb" link add "t$n" type ipip local "$b" remote "$a" \
			ttl 64 || return
	for side in 1 2; do
		ns=$rtra
		[ $side = 1 ] || ns=$rtrb
		ip -n "$ns" link set "t$n" up
		ip -n "$ns" addr add "10.9.$n.$side/24" dev "t$n"
	done
	new_key "$tmpdir/t$n.key"
	level_sa "$rtra" "$n" "$a" "$b" && level_sa "$rtrb" "$n" "$b" "$a"
}

# level_sa NS N LOCAL REMOTE: protects what the device of that level sends
level_sa() {
	cmd_ok nf "$1" tunnel add "level$2" local "$3" remote "$4" \
		protect "$3" "$4" esp aes-gcm-128 key-file "$tmpdir/t$2.key"
}

# levels_case N: through N tunnels in each other
levels_case() {
	local n

	modprobe -q ipip 2>/dev/null
	for n in $(seq "$1"); do
		ip -n "$rtra" link show "t$n" >/dev/null 2>&1 && continue
		level "$n" || return
	done
	only_protected >/dev/null
	t ping "$rtra" "10.9.$1.1" "10.9.$1.2" size=300 || return
	t tcp "$rtra" "10.9.$1.1" "$rtrb" "10.9.$1.2" size=$FEW || return
	only_protected && no_drops "$rtra" "$rtrb"
}

# One more is one too many; it is dropped and counted, and nothing else breaks.
too_deep_case() {
	local before

	level 5 || return
	before=$(dropped "$rtra" too-deep)
	t lost "$rtra" 10.9.5.1 "$rtrb" 10.9.5.2 || return
	more_drops "$rtra" too-deep "$before" || return
	# over the fifth's ends everything is protected by it
	t ping "$rtra" 10.9.3.1 10.9.3.2
}

test_levels() {
	if ! modprobe -q ipip 2>/dev/null &&
		! ip -n "$rtra" link add probe type ipip 2>/dev/null; then
		ktap_test_skip "tunnels in tunnels" "no ipip"
		ktap_test_skip "4 tunnels in each other" "no ipip"
		ktap_test_skip "5 are too many" "no ipip"
		return
	fi
	ktap_test "a tunnel in a tunnel" levels_case 2
	ktap_test "4 tunnels in each other" levels_case 4
	ktap_test "5 are too many" too_deep_case
}

site_begin 32
test_families
test_headers
test_df
test_two
test_levels
site_end
