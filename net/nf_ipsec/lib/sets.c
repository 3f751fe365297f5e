// SPDX-License-Identifier: GPL-2.0-only
/* Several selectors of one policy or SA: RFC 4301 section 4.4.1.2. */
#include "sets.h"

#include <linux/string.h>

static int num_cmp(u32 a, u32 b)
{
	return a < b ? -1 : a > b;
}

/* Addresses first, so that neighbours are listed side by side. */
static int sel_cmp(const struct ipsec_selector *a,
		   const struct ipsec_selector *b)
{
	return memcmp(&a->saddr, &b->saddr, sizeof(a->saddr)) ?:
	       num_cmp(a->src_plen, b->src_plen) ?:
	       memcmp(&a->saddr_max, &b->saddr_max, sizeof(a->saddr_max)) ?:
	       memcmp(&a->daddr, &b->daddr, sizeof(a->daddr)) ?:
	       num_cmp(a->dst_plen, b->dst_plen) ?:
	       memcmp(&a->daddr_max, &b->daddr_max, sizeof(a->daddr_max)) ?:
	       num_cmp(a->proto_set, b->proto_set) ?:
	       num_cmp(a->proto, b->proto) ?:
	       num_cmp(a->opaque, b->opaque) ?:
	       num_cmp(a->sport_min, b->sport_min) ?:
	       num_cmp(a->sport_max, b->sport_max) ?:
	       num_cmp(a->dport_min, b->dport_min) ?:
	       num_cmp(a->dport_max, b->dport_max);
}

void ipsec_sets_sort(struct ipsec_selector *sel, u32 n)
{
	struct ipsec_selector one;
	u32 i, j;

	for (i = 1; i < n; i++) {
		one = sel[i];
		for (j = i; j && sel_cmp(&one, &sel[j - 1]) < 0; j--)
			sel[j] = sel[j - 1];
		sel[j] = one;
	}
}

static const char *pair_error(const struct ipsec_selector *a,
			      const struct ipsec_selector *b)
{
	if (a->family != b->family)
		return "all selectors of one policy or SA are of one family";
	if (a->mark != b->mark || a->mark_mask != b->mark_mask)
		return "all selectors of one policy have the same mark";
	if (memcmp(a->dev, b->dev, sizeof(a->dev)))
		return "all selectors of one policy have the same device";
	if (ipsec_selector_contains(a, b) || ipsec_selector_contains(b, a))
		return "the selector is within another one, or another one within it";
	return NULL;
}

const char *ipsec_sets_valid(const struct ipsec_selector *sel, u32 n, u32 *at)
{
	const char *msg;
	u32 i, j;

	for (i = 1; i < n; i++) {
		for (j = 0; j < i; j++) {
			msg = pair_error(&sel[j], &sel[i]);
			if (msg) {
				*at = i;
				return msg;
			}
		}
	}
	return NULL;
}

bool ipsec_sets_match(const struct ipsec_sets *more,
		      const struct ipsec_flow *flow)
{
	u32 i;

	for (i = 0; more && i < more->n; i++)
		if (ipsec_selector_match(&more->sel[i], flow))
			return true;
	return false;
}

const struct ipsec_selector *ipsec_sets_of(const struct ipsec_selector *first,
					   const struct ipsec_sets *more,
					   const struct ipsec_flow *flow)
{
	u32 i;

	if (!more || ipsec_selector_match(first, flow))
		return first;
	for (i = 0; i < more->n; i++)
		if (ipsec_selector_match(&more->sel[i], flow))
			return &more->sel[i];
	return first;
}

bool ipsec_sets_has_ports(const struct ipsec_sets *more)
{
	u32 i;

	for (i = 0; more && i < more->n; i++)
		if (ipsec_selector_has_ports(&more->sel[i]))
			return true;
	return false;
}
