// SPDX-License-Identifier: GPL-2.0-only
#include "lifetime.h"

#include <kunit/test.h>

#include "alg.h"

#define NONE	IPSEC_NO_LIMIT
#define BYTES	NF_IPSEC_LIMIT_BYTES
#define PACKETS	NF_IPSEC_LIMIT_PACKETS
#define TIME	NF_IPSEC_LIMIT_TIME
#define USE	NF_IPSEC_LIMIT_USE

static const struct ipsec_alg *alg(u32 id)
{
	return ipsec_alg_get(id);
}

static void soft_is_nine_tenths_of_hard(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1ULL, ipsec_lifetime_soft(1));
	KUNIT_EXPECT_EQ(test, 9ULL, ipsec_lifetime_soft(9));
	KUNIT_EXPECT_EQ(test, 9ULL, ipsec_lifetime_soft(10));
	KUNIT_EXPECT_EQ(test, 10ULL, ipsec_lifetime_soft(11));
	KUNIT_EXPECT_EQ(test, 3240ULL, ipsec_lifetime_soft(3600));
	KUNIT_EXPECT_EQ(test, NONE, ipsec_lifetime_soft(NONE));
	KUNIT_EXPECT_LE(test, ipsec_lifetime_soft(NONE - 1), NONE - 1);
}

static const struct {
	const char *what;
	struct ipsec_limit bytes, packets;
	u64 n_bytes, n_packets;
	bool noticed;
	enum ipsec_life life;
	u8 by;
} judged[] = {
	{ "no limit", { NONE, NONE }, { NONE, NONE }, 1ULL << 60, 1ULL << 60,
	  false, IPSEC_LIFE_GOES_ON, 0 },
	{ "nothing reached", { 90, 100 }, { 9, 10 }, 89, 8,
	  false, IPSEC_LIFE_GOES_ON, 0 },
	{ "soft bytes", { 90, 100 }, { 9, 10 }, 90, 8,
	  false, IPSEC_LIFE_SOFT, BYTES },
	{ "soft packets", { 90, 100 }, { 9, 10 }, 89, 9,
	  false, IPSEC_LIFE_SOFT, PACKETS },
	{ "no notice twice", { 90, 100 }, { 9, 10 }, 99, 9,
	  true, IPSEC_LIFE_GOES_ON, 0 },
	{ "hard bytes", { 90, 100 }, { 9, 10 }, 100, 9,
	  true, IPSEC_LIFE_HARD, BYTES },
	{ "hard packets", { 90, 100 }, { 9, 10 }, 5, 10,
	  true, IPSEC_LIFE_HARD, PACKETS },
	{ "hard goes before soft", { 90, 100 }, { 9, 10 }, 95, 10,
	  false, IPSEC_LIFE_HARD, PACKETS },
	{ "far beyond", { 90, 100 }, { NONE, NONE }, NONE - 1, 0,
	  false, IPSEC_LIFE_HARD, BYTES },
	{ "equal limits are hard", { 100, 100 }, { NONE, NONE }, 100, 0,
	  false, IPSEC_LIFE_HARD, BYTES },
	{ "soft alone", { 90, NONE }, { NONE, NONE }, 200, 0,
	  false, IPSEC_LIFE_SOFT, BYTES },
	{ "hard alone", { NONE, NONE }, { NONE, 10 }, 200, 9,
	  false, IPSEC_LIFE_GOES_ON, 0 },
};

static void what_comes_first_counts(struct kunit *test)
{
	struct ipsec_spent spent = { };
	struct ipsec_lifetime life;
	u32 i;
	u8 by;

	for (i = 0; i < ARRAY_SIZE(judged); i++) {
		ipsec_lifetime_init(&life);
		life.of[BYTES] = judged[i].bytes;
		life.of[PACKETS] = judged[i].packets;
		spent.of[BYTES] = judged[i].n_bytes;
		spent.of[PACKETS] = judged[i].n_packets;
		KUNIT_EXPECT_EQ_MSG(test, judged[i].life,
				    ipsec_lifetime_judge(&life, &spent,
							 judged[i].noticed, &by),
				    "%s", judged[i].what);
		KUNIT_EXPECT_EQ_MSG(test, judged[i].by, by, "%s",
				    judged[i].what);
	}
}

static void each_kind_ends_an_sa(struct kunit *test)
{
	struct ipsec_spent spent = { };
	struct ipsec_lifetime life;
	u8 what, by;

	for (what = 1; what <= NF_IPSEC_LIMIT_MAX; what++) {
		ipsec_lifetime_init(&life);
		life.of[what].hard = 7;
		spent.of[what] = 6;
		KUNIT_EXPECT_EQ(test, IPSEC_LIFE_GOES_ON,
				ipsec_lifetime_judge(&life, &spent, false, &by));
		spent.of[what] = 7;
		KUNIT_EXPECT_EQ(test, IPSEC_LIFE_HARD,
				ipsec_lifetime_judge(&life, &spent, false, &by));
		KUNIT_EXPECT_EQ(test, what, by);
		spent.of[what] = 0;
	}
}

static void room_ends_at_the_next_limit(struct kunit *test)
{
	struct ipsec_spent spent = { };
	struct ipsec_lifetime life;

	ipsec_lifetime_init(&life);
	KUNIT_EXPECT_EQ(test, NONE,
			ipsec_lifetime_room(&life, &spent, false, TIME));
	life.of[TIME].soft = 90;
	life.of[TIME].hard = 100;
	spent.of[TIME] = 30;
	KUNIT_EXPECT_EQ(test, 60ULL,
			ipsec_lifetime_room(&life, &spent, false, TIME));
	KUNIT_EXPECT_EQ(test, 70ULL,
			ipsec_lifetime_room(&life, &spent, true, TIME));
	spent.of[TIME] = 100;
	KUNIT_EXPECT_EQ(test, 0ULL,
			ipsec_lifetime_room(&life, &spent, true, TIME));
	spent.of[TIME] = 101;
	KUNIT_EXPECT_EQ(test, 0ULL,
			ipsec_lifetime_room(&life, &spent, false, TIME));
	life.of[TIME].hard = NONE;
	KUNIT_EXPECT_EQ(test, NONE,
			ipsec_lifetime_room(&life, &spent, true, TIME));
}

/* Counters that go on at random and ask at their marks: is the limit passed by
 * no more than the packet that reaches it, on each of them?
 */
static void marks_keep_all_counters_within_a_limit(struct kunit *test)
{
	static const u32 cpus[] = { 1, 2, 3, 64 };
	u64 n[64], mark[64], sum, hard = 5000;
	u32 i, j, c, at, seed = 1, asked;

	for (i = 0; i < ARRAY_SIZE(cpus); i++) {
		memset(n, 0, sizeof(n));
		memset(mark, 0, sizeof(mark));
		c = cpus[i];
		asked = 0;
		for (sum = 0; sum < hard;) {
			seed = seed * 1103515245 + 12345;
			at = (seed >> 16) % c;
			n[at]++;
			sum++;
			if (n[at] < mark[at])
				continue;
			asked++;
			for (j = 0; j < c; j++)
				mark[j] = ipsec_lifetime_mark(n[j], hard - sum,
							      c);
		}
		/* whoever reached it has asked */
		KUNIT_EXPECT_LE(test, mark[at], n[at]);
		KUNIT_EXPECT_LE(test, asked, 16 * c + 2);
	}
}

static void marks_do_not_overflow(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, NONE, ipsec_lifetime_mark(0, NONE, 8));
	KUNIT_EXPECT_EQ(test, NONE, ipsec_lifetime_mark(100, NONE - 1, 1));
	KUNIT_EXPECT_EQ(test, 100ULL, ipsec_lifetime_mark(100, 7, 8));
	KUNIT_EXPECT_EQ(test, 101ULL, ipsec_lifetime_mark(100, 8, 8));
}

static void algorithms_set_limits(struct kunit *test)
{
	const struct ipsec_alg *des = alg(NF_IPSEC_ALG_LEGACY_3DES_CBC);
	const struct ipsec_alg *gcm = alg(NF_IPSEC_ALG_AES_GCM_256);
	const struct ipsec_alg *cmac = alg(NF_IPSEC_ALG_AES_CMAC_96);
	struct ipsec_lifetime life;

	KUNIT_EXPECT_EQ(test, 1ULL << 32,
			ipsec_lifetime_default(BYTES, des, cmac));
	KUNIT_EXPECT_EQ(test, 1ULL << 48,
			ipsec_lifetime_default(PACKETS, des, cmac));
	KUNIT_EXPECT_EQ(test, NONE,
			ipsec_lifetime_default(TIME, des, cmac));
	KUNIT_EXPECT_EQ(test, NONE,
			ipsec_lifetime_default(PACKETS, gcm, NULL));
	ipsec_lifetime_init(&life);
	ipsec_lifetime_fill(&life, des, NULL);
	KUNIT_EXPECT_EQ(test, 1ULL << 32, life.of[BYTES].hard);
	KUNIT_EXPECT_EQ(test, ipsec_lifetime_soft(1ULL << 32),
			life.of[BYTES].soft);
	KUNIT_EXPECT_EQ(test, NONE, life.of[PACKETS].hard);
	KUNIT_EXPECT_EQ(test, NONE, life.of[USE].hard);
	/* what was asked for stays */
	life.of[BYTES].soft = NONE;
	life.of[BYTES].hard = 1ULL << 34;
	ipsec_lifetime_fill(&life, des, NULL);
	KUNIT_EXPECT_EQ(test, NONE, life.of[BYTES].soft);
	KUNIT_EXPECT_EQ(test, 1ULL << 34, life.of[BYTES].hard);
	life.of[BYTES].soft = 77;
	life.of[BYTES].hard = NONE;
	ipsec_lifetime_fill(&life, des, NULL);
	KUNIT_EXPECT_EQ(test, 77ULL, life.of[BYTES].soft);
	KUNIT_EXPECT_EQ(test, 1ULL << 32, life.of[BYTES].hard);
}

/* RFC 3686 section 7, 4106 section 10, 4309 section 9, 4543 section 7 */
static void aes_ends_before_2_64_blocks(struct kunit *test)
{
	const struct ipsec_alg *a;
	u32 id, n = 0;

	for (id = 1; id <= NF_IPSEC_ALG_MAX; id++) {
		a = alg(id);
		if (a->kind == IPSEC_ALG_AUTH || strncmp(a->name, "aes", 3))
			continue;
		n++;
		KUNIT_EXPECT_GT_MSG(test, 1ULL << 61,
				    ipsec_lifetime_default(BYTES, a, NULL),
				    "%s", a->name);
	}
	KUNIT_EXPECT_EQ(test, 33, n);
}

static const struct {
	struct ipsec_limit limit;
	u8 what;
	u32 enc;
	bool fits;
} sound[] = {
	{ { 9, 10 }, BYTES, NF_IPSEC_ALG_AES_GCM_128, true },
	{ { 10, 10 }, BYTES, NF_IPSEC_ALG_AES_GCM_128, true },
	{ { 11, 10 }, BYTES, NF_IPSEC_ALG_AES_GCM_128, false },
	{ { NONE, 10 }, PACKETS, NF_IPSEC_ALG_AES_GCM_128, true },
	{ { 9, NONE }, PACKETS, NF_IPSEC_ALG_AES_GCM_128, true },
	{ { 0, 10 }, PACKETS, NF_IPSEC_ALG_AES_GCM_128, false },
	{ { NONE, 0 }, PACKETS, NF_IPSEC_ALG_AES_GCM_128, false },
	{ { NONE, 1ULL << 62 }, BYTES, NF_IPSEC_ALG_AES_GCM_128, true },
	{ { 1ULL << 61, NONE }, BYTES, NF_IPSEC_ALG_AES_GCM_128, false },
	{ { 1ULL << 61, NONE }, BYTES, NF_IPSEC_ALG_CHACHA20_POLY1305, true },
	{ { NONE, 1ULL << 35 }, BYTES, NF_IPSEC_ALG_LEGACY_3DES_CBC, true },
	{ { NONE, (1ULL << 35) + 1 }, BYTES, NF_IPSEC_ALG_LEGACY_3DES_CBC, false },
	{ { 1ULL << 32, NONE }, BYTES, NF_IPSEC_ALG_LEGACY_3DES_CBC, true },
	{ { (1ULL << 32) + 1, NONE }, BYTES, NF_IPSEC_ALG_LEGACY_3DES_CBC, false },
	{ { NONE, IPSEC_LIMIT_TIME_MAX }, TIME, NF_IPSEC_ALG_NULL, true },
	{ { NONE, IPSEC_LIMIT_TIME_MAX + 1 }, TIME, NF_IPSEC_ALG_NULL, false },
	{ { IPSEC_LIMIT_TIME_MAX + 1, NONE }, USE, NF_IPSEC_ALG_NULL, false },
	{ { NONE, 1ULL << 40 }, PACKETS, NF_IPSEC_ALG_LEGACY_3DES_CBC, true },
};

static void unsound_limits_are_refused(struct kunit *test)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(sound); i++)
		KUNIT_EXPECT_EQ_MSG(test, sound[i].fits,
				    !ipsec_limit_error(sound[i].what,
						       &sound[i].limit,
						       alg(sound[i].enc), NULL),
				    "case %u", i);
}

static struct kunit_case lifetime_cases[] = {
	KUNIT_CASE(soft_is_nine_tenths_of_hard),
	KUNIT_CASE(what_comes_first_counts),
	KUNIT_CASE(each_kind_ends_an_sa),
	KUNIT_CASE(room_ends_at_the_next_limit),
	KUNIT_CASE(marks_keep_all_counters_within_a_limit),
	KUNIT_CASE(marks_do_not_overflow),
	KUNIT_CASE(algorithms_set_limits),
	KUNIT_CASE(aes_ends_before_2_64_blocks),
	KUNIT_CASE(unsound_limits_are_refused),
	{ }
};

static struct kunit_suite lifetime_suite = {
	.name = "nf_ipsec_lifetime",
	.test_cases = lifetime_cases,
};

kunit_test_suite(lifetime_suite);
