// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an SA is named by as netlink attributes, and what it was named by.
 */
#include <arpa/inet.h>

#include "nl_attr.h"

/* All but direction, protocol and SPI */
static void put_place(struct nlmsghdr *nlh, const struct sa_conf *id)
{
	const struct sa_opts *o = &id->o;

	if (id->dir == NF_IPSEC_DIR_OUT) {
		put_addr(nlh, NF_IPSEC_SA_A_REMOTE, &o->remote);
		if (o->encap.remote)
			mnl_attr_put_u16(nlh, NF_IPSEC_SA_A_ENCAP_RPORT,
					 o->encap.remote);
		return;
	}
	put_addr(nlh, NF_IPSEC_SA_A_LOCAL, &o->local);
	if (o->match == NF_IPSEC_MATCH_DST)
		return;
	mnl_attr_put_u8(nlh, NF_IPSEC_SA_A_MATCH, o->match);
	if (o->match == NF_IPSEC_MATCH_SRC_DST)
		put_addr(nlh, NF_IPSEC_SA_A_REMOTE, &o->remote);
}

void nl_attr_put_sa_id(struct nlmsghdr *nlh, const struct sa_conf *id)
{
	mnl_attr_put_u8(nlh, NF_IPSEC_SA_A_DIR, id->dir);
	mnl_attr_put_u8(nlh, NF_IPSEC_SA_A_PROTO, id->o.xform.proto);
	mnl_attr_put_u32(nlh, NF_IPSEC_SA_A_SPI, htonl(id->spi));
	put_place(nlh, id);
}

void nl_attr_put_from(struct nlmsghdr *nlh, const struct sa_conf *from)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, NF_IPSEC_SA_A_FROM);

	put_place(nlh, from);
	mnl_attr_nest_end(nlh, nest);
}

void get_from(const struct nlattr *nest, struct sa_stat *stat)
{
	const struct nlattr *attr;

	if (!nest)
		return;
	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case NF_IPSEC_SA_A_LOCAL:
			get_addr(attr, &stat->from_local);
			break;
		case NF_IPSEC_SA_A_REMOTE:
			get_addr(attr, &stat->from_remote);
			break;
		case NF_IPSEC_SA_A_ENCAP_LPORT:
			stat->from_encap.local = get_number(attr);
			break;
		case NF_IPSEC_SA_A_ENCAP_RPORT:
			stat->from_encap.remote = get_number(attr);
			break;
		}
	}
}
