/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_LIB_MTU_H
#define _IPSEC_LIB_MTU_H

#include <linux/types.h>

/**
 * struct ipsec_overhead - what protection adds to a packet
 * @outer: octets of outer IP header in tunnel mode, 0 in transport mode
 * @head: octets between the IP header and the payload: ESP header and IV, or
 *	the whole AH
 * @icv: octets behind the payload: 0 for AH
 * @align: payload and trailer are a multiple of this; 1 for AH
 * @trailer: 2 for ESP (pad length, next header), 0 for AH
 */
struct ipsec_overhead {
	u8 outer;
	u8 head;
	u8 icv;
	u8 align;
	u8 trailer;
};

/* What an IPv4 and an IPv6 link must carry: no PMTU is taken below these */
#define IPSEC_MTU_MIN_V4	68
#define IPSEC_MTU_MIN_V6	1280

/* Octets outside of what is padded */
static inline u32 ipsec_mtu_fixed(const struct ipsec_overhead *oh, u32 ip_len)
{
	return oh->outer + ip_len + oh->head + oh->icv;
}

/**
 * ipsec_mtu_inner() - the largest packet that fits
 * @oh: what the SA adds
 * @outer: octets the outer path carries in one packet
 * @ip_len: transport mode: octets of the packet's own IP header that stay in
 *	front of ESP or AH, not encrypted; 0 in tunnel mode
 *
 * Return: octets of the whole packet before protection, IP header included; 0
 * if nothing fits.
 */
static inline u32 ipsec_mtu_inner(const struct ipsec_overhead *oh, u32 outer, u32 ip_len)
{
	u32 fixed = ipsec_mtu_fixed(oh, ip_len);
	u32 room;

	if (outer < fixed)
		return 0;
	room = outer - fixed;
	room &= -(u32)oh->align;
	if (room < oh->trailer)
		return 0;
	return ip_len + room - oh->trailer;
}

/**
 * ipsec_mtu_outer() - the size of a packet once protected
 * @oh: what the SA adds
 * @inner: octets before, IP header included
 * @ip_len: as in ipsec_mtu_inner()
 */
u32 ipsec_mtu_outer(const struct ipsec_overhead *oh, u32 inner, u32 ip_len);

#endif /* _IPSEC_LIB_MTU_H */
