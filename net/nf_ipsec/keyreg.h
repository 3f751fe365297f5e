/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_KEYREG_H
#define _IPSEC_KEYREG_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rhashtable-types.h>
#include <linux/xarray.h>
#include <uapi/linux/nf_ipsec.h>

struct ipsec_key;

/**
 * struct ipsec_keyreg - the keys that have sent in one netns, and of counter
 *	modes those that receive
 * @lock: protects all of it, and the entries
 * @table: [K] entries by fingerprint
 * @all: [K] entries in the order in which they came
 * @next_id: [K] where the next one goes in @all
 * @gone: [K] entries without a key, oldest first
 * @n_gone: [K] how many; each netns has a limit of its own, so that one cannot
 *	make another forget
 */
struct ipsec_keyreg {
	struct mutex lock;	/* see @lock */
	struct rhashtable table;
	struct xarray all;
	unsigned long next_id;
	struct list_head gone;
	u32 n_gone;
};

/**
 * struct ipsec_keyreg_state - how far a key has sent
 * @fingerprint: of the key
 * @seq: last number handed out
 * @iv_base: struct ipsec_key.iv_base
 */
struct ipsec_keyreg_state {
	u8 fingerprint[NF_IPSEC_FINGERPRINT_LEN];
	u64 seq;
	u64 iv_base;
};

/**
 * ipsec_keyreg_wants() - is this a key that the registry should know?
 * @key: the key; its algorithms and its window are set
 */
bool ipsec_keyreg_wants(const struct ipsec_key *key);

/**
 * ipsec_keyreg_add() - a key is going to send, or one of a counter mode to
 *	receive
 * @reg: the registry of its netns
 * @key: the key; its digest is set; one that sends gets its counter, its IV
 *	base, and what it has done before
 *
 * A counter that starts again under an old key repeats numbers that the peer
 * has seen, and with a counter mode it may repeat an IV.  The registry knows
 * keys by their fingerprint.  All that send under one key in one netns, at the
 * same time or one after the other, share one counter.
 *
 * Context: process.
 * Return: 0 or a negative errno; on success ipsec_keyreg_del() must follow.
 */
int ipsec_keyreg_add(struct ipsec_keyreg *reg, struct ipsec_key *key);

/**
 * ipsec_keyreg_del() - a key is not used any more
 * @key: the key; its counter is remembered, unless it never moved
 *
 * Context: process.
 */
void ipsec_keyreg_del(struct ipsec_key *key);

/**
 * ipsec_keyreg_link() - an SA was linked or unlinked
 * @key: its key
 * @dir: enum nf_ipsec_dir
 * @n: 1 or -1
 *
 * Context: process.
 */
void ipsec_keyreg_link(struct ipsec_key *key, u8 dir, int n);

/**
 * ipsec_keyreg_both() - are SAs of both directions linked that have this key?
 * @key: the key
 *
 * Context: process.
 * Return: true for a counter mode only, to which it matters.
 */
bool ipsec_keyreg_both(const struct ipsec_key *key);

/**
 * ipsec_keyreg_read() - the keys that send or have sent, one after the other
 * @reg: the registry
 * @id: start here; becomes that of the key found.  The caller adds one to go on.
 * @state: filled in
 *
 * Context: process.
 * Return: false at the end.
 */
bool ipsec_keyreg_read(struct ipsec_keyreg *reg, unsigned long *id,
		       struct ipsec_keyreg_state *state);

/**
 * ipsec_keyreg_restore() - remember a key that has sent in an earlier life
 * @reg: the registry
 * @state: how far; of a key that is known already the counter is raised, and
 *	the IV base stays
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int ipsec_keyreg_restore(struct ipsec_keyreg *reg,
			 const struct ipsec_keyreg_state *state);

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
