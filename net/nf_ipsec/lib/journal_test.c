// SPDX-License-Identifier: GPL-2.0-only
#include "journal.h"

#include <kunit/test.h>
#include <linux/string.h>

#define WAYS	8

static struct ipsec_record packet(u32 spi, u64 seq)
{
	struct ipsec_record rec;

	memset(&rec, 0, sizeof(rec));
	rec.id.reason = 9;
	rec.id.spi = (__be32)spi;
	rec.seq = seq;
	rec.seq_set = true;
	return rec;
}

static struct ipsec_record *drop(struct ipsec_record *set, u32 spi, u64 now)
{
	struct ipsec_record rec = packet(spi, now * 10);
	struct ipsec_record *slot;

	slot = ipsec_journal_pick(set, WAYS, &rec.id);
	ipsec_journal_enter(slot, &rec, now);
	return slot;
}

static void equal_packets_are_one_record(struct kunit *test)
{
	struct ipsec_record set[WAYS] = { };
	struct ipsec_record *slot = NULL;
	u64 now;

	for (now = 100; now < 1100; now++)
		slot = drop(set, 0x1234, now);
	KUNIT_EXPECT_EQ(test, slot->count, 1000ULL);
	KUNIT_EXPECT_EQ(test, slot->first, 100ULL);
	KUNIT_EXPECT_EQ(test, slot->last, 1099ULL);
	KUNIT_EXPECT_EQ(test, slot->seq, 10990ULL);
	KUNIT_EXPECT_EQ(test, set[1].count, 0ULL);
}

static void the_record_that_rests_longest_goes(struct kunit *test)
{
	struct ipsec_record set[WAYS] = { };
	struct ipsec_record *slot;
	u32 spi;

	for (spi = 1; spi <= WAYS; spi++)
		drop(set, spi, spi);
	/* the first one is used again, so the second one has to go */
	drop(set, 1, 100);
	slot = drop(set, 77, 101);
	KUNIT_EXPECT_EQ(test, (u64)(slot - set), 1ULL);
	KUNIT_EXPECT_EQ(test, slot->count, 1ULL);
	KUNIT_EXPECT_EQ(test, slot->first, 101ULL);
	KUNIT_EXPECT_EQ(test, set[0].count, 2ULL);
	KUNIT_EXPECT_EQ(test, drop(set, 1, 102)->count, 3ULL);
}

/* Packets of which no two are alike leave the record that is in use alone */
static void a_flood_spares_what_is_in_use(struct kunit *test)
{
	struct ipsec_record set[WAYS] = { };
	u64 now = 0;
	u32 i;

	for (i = 0; i < 1000; i++) {
		if (i % (WAYS - 1) == 0)
			drop(set, 5, ++now);
		drop(set, 0x10000 + i, ++now);
	}
	KUNIT_EXPECT_EQ(test, drop(set, 5, ++now)->count, 144ULL);
}

static void each_part_of_the_id_tells_apart(struct kunit *test)
{
	struct ipsec_record rec = packet(1, 1);
	u8 *octets = (u8 *)&rec.id;
	u32 i;

	for (i = 0; i < sizeof(rec.id); i++) {
		struct ipsec_record set[2] = { };

		rec = packet(1, 1);
		ipsec_journal_enter(&set[0], &rec, 1);
		octets[i] ^= 1;
		KUNIT_EXPECT_TRUE(test, ipsec_journal_pick(set, 2, &rec.id) ==
				  &set[1]);
	}
}

static void a_new_kind_is_told_of(struct kunit *test)
{
	struct ipsec_record rec = packet(1, 1);
	struct ipsec_record slot = { };

	KUNIT_EXPECT_TRUE(test, ipsec_journal_enter(&slot, &rec, 5));
	slot.told = 5;
	KUNIT_EXPECT_FALSE(test, ipsec_journal_enter(&slot, &rec, 6));
	KUNIT_EXPECT_EQ(test, slot.told, 5ULL);
	rec = packet(2, 1);
	KUNIT_EXPECT_TRUE(test, ipsec_journal_enter(&slot, &rec, 7));
	KUNIT_EXPECT_EQ(test, slot.told, 0ULL);
}

/* Insertion sort: the kernel's and the C library's have different headers */
static void sort_by(struct ipsec_record *recs, u32 n,
		    int (*cmp)(const void *a, const void *b))
{
	struct ipsec_record rec;
	u32 i, j;

	for (i = 1; i < n; i++) {
		rec = recs[i];
		for (j = i; j && cmp(&recs[j - 1], &rec) > 0; j--)
			recs[j] = recs[j - 1];
		recs[j] = rec;
	}
}

static void records_of_all_cpus_become_one(struct kunit *test)
{
	struct ipsec_record recs[5];
	static const struct {
		u32 spi;
		u64 count, first, last;
	} in[] = {
		{ 2, 1, 50, 50 }, { 1, 10, 20, 90 }, { 1, 5, 10, 95 },
		{ 1, 1, 30, 30 }, { 3, 2, 1, 2 },
	};
	u32 i;

	for (i = 0; i < 5; i++) {
		recs[i] = packet(in[i].spi, in[i].last * 10);
		recs[i].count = in[i].count;
		recs[i].first = in[i].first;
		recs[i].last = in[i].last;
	}
	sort_by(recs, 5, ipsec_journal_by_id);
	KUNIT_ASSERT_EQ(test, ipsec_journal_merge(recs, 5), 3U);
	sort_by(recs, 3, ipsec_journal_by_time);
	KUNIT_EXPECT_EQ(test, recs[0].count, 2ULL);
	KUNIT_EXPECT_EQ(test, recs[1].last, 50ULL);
	KUNIT_EXPECT_EQ(test, recs[2].count, 16ULL);
	KUNIT_EXPECT_EQ(test, recs[2].first, 10ULL);
	KUNIT_EXPECT_EQ(test, recs[2].last, 95ULL);
	KUNIT_EXPECT_EQ(test, recs[2].seq, 950ULL);
	KUNIT_EXPECT_EQ(test, ipsec_journal_merge(recs, 0), 0U);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(equal_packets_are_one_record),
	KUNIT_CASE(the_record_that_rests_longest_goes),
	KUNIT_CASE(a_flood_spares_what_is_in_use),
	KUNIT_CASE(each_part_of_the_id_tells_apart),
	KUNIT_CASE(a_new_kind_is_told_of),
	KUNIT_CASE(records_of_all_cpus_become_one),
	{}
};

static struct kunit_suite suite = {
	.name = "nf_ipsec_journal",
	.test_cases = cases,
};

kunit_test_suite(suite);
