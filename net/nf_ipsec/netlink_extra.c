// SPDX-License-Identifier: GPL-2.0-only
/* What few outbound SAs have: attributes to parameters, and back. */
#include "netlink.h"

#include <linux/in.h>
#include <net/genetlink.h>

#include "extra.h"
#include "path.h"
#include "route.h"
#include "sa.h"

static int refuse(struct genl_info *info, u16 type, const char *msg)
{
	return ipsec_nl_err(info->extack, info->attrs[type], msg);
}

static int parse_tfc(struct genl_info *info, const struct ipsec_sa_params *p,
		     struct ipsec_extra_params *extra)
{
	const struct nlattr *attr = info->attrs[NF_IPSEC_SA_A_TFC];

	if (!attr)
		return 0;
	extra->tfc = nla_get_u16(attr);
	if (!extra->tfc)
		return refuse(info, NF_IPSEC_SA_A_TFC,
			      "expected 1 to 65535 octets");
	if (p->id.proto != IPPROTO_ESP || p->id.dir != NF_IPSEC_DIR_OUT)
		return refuse(info, NF_IPSEC_SA_A_TFC,
			      "only outbound ESP pads packets");
	return 0;
}

static int parse_dummy_size(struct genl_info *info,
			    struct ipsec_extra_params *extra)
{
	const struct nlattr *attr = info->attrs[NF_IPSEC_SA_A_DUMMY_SIZE];

	extra->dummy_size = U16_MAX;
	if (!attr)
		return 0;
	extra->dummy_size = nla_get_u16(attr);
	if (extra->dummy_size < NF_IPSEC_DUMMY_SIZE_MIN)
		return refuse(info, NF_IPSEC_SA_A_DUMMY_SIZE,
			      "expected 40 to 65535 octets");
	if (!extra->dummy_every)
		return refuse(info, NF_IPSEC_SA_A_DUMMY_SIZE,
			      "without an interval there are no dummies");
	return 0;
}

static int parse_dummies(struct genl_info *info,
			 const struct ipsec_sa_params *p,
			 struct ipsec_extra_params *extra)
{
	const struct nlattr *attr = info->attrs[NF_IPSEC_SA_A_DUMMY_EVERY];

	if (!attr)
		return parse_dummy_size(info, extra);
	extra->dummy_every = nla_get_u32(attr);
	if (!extra->dummy_every ||
	    extra->dummy_every > NF_IPSEC_DUMMY_EVERY_MAX)
		return refuse(info, NF_IPSEC_SA_A_DUMMY_EVERY,
			      "expected 1 to 3600000 milliseconds");
	if (p->id.proto != IPPROTO_ESP || p->id.dir != NF_IPSEC_DIR_OUT)
		return refuse(info, NF_IPSEC_SA_A_DUMMY_EVERY,
			      "only outbound ESP sends dummies");
	/* it is work that nobody is charged for */
	if (extra->dummy_every < MSEC_PER_SEC &&
	    genl_info_net(info)->user_ns != &init_user_ns)
		return refuse(info, NF_IPSEC_SA_A_DUMMY_EVERY,
			      "in a user namespace an SA sends one dummy a second at most");
	return parse_dummy_size(info, extra);
}

static int parse_map(struct genl_info *info, const struct ipsec_sa_params *p,
		     struct ipsec_extra_params *extra)
{
	const struct nlattr *attr = info->attrs[NF_IPSEC_SA_A_DSCP_MAP];
	u8 i;

	if (!attr)
		return 0;
	if (p->mode != NF_IPSEC_MODE_TUNNEL || p->id.dir != NF_IPSEC_DIR_OUT)
		return refuse(info, NF_IPSEC_SA_A_DSCP_MAP,
			      "only an outbound SA in tunnel mode makes a header");
	if (info->attrs[NF_IPSEC_SA_A_DSCP])
		return refuse(info, NF_IPSEC_SA_A_DSCP_MAP,
			      "expected a map or one DSCP for all, not both");
	memcpy(extra->map, nla_data(attr), sizeof(extra->map));
	for (i = 0; i < NF_IPSEC_DSCPS; i++) {
		if (extra->map[i] >= NF_IPSEC_DSCPS)
			return refuse(info, NF_IPSEC_SA_A_DSCP_MAP,
				      "expected a DSCP of 0 to 63");
	}
	extra->map_set = true;
	return 0;
}

static int parse_set(struct genl_info *info, const struct ipsec_sa_params *p,
		     struct ipsec_extra_params *extra)
{
	const struct nlattr *attr = info->attrs[NF_IPSEC_SA_A_DSCP_SET];

	if (!attr)
		return 0;
	extra->dscp_set = nla_get_u64(attr);
	if (!extra->dscp_set)
		return refuse(info, NF_IPSEC_SA_A_DSCP_SET,
			      "expected a DSCP at least");
	if (p->id.dir != NF_IPSEC_DIR_OUT)
		return refuse(info, NF_IPSEC_SA_A_DSCP_SET,
			      "only outbound SAs are chosen by DSCP");
	return 0;
}

/* Flags that are for an outer header, and for what is cut in front of it */
static int check_flags(struct genl_info *info, const struct ipsec_sa_params *p)
{
	if (!(p->flags & (NF_IPSEC_SA_F_ECN_CLEAR | NF_IPSEC_SA_F_FRAG_AFTER)))
		return 0;
	if (p->mode == NF_IPSEC_MODE_TUNNEL && p->id.dir == NF_IPSEC_DIR_OUT)
		return 0;
	return refuse(info, NF_IPSEC_SA_A_FLAGS,
		      p->flags & NF_IPSEC_SA_F_ECN_CLEAR ?
		      "only an outbound SA in tunnel mode makes a header" :
		      "only an outbound SA in tunnel mode cuts before it protects");
}

/* What is made as large as the path takes must fit into the SA around it, which
 * is another one for each packet.
 */
static int check_nested(struct genl_info *info, const struct ipsec_sa_params *p)
{
	if (!p->via[0] || (!info->attrs[NF_IPSEC_SA_A_TFC] &&
			   !info->attrs[NF_IPSEC_SA_A_KEEPALIVE] &&
			   !info->attrs[NF_IPSEC_SA_A_DUMMY_EVERY]))
		return 0;
	return refuse(info, NF_IPSEC_SA_A_VIA,
		      "a nested SA sends no padding, dummies or keepalives: the one around it does");
}

int ipsec_nl_extra(struct genl_info *info, struct ipsec_sa_params *p)
{
	return check_flags(info, p) ?: check_nested(info, p) ?:
	       parse_tfc(info, p, &p->extra) ?:
	       parse_dummies(info, p, &p->extra) ?:
	       parse_map(info, p, &p->extra) ?:
	       parse_set(info, p, &p->extra);
}

static int put_dummies(struct sk_buff *skb, const struct ipsec_extra *extra)
{
	if (!extra->dummy_every)
		return 0;
	if (extra->dummy_size != U16_MAX &&
	    nla_put_u16(skb, NF_IPSEC_SA_A_DUMMY_SIZE, extra->dummy_size))
		return -EMSGSIZE;
	return nla_put_u32(skb, NF_IPSEC_SA_A_DUMMY_EVERY, extra->dummy_every);
}

int ipsec_nl_extra_put(struct sk_buff *skb, const struct ipsec_sa *sa)
{
	const struct ipsec_extra *extra = sa->extra;

	if (!extra)
		return 0;
	if ((extra->tfc && nla_put_u16(skb, NF_IPSEC_SA_A_TFC, extra->tfc)) ||
	    (extra->map_set && nla_put(skb, NF_IPSEC_SA_A_DSCP_MAP,
				       sizeof(extra->map), extra->map)) ||
	    (extra->dscp_set && nla_put_u64_64bit(skb, NF_IPSEC_SA_A_DSCP_SET,
						  extra->dscp_set,
						  NF_IPSEC_SA_A_PAD)))
		return -EMSGSIZE;
	return put_dummies(skb, extra);
}

int ipsec_nl_mtu_put(struct sk_buff *skb, struct ipsec_sa *sa)
{
	struct ipsec_path_mtu mtu;

	ipsec_route_mtu(sa, &mtu);
	if (mtu.outer && nla_put_u32(skb, NF_IPSEC_SA_A_PMTU, mtu.outer))
		return -EMSGSIZE;
	if (mtu.expires &&
	    nla_put_u32(skb, NF_IPSEC_SA_A_PMTU_EXPIRES, mtu.expires))
		return -EMSGSIZE;
	return nla_put_u32(skb, NF_IPSEC_SA_A_INNER_MTU, ipsec_output_mtu(sa));
}
