#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The less usual algorithms of ESP with the kernel's IPsec: shorter ICVs, AES-CCM,
# AES-CTR, GMAC, 3DES, and integrity other than SHA-2. The hosts are drawn in
# lib.sh, how cells are chosen is told in matrix.sh.

# shellcheck source=matrix.sh
. "$(dirname "$0")/matrix.sh"

suites=()
shapes=("tunnel 4 4 on - -" "transport 6 6 off - -" "tunnel 6 4 off udp -"
	"transport 4 4 on udp -")
if [ -n "${INTEROP:-}" ]; then
	shapes=()
	esp_shapes tunnel_shapes
	esp_shapes transport_shapes
fi
more_esp_suites
run_matrix
