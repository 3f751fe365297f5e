/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_KEYWORD_H
#define _NFIPSEC_KEYWORD_H

#include <linux/types.h>

struct addr;
struct err;
struct keyword;

/**
 * struct parse - where parsing is
 * @word: all words
 * @n: how many
 * @at: the next one
 * @e: says what is wrong
 */
struct parse {
	char **word;
	size_t n;
	size_t at;
	struct err *e;
};

/**
 * struct choice - a word that stands for a number
 * @word: the word; NULL ends a list
 * @value: the number
 */
struct choice {
	const char *word;
	u32 value;
};

/**
 * struct keyword - one word of the grammar
 * @word: the word
 * @want: what must follow it, for people; NULL if nothing follows
 * @parse: takes the words that follow and fills in @field
 * @choices: words that parse_value() knows
 * @offset: of the field
 * @bit: one of has.h; words that share a bit exclude each other
 * @min: smallest number for parse_value()
 * @max: largest number; 0 if only @choices will do
 * @size: octets of the field, for parse_value()
 * @one: takes one value of a list, for parse_list()
 * @renew: words that may be given once more behind this one
 * @many: may be given again; for parse_esp(), that integrity alone will do too
 */
struct keyword {
	const char *word;
	const char *want;
	int (*parse)(struct parse *p, const struct keyword *kw, void *field);
	const struct choice *choices;
	size_t offset;
	u64 bit;
	u64 min;
	u64 max;
	int (*one)(struct parse *p, const struct keyword *kw, void *field);
	u64 renew;
	u8 size;
	bool many;
};

/**
 * struct piece - words that several objects share
 * @kw: the words; a NULL word ends the list
 * @base: offset in the object that the words' offsets count from
 */
struct piece {
	const struct keyword *kw;
	size_t base;
};

/**
 * struct grammar - all words of an object
 * @piece: lists of words; a NULL list ends it
 */
struct grammar {
	struct piece piece[6];
};

/**
 * keyword_parse() - fill in an object by the words of a grammar
 * @p: the words
 * @g: the grammar
 * @conf: the object
 * @has: the object's bits of has.h
 *
 * Return: 0, or -1 with the error set.
 */
int keyword_parse(struct parse *p, const struct grammar *g, void *conf,
		  u64 *has);

/**
 * keyword_words() - all words of a grammar, parted by spaces
 * @g: the grammar
 * @buf: room for them
 * @size: its octets
 */
void keyword_words(const struct grammar *g, char *buf, size_t size);

/**
 * keyword_need() - are all needed words there?
 * @g: the grammar
 * @has: what was given
 * @need: what must be
 * @e: says which word is missing
 *
 * Return: 0, or -1 with @e set.
 */
int keyword_need(const struct grammar *g, u64 has, u64 need, struct err *e);

/**
 * keyword_find() - look up a word
 * @g: the grammar
 * @word: the word
 * @base: the offset its field's offset counts from
 *
 * Return: the keyword, or NULL.
 */
const struct keyword *keyword_find(const struct grammar *g, const char *word,
				   size_t *base);

/* Values; each takes the words behind a keyword and returns 0 or -1 */
int parse_value(struct parse *p, const struct keyword *kw, void *field);
int parse_flag(struct parse *p, const struct keyword *kw, void *field);
int parse_tunnel_name(struct parse *p, const struct keyword *kw, void *field);
int parse_end(struct parse *p, const struct keyword *kw, void *field);
int parse_prefix(struct parse *p, const struct keyword *kw, void *field);
int parse_side(struct parse *p, const struct keyword *kw, void *field);
int parse_encap(struct parse *p, const struct keyword *kw, void *field);
int parse_ports(struct parse *p, const struct keyword *kw, void *field);
int parse_type(struct parse *p, const struct keyword *kw, void *field);
int parse_mark(struct parse *p, const struct keyword *kw, void *field);
int parse_dev(struct parse *p, const struct keyword *kw, void *field);
int parse_list(struct parse *p, const struct keyword *kw, void *field);
int parse_also(struct parse *p, const struct keyword *kw, void *field);
int parse_pfp(struct parse *p, const struct keyword *kw, void *field);
int parse_esp(struct parse *p, const struct keyword *kw, void *field);
int parse_ah(struct parse *p, const struct keyword *kw, void *field);
int parse_key_file(struct parse *p, const struct keyword *kw, void *field);
int parse_key_fd(struct parse *p, const struct keyword *kw, void *field);
int parse_fingerprint(struct parse *p, const struct keyword *kw, void *field);

/**
 * dev_valid() - could a device have this name?
 */
bool dev_valid(const char *name);

/**
 * parse_take() - the next word, as the value of a keyword
 *
 * Return: the word, or NULL with the error set.
 */
const char *parse_take(struct parse *p, const struct keyword *kw);

/**
 * parse_bad() - complain about a value
 *
 * Return: -1.
 */
int parse_bad(struct parse *p, const struct keyword *kw, const char *value);

/**
 * parse_addr() - an address of either family
 *
 * Return: 0 or -1.
 */
int parse_addr(const char *text, struct addr *a);

/**
 * parse_number() - a number in decimal, or in hex behind 0x
 * @text: the number
 * @min: smallest
 * @max: largest
 * @value: set on success
 *
 * Return: 0 or -1.
 */
int parse_number(const char *text, u64 min, u64 max, u64 *value);

#endif /* _NFIPSEC_KEYWORD_H */
