// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the attribute that the kernel complains about back to the word that
 * the user wrote.
 */
#include <linux/genetlink.h>
#include <netinet/in.h>

#include "nl_attr.h"

static const char *const sa_words[NF_IPSEC_SA_A_MAX + 1] = {
	[NF_IPSEC_SA_A_TUNNEL] = "tunnel",
	[NF_IPSEC_SA_A_DIR] = "dir",
	[NF_IPSEC_SA_A_PROTO] = "esp",
	[NF_IPSEC_SA_A_MODE] = "mode",
	[NF_IPSEC_SA_A_SPI] = "spi",
	[NF_IPSEC_SA_A_LOCAL] = "local",
	[NF_IPSEC_SA_A_REMOTE] = "remote",
	[NF_IPSEC_SA_A_ENC] = "esp",
	[NF_IPSEC_SA_A_AUTH] = "esp",
	[NF_IPSEC_SA_A_KEY] = "key",
	[NF_IPSEC_SA_A_FINGERPRINT] = "key-fingerprint",
	[NF_IPSEC_SA_A_FLAGS] = "esn",
	[NF_IPSEC_SA_A_REPLAY_WINDOW] = "replay-window",
	[NF_IPSEC_SA_A_SEQ] = "seq",
	[NF_IPSEC_SA_A_DF] = "df",
	[NF_IPSEC_SA_A_DSCP] = "dscp",
	[NF_IPSEC_SA_A_TTL] = "ttl",
	[NF_IPSEC_SA_A_MSS] = "mss",
	[NF_IPSEC_SA_A_SEL] = "src",
	[NF_IPSEC_SA_A_LIFE] = "life-time",
	[NF_IPSEC_SA_A_MATCH] = "match",
	[NF_IPSEC_SA_A_FROM] = "local",
	[NF_IPSEC_SA_A_VIA] = "via",
	[NF_IPSEC_SA_A_TFC] = "tfc",
	[NF_IPSEC_SA_A_DUMMY_EVERY] = "dummy-every",
	[NF_IPSEC_SA_A_DUMMY_SIZE] = "dummy-size",
	[NF_IPSEC_SA_A_DSCP_MAP] = "dscp-map",
	[NF_IPSEC_SA_A_DSCP_SET] = "for-dscp",
};

static const char *const policy_words[NF_IPSEC_POLICY_A_MAX + 1] = {
	[NF_IPSEC_POLICY_A_ID] = "id",
	[NF_IPSEC_POLICY_A_DIR] = "dir",
	[NF_IPSEC_POLICY_A_PRIORITY] = "priority",
	[NF_IPSEC_POLICY_A_ACTION] = "protect",
	[NF_IPSEC_POLICY_A_TUNNEL] = "protect",
	[NF_IPSEC_POLICY_A_SEL] = "src",
	[NF_IPSEC_POLICY_A_PFP] = "pfp",
	[NF_IPSEC_POLICY_A_WITH_SAS] = "with-sas",
};

static const char *const sel_words[NF_IPSEC_SEL_A_MAX + 1] = {
	[NF_IPSEC_SEL_A_SRC] = "src",
	[NF_IPSEC_SEL_A_SRC_PLEN] = "src",
	[NF_IPSEC_SEL_A_DST] = "dst",
	[NF_IPSEC_SEL_A_DST_PLEN] = "dst",
	[NF_IPSEC_SEL_A_PROTO] = "proto",
	[NF_IPSEC_SEL_A_SPORT_MIN] = "sport",
	[NF_IPSEC_SEL_A_SPORT_MAX] = "sport",
	[NF_IPSEC_SEL_A_DPORT_MIN] = "dport",
	[NF_IPSEC_SEL_A_DPORT_MAX] = "dport",
	[NF_IPSEC_SEL_A_TYPE_MIN] = "icmp-type",
	[NF_IPSEC_SEL_A_TYPE_MAX] = "icmp-type",
	[NF_IPSEC_SEL_A_OPAQUE] = "opaque",
	[NF_IPSEC_SEL_A_SRC_MAX] = "src",
	[NF_IPSEC_SEL_A_DST_MAX] = "dst",
	[NF_IPSEC_SEL_A_MARK] = "mark",
	[NF_IPSEC_SEL_A_MARK_MASK] = "mark",
	[NF_IPSEC_SEL_A_DEV] = "dev",
};

static const char *const settings_words[NF_IPSEC_SETTINGS_A_MAX + 1] = {
	[NF_IPSEC_SETTINGS_A_FLAGS] = "settings",
	[NF_IPSEC_SETTINGS_A_ICMP_CLEAR] = "icmp-clear",
	[NF_IPSEC_SETTINGS_A_ICMPV6_CLEAR] = "icmpv6-clear",
	[NF_IPSEC_SETTINGS_A_ICMP_PROTECTED] = "icmp-protected",
	[NF_IPSEC_SETTINGS_A_ICMPV6_PROTECTED] = "icmpv6-protected",
	[NF_IPSEC_SETTINGS_A_GUARD] = "guard",
	[NF_IPSEC_SETTINGS_A_ICMP_NOTICES] = "icmp-notices",
	[NF_IPSEC_SETTINGS_A_ICMPV6_NOTICES] = "icmpv6-notices",
};

static bool cmd_is_sa(u8 cmd)
{
	return cmd >= NF_IPSEC_CMD_SA_NEW && cmd <= NF_IPSEC_CMD_SA_FLUSH;
}

static bool cmd_is_policy(u8 cmd)
{
	return cmd >= NF_IPSEC_CMD_POLICY_NEW &&
	       cmd <= NF_IPSEC_CMD_POLICY_FLUSH;
}

const char *nl_attr_type_word(u8 cmd, u16 type)
{
	if (cmd_is_sa(cmd) && type <= NF_IPSEC_SA_A_MAX)
		return sa_words[type];
	if (cmd_is_policy(cmd) && type <= NF_IPSEC_POLICY_A_MAX)
		return policy_words[type];
	if (cmd == NF_IPSEC_CMD_SETTINGS_SET && type <= NF_IPSEC_SETTINGS_A_MAX)
		return settings_words[type];
	if (cmd == NF_IPSEC_CMD_TXN_BEGIN && type == NF_IPSEC_TXN_A_TUNNEL)
		return "tunnel";
	return NULL;
}

static bool is_nest(u8 cmd, u16 type)
{
	return cmd_is_sa(cmd) ? type == NF_IPSEC_SA_A_SEL ||
				type == NF_IPSEC_SA_A_LIFE :
	       cmd_is_policy(cmd) && type == NF_IPSEC_POLICY_A_SEL;
}

/* Where an attribute starts and ends, from the start of the message */
static u32 start_of(const struct nlmsghdr *nlh, const struct nlattr *attr)
{
	return (const char *)attr - (const char *)nlh;
}

static u32 end_of(const struct nlmsghdr *nlh, const struct nlattr *attr)
{
	return start_of(nlh, attr) + attr->nla_len;
}

static const char *word_in_nest(const struct nlmsghdr *nlh,
				const struct nlattr *nest, u32 offset)
{
	bool life = mnl_attr_get_type(nest) == NF_IPSEC_SA_A_LIFE;
	const struct nlattr *attr;
	u16 type;

	mnl_attr_for_each_nested(attr, nest) {
		type = mnl_attr_get_type(attr);
		if (offset < start_of(nlh, attr) || offset >= end_of(nlh, attr))
			continue;
		if (life)
			return nl_life_word(type);
		if (type <= NF_IPSEC_SEL_A_MAX)
			return sel_words[type];
	}
	return NULL;
}

static bool is_ah(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		if (mnl_attr_get_type(attr) == NF_IPSEC_SA_A_PROTO)
			return mnl_attr_get_u8(attr) == IPPROTO_AH;
	return false;
}

const char *nl_attr_word(const struct nlmsghdr *nlh, u32 offset)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	const char *word;
	u16 type;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		if (offset < start_of(nlh, attr) ||
		    offset >= end_of(nlh, attr))
			continue;
		type = mnl_attr_get_type(attr);
		if (is_nest(genl->cmd, type) && offset > start_of(nlh, attr))
			return word_in_nest(nlh, attr, offset);
		if (cmd_is_sa(genl->cmd) && is_ah(nlh) &&
		    (type == NF_IPSEC_SA_A_AUTH ||
		     type == NF_IPSEC_SA_A_PROTO))
			return "ah";
		word = nl_attr_type_word(genl->cmd, type);
		return word;
	}
	return NULL;
}
