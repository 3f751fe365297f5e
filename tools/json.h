/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_JSON_H
#define _NFIPSEC_JSON_H

#include <jansson.h>

#include "conf.h"

struct err;

/* Each makes a new object, described in nfipsec(8) */
json_t *json_sa(const struct sa_conf *sa);
json_t *json_policy(const struct sp_conf *sp);
json_t *json_tunnel(const struct tunnel_conf *t);
json_t *json_settings(const struct settings_conf *s);
json_t *json_conf(const struct conf *c);
json_t *json_counters(const struct counters *list);
json_t *json_sel(const struct sel_conf *sel);
json_t *json_dscps(u64 dscps);

/**
 * json_extra() - what few outbound SAs have, as members of an object
 */
void json_extra(json_t *o, const struct sa_extra *extra);

/**
 * json_check() - can JSON say it?
 * @c: a line of the user's
 * @e: says which word it cannot
 *
 * Return: 0, or -1 with @e set.
 */
int json_check(const struct conf *c, struct err *e);

/**
 * json_u64() - a number of up to 64 bits; a string of digits above 63
 */
json_t *json_u64(u64 value);

/**
 * json_print() - print on standard output and free
 * @value: what to print
 * @line: all on one line
 */
void json_print(json_t *value, bool line);

#endif /* _NFIPSEC_JSON_H */
