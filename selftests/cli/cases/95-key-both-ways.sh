# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
# one key in both directions is a warning, whatever way it is written, and with
# check too; two of one direction are the user's
ends="local 203.0.113.1 remote 198.51.100.7 esp aes-gcm-256"
tunnel="$ends protect 10.1.0.0/16 10.2.0.0/16"
umask 077
tr -d x: <gcm256.key | sed 's/^00*//' | tr a-f A-F >same.key
tr 0-9 1-90 <gcm256.key | sed 's/^1x/0x/' >other.key

cat >both.conf <<END
sa tunnel a dir out $ends spi 0x100 key-file gcm256.key
sa tunnel b dir out $ends spi 0x101 key-file other.key

sa tunnel a dir in $ends spi 0x200 key-file same.key
END
nfipsec apply both.conf check
nfipsec apply both.conf
nfipsec sa list
nfipsec -n apply both.conf
cat >good.conf <<END
sa tunnel a dir out $ends spi 0x100 key-file gcm256.key
sa tunnel a dir in $ends spi 0x200 key-file other.key
sa tunnel b dir in $ends spi 0x201 key-file other.key
END
nfipsec apply good.conf
# a tunnel's secret makes two keys; two keys may be one
nfipsec apply - check <<END
tunnel s $ends protect 10.3.0.0/16 10.4.0.0/16 key-file secret.key
tunnel t $tunnel spi-in 0x300 spi-out 0x400 key-file-in gcm256.key key-file-out gcm256.key
END
# only a fingerprint is known
nfipsec list | grep -v '^\$' | nfipsec apply - check
# another salt is enough where there is one, and without one it is a warning
sed 's/\(.*\)......../\1aabbccdd/' <gcm256.key >salt.key
nfipsec apply - check <<END
sa tunnel a dir out $ends spi 0x100 key-file gcm256.key
sa tunnel a dir in $ends spi 0x200 key-file salt.key
END
plain="${ends/aes-gcm-256/null+hmac-sha256-128} key-file secret.key"
nfipsec apply - check <<END
sa tunnel a dir out $plain spi 0x100
sa tunnel a dir in $plain spi 0x200
END
