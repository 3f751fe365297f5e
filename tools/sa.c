// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "key.h"
#include "object.h"
#include "parse.h"
#include "print.h"
#include "set.h"
#include "warn.h"

static int send(struct cmd *cmd, struct sa_conf *sa, enum nl_how how)
{
	struct nl *nl;
	int rc;

	if (key_read_sa(sa, cmd->e))
		return -1;
	warn_command(sa);
	nl = nl_open(cmd->e);
	rc = nl ? nl_sa_put(nl, sa, how, cmd->e) : -1;
	nl_close(nl);
	return rc;
}

static int put(struct cmd *cmd, struct conf *c)
{
	enum nl_how how = strcmp(cmd->verb, "add") ? NL_REPLACE : NL_ADD;

	if (parse_object(CONF_SA, cmd->word, cmd->n, c, cmd->e))
		return -1;
	if (how == NL_ADD && c->sa.src.kind == KEY_FINGERPRINT)
		return err_set(cmd->e, ERR_USAGE, "key-fingerprint",
			       "expected a key to add an SA; a fingerprint is for replace");
	if (!cmd->dry)
		return send(cmd, &c->sa, how);
	return show_one(cmd, c);
}

int cmd_sa_put(struct cmd *cmd)
{
	struct conf c;
	int rc;

	rc = put(cmd, &c);
	conf_free(&c);
	return rc;
}

static void print_id(const struct conf *c)
{
	print_sa_id(stdout, &c->sa);
}

static int del(struct nl *nl, const struct conf *c, struct err *e)
{
	return nl_sa_del(nl, &c->sa, e);
}

static int get(struct nl *nl, const struct conf *c, struct set *set,
	       struct err *e)
{
	return nl_sa_get(nl, &c->sa, set, e);
}

static int flush(struct nl *nl, const char *tunnel, struct err *e)
{
	struct set before = { };
	int rc = 0;

	if (tunnel) {
		rc = nl_list(nl, &before, e);
		if (!rc)
			rc = set_need_tunnel(&before, tunnel, e);
	}
	if (!rc)
		rc = nl_sa_flush(nl, tunnel, e);
	set_free(&before);
	return rc;
}

static void show_all(struct show *show, const struct set *set,
		     const char *tunnel)
{
	size_t i;

	for (i = 0; i < set->n_sa; i++)
		if (!*tunnel || !strcmp(set->sa[i].tunnel, tunnel))
			show_sa(show, &set->sa[i]);
}

static const struct object sa = {
	.parse_id	= parse_sa_id,
	.print_id	= print_id,
	.del		= del,
	.get		= get,
	.flush		= flush,
	.show		= show_all,
};

int cmd_sa_del(struct cmd *cmd)
{
	return object_del(cmd, &sa);
}

int cmd_sa_get(struct cmd *cmd)
{
	return object_get(cmd, &sa);
}

int cmd_sa_list(struct cmd *cmd)
{
	return object_list(cmd, &sa);
}

int cmd_sa_flush(struct cmd *cmd)
{
	return object_flush(cmd, &sa);
}
