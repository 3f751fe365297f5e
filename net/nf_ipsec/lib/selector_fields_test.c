// SPDX-License-Identifier: GPL-2.0-only
/* Ranges of addresses, types, OPAQUE, marks: against models that are plain. */
#include "selector.h"

#include <asm/byteorder.h>
#include <kunit/test.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <uapi/linux/nf_ipsec.h>

#define ROUNDS		20000
#define FRAGMENT	(IPSEC_FLOW_FRAGMENT | IPSEC_FLOW_NO_PORTS)

static u64 state;

static u32 random_below(u32 limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 20) % limit;
}

/* Address number @n: its low octets are in the middle of the address, so that
 * ranges cross words
 */
static void address(struct ipsec_addr *addr, u8 family, u32 n)
{
	memset(addr, 0, sizeof(*addr));
	if (family == AF_INET) {
		addr->a4 = __cpu_to_be32(0x0a000000 + n);
		return;
	}
	addr->a6[1] = __cpu_to_be32(n >> 4);
	addr->a6[2] = __cpu_to_be32(n << 28);
}

/* Addresses from number @min to @max */
static void set_source(struct ipsec_selector *sel, u32 min, u32 max)
{
	struct ipsec_addr last;

	sel->ranges &= ~IPSEC_SEL_SRC_RANGE;
	address(&sel->saddr, sel->family, min);
	address(&last, sel->family, max);
	if (sel->family == AF_INET6) {
		last.a6[2] |= __cpu_to_be32(0x0fffffff);
		last.a6[3] = __cpu_to_be32(~0U);
	}
	if (ipsec_addr_range(&sel->saddr, &last, sel->family, &sel->src_plen))
		sel->ranges |= IPSEC_SEL_SRC_RANGE;
	sel->saddr_max = last;
}

/* The bits that all of a range share, counted one by one */
static u32 model_plen(u8 family, u32 min, u32 max)
{
	u32 bits = family == AF_INET ? 32 : 68;

	for (; min != max; min >>= 1, max >>= 1)
		bits--;
	return bits;
}

static void ranges_hold_what_is_between(struct kunit *test)
{
	static const u8 families[] = { AF_INET, AF_INET6 };
	struct ipsec_selector sel;
	struct ipsec_flow flow;
	u32 min, max, n, f;
	bool prefix;

	for (f = 0; f < 2; f++) {
		for (min = 0; min < 40; min++) {
			for (max = min; max < 40; max++) {
				ipsec_selector_any(&sel, families[f]);
				set_source(&sel, min, max);
				KUNIT_EXPECT_NULL(test, ipsec_selector_valid(&sel));
				KUNIT_EXPECT_EQ(test, sel.src_plen,
						model_plen(families[f], min, max));
				/* 2^n numbers that begin at a multiple of 2^n */
				n = max - min + 1;
				prefix = !(n & (n - 1)) && !(min % n);
				KUNIT_EXPECT_EQ_MSG(test, !sel.ranges, prefix, "%u-%u", min, max);
				memset(&flow, 0, sizeof(flow));
				flow.family = families[f];
				for (n = 0; n < 70; n++) {
					address(&flow.saddr, families[f], n);
					KUNIT_EXPECT_EQ_MSG(test, ipsec_selector_match(&sel, &flow),
							    n >= min && n <= max,
							    "%u in %u-%u", n, min, max);
				}
			}
		}
	}
}

static void ranges_are_unsigned(struct kunit *test)
{
	struct ipsec_flow flow = { .family = AF_INET };
	struct ipsec_selector sel;

	ipsec_selector_any(&sel, AF_INET);
	sel.daddr.a4 = __cpu_to_be32(0x7fffffff);
	sel.daddr_max.a4 = __cpu_to_be32(0x80000000);
	sel.ranges = IPSEC_SEL_DST_RANGE;
	KUNIT_EXPECT_NULL(test, ipsec_selector_valid(&sel));
	flow.daddr.a4 = __cpu_to_be32(0x7fffffff);
	KUNIT_EXPECT_TRUE(test, ipsec_selector_match(&sel, &flow));
	flow.daddr.a4 = __cpu_to_be32(0x80000000);
	KUNIT_EXPECT_TRUE(test, ipsec_selector_match(&sel, &flow));
	flow.daddr.a4 = __cpu_to_be32(0x7ffffffe);
	KUNIT_EXPECT_FALSE(test, ipsec_selector_match(&sel, &flow));
	flow.daddr.a4 = __cpu_to_be32(0x80000001);
	KUNIT_EXPECT_FALSE(test, ipsec_selector_match(&sel, &flow));
}

/* RFC 4301 section 4.4.1.1: type and code are one number */
static void types_and_codes_are_one_number(struct kunit *test)
{
	struct ipsec_flow flow = { .family = AF_INET6, .proto = IPPROTO_ICMPV6 };
	struct ipsec_selector sel;
	u32 n;

	ipsec_selector_any(&sel, AF_INET6);
	sel.proto = IPPROTO_ICMPV6;
	sel.proto_set = 1;
	sel.sport_min = 1 << 8 | 4;
	sel.sport_max = 3 << 8 | 1;
	KUNIT_EXPECT_NULL(test, ipsec_selector_valid(&sel));
	for (n = 0; n <= 65535; n++) {
		flow.sport = n;
		KUNIT_EXPECT_EQ(test, ipsec_selector_match(&sel, &flow), n >= 0x104 && n <= 0x301);
	}
	flow.sport = 0x200;
	flow.flags = FRAGMENT;
	KUNIT_EXPECT_FALSE(test, ipsec_selector_match(&sel, &flow));
	KUNIT_EXPECT_TRUE(test, ipsec_selector_may_match(&sel, &flow));
	/* the number of the other family has no type */
	sel.proto = IPPROTO_ICMP;
	KUNIT_EXPECT_NOT_NULL(test, ipsec_selector_valid(&sel));
	/* a Mobility Header has no code */
	sel.proto = IPPROTO_MH;
	KUNIT_EXPECT_NOT_NULL(test, ipsec_selector_valid(&sel));
	sel.sport_min = 5 << 8;
	sel.sport_max = 6 << 8 | 255;
	KUNIT_EXPECT_NULL(test, ipsec_selector_valid(&sel));
	sel.dport_max = 7;
	KUNIT_EXPECT_NOT_NULL(test, ipsec_selector_valid(&sel));
}

/* any: present or not; OPAQUE: only what is not; a value: only what is */
static void any_and_opaque_differ(struct kunit *test)
{
	struct ipsec_flow whole = { .family = AF_INET, .proto = IPPROTO_UDP };
	struct ipsec_flow piece = whole;
	struct ipsec_selector sel;
	u8 opaque;

	whole.sport = 7;
	whole.dport = 9;
	piece.flags = FRAGMENT;
	ipsec_selector_any(&sel, AF_INET);
	sel.proto = IPPROTO_UDP;
	sel.proto_set = 1;
	KUNIT_EXPECT_TRUE(test, ipsec_selector_match(&sel, &whole));
	KUNIT_EXPECT_TRUE(test, ipsec_selector_match(&sel, &piece));
	/* 2, 4 and both */
	for (opaque = NF_IPSEC_OPAQUE_SPORT; opaque <= 6; opaque += 2) {
		sel.opaque = opaque;
		KUNIT_EXPECT_NULL(test, ipsec_selector_valid(&sel));
		KUNIT_EXPECT_FALSE(test, ipsec_selector_match(&sel, &whole));
		KUNIT_EXPECT_TRUE(test, ipsec_selector_match(&sel, &piece));
		KUNIT_EXPECT_FALSE(test, ipsec_selector_has_ports(&sel));
	}
	sel.opaque = NF_IPSEC_OPAQUE_SPORT;
	sel.dport_min = 9;
	KUNIT_EXPECT_NULL(test, ipsec_selector_valid(&sel));
	KUNIT_EXPECT_FALSE(test, ipsec_selector_match(&sel, &whole));
	KUNIT_EXPECT_FALSE(test, ipsec_selector_match(&sel, &piece));
	sel.opaque = 0;
	KUNIT_EXPECT_TRUE(test, ipsec_selector_match(&sel, &whole));
	KUNIT_EXPECT_FALSE(test, ipsec_selector_match(&sel, &piece));
}

static void opaque_protocols_are_of_ipv6_fragments(struct kunit *test)
{
	struct ipsec_flow flow = { .family = AF_INET6, .proto = IPPROTO_UDP };
	struct ipsec_selector sel;

	ipsec_selector_any(&sel, AF_INET6);
	sel.opaque = NF_IPSEC_OPAQUE_PROTO;
	KUNIT_EXPECT_NULL(test, ipsec_selector_valid(&sel));
	KUNIT_EXPECT_FALSE(test, ipsec_selector_match(&sel, &flow));
	flow.flags = FRAGMENT;
	KUNIT_EXPECT_FALSE(test, ipsec_selector_match(&sel, &flow));
	KUNIT_EXPECT_FALSE(test, ipsec_selector_may_match(&sel, &flow));
	flow.flags |= IPSEC_FLOW_NO_PROTO;
	KUNIT_EXPECT_TRUE(test, ipsec_selector_match(&sel, &flow));
	sel.proto_set = 1;
	sel.proto = IPPROTO_UDP;
	KUNIT_EXPECT_NOT_NULL(test, ipsec_selector_valid(&sel));
	ipsec_selector_any(&sel, AF_INET);
	sel.opaque = NF_IPSEC_OPAQUE_PROTO;
	KUNIT_EXPECT_NOT_NULL(test, ipsec_selector_valid(&sel));
}

static void marks_are_compared_where_the_mask_is(struct kunit *test)
{
	struct ipsec_flow flow = { .family = AF_INET };
	struct ipsec_selector sel;
	bool match;
	u32 bit;

	ipsec_selector_any(&sel, AF_INET);
	KUNIT_EXPECT_FALSE(test, ipsec_selector_is_narrow(&sel));
	sel.mark = 0x10203;
	sel.mark_mask = 0x30f07;
	KUNIT_EXPECT_TRUE(test, ipsec_selector_is_narrow(&sel));
	KUNIT_EXPECT_NULL(test, ipsec_selector_valid(&sel));
	for (bit = 0; bit < 32; bit++) {
		match = !(sel.mark_mask >> bit & 1);
		flow.mark = sel.mark ^ 1U << bit;
		KUNIT_EXPECT_EQ(test, ipsec_selector_match(&sel, &flow), match);
		flow.flags = FRAGMENT;
		KUNIT_EXPECT_EQ(test, ipsec_selector_may_match(&sel, &flow), match);
		flow.flags = 0;
	}
	sel.mark |= 0x80;
	KUNIT_EXPECT_NOT_NULL(test, ipsec_selector_valid(&sel));
	ipsec_selector_any(&sel, AF_INET);
	strcpy(sel.dev, "wan0");
	KUNIT_EXPECT_TRUE(test, ipsec_selector_is_narrow(&sel));
}

/* What validity names, beside what selector_test.c has */
static void unsound_ranges_are_refused(struct kunit *test)
{
	struct ipsec_selector sound, sel;
	u32 how;

	ipsec_selector_any(&sound, AF_INET);
	set_source(&sound, 1, 6);
	KUNIT_EXPECT_NULL(test, ipsec_selector_valid(&sound));
	for (how = 0; how < 7; how++) {
		sel = sound;
		switch (how) {
		case 0:
			sel.src_plen = 28;
			break;
		case 1:
			sel.saddr_max = sel.saddr;
			break;
		case 2:
			sel.saddr_max.a4 = __cpu_to_be32(0x0a000000);
			break;
		case 3:
			sel.saddr_max.a6[3] = 1;
			break;
		case 4:
			sel.ranges = 0;
			break;
		case 5:
			sel.ranges |= 4;
			break;
		case 6:
			sel.opaque = 8;
			break;
		}
		KUNIT_EXPECT_NOT_NULL_MSG(test, ipsec_selector_valid(&sel), "fault %u", how);
	}
}

static void random_selector(struct ipsec_selector *sel)
{
	u32 min = random_below(16);

	ipsec_selector_any(sel, AF_INET6);
	set_source(sel, min, min + random_below(16 - min));
	if (random_below(3) == 0) {
		sel->opaque = NF_IPSEC_OPAQUE_PROTO;
	} else if (random_below(4)) {
		sel->proto_set = 1;
		sel->proto = random_below(2) ? IPPROTO_UDP : IPPROTO_ICMPV6;
		if (random_below(2)) {
			sel->opaque = NF_IPSEC_OPAQUE_SPORT;
		} else {
			sel->sport_min = random_below(3);
			sel->sport_max = random_below(2) ? sel->sport_min : 65535;
		}
	}
	if (random_below(3) == 0) {
		sel->mark_mask = 1 + random_below(3);
		sel->mark = random_below(4) & sel->mark_mask;
	}
}

/* Flow number @n of all that there are between these selectors */
static void number_flow(struct ipsec_flow *flow, u32 n)
{
	memset(flow, 0, sizeof(*flow));
	flow->family = AF_INET6;
	address(&flow->saddr, AF_INET6, n % 16);
	n /= 16;
	flow->mark = n % 4;
	n /= 4;
	flow->proto = n % 2 ? IPPROTO_UDP : IPPROTO_ICMPV6;
	n /= 2;
	if (n < 4)
		flow->sport = n < 3 ? n : 65535;
	else
		flow->flags = n == 4 ? FRAGMENT | IPSEC_FLOW_NO_PROTO : FRAGMENT;
	/* of no protocol that these selectors name */
	if (n == 6)
		flow->proto = IPPROTO_TCP;
}

static void containment_is_that_of_all_flows(struct kunit *test)
{
	struct ipsec_selector outer, inner;
	struct ipsec_flow flow;
	u32 i, n, hits = 0;
	bool all;

	state = 7;
	for (i = 0; i < ROUNDS / 10; i++) {
		random_selector(&outer);
		random_selector(&inner);
		KUNIT_EXPECT_NULL(test, ipsec_selector_valid(&inner));
		all = true;
		for (n = 0; n < 16 * 4 * 2 * 7 && all; n++) {
			number_flow(&flow, n);
			all = !ipsec_selector_match(&inner, &flow) ||
			      ipsec_selector_match(&outer, &flow);
		}
		hits += all;
		KUNIT_EXPECT_EQ_MSG(test, ipsec_selector_contains(&outer, &inner), all,
				    "round %u", i);
		KUNIT_EXPECT_TRUE(test, ipsec_selector_contains(&inner, &inner));
	}
	KUNIT_EXPECT_GT(test, hits, ROUNDS / 1000U);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(ranges_hold_what_is_between),
	KUNIT_CASE(ranges_are_unsigned),
	KUNIT_CASE(types_and_codes_are_one_number),
	KUNIT_CASE(any_and_opaque_differ),
	KUNIT_CASE(opaque_protocols_are_of_ipv6_fragments),
	KUNIT_CASE(marks_are_compared_where_the_mask_is),
	KUNIT_CASE(unsound_ranges_are_refused),
	KUNIT_CASE(containment_is_that_of_all_flows),
	{}
};

static struct kunit_suite suite = {
	.name = "nf_ipsec_selector_fields",
	.test_cases = cases,
};

kunit_test_suite(suite);
