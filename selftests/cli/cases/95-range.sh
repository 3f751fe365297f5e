# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
# a range is not the prefix around it, nor a tunnel's network
ends="local 203.0.113.1 remote 198.51.100.7"

nfipsec tunnel add hq $ends protect 10.1.0.0/29 10.2.0.0/16 esp aes-gcm-256 key-file secret.key
nfipsec policy del dir out src 10.1.0.0/29 dst 10.2.0.0/16
nfipsec policy del dir in src 10.2.0.0/16 dst 10.1.0.0/29
nfipsec policy add dir out src 10.1.0.0-10.1.0.6 dst 10.2.0.0/16 protect hq
nfipsec policy add dir in src 10.2.0.0/16 dst 10.1.0.0-10.1.0.6 protect hq
nfipsec list
nfipsec list | grep -v '^\$' >all.conf
nfipsec apply all.conf
nfipsec flush
