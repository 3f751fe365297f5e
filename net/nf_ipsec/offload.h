/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A flowtable (nft_flow_offload) forwards packets of connections that it has got
 * to know from device to device, past all other hooks: it must know none that is
 * ours.
 */
#ifndef _IPSEC_OFFLOAD_H
#define _IPSEC_OFFLOAD_H

#include <linux/skbuff.h>
#include <net/xfrm.h>

struct ipsec_net;
struct nf_hook_state;

extern bool ipsec_offload_loaded;

/**
 * ipsec_offload_possible() - could there be a flowtable?
 *
 * Context: any.
 * Return: false if the kernel's module for them is not loaded.
 */
static inline bool ipsec_offload_possible(void)
{
	return READ_ONCE(ipsec_offload_loaded);
}

/**
 * ipsec_offload_keep_out() - do not let a flowtable learn this connection
 * @skb: at FORWARD, in front of all that may offload
 * @state: the hook
 * @family: AF_INET or AF_INET6
 *
 * If the boundary has anything to do with packets of the connection, either way,
 * the packet gets an empty path of the kernel's own IPsec, with which nothing
 * is offloaded.  The kernel's check of such paths comes before FORWARD, and must
 * not see it: ipsec_offload_unmark() takes it away.
 *
 * Context: softirq or process, RCU.
 * Return: a netfilter verdict.
 */
unsigned int ipsec_offload_keep_out(struct sk_buff *skb,
				    const struct nf_hook_state *state,
				    u8 family);

/**
 * ipsec_offload_unmark() - end of what ipsec_offload_keep_out() has begun
 * @skb: at POST_ROUTING
 *
 * Context: any.
 */
static inline void ipsec_offload_unmark(struct sk_buff *skb)
{
#ifdef CONFIG_XFRM
	const struct sec_path *sp = skb_sec_path(skb);

	if (unlikely(sp && !sp->len))
		secpath_reset(skb);
#endif
}

/**
 * ipsec_offload_sweep() - make flowtables forget what they have learned
 * @ipn: the netns, locked
 *
 * After the policies have changed.  No connection ends: each is asked about anew
 * with its next packet.
 *
 * Context: may sleep, takes RTNL.
 */
void ipsec_offload_sweep(struct ipsec_net *ipn);

/**
 * ipsec_offload_init() - begin to watch for flowtables
 *
 * Return: 0 or a negative errno.
 */
int ipsec_offload_init(void);

/**
 * ipsec_offload_exit() - no hook is registered any more
 */
void ipsec_offload_exit(void);

#endif /* _IPSEC_OFFLOAD_H */
