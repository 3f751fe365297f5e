// SPDX-License-Identifier: GPL-2.0-only
#include "wait.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <linux/netdevice.h>
#include <net/dst.h>
#include <net/ip.h>

#include "bridge.h"
#include "drop.h"
#include "journal.h"
#include "netns.h"
#include "path.h"
#include "send.h"
#include "spd.h"
#include "tunnel.h"

/**
 * struct wait_cb - what a packet says of itself while it waits
 * @v4: the stack's, kept
 * @v6: the stack's, kept
 * @until: jiffies when its time is over
 * @tunnel: a reference: its policy may go before it
 * @n: packets that it counts for; its route's MTU may change
 */
struct wait_cb {
	union {
		struct inet_skb_parm v4;
		struct inet6_skb_parm v6;
	};
	unsigned long until;
	struct ipsec_tunnel *tunnel;
	u32 n;
};

static struct wait_cb *wait_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct wait_cb) > sizeof_field(struct sk_buff, cb));
	return (struct wait_cb *)skb->cb;
}

/* A packet counts for as many as it will be on the wire. */
static u32 pieces(const struct sk_buff *skb)
{
	u32 size = skb_is_gso(skb) ? skb_shinfo(skb)->gso_size : GSO_BY_FRAGS;

	if (size == GSO_BY_FRAGS)
		size = dst_mtu(skb_dst(skb));
	return DIV_ROUND_UP(skb->len, size ?: 1);
}

static u8 family_of(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IPV6) ? AF_INET6 : AF_INET;
}

/* --- coming --- */

static void kick(struct ipsec_wait *w)
{
	lockdep_assert_held(&w->lock);
	w->kicked = true;
	mod_delayed_work(ipsec_wq, &w->work, 0);
}

static bool has_room(const struct ipsec_out *o, u32 n)
{
	const struct ipsec_tunnel *tunnel = o->sp->tunnel;
	const struct ipsec_net *ipn = o->ipn;

	return !ipn->wait.closed && tunnel->n_waiting + n <= IPSEC_WAIT_TUNNEL &&
	       ipn->n_waiting + n <= IPSEC_WAIT_NET;
}

/* One that has an SA would overtake others of its flow, if the work has not yet
 * seen to all of them since that SA came.  If it gets more to do than it can, the
 * order is not worth it.
 */
static bool must_line_up(const struct ipsec_out *o)
{
	struct ipsec_wait *w = &o->ipn->wait;
	u64 generation = ipsec_net_generation(o->ipn);

	if (!o->sp->tunnel->n_waiting || w->served == generation)
		return false;
	if (w->lining != generation) {
		w->lining = generation;
		w->line_until = jiffies + IPSEC_WAIT_LINE;
	}
	return time_before(jiffies, w->line_until);
}

/* Nothing that it refers to may go while it waits. */
static void settle_down(struct sk_buff *skb, struct ipsec_tunnel *tunnel, u32 n)
{
	struct wait_cb *cb = wait_cb(skb);

	cb->until = jiffies + IPSEC_WAIT_TIME;
	cb->tunnel = tunnel;
	cb->n = n;
	dev_hold(skb->dev);
	/* it names a bridge's port, of which it has no reference */
	ipsec_bridge_forget(skb);
	/* a socket that it has no reference of */
	if (!skb->destructor)
		skb->sk = NULL;
}

static bool add(struct ipsec_out *o, struct sk_buff *skb)
{
	struct ipsec_tunnel *tunnel = o->sp->tunnel;
	struct ipsec_net *ipn = o->ipn;
	struct ipsec_wait *w = &ipn->wait;
	u32 n = pieces(skb);

	lockdep_assert_held(&w->lock);
	if (!has_room(o, n) || (o->sa && !must_line_up(o)) ||
	    !ipsec_tunnel_hold(tunnel))
		return false;
	settle_down(skb, tunnel, n);
	__skb_queue_tail(&w->skbs, skb);
	WRITE_ONCE(tunnel->n_waiting, tunnel->n_waiting + n);
	WRITE_ONCE(ipn->n_waiting, ipn->n_waiting + n);
	/* a commit since it was judged has kicked those before it only */
	if (o->sa || ipsec_net_generation(ipn) != o->asked)
		kick(w);
	else
		queue_delayed_work(ipsec_wq, &w->work, IPSEC_WAIT_TIME);
	return true;
}

bool ipsec_wait_add(struct ipsec_out *o, struct sk_buff *skb)
{
	bool added;

	if (o->waited || (!o->sa && !o->asked))
		return false;
	if (!skb_dst_force(skb)) {
		ipsec_send_drop(o, skb, IPSEC_DROP_NO_ROUTE, -EHOSTUNREACH);
		return true;
	}
	/* those of ICMP and of TCP's resets are shared by all namespaces, and soon
	 * have no memory left
	 */
	if (skb->destructor && skb->sk && sk_fullsock(skb->sk) &&
	    skb->sk->sk_kern_sock)
		skb_orphan(skb);
	spin_lock(&o->ipn->wait.lock);
	added = add(o, skb);
	spin_unlock(&o->ipn->wait.lock);
	if (added)
		this_cpu_inc(o->ipn->stats->counts[IPSEC_COUNT_WAITED]);
	return added;
}

/* --- going --- */

/* What a packet held while it waited */
struct held {
	struct ipsec_tunnel *tunnel;
	struct net_device *dev;
	u32 n;
};

static void held_by(struct sk_buff *skb, struct held *held)
{
	held->tunnel = wait_cb(skb)->tunnel;
	held->dev = skb->dev;
	held->n = wait_cb(skb)->n;
}

static void let_go(struct ipsec_net *ipn, const struct held *held)
{
	spin_lock_bh(&ipn->wait.lock);
	WRITE_ONCE(held->tunnel->n_waiting, held->tunnel->n_waiting - held->n);
	WRITE_ONCE(ipn->n_waiting, ipn->n_waiting - held->n);
	spin_unlock_bh(&ipn->wait.lock);
	ipsec_tunnel_release(held->tunnel);
	dev_put(held->dev);
}

static void drop_all(struct ipsec_net *ipn, struct sk_buff_head *skbs,
		     enum ipsec_drop reason)
{
	struct ipsec_drop_at at = { .dir = NF_IPSEC_DIR_OUT };
	struct sk_buff *skb;
	struct held held;

	while ((skb = __skb_dequeue(skbs))) {
		held_by(skb, &held);
		at.family = family_of(skb);
		local_bh_disable();
		rcu_read_lock();
		ipsec_drop_skb(ipn, skb, reason, &at);
		rcu_read_unlock();
		local_bh_enable();
		let_go(ipn, &held);
	}
}

/* Return: false if it has to wait on */
static bool serve(struct ipsec_net *ipn, struct sk_buff *skb)
{
	bool late = time_after_eq(jiffies, wait_cb(skb)->until);
	struct held held;

	held_by(skb, &held);
	if (!ipsec_output_again(ipn, skb, family_of(skb), late))
		return false;
	/* only now: what comes meanwhile must not overtake it */
	let_go(ipn, &held);
	return true;
}

static void rest(struct ipsec_wait *w)
{
	struct sk_buff *first = skb_peek(&w->skbs);
	unsigned long until, now = jiffies;

	lockdep_assert_held(&w->lock);
	if (!first || w->closed || w->kicked)
		return;
	until = wait_cb(first)->until;
	mod_delayed_work(ipsec_wq, &w->work,
			 time_after(until, now) ? until - now : 0);
}

static void wait_work(struct work_struct *work)
{
	struct ipsec_wait *w = container_of(to_delayed_work(work),
					    struct ipsec_wait, work);
	struct ipsec_net *ipn = container_of(w, struct ipsec_net, wait);
	struct sk_buff_head all, left;
	struct sk_buff *skb;
	u64 generation;

	__skb_queue_head_init(&all);
	__skb_queue_head_init(&left);
	spin_lock_bh(&w->lock);
	w->kicked = false;
	/* those that are judged by a later one are not to be the last word */
	generation = ipsec_net_generation(ipn);
	skb_queue_splice_init(&w->skbs, &all);
	spin_unlock_bh(&w->lock);

	while ((skb = __skb_dequeue(&all))) {
		if (!serve(ipn, skb))
			__skb_queue_tail(&left, skb);
		cond_resched();
	}

	spin_lock_bh(&w->lock);
	skb_queue_splice(&left, &w->skbs);
	if (!w->kicked)
		w->served = generation;
	rest(w);
	spin_unlock_bh(&w->lock);
}

void ipsec_wait_kick(struct ipsec_net *ipn)
{
	struct ipsec_wait *w = &ipn->wait;

	/* whoever is not counted yet sees the new generation under the lock */
	spin_lock_bh(&w->lock);
	if (ipn->n_waiting && !w->closed)
		kick(w);
	spin_unlock_bh(&w->lock);
}

/* What the work has in its hands just now is not found: it goes when its time is
 * over, or when the device, which it holds, is told to go once more.
 */
void ipsec_wait_device(struct ipsec_net *ipn, const struct net_device *dev)
{
	struct ipsec_wait *w = &ipn->wait;
	struct sk_buff *skb, *next;
	struct sk_buff_head gone;

	__skb_queue_head_init(&gone);
	spin_lock_bh(&w->lock);
	skb_queue_walk_safe(&w->skbs, skb, next) {
		if (skb->dev != dev && skb_dst(skb)->dev != dev)
			continue;
		__skb_unlink(skb, &w->skbs);
		__skb_queue_tail(&gone, skb);
	}
	spin_unlock_bh(&w->lock);
	drop_all(ipn, &gone, IPSEC_DROP_NO_ROUTE);
}

void ipsec_wait_init(struct ipsec_net *ipn)
{
	struct ipsec_wait *w = &ipn->wait;

	spin_lock_init(&w->lock);
	__skb_queue_head_init(&w->skbs);
	INIT_DELAYED_WORK(&w->work, wait_work);
}

void ipsec_wait_exit(struct ipsec_net *ipn)
{
	struct ipsec_wait *w = &ipn->wait;
	struct sk_buff_head all;

	spin_lock_bh(&w->lock);
	w->closed = true;
	spin_unlock_bh(&w->lock);
	cancel_delayed_work_sync(&w->work);

	/* a device may just be going */
	__skb_queue_head_init(&all);
	spin_lock_bh(&w->lock);
	skb_queue_splice_init(&w->skbs, &all);
	spin_unlock_bh(&w->lock);
	drop_all(ipn, &all, IPSEC_DROP_NO_SA);
}
