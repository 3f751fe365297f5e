# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Which kernel the tests run on and where it is kept. Sourced, not run.
#
# The stock kernel is whatever the newest installed headers belong to: its
# image package is downloaded and unpacked into the cache folder, never
# installed, so that nothing changes in how this machine boots.

# the folder for what is expensive to make again: kernels and their builds
vm_cache() {
	echo "${NF_IPSEC_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/nf_ipsec}"
}

# release of the newest installed headers, e.g. 6.1.0-40-amd64
vm_release() {
	local dir

	for dir in /usr/src/linux-headers-*-amd64; do
		case $dir in
		*-rt-amd64 | *-cloud-amd64)
			continue
			;;
		esac
		[ -f "$dir/Makefile" ] && echo "${dir#/usr/src/linux-headers-}"
	done | sort -V | tail -n 1
}

# vm_headers RELEASE: the KDIR to build modules for the stock kernel with
vm_headers() {
	echo "/usr/src/linux-headers-$1"
}

# vm_stock_dir RELEASE: the unpacked image package, keyed by package version
# because Debian rebuilds a release under an unchanged name
vm_stock_dir() {
	local ver

	ver=$(dpkg-query -W -f '${Version}' "linux-headers-$1" 2>/dev/null)
	echo "$(vm_cache)/stock-$1-${ver:-unknown}"
}
