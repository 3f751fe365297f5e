/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_DROP_H
#define _IPSEC_DROP_H

#include <linux/types.h>

struct ipsec_drop_at;
struct ipsec_net;
struct ipsec_record;
struct ipsec_sa;
struct ipsec_sp;
struct sk_buff;

/**
 * enum ipsec_drop - why a packet was dropped
 *
 * The list is closed: each packet that nf_ipsec drops is counted under exactly
 * one of these, per netns and, where they are known, per SA and per policy.
 * ipsec_drop_name() gives the word that users see; a test provokes each one.
 */
enum ipsec_drop {
	IPSEC_DROP_NONE,		/* not dropped: go on */
	/* both directions */
	IPSEC_DROP_MALFORMED,		/* a header is truncated or contradicts itself */
	IPSEC_DROP_NOMEM,		/* no memory for the packet */
	IPSEC_DROP_CRYPTO,		/* the crypto driver failed */
	IPSEC_DROP_DEPTH,		/* too many layers of IPsec */
	IPSEC_DROP_POLICY_DISCARD,	/* a discard policy */
	IPSEC_DROP_EXPIRED,		/* a hard limit has ended the SA */
	IPSEC_DROP_DEFAULT,		/* no policy names it, and such packets do not pass */
	/* in */
	IPSEC_DROP_REPLAY_DUPLICATE,	/* number seen before */
	IPSEC_DROP_REPLAY_OLD,		/* number left of the window */
	IPSEC_DROP_REPLAY_INVALID,	/* number 0 */
	IPSEC_DROP_BAD_ICV,		/* forged, damaged, or another key */
	IPSEC_DROP_BAD_PADDING,		/* padding octets are not 1, 2, 3... */
	IPSEC_DROP_BAD_TRAILER,		/* pad length beyond the payload */
	IPSEC_DROP_BAD_LENGTH,		/* too short, or no multiple of the block */
	IPSEC_DROP_BAD_INNER,		/* the inner packet is no valid packet */
	IPSEC_DROP_WRONG_MODE,		/* transport payload on a tunnel SA, or reverse */
	IPSEC_DROP_DUMMY,		/* a dummy packet: next header 59 */
	IPSEC_DROP_ECN,			/* inner Not-ECT under outer CE */
	IPSEC_DROP_SA_SELECTOR,		/* inner packet not for this SA */
	IPSEC_DROP_POLICY_MISMATCH,	/* policy wants another tunnel, or bypass */
	IPSEC_DROP_NO_POLICY,		/* no inbound policy for the inner packet */
	IPSEC_DROP_CLEARTEXT,		/* should have been protected */
	IPSEC_DROP_ICMP_QUOTE,		/* ICMP error about what was not on this SA */
	IPSEC_DROP_REASSEMBLY,		/* fragments of an IPsec packet not usable */
	IPSEC_DROP_ICMP_TYPE,		/* ICMP to us of a type that is not let in */
	IPSEC_DROP_UNKNOWN_SPI,		/* no SA, and such packets are not left alone */
	/* out */
	IPSEC_DROP_NO_SA,		/* protect policy without a usable SA */
	IPSEC_DROP_SEQ_EXHAUSTED,	/* the last sequence number was sent */
	IPSEC_DROP_NO_ROUTE,		/* no route to the peer */
	IPSEC_DROP_TOO_BIG,		/* does not fit and must not be fragmented */
	IPSEC_DROP_FRAGMENT,		/* transport mode on a fragment, or frag failed */
	IPSEC_DROP_GSO,			/* super-packet could not be segmented */
	IPSEC_DROP_CHECKSUM,		/* checksum could not be finished */
	IPSEC_DROP_PFP_LACKS,		/* without the field that its SA would be made by */
	IPSEC_DROP_NAT,			/* source NAT took hold of a protected flow */
	IPSEC_DROP_GUARD,		/* it came to a guarded device unprotected */

	__IPSEC_DROP_MAX
};

/* Counters that are not drops; ipsec_count_name() gives the word */
enum ipsec_count {
	IPSEC_COUNT_IN_PACKETS,		/* decrypted or authenticated */
	IPSEC_COUNT_IN_BYTES,		/* of ESP or AH packets, outer IP header out */
	IPSEC_COUNT_OUT_PACKETS,
	IPSEC_COUNT_OUT_BYTES,
	IPSEC_COUNT_IN_UNKNOWN_SPI,	/* left to the stack */
	IPSEC_COUNT_OUT_FRAGMENTED,	/* fragmented before protection */
	IPSEC_COUNT_TOO_BIG_SENT,	/* ICMP too big sent or PMTU told to a socket */
	IPSEC_COUNT_ACQUIRES,
	IPSEC_COUNT_IN_KEEPALIVES,	/* NAT keepalives at a port of an SA */
	IPSEC_COUNT_OUT_KEEPALIVES,
	IPSEC_COUNT_MOVES,		/* a peer behind NAT was followed */
	IPSEC_COUNT_WAITED,		/* packets that had to wait for an SA */
	IPSEC_COUNT_UNREACHABLE,	/* drops that the sender was to be told of */
	IPSEC_COUNT_OUT_DUMMIES,	/* dummy packets sent */
	IPSEC_COUNT_IN_ECN_UNUSED,	/* ECN of both headers that no sender makes */

	__IPSEC_COUNT_MAX
};

/**
 * struct ipsec_stats - the counters of a netns, one set a CPU
 * @drops: [c] by enum ipsec_drop
 * @counts: [c] by enum ipsec_count
 */
struct ipsec_stats {
	u64 drops[__IPSEC_DROP_MAX];
	u64 counts[__IPSEC_COUNT_MAX];
};

/**
 * struct ipsec_drops - the drops of one SA or one policy
 * @n: [a] by enum ipsec_drop
 *
 * Allocated when the first packet is dropped: most have none.
 */
struct ipsec_drops {
	atomic64_t n[__IPSEC_DROP_MAX];
};

/**
 * ipsec_drop_name() - the word for a reason, e.g. "replay-duplicate"
 * @reason: 1 to __IPSEC_DROP_MAX - 1
 */
const char *ipsec_drop_name(enum ipsec_drop reason);

/**
 * ipsec_count_name() - the word for a counter, e.g. "in-packets"
 * @count: 0 to __IPSEC_COUNT_MAX - 1
 */
const char *ipsec_count_name(enum ipsec_count count);

/**
 * ipsec_drop_count() - count and record a drop of a packet that has gone
 * @ipn: the netns
 * @reason: why
 * @at: the SA and the policy it is counted under too
 * @rec: the packet as ipsec_journal_see() has seen it
 *
 * Context: softirq or BH off, RCU.
 */
void ipsec_drop_count(struct ipsec_net *ipn, enum ipsec_drop reason,
		      const struct ipsec_drop_at *at,
		      struct ipsec_record *rec);

/**
 * ipsec_drop_skb() - count a drop, record it, and free the packet
 * @ipn: the netns
 * @skb: freed; NULL if the stack has done it already
 * @reason: why
 * @at: the SA and the policy it is counted under too, and what else is known
 *
 * Context: softirq or BH off, RCU.
 */
void ipsec_drop_skb(struct ipsec_net *ipn, struct sk_buff *skb,
		    enum ipsec_drop reason, const struct ipsec_drop_at *at);

/**
 * ipsec_drop_seen() - count a drop, record it, and free the packet
 * @ipn: the netns
 * @skb: freed
 * @reason: why
 * @at: the SA and the policy it is counted under too
 * @rec: the packet as ipsec_journal_see() has seen it
 *
 * Context: softirq or BH off, RCU.
 */
void ipsec_drop_seen(struct ipsec_net *ipn, struct sk_buff *skb,
		     enum ipsec_drop reason, const struct ipsec_drop_at *at,
		     struct ipsec_record *rec);

/**
 * ipsec_stats_read() - add up the counters of all CPUs
 * @ipn: the netns
 * @sum: filled in
 *
 * Context: any.
 */
void ipsec_stats_read(const struct ipsec_net *ipn, struct ipsec_stats *sum);

#endif /* _IPSEC_DROP_H */
