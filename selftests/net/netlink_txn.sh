#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Transactions over netlink: all of it or nothing, in order, undone on any
# error. The cases are in nl_txn.py.
#
# One family: what is undone are objects, whatever their addresses

. "$(dirname "$0")/../lib.sh"

netlink_test nl_txn.py
