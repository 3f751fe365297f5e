// SPDX-License-Identifier: GPL-2.0-only
#include "object.h"

#include "set.h"

/* The id that the words give; 1 if that was all, as with -n */
static int take_id(struct cmd *cmd, const struct object *object, struct conf *c)
{
	if (object->parse_id(cmd->word, cmd->n, c, cmd->e))
		return -1;
	if (!cmd->dry)
		return 0;
	object->print_id(c);
	return 1;
}

int object_del(struct cmd *cmd, const struct object *object)
{
	struct conf c;
	struct nl *nl;
	int rc;

	rc = take_id(cmd, object, &c);
	if (rc)
		return rc < 0 ? -1 : 0;
	nl = nl_open(cmd->e);
	rc = nl ? object->del(nl, &c, cmd->e) : -1;
	nl_close(nl);
	return rc;
}

static void show_set(const struct cmd *cmd, const struct object *object,
		     const struct set *set, const char *tunnel)
{
	struct show show;

	show_begin(&show, cmd);
	object->show(&show, set, tunnel);
	show_end(&show);
}

int object_get(struct cmd *cmd, const struct object *object)
{
	struct set set = { };
	struct conf c;
	struct nl *nl;
	int rc;

	rc = take_id(cmd, object, &c);
	if (rc)
		return rc < 0 ? -1 : 0;
	nl = nl_open(cmd->e);
	rc = nl ? object->get(nl, &c, &set, cmd->e) : -1;
	nl_close(nl);
	cmd->stat = true;
	if (!rc)
		show_set(cmd, object, &set, "");
	set_free(&set);
	return rc;
}

int object_list(struct cmd *cmd, const struct object *object)
{
	char tunnel[NF_IPSEC_NAME_MAX + 1];
	struct set set = { };
	int rc;

	if (cmd_tunnel_filter(cmd, tunnel))
		return -1;
	rc = nl_list_now(&set, cmd->e);
	if (!rc)
		show_set(cmd, object, &set, tunnel);
	set_free(&set);
	return rc;
}
