/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Notices: what a packet has shown that somebody may want in a log, dropped or not.
 * The kernel's log gets none of it: who listens does.
 */
#ifndef _IPSEC_NOTICE_H
#define _IPSEC_NOTICE_H

#include <linux/types.h>

#include "drop.h"

struct ipsec_flow;
struct ipsec_input;
struct ipsec_sa;
struct sk_buff;

/**
 * enum ipsec_report_fate - what was done with an ICMP error that passes
 */
enum ipsec_report_fate {
	IPSEC_REPORT_PASSED,		/* nothing is to be learnt from it */
	IPSEC_REPORT_LEARNT,		/* the path takes less from now on */
	IPSEC_REPORT_OLD,		/* it quotes what was not sent lately */
	IPSEC_REPORT_SMALL,		/* no path takes so little */
};

/**
 * struct ipsec_report - an ICMP error, and what it says of a packet of ours
 * @sa: that has sent the packet it quotes, borrowed, or NULL
 * @mtu: what fits, of a "too big" that quotes such a packet; else 0
 * @fate: what was done with it
 * @wanted: settings want to be told of it
 */
struct ipsec_report {
	struct ipsec_sa *sa;
	u32 mtu;
	enum ipsec_report_fate fate;
	bool wanted;
};

/**
 * struct ipsec_notice - what a notice tells beside the packet
 * @word: what became of the packet; lives as long as the module
 * @quoted: of NF_IPSEC_NOTICE_ICMP: the SA that the quoted packet is of, or NULL
 * @left_out: notices of its kind since the one before
 * @mtu: of NF_IPSEC_NOTICE_ICMP: what fits, or 0
 * @kind: enum nf_ipsec_notice
 * @inner: of NF_IPSEC_NOTICE_ECN: the inner header's field
 * @outer: of NF_IPSEC_NOTICE_ECN: the outer header's field
 * @type: of NF_IPSEC_NOTICE_ICMP
 * @code: of NF_IPSEC_NOTICE_ICMP
 */
struct ipsec_notice {
	const char *word;
	const struct ipsec_sa *quoted;
	u64 left_out;
	u32 mtu;
	u8 kind;
	u8 inner;
	u8 outer;
	u8 type;
	u8 code;
};

/**
 * ipsec_notice_ecn() - ECN fields have come that no sender makes
 * @skb: the inner packet; its network header is set
 * @at: the SA, and what else is known
 * @inner: DS octet of the inner header
 * @outer: DS octet of the outer header
 *
 * Counts them, and tells of them if settings want it (RFC 6040 section 4.2).
 *
 * Context: softirq or BH off, RCU.
 */
void ipsec_notice_ecn(const struct sk_buff *skb, const struct ipsec_drop_at *at,
		      u8 inner, u8 outer);

/**
 * ipsec_notice_wants() - is it an ICMP error of which settings want to be told?
 * @i: the packet
 * @flow: the same, which is ICMP
 *
 * RFC 4301 section 6: selected ones, all or none.
 *
 * Context: softirq or BH off, RCU.
 */
bool ipsec_notice_wants(const struct ipsec_input *i,
			const struct ipsec_flow *flow);

/**
 * ipsec_notice_icmp() - tell of an ICMP error that has been judged
 * @i: the packet
 * @flow: the same
 * @reason: why it is dropped; IPSEC_DROP_NONE if it is not
 * @report: what it has said; nothing is told unless it is wanted
 *
 * Context: softirq or BH off, RCU.
 */
void ipsec_notice_icmp(const struct ipsec_input *i, const struct ipsec_flow *flow,
		       enum ipsec_drop reason, const struct ipsec_report *report);

#endif /* _IPSEC_NOTICE_H */
