// SPDX-License-Identifier: GPL-2.0-only
/* Several selectors of one policy or SA. */
#include "sets.h"

#include <asm/byteorder.h>
#include <kunit/test.h>
#include <linux/in.h>
#include <linux/socket.h>
#include <linux/string.h>

#define ROUNDS	2000
#define N	6

static u64 state = 88172645463325252ULL;

static u32 random_below(u32 limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 20) % limit;
}

/* UDP from any source to port @port of the host with number @n */
static void to_port(struct ipsec_selector *sel, u32 n, u16 port)
{
	ipsec_selector_any(sel, AF_INET);
	sel->daddr.a4 = __cpu_to_be32(0x0a020000 + n);
	sel->dst_plen = 32;
	sel->proto = IPPROTO_UDP;
	sel->proto_set = 1;
	sel->dport_min = port;
	sel->dport_max = port;
}

static void flow_to(struct ipsec_flow *flow, u32 n, u16 port)
{
	memset(flow, 0, sizeof(*flow));
	flow->family = AF_INET;
	flow->proto = IPPROTO_UDP;
	flow->daddr.a4 = __cpu_to_be32(0x0a020000 + n);
	flow->dport = port;
}

static void swap(struct ipsec_selector *a, struct ipsec_selector *b)
{
	struct ipsec_selector one = *a;

	*a = *b;
	*b = one;
}

static void any_order_becomes_one(struct kunit *test)
{
	struct ipsec_selector wanted[N], sel[N];
	u32 i, round;

	for (i = 0; i < N; i++)
		to_port(&wanted[i], i / 2, 80 - i % 2);
	/* each field tells two apart */
	wanted[5].proto = IPPROTO_TCP;
	ipsec_sets_sort(wanted, N);
	for (i = 1; i < N; i++)
		KUNIT_EXPECT_NE(test, 0, memcmp(&wanted[i - 1], &wanted[i],
						sizeof(wanted[0])));
	for (round = 0; round < ROUNDS; round++) {
		memcpy(sel, wanted, sizeof(sel));
		for (i = 0; i < N; i++)
			swap(&sel[i], &sel[random_below(N)]);
		ipsec_sets_sort(sel, N);
		KUNIT_EXPECT_EQ_MSG(test, 0, memcmp(sel, wanted, sizeof(sel)),
				    "round %u", round);
	}
}

static void addresses_are_in_their_order(struct kunit *test)
{
	struct ipsec_selector sel[3];

	to_port(&sel[0], 0x300, 1);
	to_port(&sel[1], 0xff, 9);
	to_port(&sel[2], 0x100, 5);
	ipsec_sets_sort(sel, 3);
	KUNIT_EXPECT_EQ(test, 9, sel[0].dport_min);
	KUNIT_EXPECT_EQ(test, 5, sel[1].dport_min);
	KUNIT_EXPECT_EQ(test, 1, sel[2].dport_min);
}

static void what_does_not_go_together_is_refused(struct kunit *test)
{
	struct ipsec_selector sel[3];
	u32 at = 0;

	to_port(&sel[0], 1, 80);
	to_port(&sel[1], 2, 80);
	to_port(&sel[2], 2, 81);
	KUNIT_EXPECT_NULL(test, ipsec_sets_valid(sel, 3, &at));
	sel[2].dport_min = 80;
	sel[2].dport_max = 80;
	KUNIT_EXPECT_NOT_NULL(test, ipsec_sets_valid(sel, 3, &at));
	KUNIT_EXPECT_EQ(test, 2U, at);
	/* within, in both orders */
	sel[2].dport_max = 90;
	KUNIT_EXPECT_NOT_NULL(test, ipsec_sets_valid(sel, 3, &at));
	swap(&sel[1], &sel[2]);
	KUNIT_EXPECT_NOT_NULL(test, ipsec_sets_valid(sel, 3, &at));
	to_port(&sel[1], 3, 80);
	KUNIT_EXPECT_NULL(test, ipsec_sets_valid(sel, 3, &at));
	sel[1].mark_mask = 1;
	KUNIT_EXPECT_NOT_NULL(test, ipsec_sets_valid(sel, 3, &at));
	KUNIT_EXPECT_EQ(test, 1U, at);
	sel[1].mark_mask = 0;
	sel[1].dev[0] = 'x';
	KUNIT_EXPECT_NOT_NULL(test, ipsec_sets_valid(sel, 3, &at));
	sel[1].dev[0] = '\0';
	sel[1].family = AF_INET6;
	KUNIT_EXPECT_NOT_NULL(test, ipsec_sets_valid(sel, 3, &at));
}

static void one_of_them_has_to_match(struct kunit *test)
{
	struct {
		struct ipsec_sets sets;
		struct ipsec_selector room[2];
	} more = { .sets.n = 2 };
	struct ipsec_selector first;
	struct ipsec_flow flow;
	u32 i;

	to_port(&first, 1, 80);
	to_port(&more.room[0], 2, 53);
	to_port(&more.room[1], 3, 443);
	for (i = 0; i < 2; i++)
		more.sets.sel[i] = more.room[i];
	flow_to(&flow, 2, 53);
	KUNIT_EXPECT_TRUE(test, ipsec_sets_match(&more.sets, &flow));
	KUNIT_EXPECT_FALSE(test, ipsec_sets_match(NULL, &flow));
	KUNIT_EXPECT_TRUE(test, ipsec_sets_of(&first, &more.sets, &flow) ==
				&more.sets.sel[0]);
	KUNIT_EXPECT_TRUE(test, ipsec_sets_of(&first, NULL, &flow) == &first);
	flow_to(&flow, 2, 443);
	KUNIT_EXPECT_FALSE(test, ipsec_sets_match(&more.sets, &flow));
	KUNIT_EXPECT_TRUE(test, ipsec_sets_of(&first, &more.sets, &flow) == &first);
	flow_to(&flow, 3, 443);
	KUNIT_EXPECT_TRUE(test, ipsec_sets_match(&more.sets, &flow));
	KUNIT_EXPECT_TRUE(test, ipsec_sets_has_ports(&more.sets));
	for (i = 0; i < 2; i++) {
		more.sets.sel[i].dport_min = 0;
		more.sets.sel[i].dport_max = 65535;
	}
	KUNIT_EXPECT_FALSE(test, ipsec_sets_has_ports(&more.sets));
	KUNIT_EXPECT_FALSE(test, ipsec_sets_has_ports(NULL));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(any_order_becomes_one),
	KUNIT_CASE(addresses_are_in_their_order),
	KUNIT_CASE(what_does_not_go_together_is_refused),
	KUNIT_CASE(one_of_them_has_to_match),
	{}
};

static struct kunit_suite suite = {
	.name = "nf_ipsec_sets",
	.test_cases = cases,
};

kunit_test_suite(suite);
