// SPDX-License-Identifier: GPL-2.0-only
#include "journal.h"

#include <linux/string.h>

static bool same(const struct ipsec_record_id *a,
		 const struct ipsec_record_id *b)
{
	return !memcmp(a, b, sizeof(*a));
}

struct ipsec_record *ipsec_journal_pick(struct ipsec_record *set, u32 n,
					const struct ipsec_record_id *id)
{
	struct ipsec_record *oldest = set;
	u32 i;

	for (i = 0; i < n; i++) {
		if (!set[i].count)
			return &set[i];
		if (same(&set[i].id, id))
			return &set[i];
		if (set[i].last < oldest->last)
			oldest = &set[i];
	}
	return oldest;
}

bool ipsec_journal_enter(struct ipsec_record *slot,
			 const struct ipsec_record *rec, u64 now)
{
	bool fresh = !slot->count || !same(&slot->id, &rec->id);
	u64 count = fresh ? 0 : slot->count;
	u64 first = fresh ? now : slot->first;
	u64 told = fresh ? 0 : slot->told;

	*slot = *rec;
	slot->count = count + 1;
	slot->first = first;
	slot->last = now;
	slot->told = told;
	return fresh;
}

static int compare(u64 a, u64 b)
{
	return a < b ? -1 : a > b;
}

int ipsec_journal_by_id(const void *a, const void *b)
{
	const struct ipsec_record *x = a, *y = b;

	return memcmp(&x->id, &y->id, sizeof(x->id)) ?:
	       compare(x->last, y->last);
}

int ipsec_journal_by_time(const void *a, const void *b)
{
	const struct ipsec_record *x = a, *y = b;

	return compare(x->last, y->last);
}

u32 ipsec_journal_merge(struct ipsec_record *recs, u32 n)
{
	u32 i, left = 0;

	for (i = 0; i < n; i++) {
		struct ipsec_record *before = left ? &recs[left - 1] : NULL;

		if (!before || !same(&before->id, &recs[i].id)) {
			recs[left++] = recs[i];
			continue;
		}
		/* the later one tells of the last packet */
		recs[i].count += before->count;
		if (before->first < recs[i].first)
			recs[i].first = before->first;
		*before = recs[i];
	}
	return left;
}
