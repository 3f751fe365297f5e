/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_LIB_ADDR_H
#define _IPSEC_LIB_ADDR_H

#include <linux/compiler.h>
#include <linux/types.h>

/**
 * struct ipsec_addr - an address of either family
 * @a4: IPv4, network byte order; the other twelve octets are zero
 * @a6: IPv6, network byte order
 *
 * The family is kept beside the address, never in it.  Unused octets are
 * always zero, so two addresses of one family are equal when the sixteen
 * octets are.
 */
struct ipsec_addr {
	union {
		__be32 a4;
		__be32 a6[4];
	};
};

/**
 * struct ipsec_flow - what the policy database may ask of a packet
 * @saddr: source address of the packet
 * @daddr: destination address of the packet
 * @sport: source port, host byte order; of ICMP the type (high octet) and code,
 *	of a Mobility Header the type (high octet); 0 if there is none
 * @dport: destination port, host byte order; 0 if there is none
 * @family: AF_INET or AF_INET6
 * @proto: the upper-layer protocol, behind all IPv6 extension headers
 * @flags: IPSEC_FLOW_* bits
 * @dscp: differentiated services code point, 0 as long as no SA of the netns
 *	asks for it
 * @mark: the packet's mark
 * @ifindex: the device it came in by or goes out of
 * @devices: changes whenever a device gets another name or VRF
 * @pad2: zero
 *
 * What comes after @dscp is zero as long as no policy of the netns asks for it.
 * Flows are compared and hashed as octets.
 *
 * RFC 4301 section 4.4.1.1.
 */
struct ipsec_flow {
	struct ipsec_addr saddr;
	struct ipsec_addr daddr;
	u16 sport;
	u16 dport;
	u8 family;
	u8 proto;
	u8 flags;
	u8 dscp;
	u32 mark;
	u32 ifindex;
	u32 devices;
	u32 pad2;
} __aligned(8);

/* The packet carries no ports (or type), whatever its protocol says */
#define IPSEC_FLOW_NO_PORTS	(1 << 0)
/* It carries none because it is a fragment, and they are in another one */
#define IPSEC_FLOW_FRAGMENT	(1 << 1)
/* IPv6: the first fragment alone says what the protocol is (RFC 8200 section
 * 4.5), and this is another one
 */
#define IPSEC_FLOW_NO_PROTO	(1 << 2)
/* It is the first one of several fragments, with all that policies ask for */
#define IPSEC_FLOW_FIRST	(1 << 3)

#endif /* _IPSEC_LIB_ADDR_H */
