// SPDX-License-Identifier: GPL-2.0-only
#include "sad.h"

#include <linux/err.h>
#include <linux/jhash.h>
#include <linux/rhashtable.h>

#include "compat.h"
#include "expire.h"
#include "keyreg.h"
#include "natt.h"
#include "netns.h"
#include "sa.h"
#include "tunnel.h"

/* Three words: address, and SPI with all that is small */
static u64 id_word(const struct ipsec_sa_id *id, int n)
{
	return get_unaligned((const u64 *)id + n);
}

/*
 * A packet waits for this one: a multiplication a word mixes what a table needs,
 * of ids that a peer may choose but whose @seed he does not know.
 */
static u32 id_hash(const void *data, u32 len, u32 seed)
{
	u64 h = seed;
	int i;

	/* odd multiplier: 2^64 divided by the golden ratio */
	for (i = 0; i < 3; i++) {
		h = (h ^ id_word(data, i)) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 32;
	}
	return h;
}

static u32 sa_hash(const void *data, u32 len, u32 seed)
{
	const struct ipsec_sa *sa = data;

	return id_hash(&sa->id, len, seed);
}

static int sa_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct ipsec_sa_id *a = arg->key;
	const struct ipsec_sa_id *b = &((const struct ipsec_sa *)obj)->id;

	return !!((id_word(a, 0) ^ id_word(b, 0)) |
		  (id_word(a, 1) ^ id_word(b, 1)) |
		  (id_word(a, 2) ^ id_word(b, 2)));
}

static const struct rhashtable_params sad_params = {
	.key_len = sizeof_field(struct ipsec_sa, id),
	.key_offset = offsetof(struct ipsec_sa, id),
	.head_offset = offsetof(struct ipsec_sa, node),
	.hashfn = id_hash,
	.obj_hashfn = sa_hash,
	.obj_cmpfn = sa_cmp,
	.automatic_shrinking = true,
};

/* Ids and names are hashed as octets: there must be none that nobody sets. */
static_assert(sizeof(struct ipsec_sa_id) == 24);
static_assert(sizeof(struct ipsec_sa_name) == 44);

static __always_inline struct rhlist_head *
sad_list(const struct ipsec_net *ipn, const struct ipsec_sa_id *id)
{
	return rhltable_lookup((struct rhltable *)&ipn->sad, id, sad_params);
}

/* Of those with one id, one for this source alone goes before the one for all */
static __always_inline struct ipsec_sa *
longest(const struct ipsec_net *ipn, const struct ipsec_sa_id *id,
	const void *saddr, u8 bit)
{
	struct rhlist_head *list = sad_list(ipn, id), *pos;
	struct ipsec_sa *sa, *found = NULL;

	rhl_for_each_entry_rcu(sa, pos, list, node) {
		if (READ_ONCE(sa->inactive) & bit)
			continue;
		if (likely(sa->match != NF_IPSEC_MATCH_SRC_DST))
			found = sa;
		else if (!memcmp(&sa->saddr, saddr, id->family == AF_INET ?
				 4 : sizeof(struct ipsec_addr)))
			return sa;
	}
	return found;
}

static noinline struct ipsec_sa *by_spi(const struct ipsec_net *ipn,
					const struct ipsec_sa_id *id,
					const void *saddr, u8 bit)
{
	struct ipsec_sa_id any = *id;

	memset(&any.daddr, 0, sizeof(any.daddr));
	return longest(ipn, &any, saddr, bit);
}

struct ipsec_sa *ipsec_sad_lookup_in_rcu(const struct ipsec_net *ipn,
					 const struct ipsec_sa_id *id,
					 const void *saddr, u8 cursor)
{
	struct ipsec_sa *sa = longest(ipn, id, saddr, BIT(cursor));

	if (likely(sa || !READ_ONCE(ipn->n_match_spi)))
		return sa;
	return by_spi(ipn, id, saddr, BIT(cursor));
}

static bool has_name(const struct ipsec_sa *sa,
		     const struct ipsec_sa_name *name)
{
	if (sa->id.dir == NF_IPSEC_DIR_OUT)
		return sa->rport == name->port;
	return sa->match == name->match &&
	       (sa->match != NF_IPSEC_MATCH_SRC_DST ||
		ipsec_addr_equal(&sa->saddr, &name->saddr));
}

static struct ipsec_sa *sad_lookup(const struct ipsec_net *ipn,
				   const struct ipsec_sa_name *name, u8 bit)
{
	struct rhlist_head *list = sad_list(ipn, &name->id), *pos;
	struct ipsec_sa *sa;

	rhl_for_each_entry_rcu(sa, pos, list, node) {
		if (!(READ_ONCE(sa->inactive) & bit) && has_name(sa, name))
			return sa;
	}
	return NULL;
}

struct ipsec_sa *ipsec_sad_lookup_rcu(const struct ipsec_net *ipn,
				      const struct ipsec_sa_name *name,
				      u8 cursor)
{
	return sad_lookup(ipn, name, BIT(cursor));
}

struct ipsec_sa *ipsec_sad_find(const struct ipsec_net *ipn,
				const struct ipsec_sa_name *name, u8 bit)
{
	struct ipsec_sa *sa;

	lockdep_assert_held(&ipn->lock);
	rcu_read_lock();
	sa = sad_lookup(ipn, name, bit);
	rcu_read_unlock();
	return sa;
}

struct ipsec_sa *ipsec_sad_find_kin(const struct ipsec_net *ipn,
				    const struct ipsec_sa_name *name,
				    const char *tunnel, u8 bit)
{
	struct ipsec_sa *sa, *found = NULL;
	struct rhlist_head *list, *pos;
	u32 n = 0;

	lockdep_assert_held(&ipn->lock);
	rcu_read_lock();
	list = sad_list(ipn, &name->id);
	rhl_for_each_entry_rcu(sa, pos, list, node) {
		if ((sa->inactive & bit) ||
		    (tunnel && strcmp(sa->tunnel->name, tunnel)))
			continue;
		found = sa;
		n++;
	}
	rcu_read_unlock();
	return n == 1 ? found : NULL;
}

struct ipsec_sa *ipsec_sad_walk(struct ipsec_net *ipn, unsigned long *age)
{
	return xa_find(&ipn->sas, age, ULONG_MAX, XA_PRESENT);
}

/* A slow look, for a key of which SAs of both directions are linked: some of
 * them may go with the transaction.
 */
bool ipsec_sad_key_turns(struct ipsec_net *ipn, const struct ipsec_sa *sa)
{
	unsigned long age = 0;
	struct ipsec_sa *other;

	lockdep_assert_held(&ipn->lock);
	if (!ipsec_keyreg_both(sa->key))
		return false;
	for (; (other = ipsec_sad_walk(ipn, &age)); age++) {
		if (!(other->inactive & ipsec_net_next(ipn)) &&
		    other->id.dir != sa->id.dir &&
		    other->key->reg_entry == sa->key->reg_entry)
			return true;
	}
	return false;
}

/* The list is sorted by age, the youngest first.  A replacement is as old as
 * what it replaces, so that it does not become the one that is sent on.
 */
static void out_insert(struct ipsec_sa *sa)
{
	struct list_head *list = &sa->tunnel->out;
	struct ipsec_sa *pos;

	list_for_each_entry(pos, list, out) {
		if (pos->age <= sa->age)
			break;
	}
	list_add_tail_rcu(&sa->out, &pos->out);
}

static void put_tunnels(struct ipsec_net *ipn, struct ipsec_sa *sa)
{
	ipsec_tunnel_put(ipn, sa->via);
	ipsec_tunnel_put(ipn, sa->tunnel);
}

static int get_tunnels(struct ipsec_net *ipn, struct ipsec_sa *sa,
		       const char *name, const char *via)
{
	struct ipsec_tunnel *tunnel = ipsec_tunnel_get(ipn, name);

	if (IS_ERR(tunnel))
		return PTR_ERR(tunnel);
	sa->tunnel = tunnel;
	if (!sa->nested)
		return 0;
	tunnel = ipsec_tunnel_get(ipn, via);
	if (IS_ERR(tunnel)) {
		put_tunnels(ipn, sa);
		sa->tunnel = NULL;
		return PTR_ERR(tunnel);
	}
	sa->via = tunnel;
	return 0;
}

/* Packets need to know whether any SA asks for a DSCP: those of a netns before
 * they look, those of a tunnel when they have found an SA for all.
 */
static void count_class(struct ipsec_net *ipn, struct ipsec_sa *sa, int n)
{
	if (!sa->extra || !sa->extra->dscp_set)
		return;
	WRITE_ONCE(ipn->n_classes, ipn->n_classes + n);
	WRITE_ONCE(sa->tunnel->n_classes, sa->tunnel->n_classes + n);
}

/* Whether all go to one peer is asked with each change, and there may be any number
 * of SAs: sums tell it without a walk.  That they do so modulo 2^64, and of hashes,
 * makes an error as unlikely as two peers of one hash.
 */
static void count_peer(struct ipsec_net *ipn, const struct ipsec_sa *sa, s64 n)
{
	struct ipsec_peers *p = &ipn->peers;
	u64 x;

	if (sa->id.dir != NF_IPSEC_DIR_OUT)
		return;
	x = jhash2((__force const u32 *)sa->id.daddr.a6, 4,
		   (__force u16)sa->rport);
	p->n += n;
	p->sum += n * x;
	p->squares += n * x * x;
	WRITE_ONCE(ipn->hub, p->n * p->squares != p->sum * p->sum);
}

int ipsec_sad_add(struct ipsec_net *ipn, struct ipsec_sa *sa,
		  const char *tunnel, const char *via, struct ipsec_sa *old)
{
	int err;

	lockdep_assert_held(&ipn->lock);
	err = get_tunnels(ipn, sa, tunnel, via);
	if (err)
		return err;
	sa->age = old ? old->age : ipn->next_age++;
	sa->inactive = ipsec_net_current(ipn);
	err = ipsec_natt_add(ipn, sa);
	if (err)
		goto err_put_tunnels;
	err = xa_err(xa_store(&ipn->sas, sa->age, sa, GFP_KERNEL_ACCOUNT));
	if (err)
		goto err_natt_del;
	err = ipsec_insert_retry(rhltable_insert(&ipn->sad, &sa->node,
						 sad_params));
	if (err)
		goto err_restore_walk;
	if (sa->id.dir == NF_IPSEC_DIR_OUT)
		out_insert(sa);
	if (sa->match == NF_IPSEC_MATCH_SPI)
		WRITE_ONCE(ipn->n_match_spi, ipn->n_match_spi + 1);
	count_class(ipn, sa, 1);
	count_peer(ipn, sa, 1);
	ipsec_keyreg_link(sa->key, sa->id.dir, 1);
	ipn->n_sas++;
	return 0;

err_restore_walk:
	xa_cmpxchg(&ipn->sas, sa->age, sa, old, 0);
	/* who walks them may have it, and it is freed at once */
	synchronize_rcu();
err_natt_del:
	ipsec_natt_del(ipn, sa);
err_put_tunnels:
	put_tunnels(ipn, sa);
	sa->tunnel = NULL;
	sa->via = NULL;
	return err;
}

static void sa_free_work(struct work_struct *work)
{
	ipsec_sa_destroy(container_of(to_rcu_work(work), struct ipsec_sa,
				      rwork));
}

void ipsec_sad_remove(struct ipsec_net *ipn, struct ipsec_sa *sa,
		      struct ipsec_sa *heir)
{
	lockdep_assert_held(&ipn->lock);
	ipsec_expire_stop(sa);
	ipsec_sa_stop_dummies(sa);
	xa_cmpxchg(&ipn->sas, sa->age, sa, heir, 0);
	rhltable_remove(&ipn->sad, &sa->node, sad_params);
	if (sa->id.dir == NF_IPSEC_DIR_OUT)
		list_del_rcu(&sa->out);
	if (sa->match == NF_IPSEC_MATCH_SPI)
		WRITE_ONCE(ipn->n_match_spi, ipn->n_match_spi - 1);
	ipsec_keyreg_link(sa->key, sa->id.dir, -1);
	ipsec_natt_del(ipn, sa);
	count_class(ipn, sa, -1);
	count_peer(ipn, sa, -1);
	put_tunnels(ipn, sa);
	ipn->n_sas--;
	INIT_RCU_WORK(&sa->rwork, sa_free_work);
	queue_rcu_work(ipsec_wq, &sa->rwork);
}

int ipsec_sad_init(struct ipsec_net *ipn)
{
	xa_init(&ipn->sas);
	ipsec_natt_init(&ipn->natt);
	ipn->next_age = 1;
	return rhltable_init(&ipn->sad, &sad_params);
}

void ipsec_sad_exit(struct ipsec_net *ipn)
{
	unsigned long age = 0;
	struct ipsec_sa *sa;

	lockdep_assert_held(&ipn->lock);
	for (; (sa = ipsec_sad_walk(ipn, &age)); age++) {
		ipsec_expire_stop(sa);
		ipsec_sa_stop_dummies(sa);
		ipsec_natt_del(ipn, sa);
		put_tunnels(ipn, sa);
		ipsec_sa_forget_route(sa);
		ipsec_sa_destroy(sa);
		cond_resched();
	}
	ipsec_natt_exit(&ipn->natt);
	xa_destroy(&ipn->sas);
	rhltable_destroy(&ipn->sad);
}
