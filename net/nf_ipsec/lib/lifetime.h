/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_LIB_LIFETIME_H
#define _IPSEC_LIB_LIFETIME_H

#include <linux/types.h>
#include <uapi/linux/nf_ipsec.h>

struct ipsec_alg;

/* More than there can be of anything */
#define IPSEC_NO_LIMIT		(~0ULL)
/* Seconds: beyond these a clock of nanoseconds would overflow */
#define IPSEC_LIMIT_TIME_MAX	0xffffffffULL

/**
 * struct ipsec_limit - when to give notice, and when to end
 * @soft: so much of it raises an event; IPSEC_NO_LIMIT: none does
 * @hard: so much of it ends the SA
 */
struct ipsec_limit {
	u64 soft;
	u64 hard;
};

/**
 * struct ipsec_lifetime - what ends an SA; what comes first counts
 * @of: by enum nf_ipsec_limit; 0 is unused
 */
struct ipsec_lifetime {
	struct ipsec_limit of[NF_IPSEC_LIMIT_MAX + 1];
};

/**
 * struct ipsec_spent - how much of an SA's life has gone
 * @of: by enum nf_ipsec_limit; 0 is unused
 */
struct ipsec_spent {
	u64 of[NF_IPSEC_LIMIT_MAX + 1];
};

enum ipsec_life {
	IPSEC_LIFE_GOES_ON,
	IPSEC_LIFE_SOFT,	/* a soft limit is reached, no hard one */
	IPSEC_LIFE_HARD,	/* a hard limit is reached */
};

/**
 * ipsec_lifetime_init() - no limit at all
 */
void ipsec_lifetime_init(struct ipsec_lifetime *life);

/**
 * ipsec_lifetime_soft() - the soft limit if nobody says otherwise
 * @hard: the hard limit
 *
 * Return: nine tenths of it, rounded up.
 */
u64 ipsec_lifetime_soft(u64 hard);

/**
 * ipsec_lifetime_default() - the limit that an algorithm sets
 * @what: enum nf_ipsec_limit
 * @enc: encryption or NULL
 * @auth: integrity or NULL
 *
 * Return: the hard limit, or IPSEC_NO_LIMIT.
 */
u64 ipsec_lifetime_default(u8 what, const struct ipsec_alg *enc,
			   const struct ipsec_alg *auth);

/**
 * ipsec_lifetime_fill() - add the limits that algorithms set, where none is
 * @life: the limits that were asked for
 * @enc: encryption or NULL
 * @auth: integrity or NULL
 */
void ipsec_lifetime_fill(struct ipsec_lifetime *life,
			 const struct ipsec_alg *enc,
			 const struct ipsec_alg *auth);

/**
 * ipsec_limit_error() - is this a limit that makes sense?
 * @what: enum nf_ipsec_limit
 * @limit: the limit
 * @enc: encryption or NULL
 * @auth: integrity or NULL
 *
 * Return: NULL if it is, else a constant sentence that says why not.
 */
const char *ipsec_limit_error(u8 what, const struct ipsec_limit *limit,
			      const struct ipsec_alg *enc,
			      const struct ipsec_alg *auth);

/**
 * ipsec_lifetime_judge() - has a limit been reached?
 * @life: the limits
 * @spent: what has gone
 * @noticed: notice was given already: soft limits count no more
 * @what: set to the enum nf_ipsec_limit that was reached
 *
 * A hard limit goes before a soft one; equal limits count as hard.
 */
enum ipsec_life ipsec_lifetime_judge(const struct ipsec_lifetime *life,
				     const struct ipsec_spent *spent,
				     bool noticed, u8 *what);

/**
 * ipsec_lifetime_room() - how much is left until a limit is reached
 * @life: the limits
 * @spent: what has gone
 * @noticed: soft limits count no more
 * @what: enum nf_ipsec_limit
 *
 * Return: so much, 0 if it is reached; IPSEC_NO_LIMIT if there is none.
 */
u64 ipsec_lifetime_room(const struct ipsec_lifetime *life,
			const struct ipsec_spent *spent, bool noticed,
			u8 what);

/**
 * ipsec_lifetime_mark() - where one of many counters has to stop and ask
 * @now: the counter
 * @room: what is left for all of them together
 * @n: how many there are
 *
 * If each gets such a mark at the same time, all of them together cannot pass
 * the limit unasked.
 *
 * Return: the mark, @now or more; IPSEC_NO_LIMIT if there is no limit.
 */
u64 ipsec_lifetime_mark(u64 now, u64 room, u32 n);

#endif /* _IPSEC_LIB_LIFETIME_H */
