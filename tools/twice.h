/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_TWICE_H
#define _NFIPSEC_TWICE_H

#include "conf.h"

struct err;
struct set;

/**
 * twice_check() - does a file say anything twice?
 * @set: SAs and policies of the whole file
 * @line: the later of the two lines, on error
 * @e: says what is there twice
 *
 * Return: 0, or -1 with @e and @line set.
 */
int twice_check(const struct set *set, u32 *line, struct err *e);

/**
 * twice_warn_keys() - warn of a key that an SA of each direction has
 * @set: SAs and policies of the whole file
 * @file: its name
 * @e: says that there is no memory
 *
 * Both ends count from the same number: with a counter mode they encrypt two
 * packets alike, which can then be read, and others forged.
 *
 * Return: 0, or -1 with @e set.
 */
int twice_warn_keys(const struct set *set, const char *file, struct err *e);

#endif /* _NFIPSEC_TWICE_H */
