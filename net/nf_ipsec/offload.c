// SPDX-License-Identifier: GPL-2.0-only
/* Flowtables are kept from forwarding what is to be protected or policed. */
#include "offload.h"

#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/notifier.h>
#include <linux/rtnetlink.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_flow_table.h>

#include "bridge.h"
#include "cache.h"
#include "drop.h"
#include "journal.h"
#include "netns.h"
#include "path.h"
#include "spd.h"

bool ipsec_offload_loaded __read_mostly;

/**
 * struct ways - the ways of a connection through the boundary
 * @ipn: the netns
 * @generation: which policies judge them
 * @ct: the connection
 */
struct ways {
	struct ipsec_net *ipn;
	u64 generation;
	const struct nf_conn *ct;
};

/* Who sends or receives; the address has zeros behind one of IPv4. */
struct end {
	const union nf_inet_addr *addr;
	__be16 port;
};

static struct end src_of(const struct nf_conntrack_tuple *t)
{
	return (struct end){ &t->src.u3, t->src.u.all };
}

static struct end dst_of(const struct nf_conntrack_tuple *t)
{
	return (struct end){ &t->dst.u3, t->dst.u.all };
}

/* Would a packet from @src to @dst be protected, policed or stopped? */
static bool is_concerned(const struct ways *w, u8 dir, struct end src,
			 struct end dst)
{
	struct ipsec_flow flow = {
		.family = nf_ct_l3num(w->ct),
		.proto = nf_ct_protonum(w->ct),
	};
	struct ipsec_verdict v;

	memcpy(&flow.saddr, src.addr, sizeof(flow.saddr));
	memcpy(&flow.daddr, dst.addr, sizeof(flow.daddr));
	if (ipsec_selector_type(flow.family, flow.proto) == IPSEC_TYPE_PORTS) {
		flow.sport = ntohs(src.port);
		flow.dport = ntohs(dst.port);
	} else {
		flow.flags = IPSEC_FLOW_NO_PORTS;
	}
	ipsec_verdict_lookup(w->ipn, w->generation, dir, &flow, &v);
	if (!v.sp)
		return ipsec_net_settings(w->ipn, w->generation) &
		       NF_IPSEC_SETTING_DISCARD;
	return v.sp->action != NF_IPSEC_ACTION_BYPASS;
}

/*
 * The packets of one direction: as they leave, whose replies are the packets of
 * the other one; as they come in; and as they are when destination NAT has changed
 * them, as which they are judged once more.
 */
static bool way_is_concerned(const struct ways *w, enum ip_conntrack_dir dir)
{
	const struct nf_conntrack_tuple *back = &w->ct->tuplehash[!dir].tuple;
	const struct nf_conntrack_tuple *t = &w->ct->tuplehash[dir].tuple;

	if (is_concerned(w, NF_IPSEC_DIR_OUT, dst_of(back), src_of(back)) ||
	    is_concerned(w, NF_IPSEC_DIR_IN, src_of(t), dst_of(t)))
		return true;
	return (READ_ONCE(w->ct->status) & IPS_NAT_MASK) &&
	       is_concerned(w, NF_IPSEC_DIR_IN, src_of(t), src_of(back));
}

/* One packet is enough for a flowtable to learn both directions. */
static bool must_keep_out(const struct ways *w, struct sk_buff *skb, u8 family,
			  enum ip_conntrack_dir dir)
{
	u16 flags = family == AF_INET ? IPCB(skb)->flags : IP6CB(skb)->flags;

	/* what mark or device later packets have, nobody can say */
	if ((flags & IPSEC_CB_PROVEN) || ipsec_net_is_narrow(w->ipn))
		return true;
	return way_is_concerned(w, dir) || way_is_concerned(w, !dir);
}

static bool mark(struct sk_buff *skb)
{
#ifdef CONFIG_XFRM
	return secpath_set(skb);
#else
	/* a flowtable then spares nothing: what cannot be kept out is dropped */
	return false;
#endif
}

unsigned int ipsec_offload_keep_out(struct sk_buff *skb,
				    const struct nf_hook_state *state,
				    u8 family)
{
	struct ways w = { .ipn = ipsec_net(state->net) };
	struct ipsec_drop_at at = {
		.dir = NF_IPSEC_DIR_OUT,
		.family = family,
	};
	unsigned int verdict = NF_ACCEPT;
	enum ip_conntrack_info ctinfo;

	w.ct = nf_ct_get(skb, &ctinfo);
	if (!w.ct || !nf_ct_is_confirmed(w.ct) || secpath_exists(skb) ||
	    ipsec_bridge_forwards(skb))
		return NF_ACCEPT;
	local_bh_disable();
	w.generation = ipsec_net_generation(w.ipn);
	if (must_keep_out(&w, skb, family, CTINFO2DIR(ctinfo)) && !mark(skb)) {
		ipsec_drop_skb(w.ipn, skb, IPSEC_DROP_NOMEM, &at);
		verdict = NF_STOLEN;
	}
	local_bh_enable();
	return verdict;
}

/* A device that a flowtable listens at has a hook at its ingress. */
static bool may_have_flows(const struct net_device *dev)
{
#ifdef CONFIG_NETFILTER_INGRESS
	return rcu_access_pointer(dev->nf_hooks_ingress);
#else
	return false;
#endif
}

static bool any_may_have_flows(struct net *net)
{
	struct net_device *dev;
	bool any = false;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev)
		any |= may_have_flows(dev);
	rcu_read_unlock();
	return any;
}

void ipsec_offload_sweep(struct ipsec_net *ipn)
{
	void (*cleanup)(struct net_device *dev);
	struct net_device *dev;

	if (!any_may_have_flows(ipn->net))
		return;
	cleanup = symbol_get(nf_flow_table_cleanup);
	if (!cleanup)
		return;
	/* whoever was judged by the former policies has been learned by then */
	synchronize_rcu();
	rtnl_lock();
	for_each_netdev(ipn->net, dev) {
		if (may_have_flows(dev))
			cleanup(dev);
	}
	rtnl_unlock();
	symbol_put(nf_flow_table_cleanup);
}

/* The module is watched, not held: there need not be any. */
static int module_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	const struct module *module = ptr;

	if (strcmp(module->name, "nf_flow_table"))
		return NOTIFY_DONE;
	if (event == MODULE_STATE_COMING)
		WRITE_ONCE(ipsec_offload_loaded, true);
	else if (event == MODULE_STATE_GOING)
		WRITE_ONCE(ipsec_offload_loaded, false);
	return NOTIFY_DONE;
}

static struct notifier_block module_notifier = { .notifier_call = module_event };

int ipsec_offload_init(void)
{
	int err = register_module_notifier(&module_notifier);

	if (err)
		return err;
	/* it may have been there before us, or be no module at all */
	if (symbol_get(nf_flow_table_cleanup)) {
		WRITE_ONCE(ipsec_offload_loaded, true);
		symbol_put(nf_flow_table_cleanup);
	}
	return 0;
}

void ipsec_offload_exit(void)
{
	unregister_module_notifier(&module_notifier);
}
