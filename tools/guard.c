// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists of guarded devices.
 */
#include "guard.h"

#include <stdio.h>
#include <string.h>

#include "err.h"

#define NONE	"none"

bool guards_have(const struct guards *g, const char *name)
{
	size_t i;

	for (i = 0; i < NF_IPSEC_GUARDS_MAX; i++)
		if (!strcmp(g->dev[i], name))
			return true;
	return false;
}

static int add(struct parse *p, const struct keyword *kw, struct guards *g,
	       size_t n, const char *name)
{
	struct quoted q;

	if (!dev_valid(name) || !strcmp(name, NONE))
		return parse_bad(p, kw, name);
	if (guards_have(g, name))
		return err_set(p->e, ERR_USAGE, kw->word,
			       "%s is named twice; expected it once",
			       err_quote(name, &q));
	if (n == NF_IPSEC_GUARDS_MAX)
		return err_set(p->e, ERR_USAGE, kw->word,
			       "expected %d devices at most", NF_IPSEC_GUARDS_MAX);
	strcpy(g->dev[n], name);
	return 0;
}

int parse_guards(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);
	struct guards *g = field;
	char name[64];
	size_t len, n;

	if (!value)
		return -1;
	if (!strcmp(value, NONE))
		return 0;
	for (n = 0;; n++) {
		len = strcspn(value, ",");
		snprintf(name, sizeof(name), "%.*s", (int)len, value);
		if (add(p, kw, g, n, name))
			return -1;
		if (!value[len])
			return 0;
		value += len + 1;
	}
}

const char *guards_text(const struct guards *g, char *buf)
{
	size_t i, len = 0;

	strcpy(buf, NONE);
	for (i = 0; i < NF_IPSEC_GUARDS_MAX && g->dev[i][0]; i++)
		len += sprintf(buf + len, "%s%s", i ? "," : "", g->dev[i]);
	return buf;
}
