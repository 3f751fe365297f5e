// SPDX-License-Identifier: GPL-2.0-only
/*
 * One direct-mapped flow cache a CPU, for all netns together.
 *
 * An entry is good for one generation of one netns.  Generations repeat
 * nowhere, so the pointers of an entry are followed only while what they point
 * to is published: a commit makes a new generation before it frees anything
 * after a grace period, and the reader's RCU section began before it read the
 * generation.
 */
#include "cache.h"

#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "flow.h"
#include "netns.h"
#include "sa.h"
#include "sad.h"
#include "spd.h"
#include "tunnel.h"

struct ipsec_cache_entry * __percpu *ipsec_cache __read_mostly;
u64 ipsec_cache_seed __read_mostly;

static void lookup_slow(const struct ipsec_net *ipn, u8 dir,
			const struct ipsec_flow *flow, u8 cursor,
			struct ipsec_verdict *v)
{
	v->sa = NULL;
	v->special = ipsec_flow_is_icmp(flow) || ipsec_flow_may_be_exempt(flow);
	v->sp = ipsec_spd_lookup_rcu(ipn, dir, flow, cursor);
	if (!v->sp || dir == NF_IPSEC_DIR_IN ||
	    v->sp->action != NF_IPSEC_ACTION_PROTECT)
		return;
	v->sa = ipsec_tunnel_out_rcu(v->sp->tunnel, flow, cursor);
}

void ipsec_cache_fill(const struct ipsec_net *ipn, u64 set, u8 dir,
		      const struct ipsec_flow *flow,
		      struct ipsec_cache_entry *e)
{
	e->set = 0;
	lookup_slow(ipn, dir, flow, set >> 1 & 1, &e->v);
	e->flow = *flow;
	e->set = set;
}

bool ipsec_verdict_is_silent(const struct ipsec_verdict *v,
			     const struct ipsec_flow *flow)
{
	return !v->sp || (v->sp->action == NF_IPSEC_ACTION_BYPASS &&
			  !ipsec_sp_set(v->sp, flow)->proto_set);
}

int ipsec_cache_init(void)
{
	size_t size = sizeof(struct ipsec_cache_entry) << IPSEC_CACHE_BITS;
	int cpu;

	ipsec_cache_seed = get_random_u64();
	ipsec_cache = alloc_percpu(struct ipsec_cache_entry *);
	if (!ipsec_cache)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct ipsec_cache_entry *e;

		e = kvzalloc_node(size, GFP_KERNEL, cpu_to_node(cpu));
		if (!e)
			goto err_free_cache;
		*per_cpu_ptr(ipsec_cache, cpu) = e;
	}
	return 0;

err_free_cache:
	ipsec_cache_exit();
	return -ENOMEM;
}

void ipsec_cache_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kvfree(*per_cpu_ptr(ipsec_cache, cpu));
	free_percpu(ipsec_cache);
}
