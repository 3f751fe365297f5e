// SPDX-License-Identifier: GPL-2.0-only
#include "frag.h"

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "cache.h"
#include "lib/frag.h"
#include "netns.h"
#include "spd.h"

/* Room for first fragments; of those with one hash, so many */
#define BUCKETS		128
#define WAYS		8
/* How long the others may take: what RFC 791 section 3.2 lets a receiver wait */
#define HOLD		15	/* seconds */

/**
 * struct ipsec_frag_bucket - first fragments with one hash
 * @lock: of one datagram, fragments may come on several CPUs
 * @frag: [f] those that have passed in clear
 */
struct ipsec_frag_bucket {
	spinlock_t lock;	/* see @lock */
	struct ipsec_frag frag[WAYS];
};

/**
 * struct ipsec_frags - first fragments of a netns
 * @seed: [I] nobody outside can choose a bucket
 * @last: [a] when one was remembered last, in jiffies
 * @bucket: [I] by hash
 */
struct ipsec_frags {
	siphash_key_t seed;
	unsigned long last;
	struct ipsec_frag_bucket bucket[BUCKETS];
};

/**
 * struct piece - a fragment
 * @key: of which datagram
 * @start: where in the datagram it begins, in octets
 * @len: octets of it
 * @more: it is not the last one
 * @proto: what its header says of the protocol
 */
struct piece {
	struct ipsec_frag_key key;
	u32 start;
	u32 len;
	bool more;
	u8 proto;
};

int ipsec_frag_init(struct ipsec_net *ipn)
{
	struct ipsec_frags *frags;
	int i;

	lockdep_assert_held(&ipn->lock);
	if (ipn->frags)
		return 0;
	frags = kvzalloc(sizeof(*frags), GFP_KERNEL_ACCOUNT);
	if (!frags)
		return -ENOMEM;
	get_random_bytes(&frags->seed, sizeof(frags->seed));
	frags->last = jiffies - HOLD * HZ;
	for (i = 0; i < BUCKETS; i++)
		spin_lock_init(&frags->bucket[i].lock);
	/* pairs with the acquire in frags_of() */
	smp_store_release(&ipn->frags, frags);
	return 0;
}

void ipsec_frag_exit(struct ipsec_net *ipn)
{
	kvfree(ipn->frags);
}

static struct ipsec_frags *frags_of(struct ipsec_net *ipn)
{
	/* pairs with the release in ipsec_frag_init() */
	return smp_load_acquire(&ipn->frags);
}

static bool see_v4(const struct sk_buff *skb, struct piece *p)
{
	const struct iphdr *iph = ip_hdr(skb);
	u32 size = iph->ihl * 4, total = ntohs(iph->tot_len);

	if (total < size)
		return false;
	p->start = (ntohs(iph->frag_off) & IP_OFFSET) * 8;
	p->more = iph->frag_off & htons(IP_MF);
	p->len = total - size;
	p->proto = iph->protocol;
	p->key.id = (__force u16)iph->id;
	p->key.proto = iph->protocol;
	return true;
}

/* The outermost header of a fragment is that by which it is put together. */
static bool see_v6(const struct sk_buff *skb, struct piece *p)
{
	u32 end = sizeof(struct ipv6hdr) + ntohs(ipv6_hdr(skb)->payload_len);
	const struct frag_hdr *fh;
	struct frag_hdr buf;
	unsigned int off = 0;

	if (ipv6_find_hdr(skb, &off, NEXTHDR_FRAGMENT, NULL, NULL) < 0)
		return false;
	fh = skb_header_pointer(skb, off, sizeof(buf), &buf);
	end += skb_network_offset(skb);
	off += sizeof(*fh);
	if (!fh || end < off)
		return false;
	p->start = ntohs(fh->frag_off) & IP6_OFFSET;
	p->more = fh->frag_off & htons(IP6_MF);
	p->len = end - off;
	p->proto = fh->nexthdr;
	p->key.id = (__force u32)fh->identification;
	return true;
}

static bool see(const struct sk_buff *skb, const struct ipsec_flow *flow,
		struct piece *p)
{
	memset(p, 0, sizeof(*p));
	p->key.saddr = flow->saddr;
	p->key.daddr = flow->daddr;
	p->key.family = flow->family;
	return flow->family == AF_INET ? see_v4(skb, p) : see_v6(skb, p);
}

static struct ipsec_frag_bucket *bucket_of(struct ipsec_frags *frags,
					   const struct ipsec_frag_key *key)
{
	return &frags->bucket[siphash(key, sizeof(*key), &frags->seed) %
			      BUCKETS];
}

/* Does the rest of a datagram need its first fragment?  There is no room for all
 * that others send through here.
 */
static bool rest_needs_it(struct ipsec_net *ipn, u64 generation,
			  const struct ipsec_flow *flow, const struct piece *p)
{
	struct ipsec_flow rest = *flow;
	struct ipsec_verdict v;

	rest.sport = 0;
	rest.dport = 0;
	rest.proto = p->proto;
	rest.flags = IPSEC_FLOW_FRAGMENT | IPSEC_FLOW_NO_PORTS;
	if (flow->family == AF_INET6)
		rest.flags |= IPSEC_FLOW_NO_PROTO;
	ipsec_verdict_lookup(ipn, generation, NF_IPSEC_DIR_IN, &rest, &v);
	if (v.sp)
		return v.sp->action != NF_IPSEC_ACTION_BYPASS;
	return ipsec_net_settings(ipn, generation) & NF_IPSEC_SETTING_DISCARD;
}

static void remember(struct ipsec_net *ipn, u64 generation,
		     const struct ipsec_flow *flow, const struct ipsec_sp *sp,
		     const struct piece *p)
{
	struct ipsec_frags *frags = frags_of(ipn);
	unsigned long at = jiffies;
	u64 now = ktime_get_ns();
	struct ipsec_frag first = {
		.key = p->key,
		.generation = generation,
		.until = now + (u64)HOLD * NSEC_PER_SEC,
		.reach = p->len,
		.priority = sp ? sp->priority : U32_MAX,
		.policy = sp ? sp->id : U32_MAX,
		.mark = flow->mark,
		.ifindex = flow->ifindex,
	};
	struct ipsec_frag_bucket *b;

	if (!frags)
		return;
	if (time_after(at, READ_ONCE(frags->last)))
		WRITE_ONCE(frags->last, at);
	b = bucket_of(frags, &p->key);
	spin_lock(&b->lock);
	ipsec_frag_enter(b->frag, WAYS, &first, now);
	spin_unlock(&b->lock);
}

/* A policy that names fragments as such, and comes before the one that let the
 * first pass, means this one.  One that asks for ports is not for this datagram:
 * it would have taken the first.
 */
static bool is_meant(const struct ipsec_frag *first,
		     const struct ipsec_flow *flow, const struct ipsec_sp *sp)
{
	return sp && ipsec_sp_match(sp, flow) &&
	       ipsec_frag_behind(first, sp->priority, sp->id);
}

static bool has_begun(struct ipsec_net *ipn, u64 generation,
		      const struct ipsec_flow *flow, const struct ipsec_sp *sp,
		      const struct piece *p)
{
	struct ipsec_frags *frags = frags_of(ipn);
	struct ipsec_frag_bucket *b;
	struct ipsec_frag *first;
	bool begun;

	if (!frags)
		return false;
	b = bucket_of(frags, &p->key);
	spin_lock(&b->lock);
	first = ipsec_frag_find(b->frag, WAYS, &p->key, generation,
				ktime_get_ns());
	begun = first && !is_meant(first, flow, sp) &&
		ipsec_frag_follows(first, p->start, flow->mark, flow->ifindex);
	spin_unlock(&b->lock);
	return begun;
}

enum ipsec_drop ipsec_frag_judge(struct ipsec_net *ipn, u64 generation,
				 const struct sk_buff *skb,
				 const struct ipsec_flow *flow,
				 const struct ipsec_sp *sp,
				 enum ipsec_drop reason)
{
	bool first = flow->flags & IPSEC_FLOW_FIRST;
	struct piece p;

	/* a first one that is dropped opens nothing, another may pass already */
	if (first == !!reason || !see(skb, flow, &p))
		return reason;
	if (first) {
		if (!p.start && p.more &&
		    rest_needs_it(ipn, generation, flow, &p))
			remember(ipn, generation, flow, sp, &p);
		return reason;
	}
	return p.start && has_begun(ipn, generation, flow, sp, &p) ?
		IPSEC_DROP_NONE : reason;
}

void ipsec_frag_protected(struct ipsec_net *ipn, u64 generation,
			  const struct sk_buff *skb,
			  const struct ipsec_flow *flow)
{
	struct ipsec_frags *frags = frags_of(ipn);
	struct ipsec_frag_bucket *b;
	struct ipsec_frag *first;
	struct piece p;

	/* mostly nothing is remembered at all */
	if (!frags || time_after(jiffies, READ_ONCE(frags->last) + HOLD * HZ) ||
	    !see(skb, flow, &p))
		return;
	b = bucket_of(frags, &p.key);
	spin_lock(&b->lock);
	first = ipsec_frag_find(b->frag, WAYS, &p.key, generation,
				ktime_get_ns());
	if (first)
		first->reach = IPSEC_FRAG_VOID;
	spin_unlock(&b->lock);
}
