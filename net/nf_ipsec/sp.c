// SPDX-License-Identifier: GPL-2.0-only
#include "sp.h"

#include <linux/err.h>
#include <linux/once.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>

#include "drop.h"
#include "key.h"

static u64 more_digest(const struct ipsec_sets *more)
{
	static siphash_key_t key __read_mostly;
	u64 digest = 0;
	u32 i;

	get_random_once(&key, sizeof(key));
	for (i = 0; more && i < more->n; i++)
		digest = siphash(&more->sel[i], sizeof(more->sel[i]), &key) ^
			 siphash_1u64(digest, &key);
	return digest;
}

static void name_fill(struct ipsec_sp_id *id, u8 dir, u32 priority,
		      const struct ipsec_selector *sel, u64 more)
{
	memset(id, 0, sizeof(*id));
	id->more = more;
	id->sel = *sel;
	id->priority = priority;
	id->dir = dir;
}

void ipsec_sp_name(struct ipsec_sp_id *id, const struct ipsec_sp_params *p)
{
	name_fill(id, p->dir, p->priority, &p->sel, more_digest(p->more));
}

void ipsec_sp_name_of(struct ipsec_sp_id *id, const struct ipsec_sp *sp)
{
	name_fill(id, sp->dir, sp->priority, &sp->sel, sp->more_digest);
}

static void entry_init(struct ipsec_spd_entry *entry, struct ipsec_sp *sp,
		       const struct ipsec_selector *sel)
{
	entry->sel = sel;
	entry->sp = sp;
}

static int more_create(struct ipsec_sp *sp, const struct ipsec_sets *more)
{
	u32 i;

	if (!more)
		return 0;
	sp->more = kmemdup(more, struct_size(more, sel, more->n),
			   GFP_KERNEL_ACCOUNT);
	sp->more_entries = kcalloc(more->n, sizeof(*sp->more_entries),
				   GFP_KERNEL_ACCOUNT);
	if (!sp->more || !sp->more_entries)
		return -ENOMEM;
	for (i = 0; i < more->n; i++)
		entry_init(&sp->more_entries[i], sp, &sp->more->sel[i]);
	sp->more_digest = more_digest(more);
	return 0;
}

struct ipsec_sp *ipsec_sp_create(const struct ipsec_sp_params *p)
{
	struct ipsec_sp *sp;

	sp = kzalloc(sizeof(*sp), GFP_KERNEL_ACCOUNT);
	if (!sp)
		return ERR_PTR(-ENOMEM);
	sp->usage = alloc_percpu_gfp(struct ipsec_usage, GFP_KERNEL_ACCOUNT);
	if (!sp->usage || more_create(sp, p->more)) {
		ipsec_sp_destroy(sp);
		return ERR_PTR(-ENOMEM);
	}
	sp->sel = p->sel;
	sp->priority = p->priority;
	sp->dir = p->dir;
	sp->action = p->action;
	sp->pfp = p->pfp;
	entry_init(&sp->entry, sp, &sp->sel);
	return sp;
}

void ipsec_sp_destroy(struct ipsec_sp *sp)
{
	if (!sp)
		return;
	free_percpu(sp->usage);
	kfree(rcu_dereference_protected(sp->drops, true));
	kfree(sp->more_entries);
	kfree(sp->more);
	kfree(sp);
}
