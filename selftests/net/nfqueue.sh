#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A program has each packet in its queue (NFQUEUE) before our hook has it: the hook
# then runs in that program's context, in which a softirq may come at any
# time. What would go wrong there is for the debug kernel to say; here it is that
# packets pass, and that cleartext does not. What is received anew (here IPv4 in IPv6)
# must not be queued once more: see security.rst.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

queued() {
	tail -n 1 "$tmpdir/queue"
}

# through [v6]: in, and what ought to have come over the SA
through() {
	local before

	before=$(queued)
	begin "sas t 0x1000 esp aes-gcm-128 $*" \
		"protect t 10.1.0.0/16 10.2.0.0/16" && steps <<-END || return
		send t.in
		took lan
		send t.in len=600
		took lan
		mark
		clear
		drop cleartext by=policy
	END
	[ $(($(queued) - before)) -ge 2 ] || {
		echo "the queue had $(queued) packets, $before before"
		return 1
	}
}

main() {
	require_peer
	require_module
	topology
	in_gate nft -f - <<-END 2>/dev/null || ktap_skip_all "no nft queue"
		table inet q {
			chain in {
				type filter hook prerouting priority -500;
				meta iifname "wan0" meta l4proto esp queue num 7
			}
		}
	END
	in_gate python3 -B "$(dirname "$0")/nfqueue.py" 7 >"$tmpdir/queue" &
	at_exit kill $!
	busywait 20000 grep -q ready "$tmpdir/queue" || ktap_skip_all "no NFQUEUE"
	echo 0 >>"$tmpdir/queue"
	ktap_print_header
	ktap_set_plan 2
	ktap_test "over IPv4" through
	ktap_test "over IPv6" through v6
	ktap_finish
}

main
