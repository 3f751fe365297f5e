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
