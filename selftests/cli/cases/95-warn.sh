# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
# what a file says and what will not be
via='tunnel hq local 192.0.2.1 remote 192.0.2.2 protect 10.1.0.0/16 10.2.0.0/16 esp aes-gcm-128 key-file secret.key via nosuch'
echo "$via" | nfipsec apply - check
echo "$via" | nfipsec apply - check --add
printf '%s\ntunnel nosuch local 192.0.2.1 remote 192.0.2.3 protect 10.1.0.0/16 10.3.0.0/16 esp aes-gcm-128 key-file secret.key\n' "$via" |
	nfipsec apply - check
nfipsec apply - check <<END
tunnel hq local 192.0.2.1 remote 192.0.2.2 protect 10.1.0.0/16 10.2.0.0/16 esp aes-gcm-128 spi-in 256 spi-out 257 key-fingerprint-in 0011223344556677 key-fingerprint-out 1011223344556677
END
# numbers of a key that sends jump by a restart
for life in 16777216 16777217 10/none; do
	nfipsec apply - check <<END
tunnel hq local 192.0.2.1 remote 192.0.2.2 protect 10.1.0.0/16 10.2.0.0/16 esp aes-gcm-128 key-file secret.key life-packets $life
END
done
nfipsec apply - check <<END
sa tunnel hq dir in local 192.0.2.1 remote 192.0.2.2 spi 0x1000 esp aes-gcm-256 key-file gcm256.key life-packets 9
END
# numbers of 64 bits and no window
for words in 'replay-window 0' 'replay-window 0 esn off' 'replay-window 1'; do
	nfipsec apply - check <<END
tunnel hq local 192.0.2.1 remote 192.0.2.2 protect 10.1.0.0/16 10.2.0.0/16 esp aes-gcm-128 key-file secret.key $words
END
	nfipsec apply - check <<END
sa tunnel hq dir in local 192.0.2.1 remote 192.0.2.2 spi 0x1000 esp aes-gcm-256 key-file gcm256.key $words
END
done
ends='local 192.0.2.1 remote 192.0.2.2'
nfipsec tunnel add hq $ends protect 10.1.0.0/16 10.2.0.0/16 esp aes-gcm-128 key-file secret.key replay-window 0
nfipsec tunnel replace hq $ends protect 10.1.0.0/16 10.2.0.0/16 esp aes-gcm-128 key-file secret.key esn off replay-window 0
nfipsec sa add tunnel b dir in $ends spi 0x1000 esp aes-gcm-256 key-file gcm256.key replay-window 0 esn on
nfipsec sa add tunnel b dir out $ends spi 0x1001 esp aes-gcm-256 key-file gcm256.key esn on
nfipsec sa replace tunnel b dir in $ends spi 0x1000 esp aes-gcm-256 key-file gcm256.key replay-window 64
# a policy and no SA: acquires may bring it
for words in 'out priority 9 src 10.1.0.0/16 dst any' 'in src any dst 10.1.0.0/16'; do
	echo "policy dir $words protect hq"
done | nfipsec apply - check
echo 'policy dir out src 10.1.0.0/16 dst any protect hq' | nfipsec apply - check --add
printf 'policy dir out src 10.1.0.0/16 dst any %s\n' 'tunnel hq bypass' |
	nfipsec apply - check
printf '%s\n' 'policy dir out src 10.1.0.0/16 dst any protect hq' \
	"sa tunnel hq dir out $ends spi 0x1001 esp aes-gcm-256 key-file gcm256.key" |
	nfipsec apply - check
