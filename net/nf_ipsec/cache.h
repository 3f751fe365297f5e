/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_CACHE_H
#define _IPSEC_CACHE_H

#include <linux/percpu.h>
#include <linux/socket.h>
#include <uapi/linux/nf_ipsec.h>

#include "lib/addr.h"

#define IPSEC_CACHE_BITS	10

struct ipsec_net;
struct ipsec_sa;
struct ipsec_sp;

/**
 * struct ipsec_verdict - what the databases say of a flow
 * @sp: the policy, or NULL if none names the flow
 * @sa: out: the SA to send on, or NULL if the policy protects nothing or has
 *	no usable SA
 * @special: it may be ICMP, or what passes without a policy
 */
struct ipsec_verdict {
	struct ipsec_sp *sp;
	struct ipsec_sa *sa;
	bool special;
};

/**
 * struct ipsec_cache_entry - one flow
 * @flow: [c] the packet
 * @set: [c] twice ipsec_net.generation when @v was looked up, and
 *	the direction; 0 is never used
 * @v: [c] the verdict
 */
struct ipsec_cache_entry {
	struct ipsec_flow flow;
	u64 set;
	struct ipsec_verdict v;
};

extern struct ipsec_cache_entry * __percpu *ipsec_cache;
extern u64 ipsec_cache_seed;

/* Flows are compared and hashed as five words, and two more where a policy asks
 * for what is there.  They are zero where none does, in all entries that have
 * the generation.
 */
static_assert(offsetof(struct ipsec_flow, mark) == 5 * sizeof(u64));
static_assert(sizeof(struct ipsec_flow) == 7 * sizeof(u64));

/* odd multiplier: 2^64 divided by the golden ratio */
static inline u64 ipsec_cache_mix(u64 h, u64 word)
{
	return (h ^ word) * 0x9e3779b97f4a7c15ULL;
}

/* The generation tells one netns from another: a packet may cross several.  Of an
 * IPv4 flow the words that are zero in all of them are left out, here and below.
 */
static inline u32 ipsec_cache_hash(const struct ipsec_flow *flow, u64 set)
{
	const u64 *w = (const u64 *)flow;
	u64 h = ipsec_cache_mix(ipsec_cache_seed ^ set, w[0]);

	h = ipsec_cache_mix(ipsec_cache_mix(h, w[2]), w[4]);
	if (flow->family == AF_INET6)
		h = ipsec_cache_mix(ipsec_cache_mix(h, w[1]), w[3]);
	if (unlikely(flow->ifindex))
		h = ipsec_cache_mix(ipsec_cache_mix(h, w[5]), w[6]);
	return h >> (64 - IPSEC_CACHE_BITS);
}

static inline bool ipsec_cache_equal(const struct ipsec_flow *a,
				     const struct ipsec_flow *b)
{
	const u64 *x = (const u64 *)a;
	const u64 *y = (const u64 *)b;
	u64 differ;

	/* the family is in the fifth word */
	differ = (x[0] ^ y[0]) | (x[2] ^ y[2]) | (x[4] ^ y[4]);
	if (a->family == AF_INET6)
		differ |= (x[1] ^ y[1]) | (x[3] ^ y[3]);
	if (unlikely(a->ifindex))
		differ |= (x[5] ^ y[5]) | (x[6] ^ y[6]);
	return !differ;
}

/**
 * ipsec_cache_fill() - look a flow up, and remember what was found
 * @ipn: the netns
 * @set: generation and direction, as ipsec_verdict_lookup() makes it
 * @dir: enum nf_ipsec_dir
 * @flow: the packet
 * @e: filled in
 *
 * Context: BH off, RCU.
 */
void ipsec_cache_fill(const struct ipsec_net *ipn, u64 set, u8 dir,
		      const struct ipsec_flow *flow,
		      struct ipsec_cache_entry *e);

/**
 * ipsec_verdict_lookup() - judge a flow
 * @ipn: the netns
 * @generation: of the packet, from ipsec_net_generation(): older than the
 *	lookup, so that a commit in between makes the cached verdict stale
 * @dir: enum nf_ipsec_dir
 * @flow: the packet
 * @v: filled in; borrowed under RCU
 *
 * Asks this CPU's flow cache first.  A cached verdict never outlives a change
 * of the databases: each commit has a generation of its own.
 *
 * Context: BH off, RCU.
 */
static inline void ipsec_verdict_lookup(const struct ipsec_net *ipn,
					u64 generation, u8 dir,
					const struct ipsec_flow *flow,
					struct ipsec_verdict *v)
{
	u64 set = generation * 2 + (dir == NF_IPSEC_DIR_OUT);
	struct ipsec_cache_entry *e;

	e = *this_cpu_ptr(ipsec_cache) + ipsec_cache_hash(flow, set);
	if (unlikely(e->set != set || !ipsec_cache_equal(flow, &e->flow)))
		ipsec_cache_fill(ipn, set, dir, flow, e);
	*v = e->v;
}

/**
 * ipsec_verdict_is_silent() - does no policy say anything of this protocol?
 * @v: from ipsec_verdict_lookup()
 * @flow: the packet
 *
 * Return: true if no policy names the packet, or one that lets all protocols
 * pass.
 */
bool ipsec_verdict_is_silent(const struct ipsec_verdict *v,
			     const struct ipsec_flow *flow);

/**
 * ipsec_cache_init() - memory for the flow caches
 *
 * Return: 0 or -ENOMEM.
 */
int ipsec_cache_init(void);

/**
 * ipsec_cache_exit() - free it; no hook is registered any more
 */
void ipsec_cache_exit(void);

#endif /* _IPSEC_CACHE_H */
