// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings: their words, read and printed by one table.
 */
#include "settings.h"

#include "err.h"
#include "grammar.h"

#define FLAG(number, name)	.bit = 1ULL << (number), \
				.min = NF_IPSEC_SETTING_##name

/* What is 0 in the kernel is how it is where nothing has been set */
static const struct choice choices_pass_drop[] = {
	{ "pass", 0 },
	{ "drop", 1 },
	{ }
};

static const struct choice choices_wait_drop[] = {
	{ "wait", 0 },
	{ "drop", 1 },
	{ }
};

/* A word for a flag, which is in @kw->min */
static int parse_setting(struct parse *p, const struct keyword *kw, void *field)
{
	struct settings_conf *s = field;
	struct keyword one = *kw;
	u8 value = 0;

	one.size = sizeof(value);
	if (parse_value(p, &one, &value))
		return -1;
	s->flags |= value ? kw->min : 0;
	return 0;
}

static const struct keyword setting_words[] = {
	{ "unknown-spi", "pass or drop", parse_setting, choices_pass_drop,
	  FLAG(0, UNKNOWN_SPI) },
	{ "no-sa", "wait or drop", parse_setting, choices_wait_drop,
	  FLAG(20, NO_WAIT) },
	{ "icmp-drops", "on or off", parse_setting, choices_on_off,
	  FLAG(21, ICMP_DROPS) },
	{ }
};

const struct grammar grammar_settings = { {
	{ setting_words, 0 },
} };

int settings_parse(struct parse *p, struct settings_conf *s)
{
	if (keyword_parse(p, &grammar_settings, s, &s->has))
		return -1;
	if (!s->has)
		return err_set(p->e, ERR_USAGE, "settings",
			       "expected a word such as %s",
			       setting_words[0].word);
	return 0;
}

u32 settings_mask(const struct settings_conf *s)
{
	const struct keyword *kw;
	u32 mask = 0;

	for (kw = setting_words; kw->word; kw++)
		if (kw->parse == parse_setting && (s->has & kw->bit))
			mask |= kw->min;
	return mask;
}

int settings_merge(struct settings_conf *to, const struct settings_conf *from,
		   struct err *e)
{
	const struct keyword *kw;

	for (kw = setting_words; kw->word; kw++)
		if (to->has & from->has & kw->bit)
			return err_set(e, ERR_USAGE, kw->word,
				       "given twice; expected it once");
	if (!to->has)
		to->line = from->line;
	to->has |= from->has;
	to->flags |= from->flags;
	return 0;
}

void settings_show_all(struct settings_conf *s)
{
	const struct keyword *kw;

	for (kw = setting_words; kw->word; kw++)
		s->has |= kw->bit;
}

void settings_show_changed(struct settings_conf *s)
{
	const struct keyword *kw;

	s->has = 0;
	for (kw = setting_words; kw->word; kw++)
		if (s->flags & kw->min)
			s->has |= kw->bit;
}

void print_settings(FILE *to, const struct settings_conf *s)
{
	const struct keyword *kw;

	fprintf(to, "settings");
	for (kw = setting_words; kw->word; kw++)
		if (s->has & kw->bit)
			fprintf(to, " %s %s", kw->word,
				choice_word(kw->choices, !!(s->flags & kw->min)));
	fputc('\n', to);
}
