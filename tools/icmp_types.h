/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_ICMP_TYPES_H
#define _NFIPSEC_ICMP_TYPES_H

#include <linux/types.h>
#include <stddef.h>

#include "keyword.h"

/* Octets of the longest list with its NUL */
#define ICMP_TYPES_TEXT_LEN	2048

/**
 * parse_icmp_types() - a list of types that are let in
 * @field: bitmap of those that are not, NF_IPSEC_ICMP_TYPES_LEN octets
 *
 * "all", "none", types parted by commas, or "all" and types with a dash in front.
 */
int parse_icmp_types(struct parse *p, const struct keyword *kw, void *field);

/**
 * parse_icmp_errors() - the same of types that are errors, and of no others
 * @field: bitmap of those that are not named
 */
int parse_icmp_errors(struct parse *p, const struct keyword *kw, void *field);

/**
 * icmp_types_text() - the list as parse_icmp_types() takes it
 * @refused: the bitmap
 * @choices: names of types
 * @buf: ICMP_TYPES_TEXT_LEN octets
 *
 * Return: @buf.
 */
const char *icmp_types_text(const u8 *refused, const struct choice *choices,
			    char *buf);

/**
 * icmp_types_invert() - of types that are refused those that are not, or back
 */
void icmp_types_invert(u8 *refused);

/**
 * icmp_types_any() - is any type refused?
 */
bool icmp_types_any(const u8 *refused);

#endif /* _NFIPSEC_ICMP_TYPES_H */
