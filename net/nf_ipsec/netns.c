// SPDX-License-Identifier: GPL-2.0-only
#include "netns.h"

#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/addrconf.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "drop.h"
#include "frag.h"
#include "guard.h"
#include "hooks.h"
#include "journal.h"
#include "keepalive.h"
#include "keyreg.h"
#include "notify.h"
#include "sa.h"
#include "sad.h"
#include "settings.h"
#include "spd.h"
#include "tunnel.h"
#include "txn.h"

unsigned int ipsec_net_id __read_mostly;
struct workqueue_struct *ipsec_wq;

/* One for all netns: a generation names the contents of a flow cache. */
static atomic64_t generation_last = ATOMIC64_INIT(0);

void ipsec_net_flip(struct ipsec_net *ipn)
{
	u64 next = ~ipn->generation & 1;

	lockdep_assert_held(&ipn->lock);
	next |= (u64)atomic64_inc_return(&generation_last) << 1;
	/* what packets of the new generation see is written by now; pairs with
	 * the acquire of those who read the generation
	 */
	smp_store_release(&ipn->generation, next);
	ipn->flip_gp = get_state_synchronize_rcu();
}

int ipsec_net_hook(struct ipsec_net *ipn, struct netlink_ext_ack *extack)
{
	int err;

	lockdep_assert_held(&ipn->lock);
	if (ipn->hooked)
		return 0;
	err = ipsec_journal_init(ipn);
	if (err) {
		NL_SET_ERR_MSG(extack, "no memory for the records of drops");
		return err;
	}
	err = ipsec_frag_init(ipn);
	if (err) {
		NL_SET_ERR_MSG(extack, "no memory for the state of fragments");
		return err;
	}
	err = ipsec_hooks_register(ipn);
	if (err)
		NL_SET_ERR_MSG(extack, "cannot register the netfilter hooks");
	else
		WRITE_ONCE(ipn->hooked, true);
	return err;
}

void ipsec_net_unhook(struct ipsec_net *ipn)
{
	lockdep_assert_held(&ipn->lock);
	if (!ipn->hooked || ipn->n_sas || ipn->n_policies ||
	    ipsec_settings_any(ipn))
		return;
	ipsec_hooks_unregister(ipn);
	WRITE_ONCE(ipn->hooked, false);
}

static int __net_init net_init(struct net *net)
{
	struct ipsec_net *ipn = ipsec_net(net);
	int err;

	ipn->net = net;
	ipn->generation = (u64)atomic64_inc_return(&generation_last) << 1;
	ipn->flip_gp = get_state_synchronize_rcu();
	/* an SA that was never found local remembers 0 */
	atomic_set(&ipn->addr_gen, 1);
	ipn->next_policy_id = 1;
	mutex_init(&ipn->lock);
	INIT_LIST_HEAD(&ipn->txns);
	INIT_LIST_HEAD(&ipn->guards);
	ipsec_notify_init(ipn);
	ipsec_wait_init(ipn);
	INIT_DELAYED_WORK(&ipn->natt.keeper, ipsec_keepalive_work);

	ipn->stats = alloc_percpu(struct ipsec_stats);
	if (!ipn->stats)
		return -ENOMEM;
	err = ipsec_keyreg_init(&ipn->keyreg);
	if (err)
		goto err_free_stats;
	err = ipsec_tunnels_init(ipn);
	if (err)
		goto err_keyreg_exit;
	err = ipsec_sad_init(ipn);
	if (err)
		goto err_tunnel_exit;
	err = ipsec_spd_init(ipn);
	if (err)
		goto err_sad_exit;
	return 0;

err_sad_exit:
	mutex_lock(&ipn->lock);
	ipsec_sad_exit(ipn);
	mutex_unlock(&ipn->lock);
err_tunnel_exit:
	ipsec_tunnels_exit(ipn);
err_keyreg_exit:
	ipsec_keyreg_exit(&ipn->keyreg);
err_free_stats:
	free_percpu(ipn->stats);
	return err;
}

static void __net_exit net_pre_exit(struct net *net)
{
	struct ipsec_net *ipn = ipsec_net(net);
	unsigned long age = 0;
	struct ipsec_sa *sa;

	mutex_lock(&ipn->lock);
	if (ipn->hooked)
		ipsec_hooks_unregister(ipn);
	ipn->hooked = false;
	for (; (sa = ipsec_sad_walk(ipn, &age)); age++)
		ipsec_sa_stop_dummies(sa);
	mutex_unlock(&ipn->lock);
	if (!list_empty(&ipn->guards))
		ipsec_guards_trim(ipn, NULL);
	cancel_delayed_work_sync(&ipn->natt.keeper);
	ipsec_wait_exit(ipn);
}

static void __net_exit net_exit(struct net *net)
{
	struct ipsec_net *ipn = ipsec_net(net);

	ipsec_txn_exit(ipn);
	mutex_lock(&ipn->lock);
	ipsec_spd_exit(ipn);
	ipsec_sad_exit(ipn);
	mutex_unlock(&ipn->lock);
	ipsec_settings_exit(ipn);
	ipsec_tunnels_exit(ipn);
	ipsec_frag_exit(ipn);
	ipsec_journal_exit(ipn);
	kfree(ipn->hooks);
	free_percpu(ipn->stats);
	ipsec_keyreg_exit(&ipn->keyreg);
}

/* A grace period has passed since the hooks were unregistered: no packet is
 * left.  What was unlinked before may still wait for its turn to be freed.
 */
static void __net_exit net_exit_batch(struct list_head *nets)
{
	struct net *net;

	rcu_barrier();
	flush_workqueue(ipsec_wq);
	list_for_each_entry(net, nets, exit_list)
		net_exit(net);
}

static struct pernet_operations net_ops = {
	.init		= net_init,
	.pre_exit	= net_pre_exit,
	.exit_batch	= net_exit_batch,
	.id		= &ipsec_net_id,
	.size		= sizeof(struct ipsec_net),
};

/* A device that goes must not be held by a cached route or by a packet that waits,
 * and no verdict may outlive the name that it was made for.
 */
static int device_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct ipsec_net *ipn = ipsec_net(dev_net(dev));
	unsigned long age = 0;
	struct ipsec_sa *sa;
	int err = 0;

	if (event == NETDEV_REGISTER || event == NETDEV_UNREGISTER ||
	    event == NETDEV_CHANGENAME || event == NETDEV_CHANGEUPPER)
		atomic_inc(&ipn->devices_gen);
	if (event == NETDEV_REGISTER || event == NETDEV_UNREGISTER ||
	    event == NETDEV_CHANGENAME)
		err = ipsec_guards_device(dev, event);
	if (event != NETDEV_DOWN && event != NETDEV_UNREGISTER)
		return notifier_from_errno(err);
	rcu_read_lock();
	for (; (sa = ipsec_sad_walk(ipn, &age)); age++)
		ipsec_sa_forget_route(sa);
	rcu_read_unlock();
	ipsec_wait_device(ipn, dev);
	return NOTIFY_DONE;
}

static int inet_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct in_ifaddr *ifa = ptr;

	atomic_inc(&ipsec_net(dev_net(ifa->ifa_dev->dev))->addr_gen);
	return NOTIFY_DONE;
}

static int inet6_event(struct notifier_block *nb, unsigned long event,
		       void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;

	atomic_inc(&ipsec_net(dev_net(ifa->idev->dev))->addr_gen);
	return NOTIFY_DONE;
}

static struct notifier_block device_notifier = { .notifier_call = device_event };
static struct notifier_block inet_notifier = { .notifier_call = inet_event };
static struct notifier_block inet6_notifier = { .notifier_call = inet6_event };

int ipsec_netns_init(void)
{
	int err;

	ipsec_wq = alloc_workqueue("nf_ipsec", WQ_UNBOUND, 0);
	if (!ipsec_wq)
		return -ENOMEM;
	err = register_pernet_subsys(&net_ops);
	if (err)
		goto err_destroy_wq;
	err = register_netdevice_notifier(&device_notifier);
	if (err)
		goto err_unregister_net;
	err = register_inetaddr_notifier(&inet_notifier);
	if (err)
		goto err_unregister_device;
	err = register_inet6addr_notifier(&inet6_notifier);
	if (err)
		goto err_unregister_inet;
	return 0;

err_unregister_inet:
	unregister_inetaddr_notifier(&inet_notifier);
err_unregister_device:
	unregister_netdevice_notifier(&device_notifier);
err_unregister_net:
	unregister_pernet_subsys(&net_ops);
err_destroy_wq:
	destroy_workqueue(ipsec_wq);
	return err;
}

void ipsec_netns_exit(void)
{
	unregister_inet6addr_notifier(&inet6_notifier);
	unregister_inetaddr_notifier(&inet_notifier);
	unregister_netdevice_notifier(&device_notifier);
	unregister_pernet_subsys(&net_ops);
	rcu_barrier();
	destroy_workqueue(ipsec_wq);
	rcu_barrier();
}
