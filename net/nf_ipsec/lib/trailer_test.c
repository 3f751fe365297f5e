// SPDX-License-Identifier: GPL-2.0-only
#include "trailer.h"

#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <uapi/linux/nf_ipsec.h>

#include "alg.h"

#define BUF_LEN	600

static void expect_layout(struct kunit *test, u32 enc, u32 auth,
			  u32 head, u32 align, u32 icv)
{
	struct ipsec_esp_layout lay;

	ipsec_esp_layout_init(&lay, ipsec_alg_get(enc), ipsec_alg_get(auth));
	KUNIT_EXPECT_EQ_MSG(test, lay.head, head, "%u %u", enc, auth);
	KUNIT_EXPECT_EQ_MSG(test, lay.align, align, "%u %u", enc, auth);
	KUNIT_EXPECT_EQ_MSG(test, lay.icv, icv, "%u %u", enc, auth);
}

static void layouts_follow_the_algorithms(struct kunit *test)
{
	expect_layout(test, NF_IPSEC_ALG_AES_GCM_128, 0, 16, 4, 16);
	expect_layout(test, NF_IPSEC_ALG_CHACHA20_POLY1305, 0, 16, 4, 16);
	expect_layout(test, NF_IPSEC_ALG_AES_CBC_256, NF_IPSEC_ALG_HMAC_SHA512_256, 24, 16, 32);
	expect_layout(test, NF_IPSEC_ALG_AES_CBC_128, NF_IPSEC_ALG_HMAC_SHA256_128, 24, 16, 16);
	/* NULL works on octets, but the ICV begins at a multiple of four */
	expect_layout(test, NF_IPSEC_ALG_NULL, NF_IPSEC_ALG_HMAC_SHA384_192, 8, 4, 24);
}

static void padding_is_the_least_that_aligns(struct kunit *test)
{
	struct ipsec_esp_layout lay = { .head = 24, .icv = 16 };
	u32 align, len, pad;

	for (align = 4; align <= 128; align *= 2) {
		lay.align = align;
		for (len = 0; len < 2000; len++) {
			pad = ipsec_trailer_pad(&lay, len);
			KUNIT_EXPECT_EQ(test, (len + pad + 2) % align, 0U);
			KUNIT_EXPECT_TRUE(test, pad < align);
		}
	}
}

/* RFC 3602 case 6: 28 octets of ICMP in AES-CBC */
static void trailer_is_that_of_the_rfc(struct kunit *test)
{
	static const u8 want[] = { 0x01, 0x02, 0x02, 0x01 };
	struct ipsec_esp_layout lay = { .head = 24, .align = 16 };
	u8 tail[5] = { 0, 0, 0, 0, 0xee };
	u32 pad;

	pad = ipsec_trailer_pad(&lay, 28);
	KUNIT_ASSERT_EQ(test, pad, 2U);
	ipsec_trailer_fill(tail, pad, 1);
	KUNIT_EXPECT_EQ(test, memcmp(tail, want, sizeof(want)), 0);
	KUNIT_EXPECT_EQ(test, tail[4], 0xee);
}

static void what_was_filled_is_read_back(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, BUF_LEN, GFP_KERNEL);
	struct ipsec_trailer t;
	u32 pad, len;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (pad = 0; pad < 256; pad++) {
		for (len = 0; len < 64; len++) {
			memset(buf, 0xa5, BUF_LEN);
			ipsec_trailer_fill(buf + len, pad, 41);
			KUNIT_ASSERT_EQ(test, ipsec_trailer_parse(buf, len + pad + 2, true, &t), 0);
			KUNIT_EXPECT_EQ(test, t.len, pad + 2);
			KUNIT_EXPECT_EQ(test, t.next_header, 41);
		}
	}
}

static void padding_longer_than_the_packet_is_refused(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, BUF_LEN, GFP_KERNEL);
	struct ipsec_trailer t;
	u32 pad, len;
	int err;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (pad = 0; pad < 256; pad++) {
		for (len = 2; len < 300; len++) {
			buf[len - 2] = pad;
			err = ipsec_trailer_parse(buf, len, false, &t);
			KUNIT_EXPECT_EQ(test, err, pad + 2 > len ? -EMSGSIZE : 0);
			buf[len - 2] = 0;
		}
	}
	KUNIT_EXPECT_EQ(test, ipsec_trailer_parse(buf, 0, true, &t), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, ipsec_trailer_parse(buf, 1, true, &t), -EMSGSIZE);
}

static void each_padding_octet_is_inspected(struct kunit *test)
{
	struct ipsec_trailer t;
	u32 pad, at;
	u8 buf[270];

	for (pad = 1; pad < 256; pad++) {
		ipsec_trailer_fill(buf, pad, 4);
		for (at = 0; at < pad; at++) {
			buf[at] ^= 0x80;
			KUNIT_EXPECT_EQ(test, ipsec_trailer_parse(buf, pad + 2, true, &t),
					-EBADMSG);
			KUNIT_EXPECT_EQ(test, ipsec_trailer_parse(buf, pad + 2, false, &t), 0);
			buf[at] ^= 0x80;
		}
	}
}

static void data_in_front_of_the_padding_is_not_inspected(struct kunit *test)
{
	u8 buf[16] = { [12] = 1, [13] = 2, [14] = 2, [15] = 59 };
	struct ipsec_trailer t;

	KUNIT_ASSERT_EQ(test, ipsec_trailer_parse(buf, sizeof(buf), true, &t), 0);
	KUNIT_EXPECT_EQ(test, t.len, 4);
	KUNIT_EXPECT_EQ(test, t.next_header, 59);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(layouts_follow_the_algorithms),
	KUNIT_CASE(padding_is_the_least_that_aligns),
	KUNIT_CASE(trailer_is_that_of_the_rfc),
	KUNIT_CASE(what_was_filled_is_read_back),
	KUNIT_CASE(padding_longer_than_the_packet_is_refused),
	KUNIT_CASE(each_padding_octet_is_inspected),
	KUNIT_CASE(data_in_front_of_the_padding_is_not_inspected),
	{}
};

static struct kunit_suite suite = {
	.name = "nf_ipsec_trailer",
	.test_cases = cases,
};

kunit_test_suite(suite);
