/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_LIB_SETS_H
#define _IPSEC_LIB_SETS_H

#include "selector.h"

/**
 * struct ipsec_sets - the selectors of a policy or an SA behind its first one
 * @n: how many, 1 to NF_IPSEC_SETS_MAX - 1
 * @sel: each of them is matched as a whole
 *
 * RFC 4301 section 4.4.1.2: a policy, or an SA, is for a packet if one of its
 * sets of selectors names the packet.  Nearly all have one set only, which is
 * kept in place; then there is no such struct.
 */
struct ipsec_sets {
	u32 n;
	struct ipsec_selector sel[];
};

/**
 * ipsec_sets_sort() - bring selectors into the order in which they are kept
 * @sel: valid selectors of one family
 * @n: how many
 *
 * Whoever gives the same ones in another order means the same policy.
 */
void ipsec_sets_sort(struct ipsec_selector *sel, u32 n);

/**
 * ipsec_sets_valid() - can these selectors be those of one policy or SA?
 * @sel: valid selectors
 * @n: how many
 * @at: set to the one at fault
 *
 * Family, mark and device are the same in all of them, and none is within
 * another one: a value beside ANY would say nothing (RFC 4301 section 4.4.1.2).
 *
 * Return: NULL if they can, else a constant sentence that says why not.
 */
const char *ipsec_sets_valid(const struct ipsec_selector *sel, u32 n, u32 *at);

/**
 * ipsec_sets_match() - does one of the sets name this flow?
 * @more: the sets, or NULL
 * @flow: the packet
 */
bool ipsec_sets_match(const struct ipsec_sets *more,
		      const struct ipsec_flow *flow);

/**
 * ipsec_sets_of() - the set that names a flow
 * @first: the first set
 * @more: the others, or NULL
 * @flow: the packet
 *
 * Return: the first one that does; @first if there are no others, which is not
 * looked at then, or if none does.
 */
const struct ipsec_selector *ipsec_sets_of(const struct ipsec_selector *first,
					   const struct ipsec_sets *more,
					   const struct ipsec_flow *flow);

/**
 * ipsec_sets_has_ports() - does one of the sets ask for certain ports, or a type?
 * @more: the sets, or NULL
 */
bool ipsec_sets_has_ports(const struct ipsec_sets *more);

#endif /* _IPSEC_LIB_SETS_H */
