/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_LIB_ALG_H
#define _IPSEC_LIB_ALG_H

#include <linux/types.h>

enum ipsec_alg_kind {
	IPSEC_ALG_AEAD,		/* encryption and integrity in one */
	IPSEC_ALG_CIPHER,	/* encryption; wants an IPSEC_ALG_AUTH beside it */
	IPSEC_ALG_AUTH,		/* integrity */
};

/**
 * struct ipsec_alg - one row of the closed algorithm table
 * @name: the word users write, e.g. "aes-gcm-256"
 * @crypto_name: what the crypto API is asked for; NULL for the NULL cipher
 * @missing: what users are told when the kernel has no driver for it
 * @rfc: the RFC that defines its use in IPsec
 * @id: enum nf_ipsec_alg
 * @kind: what it does
 * @key_len: octets of key, without the salt
 * @salt_len: octets of salt behind the key
 * @iv_len: octets of IV on the wire
 * @block_len: the ciphertext's length is a multiple of this
 * @icv_len: octets of ICV on the wire
 * @counter: a repeated IV breaks it: counter modes
 * @life_bytes: log2 of the octets that a key may work on if nobody says
 *	otherwise; 0: as many as there are
 * @life_bytes_max: log2 of the octets beyond which nobody may allow it; 0: none
 * @life_packets: like @life_bytes, of packets
 * @implicit: the IV is the sequence number and is not sent (RFC 8750)
 * @ah: an AEAD that is AH's integrity too, with its IV in front of the ICV
 */
struct ipsec_alg {
	const char *name;
	const char *crypto_name;
	const char *missing;
	u16 rfc;
	u8 id;
	u8 kind;
	u8 key_len;
	u8 salt_len;
	u8 iv_len;
	u8 block_len;
	u8 icv_len;
	bool counter;
	u8 life_bytes;
	u8 life_bytes_max;
	u8 life_packets;
	bool implicit;
	bool ah;
};

/* Octets of the longest IV that the crypto API wants of an AEAD */
#define IPSEC_NONCE_MAX	16
/* Octets of the longest salt */
#define IPSEC_SALT_MAX	4

/**
 * ipsec_alg_get() - the row of an algorithm
 * @id: enum nf_ipsec_alg, as it came from user space
 *
 * Return: the row, or NULL if there is no such algorithm.
 */
const struct ipsec_alg *ipsec_alg_get(u32 id);

/**
 * ipsec_alg_find() - the row of an algorithm by its name
 * @name: the word; need not be terminated
 * @len: octets of @name
 *
 * Return: the row, or NULL if there is no such algorithm.
 */
const struct ipsec_alg *ipsec_alg_find(const char *name, size_t len);

/**
 * ipsec_alg_pair_error() - can the two make an SA?
 * @esp: true for ESP, false for AH
 * @enc: encryption or NULL
 * @auth: integrity or NULL
 *
 * ESP is an AEAD alone, or a cipher (NULL is one) and an integrity algorithm;
 * AH is an integrity algorithm alone, for which GMAC will do, too (RFC 4543).
 * ESP without integrity is refused (RFC 8221 section 4).
 *
 * Return: NULL if they can, else a constant sentence that says why not.
 */
const char *ipsec_alg_pair_error(bool esp, const struct ipsec_alg *enc,
				 const struct ipsec_alg *auth);

/**
 * ipsec_alg_pair_key_len() - octets of the key string of an SA
 * @enc: encryption or NULL
 * @auth: integrity or NULL
 *
 * Return: encryption key, salt and integrity key together (RFC 4301 section
 * 4.5.2 gives the order), and the salt of an integrity key that has one.
 */
u32 ipsec_alg_pair_key_len(const struct ipsec_alg *enc,
			   const struct ipsec_alg *auth);

/**
 * ipsec_alg_nonce() - the IV of a packet that does not carry it
 * @alg: an AEAD that is @alg->implicit
 * @salt: its octets of salt
 * @seq: whole sequence number
 * @nonce: IPSEC_NONCE_MAX octets; filled in as the crypto API wants it
 *
 * RFC 8750 section 4: the salt, then eight octets of number.  A number of 32
 * bits has four zero octets in front, which is what its upper half is.
 */
void ipsec_alg_nonce(const struct ipsec_alg *alg, const u8 *salt, u64 seq,
		     u8 *nonce);

#endif /* _IPSEC_LIB_ALG_H */
