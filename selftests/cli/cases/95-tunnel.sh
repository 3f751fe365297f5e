# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
hq="hq local 203.0.113.1 remote 198.51.100.7 protect 192.168.1.0/24 192.168.2.0/24"

nfipsec tunnel add $hq esp aes-gcm-256 key-file secret.key
nfipsec tunnel list
nfipsec tunnel get hq
nfipsec tunnel list -j
nfipsec tunnel peer-config hq
nfipsec tunnel add $hq esp aes-gcm-256 key-file secret.key
# the same secret: the SAs stay; another pair comes, then goes
nfipsec tunnel replace $hq protect 10.0.0.0/8 any esp aes-gcm-256 key-file secret.key
nfipsec tunnel list
nfipsec policy list
nfipsec tunnel replace $hq esp aes-gcm-256 key-file secret.key
# another secret: other SAs
nfipsec tunnel replace $hq esp aes-gcm-256 key-file secret2.key ttl 9 replay-window 64
nfipsec list
nfipsec tunnel get other
nfipsec tunnel del other
nfipsec tunnel del hq
nfipsec list
