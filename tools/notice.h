/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_NOTICE_H
#define _NFIPSEC_NOTICE_H

#include "drop.h"

/**
 * struct notice - what a packet has shown
 * @rec: the packet; what became of it is its reason
 * @kind: enum nf_ipsec_notice
 * @inner: ECN field of the inner header
 * @outer: ECN field of the outer header
 * @type: of ICMP
 * @code: of ICMP
 * @proto: protocol of the SA whose packet is quoted, if @dst.family
 * @left_out: notices of its kind since the one before
 * @mtu: what fits, or 0
 * @spi: of that SA, host byte order
 * @dst: where that SA sends to
 * @tunnel: that SA's
 */
struct notice {
	struct drop rec;
	u8 kind;
	u8 inner;
	u8 outer;
	u8 type;
	u8 code;
	u8 proto;
	u64 left_out;
	u32 mtu;
	u32 spi;
	struct addr dst;
	char tunnel[NF_IPSEC_NAME_MAX + 1];
};

/**
 * print_notice() - print one line
 * @to: where
 * @n: the notice
 */
void print_notice(FILE *to, const struct notice *n);

/**
 * json_notice() - a new object, described in nfipsec(8)
 */
json_t *json_notice(const struct notice *n);

#endif /* _NFIPSEC_NOTICE_H */
