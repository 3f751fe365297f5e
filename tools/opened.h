/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_OPENED_H
#define _NFIPSEC_OPENED_H

struct err;
struct set;

/**
 * show_opened() - say what is in clear, or let in, from now on: settings that
 *	are open again, devices that are not guarded, and packets that were
 *	protected
 * @before: policies and settings that there were
 * @after: those that there are
 * @e: says that there is no memory; nothing is printed then
 *
 * Return: 0, or -1 with @e set.
 */
int show_opened(const struct set *before, const struct set *after,
		struct err *e);

#endif /* _NFIPSEC_OPENED_H */
