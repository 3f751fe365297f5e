// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "key.h"
#include "nl.h"
#include "parse.h"
#include "print.h"
#include "set.h"
#include "show.h"

static int send(struct cmd *cmd, struct sa_conf *sa, enum nl_how how)
{
	struct nl *nl;
	int rc;

	if (key_read_sa(sa, cmd->e))
		return -1;
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

int cmd_sa_del(struct cmd *cmd)
{
	struct conf c;
	struct nl *nl;
	int rc;

	if (parse_sa_id(cmd->word, cmd->n, &c, cmd->e))
		return -1;
	if (cmd->dry) {
		print_sa_id(stdout, &c.sa);
		return 0;
	}
	nl = nl_open(cmd->e);
	rc = nl ? nl_sa_del(nl, &c.sa, cmd->e) : -1;
	nl_close(nl);
	return rc;
}

static void show_all(const struct cmd *cmd, const struct set *set,
		     const char *tunnel)
{
	struct show show;
	size_t i;

	show_begin(&show, cmd);
	for (i = 0; i < set->n_sa; i++)
		if (!*tunnel || !strcmp(set->sa[i].tunnel, tunnel))
			show_sa(&show, &set->sa[i]);
	show_end(&show);
}

int cmd_sa_get(struct cmd *cmd)
{
	struct set set = { };
	struct conf c;
	struct nl *nl;
	int rc;

	if (parse_sa_id(cmd->word, cmd->n, &c, cmd->e))
		return -1;
	if (cmd->dry) {
		print_sa_id(stdout, &c.sa);
		return 0;
	}
	nl = nl_open(cmd->e);
	rc = nl ? nl_sa_get(nl, &c.sa, &set, cmd->e) : -1;
	nl_close(nl);
	cmd->stat = true;
	if (!rc)
		show_all(cmd, &set, "");
	set_free(&set);
	return rc;
}

int cmd_sa_list(struct cmd *cmd)
{
	char tunnel[NF_IPSEC_NAME_MAX + 1];
	struct set set = { };
	struct nl *nl;
	int rc;

	if (cmd_tunnel_filter(cmd, tunnel))
		return -1;
	nl = nl_open(cmd->e);
	rc = nl ? nl_list(nl, &set, cmd->e) : -1;
	nl_close(nl);
	if (!rc)
		show_all(cmd, &set, tunnel);
	set_free(&set);
	return rc;
}

int cmd_sa_flush(struct cmd *cmd)
{
	char tunnel[NF_IPSEC_NAME_MAX + 1];
	struct nl *nl;
	int rc;

	if (cmd_tunnel_filter(cmd, tunnel))
		return -1;
	nl = nl_open(cmd->e);
	rc = nl ? nl_sa_flush(nl, *tunnel ? tunnel : NULL, cmd->e) : -1;
	nl_close(nl);
	return rc;
}
