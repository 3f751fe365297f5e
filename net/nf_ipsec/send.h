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
 * @generation: which set of objects judges the packet
 * @sk: the socket of the hook
 * @sp: the policy, or NULL: a dummy packet has none
 * @sa: the SA
 * @dst: the outer route, borrowed under RCU
 * @asked: the packet's generation, if that has no SA for it and somebody has
 *	been asked for one; else 0
 * @err: what the sender is told
 * @sent: some of it has been sent, so that the sender must not send it again
 * @family: of the packet before
 * @ports_unknown: a fragment that may be a piece of what @sp protects, or of
 *	something else: its ports are in another one
 * @unnamed: no policy names it, and such packets do not pass
 * @pfp_lacks: there is no SA, and the packet has not what one would be made by
 * @may_fragment: the protected packet may be cut into fragments
 * @waited: it has waited for an SA and is judged anew
 * @dummy: it is a dummy packet, which has no policy
 * @half: the packet is no more what it was, and not yet what it will be
 */
struct ipsec_out {
	struct ipsec_net *ipn;
	u64 generation;
	struct sock *sk;
	struct ipsec_sp *sp;
	struct ipsec_sa *sa;
	struct dst_entry *dst;
	u64 asked;
	int err;
	u8 family;
	bool sent;
	bool ports_unknown;
	bool unnamed;
	bool pfp_lacks;
	bool may_fragment;
	bool waited;
	bool dummy;
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

/**
 * ipsec_send_one() - number, transform and send a packet that fits
 * @o: the way, with SA and route
 * @skb: taken
 *
 * Context: as ipsec_send().
 */
void ipsec_send_one(struct ipsec_out *o, struct sk_buff *skb);

/**
 * ipsec_cut() - fragment a packet that does not fit, or tell its sender
 * @o: the way, with SA and route
 * @skb: taken
 * @mtu: octets that fit
 *
 * Before protection in tunnel mode, behind it in transport mode and where ports
 * must be seen in each packet (RFC 4301 section 7, RFC 4303 section 3.3.4).
 *
 * Context: as ipsec_send().
 */
void ipsec_cut(struct ipsec_out *o, struct sk_buff *skb, u32 mtu);

/**
 * ipsec_cut_gso() - send a super-packet segment by segment
 * @o: the way, with SA and route
 * @skb: taken
 * @mtu: octets that fit
 *
 * Context: as ipsec_send().
 */
void ipsec_cut_gso(struct ipsec_out *o, struct sk_buff *skb, u32 mtu);

#endif /* _IPSEC_SEND_H */
