#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# AH with the kernel's IPsec: both modes, every pair of families, 32 and 64 bit
# numbers, over IPv4 with the ICV padded to 4 octets and to 8. The hosts are
# drawn in lib.sh, how cells are chosen is told in matrix.sh.

. "$(dirname "$0")/matrix.sh"

suites=()
shapes=()
ah_suites
for pad in 4 8; do
	tunnel_shapes 4 - "$pad"
	transport_shapes 4 - "$pad"
done
tunnel_shapes 6 - -
transport_shapes 6 - -
run_matrix
