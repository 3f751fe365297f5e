/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_JUDGE_H
#define _IPSEC_JUDGE_H

#include "drop.h"

struct ipsec_input;

/**
 * ipsec_judge_protected() - a packet that came over an SA
 * @i: the packet; @i->sp is set to the policy that it meets
 *
 * Is it for this SA, and what the policy wants (RFC 4301 section 5.2)?
 *
 * Context: BH off, RCU.  An ICMP error may move the PMTU of a route.
 * Return: 0 or the reason to drop.
 */
enum ipsec_drop ipsec_judge_protected(struct ipsec_input *i);

/**
 * ipsec_judge_clear() - a packet that came in clear
 * @i: the packet; @i->sp is set if a policy stops it
 * @asked: not for the first time
 *
 * Context: BH off, RCU.  An ICMP error may move the PMTU of a route.
 * Return: 0 or the reason to drop.
 */
enum ipsec_drop ipsec_judge_clear(struct ipsec_input *i, bool asked);

#endif /* _IPSEC_JUDGE_H */
