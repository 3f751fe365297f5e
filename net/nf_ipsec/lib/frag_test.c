// SPDX-License-Identifier: GPL-2.0-only
#include "frag.h"

#include <kunit/test.h>
#include <linux/string.h>

#define WAYS	8
#define HOLD	10000000

static struct ipsec_frag first(u32 id, u64 now)
{
	struct ipsec_frag f;

	memset(&f, 0, sizeof(f));
	f.key.id = id;
	f.key.family = 2;
	f.key.proto = 6;
	f.generation = 7;
	f.until = now + HOLD;
	f.reach = 24;
	f.priority = 1000;
	f.policy = 3;
	return f;
}

static void enter(struct ipsec_frag *set, u32 id, u64 now)
{
	struct ipsec_frag f = first(id, now);

	ipsec_frag_enter(set, WAYS, &f, now);
}

static struct ipsec_frag *find(struct ipsec_frag *set, u32 id, u64 now)
{
	struct ipsec_frag f = first(id, now);

	return ipsec_frag_find(set, WAYS, &f.key, 7, now);
}

static void what_never_came_is_not_found(struct kunit *test)
{
	struct ipsec_frag set[WAYS] = { };
	struct ipsec_frag nothing;

	memset(&nothing, 0, sizeof(nothing));
	KUNIT_EXPECT_TRUE(test, !find(set, 1, 5));
	KUNIT_EXPECT_TRUE(test, !ipsec_frag_find(set, WAYS, &nothing.key, 0, 0));
	enter(set, 1, 5);
	KUNIT_EXPECT_TRUE(test, find(set, 1, 5) == &set[0]);
	KUNIT_EXPECT_TRUE(test, !find(set, 2, 5));
}

static void each_part_of_the_key_tells_apart(struct kunit *test)
{
	struct ipsec_frag set[WAYS] = { };
	struct ipsec_frag f = first(1, 5);
	u8 *octets = (u8 *)&f.key;
	u32 i;

	enter(set, 1, 5);
	for (i = 0; i < sizeof(f.key); i++) {
		octets[i] ^= 1;
		KUNIT_EXPECT_TRUE(test, !ipsec_frag_find(set, WAYS, &f.key, 7, 5));
		octets[i] ^= 1;
	}
	KUNIT_EXPECT_TRUE(test, !!ipsec_frag_find(set, WAYS, &f.key, 7, 5));
}

static void time_and_changes_end_it(struct kunit *test)
{
	struct ipsec_frag set[WAYS] = { };
	struct ipsec_frag f = first(1, 5);

	enter(set, 1, 5);
	KUNIT_EXPECT_TRUE(test, !!find(set, 1, 5 + HOLD - 1));
	KUNIT_EXPECT_TRUE(test, !find(set, 1, 5 + HOLD));
	KUNIT_EXPECT_TRUE(test, !ipsec_frag_find(set, WAYS, &f.key, 8, 5));
	/* another one of the same makes it longer */
	enter(set, 1, 50);
	KUNIT_EXPECT_TRUE(test, !!find(set, 1, 50 + HOLD - 1));
	KUNIT_EXPECT_TRUE(test, !find(set, 1, 50 + HOLD));
}

/* A million datagrams: no more room is taken, and the last ones are found */
static void a_flood_pushes_out_the_oldest(struct kunit *test)
{
	struct ipsec_frag set[WAYS + 1];
	u32 id, found = 0;

	memset(set, 0, sizeof(set));
	for (id = 1; id <= 1000000; id++)
		enter(set, id, id);
	KUNIT_EXPECT_EQ(test, set[WAYS].until, 0ULL);
	for (id = 1; id <= 1000000; id++)
		found += !!find(set, id, 1000001);
	KUNIT_EXPECT_EQ(test, found, (u32)WAYS);
	for (id = 1000000; id > 1000000 - WAYS; id--)
		KUNIT_EXPECT_TRUE(test, !!find(set, id, 1000001));

	memset(set, 0, sizeof(set));
	for (id = 1; id <= WAYS; id++)
		enter(set, id, id);
	enter(set, 1, 20);
	enter(set, 99, 21);
	KUNIT_EXPECT_TRUE(test, !find(set, 2, 22));
	for (id = 3; id <= WAYS; id++)
		KUNIT_EXPECT_TRUE(test, !!find(set, id, 22));
	KUNIT_EXPECT_TRUE(test, !!find(set, 1, 22));
	/* what no longer holds goes before what does */
	enter(set, 100, 5 + HOLD);
	KUNIT_EXPECT_TRUE(test, !!find(set, 6, 5 + HOLD));
	KUNIT_EXPECT_TRUE(test, !!find(set, 1, 5 + HOLD));
}

static void nothing_is_put_over_the_first(struct kunit *test)
{
	struct ipsec_frag set[WAYS] = { };
	struct ipsec_frag *f, more;

	enter(set, 1, 5);
	f = find(set, 1, 5);
	KUNIT_ASSERT_TRUE(test, !!f);
	KUNIT_EXPECT_FALSE(test, ipsec_frag_follows(f, 0, 0, 0));
	KUNIT_EXPECT_FALSE(test, ipsec_frag_follows(f, 8, 0, 0));
	KUNIT_EXPECT_FALSE(test, ipsec_frag_follows(f, 16, 0, 0));
	KUNIT_EXPECT_TRUE(test, ipsec_frag_follows(f, 24, 0, 0));
	KUNIT_EXPECT_TRUE(test, ipsec_frag_follows(f, 65528, 0, 0));
	/* a shorter one does not open what the longer one has closed */
	more = first(1, 5);
	more.reach = 8;
	ipsec_frag_enter(set, WAYS, &more, 5);
	KUNIT_EXPECT_FALSE(test, ipsec_frag_follows(f, 16, 0, 0));
	more.reach = 32;
	ipsec_frag_enter(set, WAYS, &more, 5);
	KUNIT_EXPECT_FALSE(test, ipsec_frag_follows(f, 24, 0, 0));
	KUNIT_EXPECT_TRUE(test, ipsec_frag_follows(f, 32, 0, 0));
}

static void all_of_it_comes_the_same_way(struct kunit *test)
{
	struct ipsec_frag set[WAYS] = { };
	struct ipsec_frag *f, more = first(1, 5);

	more.mark = 3;
	more.ifindex = 4;
	ipsec_frag_enter(set, WAYS, &more, 5);
	f = find(set, 1, 5);
	KUNIT_ASSERT_TRUE(test, !!f);
	KUNIT_EXPECT_TRUE(test, ipsec_frag_follows(f, 24, 3, 4));
	KUNIT_EXPECT_FALSE(test, ipsec_frag_follows(f, 24, 0, 4));
	KUNIT_EXPECT_FALSE(test, ipsec_frag_follows(f, 24, 3, 5));
	more.ifindex = 5;
	ipsec_frag_enter(set, WAYS, &more, 5);
	KUNIT_EXPECT_FALSE(test, ipsec_frag_follows(f, 24, 3, 4));
	KUNIT_EXPECT_FALSE(test, ipsec_frag_follows(f, 24, 3, 5));
}

static void what_is_void_stays_so(struct kunit *test)
{
	struct ipsec_frag set[WAYS] = { };
	struct ipsec_frag *f;

	enter(set, 1, 5);
	f = find(set, 1, 5);
	KUNIT_ASSERT_TRUE(test, !!f);
	f->reach = IPSEC_FRAG_VOID;
	enter(set, 1, 50);
	KUNIT_EXPECT_FALSE(test, ipsec_frag_follows(f, 65528, 0, 0));
	/* but no longer than it would have been there */
	KUNIT_EXPECT_TRUE(test, !find(set, 1, 5 + HOLD));
	enter(set, 1, 5 + HOLD);
	KUNIT_EXPECT_TRUE(test, ipsec_frag_follows(f, 65528, 0, 0));
}

static void the_order_of_policies_holds(struct kunit *test)
{
	struct ipsec_frag set[WAYS] = { };
	struct ipsec_frag *f, more;

	enter(set, 1, 5);
	f = find(set, 1, 5);
	KUNIT_ASSERT_TRUE(test, !!f);
	KUNIT_EXPECT_TRUE(test, ipsec_frag_behind(f, 999, 9));
	KUNIT_EXPECT_TRUE(test, ipsec_frag_behind(f, 1000, 2));
	KUNIT_EXPECT_FALSE(test, ipsec_frag_behind(f, 1000, 3));
	KUNIT_EXPECT_FALSE(test, ipsec_frag_behind(f, 1000, 4));
	KUNIT_EXPECT_FALSE(test, ipsec_frag_behind(f, 1001, 1));
	/* of two that let it pass the worse one counts */
	more = first(1, 5);
	more.priority = 10;
	ipsec_frag_enter(set, WAYS, &more, 5);
	KUNIT_EXPECT_TRUE(test, ipsec_frag_behind(f, 999, 9));
	more.priority = 2000;
	ipsec_frag_enter(set, WAYS, &more, 5);
	KUNIT_EXPECT_TRUE(test, ipsec_frag_behind(f, 1999, 9));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(what_never_came_is_not_found),
	KUNIT_CASE(each_part_of_the_key_tells_apart),
	KUNIT_CASE(time_and_changes_end_it),
	KUNIT_CASE(a_flood_pushes_out_the_oldest),
	KUNIT_CASE(nothing_is_put_over_the_first),
	KUNIT_CASE(all_of_it_comes_the_same_way),
	KUNIT_CASE(what_is_void_stays_so),
	KUNIT_CASE(the_order_of_policies_holds),
	{}
};

static struct kunit_suite suite = {
	.name = "nf_ipsec_frag",
	.test_cases = cases,
};

kunit_test_suite(suite);
