/* SPDX-License-Identifier: GPL-2.0-only */
/* What few outbound SAs have: padding, dummies, DSCP, ECN, where to cut. */
#ifndef _NFIPSEC_EXTRA_H
#define _NFIPSEC_EXTRA_H

#include <stdio.h>

#include "conf.h"
#include "keyword.h"

extern const struct choice choices_mss[];
extern const struct choice choices_tfc[];
extern const struct choice choices_dummy_size[];
extern const struct choice choices_ecn[];
extern const struct choice choices_fragment[];

/* Values; each takes the words behind a keyword and returns 0 or -1 */
int parse_every(struct parse *p, const struct keyword *kw, void *field);
int parse_dscp_map(struct parse *p, const struct keyword *kw, void *field);
int parse_dscps(struct parse *p, const struct keyword *kw, void *field);

/**
 * extra_check() - do its words fit the others?
 * @o: the words
 * @has: which were given
 * @e: says what is wrong
 *
 * Return: 0, or -1 with @e set.
 */
int extra_check(const struct sa_opts *o, u64 has, struct err *e);

/**
 * extra_word() - one of its words that was given
 * @has: which were given
 *
 * Return: the word, or NULL.
 */
const char *extra_word(u64 has);

/**
 * print_extra() - as words, those at their default left out
 */
void print_extra(FILE *to, const struct sa_extra *extra);

/**
 * print_dscps() - the word for-dscp with its value, if there is any
 */
void print_dscps(FILE *to, u64 dscps);

#endif /* _NFIPSEC_EXTRA_H */
