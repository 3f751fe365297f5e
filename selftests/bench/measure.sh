# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the parts of the benchmark share: a row is measured as plain forwarding,
# with the kernel's own IPsec, with that and its segmentation offload, and with
# nf_ipsec, in one boot.  Results go to $RESULTS/rows.tsv as
#
#	part	case	family	size	variant	value
#
# A run of which not all has arrived is "void", and the benchmark fails.

# shellcheck source=ends.sh
. "$(dirname "${BASH_SOURCE[0]}")/ends.sh"

RESULTS=/run/nf_ipsec/results
# where packets are counted and dropped
sink=D
# the packets go to $target or, if it is empty, to D; to so many addresses there
target=""
flows=1
SIZES=(50 512 1420 imix)
VARIANTS="plain xfrm offload nf"
FIRE=""
# guest exits with it
# shellcheck disable=SC2034
void=0

# emit PART CASE SIZE VARIANT VALUE
emit() {
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$family" "$3" "$4" "$5" |
		tee -a "$RESULTS/rows.tsv"
}

# shoot: one run of all sizes; sets $values, in their order
shoot() {
	local got sent i

	read -r -a values < <(in_ns S "$GUN" -n $COUNT -b $BATCHES -f "$flows" \
		"${target:-${SINK[$family]}}" 9 "${SIZES[@]}")
	got=$(delivered "$sink")
	sent=${values[-1]:-none}
	[ "$got" != "$sent" ] || return 0
	echo "# sent $sent, delivered $got:"
	# shellcheck disable=SC2034
	void=1
	for i in "${!SIZES[@]}"; do
		values[i]=void
	done
}

# fire PART CASE VARIANT: one run of all sizes, and what to call its results
fire() {
	local values i

	shoot
	for i in "${!SIZES[@]}"; do
		emit "$1" "$2" "${SIZES[i]}" "$3" "${values[i]}"
	done
}

offload_on() {
	modprobe -a esp4_offload esp6_offload || exit 1
}

# states made before know nothing of it, and those made after keep it
offload_off() {
	modprobe -r esp4_offload esp6_offload || exit 1
}

# variants PART CASE: a row, as the variables of ends.sh say; $FIRE is called
# with the name of each variant where fire is not what measures it
variants() {
	local variant

	for variant in $VARIANTS; do
		case $variant in
		xfrm)
			xfrm_up
			;;
		offload)
			offload_on
			xfrm_up
			;;
		nf)
			nf_up
			;;
		esac
		if [ -n "$FIRE" ]; then
			$FIRE "$variant"
		else
			fire "$1" "$2" "$variant"
		fi
		case $variant in
		xfrm)
			xfrm_down
			;;
		offload)
			xfrm_down
			offload_off
			;;
		nf)
			nf_down
			;;
		esac
	done
}

# --- cleartext that no policy names ---

# tax_of VARIANT: the same packets, with policies for others on both gateways
tax_of() {
	local a=198.18.1.0/24 b=198.18.2.0/24 ns dir

	[ "$family" = 4 ] || a=fd0a::/32 b=fd0b::/32
	for ns in G1 G2; do
		if [ "$1" = nf ]; then
			in_ns $ns "$NFIPSEC" apply - <<-EOF || exit 1
				policy dir out src $a dst $b discard
				policy dir in src $b dst $a discard
			EOF
			continue
		fi
		for dir in out in fwd; do
			echo "xfrm policy add dir $dir src $a dst $b action block"
		done | host $ns
	done
	fire tax tax "$1"
	if [ "$1" = nf ]; then
		nf_down
	else
		xfrm_down
	fi
}

tax() {
	local variant

	fire tax tax plain
	for variant in $VARIANTS; do
		case $variant in
		xfrm | nf)
			tax_of "$variant"
			;;
		esac
	done
}
