// SPDX-License-Identifier: GPL-2.0-only
#include "spd_class.h"

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/xarray.h>

#include "lib/selector.h"
#include "netns.h"

/**
 * struct spd_class - a class as changes see it
 * @node: [T] list of its direction and family
 * @priorities: [T] how many policies have a priority, by priority
 * @src_plen: [I] bits of the source prefix
 * @dst_plen: [I] bits of the destination prefix
 */
struct spd_class {
	struct list_head node;
	struct xarray priorities;
	u8 src_plen;
	u8 dst_plen;
};

static u32 class_best(struct spd_class *class)
{
	unsigned long priority = 0;

	xa_find(&class->priorities, &priority, ULONG_MAX, XA_PRESENT);
	return priority;
}

static int probe_cmp(const void *a, const void *b)
{
	const struct ipsec_spd_probe *x = a, *y = b;

	return x->best < y->best ? -1 : x->best > y->best;
}

/* Without memory the old view stays.  That is harmless after a removal: it
 * then holds a class too many or expects too much of one.
 */
static int view_renew(struct ipsec_net *ipn, struct ipsec_spd_side *side)
{
	struct ipsec_spd_view *view = NULL, *old;
	struct spd_class *class;
	u32 i = 0;

	if (side->n) {
		view = kvmalloc(struct_size(view, probe, side->n),
				GFP_KERNEL_ACCOUNT);
		if (!view)
			return -ENOMEM;
		view->n = side->n;
		list_for_each_entry(class, &side->classes, node) {
			view->probe[i].best = class_best(class);
			view->probe[i].src_plen = class->src_plen;
			view->probe[i++].dst_plen = class->dst_plen;
		}
		sort(view->probe, view->n, sizeof(view->probe[0]), probe_cmp,
		     NULL);
	}
	old = rcu_replace_pointer(side->view, view,
				  lockdep_is_held(&ipn->lock));
	if (old)
		kvfree_rcu(old, rcu);
	return 0;
}

static struct spd_class *class_find(struct ipsec_spd_side *side,
				    const struct ipsec_selector *sel)
{
	struct spd_class *class;

	list_for_each_entry(class, &side->classes, node) {
		if (class->src_plen == sel->src_plen &&
		    class->dst_plen == sel->dst_plen)
			return class;
	}
	return NULL;
}

static struct spd_class *class_get(struct ipsec_spd_side *side,
				   const struct ipsec_selector *sel)
{
	struct spd_class *class = class_find(side, sel);

	if (class)
		return class;
	class = kzalloc(sizeof(*class), GFP_KERNEL_ACCOUNT);
	if (!class)
		return NULL;
	class->src_plen = sel->src_plen;
	class->dst_plen = sel->dst_plen;
	xa_init(&class->priorities);
	list_add(&class->node, &side->classes);
	side->n++;
	return class;
}

/* A class without policies goes. */
static void class_put(struct ipsec_spd_side *side, struct spd_class *class)
{
	if (!xa_empty(&class->priorities))
		return;
	list_del(&class->node);
	side->n--;
	kfree(class);
}

void ipsec_spd_class_leave(struct ipsec_net *ipn, struct ipsec_spd_side *side,
			   const struct ipsec_selector *sel, u32 priority)
{
	struct spd_class *class = class_find(side, sel);
	unsigned long users;

	users = xa_to_value(xa_load(&class->priorities, priority));
	if (users > 1) {
		xa_store(&class->priorities, priority, xa_mk_value(users - 1),
			 0);
		return;
	}
	xa_erase(&class->priorities, priority);
	if (xa_empty(&class->priorities) || class_best(class) > priority) {
		class_put(side, class);
		view_renew(ipn, side);
	}
}

int ipsec_spd_class_enter(struct ipsec_net *ipn, struct ipsec_spd_side *side,
			  const struct ipsec_selector *sel, u32 priority)
{
	struct spd_class *class = class_get(side, sel);
	unsigned long users = 0;
	void *count;
	bool better;
	int err;

	if (!class)
		return -ENOMEM;
	better = xa_empty(&class->priorities) || class_best(class) > priority;
	count = xa_load(&class->priorities, priority);
	if (count)
		users = xa_to_value(count);
	err = xa_err(xa_store(&class->priorities, priority,
			      xa_mk_value(users + 1), GFP_KERNEL_ACCOUNT));
	if (!err && better) {
		err = view_renew(ipn, side);
		if (err)
			xa_erase(&class->priorities, priority);
	}
	if (err)
		class_put(side, class);
	return err;
}
