/* SPDX-License-Identifier: GPL-2.0-only */
/* What hides from onlookers how much is said: RFC 4303 sections 2.6 and 2.7. */
#ifndef _IPSEC_TFC_H
#define _IPSEC_TFC_H

#include <linux/types.h>

struct dst_entry;
struct ipsec_encap;
struct ipsec_sa;
struct sk_buff;

/**
 * ipsec_tfc_len() - octets of padding behind a packet that is to be protected
 * @sa: an outbound SA that has something extra
 * @skb: the packet, network header at skb->data
 * @dst: the outer route
 * @e: what ipsec_mode_head() knows of the packet
 *
 * Never more than the path takes in one packet, and none where the far end could
 * not tell it from the payload.
 *
 * Context: BH off, RCU.
 */
u32 ipsec_tfc_len(const struct ipsec_sa *sa, const struct sk_buff *skb,
		  const struct dst_entry *dst, const struct ipsec_encap *e);

/**
 * ipsec_dummy_start() - send dummy packets from now on
 * @sa: an SA that has just been published; not all send any
 *
 * Context: process, holds ipsec_net.lock.  ipsec_sa_stop_dummies() ends it.
 */
void ipsec_dummy_start(struct ipsec_sa *sa);

#endif /* _IPSEC_TFC_H */
