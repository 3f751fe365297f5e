# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
# errors that no other case has
ends="local 192.0.2.1 remote 192.0.2.2"
nfipsec -V | sed 's/[0-9].*/VERSION/'
nfipsec sa del dir out local 192.0.2.1 spi 0x1000
nfipsec sa del dir out remote 192.0.2.2 local 192.0.2.1 spi 0x1000
nfipsec sa list tunnel a/b
nfipsec sa flush tunnel a/b
nfipsec -n policy add dir out src any dst 10.0.0.0/8 bypass
nfipsec -n -j policy add dir out src any dst 10.0.0.0/8 bypass
nfipsec tunnel peer-config none
nfipsec tunnel peer-config a/b
nfipsec tunnel add hq $ends protect 10.0.0.0/8
nfipsec tunnel add hq $ends protect 10.0.0.0/8 10.1.0.0
nfipsec tunnel add hq $ends protect 10.0.0.0/8 10.1.0.0/16 esp aes-gcm-256 key-file none.key
nfipsec tunnel add hq $ends protect 10.0.0.0/8 10.1.0.0/16 esp aes-gcm-256 key-file ""
nfipsec tunnel add hq $ends protect 10.0.0.0/8 10.1.0.0/16 esp aes-gcm-256 key-file
nfipsec tunnel add hq $ends esp
nfipsec sa add tunnel t dir in $ends spi 0x100 ah
nfipsec sa add tunnel t dir in $ends spi 0x100 ah hmac-sha256-128 sport
nfipsec sa add tunnel t dir in $ends spi 0x100 ah hmac-sha256-128 key-fd
nfipsec sa add tunnel t dir in $ends spi 0x100 ah hmac-sha256-128 key-fingerprint
nfipsec sa add tunnel t dir in local
nfipsec sa add tunnel
nfipsec policy add dir in src
OUT=/dev/full nfipsec genkey
printf 'sa\0tunnel\n' | nfipsec apply -
# a tunnel that is not there: del and flush say so, list shows nothing
nfipsec policy add dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect hq
for object in sa policy; do
	nfipsec $object flush tunnel hQ
	nfipsec $object list tunnel hQ
	nfipsec $object flush tunnel hq
done
# the value at fault
nfipsec policy del id 99
nfipsec policy get id 99
nfipsec state save file reserve x
nfipsec state save reserve
nfipsec settings set
nfipsec monitor notice
nfipsec monitor everything
