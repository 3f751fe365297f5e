/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An ICMP error comes from wherever the trouble is, which no selector can know in
 * advance.  What it is about stands in the packet that it quotes (RFC 4301
 * section 6.2).
 */
#ifndef _IPSEC_QUOTE_H
#define _IPSEC_QUOTE_H

#include "lib/addr.h"

struct sk_buff;

/**
 * ipsec_quote_is_error() - is a type of ICMP an error, which quotes a packet?
 * @family: AF_INET or AF_INET6
 * @type: the type
 */
bool ipsec_quote_is_error(u8 family, u8 type);

/**
 * ipsec_quote_parse() - the replies to the packet that an ICMP error quotes
 * @skb: network header is set; the quoted IP header is made linear, so that
 *	pointers into the packet do not hold any more
 * @flow: the packet itself
 * @off: from ipsec_flow_parse()
 * @settings: ipsec_net_settings()
 * @reply: filled in: the quoted packet with its ends exchanged
 *
 * Context: softirq or BH off.
 * Return: 0; -ENOENT if the packet is no ICMP error; -EINVAL if it quotes nothing
 * that can be read, or something that its receiver has not sent.
 */
int ipsec_quote_parse(struct sk_buff *skb, const struct ipsec_flow *flow,
		      int off, u32 settings, struct ipsec_flow *reply);

#endif /* _IPSEC_QUOTE_H */
