// SPDX-License-Identifier: GPL-2.0-only
#include "mss.h"

#include <linux/tcp.h>
#include <net/ip.h>

void ipsec_mss(struct sk_buff *skb, u8 family, u32 mtu, u16 max)
{
	u32 off = sizeof(struct ipv6hdr), head;
	const struct tcphdr *th;
	struct tcphdr buf;

	if (family == AF_INET) {
		if (ip_hdr(skb)->frag_off & htons(IP_OFFSET))
			return;
		off = ip_hdrlen(skb);
	}
	head = family == AF_INET ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	head += sizeof(*th);
	th = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!th || !th->syn || th->doff * 4 <= sizeof(*th) ||
	    mtu < head + IPSEC_MSS_MIN)
		return;
	if (skb_ensure_writable(skb, off + th->doff * 4))
		return;
	th = (struct tcphdr *)(skb->data + off);
	ipsec_mss_clamp((u8 *)th, th->doff * 4, min_t(u32, mtu - head, max),
			skb->ip_summed != CHECKSUM_PARTIAL);
}
