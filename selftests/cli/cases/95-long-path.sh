# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# however long a file's name is, the line is told
printf '%s\n' '' 'policy dir in' >bad.conf
path=$(printf './%.0s' {1..200})bad.conf
nfipsec apply "$path" check | sed 's|\(\./\)\{200\}|.../|'
