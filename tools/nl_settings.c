// SPDX-License-Identifier: GPL-2.0-only
/*
 * Talking to the module: settings.
 */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>

#include "nl_attr.h"
#include "nl_talk.h"
#include "settings.h"

static void put_all(struct nlmsghdr *nlh, const struct settings_conf *s)
{
	const struct nla_bitfield32 flags = {
		.value = s->flags & settings_mask(s),
		.selector = settings_mask(s),
	};

	if (flags.selector)
		mnl_attr_put(nlh, NF_IPSEC_SETTINGS_A_FLAGS, sizeof(flags),
			     &flags);
}

void nl_attr_get_settings(const struct nlmsghdr *nlh, struct settings_conf *s)
{
	struct nla_bitfield32 flags;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		if (mnl_attr_get_type(attr) != NF_IPSEC_SETTINGS_A_FLAGS ||
		    mnl_attr_get_payload_len(attr) < sizeof(flags))
			continue;
		memcpy(&flags, mnl_attr_get_payload(attr), sizeof(flags));
		s->flags = flags.value;
	}
}

static int reply_settings(const struct nlmsghdr *nlh, void *arg)
{
	nl_attr_get_settings(nlh, arg);
	return 0;
}

int nl_settings_get(struct nl *nl, struct settings_conf *s, struct err *e)
{
	struct exchange x = {
		.object = "settings", .reply = reply_settings, .arg = s, .e = e,
	};

	x.nlh = nl_start(nl, nl->family, NF_IPSEC_CMD_SETTINGS_GET, 0);
	return nl_talk(nl, &x);
}

int nl_settings_put(struct nl *nl, const struct settings_conf *s, struct err *e)
{
	struct exchange x = { .object = "settings", .e = e };

	nl->n_ops++;
	x.nlh = nl_start(nl, nl->family, NF_IPSEC_CMD_SETTINGS_SET, 0);
	put_all(x.nlh, s);
	return nl_talk(nl, &x);
}
