/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_SPD_H
#define _IPSEC_SPD_H

#include <linux/types.h>

#include "sp.h"

struct ipsec_net;

/**
 * ipsec_spd_lookup_rcu() - the first policy that names a flow
 * @ipn: the netns
 * @dir: enum nf_ipsec_dir
 * @flow: the packet
 * @cursor: 0 or 1: parity of the packet's generation
 *
 * A fragment other than the first matches no given port (RFC 4301 section
 * 4.4.1.1).  If it may be a piece of what a policy protects or discards by its
 * ports, it goes on to a later one that protects or discards it as it is, or
 * that bypasses what is OPAQUE.  Without such a one the former policy is the
 * answer, and it is for the caller to see that ipsec_sp_match() does not hold.
 *
 * The cost does not grow with the number of policies, only with the number of
 * different pairs of prefix lengths among them, and with the number of those
 * that differ in nothing else but a range within the same prefix.
 *
 * Context: RCU.
 * Return: the policy, borrowed, or NULL.
 */
struct ipsec_sp *ipsec_spd_lookup_rcu(const struct ipsec_net *ipn, u8 dir,
				      const struct ipsec_flow *flow, u8 cursor);

/**
 * ipsec_spd_init() - an empty SPD
 * @ipn: the netns
 *
 * Return: 0 or a negative errno.
 */
int ipsec_spd_init(struct ipsec_net *ipn);

/**
 * ipsec_spd_exit() - free all policies of a netns that packets cannot reach
 * @ipn: the netns, locked
 */
void ipsec_spd_exit(struct ipsec_net *ipn);

/**
 * ipsec_spd_find() - find a policy by its name
 * @ipn: the netns, locked
 * @id: its name
 * @bit: ipsec_net_current() or ipsec_net_next()
 *
 * Return: the policy, there as long as the lock is held, or NULL.
 */
struct ipsec_sp *ipsec_spd_find(const struct ipsec_net *ipn,
				const struct ipsec_sp_id *id, u8 bit);

/**
 * ipsec_spd_find_number() - find a policy by its number
 * @ipn: the netns, locked
 * @id: struct ipsec_sp.id
 *
 * Return: the policy that packets see, or NULL.
 */
struct ipsec_sp *ipsec_spd_find_number(struct ipsec_net *ipn, u32 id);

/**
 * ipsec_spd_walk() - the policies of a netns one after the other, by id
 * @ipn: the netns, locked
 * @id: start here; becomes the id of the policy found
 *
 * The caller adds one to @id to go on.  A policy being replaced is not seen.
 *
 * Return: the policy, or NULL at the end.
 */
struct ipsec_sp *ipsec_spd_walk(struct ipsec_net *ipn, unsigned long *id);

/**
 * ipsec_spd_add() - put a policy into the next generation
 * @ipn: the netns, locked
 * @sp: the policy; gets tunnel and id
 * @tunnel: its tunnel's name; may be empty
 * @old: the policy it replaces, which the caller deletes, or NULL
 *
 * Return: 0 or a negative errno; then nobody has seen @sp.
 */
int ipsec_spd_add(struct ipsec_net *ipn, struct ipsec_sp *sp,
		  const char *tunnel, struct ipsec_sp *old);

/**
 * ipsec_spd_remove() - unlink a policy that packets do not see any more
 * @ipn: the netns, locked
 * @sp: the policy; freed after a grace period
 * @heir: the policy that takes its number back: that of an undone replace
 */
void ipsec_spd_remove(struct ipsec_net *ipn, struct ipsec_sp *sp,
		      struct ipsec_sp *heir);

#endif /* _IPSEC_SPD_H */
