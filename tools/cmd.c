// SPDX-License-Identifier: GPL-2.0-only
#include "cmd.h"

#include <string.h>

#include "parse.h"

int cmd_no_more(struct cmd *cmd)
{
	if (!cmd->n)
		return 0;
	return err_set(cmd->e, ERR_USAGE, cmd->word[0],
		       "expected nothing more");
}

int cmd_no_name(struct cmd *cmd, const char *verb)
{
	char name[NF_IPSEC_NAME_MAX + 1];
	struct err no_name = { };

	if (cmd->n != 1 || parse_name("tunnel", cmd->word[0], name, &no_name))
		return cmd_no_more(cmd);
	return err_set(cmd->e, ERR_USAGE, cmd->word[0],
		       "expected nothing more; for one tunnel: nfipsec tunnel %s %s",
		       verb, name);
}

int cmd_tunnel_filter(struct cmd *cmd, char *name)
{
	*name = '\0';
	if (!cmd->n)
		return 0;
	if (strcmp(cmd->word[0], "tunnel"))
		return err_set(cmd->e, ERR_USAGE, cmd->word[0],
			       "expected tunnel NAME or nothing");
	if (cmd->n < 2)
		return err_set(cmd->e, ERR_USAGE, "tunnel",
			       "expected a tunnel's name, found nothing");
	if (parse_name("tunnel", cmd->word[1], name, cmd->e))
		return -1;
	cmd->word += 2;
	cmd->n -= 2;
	return cmd_no_more(cmd);
}
