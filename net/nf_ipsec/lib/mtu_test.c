// SPDX-License-Identifier: GPL-2.0-only
#include "mtu.h"

#include <kunit/test.h>

static const struct {
	const char *what;
	struct ipsec_overhead oh;
	u32 ip_len;
	u32 outer;
	u32 inner;
} known[] = {
	/* outer header, ESP and IV, ICV, alignment, trailer; worked out by hand */
	{ "GCM tunnel over v4", { 20, 16, 16, 4, 2 }, 0, 1500, 1446 },
	{ "GCM tunnel over v6", { 40, 16, 16, 4, 2 }, 0, 1500, 1426 },
	{ "CBC SHA-256 tunnel over v4", { 20, 24, 16, 16, 2 }, 0, 1500, 1438 },
	{ "CBC SHA-512 tunnel over v6", { 40, 24, 32, 16, 2 }, 0, 1280, 1182 },
	{ "GCM transport v4", { 0, 16, 16, 4, 2 }, 20, 1500, 1466 },
	{ "CBC SHA-256 transport v6", { 0, 24, 16, 16, 2 }, 40, 1500, 1446 },
	{ "NULL SHA-256 tunnel over v4", { 20, 8, 16, 4, 2 }, 0, 1500, 1454 },
	{ "AH SHA-256 tunnel over v4", { 20, 28, 0, 1, 0 }, 0, 1500, 1452 },
	{ "AH SHA-256 transport v6", { 0, 32, 0, 1, 0 }, 40, 1500, 1468 },
	{ "one octet more than a block", { 20, 16, 16, 4, 2 }, 0, 1501, 1446 },
	{ "one octet less than a block", { 20, 16, 16, 4, 2 }, 0, 1499, 1442 },
	{ "GCM tunnel, smallest v4 link", { 20, 16, 16, 4, 2 }, 0, 68, 14 },
};

static void known_links_carry_known_packets(struct kunit *test)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		KUNIT_EXPECT_EQ_MSG(test, known[i].inner,
				    ipsec_mtu_inner(&known[i].oh, known[i].outer,
						    known[i].ip_len),
				    "%s", known[i].what);
}

/* The largest packet fits and a larger one does not, on every link. */
static void expect_tight(struct kunit *test, const struct ipsec_overhead *oh,
			 u32 ip_len)
{
	u32 outer, inner;

	for (outer = 0; outer < 3000; outer++) {
		inner = ipsec_mtu_inner(oh, outer, ip_len);
		if (inner)
			KUNIT_EXPECT_LE_MSG(test, ipsec_mtu_outer(oh, inner, ip_len),
					    outer, "align %u", oh->align);
		else
			inner = ip_len ? ip_len - 1 : 0;
		KUNIT_EXPECT_GT_MSG(test, ipsec_mtu_outer(oh, inner + 1, ip_len),
				    outer, "align %u", oh->align);
	}
}

static void inner_and_outer_agree_on_every_link(struct kunit *test)
{
	static const u8 aligns[] = { 1, 4, 8, 16, 64 };
	struct ipsec_overhead oh = { .head = 24, .icv = 16, .trailer = 2 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(aligns); i++) {
		oh.align = aligns[i];
		oh.outer = 20;
		expect_tight(test, &oh, 0);
		oh.outer = 0;
		expect_tight(test, &oh, 20);
		expect_tight(test, &oh, 60);
	}
}

static void ah_has_no_padding(struct kunit *test)
{
	struct ipsec_overhead oh = { .outer = 20, .head = 28, .align = 1 };
	u32 len;

	for (len = 1; len < 2000; len++)
		KUNIT_EXPECT_EQ(test, ipsec_mtu_outer(&oh, len, 0), len + 48);
	expect_tight(test, &oh, 0);
}

static void nothing_fits_a_link_smaller_than_the_overhead(struct kunit *test)
{
	const struct ipsec_overhead oh = { 40, 24, 32, 16, 2 };
	u32 outer;

	for (outer = 0; outer < 40 + 24 + 32 + 16; outer++)
		KUNIT_EXPECT_EQ(test, ipsec_mtu_inner(&oh, outer, 0), 0U);
	KUNIT_EXPECT_EQ(test, ipsec_mtu_inner(&oh, outer, 0), 14U);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(known_links_carry_known_packets),
	KUNIT_CASE(inner_and_outer_agree_on_every_link),
	KUNIT_CASE(ah_has_no_padding),
	KUNIT_CASE(nothing_fits_a_link_smaller_than_the_overhead),
	{}
};

static struct kunit_suite suite = {
	.name = "nf_ipsec_mtu",
	.test_cases = cases,
};

kunit_test_suite(suite);
