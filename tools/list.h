/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_LIST_H
#define _NFIPSEC_LIST_H

#include <linux/types.h>

struct cmd;

/**
 * list_tunnels() - print what is running, as tunnels where it can be said so
 * @cmd: how to print it
 * @name: only what carries this name, an error if nothing does; NULL for
 *	everything
 * @loose: also what carries no name, and settings
 *
 * Return: 0, or -1 with the command's error set.
 */
int list_tunnels(struct cmd *cmd, const char *name, bool loose);

#endif /* _NFIPSEC_LIST_H */
