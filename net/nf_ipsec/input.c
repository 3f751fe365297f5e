// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: unwrap, ask the policy, and let the rest of the stack go on with the inner
 * packet.
 */
#include "path.h"

#include <linux/etherdevice.h>
#include <linux/in.h>
#include <linux/netfilter.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "bridge.h"
#include "cache.h"
#include "compat.h"
#include "drop.h"
#include "flow.h"
#include "judge.h"
#include "mss.h"
#include "nat.h"
#include "netns.h"
#include "notify.h"
#include "sa.h"
#include "secpath.h"
#include "settings.h"
#include "spd.h"
#include "tunnel.h"
#include "unwrap.h"

/* What netif_receive_skb_core() is bringing back to our hook on this CPU: it
 * came protected.  Data and not packet, as a tap may make the stack go on with a
 * clone.
 */
static DEFINE_PER_CPU(unsigned char *, input_proven);

static void mark_proven(struct sk_buff *skb, u8 family)
{
	if (family == AF_INET)
		IPCB(skb)->flags |= IPSEC_CB_PROVEN;
	else
		IP6CB(skb)->flags |= IPSEC_CB_PROVEN;
}

static bool is_proven(struct sk_buff *skb, u8 family)
{
	u16 flags = family == AF_INET ? IPCB(skb)->flags : IP6CB(skb)->flags;

	if (flags & IPSEC_CB_PROVEN)
		return true;
	if (likely(this_cpu_read(input_proven) != skb->head))
		return false;
	this_cpu_write(input_proven, NULL);
	mark_proven(skb, family);
	return true;
}

/* Another family's input has to take it from the start, and so has IPv6's if
 * there are hop-by-hop options, which only its receive function parses.
 */
static bool must_reinject(const struct ipsec_input *i)
{
	return i->routed || i->family != i->arrived ||
	       (i->family == AF_INET6 &&
		ipv6_hdr(i->skb)->nexthdr == NEXTHDR_HOP);
}

static unsigned int reinject(struct ipsec_input *i)
{
	struct sk_buff *skb = i->skb;

	if (skb_mac_header_was_set(skb) && skb->dev->type == ARPHRD_ETHER &&
	    skb_mac_header_len(skb) >= ETH_HLEN)
		eth_hdr(skb)->h_proto = skb->protocol;
	this_cpu_write(input_proven, skb->head);
	netif_receive_skb_core(skb);
	this_cpu_write(input_proven, NULL);
	return NF_STOLEN;
}

static void input_drop(struct ipsec_input *i, enum ipsec_drop reason)
{
	struct ipsec_drop_at at = ipsec_input_at(i);

	if (unlikely(ipsec_net_settings(i->ipn, i->generation) &
		     NF_IPSEC_SETTING_SELECTOR_EVENTS) &&
	    (reason == IPSEC_DROP_SA_SELECTOR ||
	     reason == IPSEC_DROP_NO_POLICY ||
	     reason == IPSEC_DROP_POLICY_MISMATCH))
		ipsec_notify_selector(i->ipn, i->skb, reason, &at);
	ipsec_drop_skb(i->ipn, i->skb, reason, &at);
}

/* What it says is for those who send the other way. */
static void lower_mss(const struct ipsec_input *i)
{
	struct ipsec_sa *out;

	out = ipsec_tunnel_out_rcu(i->sa->tunnel, NULL, i->generation & 1);
	if (out)
		ipsec_mss(i->skb, i->family, ipsec_output_mtu(out), i->sa->mss);
}

static unsigned int input_run(struct ipsec_input *i)
{
	enum ipsec_drop reason = IPSEC_DROP_NONE;
	struct ipsec_usage *usage;
	u32 settings;

	if (ipsec_unwrap(i, &reason))
		return NF_STOLEN;
	if (!reason)
		reason = i->sa ? ipsec_judge_protected(i) :
				 ipsec_judge_clear(i, false);
	if (i->sp) {
		usage = this_cpu_ptr(i->sp->usage);
		usage->packets++;
		usage->bytes += i->skb->len;
	}
	if (unlikely(reason)) {
		input_drop(i, reason);
		return NF_STOLEN;
	}
	if (!i->sa)
		return NF_ACCEPT;
	if (unlikely(ipsec_may_be_syn(i->skb, i->family)) && i->sa->mss)
		lower_mss(i);
	settings = ipsec_net_settings(i->ipn, i->generation);
	if (unlikely(ipsec_secpath_wanted(i->ipn, settings, i->skb, i->family)))
		ipsec_secpath_attach(i->ipn, i->skb, i->family);
	if (unlikely(must_reinject(i)))
		return reinject(i);
	mark_proven(i->skb, i->family);
	return NF_ACCEPT;
}

/* What never leaves this host, the copies of our own multicasts among it */
static bool is_loopback(const struct sk_buff *skb,
			const struct nf_hook_state *state)
{
	return (state->in->flags & IFF_LOOPBACK) ||
	       skb->pkt_type == PACKET_LOOPBACK;
}

static noinline unsigned int input_one(struct ipsec_net *ipn,
				       struct sk_buff *skb, u8 family,
				       bool routed)
{
	struct ipsec_input i __ipsec_uninit;

	/* i.outer: by who finds an SA */
	i.ipn = ipn;
	i.skb = skb;
	i.generation = ipsec_net_generation(ipn);
	i.family = family;
	i.arrived = family;
	i.routed = routed;
	i.half = false;
	i.sa = NULL;
	i.sp = NULL;
	return input_run(&i);
}

/* Most packets in clear: whole ones of TCP or UDP that hold nothing for an SA, and
 * that no policy and no exemption names.  All others are judged from the start.
 */
static bool passes(const struct ipsec_net *ipn, const struct sk_buff *skb,
		   u8 family)
{
	u64 generation = ipsec_net_generation(ipn);
	struct ipsec_verdict v __ipsec_uninit;
	struct ipsec_flow flow __ipsec_uninit;

	if (!ipsec_flow_parse_plain(skb, family, &flow) ||
	    unlikely(ipsec_net_settings(ipn, generation) &
		     NF_IPSEC_SETTING_DISCARD) ||
	    unlikely(ipsec_net_is_narrow(ipn)) ||
	    unlikely(ipsec_natt_any(&ipn->natt) && flow.proto == IPPROTO_UDP))
		return false;
	ipsec_verdict_lookup(ipn, generation, NF_IPSEC_DIR_IN, &flow, &v);
	return likely(!v.sp && !v.special);
}

static __always_inline unsigned int input(struct ipsec_net *ipn,
					  struct sk_buff *skb,
					  const struct nf_hook_state *state,
					  u8 family)
{
	if (is_loopback(skb, state) || ipsec_bridge_undecided(skb) ||
	    is_proven(skb, family) ||
	    passes(ipn, skb, family))
		return NF_ACCEPT;
	return input_one(ipn, skb, family, false);
}

/* The stack receives with BH off.  But what a program had in its queue (NFQUEUE) goes
 * on in the program's context, and behind a new multicast route what waited for it.
 */
unsigned int ipsec_input(struct ipsec_net *ipn, struct sk_buff *skb,
			 const struct nf_hook_state *state, u8 family)
{
	unsigned int verdict;

	if (likely(in_softirq()))
		return input(ipn, skb, state, family);
	local_bh_disable();
	verdict = input(ipn, skb, state, family);
	local_bh_enable();
	return verdict;
}

static noinline unsigned int ask_again(struct ipsec_net *ipn,
				       struct sk_buff *skb, u8 family)
{
	struct ipsec_input i = {
		.ipn = ipn,
		.skb = skb,
		.family = family,
	};
	enum ipsec_drop reason;

	local_bh_disable();
	i.generation = ipsec_net_generation(i.ipn);
	reason = ipsec_judge_clear(&i, true);
	if (unlikely(reason))
		input_drop(&i, reason);
	local_bh_enable();
	return reason ? NF_STOLEN : NF_ACCEPT;
}

unsigned int ipsec_input_late(struct ipsec_net *ipn, struct sk_buff *skb,
			      const struct nf_hook_state *state, u8 family)
{
	unsigned int verdict;
	u16 flags;

	/* IPv4's stack says so itself, IPv6's only of multicast */
	if (family == AF_INET6 && state->hook == NF_INET_FORWARD &&
	    !ipsec_bridge_forwards(skb))
		IP6CB(skb)->flags |= IP6SKB_FORWARDED;
	flags = family == AF_INET ? IPCB(skb)->flags : IP6CB(skb)->flags;
	if (flags & IPSEC_CB_PROVEN)
		return NF_ACCEPT;
	if (unlikely(ipsec_bridge_delivered(skb)) && !is_loopback(skb, state)) {
		local_bh_disable();
		verdict = input_one(ipn, skb, family, true);
		local_bh_enable();
		return verdict;
	}
	if (likely(!skb_nfct(skb)) || !ipsec_nat_translated(skb) ||
	    is_loopback(skb, state) || ipsec_bridge_forwards(skb))
		return NF_ACCEPT;
	return ask_again(ipn, skb, family);
}
