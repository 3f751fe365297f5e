# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
ends4="local 192.0.2.1 remote 192.0.2.2"
ends6="local 2001:db8::1 remote 2001:db8::2"

nfipsec tunnel add a $ends4 mode transport ah hmac-sha256-128 icv-pad 8 key-file secret.key
nfipsec tunnel add b $ends6 mode transport esp chacha20-poly1305 esn off key-file secret.key priority 7
nfipsec tunnel add c $ends6 protect 10.0.0.0/8 0.0.0.0/0 protect 2001:db8:1::/48 any \
	esp aes-cbc-256+hmac-sha512-256 key-file secret.key dscp 10 check-padding off
# within what c leaves clear
nfipsec tunnel add d $ends4 protect 10.1.0.0/16 10.2.0.0/16 esp aes-gcm-256 df clear \
	key-file-in gcm256.key key-file-out gcm256.key spi-in 0x100 spi-out 0x200
nfipsec tunnel add d $ends4 protect 10.1.0.0/16 10.2.0.0/16 esp aes-gcm-256 df clear priority 998 \
	key-file-in gcm256.key key-file-out gcm256.key spi-in 0x100 spi-out 0x200
# that would open d
nfipsec tunnel replace c $ends6 protect 10.0.0.0/8 0.0.0.0/0 esp aes-gcm-256 key-file secret.key \
	priority 999
nfipsec list
nfipsec list | grep -v '^\$' >all.conf
nfipsec apply all.conf
nfipsec list | grep -v '^\$' | diff all.conf -
nfipsec tunnel flush
nfipsec list
