// SPDX-License-Identifier: GPL-2.0-only
#include "keyword.h"

#include <stdio.h>
#include <string.h>

#include "err.h"
#include "has.h"

const struct keyword *keyword_find(const struct grammar *g, const char *word,
				   size_t *base)
{
	const struct piece *piece;
	const struct keyword *kw;

	for (piece = g->piece; piece->kw; piece++) {
		for (kw = piece->kw; kw->word; kw++) {
			if (!strcmp(kw->word, word)) {
				*base = piece->base;
				return kw;
			}
		}
	}
	return NULL;
}

/* The words of a bit, parted by spaces; returns how many */
static unsigned int words_of(const struct grammar *g, u64 bit, char *buf,
			     size_t size)
{
	const struct piece *piece;
	const struct keyword *kw;
	unsigned int n = 0;
	size_t len = 0;

	buf[0] = '\0';
	for (piece = g->piece; piece->kw; piece++) {
		for (kw = piece->kw; kw->word; kw++) {
			if (!(kw->bit & bit) || len >= size)
				continue;
			len += snprintf(buf + len, size - len, "%s%s",
					n ? " " : "", kw->word);
			n++;
		}
	}
	return n;
}

void keyword_words(const struct grammar *g, char *buf, size_t size)
{
	words_of(g, ~0ULL, buf, size);
}

static int unknown_word(struct parse *p, const struct grammar *g,
			const char *word)
{
	const struct piece *piece;
	const struct keyword *kw;
	struct nearest nearest;
	char all[512];

	if (!strcmp(word, "key"))
		return err_set(p->e, ERR_USAGE, word,
			       "keys are not taken from here; expected key-file PATH or key-fd N");
	nearest_init(&nearest, word);
	for (piece = g->piece; piece->kw; piece++)
		for (kw = piece->kw; kw->word; kw++)
			nearest_try(&nearest, kw->word);
	if (nearest.best)
		return err_set(p->e, ERR_USAGE, word,
			       "unknown word; did you mean \"%s\"?",
			       nearest.best);
	keyword_words(g, all, sizeof(all));
	return err_set(p->e, ERR_USAGE, word, "unknown word; expected one of: %s",
		       all);
}

static int given_twice(struct parse *p, const struct grammar *g,
		       const struct keyword *kw)
{
	char all[256];

	if (words_of(g, kw->bit, all, sizeof(all)) > 1)
		return err_set(p->e, ERR_USAGE, kw->word,
			       "expected only one of: %s", all);
	return err_set(p->e, ERR_USAGE, kw->word,
		       "given twice; expected it once");
}

int keyword_parse(struct parse *p, const struct grammar *g, void *conf,
		  u64 *has)
{
	const struct keyword *kw;
	const char *word;
	size_t base = 0;

	while (p->at < p->n) {
		word = p->word[p->at++];
		kw = keyword_find(g, word, &base);
		if (!kw)
			return unknown_word(p, g, word);
		if ((*has & kw->bit) && !kw->many)
			return given_twice(p, g, kw);
		/* each set of selectors has both, said or not */
		if (kw->renew && keyword_need(g, *has, HAS_SRC | HAS_DST, p->e))
			return -1;
		*has &= ~kw->renew;
		*has |= kw->bit;
		if (kw->parse(p, kw, (char *)conf + base + kw->offset))
			return -1;
	}
	return 0;
}

int keyword_need(const struct grammar *g, u64 has, u64 need, struct err *e)
{
	const struct piece *piece;
	const struct keyword *kw;
	char all[256];

	for (piece = g->piece; piece->kw; piece++) {
		for (kw = piece->kw; kw->word; kw++) {
			if (!(kw->bit & need & ~has))
				continue;
			if (words_of(g, kw->bit, all, sizeof(all)) > 1)
				return err_set(e, ERR_USAGE, kw->word,
					       "missing; expected one of: %s",
					       all);
			return err_set(e, ERR_USAGE, kw->word,
				       "missing; expected %s", kw->want);
		}
	}
	return 0;
}

const char *parse_take(struct parse *p, const struct keyword *kw)
{
	if (p->at < p->n)
		return p->word[p->at++];
	err_set(p->e, ERR_USAGE, kw->word, "expected %s, found nothing",
		kw->want);
	return NULL;
}

int parse_bad(struct parse *p, const struct keyword *kw, const char *value)
{
	struct quoted q;

	return err_set(p->e, ERR_USAGE, kw->word, "expected %s, not \"%s\"",
		       kw->want, err_quote(value, &q));
}
