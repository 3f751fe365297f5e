# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
hq="hq local 198.51.100.1 remote 203.0.113.9 protect 10.1.0.0/16 10.2.0.0/16 esp aes-gcm-256 key-file secret.key"
far="hq local 192.168.0.2 remote 198.51.100.1 protect 10.2.0.0/16 10.1.0.0/16 esp aes-gcm-256 key-file secret.key"

# both ends derive the same keys and SPIs, each the other way round
nfipsec tunnel add $hq encap 4500 orig-remote 192.168.0.2
nfipsec tunnel list
nfipsec tunnel peer-config $hq encap 4500 orig-remote 192.168.0.2
nfipsec tunnel peer-config hq
nfipsec tunnel list -j
nfipsec flush
nfipsec tunnel add $far encap 4500 orig-local 203.0.113.9
nfipsec tunnel list
nfipsec tunnel peer-config $far encap 4500 orig-local 203.0.113.9
# the same keys in and out of UDP
nfipsec tunnel replace $far
nfipsec tunnel list
nfipsec tunnel replace $far encap 4500:4501
nfipsec sa list
# words for the end behind NAT are not for its peer
nfipsec tunnel peer-config $far encap 4500 orig-local 203.0.113.9 keepalive on follow off
nfipsec tunnel replace $far encap 4500 orig-local 203.0.113.9 keepalive on follow off
nfipsec list
