// SPDX-License-Identifier: GPL-2.0-only
#include "parse.h"

#include <netinet/in.h>
#include <string.h>

#include "check.h"
#include "err.h"
#include "grammar.h"
#include "settings.h"

/* A tunnel may have a keyword's name, but then another keyword follows */
static bool name_missing(const struct parse *p)
{
	return parse_is_keyword(CONF_TUNNEL, p->word[p->at]) &&
	       (p->at + 1 >= p->n ||
		!parse_is_keyword(CONF_TUNNEL, p->word[p->at + 1]));
}

static int parse_tunnel(struct parse *p, struct tunnel_conf *t)
{
	if (p->at >= p->n)
		return err_set(p->e, ERR_USAGE, "tunnel",
			       "expected a tunnel's name, found nothing");
	if (name_missing(p))
		return err_set(p->e, ERR_USAGE, "tunnel",
			       "the name is missing; expected a tunnel's name in front of \"%s\"",
			       p->word[p->at]);
	if (parse_name("tunnel", p->word[p->at++], t->name, p->e) ||
	    keyword_parse(p, &grammar_tunnel, t, &t->has))
		return -1;
	return check_tunnel(t, p->e);
}

int parse_object(enum conf_kind kind, char **word, size_t n, struct conf *c,
		 struct err *e)
{
	struct parse p = { .word = word, .n = n, .e = e };

	conf_init(c, kind);
	switch (kind) {
	case CONF_SA:
		if (keyword_parse(&p, &grammar_sa, &c->sa, &c->sa.has))
			return -1;
		return check_sa(&c->sa, e);
	case CONF_POLICY:
		if (keyword_parse(&p, &grammar_policy, &c->sp, &c->sp.has))
			return -1;
		return check_policy(&c->sp, e);
	case CONF_TUNNEL:
		return parse_tunnel(&p, &c->tunnel);
	case CONF_SETTINGS:
		return settings_parse(&p, &c->settings);
	}
	return -1;
}

int parse_line(char **word, size_t n, struct conf *c, struct err *e)
{
	static const char *const object[] = {
		[CONF_SA] = "sa",
		[CONF_POLICY] = "policy",
		[CONF_TUNNEL] = "tunnel",
		[CONF_SETTINGS] = "settings",
	};
	struct nearest nearest;
	unsigned int kind;

	conf_init(c, CONF_SA);
	nearest_init(&nearest, word[0]);
	for (kind = CONF_SA; kind <= CONF_SETTINGS; kind++) {
		if (!strcmp(word[0], object[kind]))
			return parse_object(kind, word + 1, n - 1, c, e);
		nearest_try(&nearest, object[kind]);
	}
	if (nearest.best)
		return err_set(e, ERR_USAGE, word[0],
			       "expected sa, policy, tunnel or settings; did you mean \"%s\"?",
			       nearest.best);
	return err_set(e, ERR_USAGE, word[0],
		       "expected sa, policy, tunnel or settings");
}

int parse_sa_id(char **word, size_t n, struct conf *c, struct err *e)
{
	struct parse p = { .word = word, .n = n, .e = e };

	conf_init(c, CONF_SA);
	c->sa.o.xform.proto = IPPROTO_ESP;
	if (keyword_parse(&p, &grammar_sa_id, &c->sa, &c->sa.has))
		return -1;
	return check_sa_id(&c->sa, e);
}

static int sp_id(const struct grammar *g, char **word, size_t n, struct conf *c,
		 struct err *e)
{
	struct parse p = { .word = word, .n = n, .e = e };
	u64 id;

	conf_init(c, CONF_POLICY);
	if (n == 1 && !parse_number(word[0], 1, UINT32_MAX, &id))
		return err_set(e, ERR_USAGE, word[0],
			       "expected id %s, or other words that name a policy",
			       word[0]);
	if (keyword_parse(&p, g, &c->sp, &c->sp.has))
		return -1;
	return check_policy_id(&c->sp, e);
}

int parse_sp_id(char **word, size_t n, struct conf *c, struct err *e)
{
	return sp_id(&grammar_policy_id, word, n, c, e);
}

int parse_sp_del(char **word, size_t n, struct conf *c, struct err *e)
{
	return sp_id(&grammar_policy_del, word, n, c, e);
}

bool parse_is_keyword(enum conf_kind kind, const char *word)
{
	static const struct grammar *const grammar[] = {
		[CONF_SA] = &grammar_sa,
		[CONF_POLICY] = &grammar_policy,
		[CONF_TUNNEL] = &grammar_tunnel,
		[CONF_SETTINGS] = &grammar_settings,
	};
	size_t base;

	return keyword_find(grammar[kind], word, &base);
}
