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
#include "frag.h"
#include "key.h"
#include "mss.h"
#include "nat.h"
#include "netns.h"
#include "notice.h"
#include "notify.h"
#include "quote.h"
#include "sa.h"
#include "secpath.h"
#include "settings.h"
#include "spd.h"
#include "tunnel.h"
#include "unwrap.h"

/* Where a piece behind the longest header with ports, that of TCP, may begin */
#define OPAQUE_OFFSET_MIN	24

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

static u32 settings_of(const struct ipsec_input *i)
{
	return ipsec_net_settings(i->ipn, i->generation);
}

/* RFC 4301 section 7.2: a piece that was let in as one without ports must not be
 * put over those of the first.
 */
static bool covers_header(const struct ipsec_input *i)
{
	u16 offset;

	if (i->family != AF_INET)
		return false;
	offset = ntohs(ip_hdr(i->skb)->frag_off) & IP_OFFSET;
	return offset && offset * 8 < OPAQUE_OFFSET_MIN;
}

/* Does a flow belong to the SA that it came over, and does the policy say so? */
static enum ipsec_drop judge_flow(struct ipsec_input *i,
				  const struct ipsec_flow *flow)
{
	struct ipsec_verdict v __ipsec_uninit;

	if (!ipsec_sa_carries(i->sa, flow))
		return IPSEC_DROP_SA_SELECTOR;
	ipsec_verdict_lookup(i->ipn, i->generation, NF_IPSEC_DIR_IN, flow, &v);
	if (!v.sp)
		return IPSEC_DROP_NO_POLICY;
	i->sp = v.sp;
	if (v.sp->action == NF_IPSEC_ACTION_DISCARD)
		return IPSEC_DROP_POLICY_DISCARD;
	if (v.sp->action != NF_IPSEC_ACTION_PROTECT ||
	    v.sp->tunnel != i->sa->tunnel)
		return IPSEC_DROP_POLICY_MISMATCH;
	if (unlikely(ipsec_sa_opaque(i->sa, flow) ||
		     ipsec_sp_set(v.sp, flow)->opaque) &&
	    covers_header(i))
		return IPSEC_DROP_SA_SELECTOR;
	return IPSEC_DROP_NONE;
}

/*
 * RFC 4301 section 6.2: an ICMP error that does not fit the SA is judged by the
 * packet that it quotes, and one that fits must quote what fits, too, lest the peer
 * breaks connections that are not with him.  A policy that names the protocol
 * waives that.
 *
 * Return: @own if it is no ICMP error.
 */
static enum ipsec_drop judge_quote(struct ipsec_input *i,
				   const struct ipsec_flow *flow, int off,
				   enum ipsec_drop own)
{
	struct ipsec_flow reply;
	struct ipsec_sp *sp;
	int err;

	if (own == IPSEC_DROP_POLICY_DISCARD ||
	    (!own && ipsec_sp_set(i->sp, flow)->proto_set))
		return own;
	err = ipsec_quote_parse(i->skb, flow, off, settings_of(i), &reply);
	if (err == -ENOENT)
		return own;
	sp = i->sp;
	i->sp = NULL;
	reply.flags &= ~IPSEC_FLOW_FRAGMENT;
	if (!err && !judge_flow(i, &reply))
		return IPSEC_DROP_NONE;
	i->sp = sp;
	return own ?: IPSEC_DROP_ICMP_QUOTE;
}

/* Is it for this host, alone or with others? */
static bool is_delivered(const struct ipsec_input *i)
{
	if (ipsec_input_is_local(i))
		return true;
	if (i->family == AF_INET)
		return ipv4_is_multicast(ip_hdr(i->skb)->daddr) ||
		       inet_addr_type_dev_table(i->ipn->net, i->skb->dev,
						ip_hdr(i->skb)->daddr) ==
		       RTN_BROADCAST;
	return ipv6_addr_is_multicast(&ipv6_hdr(i->skb)->daddr);
}

/*
 * RFC 4301 section 6.1: which ICMP has an effect on this host.  A policy that
 * names ICMP knows better.
 */
static bool is_refused(const struct ipsec_input *i,
		       const struct ipsec_flow *flow, const struct ipsec_sp *sp)
{
	return !(sp && ipsec_sp_set(sp, flow)->proto_set) &&
	       ipsec_settings_refuse(i->ipn, i->generation, i->family, i->sa,
				     flow->sport >> 8) &&
	       is_delivered(i);
}

static noinline enum ipsec_drop
judge_icmp_protected(struct ipsec_input *i, const struct ipsec_flow *flow,
		     int off, enum ipsec_drop reason)
{
	struct ipsec_report report = {
		.wanted = ipsec_notice_wants(i, flow),
	};

	reason = judge_quote(i, flow, off, reason);
	if (!reason && is_refused(i, flow, i->sp))
		reason = IPSEC_DROP_ICMP_TYPE;
	/* about packets that another SA is around */
	if (!reason && ipsec_input_is_local(i))
		ipsec_icmp_input(i->ipn, i->generation, i->skb, i->family, off,
				 &report);
	ipsec_notice_icmp(i, flow, reason, &report);
	return reason;
}

/* A packet that came over an SA: for this SA, and what the policy wants? */
static enum ipsec_drop judge_protected(struct ipsec_input *i)
{
	struct ipsec_flow flow __ipsec_uninit;
	enum ipsec_drop reason;
	bool piece;
	int off;

	off = ipsec_input_flow(i, &flow);
	if (off < 0)
		return IPSEC_DROP_BAD_INNER;
	piece = flow.flags & (IPSEC_FLOW_FRAGMENT | IPSEC_FLOW_FIRST);
	/* here a fragment must not be taken for traffic it may not be part of */
	flow.flags &= ~IPSEC_FLOW_FRAGMENT;
	reason = judge_flow(i, &flow);
	if (unlikely(ipsec_flow_is_icmp(&flow)))
		reason = judge_icmp_protected(i, &flow, off, reason);
	if (unlikely(piece) && !reason)
		ipsec_frag_protected(i->ipn, i->generation, i->skb, &flow);
	return reason;
}

/* Settings end what passes without a policy */
static bool ike_passes(const struct ipsec_input *i)
{
	return !(settings_of(i) & NF_IPSEC_SETTING_NO_IKE) &&
	       ipsec_input_is_local(i);
}

/*
 * What must come in clear, or comes over the kernel's own IPsec, passes whatever
 * is to be protected.  It passes what is to be discarded as well, so that nobody
 * locks himself out, unless that policy names the protocol.  @sp is NULL where no
 * policy names the packet.
 */
static bool is_exempt(const struct ipsec_input *i,
		      const struct ipsec_flow *flow, int off,
		      const struct ipsec_sp *sp)
{
	u32 settings = ipsec_net_settings(i->ipn, i->generation);

	if (!sp || sp->action == NF_IPSEC_ACTION_DISCARD) {
		if (sp && ipsec_sp_set(sp, flow)->proto_set)
			return false;
	} else if (secpath_exists(i->skb)) {
		return true;
	}
	return (!(settings & NF_IPSEC_SETTING_NO_ND) &&
		ipsec_flow_is_link_control(i->skb, flow, off)) ||
	       (!(settings & NF_IPSEC_SETTING_NO_DHCP) &&
		ipsec_flow_is_dhcp(flow) && is_delivered(i)) ||
	       (ipsec_flow_to_ike(i->skb, flow, off) && ike_passes(i));
}

/*
 * Who is outside has not seen the packets that a policy protects: an ICMP error
 * about one that comes in clear is made up, unless a policy names ICMP.  Where
 * nothing passes that no policy names, an error goes by what it quotes, too.
 *
 * Return: true if it may pass without a policy, being about what this host sends
 * without one.
 */
static bool ask_quote(struct ipsec_input *i, const struct ipsec_flow *flow,
		      int off, struct ipsec_verdict *v)
{
	struct ipsec_verdict quoted;
	struct ipsec_flow reply;

	if (!ipsec_verdict_is_silent(v, flow) ||
	    ipsec_quote_parse(i->skb, flow, off, settings_of(i), &reply))
		return false;
	if (reply.proto == IPPROTO_ESP || reply.proto == IPPROTO_AH)
		return ipsec_input_is_local(i);
	if (ipsec_flow_is_ike(&reply) && ike_passes(i))
		return true;
	ipsec_verdict_lookup(i->ipn, i->generation, NF_IPSEC_DIR_IN, &reply,
			     &quoted);
	if (quoted.sp && (quoted.sp->action == NF_IPSEC_ACTION_PROTECT ||
			  (!v->sp && (settings_of(i) &
				      NF_IPSEC_SETTING_DISCARD))))
		*v = quoted;
	return false;
}

/* ICMP that came in clear.  Return: false if this host must not believe it. */
static bool icmp_passes(struct ipsec_input *i, const struct ipsec_flow *flow,
			int off, const struct ipsec_sp *sp, bool asked,
			struct ipsec_report *report)
{
	if (unlikely(is_refused(i, flow, sp)) && !is_exempt(i, flow, off, NULL))
		return false;
	if (asked || !ipsec_input_is_local(i) ||
	    (sp && sp->action == NF_IPSEC_ACTION_DISCARD &&
	     ipsec_sp_set(sp, flow)->proto_set))
		return true;
	return ipsec_icmp_input(i->ipn, i->generation, i->skb, i->family, off,
				report);
}

/* No policy names it; @quotes: it is about what passes without one */
static enum ipsec_drop judge_unnamed(const struct ipsec_input *i,
				     const struct ipsec_flow *flow, int off,
				     bool quotes)
{
	if (likely(!(settings_of(i) & NF_IPSEC_SETTING_DISCARD)))
		return IPSEC_DROP_NONE;
	return quotes || is_exempt(i, flow, off, NULL) ? IPSEC_DROP_NONE :
							 IPSEC_DROP_DEFAULT;
}

/* By policies and what is exempt; @i->sp is the one that stops it */
static enum ipsec_drop judge_policy(struct ipsec_input *i,
				    const struct ipsec_flow *flow, int off,
				    bool quotes, struct ipsec_verdict *v)
{
	if (likely(!v->sp))
		return judge_unnamed(i, flow, off, quotes);
	if (v->sp->action == NF_IPSEC_ACTION_BYPASS ||
	    is_exempt(i, flow, off, v->sp))
		return IPSEC_DROP_NONE;
	i->sp = v->sp;
	return v->sp->action == NF_IPSEC_ACTION_DISCARD ?
		IPSEC_DROP_POLICY_DISCARD : IPSEC_DROP_CLEARTEXT;
}

static noinline enum ipsec_drop judge_icmp(struct ipsec_input *i,
					   const struct ipsec_flow *flow, int off,
					   bool asked, struct ipsec_verdict *v)
{
	struct ipsec_report report = {
		.wanted = !asked && ipsec_notice_wants(i, flow),
	};
	enum ipsec_drop reason = IPSEC_DROP_ICMP_TYPE;

	if (icmp_passes(i, flow, off, v->sp, asked, &report))
		reason = judge_policy(i, flow, off, ask_quote(i, flow, off, v),
				      v);
	ipsec_notice_icmp(i, flow, reason, &report);
	return reason;
}

/* A packet that came in clear; @asked: not for the first time */
static enum ipsec_drop judge_clear(struct ipsec_input *i, bool asked)
{
	enum ipsec_drop reason;
	struct ipsec_verdict v __ipsec_uninit;
	struct ipsec_flow flow __ipsec_uninit;
	int off;

	off = ipsec_input_flow(i, &flow);
	/* nobody can say which policy it would be for */
	if (unlikely(off < 0))
		return IPSEC_DROP_MALFORMED;
	ipsec_verdict_lookup(i->ipn, i->generation, NF_IPSEC_DIR_IN, &flow, &v);
	reason = unlikely(v.special) && ipsec_flow_is_icmp(&flow) ?
		 judge_icmp(i, &flow, off, asked, &v) :
		 judge_policy(i, &flow, off, false, &v);
	/* what the kernel's own IPsec has opened did not come in clear */
	if (unlikely(flow.flags & (IPSEC_FLOW_FRAGMENT | IPSEC_FLOW_FIRST)) &&
	    !asked && !secpath_exists(i->skb)) {
		reason = ipsec_frag_judge(i->ipn, i->generation, i->skb, &flow,
					  v.sp, reason);
		if (!reason)
			i->sp = NULL;
	}
	return reason;
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

	if (ipsec_unwrap(i, &reason))
		return NF_STOLEN;
	if (!reason)
		reason = i->sa ? judge_protected(i) :
				 judge_clear(i, false);
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
	if (unlikely(ipsec_secpath_wanted(i->ipn, settings_of(i), i->skb,
					  i->family)))
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

unsigned int ipsec_input(struct ipsec_net *ipn, struct sk_buff *skb,
			 const struct nf_hook_state *state, u8 family)
{
	lockdep_assert_in_softirq();
	if (is_loopback(skb, state) || ipsec_bridge_undecided(skb) ||
	    is_proven(skb, family) ||
	    passes(ipn, skb, family))
		return NF_ACCEPT;
	return input_one(ipn, skb, family, false);
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

	i.generation = ipsec_net_generation(i.ipn);
	reason = judge_clear(&i, true);
	if (unlikely(reason))
		input_drop(&i, reason);
	return reason ? NF_STOLEN : NF_ACCEPT;
}

unsigned int ipsec_input_late(struct ipsec_net *ipn, struct sk_buff *skb,
			      const struct nf_hook_state *state, u8 family)
{
	u16 flags;

	lockdep_assert_in_softirq();
	/* IPv4's stack says so itself, IPv6's only of multicast */
	if (family == AF_INET6 && state->hook == NF_INET_FORWARD &&
	    !ipsec_bridge_forwards(skb))
		IP6CB(skb)->flags |= IP6SKB_FORWARDED;
	flags = family == AF_INET ? IPCB(skb)->flags : IP6CB(skb)->flags;
	if (flags & IPSEC_CB_PROVEN)
		return NF_ACCEPT;
	if (unlikely(ipsec_bridge_delivered(skb)) && !is_loopback(skb, state))
		return input_one(ipn, skb, family, true);
	if (likely(!skb_nfct(skb)) || !ipsec_nat_translated(skb) ||
	    is_loopback(skb, state) || ipsec_bridge_forwards(skb))
		return NF_ACCEPT;
	return ask_again(ipn, skb, family);
}
