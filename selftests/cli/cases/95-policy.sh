# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
nfipsec policy add dir out src 10.1.0.0/16 dst 10.2.0.0/16 protect t
nfipsec policy add dir in src 10.2.0.0/16 dst 10.1.0.0/16 proto udp sport 53 protect t
nfipsec policy add dir in priority 5 src any dst 2001:db8::/32 discard
nfipsec policy add dir in priority 5 src any dst 2001:db8::/32 bypass
nfipsec policy replace dir in priority 5 src any dst 2001:db8::/32 bypass
nfipsec policy list -s
nfipsec policy list -j tunnel t
nfipsec policy get id 2
nfipsec policy get dir in priority 5 src any dst 2001:db8::/32
nfipsec policy del id 9
nfipsec policy del id 2
nfipsec policy flush tunnel t
nfipsec policy list
nfipsec policy flush
nfipsec policy list
