/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_SETTINGS_H
#define _NFIPSEC_SETTINGS_H

#include <linux/types.h>
#include <linux/nf_ipsec.h>
#include <stdio.h>

#include "guard.h"
#include "icmp_types.h"

/* Lists of ICMP types */
#define SETTINGS_LISTS		4
/* And of those that are told of */
#define SETTINGS_TOLD		2
/* Octets of the longest value with its NUL */
#define SETTINGS_VALUE_LEN	ICMP_TYPES_TEXT_LEN

struct err;
struct keyword;
struct parse;

/**
 * struct settings_conf - what holds beside the policies
 * @has: words that were given, or that are to be shown: bits of their keywords
 * @line: of the file it was read from
 * @flags: enum nf_ipsec_setting
 * @refused: bitmaps of ICMP types that are not let in, in the order of their
 *	attributes
 * @told: bitmaps of types of ICMP errors that notices are of
 * @guard: guarded devices
 */
struct settings_conf {
	u64 has;
	u32 line;
	u32 flags;
	u8 refused[SETTINGS_LISTS][NF_IPSEC_ICMP_TYPES_LEN];
	u8 told[SETTINGS_TOLD][NF_IPSEC_ICMP_TYPES_LEN];
	struct guards guard;
};

extern const struct grammar grammar_settings;

/**
 * settings_parse() - the words of a settings line
 * @p: the words
 * @s: all zero; filled in
 *
 * Return: 0, or -1 with the error set.
 */
int settings_parse(struct parse *p, struct settings_conf *s);

/**
 * settings_mask() - which flags do the words concern?
 *
 * Return: enum nf_ipsec_setting.
 */
u32 settings_mask(const struct settings_conf *s);

/**
 * settings_lists() - which lists do the words concern?
 *
 * Return: a bit for each.
 */
u32 settings_lists(const struct settings_conf *s);

/**
 * settings_told() - which lists of what is told of do the words concern?
 *
 * Return: a bit for each.
 */
u32 settings_told(const struct settings_conf *s);

/**
 * settings_guards() - do the words say which devices are guarded?
 */
bool settings_guards(const struct settings_conf *s);

/**
 * settings_value() - what stands behind a word
 * @s: the settings
 * @kw: the word
 * @buf: SETTINGS_VALUE_LEN octets
 */
const char *settings_value(const struct settings_conf *s,
			   const struct keyword *kw, char *buf);

/**
 * settings_is_flag() - is it a word that takes on or off?
 * @kw: the word
 */
bool settings_is_flag(const struct keyword *kw);

/**
 * settings_merge() - put the words of another line beside those of a first one
 * @to: the first one
 * @from: the other one
 * @e: says which word is given twice
 *
 * Return: 0, or -1 with @e set.
 */
int settings_merge(struct settings_conf *to, const struct settings_conf *from,
		   struct err *e);

/**
 * settings_show_all() - every word is to be shown
 * @s: from the kernel
 */
void settings_show_all(struct settings_conf *s);

/**
 * settings_show_changed() - only what is not as where nothing has been set
 * @s: from the kernel
 */
void settings_show_changed(struct settings_conf *s);

/**
 * print_settings() - print one line that parse_line() reads
 * @to: where
 * @s: the words
 */
void print_settings(FILE *to, const struct settings_conf *s);

/**
 * print_settings_opened() - say which settings are as open again as where
 *	nothing has been set
 * @to: where
 * @before: those that there were
 * @after: those that there are
 */
void print_settings_opened(FILE *to, const struct settings_conf *before,
			   const struct settings_conf *after);

#endif /* _NFIPSEC_SETTINGS_H */
