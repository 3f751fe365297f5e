# SPDX-License-Identifier: GPL-2.0-only
export TZ=UTC
# two events, and the stand-in has no more
nfipsec monitor notices
nfipsec monitor notices -j
nfipsec monitor notices all
# what they are of is set by type: none, some, all
nfipsec settings set ecn-notices off icmp-notices destination-unreachable,time-exceeded
nfipsec list
nfipsec -j settings
nfipsec settings set icmp-notices all icmpv6-notices all,-time-exceeded
nfipsec list
nfipsec settings set icmp-notices all,-4
nfipsec list
# who is told what opens nothing
nfipsec settings set ecn-notices on icmp-notices none icmpv6-notices none
nfipsec list
nfipsec settings
# a file without them takes them back
nfipsec settings set ecn-notices off icmp-notices all
echo 'settings icmpv6-notices packet-too-big' | nfipsec apply -
nfipsec list
nfipsec -n settings set ecn-notices maybe
nfipsec -n settings set icmp-notices 3/4
nfipsec -n settings set icmp-notices reachable
FAKE_FAIL='settings-set 1 22' nfipsec settings set icmp-notices all
