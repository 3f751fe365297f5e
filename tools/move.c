// SPDX-License-Identifier: GPL-2.0-only
/*
 * A running tunnel gets other ends: all of its SAs at once.
 */
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "change.h"
#include "cmd.h"
#include "grammar.h"
#include "parse.h"
#include "set.h"

/**
 * struct move - where a tunnel moves to
 * @change: of everything that is running
 * @to: its name, and the words that were given
 */
struct move {
	struct change change;
	struct tunnel_conf to;
};

/* The same address as without NAT is none */
static void settle_orig(struct addr *orig, const struct addr *addr)
{
	if (addr_equal(orig, addr))
		memset(orig, 0, sizeof(*orig));
}

static void change_ends(struct sa_conf *sa, const struct tunnel_conf *to)
{
	struct sa_opts *o = &sa->o;
	bool in = sa->dir == NF_IPSEC_DIR_IN;

	if (to->has & HAS_LOCAL)
		o->local = to->o.local;
	if (to->has & HAS_REMOTE)
		o->remote = to->o.remote;
	if (to->has & HAS_ENCAP)
		o->encap = to->o.encap;
	if (in && (to->has & HAS_ORIG_LOCAL))
		o->orig_local = to->o.orig_local;
	if (in && (to->has & HAS_ORIG_REMOTE))
		o->orig_remote = to->o.orig_remote;
	settle_orig(&o->orig_local, &o->local);
	settle_orig(&o->orig_remote, &o->remote);
	if (o->encap.local)
		return;
	memset(&o->orig_local, 0, sizeof(o->orig_local));
	memset(&o->orig_remote, 0, sizeof(o->orig_remote));
	o->keepalive = 0;
	o->follow = 1;
}

static int check_family(const struct addr *to, const struct addr *from,
			const char *word, struct err *e)
{
	if (!to->family || to->family == from->family)
		return 0;
	return err_set(e, ERR_USAGE, word,
		       "expected an %s address, as the tunnel's ends are",
		       from->family == AF_INET ? "IPv4" : "IPv6");
}

static int move_sa(struct nl *nl, const struct tunnel_conf *to,
		   const struct sa_conf *from, struct err *e)
{
	struct sa_conf sa = *from;

	if (check_family(&to->o.local, &from->o.local, "local", e) ||
	    check_family(&to->o.remote, &from->o.local, "remote", e) ||
	    check_family(&to->o.orig_local, &from->o.local, "orig-local", e) ||
	    check_family(&to->o.orig_remote, &from->o.local, "orig-remote", e))
		return -1;
	change_ends(&sa, to);
	if (addr_equal(&sa.o.local, &sa.o.remote))
		return err_set(e, ERR_USAGE,
			       to->has & HAS_REMOTE ? "remote" : "local",
			       "expected another address than that of the other end");
	if (!sa.o.encap.local && (to->has & (HAS_ORIG_LOCAL | HAS_ORIG_REMOTE)))
		return err_set(e, ERR_USAGE, to->has & HAS_ORIG_LOCAL ?
			       "orig-local" : "orig-remote",
			       "expected only with encap");
	return nl_sa_move(nl, &sa, from, e);
}

static int move_all(struct nl *nl, const struct change *change,
		    const struct set *running, struct err *e)
{
	const struct move *move = (const void *)change;
	size_t n = 0;
	size_t i;

	for (i = 0; i < running->n_sa; i++) {
		if (strcmp(running->sa[i].tunnel, move->to.name))
			continue;
		if (move_sa(nl, &move->to, &running->sa[i], e))
			return -1;
		n++;
	}
	if (n)
		return 0;
	return err_set(e, ERR_KERNEL, move->to.name,
		       "the kernel knows no SA of this tunnel");
}

static int parse(struct cmd *cmd, struct tunnel_conf *to)
{
	struct parse p = { .word = cmd->word, .n = cmd->n, .e = cmd->e };

	if (!p.n)
		return err_set(p.e, ERR_USAGE, cmd->verb,
			       "expected a tunnel's name, found nothing");
	if (parse_name("tunnel", p.word[p.at++], to->name, p.e) ||
	    keyword_parse(&p, &grammar_move, to, &to->has))
		return -1;
	if (to->has)
		return 0;
	return err_set(p.e, ERR_USAGE, cmd->verb,
		       "expected behind the name some of: local remote encap orig-local orig-remote");
}

int cmd_tunnel_move(struct cmd *cmd)
{
	const struct set none = { };
	struct move move = {
		.change = { .set = &none, .alter = move_all },
	};

	return parse(cmd, &move.to) ? -1 : change_make(&move.change, cmd->e);
}
