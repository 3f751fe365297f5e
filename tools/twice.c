// SPDX-License-Identifier: GPL-2.0-only
/*
 * No file may say anything twice: a tunnel's name, or what the kernel would
 * find the same SA or policy by.  None should give both directions one key, and
 * with a counter mode none may.
 */
#include "twice.h"

#include <linux/kernel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "lib/alg.h"
#include "print.h"
#include "set.h"

/**
 * struct named - what an SA, a policy or a tunnel is found by, as octets
 * @key: the name, or of a policy what comes before its selector; zero behind it
 * @sel: of a policy, its selector
 * @line: where it is in the file
 * @index: where it is in the set
 */
struct named {
	u8 key[64];
	const struct sel_conf *sel;
	u32 line;
	size_t index;
};

/* Of one kind: both have a selector or neither */
static int compare_names(const struct named *x, const struct named *y)
{
	int order = memcmp(x->key, y->key, sizeof(x->key));

	return order || !x->sel ? order : sel_compare(x->sel, y->sel);
}

static int compare_named(const void *a, const void *b)
{
	const struct named *x = a;
	const struct named *y = b;
	int order = compare_names(x, y);

	return order ? order : x->line < y->line ? -1 : x->line > y->line;
}

static u8 *put(u8 *at, const void *from, size_t len)
{
	memcpy(at, from, len);
	return at + len;
}

/* The line of an SA names its tunnel; a tunnel's line has no such word */
static bool sa_of_tunnel(const struct sa_conf *sa)
{
	return !(sa->has & HAS_TUNNEL);
}

static bool sp_of_tunnel(const struct sp_conf *sp)
{
	return !(sp->has & HAS_DIR);
}

static bool name_tunnel(const struct set *set, size_t i, struct named *named)
{
	const struct sa_conf *sa = &set->sa[i];

	if (!sa_of_tunnel(sa) || sa->dir != NF_IPSEC_DIR_IN)
		return false;
	strcpy((char *)named->key, sa->tunnel);
	named->line = sa->line;
	return true;
}

static bool name_sa(const struct set *set, size_t i, struct named *named)
{
	const struct sa_conf *sa = &set->sa[i];
	u8 *at = named->key;

	at = put(at, &sa->dir, 1);
	at = put(at, &sa->o.xform.proto, 1);
	at = put(at, &sa->spi, sizeof(sa->spi));
	at = put(at, sa_dst(sa), sizeof(struct addr));
	at = put(at, &sa->o.match, 1);
	if (sa->dir == NF_IPSEC_DIR_OUT)
		put(at, &sa->o.encap.remote, sizeof(sa->o.encap.remote));
	else if (sa->o.match == NF_IPSEC_MATCH_SRC_DST)
		put(at, &sa->o.remote, sizeof(sa->o.remote));
	named->line = sa->line;
	return true;
}

static bool name_policy(const struct set *set, size_t i, struct named *named)
{
	const struct sp_conf *sp = &set->sp[i];
	u8 *at = named->key;

	at = put(at, &sp->dir, 1);
	put(at, &sp->priority, sizeof(sp->priority));
	named->sel = &sp->sel;
	named->line = sp->line;
	return true;
}

/* Return: the first one that is there twice, the other one behind it, or NULL */
static const struct named *find_twice(struct named *named, size_t n)
{
	size_t i;

	if (!n)
		return NULL;
	qsort(named, n, sizeof(*named), compare_named);
	for (i = 1; i < n; i++)
		if (!compare_names(&named[i - 1], &named[i]))
			return &named[i - 1];
	return NULL;
}

static int tunnel_twice(const struct set *set, const struct named *twice,
			struct err *e)
{
	return err_set(e, ERR_USAGE, set->sa[twice[1].index].tunnel,
		       "this tunnel is on line %u already", twice[0].line);
}

static int sa_twice(const struct set *set, const struct named *twice,
		    struct err *e)
{
	const struct sa_conf *a = &set->sa[twice[0].index];
	const struct sa_conf *b = &set->sa[twice[1].index];
	bool in = b->dir == NF_IPSEC_DIR_IN;
	const char *other;

	if (!sa_of_tunnel(a) || !sa_of_tunnel(b))
		return err_set(e, ERR_USAGE, "sa",
			       "expected once, it is also on line %u", a->line);
	other = in ? "another spi-in" : "another spi-out";
	if (!((a->has | b->has) & (HAS_SPI_IN | HAS_SPI_OUT)))
		other = "another secret";
	return err_set(e, ERR_USAGE, b->tunnel,
		       "its %s SA is that of tunnel %s on line %u; expected %s, or one tunnel with several protect",
		       in ? "inbound" : "outbound", a->tunnel, a->line, other);
}

static int policy_twice(const struct set *set, const struct named *twice,
			struct err *e)
{
	const struct sp_conf *a = &set->sp[twice[0].index];
	const struct sp_conf *b = &set->sp[twice[1].index];
	char src[PRINT_PREFIX_LEN];
	char dst[PRINT_PREFIX_LEN];

	print_prefix(&b->sel.src, src);
	print_prefix(&b->sel.dst, dst);
	if (!sp_of_tunnel(a) || !sp_of_tunnel(b))
		return err_set(e, ERR_USAGE, "policy",
			       "src %s dst %s is on line %u already; expected other prefixes or another priority",
			       src, dst, a->line);
	if (b->action == NF_IPSEC_ACTION_BYPASS)
		return err_set(e, ERR_USAGE, b->tunnel,
			       "tunnel %s on line %u leaves %s clear within itself too; expected another priority",
			       a->tunnel, a->line, src);
	return err_set(e, ERR_USAGE, b->tunnel,
		       "tunnel %s on line %u protects %s %s too; expected other prefixes or another priority",
		       a->tunnel, a->line,
		       b->dir == NF_IPSEC_DIR_IN ? dst : src,
		       b->dir == NF_IPSEC_DIR_IN ? src : dst);
}

/**
 * struct kind - what may be there only once
 * @policies: it is among the policies of a set, not among its SAs
 * @name: the name of the one at @i; false if that is none
 * @twice: sets the error for two of the same name
 */
struct kind {
	bool policies;
	bool (*name)(const struct set *set, size_t i, struct named *named);
	int (*twice)(const struct set *set, const struct named *twice,
		     struct err *e);
};

/* A tunnel that is there twice is told as such, not as an SA that is */
static const struct kind kinds[] = {
	{ false, name_tunnel, tunnel_twice },
	{ false, name_sa, sa_twice },
	{ true, name_policy, policy_twice },
};

/* Return: how many there are */
static size_t name_all(const struct kind *kind, const struct set *set,
		       struct named *named)
{
	size_t all = kind->policies ? set->n_sp : set->n_sa;
	size_t n = 0;
	size_t i;

	for (i = 0; i < all; i++)
		if (kind->name(set, i, &named[n]))
			named[n++].index = i;
	return n;
}

int twice_check(const struct set *set, u32 *line, struct err *e)
{
	size_t n = set->n_sa + set->n_sp + 1;
	struct named *named = calloc(n, sizeof(*named));
	const struct named *twice = NULL;
	size_t i;
	int rc = 0;

	if (!named)
		return err_set(e, ERR_USAGE, "memory", "none left");
	for (i = 0; !twice && i < ARRAY_SIZE(kinds); i++) {
		memset(named, 0, n * sizeof(*named));
		twice = find_twice(named, name_all(&kinds[i], set, named));
		if (!twice)
			continue;
		*line = twice[1].line;
		rc = kinds[i].twice(set, twice, e);
	}
	free(named);
	return rc;
}

/* SAs of one key are next to each other, the inbound ones first */
static int compare_keys(const void *a, const void *b)
{
	const struct sa_conf *x = *(const struct sa_conf *const *)a;
	const struct sa_conf *y = *(const struct sa_conf *const *)b;
	int order = memcmp(x->key, y->key, sizeof(*x->key));

	if (!order)
		order = x->dir - y->dir;
	return order ? order : x->line < y->line ? -1 : x->line > y->line;
}

/* Return: the SAs whose keys are known, sorted, or NULL if there is no memory;
 * keys are not copied
 */
static const struct sa_conf **sort_by_key(const struct set *set, size_t *n)
{
	const struct sa_conf **sorted = calloc(set->n_sa + 1, sizeof(*sorted));
	size_t i;

	*n = 0;
	for (i = 0; sorted && i < set->n_sa; i++)
		if (set->sa[i].key)
			sorted[(*n)++] = &set->sa[i];
	if (sorted)
		qsort(sorted, *n, sizeof(*sorted), compare_keys);
	return sorted;
}

/* The salt is a part of the key */
static bool is_counter(const struct xform *x)
{
	const struct ipsec_alg *enc = ipsec_alg_get(x->enc);
	const struct ipsec_alg *auth = ipsec_alg_get(x->auth);

	return (enc && enc->counter) || (auth && auth->counter);
}

static bool same_xform(const struct xform *a, const struct xform *b)
{
	return a->enc == b->enc && a->auth == b->auth;
}

int twice_check_keys(const struct set *set, const char *file, u32 *line,
		     struct err *e)
{
	const struct sa_conf **sa;
	size_t n, i;
	int rc = 0;

	sa = sort_by_key(set, &n);
	if (!sa)
		return err_set(e, ERR_USAGE, "memory", "none left");
	for (i = 1; i < n && !rc; i++) {
		if (sa[i]->dir == sa[i - 1]->dir ||
		    memcmp(sa[i]->key, sa[i - 1]->key, sizeof(*sa[i]->key)))
			continue;
		*line = sa[i]->line;
		if (is_counter(&sa[i]->o.xform) &&
		    same_xform(&sa[i]->o.xform, &sa[i - 1]->o.xform))
			rc = err_set(e, ERR_USAGE, "key",
				     "the inbound SA of line %u has the same one, which this algorithm does not bear; nfipsec genkey makes one for each direction",
				     sa[i - 1]->line);
		else
			fprintf(stderr,
				"nfipsec: warning: %s:%u: the inbound SA of line %u has the same key; each direction needs a key of its own\n",
				file, sa[i]->line, sa[i - 1]->line);
	}
	free(sa);
	return rc;
}
