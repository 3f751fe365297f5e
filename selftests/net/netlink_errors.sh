#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every netlink message that must be refused: errno, message and attribute at
# fault are right, nothing is changed, and no key comes back. The cases are in
# nl_errors.py.

. "$(dirname "$0")/../lib.sh"

netlink_test nl_errors.py
