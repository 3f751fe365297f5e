// SPDX-License-Identifier: GPL-2.0-only
#include "keyreg.h"

#include <linux/err.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "key.h"
#include "netns.h"

/* Keys that a netns remembers after they are gone; beyond that its oldest are
 * forgotten, and only the random IV base stands between them and a repeated IV.
 */
#define KEYREG_MAX	65536

/**
 * struct keyreg_entry - one key that has sent or may send
 * @seq: [a] last number handed out; on a line of its own, every packet writes it
 * @iv_base: [I] struct ipsec_key.iv_base: with the numbers it goes on, so that
 *	no IV comes again
 * @digest: [I] of algorithms and key; key of the table
 * @bytes: [K] octets that those have worked on under it which are gone
 * @users: [K] struct ipsec_key that exist
 * @node: [K] table
 * @gone: [K] list of entries without users, oldest first
 */
struct keyreg_entry {
	atomic64_t seq;
	u64 iv_base ____cacheline_aligned_in_smp;
	u8 digest[IPSEC_DIGEST_LEN];
	u64 bytes;
	u32 users;
	struct rhash_head node;
	struct list_head gone;
};

static const struct rhashtable_params keyreg_params = {
	.key_len		= IPSEC_DIGEST_LEN,
	.key_offset		= offsetof(struct keyreg_entry, digest),
	.head_offset		= offsetof(struct keyreg_entry, node),
	.automatic_shrinking	= true,
};

static void entry_free(struct ipsec_keyreg *reg, struct keyreg_entry *e)
{
	rhashtable_remove_fast(&reg->table, &e->node, keyreg_params);
	kfree_sensitive(e);
}

static void gone_drop(struct ipsec_keyreg *reg, struct keyreg_entry *e)
{
	list_del(&e->gone);
	reg->n_gone--;
	entry_free(reg, e);
}

static struct keyreg_entry *entry_get(struct ipsec_keyreg *reg,
				      const u8 *digest)
{
	struct keyreg_entry *e;
	int err;

	e = rhashtable_lookup_fast(&reg->table, digest, keyreg_params);
	if (e)
		return e;
	e = kzalloc(sizeof(*e), GFP_KERNEL_ACCOUNT);
	if (!e)
		return ERR_PTR(-ENOMEM);
	memcpy(e->digest, digest, sizeof(e->digest));
	e->iv_base = get_random_u64();
	INIT_LIST_HEAD(&e->gone);
	err = ipsec_insert_retry(rhashtable_insert_fast(&reg->table, &e->node,
							keyreg_params));
	if (!err)
		return e;
	kfree(e);
	return ERR_PTR(err);
}

int ipsec_keyreg_add(struct ipsec_keyreg *reg, struct ipsec_key *key)
{
	struct keyreg_entry *e;

	mutex_lock(&reg->lock);
	e = entry_get(reg, key->digest);
	if (!IS_ERR(e)) {
		if (!list_empty(&e->gone)) {
			list_del_init(&e->gone);
			reg->n_gone--;
		}
		e->users++;
		key->reg = reg;
		key->reg_entry = e;
		key->seq = &e->seq;
		key->iv_base = e->iv_base;
		key->bytes_before = e->bytes;
	}
	mutex_unlock(&reg->lock);
	return PTR_ERR_OR_ZERO(e);
}

void ipsec_keyreg_del(struct ipsec_key *key)
{
	struct keyreg_entry *e = key->reg_entry;
	struct ipsec_keyreg *reg = key->reg;
	struct ipsec_usage usage;

	if (!e)
		return;
	ipsec_key_usage(key, &usage);
	mutex_lock(&reg->lock);
	e->bytes += usage.bytes;
	if (--e->users)
		goto unlock;
	if (!atomic64_read(&e->seq)) {
		entry_free(reg, e);
	} else {
		list_add_tail(&e->gone, &reg->gone);
		if (++reg->n_gone > KEYREG_MAX)
			gone_drop(reg, list_first_entry(&reg->gone,
							struct keyreg_entry,
							gone));
	}
unlock:
	mutex_unlock(&reg->lock);
}

int ipsec_keyreg_init(struct ipsec_keyreg *reg)
{
	mutex_init(&reg->lock);
	INIT_LIST_HEAD(&reg->gone);
	return rhashtable_init(&reg->table, &keyreg_params);
}

void ipsec_keyreg_exit(struct ipsec_keyreg *reg)
{
	struct keyreg_entry *e, *next;

	list_for_each_entry_safe(e, next, &reg->gone, gone) {
		gone_drop(reg, e);
		cond_resched();
	}
	rhashtable_destroy(&reg->table);
}
