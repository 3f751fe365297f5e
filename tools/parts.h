/* SPDX-License-Identifier: GPL-2.0-only */
/* Small parts of what conf.h describes. */
#ifndef _NFIPSEC_PARTS_H
#define _NFIPSEC_PARTS_H

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

#endif /* _NFIPSEC_PARTS_H */
