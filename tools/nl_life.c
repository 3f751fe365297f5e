// SPDX-License-Identifier: GPL-2.0-only
/* Limits of an SA as netlink attributes, and back. */
#include "nl_attr.h"

#include "life.h"

/* By enum nf_ipsec_limit */
static const struct {
	u16 soft;
	u16 hard;
	u16 used;
} types[CONF_LIMITS] = {
	[NF_IPSEC_LIMIT_BYTES] = { NF_IPSEC_LIFE_A_BYTES_SOFT,
				   NF_IPSEC_LIFE_A_BYTES_HARD,
				   NF_IPSEC_LIFE_A_BYTES_USED },
	[NF_IPSEC_LIMIT_PACKETS] = { NF_IPSEC_LIFE_A_PACKETS_SOFT,
				     NF_IPSEC_LIFE_A_PACKETS_HARD,
				     NF_IPSEC_LIFE_A_PACKETS_USED },
	[NF_IPSEC_LIMIT_TIME] = { NF_IPSEC_LIFE_A_TIME_SOFT,
				  NF_IPSEC_LIFE_A_TIME_HARD,
				  NF_IPSEC_LIFE_A_TIME_USED },
	[NF_IPSEC_LIMIT_USE] = { NF_IPSEC_LIFE_A_USE_SOFT,
				 NF_IPSEC_LIFE_A_USE_HARD,
				 NF_IPSEC_LIFE_A_USE_USED },
};

static bool any_set(const struct sa_opts *o)
{
	u8 what;

	for (what = 1; what < CONF_LIMITS; what++)
		if (o->life[what].set)
			return true;
	return false;
}

void nl_life_put(struct nlmsghdr *nlh, const struct sa_opts *o)
{
	struct nlattr *nest;
	u8 what;

	if (!any_set(o))
		return;
	nest = mnl_attr_nest_start(nlh, NF_IPSEC_SA_A_LIFE);
	for (what = 1; what < CONF_LIMITS; what++) {
		const struct life_limit *limit = &o->life[what];

		if (limit->set && limit->soft != LIFE_NONE)
			mnl_attr_put_u64(nlh, types[what].soft, limit->soft);
		if (limit->set && limit->hard != LIFE_NONE)
			mnl_attr_put_u64(nlh, types[what].hard, limit->hard);
	}
	mnl_attr_nest_end(nlh, nest);
}

static void get_one(struct sa_conf *sa, u16 type, u64 value)
{
	u8 what;

	for (what = 1; what < CONF_LIMITS; what++) {
		if (type == types[what].soft)
			sa->o.life[what].soft = value;
		else if (type == types[what].hard)
			sa->o.life[what].hard = value;
		else if (type == types[what].used)
			sa->stat.life_used[what] = value;
	}
}

void nl_life_get(const struct nlattr *nest, struct sa_conf *sa)
{
	const struct nlattr *attr;
	u8 what;

	if (!nest)
		return;
	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_payload_len(attr) == sizeof(u64))
			get_one(sa, mnl_attr_get_type(attr),
				mnl_attr_get_u64(attr));
	for (what = 1; what < CONF_LIMITS; what++) {
		struct life_limit *limit = &sa->o.life[what];

		limit->set = (limit->soft != LIFE_NONE ||
			      limit->hard != LIFE_NONE) &&
			     !life_own(&sa->o, what, limit);
	}
}

const char *nl_life_word(u16 type)
{
	u8 what;

	for (what = 1; what < CONF_LIMITS; what++)
		if (type == types[what].soft || type == types[what].hard)
			return life_word(what);
	return NULL;
}
