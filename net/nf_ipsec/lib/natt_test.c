// SPDX-License-Identifier: GPL-2.0-only
#include "natt.h"

#include <kunit/test.h>
#include <linux/in.h>
#include <linux/in6.h>

static const struct {
	const char *what;
	u32 len;
	u8 data[4];
	enum ipsec_udp_kind kind;
} known[] = {
	{ "nothing", 0, {}, IPSEC_UDP_OTHER },
	{ "a keepalive", 1, { 0xff }, IPSEC_UDP_KEEPALIVE },
	{ "one octet", 1, { 0xfe }, IPSEC_UDP_OTHER },
	{ "two octets", 2, { 0xff, 0xff }, IPSEC_UDP_OTHER },
	{ "three zeros", 3, {}, IPSEC_UDP_OTHER },
	{ "the marker alone", 4, {}, IPSEC_UDP_IKE },
	{ "IKE", 32, {}, IPSEC_UDP_IKE },
	{ "an SPI alone", 4, { 0, 0, 1, 0 }, IPSEC_UDP_OTHER },
	{ "an octet less than ESP", 7, { 0, 0, 1, 0 }, IPSEC_UDP_OTHER },
	{ "ESP", 8, { 0, 0, 1, 0 }, IPSEC_UDP_ESP },
	{ "first octet", 8, { 1, 0, 0, 0 }, IPSEC_UDP_ESP },
	{ "second octet", 8, { 0, 1, 0, 0 }, IPSEC_UDP_ESP },
	{ "last octet", 8, { 0, 0, 0, 1 }, IPSEC_UDP_ESP },
	{ "an SPI that looks like a keepalive", 1400, { 0xff, 0, 0, 0 },
	  IPSEC_UDP_ESP },
};

static void kinds_are_told_apart(struct kunit *test)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		KUNIT_EXPECT_EQ_MSG(test, known[i].kind,
				    ipsec_udp_kind(known[i].data, known[i].len),
				    "%s", known[i].what);
}

/* The one's complement sum of everything, with the pseudo header in front */
static u16 sum_of(const struct ipsec_addr *ends, u8 proto, const u8 *l4, u32 len)
{
	const u8 *octets = (const u8 *)ends;
	u32 total = proto + len;
	u32 i;

	for (i = 0; i < 2 * sizeof(*ends); i++)
		total += (u32)octets[i] << (i % 2 ? 0 : 8);
	for (i = 0; i < len; i++)
		total += (u32)l4[i] << (i % 2 ? 0 : 8);
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return total;
}

static void fill(void *octets, u32 len, u32 *seed)
{
	u32 i;

	for (i = 0; i < len; i++) {
		*seed = *seed * 1103515245 + 12345;
		((u8 *)octets)[i] = *seed >> 16;
	}
}

static const struct {
	u8 proto;
	u32 at;
} sums[] = {
	{ IPPROTO_TCP, 16 }, { IPPROTO_UDP, 6 }, { IPPROTO_UDPLITE, 6 },
	{ IPPROTO_DCCP, 6 }, { IPPROTO_ICMPV6, 2 },
};

static void a_sum_that_fits_fits_again(struct kunit *test)
{
	struct ipsec_addr from[2], to[2];
	u32 i, n, seed = 1;
	u8 l4[21];
	u16 sum;

	for (n = 0; n < 20000; n++) {
		i = n % ARRAY_SIZE(sums);
		fill(from, sizeof(from), &seed);
		fill(to, sizeof(to), &seed);
		fill(l4, sizeof(l4), &seed);
		l4[sums[i].at] = 0;
		l4[sums[i].at + 1] = 0;
		sum = ~sum_of(from, sums[i].proto, l4, sizeof(l4));
		if (!sum)
			sum = 0xffff;
		l4[sums[i].at] = sum >> 8;
		l4[sums[i].at + 1] = sum;
		ipsec_natt_sum(sums[i].proto, l4, sizeof(l4), from, to);
		KUNIT_ASSERT_EQ_MSG(test, 0xffffU,
				    sum_of(to, sums[i].proto, l4, sizeof(l4)),
				    "protocol %u, try %u", sums[i].proto, n);
		KUNIT_ASSERT_TRUE(test, sums[i].proto != IPPROTO_UDP ||
				  l4[6] || l4[7]);
	}
}

static void what_has_no_sum_stays(struct kunit *test)
{
	static const u8 without[] = { IPPROTO_ICMP, IPPROTO_SCTP, IPPROTO_GRE, 0 };
	struct ipsec_addr from[2] = {}, to[2] = { { .a4 = 1 }, { .a4 = 2 } };
	u8 l4[20] = { 1, 2, 3, 4, 0, 8, 0, 0, 9 };
	u8 same[20];
	u32 i;

	memcpy(same, l4, sizeof(l4));
	for (i = 0; i < ARRAY_SIZE(without); i++)
		ipsec_natt_sum(without[i], l4, sizeof(l4), from, to);
	/* UDP without a checksum, and headers that are cut off */
	ipsec_natt_sum(IPPROTO_UDP, l4, sizeof(l4), from, to);
	ipsec_natt_sum(IPPROTO_TCP, l4, 17, from, to);
	ipsec_natt_sum(IPPROTO_DCCP, l4, 7, from, to);
	ipsec_natt_sum(IPPROTO_ICMPV6, l4, 3, from, to);
	KUNIT_EXPECT_EQ(test, 0, memcmp(same, l4, sizeof(l4)));
}

static void a_wrong_sum_stays_wrong(struct kunit *test)
{
	struct ipsec_addr from[2] = {}, to[2] = { { .a4 = 1 }, { .a4 = 2 } };
	u8 l4[8] = { 1, 2, 3, 4, 0, 8, 0x12, 0x34 };

	ipsec_natt_sum(IPPROTO_UDP, l4, sizeof(l4), from, to);
	KUNIT_EXPECT_NE(test, 0xffffU,
			sum_of(to, IPPROTO_UDP, l4, sizeof(l4)));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(kinds_are_told_apart),
	KUNIT_CASE(a_sum_that_fits_fits_again),
	KUNIT_CASE(what_has_no_sum_stays),
	KUNIT_CASE(a_wrong_sum_stays_wrong),
	{}
};

static struct kunit_suite suite = {
	.name = "nf_ipsec_natt",
	.test_cases = cases,
};

kunit_test_suite(suite);
