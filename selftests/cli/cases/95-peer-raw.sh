# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
# a tunnel whose keys come from no secret: the other end swaps them
nfipsec tunnel add d local 192.0.2.1 remote 192.0.2.2 protect 10.1.0.0/16 10.2.0.0/16 \
	esp aes-gcm-256 key-file-in gcm256.key key-file-out gcm256.key spi-in 0x100 spi-out 0x200
nfipsec tunnel peer-config d
