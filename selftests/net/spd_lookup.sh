#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The policy database against a linear search: random policies, random
# packets, changes between them. The cases are in nl_spd.py.

. "$(dirname "$0")/../lib.sh"

netlink_test nl_spd.py
