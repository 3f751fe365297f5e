# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
in="tunnel t dir in local 192.0.2.1 remote 192.0.2.2 spi 0x1000 esp aes-gcm-256"
out="tunnel t dir out local 192.0.2.1 remote 192.0.2.2 spi 0x1000 esp aes-gcm-256"

nfipsec sa add $in key-file gcm256.key src 10.0.0.0/8 proto tcp dport 80
nfipsec sa add $out key-file - seq 5 dscp 46 <gcm256.key
nfipsec sa add ${out/0x1000/0x1001} key-fd 3 df set ttl 64 3<gcm256.key
nfipsec sa list
nfipsec sa list tunnel u
nfipsec sa list -s tunnel t
nfipsec sa list -j
nfipsec sa add $in key-file gcm256.key
nfipsec sa replace $in key-fingerprint 0011223344556677
nfipsec sa replace ${in/0x1000/0x2000} key-fingerprint 0011223344556677
nfipsec sa replace $in key-file gcm256.key replay-window 0
nfipsec sa get dir in local 192.0.2.1 spi 0x1000
nfipsec sa get dir in local 192.0.2.1 spi 0x1001
nfipsec sa del dir in local 192.0.2.1 spi 0x1000 ah
nfipsec sa del dir in local 192.0.2.1 spi 0x1000
nfipsec sa flush tunnel u
nfipsec sa list
nfipsec sa flush
nfipsec sa list
