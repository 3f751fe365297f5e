/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_KEYREG_H
#define _IPSEC_KEYREG_H

#include <linux/types.h>

struct ipsec_key;
struct net;

/**
 * ipsec_keyreg_add() - a key is going to send
 * @net: its netns
 * @key: the key; its digest is set; gets its counter
 *
 * A counter that starts again under an old key repeats numbers that the peer
 * has seen, and with a counter mode it may repeat an IV.  The registry knows
 * keys by their digest.  All that send under one key in one netns, at the same
 * time or one after the other, share one counter.
 *
 * Context: process.
 * Return: 0 or -ENOMEM; on success ipsec_keyreg_del() must follow.
 */
int ipsec_keyreg_add(const struct net *net, struct ipsec_key *key);

/**
 * ipsec_keyreg_del() - a key has stopped sending
 * @key: the key; its counter is remembered, unless it never moved
 *
 * Context: process.
 */
void ipsec_keyreg_del(struct ipsec_key *key);

/**
 * ipsec_keyreg_forget() - a netns is gone
 * @net: the netns; none of its keys is left
 *
 * Context: process.
 */
void ipsec_keyreg_forget(const struct net *net);

/**
 * ipsec_keyreg_init() - make the registry
 *
 * Return: 0 or a negative errno.
 */
int ipsec_keyreg_init(void);

/**
 * ipsec_keyreg_exit() - free it; no key is left
 */
void ipsec_keyreg_exit(void);

#endif /* _IPSEC_KEYREG_H */
