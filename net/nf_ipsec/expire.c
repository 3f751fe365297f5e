// SPDX-License-Identifier: GPL-2.0-only
#include "expire.h"

#include <linux/ktime.h>
#include <linux/percpu.h>

#include "compat.h"
#include "key.h"
#include "netns.h"
#include "notify.h"
#include "sa.h"

/* Whole seconds, as limits have them; the clock counts while the machine
 * sleeps, as the other end's does.
 */
static u64 seconds_since(ktime_t then)
{
	return ktime_divns(ktime_sub(ktime_get_boottime(), then), NSEC_PER_SEC);
}

void ipsec_expire_spent(const struct ipsec_key *key, struct ipsec_spent *spent)
{
	ktime_t first = READ_ONCE(key->first_used);
	u64 seq = key->seq ? ipsec_key_seq_read(key) : 0;
	struct ipsec_usage usage;

	ipsec_key_usage(key, &usage);
	spent->of[NF_IPSEC_LIMIT_BYTES] = key->bytes_before + usage.bytes;
	/* all 64-bit numbers are no more packets than there can be */
	spent->of[NF_IPSEC_LIMIT_PACKETS] =
		key->seq ? min(seq, IPSEC_NO_LIMIT - 1) : usage.packets;
	spent->of[NF_IPSEC_LIMIT_TIME] = seconds_since(key->born);
	spent->of[NF_IPSEC_LIMIT_USE] = first ? seconds_since(first) : 0;
	spent->of[NF_IPSEC_LIMIT_SEQUENCE] = seq;
}

/* Give each CPU its share of what is left until the next limit. */
static void marks_set(struct ipsec_key *key, const struct ipsec_spent *spent)
{
	const struct ipsec_lifetime *life = &key->life;
	struct ipsec_key_usage *u;
	u64 packets = IPSEC_NO_LIMIT;
	u64 bytes = IPSEC_NO_LIMIT;
	u32 n = num_possible_cpus();
	int cpu;

	lockdep_assert_held(&key->life_lock);
	if (!key->ended) {
		packets = min(ipsec_lifetime_room(life, spent, key->noticed,
						  NF_IPSEC_LIMIT_PACKETS),
			      ipsec_lifetime_room(life, spent, key->noticed,
						  NF_IPSEC_LIMIT_SEQUENCE));
		bytes = ipsec_lifetime_room(life, spent, key->noticed,
					    NF_IPSEC_LIMIT_BYTES);
	}
	for_each_possible_cpu(cpu) {
		u = per_cpu_ptr(key->usage, cpu);
		WRITE_ONCE(u->packets_mark,
			   ipsec_lifetime_mark(READ_ONCE(u->sum.packets),
					       packets, n));
		WRITE_ONCE(u->bytes_mark,
			   ipsec_lifetime_mark(READ_ONCE(u->sum.bytes), bytes,
					       n));
	}
}

static enum ipsec_life judge(struct ipsec_key *key)
{
	struct ipsec_spent spent;
	enum ipsec_life verdict;
	u8 what;

	lockdep_assert_held(&key->life_lock);
	if (key->ended)
		return IPSEC_LIFE_GOES_ON;
	ipsec_expire_spent(key, &spent);
	verdict = ipsec_lifetime_judge(&key->life, &spent, key->noticed, &what);
	if (verdict == IPSEC_LIFE_HARD) {
		WRITE_ONCE(key->ended, what);
		WRITE_ONCE(key->watch, key->watch | IPSEC_KEY_ENDED);
		/* and so it is found to have no numbers, without another test */
		WRITE_ONCE(key->seq_last, 0);
	} else if (verdict == IPSEC_LIFE_SOFT) {
		key->noticed = what;
	}
	if (verdict != IPSEC_LIFE_GOES_ON)
		key->limit_time = ktime_get_real_seconds();
	marks_set(key, &spent);
	return verdict;
}

void ipsec_expire_look(struct ipsec_net *ipn, struct ipsec_sa *sa)
{
	enum ipsec_life verdict;

	spin_lock_bh(&sa->key->life_lock);
	verdict = judge(sa->key);
	spin_unlock_bh(&sa->key->life_lock);
	if (verdict != IPSEC_LIFE_GOES_ON)
		ipsec_notify_expire(ipn, sa);
}

static bool has_time(const struct ipsec_key *key, u8 what)
{
	return key->life.of[what].hard != IPSEC_NO_LIMIT ||
	       key->life.of[what].soft != IPSEC_NO_LIMIT;
}

/* When the room of one kind is used up.  What has not begun yet cannot end
 * before so much has passed from now on.
 */
static ktime_t deadline(const struct ipsec_key *key,
			const struct ipsec_spent *spent, u8 what, ktime_t begin)
{
	u64 room = ipsec_lifetime_room(&key->life, spent,
				       READ_ONCE(key->noticed), what);

	if (room == IPSEC_NO_LIMIT)
		return KTIME_MAX;
	if (!begin)
		return ktime_add_ns(ktime_get_boottime(), room * NSEC_PER_SEC);
	return ktime_add_ns(begin, (spent->of[what] + room) * NSEC_PER_SEC);
}

/* Return: when to look again, or KTIME_MAX */
static ktime_t next_look(const struct ipsec_key *key)
{
	struct ipsec_spent spent;

	if (READ_ONCE(key->ended))
		return KTIME_MAX;
	ipsec_expire_spent(key, &spent);
	return min(deadline(key, &spent, NF_IPSEC_LIMIT_TIME, key->born),
		   deadline(key, &spent, NF_IPSEC_LIMIT_USE,
			    READ_ONCE(key->first_used)));
}

static enum hrtimer_restart timer_fired(struct hrtimer *timer)
{
	struct ipsec_sa *sa = container_of(timer, struct ipsec_sa, timer);
	ktime_t next;

	rcu_read_lock();
	ipsec_expire_look(ipsec_net(sa->net), sa);
	rcu_read_unlock();
	next = next_look(sa->key);
	if (next == KTIME_MAX)
		return HRTIMER_NORESTART;
	hrtimer_set_expires(timer, next);
	return HRTIMER_RESTART;
}

void ipsec_expire_init(struct ipsec_sa *sa)
{
	hrtimer_setup(&sa->timer, timer_fired, CLOCK_BOOTTIME,
		      HRTIMER_MODE_ABS_SOFT);
}

void ipsec_expire_start(struct ipsec_sa *sa)
{
	ktime_t next;

	lockdep_assert_held(&ipsec_net(sa->net)->lock);
	/* what its key has sent before may be all that it may send */
	if (sa->key->seq &&
	    ipsec_key_seq_read(sa->key) >= READ_ONCE(sa->key->seq_last))
		ipsec_expire_look(ipsec_net(sa->net), sa);
	if (!has_time(sa->key, NF_IPSEC_LIMIT_TIME) &&
	    !has_time(sa->key, NF_IPSEC_LIMIT_USE))
		return;
	next = next_look(sa->key);
	if (next != KTIME_MAX)
		hrtimer_start(&sa->timer, next, HRTIMER_MODE_ABS_SOFT);
}

void ipsec_expire_stop(struct ipsec_sa *sa)
{
	hrtimer_cancel(&sa->timer);
}
