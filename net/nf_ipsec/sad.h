/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_SAD_H
#define _IPSEC_SAD_H

#include <linux/types.h>

struct ipsec_net;
struct ipsec_sa;
struct ipsec_sa_id;
struct ipsec_sa_name;

/**
 * ipsec_sad_lookup_in_rcu() - find the SA of a packet that has come in
 * @ipn: the netns
 * @id: destination, SPI and protocol of the packet
 * @saddr: where its source is: 4 or 16 octets
 * @cursor: 0 or 1: parity of the packet's generation
 *
 * RFC 4301 section 4.1: first one that is for this source, then one for this
 * destination, then one for the SPI alone.
 *
 * Context: RCU.
 * Return: the SA, borrowed, or NULL.
 */
struct ipsec_sa *ipsec_sad_lookup_in_rcu(const struct ipsec_net *ipn,
					 const struct ipsec_sa_id *id,
					 const void *saddr, u8 cursor);

/**
 * ipsec_sad_lookup_rcu() - find an SA by its name
 * @ipn: the netns
 * @name: its name
 * @cursor: 0 or 1: parity of the caller's generation
 *
 * Context: RCU.
 * Return: the SA, borrowed, or NULL.
 */
struct ipsec_sa *ipsec_sad_lookup_rcu(const struct ipsec_net *ipn,
				      const struct ipsec_sa_name *name,
				      u8 cursor);

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
 * @name: its name
 * @bit: ipsec_net_current() or ipsec_net_next()
 *
 * Return: the SA, there as long as the lock is held, or NULL.
 */
struct ipsec_sa *ipsec_sad_find(const struct ipsec_net *ipn,
				const struct ipsec_sa_name *name, u8 bit);

/**
 * ipsec_sad_find_kin() - find an outbound SA whose UDP port is not known
 * @ipn: the netns, locked
 * @name: its name, but for the port
 * @tunnel: of this tunnel; NULL: of any
 * @bit: ipsec_net_current() or ipsec_net_next()
 *
 * Return: the SA, there as long as the lock is held; NULL if there is none, or
 * more than one.
 */
struct ipsec_sa *ipsec_sad_find_kin(const struct ipsec_net *ipn,
				    const struct ipsec_sa_name *name,
				    const char *tunnel, u8 bit);

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
 * ipsec_sad_key_turns() - will an SA of the other direction have the same key?
 * @ipn: the netns, locked
 * @sa: an SA of the next generation
 *
 * Return: true if the next generation has one, and the algorithm is a counter
 * mode, whose salt is a part of the key.
 */
bool ipsec_sad_key_turns(struct ipsec_net *ipn, const struct ipsec_sa *sa);

/**
 * ipsec_sad_add() - put an SA into the next generation
 * @ipn: the netns, locked
 * @sa: the SA; gets tunnels and age
 * @tunnel: its tunnel's name
 * @via: name of the tunnel around it, if it is nested
 * @old: the SA it replaces, which the caller deletes, or NULL
 *
 * Return: 0 or a negative errno; then nobody has seen @sa.
 */
int ipsec_sad_add(struct ipsec_net *ipn, struct ipsec_sa *sa,
		  const char *tunnel, const char *via, struct ipsec_sa *old);

/**
 * ipsec_sad_remove() - unlink an SA that packets do not see any more
 * @ipn: the netns, locked
 * @sa: the SA; freed after a grace period
 * @heir: the SA that takes its place in walks: that of an undone replace
 */
void ipsec_sad_remove(struct ipsec_net *ipn, struct ipsec_sa *sa,
		      struct ipsec_sa *heir);

#endif /* _IPSEC_SAD_H */
