/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_RESYNC_H
#define _IPSEC_RESYNC_H

#include "drop.h"

struct ipsec_in;
struct ipsec_key;
struct sk_buff;

/**
 * ipsec_resync_bad() - a packet of an inbound SA has had a wrong ICV
 * @key: its key
 *
 * After many in a row the next packet is given to ipsec_resync_open(), once a
 * second at most: forged ones cost no more than that.
 *
 * Context: BH off.
 */
void ipsec_resync_bad(struct ipsec_key *key);

/**
 * ipsec_resync_open() - open a packet, with other high halves of its number too
 * @skb: the packet, linear and ours
 * @in: its SA and number; gets the number that fits
 *
 * In the place of struct ipsec_xform.open while IPSEC_KEY_PROBE is set (RFC 4302
 * appendix B3, RFC 4303 appendix A3).
 *
 * Context: BH off, RCU.
 */
enum ipsec_drop ipsec_resync_open(struct sk_buff *skb, struct ipsec_in *in);

#endif /* _IPSEC_RESYNC_H */
