# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
# two who change things at once
ends="local 203.0.113.1 remote 198.51.100.7"
hq="hq $ends protect 192.168.1.0/24 192.168.2.0/24 esp aes-gcm-256 key-file secret.key"
other="$ends protect 192.168.1.0/24 192.168.3.0/24 esp aes-gcm-256 key-file secret2.key"
p="dir out src 10.1.0.0/16 dst 10.2.0.0/16"

# a list is of one time: never the policy without its SAs
FAKE_MEANWHILE="policy-get 1 tunnel add $hq" nfipsec list
FAKE_MEANWHILE="policy-get 1 tunnel del hq" nfipsec list
# two tunnels of one name do not become one
FAKE_MEANWHILE="txn-begin 1 tunnel add hq $other" nfipsec tunnel add $hq
nfipsec list
nfipsec tunnel del hq
# nor does one open the other
FAKE_MEANWHILE="txn-begin 1 tunnel add lan local 203.0.113.1 remote 198.51.100.8 \
	protect 192.168.0.0/16 any esp aes-gcm-256 key-file secret2.key priority 500" \
	nfipsec tunnel replace $hq
nfipsec tunnel list
# the tunnel is gone, or has another policy, when it is to go
FAKE_MEANWHILE="txn-begin 1 tunnel del lan" nfipsec tunnel del lan
FAKE_MEANWHILE="txn-begin 1 tunnel add $hq" nfipsec tunnel flush
nfipsec list
# what else changes does not matter
FAKE_MEANWHILE="txn-begin 1 policy add $p bypass" nfipsec tunnel add $hq
nfipsec list
# but not for ever
FAKE_MEANWHILE="txn-begin 0 policy replace $p bypass" nfipsec tunnel del hq
FAKE_MEANWHILE="policy-get 0 policy replace $p bypass" nfipsec list
# a file says all: it does not matter what is there
FAKE_MEANWHILE="txn-begin 0 policy replace $p bypass" nfipsec flush
nfipsec list
