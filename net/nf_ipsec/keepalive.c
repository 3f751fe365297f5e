// SPDX-License-Identifier: GPL-2.0-only
#include "keepalive.h"

#include <linux/bottom_half.h>
#include <linux/udp.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "compat.h"
#include "drop.h"
#include "key.h"
#include "lib/natt.h"
#include "mode.h"
#include "natt.h"
#include "netns.h"
#include "peer.h"
#include "route.h"
#include "sa.h"
#include "tunnel.h"

static void put_v4(const struct ipsec_sa *sa, struct sk_buff *skb,
		   const struct dst_entry *dst, const struct ipsec_addr *daddr)
{
	struct iphdr *iph;

	iph = skb_push(skb, sizeof(*iph));
	skb_reset_network_header(skb);
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tos = 0;
	iph->tot_len = htons(skb->len);
	iph->id = 0;
	iph->frag_off = htons(IP_DF);
	iph->ttl = sa->ttl ?: ip4_dst_hoplimit(dst);
	iph->protocol = IPPROTO_UDP;
	iph->saddr = sa->saddr.a4;
	iph->daddr = daddr->a4;
	ip_send_check(iph);
	skb->protocol = htons(ETH_P_IP);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	IPCB(skb)->flags = IPSKB_REROUTED;
}

static void put_v6(const struct ipsec_sa *sa, struct sk_buff *skb,
		   struct dst_entry *dst, const struct ipsec_addr *daddr)
{
	u32 len = skb->len;
	struct ipv6hdr *ip6h;

	ip6h = skb_push(skb, sizeof(*ip6h));
	skb_reset_network_header(skb);
	ip6_flow_hdr(ip6h, 0, 0);
	ip6h->payload_len = htons(len);
	ip6h->nexthdr = IPPROTO_UDP;
	ip6h->hop_limit = sa->ttl ?: ip6_dst_hoplimit(dst);
	memcpy(&ip6h->saddr, &sa->saddr, sizeof(ip6h->saddr));
	memcpy(&ip6h->daddr, daddr, sizeof(ip6h->daddr));
	ipsec_mode_udp_check(skb);
	skb->protocol = htons(ETH_P_IPV6);
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	IP6CB(skb)->flags = IP6SKB_REROUTED;
}

static struct sk_buff *build(const struct ipsec_sa *sa, struct dst_entry *dst)
{
	const struct ipsec_peer_at *at = ipsec_peer_at_rcu(sa->peer);
	const struct ipsec_addr *daddr = at ? &at->addr : &sa->id.daddr;
	u32 head = LL_RESERVED_SPACE(dst->dev) + sizeof(struct ipv6hdr) +
		   sizeof(struct udphdr);
	struct sk_buff *skb;
	struct udphdr *uh;

	skb = alloc_skb(head + IPSEC_KEEPALIVE_LEN, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, head);
	skb_put_u8(skb, IPSEC_KEEPALIVE);
	uh = skb_push(skb, sizeof(*uh));
	skb_reset_transport_header(skb);
	uh->source = sa->lport;
	uh->dest = at ? at->port : sa->rport;
	uh->len = htons(skb->len);
	uh->check = 0;
	if (sa->id.family == AF_INET)
		put_v4(sa, skb, dst, daddr);
	else
		put_v6(sa, skb, dst, daddr);
	return skb;
}

/* Past the hooks, like the packets that it stands in for */
static void send(struct ipsec_net *ipn, struct ipsec_sa *sa)
{
	struct sk_buff *skb = NULL;
	struct dst_entry *dst;

	local_bh_disable();
	rcu_read_lock();
	dst = ipsec_route_rcu(sa);
	if (dst)
		skb = build(sa, dst);
	if (skb) {
		this_cpu_inc(ipn->stats->counts[IPSEC_COUNT_OUT_KEEPALIVES]);
		skb_dst_set_noref(skb, dst);
		dst_output(ipn->net, NULL, skb);
	}
	rcu_read_unlock();
	local_bh_enable();
}

/* Is it the one that its tunnel sends on? */
static bool is_active(const struct ipsec_net *ipn, const struct ipsec_sa *sa)
{
	bool active;

	rcu_read_lock();
	active = ipsec_tunnel_sends_on_rcu(sa, ipn->generation & 1);
	rcu_read_unlock();
	return active;
}

/* Return: jiffies from now until it may be due again */
static unsigned long serve(struct ipsec_net *ipn, struct ipsec_sa *sa)
{
	unsigned long used = READ_ONCE(sa->key->used);
	unsigned long pause = sa->keepalive * HZ;
	unsigned long last = sa->kept;
	unsigned long now = jiffies;

	if (!is_active(ipn, sa))
		return pause;
	if (used && time_after(used, last))
		last = used;
	if (time_before(now, last + pause))
		return last + pause - now;
	send(ipn, sa);
	sa->kept = now;
	return pause;
}

void ipsec_keepalive_work(struct work_struct *work)
{
	struct ipsec_natt *natt = container_of(to_delayed_work(work),
					       struct ipsec_natt, keeper);
	struct ipsec_net *ipn = container_of(natt, struct ipsec_net, natt);
	unsigned long wait = NF_IPSEC_KEEPALIVE_MAX * HZ;
	struct ipsec_sa *sa;

	mutex_lock(&ipn->lock);
	list_for_each_entry(sa, &natt->idle, idle) {
		wait = min(wait, serve(ipn, sa));
		cond_resched();
	}
	if (!list_empty(&natt->idle))
		queue_delayed_work(ipsec_wq, &natt->keeper, wait);
	mutex_unlock(&ipn->lock);
}
