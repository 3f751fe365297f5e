// SPDX-License-Identifier: GPL-2.0-only
/* SAs: their ends and their names, to parameters and back. */
#include "netlink.h"

#include <linux/in.h>
#include <net/genetlink.h>

#include "sa.h"

#define ADDRESS		{ .type = NLA_BINARY, .len = 16 }

/* What an SA that moves was named by; its direction, protocol and SPI stay */
static const struct nla_policy from_policy[NF_IPSEC_SA_A_MATCH + 1] = {
	[NF_IPSEC_SA_A_LOCAL]		= ADDRESS,
	[NF_IPSEC_SA_A_REMOTE]		= ADDRESS,
	[NF_IPSEC_SA_A_ENCAP_LPORT]	= { .type = NLA_U16 },
	[NF_IPSEC_SA_A_ENCAP_RPORT]	= { .type = NLA_U16 },
	[NF_IPSEC_SA_A_MATCH]		=
		NLA_POLICY_MAX(NLA_U8, NF_IPSEC_MATCH_SRC_DST),
};

static int refuse(struct genl_info *info, u16 type, const char *msg)
{
	return ipsec_nl_err(info->extack, info->attrs[type], msg);
}

/* The end that is the source, and may be part of the name. */
static int parse_src(struct genl_info *info, const struct ipsec_sa_id *id,
		     const struct ipsec_addr *daddr, struct ipsec_addr *saddr)
{
	u16 src = id->dir == NF_IPSEC_DIR_IN ? NF_IPSEC_SA_A_REMOTE :
					       NF_IPSEC_SA_A_LOCAL;
	u8 family;
	int err;

	err = ipsec_nl_need(info, src, "the source's address is missing") ?:
	      ipsec_nl_end(info, src, saddr, &family);
	if (err)
		return err;
	if (family != id->family)
		return refuse(info, src, "local and remote are of two families");
	if (ipsec_addr_equal(saddr, daddr))
		return refuse(info, src, "local and remote are the same");
	return 0;
}

static int parse_match(struct genl_info *info, u8 dir, u8 *match)
{
	const struct nlattr *attr = info->attrs[NF_IPSEC_SA_A_MATCH];

	*match = attr ? nla_get_u8(attr) : NF_IPSEC_MATCH_DST;
	if (attr && dir != NF_IPSEC_DIR_IN)
		return refuse(info, NF_IPSEC_SA_A_MATCH,
			      "only an inbound SA is looked for");
	return 0;
}

/* What comes behind direction, protocol and SPI */
static int parse_place(struct genl_info *info, struct ipsec_sa_id *id,
		       struct ipsec_addr *daddr, u8 *match)
{
	u16 dst = id->dir == NF_IPSEC_DIR_IN ? NF_IPSEC_SA_A_LOCAL :
					       NF_IPSEC_SA_A_REMOTE;
	int err;

	err = ipsec_nl_need(info, dst, "the destination's address is missing") ?:
	      ipsec_nl_end(info, dst, daddr, &id->family) ?:
	      parse_match(info, id->dir, match);
	if (err)
		return err;
	if (*match == NF_IPSEC_MATCH_SPI)
		memset(&id->daddr, 0, sizeof(id->daddr));
	else
		id->daddr = *daddr;
	return 0;
}

static int parse_id(struct genl_info *info, struct ipsec_sa_id *id,
		    struct ipsec_addr *daddr, u8 *match)
{
	int err;

	memset(id, 0, sizeof(*id));
	err = ipsec_nl_need(info, NF_IPSEC_SA_A_DIR, "the direction is missing") ?:
	      ipsec_nl_need(info, NF_IPSEC_SA_A_PROTO, "the protocol is missing") ?:
	      ipsec_nl_need(info, NF_IPSEC_SA_A_SPI, "the SPI is missing");
	if (err)
		return err;
	id->dir = nla_get_u8(info->attrs[NF_IPSEC_SA_A_DIR]);
	id->proto = nla_get_u8(info->attrs[NF_IPSEC_SA_A_PROTO]);
	id->spi = nla_get_be32(info->attrs[NF_IPSEC_SA_A_SPI]);
	if (ntohl(id->spi) < NF_IPSEC_SPI_MIN)
		return refuse(info, NF_IPSEC_SA_A_SPI,
			      "SPIs below 256 are reserved");
	return parse_place(info, id, daddr, match);
}

int ipsec_nl_sa_ends(struct genl_info *info, struct ipsec_sa_params *p)
{
	return parse_id(info, &p->id, &p->daddr, &p->match) ?:
	       parse_src(info, &p->id, &p->daddr, &p->saddr);
}

/* What else there is of a name: the source or the port */
static int parse_rest(struct genl_info *info, struct ipsec_sa_name *name)
{
	const struct nlattr *port = info->attrs[NF_IPSEC_SA_A_ENCAP_RPORT];

	if (name->match == NF_IPSEC_MATCH_SRC_DST)
		return parse_src(info, &name->id, &name->id.daddr,
				 &name->saddr);
	if (name->id.dir == NF_IPSEC_DIR_OUT && port)
		name->port = htons(nla_get_u16(port));
	return 0;
}

int ipsec_nl_sa_name(struct genl_info *info, struct ipsec_sa_name *name)
{
	struct ipsec_addr daddr;

	memset(name, 0, sizeof(*name));
	return parse_id(info, &name->id, &daddr, &name->match) ?:
	       parse_rest(info, name);
}

int ipsec_nl_sa_from(struct genl_info *info, const struct ipsec_sa_params *p,
		     enum ipsec_txn_how how, struct ipsec_sa_name *name)
{
	const struct nlattr *nest = info->attrs[NF_IPSEC_SA_A_FROM];
	struct nlattr *attrs[NF_IPSEC_SA_A_MATCH + 1];
	struct genl_info from = *info;
	struct ipsec_addr daddr;
	int err;

	if (!nest)
		return 0;
	if (how != IPSEC_TXN_REPLACE)
		return refuse(info, NF_IPSEC_SA_A_FROM,
			      "what moves is replaced, not added");
	err = ipsec_nl_once(nla_data(nest), nla_len(nest), info->extack) ?:
	      nla_parse_nested(attrs, NF_IPSEC_SA_A_MATCH, nest,
			       from_policy, info->extack);
	if (err)
		return err;
	memset(name, 0, sizeof(*name));
	name->id.dir = p->id.dir;
	name->id.proto = p->id.proto;
	name->id.spi = p->id.spi;
	from.attrs = attrs;
	err = parse_place(&from, &name->id, &daddr, &name->match) ?:
	      parse_rest(&from, name);
	if (!err && name->id.family != p->id.family)
		err = refuse(info, NF_IPSEC_SA_A_FROM,
			     "an SA does not move to the other family");
	return err;
}

int ipsec_nl_sa_ends_put(struct sk_buff *skb, const struct ipsec_sa *sa)
{
	bool in = sa->id.dir == NF_IPSEC_DIR_IN;

	if (sa->match != NF_IPSEC_MATCH_DST &&
	    nla_put_u8(skb, NF_IPSEC_SA_A_MATCH, sa->match))
		return -EMSGSIZE;
	return ipsec_nl_addr_put(skb, NF_IPSEC_SA_A_LOCAL,
				 in ? &sa->daddr : &sa->saddr,
				 sa->id.family) ?:
	       ipsec_nl_addr_put(skb, NF_IPSEC_SA_A_REMOTE,
				 in ? &sa->saddr : &sa->daddr, sa->id.family);
}

int ipsec_nl_sa_ports_put(struct sk_buff *skb, const struct ipsec_sa *sa)
{
	if (!sa->udp)
		return 0;
	return nla_put_u16(skb, NF_IPSEC_SA_A_ENCAP_LPORT, ntohs(sa->lport)) ?:
	       nla_put_u16(skb, NF_IPSEC_SA_A_ENCAP_RPORT, ntohs(sa->rport));
}

int ipsec_nl_sa_from_put(struct sk_buff *skb, const struct ipsec_sa *from)
{
	struct nlattr *nest;

	if (!from)
		return 0;
	nest = nla_nest_start(skb, NF_IPSEC_SA_A_FROM);
	if (!nest || ipsec_nl_sa_ends_put(skb, from) ||
	    ipsec_nl_sa_ports_put(skb, from))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}
