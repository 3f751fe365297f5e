# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
# protocol 0 is not any, neither told nor read
nfipsec policy add dir out src 10.1.0.0/16 dst 10.2.0.0/16 proto 0 discard
nfipsec policy add dir out src 10.1.0.0/16 dst 10.2.0.0/16 proto any discard
nfipsec list
nfipsec list | grep -v '^\$' | nfipsec apply -
nfipsec policy del dir out src 10.1.0.0/16 dst 10.2.0.0/16
nfipsec list
