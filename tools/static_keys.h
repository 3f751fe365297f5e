/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_STATIC_KEYS_H
#define _NFIPSEC_STATIC_KEYS_H

#include <linux/types.h>

struct err;
struct sa_conf;
struct set;

/**
 * static_keys_check() - do a file's settings refuse one of its SAs?
 * @set: SAs, policies and settings of the whole file
 * @line: the SA's, on error
 * @e: says what is wrong
 *
 * The kernel refuses it, too, but not before the file is applied: maybe at boot.
 *
 * Return: 0, or -1 with @e and @line set.
 */
int static_keys_check(const struct set *set, u32 *line, struct err *e);

/**
 * static_keys_find() - the first SA that the kernel would not take again
 * @set: SAs
 * @flags: enum nf_ipsec_setting
 *
 * Return: the SA, or NULL if there is none.
 */
const struct sa_conf *static_keys_find(const struct set *set, u32 flags);

#endif /* _NFIPSEC_STATIC_KEYS_H */
