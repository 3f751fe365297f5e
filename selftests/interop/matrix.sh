# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Suites of algorithms times shapes of tunnels, as cells of a matrix that is
# computed and not written down. A test sets the arrays
#
#	suites	"PROTO ENC AUTH", with - for none
#	shapes	"MODE OUTER INNER ESN ENCAP ICV-PAD"
#
# and calls run_matrix. By default each shape is tried with a few suites and
# each suite with some shape, no more. What else can be asked for:
#
#	INTEROP=full	every suite with every shape; `make interop` does it
#	INTEROP=list	only print the names of these cells
#	PART=I/N	every N-th cell, beginning with the I-th
#	MATCH=WORDS	all cells whose name holds these words, one after the
#			other, as in MATCH="null esn off"

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# beside the least one
PING_SIZES="700 1400 4000"
UDP_SIZES="1400 4000"
TCP_SIZE=1048576
# how often the first packets of a flow may be told that they are too big
TOO_BIG_MAX=8

AUTHS="hmac-sha256-128 hmac-sha384-192 hmac-sha512-256"
# with what there is besides, fewer pairs are tried
MORE_AUTHS="hmac-sha1-96 aes-xcbc-96 aes-cmac-96"

esp_suites() {
	local enc auth

	for enc in aes-gcm-{128,192,256} chacha20-poly1305; do
		suites+=("esp $enc -")
	done
	for enc in aes-cbc-{128,192,256} null; do
		for auth in $AUTHS; do
			suites+=("esp $enc $auth")
		done
	done
}

more_esp_suites() {
	local enc auth

	for enc in aes-gcm-{128,192,256}-{64,96} aes-ccm-{128,192,256}{,-64,-96} \
		aes-gmac-{128,192,256}; do
		suites+=("esp $enc -")
	done
	for enc in aes-ctr-{128,192,256} legacy-3des-cbc; do
		suites+=("esp $enc hmac-sha1-96")
	done
	for auth in $MORE_AUTHS; do
		suites+=("esp aes-cbc-128 $auth" "esp null $auth")
	done
}

ah_suites() {
	local auth

	for auth in $AUTHS $MORE_AUTHS; do
		suites+=("ah - $auth")
	done
}

# tunnel_shapes FAMILY ENCAP ICV-PAD: of an outer family
tunnel_shapes() {
	local inner esn

	for inner in 4 6; do
		for esn in on off; do
			shapes+=("tunnel $1 $inner $esn $2 $3")
		done
	done
}

transport_shapes() {
	local esn

	for esn in on off; do
		shapes+=("transport $1 $1 $esn $2 $3")
	done
}

# esp_shapes FUNCTION: both families, as it is and in UDP
esp_shapes() {
	local family encap

	for family in 4 6; do
		for encap in - udp; do
			"$1" "$family" "$encap" -
		done
	done
}

# --- one cell ---

# Every third cell finds out for itself how much fits, the others begin with
# what the one before has learnt, which may be less.
forget_pmtu() {
	local family

	[ $(((ktap_passed + ktap_failed) % 3)) -eq 2 ] || return 0
	for family in -4 -6; do
		in_left "$tmpdir/out" ip $family route flush cache
	done
}

# gso_taken FROM: UDP super-packets are refused by the kernel's own IPsec alone
gso_taken() {
	[ "$reply" = refused ] || return 0
	[ "$1" = 1 ] || [ "$INTEROP_LEFT" = xfrm ] && return
	echo "nf_ipsec does not let UDP super-packets through"
	return 1
}

# Over IPv6 the kernel's IPsec drops ESP of less than 40 octets in UDP, without
# counting it: it takes the IP header for a part of the datagram.
least_size() {
	least=1
	[ "$encap $mode $outer" != "udp transport 6" ] || least=8
}

exchange() {
	local from src=$left_inner dst=$right_inner size least

	least_size
	for from in 0 1; do
		for size in $least $PING_SIZES; do
			agent ping $from "$src" "$dst" "$size" || return
		done
		for size in $least $UDP_SIZES; do
			agent udp $from "$src" "$dst" "$size" || return
		done
		agent gso $from "$src" "$dst" 4000 && gso_taken $from || return
		agent tcp $from "$src" "$dst" "$TCP_SIZE" || return
		src=$right_inner dst=$left_inner
	done
}

# What nf_ipsec has dropped in this cell. "Too big" is not a loss but how a
# path's size is found.
no_nf_drops() {
	local name rc=0

	[ "$INTEROP_LEFT" = nf_ipsec ] || return 0
	in_left "$tmpdir/now" "$NFIPSEC" stats || return
	find_changes "$tmpdir/nf" "$tmpdir/now"
	for name in "${!changes[@]}"; do
		case $name in
		"drop too-big")
			[ "${changes[$name]}" -gt $TOO_BIG_MAX ] || continue
			;;
		"drop "* | in-unknown-spi | acquires)
			;;
		*)
			continue
			;;
		esac
		echo "nf_ipsec has counted ${changes[$name]}: $name"
		rc=1
	done
	return "$rc"
}

# The same for the kernel's IPsec, where sizes are not counted.
no_xfrm_errors() {
	local host name rc=0

	for host in 0 1; do
		agent cat $host xfrm_stat "$tmpdir/now" || return
		find_changes "$tmpdir/xfrm$host" "$tmpdir/now"
		for name in "${!changes[@]}"; do
			echo "xfrm has counted ${changes[$name]}: $name"
			rc=1
		done
	done
	return "$rc"
}

try_cell() {
	local rc=0

	set_up || return
	forget_pmtu
	exchange || rc=1
	busywait "$BUSYWAIT_TIMEOUT" packets_agree || rc=1
	agent clear || rc=1
	no_nf_drops || rc=1
	no_xfrm_errors || rc=1
	return "$rc"
}

# --- the matrix ---

# choose_cell SUITE SHAPE: sets the variables of set_up, and $name
choose_cell() {
	read -r proto enc auth <<<"$1"
	read -r mode outer inner esn encap icv_pad <<<"$2"
	enc=${enc#-}
	auth=${auth#-}
	name="$proto $enc${enc:+${auth:++}}$auth $mode"
	if [ "$mode" = tunnel ]; then
		name+=" ipv$inner in ipv$outer"
	else
		name+=" ipv$outer"
	fi
	name+=" esn $esn"
	[ "$encap" != udp ] || name+=" in udp"
	[ "$proto$outer" != ah4 ] || name+=" icv-pad $icv_pad"
}

# list_cells: "SUITE SHAPE", indices. With a round for each suite, each shape
# meets each suite once; the first rounds already hold each suite.
list_cells() {
	local rounds all=${#suites[@]} step round shape

	step=$(((all + ${#shapes[@]} - 1) / ${#shapes[@]}))
	rounds=$step
	if [ -n "${INTEROP:-}${MATCH:-}" ]; then
		rounds=$all
	fi
	for ((round = 0; round < rounds; round++)); do
		for shape in "${!shapes[@]}"; do
			echo $(((shape * step + round) % all)) "$shape"
		done
	done
}

# take_cells: sets $cells to those that are wanted
take_cells() {
	local suite shape i=0 part=${PART:-1/1}

	cells=()
	while read -r suite shape; do
		choose_cell "${suites[suite]}" "${shapes[shape]}"
		[[ $name == *"${MATCH:-}"* ]] || continue
		[ $((i++ % ${part#*/} + 1)) -ne "${part%/*}" ] ||
			cells+=("$suite $shape")
	done < <(list_cells)
}

run_matrix() {
	local cell shape cells

	ltr_seq="" rtl_seq=""
	take_cells
	if [ "${INTEROP:-}" = list ]; then
		for cell in "${cells[@]}"; do
			choose_cell "${suites[${cell% *}]}" "${shapes[${cell#* }]}"
			echo "$name"
		done
		return
	fi
	require_interop
	ktap_print_header
	ktap_set_plan $((${#cells[@]} + 2))
	make_hosts
	touch "$tmpdir"/{nf,xfrm0,xfrm1}
	for inner in 4 6; do
		ktap_test "the watch sees ipv$inner in clear" watch_sees $inner
	done
	for cell in "${cells[@]}"; do
		shape=${cell#* }
		choose_cell "${suites[${cell% *}]}" "${shapes[shape]}"
		ktap_test "$name" try_cell
	done
	ktap_finish
}
