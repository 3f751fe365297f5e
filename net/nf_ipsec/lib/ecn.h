/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_LIB_ECN_H
#define _IPSEC_LIB_ECN_H

#include <linux/types.h>

/**
 * ipsec_ecn_decap() - the ECN field of a packet that leaves a tunnel
 * @inner: DS octet of the inner header
 * @outer: DS octet of the outer header
 *
 * RFC 6040 section 4.2, figure 4.
 *
 * Return: the new DS octet of the inner header (its DSCP is kept), or a
 * negative number if the packet must be dropped (inner Not-ECT, outer CE).
 */
int ipsec_ecn_decap(u8 inner, u8 outer);

/**
 * ipsec_ecn_is_unused() - do both fields together mean nothing today?
 * @inner: DS octet of the inner header
 * @outer: DS octet of the outer header
 *
 * The pairs with an exclamation mark in figure 4 of RFC 6040, but for the one that
 * ipsec_ecn_decap() has dropped: no sender makes them, and no router may make
 * them out of others.
 */
bool ipsec_ecn_is_unused(u8 inner, u8 outer);

/**
 * ipsec_ds_encap() - the DS octet of an outer header
 * @inner: DS octet of the inner header
 * @dscp: 0 to 63, or negative to copy the inner one
 *
 * ECN is copied (RFC 6040 section 4.1, normal mode).
 */
u8 ipsec_ds_encap(u8 inner, int dscp);

/**
 * ipsec_ds_map() - the DS octet of an outer header, by a table
 * @inner: DS octet of the inner header
 * @map: 64 octets: the outer DSCP for each inner one (RFC 4301 section 4.4.2.1)
 * @ecn: copy ECN; else the outer header is Not-ECT (RFC 6040 section 4.1,
 *	compatibility mode)
 */
u8 ipsec_ds_map(u8 inner, const u8 *map, bool ecn);

#endif /* _IPSEC_LIB_ECN_H */
