// SPDX-License-Identifier: GPL-2.0-only
/* What does not fit into one packet of an SA: segments, fragments, "too big". */
#include "send.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv6.h>
#include <linux/percpu.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "flow.h"
#include "lib/mtu.h"
#include "netns.h"
#include "path.h"
#include "peer.h"
#include "sa.h"
#include "spd.h"

/* Which packet the fragments belong to that the stack hands back to us; set
 * and read with BH off, saved and restored around nesting.
 */
static DEFINE_PER_CPU(struct ipsec_out *, out_current);

/*
 * A packet of our own to the peer itself takes the same route as the packets
 * that protect it.  Whoever is told a size for it takes the overhead off that
 * route's PMTU, from which the next size is computed, and so on.
 */
static bool is_own_to_peer(const struct ipsec_out *o,
			   const struct sk_buff *skb)
{
	const struct ipsec_peer_at *at = NULL;
	const struct ipsec_addr *daddr;

	if (o->family != o->sa->id.family)
		return false;
	if (ipsec_skb_is_forwarded(skb, o->family))
		return false;
	if (o->sa->peer)
		at = ipsec_peer_at_rcu(o->sa->peer);
	daddr = at ? &at->addr : &o->sa->id.daddr;
	if (o->family == AF_INET)
		return ip_hdr(skb)->daddr == daddr->a4;
	return !memcmp(&ipv6_hdr(skb)->daddr, daddr, sizeof(*daddr));
}

static void out_too_big(struct ipsec_out *o, struct sk_buff *skb, u32 mtu)
{
	if (o->family == AF_INET6)
		mtu = max_t(u32, mtu, IPV6_MIN_MTU);
	if (is_own_to_peer(o, skb))
		ipsec_too_big_socket(o->ipn, skb, o->family, mtu);
	else
		ipsec_too_big(o->ipn, skb, o->family, mtu);
	ipsec_send_drop(o, skb, IPSEC_DROP_TOO_BIG, -EMSGSIZE);
}

static int out_fragment(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	struct ipsec_out *o = this_cpu_read(out_current);

	ipsec_send_one(o, skb);
	return o->err;
}

/*
 * Fragment before protection.  The stack cuts to the smaller of its own MTU and
 * the size of the largest fragment it has seen, which is where ours goes in.
 * IPv6 refuses if that is the larger one, as after an earlier "too big".
 */
static void out_fragments(struct ipsec_out *o, struct sk_buff *skb, u32 mtu)
{
	struct ipsec_out *outer = this_cpu_read(out_current);
	const struct nf_ipv6_ops *v6 = nf_get_ipv6_ops();
	struct net *net = o->ipn->net;
	u16 *max;
	int err;

	mtu = min(mtu, dst_mtu(skb_dst(skb)));
	max = o->family == AF_INET ? &IPCB(skb)->frag_max_size :
				     &IP6CB(skb)->frag_max_size;
	if (!*max || *max > mtu)
		*max = mtu;
	this_cpu_inc(o->ipn->stats->counts[IPSEC_COUNT_OUT_FRAGMENTED]);
	this_cpu_write(out_current, o);
	if (o->family == AF_INET)
		err = ip_do_fragment(net, o->sk, skb, out_fragment);
	else
		err = v6->fragment(net, o->sk, skb, out_fragment);
	this_cpu_write(out_current, outer);
	/* the stack has freed it */
	if (err && !o->err)
		ipsec_send_drop(o, NULL, IPSEC_DROP_FRAGMENT, err);
}

static bool may_be_cut(const struct ipsec_out *o, const struct sk_buff *skb)
{
	if (skb->ignore_df)
		return true;
	return o->family == AF_INET &&
	       !(ip_hdr(skb)->frag_off & htons(IP_DF));
}

/* RFC 4301 section 7: what goes by ports must not be sent in pieces of which only
 * the first one has any.
 */
static bool wants_ports(const struct ipsec_out *o)
{
	return ipsec_selector_has_ports(&o->sp->sel) ||
	       ipsec_sets_has_ports(o->sp->more) ||
	       (o->sa->sel_set && (ipsec_selector_has_ports(&o->sa->sel) ||
				   ipsec_sets_has_ports(o->sa->more)));
}

/* May the sender's packet be fragmented before it is protected? */
static bool may_prefragment(const struct ipsec_out *o,
			    const struct sk_buff *skb, u32 mtu)
{
	if (o->sa->mode != NF_IPSEC_MODE_TUNNEL || !may_be_cut(o, skb) ||
	    wants_ports(o) || (o->sa->flags & NF_IPSEC_SA_F_FRAG_AFTER))
		return false;
	/* the stack cuts for ever where there is no room for eight octets */
	if (o->family == AF_INET)
		return mtu >= IPSEC_MTU_MIN_V4;
	return mtu >= IPV6_MIN_MTU && nf_get_ipv6_ops();
}

/* Does the socket itself look for the size of its path?  Whoever leaves that to
 * the stack, whose size is the route's, is cut without a word instead.
 */
static bool asks_for_size(const struct ipsec_out *o, const struct sk_buff *skb)
{
	const struct sock *sk = skb_to_full_sk(skb);

	if (!sk || skb->ignore_df || sk->sk_protocol == IPPROTO_TCP)
		return false;
	if (o->family == AF_INET)
		return (sk->sk_family == AF_INET || sk->sk_family == AF_INET6) &&
		       (ip_hdr(skb)->frag_off & htons(IP_DF)) &&
		       (inet_sk(sk)->pmtudisc == IP_PMTUDISC_DO ||
			inet_sk(sk)->pmtudisc == IP_PMTUDISC_PROBE);
	return sk->sk_family == AF_INET6 &&
	       (inet6_sk(sk)->pmtudisc == IPV6_PMTUDISC_DO ||
		inet6_sk(sk)->pmtudisc == IPV6_PMTUDISC_PROBE);
}

/* Or else the protected packet, after that?  In transport mode that is what
 * RFC 4303 section 3.3.4 wants; in tunnel mode it is for what goes by ports, for
 * an SA that is told so (RFC 4301 section 5.1), and for an IPv6 packet of the size
 * that every path must carry.  A sender to
 * the peer itself, whose route cannot have a size of its own, is not asked either,
 * unless its socket looks for one.
 */
static bool may_postfragment(const struct ipsec_out *o,
			     const struct sk_buff *skb)
{
	if (o->family == AF_INET6 && skb->len <= IPV6_MIN_MTU)
		return true;
	if (is_own_to_peer(o, skb))
		return !asks_for_size(o, skb);
	if (o->sa->mode == NF_IPSEC_MODE_TUNNEL && o->family == AF_INET &&
	    !wants_ports(o) && !(o->sa->flags & NF_IPSEC_SA_F_FRAG_AFTER))
		return false;
	return may_be_cut(o, skb);
}

void ipsec_cut(struct ipsec_out *o, struct sk_buff *skb, u32 mtu)
{
	if (may_prefragment(o, skb, mtu)) {
		out_fragments(o, skb, mtu);
		return;
	}
	if (may_postfragment(o, skb)) {
		o->may_fragment = true;
		ipsec_send_one(o, skb);
		return;
	}
	out_too_big(o, skb, mtu);
}

/* Octets in front of the payload of each segment of a TCP super-packet; 0 if it
 * is another one, or if nobody can say.
 */
static u32 gso_head(const struct sk_buff *skb, u8 family)
{
	const struct skb_shared_info *shinfo = skb_shinfo(skb);

	if (!(shinfo->gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6)) ||
	    shinfo->gso_size == GSO_BY_FRAGS)
		return 0;
	if (skb->encapsulation)
		return skb_inner_transport_offset(skb) + inner_tcp_hdrlen(skb);
	/* what was forwarded has its transport header behind the IPv6 header */
	if (family == AF_INET6 && ipv6_hdr(skb)->nexthdr != IPPROTO_TCP)
		return 0;
	return skb_transport_offset(skb) + tcp_hdrlen(skb);
}

/* Cut a TCP super-packet smaller if its segments would not fit. */
static bool gso_shrink(struct sk_buff *skb, u8 family, u32 mtu)
{
	u32 head, size;

	if (skb_gso_validate_network_len(skb, mtu))
		return true;
	head = gso_head(skb, family);
	size = skb_shinfo(skb)->gso_size;
	if (!head || mtu <= head || head + size <= mtu)
		return false;
	/* the sizes are shared with what TCP keeps to send again */
	if (skb_unclone(skb, GFP_ATOMIC))
		return false;
	skb_decrease_gso_size(skb_shinfo(skb), head + size - mtu);
	skb_shinfo(skb)->gso_segs = 0;
	return true;
}

/*
 * Each segment gets as much room in front as the super-packet has.  With too
 * little of it each would be copied; and of a local socket there is so much that
 * none is left behind the payload, for trailer and ICV.  So the headers are moved,
 * if they are all that there is in front of the pages: payload may be TCP's own,
 * to be sent again.
 */
static bool gso_room(struct sk_buff *skb, u8 family, u32 room)
{
	u32 head = gso_head(skb, family);
	int spare;

	if (skb_cow_head(skb, room))
		return false;
	spare = round_down(skb_headroom(skb) - room, 16);
	if (!spare || skb->encapsulation || skb_headlen(skb) != head)
		return true;
	memmove(skb->data - spare, skb->data, head);
	skb->data -= spare;
	skb->tail -= spare;
	skb->network_header -= spare;
	skb->transport_header -= spare;
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		skb->csum_start -= spare;
	skb_reset_mac_header(skb);
	return true;
}

/*
 * Segmented here, after the lookups.  Numbers are taken one by one: what another
 * CPU sends meanwhile must not run ahead of a whole super-packet, which is more
 * than many a peer's window.
 */
void ipsec_cut_gso(struct ipsec_out *o, struct sk_buff *skb, u32 mtu)
{
	struct sk_buff *segs, *next;

	if (!gso_shrink(skb, o->family, mtu) && !may_prefragment(o, skb, mtu) &&
	    !may_postfragment(o, skb)) {
		out_too_big(o, skb, mtu);
		return;
	}
	if (!gso_room(skb, o->family, o->sa->overhead.outer +
		      o->sa->overhead.head + LL_RESERVED_SPACE(o->dst->dev))) {
		ipsec_send_drop(o, skb, IPSEC_DROP_NOMEM, -ENOMEM);
		return;
	}
	segs = __skb_gso_segment(skb, 0, false);
	if (IS_ERR_OR_NULL(segs)) {
		ipsec_send_drop(o, skb, IPSEC_DROP_GSO, -EIO);
		return;
	}
	consume_skb(skb);
	for (skb = segs; skb; skb = next) {
		next = skb->next;
		skb_mark_not_on_list(skb);
		if (unlikely(skb->len > mtu))
			ipsec_cut(o, skb, mtu);
		else
			ipsec_send_one(o, skb);
	}
}
