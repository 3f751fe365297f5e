# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
hq="tunnel hq local 203.0.113.1 remote 198.51.100.7 protect 192.168.1.0/24 192.168.2.0/24"
pair="tunnel pair local 192.0.2.1 remote 192.0.2.2 mode transport esp aes-gcm-128"

echo "$hq esp aes-gcm-256 key-file secret.key" >one.conf
printf '%s\n' "$hq esp aes-gcm-256 key-file secret.key" "$pair key-file secret2.key" >two.conf
nfipsec apply two.conf
nfipsec list
nfipsec apply one.conf
nfipsec list
# adds, removes nothing
echo "$pair key-file secret2.key" >pair.conf
nfipsec apply --add pair.conf
nfipsec list
# from standard input, and nothing changes
nfipsec list | grep -v '^\$' | nfipsec apply -
nfipsec list
# an error anywhere, and nothing changes
printf '%s\n' '' "$hq esp aes-gcm-256 key-file secret.key" 'policy dir in' >bad.conf
nfipsec apply bad.conf
printf '%s\n' '' "$hq esp aes-gcm-256 spi-in 0x100 spi-out 0x200 \
	key-fingerprint-in 0011223344556677 key-fingerprint-out 0011223344556677" >gone.conf
nfipsec apply gone.conf
nfipsec list
nfipsec apply one.conf check
# no line at all: that is not how everything is deleted
echo '# nothing' >comments.conf
nfipsec apply comments.conf
nfipsec apply comments.conf check
nfipsec apply --add comments.conf
nfipsec apply - </dev/null
nfipsec list
nfipsec flush
nfipsec list
# a tunnel twice, and nothing changes
cat two.conf one.conf >twice.conf
nfipsec apply one.conf
nfipsec apply twice.conf
nfipsec list
