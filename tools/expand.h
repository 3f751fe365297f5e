/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_EXPAND_H
#define _NFIPSEC_EXPAND_H

#include "conf.h"

struct err;
struct set;

/**
 * expand_conf() - an object to the SAs and policies that it stands for
 * @c: the object; an SA or a policy is moved
 * @set: gets them, keys read or derived
 * @e: says what is wrong
 *
 * Return: 0, or -1 with @e set.
 */
int expand_conf(struct conf *c, struct set *set, struct err *e);

/**
 * expand_policies() - the policies of a tunnel
 * @t: the tunnel
 * @set: gets them
 * @e: says what is wrong
 *
 * Return: 0, or -1 with @e set.
 */
int expand_policies(const struct tunnel_conf *t, struct set *set,
		    struct err *e);

/**
 * expand_check() - would what several tunnels say open one of them?
 * @set: SAs and policies of a whole file
 * @e: says what is wrong
 * @line: of the file, on error
 *
 * A file also may not name anything twice.
 *
 * Return: 0, or -1 with @e and @line set.
 */
int expand_check(const struct set *set, u32 *line, struct err *e);

/**
 * expand_check_beside() - would a tunnel open another one, or be opened?
 * @set: its SAs and policies
 * @running: all that there are
 * @tunnel: its name; what carries it in @running is about to go
 * @e: says what is wrong
 *
 * Return: 0, or -1 with @e set.
 */
int expand_check_beside(const struct set *set, const struct set *running,
			const char *tunnel, struct err *e);

#endif /* _NFIPSEC_EXPAND_H */
