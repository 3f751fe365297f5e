/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_MODE_H
#define _IPSEC_MODE_H

#include "drop.h"
#include "sa.h"

struct dst_entry;
struct ipsec_in;
struct ipsec_peer_at;
struct ipsec_sa;
struct sk_buff;

/**
 * struct ipsec_encap - where a packet to be protected stands
 * @family: of the packet before
 * @hlen: octets of IP header, and of UDP header, in front of ESP or AH afterwards
 * @nhoff: transport mode: octets from skb->data to the field that will name ESP,
 *	AH or UDP
 * @next_header: protocol of the payload of ESP or AH
 * @may_fragment: the outer packet may be cut into fragments on its way
 * @at: where the peer has moved to, or NULL
 */
struct ipsec_encap {
	u8 family;
	u8 next_header;
	bool may_fragment;
	u32 hlen;
	u32 nhoff;
	const struct ipsec_peer_at *at;
};

/**
 * ipsec_mode_head_transport() - the work of ipsec_mode_head(), in transport mode
 */
int ipsec_mode_head_transport(struct sk_buff *skb, struct ipsec_encap *e);

/**
 * ipsec_mode_head() - how much of the packet's own header stays in front
 * @sa: the SA
 * @skb: the packet, network header at skb->data
 * @e: @family is given; @hlen and @nhoff are filled in
 *
 * Nothing in tunnel mode; in transport mode the IP header with its options or
 * with the extension headers that ESP and AH follow (RFC 4303 section 3.1.1).
 *
 * Return: 0, or a negative errno if the chain of headers is malformed.
 */
static inline int ipsec_mode_head(const struct ipsec_sa *sa,
				  struct sk_buff *skb, struct ipsec_encap *e)
{
	e->hlen = 0;
	return likely(sa->mode == NF_IPSEC_MODE_TUNNEL) ? 0 :
		ipsec_mode_head_transport(skb, e);
}

/**
 * ipsec_mode_encap() - put the IP header in front of ESP or AH
 * @sa: the SA
 * @skb: linear, unshared, with headroom; network header at skb->data
 * @dst: the outer route
 * @tail: octets that will be added behind the payload
 * @e: @family, @may_fragment and what ipsec_mode_head() knows are given; the
 *	rest is filled in
 *
 * RFC 4301 section 5.1.2.  Leaves room for the ESP or AH header at
 * skb->data + @e->hlen; lengths in the IP header are those of the finished
 * packet.
 *
 * Context: softirq or BH off, RCU.
 */
void ipsec_mode_encap(const struct ipsec_sa *sa, struct sk_buff *skb,
		      const struct dst_entry *dst, u32 tail,
		      struct ipsec_encap *e);

/**
 * ipsec_mode_udp_check() - make the UDP checksum of a packet over IPv6
 * @skb: complete, transport header at UDP
 *
 * IPv4 goes without (RFC 3948 section 2.1).
 */
void ipsec_mode_udp_check(struct sk_buff *skb);

/**
 * ipsec_mode_decap() - make the inner packet the packet
 * @skb: linear, unshared; authenticated and without trailer
 * @in: where ESP or AH was, and what is inside
 *
 * In transport mode the IP header moves up to the payload; in tunnel mode the
 * inner header is checked as the stack checks a packet from a device (those
 * checks will not be made again), and its ECN field follows RFC 6040.  Sets
 * @in->family to that of the packet now at skb->data, skb->len to its length.
 *
 * Context: softirq or BH off, RCU.
 * Return: 0 or the reason to drop.
 */
enum ipsec_drop ipsec_mode_decap(struct sk_buff *skb, struct ipsec_in *in);

#endif /* _IPSEC_MODE_H */
