// SPDX-License-Identifier: GPL-2.0-only
/*
 * Talking to the module: how far keys have sent.
 */
#include <linux/genetlink.h>
#include <string.h>

#include "err.h"
#include "nl_attr.h"
#include "nl_talk.h"
#include "state.h"

static int reply_key(const struct nlmsghdr *nlh, void *arg)
{
	struct key_state *key = key_states_add(arg);
	const struct nlattr *attr;

	if (!key)
		return -1;
	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		switch (mnl_attr_get_type(attr)) {
		case NF_IPSEC_KEY_A_FINGERPRINT:
			if (mnl_attr_get_payload_len(attr) == sizeof(key->fingerprint))
				memcpy(key->fingerprint, mnl_attr_get_payload(attr),
				       sizeof(key->fingerprint));
			break;
		case NF_IPSEC_KEY_A_SEQ:
			key->sent = get_number(attr);
			break;
		case NF_IPSEC_KEY_A_IV_BASE:
			key->iv_base = get_number(attr);
			break;
		}
	}
	return 0;
}

int nl_keys(struct nl *nl, struct key_states *list, struct err *e)
{
	struct exchange x = {
		.object = "state", .reply = reply_key, .arg = list, .e = e,
	};

	x.nlh = nl_start(nl, nl->family, NF_IPSEC_CMD_KEY_GET, NLM_F_DUMP);
	return nl_talk(nl, &x);
}

int nl_key_set(struct nl *nl, const struct key_state *key, struct err *e)
{
	struct exchange x = { .object = "state", .e = e };

	x.nlh = nl_start(nl, nl->family, NF_IPSEC_CMD_KEY_SET, 0);
	mnl_attr_put(x.nlh, NF_IPSEC_KEY_A_FINGERPRINT,
		     sizeof(key->fingerprint), key->fingerprint);
	mnl_attr_put_u64(x.nlh, NF_IPSEC_KEY_A_SEQ, key->sent);
	mnl_attr_put_u64(x.nlh, NF_IPSEC_KEY_A_IV_BASE, key->iv_base);
	return nl_talk(nl, &x);
}
