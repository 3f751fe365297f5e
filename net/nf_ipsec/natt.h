/* SPDX-License-Identifier: GPL-2.0-only */
/* NAT traversal (RFC 3948): what a netns knows of it beside its SAs. */
#ifndef _IPSEC_NATT_H
#define _IPSEC_NATT_H

#include <linux/list.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

struct ipsec_net;
struct ipsec_sa;

/**
 * struct ipsec_natt - ESP in UDP in one netns
 * @ports: [T] local ports of inbound SAs, each with the number of its SAs
 * @idle: [T] outbound SAs that send keepalives when they are idle
 * @keeper: [T] sends them; works under ipsec_net.lock, as long as there is any
 */
struct ipsec_natt {
	struct xarray ports;
	struct list_head idle;
	struct delayed_work keeper;
};

/**
 * ipsec_natt_init() - a netns without ESP in UDP
 * @natt: its part
 */
void ipsec_natt_init(struct ipsec_natt *natt);

/**
 * ipsec_natt_exit() - no SA is left
 * @natt: its part
 */
void ipsec_natt_exit(struct ipsec_natt *natt);

/**
 * ipsec_natt_add() - an SA is about to be found
 * @ipn: the netns, locked
 * @sa: the SA; not all have to do with UDP
 *
 * Return: 0 or a negative errno.
 */
int ipsec_natt_add(struct ipsec_net *ipn, struct ipsec_sa *sa);

/**
 * ipsec_natt_del() - an SA is not found any more
 * @ipn: the netns, locked
 * @sa: the SA
 */
void ipsec_natt_del(struct ipsec_net *ipn, struct ipsec_sa *sa);

/**
 * ipsec_natt_any() - could any datagram hold ESP for an SA?
 * @natt: of the netns
 *
 * Context: any.
 */
static inline bool ipsec_natt_any(const struct ipsec_natt *natt)
{
	return !xa_empty(&natt->ports);
}

/**
 * ipsec_natt_port() - does an inbound SA take ESP at this port?
 * @natt: of the netns
 * @port: local port
 *
 * Context: any.
 */
bool ipsec_natt_port(struct ipsec_natt *natt, u16 port);

#endif /* _IPSEC_NATT_H */
