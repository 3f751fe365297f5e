/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_LIB_SELECTOR_H
#define _IPSEC_LIB_SELECTOR_H

#include "addr.h"

/**
 * struct ipsec_selector - which packets a policy or an SA is for
 * @saddr: source prefix; the bits behind the prefix are zero
 * @daddr: destination prefix; the bits behind the prefix are zero
 * @sport_min: lowest source port, host byte order
 * @sport_max: highest source port; 0 to 65535 is any
 * @dport_min: lowest destination port
 * @dport_max: highest destination port; 0 to 65535 is any
 * @family: AF_INET or AF_INET6
 * @src_plen: bits of the source prefix
 * @dst_plen: bits of the destination prefix
 * @proto: the upper-layer protocol, if @proto_set
 * @proto_set: 1 if the protocol must be @proto, 0 for any
 * @pad: zero, so that selectors can be compared as octets
 *
 * RFC 4301 section 4.4.1.1.
 */
struct ipsec_selector {
	struct ipsec_addr saddr;
	struct ipsec_addr daddr;
	u16 sport_min;
	u16 sport_max;
	u16 dport_min;
	u16 dport_max;
	u8 family;
	u8 src_plen;
	u8 dst_plen;
	u8 proto;
	u8 proto_set;
	u8 pad[3];
};

/**
 * ipsec_addr_mask() - clear the bits of an address behind a prefix
 * @addr: the address
 * @family: AF_INET or AF_INET6
 * @plen: bits to keep; at most 32 or 128
 */
void ipsec_addr_mask(struct ipsec_addr *addr, u8 family, u8 plen);

/**
 * ipsec_addr_equal() - compare all sixteen octets
 */
bool ipsec_addr_equal(const struct ipsec_addr *a, const struct ipsec_addr *b);

/**
 * ipsec_addr_in() - is an address within a prefix?
 * @addr: the address
 * @prefix: the prefix, bits behind it zero
 * @plen: bits of the prefix
 */
bool ipsec_addr_in(const struct ipsec_addr *addr,
		   const struct ipsec_addr *prefix, u8 plen);

/**
 * ipsec_selector_any() - make a selector that matches a whole family
 * @sel: filled in
 * @family: AF_INET or AF_INET6
 */
void ipsec_selector_any(struct ipsec_selector *sel, u8 family);

/**
 * ipsec_selector_valid() - can this selector be used?
 * @sel: the selector
 *
 * Return: NULL if it can, else a constant sentence that says why not (family,
 * prefix too long, bits behind the prefix, port range upside down, ports with
 * a protocol that has none).
 */
const char *ipsec_selector_valid(const struct ipsec_selector *sel);

/**
 * ipsec_selector_has_ports() - does the selector ask for ports?
 */
bool ipsec_selector_has_ports(const struct ipsec_selector *sel);

/**
 * ipsec_selector_match() - does the selector name this flow?
 * @sel: a valid selector
 * @flow: the packet
 *
 * A packet without ports never matches a selector that asks for some
 * (RFC 4301 section 4.4.1.1).
 */
bool ipsec_selector_match(const struct ipsec_selector *sel,
			  const struct ipsec_flow *flow);

/**
 * ipsec_selector_may_match() - could the selector name this flow's datagram?
 * @sel: a valid selector
 * @flow: the packet
 *
 * Like ipsec_selector_match(), except that a fragment other than the first
 * matches whatever ports are asked for, and in IPv6 whatever protocol (RFC 8200
 * section 4.5): cleartext that may be a piece of protected traffic is judged as
 * protected traffic.
 */
bool ipsec_selector_may_match(const struct ipsec_selector *sel,
			      const struct ipsec_flow *flow);

/**
 * ipsec_selector_contains() - is every flow of one selector in the other?
 * @outer: a valid selector
 * @inner: a valid selector
 */
bool ipsec_selector_contains(const struct ipsec_selector *outer,
			     const struct ipsec_selector *inner);

#endif /* _IPSEC_LIB_SELECTOR_H */
