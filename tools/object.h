/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_OBJECT_H
#define _NFIPSEC_OBJECT_H

#include "cmd.h"
#include "nl.h"
#include "show.h"

/**
 * struct object - what SAs and policies do differently under the same verbs
 * @parse_id: the words that name one
 * @print_id: the same, printed
 * @del: delete the one that is named
 * @get: add the one that is named to a set
 * @flush: delete those that carry a tunnel's name, or all if it is NULL
 * @show: show those of a set that carry a tunnel's name, or all if it is empty
 */
struct object {
	int (*parse_id)(char **word, size_t n, struct conf *c, struct err *e);
	void (*print_id)(const struct conf *c);
	int (*del)(struct nl *nl, const struct conf *c, struct err *e);
	int (*get)(struct nl *nl, const struct conf *c, struct set *set,
		   struct err *e);
	int (*flush)(struct nl *nl, const char *tunnel, struct err *e);
	void (*show)(struct show *show, const struct set *set,
		     const char *tunnel);
};

/* The commands.  Each returns 0, or -1 with the command's error set. */
int object_del(struct cmd *cmd, const struct object *object);
int object_get(struct cmd *cmd, const struct object *object);
int object_list(struct cmd *cmd, const struct object *object);
int object_flush(struct cmd *cmd, const struct object *object);

#endif /* _NFIPSEC_OBJECT_H */
