/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_CRYPTO_H
#define _IPSEC_CRYPTO_H

#include <linux/types.h>

struct ipsec_alg;
struct ipsec_crypto;
struct kvec;
struct netlink_ext_ack;

/* Pieces that ipsec_crypto_mac() copies before it works on them */
#define IPSEC_MAC_PIECES	5
#define IPSEC_MAC_COPY		128

/**
 * struct ipsec_crypto_pkt - one ESP packet in linear memory
 * @esp: the ESP header; four octets in front of it may be written over while
 *	the call lasts and are as before when it returns
 * @len: octets from @esp to the end of the ICV
 * @seq: the whole sequence number
 * @esn: the high half of @seq is authenticated too
 * @iv: sealing with a counter mode: eight octets of IV; the call writes them on
 *	the wire.  Modes with an unpredictable IV make their own, those with an
 *	implicit one have @seq.
 */
struct ipsec_crypto_pkt {
	u8 *esp;
	u32 len;
	u64 seq;
	bool esn;
	__be64 iv;
};

/**
 * ipsec_crypto_create() - transforms with a key in them
 * @enc: encryption, or NULL for AH
 * @auth: integrity, or NULL with an AEAD
 * @key: encryption key, salt, integrity key; not kept
 * @extack: names the algorithm and what provides it
 *
 * Context: may sleep, and load modules.
 * Return: the transforms, or ERR_PTR: -ENOENT if a driver is missing.
 */
struct ipsec_crypto *ipsec_crypto_create(const struct ipsec_alg *enc,
					 const struct ipsec_alg *auth,
					 const u8 *key,
					 struct netlink_ext_ack *extack);

/**
 * ipsec_crypto_destroy() - free transforms
 * @c: the transforms or NULL
 *
 * Context: may sleep.
 */
void ipsec_crypto_destroy(struct ipsec_crypto *c);

/**
 * ipsec_crypto_driver() - names of the drivers in use, for users
 * @c: the transforms
 * @buf: filled in, terminated
 * @len: room in @buf
 */
void ipsec_crypto_driver(const struct ipsec_crypto *c, char *buf, size_t len);

/**
 * ipsec_crypto_seal() - encrypt and add the ICV, in place
 * @c: transforms of an ESP SA
 * @pkt: SPI, number, room for the IV, plaintext with trailer, room for the ICV
 *
 * Context: BH off, does not sleep.
 * Return: 0 or a negative errno.
 */
int ipsec_crypto_seal(const struct ipsec_crypto *c,
		      const struct ipsec_crypto_pkt *pkt);

/**
 * ipsec_crypto_open() - check the ICV and decrypt, in place
 * @c: transforms of an ESP SA
 * @pkt: the packet as it was received; long enough for IV and ICV
 *
 * Context: BH off, does not sleep.
 * Return: 0, -EBADMSG if the ICV is wrong (the payload is then undefined), or
 * another negative errno.
 */
int ipsec_crypto_open(const struct ipsec_crypto *c,
		      const struct ipsec_crypto_pkt *pkt);

/**
 * ipsec_crypto_mac() - an ICV over pieces (AH)
 * @c: transforms of an AH SA
 * @vec: the pieces, in order; what is longer than IPSEC_MAC_COPY octets is in
 *	memory that a scatterlist may have: neither on the stack nor from vmalloc()
 * @n: how many, IPSEC_MAC_PIECES at most
 * @iv: GMAC: the IV; of no meaning to others
 * @icv: filled in with the algorithm's icv_len octets
 *
 * Context: BH off, does not sleep.
 * Return: 0 or a negative errno.
 */
int ipsec_crypto_mac(const struct ipsec_crypto *c, const struct kvec *vec,
		     u32 n, __be64 iv, u8 *icv);

/**
 * ipsec_crypto_digest() - a keyed digest of an SA's key, for fingerprints
 * @enc: encryption or NULL
 * @auth: integrity or NULL
 * @key: the key string
 * @len: octets of @key
 * @digest: 32 octets: HMAC-SHA-256 under the key of a fixed label and the
 *	algorithms' names
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int ipsec_crypto_digest(const struct ipsec_alg *enc,
			const struct ipsec_alg *auth,
			const u8 *key, u32 len, u8 *digest);

/**
 * ipsec_crypto_init() - per-CPU memory for requests
 *
 * Return: 0 or -ENOMEM.
 */
int ipsec_crypto_init(void);

/**
 * ipsec_crypto_exit() - free it; no transform is left
 */
void ipsec_crypto_exit(void);

#endif /* _IPSEC_CRYPTO_H */
