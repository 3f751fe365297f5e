/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_SHOW_H
#define _NFIPSEC_SHOW_H

#include <jansson.h>

#include "conf.h"

struct cmd;
struct err;
struct set;
struct view_tunnel;

/**
 * struct show - prints objects, as lines or as one JSON array
 * @array: with -j, the array so far
 * @stat: counters behind each line
 */
struct show {
	json_t *array;
	bool stat;
};

/**
 * show_begin() - choose the form by the command's options
 */
void show_begin(struct show *show, const struct cmd *cmd);

/* One object */
void show_sa(struct show *show, const struct sa_conf *sa);
void show_policy(struct show *show, const struct sp_conf *sp);
void show_tunnel(struct show *show, const struct view_tunnel *t);
void show_settings(struct show *show, const struct settings_conf *s);

/**
 * show_conf() - one line of the user's
 *
 * Return: 0, or -1 with @e set if the form cannot say it.
 */
int show_conf(struct show *show, const struct conf *c, struct err *e);

/**
 * show_one() - one line of the user's and nothing else, as the command wants it
 *
 * Return: 0 or -1 with the command's error set.
 */
int show_one(const struct cmd *cmd, const struct conf *c);

/**
 * show_end() - print what has been held back
 */
void show_end(struct show *show);

#endif /* _NFIPSEC_SHOW_H */
