#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Transactions over netlink: all of it or nothing, in order, undone on any
# error; dumps, events and acquires beside them. The cases are in nl_txn.py.

. "$(dirname "$0")/../lib.sh"

require_root
require_command python3 ip
require_module
setup_ns box
ip netns exec "$box" python3 "$TREE/selftests/net/nl_txn.py"
