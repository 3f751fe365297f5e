/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rest of the stack knows by a path of the kernel's own IPsec (xfrm) that a
 * packet came protected: strict reverse path filters, redirects, flowtables and
 * rules such as nft's "meta ipsec" ask for one.
 */
#ifndef _IPSEC_SECPATH_H
#define _IPSEC_SECPATH_H

#include <linux/inetdevice.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/socket.h>
#include <net/l3mdev.h>
#include <net/net_namespace.h>

#include "netns.h"

/**
 * ipsec_secpath_asks() - would the stack take a packet for one in clear?
 * @ipn: the netns
 * @skb: a packet that came protected
 * @family: AF_INET or AF_INET6
 *
 * IPv4 by a strict reverse path filter, which means to say that the source is a
 * forged one; both by redirects: who sends from another site than where the
 * packet leaves for can take no other way.  What the sysctls say is looked at here, as
 * it changes without a word, and the stack is about to look at it anyway.
 *
 * Context: RCU.
 */
static inline bool ipsec_secpath_asks(const struct ipsec_net *ipn,
				      const struct sk_buff *skb, u8 family)
{
	bool hub = unlikely(READ_ONCE(ipn->hub));
	const struct ipv6_devconf *all;
	struct in_device *in_dev;
	int filter;

	if (family == AF_INET6) {
		/* none where IPv6 is switched off (ipv6.disable=1) */
		all = READ_ONCE(ipn->net->ipv6.devconf_all);
		return hub && all && READ_ONCE(all->forwarding);
	}
	in_dev = __in_dev_get_rcu(l3mdev_master_dev_rcu(skb->dev) ?: skb->dev);
	if (unlikely(!in_dev))
		return false;
	/* a loose one is strict where the device has no address */
	filter = IN_DEV_RPFILTER(in_dev);
	return unlikely(filter == 1 ||
			(filter && !rcu_access_pointer(in_dev->ifa_list))) ||
	       (hub && IN_DEV_FORWARD(in_dev) && IN_DEV_TX_REDIRECTS(in_dev));
}

/**
 * ipsec_secpath_wanted() - shall a packet that came protected get a path?
 * @ipn: the netns
 * @settings: those that the packet sees
 * @skb: the packet, as the stack shall see it
 * @family: AF_INET or AF_INET6
 *
 * Context: RCU.
 */
static inline bool ipsec_secpath_wanted(const struct ipsec_net *ipn,
					u32 settings, const struct sk_buff *skb,
					u8 family)
{
	if (unlikely(settings & IPSEC_SETTINGS_SECPATH))
		return settings & NF_IPSEC_SETTING_SECPATH_ALWAYS;
	return ipsec_secpath_asks(ipn, skb, family);
}

#ifdef CONFIG_XFRM

/**
 * ipsec_secpath_attach() - let the rest of the stack know that a packet came
 *	protected
 * @ipn: the netns
 * @skb: a packet that nobody else has, without a path, with a control block of its
 *	own
 * @family: AF_INET or AF_INET6
 *
 * Without memory it goes on without: who relies on paths takes it for one in clear
 * then, and that errs on the safe side.
 *
 * Context: BH off.
 */
void ipsec_secpath_attach(const struct ipsec_net *ipn, struct sk_buff *skb,
			  u8 family);

/**
 * ipsec_secpath_is_native() - has the kernel's own IPsec opened a packet?
 * @skb: the packet; it may have a path of ours, which it has kept on a way round
 *	(a redirect of tc, segment routing): that proves nothing to us
 */
bool ipsec_secpath_is_native(const struct sk_buff *skb);

/**
 * ipsec_secpath_init() - make what paths consist of
 *
 * Return: 0 or -ENOMEM.
 */
int ipsec_secpath_init(void);

/**
 * ipsec_secpath_exit() - no packet gets a path any more
 *
 * Packets may still have one, wherever they wait: what it consists of is freed by
 * the kernel itself, with the last of them.
 */
void ipsec_secpath_exit(void);

#else /* paths are part of xfrm */

static inline void ipsec_secpath_attach(const struct ipsec_net *ipn,
					struct sk_buff *skb, u8 family)
{
}

static inline bool ipsec_secpath_is_native(const struct sk_buff *skb)
{
	return false;
}

static inline int ipsec_secpath_init(void)
{
	return 0;
}

static inline void ipsec_secpath_exit(void)
{
}

#endif /* CONFIG_XFRM */

#endif /* _IPSEC_SECPATH_H */
