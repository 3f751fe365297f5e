// SPDX-License-Identifier: GPL-2.0-only
/* Policies: attributes to parameters, policy to attributes. */
#include "netlink.h"

#include <net/genetlink.h>
#include <net/sock.h>

#include "compat.h"
#include "drop.h"
#include "key.h"
#include "lib/pfp.h"
#include "netlink_sel.h"
#include "netns.h"
#include "spd.h"
#include "tunnel.h"

/* Direction, priority and selector. */
static int parse_name(struct genl_info *info, struct ipsec_sp_params *p)
{
	int err;

	err = ipsec_nl_need(info, NF_IPSEC_POLICY_A_DIR,
			    "the direction is missing") ?:
	      ipsec_nl_need(info, NF_IPSEC_POLICY_A_PRIORITY,
			    "the priority is missing") ?:
	      ipsec_nl_need(info, NF_IPSEC_POLICY_A_SEL,
			    "the selector is missing");
	if (err)
		return err;
	p->dir = nla_get_u8(info->attrs[NF_IPSEC_POLICY_A_DIR]);
	p->priority = nla_get_u32(info->attrs[NF_IPSEC_POLICY_A_PRIORITY]);
	return ipsec_nl_sels(info, NF_IPSEC_POLICY_A_SEL, &p->sel, &p->more);
}

/* What an SA takes from the packet that it is made for */
static int parse_pfp(struct genl_info *info, struct ipsec_sp_params *p)
{
	const struct nlattr *attr = info->attrs[NF_IPSEC_POLICY_A_PFP];
	const char *msg;
	u32 i;

	if (!attr)
		return 0;
	p->pfp = nla_get_u32(attr);
	if (p->action != NF_IPSEC_ACTION_PROTECT || p->dir != NF_IPSEC_DIR_OUT)
		return ipsec_nl_err(info->extack, attr,
				    "only what protects on the way out asks for SAs");
	msg = ipsec_pfp_valid(p->pfp, &p->sel);
	for (i = 0; !msg && p->more && i < p->more->n; i++)
		msg = ipsec_pfp_valid(p->pfp, &p->more->sel[i]);
	return msg ? ipsec_nl_err(info->extack, attr, msg) : 0;
}

static int parse_sp(struct genl_info *info, struct ipsec_sp_params *p)
{
	int err;

	err = parse_name(info, p) ?:
	      ipsec_nl_need(info, NF_IPSEC_POLICY_A_ACTION,
			    "the action is missing") ?:
	      ipsec_nl_tunnel(info->attrs[NF_IPSEC_POLICY_A_TUNNEL], p->tunnel,
			      info->extack);
	if (err)
		return err;
	p->action = nla_get_u8(info->attrs[NF_IPSEC_POLICY_A_ACTION]);
	if (p->action == NF_IPSEC_ACTION_PROTECT && !*p->tunnel)
		return ipsec_nl_missing(info->extack, NULL,
					NF_IPSEC_POLICY_A_TUNNEL,
					"protect needs the name of a tunnel");
	return parse_pfp(info, p);
}

static struct ipsec_sp *sp_of(struct ipsec_net *ipn,
			      const struct ipsec_sp_id *id, u32 number)
{
	if (id)
		return ipsec_spd_find(ipn, id, ipsec_net_current(ipn));
	return ipsec_spd_find_number(ipn, number);
}

/* Send the policy, or free @skb. */
static int sp_answer(struct genl_info *info, const struct ipsec_sp_id *id,
		     u32 number, struct sk_buff *skb)
{
	struct ipsec_net *ipn = ipsec_net(genl_info_net(info));
	struct ipsec_nl_msg msg = {
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.cmd = info->genlhdr->cmd,
	};
	struct ipsec_sp *sp;
	int err = -ENOENT;

	mutex_lock(&ipn->lock);
	sp = sp_of(ipn, id, number);
	if (sp)
		err = ipsec_nl_sp_put(skb, sp, &msg);
	mutex_unlock(&ipn->lock);
	if (!err)
		return genlmsg_reply(skb, info);
	nlmsg_free(skb);
	return err;
}

static int sp_new(struct genl_info *info, struct ipsec_txn *txn,
		  struct ipsec_sp_params *p)
{
	enum ipsec_txn_how how;

	return ipsec_nl_check(info, ipsec_nl_sp_rules) ?: ipsec_nl_how(info, &how) ?:
	       parse_sp(info, p) ?:
	       ipsec_txn_sp_new(txn, p, how, info->extack);
}

static void sp_blame(struct genl_info *info, int err)
{
	u16 type = err == -EXDEV ? NF_IPSEC_POLICY_A_TUNNEL :
				   NF_IPSEC_POLICY_A_SEL;

	if (info->extack && !info->extack->miss_type &&
	    (err == -EXDEV || err == -EEXIST))
		ipsec_nl_blame(info->extack, info->attrs[type]);
}

int ipsec_nl_sp_new(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsec_net *ipn = ipsec_net(genl_info_net(info));
	struct sk_buff *echo = NULL;
	struct ipsec_sp_params p = {};
	struct ipsec_sp_id id;
	struct ipsec_txn *txn;
	int err;

	txn = ipsec_txn_enter(ipn, info->snd_portid, info->extack);
	if (IS_ERR(txn))
		return PTR_ERR(txn);
	if ((info->nlhdr->nlmsg_flags & NLM_F_ECHO) && !ipsec_txn_open(txn))
		echo = genlmsg_new(IPSEC_NL_MSG_MAX, GFP_KERNEL);
	err = ipsec_txn_leave(txn, sp_new(info, txn, &p), info->extack);
	if (err) {
		sp_blame(info, err);
		nlmsg_free(echo);
	} else if (echo) {
		/* the change is made, whether the echo is heard or not */
		ipsec_sp_name(&id, &p);
		sp_answer(info, &id, 0, echo);
	}
	kfree(p.more);
	return err;
}

/* By number, or by direction, priority and selector */
static int parse_which(struct genl_info *info, struct ipsec_sp_id *id,
		       u32 *number)
{
	const struct nlattr *attr = info->attrs[NF_IPSEC_POLICY_A_ID];
	struct ipsec_sp_params p = {};
	int err;

	*number = 0;
	err = ipsec_nl_no_tunnel(info, NF_IPSEC_POLICY_A_TUNNEL);
	if (err)
		return err;
	if (attr && (info->attrs[NF_IPSEC_POLICY_A_SEL] ||
		     info->attrs[NF_IPSEC_POLICY_A_DIR] ||
		     info->attrs[NF_IPSEC_POLICY_A_PRIORITY]))
		return ipsec_nl_err(info->extack, attr,
				    "expected the id alone, or direction, priority and selector");
	if (attr) {
		*number = nla_get_u32(attr);
		return 0;
	}
	err = parse_name(info, &p);
	if (!err)
		ipsec_sp_name(id, &p);
	kfree(p.more);
	return err;
}

static const struct nlattr *sp_named_by(struct genl_info *info)
{
	return info->attrs[NF_IPSEC_POLICY_A_ID] ?:
	       info->attrs[NF_IPSEC_POLICY_A_SEL];
}

int ipsec_nl_sp_del(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsec_net *ipn = ipsec_net(genl_info_net(info));
	struct ipsec_sp_id id;
	struct ipsec_txn *txn;
	u32 number;
	int err;

	txn = ipsec_txn_enter(ipn, info->snd_portid, info->extack);
	if (IS_ERR(txn))
		return PTR_ERR(txn);
	err = ipsec_nl_check(info, ipsec_nl_sp_rules) ?: parse_which(info, &id, &number) ?:
	      ipsec_txn_sp_del(txn, number ? NULL : &id, number,
			       info->attrs[NF_IPSEC_POLICY_A_WITH_SAS],
			       info->extack);
	err = ipsec_txn_leave(txn, err, info->extack);
	if (err == -ENOENT || err == -EXDEV)
		ipsec_nl_blame(info->extack, sp_named_by(info));
	return err;
}

int ipsec_nl_sp_get(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	struct ipsec_sp_id id;
	u32 number;
	int err;

	err = ipsec_nl_check(info, ipsec_nl_sp_rules) ?: parse_which(info, &id, &number);
	if (err)
		return err;
	reply = genlmsg_new(IPSEC_NL_MSG_MAX, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	err = sp_answer(info, number ? NULL : &id, number, reply);
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack, sp_named_by(info),
				    IPSEC_MSG_SP_NONE);
	return err;
}

int ipsec_nl_sp_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsec_net *ipn = ipsec_net(genl_info_net(info));
	char tunnel[NF_IPSEC_NAME_MAX + 1];
	struct ipsec_txn *txn;
	int err;

	txn = ipsec_txn_enter(ipn, info->snd_portid, info->extack);
	if (IS_ERR(txn))
		return PTR_ERR(txn);
	err = ipsec_nl_check(info, ipsec_nl_sp_rules) ?:
	      ipsec_nl_tunnel(info->attrs[NF_IPSEC_POLICY_A_TUNNEL], tunnel,
			      info->extack) ?:
	      ipsec_txn_flush(txn, true, tunnel, info->extack);
	return ipsec_txn_leave(txn, err, info->extack);
}

static int put_name(struct sk_buff *skb, const struct ipsec_sp *sp,
		    const struct ipsec_selector *sel)
{
	if (sp->tunnel && nla_put_string(skb, NF_IPSEC_POLICY_A_TUNNEL,
					 sp->tunnel->name))
		return -EMSGSIZE;
	return nla_put_u32(skb, NF_IPSEC_POLICY_A_ID, sp->id) ?:
	       nla_put_u8(skb, NF_IPSEC_POLICY_A_DIR, sp->dir) ?:
	       nla_put_u32(skb, NF_IPSEC_POLICY_A_PRIORITY, sp->priority) ?:
	       nla_put_u8(skb, NF_IPSEC_POLICY_A_ACTION, sp->action) ?:
	       (sp->pfp ? nla_put_u32(skb, NF_IPSEC_POLICY_A_PFP, sp->pfp) : 0) ?:
	       ipsec_nl_sel_put(skb, NF_IPSEC_POLICY_A_SEL, sel);
}

static int put_usage(struct sk_buff *skb, const struct ipsec_sp *sp)
{
	u64 packets = 0, bytes = 0;
	int cpu, err;

	for_each_possible_cpu(cpu) {
		const struct ipsec_usage *u = per_cpu_ptr(sp->usage, cpu);

		packets += READ_ONCE(u->packets);
		bytes += READ_ONCE(u->bytes);
	}
	err = nla_put_u64_64bit(skb, NF_IPSEC_POLICY_A_PACKETS, packets,
				NF_IPSEC_POLICY_A_PAD) ?:
	      nla_put_u64_64bit(skb, NF_IPSEC_POLICY_A_BYTES, bytes,
				NF_IPSEC_POLICY_A_PAD);
	if (err)
		return err;
	rcu_read_lock();
	err = ipsec_nl_drops_put(skb, NF_IPSEC_POLICY_A_DROPS,
				 rcu_dereference(sp->drops));
	rcu_read_unlock();
	return err;
}

int ipsec_nl_sp_put(struct sk_buff *skb, const struct ipsec_sp *sp,
		    const struct ipsec_nl_msg *msg)
{
	void *hdr = ipsec_nl_begin(skb, msg);

	if (!hdr)
		return -EMSGSIZE;
	if (put_name(skb, sp, &sp->sel) ||
	    ipsec_nl_sets_put(skb, NF_IPSEC_POLICY_A_SEL, sp->more) ||
	    put_usage(skb, sp)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

int ipsec_nl_acquire_put(struct sk_buff *skb,
			 const struct ipsec_nl_acquire *acquire,
			 const struct ipsec_nl_msg *msg)
{
	void *hdr = ipsec_nl_begin(skb, msg);
	int err;
	u32 i;

	if (!hdr)
		return -EMSGSIZE;
	err = put_name(skb, acquire->sp, &acquire->sel[0]);
	for (i = 1; i < acquire->n && !err; i++)
		err = ipsec_nl_sel_put(skb, NF_IPSEC_POLICY_A_SEL,
				       &acquire->sel[i]);
	if (err || ipsec_nl_sel_put(skb, NF_IPSEC_POLICY_A_PACKET,
				    acquire->packet)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

int ipsec_nl_sp_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct ipsec_net *ipn = ipsec_net(sock_net(skb->sk));
	struct ipsec_nl_dump *dump = (void *)cb->ctx;
	struct ipsec_nl_msg msg = {
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.cmd = NF_IPSEC_CMD_POLICY_GET,
		.cb = cb,
	};
	struct ipsec_sp *sp;
	int err;

	err = ipsec_nl_dump_start(cb, NF_IPSEC_POLICY_A_TUNNEL, NF_IPSEC_POLICY_A_SEL);
	if (err)
		return err;
	mutex_lock(&ipn->lock);
	cb->seq = (u32)(ipn->generation >> 1) ?: 1;
	for (; (sp = ipsec_spd_walk(ipn, &dump->next)); dump->next++) {
		if (*dump->tunnel && (!sp->tunnel ||
				      strcmp(sp->tunnel->name, dump->tunnel)))
			continue;
		err = ipsec_nl_sp_put(skb, sp, &msg);
		if (err)
			break;
	}
	mutex_unlock(&ipn->lock);
	return skb->len ?: err;
}
