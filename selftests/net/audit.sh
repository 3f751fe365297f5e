#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who asks for an SA that neither encrypts nor authenticates is in the kernel's
# audit log. The cases are in nl_audit.py.

. "$(dirname "$0")/../lib.sh"

[ -e /proc/self/loginuid ] || ktap_skip_all "needs CONFIG_AUDIT"
netlink_test nl_audit.py
