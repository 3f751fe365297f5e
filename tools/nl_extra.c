// SPDX-License-Identifier: GPL-2.0-only
/* What few outbound SAs have, as netlink attributes and back. */
#include <string.h>

#include "extra.h"
#include "nl_attr.h"

u32 nl_extra_flags(const struct sa_conf *sa)
{
	const struct sa_extra *extra = &sa->o.extra;

	if (sa->dir != NF_IPSEC_DIR_OUT)
		return 0;
	return (extra->ecn ? NF_IPSEC_SA_F_ECN_CLEAR : 0) |
	       (extra->fragment ? NF_IPSEC_SA_F_FRAG_AFTER : 0);
}

void nl_extra_put(struct nlmsghdr *nlh, const struct sa_conf *sa)
{
	const struct sa_extra *extra = &sa->o.extra;

	if (extra->map_set)
		mnl_attr_put(nlh, NF_IPSEC_SA_A_DSCP_MAP, sizeof(extra->map),
			     extra->map);
	if (sa->for_dscp)
		mnl_attr_put_u64(nlh, NF_IPSEC_SA_A_DSCP_SET, sa->for_dscp);
	if (extra->tfc)
		mnl_attr_put_u16(nlh, NF_IPSEC_SA_A_TFC, extra->tfc);
	if (!extra->dummy_every)
		return;
	mnl_attr_put_u32(nlh, NF_IPSEC_SA_A_DUMMY_EVERY, extra->dummy_every);
	if (extra->dummy_size != EXTRA_SIZE_MTU)
		mnl_attr_put_u16(nlh, NF_IPSEC_SA_A_DUMMY_SIZE,
				 extra->dummy_size);
}

void nl_extra_get(const struct nlattr **tb, struct sa_conf *sa)
{
	const struct nlattr *map = tb[NF_IPSEC_SA_A_DSCP_MAP];
	u32 flags = get_number(tb[NF_IPSEC_SA_A_FLAGS]);
	struct sa_extra *extra = &sa->o.extra;

	extra->ecn = !!(flags & NF_IPSEC_SA_F_ECN_CLEAR);
	extra->fragment = !!(flags & NF_IPSEC_SA_F_FRAG_AFTER);
	extra->tfc = get_number(tb[NF_IPSEC_SA_A_TFC]);
	extra->dummy_every = get_number(tb[NF_IPSEC_SA_A_DUMMY_EVERY]);
	if (tb[NF_IPSEC_SA_A_DUMMY_SIZE])
		extra->dummy_size = get_number(tb[NF_IPSEC_SA_A_DUMMY_SIZE]);
	sa->for_dscp = get_number(tb[NF_IPSEC_SA_A_DSCP_SET]);
	if (map && mnl_attr_get_payload_len(map) == sizeof(extra->map)) {
		memcpy(extra->map, mnl_attr_get_payload(map),
		       sizeof(extra->map));
		extra->map_set = true;
	}
	sa->stat.pmtu = get_number(tb[NF_IPSEC_SA_A_PMTU]);
	sa->stat.pmtu_expires = get_number(tb[NF_IPSEC_SA_A_PMTU_EXPIRES]);
}
