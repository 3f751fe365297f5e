// SPDX-License-Identifier: GPL-2.0-only
/* What AH authenticates of the headers in front of it: RFC 4302 section 3.3.3
 * and appendix A.
 */
#include "mutable.h"

#include <linux/errno.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/string.h>

/* Offsets within an IPv4 header */
enum {
	V4_IHL = 0,
	V4_TOS = 1,
	V4_FRAG = 6,
	V4_TTL = 8,
	V4_CHECK = 10,
	V4_DADDR = 16,
	V4_OPTIONS = 20,
};

/* IPv4 option types, with copied flag and class */
enum {
	V4_OPT_END = 0,
	V4_OPT_NOP = 1,
	V4_OPT_SECURITY = 130,
	V4_OPT_LSRR = 131,
	V4_OPT_EXT_SECURITY = 133,
	V4_OPT_COMMERCIAL = 134,
	V4_OPT_SSRR = 137,
	V4_OPT_ROUTER_ALERT = 148,
	V4_OPT_SENDER_DIRECTED = 149,
};

/* Offsets within an IPv6 header */
enum {
	V6_CLASS = 0,
	V6_LENGTH = 4,
	V6_NEXT = 6,
	V6_HOPS = 7,
	V6_DADDR = 24,
	V6_EXT = 40,
};

/* Offsets within an IPv6 extension header */
enum {
	EXT_NEXT = 0,
	EXT_LEN = 1,
	EXT_OPTIONS = 2,
	RH_TYPE = 2,
	RH_LEFT = 3,
	RH_ADDRS = 8,
	FH_OFFSET = 2,
};

#define V4_ADDR_LEN		4
#define V6_ADDR_LEN		16
#define V6_FRAGMENT_LEN		8
/* Reserved bits of a fragment header's offset: what is left is offset and M */
#define V6_FRAGMENT_RESERVED	0x06
#define V6_OPT_PAD1		0
#define V6_OPT_CHANGES		0x20
#define RH_TYPE_SOURCE		0
#define RH_TYPE_MOBILE		2

/* Every option not named in appendix A1 may change on the way. */
static bool v4_option_immutable(u8 type)
{
	switch (type) {
	case V4_OPT_SECURITY:
	case V4_OPT_EXT_SECURITY:
	case V4_OPT_COMMERCIAL:
	case V4_OPT_ROUTER_ALERT:
	case V4_OPT_SENDER_DIRECTED:
		return true;
	default:
		return false;
	}
}

/* While a source route is pending the header names the next hop; the receiver
 * will see the last address of the route.  An option is type, length, pointer
 * (counted from 1) and addresses.
 */
static int v4_final_daddr(u8 *hdr, const u8 *opt, u32 len)
{
	u32 at;

	if (len < 3 || (len - 3) % V4_ADDR_LEN)
		return -EINVAL;
	at = opt[2];
	if (at > len)
		return 0;
	if (at < 4 || at % V4_ADDR_LEN)
		return -EINVAL;
	memcpy(hdr + V4_DADDR, opt + len - V4_ADDR_LEN, V4_ADDR_LEN);
	return 0;
}

static int v4_option(u8 *hdr, u8 *opt, u32 len, bool out)
{
	int err;

	if (out && (opt[0] == V4_OPT_LSRR || opt[0] == V4_OPT_SSRR)) {
		err = v4_final_daddr(hdr, opt, len);
		if (err)
			return err;
	}
	if (!v4_option_immutable(opt[0]))
		memset(opt, 0, len);
	return 0;
}

static int v4_options(u8 *hdr, u32 len, bool out)
{
	u32 pos = V4_OPTIONS;
	u32 optlen;
	int err;

	while (pos < len && hdr[pos] != V4_OPT_END) {
		if (hdr[pos] == V4_OPT_NOP) {
			pos++;
			continue;
		}
		if (len - pos < 2)
			return -EINVAL;
		optlen = hdr[pos + 1];
		if (optlen < 2 || optlen > len - pos)
			return -EINVAL;
		err = v4_option(hdr, hdr + pos, optlen, out);
		if (err)
			return err;
		pos += optlen;
	}
	return 0;
}

int ipsec_mutable_v4(u8 *hdr, u32 len, bool out)
{
	if (len < V4_OPTIONS || len != (hdr[V4_IHL] & 0xfU) * 4)
		return -EINVAL;

	hdr[V4_TOS] = 0;
	hdr[V4_TTL] = 0;
	memset(hdr + V4_FRAG, 0, 2);
	memset(hdr + V4_CHECK, 0, 2);
	return v4_options(hdr, len, out) ?: (int)len;
}

static int v6_options(u8 *ext, u32 len)
{
	u32 pos = EXT_OPTIONS;
	u32 optlen;

	while (pos < len) {
		if (ext[pos] == V6_OPT_PAD1) {
			pos++;
			continue;
		}
		if (len - pos < 2)
			return -EINVAL;
		optlen = ext[pos + 1];
		if (optlen > len - pos - 2)
			return -EINVAL;
		if (ext[pos] & V6_OPT_CHANGES)
			memset(ext + pos + 2, 0, optlen);
		pos += 2 + optlen;
	}
	return 0;
}

/* Each node of a source route swaps the destination with the address whose
 * turn it is.  So at the end the addresses that are left have moved on by one,
 * the first destination is in front of them and the last one in the header.
 * Segment routing (type 4) does not define its use with AH (RFC 8754 section
 * 7.5), and no other type is known: those pass only when they are used up.
 */
static int v6_routing(u8 *hdr, u8 *ext, u32 len, bool out)
{
	u32 left = ext[RH_LEFT];
	u8 final[V6_ADDR_LEN];
	u32 count;
	u8 *first;

	if (!left)
		return 0;
	if (!out || (ext[RH_TYPE] != RH_TYPE_SOURCE &&
		     ext[RH_TYPE] != RH_TYPE_MOBILE))
		return -EINVAL;
	count = (len - RH_ADDRS) / V6_ADDR_LEN;
	if ((len - RH_ADDRS) % V6_ADDR_LEN || left > count)
		return -EINVAL;

	first = ext + RH_ADDRS + (count - left) * V6_ADDR_LEN;
	memcpy(final, ext + len - V6_ADDR_LEN, V6_ADDR_LEN);
	memmove(first + V6_ADDR_LEN, first, (left - 1) * V6_ADDR_LEN);
	memcpy(first, hdr + V6_DADDR, V6_ADDR_LEN);
	memcpy(hdr + V6_DADDR, final, V6_ADDR_LEN);
	ext[RH_LEFT] = 0;
	return 0;
}

static int v6_extension(u8 *hdr, u8 type, u8 *ext, u32 len, bool out)
{
	switch (type) {
	case IPPROTO_HOPOPTS:
		/* nowhere but first (RFC 8200 section 4.1) */
		if (ext != hdr + V6_EXT)
			return -EINVAL;
		return v6_options(ext, len);
	case IPPROTO_DSTOPTS:
		return v6_options(ext, len);
	case IPPROTO_ROUTING:
		return v6_routing(hdr, ext, len, out);
	default:
		return -EINVAL;
	}
}

/* A fragment header on a whole packet is left out (RFC 4302 appendix A2). */
static int v6_leave_out(u8 *hdr, u8 *next, u8 *ext, u32 rest)
{
	u32 payload = hdr[V6_LENGTH] << 8 | hdr[V6_LENGTH + 1];

	if (ext[FH_OFFSET] || (ext[FH_OFFSET + 1] & ~V6_FRAGMENT_RESERVED) ||
	    ext[EXT_NEXT] == IPPROTO_HOPOPTS || payload < V6_FRAGMENT_LEN)
		return -EINVAL;
	payload -= V6_FRAGMENT_LEN;
	hdr[V6_LENGTH] = payload >> 8;
	hdr[V6_LENGTH + 1] = payload;
	*next = ext[EXT_NEXT];
	memmove(ext, ext + V6_FRAGMENT_LEN, rest - V6_FRAGMENT_LEN);
	return 0;
}

int ipsec_mutable_v6(u8 *hdr, u32 len, bool out)
{
	u8 *next = hdr + V6_NEXT;
	u32 pos = V6_EXT;
	u32 extlen;
	int err;

	if (len < V6_EXT)
		return -EINVAL;
	/* traffic class and flow label lie between version and length */
	hdr[V6_CLASS] &= 0xf0;
	memset(hdr + V6_CLASS + 1, 0, 3);
	hdr[V6_HOPS] = 0;

	while (*next != IPPROTO_AH) {
		if (len - pos < 8)
			return -EINVAL;
		if (*next == IPPROTO_FRAGMENT) {
			err = v6_leave_out(hdr, next, hdr + pos, len - pos);
			if (err)
				return err;
			len -= V6_FRAGMENT_LEN;
			continue;
		}
		extlen = (hdr[pos + EXT_LEN] + 1) * 8;
		if (extlen > len - pos)
			return -EINVAL;
		err = v6_extension(hdr, *next, hdr + pos, extlen, out);
		if (err)
			return err;
		next = hdr + pos + EXT_NEXT;
		pos += extlen;
	}
	return pos == len ? (int)len : -EINVAL;
}
