// SPDX-License-Identifier: GPL-2.0-only
#include "replay.h"

#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/string.h>
#include <uapi/linux/nf_ipsec.h>

#define TWO_32		BIT_ULL(32)
#define MODEL_STEPS	800

static const u32 windows[] = { 1, 2, 31, 32, 33, 63, 64, 65, 1024, 8191, 8192 };
static const u64 starts[] = { 0, 1, 63, 64, 8191, TWO_32 - 1, TWO_32, TWO_32 + 70, ~0ULL - 9000 };

/* The plainest thing that can be right: a list of all numbers ever taken. */
struct model {
	u64 seen[MODEL_STEPS];
	u32 count;
	u64 start;
	u64 top;
	u32 window;
};

static enum ipsec_replay_verdict model_check(const struct model *m, u64 seq)
{
	u32 i;

	if (!seq)
		return IPSEC_REPLAY_INVALID;
	if (seq <= m->top && m->top - seq >= m->window)
		return IPSEC_REPLAY_TOO_OLD;
	if (seq <= m->start)
		return IPSEC_REPLAY_DUPLICATE;
	for (i = 0; i < m->count; i++)
		if (m->seen[i] == seq)
			return IPSEC_REPLAY_DUPLICATE;
	return IPSEC_REPLAY_OK;
}

static void model_commit(struct model *m, u64 seq)
{
	m->seen[m->count++] = seq;
	if (seq > m->top)
		m->top = seq;
}

static u64 next_random(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A number near the edges of the window, mostly; now and then far away */
static u64 next_seq(const struct model *m, u64 *state)
{
	u64 r = next_random(state);
	u64 by = next_random(state);

	switch (r % 16) {
	case 0:
		return m->top - m->window;
	case 1:
		return m->top - m->window + 1;
	case 2:
		return m->top + by % (3 * m->window + 200);
	case 3:
		return m->top + by % 70000;
	case 4:
		return m->top + (by % 64) * 64;
	case 5:
		return r % 512 ? by % 128 : by;
	case 6:
	case 7:
	case 8:
		return m->top + 1;
	default:
		return m->top - by % (m->window + 3);
	}
}

static struct ipsec_replay *new_window(struct kunit *test, u32 window, bool esn, u64 top)
{
	struct ipsec_replay *rp;
	size_t size;

	size = sizeof(*rp) + ipsec_replay_words(window) * sizeof(rp->map[0]);
	rp = kunit_kzalloc(test, size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rp);
	memset(rp, 0x5a, size);
	ipsec_replay_init(rp, window, esn, top);
	return rp;
}

static void run_model(struct kunit *test, struct model *m, u32 window, u64 start, u64 seed)
{
	struct ipsec_replay *rp = new_window(test, window, true, start);
	u64 state = seed;
	u64 seq;
	u32 i;

	m->count = 0;
	m->window = window;
	m->start = start;
	m->top = start;
	for (i = 0; i < MODEL_STEPS; i++) {
		seq = next_seq(m, &state);
		KUNIT_ASSERT_EQ_MSG(test, ipsec_replay_check(rp, seq), model_check(m, seq),
				    "window %u start %llu step %u seq %llu top %llu",
				    window, start, i, seq, m->top);
		if (ipsec_replay_check(rp, seq) != IPSEC_REPLAY_OK)
			continue;
		ipsec_replay_commit(rp, seq);
		model_commit(m, seq);
		KUNIT_ASSERT_EQ(test, rp->top, m->top);
	}
}

static void random_sequences_follow_the_model(struct kunit *test)
{
	struct model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	u32 i, j;

	KUNIT_ASSERT_NOT_NULL(test, m);
	for (i = 0; i < ARRAY_SIZE(windows); i++)
		for (j = 0; j < ARRAY_SIZE(starts); j++)
			run_model(test, m, windows[i], starts[j],
				  0x9e3779b97f4a7c15ULL + i * 1000 + j);
}

/* Every number just left of, in and right of the window, at every offset */
static void window_is_exact(struct kunit *test)
{
	struct ipsec_replay *rp;
	u32 i, w, offset;

	for (i = 0; i < ARRAY_SIZE(windows); i++) {
		w = windows[i];
		rp = new_window(test, w, true, 0);
		for (offset = 0; offset < 130; offset++) {
			ipsec_replay_init(rp, w, true, 0);
			ipsec_replay_commit(rp, 9000 + offset);
			KUNIT_EXPECT_EQ_MSG(test, ipsec_replay_check(rp, 9000 + offset - w),
					    IPSEC_REPLAY_TOO_OLD, "%u %u", w, offset);
			KUNIT_EXPECT_EQ_MSG(test, ipsec_replay_check(rp, 9000 + offset - w + 1),
					    w == 1 ? IPSEC_REPLAY_DUPLICATE : IPSEC_REPLAY_OK,
					    "%u %u", w, offset);
			KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, 9000 + offset + 1),
					IPSEC_REPLAY_OK);
		}
	}
}

static void each_number_passes_once(struct kunit *test)
{
	struct ipsec_replay *rp = new_window(test, 64, false, 0);
	u32 seq;

	for (seq = 1; seq <= 1000; seq++) {
		KUNIT_ASSERT_EQ(test, ipsec_replay_check(rp, seq), IPSEC_REPLAY_OK);
		ipsec_replay_commit(rp, seq);
		KUNIT_ASSERT_EQ(test, ipsec_replay_check(rp, seq), IPSEC_REPLAY_DUPLICATE);
	}
}

static void a_full_window_may_arrive_backwards(struct kunit *test)
{
	struct ipsec_replay *rp = new_window(test, 8192, true, 0);
	u64 top = TWO_32 + 4000;
	u32 back;

	for (back = 0; back < 8192; back++) {
		KUNIT_ASSERT_EQ(test, ipsec_replay_check(rp, top - back), IPSEC_REPLAY_OK);
		ipsec_replay_commit(rp, top - back);
	}
	for (back = 0; back < 8192; back++)
		KUNIT_ASSERT_EQ(test, ipsec_replay_check(rp, top - back), IPSEC_REPLAY_DUPLICATE);
	KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, top - back), IPSEC_REPLAY_TOO_OLD);
}

static void number_0_is_invalid(struct kunit *test)
{
	struct ipsec_replay *rp = new_window(test, 64, true, 0);

	KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, 0), IPSEC_REPLAY_INVALID);
	KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, 1), IPSEC_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, TWO_32), IPSEC_REPLAY_OK);
}

static void window_0_takes_everything(struct kunit *test)
{
	struct ipsec_replay *rp = new_window(test, 0, false, 0);

	KUNIT_EXPECT_EQ(test, rp->words, 0U);
	ipsec_replay_commit(rp, 100);
	ipsec_replay_commit(rp, 7);
	KUNIT_EXPECT_EQ(test, rp->top, 100ULL);
	KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, 100), IPSEC_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, 1), IPSEC_REPLAY_OK);
	/* a sender whose receiver does not check may roll over to 0 */
	KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, 0), IPSEC_REPLAY_OK);
}

static void a_resumed_window_takes_no_old_number(struct kunit *test)
{
	struct ipsec_replay *rp;
	u32 i, back;
	u64 top;

	for (i = 0; i < ARRAY_SIZE(windows); i++) {
		for (top = 8192 - 64; top < 8192 + 66; top++) {
			rp = new_window(test, windows[i], true, top);
			for (back = 0; back < windows[i] && back < top; back += 1 + back / 80)
				KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, top - back),
						IPSEC_REPLAY_DUPLICATE);
			ipsec_replay_commit(rp, top + 2);
			KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, top + 1),
					windows[i] > 1 ? IPSEC_REPLAY_OK : IPSEC_REPLAY_TOO_OLD);
		}
	}
}

static void the_ring_has_room_for_the_window(struct kunit *test)
{
	u32 window, words;

	KUNIT_EXPECT_EQ(test, ipsec_replay_words(0), 0U);
	for (window = 1; window <= NF_IPSEC_REPLAY_WINDOW_MAX; window++) {
		words = ipsec_replay_words(window);
		KUNIT_EXPECT_EQ(test, words & (words - 1), 0U);
		KUNIT_EXPECT_TRUE(test, words * 64 >= window + 64);
		KUNIT_EXPECT_TRUE(test, words * 64 < 2 * (window + 128));
	}
}

/* RFC 4303 A2.2 in its own terms: Tl, Th, W, Seql, cases A and B */
static u64 rfc_recover(u64 top, u32 window, u32 low)
{
	u32 tl = top;
	u32 th = top >> 32;

	if (tl >= window - 1) {
		/* there is no subspace behind the last */
		if (low < tl - window + 1 && th != ~0U)
			th++;
	} else if (low >= tl - window + 1 && th) {
		/* ... and none in front of the first */
		th--;
	}
	return (u64)th << 32 | low;
}

static const s32 near_edges[] = {
	-70000, -8193, -8192, -8191, -8190, -1024, -65, -64, -63, -33, -32, -31,
	-2, -1, 0, 1, 2, 31, 32, 33, 63, 64, 65, 1023, 8190, 8191, 8192, 70000,
	0x7fffffff, -0x7fffffff - 1,
};

static void esn_recovery_follows_the_rfc(struct kunit *test)
{
	static const u64 bases[] = {
		0, 9000, TWO_32, 2 * TWO_32, 7 * TWO_32 + 0x80000000, 0 - TWO_32
	};
	struct ipsec_replay *rp;
	u32 i, b, t, l, low;
	u64 top;

	for (i = 0; i < ARRAY_SIZE(windows); i++) {
		rp = new_window(test, windows[i], true, 0);
		for (b = 0; b < ARRAY_SIZE(bases); b++) {
			for (t = 0; t < ARRAY_SIZE(near_edges); t++) {
				top = bases[b] + near_edges[t];
				ipsec_replay_init(rp, windows[i], true, top);
				for (l = 0; l < ARRAY_SIZE(near_edges); l++) {
					low = (u32)top + near_edges[l];
					KUNIT_EXPECT_EQ_MSG(test, ipsec_replay_recover(rp, low),
							    rfc_recover(top, windows[i], low),
							    "window %u top %llx low %x",
							    windows[i], top, low);
				}
			}
		}
	}
}

static void esn_window_spans_two_subspaces(struct kunit *test)
{
	struct ipsec_replay *rp = new_window(test, 64, true, TWO_32 - 40);
	u64 seq;

	ipsec_replay_commit(rp, TWO_32 + 10);
	KUNIT_EXPECT_EQ(test, ipsec_replay_recover(rp, 20), TWO_32 + 20);
	seq = ipsec_replay_recover(rp, 0xfffffff0);
	KUNIT_EXPECT_EQ(test, seq, 0xfffffff0ULL);
	KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, seq), IPSEC_REPLAY_OK);
	ipsec_replay_commit(rp, seq);
	KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, seq), IPSEC_REPLAY_DUPLICATE);
	/* the last number in the window, and the first left of it */
	KUNIT_EXPECT_EQ(test, ipsec_replay_recover(rp, 10 - 63), TWO_32 - 53);
	KUNIT_EXPECT_EQ(test, ipsec_replay_recover(rp, 10 - 64), 2 * TWO_32 - 54);
}

static void esn_without_a_window_takes_the_nearest(struct kunit *test)
{
	struct ipsec_replay *rp = new_window(test, 0, true, 5 * TWO_32 + 100);

	KUNIT_EXPECT_EQ(test, ipsec_replay_recover(rp, 101), 5 * TWO_32 + 101);
	KUNIT_EXPECT_EQ(test, ipsec_replay_recover(rp, 99), 5 * TWO_32 + 99);
	KUNIT_EXPECT_EQ(test, ipsec_replay_recover(rp, 0xffffffff), 5 * TWO_32 - 1);
	KUNIT_EXPECT_EQ(test, ipsec_replay_recover(rp, 0x80000000), 5 * TWO_32 + 0x80000000);
	KUNIT_EXPECT_EQ(test, ipsec_replay_recover(rp, 0x80000064), 4 * TWO_32 + 0x80000064);
	KUNIT_EXPECT_EQ(test, ipsec_replay_recover(rp, 0x80000063), 5 * TWO_32 + 0x80000063);
	/* nothing is in front of the first subspace, nothing behind the last */
	ipsec_replay_init(rp, 0, true, 100);
	KUNIT_EXPECT_EQ(test, ipsec_replay_recover(rp, 0xffffffff), 0xffffffffULL);
	ipsec_replay_init(rp, 0, true, ~0ULL);
	KUNIT_EXPECT_EQ(test, ipsec_replay_recover(rp, 5), 5 - TWO_32);
}

static void without_esn_the_number_is_the_field(struct kunit *test)
{
	struct ipsec_replay *rp = new_window(test, 64, false, 0xfffffff0);

	KUNIT_EXPECT_EQ(test, ipsec_replay_recover(rp, 5), 5ULL);
	KUNIT_EXPECT_EQ(test, ipsec_replay_recover(rp, ~0U), TWO_32 - 1);
	KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, 5), IPSEC_REPLAY_TOO_OLD);
}

static void the_last_number_is_taken(struct kunit *test)
{
	struct ipsec_replay *rp = new_window(test, 64, true, ~0ULL - 3);

	KUNIT_EXPECT_EQ(test, ipsec_replay_recover(rp, ~0U), ~0ULL);
	KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, ~0ULL), IPSEC_REPLAY_OK);
	ipsec_replay_commit(rp, ~0ULL);
	KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, ~0ULL), IPSEC_REPLAY_DUPLICATE);
	KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, ~0ULL - 1), IPSEC_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, ~0ULL - 64), IPSEC_REPLAY_TOO_OLD);
	/* numbers that would wrap are not taken for new ones */
	KUNIT_EXPECT_EQ(test, ipsec_replay_check(rp, ipsec_replay_recover(rp, 1)),
			IPSEC_REPLAY_TOO_OLD);
}

static void counters_end_where_they_would_cycle(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ipsec_seq_last(false), TWO_32 - 1);
	KUNIT_EXPECT_EQ(test, ipsec_seq_last(true), ~0ULL);
}

static void wrong_icvs_in_a_row_are_counted(struct kunit *test)
{
	struct ipsec_resync rs = {};
	u32 i;

	for (i = 1; i < IPSEC_RESYNC_BAD; i++)
		KUNIT_EXPECT_FALSE(test, ipsec_resync_count(&rs, 0));
	KUNIT_EXPECT_TRUE(test, ipsec_resync_count(&rs, 0));
	/* and stay so, however many there are, until one was right */
	for (i = 0; i < 1000; i++)
		KUNIT_EXPECT_TRUE(test, ipsec_resync_count(&rs, 0));
	for (i = 1; i < IPSEC_RESYNC_BAD; i++)
		KUNIT_EXPECT_FALSE(test, ipsec_resync_count(&rs, 7));
	KUNIT_EXPECT_FALSE(test, ipsec_resync_count(&rs, 8));
}

static void other_high_halves_are_a_few(struct kunit *test)
{
	u64 seq;

	KUNIT_EXPECT_TRUE(test, ipsec_resync_ahead(5, 1, &seq));
	KUNIT_EXPECT_EQ(test, seq, 0x100000005ULL);
	KUNIT_EXPECT_TRUE(test, ipsec_resync_ahead(0x7fffffff0ULL, IPSEC_RESYNC_TRIES, &seq));
	KUNIT_EXPECT_EQ(test, seq, 0x17fffffff0ULL);
	KUNIT_EXPECT_FALSE(test, ipsec_resync_ahead(5, IPSEC_RESYNC_TRIES + 1, &seq));
	/* there is nothing behind the end */
	KUNIT_EXPECT_TRUE(test, ipsec_resync_ahead(0xfffffffeffffffffULL, 1, &seq));
	KUNIT_EXPECT_EQ(test, seq, ~0ULL);
	KUNIT_EXPECT_FALSE(test, ipsec_resync_ahead(0xfffffffeffffffffULL, 2, &seq));
	KUNIT_EXPECT_FALSE(test, ipsec_resync_ahead(0xffffffff00000000ULL, 1, &seq));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(random_sequences_follow_the_model),
	KUNIT_CASE(window_is_exact),
	KUNIT_CASE(each_number_passes_once),
	KUNIT_CASE(a_full_window_may_arrive_backwards),
	KUNIT_CASE(number_0_is_invalid),
	KUNIT_CASE(window_0_takes_everything),
	KUNIT_CASE(a_resumed_window_takes_no_old_number),
	KUNIT_CASE(the_ring_has_room_for_the_window),
	KUNIT_CASE(esn_recovery_follows_the_rfc),
	KUNIT_CASE(esn_window_spans_two_subspaces),
	KUNIT_CASE(esn_without_a_window_takes_the_nearest),
	KUNIT_CASE(without_esn_the_number_is_the_field),
	KUNIT_CASE(the_last_number_is_taken),
	KUNIT_CASE(counters_end_where_they_would_cycle),
	KUNIT_CASE(wrong_icvs_in_a_row_are_counted),
	KUNIT_CASE(other_high_halves_are_a_few),
	{}
};

static struct kunit_suite suite = {
	.name = "nf_ipsec_replay",
	.test_cases = cases,
};

kunit_test_suite(suite);
