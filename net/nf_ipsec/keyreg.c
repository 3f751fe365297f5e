// SPDX-License-Identifier: GPL-2.0-only
#include "keyreg.h"

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "key.h"

/* Keys remembered after they are gone; beyond that the oldest are forgotten,
 * and only the random IV base stands between them and a repeated IV.
 */
#define KEYREG_MAX	65536

/**
 * struct keyreg_id - what an entry is found by
 * @net_cookie: of the netns
 * @digest: of algorithms and key
 */
struct keyreg_id {
	u64 net_cookie;
	u8 digest[IPSEC_DIGEST_LEN];
};

/**
 * struct keyreg_entry - one key that has sent or may send
 * @seq: last number handed out; on a line of its own, every packet writes it
 * @id: key of the table
 * @users: struct ipsec_key that exist
 * @node: table
 * @gone: list of entries without users, oldest first
 */
struct keyreg_entry {
	atomic64_t seq;
	struct keyreg_id id ____cacheline_aligned_in_smp;
	u32 users;
	struct rhash_head node;
	struct list_head gone;
};

static const struct rhashtable_params keyreg_params = {
	.key_len		= sizeof(struct keyreg_id),
	.key_offset		= offsetof(struct keyreg_entry, id),
	.head_offset		= offsetof(struct keyreg_entry, node),
	.automatic_shrinking	= true,
};

/* protects the table, the entries and the list below */
static DEFINE_MUTEX(keyreg_lock);
static struct rhashtable keyreg;
static LIST_HEAD(keyreg_gone);
static u32 keyreg_n_gone;

static void entry_free(struct keyreg_entry *e)
{
	rhashtable_remove_fast(&keyreg, &e->node, keyreg_params);
	kfree_sensitive(e);
}

static void gone_drop(struct keyreg_entry *e)
{
	list_del(&e->gone);
	keyreg_n_gone--;
	entry_free(e);
}

static struct keyreg_entry *entry_get(const struct keyreg_id *id)
{
	struct keyreg_entry *e;

	e = rhashtable_lookup_fast(&keyreg, id, keyreg_params);
	if (e)
		return e;
	e = kzalloc(sizeof(*e), GFP_KERNEL);
	if (!e)
		return NULL;
	e->id = *id;
	INIT_LIST_HEAD(&e->gone);
	if (!rhashtable_insert_fast(&keyreg, &e->node, keyreg_params))
		return e;
	kfree(e);
	return NULL;
}

int ipsec_keyreg_add(const struct net *net, struct ipsec_key *key)
{
	struct keyreg_id id = { .net_cookie = net->net_cookie };
	struct keyreg_entry *e;

	memcpy(id.digest, key->digest, sizeof(id.digest));
	mutex_lock(&keyreg_lock);
	e = entry_get(&id);
	if (e) {
		if (!list_empty(&e->gone)) {
			list_del_init(&e->gone);
			keyreg_n_gone--;
		}
		e->users++;
		key->reg = e;
		key->seq = &e->seq;
	}
	mutex_unlock(&keyreg_lock);
	return e ? 0 : -ENOMEM;
}

void ipsec_keyreg_del(struct ipsec_key *key)
{
	struct keyreg_entry *e = key->reg;

	if (!e)
		return;
	mutex_lock(&keyreg_lock);
	if (--e->users)
		goto unlock;
	if (!atomic64_read(&e->seq)) {
		entry_free(e);
	} else {
		list_add_tail(&e->gone, &keyreg_gone);
		if (++keyreg_n_gone > KEYREG_MAX)
			gone_drop(list_first_entry(&keyreg_gone,
						   struct keyreg_entry, gone));
	}
unlock:
	mutex_unlock(&keyreg_lock);
}

void ipsec_keyreg_forget(const struct net *net)
{
	struct keyreg_entry *e, *next;

	mutex_lock(&keyreg_lock);
	list_for_each_entry_safe(e, next, &keyreg_gone, gone) {
		if (e->id.net_cookie == net->net_cookie)
			gone_drop(e);
	}
	mutex_unlock(&keyreg_lock);
}

int ipsec_keyreg_init(void)
{
	return rhashtable_init(&keyreg, &keyreg_params);
}

void ipsec_keyreg_exit(void)
{
	struct keyreg_entry *e, *next;

	list_for_each_entry_safe(e, next, &keyreg_gone, gone)
		gone_drop(e);
	rhashtable_destroy(&keyreg);
}
