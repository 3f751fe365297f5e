#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What other hosts are told of packets that are dropped on their way out (RFC
# 4301 section 5.1.1), if the settings want it: of a policy that discards, of an
# SA that nobody makes, of a peer without a route; and where they are not.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

settings() {
	echo "settings $*" >>"$tmpdir/set"
}

# told by family: prohibited, unreachable
P4="type=3 code=13 quotes=last"
P6="type=1 code=1 quotes=last"
U4="type=3 code=1 quotes=last"
U6="type=1 code=3 quotes=last"

DISCARD4="policy dir out src any dst 10.2.0.0/16 discard"
DISCARD6="policy dir out src any dst 2001:db8:b::/64 discard"
EMPTY4="protect t 10.1.0.0/16 10.2.0.0/16"
EMPTY6="protect six 2001:db8:a::/64 2001:db8:b::/64"

off() {
	begin "$DISCARD4" "$EMPTY6" && steps <<-END
		lan
		drop policy-discard by=policy
		lan v=6
		drop no-sa by=policy
	END
}

# what a discard policy says, also of the router's own
policy_says() {
	begin "settings icmp-drops on" "$DISCARD4" "$DISCARD6" && steps <<-END
		lan
		icmp lan $P4
		lan proto=tcp
		icmp lan $P4
		lan v=6
		icmp lan $P6
		drop policy-discard n=3 by=policy
		lan
		icmp lan $P4
		count unreachable-sent drop=policy-discard
		# a program has been told by an error
		local dst=10.2.0.2 src=10.1.0.1 error=EPERM
		count unreachable-sent n=0 drop=policy-discard
		quiet
		nfipsec settings set icmp-drops off
		mark
		lan
		drop policy-discard by=policy
	END
}

# nobody could bring an SA; the way to the peer; the SA has ended
no_peer() {
	begin "settings icmp-drops on" "$EMPTY4" "$EMPTY6" \
		"policy dir out src any dst 10.3.0.0/24 protect lost" \
		"policy dir out src any dst 10.3.1.0/24 protect last" \
		"sa out lost 0x1000 esp aes-gcm-128 remote 203.0.113.9" \
		"sa out last 0x1001 esp aes-gcm-128 esn off seq 4294967294" &&
		steps <<-END
		lan
		icmp lan $U4
		lan v=6
		icmp lan $U6
		drop no-sa n=2 by=policy
		lan dst=10.3.0.2
		icmp lan $U4
		drop no-route by=sa,policy
		lan dst=10.3.1.2
		wire last.out
		lan dst=10.3.1.2
		icmp lan $U4
		drop seq-exhausted by=sa,policy
	END
}

# somebody tries, and does not reach the peer
unreachable_in_time() {
	begin "settings icmp-drops on" "$EMPTY4" "$EMPTY6" && steps <<-END
		listen
		mark
		lan
		lan v=6
		quiet
		icmp lan type=3 code=1
		icmp lan $U6
		drop no-sa n=2 by=policy
		deaf
	END
}

# the peer refuses: who negotiates says so by a policy
refused() {
	begin "settings icmp-drops on" "$EMPTY4" "$EMPTY6" && steps <<-END
		${DISCARD4/out/out priority 1}
		${DISCARD6/out/out priority 1}
		listen
		mark
		lan
		quiet
		apply
		icmp lan $P4
		drop policy-discard by=policy
		deaf
	END
}

refused_v6() {
	begin "settings icmp-drops on" "$EMPTY6" && steps <<-END
		${DISCARD6/out/out priority 1}
		listen
		mark
		lan v=6
		quiet
		apply
		icmp lan $P6
		drop policy-discard by=policy
		deaf
	END
}

no_wait() {
	begin "settings no-sa drop icmp-drops on" "$EMPTY4" && steps <<-END
		listen
		mark
		lan
		icmp lan $U4
		drop no-sa by=policy
		deaf
	END
}

# errors, and later fragments
never() {
	begin "settings icmp-drops on" "$DISCARD4" "$DISCARD6" && steps <<-END
		lan proto=icmp quotes=10.2.0.2,10.1.0.2,udp
		drop policy-discard by=policy
		lan proto=icmpv6 v=6 quotes=2001:db8:b::2,2001:db8:a::2,udp
		drop policy-discard by=policy
		lan off=800
		drop policy-discard by=policy
		lan v=6 ext=later
		drop policy-discard by=policy
		# what asks is answered
		lan mf=1
		icmp lan $P4
	END
}

# from another tunnel: told over that one, and not in clear
through_a_tunnel() {
	begin "settings icmp-drops on" "sas t - esp aes-gcm-128" \
		"policy dir in src 10.2.0.0/16 dst any protect t" \
		"policy dir out src any dst 10.2.0.0/16 protect t" \
		"policy dir out priority 1 src any dst 10.3.0.0/16 protect empty" &&
		steps <<-END
		sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.wan0.send_redirects=0
		send t.in dst=10.3.0.2
		told t.out $U4
		drop no-sa by=policy
	END
}

# by the stack, as all that it says
limited() {
	begin "settings icmp-drops on" "$DISCARD4" "$DISCARD6" && steps <<-END
		sysctl -qw net.ipv4.icmp_ratelimit=1000 net.ipv6.icmp.ratelimit=1000
		burst n=40 keep=0
		few lan 15
		burst n=40 keep=0 v=6
		few lan 15
		sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
		drop policy-discard n=80 by=policy
	END
}

main() {
	require_peer
	require_module
	topology
	ktap_print_header
	ktap_set_plan 10
	ktap_test "silence, where nothing has been set" off
	ktap_test "3/13 and 1/1: a policy discards" policy_says
	ktap_test "3/1 and 1/3: no SA, no route, none left" no_peer
	ktap_test "3/1 and 1/3: nobody has made an SA in time" unreachable_in_time
	ktap_test "3/13: the peer refuses" refused
	ktap_test "1/1: the peer refuses" refused_v6
	ktap_test "none waits, if the settings say so" no_wait
	ktap_test "errors and later fragments are not answered" never
	ktap_test "told over the tunnel that it came by" through_a_tunnel
	ktap_test "the rate is limited" limited
	ktap_finish
}

main
