// SPDX-License-Identifier: GPL-2.0-only
/*
 * A path of the kernel's own IPsec for what came over an SA of ours.
 *
 * It has exactly one state, as one without any makes the kernel's check of paths
 * read in front of the list.  The state stands for none of ours: it is a shadow,
 * chosen such that the check ends as it does for a packet in clear.
 *
 *  - No protocol is 0, so it satisfies no template of a native policy that asks for
 *    protection: whoever may send over nf_ipsec is no peer of such a policy.
 *  - In transport mode, a path that no policy asks for is no reason to reject,
 *    and the state's type, which there is none of, is not looked at.
 *  - The empty selector names every packet.
 *
 * Native policies that block, and a native default to block, do so still.  Layers of
 * native IPsec within the packet are added behind the shadow, which
 * templates skip.
 *
 * The kernel counts how often a state is in use.  We hold each shadow once; when the
 * module goes, the last packet that has it frees it by the kernel's own means.  Each
 * CPU has one of its own, lest all of them write to one counter with each packet.
 */
#include "secpath.h"

#include <linux/errno.h>
#include <linux/percpu.h>
#include <net/ip.h>
#include <net/xfrm.h>

#ifdef CONFIG_XFRM

static DEFINE_PER_CPU(struct xfrm_state *, shadow);

/* Would no native policy be asked if there were no path?  One of a socket is,
 * whatever we say.
 */
static bool passes_native(const struct net *net)
{
	const struct netns_xfrm *xfrm = &net->xfrm;

	return !READ_ONCE(xfrm->policy_count[XFRM_POLICY_IN]) &&
	       !READ_ONCE(xfrm->policy_count[XFRM_POLICY_FWD]) &&
	       READ_ONCE(xfrm->policy_default[XFRM_POLICY_IN]) ==
	       XFRM_USERPOLICY_ACCEPT &&
	       READ_ONCE(xfrm->policy_default[XFRM_POLICY_FWD]) ==
	       XFRM_USERPOLICY_ACCEPT;
}

void ipsec_secpath_attach(const struct ipsec_net *ipn, struct sk_buff *skb,
			  u8 family)
{
	struct xfrm_state *x = this_cpu_read(shadow);
	struct sec_path *sp = secpath_set(skb);

	if (unlikely(!sp))
		return;
	xfrm_state_hold(x);
	sp->xvec[0] = x;
	sp->len = 1;
	/* the check is long, and what it would say is known */
	if (family == AF_INET && passes_native(ipn->net))
		IPCB(skb)->flags |= IPSKB_NOPOLICY;
}

/* A shadow has no protocol. */
bool ipsec_secpath_is_native(const struct sk_buff *skb)
{
	const struct sec_path *sp = skb_sec_path(skb);
	int i;

	for (i = 0; sp && i < sp->len; i++)
		if (sp->xvec[i]->id.proto)
			return true;
	return false;
}

int ipsec_secpath_init(void)
{
	struct xfrm_state *x;
	int cpu;

	for_each_possible_cpu(cpu) {
		x = xfrm_state_alloc(&init_net);
		if (!x) {
			ipsec_secpath_exit();
			return -ENOMEM;
		}
		x->props.mode = XFRM_MODE_TRANSPORT;
		/* it is in no table and never was: to free it, putting it will do */
		x->km.state = XFRM_STATE_DEAD;
		per_cpu(shadow, cpu) = x;
	}
	return 0;
}

void ipsec_secpath_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		if (per_cpu(shadow, cpu))
			xfrm_state_put(per_cpu(shadow, cpu));
		per_cpu(shadow, cpu) = NULL;
	}
}

#endif /* CONFIG_XFRM */
