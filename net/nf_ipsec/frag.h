/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which datagrams have begun in clear (RFC 4301 section 7.4): the fragments other
 * than the first have no ports to be judged by, and go the way of the first.
 */
#ifndef _IPSEC_FRAG_H
#define _IPSEC_FRAG_H

#include "drop.h"

struct ipsec_flow;
struct ipsec_net;
struct ipsec_sp;
struct sk_buff;

/**
 * ipsec_frag_init() - make room for the first fragments of a netns
 * @ipn: the netns, locked
 *
 * For the first commit; what is there stays.
 *
 * Return: 0 or -ENOMEM.
 */
int ipsec_frag_init(struct ipsec_net *ipn);

/**
 * ipsec_frag_exit() - free it
 * @ipn: a netns that no packet sees any more
 */
void ipsec_frag_exit(struct ipsec_net *ipn);

/**
 * ipsec_frag_judge() - a fragment that came in clear
 * @ipn: the netns
 * @generation: of the packet
 * @skb: network header at skb->data
 * @flow: the packet, with IPSEC_FLOW_FRAGMENT or IPSEC_FLOW_FIRST
 * @sp: the policy that it has been judged by, or NULL
 * @reason: what came out
 *
 * A first fragment that passes is remembered, if the rest would not pass of its
 * own; another one that does not pass may, if its first is remembered.
 *
 * Context: BH off, RCU.
 * Return: @reason, or IPSEC_DROP_NONE if the fragment may pass after all.
 */
enum ipsec_drop ipsec_frag_judge(struct ipsec_net *ipn, u64 generation,
				 const struct sk_buff *skb,
				 const struct ipsec_flow *flow,
				 const struct ipsec_sp *sp,
				 enum ipsec_drop reason);

/**
 * ipsec_frag_protected() - a fragment that came over an SA, and may
 * @ipn: the netns
 * @generation: of the packet
 * @skb: network header at skb->data
 * @flow: the packet
 *
 * What is left of a datagram of the same name may not pass in clear any more: the
 * receiver could not tell the pieces apart.
 *
 * Context: BH off, RCU.
 */
void ipsec_frag_protected(struct ipsec_net *ipn, u64 generation,
			  const struct sk_buff *skb,
			  const struct ipsec_flow *flow);

#endif /* _IPSEC_FRAG_H */
