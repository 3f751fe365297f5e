/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_WARN_H
#define _NFIPSEC_WARN_H

struct set;

/**
 * warn_file() - say on standard error what of a file is well-formed, and will
 *	not do what it seems to
 * @set: SAs and policies of the whole file
 * @file: its name
 * @add: what is there already stays beside it
 */
void warn_file(const struct set *set, const char *file, bool add);

#endif /* _NFIPSEC_WARN_H */
