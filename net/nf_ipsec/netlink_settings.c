// SPDX-License-Identifier: GPL-2.0-only
/* Settings of the boundary. */
#include "netlink.h"

#include <linux/err.h>
#include <net/genetlink.h>

#include "netns.h"
#include "settings.h"

static int put_all(struct sk_buff *skb, const struct ipsec_settings *s)
{
	int i, err;

	err = nla_put_bitfield32(skb, NF_IPSEC_SETTINGS_A_FLAGS, s->flags,
				 IPSEC_SETTINGS_FLAGS);
	for (i = 0; i < IPSEC_ICMP_LISTS && !err; i++)
		err = nla_put(skb, NF_IPSEC_SETTINGS_A_ICMP_CLEAR + i,
			      sizeof(s->refused[i]), s->refused[i]);
	return err;
}

int ipsec_nl_settings_put(struct sk_buff *skb, const struct ipsec_settings *s,
			  const struct ipsec_nl_msg *msg)
{
	void *hdr = ipsec_nl_begin(skb, msg);

	if (!hdr)
		return -EMSGSIZE;
	if (put_all(skb, s)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

int ipsec_nl_settings_get(struct sk_buff *req, struct genl_info *info)
{
	struct ipsec_net *ipn = ipsec_net(genl_info_net(info));
	struct ipsec_nl_msg msg = {
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.cmd = NF_IPSEC_CMD_SETTINGS_GET,
	};
	struct ipsec_settings s;
	struct sk_buff *skb;

	mutex_lock(&ipn->lock);
	s = *ipsec_settings_current(ipn);
	mutex_unlock(&ipn->lock);
	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	if (ipsec_nl_settings_put(skb, &s, &msg)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	return genlmsg_reply(skb, info);
}

static void parse(struct genl_info *info, struct ipsec_settings_params *p)
{
	const struct nlattr *attr = info->attrs[NF_IPSEC_SETTINGS_A_FLAGS];
	int i;

	if (attr) {
		p->to.flags = nla_get_bitfield32(attr).value;
		p->mask = nla_get_bitfield32(attr).selector;
	}
	for (i = 0; i < IPSEC_ICMP_LISTS; i++) {
		attr = info->attrs[NF_IPSEC_SETTINGS_A_ICMP_CLEAR + i];
		if (!attr)
			continue;
		nla_memcpy(p->to.refused[i], attr, sizeof(p->to.refused[i]));
		p->lists |= BIT(i);
	}
}

int ipsec_nl_settings_set(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsec_net *ipn = ipsec_net(genl_info_net(info));
	struct ipsec_settings_params p = {};
	struct ipsec_txn *txn;
	int err;

	txn = ipsec_txn_enter(ipn, info->snd_portid, info->extack);
	if (IS_ERR(txn))
		return PTR_ERR(txn);
	err = ipsec_nl_check(info, NULL);
	if (!err) {
		parse(info, &p);
		err = ipsec_txn_settings(txn, &p, info->extack);
	}
	return ipsec_txn_leave(txn, err, info->extack);
}
