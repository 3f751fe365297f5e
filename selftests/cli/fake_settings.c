// SPDX-License-Identifier: GPL-2.0-only
/* Settings, as the stand-in for the module keeps them. */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>

#include "fake.h"

struct settings {
	u32 flags;
	u8 refused[4][NF_IPSEC_ICMP_TYPES_LEN];
	u8 told[2][NF_IPSEC_ICMP_TYPES_LEN];
	char guard[NF_IPSEC_GUARDS_MAX][16];
};

static struct settings now;
static struct settings before;

static void set_guards(const struct nlattr *nest)
{
	const struct nlattr *attr;
	int n = 0;

	memset(now.guard, 0, sizeof(now.guard));
	mnl_attr_for_each_nested(attr, nest)
		strcpy(now.guard[n++], mnl_attr_get_str(attr));
}

static void put_guards(struct nlmsghdr *nlh)
{
	struct nlattr *nest;
	int i;

	if (!now.guard[0][0])
		return;
	nest = mnl_attr_nest_start(nlh, NF_IPSEC_SETTINGS_A_GUARD);
	for (i = 0; i < NF_IPSEC_GUARDS_MAX && now.guard[i][0]; i++)
		mnl_attr_put_strz(nlh, NF_IPSEC_GUARD_A_DEV, now.guard[i]);
	mnl_attr_nest_end(nlh, nest);
}

static void set(const struct nlattr *attr)
{
	struct nla_bitfield32 flags;

	u16 type = mnl_attr_get_type(attr);

	if (type == NF_IPSEC_SETTINGS_A_FLAGS) {
		memcpy(&flags, mnl_attr_get_payload(attr), sizeof(flags));
		now.flags = (now.flags & ~flags.selector) | flags.value;
		return;
	}
	if (type == NF_IPSEC_SETTINGS_A_GUARD)
		return set_guards(attr);
	if (type >= NF_IPSEC_SETTINGS_A_ICMP_NOTICES)
		memcpy(now.told[type - NF_IPSEC_SETTINGS_A_ICMP_NOTICES],
		       mnl_attr_get_payload(attr), NF_IPSEC_ICMP_TYPES_LEN);
	else
		memcpy(now.refused[type - NF_IPSEC_SETTINGS_A_ICMP_CLEAR],
		       mnl_attr_get_payload(attr), NF_IPSEC_ICMP_TYPES_LEN);
}

void serve_settings(const struct nlmsghdr *req, u8 cmd)
{
	const struct nla_bitfield32 flags = {
		.value = now.flags, .selector = ~0U,
	};
	const struct nlattr *attr;
	struct nlmsghdr *nlh;
	u16 i;

	if (cmd == NF_IPSEC_CMD_SETTINGS_SET) {
		mnl_attr_for_each(attr, req, GENL_HDRLEN)
			set(attr);
		return ack(req, 0, NULL, NULL);
	}
	nlh = reply(req, FAMILY, 0);
	mnl_nlmsg_put_extra_header(nlh, GENL_HDRLEN);
	mnl_attr_put(nlh, NF_IPSEC_SETTINGS_A_FLAGS, sizeof(flags), &flags);
	for (i = 0; i < 4; i++)
		mnl_attr_put(nlh, NF_IPSEC_SETTINGS_A_ICMP_CLEAR + i,
			     NF_IPSEC_ICMP_TYPES_LEN, now.refused[i]);
	for (i = 0; i < 2; i++)
		mnl_attr_put(nlh, NF_IPSEC_SETTINGS_A_ICMP_NOTICES + i,
			     NF_IPSEC_ICMP_TYPES_LEN, now.told[i]);
	put_guards(nlh);
	finish(nlh);
	ack(req, 0, NULL, NULL);
}

void settings_begin(bool none)
{
	before = now;
	if (none)
		memset(&now, 0, sizeof(now));
}

void settings_give_up(void)
{
	now = before;
}

void settings_load(FILE *from)
{
	if (fread(&now, sizeof(now), 1, from) != 1)
		memset(&now, 0, sizeof(now));
}

void settings_save(FILE *to)
{
	fwrite(&now, sizeof(now), 1, to);
}
