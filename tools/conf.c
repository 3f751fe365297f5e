// SPDX-License-Identifier: GPL-2.0-only
#include "conf.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

struct key *key_new(void)
{
	return calloc(1, sizeof(struct key));
}

void key_free(struct key *key)
{
	if (!key)
		return;
	explicit_bzero(key, sizeof(*key));
	free(key);
}

void sa_opts_init(struct sa_opts *o)
{
	u8 what;

	memset(o, 0, sizeof(*o));
	o->mode = NF_IPSEC_MODE_TUNNEL;
	o->esn = 1;
	o->window = CONF_WINDOW_DEFAULT;
	o->df = NF_IPSEC_DF_COPY;
	o->dscp = CONF_DSCP_COPY;
	o->ttl = CONF_TTL_DEFAULT;
	o->icv_pad = 4;
	o->padding = 1;
	o->mss = MSS_AUTO;
	for (what = 0; what < CONF_LIMITS; what++) {
		o->life[what].soft = LIFE_NONE;
		o->life[what].hard = LIFE_NONE;
	}
	o->follow = 1;
	o->extra.dummy_size = EXTRA_SIZE_MTU;
}

void conf_init(struct conf *c, enum conf_kind kind)
{
	memset(c, 0, sizeof(*c));
	c->kind = kind;
	switch (kind) {
	case CONF_SA:
		sa_opts_init(&c->sa.o);
		break;
	case CONF_POLICY:
		c->sp.priority = CONF_PRIORITY_DEFAULT;
		break;
	case CONF_TUNNEL:
		sa_opts_init(&c->tunnel.o);
		c->tunnel.priority = CONF_PRIORITY_DEFAULT;
		break;
	case CONF_SETTINGS:
		break;
	}
}

void sa_conf_free(struct sa_conf *sa)
{
	key_free(sa->key);
	sa->key = NULL;
	free(sa->src.path);
	sa->src.path = NULL;
	free(sa->stat.drops.c);
	sa->stat.drops.c = NULL;
	sel_free(&sa->sel);
}

void sp_conf_free(struct sp_conf *sp)
{
	free(sp->drops.c);
	sp->drops.c = NULL;
	sel_free(&sp->sel);
}

static void tunnel_conf_free(struct tunnel_conf *t)
{
	free(t->protect);
	free(t->secret.path);
	free(t->key_in.path);
	free(t->key_out.path);
}

void conf_free(struct conf *c)
{
	switch (c->kind) {
	case CONF_SA:
		sa_conf_free(&c->sa);
		break;
	case CONF_POLICY:
		sp_conf_free(&c->sp);
		break;
	case CONF_TUNNEL:
		tunnel_conf_free(&c->tunnel);
		break;
	case CONF_SETTINGS:
		break;
	}
	memset(c, 0, sizeof(*c));
}

int key_src_copy(struct key_src *to, const struct key_src *from)
{
	*to = *from;
	if (!from->path)
		return 0;
	to->path = strdup(from->path);
	return to->path ? 0 : -1;
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return a->family == b->family &&
	       !memcmp(a->octets, b->octets, sizeof(a->octets));
}

bool prefix_equal(const struct prefix *a, const struct prefix *b)
{
	return a->plen == b->plen && addr_equal(&a->addr, &b->addr) &&
	       a->range == b->range && addr_equal(&a->last, &b->last);
}

bool prefix_is_any(const struct prefix *p)
{
	return !p->plen && !p->range;
}

static bool octets_match(const u8 *a, const u8 *b, unsigned int bits)
{
	unsigned int whole = bits / 8;
	u8 mask = 0xff00 >> bits % 8;

	if (memcmp(a, b, whole))
		return false;
	return !(bits % 8) || !((a[whole] ^ b[whole]) & mask);
}

bool prefix_contains(const struct prefix *outer, const struct prefix *inner)
{
	return outer->addr.family == inner->addr.family &&
	       outer->plen <= inner->plen &&
	       octets_match(outer->addr.octets, inner->addr.octets,
			    outer->plen);
}

bool prefix_overlaps(const struct prefix *a, const struct prefix *b)
{
	return prefix_contains(a, b) || prefix_contains(b, a);
}

static bool bit_of(const struct addr *a, unsigned int n)
{
	return a->octets[n / 8] & (0x80 >> n % 8);
}

void prefix_set_last(struct prefix *p, const struct addr *last)
{
	unsigned int max = p->addr.family == AF_INET ? 32 : 128;
	unsigned int n = 0;

	while (n < max && bit_of(&p->addr, n) == bit_of(last, n))
		n++;
	p->plen = n;
	for (; n < max && !p->range; n++)
		p->range = bit_of(&p->addr, n) || !bit_of(last, n);
	if (p->range)
		p->last = *last;
}

void prefix_host(struct prefix *p, const struct addr *a)
{
	memset(p, 0, sizeof(*p));
	p->addr = *a;
	p->plen = a->family == AF_INET ? 32 : 128;
}

static int prefix_compare(const struct prefix *a, const struct prefix *b)
{
	int order = a->addr.family - b->addr.family;

	if (!order)
		order = memcmp(a->addr.octets, b->addr.octets,
			       sizeof(a->addr.octets));
	if (!order)
		order = a->plen - b->plen;
	if (!order)
		order = a->range - b->range;
	return order ? order : memcmp(a->last.octets, b->last.octets,
				      sizeof(a->last.octets));
}

static int ports_compare(const struct ports *a, const struct ports *b)
{
	int order = a->set - b->set;

	if (!order)
		order = a->opaque - b->opaque;
	if (!order)
		order = a->min - b->min;
	return order ? order : a->max - b->max;
}

static int number_compare(u32 a, u32 b)
{
	return a < b ? -1 : a > b;
}

static int compare_narrow(const struct sel_conf *a, const struct sel_conf *b)
{
	int order = a->proto_opaque - b->proto_opaque;

	if (!order)
		order = number_compare(a->mark, b->mark);
	if (!order)
		order = number_compare(a->mark_mask, b->mark_mask);
	return order ? order : strcmp(a->dev, b->dev);
}

/* The sets behind the first one */
static int compare_more(const struct sel_conf *a, const struct sel_conf *b)
{
	int order = number_compare(a->n_more, b->n_more);
	u32 i;

	for (i = 0; i < a->n_more && !order; i++)
		order = sel_compare(&a->more[i], &b->more[i]);
	return order;
}

int sel_compare_set(const struct sel_conf *a, const struct sel_conf *b)
{
	int order = a->family - b->family;

	if (!order)
		order = a->proto - b->proto;
	if (!order)
		order = a->proto_set - b->proto_set;
	if (!order)
		order = prefix_compare(&a->src, &b->src);
	if (!order)
		order = prefix_compare(&a->dst, &b->dst);
	if (!order)
		order = ports_compare(&a->sport, &b->sport);
	if (!order)
		order = ports_compare(&a->dport, &b->dport);
	if (!order)
		order = ports_compare(&a->type, &b->type);
	if (!order)
		order = compare_narrow(a, b);
	return order;
}

int sel_compare(const struct sel_conf *a, const struct sel_conf *b)
{
	int order = sel_compare_set(a, b);

	return order ? order : compare_more(a, b);
}

bool sel_equal(const struct sel_conf *a, const struct sel_conf *b)
{
	return !sel_compare(a, b);
}

const struct addr *sa_dst(const struct sa_conf *sa)
{
	return sa->dir == NF_IPSEC_DIR_IN ? &sa->o.local : &sa->o.remote;
}

bool sp_same_id(const struct sp_conf *a, const struct sp_conf *b)
{
	return a->dir == b->dir && a->priority == b->priority &&
	       sel_equal(&a->sel, &b->sel);
}
