/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_PARSE_H
#define _NFIPSEC_PARSE_H

#include "conf.h"

struct err;

/**
 * parse_line() - the words of a file's line to an object
 * @word: the words; the first one is sa, policy, tunnel or settings
 * @n: how many
 * @c: filled in; to be freed by conf_free(), on error too
 * @e: says what is wrong
 *
 * Return: 0, or -1 with @e set.
 */
int parse_line(char **word, size_t n, struct conf *c, struct err *e);

/**
 * parse_object() - the words behind "sa add" and the like to an object
 * @kind: what the words describe
 * @word: the words
 * @n: how many
 * @c: filled in; to be freed by conf_free(), on error too
 * @e: says what is wrong
 *
 * Return: 0, or -1 with @e set.
 */
int parse_object(enum conf_kind kind, char **word, size_t n, struct conf *c,
		 struct err *e);

/**
 * parse_sa_id() - the words that name an SA
 */
int parse_sa_id(char **word, size_t n, struct conf *c, struct err *e);

/**
 * parse_sp_id() - the words that name a policy
 */
int parse_sp_id(char **word, size_t n, struct conf *c, struct err *e);

/**
 * parse_sp_del() - the words that name a policy to be deleted
 */
int parse_sp_del(char **word, size_t n, struct conf *c, struct err *e);

/**
 * parse_is_keyword() - does this word belong to the grammar of an object?
 */
bool parse_is_keyword(enum conf_kind kind, const char *word);

/**
 * parse_name() - a tunnel's name
 * @word: the word in front of it, for errors
 * @value: the name
 * @name: filled in; NF_IPSEC_NAME_MAX + 1 octets
 * @e: says what is wrong
 *
 * Return: 0, or -1 with @e set.
 */
int parse_name(const char *word, const char *value, char *name,
	       struct err *e);

#endif /* _NFIPSEC_PARSE_H */
