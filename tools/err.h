/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_ERR_H
#define _NFIPSEC_ERR_H

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses */
#define ERR_USAGE	1	/* a bad word or value; nothing was sent */
#define ERR_KERNEL	2	/* the kernel refused */

/**
 * struct err - the one line that says what is wrong
 * @code: exit status; 0 while nothing is wrong
 * @word: the word at fault, or empty if none is
 * @text: what was expected
 * @file: name of the file it is in, or NULL for the command line
 * @line: its line
 */
struct err {
	int code;
	char word[64];
	char text[1024];
	const char *file;
	unsigned int line;
};

/**
 * err_set() - say what is wrong
 * @e: keeps the first error it is given
 * @code: ERR_USAGE or ERR_KERNEL
 * @word: the word at fault
 * @fmt: what was expected, one line, as for printf
 *
 * Return: -1, so that it can be returned at once.
 */
int err_set(struct err *e, int code, const char *word, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/**
 * err_only_with() - complain about a word that needs another one
 * @e: filled in
 * @word: the word
 * @with: what it needs
 *
 * Return: -1.
 */
int err_only_with(struct err *e, const char *word, const char *with);

/**
 * err_where() - remember which line of a file the error is in
 * @e: an error that has been set
 * @file: name of the file; must stay until the error is printed
 * @line: its line
 */
void err_where(struct err *e, const char *file, unsigned int line);

/**
 * err_print() - print the line on standard error
 */
void err_print(const struct err *e);

/**
 * struct quoted - room for err_quote()
 * @text: the quoted word
 */
struct quoted {
	char text[64];
};

/**
 * err_quote() - a word of the user's, fit to be shown
 * @value: the word
 * @q: room for the result
 *
 * Long words are cut, what cannot be printed becomes '?', and what looks like
 * a key, alone or behind a "=", is not shown.
 *
 * Return: @q's text.
 */
const char *err_quote(const char *value, struct quoted *q);

/**
 * err_quote_part() - the first part of a word, as err_quote()
 * @value: the word
 * @len: characters of the part; it must be given as a whole, as no half of a
 *	key looks like one
 * @q: room for the result
 *
 * Return: @q's text.
 */
const char *err_quote_part(const char *value, size_t len, struct quoted *q);

/**
 * struct nearest - looks for the word that was probably meant
 * @typed: what was typed
 * @best: the nearest candidate so far, or NULL
 * @distance: how far it is
 */
struct nearest {
	const char *typed;
	const char *best;
	unsigned int distance;
};

/**
 * nearest_init() - start a search
 */
void nearest_init(struct nearest *n, const char *typed);

/**
 * nearest_try() - offer a candidate
 */
void nearest_try(struct nearest *n, const char *candidate);

#endif /* _NFIPSEC_ERR_H */
