// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: may a packet go on, by the SA that it came over, the policies, and what is
 * exempt from them?
 */
#include "judge.h"

#include <linux/in.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "cache.h"
#include "compat.h"
#include "drop.h"
#include "flow.h"
#include "frag.h"
#include "netns.h"
#include "notice.h"
#include "path.h"
#include "quote.h"
#include "sa.h"
#include "secpath.h"
#include "settings.h"
#include "spd.h"
#include "unwrap.h"

/* Where a piece behind the longest header with ports, that of TCP, may begin */
#define OPAQUE_OFFSET_MIN	24

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
enum ipsec_drop ipsec_judge_protected(struct ipsec_input *i)
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
	} else if (unlikely(ipsec_secpath_is_native(i->skb))) {
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
enum ipsec_drop ipsec_judge_clear(struct ipsec_input *i, bool asked)
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
	    !asked && !ipsec_secpath_is_native(i->skb)) {
		reason = ipsec_frag_judge(i->ipn, i->generation, i->skb, &flow,
					  v.sp, reason);
		if (!reason)
			i->sp = NULL;
	}
	return reason;
}
