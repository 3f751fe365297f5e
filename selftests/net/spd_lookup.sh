#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The policy database against a linear search: random policies, random
# packets, changes between them. The cases are in nl_spd.py.

. "$(dirname "$0")/../lib.sh"

require_root
require_command python3 ip
require_module
setup_ns box
ip netns exec "$box" python3 "$TREE/selftests/net/nl_spd.py"
