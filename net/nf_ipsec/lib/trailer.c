// SPDX-License-Identifier: GPL-2.0-only
/* The lengths of an ESP packet and its trailer: RFC 4303 section 2. */
#include "trailer.h"

#include <linux/errno.h>

#include "alg.h"
#include "wire.h"

/* The ICV begins at a multiple of 4 octets, whatever the cipher (section 2.4) */
#define ALIGN_MIN	4
void ipsec_esp_layout_init(struct ipsec_esp_layout *lay,
			   const struct ipsec_alg *enc,
			   const struct ipsec_alg *auth)
{
	lay->head = sizeof(struct ipsec_esp_hdr) + enc->iv_len;
	lay->align = enc->block_len > ALIGN_MIN ? enc->block_len : ALIGN_MIN;
	lay->icv = enc->icv_len + (auth ? auth->icv_len : 0);
}

int ipsec_trailer_parse(const u8 *data, u32 len, bool inspect,
			struct ipsec_trailer *t)
{
	const u8 *padding;
	u32 pad, i;

	if (len < IPSEC_TRAILER_LEN)
		return -EMSGSIZE;
	pad = data[len - 2];
	if (pad > len - IPSEC_TRAILER_LEN)
		return -EMSGSIZE;

	padding = data + len - IPSEC_TRAILER_LEN - pad;
	for (i = 0; inspect && i < pad; i++)
		if (padding[i] != i + 1)
			return -EBADMSG;

	t->next_header = data[len - 1];
	t->len = pad + IPSEC_TRAILER_LEN;
	return 0;
}
