#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Anti-replay windows of several sizes: in order, reordered, the very edge,
# duplicates, jumps; 32-bit and 64-bit numbers, these across 2^32; and forged
# packets, which must not move anything.
#
# Topology: see peer.sh.
#
# One family: numbers and windows have none

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

# inbound ALG-WORDS...: one inbound SA, "esp ALG" or "ah ALG" first
inbound() {
	clean && steps <<-END
		sa in t - $*
		policy dir in src 10.2.0.0/16 dst 10.1.0.0/16 protect t
		apply
		mark
	END
}

# The steps: a packet with that number arrives and is taken, or is dropped; why
# it was is asked at the end, for all at once
taken() {
	say send t.in "seq=$1" && say took lan
}

dropped() {
	say send t.in "seq=$1"
}

forged() {
	say send t.in "seq=$1" flip=-1
}

# window SIZE ESN: what is left of the window has no 64-bit number that it
# could be, but for one that is 2^32 further on: that it is not, says the ICV
window() {
	local w=$1 top=$(($1 + 1000)) reason=replay-old

	[ "$2" = off ] || reason=bad-icv
	inbound esp aes-gcm-128 esn "$2" replay-window "$w" && steps <<-END
		taken 1
		taken 2
		taken 3
		taken $top
		taken $((top - w + 1))
		dropped $((top - w + 1))
		dropped $((top - w))
		dropped $top
		taken $((top - w + w / 2 + 1))
		taken $((top + 1))
		dropped $((top - w + 1))
		taken $((top + 1 + w))
		dropped $((top + 1))
		taken $((top + 2))
		forged $((top + 200000))
		taken $((top + 100000))
		dropped $((top + 1 + w))
		dropped $((top + 100000))
		taken $((top + 100000 - w + 1))
		drops $(window_drops $reason)
		quiet
	END
}

window_drops() {
	if [ "$1" = bad-icv ]; then
		echo replay-duplicate=3 bad-icv=5
	else
		echo replay-duplicate=3 replay-old=4 bad-icv=1
	fi
}

# unsaid PROTO ALG: 1024 numbers where nobody says how many
unsaid() {
	inbound "$1" "$2" esn off && steps <<-END
		taken 5000
		dropped 3976
		taken 3977
		dropped 3977
		taken 3978
		taken 5001
		dropped 3977
		drops replay-old=2 replay-duplicate=1
		quiet
	END
	nf sa list | grep "replay-window" && return 1
	nf sa list -j | grep '"replay_window": 1024'
}

# a window of one number: nothing but what is new
window_of_one() {
	inbound esp aes-gcm-128 esn off replay-window 1 && steps <<-END
		taken 1
		taken 2
		dropped 2
		dropped 1
		taken 4
		dropped 3
		dropped 4
		taken 100
		taken 101
		drops replay-duplicate=2 replay-old=2
		quiet
	END
}

# no window: everything that is authentic
no_window() {
	inbound esp aes-gcm-128 esn "$1" replay-window 0 && steps <<-END
		taken 1
		taken 1
		taken 500
		taken 1
		taken 4294967295
		taken 7
		forged 8
		drops bad-icv=1
		quiet
	END
}

# across PROTO ALG SIZE
across() {
	local edge=$((1 << 32))

	inbound "$1" "$2" seq $((edge - 4)) replay-window "$3" && steps <<-END
		taken $((edge - 3))
		taken $((edge - 1))
		taken $((edge + 1))
		taken $edge
		taken $((edge - 2))
		dropped $((edge - 2))
		dropped $((edge - 4))
		dropped $edge
		# the number that it is taken for is another one
		dropped 5
		taken $((edge + 5))
		forged $((edge + edge / 2))
		taken $((edge + 2))
		taken $((edge + edge / 2 + 100))
		taken $((edge * 2 + 3))
		taken $((edge * 2 + 1))
		dropped $((edge + 6))
		drops replay-duplicate=3 bad-icv=3
		quiet
	END
}

no_window_across() {
	local edge=$((1 << 32))

	inbound esp aes-cbc-128+hmac-sha256-128 seq $((edge - 4)) \
		replay-window 0 && steps <<-END
		taken $((edge - 1))
		taken $edge
		taken $((edge - 1))
		taken $((edge + 9))
		taken $((edge - 1000))
		taken $((edge + 1000))
		quiet
	END
}

# 32-bit numbers end
last_of_32() {
	inbound esp aes-gcm-128 esn off seq 4294967290 && steps <<-END
		taken 4294967294
		taken 4294967295
		taken 4294967293
		dropped 4294967296
		dropped 4294967297
		dropped 4294967295
		drops replay-invalid=1 replay-old=1 replay-duplicate=1
		quiet
	END
}

# and so do 64-bit ones
last_of_64() {
	inbound esp aes-gcm-128 seq 18446744073709551613 && steps <<-END
		taken 18446744073709551614
		taken 18446744073709551615
		dropped 18446744073709551615
		dropped 0
		drops replay-old=1 replay-duplicate=1
		quiet
	END
}

# sent ALG: across 2^32
sent() {
	clean && steps <<-END
		sa out t - $1 $2 seq 4294967294
		policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t
		apply
		lan
		wire t.out seq=4294967295
		lan
		wire t.out seq=4294967296
		lan
		wire t.out seq=4294967297
	END
}

main() {
	local w esn

	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 23
	for w in 32 64 65 1024 8192; do
		for esn in off on; do
			ktap_test "window of $w, esn $esn" window $w $esn
		done
	done
	ktap_test "window unless told otherwise, ESP" unsaid esp aes-gcm-128
	ktap_test "window unless told otherwise, AH" unsaid ah hmac-sha256-128
	ktap_test "window of 1" window_of_one
	ktap_test "no window" no_window off
	ktap_test "ESP across 2^32, window of 64" across esp aes-gcm-256 64
	ktap_test "ESP across 2^32, window of 8192" \
		across esp aes-cbc-256+hmac-sha512-256 8192
	ktap_test "AH across 2^32" across ah hmac-sha256-128 1024
	ktap_test "no window, across 2^32" no_window_across
	ktap_test "the last 32-bit number" last_of_32
	ktap_test "the last 64-bit number" last_of_64
	ktap_test "sent across 2^32, AEAD" sent esp aes-gcm-128
	ktap_test "sent across 2^32, cipher and hash" \
		sent esp aes-cbc-128+hmac-sha384-192
	ktap_test "sent across 2^32, AH" sent ah hmac-sha512-256
	ktap_finish
}

main
