// SPDX-License-Identifier: GPL-2.0-only
/* Limits of an SA: which are sound, and which one is reached. */
#include "lifetime.h"

#include "alg.h"

void ipsec_lifetime_init(struct ipsec_lifetime *life)
{
	u8 what;

	for (what = 0; what <= NF_IPSEC_LIMIT_MAX; what++) {
		life->of[what].soft = IPSEC_NO_LIMIT;
		life->of[what].hard = IPSEC_NO_LIMIT;
	}
}

u64 ipsec_lifetime_soft(u64 hard)
{
	return hard == IPSEC_NO_LIMIT ? hard : hard - hard / 10;
}

static u64 alg_limit(u8 what, const struct ipsec_alg *alg)
{
	u8 bits = 0;

	if (alg && what == NF_IPSEC_LIMIT_BYTES)
		bits = alg->life_bytes;
	else if (alg && what == NF_IPSEC_LIMIT_PACKETS)
		bits = alg->life_packets;
	return bits ? 1ULL << bits : IPSEC_NO_LIMIT;
}

u64 ipsec_lifetime_default(u8 what, const struct ipsec_alg *enc,
			   const struct ipsec_alg *auth)
{
	u64 a = alg_limit(what, enc);
	u64 b = alg_limit(what, auth);

	return a < b ? a : b;
}

void ipsec_lifetime_fill(struct ipsec_lifetime *life,
			 const struct ipsec_alg *enc,
			 const struct ipsec_alg *auth)
{
	struct ipsec_limit *limit;
	u8 what;

	for (what = 1; what <= NF_IPSEC_LIMIT_MAX; what++) {
		limit = &life->of[what];
		if (limit->hard != IPSEC_NO_LIMIT)
			continue;
		limit->hard = ipsec_lifetime_default(what, enc, auth);
		if (limit->soft == IPSEC_NO_LIMIT)
			limit->soft = ipsec_lifetime_soft(limit->hard);
	}
}

const char *ipsec_limit_error(u8 what, const struct ipsec_limit *limit,
			      const struct ipsec_alg *enc,
			      const struct ipsec_alg *auth)
{
	bool by_alg = limit->hard == IPSEC_NO_LIMIT;
	u64 hard = limit->hard;

	if (!limit->soft || !limit->hard)
		return "a limit of 0 lets nothing pass";
	if ((what == NF_IPSEC_LIMIT_TIME || what == NF_IPSEC_LIMIT_USE) &&
	    ((limit->soft != IPSEC_NO_LIMIT &&
	      limit->soft > IPSEC_LIMIT_TIME_MAX) ||
	     (!by_alg && limit->hard > IPSEC_LIMIT_TIME_MAX)))
		return "expected at most 4294967295 seconds";
	if (what == NF_IPSEC_LIMIT_BYTES && !by_alg && enc &&
	    enc->life_bytes_max && hard > 1ULL << enc->life_bytes_max)
		return "blocks of 64 bits bear 34359738368 octets (32Gi) under one key at most";
	if (by_alg)
		hard = ipsec_lifetime_default(what, enc, auth);
	if (limit->soft != IPSEC_NO_LIMIT && limit->soft > hard)
		return by_alg ?
			"the algorithm's own limit comes before this soft limit" :
			"expected a soft limit that is not beyond the hard one";
	return NULL;
}

enum ipsec_life ipsec_lifetime_judge(const struct ipsec_lifetime *life,
				     const struct ipsec_spent *spent,
				     bool noticed, u8 *what)
{
	u8 i;

	for (i = 1; i <= NF_IPSEC_LIMIT_MAX; i++) {
		*what = i;
		if (spent->of[i] >= life->of[i].hard)
			return IPSEC_LIFE_HARD;
	}
	for (i = 1; i <= NF_IPSEC_LIMIT_MAX && !noticed; i++) {
		*what = i;
		if (spent->of[i] >= life->of[i].soft)
			return IPSEC_LIFE_SOFT;
	}
	*what = 0;
	return IPSEC_LIFE_GOES_ON;
}

u64 ipsec_lifetime_room(const struct ipsec_lifetime *life,
			const struct ipsec_spent *spent, bool noticed, u8 what)
{
	const struct ipsec_limit *limit = &life->of[what];
	u64 end = limit->hard;

	if (!noticed && limit->soft < end)
		end = limit->soft;
	if (end == IPSEC_NO_LIMIT)
		return end;
	return end > spent->of[what] ? end - spent->of[what] : 0;
}

u64 ipsec_lifetime_mark(u64 now, u64 room, u32 n)
{
	u64 share = room / n;

	if (room == IPSEC_NO_LIMIT || share > IPSEC_NO_LIMIT - now)
		return IPSEC_NO_LIMIT;
	return now + share;
}
