# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
# a module that is not there is one thing, a kernel that cannot answer another
FAKE_FAIL="family 1 2" nfipsec list
FAKE_FAIL="family 1 12" nfipsec list
FAKE_FAIL="family 1 105" nfipsec list
FAKE_FAIL="family 1 1" nfipsec list
# what the kernel says at the end of a dump
FAKE_FAIL="sa-get 1 22 a dump takes no attributes" nfipsec list
FAKE_FAIL="policy-get 1 22" nfipsec list
FAKE_FAIL="txn-commit 1 12" nfipsec flush
