/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_GRAMMAR_H
#define _NFIPSEC_GRAMMAR_H

#include "keyword.h"

/* The words of each object, and of what names one */
extern const struct grammar grammar_sa;
extern const struct grammar grammar_policy;
extern const struct grammar grammar_tunnel;
extern const struct grammar grammar_sa_id;
extern const struct grammar grammar_move;
extern const struct grammar grammar_policy_id;
extern const struct grammar grammar_policy_del;

/* Words for numbers, used for printing too */
extern const struct choice choices_dir[];
extern const struct choice choices_mode[];
extern const struct choice choices_match[];
extern const struct choice choices_on_off[];
extern const struct choice choices_pfp[];
extern const struct choice choices_df[];
extern const struct choice choices_family[];
extern const struct choice choices_proto[];
extern const struct choice choices_icmp[];
extern const struct choice choices_icmpv6[];
extern const struct choice choices_mh[];

/**
 * choice_word() - the word of a number
 * @choices: the list
 * @value: the number
 *
 * Return: the word, or NULL if the list has none.
 */
const char *choice_word(const struct choice *choices, u32 value);

/**
 * grammar_type_word() - the word that asks for a protocol's type
 * @proto: IPPROTO_ICMP, IPPROTO_ICMPV6 or IPPROTO_MH
 */
const char *grammar_type_word(u8 proto);

#endif /* _NFIPSEC_GRAMMAR_H */
