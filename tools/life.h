/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_LIFE_H
#define _NFIPSEC_LIFE_H

#include <stdio.h>

#include "conf.h"

struct err;
struct keyword;
struct parse;

/* Octets of the longest limits, SOFT/HARD, and of a moment, with their NUL */
#define LIFE_LIMIT_LEN	48
#define LIFE_TIME_LEN	24

/**
 * parse_life() - the value of life-bytes and the like: HARD or SOFT/HARD
 * @p: the words
 * @kw: the word; its min is enum nf_ipsec_limit
 * @field: struct life_limit
 *
 * Return: 0, or -1 with the error set.
 */
int parse_life(struct parse *p, const struct keyword *kw, void *field);

/**
 * life_word() - the word of a limit
 * @what: enum nf_ipsec_limit
 */
const char *life_word(u8 what);

/**
 * life_name() - what a limit is of, e.g. "bytes"
 * @what: enum nf_ipsec_limit, as the kernel said it
 */
const char *life_name(u8 what);

/**
 * life_check() - are these limits that make sense with these algorithms?
 *
 * Return: 0, or -1 with @e set.
 */
int life_check(const struct sa_opts *o, struct err *e);

/**
 * life_own() - is this the limit that the algorithms set themselves?
 * @o: the algorithms
 * @what: enum nf_ipsec_limit
 * @limit: the limit
 */
bool life_own(const struct sa_opts *o, u8 what, const struct life_limit *limit);

/**
 * life_equal() - do both have the same limits?
 */
bool life_equal(const struct sa_opts *a, const struct sa_opts *b);

/* The limits as words, each with a space before it */
void print_life(FILE *to, const struct sa_opts *o);

/* Which limit was reached, and what of them is used up, as comment lines */
void print_life_stat(FILE *to, const struct sa_conf *sa);

/* For an event: "soft bytes TIME " or "hard bytes TIME " */
void print_life_event(FILE *to, const struct sa_conf *sa);

#endif /* _NFIPSEC_LIFE_H */
