// SPDX-License-Identifier: GPL-2.0-only
#include "route.h"

#include <linux/inetdevice.h>
#include <linux/ipv6_route.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "compat.h"
#include "peer.h"
#include "sa.h"

/* An IPv6 address is looked for in one VRF at a time.  Return: negative if it is
 * in none.
 */
static int vrf_of_v6(const struct ipsec_sa *sa)
{
	const struct in6_addr *addr = (const struct in6_addr *)&sa->saddr;
	struct net_device *dev;

	if (ipv6_chk_addr(sa->net, addr, NULL, 0))
		return 0;
	for_each_netdev_rcu(sa->net, dev) {
		if (netif_is_l3_master(dev) &&
		    ipv6_chk_addr(sa->net, addr, dev, 0))
			return dev->ifindex;
	}
	return -EADDRNOTAVAIL;
}

/* The VRF to route in is the one that our end's address is in. */
static int vrf_of(const struct ipsec_sa *sa)
{
	struct net_device *dev;

	if (sa->id.family == AF_INET6)
		return vrf_of_v6(sa);
	dev = __ip_dev_find(sa->net, sa->saddr.a4, false);
	return dev ? l3mdev_master_ifindex_rcu(dev) : 0;
}

/* The protocol stays out of the flow: with it, the IPv4 lookup would ask the
 * kernel's own IPsec for a transform of our packets.
 */
static struct dst_entry *lookup_v4(const struct ipsec_sa *sa,
				   const struct ipsec_addr *daddr, u32 *cookie)
{
	struct flowi4 fl4 = {
		.saddr = sa->saddr.a4,
		.daddr = daddr->a4,
		.flowi4_oif = vrf_of(sa),
	};
	struct rtable *rt;

	rt = ip_route_output_key(sa->net, &fl4);
	*cookie = 0;
	return IS_ERR(rt) ? NULL : &rt->dst;
}

static struct dst_entry *lookup_v6(const struct ipsec_sa *sa,
				   const struct ipsec_addr *daddr, u32 *cookie)
{
	struct flowi6 fl6 = {
		.flowi6_proto = sa->id.proto,
		.flowi6_oif = vrf_of(sa),
	};
	struct dst_entry *dst;

	/* unlike IPv4's, the lookup does not ask whose address it is */
	if (fl6.flowi6_oif < 0)
		return NULL;
	memcpy(&fl6.saddr, &sa->saddr, sizeof(fl6.saddr));
	memcpy(&fl6.daddr, daddr, sizeof(fl6.daddr));
	dst = ip6_route_output(sa->net, NULL, &fl6);
	if (dst->error) {
		dst_release(dst);
		return NULL;
	}
	*cookie = rt6_get_cookie(dst_rt6_info(dst));
	return dst;
}

/*
 * Two CPUs may both find the route stale: the last one's stays.  A cookie that
 * belongs to the other one's route costs one more lookup, nothing else.  And the
 * peer may move, whose mover forgets the route that is here by then: a later one
 * to where the peer was must not stay.
 */
struct dst_entry *ipsec_route_refresh(struct ipsec_sa *sa)
{
	const struct ipsec_peer_at *at = ipsec_peer_at_rcu(sa->peer);
	const struct ipsec_addr *daddr = at ? &at->addr : &sa->id.daddr;
	struct dst_entry *dst;
	u32 cookie;

	dst = sa->id.family == AF_INET ? lookup_v4(sa, daddr, &cookie) :
					 lookup_v6(sa, daddr, &cookie);
	if (dst)
		WRITE_ONCE(sa->dst_cookie, cookie);
	dst_release(unrcu_pointer(xchg(&sa->dst, RCU_INITIALIZER(dst))));
	if (unlikely(ipsec_peer_at_rcu(sa->peer) != at))
		ipsec_sa_forget_route(sa);
	return dst;
}

/* A PMTU that was learned is an exception of the route's, which ends. */
static u32 learned_expires(const struct ipsec_sa *sa,
			   const struct dst_entry *dst)
{
	u32 flags = RTF_MODIFIED | RTF_EXPIRES;
	unsigned long expires = dst->expires;
	unsigned long now = jiffies;

	if (sa->id.family == AF_INET) {
		if (!container_of(dst, struct rtable, dst)->rt_pmtu)
			return 0;
	} else if ((dst_rt6_info(dst)->rt6i_flags & flags) != flags) {
		return 0;
	}
	if (!time_before(now, expires))
		return 0;
	return DIV_ROUND_UP(expires - now, HZ);
}

void ipsec_route_mtu(struct ipsec_sa *sa, struct ipsec_path_mtu *mtu)
{
	struct dst_entry *dst;

	memset(mtu, 0, sizeof(*mtu));
	local_bh_disable();
	rcu_read_lock();
	dst = ipsec_route_rcu(sa);
	if (dst) {
		mtu->outer = dst_mtu(dst);
		mtu->expires = learned_expires(sa, dst);
	}
	rcu_read_unlock();
	local_bh_enable();
}
