// SPDX-License-Identifier: GPL-2.0-only
#include "keyreg.h"

#include <linux/err.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "key.h"
#include "lib/alg.h"
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
 * @fingerprint: [I] of algorithms and key; key of the table
 * @sends: [K] it is going to send, or has
 * @linked: [K] SAs of a counter mode that are linked, by direction
 * @id: [I] where it is in the registry's @all
 * @bytes: [K] octets that those have worked on under it which are gone
 * @users: [K] struct ipsec_key that exist
 * @node: [K] table
 * @gone: [K] list of entries without users, oldest first
 */
struct keyreg_entry {
	atomic64_t seq;
	u64 iv_base ____cacheline_aligned_in_smp;
	u8 fingerprint[NF_IPSEC_FINGERPRINT_LEN];
	bool sends;
	u32 linked[NF_IPSEC_DIR_OUT + 1];
	unsigned long id;
	u64 bytes;
	u32 users;
	struct rhash_head node;
	struct list_head gone;
};

static const struct rhashtable_params keyreg_params = {
	.key_len		= NF_IPSEC_FINGERPRINT_LEN,
	.key_offset		= offsetof(struct keyreg_entry, fingerprint),
	.head_offset		= offsetof(struct keyreg_entry, node),
	.automatic_shrinking	= true,
};

static void entry_free(struct ipsec_keyreg *reg, struct keyreg_entry *e)
{
	rhashtable_remove_fast(&reg->table, &e->node, keyreg_params);
	xa_erase(&reg->all, e->id);
	kfree_sensitive(e);
}

static void gone_drop(struct ipsec_keyreg *reg, struct keyreg_entry *e)
{
	list_del(&e->gone);
	reg->n_gone--;
	entry_free(reg, e);
}

/* Nobody has it now, but its number must not come again. */
static void gone_add(struct ipsec_keyreg *reg, struct keyreg_entry *e)
{
	list_add_tail(&e->gone, &reg->gone);
	if (++reg->n_gone > KEYREG_MAX)
		gone_drop(reg, list_first_entry(&reg->gone,
						struct keyreg_entry, gone));
}

static struct keyreg_entry *entry_create(struct ipsec_keyreg *reg,
					 const u8 *fingerprint, u64 iv_base)
{
	struct keyreg_entry *e;
	int err;

	e = kzalloc(sizeof(*e), GFP_KERNEL_ACCOUNT);
	if (!e)
		return ERR_PTR(-ENOMEM);
	memcpy(e->fingerprint, fingerprint, sizeof(e->fingerprint));
	e->iv_base = iv_base;
	e->id = reg->next_id++;
	INIT_LIST_HEAD(&e->gone);
	err = xa_err(xa_store(&reg->all, e->id, e, GFP_KERNEL_ACCOUNT));
	if (err)
		goto err_free;
	err = ipsec_insert_retry(rhashtable_insert_fast(&reg->table, &e->node,
							keyreg_params));
	if (!err)
		return e;
	xa_erase(&reg->all, e->id);
err_free:
	kfree(e);
	return ERR_PTR(err);
}

static struct keyreg_entry *entry_find(struct ipsec_keyreg *reg,
				       const u8 *fingerprint)
{
	return rhashtable_lookup_fast(&reg->table, fingerprint, keyreg_params);
}

static void sender_init(struct ipsec_key *key, struct keyreg_entry *e)
{
	e->sends = true;
	key->seq = &e->seq;
	key->iv_base = e->iv_base;
	key->bytes_before = e->bytes;
}

int ipsec_keyreg_add(struct ipsec_keyreg *reg, struct ipsec_key *key)
{
	struct keyreg_entry *e;

	mutex_lock(&reg->lock);
	e = entry_find(reg, key->digest) ?:
	    entry_create(reg, key->digest, get_random_u64());
	/* whoever sends with it from now on begins where we have begun */
	if (!IS_ERR(e) && key->replay && key->enc && key->enc->implicit &&
	    atomic64_read(&e->seq))
		e = ERR_PTR(-EKEYREJECTED);
	if (!IS_ERR(e)) {
		if (!list_empty(&e->gone)) {
			list_del_init(&e->gone);
			reg->n_gone--;
		}
		e->users++;
		key->reg = reg;
		key->reg_entry = e;
		if (!key->replay)
			sender_init(key, e);
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
	if (key->seq)
		e->bytes += usage.bytes;
	if (!--e->users) {
		if (atomic64_read(&e->seq))
			gone_add(reg, e);
		else
			entry_free(reg, e);
	}
	mutex_unlock(&reg->lock);
}

static bool is_counter(const struct ipsec_key *key)
{
	return (key->enc && key->enc->counter) ||
	       (key->auth && key->auth->counter);
}

bool ipsec_keyreg_wants(const struct ipsec_key *key)
{
	return !key->replay || is_counter(key);
}

void ipsec_keyreg_link(struct ipsec_key *key, u8 dir, int n)
{
	if (!key->reg_entry || !is_counter(key))
		return;
	mutex_lock(&key->reg->lock);
	key->reg_entry->linked[dir] += n;
	mutex_unlock(&key->reg->lock);
}

bool ipsec_keyreg_both(const struct ipsec_key *key)
{
	const struct keyreg_entry *e = key->reg_entry;
	bool both;

	if (!e)
		return false;
	mutex_lock(&key->reg->lock);
	both = e->linked[NF_IPSEC_DIR_IN] && e->linked[NF_IPSEC_DIR_OUT];
	mutex_unlock(&key->reg->lock);
	return both;
}

bool ipsec_keyreg_read(struct ipsec_keyreg *reg, unsigned long *id,
		       struct ipsec_keyreg_state *state)
{
	struct keyreg_entry *e;

	mutex_lock(&reg->lock);
	do {
		e = xa_find(&reg->all, id, ULONG_MAX, XA_PRESENT);
	} while (e && !e->sends && ++*id);
	if (e) {
		memcpy(state->fingerprint, e->fingerprint,
		       sizeof(state->fingerprint));
		state->seq = atomic64_read(&e->seq);
		state->iv_base = e->iv_base;
	}
	mutex_unlock(&reg->lock);
	return e;
}

int ipsec_keyreg_restore(struct ipsec_keyreg *reg,
			 const struct ipsec_keyreg_state *state)
{
	struct keyreg_entry *e;
	u64 last;

	mutex_lock(&reg->lock);
	e = entry_find(reg, state->fingerprint);
	if (!e) {
		e = entry_create(reg, state->fingerprint, state->iv_base);
		if (!IS_ERR(e))
			gone_add(reg, e);
	}
	if (!IS_ERR(e)) {
		e->sends = true;
		last = atomic64_read(&e->seq);
		while (last < state->seq &&
		       !atomic64_try_cmpxchg(&e->seq, (s64 *)&last, state->seq))
			;
	}
	mutex_unlock(&reg->lock);
	return PTR_ERR_OR_ZERO(e);
}

int ipsec_keyreg_init(struct ipsec_keyreg *reg)
{
	mutex_init(&reg->lock);
	INIT_LIST_HEAD(&reg->gone);
	xa_init(&reg->all);
	return rhashtable_init(&reg->table, &keyreg_params);
}

void ipsec_keyreg_exit(struct ipsec_keyreg *reg)
{
	struct keyreg_entry *e, *next;

	list_for_each_entry_safe(e, next, &reg->gone, gone) {
		gone_drop(reg, e);
		cond_resched();
	}
	xa_destroy(&reg->all);
	rhashtable_destroy(&reg->table);
}
