// SPDX-License-Identifier: GPL-2.0-only
/* The only file that knows how we are called. */
#include "hooks.h"

#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/slab.h>

#include "netns.h"
#include "offload.h"
#include "path.h"

static unsigned int hook_in(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	return ipsec_input(priv, skb, state,
			   state->pf == NFPROTO_IPV4 ? AF_INET : AF_INET6);
}

static unsigned int hook_late(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	return ipsec_input_late(priv, skb, state,
				state->pf == NFPROTO_IPV4 ? AF_INET : AF_INET6);
}

static unsigned int hook_forward(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	unsigned int verdict = hook_late(priv, skb, state);

	if (likely(!ipsec_offload_possible()) || verdict != NF_ACCEPT)
		return verdict;
	return ipsec_offload_keep_out(skb, state,
				      state->pf == NFPROTO_IPV4 ? AF_INET :
								  AF_INET6);
}

static unsigned int hook_decide(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	ipsec_offload_unmark(skb);
	return ipsec_output_decide(priv, skb, state,
				   state->pf == NFPROTO_IPV4 ? AF_INET :
							       AF_INET6);
}

static unsigned int hook_out(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return ipsec_output(priv, skb, state,
			    state->pf == NFPROTO_IPV4 ? AF_INET : AF_INET6);
}

#define HOOK(family, fn, num, prio) {	\
	.hook		= fn,		\
	.pf		= family,	\
	.hooknum	= num,		\
	.priority	= prio,		\
}

/*
 * In: in front of defragmentation and conntrack (-400), which must see the
 * inner packet only.  Out: right in front of source NAT, and right in front of
 * conntrack's last hook, which is not reached by what we take.
 */
#define PRIO_IN		(NF_IP_PRI_RAW_BEFORE_DEFRAG - 1)
#define PRIO_DECIDE	(NF_IP_PRI_NAT_SRC - 1)
#define PRIO_OUT	(NF_IP_PRI_CONNTRACK_CONFIRM - 1)

static const struct nf_hook_ops hooks[] = {
	HOOK(NFPROTO_IPV4, hook_in, NF_INET_PRE_ROUTING, PRIO_IN),
	HOOK(NFPROTO_IPV4, hook_late, NF_INET_LOCAL_IN, NF_IP_PRI_FIRST),
	HOOK(NFPROTO_IPV4, hook_forward, NF_INET_FORWARD, NF_IP_PRI_FIRST),
	HOOK(NFPROTO_IPV4, hook_decide, NF_INET_POST_ROUTING, PRIO_DECIDE),
	HOOK(NFPROTO_IPV4, hook_out, NF_INET_POST_ROUTING, PRIO_OUT),
	HOOK(NFPROTO_IPV6, hook_in, NF_INET_PRE_ROUTING, PRIO_IN),
	HOOK(NFPROTO_IPV6, hook_late, NF_INET_LOCAL_IN, NF_IP_PRI_FIRST),
	HOOK(NFPROTO_IPV6, hook_forward, NF_INET_FORWARD, NF_IP_PRI_FIRST),
	HOOK(NFPROTO_IPV6, hook_decide, NF_INET_POST_ROUTING, PRIO_DECIDE),
	HOOK(NFPROTO_IPV6, hook_out, NF_INET_POST_ROUTING, PRIO_OUT),
};

/* Those of a netns know it, which spares each packet to look for it. */
int ipsec_hooks_register(struct ipsec_net *ipn)
{
	u32 i;

	if (!ipn->hooks) {
		ipn->hooks = kmemdup(hooks, sizeof(hooks), GFP_KERNEL_ACCOUNT);
		if (!ipn->hooks)
			return -ENOMEM;
		for (i = 0; i < ARRAY_SIZE(hooks); i++)
			ipn->hooks[i].priv = ipn;
	}
	return nf_register_net_hooks(ipn->net, ipn->hooks, ARRAY_SIZE(hooks));
}

void ipsec_hooks_unregister(struct ipsec_net *ipn)
{
	nf_unregister_net_hooks(ipn->net, ipn->hooks, ARRAY_SIZE(hooks));
}
