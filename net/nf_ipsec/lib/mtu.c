// SPDX-License-Identifier: GPL-2.0-only
/* Packet sizes before and after protection. */
#include "mtu.h"

/* Everything outside of what is padded */
static u32 fixed_len(const struct ipsec_overhead *oh, u32 ip_len)
{
	return oh->outer + ip_len + oh->head + oh->icv;
}

u32 ipsec_mtu_inner(const struct ipsec_overhead *oh, u32 outer, u32 ip_len)
{
	u32 fixed = fixed_len(oh, ip_len);
	u32 room;

	if (outer < fixed)
		return 0;
	room = outer - fixed;
	room -= room % oh->align;
	if (room < oh->trailer)
		return 0;
	return ip_len + room - oh->trailer;
}

u32 ipsec_mtu_outer(const struct ipsec_overhead *oh, u32 inner, u32 ip_len)
{
	u32 body = inner - ip_len + oh->trailer;
	u32 rest = body % oh->align;

	if (rest)
		body += oh->align - rest;
	return fixed_len(oh, ip_len) + body;
}
