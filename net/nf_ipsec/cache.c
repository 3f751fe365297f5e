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

#include "netns.h"
#include "sa.h"
#include "sad.h"
#include "spd.h"
#include "tunnel.h"

#define CACHE_BITS	10

/**
 * struct cache_entry - one flow
 * @flow: [c] the packet
 * @generation: [c] ipsec_net.generation when @v was looked up; 0 is never used
 * @dir: [c] enum nf_ipsec_dir
 * @v: [c] the verdict
 */
struct cache_entry {
	struct ipsec_flow flow;
	u64 generation;
	struct ipsec_verdict v;
	u8 dir;
};

static struct cache_entry * __percpu *cache;
static u64 cache_seed __read_mostly;

/* Flows are compared and hashed as five words, and two more where a policy asks
 * for what is there.  They are zero where none does, in all entries that have
 * the generation.
 */
static_assert(offsetof(struct ipsec_flow, mark) == 5 * sizeof(u64));
static_assert(sizeof(struct ipsec_flow) == 7 * sizeof(u64));

/* The generation tells one netns from another: a packet may cross several. */
static u32 flow_hash(const struct ipsec_flow *flow, u64 generation, u8 dir)
{
	const u64 *w = (const u64 *)flow;
	u64 h = cache_seed + (generation << 2) + dir;
	int i, words = unlikely(flow->ifindex) ? 7 : 5;

	/* odd multiplier: 2^64 divided by the golden ratio */
	for (i = 0; i < words; i++)
		h = (h ^ w[i]) * 0x9e3779b97f4a7c15ULL;
	return h >> (64 - CACHE_BITS);
}

static bool flow_equal(const struct ipsec_flow *a, const struct ipsec_flow *b)
{
	const u64 *x = (const u64 *)a;
	const u64 *y = (const u64 *)b;

	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) |
		 (x[3] ^ y[3]) | (x[4] ^ y[4]) | (x[5] ^ y[5]) |
		 (x[6] ^ y[6]));
}

static void lookup_slow(const struct ipsec_net *ipn, u8 dir,
			const struct ipsec_flow *flow, u8 cursor,
			struct ipsec_verdict *v)
{
	v->sa = NULL;
	v->sp = ipsec_spd_lookup_rcu(ipn, dir, flow, cursor);
	if (!v->sp || dir == NF_IPSEC_DIR_IN ||
	    v->sp->action != NF_IPSEC_ACTION_PROTECT)
		return;
	v->sa = ipsec_tunnel_out_rcu(v->sp->tunnel, flow, cursor);
}

void ipsec_verdict_lookup(const struct ipsec_net *ipn, u64 generation, u8 dir,
			  const struct ipsec_flow *flow,
			  struct ipsec_verdict *v)
{
	struct cache_entry *e;

	e = *this_cpu_ptr(cache) + flow_hash(flow, generation, dir);
	if (likely(e->generation == generation && e->dir == dir &&
		   flow_equal(&e->flow, flow))) {
		*v = e->v;
		return;
	}
	lookup_slow(ipn, dir, flow, generation & 1, v);
	e->flow = *flow;
	e->generation = generation;
	e->dir = dir;
	e->v = *v;
}

bool ipsec_verdict_is_silent(const struct ipsec_verdict *v,
			     const struct ipsec_flow *flow)
{
	return !v->sp || (v->sp->action == NF_IPSEC_ACTION_BYPASS &&
			  !ipsec_sp_set(v->sp, flow)->proto_set);
}

int ipsec_cache_init(void)
{
	size_t size = sizeof(struct cache_entry) << CACHE_BITS;
	int cpu;

	cache_seed = get_random_u64();
	cache = alloc_percpu(struct cache_entry *);
	if (!cache)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct cache_entry *e;

		e = kvzalloc_node(size, GFP_KERNEL, cpu_to_node(cpu));
		if (!e)
			goto err_free_cache;
		*per_cpu_ptr(cache, cpu) = e;
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
		kvfree(*per_cpu_ptr(cache, cpu));
	free_percpu(cache);
}
