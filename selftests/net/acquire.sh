#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Packets that wait for an SA, as long as somebody listens who may bring one:
# they leave when it is there, in order, protected, by the policies of then; no
# more of them wait than there is room for, and none longer than some seconds;
# none is ever seen in clear, and nothing is held for their sake.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

# packets of one tunnel, and of all
ROOM=128
ROOM_ALL=1024

# fresh SA-WORD...: with a key that costs no processes
fresh() {
	local i four

	KEY=
	for i in {1..10}; do
		printf -v four %04x $RANDOM
		KEY+=$four
	done
	sa "$@"
	KEY=
}

# without_sa: policies, and nobody to protect with; the next apply brings SAs, as
# nothing waits for long and the machine is slow
without_sa() {
	begin "protect t 10.1.0.0/16 10.2.0.0/16" \
		"protect six 2001:db8:a::/64 2001:db8:b::/64" &&
		steps <<-END
		fresh in t 0x1000 esp aes-gcm-128
		fresh out t 0x1000 esp aes-gcm-128
		fresh out six 0x1001 esp aes-gcm-128 v6
		listen
		mark
	END
}

arrives() {
	without_sa && steps <<-END
		lan sport=1
		keep
		lan sport=2
		keep
		local dst=10.2.0.2 src=10.1.0.1 sport=3
		keep
		quiet
		apply
		wires t.out
		count out-waited n=3
		asked 1
		# and those behind them do not
		lan sport=1
		wire t.out
		count out-waited n=0
		quiet
		deaf
	END
}

arrives_v6() {
	without_sa && steps <<-END
		lan v=6 sport=1
		keep
		lan v=6 sport=2 ext=dst
		keep
		quiet
		apply
		wires six.out
		count out-waited n=2
		quiet
		deaf
	END
}

# a stream in which the SA appears
in_order() {
	local rc=0

	without_sa || return 1
	apply &
	say burst n=60 pause=3 || rc=1
	wait $! || rc=1
	steps <<-END || rc=1
		wires t.out
		drops
		deaf
	END
	return "$rc"
}

# connections are known, and masquerading does not get hold of them
translated() {
	nft_rules && without_sa && steps <<-END
		lan sport=7
		keep
		lan sport=7
		keep
		apply
		wires t.out
		count out-waited n=2
		lan sport=7
		wire t.out
		send t.in sport=4660 dport=7
		took lan
		nft flush ruleset
		deaf
	END
}

nft_rules() {
	in_gate nft -f - <<-END
		table ip t {
			chain post {
				type nat hook postrouting priority srcnat
				oifname wan0 masquerade
			}
			chain forward {
				type filter hook forward priority 0
				ct state new counter accept
			}
		}
	END
}

bounded() {
	without_sa && steps <<-END
		burst n=$((ROOM + 12)) keep=$ROOM
		# another tunnel's have room
		lan v=6
		apply
		wires t.out
		wire six.out
		drop no-sa n=12 by=policy
		deaf
	END
}

# many tunnels, each with less than would fit
bounded_all() {
	local i policies=()

	for i in {1..9}; do
		policies+=("policy dir out src any dst 10.2.$i.0/24 protect n$i")
	done
	begin "${policies[@]}" && say listen && say mark || return 1
	for i in {1..9}; do
		say burst n=$((ROOM - 8)) keep=0 "dst=10.2.$i.2" || return 1
	done
	steps <<-END
		drop no-sa n=$(((ROOM - 8) * 9 - ROOM_ALL)) by=policy
		# an end to all of them
		mark
		nfipsec flush
		drops no-sa=$ROOM_ALL
		quiet
		deaf
	END
}

# a super-packet takes the room of its segments
super_packets() {
	modprobe -q tun
	if ! ip -n "$gate" tuntap add dev tun0 mode tun vnet_hdr ||
	   ! ip -n "$gate" link set tun0 up; then
		echo "no tun device here"
		return "$KSFT_SKIP"
	fi
	without_sa || return 1
	# of 5 segments each
	for _ in $(seq $((ROOM / 5 + 1))); do
		say gso tun0 || return 1
	done
	steps <<-END
		drop no-sa by=policy
		ip link del tun0
		nfipsec flush
		drops no-sa=$((ROOM / 5))
		deaf
	END
}

# some seconds, then it is over
too_late() {
	without_sa && steps <<-END
		lan
		lan v=6
		count out-waited n=2
		drop no-sa n=2 by=policy
		apply
		quiet
		lan
		wire t.out
		deaf
	END
}

# a policy that comes meanwhile holds for those that wait as well
discarded() {
	without_sa && steps <<-END
		policy dir out priority 1 src any dst 10.2.0.0/16 discard
		policy dir out priority 1 src any dst 2001:db8:b::/64 discard
		lan
		lan v=6
		apply
		drop policy-discard n=2 by=policy
		deaf
	END
}

# nothing protects them any more: not in clear either
bypassed() {
	without_sa && steps <<-END
		policy dir out priority 1 src any dst 10.2.0.0/16 bypass
		policy dir out src any dst 10.3.0.0/16 protect u
		lan
		apply
		drop no-sa
		lan
		took wan
		lan dst=10.3.0.2
		nfipsec flush
		drop no-sa
		deaf
	END
}

# some go, for whom there is an SA, and the others wait on
selective() {
	begin "protect t 10.1.0.0/16 10.2.0.0/16" && steps <<-END
		fresh out t 0x1000 esp aes-gcm-128 src 10.1.0.0/16 dst 10.2.0.0/16 proto udp
		listen
		mark
		lan proto=tcp
		lan sport=8
		keep
		apply
		wires t.out
		count out-waited n=2
		quiet
		deaf
	END
}

nobody_listens() {
	begin "protect t 10.1.0.0/16 10.2.0.0/16" && steps <<-END
		lan
		drop no-sa by=policy
		local dst=10.2.0.2 src=10.1.0.1 error=ESRCH
		drop no-sa by=policy
	END
}

# the way out goes, with all that waits for it
device_gone() {
	without_sa && steps <<-END
		ip link add wan1 type dummy
		ip link set wan1 up
		ip addr add 10.2.50.1/24 dev wan1
		lan dst=10.2.50.2
		lan dst=10.2.50.3
		lan
		keep
		ip link del wan1
		apply
		wires t.out
		drops no-route=2
		deaf
	END
}

module_gone() {
	without_sa && steps <<-END || return 1
		lan
		lan v=6
		count out-waited n=2
		deaf
		nfipsec flush
	END
	busywait "$BUSYWAIT_TIMEOUT" rmmod nf_ipsec 2>/dev/null && require_module
}

# the last one: a namespace is as gone as it can be when nothing of it is held
netns_gone() {
	local start=$SECONDS

	without_sa && steps <<-END || return 1
		lan
		lan v=6
		count out-waited n=2
	END
	cleanup_ns "$gate"
	busywait "$BUSYWAIT_TIMEOUT" rmmod nf_ipsec 2>/dev/null || {
		echo "after $((SECONDS - start)) s: $(lsmod | grep nf_ipsec)"
		return 1
	}
}

log_is_clean() {
	local said

	said=$(log_since) || return 1
	! grep -E 'WARNING|BUG|KASAN|refcount|suspicious|unregister_netdevice' <<<"$said"
}

require_peer
require_command nft
require_module
note_log
ktap_print_header
ktap_set_plan 16
topology
ktap_test "IPv4: they leave when there is an SA" arrives
ktap_test "IPv6: they leave when there is an SA" arrives_v6
ktap_test "none overtakes those that wait" in_order
ktap_test "connections and masquerading" translated
ktap_test "a tunnel has room for $ROOM" bounded
ktap_test "all tunnels have room for $ROOM_ALL" bounded_all
ktap_test "a super-packet counts for its segments" super_packets
ktap_test "none waits longer than some seconds" too_late
ktap_test "a policy that discards holds for them" discarded
ktap_test "nothing protects them any more" bypassed
ktap_test "an SA for some of them" selective
ktap_test "where nobody listens none waits" nobody_listens
ktap_test "a device is removed" device_gone
ktap_test "the module is removed" module_gone
ktap_test "the namespace is removed" netns_gone
ktap_test "the kernel did not complain" log_is_clean
ktap_finish
