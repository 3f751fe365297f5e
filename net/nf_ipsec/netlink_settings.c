// SPDX-License-Identifier: GPL-2.0-only
/* Settings of the boundary. */
#include "netlink.h"

#include <linux/err.h>
#include <linux/netdevice.h>
#include <net/genetlink.h>

#include "netns.h"
#include "settings.h"

static int put_guards(struct sk_buff *skb, const struct ipsec_settings *s)
{
	struct nlattr *nest;
	int i, err = 0;

	if (!s->guard[0][0])
		return 0;
	nest = nla_nest_start(skb, NF_IPSEC_SETTINGS_A_GUARD);
	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < NF_IPSEC_GUARDS_MAX && s->guard[i][0] && !err; i++)
		err = nla_put_string(skb, NF_IPSEC_GUARD_A_DEV, s->guard[i]);
	nla_nest_end(skb, nest);
	return err;
}

static int put_all(struct sk_buff *skb, const struct ipsec_settings *s)
{
	int i, err;

	err = nla_put_bitfield32(skb, NF_IPSEC_SETTINGS_A_FLAGS, s->flags,
				 IPSEC_SETTINGS_FLAGS);
	for (i = 0; i < IPSEC_ICMP_LISTS && !err; i++)
		err = nla_put(skb, NF_IPSEC_SETTINGS_A_ICMP_CLEAR + i,
			      sizeof(s->refused[i]), s->refused[i]);
	for (i = 0; i < IPSEC_TOLD_LISTS && !err; i++)
		err = nla_put(skb, NF_IPSEC_SETTINGS_A_ICMP_NOTICES + i,
			      sizeof(s->told[i]), s->told[i]);
	return err ?: put_guards(skb, s);
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

static int parse_guards(struct genl_info *info, struct ipsec_settings_params *p)
{
	const struct nlattr *nest = info->attrs[NF_IPSEC_SETTINGS_A_GUARD];
	const struct nlattr *attr;
	char name[IFNAMSIZ];
	int rem, n = 0;

	p->guards = nest;
	if (!nest)
		return 0;
	nla_for_each_nested(attr, nest, rem) {
		nla_strscpy(name, attr, sizeof(name));
		if (!dev_valid_name(name)) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "no device can have this name");
			return -EINVAL;
		}
		if (ipsec_settings_guard(&p->to, name)) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "this device is named twice");
			return -EINVAL;
		}
		if (n == NF_IPSEC_GUARDS_MAX) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "more devices than can be guarded");
			return -E2BIG;
		}
		strscpy_pad(p->to.guard[n++], name, IFNAMSIZ);
	}
	return 0;
}

static int parse(struct genl_info *info, struct ipsec_settings_params *p)
{
	const struct nlattr *attr = info->attrs[NF_IPSEC_SETTINGS_A_FLAGS];
	int i;

	if (attr) {
		p->to.flags = nla_get_bitfield32(attr).value;
		p->mask = nla_get_bitfield32(attr).selector;
	}
	if ((p->to.flags & IPSEC_SETTINGS_SECPATH) == IPSEC_SETTINGS_SECPATH) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "a path is attached always or never, not both");
		return -EINVAL;
	}
	for (i = 0; i < IPSEC_ICMP_LISTS; i++) {
		attr = info->attrs[NF_IPSEC_SETTINGS_A_ICMP_CLEAR + i];
		if (!attr)
			continue;
		nla_memcpy(p->to.refused[i], attr, sizeof(p->to.refused[i]));
		p->lists |= BIT(i);
	}
	for (i = 0; i < IPSEC_TOLD_LISTS; i++) {
		attr = info->attrs[NF_IPSEC_SETTINGS_A_ICMP_NOTICES + i];
		if (!attr)
			continue;
		nla_memcpy(p->to.told[i], attr, sizeof(p->to.told[i]));
		p->told |= BIT(i);
	}
	return parse_guards(info, p);
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
	err = ipsec_nl_check(info, NULL) ?: parse(info, &p) ?:
	      ipsec_txn_settings(txn, &p, info->extack);
	return ipsec_txn_leave(txn, err, info->extack);
}
