// SPDX-License-Identifier: GPL-2.0-only
#include "key.h"

#include <linux/err.h>
#include <linux/netlink.h>
#include <linux/slab.h>

#include "compat.h"
#include "crypto.h"
#include "keyreg.h"
#include "lib/alg.h"
#include "lib/replay.h"
#include "netns.h"
#include "sa.h"

static struct ipsec_replay *replay_create(const struct ipsec_sa_params *p)
{
	struct ipsec_replay *rp;
	u32 words = ipsec_replay_words(p->replay_window);

	rp = kzalloc(struct_size(rp, map, words), GFP_KERNEL_ACCOUNT);
	if (rp)
		ipsec_replay_init(rp, p->replay_window,
				  p->flags & NF_IPSEC_SA_F_ESN, p->seq);
	return rp;
}

/* Its numbers end where the limit of packets is, if that comes first: so that
 * limit is kept to the packet.  What the key has done before counts: one that has
 * nothing left ends as its SA begins, see ipsec_expire_start(), and nothing goes in
 * clear.  A refusal would leave all of a file out at boot.
 */
static void sender_life(struct ipsec_key *key)
{
	u64 space = ipsec_seq_last(key->esn || key->wrap);
	u64 packets = key->life.of[NF_IPSEC_LIMIT_PACKETS].hard;

	key->seq_last = min(space, packets);
	if (key->bytes_before >= key->life.of[NF_IPSEC_LIMIT_BYTES].hard)
		key->seq_last = 0;
	key->life.of[NF_IPSEC_LIMIT_SEQUENCE].hard = space;
	key->life.of[NF_IPSEC_LIMIT_SEQUENCE].soft = ipsec_lifetime_soft(space);
}

static int sender_setup(struct ipsec_key *key, const struct ipsec_sa_params *p,
			struct netlink_ext_ack *extack)
{
	if (p->seq_set && p->seq < ipsec_key_seq_read(key)) {
		NL_SET_ERR_MSG(extack, "this key has sent higher numbers: leave seq out");
		return -EKEYREJECTED;
	}
	key->seq_start = p->seq;
	sender_life(key);
	return 0;
}

static int key_setup(const struct net *net, struct ipsec_key *key,
		     const struct ipsec_sa_params *p,
		     struct netlink_ext_ack *extack)
{
	int err;

	key->usage = alloc_percpu_gfp(struct ipsec_key_usage,
				      GFP_KERNEL_ACCOUNT);
	if (!key->usage)
		return -ENOMEM;
	if (p->id.dir == NF_IPSEC_DIR_IN) {
		key->replay = replay_create(p);
		if (!key->replay)
			return -ENOMEM;
	}
	if (ipsec_keyreg_wants(key)) {
		err = ipsec_keyreg_add(&ipsec_net(net)->keyreg, key);
		if (err == -EKEYREJECTED)
			NL_SET_ERR_MSG(extack, "nonces would repeat: this host has sent with it");
		if (err)
			return err;
	}
	if (!key->replay) {
		err = sender_setup(key, p, extack);
		if (err)
			return err;
	}
	key->crypto = ipsec_crypto_create(key->enc, key->auth, p->key, extack);
	if (IS_ERR(key->crypto)) {
		err = PTR_ERR(key->crypto);
		key->crypto = NULL;
	}
	/* a driver that has no memory has nothing against the key */
	if (err == -ENOMEM)
		ipsec_extack_msg(extack, NULL);
	return err;
}

int ipsec_key_digest(struct ipsec_sa_params *p, struct netlink_ext_ack *extack)
{
	int err;

	err = ipsec_crypto_digest(ipsec_alg_get(p->enc), ipsec_alg_get(p->auth),
				  p->key, p->key_len, p->digest);
	if (err == -ENOENT)
		NL_SET_ERR_MSG(extack, "no driver for hmac(sha256): modprobe sha256_generic");
	return err;
}

struct ipsec_key *ipsec_key_create(const struct net *net,
				   const struct ipsec_sa_params *p,
				   struct netlink_ext_ack *extack)
{
	struct ipsec_key *key;
	int err;

	key = kzalloc(sizeof(*key), GFP_KERNEL_ACCOUNT);
	if (!key)
		return ERR_PTR(-ENOMEM);
	refcount_set(&key->refs, 1);
	spin_lock_init(&key->replay_lock);
	spin_lock_init(&key->life_lock);
	key->enc = ipsec_alg_get(p->enc);
	key->auth = ipsec_alg_get(p->auth);
	key->esn = p->flags & NF_IPSEC_SA_F_ESN;
	key->wrap = p->flags & NF_IPSEC_SA_F_WRAP;
	key->life = p->life;
	key->added = ktime_get_real_seconds();
	key->probe_next = jiffies;
	memcpy(key->digest, p->digest, sizeof(key->digest));
	err = key_setup(net, key, p, extack);
	if (!err)
		return key;
	ipsec_key_put(key);
	return ERR_PTR(err);
}

struct ipsec_key *ipsec_key_get(struct ipsec_key *key)
{
	refcount_inc(&key->refs);
	return key;
}

void ipsec_key_put(struct ipsec_key *key)
{
	if (!key || !refcount_dec_and_test(&key->refs))
		return;
	ipsec_keyreg_del(key);
	ipsec_crypto_destroy(key->crypto);
	free_percpu(key->usage);
	kfree(key->replay);
	kfree_sensitive(key);
}

bool ipsec_key_same(const struct ipsec_key *key,
		    const struct ipsec_sa_params *p)
{
	if (p->fingerprint && memcmp(p->fingerprint, key->digest,
				     NF_IPSEC_FINGERPRINT_LEN))
		return false;
	return !p->key || !memcmp(p->digest, key->digest, sizeof(key->digest));
}

bool ipsec_key_same_life(const struct ipsec_key *key,
			 const struct ipsec_sa_params *p)
{
	/* those in front of the number space, which nobody sets */
	return !memcmp(key->life.of, p->life.of,
		       NF_IPSEC_LIMIT_SEQUENCE * sizeof(key->life.of[0]));
}

void ipsec_key_start(struct ipsec_key *key)
{
	u64 last;

	if (!key->born)
		key->born = ktime_get_boottime();
	if (!key->seq)
		return;
	last = atomic64_read(key->seq);
	while (last < key->seq_start &&
	       !atomic64_try_cmpxchg(key->seq, (s64 *)&last, key->seq_start))
		;
}

void ipsec_key_usage(const struct ipsec_key *key, struct ipsec_usage *sum)
{
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct ipsec_usage *u = &per_cpu_ptr(key->usage, cpu)->sum;

		sum->packets += READ_ONCE(u->packets);
		sum->bytes += READ_ONCE(u->bytes);
	}
}

u64 ipsec_key_seq_read(const struct ipsec_key *key)
{
	return key->replay ? READ_ONCE(key->replay->top) :
			     atomic64_read(key->seq);
}
