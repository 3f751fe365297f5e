#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who has no CAP_NET_ADMIN gets nothing, and who has it in a namespace of his own
# gets all, there. The cases are in nl_rights.py.
#
# One family: nothing here has an address

. "$(dirname "$0")/../lib.sh"

netlink_test nl_rights.py
