/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_LEX_H
#define _NFIPSEC_LEX_H

#include <stddef.h>

struct err;

/**
 * struct lex - a text that is read line by line
 * @at: the next character
 * @end: behind the last one
 * @line: number of the line that @at is in, from 1
 */
struct lex {
	const char *at;
	const char *end;
	unsigned int line;
};

/**
 * struct words - the words of one line
 * @word: terminated strings; allocated
 * @n: how many
 * @line: number of the line that the first word is in
 * @text: holds the strings; allocated
 */
struct words {
	char **word;
	size_t n;
	unsigned int line;
	char *text;
};

/**
 * lex_init() - start reading a text
 */
void lex_init(struct lex *lx, const char *text, size_t len);

/**
 * lex_line() - split the next line that is not empty into words
 * @lx: the text
 * @w: filled in; to be freed by words_free()
 * @e: says what is wrong
 *
 * Words are parted by white space.  "#" at the start of a word begins a
 * comment, a backslash at the end of a line continues it, double quotes keep
 * white space, and a backslash keeps the next character.  On error @w's line is
 * the one at fault.
 *
 * Return: 1 if there was a line, 0 at the end of the text, -1 on error.
 */
int lex_line(struct lex *lx, struct words *w, struct err *e);

/**
 * words_free() - free the words of a line
 */
void words_free(struct words *w);

#endif /* _NFIPSEC_LEX_H */
