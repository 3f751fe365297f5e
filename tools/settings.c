// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings: their words, read and printed by one table.
 */
#include "settings.h"

#include <stddef.h>
#include <string.h>

#include "err.h"
#include "grammar.h"

#define FLAG(number, name)	.bit = 1ULL << (number), \
				.min = NF_IPSEC_SETTING_##name
/* @n: the list */
#define LIST(number, n)		.bit = 1ULL << (number), .min = (n), \
				.offset = offsetof(struct settings_conf, \
						   refused[n])

/* The same of what is told of */
#define TOLD(number, n)		.bit = 1ULL << (number), .min = (n), \
				.offset = offsetof(struct settings_conf, \
						   told[n])

#define GUARDS(number)		.bit = 1ULL << (number), \
				.offset = offsetof(struct settings_conf, guard)

#define SEC_PATH_FLAGS		(NF_IPSEC_SETTING_SECPATH_ALWAYS | \
				 NF_IPSEC_SETTING_SECPATH_NEVER)
#define STATIC_KEYS_FLAGS	(NF_IPSEC_SETTING_NO_STATIC_COUNTER | \
				 NF_IPSEC_SETTING_NO_STATIC_KEYS)

#define WANT_ON_OFF	"on or off"
#define WANT_DEVICES	"none, or names of devices parted by commas"
#define WANT_TYPES	"all, none, types parted by commas, or all and types with a dash in " \
			"front, such as all,-echo-request"

#define WANT_ERRORS	"all, none, types of errors parted by commas, or all and types with a " \
			"dash in front, such as all,-time-exceeded"

/* What is 0 in the kernel is how it is where nothing has been set */
static const struct choice choices_default[] = {
	{ "accept", 0 },
	{ "discard", 1 },
	{ }
};

static const struct choice choices_pass_drop[] = {
	{ "pass", 0 },
	{ "drop", 1 },
	{ }
};

static const struct choice choices_off_on[] = {
	{ "on", 0 },
	{ "off", 1 },
	{ }
};

static const struct choice choices_wait_drop[] = {
	{ "wait", 0 },
	{ "drop", 1 },
	{ }
};

static const struct choice choices_skip[] = {
	{ "skip", 0 },
	{ "keep", 1 },
	{ }
};

static const struct choice choices_sec_path[] = {
	{ "auto", 0 },
	{ "always", 1 },
	{ "never", 2 },
	{ }
};

static const struct choice choices_keep[] = {
	{ "keep", 0 },
	{ "skip", 1 },
	{ }
};

/* What refuses all refuses counter modes, too; nfipsec sets no 2 */
static const struct choice choices_static_keys[] = {
	{ "allow", 0 },
	{ "no-counter", 1 },
	{ "refuse", 3 },
	{ "refuse", 2 },
	{ }
};

/* A setting is a flag, or some next to each other, which are in @kw->min */
static u32 lowest_flag(const struct keyword *kw)
{
	return kw->min & -kw->min;
}

static u32 value_of(const struct settings_conf *s, const struct keyword *kw)
{
	return (s->flags & kw->min) / lowest_flag(kw);
}

static int parse_setting(struct parse *p, const struct keyword *kw, void *field)
{
	struct settings_conf *s = field;
	struct keyword one = *kw;
	u8 value = 0;

	one.size = sizeof(value);
	if (parse_value(p, &one, &value))
		return -1;
	s->flags |= value * lowest_flag(kw);
	return 0;
}

/* The kernel has a bitmap of those that it tells of */
static int parse_told(struct parse *p, const struct keyword *kw, void *field)
{
	if (parse_icmp_errors(p, kw, field))
		return -1;
	icmp_types_invert(field);
	return 0;
}

static const char *told_text(const struct settings_conf *s,
			     const struct keyword *kw, char *buf)
{
	u8 untold[NF_IPSEC_ICMP_TYPES_LEN];

	memcpy(untold, s->told[kw->min], sizeof(untold));
	icmp_types_invert(untold);
	return icmp_types_text(untold, kw->choices, buf);
}

static const struct keyword setting_words[] = {
	{ "default", "accept or discard", parse_setting, choices_default,
	  FLAG(1, DISCARD) },
	{ "exempt-ike", WANT_ON_OFF, parse_setting, choices_off_on,
	  FLAG(2, NO_IKE) },
	{ "exempt-dhcp", WANT_ON_OFF, parse_setting, choices_off_on,
	  FLAG(3, NO_DHCP) },
	{ "exempt-nd", WANT_ON_OFF, parse_setting, choices_off_on,
	  FLAG(4, NO_ND) },
	{ "unknown-spi", "pass or drop", parse_setting, choices_pass_drop,
	  FLAG(0, UNKNOWN_SPI) },
	{ "learn-pmtu", WANT_ON_OFF, parse_setting, choices_off_on,
	  FLAG(5, NO_PMTU) },
	{ "icmp-clear", WANT_TYPES, parse_icmp_types, choices_icmp, LIST(6, 0) },
	{ "icmpv6-clear", WANT_TYPES, parse_icmp_types, choices_icmpv6,
	  LIST(7, 1) },
	{ "icmp-protected", WANT_TYPES, parse_icmp_types, choices_icmp,
	  LIST(8, 2) },
	{ "icmpv6-protected", WANT_TYPES, parse_icmp_types, choices_icmpv6,
	  LIST(9, 3) },
	{ "selector-events", WANT_ON_OFF, parse_setting, choices_on_off,
	  FLAG(10, SELECTOR_EVENTS) },
	{ "no-sa", "wait or drop", parse_setting, choices_wait_drop,
	  FLAG(20, NO_WAIT) },
	{ "icmp-drops", "on or off", parse_setting, choices_on_off,
	  FLAG(21, ICMP_DROPS) },
	{ "ecn-notices", WANT_ON_OFF, parse_setting, choices_off_on,
	  FLAG(22, NO_ECN_NOTICES) },
	{ "icmp-notices", WANT_ERRORS, parse_told, choices_icmp, TOLD(23, 0) },
	{ "icmpv6-notices", WANT_ERRORS, parse_told, choices_icmpv6,
	  TOLD(24, 1) },
	{ "hop-options", "skip or keep", parse_setting, choices_skip,
	  FLAG(11, KEEP_HOPOPTS) },
	{ "routing-header", "skip or keep", parse_setting, choices_skip,
	  FLAG(12, KEEP_ROUTING) },
	{ "dst-options", "skip or keep", parse_setting, choices_skip,
	  FLAG(13, KEEP_DSTOPTS) },
	{ "hip", "keep or skip", parse_setting, choices_keep,
	  FLAG(14, SKIP_HIP) },
	{ "shim6", "keep or skip", parse_setting, choices_keep,
	  FLAG(15, SKIP_SHIM6) },
	{ "sec-path", "auto, always or never", parse_setting, choices_sec_path,
	  .bit = 1ULL << 25, .min = SEC_PATH_FLAGS },
	{ "static-keys", "allow, no-counter or refuse", parse_setting,
	  choices_static_keys, .bit = 1ULL << 26, .min = STATIC_KEYS_FLAGS },
	{ "guard", WANT_DEVICES, parse_guards, NULL, GUARDS(30) },
	{ }
};

const struct grammar grammar_settings = { {
	{ setting_words, 0 },
} };

int settings_parse(struct parse *p, struct settings_conf *s)
{
	char all[512];

	if (keyword_parse(p, &grammar_settings, s, &s->has))
		return -1;
	if (s->has)
		return 0;
	keyword_words(&grammar_settings, all, sizeof(all));
	return err_set(p->e, ERR_USAGE, "settings", "expected one or more of: %s",
		       all);
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

u32 settings_lists(const struct settings_conf *s)
{
	const struct keyword *kw;
	u32 lists = 0;

	for (kw = setting_words; kw->word; kw++)
		if (kw->parse == parse_icmp_types && (s->has & kw->bit))
			lists |= 1 << kw->min;
	return lists;
}

u32 settings_told(const struct settings_conf *s)
{
	const struct keyword *kw;
	u32 told = 0;

	for (kw = setting_words; kw->word; kw++)
		if (kw->parse == parse_told && (s->has & kw->bit))
			told |= 1 << kw->min;
	return told;
}

bool settings_guards(const struct settings_conf *s)
{
	const struct keyword *kw;

	for (kw = setting_words; kw->word; kw++)
		if (kw->parse == parse_guards && (s->has & kw->bit))
			return true;
	return false;
}

const char *settings_value(const struct settings_conf *s,
			   const struct keyword *kw, char *buf)
{
	if (kw->parse == parse_guards)
		return guards_text(&s->guard, buf);
	if (kw->parse == parse_icmp_types)
		return icmp_types_text(s->refused[kw->min], kw->choices, buf);
	if (kw->parse == parse_told)
		return told_text(s, kw, buf);
	return choice_word(kw->choices, value_of(s, kw));
}

bool settings_is_flag(const struct keyword *kw)
{
	return kw->choices == choices_on_off || kw->choices == choices_off_on;
}

static bool is_changed(const struct settings_conf *s, const struct keyword *kw)
{
	if (kw->parse == parse_guards)
		return s->guard.dev[0][0];
	if (kw->parse == parse_icmp_types)
		return icmp_types_any(s->refused[kw->min]);
	if (kw->parse == parse_told)
		return icmp_types_any(s->told[kw->min]);
	return s->flags & kw->min;
}

int settings_merge(struct settings_conf *to, const struct settings_conf *from,
		   struct err *e)
{
	const struct keyword *kw;
	unsigned int i;

	for (kw = setting_words; kw->word; kw++)
		if (to->has & from->has & kw->bit)
			return err_set(e, ERR_USAGE, kw->word,
				       "given twice; expected it once");
	if (!to->has)
		to->line = from->line;
	to->has |= from->has;
	to->flags |= from->flags;
	for (i = 0; i < SETTINGS_LISTS; i++)
		if (settings_lists(from) & 1U << i)
			memcpy(to->refused[i], from->refused[i],
			       sizeof(to->refused[i]));
	for (i = 0; i < SETTINGS_TOLD; i++)
		if (settings_told(from) & 1U << i)
			memcpy(to->told[i], from->told[i], sizeof(to->told[i]));
	if (settings_guards(from))
		to->guard = from->guard;
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
		if (is_changed(s, kw))
			s->has |= kw->bit;
}

void print_settings(FILE *to, const struct settings_conf *s)
{
	const struct keyword *kw;
	char buf[SETTINGS_VALUE_LEN];

	fprintf(to, "settings");
	for (kw = setting_words; kw->word; kw++)
		if (s->has & kw->bit)
			fprintf(to, " %s %s", kw->word,
				settings_value(s, kw, buf));
	fputc('\n', to);
}

/* The default has a line of its own; who is told what opens nothing */
#define NOT_LISTED	(NF_IPSEC_SETTING_DISCARD | SEC_PATH_FLAGS | \
			 NF_IPSEC_SETTING_SELECTOR_EVENTS | \
			 NF_IPSEC_SETTING_NO_ECN_NOTICES | \
			 NF_IPSEC_SETTING_ICMP_DROPS)

static bool is_opened(const struct settings_conf *before,
		      const struct settings_conf *after,
		      const struct keyword *kw)
{
	const u8 *was, *is;
	size_t i;

	if (kw->parse == parse_told)
		return false;
	if (kw->parse != parse_icmp_types)
		return before->flags & ~after->flags & kw->min &
		       ~NOT_LISTED;
	was = before->refused[kw->min];
	is = after->refused[kw->min];
	for (i = 0; i < sizeof(before->refused[0]); i++)
		if (was[i] & ~is[i])
			return true;
	return false;
}

void print_settings_opened(FILE *to, const struct settings_conf *before,
			   const struct settings_conf *after)
{
	const struct keyword *kw;
	char buf[SETTINGS_VALUE_LEN];
	bool first = true;

	if (before->flags & ~after->flags & NF_IPSEC_SETTING_DISCARD)
		fputs("# no longer discarded: what no policy names\n", to);
	for (kw = setting_words; kw->word; kw++) {
		if (!is_opened(before, after, kw))
			continue;
		fprintf(to, "%s %s %s", first ? "# no longer set:" : ",",
			kw->word, settings_value(before, kw, buf));
		first = false;
	}
	if (!first)
		fputc('\n', to);
}
