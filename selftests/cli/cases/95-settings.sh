# SPDX-License-Identifier: GPL-2.0-only
nfipsec settings
nfipsec settings set unknown-spi drop
nfipsec settings
nfipsec -j settings
nfipsec list
nfipsec -j list
nfipsec tunnel list
# a file without them takes them back, one that adds does not
echo 'policy dir in src any dst 192.0.2.1 discard' | nfipsec apply --add -
nfipsec list
echo 'policy dir in src any dst 192.0.2.1 bypass' | nfipsec apply -
nfipsec list
printf 'settings unknown-spi drop\n' | nfipsec apply -
nfipsec list
FAKE_FAIL='txn-commit 1 22 no' nfipsec flush
nfipsec list
nfipsec flush
nfipsec list
# refused as a whole
FAKE_FAIL='settings-set 1 22' nfipsec settings set unknown-spi drop
printf '\nsettings unknown-spi drop\n' | FAKE_FAIL='settings-set 1 22' nfipsec apply -
FAKE_FAIL='settings-set 1 95' nfipsec settings set unknown-spi drop
nfipsec -n settings set unknown-spi drop
nfipsec -j -n settings set unknown-spi drop
# flags and lists, each left as it is unless named
nfipsec settings set default discard exempt-ike off icmp-clear all,-redirect
nfipsec settings set learn-pmtu off icmpv6-protected echo-reply
nfipsec list
nfipsec settings
nfipsec -j settings
nfipsec settings set icmp-clear all icmpv6-protected all exempt-ike on
nfipsec list
# what opens says so
nfipsec settings set default accept
nfipsec settings set default discard
printf 'settings learn-pmtu off\n' | nfipsec apply -
nfipsec settings set default discard
nfipsec flush
nfipsec list
# guarded devices: the list is replaced as a whole
nfipsec settings set guard wan0,ppp0
nfipsec list
nfipsec -j settings
nfipsec settings set unknown-spi drop
nfipsec list
nfipsec settings set guard wan1
nfipsec list
echo 'settings unknown-spi drop' | nfipsec apply -
nfipsec list
FAKE_FAIL='settings-set 1 22' nfipsec settings set guard wan0
nfipsec flush
nfipsec settings set guard wan0,wan1
nfipsec settings set guard wan1
nfipsec flush
# one word for two flags: each value ends the other ones
nfipsec settings set sec-path always unknown-spi drop
nfipsec list
nfipsec settings set sec-path never
nfipsec list
nfipsec -j list
nfipsec settings set sec-path auto
nfipsec flush
