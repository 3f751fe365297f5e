// SPDX-License-Identifier: GPL-2.0-only
/* Between two layers of ESP or AH: may what came over one SA go on to the next? */
#include "unwrap.h"

#include <net/ip.h>
#include <net/ipv6.h>

#include "cache.h"
#include "flow.h"
#include "netns.h"
#include "sa.h"
#include "spd.h"

int ipsec_input_flow(const struct ipsec_input *i, struct ipsec_flow *flow)
{
	u32 settings = ipsec_net_settings(i->ipn, i->generation);
	int off = ipsec_flow_parse(i->skb, i->family, settings, flow);
	u32 ifindex;

	if (likely(!ipsec_net_is_narrow(i->ipn)))
		return off;
	/* a VRF makes itself the packet's device, but not there */
	ifindex = i->family == AF_INET ? IPCB(i->skb)->iif :
					 IP6CB(i->skb)->iif;
	ipsec_flow_narrow(flow, i->ipn, i->skb, ifindex);
	return off;
}

/* A packet that came over one tunnel and goes on into another. */
static enum ipsec_drop judge_pass(struct ipsec_input *i,
				  const struct ipsec_flow *flow)
{
	struct ipsec_verdict v;

	ipsec_verdict_lookup(i->ipn, i->generation, NF_IPSEC_DIR_IN, flow, &v);
	if (!v.sp)
		return IPSEC_DROP_NO_POLICY;
	if (v.sp->action == NF_IPSEC_ACTION_BYPASS ||
	    (v.sp->action == NF_IPSEC_ACTION_PROTECT &&
	     v.sp->tunnel == i->sa->tunnel))
		return IPSEC_DROP_NONE;
	i->sp = v.sp;
	return v.sp->action == NF_IPSEC_ACTION_DISCARD ?
		IPSEC_DROP_POLICY_DISCARD : IPSEC_DROP_POLICY_MISMATCH;
}

/* RFC 4301 section 5.2: each of nested SAs carries what its selector names.  Where
 * nothing passes that no policy names, that goes for what is between two tunnels,
 * too (section 5.1).
 */
enum ipsec_drop ipsec_judge_outer(struct ipsec_input *i,
				  const struct ipsec_sa *next)
{
	bool ask = next->tunnel != i->sa->tunnel &&
		   (ipsec_net_settings(i->ipn, i->generation) &
		    NF_IPSEC_SETTING_DISCARD);
	struct ipsec_flow flow;

	if (!i->sa->sel_set && !ask)
		return IPSEC_DROP_NONE;
	if (ipsec_input_flow(i, &flow) < 0)
		return IPSEC_DROP_BAD_INNER;
	flow.flags &= ~IPSEC_FLOW_FRAGMENT;
	if (!ipsec_sa_carries(i->sa, &flow))
		return IPSEC_DROP_SA_SELECTOR;
	return ask ? judge_pass(i, &flow) : IPSEC_DROP_NONE;
}
