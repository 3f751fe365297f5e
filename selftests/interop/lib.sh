# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the interop tests share: two hosts, nf_ipsec on the left one and the
# kernel's own IPsec on the right one. With INTEROP_LEFT=xfrm the left one is
# the kernel's, too: what fails then is the fault of the test.
#
#	left (nf_ipsec)				right (xfrm)
#	lo 10.1.0.1 fd01::1			lo 10.2.0.1 fd02::1
#	wan0 ---------------------------------- wan0	(both are watched)
#	   192.0.2.1 2001:db8::1		   192.0.2.2 2001:db8::2
#
# Transport mode goes between the addresses on lo as well, so that neighbour
# discovery is no matter of a policy.

# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

INTEROP_LEFT=${INTEROP_LEFT:-nf_ipsec}
INTEROP_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

declare -A INNER_LEFT=([4]=10.1.0.1 [6]=fd01::1)
declare -A INNER_RIGHT=([4]=10.2.0.1 [6]=fd02::1)
declare -A OUTER_LEFT=([4]=192.0.2.1 [6]=2001:db8::1)
declare -A OUTER_RIGHT=([4]=192.0.2.2 [6]=2001:db8::2)

# A veth on two processors changes the order more than a wire would: the 32
# packets that are the default would be too few.
XFRM_WINDOW=512

# of pairs that do not say
encap=-

# octets of key, salt included
declare -A ENC_KEY_LEN=(
	[chacha20-poly1305]=36
	[aes-cbc-128]=16 [aes-cbc-192]=24 [aes-cbc-256]=32 [null]=0
	[aes-ctr-128]=20 [aes-ctr-192]=28 [aes-ctr-256]=36
	[aes-gmac-128]=20 [aes-gmac-192]=28 [aes-gmac-256]=36
	[legacy-3des-cbc]=24
)
declare -A AUTH_KEY_LEN=(
	[hmac-sha256-128]=32 [hmac-sha384-192]=48 [hmac-sha512-256]=64
	[hmac-sha1-96]=20 [aes-xcbc-96]=16 [aes-cmac-96]=16
)
for bits in 128 192 256; do
	for icv in "" -64 -96; do
		ENC_KEY_LEN[aes-gcm-$bits$icv]=$((bits / 8 + 4))
		ENC_KEY_LEN[aes-ccm-$bits$icv]=$((bits / 8 + 3))
	done
done

require_interop() {
	require_root
	require_command ip python3 modprobe
	[ "$INTEROP_LEFT" = xfrm ] || require_module
	# in other kernels they are built in
	modprobe -qa xfrm_user esp4 esp6 ah4 ah6 aesni_intel gcm seqiv authenc \
		echainiv chacha20poly1305 cbc hmac sha256_generic \
		sha512_generic crypto_null ccm ctr des_generic sha1_generic \
		xcbc cmac 2>/dev/null
	ip xfrm state count >/dev/null 2>&1 ||
		ktap_skip_all "this kernel has no IPsec of its own (xfrm_user)"
	# with it, the kernel's IPsec counts a super-packet of TCP once
	xfrm_counts_supers=0
	! grep -qw -e esp4_gso_segment -e esp6_gso_segment /proc/kallsyms ||
		xfrm_counts_supers=1
	umask 077
	make_tmpdir
}

# --- the hosts ---

# host_config NS NUMBER PEER
host_config() {
	ip -n "$1" -batch - <<-END
		addr add 192.0.2.$2/24 dev wan0
		addr add 2001:db8::$2/64 dev wan0
		addr add 10.$2.0.1/32 dev lo
		addr add fd0$2::1/128 dev lo
		route add 10.$3.0.1 via 192.0.2.$3 src 10.$2.0.1
		route add fd0$3::1 via 2001:db8::$3 src fd0$2::1
	END
}

# make_hosts: sets $left and $right
make_hosts() {
	setup_ns left right
	link_ns "$left" wan0 "$right" wan0 &&
		host_config "$left" 1 2 && host_config "$right" 2 1 &&
		start_agent "$left" "$right" &&
		agent watch 0 wan0 && agent watch 1 wan0 &&
		kernel_takes_udp && return
	ktap_print_msg "cannot set up the hosts"
	exit "$KSFT_FAIL"
}

# nf_ipsec needs no socket for ESP in UDP
kernel_takes_udp() {
	[ "$INTEROP_LEFT" != xfrm ] || agent encap 0 || return
	agent encap 1
}

# --- the agent ---

# start_agent NS...
start_agent() {
	local ns

	for ns in "$1" "$2"; do
		ip netns exec "$ns" sysctl -qw net.ipv4.ping_group_range="0 0"
	done
	coproc AGENT { exec python3 -B "$INTEROP_DIR/agent.py" "$@"; }
	# shellcheck disable=SC2153 # coproc sets it
	at_exit "kill $AGENT_PID 2>/dev/null"
}

# agent COMMAND WORD...: see agent.py; sets $reply to what was behind the "ok"
agent() {
	echo "$*" >&"${AGENT[1]}" && read -r reply <&"${AGENT[0]}" || {
		echo "agent.py has died"
		return 1
	}
	case $reply in
	ok*)
		reply=${reply#ok}
		reply=${reply# }
		return 0
		;;
	*)
		echo "$*: ${reply#fail }"
		return 1
		;;
	esac
}

# in_left OUTPUT COMMAND WORD..., in_right: run it there, by the agent
in_left() {
	agent run 0 "$@"
}

in_right() {
	agent run 1 "$@"
}

# The watch would be worth nothing if it were blind.
watch_sees() {
	agent ping 0 "${INNER_LEFT[$1]}" "${INNER_RIGHT[$1]}" 1 || return
	agent clear >"$tmpdir/clear"
	grep -q "packets in clear" "$tmpdir/clear" && return
	echo "an echo in clear was not seen"
	return 1
}

# find_changes BEFORE NOW: two files of lines that end in a number. Sets
# $changes[LINE] to the difference where there is one; NOW becomes BEFORE.
find_changes() {
	local line name
	local -A before=()

	declare -gA changes=()
	while read -r -a line; do
		before[${line[*]::${#line[@]}-1}]=${line[-1]}
	done <"$1"
	while read -r -a line; do
		name=${line[*]::${#line[@]}-1}
		# shellcheck disable=SC2034 # the result
		[ "${line[-1]}" = "${before[$name]:-0}" ] ||
			changes[$name]=$((line[-1] - ${before[$name]:-0}))
		echo "${line[*]}"
	done <"$2" >"$1"
}

# --- an SA pair, described by global variables ---
#
#	proto	esp or ah
#	enc	encryption, "" for AH
#	auth	integrity, "" where the encryption has its own
#	mode	tunnel or transport
#	outer	4 or 6
#	inner	4 or 6
#	esn	on or off
#	encap	udp for ESP in UDP, else -
#	icv_pad	4 or 8, for AH over IPv4
#	ltr_seq, rtl_seq	the number before the first one
#	left_inner, right_inner	what the policies protect
#
# ltr is what goes from left to right, rtl the other way. What is called often
# answers in a variable: a subshell costs as much as a transfer.

find_ends() {
	left_inner=${INNER_LEFT[$inner]}
	right_inner=${INNER_RIGHT[$inner]}
	left_end=$left_inner
	right_end=$right_inner
	[ "$mode" = tunnel ] || return 0
	left_end=${OUTER_LEFT[$outer]}
	right_end=${OUTER_RIGHT[$outer]}
}

# random_hex VAR OCTETS
random_hex() {
	local hex="" word

	while [ ${#hex} -lt $((2 * $2)) ]; do
		printf -v word %08x "$SRANDOM"
		hex+=$word
	done
	printf -v "$1" %s "${hex:0:2*$2}"
}

# new_keys: an SPI and a key for each direction
new_keys() {
	local dir auth_len=0

	[ -z "$auth" ] || auth_len=${AUTH_KEY_LEN[$auth]}
	for dir in ltr rtl; do
		random_hex "${dir}_enc" "${ENC_KEY_LEN[${enc:-null}]}"
		random_hex "${dir}_auth" "$auth_len"
		printf -v "${dir}_spi" 0x%08x $((SRANDOM % 0xffffff00 + 0x100))
	done
	echo "$ltr_enc$ltr_auth" >"$tmpdir/ltr.key"
	echo "$rtl_enc$rtl_auth" >"$tmpdir/rtl.key"
}

# set_up: give both hosts the SA pair that the variables describe
set_up() {
	find_ends
	new_keys
	if [ "$INTEROP_LEFT" = xfrm ]; then
		xfrm_apply 0 || return
	else
		nf_apply || return
	fi
	xfrm_apply 1
}

# --- nf_ipsec's side ---

# nf_sa DIR SPI KEY-FILE SEQ: adds one SA to $config
nf_sa() {
	config+="sa tunnel interop dir $1 local $left_end remote $right_end"
	config+=" spi $2 $proto $enc${enc:+${auth:++}}$auth mode $mode"
	config+=" key-file $3 esn $esn"
	[ "$proto$outer" != ah4 ] || config+=" icv-pad $icv_pad"
	[ "$encap" != udp ] || config+=" encap 4500"
	[ -z "$4" ] || config+=" seq $4"
	config+=$'\n'
}

nf_apply() {
	local config="" to="src $left_inner dst $right_inner"
	local from="src $right_inner dst $left_inner"

	nf_sa out "$ltr_spi" "$tmpdir/ltr.key" "$ltr_seq"
	nf_sa in "$rtl_spi" "$tmpdir/rtl.key" "$rtl_seq"
	config+="policy dir out $to protect interop"$'\n'
	config+="policy dir in $from protect interop"
	echo "$config" >"$tmpdir/nfipsec.conf"
	in_left "$tmpdir/out" "$NFIPSEC" apply "$tmpdir/nfipsec.conf"
}

# nf_packets: sets $ltr_packets and $rtl_packets, from the SAs
nf_packets() {
	local key value dir

	ltr_packets="" rtl_packets=""
	in_left "$tmpdir/list" "$NFIPSEC" sa list -j || return
	while read -r key value; do
		case $key/${value%,} in
		'"dir":/"out"')
			dir=ltr
			;;
		'"dir":/"in"')
			dir=rtl
			;;
		'"packets":'/*)
			printf -v ${dir}_packets %s "${value%,}"
			;;
		esac
	done <"$tmpdir/list"
}

# --- the kernel's side ---

# xfrm_algs ENC-KEY AUTH-KEY: sets $algs
xfrm_algs() {
	local bits=${auth#hmac-sha} icv=128

	[[ $enc != aes-*-*-* ]] || icv=${enc##*-}
	case $enc in
	aes-gcm-*)
		algs="aead rfc4106(gcm(aes)) 0x$1 $icv"
		return
		;;
	aes-ccm-*)
		algs="aead rfc4309(ccm(aes)) 0x$1 $icv"
		return
		;;
	aes-gmac-*)
		algs="aead rfc4543(gcm(aes)) 0x$1 128"
		return
		;;
	chacha20-poly1305)
		algs="aead rfc7539esp(chacha20,poly1305) 0x$1 128"
		return
		;;
	aes-cbc-*)
		algs="enc cbc(aes) 0x$1 "
		;;
	aes-ctr-*)
		algs="enc rfc3686(ctr(aes)) 0x$1 "
		;;
	legacy-3des-cbc)
		algs="enc cbc(des3_ede) 0x$1 "
		;;
	null)
		algs="enc ecb(cipher_null) \"\" "
		;;
	"")
		algs=""
		;;
	esac
	case $auth in
	aes-*)
		bits=${auth#aes-}
		algs+="auth-trunc ${bits%-*}(aes) 0x$2 96"
		;;
	*)
		algs+="auth-trunc hmac(sha${bits%-*}) 0x$2 ${bits#*-}"
		;;
	esac
}

# xfrm_seq DIR SEQ: sets $seq to the words for the last number sent or seen
xfrm_seq() {
	local word=replay-seq

	seq=""
	[ -n "$2" ] || return 0
	[ "$1" = in ] || word=replay-oseq
	seq="$word $(($2 & 0xffffffff))"
	[ "$esn" = off ] || seq+=" $word-hi $(($2 >> 32))"
}

# xfrm_state DIR SRC DST SPI ENC-KEY AUTH-KEY SEQ: adds one to $config
xfrm_state() {
	local flags="" seq algs

	[ "$mode" != tunnel ] || flags+=" af-unspec"
	[ "$esn" = off ] || flags+=" esn"
	[ "$proto$outer$icv_pad" != ah44 ] || flags+=" align4"
	xfrm_seq "$1" "$7"
	xfrm_algs "$5" "$6"
	config+="xfrm state add src $2 dst $3 proto $proto spi $4 reqid 1"
	config+=" mode $mode replay-window $XFRM_WINDOW ${flags:+flag}$flags $seq"
	config+=" $algs"
	[ "$encap" != udp ] || config+=" encap espinudp 4500 4500 0.0.0.0"
	config+=$'\n'
}

# xfrm_policy DIR SRC DST TUNNEL-SRC TUNNEL-DST: adds it to $config, for in one
# for what is forwarded, too
xfrm_policy() {
	local dir dirs=out

	[ "$1" = out ] || dirs="in fwd"
	for dir in $dirs; do
		config+="xfrm policy add src $2 dst $3 dir $dir"
		config+=" tmpl src $4 dst $5 proto $proto reqid 1 mode $mode"
		config+=$'\n'
	done
}

# xfrm_apply HOST: 0 is the left one, 1 the right one
xfrm_apply() {
	local config=$'xfrm policy flush\nxfrm state flush\n'
	local ltr=in rtl=out

	[ "$1" = 1 ] || ltr=out rtl=in
	xfrm_state $ltr "$left_end" "$right_end" "$ltr_spi" \
		"$ltr_enc" "$ltr_auth" "$ltr_seq"
	xfrm_state $rtl "$right_end" "$left_end" "$rtl_spi" \
		"$rtl_enc" "$rtl_auth" "$rtl_seq"
	xfrm_policy $ltr "$left_inner" "$right_inner" "$left_end" "$right_end"
	xfrm_policy $rtl "$right_inner" "$left_inner" "$right_end" "$left_end"
	echo "$config" >"$tmpdir/batch"
	agent run "$1" "$tmpdir/out" ip -batch "$tmpdir/batch"
}

# xfrm_packets HOST: sets $ltr_packets and $rtl_packets
xfrm_packets() {
	local line dir current=0

	ltr_packets="" rtl_packets=""
	agent run "$1" "$tmpdir/states" ip -s xfrm state || return
	while read -r line; do
		case $line in
		"proto "*)
			dir=rtl
			[[ $line != *"spi $ltr_spi"* ]] || dir=ltr
			;;
		"lifetime current:")
			current=1
			;;
		*"(packets)"*)
			[ "$current" = 0 ] && continue
			line=${line#* }
			printf -v ${dir}_packets %s "${line%%(*}"
			current=0
			;;
		esac
	done <"$tmpdir/states"
}

# --- both ---

# packets_agree: each side has taken in all that the other one has sent
packets_agree() {
	local on_left

	if [ "$INTEROP_LEFT" = xfrm ]; then
		xfrm_packets 0 || return
	else
		nf_packets || return
	fi
	on_left="$ltr_packets $rtl_packets"
	xfrm_packets 1 || return
	[ "$on_left" = "$ltr_packets $rtl_packets" ] && return
	[ "$xfrm_counts_supers" = 1 ] && [ "$rtl_packets" -gt 0 ] &&
		[ "${on_left% *}" = "$ltr_packets" ] &&
		[ "${on_left#* }" -ge "$rtl_packets" ] && return
	echo "packets to the right and back: $on_left counted by the left" \
		"host, $ltr_packets $rtl_packets by the right one"
	return 1
}
