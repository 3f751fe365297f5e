# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
# what is printed must be readable: no line of a file holds such a path
sa="tunnel t dir in local 192.0.2.1 remote 192.0.2.2 spi 0x1000 esp aes-gcm-256"
nfipsec -n sa add $sa key-file $'a\nb'
nfipsec -n tunnel add t local 192.0.2.1 remote 192.0.2.2 mode transport ah hmac-sha256-128 \
	spi-in 0x100 spi-out 0x200 key-file-in a key-file-out $'b\n'
nfipsec -n sa add $sa key-file $'a\rb' | od -c | tail -n 4
