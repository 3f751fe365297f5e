/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_KEY_H
#define _IPSEC_KEY_H

#include <linux/bits.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <uapi/linux/nf_ipsec.h>

#include "lib/lifetime.h"
#include "lib/replay.h"

struct ipsec_alg;
struct ipsec_crypto;
struct ipsec_keyreg;
struct ipsec_replay;
struct ipsec_sa_params;
struct keyreg_entry;
struct net;
struct netlink_ext_ack;

#define IPSEC_DIGEST_LEN	32

/* Bits of struct ipsec_key.watch */
#define IPSEC_KEY_ENDED		BIT(0)	/* a limit has ended it */
#define IPSEC_KEY_PROBE		BIT(1)	/* in: the next packet is for ipsec_resync_open() */

/**
 * struct ipsec_usage - what went through a key or a policy on one CPU
 * @packets: [c] packets
 * @bytes: [c] octets; of a key those that its algorithm has worked on
 */
struct ipsec_usage {
	u64 packets;
	u64 bytes;
};

/**
 * struct ipsec_key_usage - what went through a key on one CPU
 * @sum: [c] what went through it
 * @packets_mark: [l] at so many packets a limit may be reached
 * @bytes_mark: [l] at so many octets
 *
 * On one cache line.  Marks of 0 make the first packet ask for better ones.
 */
struct ipsec_key_usage {
	struct ipsec_usage sum;
	u64 packets_mark;
	u64 bytes_mark;
} __aligned(32);

/**
 * struct ipsec_key - the keyed part of an SA: what must never exist twice
 * @crypto: [I] transforms; the only place where the key is
 * @enc: [I] encryption, NULL for AH
 * @auth: [I] integrity, NULL with an AEAD
 * @iv_base: [I] out: added to the number to make a counter mode's IV; one for
 *	all that have this key in this netns
 * @seq_last: [a] the last number that may be sent; 0 once a limit has ended it
 * @esn: [I] 64-bit numbers
 * @wrap: [I] out: the counter goes on behind 32 bits, of which the rest is sent
 * @ended: [a] enum nf_ipsec_limit that has ended it, or 0; written under
 *	@life_lock
 * @watch: [a] what a packet that comes in has to look at; written under
 *	@life_lock
 * @usage: [c] packets and octets
 * @seq: [I] out: the counter, whose value is the last number handed out; one
 *	for all that have this key in this netns, and part of @reg_entry
 * @seq_start: [I] out: where the counter shall stand at least, once an SA with
 *	this key is published
 * @replay_lock: protects @replay's writers
 * @replay: [r] in: the window
 * @resync: [a] in, ESN: wrong ICVs in a row
 * @probe_next: [a] in, ESN: not before this time in jiffies other high halves are
 *	tried; written under @life_lock
 * @used: [a] time of last use in jiffies, 0 before the first; in: by the peer,
 *	from where it should be
 * @life_lock: protects the marks of @usage, @ended, @noticed, @limit_time
 * @noticed: [l] enum nf_ipsec_limit that has given notice, or 0
 * @limit_time: [l] seconds since 1970 when a limit was reached last
 * @life: [I] what ends it
 * @born: [T] when an SA with this key was published, by the clock that goes on
 *	while the machine sleeps
 * @first_used: [a] its first packet, by the same clock; 0: none yet
 * @bytes_before: [I] out: octets that the same key has worked on in this netns
 *	before
 * @added: [I] seconds since 1970
 * @refs: [a] one a published or staged SA
 * @reg: [I] out, and in of a counter mode: the registry of its netns
 * @reg_entry: [I] with @reg: what that remembers of it
 * @digest: [I] keyed digest of algorithms and key; its first octets are the
 *	fingerprint
 *
 * Never copied and never changed; an SA that is replaced under the same key
 * hands it on, so that numbers and window go on.
 */
struct ipsec_key {
	struct ipsec_crypto *crypto;
	const struct ipsec_alg *enc;
	const struct ipsec_alg *auth;
	u64 iv_base;
	u64 seq_last;
	bool esn;
	bool wrap;
	u8 ended;
	u8 watch;
	struct ipsec_key_usage __percpu *usage;
	atomic64_t *seq;
	u64 seq_start;

	/* writers of replay */
	spinlock_t replay_lock ____cacheline_aligned_in_smp;
	struct ipsec_replay *replay;
	struct ipsec_resync resync;
	unsigned long probe_next;
	unsigned long used;

	spinlock_t life_lock;	/* see @life_lock */
	u8 noticed;
	time64_t limit_time;
	struct ipsec_lifetime life;
	ktime_t born;
	ktime_t first_used;
	u64 bytes_before;
	time64_t added;
	refcount_t refs;
	struct ipsec_keyreg *reg;
	struct keyreg_entry *reg_entry;
	u8 digest[IPSEC_DIGEST_LEN];
};

/**
 * ipsec_key_digest() - what a key is known by
 * @p: algorithms and key, checked; gets the digest
 * @extack: says what is wrong
 *
 * The first thing that a front end does with a key that it was given.
 *
 * Context: may sleep, for long when a crypto module is loaded; no lock held.
 * Return: 0 or a negative errno.
 */
int ipsec_key_digest(struct ipsec_sa_params *p, struct netlink_ext_ack *extack);

/**
 * ipsec_key_create() - make the keyed part of an SA
 * @net: its netns
 * @p: algorithms, key and its digest, numbers; checked by the caller against
 *	the table
 * @extack: says what is wrong
 *
 * A key that has sent in this netns before goes on where it stopped.
 *
 * Context: may sleep.
 * Return: one reference, or ERR_PTR; -EKEYREJECTED if @p asks for numbers that
 * this key has sent already. One that has reached a limit is taken: its SA ends
 * as it begins, see ipsec_expire_start().
 */
struct ipsec_key *ipsec_key_create(const struct net *net,
				   const struct ipsec_sa_params *p,
				   struct netlink_ext_ack *extack);

/**
 * ipsec_key_get() - take a reference
 */
struct ipsec_key *ipsec_key_get(struct ipsec_key *key);

/**
 * ipsec_key_put() - drop a reference; the last one frees
 * @key: the key or NULL
 *
 * Context: may sleep.
 */
void ipsec_key_put(struct ipsec_key *key);

/**
 * ipsec_key_same() - is this the key that @p describes?
 *
 * Context: any.
 */
bool ipsec_key_same(const struct ipsec_key *key,
		    const struct ipsec_sa_params *p);

/**
 * ipsec_key_same_life() - are these the limits that @p wants?
 *
 * Context: any.
 */
bool ipsec_key_same_life(const struct ipsec_key *key,
			 const struct ipsec_sa_params *p);

/**
 * ipsec_key_start() - an SA with this key is about to be published
 * @key: the key
 *
 * Only now its counter moves to where it was asked to start: what is never
 * published uses up no numbers.  And its time begins, if it has not yet.
 *
 * Context: any.
 */
void ipsec_key_start(struct ipsec_key *key);

/**
 * ipsec_key_seq_next() - take numbers for packets to be sent
 * @key: the key
 * @n: how many
 * @first: the first of them, on success
 *
 * Context: any.
 * Return: true, or false if fewer than @n are left: then none is taken (RFC
 * 4303 section 3.3.3).
 */
static inline bool ipsec_key_seq_next(struct ipsec_key *key, u32 n, u64 *first)
{
	u64 last = atomic64_read(key->seq);
	u64 end;

	do {
		end = READ_ONCE(key->seq_last);
		if (unlikely(last > end || end - last < n))
			return false;
	} while (!atomic64_try_cmpxchg(key->seq, (s64 *)&last, last + n));
	*first = last + 1;
	return true;
}

/**
 * ipsec_key_count() - count a packet
 * @key: the key
 * @bytes: its octets that the algorithm has worked on
 * @alive: it proves that the SA is in use where it should be
 *
 * Context: BH off.
 * Return: true if a limit may be reached: time for ipsec_expire_look().
 */
static inline bool ipsec_key_count(struct ipsec_key *key, u32 bytes, bool alive)
{
	struct ipsec_key_usage *usage = this_cpu_ptr(key->usage);
	unsigned long now = jiffies;

	usage->sum.packets++;
	usage->sum.bytes += bytes;
	/* write to the shared line once a tick, not once a packet */
	if (READ_ONCE(key->used) != now) {
		if (likely(alive))
			WRITE_ONCE(key->used, now);
		if (unlikely(!READ_ONCE(key->first_used)))
			WRITE_ONCE(key->first_used, ktime_get_boottime());
	}
	return usage->sum.packets >= READ_ONCE(usage->packets_mark) ||
	       usage->sum.bytes >= READ_ONCE(usage->bytes_mark);
}

/**
 * ipsec_key_usage() - add up all CPUs
 */
void ipsec_key_usage(const struct ipsec_key *key, struct ipsec_usage *sum);

/**
 * ipsec_key_seq_read() - last number sent, or highest number seen
 */
u64 ipsec_key_seq_read(const struct ipsec_key *key);

#endif /* _IPSEC_KEY_H */
