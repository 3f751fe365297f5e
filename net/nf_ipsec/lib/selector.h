/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_LIB_SELECTOR_H
#define _IPSEC_LIB_SELECTOR_H

#include "addr.h"

/* Octets of a device's name with its NUL: IFNAMSIZ */
#define IPSEC_DEV_LEN	16

/**
 * struct ipsec_selector - which packets a policy or an SA is for
 * @saddr: source prefix, the bits behind it zero; or the lowest source address
 * @daddr: destination prefix, or the lowest destination address
 * @saddr_max: highest source address of a range; zero with a prefix
 * @daddr_max: highest destination address of a range; zero with a prefix
 * @sport_min: lowest source port, host byte order; with ICMP lowest type and
 *	code, with a Mobility Header lowest type, as in struct ipsec_flow
 * @sport_max: highest source port; 0 to 65535 is any
 * @dport_min: lowest destination port
 * @dport_max: highest destination port; 0 to 65535 is any
 * @family: AF_INET or AF_INET6
 * @src_plen: bits of the source prefix; of a range, bits that its ends share
 * @dst_plen: bits of the destination prefix
 * @proto: the upper-layer protocol, if @proto_set
 * @proto_set: 1 if the protocol must be @proto, 0 for any
 * @opaque: bits of enum nf_ipsec_opaque, the type's in that of @sport_min: the
 *	field must be one that cannot be read
 * @ranges: IPSEC_SEL_SRC_RANGE, IPSEC_SEL_DST_RANGE
 * @pad: zero, so that selectors can be compared as octets
 * @mark: the packet's mark where @mark_mask has bits; zero elsewhere
 * @mark_mask: 0 for any mark
 * @dev: the packet's device, or its VRF; zeros up to its end; empty for any.
 *	Who looks devices up matches it: see spd.c
 *
 * RFC 4301 section 4.4.1.1.
 */
struct ipsec_selector {
	struct ipsec_addr saddr;
	struct ipsec_addr daddr;
	struct ipsec_addr saddr_max;
	struct ipsec_addr daddr_max;
	u16 sport_min;
	u16 sport_max;
	u16 dport_min;
	u16 dport_max;
	u8 family;
	u8 src_plen;
	u8 dst_plen;
	u8 proto;
	u8 proto_set;
	u8 opaque;
	u8 ranges;
	u8 pad;
	u32 mark;
	u32 mark_mask;
	char dev[IPSEC_DEV_LEN];
};

#define IPSEC_SEL_SRC_RANGE	(1 << 0)
#define IPSEC_SEL_DST_RANGE	(1 << 1)

/**
 * enum ipsec_selector_type - what a protocol has for a selector to ask for
 * @IPSEC_TYPE_NONE: nothing
 * @IPSEC_TYPE_PORTS: two ports
 * @IPSEC_TYPE_ICMP: type and code
 * @IPSEC_TYPE_MH: the type of a Mobility Header
 */
enum ipsec_selector_type {
	IPSEC_TYPE_NONE,
	IPSEC_TYPE_PORTS,
	IPSEC_TYPE_ICMP,
	IPSEC_TYPE_MH,
};

/**
 * ipsec_selector_type() - what has a protocol for a selector to ask for?
 * @family: AF_INET or AF_INET6
 * @proto: the protocol
 */
enum ipsec_selector_type ipsec_selector_type(u8 family, u8 proto);

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
 * ipsec_addr_range() - the form in which a selector keeps a range
 * @min: lowest address, network byte order
 * @max: highest address, not below @min; zeroed if the range is a prefix
 * @family: AF_INET or AF_INET6
 * @plen: set to the bits that both share
 *
 * Return: false if the range is a prefix.
 */
bool ipsec_addr_range(const struct ipsec_addr *min, struct ipsec_addr *max,
		      u8 family, u8 *plen);

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
 * prefix too long, bits behind the prefix, range upside down, ports or a type
 * with a protocol that has none).
 */
const char *ipsec_selector_valid(const struct ipsec_selector *sel);

/**
 * ipsec_selector_has_ports() - does the selector ask for certain ports, or a type?
 */
bool ipsec_selector_has_ports(const struct ipsec_selector *sel);

/**
 * ipsec_selector_is_narrow() - does it ask for a mark or a device?
 */
bool ipsec_selector_is_narrow(const struct ipsec_selector *sel);

/**
 * ipsec_selector_match() - does the selector name this flow?
 * @sel: a valid selector; its device is not looked at
 * @flow: the packet
 *
 * A packet without ports never matches a selector that asks for some, and one
 * with ports none that wants them OPAQUE; any takes both (RFC 4301 section
 * 4.4.1.1).
 */
bool ipsec_selector_match(const struct ipsec_selector *sel,
			  const struct ipsec_flow *flow);

/**
 * ipsec_selector_may_match() - could the selector name this flow's datagram?
 * @sel: a valid selector; its device is not looked at
 * @flow: the packet
 *
 * Like ipsec_selector_match(), except that a fragment other than the first
 * matches whatever ports are asked for, and in IPv6 whatever protocol: what may
 * be a piece of protected traffic must be told from what is not.
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
