// SPDX-License-Identifier: GPL-2.0-only
/* Selectors: RFC 4301 section 4.4.1.1. */
#include "selector.h"

#include <asm/byteorder.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <uapi/linux/nf_ipsec.h>

#define ADDR_WORDS	4
#define WORD_BITS	32
#define PORT_MAX	65535
#define NO_PORTS	(IPSEC_FLOW_NO_PORTS | IPSEC_FLOW_FRAGMENT)
#define OPAQUE_PORTS	(NF_IPSEC_OPAQUE_SPORT | NF_IPSEC_OPAQUE_DPORT)
#define OPAQUE_ALL	(NF_IPSEC_OPAQUE_PROTO | OPAQUE_PORTS)

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

enum ipsec_selector_type ipsec_selector_type(u8 family, u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_DCCP:
	case IPPROTO_SCTP:
	case IPPROTO_UDPLITE:
		return IPSEC_TYPE_PORTS;
	case IPPROTO_ICMP:
		return family == AF_INET ? IPSEC_TYPE_ICMP : IPSEC_TYPE_NONE;
	case IPPROTO_ICMPV6:
		return family == AF_INET6 ? IPSEC_TYPE_ICMP : IPSEC_TYPE_NONE;
	case IPPROTO_MH:
		return family == AF_INET6 ? IPSEC_TYPE_MH : IPSEC_TYPE_NONE;
	default:
		return IPSEC_TYPE_NONE;
	}
}

/* Are all bits of an address behind the prefix zero, to the sixteenth octet? */
static bool prefix_clean(const struct ipsec_addr *addr, u8 plen)
{
	struct ipsec_addr masked = *addr;

	ipsec_addr_mask(&masked, AF_INET6, plen);
	return ipsec_addr_equal(&masked, addr);
}

static int addr_cmp(const struct ipsec_addr *a, const struct ipsec_addr *b)
{
	return memcmp(a, b, sizeof(*a));
}

/* Bits that two addresses share, counted from the left */
static u8 bits_shared(const struct ipsec_addr *a, const struct ipsec_addr *b,
		      u8 max)
{
	u8 n = 0;

	while (n < max && ipsec_addr_in(a, b, n + 1))
		n++;
	return n;
}

/* Is the address the first, or with @ones the last, one of its prefix? */
static bool is_edge(const struct ipsec_addr *addr, u8 family, u8 plen, bool ones)
{
	struct ipsec_addr edge = *addr;
	u8 i, words = plen_max(family) / WORD_BITS;

	for (i = 0; ones && i < words; i++)
		edge.a6[i] = ~edge.a6[i];
	return prefix_clean(&edge, plen);
}

bool ipsec_addr_range(const struct ipsec_addr *min, struct ipsec_addr *max,
		      u8 family, u8 *plen)
{
	*plen = bits_shared(min, max, plen_max(family));
	if (!is_edge(min, family, *plen, false) ||
	    !is_edge(max, family, *plen, true))
		return true;
	memset(max, 0, sizeof(*max));
	return false;
}

/* A range is kept in one form, so that two that are equal are so as octets. */
static bool range_valid(const struct ipsec_addr *min,
			const struct ipsec_addr *max, u8 family, u8 plen)
{
	struct ipsec_addr copy = *max;
	u8 shared;

	return prefix_clean(min, plen_max(family)) &&
	       prefix_clean(max, plen_max(family)) && addr_cmp(min, max) < 0 &&
	       ipsec_addr_range(min, &copy, family, &shared) && shared == plen;
}

static const char *addrs_valid(const struct ipsec_selector *sel)
{
	static const struct ipsec_addr none;

	if (sel->ranges & ~(IPSEC_SEL_SRC_RANGE | IPSEC_SEL_DST_RANGE))
		return "there are no such ranges";
	if (sel->ranges & IPSEC_SEL_SRC_RANGE) {
		if (!range_valid(&sel->saddr, &sel->saddr_max, sel->family,
				 sel->src_plen))
			return "the lowest source address is not below the highest";
	} else if (!prefix_clean(&sel->saddr, sel->src_plen) ||
		   !ipsec_addr_equal(&sel->saddr_max, &none)) {
		return "the source has bits behind its prefix";
	}
	if (sel->ranges & IPSEC_SEL_DST_RANGE) {
		if (!range_valid(&sel->daddr, &sel->daddr_max, sel->family,
				 sel->dst_plen))
			return "the lowest destination address is not below the highest";
	} else if (!prefix_clean(&sel->daddr, sel->dst_plen) ||
		   !ipsec_addr_equal(&sel->daddr_max, &none)) {
		return "the destination has bits behind its prefix";
	}
	return NULL;
}

static bool sport_any(const struct ipsec_selector *sel)
{
	return !sel->sport_min && sel->sport_max == PORT_MAX;
}

static bool dport_any(const struct ipsec_selector *sel)
{
	return !sel->dport_min && sel->dport_max == PORT_MAX;
}

static const char *ports_valid(const struct ipsec_selector *sel)
{
	enum ipsec_selector_type type = IPSEC_TYPE_NONE;

	if (sel->sport_min > sel->sport_max)
		return "the lowest source port or type is above the highest";
	if (sel->dport_min > sel->dport_max)
		return "the lowest destination port is above the highest";
	if (((sel->opaque & NF_IPSEC_OPAQUE_SPORT) && !sport_any(sel)) ||
	    ((sel->opaque & NF_IPSEC_OPAQUE_DPORT) && !dport_any(sel)))
		return "a field that is opaque has no value";
	if (sel->proto_set)
		type = ipsec_selector_type(sel->family, sel->proto);
	if (type == IPSEC_TYPE_PORTS)
		return NULL;
	if ((sel->opaque & NF_IPSEC_OPAQUE_DPORT) || !dport_any(sel) ||
	    (type == IPSEC_TYPE_NONE &&
	     (!sport_any(sel) || (sel->opaque & NF_IPSEC_OPAQUE_SPORT))))
		return "ports need a protocol that has ports, a type one that has a type";
	if (type == IPSEC_TYPE_MH && !sport_any(sel) &&
	    ((sel->sport_min & 0xff) || (sel->sport_max & 0xff) != 0xff))
		return "a mobility header has a type without a code";
	return NULL;
}

const char *ipsec_selector_valid(const struct ipsec_selector *sel)
{
	const char *msg;

	if (sel->family != AF_INET && sel->family != AF_INET6)
		return "the address family is neither IPv4 nor IPv6";
	if (sel->src_plen > plen_max(sel->family))
		return "the source prefix is longer than an address";
	if (sel->dst_plen > plen_max(sel->family))
		return "the destination prefix is longer than an address";
	msg = addrs_valid(sel);
	if (msg)
		return msg;
	if (sel->proto_set > 1 || (!sel->proto_set && sel->proto))
		return "a protocol that is not asked for must be 0";
	if (sel->opaque & ~OPAQUE_ALL)
		return "there are no such fields to be opaque";
	if ((sel->opaque & NF_IPSEC_OPAQUE_PROTO) &&
	    (sel->proto_set || sel->family != AF_INET6))
		return "only IPv6 may have an opaque protocol, and then no other";
	if (sel->mark & ~sel->mark_mask)
		return "the mark has bits that the mask has not";
	return ports_valid(sel);
}

bool ipsec_selector_has_ports(const struct ipsec_selector *sel)
{
	return !sport_any(sel) || !dport_any(sel);
}

bool ipsec_selector_is_narrow(const struct ipsec_selector *sel)
{
	return sel->mark_mask || sel->dev[0];
}

static bool addr_between(const struct ipsec_addr *addr,
			 const struct ipsec_addr *min,
			 const struct ipsec_addr *max)
{
	return addr_cmp(addr, min) >= 0 && addr_cmp(addr, max) <= 0;
}

static bool match_addrs(const struct ipsec_selector *sel,
			const struct ipsec_flow *flow)
{
	if (sel->family != flow->family ||
	    !ipsec_addr_in(&flow->saddr, &sel->saddr, sel->src_plen) ||
	    !ipsec_addr_in(&flow->daddr, &sel->daddr, sel->dst_plen))
		return false;
	if (!sel->ranges)
		return true;
	return (!(sel->ranges & IPSEC_SEL_SRC_RANGE) ||
		addr_between(&flow->saddr, &sel->saddr, &sel->saddr_max)) &&
	       (!(sel->ranges & IPSEC_SEL_DST_RANGE) ||
		addr_between(&flow->daddr, &sel->daddr, &sel->daddr_max));
}

static bool match_proto(const struct ipsec_selector *sel,
			const struct ipsec_flow *flow)
{
	if (sel->opaque & NF_IPSEC_OPAQUE_PROTO)
		return flow->flags & IPSEC_FLOW_NO_PROTO;
	return !sel->proto_set || sel->proto == flow->proto;
}

static bool match_mark(const struct ipsec_selector *sel,
		       const struct ipsec_flow *flow)
{
	return !((flow->mark ^ sel->mark) & sel->mark_mask);
}

static bool match_ports(const struct ipsec_selector *sel,
			const struct ipsec_flow *flow)
{
	if (flow->flags & NO_PORTS)
		return sport_any(sel) && dport_any(sel);
	return !(sel->opaque & OPAQUE_PORTS) &&
	       flow->sport >= sel->sport_min && flow->sport <= sel->sport_max &&
	       flow->dport >= sel->dport_min && flow->dport <= sel->dport_max;
}

bool ipsec_selector_match(const struct ipsec_selector *sel,
			  const struct ipsec_flow *flow)
{
	return match_proto(sel, flow) && match_addrs(sel, flow) &&
	       match_ports(sel, flow) && match_mark(sel, flow);
}

bool ipsec_selector_may_match(const struct ipsec_selector *sel,
			      const struct ipsec_flow *flow)
{
	if (!(flow->flags & IPSEC_FLOW_FRAGMENT))
		return ipsec_selector_match(sel, flow);
	return match_addrs(sel, flow) && match_mark(sel, flow) &&
	       ((flow->flags & IPSEC_FLOW_NO_PROTO) || match_proto(sel, flow));
}

/* The last address of a prefix or a range */
static void addr_last(struct ipsec_addr *last, const struct ipsec_addr *addr,
		      const struct ipsec_addr *max, bool range, u8 family,
		      u8 plen)
{
	u8 i, words = plen_max(family) / WORD_BITS;

	struct ipsec_addr mask;

	*last = range ? *max : *addr;
	if (range)
		return;
	memset(&mask, 0xff, sizeof(mask));
	ipsec_addr_mask(&mask, family, plen);
	for (i = 0; i < words; i++)
		last->a6[i] |= ~mask.a6[i];
}

static bool contains_addrs(const struct ipsec_selector *outer,
			   const struct ipsec_selector *inner)
{
	struct ipsec_addr last;

	if (outer->family != inner->family ||
	    outer->src_plen > inner->src_plen ||
	    outer->dst_plen > inner->dst_plen ||
	    !ipsec_addr_in(&inner->saddr, &outer->saddr, outer->src_plen) ||
	    !ipsec_addr_in(&inner->daddr, &outer->daddr, outer->dst_plen))
		return false;
	addr_last(&last, &inner->saddr, &inner->saddr_max,
		  inner->ranges & IPSEC_SEL_SRC_RANGE, inner->family,
		  inner->src_plen);
	if ((outer->ranges & IPSEC_SEL_SRC_RANGE) &&
	    (!addr_between(&inner->saddr, &outer->saddr, &outer->saddr_max) ||
	     !addr_between(&last, &outer->saddr, &outer->saddr_max)))
		return false;
	addr_last(&last, &inner->daddr, &inner->daddr_max,
		  inner->ranges & IPSEC_SEL_DST_RANGE, inner->family,
		  inner->dst_plen);
	return !(outer->ranges & IPSEC_SEL_DST_RANGE) ||
	       (addr_between(&inner->daddr, &outer->daddr, &outer->daddr_max) &&
		addr_between(&last, &outer->daddr, &outer->daddr_max));
}

static bool contains_proto(const struct ipsec_selector *outer,
			   const struct ipsec_selector *inner)
{
	if (outer->opaque & NF_IPSEC_OPAQUE_PROTO)
		return inner->opaque & NF_IPSEC_OPAQUE_PROTO;
	return !outer->proto_set ||
	       (inner->proto_set && inner->proto == outer->proto);
}

bool ipsec_selector_contains(const struct ipsec_selector *outer,
			     const struct ipsec_selector *inner)
{
	return contains_addrs(outer, inner) && contains_proto(outer, inner) &&
	       outer->sport_min <= inner->sport_min &&
	       outer->sport_max >= inner->sport_max &&
	       outer->dport_min <= inner->dport_min &&
	       outer->dport_max >= inner->dport_max &&
	       (!(outer->opaque & OPAQUE_PORTS) ||
		(inner->opaque & OPAQUE_PORTS)) &&
	       !(outer->mark_mask & ~inner->mark_mask) &&
	       !((outer->mark ^ inner->mark) & outer->mark_mask) &&
	       (!outer->dev[0] ||
		!memcmp(outer->dev, inner->dev, sizeof(outer->dev)));
}
