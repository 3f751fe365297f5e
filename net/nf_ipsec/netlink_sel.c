// SPDX-License-Identifier: GPL-2.0-only
/* Selectors: attributes in and out. */
#include "netlink_sel.h"

#include <linux/netdevice.h>
#include <net/genetlink.h>

#include "compat.h"
#include "lib/selector.h"
#include "lib/sets.h"
#include "netlink.h"

static const struct nla_policy sel_policy[NF_IPSEC_SEL_A_MAX + 1] = {
	[NF_IPSEC_SEL_A_SRC]		= { .type = NLA_BINARY, .len = 16 },
	[NF_IPSEC_SEL_A_SRC_PLEN]	= { .type = NLA_U8 },
	[NF_IPSEC_SEL_A_DST]		= { .type = NLA_BINARY, .len = 16 },
	[NF_IPSEC_SEL_A_DST_PLEN]	= { .type = NLA_U8 },
	[NF_IPSEC_SEL_A_PROTO]		= { .type = NLA_U8 },
	[NF_IPSEC_SEL_A_SPORT_MIN]	= { .type = NLA_U16 },
	[NF_IPSEC_SEL_A_SPORT_MAX]	= { .type = NLA_U16 },
	[NF_IPSEC_SEL_A_DPORT_MIN]	= { .type = NLA_U16 },
	[NF_IPSEC_SEL_A_DPORT_MAX]	= { .type = NLA_U16 },
	[NF_IPSEC_SEL_A_TYPE_MIN]	= { .type = NLA_U16 },
	[NF_IPSEC_SEL_A_TYPE_MAX]	= { .type = NLA_U16 },
	[NF_IPSEC_SEL_A_OPAQUE]		= { .type = NLA_U32 },
	[NF_IPSEC_SEL_A_SRC_MAX]	= { .type = NLA_BINARY, .len = 16 },
	[NF_IPSEC_SEL_A_DST_MAX]	= { .type = NLA_BINARY, .len = 16 },
	[NF_IPSEC_SEL_A_MARK]		= { .type = NLA_U32 },
	[NF_IPSEC_SEL_A_MARK_MASK]	= { .type = NLA_U32 },
	[NF_IPSEC_SEL_A_DEV]		= { .type = NLA_NUL_STRING,
					    .len = IPSEC_DEV_LEN - 1 },
};

/* --- in --- */

/**
 * struct sel_side - the attributes of the source or of the destination
 * @addr: enum nf_ipsec_sel_attr: the address
 * @plen: the prefix's length
 * @max: the end of a range
 * @range: IPSEC_SEL_SRC_RANGE or IPSEC_SEL_DST_RANGE
 */
struct sel_side {
	u16 addr;
	u16 plen;
	u16 max;
	u8 range;
};

static const struct sel_side sel_src = {
	NF_IPSEC_SEL_A_SRC, NF_IPSEC_SEL_A_SRC_PLEN, NF_IPSEC_SEL_A_SRC_MAX,
	IPSEC_SEL_SRC_RANGE,
};

static const struct sel_side sel_dst = {
	NF_IPSEC_SEL_A_DST, NF_IPSEC_SEL_A_DST_PLEN, NF_IPSEC_SEL_A_DST_MAX,
	IPSEC_SEL_DST_RANGE,
};

static int sel_prefix(const struct nlattr *attr, u8 family, u8 *plen,
		      struct netlink_ext_ack *extack)
{
	*plen = family == AF_INET ? 32 : 128;
	if (!attr)
		return 0;
	if (nla_get_u8(attr) > *plen)
		return ipsec_nl_err(extack, attr,
				    "the prefix is longer than the address");
	*plen = nla_get_u8(attr);
	return 0;
}

static int sel_range(struct nlattr **tb, const struct sel_side *side,
		     const struct ipsec_addr *min, struct ipsec_addr *max,
		     u8 *plen, struct ipsec_selector *sel,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = tb[side->max];
	u8 family;
	int err;

	if (tb[side->plen])
		return ipsec_nl_err(extack, tb[side->plen],
				    "a range has no prefix length");
	err = ipsec_nl_addr(attr, max, &family, extack);
	if (err)
		return err;
	if (family != sel->family)
		return ipsec_nl_err(extack, attr,
				    "the range's ends are of two families");
	if (memcmp(min, max, sizeof(*max)) > 0)
		return ipsec_nl_err(extack, attr,
				    "the range's end is below its start");
	if (ipsec_addr_range(min, max, family, plen))
		sel->ranges |= side->range;
	return 0;
}

static int sel_side(struct nlattr **tb, const struct sel_side *side,
		    struct ipsec_addr *min, struct ipsec_addr *max, u8 *plen,
		    struct ipsec_selector *sel, struct netlink_ext_ack *extack)
{
	u8 family;
	int err;

	err = ipsec_nl_addr(tb[side->addr], min, &family, extack);
	if (err)
		return err;
	if (!sel->family)
		sel->family = family;
	if (family != sel->family)
		return ipsec_nl_err(extack, tb[side->addr],
				    "source and destination are of two families");
	if (tb[side->max])
		return sel_range(tb, side, min, max, plen, sel, extack);
	return sel_prefix(tb[side->plen], family, plen, extack);
}

static int sel_ports(struct nlattr **tb, int min_type, int max_type,
		     u16 *min, u16 *max, struct netlink_ext_ack *extack)
{
	if (!tb[min_type] && !tb[max_type])
		return 0;
	if (!tb[min_type])
		return ipsec_nl_err(extack, tb[max_type],
				    "the lowest port or type is missing");
	*min = nla_get_u16(tb[min_type]);
	*max = tb[max_type] ? nla_get_u16(tb[max_type]) : *min;
	return 0;
}

/* What a type is kept as */
static u8 opaque_from(u32 bits)
{
	u8 opaque = bits & ~NF_IPSEC_OPAQUE_TYPE;

	return bits & NF_IPSEC_OPAQUE_TYPE ? opaque | NF_IPSEC_OPAQUE_SPORT :
					     opaque;
}

static int sel_opaque(struct nlattr **tb, struct ipsec_selector *sel, bool type,
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = tb[NF_IPSEC_SEL_A_OPAQUE];
	u32 ports = NF_IPSEC_OPAQUE_SPORT | NF_IPSEC_OPAQUE_DPORT;
	u32 bits;

	if (!attr)
		return 0;
	bits = nla_get_u32(attr);
	if (bits & ~(NF_IPSEC_OPAQUE_PROTO | NF_IPSEC_OPAQUE_TYPE | ports))
		return ipsec_nl_err(extack, attr, "there are no such fields");
	if ((bits & (type ? ports : NF_IPSEC_OPAQUE_TYPE)))
		return ipsec_nl_err(extack, attr,
				    "the protocol has no such field");
	sel->opaque = opaque_from(bits);
	return 0;
}

/* Protocol, and ports or type */
static int sel_upper(struct nlattr **tb, struct ipsec_selector *sel,
		     struct netlink_ext_ack *extack)
{
	enum ipsec_selector_type type = IPSEC_TYPE_NONE;
	bool typed;

	if (tb[NF_IPSEC_SEL_A_PROTO]) {
		sel->proto = nla_get_u8(tb[NF_IPSEC_SEL_A_PROTO]);
		sel->proto_set = 1;
		type = ipsec_selector_type(sel->family, sel->proto);
	}
	typed = type == IPSEC_TYPE_ICMP || type == IPSEC_TYPE_MH;
	if (!typed && (tb[NF_IPSEC_SEL_A_TYPE_MIN] ?:
		       tb[NF_IPSEC_SEL_A_TYPE_MAX]))
		return ipsec_nl_err(extack, tb[NF_IPSEC_SEL_A_TYPE_MIN] ?:
					    tb[NF_IPSEC_SEL_A_TYPE_MAX],
				    "the protocol has no type");
	if (typed && (tb[NF_IPSEC_SEL_A_SPORT_MIN] ?:
		      tb[NF_IPSEC_SEL_A_SPORT_MAX]))
		return ipsec_nl_err(extack, tb[NF_IPSEC_SEL_A_SPORT_MIN] ?:
					    tb[NF_IPSEC_SEL_A_SPORT_MAX],
				    "the protocol has no ports");
	return sel_ports(tb, typed ? NF_IPSEC_SEL_A_TYPE_MIN :
				     NF_IPSEC_SEL_A_SPORT_MIN,
			 typed ? NF_IPSEC_SEL_A_TYPE_MAX :
				 NF_IPSEC_SEL_A_SPORT_MAX,
			 &sel->sport_min, &sel->sport_max, extack) ?:
	       sel_ports(tb, NF_IPSEC_SEL_A_DPORT_MIN, NF_IPSEC_SEL_A_DPORT_MAX,
			 &sel->dport_min, &sel->dport_max, extack) ?:
	       sel_opaque(tb, sel, typed, extack);
}

static int sel_narrow(struct nlattr **tb, struct ipsec_selector *sel,
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *mask = tb[NF_IPSEC_SEL_A_MARK_MASK];
	const struct nlattr *mark = tb[NF_IPSEC_SEL_A_MARK];
	const struct nlattr *dev = tb[NF_IPSEC_SEL_A_DEV];

	if (mask && !mark)
		return ipsec_nl_err(extack, mask, "the mark is missing");
	if (mark) {
		sel->mark = nla_get_u32(mark);
		sel->mark_mask = mask ? nla_get_u32(mask) : U32_MAX;
		if (!sel->mark_mask || (sel->mark & ~sel->mark_mask))
			return ipsec_nl_err(extack, mask ?: mark,
					    "expected a mask with all bits of the mark, and not 0");
	}
	if (!dev)
		return 0;
	nla_strscpy(sel->dev, dev, sizeof(sel->dev));
	/* what is behind the end must be zeros, too: names are compared whole */
	if (!dev_valid_name(sel->dev) ||
	    memchr_inv(sel->dev + strlen(sel->dev), 0,
		       sizeof(sel->dev) - strlen(sel->dev)))
		return ipsec_nl_err(extack, dev, "expected a device's name");
	return 0;
}

static int sel_fields(struct nlattr **tb, const struct nlattr *nest,
		      struct ipsec_selector *sel,
		      struct netlink_ext_ack *extack)
{
	if (!tb[NF_IPSEC_SEL_A_SRC])
		return ipsec_nl_missing(extack, nest, NF_IPSEC_SEL_A_SRC,
					"the source prefix is missing");
	if (!tb[NF_IPSEC_SEL_A_DST])
		return ipsec_nl_missing(extack, nest, NF_IPSEC_SEL_A_DST,
					"the destination prefix is missing");
	ipsec_selector_any(sel, 0);
	return sel_side(tb, &sel_src, &sel->saddr, &sel->saddr_max,
			&sel->src_plen, sel, extack) ?:
	       sel_side(tb, &sel_dst, &sel->daddr, &sel->daddr_max,
			&sel->dst_plen, sel, extack) ?:
	       sel_upper(tb, sel, extack) ?: sel_narrow(tb, sel, extack);
}

int ipsec_nl_sel(const struct nlattr *nest, struct ipsec_selector *sel,
		 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NF_IPSEC_SEL_A_MAX + 1];
	const char *msg;
	int err;

	err = nla_parse_nested(tb, NF_IPSEC_SEL_A_MAX, nest, sel_policy,
			       extack) ?:
	      ipsec_nl_once(nla_data(nest), nla_len(nest), extack) ?:
	      sel_fields(tb, nest, sel, extack);
	if (err) {
		ipsec_nl_blame(extack, nest);
		return err;
	}
	msg = ipsec_selector_valid(sel);
	return msg ? ipsec_nl_err(extack, nest, msg) : 0;
}

static u32 sels_count(struct genl_info *info, u16 type)
{
	const struct nlattr *attr;
	u32 n = 0;
	int left;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, left)
		n += nla_type(attr) == type;
	return n;
}

/* @i: which of them, 0 is the first */
static const struct nlattr *sels_attr(struct genl_info *info, u16 type, u32 i)
{
	const struct nlattr *attr;
	int left;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, left)
		if (nla_type(attr) == type && !i--)
			return attr;
	return NULL;
}

static int sels_parse(struct genl_info *info, u16 type,
		      struct ipsec_selector *sel, u32 n)
{
	const struct nlattr *attr;
	const char *msg;
	u32 i = 0, at;
	int left, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, left) {
		if (nla_type(attr) != type)
			continue;
		err = ipsec_nl_sel(attr, &sel[i++], info->extack);
		if (err)
			return err;
	}
	msg = ipsec_sets_valid(sel, n, &at);
	if (msg)
		return ipsec_nl_err(info->extack, sels_attr(info, type, at),
				    msg);
	ipsec_sets_sort(sel, n);
	return 0;
}

int ipsec_nl_sels(struct genl_info *info, u16 type,
		  struct ipsec_selector *first, const struct ipsec_sets **more)
{
	u32 n = sels_count(info, type);
	struct ipsec_selector *sel;
	struct ipsec_sets *sets;
	int err;

	*more = NULL;
	if (n == 1)
		return ipsec_nl_sel(info->attrs[type], first, info->extack);
	if (n > NF_IPSEC_SETS_MAX)
		return ipsec_nl_err(info->extack,
				    sels_attr(info, type, NF_IPSEC_SETS_MAX),
				    "expected 64 selectors at most");
	sel = kcalloc(n, sizeof(*sel), GFP_KERNEL);
	sets = kmalloc(struct_size(sets, sel, n - 1), GFP_KERNEL);
	err = sel && sets ? sels_parse(info, type, sel, n) : -ENOMEM;
	if (err) {
		kfree(sets);
	} else {
		*first = sel[0];
		sets->n = n - 1;
		memcpy(sets->sel, sel + 1, (n - 1) * sizeof(*sel));
		*more = sets;
	}
	kfree(sel);
	return err;
}

/* --- out --- */

static int sel_side_put(struct sk_buff *skb, const struct ipsec_selector *sel,
			const struct sel_side *side,
			const struct ipsec_addr *addr,
			const struct ipsec_addr *max, u8 plen)
{
	if (ipsec_nl_addr_put(skb, side->addr, addr, sel->family))
		return -EMSGSIZE;
	if (sel->ranges & side->range)
		return ipsec_nl_addr_put(skb, side->max, max, sel->family);
	return nla_put_u8(skb, side->plen, plen);
}

static int sel_range_put(struct sk_buff *skb, u16 type, u16 min, u16 max)
{
	if (!min && max == U16_MAX)
		return 0;
	return nla_put_u16(skb, type, min) ?: nla_put_u16(skb, type + 1, max);
}

static int sel_opaque_put(struct sk_buff *skb, const struct ipsec_selector *sel,
			  bool typed)
{
	u32 bits = sel->opaque;

	if (!bits)
		return 0;
	if (typed)
		bits = NF_IPSEC_OPAQUE_TYPE;
	return nla_put_u32(skb, NF_IPSEC_SEL_A_OPAQUE, bits);
}

static int sel_upper_put(struct sk_buff *skb, const struct ipsec_selector *sel)
{
	enum ipsec_selector_type type = IPSEC_TYPE_NONE;
	bool typed;

	BUILD_BUG_ON(NF_IPSEC_SEL_A_SPORT_MAX != NF_IPSEC_SEL_A_SPORT_MIN + 1);
	BUILD_BUG_ON(NF_IPSEC_SEL_A_DPORT_MAX != NF_IPSEC_SEL_A_DPORT_MIN + 1);
	BUILD_BUG_ON(NF_IPSEC_SEL_A_TYPE_MAX != NF_IPSEC_SEL_A_TYPE_MIN + 1);
	if (sel->proto_set) {
		type = ipsec_selector_type(sel->family, sel->proto);
		if (nla_put_u8(skb, NF_IPSEC_SEL_A_PROTO, sel->proto))
			return -EMSGSIZE;
	}
	typed = type == IPSEC_TYPE_ICMP || type == IPSEC_TYPE_MH;
	return sel_range_put(skb, typed ? NF_IPSEC_SEL_A_TYPE_MIN :
					  NF_IPSEC_SEL_A_SPORT_MIN,
			     sel->sport_min, sel->sport_max) ?:
	       sel_range_put(skb, NF_IPSEC_SEL_A_DPORT_MIN, sel->dport_min,
			     sel->dport_max) ?:
	       sel_opaque_put(skb, sel, typed);
}

static int sel_narrow_put(struct sk_buff *skb, const struct ipsec_selector *sel)
{
	if (sel->mark_mask &&
	    (nla_put_u32(skb, NF_IPSEC_SEL_A_MARK, sel->mark) ||
	     nla_put_u32(skb, NF_IPSEC_SEL_A_MARK_MASK, sel->mark_mask)))
		return -EMSGSIZE;
	return sel->dev[0] ? nla_put_string(skb, NF_IPSEC_SEL_A_DEV, sel->dev) :
			     0;
}

int ipsec_nl_sel_put(struct sk_buff *skb, int type,
		     const struct ipsec_selector *sel)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest)
		return -EMSGSIZE;
	if (sel_side_put(skb, sel, &sel_src, &sel->saddr, &sel->saddr_max,
			 sel->src_plen) ||
	    sel_side_put(skb, sel, &sel_dst, &sel->daddr, &sel->daddr_max,
			 sel->dst_plen) ||
	    sel_upper_put(skb, sel) || sel_narrow_put(skb, sel)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

int ipsec_nl_sets_put(struct sk_buff *skb, int type,
		      const struct ipsec_sets *more)
{
	int err = 0;
	u32 i;

	for (i = 0; more && i < more->n && !err; i++)
		err = ipsec_nl_sel_put(skb, type, &more->sel[i]);
	return err;
}
