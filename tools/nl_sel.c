// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selectors as netlink attributes, and back.
 */
#include <linux/genetlink.h>
#include <netinet/in.h>

#include "nl_attr.h"

static void put_side(struct nlmsghdr *nlh, const struct prefix *p, u16 addr,
		     u16 plen, u16 max)
{
	put_addr(nlh, addr, &p->addr);
	if (p->range)
		put_addr(nlh, max, &p->last);
	else
		mnl_attr_put_u8(nlh, plen, p->plen);
}

/* The highest one's attribute is the next after the lowest one's */
static void put_ports(struct nlmsghdr *nlh, const struct ports *ports, u16 min)
{
	if (!ports->set || ports->opaque)
		return;
	mnl_attr_put_u16(nlh, min, ports->min);
	mnl_attr_put_u16(nlh, min + 1, ports->max);
}

static u32 sel_opaque(const struct sel_conf *sel)
{
	return (sel->proto_opaque ? NF_IPSEC_OPAQUE_PROTO : 0) |
	       (sel->sport.opaque ? NF_IPSEC_OPAQUE_SPORT : 0) |
	       (sel->dport.opaque ? NF_IPSEC_OPAQUE_DPORT : 0) |
	       (sel->type.opaque ? NF_IPSEC_OPAQUE_TYPE : 0);
}

static void put_set(struct nlmsghdr *nlh, u16 type, const struct sel_conf *sel)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	put_side(nlh, &sel->src, NF_IPSEC_SEL_A_SRC, NF_IPSEC_SEL_A_SRC_PLEN,
		 NF_IPSEC_SEL_A_SRC_MAX);
	put_side(nlh, &sel->dst, NF_IPSEC_SEL_A_DST, NF_IPSEC_SEL_A_DST_PLEN,
		 NF_IPSEC_SEL_A_DST_MAX);
	if (sel->proto_set)
		mnl_attr_put_u8(nlh, NF_IPSEC_SEL_A_PROTO, sel->proto);
	put_ports(nlh, &sel->sport, NF_IPSEC_SEL_A_SPORT_MIN);
	put_ports(nlh, &sel->dport, NF_IPSEC_SEL_A_DPORT_MIN);
	put_ports(nlh, &sel->type, NF_IPSEC_SEL_A_TYPE_MIN);
	if (sel_opaque(sel))
		mnl_attr_put_u32(nlh, NF_IPSEC_SEL_A_OPAQUE, sel_opaque(sel));
	if (sel->mark_mask) {
		mnl_attr_put_u32(nlh, NF_IPSEC_SEL_A_MARK, sel->mark);
		mnl_attr_put_u32(nlh, NF_IPSEC_SEL_A_MARK_MASK, sel->mark_mask);
	}
	if (sel->dev[0])
		mnl_attr_put_strz(nlh, NF_IPSEC_SEL_A_DEV, sel->dev);
	mnl_attr_nest_end(nlh, nest);
}

void nl_sel_put(struct nlmsghdr *nlh, u16 type, const struct sel_conf *sel)
{
	u32 i;

	for (i = 0; i <= sel->n_more; i++)
		put_set(nlh, type, sel_set_const(sel, i));
}

static void get_prefix(const struct nlattr *addr, const struct nlattr *plen,
		       const struct nlattr *last, struct prefix *prefix)
{
	struct addr end = { };
	u8 max;

	get_addr(addr, &prefix->addr);
	get_addr(last, &end);
	if (end.family && end.family == prefix->addr.family) {
		prefix_set_last(prefix, &end);
		return;
	}
	max = prefix->addr.family == AF_INET ? 32 : 128;
	prefix->plen = get_number(plen);
	if (prefix->plen > max)
		prefix->plen = max;
}

static void get_ports(const struct nlattr *min, const struct nlattr *max,
		      struct ports *ports)
{
	if (!min || !max)
		return;
	ports->set = true;
	ports->min = get_number(min);
	ports->max = get_number(max);
}

static void get_opaque(u32 bits, struct sel_conf *sel)
{
	sel->proto_opaque = bits & NF_IPSEC_OPAQUE_PROTO;
	sel->sport.opaque = bits & NF_IPSEC_OPAQUE_SPORT;
	sel->dport.opaque = bits & NF_IPSEC_OPAQUE_DPORT;
	sel->type.opaque = bits & NF_IPSEC_OPAQUE_TYPE;
	sel->sport.set |= sel->sport.opaque;
	sel->dport.set |= sel->dport.opaque;
	sel->type.set |= sel->type.opaque;
}

void get_sel(const struct nlattr *nest, struct sel_conf *sel)
{
	const struct nlattr *tb[NL_TB_MAX + 1] = { };

	if (!nest || mnl_attr_parse_nested(nest, nl_attr_collect, tb) < 0)
		return;
	get_prefix(tb[NF_IPSEC_SEL_A_SRC], tb[NF_IPSEC_SEL_A_SRC_PLEN],
		   tb[NF_IPSEC_SEL_A_SRC_MAX], &sel->src);
	get_prefix(tb[NF_IPSEC_SEL_A_DST], tb[NF_IPSEC_SEL_A_DST_PLEN],
		   tb[NF_IPSEC_SEL_A_DST_MAX], &sel->dst);
	sel->family = sel->src.addr.family;
	sel->proto = get_number(tb[NF_IPSEC_SEL_A_PROTO]);
	sel->proto_set = tb[NF_IPSEC_SEL_A_PROTO];
	get_ports(tb[NF_IPSEC_SEL_A_SPORT_MIN], tb[NF_IPSEC_SEL_A_SPORT_MAX],
		  &sel->sport);
	get_ports(tb[NF_IPSEC_SEL_A_DPORT_MIN], tb[NF_IPSEC_SEL_A_DPORT_MAX],
		  &sel->dport);
	get_ports(tb[NF_IPSEC_SEL_A_TYPE_MIN], tb[NF_IPSEC_SEL_A_TYPE_MAX],
		  &sel->type);
	get_opaque(get_number(tb[NF_IPSEC_SEL_A_OPAQUE]), sel);
	if (sel->type.set)
		sel->type_proto = sel->proto;
	sel->mark = get_number(tb[NF_IPSEC_SEL_A_MARK]);
	sel->mark_mask = get_number(tb[NF_IPSEC_SEL_A_MARK_MASK]);
	get_string(tb[NF_IPSEC_SEL_A_DEV], sel->dev, sizeof(sel->dev));
}

int nl_sel_get(const struct nlmsghdr *nlh, u16 type, struct sel_conf *sel)
{
	const struct nlattr *attr;
	struct sel_conf *set;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		if (mnl_attr_get_type(attr) != type)
			continue;
		set = sel->family ? sel_add(sel) : sel;
		if (!set)
			return -1;
		get_sel(attr, set);
	}
	sel_sort(sel);
	return 0;
}
