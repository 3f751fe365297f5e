/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_LIB_PFP_H
#define _IPSEC_LIB_PFP_H

#include "selector.h"

/**
 * ipsec_pfp_valid() - can these fields of a selector be taken from packets?
 * @pfp: bits of enum nf_ipsec_pfp
 * @sel: a valid selector
 *
 * An OPAQUE field has nothing to be taken from (RFC 4301 section 4.4.2.2), and
 * ports or a type are no ones without a protocol.
 *
 * Return: NULL if they can, else a constant sentence that says why not.
 */
const char *ipsec_pfp_valid(u32 pfp, const struct ipsec_selector *sel);

/**
 * ipsec_pfp_lacks() - does a packet lack a field that is to be taken from it?
 * @pfp: bits of enum nf_ipsec_pfp
 * @flow: the packet
 *
 * Ports count for protocols that have ports only, a type where there are types.
 */
bool ipsec_pfp_lacks(u32 pfp, const struct ipsec_flow *flow);

/**
 * ipsec_pfp_narrow() - what an SA made for a packet carries (RFC 4301 section
 * 4.4.2.2)
 * @sel: a policy's selector; becomes the SA's: the packet's values for the fields
 *	in @pfp, the policy's for the others; neither mark nor device
 * @pfp: bits of enum nf_ipsec_pfp, valid for @sel
 * @flow: the packet, which lacks none of them
 *
 * Return: false if @sel does not hold the packet's values: it is another set of
 * selectors that names the packet, and nothing of this one is for the SA.
 */
bool ipsec_pfp_narrow(struct ipsec_selector *sel, u32 pfp,
		      const struct ipsec_flow *flow);

#endif /* _IPSEC_LIB_PFP_H */
