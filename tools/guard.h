/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_GUARD_H
#define _NFIPSEC_GUARD_H

#include <linux/nf_ipsec.h>
#include <stdbool.h>

#include "keyword.h"
#include "sel_conf.h"

/* Octets of the longest list with its NUL */
#define GUARDS_TEXT_LEN	(NF_IPSEC_GUARDS_MAX * CONF_DEV_LEN)

/**
 * struct guards - guarded devices
 * @dev: their names; an empty one ends them
 */
struct guards {
	char dev[NF_IPSEC_GUARDS_MAX][CONF_DEV_LEN];
};

/**
 * parse_guards() - a list of devices
 * @field: struct guards
 *
 * "none", or names parted by commas.
 */
int parse_guards(struct parse *p, const struct keyword *kw, void *field);

/**
 * guards_have() - is a device among them?
 */
bool guards_have(const struct guards *g, const char *name);

/**
 * guards_text() - the list as parse_guards() takes it
 * @g: the devices
 * @buf: GUARDS_TEXT_LEN octets
 *
 * Return: @buf.
 */
const char *guards_text(const struct guards *g, char *buf);

#endif /* _NFIPSEC_GUARD_H */
