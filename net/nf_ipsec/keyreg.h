/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_KEYREG_H
#define _IPSEC_KEYREG_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rhashtable-types.h>

struct ipsec_key;

/**
 * struct ipsec_keyreg - the keys that have sent in one netns
 * @lock: protects all of it, and the entries
 * @table: [K] entries by digest
 * @gone: [K] entries without a key, oldest first
 * @n_gone: [K] how many; each netns has a limit of its own, so that one cannot
 *	make another forget
 */
struct ipsec_keyreg {
	struct mutex lock;	/* see @lock */
	struct rhashtable table;
	struct list_head gone;
	u32 n_gone;
};

/**
 * ipsec_keyreg_add() - a key is going to send
 * @reg: the registry of its netns
 * @key: the key; its digest is set; gets its counter, its IV base, and what it
 *	has done before
 *
 * A counter that starts again under an old key repeats numbers that the peer
 * has seen, and with a counter mode it may repeat an IV.  The registry knows
 * keys by their digest.  All that send under one key in one netns, at the same
 * time or one after the other, share one counter.
 *
 * Context: process.
 * Return: 0 or a negative errno; on success ipsec_keyreg_del() must follow.
 */
int ipsec_keyreg_add(struct ipsec_keyreg *reg, struct ipsec_key *key);

/**
 * ipsec_keyreg_del() - a key has stopped sending
 * @key: the key; its counter is remembered, unless it never moved
 *
 * Context: process.
 */
void ipsec_keyreg_del(struct ipsec_key *key);

/**
 * ipsec_keyreg_init() - a netns in which no key has sent
 * @reg: its registry
 *
 * Return: 0 or a negative errno.
 */
int ipsec_keyreg_init(struct ipsec_keyreg *reg);

/**
 * ipsec_keyreg_exit() - the netns is gone; no key of it is left
 * @reg: its registry
 */
void ipsec_keyreg_exit(struct ipsec_keyreg *reg);

#endif /* _IPSEC_KEYREG_H */
