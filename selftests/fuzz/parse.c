// SPDX-License-Identifier: GPL-2.0-only
/* Whatever the text: what is taken is printed such that it is taken again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "lex.h"
#include "parse.h"
#include "print.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

/* Parse one text and print what its first line says; NULL if it is refused */
static char *canonical(const char *text, size_t len)
{
	struct err e = { };
	char *out = NULL;
	struct words w;
	struct conf c;
	struct lex lx;
	size_t size;
	FILE *to;

	lex_init(&lx, text, len);
	if (lex_line(&lx, &w, &e) > 0) {
		if (!parse_line(w.word, w.n, &c, &e)) {
			to = open_memstream(&out, &size);
			print_conf(to, &c);
			fclose(to);
		}
		conf_free(&c);
	}
	words_free(&w);
	return out;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	char *first = canonical((const char *)data, len);
	char *again = first ? canonical(first, strlen(first)) : NULL;

	if (first && (!again || strcmp(first, again)))
		abort();
	free(first);
	free(again);
	return 0;
}
