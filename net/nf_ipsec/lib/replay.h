/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_LIB_REPLAY_H
#define _IPSEC_LIB_REPLAY_H

#include <asm/barrier.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/types.h>

/* Bits of a word of the map */
#define IPSEC_REPLAY_WORD	64
/* Half of the 32-bit space: how far back recovery looks without a window */
#define IPSEC_SEQ_HALF		BIT_ULL(31)
#define IPSEC_SEQ_LOW		BIT_ULL(32)

enum ipsec_replay_verdict {
	IPSEC_REPLAY_OK,
	IPSEC_REPLAY_DUPLICATE,		/* within the window and seen before */
	IPSEC_REPLAY_TOO_OLD,		/* left of the window */
	IPSEC_REPLAY_INVALID,		/* number 0 is never sent */
};

/**
 * struct ipsec_replay - the receiver's memory of sequence numbers
 * @top: highest number that was authenticated; 0 before the first packet
 * @window: packets remembered; 0 switches the check off
 * @words: 64-bit words in @map, a power of two; 0 if @window is 0
 * @esn: numbers are 64 bits long, of which 32 are on the wire
 * @map: ring of bits, one a number (the method of RFC 6479)
 *
 * The caller serialises ipsec_replay_commit().  The other functions may run
 * beside it without a lock: they may then judge by a window that is a packet
 * old, so that the caller must check again, under its lock, before it commits.
 */
struct ipsec_replay {
	u64 top;
	u32 window;
	u32 words;
	bool esn;
	u64 map[];
};

/**
 * struct ipsec_resync - wrong ICVs in a row
 * @top: highest number authenticated when the first of them came
 * @bad: how many
 *
 * Two CPUs that count at a time may lose one.
 */
struct ipsec_resync {
	u64 top;
	u32 bad;
};

/* So many wrong ICVs without a right one in between are no accident */
#define IPSEC_RESYNC_BAD	64
/* High halves that are tried beyond the one that is guessed */
#define IPSEC_RESYNC_TRIES	16

/**
 * ipsec_resync_count() - a packet with a wrong ICV has come
 * @rs: the count
 * @top: highest number that has been authenticated
 *
 * Return: true if there were enough in a row to doubt the high half.
 */
bool ipsec_resync_count(struct ipsec_resync *rs, u64 top);

/**
 * ipsec_resync_ahead() - another number that a packet may have
 * @guess: from ipsec_replay_recover()
 * @n: times 2^32 that it may be further on
 * @seq: the number, on success
 *
 * Return: false if there is none, or it is too far.
 */
bool ipsec_resync_ahead(u64 guess, u32 n, u64 *seq);

/**
 * ipsec_replay_words() - words of map a window needs
 * @window: packets, 0 to NF_IPSEC_REPLAY_WINDOW_MAX
 *
 * One word more than the window fills, rounded up to a power of two: the word
 * being entered can be cleared without losing numbers still in the window.
 */
u32 ipsec_replay_words(u32 window);

/**
 * ipsec_replay_init() - an empty window
 * @rp: room for the struct and ipsec_replay_words() words
 * @window: packets
 * @esn: 64-bit numbers
 * @top: highest number taken as seen; numbers up to it within the window
 *	count as seen too, so that a resumed SA accepts no old packet
 */
void ipsec_replay_init(struct ipsec_replay *rp, u32 window, bool esn, u64 top);

/**
 * ipsec_replay_recover() - the whole number of a packet
 * @rp: the window
 * @low: the 32 bits on the wire, host byte order
 *
 * RFC 4303 appendix A2.2; without ESN the number is @low itself.  With a
 * window of 0 the half space around @top decides.
 */
static inline u64 ipsec_replay_recover(const struct ipsec_replay *rp, u32 low)
{
	u64 back = rp->window ? rp->window - 1 : IPSEC_SEQ_HALF;
	u64 top = READ_ONCE(rp->top);
	u64 bottom, seq;

	if (!rp->esn)
		return low;

	/* Of all numbers that end in @low, the lowest one that is not left of the
	 * window.  This is RFC 4303 A2.2 with both of its cases in one: the number is
	 * sought from the bottom of the window upwards.  A window that would begin
	 * below 0 begins at 0.  At the upper end there may be no such number; then the
	 * one below is meant, which is too old.
	 */
	bottom = top > back ? top - back : 0;
	seq = bottom + (u32)(low - (u32)bottom);
	if (seq < bottom)
		seq -= IPSEC_SEQ_LOW;
	return seq;
}

/**
 * ipsec_replay_check() - may a packet with this number be taken?
 * @rp: the window
 * @seq: whole number from ipsec_replay_recover()
 */
static inline enum ipsec_replay_verdict
ipsec_replay_check(const struct ipsec_replay *rp, u64 seq)
{
	u64 top, word;

	if (!rp->window)
		return IPSEC_REPLAY_OK;
	if (!seq)
		return IPSEC_REPLAY_INVALID;

	top = READ_ONCE(rp->top);
	if (seq > top)
		return IPSEC_REPLAY_OK;
	if (top - seq >= rp->window)
		return IPSEC_REPLAY_TOO_OLD;

	/* Pairs with the barrier in window_advance(): who sees the new top
	 * does not see the bits of numbers long gone.
	 */
	smp_rmb();
	word = READ_ONCE(rp->map[(seq / IPSEC_REPLAY_WORD) & (rp->words - 1)]);
	return word & BIT_ULL(seq % IPSEC_REPLAY_WORD) ?
		IPSEC_REPLAY_DUPLICATE : IPSEC_REPLAY_OK;
}

/**
 * ipsec_replay_commit() - remember an authenticated number
 * @rp: the window
 * @seq: a number that ipsec_replay_check() has just accepted
 */
void ipsec_replay_commit(struct ipsec_replay *rp, u64 seq);

/**
 * ipsec_seq_last() - the last number an SA may send
 * @esn: 64-bit numbers
 *
 * RFC 4303 section 3.3.3: a counter never cycles.
 */
u64 ipsec_seq_last(bool esn);

#endif /* _IPSEC_LIB_REPLAY_H */
