// SPDX-License-Identifier: GPL-2.0-only
/* Tunnel and transport mode, IPv4 and IPv6 side by side. */
#include "mode.h"

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "compat.h"
#include "journal.h"
#include "lib/ecn.h"
#include "lib/natt.h"
#include "notice.h"
#include "peer.h"
#include "sa.h"
#include "xform.h"

static u8 ds_of(const void *iph, u8 family)
{
	return family == AF_INET ? ((const struct iphdr *)iph)->tos :
				   ipv6_get_dsfield(iph);
}

static __always_inline u8 outer_ds(const struct ipsec_sa *sa,
				   const struct sk_buff *skb,
				   const struct ipsec_encap *e)
{
	u8 inner = ds_of(skb->data, e->family);

	if (unlikely(sa->extra))
		return ipsec_ds_map(inner, sa->extra->map, sa->extra->ecn);
	return ipsec_ds_encap(inner, sa->dscp);
}

static const struct ipsec_addr *outer_daddr(const struct ipsec_sa *sa,
					    const struct ipsec_encap *e)
{
	return unlikely(e->at) ? &e->at->addr : &sa->id.daddr;
}

static u8 outer_proto(const struct ipsec_sa *sa)
{
	return sa->udp ? IPPROTO_UDP : sa->id.proto;
}

int ipsec_mode_head_transport(struct sk_buff *skb, struct ipsec_encap *e)
{
	u8 *nexthdr;
	int hlen;

	if (e->family == AF_INET) {
		e->hlen = ip_hdrlen(skb);
		e->nhoff = offsetof(struct iphdr, protocol);
		return 0;
	}
	hlen = ip6_find_1stfragopt(skb, &nexthdr);
	if (hlen < 0)
		return hlen;
	e->hlen = hlen;
	e->nhoff = nexthdr - skb_network_header(skb);
	return 0;
}

/* A header in front of an IPv4 packet copies its DF by default; one in front
 * of an IPv6 packet sets it, as no router may fragment the inner packet either.
 */
static __be16 outer_df(const struct ipsec_sa *sa, const struct sk_buff *skb,
		       const struct ipsec_encap *e)
{
	if (e->may_fragment || sa->df == NF_IPSEC_DF_CLEAR)
		return 0;
	if (sa->df == NF_IPSEC_DF_SET || e->family == AF_INET6)
		return htons(IP_DF);
	return ip_hdr(skb)->frag_off & htons(IP_DF);
}

static __always_inline void tunnel_v4(const struct ipsec_sa *sa,
				      struct sk_buff *skb,
				      const struct dst_entry *dst, u32 tail,
				      struct ipsec_encap *e)
{
	u8 ds = outer_ds(sa, skb, e);
	__be16 df = outer_df(sa, skb, e);
	struct iphdr *iph;

	skb_push(skb, sizeof(*iph) + sa->overhead.head);
	skb_reset_network_header(skb);
	iph = ip_hdr(skb);
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tos = ds;
	iph->tot_len = htons(skb->len + tail);
	iph->id = 0;
	iph->frag_off = df;
	iph->ttl = sa->ttl ?: ip4_dst_hoplimit(dst);
	iph->protocol = outer_proto(sa);
	iph->saddr = sa->saddr.a4;
	iph->daddr = outer_daddr(sa, e)->a4;
	/* RFC 6864: only what may be fragmented needs an identification */
	if (!df)
		__ip_select_ident(sa->net, iph, 1);
	ip_send_check(iph);
	e->hlen = sizeof(*iph);
}

static void tunnel_v6(const struct ipsec_sa *sa, struct sk_buff *skb,
		      struct dst_entry *dst, u32 tail, struct ipsec_encap *e)
{
	u8 ds = outer_ds(sa, skb, e);
	struct ipv6hdr *ip6h;

	skb_push(skb, sizeof(*ip6h) + sa->overhead.head);
	skb_reset_network_header(skb);
	ip6h = ipv6_hdr(skb);
	ip6_flow_hdr(ip6h, ds, 0);
	ip6h->payload_len = htons(skb->len + tail - sizeof(*ip6h));
	ip6h->nexthdr = outer_proto(sa);
	ip6h->hop_limit = sa->ttl ?: ip6_dst_hoplimit(dst);
	memcpy(&ip6h->saddr, &sa->saddr, sizeof(ip6h->saddr));
	memcpy(&ip6h->daddr, outer_daddr(sa, e), sizeof(ip6h->daddr));
	e->hlen = sizeof(*ip6h);
}

/* RFC 6864 section 4.3: what was not meant to be cut has an identification that
 * need not be its own.
 */
static void allow_cut(struct net *net, struct iphdr *iph)
{
	if (!(iph->frag_off & htons(IP_DF)))
		return;
	iph->frag_off &= ~htons(IP_DF);
	__ip_select_ident(net, iph, 1);
}

/* A fragment header on a packet that is no fragment: RFC 4302 appendix A2 does
 * not have AH cover it, and nobody needs it (RFC 8021).
 */
static void drop_atomic(struct sk_buff *skb, const struct ipsec_encap *e)
{
	const struct frag_hdr *fh = (void *)(skb->data + e->hlen);

	skb->data[e->nhoff] = fh->nexthdr;
	memmove(skb->data + sizeof(*fh), skb->data, e->hlen);
	skb_pull(skb, sizeof(*fh));
}

static void transport(const struct ipsec_sa *sa, struct sk_buff *skb, u32 tail,
		      struct ipsec_encap *e)
{
	if (unlikely(sa->id.proto == IPPROTO_AH && e->family == AF_INET6 &&
		     skb->data[e->nhoff] == NEXTHDR_FRAGMENT))
		drop_atomic(skb, e);
	skb_push(skb, sa->overhead.head);
	memmove(skb->data, skb->data + sa->overhead.head, e->hlen);
	skb_reset_network_header(skb);
	e->next_header = skb->data[e->nhoff];
	skb->data[e->nhoff] = outer_proto(sa);
	if (e->family == AF_INET) {
		ip_hdr(skb)->tot_len = htons(skb->len + tail);
		if (unlikely(e->may_fragment))
			allow_cut(sa->net, ip_hdr(skb));
		ip_send_check(ip_hdr(skb));
		return;
	}
	ipv6_hdr(skb)->payload_len = htons(skb->len + tail -
					   sizeof(struct ipv6hdr));
}

/* RFC 3948 section 2.1: without a checksum, which IPv6 must have; there it is
 * made last.
 */
static void put_udp(const struct ipsec_sa *sa, struct sk_buff *skb, u32 tail,
		    struct ipsec_encap *e)
{
	struct udphdr *uh = udp_hdr(skb);

	uh->source = sa->lport;
	uh->dest = e->at ? e->at->port : sa->rport;
	uh->len = htons(skb->len - e->hlen + tail);
	uh->check = 0;
	e->hlen += sizeof(*uh);
}

void ipsec_mode_udp_check(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	struct udphdr *uh = udp_hdr(skb);
	u32 len = skb->len - skb_transport_offset(skb);

	uh->check = csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len,
				    IPPROTO_UDP, csum_partial(uh, len, 0));
	if (!uh->check)
		uh->check = CSUM_MANGLED_0;
}

void ipsec_mode_encap(const struct ipsec_sa *sa, struct sk_buff *skb,
		      const struct dst_entry *dst, u32 tail,
		      struct ipsec_encap *e)
{
	e->at = unlikely(sa->udp) ? ipsec_peer_at_rcu(sa->peer) : NULL;
	if (sa->mode == NF_IPSEC_MODE_TRANSPORT) {
		transport(sa, skb, tail, e);
	} else {
		e->next_header = e->family == AF_INET ? IPPROTO_IPIP :
							IPPROTO_IPV6;
		if (sa->id.family == AF_INET)
			tunnel_v4(sa, skb, dst, tail, e);
		else
			tunnel_v6(sa, skb, (struct dst_entry *)dst, tail, e);
	}
	skb_set_transport_header(skb, e->hlen);
	if (unlikely(sa->udp))
		put_udp(sa, skb, tail, e);
}

/* What ip_rcv_core() would have checked. */
static enum ipsec_drop check_v4(struct sk_buff *skb)
{
	const struct iphdr *iph = (struct iphdr *)skb->data;

	if (skb->len < sizeof(*iph) || iph->version != 4 || iph->ihl < 5 ||
	    skb->len < iph->ihl * 4 || ntohs(iph->tot_len) < iph->ihl * 4 ||
	    skb->len < ntohs(iph->tot_len) ||
	    ip_fast_csum(skb->data, iph->ihl))
		return IPSEC_DROP_BAD_INNER;
	/* what is behind is traffic flow confidentiality padding */
	skb_trim(skb, ntohs(iph->tot_len));
	return IPSEC_DROP_NONE;
}

/* What ip6_rcv_core() would have checked. */
static enum ipsec_drop check_v6(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = (struct ipv6hdr *)skb->data;
	u32 len;

	if (skb->len < sizeof(*ip6h) || ip6h->version != 6)
		return IPSEC_DROP_BAD_INNER;
	len = sizeof(*ip6h) + ntohs(ip6h->payload_len);
	if (skb->len < len || ipv6_addr_loopback(&ip6h->saddr) ||
	    ipv6_addr_loopback(&ip6h->daddr) ||
	    ipv6_addr_is_multicast(&ip6h->saddr))
		return IPSEC_DROP_BAD_INNER;
	if (ipv6_addr_is_multicast(&ip6h->daddr) &&
	    IPV6_ADDR_MC_SCOPE(&ip6h->daddr) < 2)
		return IPSEC_DROP_BAD_INNER;
	skb_trim(skb, len);
	return IPSEC_DROP_NONE;
}

static noinline enum ipsec_drop ecn_differs(struct sk_buff *skb,
					    const struct ipsec_in *in, u8 inner)
{
	int ds = ipsec_ecn_decap(inner, in->ds);

	if (ds < 0)
		return IPSEC_DROP_ECN;
	if (ipsec_ecn_is_unused(inner, in->ds))
		ipsec_notice_ecn(skb, &(struct ipsec_drop_at) {
			.sa = in->sa,
			.outer = in->outer,
			.dir = NF_IPSEC_DIR_IN,
			.family = in->family,
		}, inner, in->ds);
	if (ds == inner)
		return IPSEC_DROP_NONE;
	if (in->family == AF_INET)
		ipv4_change_dsfield((struct iphdr *)skb->data, 0, ds);
	else
		ipv6_change_dsfield((struct ipv6hdr *)skb->data, 0, ds);
	return IPSEC_DROP_NONE;
}

/* Where both headers say the same there is nothing to do */
static enum ipsec_drop ecn(struct sk_buff *skb, const struct ipsec_in *in)
{
	u8 inner = ds_of(skb->data, in->family);

	if (likely(!((inner ^ in->ds) & INET_ECN_MASK)))
		return IPSEC_DROP_NONE;
	return ecn_differs(skb, in, inner);
}

static enum ipsec_drop decap_tunnel(struct sk_buff *skb, struct ipsec_in *in)
{
	enum ipsec_drop reason;

	if (in->next_header == IPPROTO_NONE)
		return IPSEC_DROP_DUMMY;
	if (in->next_header != IPPROTO_IPIP && in->next_header != IPPROTO_IPV6)
		return IPSEC_DROP_WRONG_MODE;
	in->family = in->next_header == IPPROTO_IPIP ? AF_INET : AF_INET6;
	skb_pull(skb, in->off + in->head);
	skb_reset_network_header(skb);
	reason = in->family == AF_INET ? check_v4(skb) : check_v6(skb);
	return reason ?: ecn(skb, in);
}

/* A NAT has changed addresses under a checksum that it could not see (RFC 3948
 * section 3.1.2).  Sums that fit are still asked for.  The source of another
 * host, which nobody has authenticated, is not made to fit.
 */
static void fix_sum(struct sk_buff *skb, const struct ipsec_in *in)
{
	const struct ipsec_addr from[2] = { in->sa->orig_src, in->sa->orig_dst };
	u32 off = in->off - in->udp;
	struct ipsec_addr to[2] = {};

	if (in->family == AF_INET) {
		to[0].a4 = ip_hdr(skb)->saddr;
		to[1].a4 = ip_hdr(skb)->daddr;
	} else {
		memcpy(&to[0], &ipv6_hdr(skb)->saddr, sizeof(to[0]));
		memcpy(&to[1], &ipv6_hdr(skb)->daddr, sizeof(to[1]));
	}
	if (ipsec_addr_equal(&to[0], &in->sa->saddr) &&
	    memcmp(from, to, sizeof(to)))
		ipsec_natt_sum(in->next_header, skb->data + off, skb->len - off,
			       from, to);
}

static enum ipsec_drop decap_transport(struct sk_buff *skb,
				       struct ipsec_in *in)
{
	if (in->next_header == IPPROTO_NONE)
		return IPSEC_DROP_DUMMY;
	skb->data[in->nhoff] = in->next_header;
	memmove(skb->data + in->udp + in->head, skb->data, in->off - in->udp);
	skb_pull(skb, in->udp + in->head);
	skb_reset_network_header(skb);
	if (in->family == AF_INET) {
		ip_hdr(skb)->tot_len = htons(skb->len);
		ip_send_check(ip_hdr(skb));
	} else {
		ipv6_hdr(skb)->payload_len = htons(skb->len -
						   sizeof(struct ipv6hdr));
	}
	if (unlikely(in->udp) && in->sa->udp)
		fix_sum(skb, in);
	return IPSEC_DROP_NONE;
}

enum ipsec_drop ipsec_mode_decap(struct sk_buff *skb, struct ipsec_in *in)
{
	return in->sa->mode == NF_IPSEC_MODE_TUNNEL ? decap_tunnel(skb, in) :
						      decap_transport(skb, in);
}
