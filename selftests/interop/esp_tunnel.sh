#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ESP in tunnel mode with the kernel's IPsec: every pair of families, 32 and
# 64 bit numbers, all algorithms. The hosts are drawn in lib.sh, how cells are
# chosen is told in matrix.sh.

. "$(dirname "$0")/matrix.sh"

suites=()
shapes=()
esp_suites
esp_shapes tunnel_shapes
run_matrix
