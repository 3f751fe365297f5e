// SPDX-License-Identifier: GPL-2.0-only
#include "alg.h"

#include <kunit/test.h>
#include <linux/string.h>
#include <uapi/linux/nf_ipsec.h>

/* What the RFCs say, written down a second time and not by macros. */
static const struct ipsec_alg expected[] = {
	{ "aes-gcm-128", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_128,
	  IPSEC_ALG_AEAD, 16, 4, 8, 4, 16, true, 60, 0, 0 },
	{ "aes-gcm-192", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_192,
	  IPSEC_ALG_AEAD, 24, 4, 8, 4, 16, true, 60, 0, 0 },
	{ "aes-gcm-256", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_256,
	  IPSEC_ALG_AEAD, 32, 4, 8, 4, 16, true, 60, 0, 0 },
	{ "chacha20-poly1305", "rfc7539esp(chacha20,poly1305)", NULL, 7634,
	  NF_IPSEC_ALG_CHACHA20_POLY1305, IPSEC_ALG_AEAD, 32, 4, 8, 4, 16, true, 0, 0, 0 },
	{ "null", NULL, NULL, 2410, NF_IPSEC_ALG_NULL,
	  IPSEC_ALG_CIPHER, 0, 0, 0, 1, 0, false, 0, 0, 0 },
	{ "aes-cbc-128", "cbc(aes)", NULL, 3602, NF_IPSEC_ALG_AES_CBC_128,
	  IPSEC_ALG_CIPHER, 16, 0, 16, 16, 0, false, 60, 0, 0 },
	{ "aes-cbc-192", "cbc(aes)", NULL, 3602, NF_IPSEC_ALG_AES_CBC_192,
	  IPSEC_ALG_CIPHER, 24, 0, 16, 16, 0, false, 60, 0, 0 },
	{ "aes-cbc-256", "cbc(aes)", NULL, 3602, NF_IPSEC_ALG_AES_CBC_256,
	  IPSEC_ALG_CIPHER, 32, 0, 16, 16, 0, false, 60, 0, 0 },
	{ "hmac-sha256-128", "hmac(sha256)", NULL, 4868, NF_IPSEC_ALG_HMAC_SHA256_128,
	  IPSEC_ALG_AUTH, 32, 0, 0, 0, 16, false, 0, 0, 0 },
	{ "hmac-sha384-192", "hmac(sha384)", NULL, 4868, NF_IPSEC_ALG_HMAC_SHA384_192,
	  IPSEC_ALG_AUTH, 48, 0, 0, 0, 24, false, 0, 0, 0 },
	{ "hmac-sha512-256", "hmac(sha512)", NULL, 4868, NF_IPSEC_ALG_HMAC_SHA512_256,
	  IPSEC_ALG_AUTH, 64, 0, 0, 0, 32, false, 0, 0, 0 },
	{ "aes-gcm-128-64", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_128_64,
	  IPSEC_ALG_AEAD, 16, 4, 8, 4, 8, true, 60, 0, 0 },
	{ "aes-gcm-192-64", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_192_64,
	  IPSEC_ALG_AEAD, 24, 4, 8, 4, 8, true, 60, 0, 0 },
	{ "aes-gcm-256-64", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_256_64,
	  IPSEC_ALG_AEAD, 32, 4, 8, 4, 8, true, 60, 0, 0 },
	{ "aes-gcm-128-96", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_128_96,
	  IPSEC_ALG_AEAD, 16, 4, 8, 4, 12, true, 60, 0, 0 },
	{ "aes-gcm-192-96", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_192_96,
	  IPSEC_ALG_AEAD, 24, 4, 8, 4, 12, true, 60, 0, 0 },
	{ "aes-gcm-256-96", "rfc4106(gcm(aes))", NULL, 4106, NF_IPSEC_ALG_AES_GCM_256_96,
	  IPSEC_ALG_AEAD, 32, 4, 8, 4, 12, true, 60, 0, 0 },
	{ "aes-ccm-128", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_128,
	  IPSEC_ALG_AEAD, 16, 3, 8, 4, 16, true, 60, 0, 0 },
	{ "aes-ccm-192", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_192,
	  IPSEC_ALG_AEAD, 24, 3, 8, 4, 16, true, 60, 0, 0 },
	{ "aes-ccm-256", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_256,
	  IPSEC_ALG_AEAD, 32, 3, 8, 4, 16, true, 60, 0, 0 },
	{ "aes-ccm-128-64", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_128_64,
	  IPSEC_ALG_AEAD, 16, 3, 8, 4, 8, true, 60, 0, 0 },
	{ "aes-ccm-192-64", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_192_64,
	  IPSEC_ALG_AEAD, 24, 3, 8, 4, 8, true, 60, 0, 0 },
	{ "aes-ccm-256-64", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_256_64,
	  IPSEC_ALG_AEAD, 32, 3, 8, 4, 8, true, 60, 0, 0 },
	{ "aes-ccm-128-96", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_128_96,
	  IPSEC_ALG_AEAD, 16, 3, 8, 4, 12, true, 60, 0, 0 },
	{ "aes-ccm-192-96", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_192_96,
	  IPSEC_ALG_AEAD, 24, 3, 8, 4, 12, true, 60, 0, 0 },
	{ "aes-ccm-256-96", "rfc4309(ccm(aes))", NULL, 4309, NF_IPSEC_ALG_AES_CCM_256_96,
	  IPSEC_ALG_AEAD, 32, 3, 8, 4, 12, true, 60, 0, 0 },
	{ "aes-gmac-128", "rfc4543(gcm(aes))", NULL, 4543, NF_IPSEC_ALG_AES_GMAC_128,
	  IPSEC_ALG_AEAD, 16, 4, 8, 4, 16, true, 60, 0, 0 },
	{ "aes-gmac-192", "rfc4543(gcm(aes))", NULL, 4543, NF_IPSEC_ALG_AES_GMAC_192,
	  IPSEC_ALG_AEAD, 24, 4, 8, 4, 16, true, 60, 0, 0 },
	{ "aes-gmac-256", "rfc4543(gcm(aes))", NULL, 4543, NF_IPSEC_ALG_AES_GMAC_256,
	  IPSEC_ALG_AEAD, 32, 4, 8, 4, 16, true, 60, 0, 0 },
	{ "aes-ctr-128", "rfc3686(ctr(aes))", NULL, 3686, NF_IPSEC_ALG_AES_CTR_128,
	  IPSEC_ALG_CIPHER, 16, 4, 8, 1, 0, true, 60, 0, 0 },
	{ "aes-ctr-192", "rfc3686(ctr(aes))", NULL, 3686, NF_IPSEC_ALG_AES_CTR_192,
	  IPSEC_ALG_CIPHER, 24, 4, 8, 1, 0, true, 60, 0, 0 },
	{ "aes-ctr-256", "rfc3686(ctr(aes))", NULL, 3686, NF_IPSEC_ALG_AES_CTR_256,
	  IPSEC_ALG_CIPHER, 32, 4, 8, 1, 0, true, 60, 0, 0 },
	{ "legacy-3des-cbc", "cbc(des3_ede)", NULL, 2451, NF_IPSEC_ALG_LEGACY_3DES_CBC,
	  IPSEC_ALG_CIPHER, 24, 0, 8, 8, 0, false, 32, 35, 0 },
	{ "hmac-sha1-96", "hmac(sha1)", NULL, 2404, NF_IPSEC_ALG_HMAC_SHA1_96,
	  IPSEC_ALG_AUTH, 20, 0, 0, 0, 12, false, 0, 0, 0 },
	{ "aes-xcbc-96", "xcbc(aes)", NULL, 3566, NF_IPSEC_ALG_AES_XCBC_96,
	  IPSEC_ALG_AUTH, 16, 0, 0, 0, 12, false, 0, 0, 48 },
	{ "aes-cmac-96", "cmac(aes)", NULL, 4494, NF_IPSEC_ALG_AES_CMAC_96,
	  IPSEC_ALG_AUTH, 16, 0, 0, 0, 12, false, 0, 0, 48 },
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
			ah = !i && kind_of(j) == IPSEC_ALG_AUTH;
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

static struct kunit_case cases[] = {
	KUNIT_CASE(rows_say_what_the_rfcs_say),
	KUNIT_CASE(rows_name_their_driver),
	KUNIT_CASE(every_number_of_the_abi_has_a_row),
	KUNIT_CASE(unknown_numbers_have_none),
	KUNIT_CASE(names_are_found_whole),
	KUNIT_CASE(only_sound_pairs_make_an_sa),
	KUNIT_CASE(keys_are_key_salt_and_integrity_key),
	KUNIT_CASE(no_key_is_longer_than_the_abi_allows),
	{}
};

static struct kunit_suite suite = {
	.name = "nf_ipsec_alg",
	.test_cases = cases,
};

kunit_test_suite(suite);
