/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_GRAMMAR_H
#define _NFIPSEC_GRAMMAR_H

#include "keyword.h"

/* The words of each object, and of what names one */
extern const struct grammar grammar_sa;
extern const struct grammar grammar_policy;
extern const struct grammar grammar_tunnel;
extern const struct grammar grammar_sa_id;
extern const struct grammar grammar_policy_id;

/* Words for numbers, used for printing too */
extern const struct choice choices_dir[];
extern const struct choice choices_mode[];
extern const struct choice choices_on_off[];
extern const struct choice choices_df[];
extern const struct choice choices_family[];
extern const struct choice choices_proto[];

/**
 * choice_word() - the word of a number
 * @choices: the list
 * @value: the number
 *
 * Return: the word, or NULL if the list has none.
 */
const char *choice_word(const struct choice *choices, u32 value);

#endif /* _NFIPSEC_GRAMMAR_H */
