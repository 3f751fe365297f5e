#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Echoes and events over netlink: of changes, and of packets without an SA. The
# cases are in nl_events.py.
#
# One family: an event has the addresses that other messages have

. "$(dirname "$0")/../lib.sh"

netlink_test nl_events.py
