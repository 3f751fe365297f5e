// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of dropped packets, as the stand-in for the module tells them. They are
 * not kept: $FAKE_DROPS says which there are, "some", "off" for the switch, or
 * none.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"

#define NOON	1700000000000000000ULL
#define SECOND	1000000000ULL
#define GROUP	7
#define NOTICES	8

static void put_addr(struct nlmsghdr *nlh, u16 type, const char *text)
{
	bool v6 = strchr(text, ':');
	u8 octets[16];

	inet_pton(v6 ? AF_INET6 : AF_INET, text, octets);
	mnl_attr_put(nlh, type, v6 ? 16 : 4, octets);
}

static struct nlmsghdr *begin(const struct nlmsghdr *req, u8 cmd,
			      const char *reason, u8 dir)
{
	struct nlmsghdr *nlh = reply(req, FAMILY, NLM_F_MULTI);
	struct genlmsghdr *genl;

	genl = mnl_nlmsg_put_extra_header(nlh, GENL_HDRLEN);
	genl->cmd = cmd;
	mnl_attr_put_strz(nlh, NF_IPSEC_DROP_A_REASON, reason);
	mnl_attr_put_u8(nlh, NF_IPSEC_DROP_A_DIR, dir);
	return nlh;
}

static void put_count(struct nlmsghdr *nlh, u64 count, u64 first, u64 last)
{
	mnl_attr_put_u64(nlh, NF_IPSEC_DROP_A_COUNT, count);
	mnl_attr_put_u64(nlh, NF_IPSEC_DROP_A_FIRST, first);
	mnl_attr_put_u64(nlh, NF_IPSEC_DROP_A_LAST, last);
}

static void put_outer(struct nlmsghdr *nlh, const char *src, const char *dst,
		      u8 proto, u32 spi)
{
	put_addr(nlh, NF_IPSEC_DROP_A_OUTER_SRC, src);
	put_addr(nlh, NF_IPSEC_DROP_A_OUTER_DST, dst);
	mnl_attr_put_u8(nlh, NF_IPSEC_DROP_A_PROTO, proto);
	mnl_attr_put_u32(nlh, NF_IPSEC_DROP_A_SPI, htonl(spi));
}

static void put_packet(struct nlmsghdr *nlh, const char *src, const char *dst,
		       u8 proto)
{
	put_addr(nlh, NF_IPSEC_DROP_A_SRC, src);
	put_addr(nlh, NF_IPSEC_DROP_A_DST, dst);
	mnl_attr_put_u8(nlh, NF_IPSEC_DROP_A_UPPER, proto);
}

static void put_ports(struct nlmsghdr *nlh, u16 sport, u16 dport)
{
	mnl_attr_put_u16(nlh, NF_IPSEC_DROP_A_SPORT, sport);
	mnl_attr_put_u16(nlh, NF_IPSEC_DROP_A_DPORT, dport);
}

/* A flood that somebody sends to an SA */
static void flood(const struct nlmsghdr *req, u8 cmd)
{
	struct nlmsghdr *nlh = begin(req, cmd, "bad-icv", NF_IPSEC_DIR_IN);

	put_count(nlh, 10432, NOON, NOON + 162 * SECOND + 1000000);
	mnl_attr_put_u32(nlh, NF_IPSEC_DROP_A_IFINDEX, 1);
	put_outer(nlh, "198.51.100.7", "203.0.113.1", IPPROTO_ESP, 0x1234);
	mnl_attr_put_u64(nlh, NF_IPSEC_DROP_A_SEQ, 1ULL << 32);
	mnl_attr_put_strz(nlh, NF_IPSEC_DROP_A_TUNNEL, "hq");
	finish(nlh);
}

/* A packet that its SA may not carry */
static void mismatch(const struct nlmsghdr *req)
{
	struct nlmsghdr *nlh = begin(req, NF_IPSEC_CMD_DROP_GET, "sa-selector",
				     NF_IPSEC_DIR_IN);
	struct nlattr *sel;

	put_count(nlh, 1, NOON + 7, NOON + 7);
	mnl_attr_put_u32(nlh, NF_IPSEC_DROP_A_IFINDEX, 4000000);
	put_outer(nlh, "2001:db8::2", "2001:db8::1", IPPROTO_AH, 0x1000);
	mnl_attr_put_u64(nlh, NF_IPSEC_DROP_A_SEQ, 9);
	mnl_attr_put_u32(nlh, NF_IPSEC_DROP_A_FLOW, 0xabc);
	put_packet(nlh, "10.3.0.2", "10.1.0.2", IPPROTO_UDP);
	put_ports(nlh, 4711, 53);
	sel = mnl_attr_nest_start(nlh, NF_IPSEC_DROP_A_SEL);
	put_addr(nlh, NF_IPSEC_SEL_A_SRC, "10.2.0.0");
	mnl_attr_put_u8(nlh, NF_IPSEC_SEL_A_SRC_PLEN, 16);
	put_addr(nlh, NF_IPSEC_SEL_A_DST, "10.1.0.0");
	mnl_attr_put_u8(nlh, NF_IPSEC_SEL_A_DST_PLEN, 16);
	mnl_attr_nest_end(nlh, sel);
	finish(nlh);
}

/* One that leaves, and one of which little is known */
static void rest(const struct nlmsghdr *req)
{
	struct nlmsghdr *nlh = begin(req, NF_IPSEC_CMD_DROP_GET, "no-sa",
				     NF_IPSEC_DIR_OUT);

	put_count(nlh, 2, NOON, NOON + SECOND);
	put_packet(nlh, "10.1.0.2", "10.2.0.2", 200);
	mnl_attr_put_strz(nlh, NF_IPSEC_DROP_A_TUNNEL, "hq");
	mnl_attr_put_u32(nlh, NF_IPSEC_DROP_A_POLICY, 7);
	finish(nlh);
	nlh = begin(req, NF_IPSEC_CMD_DROP_GET, "malformed", NF_IPSEC_DIR_OUT);
	put_count(nlh, 1, NOON + 2 * SECOND, NOON + 2 * SECOND);
	finish(nlh);
}

/* ECN that no sender makes, over an SA, and it was not the first */
static void ecn_notice(const struct nlmsghdr *req)
{
	struct nlmsghdr *nlh = begin(req, NF_IPSEC_CMD_NOTICE_NTF, "ecn-unused",
				     NF_IPSEC_DIR_IN);
	struct nlattr *nest;

	put_count(nlh, 1, NOON, NOON);
	mnl_attr_put_u32(nlh, NF_IPSEC_DROP_A_IFINDEX, 1);
	put_outer(nlh, "198.51.100.7", "203.0.113.1", IPPROTO_ESP, 0x1234);
	mnl_attr_put_u64(nlh, NF_IPSEC_DROP_A_SEQ, 5);
	put_packet(nlh, "10.2.0.2", "10.1.0.2", IPPROTO_UDP);
	put_ports(nlh, 4711, 53);
	mnl_attr_put_strz(nlh, NF_IPSEC_DROP_A_TUNNEL, "hq");
	nest = mnl_attr_nest_start(nlh, NF_IPSEC_DROP_A_NOTICE);
	mnl_attr_put_u8(nlh, NF_IPSEC_NOTICE_A_KIND, NF_IPSEC_NOTICE_ECN);
	mnl_attr_put_u64(nlh, NF_IPSEC_NOTICE_A_LEFT_OUT, 984);
	mnl_attr_put_u8(nlh, NF_IPSEC_NOTICE_A_ECN_INNER, 0);
	mnl_attr_put_u8(nlh, NF_IPSEC_NOTICE_A_ECN_OUTER, 2);
	mnl_attr_nest_end(nlh, nest);
	finish(nlh);
}

static void icmp_notice(const struct nlmsghdr *req)
{
	struct nlmsghdr *nlh = begin(req, NF_IPSEC_CMD_NOTICE_NTF, "pmtu-learnt",
				     NF_IPSEC_DIR_IN);
	struct nlattr *nest;

	put_count(nlh, 1, NOON, NOON);
	put_packet(nlh, "2001:db8::9", "2001:db8::1", IPPROTO_ICMPV6);
	nest = mnl_attr_nest_start(nlh, NF_IPSEC_DROP_A_NOTICE);
	mnl_attr_put_u8(nlh, NF_IPSEC_NOTICE_A_KIND, NF_IPSEC_NOTICE_ICMP);
	mnl_attr_put_u64(nlh, NF_IPSEC_NOTICE_A_LEFT_OUT, 0);
	mnl_attr_put_u8(nlh, NF_IPSEC_NOTICE_A_TYPE, 2);
	mnl_attr_put_u8(nlh, NF_IPSEC_NOTICE_A_CODE, 0);
	mnl_attr_put_u32(nlh, NF_IPSEC_NOTICE_A_MTU, 1400);
	mnl_attr_put_u8(nlh, NF_IPSEC_NOTICE_A_QUOTED_PROTO, IPPROTO_AH);
	mnl_attr_put_u32(nlh, NF_IPSEC_NOTICE_A_QUOTED_SPI, htonl(0x1001));
	put_addr(nlh, NF_IPSEC_NOTICE_A_QUOTED_DST, "2001:db8::2");
	mnl_attr_put_strz(nlh, NF_IPSEC_NOTICE_A_QUOTED_TUNNEL, "six");
	mnl_attr_nest_end(nlh, nest);
	finish(nlh);
}

static const char *setting(void)
{
	return getenv("FAKE_DROPS") ?: "";
}

static void get(const struct nlmsghdr *req)
{
	struct nlmsghdr *nlh;

	if (!(req->nlmsg_flags & NLM_F_DUMP)) {
		nlh = reply(req, FAMILY, 0);
		mnl_nlmsg_put_extra_header(nlh, GENL_HDRLEN);
		mnl_attr_put_u8(nlh, NF_IPSEC_DROP_A_RECORD,
				!!strcmp(setting(), "off"));
		finish(nlh);
		return ack(req, 0, NULL, NULL);
	}
	if (!strcmp(setting(), "some")) {
		flood(req, NF_IPSEC_CMD_DROP_GET);
		mismatch(req);
		rest(req);
	}
	nlh = reply(req, NLMSG_DONE, NLM_F_MULTI);
	mnl_nlmsg_put_extra_header(nlh, sizeof(int));
	finish(nlh);
}

void serve_drops(const struct nlmsghdr *req, u8 cmd)
{
	const struct nlattr *attr = mnl_nlmsg_get_payload_offset(req, GENL_HDRLEN);

	switch (cmd) {
	case NF_IPSEC_CMD_DROP_GET:
		return get(req);
	case NF_IPSEC_CMD_DROP_SET:
		fprintf(stderr, "record %u\n", mnl_attr_get_u8(attr));
		return ack(req, 0, NULL, NULL);
	default:
		return ack(req, EOPNOTSUPP, NULL, NULL);
	}
}

static void put_group(struct nlmsghdr *nlh, u16 n, const char *name, u32 id)
{
	struct nlattr *group = mnl_attr_nest_start(nlh, n);

	mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, name);
	mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, id);
	mnl_attr_nest_end(nlh, group);
}

void put_groups(struct nlmsghdr *nlh)
{
	struct nlattr *groups = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);

	put_group(nlh, 1, NF_IPSEC_MCGRP_DROPS, GROUP);
	put_group(nlh, 2, NF_IPSEC_MCGRP_NOTICES, NOTICES);
	mnl_attr_nest_end(nlh, groups);
}

bool drop_events(u32 group)
{
	const struct nlmsghdr none = { };

	if (group == NOTICES) {
		ecn_notice(&none);
		icmp_notice(&none);
		return true;
	}
	if (group != GROUP)
		return false;
	flood(&none, NF_IPSEC_CMD_DROP_NTF);
	return true;
}
