// SPDX-License-Identifier: GPL-2.0-only
#include "change.h"
#include "cmd.h"
#include "set.h"
#include "show.h"
#include "view.h"

int cmd_list(struct cmd *cmd)
{
	struct set set = { };
	struct view view = { };
	struct show show;
	struct nl *nl;
	int rc;

	if (cmd_no_name(cmd, "get"))
		return -1;
	nl = nl_open(cmd->e);
	rc = nl ? nl_list(nl, &set, cmd->e) : -1;
	nl_close(nl);
	if (!rc)
		rc = view_make(&view, &set, cmd->e);
	if (!rc) {
		show_begin(&show, cmd);
		view_show(&view, &show, NULL, true);
		show_end(&show);
	}
	view_free(&view);
	set_free(&set);
	return rc;
}

int cmd_flush(struct cmd *cmd)
{
	const struct set none = { };
	const struct change change = { .set = &none, .replace_all = true };

	return cmd_no_name(cmd, "del") ? -1 : change_make(&change, cmd->e);
}
