// SPDX-License-Identifier: GPL-2.0-only
/* Notices: a record of the packet, and what it has shown. */
#include "netlink_notice.h"

#include <net/genetlink.h>

#include "journal.h"
#include "notice.h"
#include "sa.h"
#include "tunnel.h"

static int ecn_put(struct sk_buff *skb, const struct ipsec_notice *n)
{
	return nla_put_u8(skb, NF_IPSEC_NOTICE_A_ECN_INNER, n->inner) ?:
	       nla_put_u8(skb, NF_IPSEC_NOTICE_A_ECN_OUTER, n->outer);
}

static int quoted_put(struct sk_buff *skb, const struct ipsec_sa *sa)
{
	return nla_put_u8(skb, NF_IPSEC_NOTICE_A_QUOTED_PROTO, sa->id.proto) ?:
	       nla_put_be32(skb, NF_IPSEC_NOTICE_A_QUOTED_SPI, sa->id.spi) ?:
	       ipsec_nl_addr_put(skb, NF_IPSEC_NOTICE_A_QUOTED_DST,
				 &sa->id.daddr, sa->id.family) ?:
	       nla_put_string(skb, NF_IPSEC_NOTICE_A_QUOTED_TUNNEL,
			      sa->tunnel->name);
}

static int icmp_put(struct sk_buff *skb, const struct ipsec_notice *n)
{
	if (nla_put_u8(skb, NF_IPSEC_NOTICE_A_TYPE, n->type) ||
	    nla_put_u8(skb, NF_IPSEC_NOTICE_A_CODE, n->code) ||
	    (n->mtu && nla_put_u32(skb, NF_IPSEC_NOTICE_A_MTU, n->mtu)))
		return -EMSGSIZE;
	return n->quoted ? quoted_put(skb, n->quoted) : 0;
}

static int nest_put(struct sk_buff *skb, const struct ipsec_notice *n)
{
	struct nlattr *nest = nla_nest_start(skb, NF_IPSEC_DROP_A_NOTICE);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = nla_put_u8(skb, NF_IPSEC_NOTICE_A_KIND, n->kind) ?:
	      nla_put_u64_64bit(skb, NF_IPSEC_NOTICE_A_LEFT_OUT, n->left_out,
				NF_IPSEC_NOTICE_A_PAD) ?:
	      (n->kind == NF_IPSEC_NOTICE_ECN ? ecn_put(skb, n) :
						icmp_put(skb, n));
	nla_nest_end(skb, nest);
	return err;
}

int ipsec_nl_notice_put(struct sk_buff *skb, const struct ipsec_record *rec,
			const struct ipsec_notice *notice,
			const struct ipsec_nl_msg *msg)
{
	void *hdr = ipsec_nl_begin(skb, msg);

	if (!hdr)
		return -EMSGSIZE;
	if (ipsec_nl_record_put(skb, rec, notice->word, ipsec_nl_clock()) ||
	    nest_put(skb, notice)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}
