// SPDX-License-Identifier: GPL-2.0-only
/* Packet sizes before and after protection. */
#include "mtu.h"

u32 ipsec_mtu_outer(const struct ipsec_overhead *oh, u32 inner, u32 ip_len)
{
	u32 body = inner - ip_len + oh->trailer;
	u32 rest = body % oh->align;

	if (rest)
		body += oh->align - rest;
	return ipsec_mtu_fixed(oh, ip_len) + body;
}
