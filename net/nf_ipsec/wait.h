/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packets that wait for an SA.
 *
 * Who negotiates has been asked for one (an acquire), and takes a moment.  The
 * packets that meanwhile find none wait for it, few of them and not for long, and
 * then go the way that they would have gone: judged anew, by the policies of
 * then.  None is ever sent in clear.
 */
#ifndef _IPSEC_WAIT_H
#define _IPSEC_WAIT_H

#include <linux/skbuff.h>
#include <linux/spinlock_types.h>
#include <linux/workqueue.h>

struct ipsec_net;
struct ipsec_out;
struct net_device;

/* Packets that may wait for an SA of one tunnel */
#define IPSEC_WAIT_TUNNEL	128
/* The same of all tunnels of a netns together */
#define IPSEC_WAIT_NET		1024
/* How long each waits, in jiffies */
#define IPSEC_WAIT_TIME		(5 * HZ)
/* How long others line up behind them when an SA has come, in jiffies */
#define IPSEC_WAIT_LINE		HZ

/**
 * struct ipsec_wait - the packets of a netns that wait
 * @lock: taken with BH off; nothing is sent or freed under it
 * @skbs: [w] in the order in which they came, but for those that @work has in
 *	its hands; each holds its route, its device and its tunnel
 * @kicked: [w] @work has been asked to look at all of them
 * @served: [w] generation by which @work has judged all of them
 * @lining: [w] generation in which those that have an SA line up behind others
 * @line_until: [w] jiffies until which they do in that one
 * @closed: [w] the netns ends: none waits any more
 * @work: [w] sends them, or drops those whose time is over
 */
struct ipsec_wait {
	spinlock_t lock;	/* see @lock */
	struct sk_buff_head skbs;
	u64 served;
	u64 lining;
	unsigned long line_until;
	bool kicked;
	bool closed;
	struct delayed_work work;
};

/**
 * ipsec_wait_init() - a netns in which none waits
 * @ipn: the netns
 */
void ipsec_wait_init(struct ipsec_net *ipn);

/**
 * ipsec_wait_exit() - drop those that wait, and let no others
 * @ipn: the netns; its hooks are unregistered, but packets may still be in them
 *
 * Context: may sleep.
 */
void ipsec_wait_exit(struct ipsec_net *ipn);

/**
 * ipsec_wait_add() - let a packet wait
 * @o: the way, with its policy, which protects
 * @skb: taken, if it waits
 *
 * Those without an SA wait, if one has been asked for and there is room.  Those
 * with one line up behind others of the tunnel that are just going to be sent, so
 * that none overtakes them.
 *
 * Context: BH off, RCU.
 * Return: true if the packet is no more the caller's.
 */
bool ipsec_wait_add(struct ipsec_out *o, struct sk_buff *skb);

/**
 * ipsec_wait_kick() - SAs or policies have changed: look at those that wait
 * @ipn: the netns; packets see the new generation already
 *
 * Context: any but hard interrupts.
 */
void ipsec_wait_kick(struct ipsec_net *ipn);

/**
 * ipsec_wait_device() - a device goes: drop what waits to go out of it
 * @ipn: the netns
 * @dev: the device
 *
 * Context: process.
 */
void ipsec_wait_device(struct ipsec_net *ipn, const struct net_device *dev);

#endif /* _IPSEC_WAIT_H */
