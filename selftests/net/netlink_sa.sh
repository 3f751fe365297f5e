#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# SAs over netlink: what holds where nothing is said, and the setting of who
# wants no keys that are set by hand. The cases are in nl_sa.py.
#
# One family: neither keys nor windows have one

. "$(dirname "$0")/../lib.sh"

netlink_test nl_sa.py
