/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_SP_H
#define _IPSEC_SP_H

#include <linux/percpu.h>
#include <linux/rhashtable-types.h>
#include <linux/workqueue.h>
#include <uapi/linux/nf_ipsec.h>

#include "lib/selector.h"
#include "lib/sets.h"

struct ipsec_drops;
struct ipsec_tunnel;
struct ipsec_usage;

/**
 * struct ipsec_sp_params - a policy as some front end describes it
 * @dir: enum nf_ipsec_dir
 * @action: enum nf_ipsec_action
 * @priority: lower wins, then the older
 * @tunnel: the tunnel's name; must not be empty with protect, may be with
 *	others
 * @pfp: bits of enum nf_ipsec_pfp: what an acquire takes from the packet
 * @sel: which packets: the first set of selectors
 * @more: the other sets, in order, or NULL; borrowed, never kept
 */
struct ipsec_sp_params {
	u8 dir;
	u8 action;
	u32 priority;
	u8 pfp;
	char tunnel[NF_IPSEC_NAME_MAX + 1];
	struct ipsec_selector sel;
	const struct ipsec_sets *more;
};

/**
 * struct ipsec_sp_id - what a policy is named by
 * @more: keyed digest of the sets of selectors behind the first one; 0 without
 * @sel: which packets: the first set
 * @priority: lower wins
 * @dir: enum nf_ipsec_dir
 * @pad: zero, so that names can be compared as octets
 *
 * With 64 bits under a key that nobody knows, two policies that differ in other
 * sets than the first one have one name about as often as memory forgets a bit.
 */
struct ipsec_sp_id {
	u64 more;
	struct ipsec_selector sel;
	u32 priority;
	u8 dir;
	u8 pad[3];
};

/**
 * struct ipsec_spd_entry - one of a policy's sets of selectors in the SPD
 * @node: [T] SPD
 * @sel: [I] the set; belongs to @sp
 * @sp: [I] the policy
 */
struct ipsec_spd_entry {
	struct rhlist_head node;
	const struct ipsec_selector *sel;
	struct ipsec_sp *sp;
};

/**
 * struct ipsec_sp - a policy (RFC 4301 section 4.4.1)
 * @sel: [I] which packets: the first set of selectors
 * @tunnel: [I] the tunnel it belongs to, one user of it, or NULL
 * @id: [I] unique in the netns, never 0
 * @priority: [I] lower wins, then the lower @id
 * @dir: [I] enum nf_ipsec_dir
 * @action: [I] enum nf_ipsec_action
 * @pfp: [I] bits of enum nf_ipsec_pfp
 * @inactive: [T] bit 0, bit 1: not there in the generation of that parity
 * @usage: [c] packets that it judged
 * @drops: [R] made on the first drop
 * @entry: [T] SPD: @sel
 * @more: [I] the other sets, or NULL
 * @more_entries: [T] SPD: @more, as many
 * @more_digest: [I] of @more, see struct ipsec_sp_id
 * @rwork: [T] frees it after a grace period
 *
 * The letters are those of sa.h.
 */
struct ipsec_sp {
	struct ipsec_selector sel;
	struct ipsec_tunnel *tunnel;
	u32 id;
	u32 priority;
	u8 dir;
	u8 action;
	u8 pfp;
	u8 inactive;
	struct ipsec_usage __percpu *usage;
	struct ipsec_drops __rcu *drops;
	struct ipsec_spd_entry entry;
	struct ipsec_sets *more;
	struct ipsec_spd_entry *more_entries;
	u64 more_digest;
	struct rcu_work rwork;
};

/**
 * ipsec_sp_create() - make a policy that nobody can find yet
 * @p: what it shall be, valid
 *
 * Context: may sleep.
 * Return: the policy, or ERR_PTR(-ENOMEM).
 */
struct ipsec_sp *ipsec_sp_create(const struct ipsec_sp_params *p);

/**
 * ipsec_sp_destroy() - free a policy that nobody can find
 * @sp: the policy or NULL; its tunnel must have been put already
 */
void ipsec_sp_destroy(struct ipsec_sp *sp);

/**
 * ipsec_sp_match() - does a policy name this flow?
 * @sp: the policy; its device is not looked at
 * @flow: the packet
 */
static inline bool ipsec_sp_match(const struct ipsec_sp *sp,
				  const struct ipsec_flow *flow)
{
	return ipsec_selector_match(&sp->sel, flow) ||
	       (unlikely(sp->more) && ipsec_sets_match(sp->more, flow));
}

/**
 * ipsec_sp_set() - the set of a policy's selectors that names a flow
 * @sp: the policy, which names it
 * @flow: the packet
 */
static inline const struct ipsec_selector *
ipsec_sp_set(const struct ipsec_sp *sp, const struct ipsec_flow *flow)
{
	return likely(!sp->more) ? &sp->sel :
				   ipsec_sets_of(&sp->sel, sp->more, flow);
}

/**
 * ipsec_sp_name() - what a policy is named by
 * @id: filled in, all octets of it
 * @p: direction, priority and selectors of the policy
 */
void ipsec_sp_name(struct ipsec_sp_id *id, const struct ipsec_sp_params *p);

/**
 * ipsec_sp_name_of() - what a policy is named by that is there
 * @id: filled in, all octets of it
 * @sp: the policy
 */
void ipsec_sp_name_of(struct ipsec_sp_id *id, const struct ipsec_sp *sp);

#endif /* _IPSEC_SP_H */
