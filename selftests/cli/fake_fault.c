// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may go wrong between nfipsec and the module, by the environment.
 */
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"

/* Is it the turn of this request?  @what is "COMMAND NTH" and more, which
 * @rest gets; NTH 0 is every one.
 */
static bool due(const char *what, u8 cmd, unsigned int *count,
		const char **rest)
{
	static const char *const names[] = {
		[0] = "family",
		[NF_IPSEC_CMD_SA_NEW] = "sa-new",
		[NF_IPSEC_CMD_SA_GET] = "sa-get",
		[NF_IPSEC_CMD_POLICY_GET] = "policy-get",
		[NF_IPSEC_CMD_TXN_BEGIN] = "txn-begin",
		[NF_IPSEC_CMD_TXN_COMMIT] = "txn-commit",
		[NF_IPSEC_CMD_SETTINGS_SET] = "settings-set",
	};
	unsigned int nth;
	char name[32];
	int used;

	if (!what || sscanf(what, "%31s %u %n", name, &nth, &used) != 2)
		return false;
	*rest = what + used;
	return cmd < sizeof(names) / sizeof(names[0]) && names[cmd] &&
	       !strcmp(name, names[cmd]) && (++*count == nth || !nth);
}

/* $FAKE_MEANWHILE is "COMMAND NTH WORDS": what to call nfipsec with before */
void meanwhile(u8 cmd)
{
	static unsigned int count;
	const char *words;
	char self[256] = "";
	char call[512];

	if (!due(getenv("FAKE_MEANWHILE"), cmd, &count, &words) ||
	    readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return;
	save();
	snprintf(call, sizeof(call), "env -u FAKE_MEANWHILE %s %s", self,
		 words);
	if (system(call))
		abort();
	load();
}

/* $FAKE_FAIL is "COMMAND NTH ERRNO [TEXT]" */
bool fail(const struct nlmsghdr *req, u8 cmd)
{
	static unsigned int count;
	struct nlmsghdr *nlh;
	const char *rest;
	char *text;
	int error;

	if (!due(getenv("FAKE_FAIL"), cmd, &count, &rest))
		return false;
	error = strtol(rest, &text, 10);
	text += strspn(text, " ");
	if (!cmd || !(req->nlmsg_flags & NLM_F_DUMP)) {
		ack(req, error, *text ? text : NULL, NULL);
		return true;
	}
	nlh = reply(req, NLMSG_DONE, NLM_F_MULTI | NLM_F_ACK_TLVS);
	*(int *)mnl_nlmsg_put_extra_header(nlh, sizeof(int)) = -error;
	if (*text)
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, text);
	finish(nlh);
	return true;
}

static void put_prefix(struct nlmsghdr *nlh, u16 addr, u16 plen)
{
	mnl_attr_put_u32(nlh, addr, 0);
	mnl_attr_put_u8(nlh, plen, 0);
}

static void event(void)
{
	const struct nlmsghdr none = { };
	struct nlmsghdr *nlh = reply(&none, FAMILY, 0);
	struct genlmsghdr *genl;
	struct nlattr *sel;

	genl = mnl_nlmsg_put_extra_header(nlh, GENL_HDRLEN);
	genl->cmd = NF_IPSEC_CMD_POLICY_DEL_NTF;
	mnl_attr_put_u8(nlh, NF_IPSEC_POLICY_A_DIR, NF_IPSEC_DIR_OUT);
	mnl_attr_put_u8(nlh, NF_IPSEC_POLICY_A_ACTION, NF_IPSEC_ACTION_BYPASS);
	sel = mnl_attr_nest_start(nlh, NF_IPSEC_POLICY_A_SEL);
	put_prefix(nlh, NF_IPSEC_SEL_A_SRC, NF_IPSEC_SEL_A_SRC_PLEN);
	put_prefix(nlh, NF_IPSEC_SEL_A_DST, NF_IPSEC_SEL_A_DST_PLEN);
	mnl_attr_nest_end(nlh, sel);
	finish(nlh);
}

/* In the place of libmnl's own: two events for whom listens, then an error */
int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf,
			  socklen_t len)
{
	(void)nl;
	(void)len;
	if (type == NETLINK_ADD_MEMBERSHIP && !drop_events(*(u32 *)buf)) {
		event();
		event();
	}
	return 0;
}
