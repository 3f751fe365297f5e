# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
# a dump during which something changed is done again
nfipsec sa add tunnel t dir in local 192.0.2.1 remote 192.0.2.2 spi 0x1000 esp aes-gcm-256 \
	key-file gcm256.key
FAKE_INTERRUPT=1 nfipsec sa list
