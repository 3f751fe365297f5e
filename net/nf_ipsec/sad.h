/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_SAD_H
#define _IPSEC_SAD_H

#include <linux/types.h>

struct ipsec_net;
struct ipsec_sa;
struct ipsec_sa_id;

/**
 * ipsec_sad_lookup_rcu() - find an SA
 * @ipn: the netns
 * @id: what it is found by
 * @cursor: 0 or 1: parity of the caller's generation
 *
 * Context: RCU.
 * Return: the SA, borrowed, or NULL.
 */
struct ipsec_sa *ipsec_sad_lookup_rcu(const struct ipsec_net *ipn,
				      const struct ipsec_sa_id *id, u8 cursor);

/**
 * ipsec_sad_init() - an empty SAD
 * @ipn: the netns
 *
 * Return: 0 or a negative errno.
 */
int ipsec_sad_init(struct ipsec_net *ipn);

/**
 * ipsec_sad_exit() - free all SAs of a netns that packets cannot reach
 * @ipn: the netns, locked
 */
void ipsec_sad_exit(struct ipsec_net *ipn);

/**
 * ipsec_sad_find() - find an SA, for changes
 * @ipn: the netns, locked
 * @id: what it is found by
 * @bit: ipsec_net_current() or ipsec_net_next()
 *
 * Return: the SA, there as long as the lock is held, or NULL.
 */
struct ipsec_sa *ipsec_sad_find(const struct ipsec_net *ipn,
				const struct ipsec_sa_id *id, u8 bit);

/**
 * ipsec_sad_walk() - the SAs of a netns one after the other, by age
 * @ipn: the netns
 * @age: start here; becomes the age of the SA found
 *
 * The caller adds one to @age to go on.  An SA being replaced is not seen.
 *
 * Context: ipn->lock or RCU.
 * Return: the SA, or NULL at the end.
 */
struct ipsec_sa *ipsec_sad_walk(struct ipsec_net *ipn, unsigned long *age);

/**
 * ipsec_sad_add() - put an SA into the next generation
 * @ipn: the netns, locked
 * @sa: the SA; gets tunnel and age
 * @tunnel: its tunnel's name
 * @old: the SA it replaces, which the caller deletes, or NULL
 *
 * Return: 0 or a negative errno; then nobody has seen @sa.
 */
int ipsec_sad_add(struct ipsec_net *ipn, struct ipsec_sa *sa,
		  const char *tunnel, struct ipsec_sa *old);

/**
 * ipsec_sad_remove() - unlink an SA that packets do not see any more
 * @ipn: the netns, locked
 * @sa: the SA; freed after a grace period
 * @heir: the SA that takes its place in walks: that of an undone replace
 */
void ipsec_sad_remove(struct ipsec_net *ipn, struct ipsec_sa *sa,
		      struct ipsec_sa *heir);

#endif /* _IPSEC_SAD_H */
