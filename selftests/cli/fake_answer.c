// SPDX-License-Identifier: GPL-2.0-only
/* What the stand-in answers with, and the answers that do not depend on objects. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <string.h>

#include "fake.h"

static char answer[65536] __attribute__((aligned(8)));
static size_t answer_len;

struct nlmsghdr *reply(const struct nlmsghdr *req, u16 type, u16 flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(answer + answer_len);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	nlh->nlmsg_seq = req->nlmsg_seq;
	nlh->nlmsg_pid = PORTID;
	return nlh;
}

void finish(const struct nlmsghdr *nlh)
{
	answer_len += NLMSG_ALIGN(nlh->nlmsg_len);
}

void ack(const struct nlmsghdr *req, int error, const char *text,
	 const struct nlattr *attr)
{
	struct nlmsghdr *nlh = reply(req, NLMSG_ERROR,
				     NLM_F_CAPPED | NLM_F_ACK_TLVS);
	struct nlmsgerr *err;

	err = mnl_nlmsg_put_extra_header(nlh, sizeof(*err));
	err->error = -error;
	err->msg = *req;
	if (text)
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, text);
	if (attr)
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS,
				 (const char *)attr - (const char *)req);
	finish(nlh);
}

void answer_begin(void)
{
	answer_len = 0;
}

static void put_counter(struct nlmsghdr *nlh, const char *name, u64 value)
{
	struct nlattr *nest;

	nest = mnl_attr_nest_start(nlh, NF_IPSEC_STATS_A_COUNTER);
	mnl_attr_put_strz(nlh, NF_IPSEC_COUNTER_A_NAME, name);
	mnl_attr_put_u64(nlh, NF_IPSEC_COUNTER_A_VALUE, value);
	mnl_attr_nest_end(nlh, nest);
}

void answer_stats(const struct nlmsghdr *req, u32 generation)
{
	struct nlmsghdr *nlh = reply(req, FAMILY, 0);
	struct nlattr *nest;

	mnl_nlmsg_put_extra_header(nlh, GENL_HDRLEN);
	put_counter(nlh, "out_protected", 7);
	put_counter(nlh, "in_protected", 1ULL << 33);
	nest = mnl_attr_nest_start(nlh, NF_IPSEC_STATS_A_DROPS);
	put_counter(nlh, "bad_icv", 2);
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_put_u32(nlh, NF_IPSEC_STATS_A_SAS, 1);
	mnl_attr_put_u32(nlh, NF_IPSEC_STATS_A_POLICIES, 2);
	mnl_attr_put_u32(nlh, NF_IPSEC_STATS_A_GENERATION, generation);
	finish(nlh);
	ack(req, 0, NULL, NULL);
}

void answer_family(const struct nlmsghdr *req)
{
	struct nlmsghdr *nlh = reply(req, GENL_ID_CTRL, 0);

	mnl_nlmsg_put_extra_header(nlh, GENL_HDRLEN);
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAMILY);
	put_groups(nlh);
	finish(nlh);
	ack(req, 0, NULL, NULL);
}

ssize_t mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf, size_t len)
{
	size_t n = answer_len < len ? answer_len : len;

	(void)nl;
	memcpy(buf, answer, n);
	answer_len = 0;
	if (n)
		return n;
	errno = EAGAIN;
	return -1;
}
