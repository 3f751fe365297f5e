/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_CACHE_H
#define _IPSEC_CACHE_H

#include "lib/addr.h"

struct ipsec_net;
struct ipsec_sa;
struct ipsec_sp;

/**
 * struct ipsec_verdict - what the databases say of a flow
 * @sp: the policy, or NULL if none names the flow
 * @sa: out: the SA to send on, or NULL if the policy protects nothing or has
 *	no usable SA
 */
struct ipsec_verdict {
	struct ipsec_sp *sp;
	struct ipsec_sa *sa;
};

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
void ipsec_verdict_lookup(const struct ipsec_net *ipn, u64 generation, u8 dir,
			  const struct ipsec_flow *flow,
			  struct ipsec_verdict *v);

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
