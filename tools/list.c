// SPDX-License-Identifier: GPL-2.0-only
#include "list.h"

#include "change.h"
#include "cmd.h"
#include "nl.h"
#include "set.h"
#include "show.h"
#include "view.h"

static void show_view(const struct cmd *cmd, struct view *view,
		      const char *name, bool loose)
{
	struct show show;

	show_begin(&show, cmd);
	view_show(view, &show, name, loose);
	show_end(&show);
}

int list_tunnels(struct cmd *cmd, const char *name, bool loose)
{
	struct view view = { };
	struct set set = { };
	int rc;

	rc = nl_list_now(&set, cmd->e);
	if (!rc)
		rc = view_make(&view, &set, cmd->e);
	if (!rc && name && !view_find(&view, name))
		rc = err_set(cmd->e, ERR_KERNEL, name,
			     "the kernel knows no such tunnel");
	if (!rc)
		show_view(cmd, &view, name, loose);
	view_free(&view);
	set_free(&set);
	return rc;
}

int cmd_list(struct cmd *cmd)
{
	return cmd_no_name(cmd, "get") ? -1 : list_tunnels(cmd, NULL, true);
}

int cmd_flush(struct cmd *cmd)
{
	const struct set none = { };
	const struct change change = { .set = &none, .replace_all = true };

	return cmd_no_name(cmd, "del") ? -1 : change_make(&change, cmd->e);
}
