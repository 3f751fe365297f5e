// SPDX-License-Identifier: GPL-2.0-only
/* How long an SA lives: words, and what the kernel tells of it. */
#include "life.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "err.h"
#include "keyword.h"
#include "lib/alg.h"
#include "lib/lifetime.h"

static_assert(LIFE_NONE == IPSEC_NO_LIMIT, "no limit is no limit");

struct unit {
	const char *name;
	u64 size;
};

/* Each list from the largest to the smallest */
static const struct unit binary[] = {
	{ "Ei", 1ULL << 60 }, { "Pi", 1ULL << 50 }, { "Ti", 1ULL << 40 },
	{ "Gi", 1ULL << 30 }, { "Mi", 1ULL << 20 }, { "Ki", 1ULL << 10 },
	{ "", 1 }, { }
};

static const struct unit decimal[] = {
	{ "E", 1000000000000000000ULL }, { "P", 1000000000000000ULL },
	{ "T", 1000000000000ULL }, { "G", 1000000000ULL }, { "M", 1000000 },
	{ "k", 1000 }, { "", 1 }, { }
};

static const struct unit seconds[] = {
	{ "d", 86400 }, { "h", 3600 }, { "m", 60 }, { "s", 1 }, { }
};

static const char *const words[] = {
	[NF_IPSEC_LIMIT_BYTES] = "life-bytes",
	[NF_IPSEC_LIMIT_PACKETS] = "life-packets",
	[NF_IPSEC_LIMIT_TIME] = "life-time",
	[NF_IPSEC_LIMIT_USE] = "life-use",
};

static const char *const names[] = {
	[NF_IPSEC_LIMIT_BYTES] = "bytes",
	[NF_IPSEC_LIMIT_PACKETS] = "packets",
	[NF_IPSEC_LIMIT_TIME] = "time",
	[NF_IPSEC_LIMIT_USE] = "use",
	[NF_IPSEC_LIMIT_SEQUENCE] = "sequence",
};

static bool is_time(u8 what)
{
	return what == NF_IPSEC_LIMIT_TIME || what == NF_IPSEC_LIMIT_USE;
}

const char *life_word(u8 what)
{
	return words[what];
}

const char *life_name(u8 what)
{
	return what && what <= NF_IPSEC_LIMIT_MAX ? names[what] : "?";
}

/* --- words to limits --- */

static const struct unit *find_unit(const struct unit *unit, const char *name,
				    size_t len)
{
	for (; unit->name; unit++)
		if (strlen(unit->name) == len && !strncmp(unit->name, name, len))
			return unit;
	return NULL;
}

/* A number and its unit, or "none" */
static int parse_amount(const char *text, size_t len, bool time, u64 *value)
{
	const struct unit *unit;
	char digits[24] = "";
	size_t n = 0;

	if (len == 4 && !strncmp(text, "none", 4)) {
		*value = LIFE_NONE;
		return 0;
	}
	while (n < len && n < sizeof(digits) - 1 &&
	       isdigit((unsigned char)text[n])) {
		digits[n] = text[n];
		n++;
	}
	if (parse_number(digits, 1, LIFE_NONE - 1, value))
		return -1;
	if (time && n == len)
		return 0;
	unit = find_unit(time ? seconds : decimal, text + n, len - n);
	if (!unit && !time)
		unit = find_unit(binary, text + n, len - n);
	if (!unit || *value > (LIFE_NONE - 1) / unit->size)
		return -1;
	*value *= unit->size;
	return 0;
}

int parse_life(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);
	struct life_limit *limit = field;
	bool time = is_time(kw->min);
	const char *slash, *hard;

	if (!value)
		return -1;
	if (limit->set)
		return err_set(p->e, ERR_USAGE, kw->word,
			       "given twice; expected it once");
	slash = strchr(value, '/');
	hard = slash ? slash + 1 : value;
	if (parse_amount(hard, strlen(hard), time, &limit->hard))
		return parse_bad(p, kw, value);
	if (!slash)
		limit->soft = ipsec_lifetime_soft(limit->hard);
	else if (parse_amount(value, slash - value, time, &limit->soft))
		return parse_bad(p, kw, value);
	if (limit->soft == LIFE_NONE && limit->hard == LIFE_NONE)
		return parse_bad(p, kw, value);
	limit->set = true;
	return 0;
}

int life_check(const struct sa_opts *o, struct err *e)
{
	const struct ipsec_alg *auth = ipsec_alg_get(o->xform.auth);
	const struct ipsec_alg *enc = ipsec_alg_get(o->xform.enc);
	struct ipsec_limit limit;
	const char *msg;
	u8 what;

	for (what = 1; what < CONF_LIMITS; what++) {
		if (!o->life[what].set)
			continue;
		limit.soft = o->life[what].soft;
		limit.hard = o->life[what].hard;
		msg = ipsec_limit_error(what, &limit, enc, auth);
		if (msg)
			return err_set(e, ERR_USAGE, life_word(what), "%s", msg);
	}
	return 0;
}

bool life_own(const struct sa_opts *o, u8 what, const struct life_limit *limit)
{
	u64 own = ipsec_lifetime_default(what, ipsec_alg_get(o->xform.enc),
					 ipsec_alg_get(o->xform.auth));

	return limit->hard == own && limit->soft == ipsec_lifetime_soft(own);
}

bool life_equal(const struct sa_opts *a, const struct sa_opts *b)
{
	u8 what;

	for (what = 1; what < CONF_LIMITS; what++) {
		const struct life_limit *x = &a->life[what];
		const struct life_limit *y = &b->life[what];

		if (x->set != y->set || x->soft != y->soft ||
		    x->hard != y->hard)
			return false;
	}
	return true;
}

/* --- limits to words --- */

static const struct unit *best_unit(const struct unit *unit, u64 value)
{
	while (value % unit->size)
		unit++;
	return unit;
}

/* With the unit that leaves the smallest number */
static int print_amount(char *buf, size_t size, u64 value, bool time)
{
	const struct unit *unit = best_unit(time ? seconds : binary, value);
	const struct unit *other = time ? unit : best_unit(decimal, value);

	if (value == LIFE_NONE)
		return snprintf(buf, size, "none");
	if (other->size > unit->size)
		unit = other;
	return snprintf(buf, size, "%" PRIu64 "%s", value / unit->size,
			unit->name);
}

/* As parse_life() takes it */
static const char *print_limit(u8 what, const struct life_limit *limit,
			       char *buf)
{
	bool time = is_time(what);
	int len = 0;

	if (limit->hard == LIFE_NONE ||
	    limit->soft != ipsec_lifetime_soft(limit->hard)) {
		len = print_amount(buf, LIFE_LIMIT_LEN, limit->soft, time);
		buf[len++] = '/';
	}
	print_amount(buf + len, LIFE_LIMIT_LEN - len, limit->hard, time);
	return buf;
}

void print_life(FILE *to, const struct sa_opts *o)
{
	char buf[LIFE_LIMIT_LEN];
	u8 what;

	for (what = 1; what < CONF_LIMITS; what++)
		if (o->life[what].set)
			fprintf(to, " %s %s", life_word(what),
				print_limit(what, &o->life[what], buf));
}

static const char *print_moment(u64 when, char *buf)
{
	time_t t = when;
	struct tm tm;

	if (!gmtime_r(&t, &tm) ||
	    !strftime(buf, LIFE_TIME_LEN, "%Y-%m-%dT%H:%M:%SZ", &tm))
		strcpy(buf, "?");
	return buf;
}

/* Of the algorithms' own limits, which are far, only once they are near */
static bool worth_telling(const struct sa_conf *sa, u8 what)
{
	const struct life_limit *limit = &sa->o.life[what];

	if (limit->soft == LIFE_NONE && limit->hard == LIFE_NONE)
		return false;
	return limit->set || sa->stat.life_used[what] >= limit->hard / 2;
}

void print_life_stat(FILE *to, const struct sa_conf *sa)
{
	const struct sa_stat *stat = &sa->stat;
	char limit[LIFE_LIMIT_LEN];
	char when[LIFE_TIME_LEN];
	bool any = false;
	u8 what;

	if (stat->hard_limit)
		fprintf(to, "  # expired: the hard limit of %s was reached at %s, nothing passes\n",
			life_name(stat->hard_limit),
			print_moment(stat->limit_time, when));
	else if (stat->soft_limit)
		fprintf(to, "  # the soft limit of %s was reached at %s\n",
			life_name(stat->soft_limit),
			print_moment(stat->limit_time, when));
	for (what = 1; what < CONF_LIMITS; what++) {
		if (!worth_telling(sa, what))
			continue;
		fprintf(to, "%s %s %" PRIu64 "%s of %s",
			any ? "," : "  # life:", life_name(what),
			stat->life_used[what], is_time(what) ? "s" : "",
			print_limit(what, &sa->o.life[what], limit));
		any = true;
	}
	if (any)
		fputc('\n', to);
}

void print_life_event(FILE *to, const struct sa_conf *sa)
{
	const struct sa_stat *stat = &sa->stat;
	char when[LIFE_TIME_LEN];

	fprintf(to, "%s %s %s ", stat->hard_limit ? "hard" : "soft",
		life_name(stat->hard_limit ? stat->hard_limit :
					     stat->soft_limit),
		print_moment(stat->limit_time, when));
}
