// SPDX-License-Identifier: GPL-2.0-only
/* The last drops: what to look at first when a tunnel is down. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd.h"
#include "drop.h"
#include "json.h"
#include "nl.h"

static u64 now_ns(void)
{
	struct timespec ts = { };

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void show_text(const struct drop_list *list)
{
	u64 now = now_ns();
	size_t i;

	for (i = 0; i < list->n; i++)
		print_drop(stdout, &list->drop[i], now);
	if (!list->n)
		puts("# no drops on record");
}

static void show_json(const struct drop_list *list)
{
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < list->n; i++)
		json_array_append_new(all, json_drop(&list->drop[i]));
	json_print(all, false);
}

static int show(struct cmd *cmd, struct nl *nl)
{
	struct drop_list list = { };
	int rc = nl_drops(nl, &list, cmd->e);

	if (!rc && cmd->json)
		show_json(&list);
	else if (!rc)
		show_text(&list);
	if (!rc && list.off)
		fputs("nfipsec: warning: nothing is recorded; to record: nfipsec drops on\n",
		      stderr);
	free(list.drop);
	return rc;
}

/* Return: 1 for "on", 0 for "off", -1 with the error set */
static int on_or_off(struct cmd *cmd)
{
	const char *word = cmd->word[0];
	bool on = !strcmp(word, "on");

	if (!on && strcmp(word, "off"))
		return err_set(cmd->e, ERR_USAGE, word,
			       "expected on, off or nothing");
	if (cmd->json)
		return err_set(cmd->e, ERR_USAGE, "-j",
			       "not an option of drops %s", word);
	cmd->word++;
	cmd->n--;
	return cmd_no_more(cmd) ? -1 : on;
}

int cmd_drops(struct cmd *cmd)
{
	bool set = cmd->n;
	struct nl *nl;
	int on = 0;
	int rc;

	if (set)
		on = on_or_off(cmd);
	if (on < 0)
		return -1;
	nl = nl_open(cmd->e);
	if (!nl)
		return -1;
	rc = set ? nl_drops_record(nl, on, cmd->e) : show(cmd, nl);
	nl_close(nl);
	return rc;
}
