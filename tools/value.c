// SPDX-License-Identifier: GPL-2.0-only
/*
 * The values behind the words: numbers, names, addresses, and where keys come
 * from.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "err.h"
#include "keyword.h"
#include "parse.h"
#include "print.h"

int parse_number(const char *text, u64 min, u64 max, u64 *value)
{
	u64 base = 10;
	u64 sum = 0;
	u8 digit;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	} else if (text[0] == '0' && text[1]) {
		return -1;
	}
	if (!*text)
		return -1;
	for (; *text; text++) {
		if (!isxdigit((unsigned char)*text))
			return -1;
		digit = isdigit((unsigned char)*text) ? *text - '0' :
			tolower((unsigned char)*text) - 'a' + 10;
		if (digit >= base || sum > (UINT64_MAX - digit) / base)
			return -1;
		sum = sum * base + digit;
	}
	if (sum < min || sum > max)
		return -1;
	*value = sum;
	return 0;
}

static void store(void *field, u8 size, u64 value)
{
	u32 v32 = value;
	u16 v16 = value;
	u8 v8 = value;

	switch (size) {
	case 1:
		memcpy(field, &v8, 1);
		break;
	case 2:
		memcpy(field, &v16, 2);
		break;
	case 4:
		memcpy(field, &v32, 4);
		break;
	default:
		memcpy(field, &value, 8);
		break;
	}
}

/* A word of @kw->choices, or a number */
int parse_value(struct parse *p, const struct keyword *kw, void *field)
{
	const struct choice *choice;
	const char *value = parse_take(p, kw);
	struct nearest nearest;
	struct quoted q;
	u64 number;

	if (!value)
		return -1;
	nearest_init(&nearest, value);
	for (choice = kw->choices; choice && choice->word; choice++) {
		if (!strcmp(choice->word, value)) {
			store(field, kw->size, choice->value);
			return 0;
		}
		nearest_try(&nearest, choice->word);
	}
	if (kw->max && !parse_number(value, kw->min, kw->max, &number)) {
		store(field, kw->size, number);
		return 0;
	}
	if (nearest.best)
		return err_set(p->e, ERR_USAGE, kw->word,
			       "expected %s, not \"%s\"; did you mean \"%s\"?",
			       kw->want, err_quote(value, &q), nearest.best);
	return parse_bad(p, kw, value);
}

/* A word without a value; the field gets @kw->min */
int parse_flag(struct parse *p, const struct keyword *kw, void *field)
{
	(void)p;
	store(field, kw->size, kw->min);
	return 0;
}

static bool name_valid(const char *value)
{
	size_t len = strlen(value);
	size_t i;

	if (!len || len > NF_IPSEC_NAME_MAX || value[0] == '-')
		return false;
	for (i = 0; i < len; i++)
		if (!isalnum((unsigned char)value[i]) &&
		    !strchr("._-", value[i]))
			return false;
	return true;
}

int parse_name(const char *word, const char *value, char *name,
	       struct err *e)
{
	struct quoted q;

	if (!name_valid(value))
		return err_set(e, ERR_USAGE, word,
			       "expected a tunnel's name, 1 to %u of A-Z a-z 0-9 . _ -, not \"%s\"",
			       NF_IPSEC_NAME_MAX, err_quote(value, &q));
	strcpy(name, value);
	return 0;
}

int parse_tunnel_name(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);

	return value ? parse_name(kw->word, value, field, p->e) : -1;
}

int parse_addr(const char *text, struct addr *a)
{
	memset(a, 0, sizeof(*a));
	a->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(a->family, text, a->octets) == 1 ? 0 : -1;
}

static const char *bad_end(const struct addr *a)
{
	static const u8 mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const u8 broadcast[4] = { 0xff, 0xff, 0xff, 0xff };
	static const u8 zero[16];

	if (!memcmp(a->octets, zero, sizeof(zero)))
		return "unspecified";
	if (a->family == AF_INET6) {
		if (a->octets[0] == 0xff)
			return "multicast";
		return memcmp(a->octets, mapped, 12) ? NULL : "IPv4-mapped";
	}
	if ((a->octets[0] & 0xf0) == 0xe0)
		return "multicast";
	if (!memcmp(a->octets, broadcast, 4))
		return "broadcast";
	return a->octets[0] ? NULL : "reserved";
}

/* An address that can be the end of an SA */
int parse_end(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);
	struct addr *a = field;
	struct quoted q;
	const char *why;

	if (!value)
		return -1;
	if (parse_addr(value, a))
		return parse_bad(p, kw, value);
	why = bad_end(a);
	if (why)
		return err_set(p->e, ERR_USAGE, kw->word,
			       "expected the address of one host, not \"%s\" (%s)",
			       err_quote(value, &q), why);
	return 0;
}

/* Port 500 is IKE's alone: there it has no mark by which ESP is told apart */
static int encap_port(const char *text, u16 *port)
{
	u64 number;

	if (parse_number(text, 1, 65535, &number) || number == 500)
		return -1;
	*port = number;
	return 0;
}

/* LOCAL:REMOTE, or one port for both ends */
int parse_encap(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);
	struct encap *encap = field;
	char local[8] = "";
	const char *colon;

	if (!value)
		return -1;
	memset(encap, 0, sizeof(*encap));
	if (!strcmp(value, "off"))
		return 0;
	colon = strchr(value, ':');
	if (!colon)
		colon = value + strlen(value);
	if ((size_t)(colon - value) < sizeof(local))
		memcpy(local, value, colon - value);
	if (encap_port(local, &encap->local) ||
	    encap_port(*colon ? colon + 1 : local, &encap->remote))
		return parse_bad(p, kw, value);
	return 0;
}

int parse_key_file(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);
	struct key_src *src = field;
	struct quoted q;

	if (!value)
		return -1;
	if (!*value)
		return parse_bad(p, kw, value);
	/* no line of a file could say it */
	if (strchr(value, '\n'))
		return err_set(p->e, ERR_USAGE, kw->word,
			       "expected a file's name without a line break, not \"%s\"",
			       err_quote(value, &q));
	src->path = strdup(value);
	if (!src->path)
		return err_set(p->e, ERR_USAGE, kw->word, "no memory");
	src->kind = KEY_FILE;
	src->word = kw->word;
	return 0;
}

int parse_key_fd(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);
	struct key_src *src = field;
	u64 number;

	if (!value)
		return -1;
	if (parse_number(value, kw->min, kw->max, &number))
		return parse_bad(p, kw, value);
	src->fd = number;
	src->kind = KEY_FD;
	src->word = kw->word;
	return 0;
}

int parse_fingerprint(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);
	struct key_src *src = field;
	char octet[5] = "0x";
	u64 number;
	u32 i;

	if (!value)
		return -1;
	if (strlen(value) != 2 * NF_IPSEC_FINGERPRINT_LEN)
		return parse_bad(p, kw, value);
	for (i = 0; i < NF_IPSEC_FINGERPRINT_LEN; i++) {
		memcpy(octet + 2, value + 2 * i, 2);
		if (parse_number(octet, 0, 255, &number))
			return parse_bad(p, kw, value);
		src->fingerprint[i] = number;
	}
	src->kind = KEY_FINGERPRINT;
	src->word = kw->word;
	return 0;
}
