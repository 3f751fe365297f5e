// SPDX-License-Identifier: GPL-2.0-only
#include "tfc.h"

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "compat.h"
#include "drop.h"
#include "key.h"
#include "lib/mtu.h"
#include "mode.h"
#include "netns.h"
#include "route.h"
#include "sa.h"
#include "send.h"
#include "tunnel.h"

/* Room for padding and ICV of any algorithm */
#define DUMMY_TAIL	128

/* --- padding --- */

/* Does the payload itself say where it ends?  In transport mode that is for the
 * upper layer to do, and of those only UDP's length is sure to be the whole.
 */
static bool tells_length(const struct ipsec_sa *sa, const struct sk_buff *skb,
			 const struct ipsec_encap *e)
{
	const struct udphdr *uh;
	struct udphdr buf;

	if (sa->mode == NF_IPSEC_MODE_TUNNEL)
		return true;
	if (skb->data[e->nhoff] != IPPROTO_UDP)
		return false;
	uh = skb_header_pointer(skb, e->hlen, sizeof(buf), &buf);
	return uh && ntohs(uh->len) == skb->len - e->hlen;
}

u32 ipsec_tfc_len(const struct ipsec_sa *sa, const struct sk_buff *skb,
		  const struct dst_entry *dst, const struct ipsec_encap *e)
{
	u32 size = sa->extra->tfc;

	if (skb->len >= size || !tells_length(sa, skb, e))
		return 0;
	size = min(size, ipsec_mtu_inner(&sa->overhead, dst_mtu(dst), e->hlen));
	return size > skb->len ? size - skb->len : 0;
}

/* --- dummies --- */

/* Zeros, in front of which stands what a dummy's outer header is to be made of:
 * an SA's for some DSCP values has one of these.
 */
static void head_tunnel(const struct ipsec_sa *sa, struct sk_buff *skb)
{
	struct iphdr *iph = ip_hdr(skb);

	if (sa->extra->dscp_set)
		iph->tos = __ffs64(sa->extra->dscp_set) << 2;
	iph->frag_off = htons(IP_DF);
}

static void head_v4(const struct ipsec_sa *sa, struct sk_buff *skb,
		    const struct dst_entry *dst)
{
	struct iphdr *iph = ip_hdr(skb);

	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	if (sa->extra->dscp_set)
		iph->tos = __ffs64(sa->extra->dscp_set) << 2;
	iph->tot_len = htons(skb->len);
	iph->frag_off = htons(IP_DF);
	iph->ttl = ip4_dst_hoplimit(dst);
	iph->protocol = IPPROTO_NONE;
	iph->saddr = sa->saddr.a4;
	iph->daddr = sa->id.daddr.a4;
}

static void head_v6(const struct ipsec_sa *sa, struct sk_buff *skb,
		    struct dst_entry *dst)
{
	struct ipv6hdr *ip6h = ipv6_hdr(skb);
	u8 ds = 0;

	if (sa->extra->dscp_set)
		ds = __ffs64(sa->extra->dscp_set) << 2;
	ip6_flow_hdr(ip6h, ds, 0);
	ip6h->payload_len = htons(skb->len - sizeof(*ip6h));
	ip6h->nexthdr = IPPROTO_NONE;
	ip6h->hop_limit = ip6_dst_hoplimit(dst);
	memcpy(&ip6h->saddr, &sa->saddr, sizeof(ip6h->saddr));
	memcpy(&ip6h->daddr, &sa->id.daddr, sizeof(ip6h->daddr));
}

/* The packet that is to be protected; all of it goes in tunnel mode, what is
 * behind its header in transport mode.
 */
static struct sk_buff *build(const struct ipsec_sa *sa, struct dst_entry *dst)
{
	u32 room = LL_RESERVED_SPACE(dst->dev) + sa->overhead.outer +
		   sa->overhead.head;
	bool tunnel = sa->mode == NF_IPSEC_MODE_TUNNEL;
	bool v6 = sa->id.family == AF_INET6;
	u32 size, head = 0;
	struct sk_buff *skb;

	if (!tunnel)
		head = v6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	size = ipsec_mtu_inner(&sa->overhead, dst_mtu(dst), head);
	size = min_t(u32, size, sa->extra->dummy_size);
	if (size < NF_IPSEC_DUMMY_SIZE_MIN)
		return NULL;
	skb = alloc_skb(room + size + DUMMY_TAIL, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb_reserve(skb, room);
	skb_put_zero(skb, size);
	skb_reset_network_header(skb);
	if (tunnel)
		head_tunnel(sa, skb);
	else if (v6)
		head_v6(sa, skb, dst);
	else
		head_v4(sa, skb, dst);
	return skb;
}

/* Not on an SA that its tunnel has left, nor on one that a limit has ended */
static void dummy_send(struct ipsec_net *ipn, struct ipsec_sa *sa)
{
	struct ipsec_out o = {
		.ipn = ipn,
		.generation = ipsec_net_generation(ipn),
		.sa = sa,
		/* the header in front is not looked at beyond what is set */
		.family = sa->mode == NF_IPSEC_MODE_TUNNEL ? AF_INET :
							     sa->id.family,
		.dummy = true,
	};
	struct sk_buff *skb;

	if (READ_ONCE(sa->key->ended) ||
	    !ipsec_tunnel_sends_on_rcu(sa, o.generation & 1))
		return;
	o.dst = ipsec_route_rcu(sa);
	skb = o.dst ? build(sa, o.dst) : NULL;
	if (!skb)
		return;
	/* no other packet is on its way out on this CPU: it goes no deeper */
	ipsec_send_one(&o, skb);
	if (o.sent)
		this_cpu_inc(ipn->stats->counts[IPSEC_COUNT_OUT_DUMMIES]);
}

static enum hrtimer_restart timer_fired(struct hrtimer *timer)
{
	struct ipsec_extra *extra = container_of(timer, struct ipsec_extra,
						 timer);

	rcu_read_lock();
	dummy_send(ipsec_net(extra->sa->net), extra->sa);
	rcu_read_unlock();
	/* what a busy machine has missed is not made up for */
	hrtimer_forward_now(timer, ms_to_ktime(extra->dummy_every));
	return HRTIMER_RESTART;
}

void ipsec_dummy_start(struct ipsec_sa *sa)
{
	struct ipsec_extra *extra = sa->extra;

	lockdep_assert_held(&ipsec_net(sa->net)->lock);
	if (!extra || !extra->dummy_every)
		return;
	hrtimer_setup(&extra->timer, timer_fired, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_SOFT);
	extra->dummy_on = true;
	hrtimer_start(&extra->timer, ms_to_ktime(extra->dummy_every),
		      HRTIMER_MODE_REL_SOFT);
}
