// SPDX-License-Identifier: GPL-2.0-only
/* The lengths of an ESP packet and its trailer: RFC 4303 section 2. */
#include "trailer.h"

#include <linux/errno.h>

#include "alg.h"
#include "wire.h"

/* The ICV begins at a multiple of 4 octets, whatever the cipher (section 2.4) */
#define ALIGN_MIN	4
/* Pad length and next header */
#define TRAILER_LEN	2

void ipsec_esp_layout_init(struct ipsec_esp_layout *lay,
			   const struct ipsec_alg *enc,
			   const struct ipsec_alg *auth)
{
	lay->head = sizeof(struct ipsec_esp_hdr) + enc->iv_len;
	lay->align = enc->block_len > ALIGN_MIN ? enc->block_len : ALIGN_MIN;
	lay->icv = enc->icv_len + (auth ? auth->icv_len : 0);
}

u32 ipsec_trailer_pad(const struct ipsec_esp_layout *lay, u32 payload)
{
	return -(payload + TRAILER_LEN) & (lay->align - 1);
}

void ipsec_trailer_fill(u8 *tail, u32 pad, u8 next_header)
{
	u32 i;

	for (i = 0; i < pad; i++)
		tail[i] = i + 1;
	tail[pad] = pad;
	tail[pad + 1] = next_header;
}

int ipsec_trailer_parse(const u8 *data, u32 len, bool inspect,
			struct ipsec_trailer *t)
{
	const u8 *padding;
	u32 pad, i;

	if (len < TRAILER_LEN)
		return -EMSGSIZE;
	pad = data[len - 2];
	if (pad > len - TRAILER_LEN)
		return -EMSGSIZE;

	padding = data + len - TRAILER_LEN - pad;
	for (i = 0; inspect && i < pad; i++)
		if (padding[i] != i + 1)
			return -EBADMSG;

	t->next_header = data[len - 1];
	t->len = pad + TRAILER_LEN;
	return 0;
}
