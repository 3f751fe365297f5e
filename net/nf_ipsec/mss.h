/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_MSS_H
#define _IPSEC_MSS_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>

#include "lib/mss.h"

/**
 * ipsec_may_be_syn() - is it worth a closer look?
 * @skb: network header at skb->data
 * @family: AF_INET or AF_INET6
 *
 * IPv6 packets with extension headers are none: such a connection finds its size
 * as all others do.
 */
static inline bool ipsec_may_be_syn(const struct sk_buff *skb, u8 family)
{
	u32 off = sizeof(struct ipv6hdr);

	if (family == AF_INET) {
		if (ip_hdr(skb)->protocol != IPPROTO_TCP)
			return false;
		off = ip_hdr(skb)->ihl * 4;
	} else if (ipv6_hdr(skb)->nexthdr != IPPROTO_TCP) {
		return false;
	}
	return skb_headlen(skb) < off + IPSEC_TCP_LEN ||
	       (skb->data[off + IPSEC_TCP_FLAGS] & IPSEC_TCP_SYN);
}

/**
 * ipsec_mss() - a connection is not to send more than fits into a tunnel
 * @skb: what may be a SYN, see ipsec_may_be_syn(); network header at skb->data;
 *	its header may move
 * @family: AF_INET or AF_INET6
 * @mtu: octets of the largest packet that fits
 * @max: the largest MSS at any rate
 *
 * Lowers the MSS that the sender of this packet says it takes.  If there is no
 * memory for that, it stays as it is: it is a help to those that nobody tells a
 * size, not what keeps packets small.
 *
 * Context: softirq or BH off, RCU.
 */
void ipsec_mss(struct sk_buff *skb, u8 family, u32 mtu, u16 max);

#endif /* _IPSEC_MSS_H */
