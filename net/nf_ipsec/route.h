/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_ROUTE_H
#define _IPSEC_ROUTE_H

#include <net/dst.h>

#include "sa.h"

/**
 * ipsec_route_refresh() - look the outer route of an SA up again
 * @sa: the SA, outbound
 *
 * Context: BH off, RCU.
 * Return: as ipsec_route_rcu().
 */
struct dst_entry *ipsec_route_refresh(struct ipsec_sa *sa);

/**
 * ipsec_route_rcu() - the way to the peer
 * @sa: an outbound SA
 *
 * The route is kept in the SA and looked up again when the routing tables say
 * that it is stale.
 *
 * Context: softirq or BH off, RCU.
 * Return: the route, borrowed: good as long as the RCU section lasts; NULL if
 * there is none.
 */
static inline struct dst_entry *ipsec_route_rcu(struct ipsec_sa *sa)
{
	struct dst_entry *dst = rcu_dereference(sa->dst);

	if (likely(dst && dst_check(dst, READ_ONCE(sa->dst_cookie))))
		return dst;
	return ipsec_route_refresh(sa);
}

/**
 * struct ipsec_path_mtu - what the path to the peer takes now
 * @outer: octets; 0 if there is no route to the peer
 * @expires: seconds until @outer, which a router has reported, is forgotten; 0 if
 *	none has
 */
struct ipsec_path_mtu {
	u32 outer;
	u32 expires;
};

/**
 * ipsec_route_mtu() - the size of the path to the peer (RFC 4301 section 4.4.2.1)
 * @sa: an outbound SA
 * @mtu: filled in
 *
 * Context: process or softirq; takes RCU itself.
 */
void ipsec_route_mtu(struct ipsec_sa *sa, struct ipsec_path_mtu *mtu);

#endif /* _IPSEC_ROUTE_H */
