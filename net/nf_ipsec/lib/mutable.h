/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_LIB_MUTABLE_H
#define _IPSEC_LIB_MUTABLE_H

#include <linux/types.h>

/**
 * ipsec_mutable_v4() - make an IPv4 header what AH authenticates
 * @hdr: a copy of the header with its options
 * @len: octets of @hdr: 20 to 60, and what IHL says
 * @out: true at the sender, whose destination is not yet the final one when a
 *	source route is pending; false at the receiver
 *
 * TOS, flags and fragment offset, TTL and checksum become zero; so do options
 * that change on the way, whole, type and length included (RFC 4302 section
 * 3.3.3.1.1 and appendix A1).
 *
 * Return: octets of @hdr; -EINVAL if an option runs past the end, or the sender's source
 * route has no last address.
 */
int ipsec_mutable_v4(u8 *hdr, u32 len, bool out);

/**
 * ipsec_mutable_v6() - make an IPv6 header chain what AH authenticates
 * @hdr: a copy of the IPv6 header and of all extension headers in front of AH
 * @len: octets of @hdr: 40 and more
 * @out: true at the sender, false at the receiver
 *
 * Traffic class, flow label and hop limit become zero; so does the data of
 * options whose type says that it may change.  At the sender a routing header
 * of type 0 or 2 with segments left, and the destination, are put in the order
 * they have at the receiver (RFC 4302 section 3.3.3.1.2 and appendix A2); the
 * receiver is the last of them and takes none with segments left.  A fragment
 * header that stands on a whole packet is taken out.  The chain ends in AH
 * exactly at @len.
 *
 * Return: octets of @hdr that are left; -EINVAL if a header or option runs past
 * the end, or the chain does not end at @len in protocol 51, or holds the header
 * of a fragment, an unknown header, or a routing header whose state at the
 * receiver cannot be told.
 */
int ipsec_mutable_v6(u8 *hdr, u32 len, bool out);

#endif /* _IPSEC_LIB_MUTABLE_H */
