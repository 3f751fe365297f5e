/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_UDP_H
#define _IPSEC_UDP_H

#include <linux/types.h>

struct ipsec_in;
struct ipsec_input;

/**
 * enum ipsec_udp_found - what became of a datagram
 * @IPSEC_UDP_LEFT: it is somebody else's
 * @IPSEC_UDP_HOLDS_ESP: ESP begins at &struct ipsec_in.off
 * @IPSEC_UDP_TAKEN: it is gone
 */
enum ipsec_udp_found {
	IPSEC_UDP_LEFT,
	IPSEC_UDP_HOLDS_ESP,
	IPSEC_UDP_TAKEN,
};

/**
 * ipsec_udp_input() - look for ESP in a datagram (RFC 3948 section 2)
 * @i: the packet, whole
 * @in: @off is that of the UDP header; if there is ESP, @off, @udp, @end and
 *	@ours are filled in
 *
 * At a port of an SA, and at 4500 where RFC 7296 section 2.23 wants it of every
 * SA.  IKE and whatever else is no ESP is left to who owns the socket, keepalives
 * too; one for which there is no socket is swallowed.
 *
 * Context: BH off, RCU.
 */
enum ipsec_udp_found ipsec_udp_input(struct ipsec_input *i,
				     struct ipsec_in *in);

/**
 * ipsec_udp_split() - receive the datagrams of a super-packet one by one
 * @i: the packet, ESP in UDP of an SA of ours; freed
 *
 * Context: BH off, RCU.  Enters the hooks again on this CPU.
 */
void ipsec_udp_split(struct ipsec_input *i);

#endif /* _IPSEC_UDP_H */
