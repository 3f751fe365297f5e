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
#include "twice.h"

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
	sa->has = t->has & (in ? HAS_SPI_IN : HAS_SPI_OUT);
	sa->o = t->o;
	/* the other direction's words do not go to the kernel */
	if (in) {
		sa->o.keepalive = 0;
		sa->o.seq_wrap = 0;
	} else {
		sa->o.padding = 1;
		sa->o.follow = 1;
		sa->o.match = NF_IPSEC_MATCH_DST;
		memset(&sa->o.orig_local, 0, sizeof(sa->o.orig_local));
		memset(&sa->o.orig_remote, 0, sizeof(sa->o.orig_remote));
	}
	if (key_src_copy(&sa->src, in ? &t->key_in : &t->key_out))
		return err_set(e, ERR_USAGE, "memory", "none left");
	return key_read_sa(sa, e);
}

/* Each end goes by the address it has itself: behind NAT they agree on no other */
static int derive(const struct key *secret, const struct sa_opts *t,
		  struct sa_conf *sa, struct err *e)
{
	const struct addr *peer = t->orig_remote.family ? &t->orig_remote :
							  &t->remote;
	const struct sa_opts *o = &sa->o;
	bool in = sa->dir == NF_IPSEC_DIR_IN;
	const struct kdf_sa id = {
		.sender = in ? peer : &o->local,
		.receiver = in ? &o->local : peer,
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
	secret = key_read(&t->secret, NULL, e);
	if (!secret)
		return -1;
	rc = derive(secret, &t->o, &set->sa[first], e);
	if (!rc)
		rc = derive(secret, &t->o, &set->sa[first + 1], e);
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
	case CONF_SETTINGS:
		return settings_merge(&set->settings, &c->settings, e);
	default:
		return expand_tunnel(&c->tunnel, set, e);
	}
}

/* Does a tunnel's bypass for its LAN take packets from another tunnel? */
static int check_opened_set(const struct sp_conf *bypass,
			    const struct sp_conf *sp,
			    const struct sel_conf *sel, u32 *line,
			    struct err *e)
{
	const struct protect pair = { .local = sel->src, .remote = sel->dst };
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

static int check_opened(const struct sp_conf *bypass, const struct sp_conf *sp,
			u32 *line, struct err *e)
{
	u32 i;

	for (i = 0; i <= sp->sel.n_more; i++)
		if (check_opened_set(bypass, sp, sel_set_const(&sp->sel, i),
				     line, e))
			return -1;
	return 0;
}

/* Those that a user wrote alone are what the user wants */
static bool is_lan_bypass(const struct sp_conf *sp)
{
	return sp->action == NF_IPSEC_ACTION_BYPASS &&
	       sp->dir == NF_IPSEC_DIR_OUT && sp->tunnel[0] &&
	       !sp->sel.n_more &&
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
	if (twice_check(set, line, e))
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
