// SPDX-License-Identifier: GPL-2.0-only
/* What requests and answers have in common: attributes in and out. */
#include "netlink.h"

#include <linux/ctype.h>
#include <linux/in.h>
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "compat.h"
#include "drop.h"
#include "lib/addr.h"
#include "netlink_sel.h"

int ipsec_nl_err(struct netlink_ext_ack *extack, const struct nlattr *attr,
		 const char *msg)
{
	ipsec_extack_msg(extack, msg);
	ipsec_nl_blame(extack, attr);
	return -EINVAL;
}

void ipsec_nl_blame(struct netlink_ext_ack *extack, const struct nlattr *attr)
{
	if (extack && attr && !extack->bad_attr)
		extack->bad_attr = attr;
}

int ipsec_nl_missing(struct netlink_ext_ack *extack, const struct nlattr *nest,
		     u16 type, const char *msg)
{
	if (extack) {
		extack->miss_type = type;
		extack->miss_nest = nest;
	}
	ipsec_extack_msg(extack, msg);
	return -EINVAL;
}

int ipsec_nl_need(struct genl_info *info, u16 type, const char *msg)
{
	if (info->attrs[type])
		return 0;
	return ipsec_nl_missing(info->extack, NULL, type, msg);
}

void ipsec_nl_wipe(struct genl_info *info, u16 type)
{
	struct nlattr *attr;
	int left;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, left) {
		if (nla_type(attr) == type)
			memzero_explicit(nla_data(attr), nla_len(attr));
	}
}

/* @many: bits of those that may be given several times */
static int once_but(const struct nlattr *head, int len, u64 many,
		    struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	u64 seen = 0;
	int left;

	nla_for_each_attr(attr, head, len, left) {
		if (seen & BIT_ULL(nla_type(attr) % 64))
			return ipsec_nl_err(extack, attr,
					    "this attribute is given twice");
		seen |= BIT_ULL(nla_type(attr) % 64) & ~many;
	}
	return 0;
}

int ipsec_nl_once(const struct nlattr *head, int len,
		  struct netlink_ext_ack *extack)
{
	return once_but(head, len, 0, extack);
}

const struct ipsec_nl_rule ipsec_nl_sa_rules[] = {
	{ NF_IPSEC_SA_A_DIR, NF_IPSEC_DIR_IN, NF_IPSEC_DIR_OUT,
	  "expected 1 (in) or 2 (out)" },
	{ NF_IPSEC_SA_A_PROTO, IPPROTO_ESP, IPPROTO_AH,
	  "expected 50 (ESP) or 51 (AH)" },
	{ NF_IPSEC_SA_A_MODE, NF_IPSEC_MODE_TUNNEL, NF_IPSEC_MODE_TRANSPORT,
	  "expected 1 (tunnel) or 2 (transport)" },
	{ NF_IPSEC_SA_A_FLAGS, 0, NF_IPSEC_SA_F_ESN | NF_IPSEC_SA_F_ICV_PAD8 |
	  NF_IPSEC_SA_F_PAD_ANY | NF_IPSEC_SA_F_STAY | NF_IPSEC_SA_F_WRAP |
	  NF_IPSEC_SA_F_ECN_CLEAR | NF_IPSEC_SA_F_FRAG_AFTER |
	  NF_IPSEC_SA_F_EXCHANGED,
	  "there are no such flags" },
	{ NF_IPSEC_SA_A_REPLAY_WINDOW, 0, NF_IPSEC_REPLAY_WINDOW_MAX,
	  "expected a replay window of 0 to 8192 packets" },
	{ NF_IPSEC_SA_A_DF, NF_IPSEC_DF_COPY, NF_IPSEC_DF_CLEAR,
	  "expected 1 (copy), 2 (set) or 3 (clear)" },
	{ NF_IPSEC_SA_A_DSCP, 0, 63, "expected a DSCP of 0 to 63" },
	{ NF_IPSEC_SA_A_TTL, 1, 255, "expected a TTL of 1 to 255" },
	{ NF_IPSEC_SA_A_MATCH, NF_IPSEC_MATCH_DST, NF_IPSEC_MATCH_SRC_DST,
	  "expected 0 (dst), 1 (spi) or 2 (src-dst)" },
	{ NF_IPSEC_SA_A_SEL, .msg = "", .many = true },
	{ }
};

const struct ipsec_nl_rule ipsec_nl_sp_rules[] = {
	{ NF_IPSEC_POLICY_A_ID, 1, U32_MAX, "no policy has the id 0" },
	{ NF_IPSEC_POLICY_A_DIR, NF_IPSEC_DIR_IN, NF_IPSEC_DIR_OUT,
	  "expected 1 (in) or 2 (out)" },
	{ NF_IPSEC_POLICY_A_ACTION, NF_IPSEC_ACTION_BYPASS,
	  NF_IPSEC_ACTION_PROTECT,
	  "expected 1 (bypass), 2 (discard) or 3 (protect)" },
	{ NF_IPSEC_POLICY_A_PFP, 1, NF_IPSEC_PFP_SRC | NF_IPSEC_PFP_DST |
	  NF_IPSEC_PFP_PROTO | NF_IPSEC_PFP_SPORT | NF_IPSEC_PFP_DPORT |
	  NF_IPSEC_PFP_TYPE, "there are no such fields" },
	{ NF_IPSEC_POLICY_A_SEL, .msg = "", .many = true },
	{ }
};

static int attr_rule(const struct nlattr *attr, const struct ipsec_nl_rule *r,
		     struct netlink_ext_ack *extack)
{
	u32 value;

	for (; r && r->msg; r++) {
		if (r->type != nla_type(attr) || r->many)
			continue;
		value = nla_len(attr) == 1 ? nla_get_u8(attr) :
					     nla_get_u32(attr);
		if (value < r->min || value > r->max)
			return ipsec_nl_err(extack, attr, r->msg);
	}
	return 0;
}

static u64 rules_many(const struct ipsec_nl_rule *r)
{
	u64 many = 0;

	for (; r && r->msg; r++)
		if (r->many)
			many |= BIT_ULL(r->type);
	return many;
}

int ipsec_nl_check(struct genl_info *info, const struct ipsec_nl_rule *rules)
{
	const struct nlattr *attr;
	int left, err;

	if (info->genlhdr->reserved) {
		NL_SET_ERR_MSG(info->extack, "the header's reserved field is not zero");
		return -EINVAL;
	}
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, left) {
		err = attr_rule(attr, rules, info->extack);
		if (err)
			return err;
	}
	return once_but(nlmsg_attrdata(info->nlhdr, GENL_HDRLEN),
			nlmsg_attrlen(info->nlhdr, GENL_HDRLEN),
			rules_many(rules), info->extack);
}

int ipsec_nl_how(struct genl_info *info, enum ipsec_txn_how *how)
{
	u16 flags = info->nlhdr->nlmsg_flags;

	if (flags & ~(NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO | NLM_F_CREATE |
		      NLM_F_EXCL | NLM_F_REPLACE)) {
		NL_SET_ERR_MSG(info->extack, "the header has flags that mean nothing here");
		return -EINVAL;
	}
	*how = flags & NLM_F_REPLACE ? IPSEC_TXN_REPLACE : IPSEC_TXN_ADD;
	return 0;
}

int ipsec_nl_addr(const struct nlattr *attr, struct ipsec_addr *addr,
		  u8 *family, struct netlink_ext_ack *extack)
{
	int len = nla_len(attr);

	if (len != 4 && len != 16)
		return ipsec_nl_err(extack, attr,
				    "expected an address of 4 or 16 octets");
	memset(addr, 0, sizeof(*addr));
	nla_memcpy(addr, attr, len);
	*family = len == 4 ? AF_INET : AF_INET6;
	return 0;
}

static bool is_unicast(const struct ipsec_addr *addr, u8 family)
{
	const struct in6_addr *a6 = (const struct in6_addr *)addr;

	if (family == AF_INET)
		return !ipv4_is_zeronet(addr->a4) &&
		       !ipv4_is_multicast(addr->a4) &&
		       !ipv4_is_lbcast(addr->a4);
	return !ipv6_addr_any(a6) && !ipv6_addr_is_multicast(a6);
}

int ipsec_nl_end(struct genl_info *info, u16 type, struct ipsec_addr *addr,
		 u8 *family)
{
	const struct nlattr *attr = info->attrs[type];
	int err;

	err = ipsec_nl_addr(attr, addr, family, info->extack);
	if (!err && !is_unicast(addr, *family))
		err = ipsec_nl_err(info->extack, attr,
				   "expected a unicast address");
	return err;
}

int ipsec_nl_tunnel(const struct nlattr *attr, char *name,
		    struct netlink_ext_ack *extack)
{
	const char *c;

	memset(name, 0, NF_IPSEC_NAME_MAX + 1);
	if (!attr)
		return 0;
	if (nla_strscpy(name, attr, NF_IPSEC_NAME_MAX + 1) < 1)
		return ipsec_nl_err(extack, attr,
				    "expected a name of 1 to 31 octets");
	for (c = name; *c; c++) {
		/* what is read back from a file; isalnum() knows Latin-1 */
		if (!isascii(*c) || (!isalnum(*c) && !strchr("._-", *c)))
			return ipsec_nl_err(extack, attr,
					    "expected a name of A-Z a-z 0-9 . _ -");
	}
	return 0;
}

int ipsec_nl_addr_put(struct sk_buff *skb, int type,
		      const struct ipsec_addr *addr, u8 family)
{
	return nla_put(skb, type, family == AF_INET ? 4 : 16, addr);
}

int ipsec_nl_counter_put(struct sk_buff *skb, const char *name, u64 value)
{
	struct nlattr *nest = nla_nest_start(skb, NF_IPSEC_STATS_A_COUNTER);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_string(skb, NF_IPSEC_COUNTER_A_NAME, name) ||
	    nla_put_u64_64bit(skb, NF_IPSEC_COUNTER_A_VALUE, value,
			      NF_IPSEC_COUNTER_A_PAD)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

int ipsec_nl_drops_put(struct sk_buff *skb, int type,
		       const struct ipsec_drops *drops)
{
	struct nlattr *nest;
	int i, err = 0;
	u64 n;

	if (!drops)
		return 0;
	nest = nla_nest_start(skb, type);
	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i < __IPSEC_DROP_MAX && !err; i++) {
		n = atomic64_read(&drops->n[i]);
		if (n)
			err = ipsec_nl_counter_put(skb, ipsec_drop_name(i), n);
	}
	if (err)
		nla_nest_cancel(skb, nest);
	else
		nla_nest_end(skb, nest);
	return err;
}

void *ipsec_nl_begin(struct sk_buff *skb, const struct ipsec_nl_msg *msg)
{
	void *hdr;

	hdr = genlmsg_put(skb, msg->portid, msg->seq, &ipsec_nl_family,
			  msg->flags, msg->cmd);
	if (hdr && msg->cb)
		genl_dump_check_consistent(msg->cb, hdr);
	return hdr;
}

int ipsec_nl_no_tunnel(struct genl_info *info, u16 type)
{
	if (!info->attrs[type])
		return 0;
	return ipsec_nl_err(info->extack, info->attrs[type],
			    "only a dump is selected by a tunnel");
}

int ipsec_nl_dump_room(struct netlink_callback *cb)
{
	cb->min_dump_alloc = IPSEC_NL_MSG_MAX;
	return 0;
}

int ipsec_nl_dump_start(struct netlink_callback *cb, u16 tunnel, u16 max)
{
	struct ipsec_nl_dump *dump = (void *)cb->ctx;
	struct nlattr **attrs = genl_dumpit_info(cb)->attrs;
	int i;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	if (dump->started)
		return 0;
	for (i = 1; attrs && i <= max; i++) {
		if (attrs[i] && i != tunnel)
			return ipsec_nl_err(cb->extack, attrs[i],
					    "a dump is selected by a tunnel only");
	}
	dump->started = true;
	return ipsec_nl_tunnel(attrs ? attrs[tunnel] : NULL, dump->tunnel,
			       cb->extack);
}
