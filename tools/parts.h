/* SPDX-License-Identifier: GPL-2.0-only */
/* Small parts of what conf.h describes. */
#ifndef _NFIPSEC_PARTS_H
#define _NFIPSEC_PARTS_H

#include <linux/nf_ipsec.h>
#include <linux/types.h>
#include <stddef.h>

/**
 * struct counter - a number and its name
 * @name: as the kernel calls it
 * @value: its value
 */
struct counter {
	char name[48];
	u64 value;
};

/**
 * struct counters - a list of them
 * @c: allocated
 * @n: how many
 */
struct counters {
	struct counter *c;
	size_t n;
};

/**
 * struct encap - the ports of ESP in UDP
 * @local: this end's, or 0: no UDP
 * @remote: the peer's
 */
struct encap {
	u16 local;
	u16 remote;
};

/* As many octets as the path takes */
#define EXTRA_SIZE_MTU	65535

/**
 * struct sa_extra - what few outbound SAs have
 * @tfc: octets that packets are padded to, 0: none, EXTRA_SIZE_MTU
 * @dummy_every: milliseconds between dummy packets, 0: none
 * @dummy_size: octets of one, or EXTRA_SIZE_MTU
 * @map_set: @map counts
 * @map: outer DSCP by inner one
 * @ecn: 1: no outer header has ECN
 * @fragment: 1: protected packets are cut, those before never
 */
struct sa_extra {
	u16 tfc;
	u32 dummy_every;
	u16 dummy_size;
	bool map_set;
	u8 map[NF_IPSEC_DSCPS];
	u8 ecn;
	u8 fragment;
};

#endif /* _NFIPSEC_PARTS_H */
