/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_TUNNEL_H
#define _IPSEC_TUNNEL_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <uapi/linux/nf_ipsec.h>

struct ipsec_flow;
struct ipsec_net;
struct ipsec_sa;

/**
 * struct ipsec_tunnel - the name that ties SAs and policies together
 * @name: [I] unique in the netns, zeros up to its end
 * @out: [T] outbound SAs, youngest first; read by RCU
 * @peers: [T] peers of its SAs with ESP in UDP
 * @n_classes: [T] outbound SAs of it that carry certain DSCP values only
 * @orphan: [T] while a commit looks for SAs that no policy needs: may be one
 * @users: [T] SAs and policies that belong to it
 * @n_waiting: [w] packets that wait for an SA of it
 * @refs: [a] its users together have one, each packet that waits another
 * @node: [T] by name
 * @rcu: [T] frees it after a grace period
 *
 * A policy that protects names a tunnel.  Packets go out on the youngest
 * usable outbound SA of it and must come in over any inbound SA of it.  It
 * exists while something belongs to it.
 */
struct ipsec_tunnel {
	char name[NF_IPSEC_NAME_MAX + 1];
	struct list_head out;
	struct list_head peers;
	u32 n_classes;
	bool orphan;
	u32 users;
	u32 n_waiting;
	refcount_t refs;
	struct rhash_head node;
	struct rcu_head rcu;
};

/**
 * ipsec_tunnels_init() - a netns without tunnels
 * @ipn: the netns
 *
 * Return: 0 or a negative errno.
 */
int ipsec_tunnels_init(struct ipsec_net *ipn);

/**
 * ipsec_tunnels_exit() - the last thing that a netns has to do with tunnels
 * @ipn: the netns; nothing belongs to any tunnel any more
 */
void ipsec_tunnels_exit(struct ipsec_net *ipn);

/**
 * ipsec_tunnel_get() - find a tunnel by name, or make it
 * @ipn: the netns
 * @name: 1 to NF_IPSEC_NAME_MAX octets, terminated
 *
 * Context: process, holds ipn->lock.
 * Return: counted among its users, or ERR_PTR.
 */
struct ipsec_tunnel *ipsec_tunnel_get(struct ipsec_net *ipn, const char *name);

/**
 * ipsec_tunnel_put() - one user less; the last one frees it
 * @ipn: the netns
 * @tunnel: the tunnel or NULL
 *
 * Context: process, holds ipn->lock.
 */
void ipsec_tunnel_put(struct ipsec_net *ipn, struct ipsec_tunnel *tunnel);

/**
 * ipsec_tunnel_hold() - keep the memory of a tunnel
 * @tunnel: found under RCU
 *
 * Context: any, RCU.
 * Return: false if it is going.
 */
bool ipsec_tunnel_hold(struct ipsec_tunnel *tunnel);

/**
 * ipsec_tunnel_release() - the opposite of ipsec_tunnel_hold()
 * @tunnel: the tunnel; the last reference frees it after a grace period
 *
 * Context: any.
 */
void ipsec_tunnel_release(struct ipsec_tunnel *tunnel);

/**
 * ipsec_tunnel_out_rcu() - the SA a tunnel sends on
 * @tunnel: the tunnel
 * @flow: the packet
 * @cursor: 0 or 1: parity of the packet's generation
 *
 * Context: RCU.
 * Return: of that generation the youngest outbound SA whose selector names the
 * packet, borrowed, or NULL.  One that is for the packet's DSCP goes before one
 * that is for all (RFC 4301 section 4.4.2.1).
 */
struct ipsec_sa *ipsec_tunnel_out_rcu(const struct ipsec_tunnel *tunnel,
				      const struct ipsec_flow *flow, u8 cursor);

/**
 * ipsec_tunnel_sends_on_rcu() - is it the one that its tunnel sends on?
 * @sa: an outbound SA of a tunnel
 * @cursor: 0 or 1: parity of the generation
 *
 * Context: RCU.
 * Return: true if no younger SA of the tunnel is for the same DSCP values;
 * selectors are not looked at.
 */
bool ipsec_tunnel_sends_on_rcu(const struct ipsec_sa *sa, u8 cursor);

#endif /* _IPSEC_TUNNEL_H */
