# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# every field of a selector, to the kernel and back
cat >set.conf <<END
policy dir out src 10.0.0.1-10.0.0.9 dst 10.2.0.0/16 proto icmp icmp-type 3/1-5/2 bypass
policy dir out src any dst 10.2.0.0/16 proto udp sport opaque dport opaque mark 0x1/0x3 dev wan0 discard
policy dir in src any dst 2001:db8::1-2001:db8::9 proto opaque bypass
policy dir in src any dst 2001:db8::/32 proto mh mh-type 5-6 bypass
policy dir in src any dst 2001:db8::/32 proto icmpv6 icmpv6-type opaque bypass
END
nfipsec apply set.conf
nfipsec policy list
nfipsec policy list -j
nfipsec policy add dir out src any dst 10.2.0.0/16 proto udp sport opaque dport opaque mark 0x1/0x3 dev wan1 bypass
nfipsec policy del dir out src any dst 10.2.0.0/16 proto udp sport opaque dport opaque mark 0x1/0x3 dev wan0
nfipsec policy list -s
nfipsec apply set.conf
nfipsec policy list
cat >>set.conf <<END
policy dir in src any dst 2001:db8::/32 proto icmpv6 icmpv6-type opaque discard
END
nfipsec apply set.conf
