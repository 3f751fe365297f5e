// SPDX-License-Identifier: GPL-2.0-only
/* Populate from packet: the table of RFC 4301 section 4.4.2.2. */
#include "pfp.h"

#include <asm/byteorder.h>
#include <kunit/test.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <uapi/linux/nf_ipsec.h>

#define ALL	63U
#define UPPER	(NF_IPSEC_PFP_PROTO | NF_IPSEC_PFP_SPORT | NF_IPSEC_PFP_DPORT | \
		 NF_IPSEC_PFP_TYPE)

static void make_flow(struct ipsec_flow *flow, u8 family, u8 proto)
{
	memset(flow, 0, sizeof(*flow));
	flow->family = family;
	flow->proto = proto;
	flow->saddr.a6[0] = __cpu_to_be32(0x0a010002);
	flow->daddr.a6[0] = __cpu_to_be32(0x0a020003);
	flow->sport = 0x0301;
	flow->dport = 443;
}

/* 10.1.0.0/16 to 10.2.0.1-10.2.0.9, TCP from any port to 400-500 */
static void make_policy(struct ipsec_selector *sel)
{
	ipsec_selector_any(sel, AF_INET);
	sel->saddr.a4 = __cpu_to_be32(0x0a010000);
	sel->src_plen = 16;
	sel->daddr.a4 = __cpu_to_be32(0x0a020001);
	sel->daddr_max.a4 = __cpu_to_be32(0x0a020009);
	sel->dst_plen = 28;
	sel->ranges = IPSEC_SEL_DST_RANGE;
	sel->proto = IPPROTO_TCP;
	sel->proto_set = 1;
	sel->dport_min = 400;
	sel->dport_max = 500;
	sel->mark = 5;
	sel->mark_mask = 7;
	strcpy(sel->dev, "eth0");
}

/* Whatever is taken, the SA holds the packet and nothing that the policy does not */
static void an_sa_is_between_packet_and_policy(struct kunit *test)
{
	struct ipsec_selector policy, sel;
	struct ipsec_flow flow;
	u32 pfp;

	for (pfp = 0; pfp <= ALL; pfp++) {
		make_flow(&flow, AF_INET, IPPROTO_TCP);
		make_policy(&policy);
		sel = policy;
		KUNIT_EXPECT_TRUE(test, ipsec_pfp_narrow(&sel, pfp, &flow));
		KUNIT_EXPECT_NULL(test, ipsec_selector_valid(&sel));
		KUNIT_EXPECT_TRUE(test, ipsec_selector_match(&sel, &flow));
		KUNIT_EXPECT_FALSE(test, ipsec_selector_is_narrow(&sel));
		policy.mark = 0;
		policy.mark_mask = 0;
		memset(policy.dev, 0, sizeof(policy.dev));
		KUNIT_EXPECT_TRUE(test, ipsec_selector_contains(&policy, &sel));
		KUNIT_EXPECT_EQ_MSG(test, !memcmp(&policy, &sel, sizeof(sel)),
				    !(pfp & ~(NF_IPSEC_PFP_PROTO |
					      NF_IPSEC_PFP_TYPE)),
				    "fields %u", pfp);
		/* another packet of the policy is held if it differs in nothing taken */
		flow.sport++;
		KUNIT_EXPECT_EQ(test, ipsec_selector_match(&sel, &flow),
				!(pfp & NF_IPSEC_PFP_SPORT));
		flow.sport--;
		flow.dport = 444;
		KUNIT_EXPECT_EQ(test, ipsec_selector_match(&sel, &flow),
				!(pfp & NF_IPSEC_PFP_DPORT));
		flow.dport = 443;
		flow.saddr.a4 = __cpu_to_be32(0x0a010009);
		KUNIT_EXPECT_EQ(test, ipsec_selector_match(&sel, &flow),
				!(pfp & NF_IPSEC_PFP_SRC));
		make_flow(&flow, AF_INET, IPPROTO_TCP);
		flow.daddr.a4 = __cpu_to_be32(0x0a020009);
		KUNIT_EXPECT_EQ(test, ipsec_selector_match(&sel, &flow),
				!(pfp & NF_IPSEC_PFP_DST));
	}
}

/* A set that does not hold a value that is taken is not for the SA at all */
static void other_sets_are_left_out(struct kunit *test)
{
	struct ipsec_selector sel;
	struct ipsec_flow flow;

	make_flow(&flow, AF_INET, IPPROTO_TCP);
	flow.daddr.a4 = __cpu_to_be32(0x0a02000a);
	make_policy(&sel);
	KUNIT_EXPECT_FALSE(test, ipsec_pfp_narrow(&sel, NF_IPSEC_PFP_DST, &flow));
	make_policy(&sel);
	KUNIT_EXPECT_TRUE(test, ipsec_pfp_narrow(&sel, NF_IPSEC_PFP_SRC, &flow));
	make_flow(&flow, AF_INET, IPPROTO_TCP);
	flow.dport = 501;
	make_policy(&sel);
	KUNIT_EXPECT_FALSE(test, ipsec_pfp_narrow(&sel, NF_IPSEC_PFP_DPORT, &flow));
	make_policy(&sel);
	KUNIT_EXPECT_TRUE(test, ipsec_pfp_narrow(&sel, NF_IPSEC_PFP_SPORT, &flow));
	/* ports of another protocol */
	make_flow(&flow, AF_INET, IPPROTO_UDP);
	make_policy(&sel);
	KUNIT_EXPECT_FALSE(test, ipsec_pfp_narrow(&sel, NF_IPSEC_PFP_DPORT, &flow));
	make_policy(&sel);
	KUNIT_EXPECT_TRUE(test, ipsec_pfp_narrow(&sel, NF_IPSEC_PFP_DST, &flow));
}

static void type_and_code_go_together(struct kunit *test)
{
	struct ipsec_selector sel;
	struct ipsec_flow flow;

	make_flow(&flow, AF_INET, IPPROTO_ICMP);
	ipsec_selector_any(&sel, AF_INET);
	KUNIT_EXPECT_TRUE(test, ipsec_pfp_narrow(&sel, UPPER, &flow));
	KUNIT_EXPECT_EQ(test, 0x0301, sel.sport_min);
	KUNIT_EXPECT_EQ(test, 0x0301, sel.sport_max);
	KUNIT_EXPECT_EQ(test, 65535, sel.dport_max);
	/* ports are none of ICMP's */
	ipsec_selector_any(&sel, AF_INET);
	KUNIT_EXPECT_TRUE(test, ipsec_pfp_narrow(&sel, UPPER & ~NF_IPSEC_PFP_TYPE,
						 &flow));
	KUNIT_EXPECT_EQ(test, 0, sel.sport_min);
	KUNIT_EXPECT_EQ(test, 65535, sel.sport_max);
	/* a Mobility Header has no code */
	make_flow(&flow, AF_INET6, IPPROTO_MH);
	flow.sport = 0x0500;
	ipsec_selector_any(&sel, AF_INET6);
	KUNIT_EXPECT_TRUE(test, ipsec_pfp_narrow(&sel, UPPER, &flow));
	KUNIT_EXPECT_EQ(test, 0x0500, sel.sport_min);
	KUNIT_EXPECT_EQ(test, 0x05ff, sel.sport_max);
	KUNIT_EXPECT_NULL(test, ipsec_selector_valid(&sel));
}

static void a_field_that_is_not_there_is_lacking(struct kunit *test)
{
	static const u8 protos[] = { IPPROTO_TCP, IPPROTO_ICMP, IPPROTO_GRE };
	static const u32 wanted[] = {
		NF_IPSEC_PFP_SPORT | NF_IPSEC_PFP_DPORT, NF_IPSEC_PFP_TYPE, 0,
	};
	struct ipsec_flow flow;
	u32 i, pfp;

	for (i = 0; i < 3; i++) {
		for (pfp = 0; pfp <= ALL; pfp++) {
			make_flow(&flow, AF_INET, protos[i]);
			KUNIT_EXPECT_FALSE(test, ipsec_pfp_lacks(pfp, &flow));
			flow.flags = IPSEC_FLOW_NO_PORTS;
			KUNIT_EXPECT_EQ(test, ipsec_pfp_lacks(pfp, &flow),
					!!(pfp & wanted[i]));
			make_flow(&flow, AF_INET6, protos[i]);
			flow.flags = IPSEC_FLOW_NO_PORTS | IPSEC_FLOW_NO_PROTO |
				     IPSEC_FLOW_FRAGMENT;
			KUNIT_EXPECT_EQ(test, ipsec_pfp_lacks(pfp, &flow),
					!!(pfp & UPPER));
		}
	}
}

static void opaque_fields_cannot_be_taken(struct kunit *test)
{
	struct ipsec_selector sel;

	make_policy(&sel);
	KUNIT_EXPECT_NULL(test, ipsec_pfp_valid(ALL & ~NF_IPSEC_PFP_TYPE, &sel));
	/* a type of TCP */
	KUNIT_EXPECT_NOT_NULL(test, ipsec_pfp_valid(NF_IPSEC_PFP_TYPE, &sel));
	sel.opaque = NF_IPSEC_OPAQUE_SPORT;
	KUNIT_EXPECT_NOT_NULL(test, ipsec_pfp_valid(NF_IPSEC_PFP_SPORT, &sel));
	KUNIT_EXPECT_NULL(test, ipsec_pfp_valid(NF_IPSEC_PFP_DPORT, &sel));
	sel.opaque = NF_IPSEC_OPAQUE_DPORT;
	KUNIT_EXPECT_NOT_NULL(test, ipsec_pfp_valid(NF_IPSEC_PFP_DPORT, &sel));
	ipsec_selector_any(&sel, AF_INET6);
	KUNIT_EXPECT_NULL(test, ipsec_pfp_valid(ALL, &sel));
	KUNIT_EXPECT_NOT_NULL(test, ipsec_pfp_valid(NF_IPSEC_PFP_SPORT, &sel));
	KUNIT_EXPECT_NOT_NULL(test, ipsec_pfp_valid(NF_IPSEC_PFP_TYPE, &sel));
	sel.opaque = NF_IPSEC_OPAQUE_PROTO;
	KUNIT_EXPECT_NOT_NULL(test, ipsec_pfp_valid(NF_IPSEC_PFP_PROTO, &sel));
	KUNIT_EXPECT_NULL(test, ipsec_pfp_valid(NF_IPSEC_PFP_SRC, &sel));
	ipsec_selector_any(&sel, AF_INET);
	sel.proto = IPPROTO_ICMP;
	sel.proto_set = 1;
	KUNIT_EXPECT_NULL(test, ipsec_pfp_valid(NF_IPSEC_PFP_TYPE, &sel));
	sel.opaque = NF_IPSEC_OPAQUE_SPORT;
	KUNIT_EXPECT_NOT_NULL(test, ipsec_pfp_valid(NF_IPSEC_PFP_TYPE, &sel));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(an_sa_is_between_packet_and_policy),
	KUNIT_CASE(other_sets_are_left_out),
	KUNIT_CASE(type_and_code_go_together),
	KUNIT_CASE(a_field_that_is_not_there_is_lacking),
	KUNIT_CASE(opaque_fields_cannot_be_taken),
	{}
};

static struct kunit_suite suite = {
	.name = "nf_ipsec_pfp",
	.test_cases = cases,
};

kunit_test_suite(suite);
