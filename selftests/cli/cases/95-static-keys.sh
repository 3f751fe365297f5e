# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
# a setting of three values; less of it opens, and is told
nfipsec settings set static-keys no-counter
nfipsec list
nfipsec settings set static-keys refuse unknown-spi drop
nfipsec list
nfipsec -j list
nfipsec settings set static-keys no-counter
nfipsec list
nfipsec settings set static-keys allow
nfipsec list
# the word is kept, shown, and given to the peer
ends='local 192.0.2.1 remote 192.0.2.2'
hq="hq $ends protect 10.1.0.0/16 10.2.0.0/16 esp aes-gcm-256 key-file secret.key"
nfipsec tunnel add $hq exchanged
nfipsec list
nfipsec tunnel peer-config hq
# shellcheck disable=SC2154 # the caller has it
OUT=$work/list nfipsec list
nfipsec apply - <"$work/list"
nfipsec list
# of one direction alone it is no tunnel's line
nfipsec sa replace tunnel hq dir in $ends spi 0x37e037a7 esp aes-gcm-256 key-fingerprint 714c9346cf28dfdb
nfipsec list
nfipsec tunnel replace $hq
nfipsec list
nfipsec sa add tunnel b dir out $ends spi 0x2000 esp aes-gcm-256 key-file gcm256.key exchanged
nfipsec sa get dir out remote 192.0.2.2 spi 0x2000
nfipsec sa replace tunnel b dir out $ends spi 0x2000 esp aes-gcm-256 key-file gcm256.key
nfipsec sa get dir out remote 192.0.2.2 spi 0x2000
FAKE_FAIL='sa-new 1 22 settings' nfipsec sa add tunnel b dir in $ends spi 0x2000 esp aes-gcm-256 key-file gcm256.key
# what runs without the word is not taken again: said at once, and of a file
nfipsec settings set static-keys no-counter
nfipsec settings set unknown-spi pass
nfipsec sa flush tunnel b
nfipsec settings set static-keys no-counter
nfipsec tunnel replace $hq exchanged
nfipsec settings set static-keys refuse
printf 'settings static-keys refuse\ntunnel %s\n' "$hq" | nfipsec apply -
