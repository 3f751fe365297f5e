// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "cmd.h"
#include "expand.h"
#include "list.h"
#include "parse.h"
#include "print.h"
#include "set.h"
#include "show.h"
#include "view.h"
#include "warn.h"

/* The name of a peer's tunnel when none was given */
#define PEER_NAME	"peer"

/* Where its keys will probably be */
#define PEER_FOLDER	"/etc/nfipsec/"
#define PEER_PATH_LEN	(sizeof(PEER_FOLDER "-out.key") + NF_IPSEC_NAME_MAX)

/* May the tunnel be beside what there is? */
static int check_beside(const struct change *change, const struct set *running,
			struct err *e)
{
	if (change->how == NL_ADD && set_has_tunnel(running, change->tunnel))
		return err_set(e, ERR_KERNEL, change->tunnel,
			       "exists already; tunnel replace changes it");
	return expand_check_beside(change->set, running, change->tunnel, e);
}

static int send_tunnel(struct cmd *cmd, const struct set *set,
		       const char *name)
{
	bool add = !strcmp(cmd->verb, "add");
	const struct change change = {
		.set = set,
		.how = add ? NL_ADD : NL_REPLACE,
		.replace_all = !add,
		.tunnel = name,
		.check = check_beside,
	};

	return change_make(&change, cmd->e);
}

static int put(struct cmd *cmd, struct conf *c, struct set *set)
{
	char name[NF_IPSEC_NAME_MAX + 1];
	struct tunnel_conf *t = &c->tunnel;

	if (parse_object(CONF_TUNNEL, cmd->word, cmd->n, c, cmd->e))
		return -1;
	if (!strcmp(cmd->verb, "add") &&
	    (t->key_in.kind == KEY_FINGERPRINT ||
	     t->key_out.kind == KEY_FINGERPRINT))
		return err_set(cmd->e, ERR_USAGE,
			       t->key_in.kind == KEY_FINGERPRINT ?
			       "key-fingerprint-in" : "key-fingerprint-out",
			       "expected a key to add a tunnel; a fingerprint is for replace");
	if (cmd->dry)
		return show_one(cmd, c);
	strcpy(name, t->name);
	if (expand_conf(c, set, cmd->e))
		return -1;
	/* the inbound SA, which is the first */
	warn_command(&set->sa[0]);
	return send_tunnel(cmd, set, name);
}

int cmd_tunnel_put(struct cmd *cmd)
{
	struct set set = { };
	struct conf c;
	int rc;

	rc = put(cmd, &c, &set);
	set_free(&set);
	conf_free(&c);
	return rc;
}

/* The only word of a command: a tunnel's name */
static int take_name(struct cmd *cmd, char *name)
{
	if (!cmd->n)
		return err_set(cmd->e, ERR_USAGE, cmd->verb,
			       "expected a tunnel's name, found nothing");
	if (parse_name("tunnel", cmd->word[0], name, cmd->e))
		return -1;
	cmd->word++;
	cmd->n--;
	return cmd_no_more(cmd);
}

static int check_exists(const struct change *change, const struct set *running,
			struct err *e)
{
	return set_need_tunnel(running, change->tunnel, e);
}

int cmd_tunnel_del(struct cmd *cmd)
{
	char name[NF_IPSEC_NAME_MAX + 1];
	const struct set none = { };
	const struct change change = {
		.set = &none, .replace_all = true, .tunnel = name,
		.check = check_exists,
	};

	return take_name(cmd, name) ? -1 : change_make(&change, cmd->e);
}

int cmd_tunnel_get(struct cmd *cmd)
{
	char name[NF_IPSEC_NAME_MAX + 1];

	if (take_name(cmd, name))
		return -1;
	cmd->stat = true;
	return list_tunnels(cmd, name, false);
}

int cmd_tunnel_list(struct cmd *cmd)
{
	return cmd_no_name(cmd, "get") ? -1 : list_tunnels(cmd, NULL, false);
}

/* Everything that carries a name goes */
static int del_named(struct nl *nl, const struct change *change,
		     const struct set *running, struct err *e)
{
	struct sp_conf id;
	size_t i;

	(void)change;
	for (i = 0; i < running->n_sp; i++) {
		id = running->sp[i];
		id.has = HAS_ID;
		if (id.tunnel[0] && nl_sp_del(nl, &id, e))
			return -1;
	}
	for (i = 0; i < running->n_sa; i++)
		if (running->sa[i].tunnel[0] &&
		    nl_sa_del(nl, &running->sa[i], e))
			return -1;
	return 0;
}

int cmd_tunnel_flush(struct cmd *cmd)
{
	const struct set none = { };
	const struct change change = { .set = &none, .alter = del_named };

	return cmd_no_name(cmd, "del") ? -1 : change_make(&change, cmd->e);
}

static void swap(void *a, void *b, size_t size)
{
	char tmp[sizeof(struct key_src)];

	memcpy(tmp, a, size);
	memcpy(a, b, size);
	memcpy(b, tmp, size);
}

/* Behind NAT each end knows the other by another address than its own.  Return:
 * the one it has itself.
 */
static struct addr own_addr(struct addr *orig, const struct addr *addr)
{
	struct addr own = orig->family ? *orig : *addr;

	memset(orig, 0, sizeof(*orig));
	if (!addr_equal(&own, addr))
		*orig = *addr;
	return own;
}

/* What is local here is remote there */
static void mirror(struct tunnel_conf *t)
{
	size_t i;

	t->o.local = own_addr(&t->o.orig_local, &t->o.local);
	t->o.remote = own_addr(&t->o.orig_remote, &t->o.remote);
	swap(&t->o.local, &t->o.remote, sizeof(t->o.local));
	swap(&t->o.orig_local, &t->o.orig_remote, sizeof(t->o.orig_local));
	swap(&t->spi_in, &t->spi_out, sizeof(t->spi_in));
	swap(&t->o.encap.local, &t->o.encap.remote, sizeof(t->o.encap.local));
	swap(&t->key_in, &t->key_out, sizeof(t->key_in));
	/* these are for the end that is behind NAT */
	t->o.keepalive = 0;
	t->o.follow = 1;
	t->o.match = NF_IPSEC_MATCH_DST;
	for (i = 0; i < t->n_protect; i++)
		swap(&t->protect[i].local, &t->protect[i].remote,
		     sizeof(struct prefix));
}

static void peer_path(struct key_src *src, const char *name,
		      const char *suffix, char *path)
{
	snprintf(path, PEER_PATH_LEN, PEER_FOLDER "%s%s.key", name, suffix);
	src->kind = KEY_FILE;
	src->path = path;
}

/* A running tunnel's keys are not known, only what they must look like, and
 * not whether they come from a secret either
 */
static void peer_of_running(const struct view_tunnel *vt)
{
	char in[2 * NF_IPSEC_FINGERPRINT_LEN + 1];
	char out[2 * NF_IPSEC_FINGERPRINT_LEN + 1];
	struct tunnel_conf t = vt->conf.tunnel;
	char path_out[PEER_PATH_LEN];
	char path_in[PEER_PATH_LEN];
	char path[PEER_PATH_LEN];

	t.key_in.kind = KEY_NONE;
	t.key_out.kind = KEY_NONE;
	mirror(&t);
	printf("# Put the secret that this end has into the key file.  Unless this tunnel has\n"
	       "# moved, when the addresses give other keys, tunnel list then shows\n"
	       "# key-fingerprint-in %s key-fingerprint-out %s\n",
	       print_fingerprint(vt->out->src.fingerprint, in),
	       print_fingerprint(vt->in->src.fingerprint, out));
	peer_path(&t.secret, t.name, "", path);
	print_tunnel(stdout, &t);
	t.secret.kind = KEY_NONE;
	peer_path(&t.key_in, t.name, "-in", path_in);
	peer_path(&t.key_out, t.name, "-out", path_out);
	printf("# If this end has no secret but key-file-in and key-file-out: its key-file-out\n"
	       "# is the other end's key-file-in, and the line is\n# ");
	print_tunnel(stdout, &t);
	/* the view is not used any more: its pairs may stay swapped */
}

static int peer_by_name(struct cmd *cmd)
{
	char name[NF_IPSEC_NAME_MAX + 1];
	struct view_tunnel *vt = NULL;
	struct view view = { };
	struct set set = { };
	int rc;

	if (take_name(cmd, name))
		return -1;
	rc = nl_list_now(&set, cmd->e);
	if (!rc)
		rc = view_make(&view, &set, cmd->e);
	if (!rc)
		vt = view_find(&view, name);
	if (!rc && !vt)
		rc = err_set(cmd->e, ERR_KERNEL, name,
			     "the kernel knows no such tunnel");
	if (!rc && !vt->whole)
		rc = err_set(cmd->e, ERR_KERNEL, name,
			     "its SAs and policies are more than one tunnel line can say");
	if (!rc)
		peer_of_running(vt);
	view_free(&view);
	set_free(&set);
	return rc;
}

static int peer_by_words(struct cmd *cmd, char **word, size_t n)
{
	struct conf c;
	int rc = parse_object(CONF_TUNNEL, word, n, &c, cmd->e);

	if (!rc) {
		mirror(&c.tunnel);
		print_conf(stdout, &c);
	}
	conf_free(&c);
	return rc;
}

int cmd_tunnel_peer_config(struct cmd *cmd)
{
	static char name[] = PEER_NAME;
	char **word;
	int rc;

	if (cmd->n < 2)
		return peer_by_name(cmd);
	if (!parse_is_keyword(CONF_TUNNEL, cmd->word[0]))
		return peer_by_words(cmd, cmd->word, cmd->n);
	word = calloc(cmd->n + 1, sizeof(*word));
	if (!word)
		return err_set(cmd->e, ERR_USAGE, "memory", "none left");
	word[0] = name;
	memcpy(word + 1, cmd->word, cmd->n * sizeof(*word));
	rc = peer_by_words(cmd, word, cmd->n + 1);
	free(word);
	return rc;
}
