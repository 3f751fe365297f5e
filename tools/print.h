/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_PRINT_H
#define _NFIPSEC_PRINT_H

#include <stdio.h>

#include "conf.h"

/* Octets of the longest address, prefix and algorithm pair with their NUL */
#define PRINT_ADDR_LEN		46
#define PRINT_PREFIX_LEN	(2 * PRINT_ADDR_LEN)
#define PRINT_XFORM_LEN		64

/* Each fills @buf, of the length above, and returns it */
const char *print_addr(const struct addr *a, char *buf);
const char *print_prefix(const struct prefix *p, char *buf);
const char *print_xform(const struct xform *x, char *buf);

/**
 * print_fingerprint() - hex digits of a fingerprint
 * @fp: NF_IPSEC_FINGERPRINT_LEN octets
 * @buf: room for twice as many and a NUL
 *
 * Return: @buf.
 */
const char *print_fingerprint(const u8 *fp, char *buf);

/* Each prints one line, with the object's word, that parse_line() reads */
void print_sa(FILE *to, const struct sa_conf *sa);
void print_policy(FILE *to, const struct sp_conf *sp);
void print_tunnel(FILE *to, const struct tunnel_conf *t);
void print_conf(FILE *to, const struct conf *c);

/* What names an SA or a policy, as del and get take it */
void print_sa_id(FILE *to, const struct sa_conf *sa);
void print_policy_id(FILE *to, const struct sp_conf *sp);

/* A word of the user's, in quotes where the lexer needs them */
void print_word(FILE *to, const char *word);

/* The word pfp with its fields, enum nf_ipsec_pfp, or nothing without any */
void print_pfp(FILE *to, u32 pfp);

/* Selectors as in a policy's line, each word with a space before it */
void print_sel(FILE *to, const struct sel_conf *sel);

/* What the kernel counts, as comment lines */
void print_sa_stat(FILE *to, const struct sa_conf *sa);
void print_policy_stat(FILE *to, const struct sp_conf *sp);

/**
 * print_sa_peer() - print where an SA's peer has moved to, if it has
 */
void print_sa_peer(FILE *to, const struct sa_conf *sa);

/**
 * print_sa_from() - print from where an SA has moved, if it has
 */
void print_sa_from(FILE *to, const struct sa_conf *sa);

#endif /* _NFIPSEC_PRINT_H */
