/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_SPD_CLASS_H
#define _IPSEC_SPD_CLASS_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct ipsec_net;
struct ipsec_selector;

/**
 * struct ipsec_spd_probe - a class as lookups see it
 * @best: [I] no policy of the class has a lower priority
 * @src_plen: [I] bits of the source prefix
 * @dst_plen: [I] bits of the destination prefix
 */
struct ipsec_spd_probe {
	u32 best;
	u8 src_plen;
	u8 dst_plen;
};

/**
 * struct ipsec_spd_view - the classes of one direction and family, best first
 * @rcu: [I] frees it after a grace period
 * @n: [I] classes
 * @probe: [I] the classes
 *
 * Never changed; a new one takes its place.
 */
struct ipsec_spd_view {
	struct rcu_head rcu;
	u32 n;
	struct ipsec_spd_probe probe[];
};

/**
 * struct ipsec_spd_side - the policies of one direction and family, in classes
 * @view: [T] what lookups see; NULL without policies
 * @classes: [T] what the view is made from
 * @n: [T] classes
 *
 * A class is all policies with the same pair of prefix lengths.
 */
struct ipsec_spd_side {
	struct ipsec_spd_view __rcu *view;
	struct list_head classes;
	u32 n;
};

/**
 * ipsec_spd_class_enter() - count a policy that is about to be linked
 * @ipn: the netns, locked
 * @side: the policy's side
 * @sel: its selector
 * @priority: its priority
 *
 * Return: 0 or -ENOMEM.
 */
int ipsec_spd_class_enter(struct ipsec_net *ipn, struct ipsec_spd_side *side,
			  const struct ipsec_selector *sel, u32 priority);

/**
 * ipsec_spd_class_leave() - count a policy out
 * @ipn: the netns, locked
 * @side: the policy's side
 * @sel: its selector
 * @priority: its priority
 */
void ipsec_spd_class_leave(struct ipsec_net *ipn, struct ipsec_spd_side *side,
			   const struct ipsec_selector *sel, u32 priority);

#endif /* _IPSEC_SPD_CLASS_H */
