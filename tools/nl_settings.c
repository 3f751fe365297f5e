// SPDX-License-Identifier: GPL-2.0-only
/*
 * Talking to the module: settings.
 */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
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

	u16 i;

	struct nlattr *nest;

	if (flags.selector)
		mnl_attr_put(nlh, NF_IPSEC_SETTINGS_A_FLAGS, sizeof(flags),
			     &flags);
	for (i = 0; i < SETTINGS_LISTS; i++)
		if (settings_lists(s) & 1U << i)
			mnl_attr_put(nlh, NF_IPSEC_SETTINGS_A_ICMP_CLEAR + i,
				     sizeof(s->refused[i]), s->refused[i]);
	for (i = 0; i < SETTINGS_TOLD; i++)
		if (settings_told(s) & 1U << i)
			mnl_attr_put(nlh, NF_IPSEC_SETTINGS_A_ICMP_NOTICES + i,
				     sizeof(s->told[i]), s->told[i]);
	if (!settings_guards(s))
		return;
	nest = mnl_attr_nest_start(nlh, NF_IPSEC_SETTINGS_A_GUARD);
	for (i = 0; i < NF_IPSEC_GUARDS_MAX && s->guard.dev[i][0]; i++)
		mnl_attr_put_strz(nlh, NF_IPSEC_GUARD_A_DEV, s->guard.dev[i]);
	mnl_attr_nest_end(nlh, nest);
}

static void get_guards(const struct nlattr *nest, struct guards *g)
{
	const struct nlattr *attr;
	u16 n = 0;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == NF_IPSEC_GUARD_A_DEV &&
		    n < NF_IPSEC_GUARDS_MAX)
			snprintf(g->dev[n++], CONF_DEV_LEN, "%.*s",
				 mnl_attr_get_payload_len(attr),
				 (const char *)mnl_attr_get_payload(attr));
	}
}

static void get_one(const struct nlattr *attr, struct settings_conf *s)
{
	u16 len = mnl_attr_get_payload_len(attr);
	u16 type = mnl_attr_get_type(attr);
	struct nla_bitfield32 flags;

	switch (type) {
	case NF_IPSEC_SETTINGS_A_GUARD:
		get_guards(attr, &s->guard);
		break;
	case NF_IPSEC_SETTINGS_A_FLAGS:
		if (len < sizeof(flags))
			break;
		memcpy(&flags, mnl_attr_get_payload(attr), sizeof(flags));
		s->flags = flags.value;
		break;
	case NF_IPSEC_SETTINGS_A_ICMP_CLEAR:
	case NF_IPSEC_SETTINGS_A_ICMPV6_CLEAR:
	case NF_IPSEC_SETTINGS_A_ICMP_PROTECTED:
	case NF_IPSEC_SETTINGS_A_ICMPV6_PROTECTED:
		type -= NF_IPSEC_SETTINGS_A_ICMP_CLEAR;
		if (len == sizeof(s->refused[type]))
			memcpy(s->refused[type], mnl_attr_get_payload(attr), len);
		break;
	case NF_IPSEC_SETTINGS_A_ICMP_NOTICES:
	case NF_IPSEC_SETTINGS_A_ICMPV6_NOTICES:
		type -= NF_IPSEC_SETTINGS_A_ICMP_NOTICES;
		if (len == sizeof(s->told[type]))
			memcpy(s->told[type], mnl_attr_get_payload(attr), len);
		break;
	}
}

void nl_attr_get_settings(const struct nlmsghdr *nlh, struct settings_conf *s)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		get_one(attr, s);
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
