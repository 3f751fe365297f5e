// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transforms from the crypto API: which driver of an algorithm we take.
 *
 * Fast drivers on x86 before 6.16 exist as an internal synchronous one ("__" in
 * front of its name) under an asynchronous wrapper; we take the internal one and
 * keep a generic synchronous transform beside it for the moments when SIMD
 * registers are not ours: a softirq that came in the middle of a task's own
 * SIMD section.
 */
#include "tfm.h"

#include <crypto/aead.h>
#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <linux/err.h>

/* A name is asked for again while its module is still being loaded.  A look-up
 * within a look-up that takes too long comes out as a missing driver.
 */
#define TFM_TRIES	3

static bool may_come(long err)
{
	return err == -EAGAIN || err == -ETIMEDOUT || err == -ENOENT;
}

static void *alloc_retry(void *(*alloc)(const char *, u32, u32),
			 const char *name, u32 type, u32 mask)
{
	void *tfm;
	int i;

	for (i = 0; i < TFM_TRIES; i++) {
		tfm = alloc(name, type, mask);
		if (!IS_ERR(tfm) || !may_come(PTR_ERR(tfm)))
			break;
	}
	return tfm;
}

static void *aead_alloc(const char *name, u32 type, u32 mask)
{
	struct crypto_aead *tfm = crypto_alloc_aead(name, type, mask);

	if (IS_ERR(tfm) || crypto_aead_reqsize(tfm) +
			   sizeof(struct aead_request) <= IPSEC_TFM_REQ_MAX)
		return tfm;
	crypto_free_aead(tfm);
	return ERR_PTR(-E2BIG);
}

static void *skcipher_alloc(const char *name, u32 type, u32 mask)
{
	struct crypto_skcipher *tfm = crypto_alloc_skcipher(name, type, mask);

	if (IS_ERR(tfm) || crypto_skcipher_reqsize(tfm) +
			   sizeof(struct skcipher_request) <= IPSEC_TFM_REQ_MAX)
		return tfm;
	crypto_free_skcipher(tfm);
	return ERR_PTR(-E2BIG);
}

static void *shash_alloc(const char *name, u32 type, u32 mask)
{
	return crypto_alloc_shash(name, type, mask);
}

/*
 * "x" -> "__x": the internal driver under a wrapper, if the preferred driver is
 * another one than the synchronous one found already.
 */
static bool internal_name(char *buf, struct crypto_tfm *preferred,
			  struct crypto_tfm *sync)
{
	const char *name = crypto_tfm_alg_driver_name(preferred);

	if (strchr(name, '(') || !strcmp(name, crypto_tfm_alg_driver_name(sync)))
		return false;
	return snprintf(buf, CRYPTO_MAX_ALG_NAME, "__%s", name) <
	       CRYPTO_MAX_ALG_NAME;
}

struct crypto_aead *ipsec_tfm_aead(const char *name)
{
	return alloc_retry(aead_alloc, name, 0, CRYPTO_ALG_ASYNC);
}

struct crypto_aead *ipsec_tfm_aead_fast(const char *name,
					struct crypto_aead *sync)
{
	char driver[CRYPTO_MAX_ALG_NAME];
	struct crypto_aead *tfm;
	bool found;

	tfm = alloc_retry(aead_alloc, name, 0, 0);
	if (IS_ERR(tfm))
		return NULL;
	found = internal_name(driver, crypto_aead_tfm(tfm),
			      crypto_aead_tfm(sync));
	crypto_free_aead(tfm);
	if (!found)
		return NULL;
	tfm = aead_alloc(driver, CRYPTO_ALG_INTERNAL, CRYPTO_ALG_INTERNAL);
	return IS_ERR(tfm) ? NULL : tfm;
}

struct crypto_skcipher *ipsec_tfm_skcipher(const char *name)
{
	return alloc_retry(skcipher_alloc, name, 0, CRYPTO_ALG_ASYNC);
}

struct crypto_skcipher *ipsec_tfm_skcipher_fast(const char *name,
						struct crypto_skcipher *sync)
{
	char driver[CRYPTO_MAX_ALG_NAME];
	struct crypto_skcipher *tfm;
	bool found;

	tfm = alloc_retry(skcipher_alloc, name, 0, 0);
	if (IS_ERR(tfm))
		return NULL;
	found = internal_name(driver, crypto_skcipher_tfm(tfm),
			      crypto_skcipher_tfm(sync));
	crypto_free_skcipher(tfm);
	if (!found)
		return NULL;
	tfm = skcipher_alloc(driver, CRYPTO_ALG_INTERNAL, CRYPTO_ALG_INTERNAL);
	return IS_ERR(tfm) ? NULL : tfm;
}

struct crypto_shash *ipsec_tfm_shash(const char *name)
{
	return alloc_retry(shash_alloc, name, 0, 0);
}
