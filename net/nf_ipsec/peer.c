// SPDX-License-Identifier: GPL-2.0-only
#include "peer.h"

#include <linux/inetdevice.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "drop.h"
#include "netns.h"
#include "notify.h"
#include "sa.h"
#include "tunnel.h"

/* Whoever can see the newest packets and be faster than they are could move the
 * peer back and forth with each of them.
 */
#define MOVE_PAUSE	HZ

static const struct ipsec_addr *remote_of(const struct ipsec_sa *sa)
{
	return sa->id.dir == NF_IPSEC_DIR_IN ? &sa->saddr : &sa->id.daddr;
}

static struct ipsec_peer *peer_find(const struct ipsec_sa *sa)
{
	struct ipsec_peer *peer;

	list_for_each_entry(peer, &sa->tunnel->peers, node) {
		if (peer->family == sa->id.family && peer->rport == sa->rport &&
		    ipsec_addr_equal(&peer->remote, remote_of(sa)))
			return peer;
	}
	return NULL;
}

int ipsec_peer_get(struct ipsec_net *ipn, struct ipsec_sa *sa)
{
	struct ipsec_peer *peer;

	lockdep_assert_held(&ipn->lock);
	if (!sa->udp)
		return 0;
	peer = peer_find(sa);
	if (!peer) {
		peer = kzalloc(sizeof(*peer), GFP_KERNEL_ACCOUNT);
		if (!peer)
			return -ENOMEM;
		spin_lock_init(&peer->move_lock);
		peer->family = sa->id.family;
		peer->rport = sa->rport;
		peer->remote = *remote_of(sa);
		list_add(&peer->node, &sa->tunnel->peers);
	}
	peer->users++;
	sa->peer = peer;
	return 0;
}

/* Only now can no packet move it any more */
static void peer_free(struct rcu_head *rcu)
{
	struct ipsec_peer *peer = container_of(rcu, struct ipsec_peer, rcu);

	kfree(rcu_dereference_protected(peer->at, true));
	kfree(peer);
}

void ipsec_peer_put(struct ipsec_net *ipn, struct ipsec_sa *sa)
{
	lockdep_assert_held(&ipn->lock);
	if (!sa->peer || --sa->peer->users)
		return;
	list_del(&sa->peer->node);
	call_rcu(&sa->peer->rcu, peer_free);
}

static bool is_at(const struct ipsec_peer *peer,
		  const struct ipsec_peer_at *at,
		  const struct ipsec_addr *addr, __be16 port)
{
	if (at)
		return at->port == port && ipsec_addr_equal(&at->addr, addr);
	return peer->rport == port && ipsec_addr_equal(&peer->remote, addr);
}

/* A host's address that is not our own, and that needs no device beside it */
static bool is_host(struct net *net, const struct ipsec_addr *addr, u8 family)
{
	const struct in6_addr *a6 = (const struct in6_addr *)addr;
	int type;

	if (family == AF_INET)
		return inet_addr_type(net, addr->a4) == RTN_UNICAST;
	type = ipv6_addr_type(a6);
	return (type & IPV6_ADDR_UNICAST) &&
	       !(type & (IPV6_ADDR_LOOPBACK | IPV6_ADDR_LINKLOCAL |
			 IPV6_ADDR_MAPPED)) &&
	       !ipv6_chk_addr(net, a6, NULL, 0);
}

static bool may_move(const struct ipsec_net *ipn, const struct ipsec_sa *sa,
		     const struct ipsec_addr *from, __be16 port)
{
	/* in transport mode another address is another host */
	if (sa->mode == NF_IPSEC_MODE_TRANSPORT &&
	    !ipsec_addr_equal(from, &sa->peer->remote))
		return false;
	return port && is_host(ipn->net, from, sa->id.family);
}

static bool move(struct ipsec_peer *peer, const struct ipsec_addr *from,
		 __be16 port)
{
	struct ipsec_peer_at *fresh, *old;

	fresh = kmalloc(sizeof(*fresh), GFP_ATOMIC | __GFP_NOWARN);
	if (!fresh)
		return false;
	fresh->addr = *from;
	fresh->port = port;
	spin_lock(&peer->move_lock);
	old = rcu_dereference_protected(peer->at,
					lockdep_is_held(&peer->move_lock));
	if (is_at(peer, old, from, port) ||
	    (old && time_before(jiffies, peer->moved + MOVE_PAUSE))) {
		spin_unlock(&peer->move_lock);
		kfree(fresh);
		return false;
	}
	peer->moved = jiffies;
	rcu_assign_pointer(peer->at, fresh);
	spin_unlock(&peer->move_lock);
	if (old)
		kfree_rcu(old, rcu);
	return true;
}

void ipsec_peer_follow(struct ipsec_net *ipn, struct ipsec_sa *sa,
		       const struct ipsec_addr *from, __be16 port)
{
	struct ipsec_peer *peer = sa->peer;
	struct ipsec_sa *out;
	bool told = false;

	if (likely(is_at(peer, rcu_dereference(peer->at), from, port)))
		return;
	if (!may_move(ipn, sa, from, port) || !move(peer, from, port))
		return;
	this_cpu_inc(ipn->stats->counts[IPSEC_COUNT_MOVES]);
	list_for_each_entry_rcu(out, &sa->tunnel->out, out) {
		if (out->peer != peer)
			continue;
		/* after the move, see route_refresh() */
		ipsec_sa_forget_route(out);
		if (told || READ_ONCE(out->inactive))
			continue;
		ipsec_notify_mapping(ipn, out);
		told = true;
	}
}
