// SPDX-License-Identifier: GPL-2.0-only
#include "err.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Typed words longer than this are not worth a guess */
#define NEAREST_LEN_MAX	32

int err_set(struct err *e, int code, const char *word, const char *fmt, ...)
{
	struct quoted q;
	va_list args;

	if (e->code)
		return -1;
	e->code = code;
	err_quote(word, &q);
	snprintf(e->word, sizeof(e->word), "%s", q.text);
	va_start(args, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, args);
	va_end(args);
	return -1;
}

int err_only_with(struct err *e, const char *word, const char *with)
{
	return err_set(e, ERR_USAGE, word, "expected only with %s", with);
}

void err_where(struct err *e, const char *file, unsigned int line)
{
	if (e->file)
		return;
	e->file = file;
	e->line = line;
}

void err_print(const struct err *e)
{
	char line[16] = "";

	if (e->file)
		snprintf(line, sizeof(line), ":%u", e->line);
	fflush(stdout);
	fprintf(stderr, "%s%s: %s%s%s\n", e->file ? e->file : "nfipsec", line,
		e->word, e->word[0] ? ": " : "", e->text);
}

/* An IPv6 address has up to 32 digits, too, but colons between them */
static bool looks_like_key(const char *value, size_t len)
{
	const char *equals = memrchr(value, '=', len);
	const char *at = equals ? equals + 1 : value;
	size_t digits = 0, least = 32;

	for (; at < value + len; at++) {
		if (isxdigit((unsigned char)*at))
			digits++;
		else if (*at == ':')
			least = 40;
		else if (!isspace((unsigned char)*at) && *at != 'x' && *at != 'X')
			return false;
	}
	return digits >= least;
}

const char *err_quote(const char *value, struct quoted *q)
{
	return err_quote_part(value, strlen(value), q);
}

const char *err_quote_part(const char *value, size_t len, struct quoted *q)
{
	size_t i;

	if (looks_like_key(value, len)) {
		snprintf(q->text, sizeof(q->text), "(digits of a key?)");
		return q->text;
	}
	if (len < sizeof(q->text))
		snprintf(q->text, sizeof(q->text), "%.*s", (int)len, value);
	else
		snprintf(q->text, sizeof(q->text), "%.*s...",
			 (int)sizeof(q->text) - 4, value);
	for (i = 0; q->text[i]; i++)
		if (!isprint((unsigned char)q->text[i]))
			q->text[i] = '?';
	return q->text;
}

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int min = a < b ? a : b;

	return min < c ? min : c;
}

/* Letters to change, add, leave out or swap to get from one word to the other */
static unsigned int edit_distance(const char *a, const char *b)
{
	unsigned int d[NEAREST_LEN_MAX + 1][NEAREST_LEN_MAX + 1];
	size_t la = strlen(a);
	size_t lb = strlen(b);
	size_t i, j;

	if (la > NEAREST_LEN_MAX || lb > NEAREST_LEN_MAX)
		return NEAREST_LEN_MAX;
	for (i = 0; i <= la; i++)
		d[i][0] = i;
	for (j = 0; j <= lb; j++)
		d[0][j] = j;
	for (i = 1; i <= la; i++) {
		for (j = 1; j <= lb; j++) {
			d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1,
				       d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	}
	return d[la][lb];
}

void nearest_init(struct nearest *n, const char *typed)
{
	size_t len = strlen(typed);

	n->typed = typed;
	n->best = NULL;
	/* one letter may be wrong, in longer words two or three */
	n->distance = len < 6 ? 2 : len < 9 ? 3 : 4;
}

void nearest_try(struct nearest *n, const char *candidate)
{
	unsigned int distance = edit_distance(n->typed, candidate);

	if (distance < n->distance && distance < strlen(n->typed)) {
		n->distance = distance;
		n->best = candidate;
	}
}
