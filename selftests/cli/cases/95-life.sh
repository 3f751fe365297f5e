# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
hq="hq local 203.0.113.1 remote 198.51.100.7 protect 192.168.1.0/24 192.168.2.0/24"
out="tunnel t dir out local 192.0.2.1 remote 192.0.2.2 spi 0x1000 esp aes-gcm-256"

# a tunnel's limits are those of both SAs, and are read back as such
nfipsec tunnel add $hq esp aes-gcm-256 key-file secret.key life-time 8h life-bytes 50G/100G
nfipsec list
nfipsec sa list -s tunnel hq
nfipsec tunnel peer-config $hq esp aes-gcm-256 key-file secret.key life-time 8h
# what an algorithm sets itself is not said again
nfipsec sa add $out key-file gcm256.key life-bytes 1Ei life-packets none/5
nfipsec sa list tunnel t
nfipsec sa get -j dir out remote 192.0.2.2 spi 0x1000
# one direction alone has a limit: that is no tunnel's line
nfipsec sa replace ${out/tunnel t dir out local 192.0.2.1 remote 192.0.2.2/tunnel hq dir out local 203.0.113.1 remote 198.51.100.7} key-file gcm256.key life-use 1h
nfipsec list
