/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_XFORM_H
#define _IPSEC_XFORM_H

#include <linux/skbuff.h>

#include "drop.h"
#include "sa.h"

struct ipsec_outer;

/**
 * struct ipsec_in - one received packet on its way through one SA
 * @sa: the SA, borrowed
 * @over: the tunnel of the layer around it, or NULL
 * @outer: what is remembered of the ESP or AH packet
 * @seq: whole sequence number
 * @off: octets from skb->data, the IP header, to the ESP or AH header
 * @nhoff: octets from skb->data to the field that names ESP, AH or UDP
 * @end: with @udp: octets from skb->data to the end of the datagram
 * @udp: octets of UDP header in front of ESP, or 0
 * @ours: it is no other IPsec's: ESP or AH alone, or at a port of an SA
 * @head: set by open: octets to cut out at @off
 * @next_header: set by strip: protocol of what was inside
 * @family: of the packet
 * @ds: DS octet of the outer header
 */
struct ipsec_in {
	struct ipsec_sa *sa;
	const struct ipsec_tunnel *over;
	const struct ipsec_outer *outer;
	u64 seq;
	u32 off;
	u32 nhoff;
	u32 end;
	u32 head;
	u8 udp;
	bool ours;
	u8 next_header;
	u8 family;
	u8 ds;
};

/**
 * struct ipsec_xform - what ESP and AH do differently
 * @open: authenticate and decrypt in place; the packet is linear and ours
 * @strip: read next header and cut off what is behind the payload; called
 *	once the number has been committed
 * @tail_len: octets that output adds behind a payload of so many octets
 * @output: make the packet complete: the IP header in front is final, @hlen
 *	octets long; room for the head is behind it, the tail is not there yet
 *
 * Context: BH off, RCU.  None frees the packet.
 */
struct ipsec_xform {
	enum ipsec_drop (*open)(struct sk_buff *skb, struct ipsec_in *in);
	enum ipsec_drop (*strip)(struct sk_buff *skb, struct ipsec_in *in);
	u32 (*tail_len)(const struct ipsec_sa *sa, u32 payload);
	enum ipsec_drop (*output)(struct ipsec_sa *sa, struct sk_buff *skb,
				  u32 hlen, u8 next_header, u64 seq);
};

extern const struct ipsec_xform ipsec_esp;
extern const struct ipsec_xform ipsec_ah;

/**
 * ipsec_xform_of() - the transform of an SA
 */
static inline const struct ipsec_xform *ipsec_xform_of(const struct ipsec_sa *sa)
{
	return sa->id.proto == IPPROTO_ESP ? &ipsec_esp : &ipsec_ah;
}

/**
 * ipsec_skb_make_own() - the work of ipsec_skb_own(), where there is any
 */
int ipsec_skb_make_own(struct sk_buff *skb, u32 head, u32 tail);

/**
 * ipsec_skb_own() - make a packet linear, unshared, with room at both ends
 * @skb: the packet; skb_shared() is false
 * @head: octets of headroom
 * @tail: octets of tailroom
 *
 * Pointers into the packet must be read anew.  Local TCP sends clones of what
 * it may have to send again, and captures hold clones of what arrives: nothing
 * is written before this has been called.
 *
 * Context: any.
 * Return: 0 or -ENOMEM.
 */
static inline int ipsec_skb_own(struct sk_buff *skb, u32 head, u32 tail)
{
	if (likely(skb_headroom(skb) >= head && !skb_is_nonlinear(skb) &&
		   skb_tailroom(skb) >= tail && !skb_cloned(skb)))
		return 0;
	return ipsec_skb_make_own(skb, head, tail);
}

#endif /* _IPSEC_XFORM_H */
