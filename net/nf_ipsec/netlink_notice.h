/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_NETLINK_NOTICE_H
#define _IPSEC_NETLINK_NOTICE_H

#include "netlink.h"

struct ipsec_notice;

/**
 * ipsec_nl_record_put() - write what is known of a packet
 * @skb: the message; on an error the caller takes back what was written
 * @rec: the record
 * @word: what became of it
 * @clock: ipsec_nl_clock()
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int ipsec_nl_record_put(struct sk_buff *skb, const struct ipsec_record *rec,
			const char *word, u64 clock);

/**
 * ipsec_nl_notice_put() - write a notice
 * @skb: the message
 * @rec: the packet
 * @notice: what else it tells
 * @msg: the header
 *
 * Context: any, RCU.
 * Return: 0 or -EMSGSIZE; then @skb is as before.
 */
int ipsec_nl_notice_put(struct sk_buff *skb, const struct ipsec_record *rec,
			const struct ipsec_notice *notice,
			const struct ipsec_nl_msg *msg);

#endif /* _IPSEC_NETLINK_NOTICE_H */
