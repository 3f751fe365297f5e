/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_WARN_H
#define _NFIPSEC_WARN_H

struct sa_conf;
struct set;
struct settings_conf;

/**
 * warn_file() - say on standard error what of a file is well-formed, and will
 *	not do what it seems to
 * @set: SAs and policies of the whole file
 * @file: its name
 * @add: what is there already stays beside it
 */
void warn_file(const struct set *set, const char *file, bool add);

/**
 * warn_command() - the same of an SA that the words of a command make
 * @sa: the SA
 */
void warn_command(const struct sa_conf *sa);

/**
 * warn_settings() - the same of settings that have been made
 * @s: the words
 * @running: what ran before
 */
void warn_settings(const struct settings_conf *s, const struct set *running);

#endif /* _NFIPSEC_WARN_H */
