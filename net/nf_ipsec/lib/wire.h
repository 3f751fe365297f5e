/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_LIB_WIRE_H
#define _IPSEC_LIB_WIRE_H

#include <linux/build_bug.h>
#include <linux/types.h>

/**
 * struct ipsec_esp_hdr - the head of an ESP packet (RFC 4303 section 2)
 * @spi: security parameters index
 * @seq: low 32 bits of the sequence number
 */
struct ipsec_esp_hdr {
	__be32 spi;
	__be32 seq;
};

/**
 * struct ipsec_ah_hdr - an authentication header (RFC 4302 section 2)
 * @next_header: protocol behind it
 * @len: its length in words of four octets, less two
 * @reserved: zero when sent
 * @spi: security parameters index
 * @seq: low 32 bits of the sequence number
 *
 * The ICV and its padding follow.
 */
struct ipsec_ah_hdr {
	u8 next_header;
	u8 len;
	__be16 reserved;
	__be32 spi;
	__be32 seq;
};

static_assert(sizeof(struct ipsec_esp_hdr) == 8, "ESP header");
static_assert(sizeof(struct ipsec_ah_hdr) == 12, "AH header");

/**
 * ipsec_ah_len() - octets of an AH
 * @icv: octets of ICV
 * @align: 4 or 8 (RFC 4302 section 2.6: IPv6 wants 8)
 */
static inline u32 ipsec_ah_len(u32 icv, u32 align)
{
	return (sizeof(struct ipsec_ah_hdr) + icv + align - 1) & ~(align - 1);
}

#endif /* _IPSEC_LIB_WIRE_H */
