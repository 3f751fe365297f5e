// SPDX-License-Identifier: GPL-2.0-only
#include "lex.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"

void lex_init(struct lex *lx, const char *text, size_t len)
{
	lx->at = text;
	lx->end = text + len;
	lx->line = 1;
}

void words_free(struct words *w)
{
	free(w->word);
	free(w->text);
	memset(w, 0, sizeof(*w));
}

static bool at_char(const struct lex *lx, char c)
{
	return lx->at < lx->end && *lx->at == c;
}

/* Octets of a backslash and the end of line behind it, 0 if none is there */
static size_t continuation(const struct lex *lx)
{
	size_t left = lx->end - lx->at;

	if (left >= 2 && !memcmp(lx->at, "\\\n", 2))
		return 2;
	return left >= 3 && !memcmp(lx->at, "\\\r\n", 3) ? 3 : 0;
}

static bool at_blank(const struct lex *lx)
{
	return lx->at < lx->end && *lx->at != '\n' &&
	       isspace((unsigned char)*lx->at);
}

/* A backslash, and nothing but blanks behind it up to the end of the line */
static bool at_lost_continuation(const struct lex *lx)
{
	struct lex behind = { .at = lx->at + 1, .end = lx->end };

	if (!at_char(lx, '\\') || !at_blank(&behind) || continuation(lx))
		return false;
	while (at_blank(&behind))
		behind.at++;
	return behind.at == behind.end || *behind.at == '\n';
}

/* Blanks, continuations and a comment */
static void skip_blank(struct lex *lx)
{
	while (at_blank(lx) || continuation(lx)) {
		if (continuation(lx)) {
			lx->at += continuation(lx);
			lx->line++;
		} else {
			lx->at++;
		}
	}
	if (at_char(lx, '#'))
		while (lx->at < lx->end && *lx->at != '\n')
			lx->at++;
}

/* Room for one more word, and the terminator behind it */
static int words_grow(struct words *w, char *start)
{
	char **word;

	if (w->n % 32 == 0) {
		word = reallocarray(w->word, w->n + 33, sizeof(*word));
		if (!word)
			return -1;
		w->word = word;
	}
	w->word[w->n++] = start;
	w->word[w->n] = NULL;
	return 0;
}

/* Copy one word to @to; returns the end of the copy, NULL on error */
static char *take_word(struct lex *lx, char *to, struct err *e)
{
	bool quoted = false;

	while (lx->at < lx->end && *lx->at != '\n') {
		if (*lx->at == '"') {
			quoted = !quoted;
			lx->at++;
			continue;
		}
		if (!quoted && (at_blank(lx) || continuation(lx)))
			break;
		if (at_lost_continuation(lx)) {
			err_set(e, ERR_USAGE, "\\",
				"expected the end of the line right behind it, found a blank");
			return NULL;
		}
		if (*lx->at == '\\' && lx->end - lx->at >= 2 &&
		    !continuation(lx))
			lx->at++;
		if (!*lx->at) {
			err_set(e, ERR_USAGE, "line",
				"expected text, found a NUL octet");
			return NULL;
		}
		*to++ = *lx->at++;
	}
	if (quoted) {
		err_set(e, ERR_USAGE, "\"",
			"expected a second quote on the same line");
		return NULL;
	}
	*to++ = '\0';
	return to;
}

/* The words up to the end of the line; @w->text is large enough for them */
static int take_words(struct lex *lx, struct words *w, struct err *e)
{
	char *to = w->text;
	char *start;

	for (skip_blank(lx); lx->at < lx->end && *lx->at != '\n';
	     skip_blank(lx)) {
		if (!w->n)
			w->line = lx->line;
		start = to;
		to = take_word(lx, to, e);
		if (!to) {
			w->line = lx->line;
			return -1;
		}
		if (words_grow(w, start))
			return err_set(e, ERR_USAGE, "line", "no memory");
	}
	return 0;
}

int lex_line(struct lex *lx, struct words *w, struct err *e)
{
	memset(w, 0, sizeof(*w));
	while (!w->n) {
		while (at_char(lx, '\n')) {
			lx->at++;
			lx->line++;
		}
		if (lx->at >= lx->end)
			return 0;
		free(w->text);
		w->line = lx->line;
		w->text = malloc(lx->end - lx->at + 1);
		if (!w->text)
			return err_set(e, ERR_USAGE, "line", "no memory");
		if (take_words(lx, w, e))
			return -1;
	}
	return 1;
}
