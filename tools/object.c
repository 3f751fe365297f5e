// SPDX-License-Identifier: GPL-2.0-only
#include "object.h"

#include "set.h"

/* Delete the one that the words name, or get it if there is a set for it; -n
 * only prints the words
 */
static int on_named(struct cmd *cmd, const struct object *object,
		    struct set *set)
{
	struct conf c;
	struct nl *nl;
	int rc;

	rc = object->parse_id(cmd->word, cmd->n, &c, cmd->e);
	if (!rc && cmd->dry) {
		object->print_id(&c);
	} else if (!rc) {
		nl = nl_open(cmd->e);
		rc = !nl ? -1 : set ? object->get(nl, &c, set, cmd->e) :
				      object->del(nl, &c, cmd->e);
		nl_close(nl);
	}
	conf_free(&c);
	return rc;
}

int object_del(struct cmd *cmd, const struct object *object)
{
	return on_named(cmd, object, NULL);
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
	int rc;

	rc = on_named(cmd, object, &set);
	cmd->stat = true;
	if (!rc && !cmd->dry)
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
	set_sort(&set);
	if (!rc)
		show_set(cmd, object, &set, tunnel);
	set_free(&set);
	return rc;
}

int object_flush(struct cmd *cmd, const struct object *object)
{
	char tunnel[NF_IPSEC_NAME_MAX + 1];
	struct nl *nl;
	int rc;

	if (cmd_tunnel_filter(cmd, tunnel))
		return -1;
	nl = nl_open(cmd->e);
	rc = nl ? object->flush(nl, *tunnel ? tunnel : NULL, cmd->e) : -1;
	nl_close(nl);
	return rc;
}
