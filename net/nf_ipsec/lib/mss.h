/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_LIB_MSS_H
#define _IPSEC_LIB_MSS_H

#include <linux/types.h>

/* Below that a size is nobody's MTU, and nothing is to be gained by it. */
#define IPSEC_MSS_MIN	48

/* Octets of a TCP header without options, and where its flags are */
#define IPSEC_TCP_LEN	20
#define IPSEC_TCP_FLAGS	13
#define IPSEC_TCP_SYN	0x02

/**
 * ipsec_mss_clamp() - lower the maximum segment size that a SYN offers
 * @tcp: the TCP header with its options
 * @len: octets of it
 * @mss: the largest that may stay
 * @sum: its checksum is there and must fit the change; else somebody else is
 *	going to make it
 *
 * A SYN without the option stays without: 536 octets are meant then (RFC 9293
 * section 3.7.1).  The search is over at options that run past the end.
 *
 * Return: true if it was lowered.
 */
bool ipsec_mss_clamp(u8 *tcp, u32 len, u16 mss, bool sum);

#endif /* _IPSEC_LIB_MSS_H */
