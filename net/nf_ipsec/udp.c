// SPDX-License-Identifier: GPL-2.0-only
/* ESP in UDP, in: no socket is needed, and one that is there is not disturbed. */
#include "udp.h"

#include <linux/netdevice.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/udp.h>

#include "compat.h"
#include "drop.h"
#include "lib/natt.h"
#include "netns.h"
#include "unwrap.h"
#include "xform.h"

/* Is there a program that the datagram is for? */
static bool has_socket(const struct ipsec_input *i, const struct udphdr *uh)
{
	const struct sk_buff *skb = i->skb;
	struct net *net = i->ipn->net;
	int dif, sdif = 0;

	dif = l3mdev_master_ifindex_rcu(skb->dev);
	if (dif)
		sdif = skb->dev->ifindex;
	else
		dif = skb->dev->ifindex;
	if (i->family == AF_INET)
		return __udp4_lib_lookup(net, ip_hdr(skb)->saddr, uh->source,
					 ip_hdr(skb)->daddr, uh->dest, dif,
					 sdif, ipsec_udp_table(net), NULL);
	return __udp6_lib_lookup(net, &ipv6_hdr(skb)->saddr, uh->source,
				 &ipv6_hdr(skb)->daddr, uh->dest, dif, sdif,
				 ipsec_udp_table(net), NULL);
}

/* Without a socket the stack would answer that the port is unreachable, which
 * tells the peer's NAT to forget it.
 */
static enum ipsec_udp_found keepalive(struct ipsec_input *i,
				      const struct udphdr *uh)
{
	if (i->sa || !ipsec_input_is_local(i))
		return IPSEC_UDP_LEFT;
	this_cpu_inc(i->ipn->stats->counts[IPSEC_COUNT_IN_KEEPALIVES]);
	if (has_socket(i, uh))
		return IPSEC_UDP_LEFT;
	consume_skb(i->skb);
	return IPSEC_UDP_TAKEN;
}

enum ipsec_udp_found ipsec_udp_input(struct ipsec_input *i, struct ipsec_in *in)
{
	const struct udphdr *uh;
	struct udphdr uh_buf;
	const u8 *data;
	u8 data_buf[4];
	u32 len;

	uh = skb_header_pointer(i->skb, in->off, sizeof(uh_buf), &uh_buf);
	if (unlikely(!uh))
		return IPSEC_UDP_LEFT;
	in->ours = ipsec_natt_port(&i->ipn->natt, ntohs(uh->dest));
	if (likely(!in->ours && uh->dest != htons(IPSEC_PORT_NATT)))
		return IPSEC_UDP_LEFT;
	len = ntohs(uh->len);
	if (len <= sizeof(*uh) || len > i->skb->len - in->off)
		return IPSEC_UDP_LEFT;
	in->end = in->off + len;
	len -= sizeof(*uh);
	data = skb_header_pointer(i->skb, in->off + sizeof(*uh),
				  min_t(u32, len, sizeof(data_buf)), data_buf);
	if (unlikely(!data))
		return IPSEC_UDP_LEFT;
	switch (ipsec_udp_kind(data, len)) {
	case IPSEC_UDP_KEEPALIVE:
		return in->ours ? keepalive(i, uh) : IPSEC_UDP_LEFT;
	case IPSEC_UDP_ESP:
		in->off += sizeof(*uh);
		in->udp = sizeof(*uh);
		return IPSEC_UDP_HOLDS_ESP;
	default:
		return IPSEC_UDP_LEFT;
	}
}

/* The segments are cut with the header of the link in front, so that each of
 * them has one when it is received.
 */
void ipsec_udp_split(struct ipsec_input *i)
{
	struct ipsec_drop_at at = { .dir = NF_IPSEC_DIR_IN, .family = i->family };
	struct sk_buff *skb = i->skb, *segs, *next;

	/* what a device has put together has been checked */
	if (skb->ip_summed == CHECKSUM_NONE)
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	__skb_push(skb, -skb_mac_offset(skb));
	segs = __skb_gso_segment(skb, 0, false);
	if (IS_ERR_OR_NULL(segs)) {
		__skb_pull(skb, skb_network_offset(skb));
		ipsec_drop_skb(i->ipn, skb, IPSEC_DROP_GSO, &at);
		return;
	}
	consume_skb(skb);
	for (skb = segs; skb; skb = next) {
		next = skb->next;
		skb_mark_not_on_list(skb);
		__skb_pull(skb, skb_network_offset(skb));
		netif_receive_skb_core(skb);
	}
}
