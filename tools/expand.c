// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tunnel is a shorthand for two SAs and a few policies.
 */
#include "expand.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "err.h"
#include "kdf.h"
#include "key.h"
#include "lib/alg.h"
#include "print.h"
#include "set.h"

static int add_policy(const struct tunnel_conf *t, struct set *set, u8 dir,
		      const struct prefix *local, const struct prefix *remote,
		      u8 action, struct err *e)
{
	struct sp_conf *sp = set_add_sp(set, e);
	bool in = dir == NF_IPSEC_DIR_IN;

	if (!sp)
		return -1;
	sp->line = t->line;
	sp->dir = dir;
	sp->action = action;
	sp->priority = t->priority;
	if (action == NF_IPSEC_ACTION_BYPASS)
		sp->priority--;
	strcpy(sp->tunnel, t->name);
	sp->sel.family = local->addr.family;
	sp->sel.src = in ? *remote : *local;
	sp->sel.dst = in ? *local : *remote;
	return 0;
}

static int add_both(const struct tunnel_conf *t, struct set *set,
		    const struct prefix *local, const struct prefix *remote,
		    u8 action, struct err *e)
{
	if (add_policy(t, set, NF_IPSEC_DIR_OUT, local, remote, action, e))
		return -1;
	return add_policy(t, set, NF_IPSEC_DIR_IN, local, remote, action, e);
}

int expand_policies(const struct tunnel_conf *t, struct set *set,
		    struct err *e)
{
	struct protect ends;
	size_t i;

	if (t->o.mode == NF_IPSEC_MODE_TRANSPORT) {
		prefix_host(&ends.local, &t->o.local);
		prefix_host(&ends.remote, &t->o.remote);
		return add_both(t, set, &ends.local, &ends.remote,
				NF_IPSEC_ACTION_PROTECT, e);
	}
	for (i = 0; i < t->n_protect; i++) {
		const struct protect *pair = &t->protect[i];

		/* the LAN must not be locked out of itself */
		if (check_needs_bypass(pair) &&
		    add_both(t, set, &pair->local, &pair->local,
			     NF_IPSEC_ACTION_BYPASS, e))
			return -1;
		if (add_both(t, set, &pair->local, &pair->remote,
			     NF_IPSEC_ACTION_PROTECT, e))
			return -1;
	}
	return 0;
}

static int add_sa(const struct tunnel_conf *t, u8 dir, struct set *set,
		  struct err *e)
{
	bool in = dir == NF_IPSEC_DIR_IN;
	struct sa_conf *sa = set_add_sa(set, e);

	if (!sa)
		return -1;
	sa->line = t->line;
	strcpy(sa->tunnel, t->name);
	sa->dir = dir;
	sa->spi = in ? t->spi_in : t->spi_out;
	sa->o = t->o;
	/* the other direction's words do not go to the kernel */
	if (!in)
		sa->o.padding = 1;
	if (key_src_copy(&sa->src, in ? &t->key_in : &t->key_out))
		return err_set(e, ERR_USAGE, "memory", "none left");
	return key_read_sa(sa, e);
}

static int derive(const struct key *secret, struct sa_conf *sa, struct err *e)
{
	const struct sa_opts *o = &sa->o;
	bool in = sa->dir == NF_IPSEC_DIR_IN;
	const struct kdf_sa id = {
		.sender = in ? &o->remote : &o->local,
		.receiver = in ? &o->local : &o->remote,
		.xform = &o->xform,
		.mode = o->mode,
	};

	if (!sa->spi)
		sa->spi = kdf_spi(secret, &id);
	sa->key = key_new();
	if (!sa->key)
		return err_set(e, ERR_USAGE, "memory", "none left");
	sa->key->len = ipsec_alg_pair_key_len(ipsec_alg_get(o->xform.enc),
					      ipsec_alg_get(o->xform.auth));
	kdf_key(secret, &id, sa->spi, sa->key);
	return 0;
}

static int expand_tunnel(const struct tunnel_conf *t, struct set *set,
			 struct err *e)
{
	size_t first = set->n_sa;
	struct key *secret;
	int rc;

	if (add_sa(t, NF_IPSEC_DIR_IN, set, e) ||
	    add_sa(t, NF_IPSEC_DIR_OUT, set, e) ||
	    expand_policies(t, set, e))
		return -1;
	if (t->secret.kind == KEY_NONE)
		return 0;
	secret = key_read(&t->secret, CONF_SECRET_LEN, e);
	if (!secret)
		return -1;
	rc = derive(secret, &set->sa[first], e);
	if (!rc)
		rc = derive(secret, &set->sa[first + 1], e);
	key_free(secret);
	return rc;
}

static int move_sa(struct sa_conf *from, struct set *set, struct err *e)
{
	struct sa_conf *sa = set_add_sa(set, e);

	if (!sa)
		return -1;
	*sa = *from;
	memset(from, 0, sizeof(*from));
	return key_read_sa(sa, e);
}

static int move_policy(struct sp_conf *from, struct set *set, struct err *e)
{
	struct sp_conf *sp = set_add_sp(set, e);

	if (!sp)
		return -1;
	*sp = *from;
	memset(from, 0, sizeof(*from));
	return 0;
}

int expand_conf(struct conf *c, struct set *set, struct err *e)
{
	switch (c->kind) {
	case CONF_SA:
		return move_sa(&c->sa, set, e);
	case CONF_POLICY:
		return move_policy(&c->sp, set, e);
	default:
		return expand_tunnel(&c->tunnel, set, e);
	}
}

/**
 * struct named - what the kernel finds an SA or a policy by, as octets
 * @key: the name, zero behind it
 * @line: where it is in the file
 */
struct named {
	u8 key[64];
	u32 line;
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

static int check_twice(struct named *named, size_t n, const char *what,
		       u32 *line, struct err *e)
{
	size_t i;

	if (!n)
		return 0;
	qsort(named, n, sizeof(*named), compare_named);
	for (i = 1; i < n; i++) {
		if (memcmp(named[i - 1].key, named[i].key,
			   sizeof(named[i].key)))
			continue;
		*line = named[i].line;
		return err_set(e, ERR_USAGE, what,
			       "expected once, it is also on line %u",
			       named[i - 1].line);
	}
	return 0;
}

static int check_names(const struct set *set, u32 *line, struct err *e)
{
	struct named *named;
	size_t i;
	int rc;

	named = calloc(set->n_sa + set->n_sp + 1, sizeof(*named));
	if (!named)
		return err_set(e, ERR_USAGE, "memory", "none left");
	for (i = 0; i < set->n_sa; i++)
		name_sa(&named[i], &set->sa[i]);
	rc = check_twice(named, set->n_sa, "sa", line, e);
	memset(named, 0, set->n_sa * sizeof(*named));
	for (i = 0; i < set->n_sp; i++)
		name_policy(&named[i], &set->sp[i]);
	if (!rc)
		rc = check_twice(named, set->n_sp, "policy", line, e);
	free(named);
	return rc;
}

/* Does a tunnel's bypass for its LAN take packets from another tunnel? */
static int check_opened(const struct sp_conf *bypass, const struct sp_conf *sp,
			u32 *line, struct err *e)
{
	const struct protect pair = {
		.local = sp->sel.src, .remote = sp->sel.dst,
	};
	char remote[PRINT_PREFIX_LEN];
	char lan[PRINT_PREFIX_LEN];

	if (sp->action != NF_IPSEC_ACTION_PROTECT ||
	    sp->dir != NF_IPSEC_DIR_OUT || sp->priority < bypass->priority ||
	    !check_bypass(&bypass->sel.src, &pair))
		return 0;
	*line = sp->line;
	return err_set(e, ERR_USAGE, "protect",
		       "%s would stay clear, as tunnel %s leaves %s clear within itself; expected a priority below %u",
		       print_prefix(&pair.remote, remote), bypass->tunnel,
		       print_prefix(&bypass->sel.src, lan), bypass->priority);
}

/* Those that a user wrote alone are what the user wants */
static bool is_lan_bypass(const struct sp_conf *sp)
{
	return sp->action == NF_IPSEC_ACTION_BYPASS &&
	       sp->dir == NF_IPSEC_DIR_OUT && sp->tunnel[0] &&
	       prefix_equal(&sp->sel.src, &sp->sel.dst);
}

static int check_all_opened(const struct set *bypasses,
			    const struct set *protects, u32 *line,
			    struct err *e)
{
	size_t i, j;

	for (i = 0; i < bypasses->n_sp; i++) {
		const struct sp_conf *bypass = &bypasses->sp[i];

		if (!is_lan_bypass(bypass))
			continue;
		for (j = 0; j < protects->n_sp; j++)
			if (check_opened(bypass, &protects->sp[j], line, e))
				return -1;
	}
	return 0;
}

int expand_check(const struct set *set, u32 *line, struct err *e)
{
	if (check_names(set, line, e))
		return -1;
	return check_all_opened(set, set, line, e);
}

int expand_check_beside(const struct set *set, const struct set *running,
			const char *tunnel, struct err *e)
{
	struct set others = *running;
	size_t i;
	u32 line;
	int rc;

	others.sp = calloc(running->n_sp + 1, sizeof(*others.sp));
	if (!others.sp)
		return err_set(e, ERR_USAGE, "memory", "none left");
	others.n_sp = 0;
	for (i = 0; i < running->n_sp; i++)
		if (strcmp(running->sp[i].tunnel, tunnel))
			others.sp[others.n_sp++] = running->sp[i];
	rc = check_all_opened(set, &others, &line, e);
	if (!rc)
		rc = check_all_opened(&others, set, &line, e);
	free(others.sp);
	return rc;
}
