// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "change.h"
#include "cmd.h"
#include "json.h"
#include "parse.h"
#include "set.h"
#include "settings.h"
#include "show.h"
#include "warn.h"

static int show(struct cmd *cmd)
{
	struct settings_conf s = { };
	struct nl *nl = nl_open(cmd->e);
	int rc = nl ? nl_settings_get(nl, &s, cmd->e) : -1;

	nl_close(nl);
	if (rc)
		return rc;
	settings_show_all(&s);
	if (cmd->json)
		json_print(json_settings(&s), false);
	else
		print_settings(stdout, &s);
	return 0;
}

/* Say what passes from now on */
static int put(const struct settings_conf *s, struct err *e)
{
	struct set before = { };
	struct nl *nl = nl_open(e);
	int rc = nl ? nl_list(nl, &before, e) : -1;

	if (!rc)
		rc = nl_settings_put(nl, s, e);
	if (!rc) {
		change_report(nl, &before);
		warn_settings(s, &before);
	}
	set_free(&before);
	nl_close(nl);
	return rc;
}

int cmd_settings(struct cmd *cmd)
{
	struct conf c;
	int rc;

	if (!cmd->n && !cmd->dry)
		return show(cmd);
	if (!cmd->n || strcmp(cmd->word[0], "set"))
		return err_set(cmd->e, ERR_USAGE,
			       cmd->n ? cmd->word[0] : "settings",
			       cmd->dry ? "expected set and words" :
					  "expected set or nothing");
	rc = parse_object(CONF_SETTINGS, cmd->word + 1, cmd->n - 1, &c, cmd->e);
	if (!rc)
		rc = cmd->dry ? show_one(cmd, &c) : put(&c.settings, cmd->e);
	conf_free(&c);
	return rc;
}
