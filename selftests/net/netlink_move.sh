#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Names of SAs over netlink: how they are told apart, and what becomes of them
# when SAs move. The cases are in nl_move.py.

. "$(dirname "$0")/../lib.sh"

netlink_test nl_move.py
