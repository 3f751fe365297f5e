// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may go wrong between nfipsec and the module, by the environment.
 */
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"

/* $FAKE_FAIL is "COMMAND NTH ERRNO [TEXT]": that one request is refused */
bool fail(const struct nlmsghdr *req, u8 cmd)
{
	static const char *const names[] = {
		[0] = "family",
		[NF_IPSEC_CMD_SA_GET] = "sa-get",
		[NF_IPSEC_CMD_POLICY_GET] = "policy-get",
		[NF_IPSEC_CMD_TXN_COMMIT] = "txn-commit",
	};
	const char *what = getenv("FAKE_FAIL");
	static unsigned int count;
	char text[128] = "";
	struct nlmsghdr *nlh;
	unsigned int nth;
	char name[32];
	int error;

	if (!what || sscanf(what, "%31s %u %d %127[^\n]", name, &nth, &error,
			    text) < 3)
		return false;
	if (cmd >= sizeof(names) / sizeof(names[0]) || !names[cmd] ||
	    strcmp(name, names[cmd]) || ++count != nth)
		return false;
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
