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
 * twice_check_keys() - has an SA of each direction the same key?
 * @set: SAs and policies of the whole file
 * @file: its name
 * @line: the outbound one's, on error
 * @e: says what is wrong
 *
 * Both ends count from the same number: with a counter mode they encrypt two
 * packets alike, which can then be read, and others forged.  Elsewhere it is a
 * warning.
 *
 * Return: 0, or -1 with @e and @line set.
 */
int twice_check_keys(const struct set *set, const char *file, u32 *line,
		     struct err *e);

#endif /* _NFIPSEC_TWICE_H */
