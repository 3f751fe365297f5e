// SPDX-License-Identifier: GPL-2.0-only
/* The maximum segment size option of TCP. */
#include "mss.h"

/* Offsets within a TCP header */
enum {
	TCP_CHECK = 16,
	TCP_OPTIONS = IPSEC_TCP_LEN,
};

#define TCP_OPT_END	0
#define TCP_OPT_NOP	1
#define TCP_OPT_MSS	2
#define TCP_OPT_MSS_LEN	4

static u32 get16(const u8 *p)
{
	return p[0] << 8 | p[1];
}

static void put16(u8 *p, u32 value)
{
	p[0] = value >> 8;
	p[1] = value;
}

static u32 swap16(u32 value)
{
	return (value >> 8 | value << 8) & 0xffff;
}

/* RFC 1624.  Of a number that does not begin at an even octet each half is
 * summed in the other place.
 */
static void fix_sum(u8 *tcp, u32 pos, u32 from, u32 to)
{
	u32 sum = ~get16(tcp + TCP_CHECK) & 0xffff;

	if (pos % 2) {
		from = swap16(from);
		to = swap16(to);
	}
	sum += (~from & 0xffff) + to;
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	put16(tcp + TCP_CHECK, ~sum);
}

bool ipsec_mss_clamp(u8 *tcp, u32 len, u16 mss, bool sum)
{
	u32 pos = TCP_OPTIONS;
	u32 old;

	while (pos + 1 < len && tcp[pos] != TCP_OPT_END) {
		if (tcp[pos] == TCP_OPT_NOP) {
			pos++;
			continue;
		}
		if (tcp[pos + 1] < 2 || tcp[pos + 1] > len - pos)
			return false;
		if (tcp[pos] != TCP_OPT_MSS || tcp[pos + 1] != TCP_OPT_MSS_LEN) {
			pos += tcp[pos + 1];
			continue;
		}
		pos += 2;
		old = get16(tcp + pos);
		if (old <= mss)
			return false;
		put16(tcp + pos, mss);
		if (sum)
			fix_sum(tcp, pos, old, mss);
		return true;
	}
	return false;
}
