#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Limits of octets, packets and time, soft and hard, in both directions and both
# families: one event each, with what an audit wants to know; behind a hard limit
# nothing passes, neither over another SA nor in clear, and the SA stays listed.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

# listen: events come in at descriptor 7, one line of JSON each
listen() {
	# shellcheck disable=SC2154 # topology makes it
	mkfifo "$tmpdir/events"
	exec 7<>"$tmpdir/events"
	in_gate "$NFIPSEC" monitor -j >&7 7>&- 8>&- 9>&- &
	at_exit "kill $! 2>/dev/null"
}

# heard: the monitor does not say when it begins
heard() {
	local line

	while :; do
		nf policy add dir out src 192.0.2.99 dst any discard || return 1
		nf flush >/dev/null
		read -r -t 0.2 -u 7 line && break
	done
	deaf
}

# deaf: there is no expire event that nobody has asked for
deaf() {
	local line rc=0

	nf policy add dir out priority 7 src 192.0.2.98 dst any discard
	nf policy del dir out priority 7 src 192.0.2.98 dst any >/dev/null
	while read -r -t "$((BUSYWAIT_TIMEOUT / 1000))" -u 7 line; do
		case $line in
		*'"event":"expire"'*)
			echo "another event: $line"
			rc=1
			;;
		*'"priority":7,'*'"event":"del"'*)
			return "$rc"
			;;
		esac
	done
	echo "the monitor is silent"
	return 1
}

# fresh LINE...: a new set, and nothing that was heard of the one before
fresh() {
	local line

	# before the new ones' clocks begin
	nf flush >/dev/null
	while read -r -t 0 -u 7; do
		read -r -u 7 line
	done
	begin "$@"
}

# event soft|hard LIMIT WORD=VALUE...: the next expire event is this one, has
# these members and the time of day
event() {
	local state=$1 limit=$2 line word start=$EPOCHSECONDS

	[ "$state" = soft ] || state=expired
	shift 2
	while read -r -t "$((BUSYWAIT_TIMEOUT / 1000))" -u 7 line; do
		[[ $line != *'"event":"expire"'* ]] || break
	done
	for word in "state=$state" "limit=$limit" "$@"; do
		[[ $line == *"\"${word%%=*}\":\"${word#*=}\""* ]] && continue
		echo "expected ${word%%=*} ${word#*=} in: ${line:-nothing}"
		return 1
	done
	[[ $line =~ \"limit_time\":([0-9]+) ]] &&
		[ $((start - BASH_REMATCH[1])) -le 3 ] &&
		[ "${BASH_REMATCH[1]}" -le "$EPOCHSECONDS" ] && return
	echo "expected the time, about $start, in: $line"
	return 1
}

# listed TEXT...: it is in what "sa list -s" says
listed() {
	local said

	said=$(nf sa list -s) || return 1
	[[ $said == *"$*"* ]] && return
	echo "expected \"$*\" in: $said"
	return 1
}

# unlisted TEXT...
unlisted() {
	! listed "$@" >/dev/null
}

# refused WORDS -- TEXT: nfipsec says this is why not
refused() {
	local said words=()

	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	shift
	said=$(nf "${words[@]}" 2>&1) && return 1
	[[ $said == *"$*"* ]] && return
	echo "expected \"$*\", not: $said"
	return 1
}

# out SA [WORD...]: a packet leaves, protected
out() {
	say lan "${@:2}" && say wire "$1"
}

# in SA [WORD...]: a packet arrives, and is taken
into() {
	say send "$@" && say took lan
}

# --- cases ---

# packets V SIZE WORD...: of that family; the limit is exact
packets() {
	local v=$1 near=10.1.0.0/16 far=10.2.0.0/16

	shift
	if [ "$v" = 6 ]; then
		near=2001:db8:a::/64
		far=2001:db8:b::/64
	fi
	fresh "sas t - $* life-packets 2/3" "protect t $near $far" || return 1
	steps <<-END
		out t.out v=$v
		out t.out v=$v
		event soft packets dir=out tunnel=t
		out t.out v=$v
		event hard packets dir=out tunnel=t
		lan v=$v
		drop expired by=sa,policy
		into t.in v=$v
		into t.in v=$v
		event soft packets dir=in tunnel=t
		into t.in v=$v
		event hard packets dir=in tunnel=t
		send t.in v=$v
		drop expired by=sa
		listed expired: the hard limit of packets was reached at
		listed life: packets 3 of 2/3
		unlisted active,
		deaf
	END
}

# What counts is what the algorithm has worked on: of an inner packet of 44
# octets ESP encrypts 48, with padding and trailer; AH authenticates all of its
# packet, of 64 octets and 28 of its own.
octets() {
	local v=$1 n=$2

	shift 2
	fresh "sas t - $* life-bytes $((2 * n))/$((3 * n)) life-packets 8/9" \
		"protect t 10.1.0.0/16 10.2.0.0/16" \
		"protect t 2001:db8:a::/64 2001:db8:b::/64" || return 1
	steps <<-END
		out t.out v=$v
		out t.out v=$v
		event soft bytes dir=out
		listed life: bytes $((2 * n)) of
		out t.out v=$v
		event hard bytes dir=out
		lan v=$v
		into t.in v=$v
		into t.in v=$v
		event soft bytes dir=in
		into t.in v=$v
		event hard bytes dir=in
		send t.in v=$v
		drops expired=2
		quiet
	END
}

# Since it was added, also if nothing passes; and since its first packet, which
# one without packets never reaches
times() {
	fresh "sas t - esp aes-gcm-128 life-time 1s/2s" \
		"sas u - esp aes-gcm-128 v6 life-use 1s/2s life-time 1h" \
		"protect t 10.1.0.0/16 10.2.0.0/16" \
		"protect u 2001:db8:a::/64 2001:db8:b::/64" || return 1
	steps <<-END
		event soft time tunnel=t
		event soft time tunnel=t
		event hard time tunnel=t
		event hard time tunnel=t
		lan
		send t.in
		out u.out v=6
		event soft use tunnel=u dir=out
		event hard use tunnel=u dir=out
		lan v=6
		into u.in v=6
		event soft use tunnel=u dir=in
		event hard use tunnel=u dir=in
		send u.in v=6
		drops expired=4
		quiet
	END
}

# A replacement goes on with what has been used up, and cannot change the limits
replaced() {
	fresh "sas t 0x7001 esp aes-gcm-128 life-packets none/2 life-time 1s/1h" \
		"protect t 10.1.0.0/16 10.2.0.0/16" || return 1
	steps <<-END
		event soft time
		event soft time
		out t.out
		into t.in
		unlisted time 0s of
		apply
		listed life: packets 1 of none/2, time
		unlisted time 0s of
		out t.out
		event hard packets dir=out
		into t.in
		event hard packets dir=in
		apply
		mark
		lan
		send t.in
		drops expired=2
		quiet
		deaf
		longer
	END
}

# longer: the same set with other limits
longer() {
	sed 's/ life-time 1s.1h//' "$tmpdir/set" >"$tmpdir/longer"
	refused apply "$tmpdir/longer" -- "the limits cannot be changed"
}

# The local sender is told why
told() {
	fresh "sas t - esp aes-gcm-128 life-packets none/1" \
		"protect t 10.1.0.0/16 10.2.0.0/16" || return 1
	steps <<-END
		out t.out
		event hard packets
		local src=10.1.0.1 dst=10.2.0.2 error=EKEYEXPIRED
		drops expired=1
		quiet
	END
}

# No older SA takes the place of one that has ended, until that is deleted
older() {
	fresh "sa out t 0x8001 esp aes-gcm-128 as old" \
		"sa out t 0x8002 esp aes-gcm-128 as young life-packets 1" \
		"policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t" ||
		return 1
	steps <<-END
		out young
		event hard packets spi=0x00008002
		lan
		drops expired=1
		quiet
		nfipsec sa del dir out remote $PEER4 spi 0x8002
		out old
	END
}

# What a key has done it has done, whatever SA it comes back in
again() {
	local sa

	KEY=$(key_of aes-gcm-128) fresh \
		"sa out t 0x9001 esp aes-gcm-128 life-packets 2/2 life-bytes 200/200" \
		"policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t" ||
		return 1
	sa="sa add tunnel t dir out local $GATE4 remote $PEER4 spi 0x9002 esp aes-gcm-128"
	sa+=" key-file $tmpdir/key.out.0x9001"
	steps <<-END
		out t.out
		nfipsec sa flush
		nfipsec $sa life-bytes 96
		lan
		event hard bytes spi=0x00009002
		flush
		nfipsec sa flush
		nfipsec $sa life-packets 2
		event hard packets spi=0x00009002
		mark
		lan
		drops expired=1
		quiet
		nfipsec sa flush
		nfipsec $sa life-bytes 96
		event hard bytes spi=0x00009002
		mark
		lan
		drops expired=1
		quiet
		nfipsec sa flush
		flush
		nfipsec $sa life-packets 3
		lan
		event hard packets spi=0x00009002
		flush
	END
}

# The last number ends an SA as a limit does; the record of it has the SA's ends
# and selectors
numbers() {
	fresh "sa out t 0xa001 $* esn off seq 4294967293 src 10.1.0.0/16 dst 10.2.0.0/16 proto udp dport 4660" \
		"policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t" ||
		return 1
	steps <<-END
		out t.out
		event soft sequence spi=0x0000a001
		out t.out
		event hard sequence spi=0x0000a001 tunnel=t dir=out local=$GATE4 remote=$PEER4 src=10.1.0.0/16 dst=10.2.0.0/16
		lan
		drop seq-exhausted by=sa,policy
		quiet
	END
}

# Blocks of 64 bits do not last
legacy() {
	fresh "sas t - esp legacy-3des-cbc+hmac-sha1-96" || return 1
	nf sa list -j >"$tmpdir/list" &&
		[ "$(grep -c '"hard": 4294967296' "$tmpdir/list")" = 2 ] && return
	cat "$tmpdir/list"
	return 1
}

# Left to the end of the namespace: the clocks run until then
left() {
	fresh "sas t - esp aes-gcm-128 life-time 1s/1h life-use 2h" &&
		event soft "time" tunnel=t && event soft "time" tunnel=t
}

main() {
	require_peer
	require_module
	topology
	listen
	ktap_print_header
	ktap_set_plan 16
	ktap_test "events are heard" heard
	ktap_test "packets, ESP over IPv4" packets 4 esp aes-gcm-128
	ktap_test "packets, AH over IPv6" packets 6 ah hmac-sha256-128 v6
	ktap_test "octets, ESP over IPv4" octets 4 48 esp aes-gcm-128
	ktap_test "octets, ESP over IPv6, CBC" \
		octets 6 80 esp aes-cbc-128+hmac-sha256-128 v6
	ktap_test "octets, ESP in UDP, the same" \
		octets 4 48 esp aes-gcm-128 encap 4500
	ktap_test "octets, AH over IPv4" octets 4 92 ah hmac-sha256-128
	ktap_test "time, and time since the first packet" times
	ktap_test "a replacement goes on with the same limits" replaced
	ktap_test "the sender is told" told
	ktap_test "no older SA steps in" older
	ktap_test "a key that comes back has been used" again
	ktap_test "the last number, ESP" numbers esp aes-gcm-128
	ktap_test "the last number, AH" numbers ah hmac-sha256-128
	ktap_test "3DES has a limit of its own" legacy
	ktap_test "the namespace ends first" left
	ktap_finish
}

main
