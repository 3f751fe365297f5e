/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_UNWRAP_H
#define _IPSEC_UNWRAP_H

#include "drop.h"
#include "journal.h"

struct ipsec_flow;
struct ipsec_sa;

/**
 * struct ipsec_input - one packet on its way in
 * @ipn: the netns
 * @skb: the packet
 * @generation: which set of objects judges the packet
 * @family: of the packet now at skb->data
 * @arrived: family it arrived in
 * @routed: the stack has a route for it already: a packet that comes out of it
 *	must be received anew
 * @sa: the SA it came over last, or NULL
 * @sp: the policy that judged it, or NULL
 * @outer: what it came in over @sa, for who asks why it was dropped
 * @half: a layer is being taken off: nobody can say what is at the network header
 */
struct ipsec_input {
	struct ipsec_net *ipn;
	struct sk_buff *skb;
	u64 generation;
	u8 family;
	u8 arrived;
	bool routed;
	bool half;
	struct ipsec_sa *sa;
	struct ipsec_sp *sp;
	struct ipsec_outer outer;
};

/**
 * ipsec_input_at() - what is known of a packet, for who is told of it
 * @i: the packet
 */
static inline struct ipsec_drop_at ipsec_input_at(const struct ipsec_input *i)
{
	return (struct ipsec_drop_at) {
		.sa = i->sa,
		.sp = i->sp,
		.outer = i->sa ? &i->outer : NULL,
		.dir = NF_IPSEC_DIR_IN,
		.family = i->half ? 0 : i->family,
	};
}

/**
 * ipsec_input_is_local() - is the packet addressed to us?
 *
 * Context: RCU.
 */
bool ipsec_input_is_local(const struct ipsec_input *i);

/**
 * ipsec_input_flow() - what policies may ask of a packet
 * @i: the packet
 * @flow: filled in
 *
 * Context: RCU.
 * Return: as ipsec_flow_parse().
 */
int ipsec_input_flow(const struct ipsec_input *i, struct ipsec_flow *flow);

/**
 * ipsec_judge_outer() - may a packet that came over an SA go on to another one?
 * @i: the packet; the SA that it came over is @i->sa; @i->sp is set if a policy
 *	forbids it
 * @next: the SA that it is for
 *
 * Context: BH off, RCU.
 * Return: IPSEC_DROP_NONE, or why not.
 */
enum ipsec_drop ipsec_judge_outer(struct ipsec_input *i,
				  const struct ipsec_sa *next);

/**
 * ipsec_unwrap() - peel off ESP and AH for as long as they are addressed to us
 * @i: the packet; @i->sa is set if there was a layer, and @i->family may change
 * @reason: set if the packet must be dropped; it is not freed here
 *
 * A layer of an SA that is not in the SAD is counted, and left alone, or dropped
 * if the settings say so.
 *
 * Context: BH off, RCU.
 * Return: 1 if the packet is not ours now: fragments are still missing, or it is
 * gone; 0 otherwise.
 */
int ipsec_unwrap(struct ipsec_input *i, enum ipsec_drop *reason);

#endif /* _IPSEC_UNWRAP_H */
