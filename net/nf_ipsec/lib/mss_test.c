// SPDX-License-Identifier: GPL-2.0-only
#include "mss.h"

#include <kunit/test.h>
#include <linux/string.h>

#define HEADER_MAX	60

static u32 sum_of(const u8 *data, u32 len)
{
	u32 i, sum = 0;

	for (i = 0; i < len; i++)
		sum += i % 2 ? data[i] : data[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* A SYN with options, exactly as long as it says, and a checksum that fits */
static u8 *syn(struct kunit *test, const u8 *options, u32 n)
{
	u8 *tcp = kunit_kzalloc(test, IPSEC_TCP_LEN + n, GFP_KERNEL);
	u32 sum;

	KUNIT_ASSERT_NOT_NULL(test, tcp);
	memset(tcp, 0x5a, IPSEC_TCP_LEN);
	tcp[IPSEC_TCP_FLAGS] = IPSEC_TCP_SYN;
	memset(tcp + 16, 0, 2);
	memcpy(tcp + IPSEC_TCP_LEN, options, n);
	sum = ~sum_of(tcp, IPSEC_TCP_LEN + n);
	tcp[16] = sum >> 8;
	tcp[17] = sum;
	return tcp;
}

struct vector {
	const char *what;
	u8 options[16];
	u32 n;
	u32 at;		/* of the MSS's number; 0: there is none to be lowered */
};

static const struct vector vectors[] = {
	{ "alone", { 2, 4, 5, 0xb4 }, 4, 2 },
	{ "behind a NOP, at an odd octet", { 1, 2, 4, 5, 0xb4, 0, 0, 0 }, 8, 3 },
	{ "behind others", { 3, 3, 7, 4, 2, 2, 4, 0xff, 0xff, 0, 0, 0 }, 12, 7 },
	{ "as low already", { 2, 4, 4, 0x4c }, 4, 0 },
	{ "lower already", { 2, 4, 2, 0x18 }, 4, 0 },
	{ "no options", { 0 }, 0, 0 },
	{ "behind the end", { 0, 0, 0, 0, 2, 4, 5, 0xb4 }, 8, 0 },
	{ "of another length", { 2, 3, 5, 1, 4, 2, 1, 1 }, 8, 0 },
	{ "half of it", { 1, 1, 2, 4 }, 4, 0 },
	{ "an option of no length", { 8, 0, 2, 4, 5, 0xb4, 0, 0 }, 8, 0 },
	{ "an option past the end", { 8, 10, 2, 4, 5, 0xb4, 0, 0 }, 8, 0 },
	{ "the last octet begins one", { 1, 1, 1, 2 }, 4, 0 },
};

static void only_a_larger_one_is_lowered(struct kunit *test)
{
	const struct vector *v;
	u8 old[HEADER_MAX];
	u32 i, len;
	u8 *tcp;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		v = &vectors[i];
		len = IPSEC_TCP_LEN + v->n;
		tcp = syn(test, v->options, v->n);
		memcpy(old, tcp, len);
		KUNIT_EXPECT_EQ_MSG(test, ipsec_mss_clamp(tcp, len, 1100, true), v->at > 0,
				    "%s", v->what);
		KUNIT_EXPECT_EQ_MSG(test, sum_of(tcp, len), 0xffff, "%s", v->what);
		if (v->at) {
			old[IPSEC_TCP_LEN + v->at] = 1100 >> 8;
			old[IPSEC_TCP_LEN + v->at + 1] = 1100 & 0xff;
			memcpy(old + 16, tcp + 16, 2);
		}
		KUNIT_EXPECT_EQ_MSG(test, memcmp(tcp, old, len), 0, "%s", v->what);
	}
}

/* Every size, both ways an option may lie: the sum always fits */
static void the_sum_fits_every_size(struct kunit *test)
{
	u8 options[8] = { 1, 2, 4 };
	u32 odd, mss;
	u8 *tcp;

	for (odd = 0; odd < 2; odd++) {
		memset(options, 1, sizeof(options));
		memcpy(options + odd, "\x02\x04\xff\xff", 4);
		for (mss = 0; mss < 0xffff; mss += 7) {
			tcp = syn(test, options, sizeof(options));
			KUNIT_EXPECT_TRUE(test, ipsec_mss_clamp(tcp, IPSEC_TCP_LEN + 8, mss, true));
			KUNIT_EXPECT_EQ_MSG(test, sum_of(tcp, IPSEC_TCP_LEN + 8), 0xffff,
					    "%u", mss);
		}
	}
}

static void a_sum_that_is_still_to_be_made_stays(struct kunit *test)
{
	static const u8 options[] = { 2, 4, 5, 0xb4 };
	u8 *tcp = syn(test, options, sizeof(options));
	u8 sum[2];

	memcpy(sum, tcp + 16, 2);
	KUNIT_EXPECT_TRUE(test, ipsec_mss_clamp(tcp, IPSEC_TCP_LEN + 4, 1000, false));
	KUNIT_EXPECT_EQ(test, memcmp(sum, tcp + 16, 2), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(only_a_larger_one_is_lowered),
	KUNIT_CASE(the_sum_fits_every_size),
	KUNIT_CASE(a_sum_that_is_still_to_be_made_stays),
	{}
};

static struct kunit_suite suite = {
	.name = "nf_ipsec_mss",
	.test_cases = cases,
};

kunit_test_suite(suite);
