// SPDX-License-Identifier: GPL-2.0-only
/* AH (RFC 4302), both families. */
#include "xform.h"

#include <crypto/algapi.h>
#include <linux/ip.h>
#include <linux/skbuff.h>
#include <linux/uio.h>

#include "compat.h"
#include "crypto.h"
#include "key.h"
#include "lib/alg.h"
#include "lib/mutable.h"
#include "lib/wire.h"
#include "sa.h"

/* Longest IP header, options and extension headers included, that is copied
 * to the stack; longer ones get memory of their own.
 */
#define AH_HEAD_STACK	IPSEC_MAC_COPY
#define AH_ICV_MAX	64

/* The ICV field holds GMAC's IV, too, in front (RFC 4543 section 4). */
static u32 icv_field_len(const struct ipsec_alg *auth)
{
	return auth->iv_len + auth->icv_len;
}

/*
 * The ICV covers the IP header as it is at the far end, @len octets, the AH with
 * zeros in place of the whole ICV field, the payload, and with ESN the high half
 * of the number.
 */
static int ah_icv_over(const struct ipsec_sa *sa, const struct sk_buff *skb,
		       u8 *hdr, u32 len, u32 hlen, u64 seq, u8 *icv)
{
	static const u8 zeros[AH_ICV_MAX];
	u32 icv_len = icv_field_len(sa->key->auth);
	__be32 high = cpu_to_be32(seq >> 32);
	u8 *ah = skb->data + hlen;
	u32 fixed = sizeof(struct ipsec_ah_hdr);
	struct kvec vec[] = {
		{ .iov_base = hdr, .iov_len = len },
		{ .iov_base = ah, .iov_len = fixed },
		{ .iov_base = (void *)zeros, .iov_len = icv_len },
		{ .iov_base = ah + fixed + icv_len,
		  .iov_len = skb->len - hlen - fixed - icv_len },
		{ .iov_base = &high, .iov_len = sizeof(high) },
	};

	BUILD_BUG_ON(ARRAY_SIZE(vec) > IPSEC_MAC_PIECES);
	/* where there is no IV these are octets of an ICV, which nobody looks at */
	return ipsec_crypto_mac(sa->key->crypto, vec,
				ARRAY_SIZE(vec) - !sa->key->esn,
				get_unaligned((__be64 *)(ah + fixed)), icv);
}

static enum ipsec_drop ah_icv(const struct ipsec_sa *sa,
			      const struct sk_buff *skb, u32 hlen, u64 seq,
			      bool out, u8 *icv)
{
	enum ipsec_drop reason = IPSEC_DROP_NONE;
	u8 stack[AH_HEAD_STACK];
	u8 *hdr = stack;
	int len;

	if (hlen > sizeof(stack)) {
		hdr = kmalloc(hlen, GFP_ATOMIC);
		if (!hdr)
			return IPSEC_DROP_NOMEM;
	}
	memcpy(hdr, skb->data, hlen);
	len = ip_hdr(skb)->version == 4 ? ipsec_mutable_v4(hdr, hlen, out) :
					  ipsec_mutable_v6(hdr, hlen, out);
	if (len < 0)
		reason = IPSEC_DROP_MALFORMED;
	else if (ah_icv_over(sa, skb, hdr, len, hlen, seq, icv))
		reason = IPSEC_DROP_CRYPTO;
	if (hdr != stack)
		kfree(hdr);
	return reason;
}

static enum ipsec_drop ah_open(struct sk_buff *skb, struct ipsec_in *in)
{
	const struct ipsec_ah_hdr *ah = (void *)(skb->data + in->off);
	const struct ipsec_alg *auth = in->sa->key->auth;
	u32 head = in->sa->overhead.head;
	enum ipsec_drop reason;
	u8 icv[AH_ICV_MAX];

	if (unlikely(skb->len - in->off < head || (ah->len + 2) * 4 != head))
		return IPSEC_DROP_BAD_LENGTH;
	in->head = head;
	reason = ah_icv(in->sa, skb, in->off, in->seq, false, icv);
	if (reason)
		return reason;
	if (crypto_memneq(icv, (u8 *)(ah + 1) + auth->iv_len, auth->icv_len))
		return IPSEC_DROP_BAD_ICV;
	return IPSEC_DROP_NONE;
}

static enum ipsec_drop ah_strip(struct sk_buff *skb, struct ipsec_in *in)
{
	const struct ipsec_ah_hdr *ah = (void *)(skb->data + in->off);

	in->next_header = ah->next_header;
	return IPSEC_DROP_NONE;
}

static u32 ah_tail_len(const struct ipsec_sa *sa, u32 payload)
{
	return 0;
}

static enum ipsec_drop ah_output(struct ipsec_sa *sa, struct sk_buff *skb,
				 u32 hlen, u8 next_header, u64 seq)
{
	struct ipsec_ah_hdr *ah = (void *)(skb->data + hlen);
	const struct ipsec_alg *auth = sa->key->auth;
	__be64 iv = cpu_to_be64(sa->key->iv_base + seq);
	enum ipsec_drop reason;
	u8 icv[AH_ICV_MAX];

	memset(ah, 0, sa->overhead.head);
	ah->next_header = next_header;
	ah->len = sa->overhead.head / 4 - 2;
	ah->spi = sa->id.spi;
	ah->seq = cpu_to_be32(seq);
	memcpy(ah + 1, &iv, auth->iv_len);
	reason = ah_icv(sa, skb, hlen, seq, true, icv);
	if (!reason)
		memcpy((u8 *)(ah + 1) + auth->iv_len, icv, auth->icv_len);
	return reason;
}

const struct ipsec_xform ipsec_ah = {
	.open		= ah_open,
	.strip		= ah_strip,
	.tail_len	= ah_tail_len,
	.output		= ah_output,
};
