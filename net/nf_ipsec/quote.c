// SPDX-License-Identifier: GPL-2.0-only
#include "quote.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>

#include "flow.h"
#include "lib/selector.h"

/* Both families' errors have eight octets in front of the quoted packet. */
#define ICMP_ERROR_HEAD	8

bool ipsec_quote_is_error(u8 family, u8 type)
{
	return family == AF_INET6 ? !(type & ICMPV6_INFOMSG_MASK) :
				    icmp_is_err(type);
}

static bool is_error(const struct sk_buff *skb, u8 family, int off)
{
	const u8 *type;
	u8 buf;

	type = skb_header_pointer(skb, off, sizeof(buf), &buf);
	return type && ipsec_quote_is_error(family, *type);
}

/* ipsec_flow_parse() looks where the network header is. */
static int parse_at(struct sk_buff *skb, u8 family, int off, u32 settings,
		    struct ipsec_flow *flow)
{
	u16 network_header = skb->network_header;
	int ret;

	skb_set_network_header(skb, off);
	if ((skb_network_header(skb)[0] >> 4) == (family == AF_INET ? 4 : 6))
		ret = ipsec_flow_parse(skb, family, settings, flow);
	else
		ret = -EINVAL;
	skb->network_header = network_header;
	return ret;
}

/* What answers the message that is quoted has another type. */
static u16 type_of_reply(const struct ipsec_flow *flow)
{
	u8 type = flow->sport >> 8;

	if (flow->family == AF_INET6)
		return type == ICMPV6_ECHO_REQUEST ? ICMPV6_ECHO_REPLY << 8 :
		       type == ICMPV6_ECHO_REPLY ? ICMPV6_ECHO_REQUEST << 8 :
						   flow->sport;
	switch (type) {
	case ICMP_ECHO:
		return ICMP_ECHOREPLY << 8;
	case ICMP_ECHOREPLY:
		return ICMP_ECHO << 8;
	case ICMP_TIMESTAMP:
		return ICMP_TIMESTAMPREPLY << 8;
	case ICMP_TIMESTAMPREPLY:
		return ICMP_TIMESTAMP << 8;
	default:
		return flow->sport;
	}
}

static void swap_ports(const struct ipsec_flow *quoted, struct ipsec_flow *reply)
{
	if (quoted->flags & IPSEC_FLOW_NO_PORTS)
		return;
	switch (ipsec_selector_type(quoted->family, quoted->proto)) {
	case IPSEC_TYPE_PORTS:
		reply->sport = quoted->dport;
		reply->dport = quoted->sport;
		break;
	case IPSEC_TYPE_ICMP:
		reply->sport = type_of_reply(quoted);
		break;
	default:
		break;
	}
}

int ipsec_quote_parse(struct sk_buff *skb, const struct ipsec_flow *flow,
		      int off, u32 settings, struct ipsec_flow *reply)
{
	struct ipsec_flow quoted;
	u32 head;

	if (!ipsec_flow_is_icmp(flow))
		return -ENOENT;
	off += skb_network_offset(skb);
	if (!is_error(skb, flow->family, off))
		return -ENOENT;
	off += ICMP_ERROR_HEAD;
	head = flow->family == AF_INET ? sizeof(struct iphdr) :
					 sizeof(struct ipv6hdr);
	if (!pskb_may_pull(skb, off + head) ||
	    parse_at(skb, flow->family, off, settings, &quoted) < 0 ||
	    !ipsec_addr_equal(&quoted.saddr, &flow->daddr))
		return -EINVAL;
	*reply = quoted;
	reply->saddr = quoted.daddr;
	reply->daddr = quoted.saddr;
	swap_ports(&quoted, reply);
	/* it comes or goes as the error does */
	reply->mark = flow->mark;
	reply->ifindex = flow->ifindex;
	reply->devices = flow->devices;
	return 0;
}
