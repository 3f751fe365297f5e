/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_VIEW_H
#define _NFIPSEC_VIEW_H

#include "conf.h"

struct err;
struct set;
struct show;

/**
 * struct view_tunnel - what carries one tunnel's name
 * @name: the name
 * @in: an inbound SA
 * @n_in: how many there are
 * @out: an outbound SA
 * @n_out: how many there are
 * @sp: policies; allocated
 * @n_sp: how many
 * @whole: it can be said in one line: @conf
 * @shown: it has been printed
 * @conf: that line
 */
struct view_tunnel {
	const char *name;
	const struct sa_conf *in;
	size_t n_in;
	const struct sa_conf *out;
	size_t n_out;
	const struct sp_conf **sp;
	size_t n_sp;
	bool whole;
	bool shown;
	struct conf conf;
};

/**
 * struct view - SAs and policies seen as tunnels
 * @set: the SAs and policies
 * @tunnel: by name; allocated
 * @n: how many
 */
struct view {
	const struct set *set;
	struct view_tunnel *tunnel;
	size_t n;
};

/**
 * view_make() - sort SAs and policies into tunnels
 * @view: filled in; to be freed by view_free(), on error too
 * @set: must stay while @view is used
 * @e: says what is wrong
 *
 * Return: 0, or -1 with @e set.
 */
int view_make(struct view *view, const struct set *set, struct err *e);

/**
 * view_free() - free a view
 */
void view_free(struct view *view);

/**
 * view_find() - look up a tunnel by its name
 *
 * Return: the tunnel, or NULL.
 */
struct view_tunnel *view_find(const struct view *view, const char *name);

/**
 * view_show() - print tunnels, and as SAs and policies what is none
 * @view: what there is
 * @show: how to print it
 * @name: only what carries this name; NULL for everything
 * @loose: also what carries no name, and settings
 */
void view_show(struct view *view, struct show *show, const char *name,
	       bool loose);

#endif /* _NFIPSEC_VIEW_H */
