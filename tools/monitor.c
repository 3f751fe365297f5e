// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "json.h"
#include "life.h"
#include "nl.h"
#include "print.h"

static const char *event_word(u8 cmd)
{
	switch (cmd) {
	case NF_IPSEC_CMD_SA_NEW_NTF:
	case NF_IPSEC_CMD_POLICY_NEW_NTF:
		return "new";
	case NF_IPSEC_CMD_SA_DEL_NTF:
	case NF_IPSEC_CMD_POLICY_DEL_NTF:
		return "del";
	case NF_IPSEC_CMD_ACQUIRE_NTF:
		return "acquire";
	case NF_IPSEC_CMD_DROP_NTF:
		return "drop";
	case NF_IPSEC_CMD_NOTICE_NTF:
		return "notice";
	case NF_IPSEC_CMD_SELECTOR_NTF:
		return "selector";
	case NF_IPSEC_CMD_SETTINGS_NTF:
		return "change";
	case NF_IPSEC_CMD_MAPPING_NTF:
		return "mapping";
	case NF_IPSEC_CMD_SA_MOVE_NTF:
		return "move";
	default:
		return "expire";
	}
}

static bool is_sa(u8 cmd)
{
	return cmd == NF_IPSEC_CMD_SA_NEW_NTF ||
	       cmd == NF_IPSEC_CMD_SA_DEL_NTF ||
	       cmd == NF_IPSEC_CMD_EXPIRE_NTF ||
	       cmd == NF_IPSEC_CMD_MAPPING_NTF ||
	       cmd == NF_IPSEC_CMD_SA_MOVE_NTF;
}

static bool is_drop(u8 cmd)
{
	return cmd == NF_IPSEC_CMD_DROP_NTF || cmd == NF_IPSEC_CMD_SELECTOR_NTF;
}

static void show_json(const struct nl_event *event)
{
	json_t *o;

	if (is_drop(event->cmd))
		o = json_drop(&event->drop);
	else if (event->cmd == NF_IPSEC_CMD_NOTICE_NTF)
		o = json_notice(&event->notice);
	else if (event->cmd == NF_IPSEC_CMD_SETTINGS_NTF)
		o = json_settings(&event->settings);
	else
		o = is_sa(event->cmd) ? json_sa(&event->sa) :
					json_policy(&event->sp);
	json_object_set_new(o, "event", json_string(event_word(event->cmd)));
	json_print(o, true);
}

static void show_text(const struct nl_event *event)
{
	if (event->cmd == NF_IPSEC_CMD_NOTICE_NTF) {
		print_notice(stdout, &event->notice);
		return;
	}
	if (event->cmd == NF_IPSEC_CMD_SELECTOR_NTF)
		printf("%s ", event_word(event->cmd));
	if (is_drop(event->cmd)) {
		print_drop(stdout, &event->drop, 0);
		return;
	}
	printf("%s ", event_word(event->cmd));
	if (event->cmd == NF_IPSEC_CMD_EXPIRE_NTF)
		print_life_event(stdout, &event->sa);
	if (event->cmd == NF_IPSEC_CMD_SETTINGS_NTF)
		print_settings(stdout, &event->settings);
	else if (is_sa(event->cmd))
		print_sa(stdout, &event->sa);
	else
		print_policy(stdout, &event->sp);
	if (event->cmd == NF_IPSEC_CMD_MAPPING_NTF)
		print_sa_peer(stdout, &event->sa);
	if (event->cmd == NF_IPSEC_CMD_SA_MOVE_NTF)
		print_sa_from(stdout, &event->sa);
	if (event->cmd == NF_IPSEC_CMD_ACQUIRE_NTF &&
	    event->sp.packet.family) {
		printf("  # packet");
		print_sel(stdout, &event->sp.packet);
		putchar('\n');
	}
}

static int show_event(const struct nl_event *event, void *arg)
{
	const struct cmd *cmd = arg;

	if (cmd->json)
		show_json(event);
	else
		show_text(event);
	/* nobody may read it any more */
	if (fflush(stdout) || ferror(stdout))
		return err_set(cmd->e, ERR_USAGE, "output",
			       "cannot be written");
	return 0;
}

/* Return: enum nl_group, or -1 with the error set */
static int which_group(struct cmd *cmd)
{
	const char *word = cmd->word[0];
	struct nearest nearest;

	if (!cmd->n)
		return NL_EVENTS;
	cmd->word++;
	cmd->n--;
	if (!strcmp(word, "drops"))
		return cmd_no_more(cmd) ? -1 : NL_DROPS;
	if (!strcmp(word, "notices"))
		return cmd_no_more(cmd) ? -1 : NL_NOTICES;
	nearest_init(&nearest, word);
	nearest_try(&nearest, "drops");
	nearest_try(&nearest, "notices");
	if (nearest.best)
		return err_set(cmd->e, ERR_USAGE, word,
			       "unknown word; did you mean \"%s\"?",
			       nearest.best);
	return err_set(cmd->e, ERR_USAGE, word,
		       "expected drops, notices or nothing");
}

int cmd_monitor(struct cmd *cmd)
{
	int group = which_group(cmd);
	struct nl *nl;
	int rc;

	if (group < 0)
		return -1;
	nl = nl_open(cmd->e);
	rc = nl ? nl_monitor(nl, group, show_event, cmd, cmd->e) : -1;
	nl_close(nl);
	return rc;
}
