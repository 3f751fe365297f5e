/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_KDF_H
#define _NFIPSEC_KDF_H

#include "conf.h"

/**
 * struct kdf_sa - what tells one SA's key from another's
 * @sender: the end that sends on it
 * @receiver: the end that receives
 * @xform: protocol and algorithms
 * @mode: enum nf_ipsec_mode
 */
struct kdf_sa {
	const struct addr *sender;
	const struct addr *receiver;
	const struct xform *xform;
	u8 mode;
};

/* Octets that an SPI is drawn from, 4 at a time */
#define KDF_SPI_DRAWS	32

/**
 * kdf_spi_draw() - the first of some draws that is no reserved SPI
 * @octets: KDF_SPI_DRAWS octets
 *
 * RFC 9333 section 3: 0 to 255 are drawn again.
 *
 * Return: the SPI, host byte order.
 */
u32 kdf_spi_draw(const u8 *octets);

/**
 * kdf_spi() - the SPI of an SA of a tunnel
 * @secret: the tunnel's secret, CONF_SECRET_LEN octets
 * @sa: which SA
 *
 * Return: the SPI, never one of the reserved ones.
 */
u32 kdf_spi(const struct key *secret, const struct kdf_sa *sa);

/**
 * kdf_key() - the key of an SA of a tunnel
 * @secret: the tunnel's secret, CONF_SECRET_LEN octets
 * @sa: which SA
 * @spi: its SPI, derived or given
 * @key: @key->len octets of it are filled in
 *
 * HKDF (RFC 5869) with SHA-256; nfipsec(8) says what goes in.  Both ends get
 * the same key for the same SA; another direction, SPI, algorithm or mode
 * gives another key.
 */
void kdf_key(const struct key *secret, const struct kdf_sa *sa, u32 spi,
	     struct key *key);

#endif /* _NFIPSEC_KDF_H */
