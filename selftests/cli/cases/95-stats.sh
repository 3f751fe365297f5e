# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
nfipsec sa add tunnel t dir in local 192.0.2.1 remote 192.0.2.2 spi 0x1000 esp aes-gcm-256 \
	key-file gcm256.key
nfipsec stats
nfipsec stats -j
nfipsec stats --prometheus
nfipsec stats -j --prometheus
