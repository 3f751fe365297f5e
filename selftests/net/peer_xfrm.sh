#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Is ipsec_peer.py right? The kernel's own IPsec says so: each algorithm, mode
# and family, one packet in each direction. This test needs no nf_ipsec. The
# kernel does not clear what it pads an AH with.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

TRANSFORMS="aes-gcm-128 aes-gcm-192 aes-gcm-256 chacha20-poly1305
	null+hmac-sha256-128 aes-cbc-128+hmac-sha256-128
	aes-cbc-192+hmac-sha384-192 aes-cbc-256+hmac-sha512-256
	aes-gcm-128-64 aes-gcm-256-96 aes-ccm-128 aes-ccm-192-64 aes-ccm-256-96
	aes-gmac-128 aes-ctr-128+hmac-sha1-96 aes-ctr-256+aes-xcbc-96
	legacy-3des-cbc+hmac-sha1-96 null+aes-cmac-96 null+aes-xcbc-96"
AUTHS="hmac-sha256-128 hmac-sha384-192 hmac-sha512-256 hmac-sha1-96
	aes-xcbc-96 aes-cmac-96"

# xfrm_alg ALG KEY: the words of ip xfrm for a transform of ours, one a line
xfrm_alg() {
	local enc=${1%%+*} auth=${1##*+} key=$2 cut icv=128

	# what stands behind the second number is the ICV's length, if it is not 128
	[[ $enc != aes-*-*-* ]] || icv=${enc##*-}
	case $enc in
	aes-gcm-*)
		printf '%s\n' aead 'rfc4106(gcm(aes))' "0x$key" "$icv"
		return
		;;
	aes-ccm-*)
		printf '%s\n' aead 'rfc4309(ccm(aes))' "0x$key" "$icv"
		return
		;;
	aes-gmac-*)
		printf '%s\n' aead 'rfc4543(gcm(aes))' "0x$key" 128
		return
		;;
	chacha20-poly1305)
		printf '%s\n' aead 'rfc7539esp(chacha20,poly1305)' "0x$key" 128
		return
		;;
	null)
		printf '%s\n' enc 'ecb(cipher_null)' ''
		;;
	aes-cbc-*)
		cut=$((${enc##*-} / 4))
		printf '%s\n' enc 'cbc(aes)' "0x${key:0:cut}"
		key=${key:cut}
		;;
	aes-ctr-*)
		cut=$((${enc##*-} / 4 + 8))
		printf '%s\n' enc 'rfc3686(ctr(aes))' "0x${key:0:cut}"
		key=${key:cut}
		;;
	legacy-3des-cbc)
		printf '%s\n' enc 'cbc(des3_ede)' "0x${key:0:48}"
		key=${key:48}
		;;
	esac
	case $auth in
	hmac-*)
		auth=${auth#hmac-}
		printf '%s\n' auth-trunc "hmac(${auth%-*})" "0x$key" "${auth#*-}"
		;;
	aes-*mac-96 | aes-xcbc-96)
		auth=${auth#aes-}
		printf '%s\n' auth-trunc "${auth%-96}(aes)" "0x$key" 96
		;;
	esac
}

# xfrm_ends DIR FAMILY: sets $src and $dst
xfrm_ends() {
	local ends=("$GATE4" "$PEER4")

	[ "$2" = 4 ] || ends=("$GATE6" "$PEER6")
	src=${ends[0]} dst=${ends[1]}
	[ "$1" = out ] || src=${ends[1]} dst=${ends[0]}
}

# xfrm_sa DIR PROTO ALG MODE FAMILY ESN
xfrm_sa() {
	local key src dst flags=() words

	key=$(key_of "$3")
	xfrm_ends "$1" "$5"
	[ "$2$5" != ah4 ] || flags=(align4)
	[ "$6" = 0 ] || flags+=(esn)
	mapfile -t words < <(xfrm_alg "$3" "$key")
	ip -n "$gate" xfrm state add src "$src" dst "$dst" proto "$2" \
		spi 0x1000 mode "$4" replay-window 64 "${words[@]}" \
		${flags[0]:+flag} "${flags[@]}" || return 1
	say sa "$1" protocol="$2" spi=0x1000 src="$src" dst="$dst" alg="$3" \
		key="$key" mode="$4" esn="$6"
}

# xfrm_policy PROTO MODE FAMILY
xfrm_policy() {
	local src dst from=$GATE4 to=$PEER4

	xfrm_ends out "$3"
	[ "$2$3" != tunnel4 ] || { from=10.1.0.0/16 to=10.2.0.0/16; }
	[ "$2$3" != tunnel6 ] || { from=2001:db8:a::/64 to=2001:db8:b::/64; }
	[ "$2$3" != transport6 ] || { from=$GATE6 to=$PEER6; }
	ip -n "$gate" xfrm policy add dir out src "$from" dst "$to" \
		tmpl src "$src" dst "$dst" proto "$1" mode "$2" &&
		ip -n "$gate" xfrm policy add dir fwd src "$to" dst "$from" \
			tmpl src "$dst" dst "$src" proto "$1" mode "$2"
}

# one PROTO ALG MODE FAMILY ESN
one() {
	ip -n "$gate" xfrm policy flush
	ip -n "$gate" xfrm state flush
	say flush
	xfrm_sa in "$@" && xfrm_sa out "$@" || return 1
	xfrm_policy "$1" "$3" "$4" || return 1
	if [ "$3" = tunnel ]; then
		steps <<-END
			send in v=$4 len=33
			took lan
			lan v=$4 len=50
			wire out pad=any
			lan v=$4 len=1
			wire out pad=any
		END
	else
		steps <<-END
			send in v=$4 len=33
			took udp
			local dst=$([ "$4" = 4 ] && echo $PEER4 || echo $PEER6) len=50
			wire out pad=any
		END
	fi
}

main() {
	local alg v=4 w=6

	require_peer
	modprobe -qa xfrm_user esp4 esp6 ah4 ah6 2>/dev/null
	ip xfrm state count >/dev/null 2>&1 ||
		ktap_skip_all "this kernel has no IPsec of its own"
	topology
	ktap_print_header
	ktap_set_plan 50
	for alg in $TRANSFORMS; do
		ktap_test "esp $alg tunnel IPv$v" one esp "$alg" tunnel $v 1
		ktap_test "esp $alg transport IPv$w" \
			one esp "$alg" transport $w 0
		v=$((10 - v)) w=$((10 - w))
	done
	for alg in $AUTHS; do
		ktap_test "ah $alg tunnel IPv$v" one ah "$alg" tunnel $v 0
		ktap_test "ah $alg transport IPv$w" one ah "$alg" transport $w 1
		v=$((10 - v)) w=$((10 - w))
	done
	ktap_finish
}

main
