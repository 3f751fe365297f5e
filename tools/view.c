// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel knows SAs and policies.  Where those of one name are what a
 * tunnel line would have made, they are shown as that line.
 */
#include "view.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "err.h"
#include "expand.h"
#include "life.h"
#include "parse.h"
#include "set.h"
#include "show.h"

static int compare_names(const void *a, const void *b)
{
	const struct view_tunnel *x = a;
	const struct view_tunnel *y = b;

	return strcmp(x->name, y->name);
}

struct view_tunnel *view_find(const struct view *view, const char *name)
{
	const struct view_tunnel key = { .name = name };

	if (!view->n)
		return NULL;
	return bsearch(&key, view->tunnel, view->n, sizeof(key),
		       compare_names);
}

/* One tunnel for every name that is in use */
static int collect_names(struct view *view, const struct set *set)
{
	struct view_tunnel *all;
	size_t n = 0;
	size_t i;

	all = calloc(set->n_sa + set->n_sp + 1, sizeof(*all));
	if (!all)
		return -1;
	for (i = 0; i < set->n_sa; i++)
		if (set->sa[i].tunnel[0])
			all[n++].name = set->sa[i].tunnel;
	for (i = 0; i < set->n_sp; i++)
		if (set->sp[i].tunnel[0])
			all[n++].name = set->sp[i].tunnel;
	qsort(all, n, sizeof(*all), compare_names);
	view->tunnel = all;
	for (i = 0; i < n; i++)
		if (!i || strcmp(all[view->n - 1].name, all[i].name))
			all[view->n++].name = all[i].name;
	return 0;
}

static int add_members(struct view *view, const struct set *set)
{
	const struct sp_conf **sp;
	struct view_tunnel *t;
	size_t i;

	for (i = 0; i < set->n_sa; i++) {
		t = view_find(view, set->sa[i].tunnel);
		if (!t)
			continue;
		if (set->sa[i].dir == NF_IPSEC_DIR_IN) {
			t->in = &set->sa[i];
			t->n_in++;
		} else {
			t->out = &set->sa[i];
			t->n_out++;
		}
	}
	for (i = 0; i < set->n_sp; i++) {
		t = view_find(view, set->sp[i].tunnel);
		if (!t)
			continue;
		sp = reallocarray(t->sp, t->n_sp + 1, sizeof(*sp));
		if (!sp)
			return -1;
		t->sp = sp;
		sp[t->n_sp++] = &set->sp[i];
	}
	return 0;
}

static bool mirrored(const struct sa_conf *in, const struct sa_conf *out)
{
	return addr_equal(&in->o.local, &out->o.local) &&
	       addr_equal(&in->o.remote, &out->o.remote) &&
	       in->o.xform.proto == out->o.xform.proto &&
	       in->o.xform.enc == out->o.xform.enc &&
	       in->o.xform.auth == out->o.xform.auth &&
	       in->o.mode == out->o.mode && in->o.esn == out->o.esn &&
	       in->o.icv_pad == out->o.icv_pad &&
	       in->o.exchanged == out->o.exchanged &&
	       life_equal(&in->o, &out->o) &&
	       in->o.mss == out->o.mss &&
	       in->o.encap.local == out->o.encap.local &&
	       in->o.encap.remote == out->o.encap.remote &&
	       !strcmp(in->o.via, out->o.via) &&
	       !in->sel.family && !out->sel.family && !out->for_dscp &&
	       in->src.kind == KEY_FINGERPRINT &&
	       out->src.kind == KEY_FINGERPRINT;
}

static int add_pair(struct tunnel_conf *t, const struct sp_conf *sp)
{
	struct protect *pair;

	pair = reallocarray(t->protect, t->n_protect + 1, sizeof(*pair));
	if (!pair)
		return -1;
	t->protect = pair;
	pair += t->n_protect++;
	pair->local = sp->sel.src;
	pair->remote = sp->sel.dst;
	/* a tunnel has none, so that it will not fit */
	pair->local.range = false;
	pair->remote.range = false;
	t->priority = sp->priority;
	t->has |= HAS_PROTECT;
	return 0;
}

/* The line that probably made it */
static int guess(const struct view_tunnel *vt, struct tunnel_conf *t)
{
	bool tunnel_mode = vt->in->o.mode == NF_IPSEC_MODE_TUNNEL;
	size_t i;

	t->has = HAS_LOCAL | HAS_REMOTE | HAS_XFORM | HAS_SPI_IN |
		 HAS_SPI_OUT | HAS_KEY_IN | HAS_KEY_OUT;
	strcpy(t->name, vt->name);
	t->o = vt->out->o;
	t->o.window = vt->in->o.window;
	t->o.padding = vt->in->o.padding;
	t->o.follow = vt->in->o.follow;
	t->o.match = vt->in->o.match;
	t->o.orig_local = vt->in->o.orig_local;
	t->o.orig_remote = vt->in->o.orig_remote;
	t->spi_in = vt->in->spi;
	t->spi_out = vt->out->spi;
	t->key_in = vt->in->src;
	t->key_out = vt->out->src;
	for (i = 0; i < vt->n_sp; i++) {
		const struct sp_conf *sp = vt->sp[i];

		if (sp->action != NF_IPSEC_ACTION_PROTECT ||
		    sp->dir != NF_IPSEC_DIR_OUT)
			continue;
		if (!tunnel_mode)
			t->priority = sp->priority;
		else if (add_pair(t, sp))
			return -1;
	}
	return 0;
}

static bool policy_among(const struct sp_conf *sp, const struct set *set)
{
	size_t i;

	for (i = 0; i < set->n_sp; i++)
		if (sp_same_id(sp, &set->sp[i]) &&
		    sp->action == set->sp[i].action &&
		    sp->pfp == set->sp[i].pfp)
			return true;
	return false;
}

/* Would the line make just these policies?  Return: 1, 0, or -1 without memory */
static int policies_fit(const struct view_tunnel *vt,
			const struct tunnel_conf *t)
{
	struct set made = { };
	struct err e = { };
	size_t i;
	int fit;

	fit = expand_policies(t, &made, &e) ? -1 : made.n_sp == vt->n_sp;
	for (i = 0; fit > 0 && i < vt->n_sp; i++)
		fit = policy_among(vt->sp[i], &made);
	set_free(&made);
	return fit;
}

static int make_whole(struct view_tunnel *vt)
{
	char name[NF_IPSEC_NAME_MAX + 1];
	struct err e = { };
	int fit;

	if (vt->n_in != 1 || vt->n_out != 1 || !vt->n_sp ||
	    !mirrored(vt->in, vt->out) ||
	    parse_name("tunnel", vt->name, name, &e))
		return 0;
	conf_init(&vt->conf, CONF_TUNNEL);
	if (guess(vt, &vt->conf.tunnel))
		return -1;
	if (check_tunnel(&vt->conf.tunnel, &e))
		return 0;
	fit = policies_fit(vt, &vt->conf.tunnel);
	vt->whole = fit > 0;
	return fit < 0 ? -1 : 0;
}

int view_make(struct view *view, const struct set *set, struct err *e)
{
	size_t i;

	memset(view, 0, sizeof(*view));
	view->set = set;
	if (collect_names(view, set) || add_members(view, set))
		return err_set(e, ERR_KERNEL, "memory", "none left");
	for (i = 0; i < view->n; i++)
		if (make_whole(&view->tunnel[i]))
			return err_set(e, ERR_KERNEL, "memory", "none left");
	return 0;
}

void view_free(struct view *view)
{
	size_t i;

	for (i = 0; i < view->n; i++) {
		free(view->tunnel[i].sp);
		conf_free(&view->tunnel[i].conf);
	}
	free(view->tunnel);
	memset(view, 0, sizeof(*view));
}

static bool wanted(const char *tunnel, const char *name, bool loose)
{
	if (!*tunnel)
		return loose;
	return !name || !strcmp(tunnel, name);
}

void view_show(struct view *view, struct show *show, const char *name,
	       bool loose)
{
	const struct set *set = view->set;
	struct view_tunnel *t;
	size_t i;

	if (loose && set->settings.has)
		show_settings(show, &set->settings);
	for (i = 0; i < set->n_sa; i++) {
		t = view_find(view, set->sa[i].tunnel);
		if (wanted(set->sa[i].tunnel, name, loose) &&
		    !(t && t->whole))
			show_sa(show, &set->sa[i]);
	}
	/* in the order of the policies: among equals the older one wins */
	for (i = 0; i < set->n_sp; i++) {
		t = view_find(view, set->sp[i].tunnel);
		if (!wanted(set->sp[i].tunnel, name, loose))
			continue;
		if (!t || !t->whole)
			show_policy(show, &set->sp[i]);
		else if (!t->shown)
			show_tunnel(show, t);
		if (t)
			t->shown = true;
	}
}
