/* SPDX-License-Identifier: GPL-2.0-only */
/* Who is at the other end of ESP in UDP, and where: behind NAT it may move. */
#ifndef _IPSEC_PEER_H
#define _IPSEC_PEER_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#include "lib/addr.h"

struct ipsec_net;
struct ipsec_sa;

/**
 * struct ipsec_peer_at - where a peer is that has moved
 * @addr: [I] its address, of its SAs' family
 * @port: [I] its UDP port
 * @rcu: [R] frees it after a grace period
 */
struct ipsec_peer_at {
	struct ipsec_addr addr;
	__be16 port;
	struct rcu_head rcu;
};

/**
 * struct ipsec_peer - the peer of those SAs of a tunnel that name the same remote
 * @at: [R] where it is now, or NULL: where its SAs say
 * @move_lock: held while @at is replaced
 * @moved: [R] time of the last move in jiffies, if @at
 * @node: [T] list of the tunnel
 * @remote: [I] the address that its SAs have been given
 * @rport: [I] the port
 * @family: [I] of @remote
 * @users: [T] its SAs, of both directions
 * @rcu: [T] frees it after a grace period
 *
 * SAs keep the names that they were given: only where packets go changes.
 */
struct ipsec_peer {
	struct ipsec_peer_at __rcu *at;
	spinlock_t move_lock;	/* see @move_lock */
	unsigned long moved;
	struct list_head node;
	struct ipsec_addr remote;
	__be16 rport;
	u8 family;
	u32 users;
	struct rcu_head rcu;
};

/**
 * ipsec_peer_at_rcu() - where has the peer gone?
 * @peer: the peer, or NULL: no UDP
 *
 * Context: RCU.
 * Return: where it is, or NULL: where its SAs say.
 */
static inline const struct ipsec_peer_at *
ipsec_peer_at_rcu(const struct ipsec_peer *peer)
{
	return peer ? rcu_dereference(peer->at) : NULL;
}

/**
 * ipsec_peer_get() - an SA of ESP in UDP joins the others that have its peer
 * @ipn: the netns, locked
 * @sa: the SA; @tunnel is set; gets @peer
 *
 * Return: 0 or -ENOMEM.
 */
int ipsec_peer_get(struct ipsec_net *ipn, struct ipsec_sa *sa);

/**
 * ipsec_peer_put() - an SA leaves; the last one forgets where the peer is
 * @ipn: the netns, locked
 * @sa: the SA, which packets in flight may still have
 */
void ipsec_peer_put(struct ipsec_net *ipn, struct ipsec_sa *sa);

/**
 * ipsec_peer_follow() - an authentic packet, the newest one, came from here
 * @ipn: the netns
 * @sa: the inbound SA that it came over, in UDP
 * @from: its source
 * @port: its source port
 *
 * The tunnel's outbound SAs with the same remote send there from now on (RFC 7296
 * section 2.23), unless the peer has moved less than a second ago.
 *
 * Context: BH off, RCU.
 */
void ipsec_peer_follow(struct ipsec_net *ipn, struct ipsec_sa *sa,
		       const struct ipsec_addr *from, __be16 port);

#endif /* _IPSEC_PEER_H */
