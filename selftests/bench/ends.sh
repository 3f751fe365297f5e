# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# One tunnel from G1 to G2, of the kernel's own IPsec or of nf_ipsec, as these
# variables say:
#
#	family	4 or 6, inside and outside
#	proto	esp or ah
#	enc	encryption, as nfipsec calls it; "" for AH
#	auth	integrity, "" where the encryption has its own
#	encap	udp for ESP in UDP, else ""
#
# ESN, and windows of 1024.

# shellcheck source=path.sh
. "$(dirname "${BASH_SOURCE[0]}")/path.sh"

family=4 proto=esp enc=aes-gcm-128 auth="" encap=""
encap_pid=

# octets of key, salt included
declare -A KEY_LEN=([aes-gcm-128]=20 [aes-gcm-256]=36 [chacha20-poly1305]=36
	[aes-cbc-128]=16 [aes-cbc-256]=32 [null]=0 [hmac-sha256-128]=32)

# key_of NAME SEED: hex
key_of() {
	local i

	[ -n "$1" ] || return 0
	for ((i = 0; i < KEY_LEN[$1]; i++)); do
		printf '%02x' $(((i * 7 + $2) & 255))
	done
}

# --- the kernel's own ---

# xfrm_algs: sets $algs
xfrm_algs() {
	local key

	key=$(key_of "$enc" 1)
	case $enc in
	aes-gcm-*)
		algs="aead rfc4106(gcm(aes)) 0x$key 128"
		;;
	chacha20-poly1305)
		algs="aead rfc7539esp(chacha20,poly1305) 0x$key 128"
		;;
	aes-cbc-*)
		algs="enc cbc(aes) 0x$key"
		;;
	null)
		algs="enc ecb(cipher_null) \"\""
		;;
	"")
		algs=""
		;;
	esac
	[ -z "$auth" ] ||
		algs+=" auth-trunc hmac(sha256) 0x$(key_of "$auth" 2) 128"
}

# xfrm_state: one line
xfrm_state() {
	local algs flags="af-unspec esn" udp=""

	xfrm_algs
	[ "$proto$family" != ah4 ] || flags+=" align4"
	[ -z "$encap" ] || udp="encap espinudp 4500 4500 0.0.0.0"
	echo "xfrm state add src ${END1[$family]} dst ${END2[$family]} proto $proto" \
		"spi 0x1000 reqid 1 mode tunnel replay-window 1024 flag $flags" \
		"$algs $udp"
}

# xfrm_policy DIR NET1 NET2: one line
xfrm_policy() {
	echo "xfrm policy add dir $1 src $2 dst $3 tmpl src ${END1[$family]}" \
		"dst ${END2[$family]} proto $proto reqid 1 mode tunnel"
}

xfrm_up() {
	local a=${NET1[$family]} b=${NET2[$family]}

	{
		xfrm_state
		xfrm_policy out "$a" "$b"
	} | host G1
	{
		xfrm_state
		xfrm_policy in "$a" "$b"
		xfrm_policy fwd "$a" "$b"
	} | host G2
	[ -z "$encap" ] || encap_start
}

xfrm_down() {
	local ns

	[ -z "$encap" ] || encap_stop
	for ns in G1 G2; do
		printf 'xfrm policy flush\nxfrm state flush\n' | host $ns
	done
}

# The kernel takes ESP in UDP where a program has a socket that says so: option
# 100 (UDP_ENCAP) is 2 (UDP_ENCAP_ESPINUDP).
encap_start() {
	nsenter --net=/run/netns/G2 python3 -c "
import signal, socket
s = socket.socket(socket.AF_INET$([ "$family" = 4 ] || echo 6), socket.SOCK_DGRAM)
s.bind(('${END2[$family]}', 4500))
s.setsockopt(socket.IPPROTO_UDP, 100, 2)
print('ready', flush=True)
signal.pause()" >/tmp/encap &
	encap_pid=$!
	until grep -q ready /tmp/encap; do
		sleep 0.1
	done
}

encap_stop() {
	kill "$encap_pid"
	wait "$encap_pid" 2>/dev/null
	: >/tmp/encap
}

# --- nf_ipsec ---

# nf_sa DIR LOCAL REMOTE: one line
nf_sa() {
	echo "sa tunnel t dir $1 local $2 remote $3 spi 0x1000" \
		"$proto $enc${enc:+${auth:++}}$auth key-file /tmp/key" \
		"${encap:+encap 4500}"
}

nf_up() {
	local a=${NET1[$family]} b=${NET2[$family]}

	(umask 077 && echo "$(key_of "$enc" 1)$(key_of "$auth" 2)" >/tmp/key)
	{
		nf_sa out "${END1[$family]}" "${END2[$family]}"
		echo "policy dir out src $a dst $b protect t"
	} | in_ns G1 "$NFIPSEC" apply - || exit 1
	{
		nf_sa in "${END2[$family]}" "${END1[$family]}"
		echo "policy dir in src $a dst $b protect t"
	} | in_ns G2 "$NFIPSEC" apply - || exit 1
}

nf_down() {
	local ns

	for ns in G1 G2; do
		in_ns $ns "$NFIPSEC" flush >/dev/null || exit 1
	done
}
