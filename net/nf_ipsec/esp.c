// SPDX-License-Identifier: GPL-2.0-only
/* ESP (RFC 4303), both families. */
#include "xform.h"

#include <linux/in.h>
#include <linux/skbuff.h>

#include "compat.h"
#include "crypto.h"
#include "key.h"
#include "lib/alg.h"
#include "lib/trailer.h"
#include "lib/wire.h"
#include "sa.h"

int ipsec_skb_make_own(struct sk_buff *skb, u32 head, u32 tail)
{
	u32 more_head = 0, more_tail = 0;

	if (skb_is_nonlinear(skb) && __skb_linearize(skb))
		return -ENOMEM;
	if (skb_headroom(skb) < head)
		more_head = SKB_DATA_ALIGN(head - skb_headroom(skb));
	if (skb_tailroom(skb) < tail)
		more_tail = tail - skb_tailroom(skb);
	if (likely(!more_head && !more_tail && !skb_cloned(skb)))
		return 0;
	return pskb_expand_head(skb, more_head, more_tail, GFP_ATOMIC);
}

static enum ipsec_drop esp_open(struct sk_buff *skb, struct ipsec_in *in)
{
	const struct ipsec_esp_layout *lay = &in->sa->layout;
	struct ipsec_crypto_pkt pkt = {
		.esp = skb->data + in->off,
		.len = skb->len - in->off,
		.seq = in->seq,
		.esn = in->sa->key->esn,
	};
	u32 head = lay->head + lay->icv;

	if (unlikely(pkt.len < head + 2 || (pkt.len - head) % lay->align))
		return IPSEC_DROP_BAD_LENGTH;
	in->head = lay->head;
	switch (ipsec_crypto_open(in->sa->key->crypto, &pkt)) {
	case 0:
		return IPSEC_DROP_NONE;
	case -EBADMSG:
		return IPSEC_DROP_BAD_ICV;
	default:
		return IPSEC_DROP_CRYPTO;
	}
}

static enum ipsec_drop esp_strip(struct sk_buff *skb, struct ipsec_in *in)
{
	const struct ipsec_esp_layout *lay = &in->sa->layout;
	u32 start = in->off + lay->head;
	u32 end = skb->len - lay->icv;
	struct ipsec_trailer t;
	int err;

	err = ipsec_trailer_parse(skb->data + start, end - start,
				  !(in->sa->flags & NF_IPSEC_SA_F_PAD_ANY), &t);
	if (unlikely(err))
		return err == -EBADMSG ? IPSEC_DROP_BAD_PADDING :
					 IPSEC_DROP_BAD_TRAILER;
	in->next_header = t.next_header;
	skb_trim(skb, end - t.len);
	return IPSEC_DROP_NONE;
}

static u32 esp_tail_len(const struct ipsec_sa *sa, u32 payload)
{
	return ipsec_trailer_pad(&sa->layout, payload) + 2 + sa->layout.icv;
}

static enum ipsec_drop esp_output(struct ipsec_sa *sa, struct sk_buff *skb,
				  u32 hlen, u8 next_header, u64 seq)
{
	const struct ipsec_esp_layout *lay = &sa->layout;
	struct ipsec_esp_hdr *esph;
	struct ipsec_crypto_pkt pkt;
	u32 pad;

	pad = ipsec_trailer_pad(lay, skb->len - hlen - lay->head);
	ipsec_trailer_fill(skb_put(skb, pad + 2 + lay->icv), pad, next_header);
	esph = (struct ipsec_esp_hdr *)(skb->data + hlen);
	esph->spi = sa->id.spi;
	esph->seq = cpu_to_be32(seq);

	pkt.esp = (u8 *)esph;
	pkt.len = skb->len - hlen;
	pkt.seq = seq;
	pkt.esn = sa->key->esn;
	pkt.iv = cpu_to_be64(sa->key->iv_base + seq);
	if (unlikely(ipsec_crypto_seal(sa->key->crypto, &pkt)))
		return IPSEC_DROP_CRYPTO;
	return IPSEC_DROP_NONE;
}

const struct ipsec_xform ipsec_esp = {
	.open		= esp_open,
	.strip		= esp_strip,
	.tail_len	= esp_tail_len,
	.output		= esp_output,
};
