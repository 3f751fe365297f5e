// SPDX-License-Identifier: GPL-2.0-only
#include "mutable.h"

#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>

#define HEADER_MAX	128

/* Octets are text: pairs of hex digits, and 09*16 for sixteen octets 09 */
struct vector {
	const char *what;
	bool out;
	int err;
	const char *in;
	const char *want;
};

static u32 hex_digit(char c)
{
	return c >= 'a' ? c - 'a' + 10 : c - '0';
}

/* Reads the text of a vector into @buf and says how many octets it is. */
static u32 octets(const char *text, u8 *buf)
{
	u32 len = 0;
	u32 times;
	u8 octet;

	while (*text) {
		if (*text == ' ') {
			text++;
			continue;
		}
		octet = hex_digit(text[0]) << 4 | hex_digit(text[1]);
		text += 2;
		times = 1;
		if (*text == '*')
			for (times = 0, text++; *text >= '0' && *text <= '9'; text++)
				times = times * 10 + *text - '0';
		while (times-- && len < HEADER_MAX)
			buf[len++] = octet;
	}
	return len;
}

/* The copy is exactly as long as the header, so KASAN sees what goes beyond. */
static void run_vector(struct kunit *test, const struct vector *v,
		       int (*mutate)(u8 *hdr, u32 len, bool out))
{
	u8 in[HEADER_MAX], want[HEADER_MAX];
	u32 len = octets(v->in, in);
	u8 *hdr = kunit_kzalloc(test, len, GFP_KERNEL);
	u32 left;

	KUNIT_ASSERT_NOT_NULL(test, hdr);
	memcpy(hdr, in, len);
	left = octets(v->want, want);
	KUNIT_EXPECT_EQ_MSG(test, mutate(hdr, len, v->out), v->err ?: (int)left, "%s", v->what);
	if (v->err)
		return;
	KUNIT_EXPECT_EQ_MSG(test, memcmp(hdr, want, left), 0, "%s", v->what);
}

static const struct vector v4[] = {
	{ "no options", false, 0,
	  "45b90102 12345fff 4033abcd 0a000001 09*4",
	  "45000102 12340000 00330000 0a000001 09*4" },
	{ "no options, sender", true, 0,
	  "45b90102 12345fff 4033abcd 0a000001 09*4",
	  "45000102 12340000 00330000 0a000001 09*4" },
	{ "NOPs and end", false, 0,
	  "46b90102 12345fff 4033abcd 0a000001 09*4 01010100",
	  "46000102 12340000 00330000 0a000001 09*4 01010100" },
	{ "octets behind the end are covered", false, 0,
	  "47b90102 12345fff 4033abcd 0a000001 09*4 010007ff 07*4",
	  "47000102 12340000 00330000 0a000001 09*4 010007ff 07*4" },
	{ "security", false, 0,
	  "48b90102 12345fff 4033abcd 0a000001 09*4 820b0102 03040506 07080900",
	  "48000102 12340000 00330000 0a000001 09*4 820b0102 03040506 07080900" },
	{ "extended security", false, 0,
	  "46b90102 12345fff 4033abcd 0a000001 09*4 85040102",
	  "46000102 12340000 00330000 0a000001 09*4 85040102" },
	{ "commercial security", false, 0,
	  "47b90102 12345fff 4033abcd 0a000001 09*4 86060000 00030101",
	  "47000102 12340000 00330000 0a000001 09*4 86060000 00030101" },
	{ "router alert", false, 0,
	  "46b90102 12345fff 4033abcd 0a000001 09*4 94040007",
	  "46000102 12340000 00330000 0a000001 09*4 94040007" },
	{ "sender directed", true, 0,
	  "47b90102 12345fff 4033abcd 0a000001 09*4 95070102 03040501",
	  "47000102 12340000 00330000 0a000001 09*4 95070102 03040501" },
	{ "record route", true, 0,
	  "47b90102 12345fff 4033abcd 0a000001 09*4 07070401 02030400",
	  "47000102 12340000 00330000 0a000001 09*4 00*8" },
	{ "timestamp, between two that stay", false, 0,
	  "48b90102 12345fff 4033abcd 0a000001 09*4 01440605 00090194 04000000",
	  "48000102 12340000 00330000 0a000001 09*4 01000000 00000094 04000000" },
	{ "traceroute and an unknown option", false, 0,
	  "4ab90102 12345fff 4033abcd 0a000001 09*4 520c0102 03040506 0708090a 9e080102 03040506",
	  "4a000102 12340000 00330000 0a000001 09*4 00*20" },
	{ "loose route, sender", true, 0,
	  "49b90102 12345fff 4033abcd 0a000001 01*4 01830f04 02*4 03*4 04*4",
	  "49000102 12340000 00330000 0a000001 04*4 01000000 00*12" },
	{ "strict route half done, sender", true, 0,
	  "49b90102 12345fff 4033abcd 0a000001 03*4 890f0c01 01010102 02020204 04040400",
	  "49000102 12340000 00330000 0a000001 04*4 00*16" },
	{ "route done, sender", true, 0,
	  "48b90102 12345fff 4033abcd 0a000001 09*4 830b0c02 02020203 03030300",
	  "48000102 12340000 00330000 0a000001 09*4 00*12" },
	{ "route at the receiver", false, 0,
	  "48b90102 12345fff 4033abcd 0a000001 09*4 830b0c02 02020203 03030300",
	  "48000102 12340000 00330000 0a000001 09*4 00*12" },
	{ "empty route, sender", true, 0,
	  "46b90102 12345fff 4033abcd 0a000001 09*4 83030400",
	  "46000102 12340000 00330000 0a000001 09*4 00*4" },
	{ "route without a pointer", true, -EINVAL,
	  "46b90102 12345fff 4033abcd 0a000001 09*4 83020000", "" },
	{ "route pointing at itself", true, -EINVAL,
	  "47b90102 12345fff 4033abcd 0a000001 09*4 83070301 01010100", "" },
	{ "route of half an address", true, -EINVAL,
	  "46b90102 12345fff 4033abcd 0a000001 09*4 83040401", "" },
	{ "route pointing within an address", true, -EINVAL,
	  "47b90102 12345fff 4033abcd 0a000001 09*4 83070501 01010100", "" },
	{ "route pointing at its last octet", true, -EINVAL,
	  "47b90102 12345fff 4033abcd 0a000001 09*4 83070701 01010100", "" },
	{ "length 0", false, -EINVAL,
	  "46b90102 12345fff 4033abcd 0a000001 09*4 44000101", "" },
	{ "length 1", false, -EINVAL,
	  "46b90102 12345fff 4033abcd 0a000001 09*4 44010101", "" },
	{ "length beyond the header", false, -EINVAL,
	  "46b90102 12345fff 4033abcd 0a000001 09*4 94050000", "" },
	{ "no room for a length", false, -EINVAL,
	  "46b90102 12345fff 4033abcd 0a000001 09*4 01010144", "" },
	{ "header length disagrees", false, -EINVAL,
	  "45b90102 12345fff 4033abcd 0a000001 09*4 01*4", "" },
	{ "header too short", false, -EINVAL,
	  "44b90102 12345fff 4033abcd 0a000001", "" },
};

static void ipv4_headers_become_what_ah_covers(struct kunit *test)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(v4); i++)
		run_vector(test, &v4[i], ipsec_mutable_v4);
}

/* RFC 4302 A1: besides end and NOP five types stay, all others become zero. */
static void every_ipv4_option_type_is_kept_or_zeroed(struct kunit *test)
{
	static const u8 kept[] = { 130, 133, 134, 148, 149 };
	u8 buf[24], old[24];
	u32 type, i;
	bool keep;

	for (type = 2; type < 256; type++) {
		memset(buf, 0xa5, sizeof(buf));
		buf[0] = 0x46;
		buf[20] = type;
		buf[21] = 4;
		memcpy(old, buf, sizeof(buf));
		KUNIT_EXPECT_EQ(test, ipsec_mutable_v4(buf, sizeof(buf), false), sizeof(buf));
		for (keep = false, i = 0; i < ARRAY_SIZE(kept); i++)
			keep |= kept[i] == type;
		if (!keep)
			memset(old + 20, 0, 4);
		KUNIT_EXPECT_EQ_MSG(test, memcmp(buf + 20, old + 20, 4), 0, "option %u", type);
	}
}

static const struct vector v6[] = {
	{ "no extension", false, 0,
	  "6b912345 01023340 fd*16 09*16",
	  "60000000 01023300 fd*16 09*16" },
	{ "hop-by-hop that changes", true, 0,
	  "6b912345 01020040 fd*16 09*16 33003e04 01020304",
	  "60000000 01020000 fd*16 09*16 33003e04 00*4" },
	{ "hop-by-hop that stays", true, 0,
	  "6b912345 01020040 fd*16 09*16 33001e04 01020304",
	  "60000000 01020000 fd*16 09*16 33001e04 01020304" },
	{ "router alert and padding", false, 0,
	  "6b912345 01020040 fd*16 09*16 33000502 00000100",
	  "60000000 01020000 fd*16 09*16 33000502 00000100" },
	{ "options after one another", false, 0,
	  "6b912345 01023c40 fd*16 09*16 33010022 0107c902 05063100 01020707",
	  "60000000 01023c00 fd*16 09*16 33010022 0100c902 05063100 01020707" },
	{ "hop-by-hop, options, options", false, 0,
	  "6b912345 01020040 fd*16 09*16 3c000104 00*4 3c00ff04 01*4 33000104 00*4",
	  "60000000 01020000 fd*16 09*16 3c000104 00*4 3c00ff04 00*4 33000104 00*4" },
	{ "route of three, sender", true, 0,
	  "6b912345 01022b40 fd*16 01*16 33060003 01020304 02*16 03*16 04*16",
	  "60000000 01022b00 fd*16 04*16 33060000 01020304 01*16 02*16 03*16" },
	{ "route with one left, sender", true, 0,
	  "6b912345 01022b40 fd*16 03*16 33060001 01020304 01*16 02*16 04*16",
	  "60000000 01022b00 fd*16 04*16 33060000 01020304 01*16 02*16 03*16" },
	{ "mobile route, sender", true, 0,
	  "6b912345 01022b40 fd*16 01*16 33020201 01020304 02*16",
	  "60000000 01022b00 fd*16 02*16 33020200 01020304 01*16" },
	{ "route used up, receiver", false, 0,
	  "6b912345 01022b40 fd*16 04*16 33040000 01020304 01*16 02*16",
	  "60000000 01022b00 fd*16 04*16 33040000 01020304 01*16 02*16" },
	{ "segment route used up", true, 0,
	  "6b912345 01022b40 fd*16 04*16 33020400 01020304 04*16",
	  "60000000 01022b00 fd*16 04*16 33020400 01020304 04*16" },
	{ "two routes, sender", true, 0,
	  "6b912345 01022b40 fd*16 01*16 2b020001 01020304 02*16 33020001 01020304 03*16",
	  "60000000 01022b00 fd*16 03*16 2b020000 01020304 01*16 33020000 01020304 02*16" },
	{ "segment route pending, sender", true, -EINVAL,
	  "6b912345 01022b40 fd*16 01*16 33020401 01020304 02*16", "" },
	{ "route pending, receiver", false, -EINVAL,
	  "6b912345 01022b40 fd*16 01*16 33020001 01020304 02*16", "" },
	{ "more segments left than there are", true, -EINVAL,
	  "6b912345 01022b40 fd*16 01*16 33020002 01020304 02*16", "" },
	{ "segments left of an empty route", true, -EINVAL,
	  "6b912345 01022b40 fd*16 01*16 33000001 01020304", "" },
	{ "route of half an address", true, -EINVAL,
	  "6b912345 01022b40 fd*16 01*16 33010001 00*4 01*8", "" },
	{ "atomic fragment", false, 0,
	  "6b912345 01022c40 fd*16 09*16 33ff0006 01020304",
	  "60000000 00fa3300 fd*16 09*16" },
	{ "atomic fragment between others", true, 0,
	  "6b912345 01020040 fd*16 09*16 2c000104 00*4 3c000000 01020304 33000104 00*4",
	  "60000000 00fa0000 fd*16 09*16 3c000104 00*4 33000104 00*4" },
	{ "first fragment", false, -EINVAL,
	  "6b912345 01022c40 fd*16 09*16 33000001 00*4", "" },
	{ "later fragment", false, -EINVAL,
	  "6b912345 01022c40 fd*16 09*16 33000008 00*4", "" },
	{ "fragment far behind", false, -EINVAL,
	  "6b912345 01022c40 fd*16 09*16 33000100 00*4", "" },
	{ "atomic fragment in front of hop-by-hop", false, -EINVAL,
	  "6b912345 01022c40 fd*16 09*16 00000000 00*4 33000104 00*4", "" },
	{ "atomic fragment that is longer than the packet", false, -EINVAL,
	  "6b912345 00072c40 fd*16 09*16 33000000 00*4", "" },
	{ "ESP in front", false, -EINVAL,
	  "6b912345 01023240 fd*16 09*16 33000000 00*4", "" },
	{ "no AH at the end", false, -EINVAL,
	  "6b912345 01023c40 fd*16 09*16 11000104 00*4", "" },
	{ "octets behind the chain", false, -EINVAL,
	  "6b912345 01023340 fd*16 09*16 00*8", "" },
	{ "hop-by-hop not first", false, -EINVAL,
	  "6b912345 01023c40 fd*16 09*16 00000104 00*4 33000104 00*4", "" },
	{ "header beyond the end", false, -EINVAL,
	  "6b912345 01023c40 fd*16 09*16 33010104 00*4", "" },
	{ "half a header", false, -EINVAL,
	  "6b912345 01023c40 fd*16 09*16 33000100", "" },
	{ "option beyond its header", false, -EINVAL,
	  "6b912345 01023c40 fd*16 09*16 33003e05 01020304", "" },
	{ "no room for an option length", false, -EINVAL,
	  "6b912345 01023c40 fd*16 09*16 33000103 0000003e", "" },
	{ "header too short", false, -EINVAL,
	  "6b912345 01023340 fd*16 00*12 000000", "" },
};

static void ipv6_headers_become_what_ah_covers(struct kunit *test)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(v6); i++)
		run_vector(test, &v6[i], ipsec_mutable_v6);
}

static void every_ipv6_option_type_is_kept_or_zeroed(struct kunit *test)
{
	u8 old[HEADER_MAX], buf[48];
	u32 type;

	octets("60000000 01023c00 fd*16 09*16 3300 0004 a5*4", old);
	for (type = 1; type < 256; type++) {
		old[42] = type;
		memset(old + 44, 0xa5, 4);
		memcpy(buf, old, sizeof(buf));
		KUNIT_EXPECT_EQ(test, ipsec_mutable_v6(buf, sizeof(buf), false), sizeof(buf));
		if (type & 0x20)
			memset(old + 44, 0, 4);
		KUNIT_EXPECT_EQ_MSG(test, memcmp(buf, old, sizeof(buf)), 0, "option %u", type);
	}
}

/* What a sender predicts of a route is what the receiver sees of it. */
static void sender_and_receiver_agree_on_a_route(struct kunit *test)
{
	u8 sent[HEADER_MAX], moving[96], hop[16];
	u32 left;

	octets("6b912345 01022b40 fd*16 01*16 33060003 00*4 02*16 03*16 04*16", sent);
	memcpy(moving, sent, sizeof(moving));
	/* RFC 8200 section 4.4: each node swaps the destination and its address */
	for (left = 3; left > 0; left--) {
		memcpy(hop, moving + 48 + (3 - left) * 16, 16);
		memcpy(moving + 48 + (3 - left) * 16, moving + 24, 16);
		memcpy(moving + 24, hop, 16);
		moving[43]--;
		moving[7]--;
	}
	KUNIT_EXPECT_EQ(test, ipsec_mutable_v6(sent, sizeof(moving), true), sizeof(moving));
	KUNIT_EXPECT_EQ(test, ipsec_mutable_v6(moving, sizeof(moving), false), sizeof(moving));
	KUNIT_EXPECT_EQ(test, memcmp(sent, moving, sizeof(moving)), 0);
}

/* The longest header: 255 units of 8 octets more, all padding */
static void the_longest_header_is_walked(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, 40 + 2048, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	octets("6b912345 01023c40 fd*16 09*16 33ff", buf);
	KUNIT_EXPECT_EQ(test, ipsec_mutable_v6(buf, 40 + 2048, false), 40 + 2048);
	KUNIT_EXPECT_EQ(test, ipsec_mutable_v6(buf, 40 + 2040, false), -EINVAL);
	/* one option after another, the last one up to the last octet */
	memset(buf + 42, 0xff, 2046);
	for (i = 42; i + 34 <= 40 + 2048; i += 17)
		buf[i + 1] = 15;
	buf[i + 1] = 40 + 2048 - i - 2;
	KUNIT_EXPECT_EQ(test, ipsec_mutable_v6(buf, 40 + 2048, false), 40 + 2048);
	KUNIT_EXPECT_EQ(test, buf[40 + 2047], 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(ipv4_headers_become_what_ah_covers),
	KUNIT_CASE(every_ipv4_option_type_is_kept_or_zeroed),
	KUNIT_CASE(ipv6_headers_become_what_ah_covers),
	KUNIT_CASE(every_ipv6_option_type_is_kept_or_zeroed),
	KUNIT_CASE(sender_and_receiver_agree_on_a_route),
	KUNIT_CASE(the_longest_header_is_walked),
	{}
};

static struct kunit_suite suite = {
	.name = "nf_ipsec_mutable",
	.test_cases = cases,
};

kunit_test_suite(suite);
