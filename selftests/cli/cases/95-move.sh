# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
hq="hq local 198.51.100.1 remote 203.0.113.9 protect 10.1.0.0/16 10.2.0.0/16 esp aes-gcm-256 key-file secret.key"

nfipsec tunnel add $hq encap 4500:61000 orig-remote 192.168.0.2 keepalive on
nfipsec tunnel move hq local 198.51.100.77
nfipsec tunnel list
nfipsec tunnel move hq remote 192.168.0.2 encap 4500
nfipsec sa list
nfipsec stats --prometheus | grep 'port='
# what goes with UDP goes with it
nfipsec tunnel move hq encap off
nfipsec list
nfipsec tunnel move hq local 198.51.100.1 encap 4500 orig-local 192.0.2.9
nfipsec tunnel list
# refused
nfipsec tunnel move hq encap off orig-local 192.0.2.9
nfipsec tunnel move hq local 192.168.0.2
nfipsec tunnel move hq local 2001:db8::1
nfipsec tunnel move site local 198.51.100.1
nfipsec flush
# by the SPI alone, of the inbound SA; the peer is not told
nfipsec tunnel add $hq match spi
nfipsec tunnel list
nfipsec tunnel list -j
nfipsec stats --prometheus | grep 'match='
nfipsec tunnel peer-config $hq match spi
nfipsec tunnel move hq local 198.51.100.77
nfipsec list
nfipsec flush
# through another tunnel
nfipsec tunnel add $hq via outer
nfipsec list
