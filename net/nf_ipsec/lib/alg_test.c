// SPDX-License-Identifier: GPL-2.0-only
#include "alg.h"

#include <kunit/test.h>
#include <linux/string.h>
#include <uapi/linux/nf_ipsec.h>

/* What the RFCs say, written down a second time and not by macros. */
static const struct ipsec_alg expected[] = {
	{ "aes-gcm-128", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_128,
	  IPSEC_ALG_AEAD, 16, 4, 8, 4, 16, true, 60, 0, 0, false, false },
	{ "aes-gcm-192", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_192,
	  IPSEC_ALG_AEAD, 24, 4, 8, 4, 16, true, 60, 0, 0, false, false },
	{ "aes-gcm-256", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_256,
	  IPSEC_ALG_AEAD, 32, 4, 8, 4, 16, true, 60, 0, 0, false, false },
	{ "chacha20-poly1305", "rfc7539esp(chacha20,poly1305)", NULL, 7634,
	  NF_IPSEC_ALG_CHACHA20_POLY1305, IPSEC_ALG_AEAD, 32, 4, 8, 4, 16, true, 0, 0, 0, false,
	  false },
	{ "null", NULL, NULL, 2410, NF_IPSEC_ALG_NULL,
	  IPSEC_ALG_CIPHER, 0, 0, 0, 1, 0, false, 0, 0, 0, false, false },
	{ "aes-cbc-128", "cbc(aes)", NULL, 3602, NF_IPSEC_ALG_AES_CBC_128,
	  IPSEC_ALG_CIPHER, 16, 0, 16, 16, 0, false, 60, 0, 0, false, false },
	{ "aes-cbc-192", "cbc(aes)", NULL, 3602, NF_IPSEC_ALG_AES_CBC_192,
	  IPSEC_ALG_CIPHER, 24, 0, 16, 16, 0, false, 60, 0, 0, false, false },
	{ "aes-cbc-256", "cbc(aes)", NULL, 3602, NF_IPSEC_ALG_AES_CBC_256,
	  IPSEC_ALG_CIPHER, 32, 0, 16, 16, 0, false, 60, 0, 0, false, false },
	{ "hmac-sha256-128", "hmac(sha256)", NULL, 4868, NF_IPSEC_ALG_HMAC_SHA256_128,
	  IPSEC_ALG_AUTH, 32, 0, 0, 0, 16, false, 0, 0, 0, false, false },
	{ "hmac-sha384-192", "hmac(sha384)", NULL, 4868, NF_IPSEC_ALG_HMAC_SHA384_192,
	  IPSEC_ALG_AUTH, 48, 0, 0, 0, 24, false, 0, 0, 0, false, false },
	{ "hmac-sha512-256", "hmac(sha512)", NULL, 4868, NF_IPSEC_ALG_HMAC_SHA512_256,
	  IPSEC_ALG_AUTH, 64, 0, 0, 0, 32, false, 0, 0, 0, false, false },
	{ "aes-gcm-128-64", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_128_64,
	  IPSEC_ALG_AEAD, 16, 4, 8, 4, 8, true, 60, 0, 0, false, false },
	{ "aes-gcm-192-64", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_192_64,
	  IPSEC_ALG_AEAD, 24, 4, 8, 4, 8, true, 60, 0, 0, false, false },
	{ "aes-gcm-256-64", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_256_64,
	  IPSEC_ALG_AEAD, 32, 4, 8, 4, 8, true, 60, 0, 0, false, false },
	{ "aes-gcm-128-96", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_128_96,
	  IPSEC_ALG_AEAD, 16, 4, 8, 4, 12, true, 60, 0, 0, false, false },
	{ "aes-gcm-192-96", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_192_96,
	  IPSEC_ALG_AEAD, 24, 4, 8, 4, 12, true, 60, 0, 0, false, false },
	{ "aes-gcm-256-96", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_256_96,
	  IPSEC_ALG_AEAD, 32, 4, 8, 4, 12, true, 60, 0, 0, false, false },
	{ "aes-ccm-128", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_128,
	  IPSEC_ALG_AEAD, 16, 3, 8, 4, 16, true, 60, 0, 0, false, false },
	{ "aes-ccm-192", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_192,
	  IPSEC_ALG_AEAD, 24, 3, 8, 4, 16, true, 60, 0, 0, false, false },
	{ "aes-ccm-256", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_256,
	  IPSEC_ALG_AEAD, 32, 3, 8, 4, 16, true, 60, 0, 0, false, false },
	{ "aes-ccm-128-64", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_128_64,
	  IPSEC_ALG_AEAD, 16, 3, 8, 4, 8, true, 60, 0, 0, false, false },
	{ "aes-ccm-192-64", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_192_64,
	  IPSEC_ALG_AEAD, 24, 3, 8, 4, 8, true, 60, 0, 0, false, false },
	{ "aes-ccm-256-64", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_256_64,
	  IPSEC_ALG_AEAD, 32, 3, 8, 4, 8, true, 60, 0, 0, false, false },
	{ "aes-ccm-128-96", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_128_96,
	  IPSEC_ALG_AEAD, 16, 3, 8, 4, 12, true, 60, 0, 0, false, false },
	{ "aes-ccm-192-96", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_192_96,
	  IPSEC_ALG_AEAD, 24, 3, 8, 4, 12, true, 60, 0, 0, false, false },
	{ "aes-ccm-256-96", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_256_96,
	  IPSEC_ALG_AEAD, 32, 3, 8, 4, 12, true, 60, 0, 0, false, false },
	{ "aes-gmac-128", "rfc4543(gcm(aes))", NULL, 4543, NF_IPSEC_ALG_AES_GMAC_128,
	  IPSEC_ALG_AEAD, 16, 4, 8, 4, 16, true, 60, 0, 0, false, true },
	{ "aes-gmac-192", "rfc4543(gcm(aes))", NULL, 4543, NF_IPSEC_ALG_AES_GMAC_192,
	  IPSEC_ALG_AEAD, 24, 4, 8, 4, 16, true, 60, 0, 0, false, true },
	{ "aes-gmac-256", "rfc4543(gcm(aes))", NULL, 4543, NF_IPSEC_ALG_AES_GMAC_256,
	  IPSEC_ALG_AEAD, 32, 4, 8, 4, 16, true, 60, 0, 0, false, true },
	{ "aes-ctr-128", "rfc3686(ctr(aes))", NULL, 3686, NF_IPSEC_ALG_AES_CTR_128,
	  IPSEC_ALG_CIPHER, 16, 4, 8, 1, 0, true, 60, 0, 0, false, false },
	{ "aes-ctr-192", "rfc3686(ctr(aes))", NULL, 3686, NF_IPSEC_ALG_AES_CTR_192,
	  IPSEC_ALG_CIPHER, 24, 4, 8, 1, 0, true, 60, 0, 0, false, false },
	{ "aes-ctr-256", "rfc3686(ctr(aes))", NULL, 3686, NF_IPSEC_ALG_AES_CTR_256,
	  IPSEC_ALG_CIPHER, 32, 4, 8, 1, 0, true, 60, 0, 0, false, false },
	{ "legacy-3des-cbc", "cbc(des3_ede)", NULL, 2451, NF_IPSEC_ALG_LEGACY_3DES_CBC,
	  IPSEC_ALG_CIPHER, 24, 0, 8, 8, 0, false, 32, 35, 0, false, false },
	{ "hmac-sha1-96", "hmac(sha1)", NULL, 2404, NF_IPSEC_ALG_HMAC_SHA1_96,
	  IPSEC_ALG_AUTH, 20, 0, 0, 0, 12, false, 0, 0, 0, false, false },
	{ "aes-xcbc-96", "xcbc(aes)", NULL, 3566, NF_IPSEC_ALG_AES_XCBC_96,
	  IPSEC_ALG_AUTH, 16, 0, 0, 0, 12, false, 0, 0, 48, false, false },
	{ "aes-cmac-96", "cmac(aes)", NULL, 4494, NF_IPSEC_ALG_AES_CMAC_96,
	  IPSEC_ALG_AUTH, 16, 0, 0, 0, 12, false, 0, 0, 48, false, false },
	{ "aes-gcm-128-iiv", "gcm(aes)", NULL, 8750, NF_IPSEC_ALG_AES_GCM_128_IIV,
	  IPSEC_ALG_AEAD, 16, 4, 0, 4, 16, true, 60, 0, 0, true, false },
	{ "aes-gcm-192-iiv", "gcm(aes)", NULL, 8750, NF_IPSEC_ALG_AES_GCM_192_IIV,
	  IPSEC_ALG_AEAD, 24, 4, 0, 4, 16, true, 60, 0, 0, true, false },
	{ "aes-gcm-256-iiv", "gcm(aes)", NULL, 8750, NF_IPSEC_ALG_AES_GCM_256_IIV,
	  IPSEC_ALG_AEAD, 32, 4, 0, 4, 16, true, 60, 0, 0, true, false },
	{ "aes-ccm-128-64-iiv", "ccm(aes)", NULL, 8750, NF_IPSEC_ALG_AES_CCM_128_64_IIV,
	  IPSEC_ALG_AEAD, 16, 3, 0, 4, 8, true, 60, 0, 0, true, false },
	{ "aes-ccm-192-64-iiv", "ccm(aes)", NULL, 8750, NF_IPSEC_ALG_AES_CCM_192_64_IIV,
	  IPSEC_ALG_AEAD, 24, 3, 0, 4, 8, true, 60, 0, 0, true, false },
	{ "aes-ccm-256-64-iiv", "ccm(aes)", NULL, 8750, NF_IPSEC_ALG_AES_CCM_256_64_IIV,
	  IPSEC_ALG_AEAD, 32, 3, 0, 4, 8, true, 60, 0, 0, true, false },
	{ "chacha20-poly1305-iiv", "rfc7539(chacha20,poly1305)", NULL, 8750,
	  NF_IPSEC_ALG_CHACHA20_POLY1305_IIV, IPSEC_ALG_AEAD, 32, 4, 0, 4, 16, true, 0, 0, 0,
	  true, false },
};

static void rows_say_what_the_rfcs_say(struct kunit *test)
{
	const struct ipsec_alg *want, *alg;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		want = &expected[i];
		alg = ipsec_alg_get(want->id);
		KUNIT_ASSERT_NOT_NULL(test, alg);
		KUNIT_EXPECT_STREQ(test, alg->name, want->name);
		KUNIT_EXPECT_EQ_MSG(test, alg->rfc, want->rfc, "%s", want->name);
		KUNIT_EXPECT_EQ_MSG(test, alg->id, want->id, "%s", want->name);
		KUNIT_EXPECT_EQ_MSG(test, alg->kind, want->kind, "%s", want->name);
		KUNIT_EXPECT_EQ_MSG(test, alg->key_len, want->key_len, "%s", want->name);
		KUNIT_EXPECT_EQ_MSG(test, alg->salt_len, want->salt_len, "%s", want->name);
		KUNIT_EXPECT_EQ_MSG(test, alg->iv_len, want->iv_len, "%s", want->name);
		KUNIT_EXPECT_EQ_MSG(test, alg->block_len, want->block_len, "%s", want->name);
		KUNIT_EXPECT_EQ_MSG(test, alg->icv_len, want->icv_len, "%s", want->name);
		KUNIT_EXPECT_EQ_MSG(test, alg->counter, want->counter, "%s", want->name);
		KUNIT_EXPECT_EQ_MSG(test, alg->life_bytes, want->life_bytes, "%s", want->name);
		KUNIT_EXPECT_EQ_MSG(test, alg->life_bytes_max, want->life_bytes_max, "%s",
				    want->name);
		KUNIT_EXPECT_EQ_MSG(test, alg->life_packets, want->life_packets, "%s", want->name);
		KUNIT_EXPECT_EQ_MSG(test, alg->implicit, want->implicit, "%s", want->name);
		KUNIT_EXPECT_EQ_MSG(test, alg->ah, want->ah, "%s", want->name);
	}
}

static void rows_name_their_driver(struct kunit *test)
{
	const struct ipsec_alg *alg;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		alg = ipsec_alg_get(expected[i].id);
		KUNIT_ASSERT_NOT_NULL(test, alg);
		if (!expected[i].crypto_name) {
			KUNIT_EXPECT_NULL(test, alg->crypto_name);
			continue;
		}
		KUNIT_ASSERT_NOT_NULL(test, alg->crypto_name);
		KUNIT_EXPECT_STREQ(test, alg->crypto_name, expected[i].crypto_name);
		KUNIT_ASSERT_NOT_NULL(test, alg->missing);
		KUNIT_EXPECT_NOT_NULL(test, strstr(alg->missing, "CONFIG_CRYPTO_"));
	}
}

static void every_number_of_the_abi_has_a_row(struct kunit *test)
{
	u32 id;

	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(expected), NF_IPSEC_ALG_MAX);
	for (id = 1; id <= NF_IPSEC_ALG_MAX; id++)
		KUNIT_EXPECT_NOT_NULL_MSG(test, ipsec_alg_get(id), "%u", id);
}

static void unknown_numbers_have_none(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, ipsec_alg_get(NF_IPSEC_ALG_NONE));
	KUNIT_EXPECT_NULL(test, ipsec_alg_get(NF_IPSEC_ALG_MAX + 1));
	KUNIT_EXPECT_NULL(test, ipsec_alg_get(256 + NF_IPSEC_ALG_AES_GCM_128));
	KUNIT_EXPECT_NULL(test, ipsec_alg_get(~0U));
}

static void names_are_found_whole(struct kunit *test)
{
	const struct ipsec_alg *alg;
	u32 id, len;

	for (id = 1; id <= NF_IPSEC_ALG_MAX; id++) {
		alg = ipsec_alg_get(id);
		KUNIT_ASSERT_NOT_NULL(test, alg);
		len = strlen(alg->name);
		KUNIT_EXPECT_TRUE(test, ipsec_alg_find(alg->name, len) == alg);
		KUNIT_EXPECT_NULL(test, ipsec_alg_find(alg->name, len - 1));
		/* the terminating NUL is no part of the word */
		KUNIT_EXPECT_NULL(test, ipsec_alg_find(alg->name, len + 1));
	}
	KUNIT_EXPECT_TRUE(test, ipsec_alg_find("null,x", 4) ==
			  ipsec_alg_get(NF_IPSEC_ALG_NULL));
	KUNIT_EXPECT_NULL(test, ipsec_alg_find("", 0));
	KUNIT_EXPECT_NULL(test, ipsec_alg_find("AES-GCM-128", 11));
	KUNIT_EXPECT_NULL(test, ipsec_alg_find("rfc4106(gcm(aes))", 17));
}

static bool is_gmac(u32 id)
{
	return id >= NF_IPSEC_ALG_AES_GMAC_128 && id <= NF_IPSEC_ALG_AES_GMAC_256;
}

static u8 kind_of(u32 id)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(expected); i++)
		if (expected[i].id == id)
			return expected[i].kind;
	return ~0;
}

/* Every pair of rows, and none: who may go together, and how long the key is. */
static void only_sound_pairs_make_an_sa(struct kunit *test)
{
	const struct ipsec_alg *enc, *auth;
	bool esp, ah;
	u32 i, j;

	for (i = 0; i <= NF_IPSEC_ALG_MAX; i++) {
		for (j = 0; j <= NF_IPSEC_ALG_MAX; j++) {
			enc = ipsec_alg_get(i);
			auth = ipsec_alg_get(j);
			esp = (kind_of(i) == IPSEC_ALG_AEAD && !j) ||
			      (kind_of(i) == IPSEC_ALG_CIPHER &&
			       kind_of(j) == IPSEC_ALG_AUTH);
			ah = !i && (kind_of(j) == IPSEC_ALG_AUTH || is_gmac(j));
			KUNIT_EXPECT_EQ_MSG(test, !ipsec_alg_pair_error(true, enc, auth),
					    esp, "ESP %u %u", i, j);
			KUNIT_EXPECT_EQ_MSG(test, !ipsec_alg_pair_error(false, enc, auth),
					    ah, "AH %u %u", i, j);
		}
	}
}

static u32 key_len(u32 enc, u32 auth)
{
	return ipsec_alg_pair_key_len(ipsec_alg_get(enc), ipsec_alg_get(auth));
}

static void keys_are_key_salt_and_integrity_key(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, key_len(0, 0), 0U);
	KUNIT_EXPECT_EQ(test, key_len(NF_IPSEC_ALG_AES_GCM_128, 0), 20U);
	KUNIT_EXPECT_EQ(test, key_len(NF_IPSEC_ALG_CHACHA20_POLY1305, 0), 36U);
	KUNIT_EXPECT_EQ(test, key_len(NF_IPSEC_ALG_AES_CCM_192_64, 0), 27U);
	KUNIT_EXPECT_EQ(test, key_len(NF_IPSEC_ALG_AES_CTR_128, NF_IPSEC_ALG_AES_XCBC_96), 36U);
	KUNIT_EXPECT_EQ(test, key_len(NF_IPSEC_ALG_NULL, NF_IPSEC_ALG_HMAC_SHA256_128), 32U);
	KUNIT_EXPECT_EQ(test, key_len(0, NF_IPSEC_ALG_HMAC_SHA384_192), 48U);
	KUNIT_EXPECT_EQ(test, key_len(0, NF_IPSEC_ALG_AES_GMAC_192), 28U);
	KUNIT_EXPECT_EQ(test, key_len(NF_IPSEC_ALG_AES_CCM_128_64_IIV, 0), 19U);
	KUNIT_EXPECT_EQ(test, key_len(NF_IPSEC_ALG_AES_CBC_192, NF_IPSEC_ALG_HMAC_SHA256_128), 56U);
}

static void no_key_is_longer_than_the_abi_allows(struct kunit *test)
{
	u32 i, j, max = 0;

	for (i = 0; i <= NF_IPSEC_ALG_MAX; i++)
		for (j = 0; j <= NF_IPSEC_ALG_MAX; j++)
			if (!ipsec_alg_pair_error(true, ipsec_alg_get(i), ipsec_alg_get(j)) &&
			    key_len(i, j) > max)
				max = key_len(i, j);
	KUNIT_EXPECT_EQ(test, max, NF_IPSEC_KEY_MAX);
}

/* RFC 8750: only these three have such a form, and none of them sends an IV */
static void implicit_ivs_are_of_three_aeads(struct kunit *test)
{
	const struct ipsec_alg *alg, *sent;
	char name[32];
	u32 id, n = 0;

	for (id = 1; id <= NF_IPSEC_ALG_MAX; id++) {
		alg = ipsec_alg_get(id);
		KUNIT_ASSERT_NOT_NULL(test, alg);
		KUNIT_EXPECT_EQ_MSG(test, alg->implicit, !!strstr(alg->name, "-iiv"), "%s",
				    alg->name);
		if (!alg->implicit)
			continue;
		n++;
		KUNIT_EXPECT_EQ_MSG(test, alg->iv_len, 0, "%s", alg->name);
		KUNIT_ASSERT_TRUE(test, strlen(alg->name) < sizeof(name));
		strcpy(name, alg->name);
		sent = ipsec_alg_find(name, strlen(name) - strlen("-iiv"));
		KUNIT_ASSERT_NOT_NULL(test, sent);
		KUNIT_EXPECT_EQ_MSG(test, sent->kind, IPSEC_ALG_AEAD, "%s", alg->name);
		KUNIT_EXPECT_EQ_MSG(test, alg->key_len, sent->key_len, "%s", alg->name);
		KUNIT_EXPECT_EQ_MSG(test, alg->salt_len, sent->salt_len, "%s", alg->name);
		KUNIT_EXPECT_EQ_MSG(test, alg->icv_len, sent->icv_len, "%s", alg->name);
	}
	KUNIT_EXPECT_EQ(test, n, 7U);
}

static void nonces_are_salt_and_number(struct kunit *test)
{
	static const u8 salt[] = { 0xa1, 0xa2, 0xa3, 0xa4 };
	static const u8 low[IPSEC_NONCE_MAX] = {
		0xa1, 0xa2, 0xa3, 0xa4, 0, 0, 0, 0, 0xfe, 0xdc, 0xba, 0x98,
	};
	static const u8 whole[IPSEC_NONCE_MAX] = {
		0xa1, 0xa2, 0xa3, 0xa4, 1, 2, 3, 4, 5, 6, 7, 8,
	};
	/* four octets of counter are left, and its first block is 0 */
	static const u8 ccm[IPSEC_NONCE_MAX] = {
		3, 0xa1, 0xa2, 0xa3, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0,
	};
	u8 nonce[IPSEC_NONCE_MAX];

	memset(nonce, 0xff, sizeof(nonce));
	ipsec_alg_nonce(ipsec_alg_get(NF_IPSEC_ALG_AES_GCM_128_IIV), salt, 0xfedcba98, nonce);
	KUNIT_EXPECT_EQ(test, memcmp(nonce, low, sizeof(nonce)), 0);
	ipsec_alg_nonce(ipsec_alg_get(NF_IPSEC_ALG_CHACHA20_POLY1305_IIV), salt,
			0x0102030405060708, nonce);
	KUNIT_EXPECT_EQ(test, memcmp(nonce, whole, sizeof(nonce)), 0);
	memset(nonce, 0xff, sizeof(nonce));
	ipsec_alg_nonce(ipsec_alg_get(NF_IPSEC_ALG_AES_CCM_256_64_IIV), salt,
			0x0102030405060708, nonce);
	KUNIT_EXPECT_EQ(test, memcmp(nonce, ccm, sizeof(nonce)), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(rows_say_what_the_rfcs_say),
	KUNIT_CASE(rows_name_their_driver),
	KUNIT_CASE(every_number_of_the_abi_has_a_row),
	KUNIT_CASE(unknown_numbers_have_none),
	KUNIT_CASE(names_are_found_whole),
	KUNIT_CASE(only_sound_pairs_make_an_sa),
	KUNIT_CASE(keys_are_key_salt_and_integrity_key),
	KUNIT_CASE(no_key_is_longer_than_the_abi_allows),
	KUNIT_CASE(implicit_ivs_are_of_three_aeads),
	KUNIT_CASE(nonces_are_salt_and_number),
	{}
};

static struct kunit_suite suite = {
	.name = "nf_ipsec_alg",
	.test_cases = cases,
};

kunit_test_suite(suite);
