// SPDX-License-Identifier: GPL-2.0-only
#include "selector.h"

#include <asm/byteorder.h>
#include <kunit/test.h>
#include <linux/in.h>
#include <linux/socket.h>
#include <linux/string.h>

#define MODEL_ROUNDS	10000

static u64 state;

static u32 random_below(u32 limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 20) % limit;
}

static u8 max_plen(u8 family)
{
	return family == AF_INET ? 32 : 128;
}

/* Bit @n of an address, counted from the left as prefixes are */
static bool bit(const struct ipsec_addr *addr, u32 n)
{
	const u8 *octets = (const u8 *)addr;

	return octets[n / 8] & (0x80 >> n % 8);
}

static bool model_in(const struct ipsec_addr *addr, const struct ipsec_addr *prefix, u8 plen)
{
	u32 n;

	for (n = 0; n < plen; n++)
		if (bit(addr, n) != bit(prefix, n))
			return false;
	return true;
}

static void random_addr(struct ipsec_addr *addr, u8 family)
{
	u8 *octets = (u8 *)addr;
	u32 i;

	memset(addr, 0, sizeof(*addr));
	for (i = 0; i < max_plen(family) / 8U; i++)
		octets[i] = random_below(256);
}

static void flip(struct ipsec_addr *addr, u32 n)
{
	((u8 *)addr)[n / 8] ^= 0x80 >> n % 8;
}

/* A prefix of every length, and addresses that differ from it in one bit */
static void prefixes_follow_the_bits(struct kunit *test)
{
	struct ipsec_addr addr, prefix;
	u32 plen, n;

	state = 1;
	for (plen = 0; plen <= 128; plen++) {
		random_addr(&addr, AF_INET6);
		prefix = addr;
		ipsec_addr_mask(&prefix, AF_INET6, plen);
		for (n = 0; n < 128; n++) {
			KUNIT_EXPECT_EQ(test, bit(&prefix, n), n < plen && bit(&addr, n));
			flip(&addr, n);
			KUNIT_EXPECT_EQ_MSG(test, ipsec_addr_in(&addr, &prefix, plen),
					    n >= plen, "/%u bit %u", plen, n);
			flip(&addr, n);
		}
		KUNIT_EXPECT_TRUE(test, ipsec_addr_in(&addr, &prefix, plen));
	}
}

static void ipv4_prefixes_follow_the_bits(struct kunit *test)
{
	struct ipsec_addr addr = { .a4 = __cpu_to_be32(0xc0a8ffff) };
	struct ipsec_addr prefix;
	u32 plen, n;

	for (plen = 0; plen <= 32; plen++) {
		prefix = addr;
		ipsec_addr_mask(&prefix, AF_INET, plen);
		for (n = 0; n < 128; n++)
			KUNIT_EXPECT_EQ(test, bit(&prefix, n), n < plen && bit(&addr, n));
		KUNIT_EXPECT_EQ(test, ipsec_addr_equal(&addr, &prefix), plen == 32);
	}
}

static void addresses_are_equal_in_all_octets(struct kunit *test)
{
	struct ipsec_addr a, b;
	u32 n;

	state = 2;
	random_addr(&a, AF_INET6);
	b = a;
	KUNIT_EXPECT_TRUE(test, ipsec_addr_equal(&a, &b));
	for (n = 0; n < 128; n++) {
		flip(&b, n);
		KUNIT_EXPECT_FALSE(test, ipsec_addr_equal(&a, &b));
		flip(&b, n);
	}
}

static const u8 protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, 0 };
static const u16 ports[] = { 0, 1, 22, 80, 81, 443, 65534, 65535 };

static void random_ports(u16 *min, u16 *max)
{
	u32 a = random_below(ARRAY_SIZE(ports));
	u32 b = random_below(ARRAY_SIZE(ports));

	*min = ports[a < b ? a : b];
	*max = ports[a < b ? b : a];
}

/* Short prefixes of few different addresses, so that matches do happen */
static void random_prefix(struct ipsec_addr *addr, u8 *plen, u8 family)
{
	memset(addr, 0, sizeof(*addr));
	addr->a6[0] = __cpu_to_be32(0x0a000000 | random_below(4) << 22);
	*plen = random_below(4) ? 8 + random_below(4) : random_below(max_plen(family) + 1);
	ipsec_addr_mask(addr, family, *plen);
}

static void random_selector(struct ipsec_selector *sel)
{
	ipsec_selector_any(sel, random_below(2) ? AF_INET : AF_INET6);
	random_prefix(&sel->saddr, &sel->src_plen, sel->family);
	random_prefix(&sel->daddr, &sel->dst_plen, sel->family);
	if (random_below(4) == 0)
		return;
	sel->proto_set = 1;
	sel->proto = protos[random_below(ARRAY_SIZE(protos))];
	if (sel->proto != IPPROTO_TCP && sel->proto != IPPROTO_UDP)
		return;
	if (random_below(2))
		random_ports(&sel->sport_min, &sel->sport_max);
	if (random_below(2))
		random_ports(&sel->dport_min, &sel->dport_max);
}

static void random_flow(struct ipsec_flow *flow)
{
	u8 plen;

	memset(flow, 0, sizeof(*flow));
	flow->family = random_below(2) ? AF_INET : AF_INET6;
	random_prefix(&flow->saddr, &plen, flow->family);
	random_prefix(&flow->daddr, &plen, flow->family);
	flow->proto = protos[random_below(ARRAY_SIZE(protos))];
	if (flow->proto != IPPROTO_TCP && flow->proto != IPPROTO_UDP)
		flow->flags = IPSEC_FLOW_NO_PORTS;
	else if (!random_below(8))
		flow->flags = IPSEC_FLOW_NO_PORTS | IPSEC_FLOW_FRAGMENT |
			      (flow->family == AF_INET6 ? IPSEC_FLOW_NO_PROTO : 0);
	if (flow->flags)
		return;
	flow->sport = ports[random_below(ARRAY_SIZE(ports))];
	flow->dport = ports[random_below(ARRAY_SIZE(ports))];
}

static bool model_match(const struct ipsec_selector *sel, const struct ipsec_flow *flow)
{
	if (sel->family != flow->family || (sel->proto_set && sel->proto != flow->proto))
		return false;
	if (!model_in(&flow->saddr, &sel->saddr, sel->src_plen) ||
	    !model_in(&flow->daddr, &sel->daddr, sel->dst_plen))
		return false;
	if (sel->sport_min == 0 && sel->sport_max == 65535 &&
	    sel->dport_min == 0 && sel->dport_max == 65535)
		return true;
	if (flow->flags)
		return false;
	return sel->sport_min <= flow->sport && flow->sport <= sel->sport_max &&
	       sel->dport_min <= flow->dport && flow->dport <= sel->dport_max;
}

static void matches_follow_the_model(struct kunit *test)
{
	struct ipsec_selector sel;
	struct ipsec_flow flow;
	u32 i, hits = 0;
	bool want;

	state = 3;
	for (i = 0; i < MODEL_ROUNDS; i++) {
		random_selector(&sel);
		random_flow(&flow);
		KUNIT_EXPECT_NULL(test, ipsec_selector_valid(&sel));
		want = model_match(&sel, &flow);
		hits += want;
		KUNIT_EXPECT_EQ_MSG(test, ipsec_selector_match(&sel, &flow), want, "round %u", i);
		/* what may match is what matches, and fragments of what would */
		if (flow.flags & IPSEC_FLOW_FRAGMENT) {
			flow.flags = 0;
			flow.sport = sel.sport_min;
			flow.dport = sel.dport_max;
			if (flow.family == AF_INET6 && sel.proto_set)
				flow.proto = sel.proto;
			want = model_match(&sel, &flow);
			flow.flags = IPSEC_FLOW_NO_PORTS | IPSEC_FLOW_FRAGMENT |
				     (flow.family == AF_INET6 ? IPSEC_FLOW_NO_PROTO : 0);
			flow.sport = 0;
			flow.dport = 0;
		}
		KUNIT_EXPECT_EQ_MSG(test, ipsec_selector_may_match(&sel, &flow), want,
				    "round %u", i);
	}
	KUNIT_EXPECT_GT(test, hits, MODEL_ROUNDS / 100U);
}

/* One of the outermost flows of a selector: @which has a bit for each end */
static void corner(const struct ipsec_selector *sel, u32 which, struct ipsec_flow *flow)
{
	u32 n;

	memset(flow, 0, sizeof(*flow));
	flow->family = sel->family;
	flow->saddr = sel->saddr;
	flow->daddr = sel->daddr;
	for (n = sel->src_plen; (which & 1) && n < max_plen(sel->family); n++)
		flip(&flow->saddr, n);
	for (n = sel->dst_plen; (which & 2) && n < max_plen(sel->family); n++)
		flip(&flow->daddr, n);
	flow->sport = which & 4 ? sel->sport_max : sel->sport_min;
	flow->dport = which & 8 ? sel->dport_max : sel->dport_min;
	flow->proto = which & 16 ? IPPROTO_TCP : IPPROTO_UDP;
	if (sel->proto_set)
		flow->proto = sel->proto;
	if ((which & 32) && !ipsec_selector_has_ports(sel))
		flow->flags = IPSEC_FLOW_NO_PORTS;
}

/* A selector is a box: it is in another one if all of its corners are. */
static bool model_contains(const struct ipsec_selector *outer, const struct ipsec_selector *inner)
{
	struct ipsec_flow flow;
	u32 which;

	for (which = 0; which < 64; which++) {
		corner(inner, which, &flow);
		if (!model_match(outer, &flow))
			return false;
	}
	return true;
}

static void containment_follows_the_model(struct kunit *test)
{
	struct ipsec_selector outer, inner;
	struct ipsec_flow flow;
	u32 i, hits = 0;
	bool in;

	state = 4;
	for (i = 0; i < MODEL_ROUNDS; i++) {
		random_selector(&outer);
		random_selector(&inner);
		in = ipsec_selector_contains(&outer, &inner);
		hits += in;
		KUNIT_EXPECT_EQ_MSG(test, in, model_contains(&outer, &inner), "round %u", i);
		KUNIT_EXPECT_TRUE(test, ipsec_selector_contains(&inner, &inner));
		random_flow(&flow);
		if (in && ipsec_selector_match(&inner, &flow))
			KUNIT_EXPECT_TRUE_MSG(test, ipsec_selector_match(&outer, &flow),
					      "round %u", i);
	}
	KUNIT_EXPECT_GT(test, hits, MODEL_ROUNDS / 200U);
}

static void any_matches_its_family_only(struct kunit *test)
{
	struct ipsec_selector v4, v6;
	struct ipsec_flow flow;
	u32 i;

	memset(&v4, 0xff, sizeof(v4));
	memset(&v6, 0xff, sizeof(v6));
	ipsec_selector_any(&v4, AF_INET);
	ipsec_selector_any(&v6, AF_INET6);
	KUNIT_EXPECT_NULL(test, ipsec_selector_valid(&v4));
	KUNIT_EXPECT_NULL(test, ipsec_selector_valid(&v6));
	KUNIT_EXPECT_FALSE(test, ipsec_selector_has_ports(&v4));
	KUNIT_EXPECT_FALSE(test, ipsec_selector_contains(&v4, &v6));
	state = 5;
	for (i = 0; i < 1000; i++) {
		random_flow(&flow);
		KUNIT_EXPECT_EQ(test, ipsec_selector_match(&v4, &flow), flow.family == AF_INET);
		KUNIT_EXPECT_EQ(test, ipsec_selector_match(&v6, &flow), flow.family == AF_INET6);
	}
}

static void set_web(struct ipsec_selector *sel)
{
	ipsec_selector_any(sel, AF_INET);
	sel->proto_set = 1;
	sel->proto = IPPROTO_TCP;
	sel->dport_min = 80;
	sel->dport_max = 443;
}

static void ports_are_ranges_with_both_ends(struct kunit *test)
{
	struct ipsec_flow flow = { .family = AF_INET, .proto = IPPROTO_TCP };
	struct ipsec_selector sel;
	u32 port;

	set_web(&sel);
	KUNIT_EXPECT_TRUE(test, ipsec_selector_has_ports(&sel));
	for (port = 0; port <= 65535; port++) {
		flow.dport = port;
		flow.sport = 80;
		KUNIT_EXPECT_EQ(test, ipsec_selector_match(&sel, &flow), port >= 80 && port <= 443);
	}
	/* a packet the other way has the port on the other side */
	flow.dport = 1024;
	KUNIT_EXPECT_FALSE(test, ipsec_selector_match(&sel, &flow));
	flow.dport = 443;
	sel.sport_min = 80;
	sel.sport_max = 81;
	for (port = 0; port <= 65535; port++) {
		flow.sport = port;
		KUNIT_EXPECT_EQ(test, ipsec_selector_match(&sel, &flow), port == 80 || port == 81);
	}
}

static void packets_without_ports_match_no_ports(struct kunit *test)
{
	struct ipsec_flow flow = { .family = AF_INET, .proto = IPPROTO_TCP };
	struct ipsec_selector sel;

	set_web(&sel);
	/* a range that holds the 0 such a packet has in its place */
	sel.dport_min = 0;
	KUNIT_EXPECT_TRUE(test, ipsec_selector_match(&sel, &flow));
	flow.flags = IPSEC_FLOW_NO_PORTS;
	KUNIT_EXPECT_FALSE(test, ipsec_selector_match(&sel, &flow));
	KUNIT_EXPECT_FALSE(test, ipsec_selector_may_match(&sel, &flow));
	flow.flags = IPSEC_FLOW_FRAGMENT;
	KUNIT_EXPECT_FALSE(test, ipsec_selector_match(&sel, &flow));
	KUNIT_EXPECT_TRUE(test, ipsec_selector_may_match(&sel, &flow));
	flow.proto = IPPROTO_UDP;
	KUNIT_EXPECT_FALSE(test, ipsec_selector_may_match(&sel, &flow));
	ipsec_selector_any(&sel, AF_INET);
	KUNIT_EXPECT_TRUE(test, ipsec_selector_match(&sel, &flow));
}

/* IPv6 lets a later fragment name any protocol: only the first one's counts */
static void later_fragments_prove_no_protocol(struct kunit *test)
{
	struct ipsec_flow flow = {
		.family = AF_INET6,
		.proto = IPPROTO_NONE,
		.flags = IPSEC_FLOW_FRAGMENT | IPSEC_FLOW_NO_PORTS | IPSEC_FLOW_NO_PROTO,
	};
	struct ipsec_selector sel;

	ipsec_selector_any(&sel, AF_INET6);
	sel.proto = IPPROTO_TCP;
	sel.proto_set = 1;
	KUNIT_EXPECT_FALSE(test, ipsec_selector_match(&sel, &flow));
	KUNIT_EXPECT_TRUE(test, ipsec_selector_may_match(&sel, &flow));
	flow.flags = IPSEC_FLOW_NO_PORTS;
	KUNIT_EXPECT_FALSE(test, ipsec_selector_may_match(&sel, &flow));
	/* the first one has its protocol, however short it is */
	flow.flags = IPSEC_FLOW_FRAGMENT | IPSEC_FLOW_NO_PORTS;
	KUNIT_EXPECT_FALSE(test, ipsec_selector_may_match(&sel, &flow));
	flow.family = AF_INET;
	sel.family = AF_INET;
	KUNIT_EXPECT_FALSE(test, ipsec_selector_may_match(&sel, &flow));
}

/* The faults that validity names; each is applied to a sound selector. */
static void spoil(struct ipsec_selector *sel, u32 how)
{
	switch (how) {
	case 0:
		sel->family = AF_UNIX;
		break;
	case 1:
		sel->src_plen = 33;
		break;
	case 2:
		sel->dst_plen = 255;
		break;
	case 3:
		sel->saddr.a4 = __cpu_to_be32(0x0a000001);
		break;
	case 4:
		sel->daddr.a6[3] = __cpu_to_be32(1);
		break;
	case 5:
		sel->proto_set = 2;
		break;
	case 6:
		sel->proto_set = 0;
		break;
	case 7:
		sel->sport_min = 2;
		sel->sport_max = 1;
		break;
	case 8:
		sel->dport_min = 444;
		break;
	case 9:
		sel->proto = IPPROTO_ICMP;
		break;
	case 10:
		sel->proto_set = 0;
		sel->proto = 0;
		break;
	}
}

static void unsound_selectors_are_refused(struct kunit *test)
{
	struct ipsec_selector sel;
	u32 how;

	for (how = 0; how <= 10; how++) {
		set_web(&sel);
		sel.saddr.a4 = __cpu_to_be32(0x0a000000);
		sel.src_plen = 8;
		KUNIT_EXPECT_NULL(test, ipsec_selector_valid(&sel));
		spoil(&sel, how);
		KUNIT_EXPECT_NOT_NULL_MSG(test, ipsec_selector_valid(&sel), "fault %u", how);
	}
}

static void stray_bits_are_found_behind_every_prefix(struct kunit *test)
{
	struct ipsec_selector sel;
	u32 plen, n;

	for (plen = 0; plen <= 128; plen++) {
		ipsec_selector_any(&sel, AF_INET6);
		sel.src_plen = plen;
		sel.dst_plen = plen;
		for (n = 0; n < 128; n++) {
			flip(&sel.daddr, n);
			KUNIT_EXPECT_EQ(test, !ipsec_selector_valid(&sel), n < plen);
			flip(&sel.daddr, n);
		}
		/* an IPv4 address has nothing behind its 32 bits */
		sel.family = AF_INET;
		for (n = 0; plen <= 32 && n < 128; n++) {
			flip(&sel.saddr, n);
			KUNIT_EXPECT_EQ(test, !ipsec_selector_valid(&sel), n < plen);
			flip(&sel.saddr, n);
		}
	}
}

static void only_five_protocols_have_ports(struct kunit *test)
{
	struct ipsec_selector sel;
	u32 proto;
	bool has;

	set_web(&sel);
	for (proto = 0; proto < 256; proto++) {
		/* TCP, UDP, DCCP, SCTP, UDP-Lite */
		has = proto == 6 || proto == 17 || proto == 33 || proto == 132 || proto == 136;
		sel.proto = proto;
		KUNIT_EXPECT_EQ_MSG(test, !ipsec_selector_valid(&sel), has, "%u", proto);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(prefixes_follow_the_bits),
	KUNIT_CASE(ipv4_prefixes_follow_the_bits),
	KUNIT_CASE(addresses_are_equal_in_all_octets),
	KUNIT_CASE(matches_follow_the_model),
	KUNIT_CASE(containment_follows_the_model),
	KUNIT_CASE(any_matches_its_family_only),
	KUNIT_CASE(ports_are_ranges_with_both_ends),
	KUNIT_CASE(packets_without_ports_match_no_ports),
	KUNIT_CASE(later_fragments_prove_no_protocol),
	KUNIT_CASE(unsound_selectors_are_refused),
	KUNIT_CASE(stray_bits_are_found_behind_every_prefix),
	KUNIT_CASE(only_five_protocols_have_ports),
	{}
};

static struct kunit_suite suite = {
	.name = "nf_ipsec_selector",
	.test_cases = cases,
};

kunit_test_suite(suite);
