/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last drops, for who asks why a packet did not arrive (RFC 4301 section 9,
 * RFC 4302 section 4, RFC 4303 section 4): what "nfipsec drops" shows.
 */
#ifndef _IPSEC_JOURNAL_H
#define _IPSEC_JOURNAL_H

#include <linux/seqlock.h>

#include "lib/journal.h"

struct ipsec_net;
struct ipsec_sa;
struct ipsec_sp;
struct sk_buff;

/* What is remembered and is no drop has the place of "no reason" */
#define IPSEC_JOURNAL_UNKNOWN_SPI	IPSEC_DROP_NONE

/**
 * struct ipsec_journal_cpu - the records of one CPU
 * @busy: [c] odd while a record is written, for readers on other CPUs
 * @rec: [c] for each reason struct ipsec_journal.ways of them, so that a flood
 *	of one reason takes the place of no other's
 */
struct ipsec_journal_cpu {
	seqcount_t busy;
	struct ipsec_record rec[];
};

/**
 * struct ipsec_journal - the records of a netns
 * @ways: [I] records of one reason on one CPU
 * @cpu: [I] by CPU; NULL for those that cannot be there
 */
struct ipsec_journal {
	u32 ways;
	struct ipsec_journal_cpu *cpu[];
};

/**
 * struct ipsec_outer - what is remembered of an ESP or AH packet that is opened
 * @saddr: its source
 * @seq: its whole number
 * @flow: its flow label, if IPv6
 */
struct ipsec_outer {
	struct ipsec_addr saddr;
	u64 seq;
	u32 flow;
};

/**
 * struct ipsec_drop_at - a packet that is about to be dropped
 * @sa: the SA that it is counted under too, or NULL
 * @sp: the policy that it is counted under too, or NULL
 * @outer: as what it came over @sa, or NULL
 * @dir: enum nf_ipsec_dir
 * @family: of the packet at its network header; 0 if nobody can say what
 *	is there, as it is between two layers
 */
struct ipsec_drop_at {
	struct ipsec_sa *sa;
	struct ipsec_sp *sp;
	const struct ipsec_outer *outer;
	u8 dir;
	u8 family;
};

/**
 * ipsec_journal_init() - make room for the records of a netns
 * @ipn: the netns, locked
 *
 * For the first commit; what is there stays.
 *
 * Return: 0 or -ENOMEM.
 */
int ipsec_journal_init(struct ipsec_net *ipn);

/**
 * ipsec_journal_exit() - free the records
 * @ipn: a netns that no packet sees any more
 */
void ipsec_journal_exit(struct ipsec_net *ipn);

/**
 * ipsec_journal_look() - look at a packet, recorded or not
 * @skb: the packet or NULL
 * @at: what else is known of it
 * @rec: filled in
 *
 * Context: softirq or BH off, RCU.
 */
void ipsec_journal_look(const struct sk_buff *skb,
			const struct ipsec_drop_at *at,
			struct ipsec_record *rec);

/**
 * ipsec_journal_see() - look at a packet as long as it is there
 * @ipn: the netns
 * @skb: the packet; no octet behind its ports is read
 * @at: what else is known of it
 * @rec: filled in; empty if nothing is recorded
 *
 * Context: softirq or BH off, RCU.
 */
void ipsec_journal_see(const struct ipsec_net *ipn, const struct sk_buff *skb,
		       const struct ipsec_drop_at *at,
		       struct ipsec_record *rec);

/**
 * ipsec_journal_add() - record a packet, and tell who listens
 * @ipn: the netns
 * @reason: enum ipsec_drop or IPSEC_JOURNAL_UNKNOWN_SPI
 * @rec: from ipsec_journal_see()
 *
 * Context: softirq or BH off, RCU.
 */
void ipsec_journal_add(struct ipsec_net *ipn, u8 reason,
		       struct ipsec_record *rec);

/**
 * ipsec_journal_read() - all records, those of all CPUs put together
 * @ipn: the netns
 * @n: how many
 *
 * Each record is of one moment.
 *
 * Context: may sleep.
 * Return: an array for kvfree(), the one with the last packet last; NULL if
 * there is none; or ERR_PTR(-ENOMEM).
 */
struct ipsec_record *ipsec_journal_read(const struct ipsec_net *ipn, u32 *n);

#endif /* _IPSEC_JOURNAL_H */
