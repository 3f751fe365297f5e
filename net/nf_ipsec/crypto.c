// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is done with transforms.  tfm.c gets them; no other file than these two
 * calls the crypto API.  All calls are synchronous.
 */
#include "crypto.h"

#include <asm/simd.h>
#include <crypto/aead.h>
#include <crypto/algapi.h>
#include <crypto/hash.h>
#include <crypto/internal/simd.h>
#include <crypto/skcipher.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/scatterlist.h>
#include <linux/uio.h>

#include "compat.h"
#include "lib/alg.h"
#include "lib/wire.h"
#include "tfm.h"

#define CRYPTO_IV_MAX	16
/* Octets of GMAC's ICV, of those it takes for additional data in a request */
#define GMAC_ICV_LEN	16
#define GMAC_AD_LEN	16

/**
 * struct ipsec_crypto - the transforms of one key
 * @enc: [I] algorithm, NULL for AH
 * @auth: [I] algorithm, NULL with an AEAD
 * @aead: [I] AEAD: the driver that always works
 * @aead_fast: [I] AEAD: the internal SIMD driver, or NULL
 * @skcipher: [I] cipher: the driver that always works, NULL for the NULL cipher
 * @skcipher_fast: [I] cipher: the internal SIMD driver, or NULL
 * @shash: [I] integrity
 * @salt: [I] of an AEAD whose IV is not sent; else the transform has it
 */
struct ipsec_crypto {
	const struct ipsec_alg *enc;
	const struct ipsec_alg *auth;
	struct crypto_aead *aead;
	struct crypto_aead *aead_fast;
	struct crypto_skcipher *skcipher;
	struct crypto_skcipher *skcipher_fast;
	struct crypto_shash *shash;
	u8 salt[IPSEC_SALT_MAX];
};

/**
 * struct crypto_scratch - what one packet needs, one a CPU
 * @sg: one piece of memory; all but where and how long never changes
 * @iv: a cipher may write to its IV; the one on the wire must stay
 * @req: an aead_request or a skcipher_request with its context
 * @mac: GMAC: short pieces of a packet, and the ICV
 */
struct crypto_scratch {
	struct scatterlist sg;
	u8 iv[CRYPTO_IV_MAX] __aligned(8);
	u8 req[IPSEC_TFM_REQ_MAX] __aligned(CRYPTO_MINALIGN);
	u8 mac[IPSEC_MAC_PIECES * IPSEC_MAC_COPY + GMAC_ICV_LEN];
};

static struct crypto_scratch * __percpu *scratch;

static int aead_key(struct crypto_aead *tfm, const struct ipsec_alg *alg,
		    const u8 *key)
{
	int err;

	err = crypto_aead_setauthsize(tfm, alg->icv_len);
	if (err)
		return err;
	return crypto_aead_setkey(tfm, key, alg->key_len +
				  (alg->implicit ? 0 : alg->salt_len));
}

static int aead_init(struct ipsec_crypto *c, const struct ipsec_alg *alg,
		     const u8 *key)
{
	struct crypto_aead *tfm;

	tfm = ipsec_tfm_aead(alg->crypto_name);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	c->aead = tfm;
	c->aead_fast = ipsec_tfm_aead_fast(alg->crypto_name, tfm);
	if (c->aead_fast && aead_key(c->aead_fast, alg, key)) {
		crypto_free_aead(c->aead_fast);
		c->aead_fast = NULL;
	}
	if (alg->implicit)
		memcpy(c->salt, key + alg->key_len, alg->salt_len);
	return aead_key(tfm, alg, key);
}

static int skcipher_init(struct ipsec_crypto *c, const u8 *key)
{
	const struct ipsec_alg *alg = c->enc;
	u32 len = alg->key_len + alg->salt_len;
	struct crypto_skcipher *tfm;

	tfm = ipsec_tfm_skcipher(alg->crypto_name);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	c->skcipher = tfm;
	c->skcipher_fast = ipsec_tfm_skcipher_fast(alg->crypto_name, tfm);
	if (c->skcipher_fast &&
	    crypto_skcipher_setkey(c->skcipher_fast, key, len)) {
		crypto_free_skcipher(c->skcipher_fast);
		c->skcipher_fast = NULL;
	}
	return crypto_skcipher_setkey(tfm, key, len);
}

static int shash_init(struct ipsec_crypto *c, const u8 *key)
{
	struct crypto_shash *tfm;

	tfm = ipsec_tfm_shash(c->auth->crypto_name);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	c->shash = tfm;
	return crypto_shash_setkey(tfm, key, c->auth->key_len);
}

static int crypto_init(struct ipsec_crypto *c, const u8 *key,
		       const struct ipsec_alg **failed)
{
	int err = 0;

	*failed = c->enc;
	if (c->enc && c->enc->kind == IPSEC_ALG_AEAD)
		err = aead_init(c, c->enc, key);
	else if (c->enc && c->enc->crypto_name)
		err = skcipher_init(c, key);
	if (err)
		return err;
	if (c->enc)
		key += c->enc->key_len + c->enc->salt_len;
	*failed = c->auth;
	if (c->auth && c->auth->kind == IPSEC_ALG_AEAD)
		return aead_init(c, c->auth, key);
	return c->auth ? shash_init(c, key) : 0;
}

struct ipsec_crypto *ipsec_crypto_create(const struct ipsec_alg *enc,
					 const struct ipsec_alg *auth,
					 const u8 *key,
					 struct netlink_ext_ack *extack)
{
	const struct ipsec_alg *failed;
	struct ipsec_crypto *c;
	int err;

	c = kzalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		return ERR_PTR(-ENOMEM);
	c->enc = enc;
	c->auth = auth;
	err = crypto_init(c, key, &failed);
	if (!err)
		return c;
	if (err == -ENOENT)
		ipsec_extack_msg(extack, failed->missing);
	else
		NL_SET_ERR_MSG(extack, "the crypto driver refused the key");
	ipsec_crypto_destroy(c);
	return ERR_PTR(err);
}

void ipsec_crypto_destroy(struct ipsec_crypto *c)
{
	if (!c)
		return;
	crypto_free_shash(c->shash);
	crypto_free_skcipher(c->skcipher_fast);
	crypto_free_skcipher(c->skcipher);
	crypto_free_aead(c->aead_fast);
	crypto_free_aead(c->aead);
	kfree_sensitive(c);
}

void ipsec_crypto_driver(const struct ipsec_crypto *c, char *buf, size_t len)
{
	struct crypto_aead *aead = c->aead_fast ?: c->aead;
	struct crypto_skcipher *sk = c->skcipher_fast ?: c->skcipher;
	const char *enc = NULL;

	if (aead)
		enc = crypto_tfm_alg_driver_name(crypto_aead_tfm(aead));
	else if (sk)
		enc = crypto_tfm_alg_driver_name(crypto_skcipher_tfm(sk));
	snprintf(buf, len, "%s%s%s", enc ?: "", enc && c->shash ? " " : "",
		 c->shash ? crypto_shash_driver_name(c->shash) : "");
}

static struct crypto_scratch *scratch_get(void)
{
	return *this_cpu_ptr(scratch);
}

static struct crypto_aead *aead_now(const struct ipsec_crypto *c)
{
	/* false in a softirq that came in the middle of a task's SIMD section */
	return c->aead_fast && crypto_simd_usable() ? c->aead_fast : c->aead;
}

/* All that send one have an IV of eight octets. */
static __always_inline void aead_iv(const struct ipsec_crypto *c,
				    const struct ipsec_crypto_pkt *pkt,
				    bool seal, u8 *nonce)
{
	u8 *iv = pkt->esp + sizeof(struct ipsec_esp_hdr);

	if (unlikely(!c->enc->iv_len)) {
		ipsec_alg_nonce(c->enc, c->salt, pkt->seq, nonce);
		return;
	}
	if (seal)
		memcpy(iv, &pkt->iv, sizeof(pkt->iv));
	memcpy(nonce, iv, sizeof(pkt->iv));
}

/*
 * With ESN the high half of the number is authenticated between SPI and low
 * half without being on the wire.  Moving the SPI four octets forward makes
 * room for it in place: one piece of memory, one scatterlist entry.
 */
static __always_inline int aead_run(const struct ipsec_crypto *c,
				    const struct ipsec_crypto_pkt *pkt,
				    bool seal)
{
	u32 shift = pkt->esn ? sizeof(__be32) : 0;
	struct crypto_scratch *s = scratch_get();
	struct aead_request *req = (void *)s->req;
	u32 ad, len, saved, spi;
	int err;

	aead_iv(c, pkt, seal, s->iv);
	spi = get_unaligned((u32 *)pkt->esp);
	if (pkt->esn) {
		saved = get_unaligned((u32 *)(pkt->esp - shift));
		put_unaligned(spi, (u32 *)(pkt->esp - shift));
		put_unaligned_be32(pkt->seq >> 32, pkt->esp);
	}

	ad = sizeof(struct ipsec_esp_hdr) + shift + c->enc->iv_len;
	len = pkt->len + shift - ad - (seal ? c->enc->icv_len : 0);
	sg_set_buf(&s->sg, pkt->esp - shift, pkt->len + shift);
	aead_request_set_tfm(req, aead_now(c));
	aead_request_set_callback(req, 0, NULL, NULL);
	aead_request_set_crypt(req, &s->sg, &s->sg, len, s->iv);
	aead_request_set_ad(req, ad);
	err = seal ? crypto_aead_encrypt(req) : crypto_aead_decrypt(req);

	if (pkt->esn) {
		put_unaligned(saved, (u32 *)(pkt->esp - shift));
		put_unaligned(spi, (u32 *)pkt->esp);
	}
	return err;
}

/* The ICV of a cipher's packet: all in front of it, then the high half. */
static int shash_run(const struct ipsec_crypto *c,
		     const struct ipsec_crypto_pkt *pkt, u8 *icv)
{
	u8 digest[HASH_MAX_DIGESTSIZE];
	SHASH_DESC_ON_STACK(desc, c->shash);
	__be32 high = cpu_to_be32(pkt->seq >> 32);
	u32 len = pkt->len - c->auth->icv_len;
	int err;

	desc->tfm = c->shash;
	if (!pkt->esn) {
		err = crypto_shash_digest(desc, pkt->esp, len, digest);
		goto out;
	}
	err = crypto_shash_init(desc) ?:
	      crypto_shash_update(desc, pkt->esp, len) ?:
	      crypto_shash_finup(desc, (u8 *)&high, sizeof(high), digest);
out:
	memcpy(icv, digest, c->auth->icv_len);
	return err;
}

static int skcipher_run(const struct ipsec_crypto *c,
			const struct ipsec_crypto_pkt *pkt, bool seal)
{
	u32 head = sizeof(struct ipsec_esp_hdr) + c->enc->iv_len;
	struct crypto_scratch *s = scratch_get();
	struct skcipher_request *req = (void *)s->req;
	struct crypto_skcipher *tfm = c->skcipher_fast;
	u32 len;

	if (!c->skcipher)
		return 0;
	if (!tfm || !crypto_simd_usable())
		tfm = c->skcipher;
	len = pkt->len - head - c->auth->icv_len;
	memcpy(s->iv, pkt->esp + sizeof(struct ipsec_esp_hdr), c->enc->iv_len);
	sg_set_buf(&s->sg, pkt->esp + head, len);
	skcipher_request_set_tfm(req, tfm);
	skcipher_request_set_callback(req, 0, NULL, NULL);
	skcipher_request_set_crypt(req, &s->sg, &s->sg, len, s->iv);
	return seal ? crypto_skcipher_encrypt(req) :
		      crypto_skcipher_decrypt(req);
}

static noinline int cipher_seal(const struct ipsec_crypto *c,
				const struct ipsec_crypto_pkt *pkt)
{
	u8 *iv = pkt->esp + sizeof(struct ipsec_esp_hdr);
	int err;

	/* a counter mode's must not come again, another's not be foreseen */
	if (c->enc->counter)
		memcpy(iv, &pkt->iv, sizeof(pkt->iv));
	else
		get_random_bytes(iv, c->enc->iv_len);
	err = skcipher_run(c, pkt, true);
	if (err)
		return err;
	return shash_run(c, pkt, pkt->esp + pkt->len - c->auth->icv_len);
}

int ipsec_crypto_seal(const struct ipsec_crypto *c,
		      const struct ipsec_crypto_pkt *pkt)
{
	return c->aead ? aead_run(c, pkt, true) : cipher_seal(c, pkt);
}

static noinline int cipher_open(const struct ipsec_crypto *c,
				const struct ipsec_crypto_pkt *pkt)
{
	u8 icv[HASH_MAX_DIGESTSIZE];
	int err;

	err = shash_run(c, pkt, icv);
	if (err)
		return err;
	if (crypto_memneq(icv, pkt->esp + pkt->len - c->auth->icv_len,
			  c->auth->icv_len))
		return -EBADMSG;
	return skcipher_run(c, pkt, false);
}

int ipsec_crypto_open(const struct ipsec_crypto *c,
		      const struct ipsec_crypto_pkt *pkt)
{
	return c->aead ? aead_run(c, pkt, false) : cipher_open(c, pkt);
}

/* All of it is additional data, however much of it a request calls so; the ICV
 * is what encryption leaves behind it (RFC 4543).
 */
static int gmac_run(const struct ipsec_crypto *c, const struct kvec *vec,
		    u32 n, __be64 iv, u8 *icv)
{
	struct scatterlist sg[IPSEC_MAC_PIECES + 1];
	struct crypto_scratch *s = scratch_get();
	struct aead_request *req = (void *)s->req;
	u32 i, used = 0, len = 0, pieces = 0;
	int err;

	sg_init_table(sg, ARRAY_SIZE(sg));
	for (i = 0; i < n; i++) {
		void *at = vec[i].iov_base;

		if (!vec[i].iov_len)
			continue;
		if (vec[i].iov_len <= IPSEC_MAC_COPY) {
			at = memcpy(s->mac + used, at, vec[i].iov_len);
			used += vec[i].iov_len;
		}
		sg_set_buf(&sg[pieces++], at, vec[i].iov_len);
		len += vec[i].iov_len;
	}
	sg_set_buf(&sg[pieces], s->mac + used, GMAC_ICV_LEN);
	sg_mark_end(&sg[pieces]);
	memcpy(s->iv, &iv, sizeof(iv));
	aead_request_set_tfm(req, aead_now(c));
	aead_request_set_callback(req, 0, NULL, NULL);
	aead_request_set_crypt(req, sg, sg, len - GMAC_AD_LEN, s->iv);
	aead_request_set_ad(req, GMAC_AD_LEN);
	err = crypto_aead_encrypt(req);
	memcpy(icv, s->mac + used, GMAC_ICV_LEN);
	return err;
}

static int hash_run(const struct ipsec_crypto *c, const struct kvec *vec,
		    u32 n, u8 *icv)
{
	u8 digest[HASH_MAX_DIGESTSIZE];
	SHASH_DESC_ON_STACK(desc, c->shash);
	int err;
	u32 i;

	desc->tfm = c->shash;
	err = crypto_shash_init(desc);
	for (i = 0; i < n && !err; i++)
		err = crypto_shash_update(desc, vec[i].iov_base,
					  vec[i].iov_len);
	if (!err)
		err = crypto_shash_final(desc, digest);
	if (!err)
		memcpy(icv, digest, c->auth->icv_len);
	return err;
}

int ipsec_crypto_mac(const struct ipsec_crypto *c, const struct kvec *vec,
		     u32 n, __be64 iv, u8 *icv)
{
	return c->shash ? hash_run(c, vec, n, icv) :
			  gmac_run(c, vec, n, iv, icv);
}

int ipsec_crypto_digest(const struct ipsec_alg *enc,
			const struct ipsec_alg *auth,
			const u8 *key, u32 len, u8 *digest)
{
	static const char label[] = "nf_ipsec fingerprint 1";
	struct crypto_shash *tfm;
	int err;

	tfm = ipsec_tfm_shash("hmac(sha256)");
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	err = crypto_shash_setkey(tfm, key, len);
	if (!err) {
		SHASH_DESC_ON_STACK(desc, tfm);

		desc->tfm = tfm;
		err = crypto_shash_init(desc) ?:
		      crypto_shash_update(desc, label, sizeof(label)) ?:
		      (enc ? crypto_shash_update(desc, enc->name,
						 strlen(enc->name) + 1) : 0) ?:
		      (auth ? crypto_shash_update(desc, auth->name,
						  strlen(auth->name) + 1) : 0) ?:
		      crypto_shash_final(desc, digest);
		shash_desc_zero(desc);
	}
	crypto_free_shash(tfm);
	return err;
}

int ipsec_crypto_init(void)
{
	int cpu;

	scratch = alloc_percpu(struct crypto_scratch *);
	if (!scratch)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct crypto_scratch *s;

		s = kzalloc_node(sizeof(*s), GFP_KERNEL, cpu_to_node(cpu));
		if (!s)
			goto err_free_scratch;
		sg_init_table(&s->sg, 1);
		*per_cpu_ptr(scratch, cpu) = s;
	}
	return 0;

err_free_scratch:
	ipsec_crypto_exit();
	return -ENOMEM;
}

void ipsec_crypto_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kfree_sensitive(*per_cpu_ptr(scratch, cpu));
	free_percpu(scratch);
}
