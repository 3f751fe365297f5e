/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * br_netfilter shows a bridge's frames to the IP hooks: at PRE_ROUTING before it
 * is known whether they are for us, and at FORWARD and POST_ROUTING if they are
 * not.  Those that are come up the stack without another PRE_ROUTING.
 */
#ifndef _IPSEC_BRIDGE_H
#define _IPSEC_BRIDGE_H

#include <linux/netfilter_bridge.h>

#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)

/**
 * ipsec_bridge_undecided() - at PRE_ROUTING: whose the frame is, the bridge will
 * say
 */
static inline bool ipsec_bridge_undecided(const struct sk_buff *skb)
{
	return nf_bridge_in_prerouting(skb);
}

/**
 * ipsec_bridge_forwards() - behind PRE_ROUTING: a frame that a bridge passes on
 */
static inline bool ipsec_bridge_forwards(const struct sk_buff *skb)
{
	return nf_bridge_get_physoutdev(skb);
}

/**
 * ipsec_bridge_delivered() - behind PRE_ROUTING: a packet that came in by a
 * bridge, for us to take or to route
 */
static inline bool ipsec_bridge_delivered(const struct sk_buff *skb)
{
	return unlikely(nf_bridge_info_exists(skb)) &&
	       !nf_bridge_get_physoutdev(skb);
}

/**
 * ipsec_bridge_forget() - the packet is another one, which no bridge has seen
 */
static inline void ipsec_bridge_forget(struct sk_buff *skb)
{
	skb_ext_del(skb, SKB_EXT_BRIDGE_NF);
}

#else

static inline bool ipsec_bridge_undecided(const struct sk_buff *skb)
{
	return false;
}

static inline bool ipsec_bridge_forwards(const struct sk_buff *skb)
{
	return false;
}

static inline bool ipsec_bridge_delivered(const struct sk_buff *skb)
{
	return false;
}

static inline void ipsec_bridge_forget(struct sk_buff *skb)
{
}

#endif

#endif /* _IPSEC_BRIDGE_H */
