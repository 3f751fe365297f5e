# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
# what is more, or less, than a tunnel line is shown as what it is
ends="local 203.0.113.1 remote 198.51.100.7"

nfipsec tunnel add hq $ends protect 192.168.1.0/24 192.168.2.0/24 esp aes-gcm-256 key-file secret.key
nfipsec policy add dir in src any dst 10.0.0.0/8 discard
nfipsec policy add dir out src any dst 10.0.0.0/8 bypass tunnel lan
nfipsec list
nfipsec tunnel list
nfipsec sa add tunnel hq dir in $ends spi 0x500 esp aes-gcm-256 key-file gcm256.key
nfipsec tunnel list
nfipsec sa del dir in local 203.0.113.1 spi 0x500
nfipsec tunnel list
nfipsec policy del dir in src 192.168.2.0/24 dst 192.168.1.0/24
nfipsec tunnel list
nfipsec list | grep -v '^\$' >all.conf
nfipsec apply all.conf
nfipsec list | grep -v '^\$' | diff all.conf -
nfipsec flush
