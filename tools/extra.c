// SPDX-License-Identifier: GPL-2.0-only
#include "extra.h"

#include <ctype.h>
#include <netinet/in.h>
#include <string.h>

#include "err.h"

#define MS_PER_S	1000

const struct choice choices_mss[] = {
	{ "auto", MSS_AUTO },
	{ "off", 0 },
	{ }
};

const struct choice choices_tfc[] = {
	{ "off", 0 },
	{ "mtu", EXTRA_SIZE_MTU },
	{ }
};

const struct choice choices_dummy_size[] = {
	{ "mtu", EXTRA_SIZE_MTU },
	{ }
};

const struct choice choices_ecn[] = {
	{ "copy", 0 },
	{ "clear", 1 },
	{ }
};

const struct choice choices_fragment[] = {
	{ "before", 0 },
	{ "after", 1 },
	{ }
};

/* --- words to values --- */

/* "off", or a time in ms or s; with a unit, as nobody knows a default one */
int parse_every(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);
	u32 *every = field;
	char digits[16];
	size_t n;
	u64 ms;

	if (!value)
		return -1;
	*every = 0;
	if (!strcmp(value, "off"))
		return 0;
	n = strspn(value, "0123456789");
	if (n >= sizeof(digits))
		return parse_bad(p, kw, value);
	memcpy(digits, value, n);
	digits[n] = '\0';
	if (parse_number(digits, 1, NF_IPSEC_DUMMY_EVERY_MAX, &ms))
		return parse_bad(p, kw, value);
	if (!strcmp(value + n, "s"))
		ms *= MS_PER_S;
	else if (strcmp(value + n, "ms"))
		return parse_bad(p, kw, value);
	if (ms > NF_IPSEC_DUMMY_EVERY_MAX)
		return parse_bad(p, kw, value);
	*every = ms;
	return 0;
}

/* A number up to 63; moves @text behind it */
static int take_dscp(const char **text, u8 *dscp)
{
	char digits[4];
	size_t n = strspn(*text, "0123456789");
	u64 value;

	if (n >= sizeof(digits))
		return -1;
	memcpy(digits, *text, n);
	digits[n] = '\0';
	if (parse_number(digits, 0, NF_IPSEC_DSCPS - 1, &value))
		return -1;
	*dscp = value;
	*text += n;
	return 0;
}

/* FROM:TO,FROM:TO...; what is not named stays as it is */
int parse_dscp_map(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);
	const char *at = value;
	struct sa_extra *extra = field;
	u64 seen = 0;
	u8 from, to;

	if (!value)
		return -1;
	for (from = 0; from < NF_IPSEC_DSCPS; from++)
		extra->map[from] = from;
	do {
		if (take_dscp(&at, &from) || *at++ != ':' ||
		    take_dscp(&at, &to) || (seen & (1ULL << from)))
			return parse_bad(p, kw, value);
		seen |= 1ULL << from;
		extra->map[from] = to;
	} while (*at++ == ',');
	if (at[-1])
		return parse_bad(p, kw, value);
	extra->map_set = true;
	return 0;
}

/* N,FROM-TO... */
int parse_dscps(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);
	const char *at = value;
	u64 *dscps = field;
	u8 from, to;

	if (!value)
		return -1;
	*dscps = 0;
	do {
		if (take_dscp(&at, &from))
			return parse_bad(p, kw, value);
		to = from;
		if (*at == '-') {
			at++;
			if (take_dscp(&at, &to) || to < from)
				return parse_bad(p, kw, value);
		}
		for (; from <= to; from++)
			*dscps |= 1ULL << from;
	} while (*at++ == ',');
	return at[-1] ? parse_bad(p, kw, value) : 0;
}

/* --- do they fit? --- */

static int only_with(struct err *e, const char *word, const char *with)
{
	return err_set(e, ERR_USAGE, word, "expected only with %s", with);
}

const char *extra_word(u64 has)
{
	return has & HAS_TFC ? "tfc" :
	       has & HAS_DUMMY_EVERY ? "dummy-every" :
	       has & HAS_DUMMY_SIZE ? "dummy-size" :
	       has & HAS_ECN ? "ecn" :
	       has & HAS_FRAGMENT ? "fragment" :
	       has & HAS_FOR_DSCP ? "for-dscp" : NULL;
}

int extra_check(const struct sa_opts *o, u64 has, struct err *e)
{
	u64 esp = has & (HAS_TFC | HAS_DUMMY_EVERY | HAS_DUMMY_SIZE);
	u64 tunnel = has & (HAS_ECN | HAS_FRAGMENT);

	if (esp && o->xform.proto != IPPROTO_ESP)
		return only_with(e, extra_word(esp), "esp");
	if (tunnel && o->mode != NF_IPSEC_MODE_TUNNEL)
		return only_with(e, extra_word(tunnel), "mode tunnel");
	if ((has & HAS_DUMMY_SIZE) && !o->extra.dummy_every)
		return only_with(e, "dummy-size", "dummy-every");
	return 0;
}

/* --- values to words --- */

static void print_map(FILE *to, const u8 *map)
{
	bool any = false;
	u8 i;

	for (i = 0; i < NF_IPSEC_DSCPS; i++) {
		if (map[i] == i)
			continue;
		fprintf(to, "%s%u:%u", any ? "," : " dscp-map ", i, map[i]);
		any = true;
	}
	/* one that changes nothing is one, too: some word has to say so */
	if (!any)
		fprintf(to, " dscp-map 0:0");
}

static void print_every(FILE *to, u32 ms)
{
	if (ms % MS_PER_S)
		fprintf(to, " dummy-every %ums", ms);
	else
		fprintf(to, " dummy-every %us", ms / MS_PER_S);
}

void print_extra(FILE *to, const struct sa_extra *extra)
{
	if (extra->map_set)
		print_map(to, extra->map);
	if (extra->ecn)
		fprintf(to, " ecn clear");
	if (extra->fragment)
		fprintf(to, " fragment after");
	if (extra->tfc == EXTRA_SIZE_MTU)
		fprintf(to, " tfc mtu");
	else if (extra->tfc)
		fprintf(to, " tfc %u", extra->tfc);
	if (!extra->dummy_every)
		return;
	print_every(to, extra->dummy_every);
	if (extra->dummy_size != EXTRA_SIZE_MTU)
		fprintf(to, " dummy-size %u", extra->dummy_size);
}

void print_dscps(FILE *to, u64 dscps)
{
	const char *before = " for-dscp ";
	u8 from, last;

	for (from = 0; from < NF_IPSEC_DSCPS; from = last + 1) {
		last = from;
		if (!(dscps & (1ULL << from)))
			continue;
		while (last + 1 < NF_IPSEC_DSCPS && (dscps & (2ULL << last)))
			last++;
		if (last == from)
			fprintf(to, "%s%u", before, from);
		else
			fprintf(to, "%s%u-%u", before, from, last);
		before = ",";
	}
}
