// SPDX-License-Identifier: GPL-2.0-only
#include "ecn.h"

#include <kunit/test.h>

#define DROP	(-1)

/* RFC 6040 figure 4, by the bits: 0 Not-ECT, 1 ECT(1), 2 ECT(0), 3 CE */
static const int figure4[4][4] = {
	/* inner, by outer 0  1  2  3 */
	[0] =		 { 0, 0, 0, DROP },
	[1] =		 { 1, 1, 1, 3 },
	[2] =		 { 2, 1, 2, 3 },
	[3] =		 { 3, 3, 3, 3 },
};

static void decapsulation_follows_figure_4(struct kunit *test)
{
	u32 inner, outer;
	int ds;

	for (inner = 0; inner < 256; inner++) {
		for (outer = 0; outer < 256; outer++) {
			ds = ipsec_ecn_decap(inner, outer);
			if (figure4[inner & 3][outer & 3] == DROP)
				KUNIT_EXPECT_TRUE_MSG(test, ds < 0, "%02x in %02x",
						      inner, outer);
			else
				KUNIT_EXPECT_EQ_MSG(test, ds,
						    (int)(inner & 0xfc) |
						    figure4[inner & 3][outer & 3],
						    "%02x in %02x", inner, outer);
		}
	}
}

/* The marks of figure 4 that are not DROP */
static void pairs_that_nobody_sends(struct kunit *test)
{
	static const char marks[4][5] = { " !! ", "  ! ", "    ", " !  " };
	u32 inner, outer;

	for (inner = 0; inner < 256; inner++)
		for (outer = 0; outer < 256; outer++)
			KUNIT_EXPECT_EQ_MSG(test,
					    ipsec_ecn_is_unused(inner, outer),
					    marks[inner & 3][outer & 3] == '!',
					    "%02x in %02x", inner, outer);
}

/* Who compares the fields first need not ask for more */
static void equal_fields_stay(struct kunit *test)
{
	u32 ds;

	for (ds = 0; ds < 256; ds++) {
		KUNIT_EXPECT_EQ(test, ipsec_ecn_decap(ds, ds), ds);
		KUNIT_EXPECT_FALSE(test, ipsec_ecn_is_unused(ds, ds));
	}
}

static void encapsulation_copies_the_octet(struct kunit *test)
{
	u32 inner;

	for (inner = 0; inner < 256; inner++)
		KUNIT_EXPECT_EQ(test, ipsec_ds_encap(inner, -1), inner);
}

static void a_fixed_dscp_keeps_ecn(struct kunit *test)
{
	u32 inner, dscp;

	for (inner = 0; inner < 256; inner++)
		for (dscp = 0; dscp < 64; dscp++)
			KUNIT_EXPECT_EQ(test, ipsec_ds_encap(inner, dscp),
					dscp * 4 + inner % 4);
}

static void a_map_changes_each_dscp_alone(struct kunit *test)
{
	u32 inner, i;
	u8 map[64];

	for (i = 0; i < 64; i++)
		map[i] = 63 - i;
	for (inner = 0; inner < 256; inner++) {
		KUNIT_EXPECT_EQ(test, ipsec_ds_map(inner, map, true),
				(63 - inner / 4) * 4 + inner % 4);
		KUNIT_EXPECT_EQ(test, ipsec_ds_map(inner, map, false),
				(63 - inner / 4) * 4);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(decapsulation_follows_figure_4),
	KUNIT_CASE(pairs_that_nobody_sends),
	KUNIT_CASE(equal_fields_stay),
	KUNIT_CASE(encapsulation_copies_the_octet),
	KUNIT_CASE(a_fixed_dscp_keeps_ecn),
	KUNIT_CASE(a_map_changes_each_dscp_alone),
	{}
};

static struct kunit_suite suite = {
	.name = "nf_ipsec_ecn",
	.test_cases = cases,
};

kunit_test_suite(suite);
