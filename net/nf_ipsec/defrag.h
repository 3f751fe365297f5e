/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_DEFRAG_H
#define _IPSEC_DEFRAG_H

#include <linux/types.h>

struct ipsec_net;
struct sk_buff;

/**
 * ipsec_defrag() - put the fragments of an ESP or AH packet together
 * @ipn: the netns
 * @skb: a fragment, network header at skb->data
 * @family: AF_INET or AF_INET6
 * @inner: it came over an SA
 *
 * RFC 4301 section 5.2: before ESP and AH.  Our queues are our own: no fragment
 * of anybody else's is mixed in, nor are @inner ones with others.
 *
 * Context: BH off, RCU.
 * Return: 0 if @skb is now the whole packet; else the fragment was taken.
 */
int ipsec_defrag(struct ipsec_net *ipn, struct sk_buff *skb, u8 family,
		 bool inner);

/**
 * ipsec_defrag_has_v6() - can IPv6 fragments be put together?
 */
bool ipsec_defrag_has_v6(void);

/**
 * ipsec_defrag_want_v6() - get what IPv6 reassembly needs
 *
 * The kernel has it in a module of its own, nf_defrag_ipv6.  Called before the
 * hooks are registered, so that a bare insmod needs nothing.
 *
 * Context: process, may load a module; no lock held.
 */
void ipsec_defrag_want_v6(void);

/**
 * ipsec_defrag_exit() - give nf_defrag_ipv6 back
 */
void ipsec_defrag_exit(void);

#endif /* _IPSEC_DEFRAG_H */
