// SPDX-License-Identifier: GPL-2.0-only
/* Records of dropped packets, and the switch for them. */
#include "netlink_notice.h"

#include <linux/ktime.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "drop.h"
#include "journal.h"
#include "netlink_sel.h"
#include "netns.h"

/**
 * struct drop_dump - the state of a dump
 * @recs: all of them, as they were when it began
 * @n: how many
 * @next: the next one
 * @clock: ipsec_nl_clock() when it began
 */
struct drop_dump {
	struct ipsec_record *recs;
	u32 n;
	u32 next;
	u64 clock;
};

static const struct ipsec_nl_rule drop_rules[] = {
	{ NF_IPSEC_DROP_A_RECORD, 0, 1, "expected 0 (off) or 1 (on)" },
	{ }
};

u64 ipsec_nl_clock(void)
{
	return ktime_get_real_ns() - ktime_get_boottime_ns();
}

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, NF_IPSEC_DROP_A_PAD);
}

static const char *reason_name(u8 reason)
{
	return reason == IPSEC_JOURNAL_UNKNOWN_SPI ?
		ipsec_count_name(IPSEC_COUNT_IN_UNKNOWN_SPI) :
		ipsec_drop_name(reason);
}

/* The ESP or AH packet */
static int outer_put(struct sk_buff *skb, const struct ipsec_record *rec)
{
	const struct ipsec_record_id *id = &rec->id;

	if (!id->ofamily)
		return 0;
	if (ipsec_nl_addr_put(skb, NF_IPSEC_DROP_A_OUTER_SRC, &id->osaddr,
			      id->ofamily) ||
	    ipsec_nl_addr_put(skb, NF_IPSEC_DROP_A_OUTER_DST, &id->odaddr,
			      id->ofamily) ||
	    nla_put_u8(skb, NF_IPSEC_DROP_A_PROTO, id->oproto))
		return -EMSGSIZE;
	if ((id->flags & IPSEC_RECORD_SPI) &&
	    nla_put_be32(skb, NF_IPSEC_DROP_A_SPI, id->spi))
		return -EMSGSIZE;
	return rec->seq_set ? put_u64(skb, NF_IPSEC_DROP_A_SEQ, rec->seq) : 0;
}

/* The packet before protection */
static int packet_put(struct sk_buff *skb, const struct ipsec_record *rec)
{
	const struct ipsec_record_id *id = &rec->id;

	if (!id->family)
		return 0;
	if (ipsec_nl_addr_put(skb, NF_IPSEC_DROP_A_SRC, &id->saddr,
			      id->family) ||
	    ipsec_nl_addr_put(skb, NF_IPSEC_DROP_A_DST, &id->daddr,
			      id->family) ||
	    nla_put_u8(skb, NF_IPSEC_DROP_A_UPPER, id->proto))
		return -EMSGSIZE;
	if (!rec->ports)
		return 0;
	return nla_put_u16(skb, NF_IPSEC_DROP_A_SPORT, rec->sport) ?:
	       nla_put_u16(skb, NF_IPSEC_DROP_A_DPORT, rec->dport);
}

int ipsec_nl_record_put(struct sk_buff *skb, const struct ipsec_record *rec,
			const char *word, u64 clock)
{
	const struct ipsec_record_id *id = &rec->id;

	if (nla_put_string(skb, NF_IPSEC_DROP_A_REASON, word) ||
	    nla_put_u8(skb, NF_IPSEC_DROP_A_DIR, id->dir) ||
	    put_u64(skb, NF_IPSEC_DROP_A_COUNT, rec->count) ||
	    put_u64(skb, NF_IPSEC_DROP_A_FIRST, rec->first + clock) ||
	    put_u64(skb, NF_IPSEC_DROP_A_LAST, rec->last + clock))
		return -EMSGSIZE;
	if ((id->ifindex &&
	     nla_put_u32(skb, NF_IPSEC_DROP_A_IFINDEX, id->ifindex)) ||
	    outer_put(skb, rec) || packet_put(skb, rec) ||
	    (rec->flow && nla_put_u32(skb, NF_IPSEC_DROP_A_FLOW, rec->flow)))
		return -EMSGSIZE;
	if ((*rec->tunnel &&
	     nla_put_string(skb, NF_IPSEC_DROP_A_TUNNEL, rec->tunnel)) ||
	    (id->policy &&
	     nla_put_u32(skb, NF_IPSEC_DROP_A_POLICY, id->policy)))
		return -EMSGSIZE;
	return rec->sel_set ?
		ipsec_nl_sel_put(skb, NF_IPSEC_DROP_A_SEL, &rec->sel) : 0;
}

int ipsec_nl_drop_put(struct sk_buff *skb, const struct ipsec_record *rec,
		      u64 clock, const struct ipsec_nl_msg *msg)
{
	void *hdr = ipsec_nl_begin(skb, msg);

	if (!hdr)
		return -EMSGSIZE;
	if (ipsec_nl_record_put(skb, rec, reason_name(rec->id.reason),
				clock)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

int ipsec_nl_drop_get(struct sk_buff *req, struct genl_info *info)
{
	struct ipsec_net *ipn = ipsec_net(genl_info_net(info));
	struct ipsec_nl_msg msg = {
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.cmd = NF_IPSEC_CMD_DROP_GET,
	};
	struct sk_buff *skb;
	void *hdr;

	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	hdr = ipsec_nl_begin(skb, &msg);
	if (!hdr || nla_put_u8(skb, NF_IPSEC_DROP_A_RECORD,
			       !READ_ONCE(ipn->journal_off))) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

int ipsec_nl_drop_set(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsec_net *ipn = ipsec_net(genl_info_net(info));
	int err;

	err = ipsec_nl_check(info, drop_rules) ?:
	      ipsec_nl_need(info, NF_IPSEC_DROP_A_RECORD,
			    "whether drops are recorded is missing");
	if (err)
		return err;
	mutex_lock(&ipn->lock);
	WRITE_ONCE(ipn->journal_off,
		   !nla_get_u8(info->attrs[NF_IPSEC_DROP_A_RECORD]));
	mutex_unlock(&ipn->lock);
	return 0;
}

int ipsec_nl_drop_start(struct netlink_callback *cb)
{
	struct drop_dump *dump = (void *)cb->ctx;
	struct ipsec_record *recs;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	recs = ipsec_journal_read(ipsec_net(sock_net(cb->skb->sk)), &dump->n);
	if (IS_ERR(recs))
		return PTR_ERR(recs);
	dump->recs = recs;
	dump->clock = ipsec_nl_clock();
	return 0;
}

int ipsec_nl_drop_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct drop_dump *dump = (void *)cb->ctx;
	struct ipsec_nl_msg msg = {
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.cmd = NF_IPSEC_CMD_DROP_GET,
	};

	for (; dump->next < dump->n; dump->next++)
		if (ipsec_nl_drop_put(skb, &dump->recs[dump->next],
				      dump->clock, &msg))
			break;
	return skb->len;
}

int ipsec_nl_drop_done(struct netlink_callback *cb)
{
	struct drop_dump *dump = (void *)cb->ctx;

	kvfree(dump->recs);
	return 0;
}
