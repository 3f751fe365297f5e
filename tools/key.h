/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_KEY_H
#define _NFIPSEC_KEY_H

#include "conf.h"

struct err;

/**
 * key_read() - read a key from where the user said
 * @src: a file or a descriptor; descriptors are read to the end
 * @x: the algorithms it is for; NULL for the secret of a tunnel
 * @e: says what is wrong
 *
 * Hex digits; white space and ":" are skipped, "0x" may stand in front.
 *
 * Return: the key, to be freed by key_free(), or NULL with @e set.
 */
struct key *key_read(const struct key_src *src, const struct xform *x,
		     struct err *e);

/**
 * key_stdin_is_read() - no key can come from standard input any more
 */
void key_stdin_is_read(void);

/**
 * key_read_sa() - read an SA's key from where its words say
 * @sa: gets the key; nothing happens if it has a fingerprint only
 * @e: says what is wrong
 *
 * Return: 0, or -1 with @e set.
 */
int key_read_sa(struct sa_conf *sa, struct err *e);

#endif /* _NFIPSEC_KEY_H */
