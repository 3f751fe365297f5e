// SPDX-License-Identifier: GPL-2.0-only
/* Selectors: RFC 4301 section 4.4.1.1. */
#include "selector.h"

#include <asm/byteorder.h>
#include <linux/in.h>
#include <linux/socket.h>
#include <linux/string.h>

#define ADDR_WORDS	4
#define WORD_BITS	32
#define PORT_MAX	65535
#define NO_PORTS	(IPSEC_FLOW_NO_PORTS | IPSEC_FLOW_FRAGMENT)

static u8 plen_max(u8 family)
{
	return family == AF_INET ? 32 : 128;
}

/* The first @bits of a word, 1 to 31 */
static __be32 word_mask(u8 bits)
{
	return __cpu_to_be32(~0U << (WORD_BITS - bits));
}

void ipsec_addr_mask(struct ipsec_addr *addr, u8 family, u8 plen)
{
	u8 i;

	if (plen >= plen_max(family))
		return;
	i = plen / WORD_BITS;
	if (plen % WORD_BITS)
		addr->a6[i++] &= word_mask(plen % WORD_BITS);
	for (; i < ADDR_WORDS; i++)
		addr->a6[i] = 0;
}

bool ipsec_addr_equal(const struct ipsec_addr *a, const struct ipsec_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

bool ipsec_addr_in(const struct ipsec_addr *addr,
		   const struct ipsec_addr *prefix, u8 plen)
{
	u8 i;

	for (i = 0; i < plen / WORD_BITS; i++)
		if (addr->a6[i] != prefix->a6[i])
			return false;
	if (!(plen % WORD_BITS))
		return true;
	return !((addr->a6[i] ^ prefix->a6[i]) & word_mask(plen % WORD_BITS));
}

void ipsec_selector_any(struct ipsec_selector *sel, u8 family)
{
	memset(sel, 0, sizeof(*sel));
	sel->family = family;
	sel->sport_max = PORT_MAX;
	sel->dport_max = PORT_MAX;
}

static bool proto_has_ports(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_DCCP:
	case IPPROTO_SCTP:
	case IPPROTO_UDPLITE:
		return true;
	default:
		return false;
	}
}

/* Are all bits of an address behind the prefix zero, to the sixteenth octet? */
static bool prefix_clean(const struct ipsec_addr *addr, u8 plen)
{
	struct ipsec_addr masked = *addr;

	ipsec_addr_mask(&masked, AF_INET6, plen);
	return ipsec_addr_equal(&masked, addr);
}

const char *ipsec_selector_valid(const struct ipsec_selector *sel)
{
	if (sel->family != AF_INET && sel->family != AF_INET6)
		return "the address family is neither IPv4 nor IPv6";
	if (sel->src_plen > plen_max(sel->family))
		return "the source prefix is longer than an address";
	if (sel->dst_plen > plen_max(sel->family))
		return "the destination prefix is longer than an address";
	if (!prefix_clean(&sel->saddr, sel->src_plen))
		return "the source has bits behind its prefix";
	if (!prefix_clean(&sel->daddr, sel->dst_plen))
		return "the destination has bits behind its prefix";
	if (sel->proto_set > 1 || (!sel->proto_set && sel->proto))
		return "a protocol that is not asked for must be 0";
	if (sel->sport_min > sel->sport_max)
		return "the lowest source port is above the highest";
	if (sel->dport_min > sel->dport_max)
		return "the lowest destination port is above the highest";
	if (ipsec_selector_has_ports(sel) &&
	    !(sel->proto_set && proto_has_ports(sel->proto)))
		return "ports need a protocol that has ports";
	return NULL;
}

bool ipsec_selector_has_ports(const struct ipsec_selector *sel)
{
	return sel->sport_min || sel->sport_max != PORT_MAX ||
	       sel->dport_min || sel->dport_max != PORT_MAX;
}

static bool match_addrs(const struct ipsec_selector *sel,
			const struct ipsec_flow *flow)
{
	return sel->family == flow->family &&
	       ipsec_addr_in(&flow->saddr, &sel->saddr, sel->src_plen) &&
	       ipsec_addr_in(&flow->daddr, &sel->daddr, sel->dst_plen);
}

static bool match_proto(const struct ipsec_selector *sel,
			const struct ipsec_flow *flow)
{
	return !sel->proto_set || sel->proto == flow->proto;
}

static bool match_ports(const struct ipsec_selector *sel,
			const struct ipsec_flow *flow)
{
	if (!ipsec_selector_has_ports(sel))
		return true;
	return !(flow->flags & NO_PORTS) &&
	       flow->sport >= sel->sport_min && flow->sport <= sel->sport_max &&
	       flow->dport >= sel->dport_min && flow->dport <= sel->dport_max;
}

bool ipsec_selector_match(const struct ipsec_selector *sel,
			  const struct ipsec_flow *flow)
{
	return match_proto(sel, flow) && match_addrs(sel, flow) &&
	       match_ports(sel, flow);
}

bool ipsec_selector_may_match(const struct ipsec_selector *sel,
			      const struct ipsec_flow *flow)
{
	if (!(flow->flags & IPSEC_FLOW_FRAGMENT))
		return ipsec_selector_match(sel, flow);
	/* IPv6 takes the protocol from the first fragment, whatever others say */
	return match_addrs(sel, flow) &&
	       (flow->family == AF_INET6 || match_proto(sel, flow));
}

bool ipsec_selector_contains(const struct ipsec_selector *outer,
			     const struct ipsec_selector *inner)
{
	return outer->family == inner->family &&
	       outer->src_plen <= inner->src_plen &&
	       outer->dst_plen <= inner->dst_plen &&
	       ipsec_addr_in(&inner->saddr, &outer->saddr, outer->src_plen) &&
	       ipsec_addr_in(&inner->daddr, &outer->daddr, outer->dst_plen) &&
	       (!outer->proto_set ||
		(inner->proto_set && inner->proto == outer->proto)) &&
	       outer->sport_min <= inner->sport_min &&
	       outer->sport_max >= inner->sport_max &&
	       outer->dport_min <= inner->dport_min &&
	       outer->dport_max >= inner->dport_max;
}
