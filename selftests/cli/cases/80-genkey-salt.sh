# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# the salt is as random as the key that it stands behind: of 8 keys no two have an
# octet pattern in common where the salt is
for alg in aes-gcm-128:8 aes-ccm-256:6 aes-ctr-192+hmac-sha1-96:48 aes-gmac-128:8 \
	chacha20-poly1305-iiv:8; do
	for _ in 1 2 3 4 5 6 7 8; do
		key=$(nfipsec genkey "${alg%:*}" | grep -v '^\$')
		# of a cipher the integrity key is behind it: 20 octets
		salt=${key: -${alg#*:}}
		echo "${salt:0:6}"
	done | sort -u | grep -c .
done
