# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# what a file opens: of policies that differ in one thing, just those that no
# other policy protects, in the order they had
nfipsec apply - <<END
policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t
policy dir in src 10.1.0.0/16 dst 10.2.0.0/16 protect t
policy dir out src 10.1.0.0/16 dst 10.3.0.0/16 protect t
policy dir out src 10.1.0.0/17 dst 10.2.0.0/16 protect t
policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 proto tcp protect t
policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 proto udp protect t
policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 proto 0 protect t
policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 proto tcp sport 80 protect t
policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 proto tcp dport 80 protect t
policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 proto tcp dport 80-81 protect t
policy dir out src any dst any family ipv6 protect t
policy dir out src any dst any family ipv4 protect t
policy dir out src 2001:db8::/32 dst any protect t
policy dir out src any dst 10.9.0.0/16 discard
END
# another tunnel or priority is as good, a wider policy if it is met no later; bypass
# is not
nfipsec apply - <<END
policy dir out src any dst any family ipv4 priority 1001 protect u
policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 proto tcp dport 80 protect u
policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 proto tcp protect t
policy dir in src 10.1.0.0/16 dst 10.2.0.0/16 bypass
policy dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t
END
nfipsec apply - <<END
policy dir in src 10.1.0.0/16 dst 10.2.0.0/16 bypass
END
nfipsec flush
# of lists, what is not there any more
nfipsec apply - <<END
policy dir out src 10.1.0.0/16,10.2.0.0/16 dst 10.9.0.0/16 proto tcp dport 53,80 protect t
policy dir in src 10.9.0.0/16 dst 10.1.0.0/16 proto tcp protect t
policy dir out src 10.4.0.2-10.4.0.5 dst 10.9.0.0/16 protect t
END
nfipsec apply - <<END
policy dir out src 10.1.0.0/16,10.2.0.0/16,10.3.0.0/16 dst 10.9.0.0/16 proto tcp dport 50-60,80 protect t
policy dir in src 10.9.0.0/16 dst 10.0.0.0/8 protect t
policy dir out src 10.4.0.1-10.4.0.5 dst 10.9.0.0/16 protect t
END
nfipsec apply - <<END
policy dir out src 10.2.0.0/16,10.3.0.0/16 dst 10.9.0.0/16 proto tcp dport 50-60 protect t
policy dir in src 10.9.0.0/16 dst 10.0.0.0/8 proto tcp protect t
policy dir out src 10.4.0.1-10.4.0.4 dst 10.9.0.0/16 protect t
END
