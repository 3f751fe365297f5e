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

#endif /* _NFIPSEC_TWICE_H */
