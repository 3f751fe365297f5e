// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "change.h"
#include "object.h"
#include "parse.h"
#include "print.h"
#include "set.h"

static int put(struct cmd *cmd, const struct conf *c)
{
	enum nl_how how = strcmp(cmd->verb, "add") ? NL_REPLACE : NL_ADD;
	struct nl *nl;
	int rc;

	if (cmd->dry)
		return show_one(cmd, c);
	nl = nl_open(cmd->e);
	rc = nl ? nl_sp_put(nl, &c->sp, how, cmd->e) : -1;
	nl_close(nl);
	return rc;
}

int cmd_policy_put(struct cmd *cmd)
{
	struct conf c;
	int rc;

	rc = parse_object(CONF_POLICY, cmd->word, cmd->n, &c, cmd->e);
	if (!rc)
		rc = put(cmd, &c);
	conf_free(&c);
	return rc;
}

static void print_id(const struct conf *c)
{
	print_policy_id(stdout, &c->sp);
}

static int del(struct nl *nl, const struct conf *c, struct err *e)
{
	return nl_sp_del(nl, &c->sp, e);
}

static int get(struct nl *nl, const struct conf *c, struct set *set,
	       struct err *e)
{
	return nl_sp_get(nl, &c->sp, set, e);
}

/* Say what is in clear from now on */
static int flush(struct nl *nl, const char *tunnel, struct err *e)
{
	struct set before = { };
	int rc;

	rc = nl_list(nl, &before, e);
	if (!rc && tunnel)
		rc = set_need_tunnel(&before, tunnel, e);
	if (!rc)
		rc = nl_sp_flush(nl, tunnel, e);
	if (!rc)
		change_report(nl, &before);
	set_free(&before);
	return rc;
}

static void show_all(struct show *show, const struct set *set,
		     const char *tunnel)
{
	size_t i;

	for (i = 0; i < set->n_sp; i++)
		if (!*tunnel || !strcmp(set->sp[i].tunnel, tunnel))
			show_policy(show, &set->sp[i]);
}

static const struct object policy = {
	.parse_id	= parse_sp_id,
	.print_id	= print_id,
	.del		= del,
	.get		= get,
	.flush		= flush,
	.show		= show_all,
};

static const struct object policy_del = {
	.parse_id	= parse_sp_del,
	.print_id	= print_id,
	.del		= del,
};

int cmd_policy_del(struct cmd *cmd)
{
	return object_del(cmd, &policy_del);
}

int cmd_policy_get(struct cmd *cmd)
{
	return object_get(cmd, &policy);
}

int cmd_policy_list(struct cmd *cmd)
{
	return object_list(cmd, &policy);
}

int cmd_policy_flush(struct cmd *cmd)
{
	return object_flush(cmd, &policy);
}
