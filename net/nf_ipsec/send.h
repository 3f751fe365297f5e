/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_SEND_H
#define _IPSEC_SEND_H

#include "drop.h"

struct dst_entry;
struct sock;

/**
 * struct ipsec_out - one packet, or the segments and fragments of one, on the
 * way out
 * @ipn: the netns
 * @sk: the socket of the hook
 * @sp: the policy
 * @sa: the SA
 * @dst: the outer route, borrowed under RCU
 * @err: what the sender is told
 * @sent: some of it has been sent, so that the sender must not send it again
 * @family: of the packet before
 * @ports_unknown: a fragment that may be a piece of what @sp protects, or of
 *	something else: its ports are in another one
 * @may_fragment: the protected packet may be cut into fragments
 * @half: the packet is no more what it was, and not yet what it will be
 */
struct ipsec_out {
	struct ipsec_net *ipn;
	struct sock *sk;
	struct ipsec_sp *sp;
	struct ipsec_sa *sa;
	struct dst_entry *dst;
	int err;
	u8 family;
	bool sent;
	bool ports_unknown;
	bool may_fragment;
	bool half;
};

/**
 * ipsec_send_drop() - drop a packet on its way out
 * @o: the way; its SA and policy are counted under
 * @skb: freed; NULL if it has been already
 * @reason: why
 * @err: what the sender is told
 */
void ipsec_send_drop(struct ipsec_out *o, struct sk_buff *skb,
		     enum ipsec_drop reason, int err);

/**
 * ipsec_send() - route, cut to size, number, transform and send
 * @o: the way; @o->sa may be NULL, which drops the packet
 * @skb: taken
 *
 * Context: BH off, RCU.  Sends: may enter the hooks again on this CPU.
 */
void ipsec_send(struct ipsec_out *o, struct sk_buff *skb);

#endif /* _IPSEC_SEND_H */
