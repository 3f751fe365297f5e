// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "change.h"
#include "cmd.h"
#include "nl.h"
#include "parse.h"
#include "print.h"
#include "set.h"
#include "show.h"

int cmd_policy_put(struct cmd *cmd)
{
	enum nl_how how = strcmp(cmd->verb, "add") ? NL_REPLACE : NL_ADD;
	struct conf c;
	struct nl *nl;
	int rc;

	if (parse_object(CONF_POLICY, cmd->word, cmd->n, &c, cmd->e))
		return -1;
	if (cmd->dry)
		return show_one(cmd, &c);
	nl = nl_open(cmd->e);
	rc = nl ? nl_sp_put(nl, &c.sp, how, cmd->e) : -1;
	nl_close(nl);
	return rc;
}

int cmd_policy_del(struct cmd *cmd)
{
	struct conf c;
	struct nl *nl;
	int rc;

	if (parse_sp_id(cmd->word, cmd->n, &c, cmd->e))
		return -1;
	if (cmd->dry) {
		print_policy_id(stdout, &c.sp);
		return 0;
	}
	nl = nl_open(cmd->e);
	rc = nl ? nl_sp_del(nl, &c.sp, cmd->e) : -1;
	nl_close(nl);
	return rc;
}

static void show_all(const struct cmd *cmd, const struct set *set,
		     const char *tunnel)
{
	struct show show;
	size_t i;

	show_begin(&show, cmd);
	for (i = 0; i < set->n_sp; i++)
		if (!*tunnel || !strcmp(set->sp[i].tunnel, tunnel))
			show_policy(&show, &set->sp[i]);
	show_end(&show);
}

int cmd_policy_get(struct cmd *cmd)
{
	struct set set = { };
	struct conf c;
	struct nl *nl;
	int rc;

	if (parse_sp_id(cmd->word, cmd->n, &c, cmd->e))
		return -1;
	if (cmd->dry) {
		print_policy_id(stdout, &c.sp);
		return 0;
	}
	nl = nl_open(cmd->e);
	rc = nl ? nl_sp_get(nl, &c.sp, &set, cmd->e) : -1;
	nl_close(nl);
	cmd->stat = true;
	if (!rc)
		show_all(cmd, &set, "");
	set_free(&set);
	return rc;
}

int cmd_policy_list(struct cmd *cmd)
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

int cmd_policy_flush(struct cmd *cmd)
{
	char tunnel[NF_IPSEC_NAME_MAX + 1];
	struct set before = { };
	struct nl *nl;
	int rc;

	if (cmd_tunnel_filter(cmd, tunnel))
		return -1;
	nl = nl_open(cmd->e);
	rc = nl ? nl_list(nl, &before, cmd->e) : -1;
	if (!rc)
		rc = nl_sp_flush(nl, *tunnel ? tunnel : NULL, cmd->e);
	if (!rc)
		change_report(nl, &before);
	nl_close(nl);
	set_free(&before);
	return rc;
}
