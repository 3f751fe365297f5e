// SPDX-License-Identifier: GPL-2.0-only
#include "flow.h"

#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "compat.h"
#include "lib/selector.h"
#include "netns.h"
#include "lib/natt.h"

#define PORT_DHCP_SERVER	67
#define PORT_DHCP_CLIENT	68
#define PORT_DHCP6_CLIENT	546
#define PORT_DHCP6_SERVER	547
#define NEXTHDR_HIP		139
#define NEXTHDR_SHIM6		140

/* @more: other fragments follow, which may have what is not here */
static void parse_ports(const struct sk_buff *skb, int off, bool more,
			struct ipsec_flow *flow)
{
	enum ipsec_selector_type type;
	const __be16 *ports;
	__be16 buf[2];

	type = ipsec_selector_type(flow->family, flow->proto);
	if (type == IPSEC_TYPE_NONE || (flow->flags & IPSEC_FLOW_FRAGMENT))
		goto none;
	ports = skb_header_pointer(skb, skb_network_offset(skb) + off,
				   sizeof(buf), buf);
	if (!ports)
		goto none;
	if (unlikely(type == IPSEC_TYPE_MH)) {
		flow->sport = ntohs(ports[1]) & 0xff00;
		return;
	}
	flow->sport = ntohs(ports[0]);
	if (likely(type == IPSEC_TYPE_PORTS))
		flow->dport = ntohs(ports[1]);
	return;
none:
	flow->flags |= IPSEC_FLOW_NO_PORTS;
	if (unlikely(more) && type != IPSEC_TYPE_NONE)
		flow->flags |= IPSEC_FLOW_FRAGMENT;
}

static int parse_v4(const struct sk_buff *skb, struct ipsec_flow *flow,
		    bool *more)
{
	const struct iphdr *iph = ip_hdr(skb);

	/* raw sockets send what they like */
	if (skb_headlen(skb) < skb_network_offset(skb) + sizeof(*iph) ||
	    iph->ihl < sizeof(*iph) / 4)
		return -EINVAL;
	flow->saddr.a4 = iph->saddr;
	flow->daddr.a4 = iph->daddr;
	flow->proto = iph->protocol;
	if (iph->frag_off & htons(IP_OFFSET))
		flow->flags = IPSEC_FLOW_FRAGMENT;
	*more = iph->frag_off & htons(IP_MF);
	return iph->ihl * 4;
}

/*
 * RFC 4301 section 4.4.1.1: AH and ESP are protocols, not headers to skip.  Which
 * others are skipped can be set, but for that of a fragment: who it is a piece
 * of must always be asked.
 */
static bool is_exthdr(u8 next, u32 settings)
{
	switch (next) {
	case NEXTHDR_FRAGMENT:
		return true;
	case NEXTHDR_HOP:
		return !(settings & NF_IPSEC_SETTING_KEEP_HOPOPTS);
	case NEXTHDR_ROUTING:
		return !(settings & NF_IPSEC_SETTING_KEEP_ROUTING);
	case NEXTHDR_DEST:
		return !(settings & NF_IPSEC_SETTING_KEEP_DSTOPTS);
	case NEXTHDR_HIP:
		return settings & NF_IPSEC_SETTING_SKIP_HIP;
	case NEXTHDR_SHIM6:
		return settings & NF_IPSEC_SETTING_SKIP_SHIM6;
	default:
		return false;
	}
}

/* To the end, however far: the receiver will go as far. */
static int skip_exthdrs(const struct sk_buff *skb, u32 settings,
			struct ipsec_flow *flow, bool *more)
{
	int off = sizeof(struct ipv6hdr);
	u8 next = flow->proto;

	while (is_exthdr(next, settings)) {
		struct frag_hdr buf;
		const struct frag_hdr *fh;

		fh = skb_header_pointer(skb, skb_network_offset(skb) + off,
					sizeof(buf), &buf);
		if (!fh)
			return -EINVAL;
		if (next == NEXTHDR_FRAGMENT) {
			*more |= !!(fh->frag_off & htons(IP6_MF));
			off += sizeof(*fh);
			next = fh->nexthdr;
			if (fh->frag_off & htons(IP6_OFFSET)) {
				flow->flags = IPSEC_FLOW_FRAGMENT |
					      IPSEC_FLOW_NO_PROTO;
				break;
			}
			continue;
		}
		/* length in units of eight octets, the first not counted */
		off += (fh->reserved + 1) * 8;
		next = fh->nexthdr;
	}
	flow->proto = next;
	return off;
}

static int parse_v6(const struct sk_buff *skb, u32 settings,
		    struct ipsec_flow *flow, bool *more)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);

	if (skb_headlen(skb) < skb_network_offset(skb) + sizeof(*ip6h))
		return -EINVAL;
	memcpy(&flow->saddr, &ip6h->saddr, sizeof(flow->saddr));
	memcpy(&flow->daddr, &ip6h->daddr, sizeof(flow->daddr));
	flow->proto = ip6h->nexthdr;
	return skip_exthdrs(skb, settings, flow, more);
}

/* Each word of the flow is written once. */
bool ipsec_flow_parse_plain(const struct sk_buff *skb, u8 family,
			    struct ipsec_flow *flow)
{
	const u8 *data = skb_network_header(skb);
	const struct ipv6hdr *ip6h = (const void *)data;
	const struct iphdr *iph = (const void *)data;
	const __be16 *ports;
	u64 *w = (u64 *)flow;
	u32 hlen;
	u8 proto;

	hlen = family == AF_INET ? sizeof(*iph) : sizeof(*ip6h);
	if (unlikely(data + hlen + 4 > skb_tail_pointer(skb)))
		return false;
	proto = family == AF_INET ? iph->protocol : ip6h->nexthdr;
	if (proto != IPPROTO_UDP && proto != IPPROTO_TCP)
		return false;
	ports = (const void *)(data + hlen);
	if (family == AF_INET) {
		if (unlikely(iph->ihl != sizeof(*iph) / 4 ||
			     iph->frag_off & htons(IP_OFFSET | IP_MF)))
			return false;
		w[0] = 0;
		w[1] = 0;
		w[2] = 0;
		w[3] = 0;
		flow->saddr.a4 = iph->saddr;
		flow->daddr.a4 = iph->daddr;
	} else {
		memcpy(&flow->saddr, &ip6h->saddr, sizeof(flow->saddr));
		memcpy(&flow->daddr, &ip6h->daddr, sizeof(flow->daddr));
	}
	w[5] = 0;
	w[6] = 0;
	flow->sport = ntohs(ports[0]);
	flow->dport = ntohs(ports[1]);
	flow->family = family;
	flow->proto = proto;
	flow->flags = 0;
	flow->dscp = 0;
	return true;
}

static noinline int parse_any(const struct sk_buff *skb, u8 family,
			      u32 settings, struct ipsec_flow *flow)
{
	bool more = false;
	int off;

	memset(flow, 0, sizeof(*flow));
	flow->family = family;
	off = family == AF_INET ? parse_v4(skb, flow, &more) :
				  parse_v6(skb, settings, flow, &more);
	if (off < 0)
		return off;
	parse_ports(skb, off, more, flow);
	if (unlikely(more) && !(flow->flags & IPSEC_FLOW_FRAGMENT))
		flow->flags |= IPSEC_FLOW_FIRST;
	return off;
}

int ipsec_flow_parse(const struct sk_buff *skb, u8 family, u32 settings,
		     struct ipsec_flow *flow)
{
	if (likely(ipsec_flow_parse_plain(skb, family, flow)))
		return family == AF_INET ? sizeof(struct iphdr) :
					   sizeof(struct ipv6hdr);
	return parse_any(skb, family, settings, flow);
}

void ipsec_flow_narrow(struct ipsec_flow *flow, const struct ipsec_net *ipn,
		       const struct sk_buff *skb, u32 ifindex)
{
	flow->mark = skb->mark;
	flow->ifindex = ifindex;
	flow->devices = atomic_read(&ipn->devices_gen);
}

void ipsec_flow_dscp(struct ipsec_flow *flow, const struct sk_buff *skb)
{
	flow->dscp = (flow->family == AF_INET ? ip_hdr(skb)->tos :
		      ipv6_get_dsfield(ipv6_hdr(skb))) >> 2;
}

static bool ports_are(const struct ipsec_flow *flow, u16 a, u16 b)
{
	return (flow->sport == a && flow->dport == b) ||
	       (flow->sport == b && flow->dport == a);
}

/* Who is a multicast listener, which a switch must know before neighbour
 * discovery works.  No router forwards what comes from a link-local address.
 */
static bool is_listener_discovery(const struct ipv6hdr *ip6h, u8 type)
{
	if (ip6h->hop_limit != 1 ||
	    !(ipv6_addr_type(&ip6h->saddr) & IPV6_ADDR_LINKLOCAL ||
	      ipv6_addr_any(&ip6h->saddr)))
		return false;
	return type == ICMPV6_MGM_QUERY || type == ICMPV6_MGM_REPORT ||
	       type == ICMPV6_MGM_REDUCTION || type == ICMPV6_MLD2_REPORT;
}

/* What the link itself needs. */
static bool is_link_control(const struct sk_buff *skb, int off)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	const u8 *type;
	u8 buf;

	type = skb_header_pointer(skb, skb_network_offset(skb) + off,
				  sizeof(buf), &buf);
	if (!type)
		return false;
	/* a hop limit of 255 proves that it comes from this very link */
	if (*type >= NDISC_ROUTER_SOLICITATION && *type <= NDISC_REDIRECT)
		return ip6h->hop_limit == 255;
	return is_listener_discovery(ip6h, *type);
}

bool ipsec_flow_is_link_control(const struct sk_buff *skb,
				const struct ipsec_flow *flow, int off)
{
	return flow->proto == IPPROTO_ICMPV6 && flow->family == AF_INET6 &&
	       !(flow->flags & IPSEC_FLOW_FRAGMENT) &&
	       is_link_control(skb, off);
}

bool ipsec_flow_is_icmp(const struct ipsec_flow *flow)
{
	return flow->proto == (flow->family == AF_INET ? IPPROTO_ICMP :
							 IPPROTO_ICMPV6) &&
	       !(flow->flags & (IPSEC_FLOW_FRAGMENT | IPSEC_FLOW_NO_PORTS));
}

static bool is_udp(const struct ipsec_flow *flow)
{
	return flow->proto == IPPROTO_UDP &&
	       !(flow->flags & IPSEC_FLOW_NO_PORTS);
}

bool ipsec_flow_is_dhcp(const struct ipsec_flow *flow)
{
	if (!is_udp(flow))
		return false;
	if (flow->family == AF_INET)
		return ports_are(flow, PORT_DHCP_SERVER, PORT_DHCP_CLIENT);
	return ports_are(flow, PORT_DHCP6_SERVER, PORT_DHCP6_CLIENT);
}

bool ipsec_flow_is_ike(const struct ipsec_flow *flow)
{
	if (!is_udp(flow))
		return false;
	return flow->sport == IPSEC_PORT_IKE || flow->dport == IPSEC_PORT_IKE ||
	       flow->sport == IPSEC_PORT_NATT || flow->dport == IPSEC_PORT_NATT;
}

bool ipsec_flow_may_be_exempt(const struct ipsec_flow *flow)
{
	return flow->proto == IPPROTO_ICMPV6 || ipsec_flow_is_ike(flow) ||
	       ipsec_flow_is_dhcp(flow);
}

bool ipsec_flow_to_ike(const struct sk_buff *skb, const struct ipsec_flow *flow,
		       int off)
{
	enum ipsec_udp_kind kind;
	const u8 *data;
	u8 buf[4];
	u32 len;

	if (!is_udp(flow))
		return false;
	if (flow->dport == IPSEC_PORT_IKE)
		return true;
	off += skb_network_offset(skb) + IPSEC_UDP_LEN;
	if (flow->dport != IPSEC_PORT_NATT || skb->len <= off)
		return false;
	len = skb->len - off;
	data = skb_header_pointer(skb, off, min_t(u32, len, sizeof(buf)), buf);
	kind = data ? ipsec_udp_kind(data, len) : IPSEC_UDP_OTHER;
	return kind == IPSEC_UDP_IKE || kind == IPSEC_UDP_KEEPALIVE;
}

bool ipsec_skb_is_forwarded(const struct sk_buff *skb, u8 family)
{
	return family == AF_INET ? IPCB(skb)->flags & IPSKB_FORWARDED :
				   IP6CB(skb)->flags & IP6SKB_FORWARDED;
}
