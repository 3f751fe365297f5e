# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
# what fails once the change is live is a warning, and the status is 0
hq="hq local 203.0.113.1 remote 198.51.100.7 protect 192.168.1.0/24 192.168.2.0/24"
p="dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t"

nfipsec tunnel add $hq esp aes-gcm-256 key-file secret.key
FAKE_FAIL="sa-get 2 105" nfipsec tunnel del hq
nfipsec list
nfipsec policy add $p
FAKE_FAIL="policy-get 2 12" nfipsec policy flush
nfipsec list
nfipsec tunnel add $hq esp aes-gcm-256 key-file secret.key
FAKE_FAIL="sa-get 2 105" nfipsec tunnel flush
nfipsec list
nfipsec policy add $p
OUT=/dev/full nfipsec flush
nfipsec list
# before it is live an error is one
nfipsec policy add $p
FAKE_FAIL="sa-get 1 105" nfipsec flush
OUT=/dev/full nfipsec list
nfipsec list
