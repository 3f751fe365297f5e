// SPDX-License-Identifier: GPL-2.0-only
/* The closed table of algorithms: no name from outside reaches the crypto API. */
#include "alg.h"

#include <linux/string.h>
#include <uapi/linux/nf_ipsec.h>

#define MISSING(driver, module, options)			\
	"this kernel has no " driver ": modprobe " module	\
	", or build with " options

/*
 * How long a key is good for.  Two equal blocks of ciphertext tell something of
 * two plaintexts, and n blocks of b bits hold such a pair with a chance of about
 * n^2 / 2^(b + 1).  Of AES it is 2^-17 after 2^60 octets, which take years at
 * 100 Gbit/s; RFC 3686, 4106, 4309 and 4543 want an end before 2^68.  Of 3DES it
 * is 2^-7 after 2^32 octets, and at 2^35 such a pair is there.
 */
#define AES_LIFE							\
	.life_bytes = 60
#define DES_LIFE							\
	.life_bytes = 32,						\
	.life_bytes_max = 35

/* RFC 4106: the salt is the first 4 octets of the nonce, the IV the last 8 */
#define AES_GCM_COMMON(bits)					\
	.kind = IPSEC_ALG_AEAD,					\
	.crypto_name = "rfc4106(gcm(aes))",			\
	.missing = MISSING("rfc4106(gcm(aes))", "gcm",		\
			   "CONFIG_CRYPTO_GCM"),		\
	AES_LIFE,						\
	.rfc = 4106,						\
	.key_len = (bits) / 8,					\
	.salt_len = 4,						\
	.iv_len = 8,						\
	.block_len = 4,						\
	.counter = true

#define AES_GCM(bits)						\
	AES_GCM_COMMON(bits),					\
	.id = NF_IPSEC_ALG_AES_GCM_##bits,			\
	.name = "aes-gcm-" #bits,				\
	.icv_len = 16

#define AES_GCM_ICV(bits, icv)					\
	AES_GCM_COMMON(bits),					\
	.id = NF_IPSEC_ALG_AES_GCM_##bits##_##icv,		\
	.name = "aes-gcm-" #bits "-" #icv,			\
	.icv_len = (icv) / 8

/* RFC 4309: the salt is the first 3 octets of the nonce, the IV the last 8, which
 * leaves 4 for the counter of blocks.  The crypto API wants their number less 1
 * in front.
 */
#define CCM_SALT_LEN	3
#define CCM_FIRST_OCTET	(4 - 1)

#define AES_CCM_COMMON(bits)					\
	.kind = IPSEC_ALG_AEAD,					\
	.crypto_name = "rfc4309(ccm(aes))",			\
	.missing = MISSING("rfc4309(ccm(aes))", "ccm",		\
			   "CONFIG_CRYPTO_CCM"),		\
	AES_LIFE,						\
	.rfc = 4309,						\
	.key_len = (bits) / 8,					\
	.salt_len = CCM_SALT_LEN,				\
	.iv_len = 8,						\
	.block_len = 4,						\
	.counter = true

#define AES_CCM(bits)						\
	AES_CCM_COMMON(bits),					\
	.id = NF_IPSEC_ALG_AES_CCM_##bits,			\
	.name = "aes-ccm-" #bits,				\
	.icv_len = 16

#define AES_CCM_ICV(bits, icv)					\
	AES_CCM_COMMON(bits),					\
	.id = NF_IPSEC_ALG_AES_CCM_##bits##_##icv,		\
	.name = "aes-ccm-" #bits "-" #icv,			\
	.icv_len = (icv) / 8

/* RFC 8750: what RFC 4106, 4309 and 7634 have in a template of its own is done
 * here, with a nonce that is made of the sequence number.
 */
#define IMPLICIT						\
	.rfc = 8750,						\
	.iv_len = 0,						\
	.block_len = 4,						\
	.counter = true,					\
	.implicit = true

#define AES_GCM_IIV(bits)					\
	IMPLICIT,						\
	AES_LIFE,						\
	.id = NF_IPSEC_ALG_AES_GCM_##bits##_IIV,		\
	.kind = IPSEC_ALG_AEAD,					\
	.name = "aes-gcm-" #bits "-iiv",			\
	.crypto_name = "gcm(aes)",				\
	.missing = MISSING("gcm(aes)", "gcm",			\
			   "CONFIG_CRYPTO_GCM"),		\
	.key_len = (bits) / 8,					\
	.salt_len = 4,						\
	.icv_len = 16

#define AES_CCM_IIV(bits)					\
	IMPLICIT,						\
	AES_LIFE,						\
	.id = NF_IPSEC_ALG_AES_CCM_##bits##_64_IIV,		\
	.kind = IPSEC_ALG_AEAD,					\
	.name = "aes-ccm-" #bits "-64-iiv",			\
	.crypto_name = "ccm(aes)",				\
	.missing = MISSING("ccm(aes)", "ccm",			\
			   "CONFIG_CRYPTO_CCM"),		\
	.key_len = (bits) / 8,					\
	.salt_len = CCM_SALT_LEN,				\
	.icv_len = 8

/* RFC 4543: everything is authenticated and nothing encrypted */
#define AES_GMAC(bits)						\
	.id = NF_IPSEC_ALG_AES_GMAC_##bits,			\
	.kind = IPSEC_ALG_AEAD,					\
	.name = "aes-gmac-" #bits,				\
	.crypto_name = "rfc4543(gcm(aes))",			\
	.missing = MISSING("rfc4543(gcm(aes))", "gcm",		\
			   "CONFIG_CRYPTO_GCM"),		\
	AES_LIFE,						\
	.rfc = 4543,						\
	.key_len = (bits) / 8,					\
	.salt_len = 4,						\
	.iv_len = 8,						\
	.block_len = 4,						\
	.icv_len = 16,						\
	.counter = true,					\
	.ah = true

/* RFC 3686: a nonce behind the key, the IV on the wire, a block counter */
#define AES_CTR(bits)						\
	.id = NF_IPSEC_ALG_AES_CTR_##bits,			\
	.kind = IPSEC_ALG_CIPHER,				\
	.name = "aes-ctr-" #bits,				\
	.crypto_name = "rfc3686(ctr(aes))",			\
	.missing = MISSING("rfc3686(ctr(aes))", "ctr",		\
			   "CONFIG_CRYPTO_CTR and CONFIG_CRYPTO_AES"), \
	AES_LIFE,						\
	.rfc = 3686,						\
	.key_len = (bits) / 8,					\
	.salt_len = 4,						\
	.iv_len = 8,						\
	.block_len = 1,						\
	.counter = true

#define AES_CBC(bits)						\
	.id = NF_IPSEC_ALG_AES_CBC_##bits,			\
	.kind = IPSEC_ALG_CIPHER,				\
	.name = "aes-cbc-" #bits,				\
	.crypto_name = "cbc(aes)",				\
	.missing = MISSING("cbc(aes)", "cbc",			\
			   "CONFIG_CRYPTO_CBC and CONFIG_CRYPTO_AES"), \
	AES_LIFE,						\
	.rfc = 3602,						\
	.key_len = (bits) / 8,					\
	.iv_len = 16,						\
	.block_len = 16

/* RFC 4868: the key is as long as the hash, the ICV half as long */
#define HMAC_SHA2(bits, icv, module, option)			\
	.id = NF_IPSEC_ALG_HMAC_SHA##bits##_##icv,		\
	.kind = IPSEC_ALG_AUTH,					\
	.name = "hmac-sha" #bits "-" #icv,			\
	.crypto_name = "hmac(sha" #bits ")",			\
	.missing = MISSING("hmac(sha" #bits ")", module,	\
			   "CONFIG_CRYPTO_HMAC and " option),	\
	.rfc = 4868,						\
	.key_len = (bits) / 8,					\
	.icv_len = (icv) / 8

/* Both make 16 octets, of which 12 are sent.  NIST SP 800-38B, appendix B: 2^48
 * messages a key.
 */
#define AES_MAC(what, template, number)				\
	.id = NF_IPSEC_ALG_AES_##what##_96,			\
	.kind = IPSEC_ALG_AUTH,					\
	.name = "aes-" #template "-96",				\
	.crypto_name = #template "(aes)",			\
	.missing = MISSING(#template "(aes)", #template,	\
			   "CONFIG_CRYPTO_" #what " and CONFIG_CRYPTO_AES"), \
	.rfc = number,						\
	.life_packets = 48,					\
	.key_len = 16,						\
	.icv_len = 12

/* Row n is enum nf_ipsec_alg n; row 0 is no algorithm and has no name. */
static const struct ipsec_alg algs[NF_IPSEC_ALG_MAX + 1] = {
	[NF_IPSEC_ALG_AES_GCM_128] = { AES_GCM(128) },
	[NF_IPSEC_ALG_AES_GCM_192] = { AES_GCM(192) },
	[NF_IPSEC_ALG_AES_GCM_256] = { AES_GCM(256) },
	[NF_IPSEC_ALG_CHACHA20_POLY1305] = {
		.id = NF_IPSEC_ALG_CHACHA20_POLY1305,
		.kind = IPSEC_ALG_AEAD,
		.name = "chacha20-poly1305",
		.crypto_name = "rfc7539esp(chacha20,poly1305)",
		.missing = MISSING("rfc7539esp(chacha20,poly1305)", "chacha20poly1305",
				   "CONFIG_CRYPTO_CHACHA20POLY1305"),
		.rfc = 7634,
		.key_len = 32,
		.salt_len = 4,
		.iv_len = 8,
		.block_len = 4,
		.icv_len = 16,
		.counter = true,
	},
	[NF_IPSEC_ALG_NULL] = {
		.id = NF_IPSEC_ALG_NULL,
		.kind = IPSEC_ALG_CIPHER,
		.name = "null",
		.rfc = 2410,
		.block_len = 1,
	},
	[NF_IPSEC_ALG_AES_CBC_128] = { AES_CBC(128) },
	[NF_IPSEC_ALG_AES_CBC_192] = { AES_CBC(192) },
	[NF_IPSEC_ALG_AES_CBC_256] = { AES_CBC(256) },
	[NF_IPSEC_ALG_HMAC_SHA256_128] = {
		HMAC_SHA2(256, 128, "sha256_generic", "CONFIG_CRYPTO_SHA256"),
	},
	[NF_IPSEC_ALG_HMAC_SHA384_192] = {
		HMAC_SHA2(384, 192, "sha512_generic", "CONFIG_CRYPTO_SHA512"),
	},
	[NF_IPSEC_ALG_HMAC_SHA512_256] = {
		HMAC_SHA2(512, 256, "sha512_generic", "CONFIG_CRYPTO_SHA512"),
	},
	[NF_IPSEC_ALG_AES_GCM_128_64] = { AES_GCM_ICV(128, 64) },
	[NF_IPSEC_ALG_AES_GCM_192_64] = { AES_GCM_ICV(192, 64) },
	[NF_IPSEC_ALG_AES_GCM_256_64] = { AES_GCM_ICV(256, 64) },
	[NF_IPSEC_ALG_AES_GCM_128_96] = { AES_GCM_ICV(128, 96) },
	[NF_IPSEC_ALG_AES_GCM_192_96] = { AES_GCM_ICV(192, 96) },
	[NF_IPSEC_ALG_AES_GCM_256_96] = { AES_GCM_ICV(256, 96) },
	[NF_IPSEC_ALG_AES_CCM_128] = { AES_CCM(128) },
	[NF_IPSEC_ALG_AES_CCM_192] = { AES_CCM(192) },
	[NF_IPSEC_ALG_AES_CCM_256] = { AES_CCM(256) },
	[NF_IPSEC_ALG_AES_CCM_128_64] = { AES_CCM_ICV(128, 64) },
	[NF_IPSEC_ALG_AES_CCM_192_64] = { AES_CCM_ICV(192, 64) },
	[NF_IPSEC_ALG_AES_CCM_256_64] = { AES_CCM_ICV(256, 64) },
	[NF_IPSEC_ALG_AES_CCM_128_96] = { AES_CCM_ICV(128, 96) },
	[NF_IPSEC_ALG_AES_CCM_192_96] = { AES_CCM_ICV(192, 96) },
	[NF_IPSEC_ALG_AES_CCM_256_96] = { AES_CCM_ICV(256, 96) },
	[NF_IPSEC_ALG_AES_GMAC_128] = { AES_GMAC(128) },
	[NF_IPSEC_ALG_AES_GMAC_192] = { AES_GMAC(192) },
	[NF_IPSEC_ALG_AES_GMAC_256] = { AES_GMAC(256) },
	[NF_IPSEC_ALG_AES_CTR_128] = { AES_CTR(128) },
	[NF_IPSEC_ALG_AES_CTR_192] = { AES_CTR(192) },
	[NF_IPSEC_ALG_AES_CTR_256] = { AES_CTR(256) },
	[NF_IPSEC_ALG_LEGACY_3DES_CBC] = {
		.id = NF_IPSEC_ALG_LEGACY_3DES_CBC,
		.kind = IPSEC_ALG_CIPHER,
		.name = "legacy-3des-cbc",
		.crypto_name = "cbc(des3_ede)",
		.missing = MISSING("cbc(des3_ede)", "des_generic",
				   "CONFIG_CRYPTO_CBC and CONFIG_CRYPTO_DES"),
		DES_LIFE,
		.rfc = 2451,
		.key_len = 24,
		.iv_len = 8,
		.block_len = 8,
	},
	[NF_IPSEC_ALG_HMAC_SHA1_96] = {
		.id = NF_IPSEC_ALG_HMAC_SHA1_96,
		.kind = IPSEC_ALG_AUTH,
		.name = "hmac-sha1-96",
		.crypto_name = "hmac(sha1)",
		.missing = MISSING("hmac(sha1)", "sha1_generic",
				   "CONFIG_CRYPTO_HMAC and CONFIG_CRYPTO_SHA1"),
		.rfc = 2404,
		.key_len = 20,
		.icv_len = 12,
	},
	[NF_IPSEC_ALG_AES_XCBC_96] = { AES_MAC(XCBC, xcbc, 3566) },
	[NF_IPSEC_ALG_AES_CMAC_96] = { AES_MAC(CMAC, cmac, 4494) },
	[NF_IPSEC_ALG_AES_GCM_128_IIV] = { AES_GCM_IIV(128) },
	[NF_IPSEC_ALG_AES_GCM_192_IIV] = { AES_GCM_IIV(192) },
	[NF_IPSEC_ALG_AES_GCM_256_IIV] = { AES_GCM_IIV(256) },
	[NF_IPSEC_ALG_AES_CCM_128_64_IIV] = { AES_CCM_IIV(128) },
	[NF_IPSEC_ALG_AES_CCM_192_64_IIV] = { AES_CCM_IIV(192) },
	[NF_IPSEC_ALG_AES_CCM_256_64_IIV] = { AES_CCM_IIV(256) },
	[NF_IPSEC_ALG_CHACHA20_POLY1305_IIV] = {
		IMPLICIT,
		.id = NF_IPSEC_ALG_CHACHA20_POLY1305_IIV,
		.kind = IPSEC_ALG_AEAD,
		.name = "chacha20-poly1305-iiv",
		.crypto_name = "rfc7539(chacha20,poly1305)",
		.missing = MISSING("rfc7539(chacha20,poly1305)", "chacha20poly1305",
				   "CONFIG_CRYPTO_CHACHA20POLY1305"),
		.key_len = 32,
		.salt_len = 4,
		.icv_len = 16,
	},
};

const struct ipsec_alg *ipsec_alg_get(u32 id)
{
	if (id > NF_IPSEC_ALG_MAX || !algs[id].name)
		return NULL;
	return &algs[id];
}

const struct ipsec_alg *ipsec_alg_find(const char *name, size_t len)
{
	const struct ipsec_alg *alg;
	u32 id;

	for (id = 0; id <= NF_IPSEC_ALG_MAX; id++) {
		alg = ipsec_alg_get(id);
		if (alg && strlen(alg->name) == len &&
		    !memcmp(alg->name, name, len))
			return alg;
	}
	return NULL;
}

static const char *ah_error(const struct ipsec_alg *enc,
			    const struct ipsec_alg *auth)
{
	if (enc)
		return "AH does not encrypt";
	if (!auth)
		return "AH needs an integrity algorithm";
	if (auth->kind != IPSEC_ALG_AUTH && !auth->ah)
		return "this is not an integrity algorithm";
	return NULL;
}

static const char *esp_error(const struct ipsec_alg *enc,
			     const struct ipsec_alg *auth)
{
	if (!enc)
		return "ESP needs an encryption algorithm (null is one)";
	if (enc->kind == IPSEC_ALG_AUTH)
		return "this is not an encryption algorithm";
	if (enc->kind == IPSEC_ALG_AEAD)
		return auth ? "this encryption has its own integrity and takes no other"
			    : NULL;
	if (!auth)
		return "ESP without integrity is refused";
	if (auth->ah)
		return "beside a cipher GMAC is refused: ESP has it alone";
	if (auth->kind != IPSEC_ALG_AUTH)
		return "this is not an integrity algorithm";
	return NULL;
}

const char *ipsec_alg_pair_error(bool esp, const struct ipsec_alg *enc,
				 const struct ipsec_alg *auth)
{
	return esp ? esp_error(enc, auth) : ah_error(enc, auth);
}

u32 ipsec_alg_pair_key_len(const struct ipsec_alg *enc,
			   const struct ipsec_alg *auth)
{
	u32 len = 0;

	if (enc)
		len += enc->key_len + enc->salt_len;
	if (auth)
		len += auth->key_len + auth->salt_len;
	return len;
}

void ipsec_alg_nonce(const struct ipsec_alg *alg, const u8 *salt, u64 seq,
		     u8 *nonce)
{
	u32 i;

	memset(nonce, 0, IPSEC_NONCE_MAX);
	if (alg->salt_len == CCM_SALT_LEN)
		*nonce++ = CCM_FIRST_OCTET;
	memcpy(nonce, salt, alg->salt_len);
	nonce += alg->salt_len;
	for (i = sizeof(seq); i; i--, seq >>= 8)
		nonce[i - 1] = seq;
}
