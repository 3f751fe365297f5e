// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: find the SA, check the window, authenticate and decrypt in place, commit
 * the number, strip, ask the policy, and let the rest of the stack go on with
 * the inner packet.
 */
#include "path.h"

#include <linux/etherdevice.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_bridge.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "cache.h"
#include "compat.h"
#include "defrag.h"
#include "drop.h"
#include "flow.h"
#include "key.h"
#include "lib/replay.h"
#include "lib/wire.h"
#include "mode.h"
#include "nat.h"
#include "netns.h"
#include "sa.h"
#include "sad.h"
#include "spd.h"
#include "xform.h"

/* ESP in AH in a tunnel, and one to spare */
#define INPUT_DEPTH_MAX	4

/**
 * struct input - one packet on its way in
 * @ipn: the netns
 * @skb: the packet
 * @generation: which set of objects judges the packet
 * @family: of the packet now at skb->data
 * @arrived: family it arrived in
 * @sa: the SA it came over last, or NULL
 * @sp: the policy that judged it, or NULL
 */
struct input {
	struct ipsec_net *ipn;
	struct sk_buff *skb;
	u64 generation;
	u8 family;
	u8 arrived;
	struct ipsec_sa *sa;
	struct ipsec_sp *sp;
};

/* The packet that netif_receive_skb_core() is bringing back to our hook on this
 * CPU: it came protected.
 */
static DEFINE_PER_CPU(struct sk_buff *, input_proven);

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
	if (likely(this_cpu_read(input_proven) != skb))
		return false;
	this_cpu_write(input_proven, NULL);
	mark_proven(skb, family);
	return true;
}

/*
 * Where is the ESP or AH header?  Return: 0 if the packet has none; else the
 * protocol, with offsets from skb->data.
 */
static u8 find_v6(const struct sk_buff *skb, u32 *off, u32 *nhoff, bool *frag)
{
	u8 next = ipv6_hdr(skb)->nexthdr;

	*nhoff = offsetof(struct ipv6hdr, nexthdr);
	*off = sizeof(struct ipv6hdr);
	while (unlikely(next == NEXTHDR_HOP || next == NEXTHDR_ROUTING ||
			next == NEXTHDR_DEST || next == NEXTHDR_FRAGMENT)) {
		const struct frag_hdr *fh;
		struct frag_hdr buf;

		fh = skb_header_pointer(skb, *off, sizeof(buf), &buf);
		if (!fh)
			return 0;
		/* a fragment that is the whole packet is none (RFC 6946) */
		if (next == NEXTHDR_FRAGMENT &&
		    (fh->frag_off & htons(IP6_OFFSET | IP6_MF)))
			*frag = true;
		*nhoff = *off;
		*off += next == NEXTHDR_FRAGMENT ? sizeof(*fh) :
						   (fh->reserved + 1) * 8;
		next = fh->nexthdr;
		if (*frag)
			break;
	}
	return next == NEXTHDR_ESP || next == NEXTHDR_AUTH ? next : 0;
}

static u8 find_ipsec(const struct input *i, u32 *off, u32 *nhoff, bool *frag)
{
	const struct iphdr *iph = ip_hdr(i->skb);

	*frag = false;
	if (i->family == AF_INET6)
		return find_v6(i->skb, off, nhoff, frag);
	if (likely(iph->protocol != IPPROTO_ESP && iph->protocol != IPPROTO_AH))
		return 0;
	*off = iph->ihl * 4;
	*nhoff = offsetof(struct iphdr, protocol);
	*frag = ip_is_fragment(iph);
	return iph->protocol;
}

static bool is_to_us(const struct input *i)
{
	struct net *net = i->ipn->net;

	if (i->family == AF_INET)
		return inet_addr_type_dev_table(net, i->skb->dev,
						ip_hdr(i->skb)->daddr) ==
		       RTN_LOCAL;
	return ipv6_chk_addr(net, &ipv6_hdr(i->skb)->daddr, i->skb->dev, 0);
}

/* An SA is for packets to us, not for those that pass through to an address
 * that was ours once.
 */
static bool is_local(const struct input *i, struct ipsec_sa *sa)
{
	u32 gen = atomic_read(&i->ipn->addr_gen);

	if (likely(READ_ONCE(sa->local_gen) == gen))
		return true;
	if (!is_to_us(i))
		return false;
	WRITE_ONCE(sa->local_gen, gen);
	return true;
}

static struct ipsec_sa *find_sa(const struct input *i, u8 proto, u32 off,
				u32 *seq)
{
	struct ipsec_sa_id id = {
		.family = i->family,
		.proto = proto,
		.dir = NF_IPSEC_DIR_IN,
	};
	struct ipsec_ah_hdr *ah;
	struct ipsec_sa *sa;

	ah = (void *)(i->skb->data + off);
	if (proto == IPPROTO_ESP) {
		struct ipsec_esp_hdr *esph = (void *)ah;

		id.spi = esph->spi;
		*seq = be32_to_cpu(esph->seq);
	} else {
		id.spi = ah->spi;
		*seq = be32_to_cpu(ah->seq);
	}
	if (i->family == AF_INET)
		id.daddr.a4 = ip_hdr(i->skb)->daddr;
	else
		memcpy(&id.daddr, &ipv6_hdr(i->skb)->daddr, sizeof(id.daddr));
	sa = ipsec_sad_lookup_rcu(i->ipn, &id, i->generation & 1);
	return sa && is_local(i, sa) ? sa : NULL;
}

static enum ipsec_drop replay_reason(enum ipsec_replay_verdict verdict)
{
	switch (verdict) {
	case IPSEC_REPLAY_OK:
		return IPSEC_DROP_NONE;
	case IPSEC_REPLAY_DUPLICATE:
		return IPSEC_DROP_REPLAY_DUPLICATE;
	case IPSEC_REPLAY_TOO_OLD:
		return IPSEC_DROP_REPLAY_OLD;
	default:
		return IPSEC_DROP_REPLAY_INVALID;
	}
}

/* Between the check without a lock and this one the same number may have come
 * in on another CPU.
 */
static enum ipsec_drop replay_commit(struct ipsec_key *key, u64 seq)
{
	enum ipsec_replay_verdict verdict;

	spin_lock(&key->replay_lock);
	verdict = ipsec_replay_check(key->replay, seq);
	if (likely(verdict == IPSEC_REPLAY_OK))
		ipsec_replay_commit(key->replay, seq);
	spin_unlock(&key->replay_lock);
	return replay_reason(verdict);
}

static void count(const struct input *i, const struct ipsec_in *in, u32 len)
{
	ipsec_key_count(in->sa->key, len);
	this_cpu_inc(i->ipn->stats->counts[IPSEC_COUNT_IN_PACKETS]);
	this_cpu_add(i->ipn->stats->counts[IPSEC_COUNT_IN_BYTES], len);
}

/* One layer of ESP or AH. */
static enum ipsec_drop unwrap(struct input *i, struct ipsec_in *in, u32 low)
{
	const struct ipsec_xform *xform = ipsec_xform_of(in->sa);
	struct ipsec_key *key = in->sa->key;
	struct sk_buff *skb = i->skb;
	enum ipsec_drop reason;
	u32 len;

	in->seq = ipsec_replay_recover(key->replay, low);
	reason = replay_reason(ipsec_replay_check(key->replay, in->seq));
	if (unlikely(reason))
		return reason;
	if (unlikely(skb_is_gso(skb)))
		return IPSEC_DROP_MALFORMED;
	if (ipsec_skb_own(skb, 0, 0))
		return IPSEC_DROP_NOMEM;
	in->family = i->family;
	in->ds = i->family == AF_INET ? ip_hdr(skb)->tos :
					ipv6_get_dsfield(ipv6_hdr(skb));
	len = skb->len - in->off;
	reason = xform->open(skb, in) ?: replay_commit(key, in->seq);
	if (unlikely(reason))
		return reason;
	count(i, in, len);
	reason = xform->strip(skb, in) ?: ipsec_mode_decap(skb, in);
	i->family = in->family;
	return reason;
}

/* Nothing that was true of the outer packet may speak for the inner one. */
static void reset(struct input *i)
{
	struct sk_buff *skb = i->skb;

	skb_dst_drop(skb);
	skb_orphan(skb);
	nf_reset_ct(skb);
	nf_reset_trace(skb);
	skb_clear_hash(skb);
	skb->encapsulation = 0;
	skb->ip_summed = CHECKSUM_NONE;
	skb->pkt_type = PACKET_HOST;
	secpath_reset(skb);
	if (skb_mac_header_was_set(skb))
		skb_mac_header_rebuild(skb);
	if (i->family == AF_INET) {
		skb->protocol = htons(ETH_P_IP);
		memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
		IPCB(skb)->iif = skb->skb_iif;
		skb_set_transport_header(skb, ip_hdrlen(skb));
	} else {
		skb->protocol = htons(ETH_P_IPV6);
		memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
		IP6CB(skb)->iif = skb->dev->ifindex;
		IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);
		skb_set_transport_header(skb, sizeof(struct ipv6hdr));
	}
}

/*
 * Peel off layers for as long as they are addressed to us.  Return: 1 if
 * fragments are still missing and the packet is not ours now; 0 otherwise.
 */
static int unwrap_all(struct input *i, enum ipsec_drop *reason)
{
	struct ipsec_in in;
	struct ipsec_sa *sa;
	u32 low, head;
	int depth;
	bool frag;
	u8 proto;

	for (depth = 0; ; depth++) {
		proto = find_ipsec(i, &in.off, &in.nhoff, &frag);
		if (likely(!proto))
			return 0;
		if (unlikely(depth > INPUT_DEPTH_MAX)) {
			*reason = IPSEC_DROP_DEPTH;
			return 0;
		}
		if (unlikely(frag)) {
			if (!is_to_us(i))
				return 0;
			if (ipsec_defrag(i->ipn, i->skb, i->family))
				return 1;
			/* IPv6 hands back what can be part of no packet */
			find_ipsec(i, &in.off, &in.nhoff, &frag);
			if (!frag)
				continue;
			*reason = IPSEC_DROP_REASSEMBLY;
			return 0;
		}
		head = proto == IPPROTO_ESP ? sizeof(struct ipsec_esp_hdr) :
					      sizeof(struct ipsec_ah_hdr);
		if (unlikely(!pskb_may_pull(i->skb, in.off + head))) {
			if (is_to_us(i))
				*reason = IPSEC_DROP_BAD_LENGTH;
			return 0;
		}
		sa = find_sa(i, proto, in.off, &low);
		if (unlikely(!sa)) {
			this_cpu_inc(i->ipn->stats->counts[IPSEC_COUNT_IN_UNKNOWN_SPI]);
			return 0;
		}
		i->sa = sa;
		in.sa = sa;
		*reason = unwrap(i, &in, low);
		if (unlikely(*reason))
			return 0;
		reset(i);
	}
}

/* A packet that came over an SA: for this SA, and what the policy wants? */
static enum ipsec_drop judge_protected(struct input *i)
{
	struct ipsec_verdict v;
	struct ipsec_flow flow;

	if (ipsec_flow_parse(i->skb, i->family, &flow) < 0)
		return IPSEC_DROP_BAD_INNER;
	/* here a fragment must not be taken for traffic it may not be part of */
	flow.flags &= ~IPSEC_FLOW_FRAGMENT;
	if (i->sa->sel_set && !ipsec_selector_match(&i->sa->sel, &flow))
		return IPSEC_DROP_SA_SELECTOR;
	ipsec_verdict_lookup(i->ipn, i->generation, NF_IPSEC_DIR_IN, &flow, &v);
	if (!v.sp)
		return IPSEC_DROP_NO_POLICY;
	i->sp = v.sp;
	if (v.sp->action == NF_IPSEC_ACTION_DISCARD)
		return IPSEC_DROP_POLICY_DISCARD;
	if (v.sp->action != NF_IPSEC_ACTION_PROTECT ||
	    v.sp->tunnel != i->sa->tunnel)
		return IPSEC_DROP_POLICY_MISMATCH;
	return IPSEC_DROP_NONE;
}

/* A packet that came in clear. */
static enum ipsec_drop judge_clear(struct input *i)
{
	struct ipsec_verdict v;
	struct ipsec_flow flow;
	int off;

	off = ipsec_flow_parse(i->skb, i->family, &flow);
	/* nobody can say which policy it would be for */
	if (unlikely(off < 0))
		return IPSEC_DROP_MALFORMED;
	ipsec_verdict_lookup(i->ipn, i->generation, NF_IPSEC_DIR_IN, &flow, &v);
	if (flow.proto == IPPROTO_ICMP || flow.proto == IPPROTO_ICMPV6)
		ipsec_icmp_input(i->ipn, i->generation, i->skb, i->family, off);
	if (likely(!v.sp || v.sp->action == NF_IPSEC_ACTION_BYPASS))
		return IPSEC_DROP_NONE;
	if (ipsec_flow_exempt(i->skb, &flow, off) ||
	    (ipsec_flow_to_ike(&flow) && is_to_us(i)) || secpath_exists(i->skb))
		return IPSEC_DROP_NONE;
	i->sp = v.sp;
	return v.sp->action == NF_IPSEC_ACTION_DISCARD ?
		IPSEC_DROP_POLICY_DISCARD : IPSEC_DROP_CLEARTEXT;
}

/* Another family's input has to take it from the start, and so has IPv6's if
 * there are hop-by-hop options, which only its receive function parses.
 */
static bool must_reinject(const struct input *i)
{
	return i->family != i->arrived ||
	       (i->family == AF_INET6 &&
		ipv6_hdr(i->skb)->nexthdr == NEXTHDR_HOP);
}

static unsigned int reinject(struct input *i)
{
	struct sk_buff *skb = i->skb;

	if (skb_mac_header_was_set(skb) && skb->dev->type == ARPHRD_ETHER &&
	    skb_mac_header_len(skb) >= ETH_HLEN)
		eth_hdr(skb)->h_proto = skb->protocol;
	this_cpu_write(input_proven, skb);
	netif_receive_skb_core(skb);
	this_cpu_write(input_proven, NULL);
	return NF_STOLEN;
}

static unsigned int input_run(struct input *i)
{
	enum ipsec_drop reason = IPSEC_DROP_NONE;
	struct ipsec_usage *usage;

	if (unwrap_all(i, &reason))
		return NF_STOLEN;
	if (!reason)
		reason = i->sa ? judge_protected(i) : judge_clear(i);
	if (i->sp) {
		usage = this_cpu_ptr(i->sp->usage);
		usage->packets++;
		usage->bytes += i->skb->len;
	}
	if (unlikely(reason)) {
		ipsec_drop_skb(i->ipn, i->skb, reason, i->sa, i->sp);
		return NF_STOLEN;
	}
	if (!i->sa)
		return NF_ACCEPT;
	if (unlikely(must_reinject(i)))
		return reinject(i);
	mark_proven(i->skb, i->family);
	return NF_ACCEPT;
}

/* Frames that a bridge only passes on are none of ours. */
static bool in_passes(const struct sk_buff *skb,
		      const struct nf_hook_state *state)
{
	if (state->in->flags & IFF_LOOPBACK)
		return true;
	return nf_bridge_info_exists(skb) &&
	       !ether_addr_equal(eth_hdr(skb)->h_dest, state->in->dev_addr);
}

unsigned int ipsec_input(struct sk_buff *skb,
			 const struct nf_hook_state *state, u8 family)
{
	struct ipsec_net *ipn = ipsec_net(state->net);
	struct input i = {
		.ipn = ipn,
		.skb = skb,
		.family = family,
		.arrived = family,
	};
	unsigned int verdict;

	if (in_passes(skb, state) || is_proven(skb, family))
		return NF_ACCEPT;
	local_bh_disable();
	i.generation = ipsec_net_generation(ipn);
	verdict = input_run(&i);
	local_bh_enable();
	return verdict;
}

unsigned int ipsec_input_translated(struct sk_buff *skb,
				    const struct nf_hook_state *state,
				    u8 family)
{
	u16 flags = family == AF_INET ? IPCB(skb)->flags : IP6CB(skb)->flags;
	struct input i = {
		.ipn = ipsec_net(state->net),
		.skb = skb,
		.family = family,
		.arrived = family,
	};
	enum ipsec_drop reason;

	if (likely(!ipsec_nat_translated(skb)) || (flags & IPSEC_CB_PROVEN) ||
	    in_passes(skb, state))
		return NF_ACCEPT;
	local_bh_disable();
	i.generation = ipsec_net_generation(i.ipn);
	reason = judge_clear(&i);
	if (unlikely(reason))
		ipsec_drop_skb(i.ipn, skb, reason, NULL, i.sp);
	local_bh_enable();
	return reason ? NF_STOLEN : NF_ACCEPT;
}
