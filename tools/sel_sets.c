// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several sets of selectors.  A list of values makes one set of each: what is
 * said in two words, with two values each, is four sets.
 */
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "err.h"
#include "keyword.h"

struct sel_conf *sel_set(struct sel_conf *sel, u32 i)
{
	return i ? &sel->more[i - 1] : sel;
}

const struct sel_conf *sel_set_const(const struct sel_conf *sel, u32 i)
{
	return i ? &sel->more[i - 1] : sel;
}

struct sel_conf *sel_add(struct sel_conf *sel)
{
	struct sel_conf *more;

	more = reallocarray(sel->more, sel->n_more + 1, sizeof(*more));
	if (!more)
		return NULL;
	sel->more = more;
	more += sel->n_more++;
	memset(more, 0, sizeof(*more));
	return more;
}

void sel_free(struct sel_conf *sel)
{
	free(sel->more);
	sel->more = NULL;
	sel->n_more = 0;
}

static int compare_sets(const void *a, const void *b)
{
	return sel_compare(a, b);
}

/* The first one has the others: it changes places as if it had not */
int sel_sort(struct sel_conf *sel)
{
	u32 n = sel->n_more;
	struct sel_conf *more = sel->more;
	struct sel_conf first = *sel;
	u32 i;

	if (!n)
		return 0;
	qsort(more, n, sizeof(*more), compare_sets);
	first.more = NULL;
	first.n_more = 0;
	first.group = 0;
	for (i = 0; i < n && sel_compare(&more[i], &first) < 0; i++)
		;
	if (i) {
		*sel = more[0];
		memmove(more, more + 1, (i - 1) * sizeof(*more));
		more[i - 1] = first;
	}
	sel->more = NULL;
	sel->n_more = 0;
	for (i = 0; i < n; i++)
		if (!sel_compare(i ? &more[i - 1] : sel, &more[i]))
			break;
	sel->more = more;
	sel->n_more = n;
	return i < n ? -1 : 0;
}

/* One value of a list, by the word's own parser */
static int parse_one(struct parse *p, const struct keyword *kw, char *value,
		     struct sel_conf *set)
{
	struct parse one = { .word = &value, .n = 1, .e = p->e };

	return kw->one(&one, kw, (char *)set + kw->offset);
}

/* A copy of set @i, without what hangs on the first one */
static struct sel_conf *copy_set(struct sel_conf *sel, u32 i)
{
	struct sel_conf *copy = sel_add(sel);

	if (!copy)
		return NULL;
	*copy = *sel_set(sel, i);
	copy->more = NULL;
	copy->n_more = 0;
	copy->group = 0;
	return copy;
}

/* @first: where the group begins; @sel's last set has the value */
static int check_new(struct parse *p, const struct keyword *kw,
		     const char *value, const struct sel_conf *sel, u32 first)
{
	const struct sel_conf *last = sel_set_const(sel, sel->n_more);
	struct quoted q;
	u32 i;

	for (i = first; i < sel->n_more; i++)
		if (!sel_compare_set(sel_set_const(sel, i), last))
			return err_set(p->e, ERR_USAGE, kw->word,
				       "%s is there twice",
				       err_quote(value, &q));
	return 0;
}

/* @first: the sets of this group that were there before the list begin here and
 * end at @end; later values make copies of them
 */
static int add_value(struct parse *p, const struct keyword *kw, char *value,
		     struct sel_conf *sel, u32 first, u32 end, bool copies)
{
	struct sel_conf *set;
	u32 i;

	for (i = first; i < end; i++) {
		set = sel_set(sel, i);
		if (copies && sel->n_more + 1 == NF_IPSEC_SETS_MAX)
			return err_set(p->e, ERR_USAGE, kw->word,
				       "expected %u sets of selectors at most; lists multiply",
				       NF_IPSEC_SETS_MAX);
		if (copies)
			set = copy_set(sel, i);
		if (!set)
			return err_set(p->e, ERR_USAGE, "memory", "none left");
		if (parse_one(p, kw, value, set) ||
		    (copies && check_new(p, kw, value, sel, first)))
			return -1;
	}
	return 0;
}

static int not_in_list(struct parse *p, const struct keyword *kw,
		       const char *value)
{
	if (strcmp(value, "any") && strcmp(value, "opaque"))
		return 0;
	return err_set(p->e, ERR_USAGE, kw->word,
		       "expected %s alone, without other values beside it",
		       value);
}

int parse_list(struct parse *p, const struct keyword *kw, void *field)
{
	struct sel_conf *sel = (void *)((char *)field - kw->offset);
	const char *values = parse_take(p, kw);
	u32 end = sel->n_more + 1;
	char *copy, *value, *rest;
	bool list;
	int rc = 0;

	if (!values)
		return -1;
	list = strchr(values, ',');
	copy = strdup(values);
	if (!copy)
		return err_set(p->e, ERR_USAGE, "memory", "none left");
	rest = copy;
	while (!rc && (value = strsep(&rest, ","))) {
		if (list)
			rc = not_in_list(p, kw, value);
		if (!rc)
			rc = add_value(p, kw, value, sel, sel->group, end,
				       value != copy);
	}
	free(copy);
	return rc;
}

int parse_also(struct parse *p, const struct keyword *kw, void *field)
{
	struct sel_conf *sel = field;

	if (sel->n_more + 1 == NF_IPSEC_SETS_MAX)
		return err_set(p->e, ERR_USAGE, kw->word,
			       "expected %u sets of selectors at most",
			       NF_IPSEC_SETS_MAX);
	if (!sel_add(sel))
		return err_set(p->e, ERR_USAGE, "memory", "none left");
	sel->group = sel->n_more;
	return 0;
}

/* Fields that an SA takes from the packet that it is made for */
int parse_pfp(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);
	const struct choice *choice;
	char *copy, *word, *rest;
	u32 *pfp = field;
	struct quoted q;
	int rc = 0;

	copy = value ? strdup(value) : NULL;
	if (!copy)
		return value ? err_set(p->e, ERR_USAGE, "memory", "none left") :
			       -1;
	rest = copy;
	while (!rc && (word = strsep(&rest, ","))) {
		for (choice = kw->choices; choice->word; choice++)
			if (!strcmp(choice->word, word))
				break;
		if (!choice->word)
			rc = err_set(p->e, ERR_USAGE, kw->word,
				     "expected %s, not \"%s\"", kw->want,
				     err_quote(word, &q));
		*pfp |= choice->value;
	}
	free(copy);
	return rc;
}
