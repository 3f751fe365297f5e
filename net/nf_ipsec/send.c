// SPDX-License-Identifier: GPL-2.0-only
/* From an SA and a packet to packets on the wire: size, number, transform. */
#include "send.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv6.h>
#include <linux/percpu.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "compat.h"
#include "expire.h"
#include "flow.h"
#include "journal.h"
#include "key.h"
#include "lib/mtu.h"
#include "mode.h"
#include "mss.h"
#include "netns.h"
#include "path.h"
#include "peer.h"
#include "route.h"
#include "sa.h"
#include "spd.h"
#include "tfc.h"
#include "tunnel.h"
#include "xform.h"

/* A tunnel may run through a tunnel, but a packet's stack is finite. */
#define SEND_DEPTH_MAX	4

/* Set and read with BH off. */
static DEFINE_PER_CPU(int, out_depth);

void ipsec_send_drop(struct ipsec_out *o, struct sk_buff *skb,
		     enum ipsec_drop reason, int err)
{
	u32 settings = ipsec_net_settings(o->ipn, ipsec_net_generation(o->ipn));
	struct ipsec_drop_at at = {
		.sa = o->sa,
		.sp = o->sp,
		.dir = NF_IPSEC_DIR_OUT,
		.family = o->half ? 0 : o->family,
	};

	if ((settings & NF_IPSEC_SETTING_ICMP_DROPS) && skb)
		ipsec_unreachable(o->ipn, skb, o->family, reason);
	ipsec_drop_skb(o->ipn, skb, reason, &at);
	o->err = err;
}

/* The packet is another one now: nothing of the inner one may speak for it. */
static __always_inline void out_reset(const struct ipsec_out *o, struct sk_buff *skb)
{
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, o->dst);
	skb->ip_summed = CHECKSUM_NONE;
	skb->encapsulation = 0;
	skb->ignore_df = o->may_fragment;
#ifdef CONFIG_NET_SWITCHDEV
	skb->offload_fwd_mark = 0;
#endif
	secpath_reset(skb);
	if (o->sa->id.family == AF_INET) {
		skb->protocol = htons(ETH_P_IP);
		memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
		IPCB(skb)->flags = IPSKB_REROUTED;
	} else {
		skb->protocol = htons(ETH_P_IPV6);
		memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
		IP6CB(skb)->flags = IP6SKB_REROUTED;
	}
}

static __always_inline void out_count(const struct ipsec_out *o, u32 hlen, u32 bytes)
{
	if (unlikely(ipsec_key_count(o->sa->key,
				     ipsec_sa_work(o->sa, hlen, bytes), true)))
		ipsec_expire_look(o->ipn, o->sa);
	this_cpu_inc(o->ipn->stats->counts[IPSEC_COUNT_OUT_PACKETS]);
	this_cpu_add(o->ipn->stats->counts[IPSEC_COUNT_OUT_BYTES], bytes);
}

/* One packet that fits, with the number that was taken for it. */
static __always_inline enum ipsec_drop transform(const struct ipsec_out *o,
						 struct sk_buff *skb, u64 seq)
{
	const struct ipsec_xform *xform = ipsec_xform_of(o->sa);
	const struct ipsec_overhead *oh = &o->sa->overhead;
	struct ipsec_encap e __ipsec_uninit;
	enum ipsec_drop reason;
	u32 tail, tfc = 0;

	e.family = o->family;
	e.may_fragment = o->may_fragment;
	if (ipsec_mode_head(o->sa, skb, &e))
		return IPSEC_DROP_MALFORMED;
	if (unlikely(o->sa->extra))
		tfc = ipsec_tfc_len(o->sa, skb, o->dst, &e);
	tail = xform->tail_len(o->sa, skb->len + tfc - e.hlen);
	if (unlikely(skb->len + tfc + oh->outer + oh->head + tail > IP_MAX_MTU))
		return IPSEC_DROP_TOO_BIG;
	if (ipsec_skb_own(skb, oh->outer + oh->head +
			  LL_RESERVED_SPACE(o->dst->dev), tfc + tail))
		return IPSEC_DROP_NOMEM;
	if (unlikely(tfc))
		skb_put_zero(skb, tfc);
	ipsec_mode_encap(o->sa, skb, o->dst, tail, &e);
	if (unlikely(o->dummy))
		e.next_header = IPPROTO_NONE;
	reason = xform->output(o->sa, skb, e.hlen, e.next_header, seq);
	if (reason)
		return reason;
	out_count(o, e.hlen, skb->len - e.hlen);
	if (unlikely(o->sa->udp) && o->sa->id.family == AF_INET6)
		ipsec_mode_udp_check(skb);
	return IPSEC_DROP_NONE;
}

static int send_errno(enum ipsec_drop reason)
{
	switch (reason) {
	case IPSEC_DROP_NO_SA:
		return -ESRCH;
	case IPSEC_DROP_NO_ROUTE:
		return -EHOSTUNREACH;
	case IPSEC_DROP_TOO_BIG:
		return -EMSGSIZE;
	case IPSEC_DROP_NOMEM:
		return -ENOMEM;
	case IPSEC_DROP_CRYPTO:
		return -EIO;
	default:
		return -EINVAL;
	}
}

/* What it adds is not the path's: the SA around it, if there is one, and so on */
static struct ipsec_sa *around(const struct ipsec_sa *sa,
			       const struct ipsec_flow *flow, u64 generation)
{
	return sa->nested ? ipsec_tunnel_out_rcu(sa->via, flow, generation & 1) :
			    NULL;
}

/* The packet that an SA has made is protected once more */
static noinline void send_nested(struct ipsec_out *o, struct sk_buff *skb)
{
	struct ipsec_out outer = {
		.ipn = o->ipn,
		.generation = o->generation,
		.sk = o->sk,
		.sp = o->sp,
		.family = o->sa->id.family,
		.sent = o->sent,
	};
	struct ipsec_flow flow;

	if (ipsec_flow_parse(skb, outer.family,
			     ipsec_net_settings(o->ipn, o->generation),
			     &flow) >= 0) {
		if (unlikely(ipsec_net_has_classes(o->ipn)))
			ipsec_flow_dscp(&flow, skb);
		outer.sa = around(o->sa, &flow, o->generation);
	}
	ipsec_send(&outer, skb);
	o->sent = outer.sent;
	if (!o->sent && outer.err)
		o->err = outer.err;
}

static __always_inline void out_send(struct ipsec_out *o, struct sk_buff *skb, u64 seq)
{
	enum ipsec_drop reason;
	u32 len = skb->len;
	int err;

	reason = transform(o, skb, seq);
	if (unlikely(reason)) {
		o->half = skb->len != len;
		ipsec_send_drop(o, skb, reason, send_errno(reason));
		o->half = false;
		return;
	}
	out_reset(o, skb);
	if (unlikely(o->sa->nested)) {
		send_nested(o, skb);
		return;
	}
	err = dst_output(o->ipn->net, o->sk, skb);
	/* a verdict has room for negative ones only */
	if (err == NET_XMIT_DROP)
		err = -ENOBUFS;
	if (likely(!err))
		o->sent = true;
	else if (err < 0 && !o->sent)
		o->err = err;
}

/* No number is left, or a limit has taken them all. */
static noinline void out_ended(struct ipsec_out *o, struct sk_buff *skb)
{
	struct ipsec_key *key = o->sa->key;

	/* another SA that has the same key may have used them up */
	if (!READ_ONCE(key->ended))
		ipsec_expire_look(o->ipn, o->sa);
	if (READ_ONCE(key->ended) == NF_IPSEC_LIMIT_SEQUENCE)
		ipsec_send_drop(o, skb, IPSEC_DROP_SEQ_EXHAUSTED, -EPIPE);
	else
		ipsec_send_drop(o, skb, IPSEC_DROP_EXPIRED, -EKEYEXPIRED);
}

static __always_inline void send_one(struct ipsec_out *o, struct sk_buff *skb)
{
	u64 seq;

	if (skb->ip_summed == CHECKSUM_PARTIAL &&
	    skb_csum_hwoffload_help(skb, 0)) {
		ipsec_send_drop(o, skb, IPSEC_DROP_CHECKSUM, -EIO);
		return;
	}
	if (unlikely(!ipsec_key_seq_next(o->sa->key, 1, &seq))) {
		out_ended(o, skb);
		return;
	}
	out_send(o, skb, seq);
}

void ipsec_send_one(struct ipsec_out *o, struct sk_buff *skb)
{
	send_one(o, skb);
}

static bool is_fragment(const struct sk_buff *skb, u8 family)
{
	const struct frag_hdr *fh;
	unsigned int off = 0;
	struct frag_hdr buf;

	if (family == AF_INET)
		return ip_is_fragment(ip_hdr(skb));
	if (!ipv6_ext_hdr(ipv6_hdr(skb)->nexthdr) ||
	    ipv6_find_hdr(skb, &off, NEXTHDR_FRAGMENT, NULL, NULL) < 0)
		return false;
	fh = skb_header_pointer(skb, off, sizeof(buf), &buf);
	/* one that is the whole packet is none (RFC 6946) */
	return !fh || (fh->frag_off & htons(IP6_OFFSET | IP6_MF));
}

/* Transport mode keeps the packet's addresses: they must be those of the SA
 * (RFC 4301 section 4.1).
 */
static bool is_between_ends(const struct ipsec_out *o,
			    const struct sk_buff *skb)
{
	const struct ipsec_sa *sa = o->sa;

	if (o->family != sa->id.family)
		return false;
	if (o->family == AF_INET)
		return ip_hdr(skb)->saddr == sa->saddr.a4 &&
		       ip_hdr(skb)->daddr == sa->id.daddr.a4;
	return !memcmp(&ipv6_hdr(skb)->saddr, &sa->saddr, 16) &&
	       !memcmp(&ipv6_hdr(skb)->daddr, &sa->id.daddr, 16);
}

static enum ipsec_drop send_check(const struct ipsec_out *o,
				  const struct sk_buff *skb)
{
	if (unlikely(!o->sa))
		return IPSEC_DROP_NO_SA;
	/* before a number is used up */
	if (unlikely(o->sa->nested) && !around(o->sa, NULL, o->generation))
		return IPSEC_DROP_NO_SA;
	if (o->sa->mode == NF_IPSEC_MODE_TRANSPORT) {
		if (!is_between_ends(o, skb))
			return IPSEC_DROP_SA_SELECTOR;
		if (is_fragment(skb, o->family))
			return IPSEC_DROP_FRAGMENT;
	}
	if (unlikely(!o->dst))
		return IPSEC_DROP_NO_ROUTE;
	return IPSEC_DROP_NONE;
}

/* Octets of IP header that stay in front of what an SA makes of such a packet */
static u32 head_of(const struct ipsec_sa *sa, u8 family)
{
	if (sa->mode == NF_IPSEC_MODE_TUNNEL)
		return 0;
	return family == AF_INET ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
}

/* The largest packet that an SA may make: where there are SAs around it, it is
 * the outermost one that has to fit.
 */
static noinline u32 room_nested(const struct ipsec_sa *sa,
				const struct dst_entry *dst, u64 generation)
{
	struct ipsec_sa *chain[SEND_DEPTH_MAX], *outer;
	u32 own = dst_mtu(dst), mtu = own;
	u8 family;
	int n = 0;

	for (outer = around(sa, NULL, generation);
	     outer && n < SEND_DEPTH_MAX;
	     outer = around(outer, NULL, generation)) {
		dst = ipsec_route_rcu(outer);
		mtu = dst ? dst_mtu(dst) : mtu;
		chain[n++] = outer;
	}
	while (n--) {
		family = n ? chain[n - 1]->id.family : sa->id.family;
		mtu = ipsec_mtu_inner(&chain[n]->overhead, mtu,
				      head_of(chain[n], family));
	}
	return min(mtu, own);
}

static u32 room(const struct ipsec_sa *sa, const struct dst_entry *dst,
		u64 generation)
{
	return likely(!sa->nested) ? dst_mtu(dst) :
				     room_nested(sa, dst, generation);
}

static __always_inline void send_sized(struct ipsec_out *o, struct sk_buff *skb, u32 mtu)
{
	if (skb_is_gso(skb)) {
		ipsec_cut_gso(o, skb, mtu);
		return;
	}
	/* before it is cut: the stack would make an Internet checksum there even
	 * for SCTP
	 */
	if (skb->ip_summed == CHECKSUM_PARTIAL &&
	    skb_csum_hwoffload_help(skb, 0)) {
		ipsec_send_drop(o, skb, IPSEC_DROP_CHECKSUM, -EIO);
		return;
	}
	if (unlikely(skb->len > mtu))
		ipsec_cut(o, skb, mtu);
	else
		send_one(o, skb);
}

void ipsec_send(struct ipsec_out *o, struct sk_buff *skb)
{
	struct ipsec_encap e __ipsec_uninit;
	enum ipsec_drop reason;
	u32 mtu;

	e.family = o->family;
	if (likely(o->sa))
		o->dst = ipsec_route_rcu(o->sa);
	reason = send_check(o, skb);
	if (likely(!reason)) {
		if (unlikely(ipsec_mode_head(o->sa, skb, &e)))
			reason = IPSEC_DROP_MALFORMED;
		else if (unlikely(this_cpu_read(out_depth) == SEND_DEPTH_MAX))
			reason = IPSEC_DROP_DEPTH;
	}
	if (unlikely(reason)) {
		ipsec_send_drop(o, skb, reason, send_errno(reason));
		return;
	}
	mtu = ipsec_mtu_inner(&o->sa->overhead,
			      room(o->sa, o->dst, o->generation), e.hlen);
	if (unlikely(ipsec_may_be_syn(skb, o->family)) && o->sa->mss)
		ipsec_mss(skb, o->family, mtu, o->sa->mss);
	this_cpu_inc(out_depth);
	send_sized(o, skb, mtu);
	this_cpu_dec(out_depth);
}

u32 ipsec_output_mtu(struct ipsec_sa *sa)
{
	struct dst_entry *dst;
	u64 generation;
	u32 mtu = 0;

	local_bh_disable();
	rcu_read_lock();
	generation = ipsec_net_generation(ipsec_net(sa->net));
	dst = ipsec_route_rcu(sa);
	if (dst)
		mtu = ipsec_mtu_inner(&sa->overhead, room(sa, dst, generation),
				      head_of(sa, sa->id.family));
	rcu_read_unlock();
	local_bh_enable();
	return mtu;
}
