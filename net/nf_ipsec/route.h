/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_ROUTE_H
#define _IPSEC_ROUTE_H

struct dst_entry;
struct ipsec_sa;

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
struct dst_entry *ipsec_route_rcu(struct ipsec_sa *sa);

#endif /* _IPSEC_ROUTE_H */
