// SPDX-License-Identifier: GPL-2.0-only
/*
 * Out: policy -> SA, and what conntrack has to do with it.
 *
 * Everything happens in place and inside the hook; the protected packet goes on
 * by dst_output() past the hooks.
 */
#include "path.h"

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/sock.h>

#include "bridge.h"
#include "cache.h"
#include "compat.h"
#include "drop.h"
#include "flow.h"
#include "journal.h"
#include "key.h"
#include "lib/pfp.h"
#include "nat.h"
#include "netns.h"
#include "notify.h"
#include "peer.h"
#include "quote.h"
#include "sa.h"
#include "send.h"
#include "spd.h"
#include "tunnel.h"
#include "wait.h"

/* How POST_ROUTING goes on with a packet that leaves the host */
static typeof(((struct nf_hook_state *)0)->okfn) okfn_leaves;

/*
 * IPv4 shows us the copy of a multicast that our own listeners get, too, and all
 * that tells it from the packet is how it goes on.  A packet that is no
 * multicast says how one goes on that leaves.
 */
static bool is_own_copy(const struct sk_buff *skb,
			const struct nf_hook_state *state)
{
	const struct rtable *rt;

	if (state->pf != NFPROTO_IPV4)
		return false;
	rt = skb_rtable(skb);
	if (likely(!(rt->rt_flags & (RTCF_MULTICAST | RTCF_BROADCAST)))) {
		if (unlikely(READ_ONCE(okfn_leaves) != state->okfn))
			WRITE_ONCE(okfn_leaves, state->okfn);
		return false;
	}
	return READ_ONCE(okfn_leaves) && state->okfn != okfn_leaves;
}

/* Field by field: gcc makes a string instruction of an initialiser, which costs each
 * packet more.
 */
static __always_inline void out_begin(struct ipsec_out *o, struct ipsec_net *ipn,
				      struct sock *sk, u8 family)
{
	o->ipn = ipn;
	o->generation = 0;
	o->sk = sk;
	o->sp = NULL;
	o->sa = NULL;
	o->dst = NULL;
	o->asked = 0;
	o->err = 0;
	o->family = family;
	o->sent = false;
	o->ports_unknown = false;
	o->unnamed = false;
	o->pfp_lacks = false;
	o->may_fragment = false;
	o->waited = false;
	o->dummy = false;
	o->half = false;
}

/* Packets that are not for the boundary at all. */
static bool out_passes(const struct sk_buff *skb,
		       const struct nf_hook_state *state)
{
	/* a VRF's first pass: the second one has the real device */
	if (netif_is_l3_master(state->out) || (state->out->flags & IFF_LOOPBACK))
		return true;
#if IS_ENABLED(CONFIG_XFRM)
	/* the kernel's own IPsec has it */
	if (skb_dst(skb) && skb_dst(skb)->xfrm)
		return true;
#endif
	return !skb_dst(skb) || ipsec_bridge_forwards(skb) ||
	       is_own_copy(skb, state);
}

/*
 * A packet by which a tunnel is negotiated goes between its ends in clear.  As
 * long as there is no SA to know them by, an end is who sends from here.
 */
static bool is_ike_of(const struct sk_buff *skb, const struct ipsec_flow *flow,
		      const struct ipsec_sa *sa, u32 settings)
{
	const struct ipsec_peer_at *at;

	if (!ipsec_flow_is_ike(flow) || (settings & NF_IPSEC_SETTING_NO_IKE))
		return false;
	if (sa) {
		at = ipsec_peer_at_rcu(sa->peer);
		return ipsec_addr_equal(&flow->saddr, &sa->saddr) &&
		       (ipsec_addr_equal(&flow->daddr, &sa->id.daddr) ||
			(at && ipsec_addr_equal(&flow->daddr, &at->addr)));
	}
	return !ipsec_skb_is_forwarded(skb, flow->family);
}

/* As for what comes in, see there: a policy that discards and names the protocol
 * means it.
 */
static bool is_exempt(const struct sk_buff *skb, const struct ipsec_flow *flow,
		      int off, const struct ipsec_verdict *v, u32 settings)
{
	if (v->sp && v->sp->action == NF_IPSEC_ACTION_DISCARD &&
	    ipsec_sp_set(v->sp, flow)->proto_set)
		return false;
	return (!(settings & NF_IPSEC_SETTING_NO_ND) &&
		ipsec_flow_is_link_control(skb, flow, off)) ||
	       is_ike_of(skb, flow, v->sa, settings) ||
	       (!(settings & NF_IPSEC_SETTING_NO_DHCP) &&
		ipsec_flow_is_dhcp(flow) &&
		!ipsec_skb_is_forwarded(skb, flow->family));
}

/*
 * An ICMP error that no policy names goes the way of the replies to the packet
 * that it quotes (RFC 4301 section 6.2): quotes of what was protected are no
 * business of anybody outside.  No SA is made for its sake.
 */
static bool ask_quote(const struct ipsec_out *o, struct sk_buff *skb,
		      u64 generation, const struct ipsec_flow *flow, int off,
		      struct ipsec_verdict *v)
{
	u32 settings = ipsec_net_settings(o->ipn, generation);
	struct ipsec_verdict quoted;
	struct ipsec_flow reply;

	if (ipsec_quote_parse(skb, flow, off,
			      ipsec_net_settings(o->ipn, generation), &reply))
		return false;
	reply.dscp = flow->dscp;
	ipsec_verdict_lookup(o->ipn, generation, NF_IPSEC_DIR_OUT, &reply,
			     &quoted);
	if (!quoted.sp || is_ike_of(skb, &reply, quoted.sa, settings))
		return false;
	/* what no policy names goes by what it quotes, if it is not to pass */
	if (quoted.sp->action != NF_IPSEC_ACTION_PROTECT &&
	    (v->sp || !(settings & NF_IPSEC_SETTING_DISCARD)))
		return false;
	*v = quoted;
	return true;
}

/* RFC 4301 section 4.4.2.2: no SA can take a value that the packet has not */
static void acquire(struct ipsec_out *o, const struct ipsec_flow *flow,
		    u64 generation)
{
	o->pfp_lacks = ipsec_pfp_lacks(o->sp->pfp, flow);
	if (o->pfp_lacks)
		return;
	this_cpu_inc(o->ipn->stats->counts[IPSEC_COUNT_ACQUIRES]);
	if (ipsec_notify_acquire(o->ipn, o->sp, flow) &&
	    !(ipsec_net_settings(o->ipn, generation) &
	      NF_IPSEC_SETTING_NO_WAIT))
		o->asked = generation;
}

/*
 * @last: nobody judges the packet again, so that it is time to ask for an SA.
 *
 * Return: true if a policy stops or protects the packet, or, with @o->sp NULL, if
 * no policy names it and it must not pass (@o->unnamed), or nobody can say which
 * policy it is for, as its headers are cut off.
 */
static bool out_judge(struct ipsec_out *o, struct sk_buff *skb, bool last)
{
	u64 generation = ipsec_net_generation(o->ipn);
	u32 settings = ipsec_net_settings(o->ipn, generation);
	struct ipsec_verdict v __ipsec_uninit;
	struct ipsec_flow flow __ipsec_uninit;
	int off;

	off = ipsec_flow_parse(skb, o->family, settings, &flow);
	if (unlikely(off < 0))
		return true;
	if (unlikely(ipsec_net_is_narrow(o->ipn)))
		ipsec_flow_narrow(&flow, o->ipn, skb, skb_dst(skb)->dev->ifindex);
	if (unlikely(ipsec_net_has_classes(o->ipn)))
		ipsec_flow_dscp(&flow, skb);
	ipsec_verdict_lookup(o->ipn, generation, NF_IPSEC_DIR_OUT, &flow, &v);
	if (unlikely(v.special) && ipsec_flow_is_icmp(&flow) &&
	    ipsec_verdict_is_silent(&v, &flow) &&
	    ask_quote(o, skb, generation, &flow, off, &v))
		last = false;
	if (v.sp ? v.sp->action == NF_IPSEC_ACTION_BYPASS :
		   likely(!(settings & NF_IPSEC_SETTING_DISCARD)))
		return false;
	if (unlikely(v.special) && is_exempt(skb, &flow, off, &v, settings))
		return false;
	if (unlikely(!v.sp)) {
		o->unnamed = true;
		return true;
	}
	o->generation = generation;
	o->sp = v.sp;
	o->sa = v.sa;
	o->ports_unknown = unlikely(flow.flags & IPSEC_FLOW_FRAGMENT) &&
			   !ipsec_sp_match(v.sp, &flow);
	if (unlikely(!v.sa && v.sp->action == NF_IPSEC_ACTION_PROTECT &&
		     last && !o->ports_unknown))
		acquire(o, &flow, generation);
	return true;
}

static unsigned int out_verdict(const struct ipsec_out *o)
{
	/* as NF_DROP_ERR() does it; a full queue must reach the sender */
	return NF_STOLEN | ((unsigned int)-o->err << NF_VERDICT_QBITS);
}

/*
 * IPv6's stack makes the copy of a multicast that our own listeners get behind
 * our hook, where no packet comes that is protected.  Who has not joined the
 * group does not get it: that is seen to when it comes in.
 */
static void keep_own_copy(const struct ipsec_out *o, struct sk_buff *skb)
{
	struct sk_buff *copy;

	if (o->waited || ipsec_skb_is_forwarded(skb, AF_INET6) ||
	    !sk_mc_loop(o->sk))
		return;
	copy = skb_clone(skb, GFP_ATOMIC);
	if (copy)
		dev_loopback_xmit(o->ipn->net, o->sk, copy);
}

/* What a policy stops or protects */
static void out_go(struct ipsec_out *o, struct sk_buff *skb)
{
	if (o->sp->action == NF_IPSEC_ACTION_DISCARD) {
		ipsec_send_drop(o, skb, IPSEC_DROP_POLICY_DISCARD, -EPERM);
		return;
	}
	if (unlikely(o->ports_unknown)) {
		ipsec_send_drop(o, skb, IPSEC_DROP_FRAGMENT, -EINVAL);
		return;
	}
	if (unlikely(o->pfp_lacks)) {
		ipsec_send_drop(o, skb, IPSEC_DROP_PFP_LACKS, -EPERM);
		return;
	}
	if (unlikely(!ipsec_nat_confirm(skb))) {
		ipsec_send_drop(o, skb, IPSEC_DROP_NAT, -EPERM);
		return;
	}
	if (unlikely(o->family == AF_INET6 &&
		     ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr)))
		keep_own_copy(o, skb);
	if (unlikely(!o->sa || (ipsec_net_is_waiting(o->ipn) &&
				READ_ONCE(o->sp->tunnel->n_waiting))) &&
	    ipsec_wait_add(o, skb))
		return;
	ipsec_send(o, skb);
}

static void out_run(struct ipsec_out *o, struct sk_buff *skb)
{
	struct ipsec_usage *usage;

	if (unlikely(!o->sp)) {
		if (o->unnamed)
			ipsec_send_drop(o, skb, IPSEC_DROP_DEFAULT, -EPERM);
		else
			ipsec_send_drop(o, skb, IPSEC_DROP_MALFORMED, -EINVAL);
		return;
	}
	usage = this_cpu_ptr(o->sp->usage);
	usage->packets++;
	usage->bytes += skb->len;
	out_go(o, skb);
}

/* What conntrack knows, or has just begun to know */
static noinline unsigned int decide(struct ipsec_net *ipn, struct sk_buff *skb,
				    const struct nf_hook_state *state,
				    u8 family)
{
	struct ipsec_out o = {
		.ipn = ipn,
		.sk = state->sk,
		.family = family,
	};
	unsigned int verdict = NF_ACCEPT;

	if (!ipsec_nat_concerns(skb) || out_passes(skb, state))
		return NF_ACCEPT;
	local_bh_disable();
	if (!out_judge(&o, skb, ipsec_nat_is_source(skb)) || !o.sp ||
	    o.sp->action != NF_IPSEC_ACTION_PROTECT)
		goto out;
	if (ipsec_nat_is_source(skb)) {
		/* translated since before there was a policy: from here */
		ipsec_nat_forget(skb);
		out_run(&o, skb);
		verdict = out_verdict(&o);
	} else if (ipsec_nat_keep(skb)) {
		if (family == AF_INET)
			IPCB(skb)->flags |= IPSEC_CB_DECIDED;
		else
			IP6CB(skb)->flags |= IPSEC_CB_DECIDED;
	} else {
		ipsec_send_drop(&o, skb, IPSEC_DROP_NAT, -EPERM);
		verdict = out_verdict(&o);
	}
out:
	local_bh_enable();
	return verdict;
}

unsigned int ipsec_output_decide(struct ipsec_net *ipn, struct sk_buff *skb,
				 const struct nf_hook_state *state, u8 family)
{
	return likely(!skb_nfct(skb)) ? NF_ACCEPT :
					decide(ipn, skb, state, family);
}

enum out_glance {
	OUT_ASK,	/* out_judge() has to say */
	OUT_PASS,	/* no policy names it */
	OUT_TAKE,	/* there are a policy and an SA for it */
};

/* What is clear of most packets at first sight: whole ones of TCP or UDP that no
 * exemption may be for.
 */
static __always_inline enum out_glance glance(struct ipsec_out *o,
					      const struct sk_buff *skb)
{
	u64 generation = ipsec_net_generation(o->ipn);
	struct ipsec_verdict v __ipsec_uninit;
	struct ipsec_flow flow __ipsec_uninit;

	if (!ipsec_flow_parse_plain(skb, o->family, &flow) ||
	    unlikely(ipsec_net_is_narrow(o->ipn)) ||
	    unlikely(ipsec_net_has_classes(o->ipn)))
		return OUT_ASK;
	ipsec_verdict_lookup(o->ipn, generation, NF_IPSEC_DIR_OUT, &flow, &v);
	if (unlikely(v.special))
		return OUT_ASK;
	if (!v.sp)
		return unlikely(ipsec_net_settings(o->ipn, generation) &
				NF_IPSEC_SETTING_DISCARD) ? OUT_ASK : OUT_PASS;
	/* all others that a policy names pass, or not, or want an SA */
	if (unlikely(!v.sa))
		return OUT_ASK;
	o->generation = generation;
	o->sp = v.sp;
	o->sa = v.sa;
	return OUT_TAKE;
}

unsigned int ipsec_output(struct ipsec_net *ipn, struct sk_buff *skb,
			  const struct nf_hook_state *state, u8 family)
{
	struct ipsec_out o __ipsec_uninit;
	unsigned int verdict = NF_ACCEPT;
	enum out_glance seen;
	u16 flags;

	if (out_passes(skb, state))
		return NF_ACCEPT;
	out_begin(&o, ipn, state->sk, family);
	local_bh_disable();
	seen = glance(&o, skb);
	if (seen == OUT_TAKE ||
	    (seen == OUT_ASK && out_judge(&o, skb, true))) {
		out_run(&o, skb);
		verdict = out_verdict(&o);
		goto out;
	}
	flags = family == AF_INET ? IPCB(skb)->flags : IP6CB(skb)->flags;
	if (unlikely(flags & IPSEC_CB_DECIDED)) {
		ipsec_send_drop(&o, skb, IPSEC_DROP_NAT, -EPERM);
		verdict = out_verdict(&o);
	}
out:
	local_bh_enable();
	return verdict;
}

bool ipsec_output_again(struct ipsec_net *ipn, struct sk_buff *skb, u8 family,
			bool late)
{
	struct ipsec_out o = {
		.ipn = ipn,
		.sk = skb->sk,
		.family = family,
		.waited = true,
	};
	struct ipsec_drop_at at = {
		.dir = NF_IPSEC_DIR_OUT,
		.family = family,
	};
	bool done = true;

	local_bh_disable();
	rcu_read_lock();
	/* A route that has gone is one of the first namespace, and what its
	 * sender were told would be sent there.
	 */
	if (unlikely(READ_ONCE(skb_dst(skb)->obsolete) > 0))
		ipsec_drop_skb(ipn, skb, IPSEC_DROP_NO_ROUTE, &at);
	else if (!out_judge(&o, skb, false) || !o.sp)
		ipsec_send_drop(&o, skb, IPSEC_DROP_NO_SA, -ESRCH);
	else if (!o.sa && !late && !o.ports_unknown &&
		 o.sp->action == NF_IPSEC_ACTION_PROTECT)
		done = false;
	else
		out_go(&o, skb);
	rcu_read_unlock();
	local_bh_enable();
	return done;
}
