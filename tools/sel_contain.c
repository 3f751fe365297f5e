// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which set of selectors is a part of another one.
 */
#include <netinet/in.h>
#include <string.h>

#include "conf.h"

/* The last address of a prefix or a range */
static void last_of(const struct prefix *p, u8 *last)
{
	unsigned int bit;

	if (p->range) {
		memcpy(last, p->last.octets, sizeof(p->last.octets));
		return;
	}
	memcpy(last, p->addr.octets, sizeof(p->addr.octets));
	for (bit = p->plen; bit < 8 * sizeof(p->addr.octets); bit++)
		last[bit / 8] |= 0x80 >> bit % 8;
}

/* Both of one family: what IPv4 does not use is the same in both */
static bool contains_side(const struct prefix *outer, const struct prefix *inner)
{
	u8 outer_last[sizeof(outer->addr.octets)];
	u8 inner_last[sizeof(inner->addr.octets)];
	size_t len = outer->addr.family == AF_INET ? 4 : sizeof(outer_last);

	last_of(outer, outer_last);
	last_of(inner, inner_last);
	return memcmp(outer->addr.octets, inner->addr.octets, len) <= 0 &&
	       memcmp(outer_last, inner_last, len) >= 0;
}

/* Where no ports are asked for, those that cannot be read are taken, too */
static bool contains_ports(const struct ports *outer, const struct ports *inner)
{
	if (!outer->set)
		return true;
	if (!inner->set || outer->opaque != inner->opaque)
		return false;
	return outer->opaque ||
	       (outer->min <= inner->min && outer->max >= inner->max);
}

static bool contains_proto(const struct sel_conf *outer,
			   const struct sel_conf *inner)
{
	if (outer->proto_opaque)
		return inner->proto_opaque;
	return !outer->proto_set ||
	       (inner->proto_set && inner->proto == outer->proto);
}

bool sel_contains(const struct sel_conf *outer, const struct sel_conf *inner)
{
	return outer->family == inner->family && contains_proto(outer, inner) &&
	       contains_side(&outer->src, &inner->src) &&
	       contains_side(&outer->dst, &inner->dst) &&
	       contains_ports(&outer->sport, &inner->sport) &&
	       contains_ports(&outer->dport, &inner->dport) &&
	       contains_ports(&outer->type, &inner->type) &&
	       !(outer->mark_mask & ~inner->mark_mask) &&
	       !((outer->mark ^ inner->mark) & outer->mark_mask) &&
	       (!outer->dev[0] || !strcmp(outer->dev, inner->dev));
}

const struct sel_conf *sel_within(const struct sel_conf *sel,
				  const struct sel_conf **outer)
{
	const struct sel_conf *inner;
	u32 i, j;

	for (i = 0; i <= sel->n_more; i++) {
		inner = sel_set_const(sel, i);
		for (j = 0; j <= sel->n_more; j++) {
			*outer = sel_set_const(sel, j);
			if (i != j && sel_contains(*outer, inner))
				return inner;
		}
	}
	return NULL;
}
