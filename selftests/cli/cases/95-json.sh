# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
# JSON neither leaves out nor rounds
sa="tunnel t dir out local 192.0.2.1 remote 192.0.2.2 spi 0x1000 esp aes-gcm-256"
nfipsec -j -n sa add $sa key-file $'a\xffb' | sed 's/\xff/?/'
printf 'sa %s key-file "\xc3\xa4"\nsa %s key-file "\xff"\n' "$sa" "$sa" >bytes.conf
nfipsec -j -n apply bytes.conf
nfipsec -j -n tunnel add t local 192.0.2.1 remote 192.0.2.2 mode transport \
	ah hmac-sha256-128 spi-in 0x100 spi-out 0x200 key-file-in a key-file-out $'\x80' |
	sed 's/\x80/?/'
nfipsec -j -n sa add $sa key-file $'\xc3\xa4' seq 9223372036854775807
nfipsec -j -n sa add $sa key-file a seq 9223372036854775808
nfipsec sa add $sa key-file gcm256.key seq 18446744073709551615
nfipsec -j sa list
