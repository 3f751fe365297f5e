// SPDX-License-Identifier: GPL-2.0-only
#include "drop.h"

#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include "journal.h"
#include "netns.h"
#include "sa.h"
#include "spd.h"

static const char * const drop_names[] = {
	[IPSEC_DROP_MALFORMED]		= "malformed",
	[IPSEC_DROP_NOMEM]		= "no-memory",
	[IPSEC_DROP_CRYPTO]		= "crypto-error",
	[IPSEC_DROP_DEPTH]		= "too-deep",
	[IPSEC_DROP_POLICY_DISCARD]	= "policy-discard",
	[IPSEC_DROP_EXPIRED]		= "expired",
	[IPSEC_DROP_DEFAULT]		= "default-discard",
	[IPSEC_DROP_REPLAY_DUPLICATE]	= "replay-duplicate",
	[IPSEC_DROP_REPLAY_OLD]		= "replay-old",
	[IPSEC_DROP_REPLAY_INVALID]	= "replay-invalid",
	[IPSEC_DROP_BAD_ICV]		= "bad-icv",
	[IPSEC_DROP_BAD_PADDING]	= "bad-padding",
	[IPSEC_DROP_BAD_TRAILER]	= "bad-trailer",
	[IPSEC_DROP_BAD_LENGTH]		= "bad-length",
	[IPSEC_DROP_BAD_INNER]		= "bad-inner",
	[IPSEC_DROP_WRONG_MODE]		= "wrong-mode",
	[IPSEC_DROP_DUMMY]		= "dummy",
	[IPSEC_DROP_ECN]		= "ecn",
	[IPSEC_DROP_SA_SELECTOR]	= "sa-selector",
	[IPSEC_DROP_POLICY_MISMATCH]	= "policy-mismatch",
	[IPSEC_DROP_NO_POLICY]		= "no-policy",
	[IPSEC_DROP_CLEARTEXT]		= "cleartext",
	[IPSEC_DROP_ICMP_QUOTE]		= "icmp-quote",
	[IPSEC_DROP_REASSEMBLY]		= "reassembly",
	[IPSEC_DROP_ICMP_TYPE]		= "icmp-type",
	[IPSEC_DROP_UNKNOWN_SPI]	= "unknown-spi",
	[IPSEC_DROP_NO_SA]		= "no-sa",
	[IPSEC_DROP_SEQ_EXHAUSTED]	= "seq-exhausted",
	[IPSEC_DROP_NO_ROUTE]		= "no-route",
	[IPSEC_DROP_TOO_BIG]		= "too-big",
	[IPSEC_DROP_FRAGMENT]		= "fragment",
	[IPSEC_DROP_GSO]		= "gso",
	[IPSEC_DROP_CHECKSUM]		= "checksum",
	[IPSEC_DROP_PFP_LACKS]		= "pfp-lacks",
	[IPSEC_DROP_NAT]		= "nat",
	[IPSEC_DROP_GUARD]		= "guard",
};

static const char * const count_names[] = {
	[IPSEC_COUNT_IN_PACKETS]	= "in-packets",
	[IPSEC_COUNT_IN_BYTES]		= "in-bytes",
	[IPSEC_COUNT_OUT_PACKETS]	= "out-packets",
	[IPSEC_COUNT_OUT_BYTES]		= "out-bytes",
	[IPSEC_COUNT_IN_UNKNOWN_SPI]	= "in-unknown-spi",
	[IPSEC_COUNT_OUT_FRAGMENTED]	= "out-fragmented",
	[IPSEC_COUNT_TOO_BIG_SENT]	= "too-big-sent",
	[IPSEC_COUNT_ACQUIRES]		= "acquires",
	[IPSEC_COUNT_IN_KEEPALIVES]	= "in-keepalives",
	[IPSEC_COUNT_OUT_KEEPALIVES]	= "out-keepalives",
	[IPSEC_COUNT_MOVES]		= "moves",
	[IPSEC_COUNT_WAITED]		= "out-waited",
	[IPSEC_COUNT_UNREACHABLE]	= "unreachable-sent",
	[IPSEC_COUNT_OUT_DUMMIES]	= "out-dummies",
	[IPSEC_COUNT_IN_ECN_UNUSED]	= "in-ecn-unused",
};

static_assert(ARRAY_SIZE(drop_names) == __IPSEC_DROP_MAX);
static_assert(ARRAY_SIZE(count_names) == __IPSEC_COUNT_MAX);

const char *ipsec_drop_name(enum ipsec_drop reason)
{
	return drop_names[reason];
}

const char *ipsec_count_name(enum ipsec_count count)
{
	return count_names[count];
}

/* The first drop of an SA or policy makes room for its counters; without
 * memory the drop is counted in the netns alone.
 */
static void drops_inc(struct ipsec_drops __rcu **where, enum ipsec_drop reason)
{
	struct ipsec_drops *drops = rcu_dereference(*where);

	if (!drops) {
		struct ipsec_drops *fresh, *there;

		fresh = kzalloc(sizeof(*fresh), GFP_ATOMIC | __GFP_NOWARN);
		if (!fresh)
			return;
		there = unrcu_pointer(cmpxchg(where, NULL,
					      RCU_INITIALIZER(fresh)));
		if (there)
			kfree(fresh);
		drops = there ?: fresh;
	}
	atomic64_inc(&drops->n[reason]);
}

void ipsec_drop_count(struct ipsec_net *ipn, enum ipsec_drop reason,
		      const struct ipsec_drop_at *at, struct ipsec_record *rec)
{
	this_cpu_inc(ipn->stats->drops[reason]);
	if (at->sa)
		drops_inc(&at->sa->drops, reason);
	if (at->sp)
		drops_inc(&at->sp->drops, reason);
	ipsec_journal_add(ipn, reason, rec);
}

/* The one place of the packet path that frees what is dropped */
void ipsec_drop_seen(struct ipsec_net *ipn, struct sk_buff *skb,
		     enum ipsec_drop reason, const struct ipsec_drop_at *at,
		     struct ipsec_record *rec)
{
	ipsec_drop_count(ipn, reason, at, rec);
	kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
}

void ipsec_drop_skb(struct ipsec_net *ipn, struct sk_buff *skb,
		    enum ipsec_drop reason, const struct ipsec_drop_at *at)
{
	struct ipsec_record rec;

	ipsec_journal_see(ipn, skb, at, &rec);
	ipsec_drop_seen(ipn, skb, reason, at, &rec);
}

void ipsec_stats_read(const struct ipsec_net *ipn, struct ipsec_stats *sum)
{
	int cpu, i;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct ipsec_stats *s = per_cpu_ptr(ipn->stats, cpu);

		for (i = 0; i < __IPSEC_DROP_MAX; i++)
			sum->drops[i] += READ_ONCE(s->drops[i]);
		for (i = 0; i < __IPSEC_COUNT_MAX; i++)
			sum->counts[i] += READ_ONCE(s->counts[i]);
	}
}
