#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Settings over netlink, and as part of transactions. The cases are in
# nl_settings.py.
#
# One family: nothing here has an address

. "$(dirname "$0")/../lib.sh"

netlink_test nl_settings.py
