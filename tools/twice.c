// SPDX-License-Identifier: GPL-2.0-only
/*
 * No file may say anything twice: a tunnel's name, or what the kernel would
 * find the same SA or policy by.
 */
#include "twice.h"

#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "print.h"
#include "set.h"

/**
 * struct named - what an SA, a policy or a tunnel is found by, as octets
 * @key: the name, zero behind it
 * @line: where it is in the file
 * @index: where it is in the set
 */
struct named {
	u8 key[64];
	u32 line;
	size_t index;
};

static int compare_named(const void *a, const void *b)
{
	const struct named *x = a;
	const struct named *y = b;
	int order = memcmp(x->key, y->key, sizeof(x->key));

	return order ? order : x->line < y->line ? -1 : x->line > y->line;
}

static u8 *put(u8 *at, const void *from, size_t len)
{
	memcpy(at, from, len);
	return at + len;
}

static void name_sa(struct named *named, const struct sa_conf *sa)
{
	u8 *at = named->key;

	at = put(at, &sa->dir, 1);
	at = put(at, &sa->o.xform.proto, 1);
	at = put(at, &sa->spi, sizeof(sa->spi));
	put(at, sa_dst(sa), sizeof(struct addr));
	named->line = sa->line;
}

static u8 *put_ports(u8 *at, const struct ports *ports)
{
	at = put(at, &ports->set, sizeof(ports->set));
	at = put(at, &ports->min, sizeof(ports->min));
	return put(at, &ports->max, sizeof(ports->max));
}

static void name_policy(struct named *named, const struct sp_conf *sp)
{
	u8 *at = named->key;

	at = put(at, &sp->dir, 1);
	at = put(at, &sp->priority, sizeof(sp->priority));
	at = put(at, &sp->sel.proto, 1);
	at = put(at, &sp->sel.proto_set, 1);
	at = put(at, &sp->sel.src, sizeof(sp->sel.src));
	at = put(at, &sp->sel.dst, sizeof(sp->sel.dst));
	at = put_ports(at, &sp->sel.sport);
	put_ports(at, &sp->sel.dport);
	named->line = sp->line;
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

/* Return: the first one that is there twice, the other one behind it, or NULL */
static const struct named *find_twice(struct named *named, size_t n)
{
	size_t i;

	if (!n)
		return NULL;
	qsort(named, n, sizeof(*named), compare_named);
	for (i = 1; i < n; i++)
		if (!memcmp(named[i - 1].key, named[i].key,
			    sizeof(named[i].key)))
			return &named[i - 1];
	return NULL;
}

static int check_tunnels(const struct set *set, struct named *named, u32 *line,
			 struct err *e)
{
	const struct named *twice;
	size_t n = 0;
	size_t i;

	for (i = 0; i < set->n_sa; i++) {
		const struct sa_conf *sa = &set->sa[i];

		if (!sa_of_tunnel(sa) || sa->dir != NF_IPSEC_DIR_IN)
			continue;
		strcpy((char *)named[n].key, sa->tunnel);
		named[n++].line = sa->line;
	}
	twice = find_twice(named, n);
	if (!twice)
		return 0;
	*line = twice[1].line;
	return err_set(e, ERR_USAGE, (const char *)twice[1].key,
		       "this tunnel is on line %u already", twice[0].line);
}

static int sa_twice(const struct sa_conf *a, const struct sa_conf *b,
		    struct err *e)
{
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

static int check_sas(const struct set *set, struct named *named, u32 *line,
		     struct err *e)
{
	const struct named *twice;
	size_t i;

	for (i = 0; i < set->n_sa; i++) {
		name_sa(&named[i], &set->sa[i]);
		named[i].index = i;
	}
	twice = find_twice(named, set->n_sa);
	if (!twice)
		return 0;
	*line = twice[1].line;
	return sa_twice(&set->sa[twice[0].index], &set->sa[twice[1].index], e);
}

static int policy_twice(const struct sp_conf *a, const struct sp_conf *b,
			struct err *e)
{
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

static int check_policies(const struct set *set, struct named *named,
			  u32 *line, struct err *e)
{
	const struct named *twice;
	size_t i;

	for (i = 0; i < set->n_sp; i++) {
		name_policy(&named[i], &set->sp[i]);
		named[i].index = i;
	}
	twice = find_twice(named, set->n_sp);
	if (!twice)
		return 0;
	*line = twice[1].line;
	return policy_twice(&set->sp[twice[0].index],
			    &set->sp[twice[1].index], e);
}

int twice_check(const struct set *set, u32 *line, struct err *e)
{
	size_t n = set->n_sa + set->n_sp + 1;
	struct named *named = calloc(n, sizeof(*named));
	int rc;

	if (!named)
		return err_set(e, ERR_USAGE, "memory", "none left");
	rc = check_tunnels(set, named, line, e);
	memset(named, 0, n * sizeof(*named));
	if (!rc)
		rc = check_sas(set, named, line, e);
	memset(named, 0, n * sizeof(*named));
	if (!rc)
		rc = check_policies(set, named, line, e);
	free(named);
	return rc;
}
