/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_KEEPALIVE_H
#define _IPSEC_KEEPALIVE_H

struct work_struct;

/**
 * ipsec_keepalive_work() - send the keepalives that are due (RFC 3948 section 4)
 * @work: &struct ipsec_natt.keeper
 *
 * One goes out where a tunnel's youngest SA has sent nothing for as long as it
 * was told.  Packets do not know of it: when the last one went is noted anyway.
 *
 * Context: process.
 */
void ipsec_keepalive_work(struct work_struct *work);

#endif /* _IPSEC_KEEPALIVE_H */
