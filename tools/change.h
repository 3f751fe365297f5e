/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_CHANGE_H
#define _NFIPSEC_CHANGE_H

#include "nl.h"

struct change;
struct err;
struct set;

/**
 * struct change - a change of many SAs and policies at once
 * @set: what is to be there; its own SAs and policies only
 * @how: whether they may be there already
 * @replace_all: what is not in @set goes
 * @tunnel: the tunnel that @set makes, only what belongs to it goes; NULL for
 *	everything
 * @check: may it be made beside what is running?  NULL if it always may
 * @alter: deletes or changes some of what is running; NULL for nothing
 * @file: where @set was read from, for errors; NULL for the command line
 *
 * If something else is changed meanwhile, @check and @alter are called again with
 * what is running then.
 */
struct change {
	const struct set *set;
	enum nl_how how;
	bool replace_all;
	const char *tunnel;
	int (*check)(const struct change *change, const struct set *running,
		     struct err *e);
	int (*alter)(struct nl *nl, const struct change *change,
		     const struct set *running, struct err *e);
	const char *file;
};

/**
 * change_make() - make all of a change or nothing of it
 * @change: the change
 * @e: says what is wrong
 *
 * Says on standard output what is no longer protected.
 *
 * Return: 0, or -1 with @e set.
 */
int change_make(const struct change *change, struct err *e);

/**
 * change_report() - say what a change that was made no longer protects
 * @nl: the connection
 * @before: what there was before it
 *
 * If that fails it is a warning on standard error, as the change stays made.
 */
void change_report(struct nl *nl, const struct set *before);

#endif /* _NFIPSEC_CHANGE_H */
