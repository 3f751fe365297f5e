#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: selftests/deps.sh [GROUP...]
#
# Installs the Debian packages that are missing for the given groups:
#
#	build	the module and the tools
#	lint	build, and the tests that need no VM
#	check	build, and all that `make check` needs (the default)
#	demo	build, and all that `make demo` needs
#	debug	check, and building the debug kernel
#	fuzz	build, and running the fuzzers
#	install	build, and `make install`
#
# For check, demo and debug it also unpacks the virtual machine's kernel into
# the cache folder. As another user than root nothing is installed: one line
# says which packages are missing, and the exit status is 1.

set -u -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/vm/kernel.sh"

BUILD="gcc make libc6-dev pkg-config libmnl-dev libjansson-dev nettle-dev
	linux-headers-amd64 kmod perl"
VM="qemu-system-x86 busybox-static cpio xz-utils zstd iproute2 tcpdump
	iputils-ping nftables conntrack ethtool procps socat iperf3 python3
	python3-cryptography"
CHECK="sparse shellcheck python3-yaml man-db"
DEBUG="linux-source flex bison bc libelf-dev libssl-dev rsync"
FUZZ="clang libclang-rt-dev"
INSTALL="dkms"

APT=(apt-get -q -o DPkg::Lock::Timeout=900 -o APT::Sandbox::User=root)

die() {
	echo "deps: $*" >&2
	exit 1
}

# run quietly; show the output only when it went wrong
quiet() {
	local log rc=0

	log=$(mktemp)
	"$@" >"$log" 2>&1 </dev/null || rc=$?
	[ "$rc" -eq 0 ] || tail -n 30 "$log" >&2
	rm -f "$log"
	return "$rc"
}

packages_of() {
	case $1 in
	build)
		echo "$BUILD"
		;;
	lint)
		echo "$BUILD $CHECK"
		;;
	check)
		echo "$BUILD $VM $CHECK"
		;;
	demo)
		echo "$BUILD $VM"
		;;
	debug)
		echo "$BUILD $VM $CHECK $DEBUG"
		;;
	fuzz)
		echo "$BUILD $FUZZ"
		;;
	install)
		echo "$BUILD $INSTALL"
		;;
	*)
		die "no group '$1': build, lint, check, demo, debug, fuzz or install"
		;;
	esac
}

needs_kernel() {
	case " $* " in
	*" check "* | *" demo "* | *" debug "*)
		return 0
		;;
	esac
	return 1
}

installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing_of() {
	local pkg

	for pkg in "$@"; do
		installed "$pkg" || echo "$pkg"
	done
}

# An empty or stale list makes apt fail on packages that have moved on, so
# one failure is answered by an update and a second try.
apt_install() {
	local try

	export DEBIAN_FRONTEND=noninteractive
	if quiet "${APT[@]}" -y --no-install-recommends install "$@" 2>/dev/null; then
		return 0
	fi
	for try in 1 2 3; do
		# another apt may hold the lists: updating does not wait
		quiet "${APT[@]}" update && break
		sleep $((try * 10))
	done
	quiet "${APT[@]}" -y --no-install-recommends install "$@"
}

install_packages() {
	local missing

	mapfile -t missing < <(missing_of "$@")
	[ "${#missing[@]}" -gt 0 ] || return 0
	if ! command -v apt-get >/dev/null; then
		die "not a Debian machine; needed are: ${missing[*]}"
	fi
	if [ "$(id -u)" -ne 0 ]; then
		die "missing, as root run: apt-get install ${missing[*]}"
	fi
	echo "deps: installing ${missing[*]}"
	apt_install "${missing[@]}" || die "could not install: ${missing[*]}"
}

# download_image RELEASE DIR: the image package of exactly these headers, or
# of their release when the archive has rebuilt it since
download_image() {
	local ver

	ver=$(dpkg-query -W -f '${Version}' "linux-headers-$1")
	(
		cd "$2" || exit 1
		quiet "${APT[@]}" download "linux-image-$1=$ver" 2>/dev/null ||
			quiet "${APT[@]}" download "linux-image-$1" 2>/dev/null
	)
}

# Under emulation the kernel takes seconds to unpack itself, so it is done
# once here. Failing is no harm: the VM then boots the packed one.
unpack_vmlinux() {
	local packed=$1/boot/vmlinuz-$2 plain=$1/boot/vmlinux-$2 offset

	offset=$(LC_ALL=C grep -abo $'\xFD7zXZ' "$packed" | head -n 1)
	if [ -n "$offset" ]; then
		# what follows the stream makes xz complain, after it is done
		tail -c "+$((${offset%%:*} + 1))" "$packed" |
			xz -dcq >"$plain" 2>/dev/null
	fi
	if [ "$(head -c 4 "$plain" 2>/dev/null)" != $'\x7fELF' ]; then
		rm -f "$plain"
	fi
}

# unpack_image RELEASE DIR: appears under its final name only when complete
unpack_image() {
	local tmp="$2.tmp"

	rm -rf "$tmp" && mkdir -p "$tmp" || return 1
	if ! download_image "$1" "$tmp"; then
		rm -rf "$tmp"
		return 1
	fi
	echo "deps: unpacking linux-image-$1 into $2"
	dpkg-deb -x "$tmp"/linux-image-*.deb "$tmp" || return 1
	rm -f "$tmp"/*.deb
	[ -d "$tmp/lib/modules" ] || ln -s usr/lib "$tmp/lib" || return 1
	PATH=$PATH:/usr/sbin:/sbin depmod -b "$tmp" "$1" || return 1
	unpack_vmlinux "$tmp" "$1"
	mv "$tmp" "$2"
}

fetch_kernel() {
	local rel dir

	rel=$(vm_release)
	[ -n "$rel" ] || die "no linux-headers-*-amd64 installed"
	dir=$(vm_stock_dir "$rel")
	[ -d "$dir" ] && return 0
	unpack_image "$rel" "$dir" && return 0

	# The lists are stale, or the archive has dropped this release and only
	# the newest one has an image.
	[ "$(id -u)" -eq 0 ] ||
		die "no linux-image-$rel to download; as root run: apt-get update && apt-get install linux-headers-amd64"
	quiet "${APT[@]}" update
	unpack_image "$rel" "$dir" && return 0
	apt_install linux-headers-amd64 || die "no current headers"
	rel=$(vm_release)
	dir=$(vm_stock_dir "$rel")
	[ -d "$dir" ] || unpack_image "$rel" "$dir" ||
		die "could not download and unpack linux-image-$rel"
}

main() {
	local group pkgs="" cache

	[ $# -gt 0 ] || set -- check
	for group in "$@"; do
		pkgs+=" $(packages_of "$group")" || exit 1
	done
	cache=$(vm_cache)
	mkdir -p "$cache" || die "cannot make $cache"

	# two test runs at once must not unpack the same kernel
	exec 9>"$cache/lock"
	flock 9 || die "cannot lock $cache"
	# shellcheck disable=SC2086 # a list of words
	install_packages $pkgs
	if needs_kernel "$@" && [ "$(uname -m)" = x86_64 ]; then
		fetch_kernel
	fi
}

main "$@"
