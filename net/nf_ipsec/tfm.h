/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_TFM_H
#define _IPSEC_TFM_H

#include <linux/types.h>

struct crypto_aead;
struct crypto_shash;
struct crypto_skcipher;

/* Octets of the largest request with its context */
#define IPSEC_TFM_REQ_MAX	1536

/**
 * ipsec_tfm_aead() - a synchronous AEAD that works in every context
 * @name: of the algorithm, from the table
 *
 * Context: may sleep, and load modules.
 * Return: the transform, without a key, or ERR_PTR: -ENOENT if there is no
 * driver, -E2BIG if its requests are larger than IPSEC_TFM_REQ_MAX.
 */
struct crypto_aead *ipsec_tfm_aead(const char *name);

/**
 * ipsec_tfm_aead_fast() - the driver for when SIMD registers are ours
 * @name: of the algorithm, from the table
 * @sync: from ipsec_tfm_aead()
 *
 * Context: may sleep, and load modules.
 * Return: the transform, without a key, or NULL if @sync is as good.
 */
struct crypto_aead *ipsec_tfm_aead_fast(const char *name,
					struct crypto_aead *sync);

/**
 * ipsec_tfm_skcipher() - a synchronous cipher that works in every context
 * @name: of the algorithm, from the table
 *
 * Context: may sleep, and load modules.
 * Return: as ipsec_tfm_aead().
 */
struct crypto_skcipher *ipsec_tfm_skcipher(const char *name);

/**
 * ipsec_tfm_skcipher_fast() - the driver for when SIMD registers are ours
 * @name: of the algorithm, from the table
 * @sync: from ipsec_tfm_skcipher()
 *
 * Context: may sleep, and load modules.
 * Return: the transform, without a key, or NULL if @sync is as good.
 */
struct crypto_skcipher *ipsec_tfm_skcipher_fast(const char *name,
						struct crypto_skcipher *sync);

/**
 * ipsec_tfm_shash() - a hash
 * @name: of the algorithm, from the table
 *
 * Context: may sleep, and load modules.
 * Return: the transform, without a key, or ERR_PTR: -ENOENT if there is no
 * driver.
 */
struct crypto_shash *ipsec_tfm_shash(const char *name);

#endif /* _IPSEC_TFM_H */
