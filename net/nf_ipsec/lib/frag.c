// SPDX-License-Identifier: GPL-2.0-only
#include "frag.h"

#include <linux/string.h>

static bool is_live(const struct ipsec_frag *f, u64 generation, u64 now)
{
	return f->generation == generation && now < f->until;
}

struct ipsec_frag *ipsec_frag_find(struct ipsec_frag *set, u32 n,
				   const struct ipsec_frag_key *key,
				   u64 generation, u64 now)
{
	u32 i;

	for (i = 0; i < n; i++) {
		if (is_live(&set[i], generation, now) &&
		    !memcmp(&set[i].key, key, sizeof(*key)))
			return &set[i];
	}
	return NULL;
}

static struct ipsec_frag *pick(struct ipsec_frag *set, u32 n, u64 generation,
			       u64 now)
{
	struct ipsec_frag *oldest = set;
	u32 i;

	for (i = 0; i < n; i++) {
		if (!is_live(&set[i], generation, now))
			return &set[i];
		if (set[i].until < oldest->until)
			oldest = &set[i];
	}
	return oldest;
}

bool ipsec_frag_behind(const struct ipsec_frag *first, u32 priority,
		       u32 policy)
{
	return priority < first->priority ||
	       (priority == first->priority && policy < first->policy);
}

void ipsec_frag_enter(struct ipsec_frag *set, u32 n,
		      const struct ipsec_frag *first, u64 now)
{
	struct ipsec_frag *f;

	f = ipsec_frag_find(set, n, &first->key, first->generation, now);
	if (!f) {
		*pick(set, n, first->generation, now) = *first;
		return;
	}
	/* its time is not made longer: who else uses the number can wait */
	if (f->reach == IPSEC_FRAG_VOID)
		return;
	f->until = first->until;
	if (first->reach > f->reach)
		f->reach = first->reach;
	if (first->mark != f->mark || first->ifindex != f->ifindex)
		f->reach = IPSEC_FRAG_VOID;
	if (ipsec_frag_behind(first, f->priority, f->policy)) {
		f->priority = first->priority;
		f->policy = first->policy;
	}
}

bool ipsec_frag_follows(const struct ipsec_frag *first, u32 start, u32 mark,
			u32 ifindex)
{
	return start >= first->reach && mark == first->mark &&
	       ifindex == first->ifindex;
}
