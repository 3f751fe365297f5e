// SPDX-License-Identifier: GPL-2.0-only
/* Explicit congestion notification through a tunnel: RFC 6040. */
#include "ecn.h"

#include <linux/errno.h>

#define ECN_MASK	3
#define DSCP_SHIFT	2

enum ecn {
	NOT_ECT,
	ECT_1,
	ECT_0,
	CE,
};

int ipsec_ecn_decap(u8 inner, u8 outer)
{
	u8 was = inner & ECN_MASK;
	u8 seen = outer & ECN_MASK;

	if (was == NOT_ECT)
		return seen == CE ? -EINVAL : inner;
	/* the outer header may say more: congestion, or ECT(1) over ECT(0) */
	if (seen == CE || (was == ECT_0 && seen == ECT_1))
		return (inner & ~ECN_MASK) | seen;
	return inner;
}

/* A bit for each pair */
#define PAIR(inner, outer)	(1 << ((inner) * 4 + (outer)))
#define PAIRS_UNUSED		(PAIR(NOT_ECT, ECT_0) | PAIR(NOT_ECT, ECT_1) | \
				 PAIR(ECT_1, ECT_0) | PAIR(CE, ECT_1))

bool ipsec_ecn_is_unused(u8 inner, u8 outer)
{
	return PAIRS_UNUSED & PAIR(inner & ECN_MASK, outer & ECN_MASK);
}

u8 ipsec_ds_encap(u8 inner, int dscp)
{
	if (dscp < 0)
		return inner;
	return (dscp << DSCP_SHIFT) | (inner & ECN_MASK);
}

u8 ipsec_ds_map(u8 inner, const u8 *map, bool ecn)
{
	return (map[inner >> DSCP_SHIFT] << DSCP_SHIFT) |
	       (ecn ? inner & ECN_MASK : NOT_ECT);
}
