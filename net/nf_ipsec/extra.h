/* SPDX-License-Identifier: GPL-2.0-only */
/* What few outbound SAs have: kept apart, so that the others do without. */
#ifndef _IPSEC_EXTRA_H
#define _IPSEC_EXTRA_H

#include <linux/hrtimer.h>
#include <linux/types.h>
#include <uapi/linux/nf_ipsec.h>

struct ipsec_sa;

/**
 * struct ipsec_extra_params - what few outbound SAs have, as it was asked for
 * @tfc: octets that packets are padded to, 0: none
 * @dummy_every: milliseconds between dummy packets, 0: none
 * @dummy_size: octets of one
 * @map_set: @map was given
 * @map: outer DSCP by inner one
 * @dscp_set: bit N: it carries packets of DSCP N; 0: any
 */
struct ipsec_extra_params {
	u16 tfc;
	u32 dummy_every;
	u16 dummy_size;
	bool map_set;
	u8 map[NF_IPSEC_DSCPS];
	u64 dscp_set;
};

/**
 * struct ipsec_extra - what few outbound SAs have
 * @map: [I] DSCP of the outer header, by that of the inner one
 * @map_set: [I] it was given as a map
 * @ecn: [I] the outer header has the inner one's ECN
 * @tfc: [I] octets that packets are padded to if the path takes so many, or 0
 * @dummy_size: [I] octets of a dummy packet, if the path takes so many
 * @dummy_every: [I] milliseconds between them, or 0
 * @dscp_set: [I] bit N: it carries packets of DSCP N; 0: what is left
 * @sa: [I] whose they are
 * @dummy_on: [T] @timer has been set up
 * @timer: [T] sends dummy packets; runs while the SA is published
 *
 * Allocated with the SA if it has any of this, and freed with it.
 */
struct ipsec_extra {
	u8 map[NF_IPSEC_DSCPS];
	bool map_set;
	bool ecn;
	u16 tfc;
	u16 dummy_size;
	u32 dummy_every;
	u64 dscp_set;
	struct ipsec_sa *sa;
	bool dummy_on;
	struct hrtimer timer;
};

#endif /* _IPSEC_EXTRA_H */
