// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists of ICMP types: which are let in.  The kernel has a bitmap of those that
 * are not.
 */
#include "icmp_types.h"

#include <ctype.h>
#include <linux/nf_ipsec.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>
#include <string.h>

#include "err.h"
#include "grammar.h"

#define TYPES		256
/* A run of so many types is printed as a range */
#define RUN_MIN		3
#define ITEM_LEN	64

static bool is_refused(const u8 *refused, unsigned int type)
{
	return refused[type / 8] & (1 << type % 8);
}

static void refuse(u8 *refused, u64 first, u64 last, bool yes)
{
	for (; first <= last; first++) {
		refused[first / 8] &= ~(1 << first % 8);
		refused[first / 8] |= yes << first % 8;
	}
}

/* A type's name or number, or a range of numbers.  Return: 0 or -1 */
static int find_types(const struct choice *choice, const char *item, u64 *first,
		      u64 *last)
{
	char low[ITEM_LEN];
	const char *dash;

	for (; choice->word; choice++) {
		if (!strcmp(choice->word, item)) {
			*first = choice->value;
			*last = choice->value;
			return 0;
		}
	}
	dash = strchr(item, '-');
	snprintf(low, sizeof(low), "%.*s",
		 dash ? (int)(dash - item) : (int)strlen(item), item);
	if (parse_number(low, 0, TYPES - 1, first))
		return -1;
	*last = *first;
	return dash ? parse_number(dash + 1, *first, TYPES - 1, last) : 0;
}

/* As the kernel has it: what quotes a packet */
static bool is_error(const struct keyword *kw, u64 type)
{
	if (kw->choices == choices_icmpv6)
		return type < 128;
	return type == ICMP_DEST_UNREACH || type == ICMP_SOURCE_QUENCH ||
	       type == ICMP_REDIRECT || type == ICMP_TIME_EXCEEDED ||
	       type == ICMP_PARAMETERPROB;
}

static bool all_errors(const struct keyword *kw, u64 first, u64 last)
{
	while (first <= last)
		if (!is_error(kw, first++))
			return false;
	return true;
}

/* The names that may stand there, parted by spaces; the nearest to what was typed */
static void names_of(const struct keyword *kw, bool errors, char *all, size_t size,
		     struct nearest *nearest)
{
	const struct choice *choice;
	size_t at = 0;

	for (choice = kw->choices; choice->word; choice++) {
		if ((errors && !is_error(kw, choice->value)) || at >= size)
			continue;
		at += snprintf(all + at, size - at, "%s%s", at ? " " : "",
			       choice->word);
		nearest_try(nearest, choice->word);
	}
}

static int not_errors(struct parse *p, const struct keyword *kw, const char *item)
{
	struct nearest nearest;
	struct quoted q;
	char all[512];

	nearest_init(&nearest, item);
	names_of(kw, true, all, sizeof(all), &nearest);
	return err_set(p->e, ERR_USAGE, kw->word,
		       "expected types that are errors, not \"%s\"; these are: %s",
		       err_quote(item, &q), all);
}

static int bad_item(struct parse *p, const struct keyword *kw, const char *item,
		    bool errors)
{
	struct nearest nearest;
	struct quoted q;
	char all[512];

	nearest_init(&nearest, item);
	names_of(kw, errors, all, sizeof(all), &nearest);
	if (nearest.best)
		return err_set(p->e, ERR_USAGE, kw->word,
			       "expected %s, not \"%s\"; did you mean \"%s\"?",
			       kw->want, err_quote(item, &q), nearest.best);
	if (!isalpha((unsigned char)*item))
		return parse_bad(p, kw, item);
	return err_set(p->e, ERR_USAGE, kw->word,
		       "expected %s, not \"%s\"; %s with a name are: %s",
		       kw->want, err_quote(item, &q),
		       errors ? "errors" : "types", all);
}

static int parse_types(struct parse *p, const struct keyword *kw, void *field,
		       bool errors)
{
	const char *value = parse_take(p, kw);
	char item[ITEM_LEN];
	u64 first, last;
	bool all;
	size_t len;

	if (!value)
		return -1;
	all = !strncmp(value, "all", 3) && (!value[3] || value[3] == ',');
	refuse(field, 0, TYPES - 1, !all);
	if (!strcmp(value, "none") || (all && !value[3]))
		return 0;
	if (all)
		value += strlen("all,");
	for (;; value += len + 1) {
		len = strcspn(value, ",");
		snprintf(item, sizeof(item), "%.*s", (int)len, value);
		if (all != (item[0] == '-'))
			return parse_bad(p, kw, item);
		if (len >= sizeof(item) ||
		    find_types(kw->choices, item + all, &first, &last))
			return bad_item(p, kw, item + all, errors);
		if (errors && !all_errors(kw, first, last))
			return not_errors(p, kw, item + all);
		refuse(field, first, last, all);
		if (!value[len])
			return 0;
	}
}

int parse_icmp_types(struct parse *p, const struct keyword *kw, void *field)
{
	return parse_types(p, kw, field, false);
}

int parse_icmp_errors(struct parse *p, const struct keyword *kw, void *field)
{
	return parse_types(p, kw, field, true);
}

/* One type or, if so many follow that are like it, a range; returns the last */
static unsigned int print_run(const u8 *refused, const struct choice *choices,
			      unsigned int type, char *buf, size_t size)
{
	bool yes = is_refused(refused, type);
	const char *name = choice_word(choices, type);
	unsigned int last = type;

	while (last + 1 < TYPES && is_refused(refused, last + 1) == yes)
		last++;
	if (last - type + 1 < RUN_MIN)
		last = type;
	if (last != type)
		snprintf(buf, size, "%u-%u", type, last);
	else if (name)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "%u", type);
	return last;
}

const char *icmp_types_text(const u8 *refused, const struct choice *choices,
			    char *buf)
{
	unsigned int type, n = 0;
	char item[ITEM_LEN];
	size_t len = 0;
	bool all;

	for (type = 0; type < TYPES; type++)
		n += is_refused(refused, type);
	if (n == TYPES)
		return strcpy(buf, "none");
	all = n <= TYPES / 2;
	if (all)
		len = sprintf(buf, "all");
	for (type = 0; type < TYPES; type++) {
		if (is_refused(refused, type) != all)
			continue;
		type = print_run(refused, choices, type, item, sizeof(item));
		len += snprintf(buf + len, ICMP_TYPES_TEXT_LEN - len, "%s%s%s",
				len ? "," : "", all ? "-" : "", item);
	}
	return buf;
}

void icmp_types_invert(u8 *refused)
{
	unsigned int i;

	for (i = 0; i < NF_IPSEC_ICMP_TYPES_LEN; i++)
		refused[i] = ~refused[i];
}

bool icmp_types_any(const u8 *refused)
{
	unsigned int i;

	for (i = 0; i < NF_IPSEC_ICMP_TYPES_LEN; i++)
		if (refused[i])
			return true;
	return false;
}
