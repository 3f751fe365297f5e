/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_LIB_NATT_H
#define _IPSEC_LIB_NATT_H

#include "addr.h"

/* Where ESP in UDP is at home, with IKE (RFC 3948 section 2.1) */
#define IPSEC_PORT_NATT		4500
/* Here IKE has no marker, and could not be told from ESP */
#define IPSEC_PORT_IKE		500

/* Octets of the UDP header, and of a keepalive behind it */
#define IPSEC_UDP_LEN		8
#define IPSEC_KEEPALIVE_LEN	1
#define IPSEC_KEEPALIVE		0xff

/**
 * enum ipsec_udp_kind - what a datagram to a port of ESP in UDP is
 * @IPSEC_UDP_OTHER: none of these
 * @IPSEC_UDP_IKE: begins with the non-ESP marker
 * @IPSEC_UDP_KEEPALIVE: keeps a NAT from forgetting, and means nothing else
 * @IPSEC_UDP_ESP: long enough for an ESP header, and has an SPI
 */
enum ipsec_udp_kind {
	IPSEC_UDP_OTHER,
	IPSEC_UDP_IKE,
	IPSEC_UDP_KEEPALIVE,
	IPSEC_UDP_ESP,
};

/**
 * ipsec_udp_kind() - tell ESP, IKE and keepalives apart (RFC 3948 section 2)
 * @data: the payload; four octets are read, or @len if that is less
 * @len: octets of the payload
 */
enum ipsec_udp_kind ipsec_udp_kind(const u8 *data, u32 len);

/**
 * ipsec_natt_sum() - make a checksum fit addresses that NAT has changed
 * @proto: what is behind the IP header
 * @l4: its octets; the checksum in it is written
 * @len: how many
 * @from: two addresses that the checksum was made with
 * @to: two addresses that it must fit
 *
 * By the difference alone (RFC 1624, RFC 3948 section 3.1.2): what was wrong
 * before stays wrong, and UDP without a checksum stays without.
 */
void ipsec_natt_sum(u8 proto, u8 *l4, u32 len, const struct ipsec_addr *from,
		    const struct ipsec_addr *to);

#endif /* _IPSEC_LIB_NATT_H */
