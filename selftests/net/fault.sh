#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Whatever fails, nothing leaves in clear that must be protected, and nothing
# gets in that was not: each function below fails at its first call under a
# packet, then at its second one, and so on, as fault/ipsec_fault.c has it.
#
# Topology: see peer.sh.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/peer.sh"

NETS="10.1.0.0/16 10.2.0.0/16"
NETS6="2001:db8:a::/64 2001:db8:b::/64"
FAULT=$TREE/selftests/fault/ipsec_fault.ko

# FUNCTION VALUE: every allocation from a slab, what makes room in packets, the
# crypto, checksums, connections
SITES=(
	"should_failslab -12"
	"pskb_expand_head -12"
	"__pskb_pull_tail 0"
	"crypto_aead_encrypt -5"
	"crypto_aead_decrypt -74"
	"crypto_skcipher_encrypt -5"
	"crypto_skcipher_decrypt -5"
	"crypto_shash_update -5"
	"crypto_shash_finup -5"
	"skb_checksum_help -22"
	"__nf_conntrack_confirm 0"
)

require_fault() {
	[ "$(uname -m)" = x86_64 ] || ktap_skip_all "ipsec_fault.ko is for x86-64"
	[ -r "$FAULT" ] || ktap_skip_all "make -C selftests/fault KDIR=... builds ipsec_fault.ko"
	insmod "$FAULT" || ktap_skip_all "ipsec_fault.ko cannot be loaded"
	at_exit "rmmod ipsec_fault"
}

# the packets: what goes out, and what comes in with and without protection
packets() {
	sed 's/^/sweep /' <<-END
		lan
		lan v=6
		lan len=1470
		lan len=1470 df=1
		lan proto=tcp
		lan src=172.16.0.1 proto=icmp quotes=10.2.0.2,10.1.0.2,udp
		local dst=$PEER4 len=3000
		local dst=$PEER6 len=3000
		local dst=10.2.0.2 src=10.1.0.1 df=1
		clear
		clear v=6
		clear src=$PEER4 dst=$GATE4
		clear src=$PEER6 dst=$GATE6
		clear src=172.16.0.1 dst=10.1.0.2 proto=icmp quotes=10.1.0.2,10.2.0.2,udp
		send t.in
		send u.in v=6
		send u.in v=6 ofrag=32 len=100
		send t.in ofrag=32 len=100
		send h.in
		send k.in
	END
}

set_up() {
	begin "sas t - esp aes-gcm-128" "protect t $NETS" \
		"sas u - esp aes-cbc-128+hmac-sha256-128 v6" "protect u $NETS6" \
		"sas h - ah hmac-sha256-128 mode transport" "protect h $GATE4 $PEER4" \
		"sas k - esp chacha20-poly1305 mode transport v6" \
		"protect k $GATE6 $PEER6" || return
	in_gate nft -f - <<-END
		table inet wan {
			chain post {
				type nat hook postrouting priority srcnat
				oifname wan0 masquerade
			}
		}
	END
}

# fails FUNCTION VALUE
fails() {
	local line sum=0

	say fault "$1" "$2" || return
	while read -r line; do
		say "$line" || {
			echo "failed at: $line"
			return 1
		}
		: $((sum += answer))
	done < <(packets)
	echo "$sum calls failed"
	[ "$sum" -gt 0 ]
}

# all is well again
works() {
	steps <<-END
		flush
		lan
		hidden
		lan v=6
		hidden
		send t.in
		took lan
		send k.in
		took udp
	END
}

main() {
	local site

	require_peer
	require_command nft
	require_module
	require_fault
	topology
	ktap_print_header
	ktap_set_plan $((${#SITES[@]} + 2))
	ktap_test "set up" set_up
	for site in "${SITES[@]}"; do
		# shellcheck disable=SC2086 # two words
		ktap_test "${site% *} fails" fails $site
	done
	ktap_test "and then nothing does" works
	ktap_finish
}

main
