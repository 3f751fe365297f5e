// SPDX-License-Identifier: GPL-2.0-only
/* What stands in a datagram of NAT traversal. */
#include "natt.h"

#include <linux/in.h>
#include <linux/in6.h>

#include "wire.h"

enum ipsec_udp_kind ipsec_udp_kind(const u8 *data, u32 len)
{
	if (len == IPSEC_KEEPALIVE_LEN && data[0] == IPSEC_KEEPALIVE)
		return IPSEC_UDP_KEEPALIVE;
	if (len < sizeof(__be32))
		return IPSEC_UDP_OTHER;
	/* no SA has the SPI 0, so that it can announce IKE */
	if (!(data[0] | data[1] | data[2] | data[3]))
		return IPSEC_UDP_IKE;
	return len < sizeof(struct ipsec_esp_hdr) ? IPSEC_UDP_OTHER :
						    IPSEC_UDP_ESP;
}

/* Where a checksum that covers the addresses stands; 0: there is none */
static u32 sum_offset(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return 16;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_DCCP:
		return 6;
	case IPPROTO_ICMPV6:
		return 2;
	default:
		return 0;
	}
}

static u16 word(const u8 *octets)
{
	return octets[0] << 8 | octets[1];
}

/* ~(~sum + ~from + to), word by word, in one's complement */
static u16 sum_swap(u16 sum, const u8 *from, const u8 *to, u32 len)
{
	u32 total = (u16)~sum;
	u32 i;

	for (i = 0; i < len; i += 2) {
		total += (u16)~word(from + i);
		total += word(to + i);
	}
	total = (total & 0xffff) + (total >> 16);
	total += total >> 16;
	return ~total;
}

void ipsec_natt_sum(u8 proto, u8 *l4, u32 len, const struct ipsec_addr *from,
		    const struct ipsec_addr *to)
{
	u32 at = sum_offset(proto);
	u16 sum;

	if (!at || len < at + sizeof(sum))
		return;
	sum = word(l4 + at);
	if (proto == IPPROTO_UDP && !sum)
		return;
	sum = sum_swap(sum, (const u8 *)from, (const u8 *)to,
		       2 * sizeof(*from));
	/* none would mean that there is no checksum */
	if ((proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE) && !sum)
		sum = 0xffff;
	l4[at] = sum >> 8;
	l4[at + 1] = sum;
}
