// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selectors in words.  Sets that lists of values make are printed as these
 * lists, others one after the other with the word also between them.
 */
#include <linux/kernel.h>
#include <netinet/in.h>
#include <string.h>

#include "grammar.h"
#include "print.h"

/**
 * struct field - one field of a selector
 * @equal: do two selectors have the same value?
 * @single: is the value one that has no other beside it in a list?
 * @print: the word, and the value behind a space; or the value behind a comma
 */
struct field {
	bool (*equal)(const struct sel_conf *a, const struct sel_conf *b);
	bool (*single)(const struct sel_conf *sel);
	void (*print)(FILE *to, const struct sel_conf *sel, bool first);
};

static void print_start(FILE *to, const char *word, bool first)
{
	if (first)
		fprintf(to, " %s ", word);
	else
		fputc(',', to);
}

static void print_side(FILE *to, const char *word, const struct prefix *p,
		       bool first)
{
	char buf[PRINT_PREFIX_LEN];

	print_start(to, word, first);
	fputs(prefix_is_any(p) ? "any" : print_prefix(p, buf), to);
}

static bool src_equal(const struct sel_conf *a, const struct sel_conf *b)
{
	return prefix_equal(&a->src, &b->src);
}

static bool src_single(const struct sel_conf *sel)
{
	return prefix_is_any(&sel->src);
}

static void src_print(FILE *to, const struct sel_conf *sel, bool first)
{
	print_side(to, "src", &sel->src, first);
}

static bool dst_equal(const struct sel_conf *a, const struct sel_conf *b)
{
	return prefix_equal(&a->dst, &b->dst);
}

static bool dst_single(const struct sel_conf *sel)
{
	return prefix_is_any(&sel->dst);
}

static void dst_print(FILE *to, const struct sel_conf *sel, bool first)
{
	print_side(to, "dst", &sel->dst, first);
}

static bool proto_equal(const struct sel_conf *a, const struct sel_conf *b)
{
	return a->proto_set == b->proto_set && a->proto == b->proto &&
	       a->proto_opaque == b->proto_opaque;
}

static bool proto_single(const struct sel_conf *sel)
{
	return !sel->proto_set;
}

static void proto_print(FILE *to, const struct sel_conf *sel, bool first)
{
	const char *name = NULL;

	if (!sel->proto_set && !sel->proto_opaque)
		return;
	print_start(to, "proto", first);
	/* 0 has no name, "any" is no protocol */
	if (sel->proto)
		name = choice_word(choices_proto, sel->proto);
	if (sel->proto_opaque)
		name = "opaque";
	if (name)
		fputs(name, to);
	else
		fprintf(to, "%u", sel->proto);
}

static bool ports_equal(const struct ports *a, const struct ports *b)
{
	return a->set == b->set && a->opaque == b->opaque &&
	       a->min == b->min && a->max == b->max;
}

static void print_ports(FILE *to, const char *word, const struct ports *ports,
			bool first)
{
	if (!ports->set)
		return;
	print_start(to, word, first);
	if (ports->opaque)
		fputs("opaque", to);
	else if (ports->min == ports->max)
		fprintf(to, "%u", ports->min);
	else
		fprintf(to, "%u-%u", ports->min, ports->max);
}

static bool ports_single(const struct ports *ports)
{
	return !ports->set || ports->opaque;
}

static bool sport_equal(const struct sel_conf *a, const struct sel_conf *b)
{
	return ports_equal(&a->sport, &b->sport);
}

static bool sport_single(const struct sel_conf *sel)
{
	return ports_single(&sel->sport);
}

static void sport_print(FILE *to, const struct sel_conf *sel, bool first)
{
	print_ports(to, "sport", &sel->sport, first);
}

static bool dport_equal(const struct sel_conf *a, const struct sel_conf *b)
{
	return ports_equal(&a->dport, &b->dport);
}

static bool dport_single(const struct sel_conf *sel)
{
	return ports_single(&sel->dport);
}

static void dport_print(FILE *to, const struct sel_conf *sel, bool first)
{
	print_ports(to, "dport", &sel->dport, first);
}

static bool type_equal(const struct sel_conf *a, const struct sel_conf *b)
{
	return ports_equal(&a->type, &b->type) && a->type_proto == b->type_proto;
}

static bool type_single(const struct sel_conf *sel)
{
	return ports_single(&sel->type);
}

static const struct choice *type_choices(u8 proto)
{
	return proto == IPPROTO_ICMP ? choices_icmp :
	       proto == IPPROTO_ICMPV6 ? choices_icmpv6 : choices_mh;
}

/* As parse_type() takes it: a whole type by its name, codes only where needed */
static void type_print(FILE *to, const struct sel_conf *sel, bool first)
{
	const struct ports *type = &sel->type;
	u32 low = type->min >> 8, high = type->max >> 8;
	u32 from = type->min & 0xff, upto = type->max & 0xff;
	const char *name = choice_word(type_choices(sel->type_proto), low);

	if (!type->set)
		return;
	print_start(to, grammar_type_word(sel->type_proto), first);
	if (type->opaque)
		fprintf(to, "opaque");
	else if (!from && upto == 0xff && low != high)
		fprintf(to, "%u-%u", low, high);
	else if (!from && upto == 0xff && name)
		fprintf(to, "%s", name);
	else if (!from && upto == 0xff)
		fprintf(to, "%u", low);
	else if (low != high)
		fprintf(to, "%u/%u-%u/%u", low, from, high, upto);
	else if (from != upto)
		fprintf(to, "%u/%u-%u", low, from, upto);
	else
		fprintf(to, "%u/%u", low, from);
}

/* The family is told behind the addresses, which have none if they are any */
static bool family_equal(const struct sel_conf *a, const struct sel_conf *b)
{
	return a->family == b->family;
}

static bool family_single(const struct sel_conf *sel)
{
	return sel->family;
}

static void family_print(FILE *to, const struct sel_conf *sel, bool first)
{
	if (prefix_is_any(&sel->src) && prefix_is_any(&sel->dst)) {
		print_start(to, "family", first);
		fputs(choice_word(choices_family, sel->family), to);
	}
}

/* In the order in which they are printed */
static const struct field fields[] = {
	{ src_equal, src_single, src_print },
	{ dst_equal, dst_single, dst_print },
	{ family_equal, family_single, family_print },
	{ proto_equal, proto_single, proto_print },
	{ sport_equal, sport_single, sport_print },
	{ dport_equal, dport_single, dport_print },
	{ type_equal, type_single, type_print },
};

/* Is the value of set @i not that of an earlier one? */
static bool is_new(const struct sel_conf *sel, const struct field *field, u32 i)
{
	u32 j;

	for (j = 0; j < i; j++)
		if (field->equal(sel_set_const(sel, j), sel_set_const(sel, i)))
			return false;
	return true;
}

/* How many values do the sets have?  0: such that do not stand in one list */
static u32 count_values(const struct sel_conf *sel, const struct field *field)
{
	bool single = false;
	u32 i, n = 0;

	for (i = 0; i <= sel->n_more; i++) {
		single |= field->single(sel_set_const(sel, i));
		n += is_new(sel, field, i);
	}
	return n > 1 && single ? 0 : n;
}

/* No two sets are the same: as many as the lists make are those they make */
static bool is_product(const struct sel_conf *sel)
{
	u32 n = 1;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++)
		n *= count_values(sel, &fields[i]);
	return n == sel->n_more + 1;
}

static void print_lists(FILE *to, const struct sel_conf *sel)
{
	size_t i;
	u32 j;

	for (i = 0; i < ARRAY_SIZE(fields); i++)
		for (j = 0; j <= sel->n_more; j++)
			if (is_new(sel, &fields[i], j))
				fields[i].print(to, sel_set_const(sel, j), !j);
}

static void print_each(FILE *to, const struct sel_conf *sel)
{
	size_t i;
	u32 j;

	for (j = 0; j <= sel->n_more; j++) {
		if (j)
			fputs(" also", to);
		for (i = 0; i < ARRAY_SIZE(fields); i++)
			fields[i].print(to, sel_set_const(sel, j), true);
	}
}

void print_sel(FILE *to, const struct sel_conf *sel)
{
	if (is_product(sel))
		print_lists(to, sel);
	else
		print_each(to, sel);
	if (sel->mark_mask)
		fprintf(to, " mark 0x%x", sel->mark);
	if (sel->mark_mask && sel->mark_mask != UINT32_MAX)
		fprintf(to, "/0x%x", sel->mark_mask);
	if (sel->dev[0]) {
		fprintf(to, " dev ");
		print_word(to, sel->dev);
	}
}

void print_pfp(FILE *to, u32 pfp)
{
	const struct choice *choice;
	bool any = false;

	for (choice = choices_pfp; choice->word; choice++) {
		if (!(pfp & choice->value))
			continue;
		fprintf(to, "%s%s", any ? "," : " pfp ", choice->word);
		any = true;
	}
}
