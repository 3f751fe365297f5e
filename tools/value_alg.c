// SPDX-License-Identifier: GPL-2.0-only
/*
 * The values behind the words esp and ah: algorithms.
 */
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "err.h"
#include "keyword.h"
#include "lib/alg.h"

/* Sets of enum ipsec_alg_kind, for what may stand at a place */
#define ENCRYPTION	(1 << IPSEC_ALG_AEAD | 1 << IPSEC_ALG_CIPHER)
#define INTEGRITY	(1 << IPSEC_ALG_AUTH)
/* What stands alone in ESP and can be AH's integrity, too */
#define AH_AEAD		(1U << 31)

/* Characters and parts of a typed name that are worth a guess */
#define TYPED_LEN	40
#define PARTS_MAX	8

/**
 * struct parts - a name of an algorithm, as runs of letters and of digits
 * @text: the runs, in lower case
 * @n: how many
 */
struct parts {
	char text[PARTS_MAX][TYPED_LEN];
	size_t n;
};

/**
 * struct offer - names to be shown to the user
 * @text: the names
 * @n: how many
 */
struct offer {
	char text[1024];
	size_t n;
};

static void offer_add(struct offer *offer, const char *name, const char *between,
		      const char *quote)
{
	size_t at = strlen(offer->text);

	snprintf(offer->text + at, sizeof(offer->text) - at, "%s%s%s%s",
		 offer->n ? between : "", quote, name, quote);
	offer->n++;
}

/* Other programs have the ICV's length behind the key's: the first number is
 * enough to tell algorithms apart.
 */
static void split(const char *name, struct parts *parts)
{
	bool number = false;
	size_t len;

	parts->n = 0;
	while (*name && parts->n < PARTS_MAX) {
		bool digits = isdigit((unsigned char)*name);

		for (len = 0; isalnum((unsigned char)name[len]) &&
		     !!isdigit((unsigned char)name[len]) == digits; len++)
			parts->text[parts->n][len] =
				tolower((unsigned char)name[len]);
		if (len && !(digits && number))
			parts->text[parts->n++][len] = '\0';
		number |= digits;
		name += len ? len : 1;
	}
}

static bool has_part(const struct parts *parts, const char *text)
{
	size_t i;

	for (i = 0; i < parts->n; i++)
		if (!strcmp(parts->text[i], text))
			return true;
	return false;
}

/* Are all parts of what was typed in the name? */
static bool all_in(const struct parts *typed, const char *name)
{
	struct parts parts;
	size_t i;

	split(name, &parts);
	for (i = 0; i < typed->n; i++)
		if (!has_part(&parts, typed->text[i]))
			return false;
	return typed->n;
}

/* The names that were probably meant, and all that may stand there */
static void guess(const char *typed, u32 kinds, struct offer *meant,
		  struct offer *all)
{
	const struct ipsec_alg *alg;
	struct nearest nearest;
	struct parts parts;
	u32 id;

	split(typed, &parts);
	nearest_init(&nearest, typed);
	for (id = 1; id <= NF_IPSEC_ALG_MAX; id++) {
		alg = ipsec_alg_get(id);
		if (!alg || !(kinds & 1U << alg->kind ||
			      (kinds & AH_AEAD && alg->ah)))
			continue;
		offer_add(all, alg->name, " ", "");
		/* who means one of these says so */
		if (alg->implicit && !has_part(&parts, "iiv"))
			continue;
		nearest_try(&nearest, alg->name);
		if (all_in(&parts, alg->name))
			offer_add(meant, alg->name, " or ", "\"");
	}
	if (!meant->n && nearest.best)
		offer_add(meant, nearest.best, "", "\"");
}

static int unknown_alg(struct parse *p, const struct keyword *kw,
		       const char *name, size_t len, u32 kinds)
{
	struct offer meant = { };
	struct offer all = { };
	char typed[TYPED_LEN];
	struct quoted q;

	snprintf(typed, sizeof(typed), "%.*s", (int)len, name);
	guess(typed, kinds, &meant, &all);
	err_quote_part(name, len, &q);
	if (meant.n)
		return err_set(p->e, ERR_USAGE, kw->word,
			       "unknown algorithm \"%s\"; did you mean %s? All are: %s",
			       q.text, meant.text, all.text);
	return err_set(p->e, ERR_USAGE, kw->word,
		       "unknown algorithm \"%s\"; expected one of: %s", q.text,
		       all.text);
}

/* @kinds: what to offer if there is no such algorithm */
static const struct ipsec_alg *take_alg(struct parse *p,
					const struct keyword *kw,
					const char *name, size_t len, u32 kinds)
{
	const struct ipsec_alg *alg = ipsec_alg_find(name, len);

	/* a word that takes both kinds, as genkey, says so */
	if (!alg)
		unknown_alg(p, kw, name, len, kw->many ? ~0U : kinds);
	return alg;
}

int parse_esp(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);
	const struct ipsec_alg *auth = NULL;
	const struct ipsec_alg *enc;
	struct xform *x = field;
	const char *why;
	size_t len;

	if (!value)
		return -1;
	len = strcspn(value, "+");
	enc = take_alg(p, kw, value, len, ENCRYPTION);
	if (!enc)
		return -1;
	if (value[len]) {
		auth = take_alg(p, kw, value + len + 1,
				strlen(value + len + 1), INTEGRITY);
		if (!auth)
			return -1;
	}
	why = ipsec_alg_pair_error(true, enc, auth);
	if (why)
		return err_set(p->e, ERR_USAGE, kw->word, "%s; expected %s",
			       why, kw->want);
	x->proto = IPPROTO_ESP;
	x->enc = enc->id;
	x->auth = auth ? auth->id : NF_IPSEC_ALG_NONE;
	return 0;
}

int parse_ah(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);
	const struct ipsec_alg *auth;
	struct xform *x = field;
	const char *why;

	if (!value)
		return -1;
	auth = take_alg(p, kw, value, strlen(value), INTEGRITY | AH_AEAD);
	if (!auth)
		return -1;
	why = ipsec_alg_pair_error(false, NULL, auth);
	if (why)
		return err_set(p->e, ERR_USAGE, kw->word, "%s; expected %s",
			       why, kw->want);
	x->proto = IPPROTO_AH;
	x->enc = NF_IPSEC_ALG_NONE;
	x->auth = auth->id;
	return 0;
}
