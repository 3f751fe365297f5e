// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads tunnel lines and prints the SPIs and keys that come of them, which
 * nfipsec itself never does.
 */
#include <stdio.h>
#include <stdlib.h>

#include "err.h"
#include "expand.h"
#include "lex.h"
#include "parse.h"
#include "set.h"

static void print_keys(const struct set *set)
{
	size_t i;
	u32 j;

	for (i = 0; i < set->n_sa; i++) {
		const struct sa_conf *sa = &set->sa[i];

		printf("%s %s 0x%08x ", sa->tunnel,
		       sa->dir == NF_IPSEC_DIR_IN ? "in" : "out", sa->spi);
		for (j = 0; sa->key && j < sa->key->len; j++)
			printf("%02x", sa->key->octets[j]);
		putchar('\n');
	}
}

static int do_line(const struct words *w, struct err *e)
{
	struct set set = { };
	struct conf c;
	int rc = parse_line(w->word, w->n, &c, e);

	if (!rc)
		rc = expand_conf(&c, &set, e);
	if (!rc)
		print_keys(&set);
	set_free(&set);
	conf_free(&c);
	return rc;
}

int main(void)
{
	static char text[65536];
	size_t len = fread(text, 1, sizeof(text), stdin);
	struct err e = { };
	struct words w;
	struct lex lx;
	int rc;

	lex_init(&lx, text, len);
	while ((rc = lex_line(&lx, &w, &e)) > 0) {
		rc = do_line(&w, &e);
		words_free(&w);
		if (rc)
			break;
	}
	if (rc)
		err_print(&e);
	return e.code;
}
