// SPDX-License-Identifier: GPL-2.0-only
/*
 * Policies are kept in one hash table, by their prefixes.  All policies of one
 * direction and family that have the same pair of prefix lengths are a class:
 * a packet's addresses cut to these lengths are the key under which every
 * policy of the class that could match is found.  A lookup tries one class
 * after the other, the one with the best priority first, and ends when no
 * class is left that could hold a better policy than the one found.
 *
 * A range of addresses counts as the shortest prefix around it: whatever is in
 * the range has that prefix, and whether it is in the range is asked of those
 * found.
 *
 * A policy with several sets of selectors has an entry for each.
 */
#include "spd.h"

#include <linux/err.h>
#include <linux/in.h>
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "drop.h"
#include "key.h"
#include "netns.h"
#include "spd_class.h"
#include "tunnel.h"

/**
 * struct spd_key - what policies are hashed by
 * @saddr: source prefix
 * @daddr: destination prefix
 * @src_plen: bits of it
 * @dst_plen: bits of it
 * @family: AF_INET or AF_INET6
 * @dir: enum nf_ipsec_dir
 */
struct spd_key {
	struct ipsec_addr saddr;
	struct ipsec_addr daddr;
	u8 src_plen;
	u8 dst_plen;
	u8 family;
	u8 dir;
};

static_assert(sizeof(struct spd_key) == 36);

/**
 * struct ipsec_spd - the policies of a netns
 * @table: [T] by prefixes
 * @numbers: [T] by id
 * @side: [T] by direction and family
 */
struct ipsec_spd {
	struct rhltable table;
	struct xarray numbers;
	struct ipsec_spd_side side[2][2];
};

/* A range is kept under the prefix that its ends share. */
static void key_of_sel(struct spd_key *key, const struct ipsec_selector *sel,
		       u8 dir)
{
	key->saddr = sel->saddr;
	key->daddr = sel->daddr;
	key->src_plen = sel->src_plen;
	key->dst_plen = sel->dst_plen;
	key->family = sel->family;
	key->dir = dir;
	ipsec_addr_mask(&key->saddr, sel->family, sel->src_plen);
	ipsec_addr_mask(&key->daddr, sel->family, sel->dst_plen);
}

static void key_of(struct spd_key *key, const struct ipsec_spd_entry *entry)
{
	key_of_sel(key, entry->sel, entry->sp->dir);
}

static u32 key_hash(const void *data, u32 len, u32 seed)
{
	return jhash2(data, sizeof(struct spd_key) / sizeof(u32), seed);
}

static u32 entry_hash(const void *data, u32 len, u32 seed)
{
	struct spd_key key;

	key_of(&key, data);
	return key_hash(&key, sizeof(key), seed);
}

static int entry_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	struct spd_key key;

	key_of(&key, obj);
	return memcmp(arg->key, &key, sizeof(key));
}

static const struct rhashtable_params spd_params = {
	.key_len = sizeof(struct spd_key),
	.head_offset = offsetof(struct ipsec_spd_entry, node),
	.hashfn = key_hash,
	.obj_hashfn = entry_hash,
	.obj_cmpfn = entry_cmp,
	.automatic_shrinking = true,
};

static struct ipsec_spd_side *side_of(struct ipsec_spd *spd, u8 dir, u8 family)
{
	return &spd->side[dir == NF_IPSEC_DIR_OUT][family == AF_INET6];
}

/* --- lookup --- */

static bool sp_better(const struct ipsec_sp *sp, const struct ipsec_sp *than)
{
	if (!than || sp->priority < than->priority)
		return true;
	return sp->priority == than->priority && sp->id < than->id;
}

/* Is it the packet's device, or the VRF of that? */
static bool dev_match(const struct ipsec_net *ipn, const char *name, u32 ifindex)
{
	struct net_device *dev = dev_get_by_index_rcu(ipn->net, ifindex);

	if (!dev)
		return false;
	if (!strncmp(dev->name, name, IFNAMSIZ))
		return true;
	if (!netif_is_l3_slave(dev))
		return false;
	dev = netdev_master_upper_dev_get_rcu(dev);
	return dev && !strncmp(dev->name, name, IFNAMSIZ);
}

/* @may: of a fragment: is it perhaps a piece of what the policy stops or
 * protects?
 */
static bool entry_match(const struct ipsec_net *ipn,
			const struct ipsec_spd_entry *entry,
			const struct ipsec_flow *flow, u8 dir, bool may)
{
	bool bypass = entry->sp->action == NF_IPSEC_ACTION_BYPASS;
	const struct ipsec_selector *sel = entry->sel;

	/* what comes in must not pass by its own word on its protocol */
	if (unlikely(flow->flags & IPSEC_FLOW_FRAGMENT) && bypass &&
	    (flow->flags & IPSEC_FLOW_NO_PROTO) && sel->proto_set &&
	    dir == NF_IPSEC_DIR_IN)
		return false;
	if (may ? bypass || !ipsec_selector_may_match(sel, flow) :
		  !ipsec_selector_match(sel, flow))
		return false;
	return likely(!sel->dev[0]) ||
	       dev_match(ipn, sel->dev, flow->ifindex);
}

/* The best policy of a class, or @best if that is better */
static struct ipsec_sp *probe_class(const struct ipsec_net *ipn,
				    struct spd_key *key,
				    const struct ipsec_flow *flow, u8 bit,
				    bool may, struct ipsec_sp *best)
{
	struct rhlist_head *list, *pos;
	struct ipsec_spd_entry *entry;
	struct ipsec_sp *sp;

	list = rhltable_lookup(&ipn->spd->table, key, spd_params);
	rhl_for_each_entry_rcu(entry, pos, list, node) {
		sp = entry->sp;
		if (!(READ_ONCE(sp->inactive) & bit) && sp_better(sp, best) &&
		    entry_match(ipn, entry, flow, key->dir, may))
			best = sp;
	}
	return best;
}

static struct ipsec_sp *lookup(const struct ipsec_net *ipn, u8 dir,
			       const struct ipsec_flow *flow, u8 cursor,
			       bool may)
{
	struct ipsec_spd *spd = ipn->spd;
	const struct ipsec_spd_view *view;
	struct ipsec_sp *best = NULL;
	u32 i;

	view = rcu_dereference(side_of(spd, dir, flow->family)->view);
	for (i = 0; view && i < view->n; i++) {
		const struct ipsec_spd_probe *probe = &view->probe[i];
		struct spd_key key = {
			.saddr = flow->saddr,
			.daddr = flow->daddr,
			.src_plen = probe->src_plen,
			.dst_plen = probe->dst_plen,
			.family = flow->family,
			.dir = dir,
		};

		if (best && best->priority < probe->best)
			break;
		ipsec_addr_mask(&key.saddr, flow->family, probe->src_plen);
		ipsec_addr_mask(&key.daddr, flow->family, probe->dst_plen);
		best = probe_class(ipn, &key, flow, BIT(cursor), may, best);
	}
	return best;
}

struct ipsec_sp *ipsec_spd_lookup_rcu(const struct ipsec_net *ipn, u8 dir,
				      const struct ipsec_flow *flow, u8 cursor)
{
	struct ipsec_sp *sp = lookup(ipn, dir, flow, cursor, false);
	struct ipsec_sp *may;

	if (likely(!(flow->flags & IPSEC_FLOW_FRAGMENT)))
		return sp;
	may = lookup(ipn, dir, flow, cursor, true);
	if (!may || may == sp || (sp && sp_better(sp, may)))
		return sp;
	/* RFC 4301 lets it go on to what asks for no ports.  That must not be
	 * how a piece of protected traffic leaves, or enters, in clear: it may,
	 * if somebody has said so of fragments and not of everything.
	 */
	if (sp && (sp->action != NF_IPSEC_ACTION_BYPASS ||
		   ipsec_sp_set(sp, flow)->opaque))
		return sp;
	return may;
}

struct ipsec_sp *ipsec_spd_find(const struct ipsec_net *ipn,
				const struct ipsec_sp_id *id, u8 bit)
{
	struct rhlist_head *list, *pos;
	struct ipsec_spd_entry *entry;
	struct ipsec_sp *found = NULL;
	struct spd_key key;

	lockdep_assert_held(&ipn->lock);
	key_of_sel(&key, &id->sel, id->dir);
	rcu_read_lock();
	list = rhltable_lookup(&ipn->spd->table, &key, spd_params);
	rhl_for_each_entry_rcu(entry, pos, list, node) {
		struct ipsec_sp *sp = entry->sp;

		if (entry == &sp->entry && !(sp->inactive & bit) &&
		    sp->priority == id->priority &&
		    sp->more_digest == id->more &&
		    !memcmp(&sp->sel, &id->sel, sizeof(sp->sel))) {
			found = sp;
			break;
		}
	}
	rcu_read_unlock();
	return found;
}

struct ipsec_sp *ipsec_spd_find_number(struct ipsec_net *ipn, u32 id)
{
	lockdep_assert_held(&ipn->lock);
	return xa_load(&ipn->spd->numbers, id);
}

struct ipsec_sp *ipsec_spd_walk(struct ipsec_net *ipn, unsigned long *id)
{
	lockdep_assert_held(&ipn->lock);
	return xa_find(&ipn->spd->numbers, id, ULONG_MAX, XA_PRESENT);
}

/* --- changes --- */

static int protect_enter(struct ipsec_net *ipn, const struct ipsec_sp *sp)
{
	if (sp->action != NF_IPSEC_ACTION_PROTECT)
		return 0;
	if (!ipn->n_protect && !try_module_get(THIS_MODULE))
		return -ENODEV;
	ipn->n_protect++;
	return 0;
}

static void protect_leave(struct ipsec_net *ipn, const struct ipsec_sp *sp)
{
	if (sp->action == NF_IPSEC_ACTION_PROTECT && !--ipn->n_protect)
		module_put(THIS_MODULE);
}

static int number_store(struct ipsec_net *ipn, struct ipsec_sp *sp,
			struct ipsec_sp *old)
{
	struct xarray *numbers = &ipn->spd->numbers;
	int err;

	if (old) {
		sp->id = old->id;
		return xa_err(xa_store(numbers, sp->id, sp, 0));
	}
	err = xa_alloc_cyclic(numbers, &sp->id, sp, XA_LIMIT(1, U32_MAX),
			      &ipn->next_policy_id, GFP_KERNEL_ACCOUNT);
	return min(err, 0);
}

static int entry_link(struct ipsec_net *ipn, struct ipsec_spd_entry *entry)
{
	struct ipsec_sp *sp = entry->sp;
	struct ipsec_spd_side *side = side_of(ipn->spd, sp->dir,
					      sp->sel.family);
	struct spd_key key;
	int err;

	err = ipsec_spd_class_enter(ipn, side, entry->sel, sp->priority);
	if (err)
		return err;
	key_of(&key, entry);
	err = ipsec_insert_retry(rhltable_insert_key(&ipn->spd->table, &key,
						     &entry->node,
						     spd_params));
	if (err)
		ipsec_spd_class_leave(ipn, side, entry->sel, sp->priority);
	return err;
}

static void entry_leave(struct ipsec_net *ipn,
			const struct ipsec_spd_entry *entry)
{
	const struct ipsec_sp *sp = entry->sp;

	ipsec_spd_class_leave(ipn, side_of(ipn->spd, sp->dir, sp->sel.family),
			      entry->sel, sp->priority);
}

static void entry_unlink(struct ipsec_net *ipn, struct ipsec_spd_entry *entry)
{
	rhltable_remove(&ipn->spd->table, &entry->node, spd_params);
	entry_leave(ipn, entry);
}

static u32 n_more(const struct ipsec_sp *sp)
{
	return sp->more ? sp->more->n : 0;
}

static int entries_link(struct ipsec_net *ipn, struct ipsec_sp *sp)
{
	u32 i;
	int err;

	err = entry_link(ipn, &sp->entry);
	if (err)
		return err;
	for (i = 0; i < n_more(sp); i++) {
		err = entry_link(ipn, &sp->more_entries[i]);
		if (err)
			goto err_unlink;
	}
	return 0;

err_unlink:
	while (i)
		entry_unlink(ipn, &sp->more_entries[--i]);
	entry_unlink(ipn, &sp->entry);
	/* packets come by hidden policies, too: the caller may free this one */
	synchronize_rcu();
	return err;
}

static void entries_unlink(struct ipsec_net *ipn, struct ipsec_sp *sp)
{
	u32 i;

	for (i = 0; i < n_more(sp); i++)
		entry_unlink(ipn, &sp->more_entries[i]);
	entry_unlink(ipn, &sp->entry);
}

/* The table goes as a whole. */
static void entries_leave(struct ipsec_net *ipn, const struct ipsec_sp *sp)
{
	u32 i;

	for (i = 0; i < n_more(sp); i++)
		entry_leave(ipn, &sp->more_entries[i]);
	entry_leave(ipn, &sp->entry);
}

int ipsec_spd_add(struct ipsec_net *ipn, struct ipsec_sp *sp,
		  const char *tunnel, struct ipsec_sp *old)
{
	int err;

	lockdep_assert_held(&ipn->lock);
	sp->inactive = ipsec_net_current(ipn);
	if (*tunnel) {
		sp->tunnel = ipsec_tunnel_get(ipn, tunnel);
		if (IS_ERR(sp->tunnel)) {
			err = PTR_ERR(sp->tunnel);
			goto err_no_tunnel;
		}
	}
	err = protect_enter(ipn, sp);
	if (err)
		goto err_put_tunnel;
	err = number_store(ipn, sp, old);
	if (err)
		goto err_leave_protect;
	err = entries_link(ipn, sp);
	if (err)
		goto err_restore_number;
	ipn->n_policies++;
	WRITE_ONCE(ipn->n_narrow, ipn->n_narrow +
				  ipsec_selector_is_narrow(&sp->sel));
	return 0;

err_restore_number:
	xa_cmpxchg(&ipn->spd->numbers, sp->id, sp, old, 0);
err_leave_protect:
	protect_leave(ipn, sp);
err_put_tunnel:
	ipsec_tunnel_put(ipn, sp->tunnel);
err_no_tunnel:
	sp->tunnel = NULL;
	return err;
}

static void sp_free_work(struct work_struct *work)
{
	ipsec_sp_destroy(container_of(to_rcu_work(work), struct ipsec_sp,
				      rwork));
}

void ipsec_spd_remove(struct ipsec_net *ipn, struct ipsec_sp *sp,
		      struct ipsec_sp *heir)
{
	lockdep_assert_held(&ipn->lock);
	entries_unlink(ipn, sp);
	xa_cmpxchg(&ipn->spd->numbers, sp->id, sp, heir, 0);
	protect_leave(ipn, sp);
	ipsec_tunnel_put(ipn, sp->tunnel);
	ipn->n_policies--;
	WRITE_ONCE(ipn->n_narrow, ipn->n_narrow -
				  ipsec_selector_is_narrow(&sp->sel));
	INIT_RCU_WORK(&sp->rwork, sp_free_work);
	queue_rcu_work(ipsec_wq, &sp->rwork);
}

int ipsec_spd_init(struct ipsec_net *ipn)
{
	struct ipsec_spd *spd;
	int i, err;

	spd = kzalloc(sizeof(*spd), GFP_KERNEL);
	if (!spd)
		return -ENOMEM;
	for (i = 0; i < 4; i++)
		INIT_LIST_HEAD(&spd->side[i / 2][i % 2].classes);
	xa_init_flags(&spd->numbers, XA_FLAGS_ALLOC1);
	err = rhltable_init(&spd->table, &spd_params);
	if (err) {
		kfree(spd);
		return err;
	}
	ipn->spd = spd;
	return 0;
}

void ipsec_spd_exit(struct ipsec_net *ipn)
{
	struct ipsec_spd *spd = ipn->spd;
	unsigned long id = 0;
	struct ipsec_sp *sp;

	lockdep_assert_held(&ipn->lock);
	for (; (sp = ipsec_spd_walk(ipn, &id)); id++) {
		entries_leave(ipn, sp);
		protect_leave(ipn, sp);
		ipsec_tunnel_put(ipn, sp->tunnel);
		ipsec_sp_destroy(sp);
		cond_resched();
	}
	xa_destroy(&spd->numbers);
	rhltable_destroy(&spd->table);
	kfree(spd);
	ipn->spd = NULL;
}
