/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The end of an SA (RFC 4301 section 4.4.2.1).
 *
 * A soft limit raises an event, a hard one raises an event and ends the SA: it
 * carries nothing any more and no older one takes its place, but it stays where
 * it is until it is deleted, so that what it protected is not sent in clear and
 * its owner sees why nothing passes.
 *
 * The limits are of the key: a replacement goes on with them.
 */
#ifndef _IPSEC_EXPIRE_H
#define _IPSEC_EXPIRE_H

#include <linux/types.h>

struct ipsec_key;
struct ipsec_net;
struct ipsec_sa;
struct ipsec_spent;

/**
 * ipsec_expire_look() - has an SA reached a limit?
 * @ipn: the netns
 * @sa: the SA; its key is ended if the limit is a hard one
 *
 * Called when a CPU's counters reach their marks, when there are no numbers
 * left, and by the timer.  The CPUs share what is left until the next limit, so
 * that a limit of octets, or of packets received, may be passed by no more than
 * what is on its way on each CPU at that moment.  A limit of packets sent, which
 * is one of numbers, is exact.
 *
 * Context: any, RCU.
 */
void ipsec_expire_look(struct ipsec_net *ipn, struct ipsec_sa *sa);

/**
 * ipsec_expire_spent() - how much of a key's life has gone
 * @key: the key, which has been published
 * @spent: filled in
 *
 * Context: any.
 */
void ipsec_expire_spent(const struct ipsec_key *key, struct ipsec_spent *spent);

/**
 * ipsec_expire_init() - an SA that nobody can find yet
 */
void ipsec_expire_init(struct ipsec_sa *sa);

/**
 * ipsec_expire_start() - an SA has been published: watch its time, and end it
 *	if its key has nothing left to send
 *
 * Context: holds ipn->lock.
 */
void ipsec_expire_start(struct ipsec_sa *sa);

/**
 * ipsec_expire_stop() - an SA goes, started or not
 *
 * Context: may sleep; holds ipn->lock.  The timer does not run any more when it
 * returns.
 */
void ipsec_expire_stop(struct ipsec_sa *sa);

#endif /* _IPSEC_EXPIRE_H */
