// SPDX-License-Identifier: GPL-2.0-only
/* Anti-replay: RFC 4303 section 3.4.3 and appendix A2.
 *
 * The map is a ring: number n is bit n % 64 of word n / 64 % words.  It is a
 * word longer than the window, which need not begin at a word, so numbers ahead
 * of @top never share a word with numbers that the window still remembers, and
 * moving the window forward means clearing whole words (RFC 6479).
 */
#include "replay.h"

#include <asm/barrier.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/string.h>

#define LOW_LAST	(IPSEC_SEQ_LOW - 1)

static u64 *word_of(struct ipsec_replay *rp, u64 seq)
{
	return &rp->map[(seq / IPSEC_REPLAY_WORD) & (rp->words - 1)];
}

static u64 bit_of(u64 seq)
{
	return BIT_ULL(seq % IPSEC_REPLAY_WORD);
}

u32 ipsec_replay_words(u32 window)
{
	u32 need = window / IPSEC_REPLAY_WORD + (window % IPSEC_REPLAY_WORD ? 1 : 0) + 1;
	u32 words = 1;

	if (!window)
		return 0;
	while (words < need)
		words *= 2;
	return words;
}

void ipsec_replay_init(struct ipsec_replay *rp, u32 window, bool esn, u64 top)
{
	rp->top = top;
	rp->window = window;
	rp->words = ipsec_replay_words(window);
	rp->esn = esn;
	if (!window)
		return;
	memset(rp->map, top ? 0xff : 0, rp->words * sizeof(rp->map[0]));
	/* numbers above @top in its own word have not been seen */
	if (top)
		*word_of(rp, top) = bit_of(top) | (bit_of(top) - 1);
}

static void mark_seen(struct ipsec_replay *rp, u64 seq)
{
	u64 *word = word_of(rp, seq);

	WRITE_ONCE(*word, *word | bit_of(seq));
}

static void window_advance(struct ipsec_replay *rp, u64 seq)
{
	u64 old = rp->top / IPSEC_REPLAY_WORD;
	u64 steps = seq / IPSEC_REPLAY_WORD - old;
	u64 i;

	if (steps > rp->words)
		steps = rp->words;
	for (i = 1; i <= steps; i++)
		WRITE_ONCE(rp->map[(old + i) & (rp->words - 1)], 0);
	mark_seen(rp, seq);
	/* Pairs with the barrier in ipsec_replay_check(). */
	smp_wmb();
	WRITE_ONCE(rp->top, seq);
}

void ipsec_replay_commit(struct ipsec_replay *rp, u64 seq)
{
	if (!rp->window) {
		if (seq > rp->top)
			WRITE_ONCE(rp->top, seq);
	} else if (seq > rp->top) {
		window_advance(rp, seq);
	} else {
		mark_seen(rp, seq);
	}
}

u64 ipsec_seq_last(bool esn)
{
	return esn ? ~0ULL : LOW_LAST;
}

bool ipsec_resync_count(struct ipsec_resync *rs, u64 top)
{
	u32 bad = READ_ONCE(rs->bad);

	if (READ_ONCE(rs->top) != top) {
		WRITE_ONCE(rs->top, top);
		bad = 0;
	}
	if (bad < IPSEC_RESYNC_BAD)
		WRITE_ONCE(rs->bad, ++bad);
	return bad == IPSEC_RESYNC_BAD;
}

bool ipsec_resync_ahead(u64 guess, u32 n, u64 *seq)
{
	if (n > IPSEC_RESYNC_TRIES || guess > ~0ULL - n * IPSEC_SEQ_LOW)
		return false;
	*seq = guess + n * IPSEC_SEQ_LOW;
	return true;
}
