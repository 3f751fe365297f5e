// SPDX-License-Identifier: GPL-2.0-only
#include "guard.h"

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_netdev.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "netns.h"
#include "path.h"
#include "settings.h"

/**
 * struct guard - one guarded device
 * @node: [N] list of the netns
 * @ops: [N] the hook; its device is NULL as long as there is none of this name
 * @name: [I] the device's name
 */
struct guard {
	struct list_head node;
	struct nf_hook_ops ops;
	char name[IFNAMSIZ];
};

static unsigned int hook_egress(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	return ipsec_egress(skb, state);
}

static int bind(struct guard *g, struct net_device *dev)
{
	int err;

	g->ops.dev = dev;
	err = nf_register_net_hook(dev_net(dev), &g->ops);
	if (err)
		g->ops.dev = NULL;
	return err;
}

static void unbind(struct guard *g)
{
	if (g->ops.dev)
		nf_unregister_net_hook(dev_net(g->ops.dev), &g->ops);
	g->ops.dev = NULL;
}

static struct guard *find(const struct ipsec_net *ipn, const char *name)
{
	struct guard *g;

	ASSERT_RTNL();
	list_for_each_entry(g, &ipn->guards, node) {
		if (!strcmp(g->name, name))
			return g;
	}
	return NULL;
}

static int add(struct ipsec_net *ipn, const char *name)
{
	struct net_device *dev;
	struct guard *g;
	int err = 0;

	if (find(ipn, name))
		return 0;
	g = kzalloc(sizeof(*g), GFP_KERNEL_ACCOUNT);
	if (!g)
		return -ENOMEM;
	strscpy(g->name, name, sizeof(g->name));
	g->ops.hook = hook_egress;
	g->ops.pf = NFPROTO_NETDEV;
	g->ops.hooknum = NF_NETDEV_EGRESS;
	/* whatever others do there, it is the result that leaves */
	g->ops.priority = INT_MAX;
	dev = __dev_get_by_name(ipn->net, name);
	if (dev)
		err = bind(g, dev);
	if (err)
		kfree(g);
	else
		list_add_tail(&g->node, &ipn->guards);
	return err;
}

static void trim(struct ipsec_net *ipn, const struct ipsec_settings *s)
{
	struct guard *g, *tmp;

	list_for_each_entry_safe(g, tmp, &ipn->guards, node) {
		if (s && ipsec_settings_guard(s, g->name))
			continue;
		unbind(g);
		list_del(&g->node);
		kfree(g);
	}
}

int ipsec_guards_add(struct ipsec_net *ipn, const struct ipsec_settings *s,
		     struct netlink_ext_ack *extack)
{
	int i, err = 0;

	if (!s->guard[0][0])
		return 0;
	if (!IS_ENABLED(CONFIG_NETFILTER_EGRESS)) {
		NL_SET_ERR_MSG(extack, "this kernel has no egress hooks (CONFIG_NETFILTER_EGRESS)");
		return -EOPNOTSUPP;
	}
	rtnl_lock();
	for (i = 0; i < NF_IPSEC_GUARDS_MAX && s->guard[i][0] && !err; i++)
		err = add(ipn, s->guard[i]);
	if (err) {
		NL_SET_ERR_MSG(extack, "a device cannot be guarded");
		trim(ipn, ipsec_settings_current(ipn));
	}
	rtnl_unlock();
	return err;
}

void ipsec_guards_trim(struct ipsec_net *ipn, const struct ipsec_settings *s)
{
	rtnl_lock();
	trim(ipn, s);
	rtnl_unlock();
}

int ipsec_guards_device(struct net_device *dev, unsigned long event)
{
	struct ipsec_net *ipn = ipsec_net(dev_net(dev));
	struct guard *g;

	ASSERT_RTNL();
	list_for_each_entry(g, &ipn->guards, node) {
		if (g->ops.dev == dev && (event == NETDEV_UNREGISTER ||
					  strcmp(g->name, dev->name)))
			unbind(g);
	}
	if (event == NETDEV_UNREGISTER)
		return 0;
	g = find(ipn, dev->name);
	return g && !g->ops.dev ? bind(g, dev) : 0;
}
