# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034 # variables of measure.sh
#
# Many SAs and policies, which bulk.c installs: what each of them costs to
# install and in memory, and what packets cost among them.

# numbers of SAs and policies; the kernel's own IPsec takes an hour for the last
SCALE=${SCALE:-1 1000 10000 100000}
XFRM_MAX=${XFRM_MAX:-10000}
HUB=4000

# within VARIANT N: is it measured?
within() {
	[ "$1" = nf ] || [ "$2" -le "$XFRM_MAX" ]
}

# bulk NS VARIANT DIR KIND FIRST LAST LAYOUT IDS: prints ticks an object
bulk() {
	in_ns "$1" "$BULK" "$2" "$3" "$4" "$5" $(($6 - $5)) "$7" "$8"
}

# wipe VARIANT
wipe() {
	if [ "$1" = nf ]; then
		nf_down
	else
		xfrm_down
	fi
}

# free_kib: KiB that are left of memory when nothing is waiting to be freed
free_kib() {
	sync
	sleep 2
	echo 3 >/proc/sys/vm/drop_caches
	sleep 2
	awk '$1 == "MemFree:" { print $2 }' /proc/meminfo
}

# --- to install them ---

# install_some VARIANT NS DIR KIND FIRST LAST: at LAST
install_some() {
	local before after cost

	before=$(free_kib)
	cost=$(bulk "$2" "$1" "$3" "$4" "$5" "$6" site random)
	after=$(free_kib)
	emit install "$4-$3" "$6" "$1" "${cost:-void}"
	# a few pages say nothing
	[ $(($6 - $5)) -lt 900 ] ||
		emit install "octets-$4-$3" "$6" "$1" $(((before - after) * 1024 / ($6 - $5)))
	[ -n "$cost" ] || void=1
}

part_install() {
	local variant first last kind

	for variant in xfrm nf; do
		first=0
		# the first ones load what they need
		bulk G1 $variant out sas 0 1 hub random >/dev/null
		wipe $variant
		for last in $SCALE; do
			within $variant "$last" || continue
			install_some $variant G1 out sas "$first" "$last"
			install_some $variant G2 in sas "$first" "$last"
			install_some $variant G1 out policies "$first" "$last"
			first=$last
		done
		# some more, on top of all
		for kind in sas policies; do
			emit install "$kind-more" "$first" $variant \
				"$(bulk G1 $variant out $kind "$first" $((first + 500)) site random)"
		done
		wipe $variant
	done
}

# --- packets among them ---

# site VARIANT FIRST LAST IDS: these on both gateways
site() {
	local kind

	for kind in sas policies; do
		bulk G1 "$1" out $kind "$2" "$3" site "$4" >/dev/null || exit 1
		bulk G2 "$1" in $kind "$2" "$3" site "$4" >/dev/null || exit 1
	done
}

# flow_pair VARIANT N IDS: one flow, then as many as there are, at random
flow_pair() {
	local values

	flows=1
	shoot
	emit scale "$3-ids one-flow" "$2" "$1" "${values[0]}"
	[ "$2" -gt 1 ] || return 0
	flows=$2
	shoot
	emit scale "$3-ids random-flows" "$2" "$1" "${values[0]}"
	flows=1
}

scale_sites() {
	local variant ids last first

	target=10.128.0.0
	for ids in random sequential; do
		for last in $SCALE; do
			flow_pair plain "$last" $ids
		done
		for variant in xfrm nf; do
			first=0
			for last in $SCALE; do
				within $variant "$last" || continue
				site $variant "$first" "$last" $ids
				flow_pair $variant "$last" $ids
				first=$last
			done
			wipe $variant
		done
	done
}

# hub VARIANT N IDS: a peer for each, the sending side alone
hub() {
	local values kind

	[ "$1" = plain ] || for kind in sas policies; do
		bulk G1 "$1" out $kind 0 "$2" hub "$3" >/dev/null || exit 1
	done
	flows=$2
	shoot
	emit scale "hub $3-ids" "$2" "$1" "${values[0]}"
	[ "$1" = plain ] || wipe "$1"
	flows=1
}

scale_hub() {
	local ids n variant

	count_and_drop G2 "ip daddr 172.16.0.0/12" "udp dport 9"
	sink=G2
	for ids in random sequential; do
		for n in 1 $HUB; do
			for variant in plain xfrm nf; do
				hub $variant "$n" $ids
			done
		done
	done
}

part_scale() {
	SIZES=(50)
	scale_sites
	scale_hub
}
