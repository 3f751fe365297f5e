#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sequence numbers at their end and beyond the machine's: a counter that starts
# over, counters that go on after a restart, and a receiver that has missed 2^32
# packets.
#
# Topology: see peer.sh.
#
# One family: numbers have none

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

EDGE=$((1 << 32))

# The number on the wire is 0 behind the last one; ipsec_peer.py goes on counting,
# and so do IVs
over() {
	clean && steps <<-END
		sa out t - $1 $2 esn off seq-wrap on seq $((EDGE - 3))
		policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t
		apply
		mark
		lan
		wire t.out seq=$((EDGE - 2)) $3
		lan
		wire t.out seq=$((EDGE - 1)) $3
		lan
		wire t.out seq=$EDGE $3
		lan
		wire t.out seq=$((EDGE + 1)) $3
		quiet
	END
}

# Without the word it ends, and says so
over_not() {
	clean && steps <<-END
		sa out t - $1 $2 esn off seq $((EDGE - 2))
		policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t
		apply
		mark
		lan
		wire t.out seq=$((EDGE - 1))
		lan
		drops seq-exhausted=1
		quiet wan
	END
}

# The other end of such an SA does not look at numbers
taken_over() {
	clean && steps <<-END
		sa in t - $1 $2 esn off replay-window 0
		policy dir in src 10.2.0.0/16 dst 10.1.0.0/16 protect t
		apply
		mark
		send t.in seq=$((EDGE - 1))
		took lan
		send t.in seq=$EDGE
		took lan
		send t.in seq=$((EDGE + 1))
		took lan
		quiet
	END
}

# It belongs to the key: a replacement has it, and does not change it
over_is_kept() {
	local said

	clean && steps <<-END || return 1
		sa out t 0x1001 esp aes-gcm-128 esn off seq-wrap on
		apply
	END
	nf list | grep -q ' esn off seq-wrap on' || return 1
	nf list | nf apply - || return 1
	said=$(nf list | sed 's/ seq-wrap on//' | nf apply - 2>&1) && return 1
	echo "$said"
	[[ $said == *"seq-wrap cannot be changed"* ]]
}

restart() {
	nf flush >/dev/null
	busywait "$BUSYWAIT_TIMEOUT" rmmod nf_ipsec 2>/dev/null
	insmod "$NF_IPSEC_KO"
}

one_out() {
	nf flush >/dev/null && clean && KEY=$2 steps <<-END
		sa out t 0x2001 $1 esn $3
		policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t
		apply
	END
}

# As a power cut does it: what was sent after the state was saved is covered by
# the reserve
goes_on() {
	local key file=$tmpdir/state.$2

	key=$(key_of "$2")
	one_out "$1 $2" "$key" "$3" && steps <<-END || return 1
		lan
		wire t.out seq=1 $4
		nfipsec state save $file reserve 1000
		lan
		wire t.out seq=2 $4
	END
	restart || return 1
	# the peer still knows what it has seen
	nf state restore "$file" && nf apply "$tmpdir/set" && steps <<-END
		lan
		wire t.out jump=1 seq=1002 $4
		lan
		wire t.out seq=1003 $4
		nfipsec state save $file reserve 1000
		nfipsec flush
	END
	grep -q "^key [0-9a-f]* sent 1003 resume 16778217 " "$file" || {
		cat "$file"
		return 1
	}
}

# Without it a number comes again: so the test above can fail
without_state() {
	local key

	key=$(key_of aes-gcm-128)
	one_out "esp aes-gcm-128" "$key" on && steps <<-END || return 1
		lan
		wire t.out seq=1
	END
	restart || return 1
	nf state restore "$tmpdir/none" 2>"$tmpdir/said" || return 1
	grep -q 'warning: .*/none: no state was saved' "$tmpdir/said" || return 1
	one_out "esp aes-gcm-128" "$key" on && steps <<-END
		lan
		wire t.out seq=1
	END
}

# A key that was saved and is not there now is not forgotten, nor is a number ever
# lowered
kept() {
	local file=$tmpdir/kept key before after

	key=$(key_of aes-gcm-128)
	one_out "esp aes-gcm-128" "$key" on && steps <<-END || return 1
		lan
		wire t.out seq=1
		nfipsec state save $file
	END
	before=$(grep ^key "$file")
	restart && nf state save "$file" && after=$(grep ^key "$file") || return 1
	[ "$before" = "$after" ] || return 1
	# a second time changes nothing, but the file is ahead of what may be sent now
	nf state restore "$file" && nf state restore "$file" && nf state save "$file" reserve 1 ||
		return 1
	grep -q 'sent 16777217 resume 33554433 ' "$file"
}

# While an SA sends already, and has not known
late() {
	local file=$tmpdir/late key

	key=$(key_of aes-gcm-128)
	one_out "esp aes-gcm-128" "$key" on && steps <<-END || return 1
		lan
		wire t.out seq=1
		nfipsec state save $file reserve 50
		nfipsec state restore $file
		lan
		wire t.out seq=2
	END
	restart && one_out "esp aes-gcm-128" "$key" on && steps <<-END
		lan
		wire t.out seq=1
		nfipsec state restore $file
		lan
		wire t.out jump=1 seq=52
		nfipsec state restore $file
		lan
		wire t.out seq=53
	END
}

# What has been cut is not believed, and not written over but put aside
broken() {
	local said

	nf state save "$tmpdir/cut" && sed -i '$d' "$tmpdir/cut" || return 1
	said=$(nf state save "$tmpdir/cut" 2>&1) && return 1
	[[ $said == *"its end is missing"* ]] || return 1
	said=$(nf state restore "$tmpdir/cut" 2>&1) || return 1
	[[ $said == *"cut.bad"* ]] && [ -e "$tmpdir/cut.bad" ] &&
		! [ -e "$tmpdir/cut.new" ] && nf state save "$tmpdir/cut"
}

# sent_ahead HALVES N [WORD]: packets that are 2^32 times HALVES further on than the
# receiver thinks
sent_ahead() {
	say send t.in seq=$(($1 * EDGE + 100)) run=$(($2 - 1)) $3
}

inbound() {
	clean && steps <<-END
		sa in t - $1 $2 replay-window $3
		policy dir in src 10.2.0.0/16 dst 10.1.0.0/16 protect t
		apply
		mark
		send t.in seq=1
		took lan
	END
}

# 64 in a row, and the next one is looked at more closely
found_again() {
	inbound "$1" "$2" "$3" && sent_ahead "$4" 64 && steps <<-END
		quiet lan
		send t.in seq=$(($4 * EDGE + 200))
		took lan
		send t.in seq=$(($4 * EDGE + 201))
		took lan
		# and all is as it was, window and all
		send t.in seq=$(($4 * EDGE + 201))
		send t.in seq=$(($4 * EDGE + 199)) flip=-1
		send t.in seq=$(($4 * EDGE + 198))
		took lan
		quiet lan
	END
	[ $? -eq 0 ] || return 1
	[ "$3" = 0 ] || say drops bad-icv=65 replay-duplicate=1
}

# not one less, and not farther than it is worth looking for
not_found() {
	inbound esp aes-gcm-128 64 && sent_ahead 3 63 && steps <<-END && sent_ahead 20 70 && steps <<-END2
		send t.in seq=2
		took lan
		send t.in seq=$((3 * EDGE + 500))
		drops bad-icv=64
		quiet lan
		mark
	END
		drops bad-icv=70
		quiet lan
		send t.in seq=3
		took lan
	END2
}

# A flood of forged packets: each is dropped, whatever half it is tried with, and
# what is authentic goes on
no_lever() {
	inbound esp "$1" 64 && sent_ahead 1 200 flip=-1 && steps <<-END
		drops bad-icv=200
		quiet lan
		send t.in seq=2
		took lan
	END
}

main() {
	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 20
	ktap_test "the counter starts over, AEAD" over esp aes-gcm-128 iv=counts
	ktap_test "the counter starts over, cipher and hash" \
		over esp aes-cbc-128+hmac-sha256-128
	ktap_test "the counter starts over, AH" over ah hmac-sha256-128
	ktap_test "the counter does not start over, ESP" over_not esp aes-gcm-128
	ktap_test "the counter does not start over, AH" over_not ah hmac-sha256-128
	ktap_test "a counter that starts over is taken, ESP" taken_over esp aes-gcm-128
	ktap_test "a counter that starts over is taken, AH" taken_over ah hmac-sha256-128
	ktap_test "whether it starts over belongs to the key" over_is_kept
	ktap_test "after a restart, saved" goes_on esp aes-gcm-128 on iv=counts
	ktap_test "after a restart, saved, AH" goes_on ah hmac-sha256-128 off
	ktap_test "after a restart, nothing saved" without_state
	ktap_test "what was saved is kept" kept
	ktap_test "numbers are raised while an SA sends" late
	ktap_test "a state that was cut is put aside" broken
	ktap_test "2^32 packets missed, ESP" found_again esp aes-gcm-128 64 1
	ktap_test "16 times 2^32 packets missed, ESP, cipher and hash" \
		found_again esp aes-cbc-128+hmac-sha256-128 1024 16
	ktap_test "2^32 packets missed, implicit IV" found_again esp aes-gcm-128-iiv 64 2
	ktap_test "2^32 packets missed, AH" found_again ah hmac-sha256-128 64 3
	ktap_test "2^32 packets missed, too soon or too far to look" not_found
	ktap_test "2^32 packets missed, so say forged packets" no_lever aes-gcm-128
	ktap_finish
}

main
