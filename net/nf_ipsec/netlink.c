// SPDX-License-Identifier: GPL-2.0-only
/* The family: its operations, who may use them, statistics, transactions. */
#include "netlink.h"

#include <net/genetlink.h>

#include "compat.h"
#include "drop.h"
#include "netns.h"
#include "settings.h"

/* The tables say what there is and how long it is; netlink_attr.c looks at
 * values, with a message for each.  A function in a table could say as much, but
 * the kernel cannot show such a table to user space.
 */
#define TUNNEL		{ .type = NLA_NUL_STRING, .len = NF_IPSEC_NAME_MAX }
#define ADDRESS		{ .type = NLA_BINARY, .len = 16 }
#define ICMP_TYPES	NLA_POLICY_EXACT_LEN(NF_IPSEC_ICMP_TYPES_LEN)

static const struct nla_policy sa_policy[NF_IPSEC_SA_A_MAX + 1] = {
	[NF_IPSEC_SA_A_TUNNEL]		= TUNNEL,
	[NF_IPSEC_SA_A_DIR]		= { .type = NLA_U8 },
	[NF_IPSEC_SA_A_PROTO]		= { .type = NLA_U8 },
	[NF_IPSEC_SA_A_MODE]		= { .type = NLA_U8 },
	[NF_IPSEC_SA_A_SPI]		= { .type = NLA_U32 },
	[NF_IPSEC_SA_A_LOCAL]		= ADDRESS,
	[NF_IPSEC_SA_A_REMOTE]		= ADDRESS,
	[NF_IPSEC_SA_A_ENC]		= { .type = NLA_U16 },
	[NF_IPSEC_SA_A_AUTH]		= { .type = NLA_U16 },
	[NF_IPSEC_SA_A_KEY]		= { .type = NLA_BINARY,
					    .len = NF_IPSEC_KEY_MAX },
	[NF_IPSEC_SA_A_FINGERPRINT]	=
		NLA_POLICY_EXACT_LEN(NF_IPSEC_FINGERPRINT_LEN),
	[NF_IPSEC_SA_A_FLAGS]		= { .type = NLA_U32 },
	[NF_IPSEC_SA_A_REPLAY_WINDOW]	= { .type = NLA_U32 },
	[NF_IPSEC_SA_A_SEQ]		= { .type = NLA_U64 },
	[NF_IPSEC_SA_A_DF]		= { .type = NLA_U8 },
	[NF_IPSEC_SA_A_DSCP]		= { .type = NLA_U8 },
	[NF_IPSEC_SA_A_TTL]		= { .type = NLA_U8 },
	[NF_IPSEC_SA_A_SEL]		= { .type = NLA_NESTED },
	[NF_IPSEC_SA_A_LIFE]		= { .type = NLA_NESTED },
	[NF_IPSEC_SA_A_ENCAP_LPORT]	= { .type = NLA_U16 },
	[NF_IPSEC_SA_A_ENCAP_RPORT]	= { .type = NLA_U16 },
	[NF_IPSEC_SA_A_ORIG_LOCAL]	= ADDRESS,
	[NF_IPSEC_SA_A_ORIG_REMOTE]	= ADDRESS,
	[NF_IPSEC_SA_A_KEEPALIVE]	= { .type = NLA_U16 },
	[NF_IPSEC_SA_A_MSS]		= { .type = NLA_U16 },
	[NF_IPSEC_SA_A_MATCH]		= { .type = NLA_U8 },
	[NF_IPSEC_SA_A_FROM]		= { .type = NLA_NESTED },
	[NF_IPSEC_SA_A_VIA]		= TUNNEL,
	[NF_IPSEC_SA_A_TFC]		= { .type = NLA_U16 },
	[NF_IPSEC_SA_A_DUMMY_EVERY]	= { .type = NLA_U32 },
	[NF_IPSEC_SA_A_DUMMY_SIZE]	= { .type = NLA_U16 },
	[NF_IPSEC_SA_A_DSCP_MAP]	= NLA_POLICY_EXACT_LEN(NF_IPSEC_DSCPS),
	[NF_IPSEC_SA_A_DSCP_SET]	= { .type = NLA_U64 },
};

/* What names an SA, and for a dump its tunnel */
static const struct nla_policy sa_id_policy[NF_IPSEC_SA_A_MATCH + 1] = {
	[NF_IPSEC_SA_A_TUNNEL]		= TUNNEL,
	[NF_IPSEC_SA_A_DIR]		= { .type = NLA_U8 },
	[NF_IPSEC_SA_A_PROTO]		= { .type = NLA_U8 },
	[NF_IPSEC_SA_A_SPI]		= { .type = NLA_U32 },
	[NF_IPSEC_SA_A_LOCAL]		= ADDRESS,
	[NF_IPSEC_SA_A_REMOTE]		= ADDRESS,
	[NF_IPSEC_SA_A_ENCAP_RPORT]	= { .type = NLA_U16 },
	[NF_IPSEC_SA_A_MATCH]		= { .type = NLA_U8 },
};

static const struct nla_policy sa_flush_policy[NF_IPSEC_SA_A_TUNNEL + 1] = {
	[NF_IPSEC_SA_A_TUNNEL]		= TUNNEL,
};

static const struct nla_policy sp_policy[NF_IPSEC_POLICY_A_MAX + 1] = {
	[NF_IPSEC_POLICY_A_DIR]		= { .type = NLA_U8 },
	[NF_IPSEC_POLICY_A_PRIORITY]	= { .type = NLA_U32 },
	[NF_IPSEC_POLICY_A_ACTION]	= { .type = NLA_U8 },
	[NF_IPSEC_POLICY_A_TUNNEL]	= TUNNEL,
	[NF_IPSEC_POLICY_A_SEL]		= { .type = NLA_NESTED },
	[NF_IPSEC_POLICY_A_PFP]		= { .type = NLA_U32 },
};

/* What names a policy, and for a dump its tunnel */
static const struct nla_policy sp_id_policy[NF_IPSEC_POLICY_A_SEL + 1] = {
	[NF_IPSEC_POLICY_A_ID]		= { .type = NLA_U32 },
	[NF_IPSEC_POLICY_A_DIR]		= { .type = NLA_U8 },
	[NF_IPSEC_POLICY_A_PRIORITY]	= { .type = NLA_U32 },
	[NF_IPSEC_POLICY_A_TUNNEL]	= TUNNEL,
	[NF_IPSEC_POLICY_A_SEL]		= { .type = NLA_NESTED },
};

static const struct nla_policy
sp_del_policy[NF_IPSEC_POLICY_A_WITH_SAS + 1] = {
	[NF_IPSEC_POLICY_A_ID]		= { .type = NLA_U32 },
	[NF_IPSEC_POLICY_A_DIR]		= { .type = NLA_U8 },
	[NF_IPSEC_POLICY_A_PRIORITY]	= { .type = NLA_U32 },
	[NF_IPSEC_POLICY_A_TUNNEL]	= TUNNEL,
	[NF_IPSEC_POLICY_A_SEL]		= { .type = NLA_NESTED },
	[NF_IPSEC_POLICY_A_WITH_SAS]	= { .type = NLA_FLAG },
};

static const struct nla_policy
sp_flush_policy[NF_IPSEC_POLICY_A_TUNNEL + 1] = {
	[NF_IPSEC_POLICY_A_TUNNEL]	= TUNNEL,
};

static const struct nla_policy txn_policy[NF_IPSEC_TXN_A_GENERATION + 1] = {
	[NF_IPSEC_TXN_A_REPLACE_ALL]	= { .type = NLA_FLAG },
	[NF_IPSEC_TXN_A_TUNNEL]		= TUNNEL,
	[NF_IPSEC_TXN_A_GENERATION]	= { .type = NLA_U32 },
};

static const struct nla_policy txn_commit_policy[NF_IPSEC_TXN_A_OPS + 1] = {
	[NF_IPSEC_TXN_A_OPS]		= { .type = NLA_U32 },
};

static const struct nla_policy drop_policy[NF_IPSEC_DROP_A_RECORD + 1] = {
	[NF_IPSEC_DROP_A_RECORD]	= { .type = NLA_U8 },
};

static const struct nla_policy guard_policy[NF_IPSEC_GUARD_A_MAX + 1] = {
	[NF_IPSEC_GUARD_A_DEV]		= { .type = NLA_NUL_STRING,
					    .len = IFNAMSIZ - 1 },
};

static const struct nla_policy settings_policy[NF_IPSEC_SETTINGS_A_MAX + 1] = {
	[NF_IPSEC_SETTINGS_A_FLAGS]	=
		NLA_POLICY_BITFIELD32(IPSEC_SETTINGS_FLAGS),
	[NF_IPSEC_SETTINGS_A_ICMP_CLEAR]	= ICMP_TYPES,
	[NF_IPSEC_SETTINGS_A_ICMPV6_CLEAR]	= ICMP_TYPES,
	[NF_IPSEC_SETTINGS_A_ICMP_PROTECTED]	= ICMP_TYPES,
	[NF_IPSEC_SETTINGS_A_ICMPV6_PROTECTED]	= ICMP_TYPES,
	[NF_IPSEC_SETTINGS_A_GUARD]	= NLA_POLICY_NESTED(guard_policy),
	[NF_IPSEC_SETTINGS_A_ICMP_NOTICES]	= ICMP_TYPES,
	[NF_IPSEC_SETTINGS_A_ICMPV6_NOTICES]	= ICMP_TYPES,
};

static const struct nla_policy key_policy[NF_IPSEC_KEY_A_IV_BASE + 1] = {
	[NF_IPSEC_KEY_A_FINGERPRINT]	=
		NLA_POLICY_EXACT_LEN(NF_IPSEC_FINGERPRINT_LEN),
	[NF_IPSEC_KEY_A_SEQ]		= { .type = NLA_U64 },
	[NF_IPSEC_KEY_A_IV_BASE]	= { .type = NLA_U64 },
};

/* What takes no attribute refuses each one: a policy without any entry. */
static const struct nla_policy none_policy[1 + 1];

static int stats_counters(struct sk_buff *skb, const struct ipsec_stats *s)
{
	struct nlattr *drops;
	int i, err = 0;

	for (i = 0; i < __IPSEC_COUNT_MAX && !err; i++)
		err = ipsec_nl_counter_put(skb, ipsec_count_name(i),
					   s->counts[i]);
	drops = nla_nest_start(skb, NF_IPSEC_STATS_A_DROPS);
	if (err || !drops)
		return -EMSGSIZE;
	for (i = 1; i < __IPSEC_DROP_MAX && !err; i++)
		err = ipsec_nl_counter_put(skb, ipsec_drop_name(i),
					   s->drops[i]);
	nla_nest_end(skb, drops);
	return err;
}

static int stats_put(struct sk_buff *skb, struct ipsec_net *ipn,
		     const struct ipsec_stats *s)
{
	int err;

	mutex_lock(&ipn->lock);
	err = nla_put_u32(skb, NF_IPSEC_STATS_A_SAS, ipn->n_sas) ?:
	      nla_put_u32(skb, NF_IPSEC_STATS_A_POLICIES, ipn->n_policies) ?:
	      nla_put_u32(skb, NF_IPSEC_STATS_A_GENERATION,
			  ipn->generation >> 1);
	mutex_unlock(&ipn->lock);
	return err ?: stats_counters(skb, s);
}

static int stats_get(struct sk_buff *req, struct genl_info *info)
{
	struct ipsec_net *ipn = ipsec_net(genl_info_net(info));
	struct ipsec_nl_msg msg = {
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.cmd = NF_IPSEC_CMD_STATS_GET,
	};
	struct ipsec_stats *sum;
	struct sk_buff *skb;
	int err = -ENOMEM;
	void *hdr;

	sum = kmalloc(sizeof(*sum), GFP_KERNEL);
	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!sum || !skb)
		goto err_free;
	ipsec_stats_read(ipn, sum);
	hdr = ipsec_nl_begin(skb, &msg);
	err = hdr ? stats_put(skb, ipn, sum) : -EMSGSIZE;
	if (err)
		goto err_free;
	kfree(sum);
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);

err_free:
	kfree(sum);
	nlmsg_free(skb);
	return err;
}

static int txn_begin(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *gen = info->attrs[NF_IPSEC_TXN_A_GENERATION];
	struct ipsec_txn_options options = {
		.replace_all = info->attrs[NF_IPSEC_TXN_A_REPLACE_ALL],
		.generation_set = gen,
		.generation = gen ? nla_get_u32(gen) : 0,
	};
	const struct nlattr *tunnel = info->attrs[NF_IPSEC_TXN_A_TUNNEL];
	int err;

	if (tunnel && !options.replace_all)
		return ipsec_nl_err(info->extack, tunnel,
				    "a tunnel limits what replace-all replaces");
	err = ipsec_nl_check(info, NULL) ?:
	      ipsec_nl_tunnel(tunnel, options.tunnel, info->extack);
	return err ?: ipsec_txn_begin(ipsec_net(genl_info_net(info)),
				      info->snd_portid, &options,
				      info->extack);
}

static int txn_commit(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	err = ipsec_nl_check(info, NULL) ?:
	      ipsec_nl_need(info, NF_IPSEC_TXN_A_OPS,
			    "the number of operations is missing");
	if (err)
		return err;
	err = ipsec_txn_commit(ipsec_net(genl_info_net(info)), info->snd_portid,
			       nla_get_u32(info->attrs[NF_IPSEC_TXN_A_OPS]),
			       info->extack);
	if (err == -ECANCELED)
		ipsec_nl_blame(info->extack, info->attrs[NF_IPSEC_TXN_A_OPS]);
	return err;
}

static int txn_abort(struct sk_buff *skb, struct genl_info *info)
{
	return ipsec_txn_abort(ipsec_net(genl_info_net(info)),
			       info->snd_portid, info->extack);
}

#define OP(number, fn, table, max, ...) {		\
	.cmd		= NF_IPSEC_CMD_##number,	\
	.flags		= GENL_UNS_ADMIN_PERM,		\
	.doit		= fn,				\
	.policy		= table,			\
	.maxattr	= max,				\
	__VA_ARGS__					\
}

static const struct genl_ops ops[] = {
	OP(SA_NEW, ipsec_nl_sa_new, sa_policy, NF_IPSEC_SA_A_MAX),
	OP(SA_DEL, ipsec_nl_sa_del, sa_id_policy, NF_IPSEC_SA_A_MATCH),
	OP(SA_GET, ipsec_nl_sa_get, sa_id_policy, NF_IPSEC_SA_A_MATCH,
	   .start = ipsec_nl_dump_room, .dumpit = ipsec_nl_sa_dump),
	OP(SA_FLUSH, ipsec_nl_sa_flush, sa_flush_policy, NF_IPSEC_SA_A_TUNNEL),
	OP(POLICY_NEW, ipsec_nl_sp_new, sp_policy, NF_IPSEC_POLICY_A_MAX),
	OP(POLICY_DEL, ipsec_nl_sp_del, sp_del_policy,
	   NF_IPSEC_POLICY_A_WITH_SAS),
	OP(POLICY_GET, ipsec_nl_sp_get, sp_id_policy, NF_IPSEC_POLICY_A_SEL,
	   .start = ipsec_nl_dump_room, .dumpit = ipsec_nl_sp_dump),
	OP(POLICY_FLUSH, ipsec_nl_sp_flush, sp_flush_policy,
	   NF_IPSEC_POLICY_A_TUNNEL),
	OP(STATS_GET, stats_get, none_policy, 1),
	OP(TXN_BEGIN, txn_begin, txn_policy, NF_IPSEC_TXN_A_GENERATION),
	OP(TXN_COMMIT, txn_commit, txn_commit_policy, NF_IPSEC_TXN_A_OPS),
	OP(TXN_ABORT, txn_abort, none_policy, 1),
	OP(DROP_GET, ipsec_nl_drop_get, none_policy, 1,
	   .start = ipsec_nl_drop_start, .dumpit = ipsec_nl_drop_dump,
	   .done = ipsec_nl_drop_done),
	OP(DROP_SET, ipsec_nl_drop_set, drop_policy, NF_IPSEC_DROP_A_RECORD),
	OP(SETTINGS_GET, ipsec_nl_settings_get, none_policy, 1),
	OP(SETTINGS_SET, ipsec_nl_settings_set, settings_policy,
	   NF_IPSEC_SETTINGS_A_MAX),
	OP(KEY_GET, NULL, none_policy, 1, .dumpit = ipsec_nl_key_dump),
	OP(KEY_SET, ipsec_nl_key_set, key_policy, NF_IPSEC_KEY_A_IV_BASE),
};

static const struct genl_multicast_group groups[] = {
	[IPSEC_NL_GROUP_EVENTS] = { .name = NF_IPSEC_MCGRP_EVENTS,
				    .flags = GENL_MCAST_CAP_NET_ADMIN },
	[IPSEC_NL_GROUP_DROPS] = { .name = NF_IPSEC_MCGRP_DROPS,
				   .flags = GENL_MCAST_CAP_NET_ADMIN },
	[IPSEC_NL_GROUP_NOTICES] = { .name = NF_IPSEC_MCGRP_NOTICES,
				     .flags = GENL_MCAST_CAP_NET_ADMIN },
};

struct genl_family ipsec_nl_family __ro_after_init = {
	.name		= NF_IPSEC_GENL_NAME,
	.version	= NF_IPSEC_GENL_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.ops		= ops,
	.n_ops		= ARRAY_SIZE(ops),
	/* behind the last command whose flags say what to do with an object
	 * that is there: the kernel takes no such flags from here on
	 */
	.resv_start_op	= NF_IPSEC_CMD_POLICY_NEW + 1,
	.mcgrps		= groups,
	.n_mcgrps	= ARRAY_SIZE(groups),
};

/* A socket that is closed takes what it has had held back with it.  That is
 * why the port id is a good name for an owner: the next socket that gets the
 * number comes after this event and finds nothing of its predecessor.
 */
static int socket_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	const struct netlink_notify *n = ptr;

	if (event == NETLINK_URELEASE && n->protocol == NETLINK_GENERIC)
		ipsec_txn_owner_gone(ipsec_net(n->net), n->portid);
	return NOTIFY_DONE;
}

static struct notifier_block socket_notifier = { .notifier_call = socket_event };

int ipsec_netlink_init(void)
{
	int err;

	err = netlink_register_notifier(&socket_notifier);
	if (err)
		return err;
	err = genl_register_family(&ipsec_nl_family);
	if (err)
		netlink_unregister_notifier(&socket_notifier);
	return err;
}

void ipsec_netlink_exit(void)
{
	genl_unregister_family(&ipsec_nl_family);
	netlink_unregister_notifier(&socket_notifier);
}
