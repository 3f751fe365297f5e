# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
hq="hq local 198.51.100.1 remote 203.0.113.9 protect 10.1.0.0/16 10.2.0.0/16 esp aes-gcm-256 key-file secret.key"
extra="dscp-map 46:34,0:8 ecn clear fragment after tfc 1200 dummy-every 50ms dummy-size 900"

# what is asked for comes back as the same words, and the outbound SA alone has it
nfipsec tunnel add $hq $extra
nfipsec tunnel list
nfipsec sa list
nfipsec tunnel list -j
nfipsec tunnel peer-config hq
nfipsec tunnel replace $hq
nfipsec tunnel list
# an SA for some DSCPs is none of a tunnel's line
nfipsec sa add tunnel hq dir out local 198.51.100.1 remote 203.0.113.9 spi 0x5000 esp aes-gcm-256 key-file gcm256.key for-dscp 40-42,46
nfipsec list
