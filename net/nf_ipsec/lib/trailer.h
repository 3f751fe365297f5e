/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_LIB_TRAILER_H
#define _IPSEC_LIB_TRAILER_H

#include <linux/types.h>

/* Pad length and next header */
#define IPSEC_TRAILER_LEN	2

struct ipsec_alg;

/**
 * struct ipsec_esp_layout - the lengths that are the same in each ESP packet
 * @head: octets in front of the ciphertext: SPI, sequence number, IV
 * @align: the ciphertext's length is a multiple of this, at least 4
 * @icv: octets of ICV behind the ciphertext
 */
struct ipsec_esp_layout {
	u8 head;
	u8 align;
	u8 icv;
};

/**
 * struct ipsec_trailer - what the end of a plaintext says
 * @next_header: protocol of the payload
 * @len: octets to cut: padding, pad length and next header
 */
struct ipsec_trailer {
	u8 next_header;
	u16 len;
};

/**
 * ipsec_esp_layout_init() - lengths of an SA's packets
 * @lay: filled in
 * @enc: AEAD or cipher
 * @auth: integrity, or NULL with an AEAD
 */
void ipsec_esp_layout_init(struct ipsec_esp_layout *lay,
			   const struct ipsec_alg *enc,
			   const struct ipsec_alg *auth);

/**
 * ipsec_trailer_pad() - padding octets for a payload (RFC 4303 section 2.4)
 * @lay: the SA's lengths
 * @payload: octets to protect
 *
 * Return: 0 to 255; payload + pad + 2 is a multiple of @lay->align.
 */
static inline u32 ipsec_trailer_pad(const struct ipsec_esp_layout *lay, u32 payload)
{
	return -(payload + IPSEC_TRAILER_LEN) & (lay->align - 1);
}

/**
 * ipsec_trailer_fill() - write padding 1, 2, 3..., its length, next header
 * @tail: room for @pad + 2 octets
 * @pad: from ipsec_trailer_pad()
 * @next_header: protocol of the payload
 */
static inline void ipsec_trailer_fill(u8 *tail, u32 pad, u8 next_header)
{
	u32 i;

	for (i = 0; i < pad; i++)
		tail[i] = i + 1;
	tail[pad] = pad;
	tail[pad + 1] = next_header;
}

/**
 * ipsec_trailer_parse() - read the end of a decrypted payload
 * @data: the plaintext
 * @len: its octets
 * @inspect: refuse padding that is not 1, 2, 3...
 * @t: filled in on success
 *
 * Return: 0; -EMSGSIZE if the padding is longer than the plaintext; -EBADMSG
 * if its octets are wrong.
 */
int ipsec_trailer_parse(const u8 *data, u32 len, bool inspect,
			struct ipsec_trailer *t);

#endif /* _IPSEC_LIB_TRAILER_H */
