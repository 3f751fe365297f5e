// SPDX-License-Identifier: GPL-2.0-only
/*
 * How far keys have sent, as the stand-in for the module tells it: $FAKE_KEYS has a
 * letter for each key, and its place in the alphabet is its last number.
 */
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"

static void tell(const struct nlmsghdr *req, char letter)
{
	struct nlmsghdr *nlh = reply(req, FAMILY, NLM_F_MULTI);
	u8 print[NF_IPSEC_FINGERPRINT_LEN];

	memset(print, letter, sizeof(print));
	mnl_nlmsg_put_extra_header(nlh, GENL_HDRLEN);
	mnl_attr_put(nlh, NF_IPSEC_KEY_A_FINGERPRINT, sizeof(print), print);
	mnl_attr_put_u64(nlh, NF_IPSEC_KEY_A_SEQ, letter - 'a');
	mnl_attr_put_u64(nlh, NF_IPSEC_KEY_A_IV_BASE, 0xfedcba9876543210 + letter);
	finish(nlh);
}

void serve_keys(const struct nlmsghdr *req)
{
	const char *keys = getenv("FAKE_KEYS") ?: "";
	struct nlmsghdr *nlh;

	for (; *keys; keys++)
		tell(req, *keys);
	nlh = reply(req, NLMSG_DONE, NLM_F_MULTI);
	mnl_nlmsg_put_extra_header(nlh, sizeof(int));
	finish(nlh);
}

void serve_key(const struct nlmsghdr *req)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, req, GENL_HDRLEN) {
		switch (mnl_attr_get_type(attr)) {
		case NF_IPSEC_KEY_A_FINGERPRINT:
			fprintf(stderr, "key %c", *(char *)mnl_attr_get_payload(attr));
			break;
		case NF_IPSEC_KEY_A_SEQ:
			fprintf(stderr, " seq %llu",
				(unsigned long long)mnl_attr_get_u64(attr));
			break;
		case NF_IPSEC_KEY_A_IV_BASE:
			fprintf(stderr, " iv-base %#llx\n",
				(unsigned long long)mnl_attr_get_u64(attr));
			break;
		}
	}
	ack(req, 0, NULL, NULL);
}
