#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Thousands of objects and requests over netlink, and dumps beside changes. The
# cases are in nl_load.py.
#
# One family: what takes time is the number of objects

. "$(dirname "$0")/../lib.sh"

netlink_test nl_load.py
