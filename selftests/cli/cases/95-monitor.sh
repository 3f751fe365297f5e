# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2086 # lists of words
# two events, and the stand-in has no more
nfipsec monitor
nfipsec monitor -j
# no place to write to: that is the end
OUT=/dev/full nfipsec monitor
OUT=/dev/full nfipsec monitor -j
