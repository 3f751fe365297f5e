// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "cmd.h"

#ifndef NFIPSEC_VERSION
#define NFIPSEC_VERSION	"unknown"
#endif

/**
 * struct command - a row of the table of commands
 * @object: first word
 * @verb: second word, or NULL if there is none
 * @run: does it
 * @args: what follows, for the usage
 * @help: what it does, for the usage
 * @options: letters of the options it takes beside h and V; "a" is --add,
 *	"p" is --prometheus
 */
struct command {
	const char *object;
	const char *verb;
	int (*run)(struct cmd *cmd);
	const char *args;
	const char *help;
	const char *options;
};

static const struct command commands[] = {
	{ "tunnel", "add", cmd_tunnel_put, "NAME WORDS",
	  "make a tunnel: its SAs and policies", "jn" },
	{ "tunnel", "replace", cmd_tunnel_put, "NAME WORDS",
	  "make or change a tunnel", "jn" },
	{ "tunnel", "del", cmd_tunnel_del, "NAME",
	  "delete all that belongs to a tunnel", "" },
	{ "tunnel", "get", cmd_tunnel_get, "NAME",
	  "show a tunnel and its counters", "j" },
	{ "tunnel", "list", cmd_tunnel_list, "", "show all tunnels", "js" },
	{ "tunnel", "flush", cmd_tunnel_flush, "", "delete all tunnels", "" },
	{ "tunnel", "move", cmd_tunnel_move, "NAME WORDS",
	  "give a running tunnel other ends, its keys stay", "" },
	{ "tunnel", "peer-config", cmd_tunnel_peer_config, "NAME | WORDS",
	  "print the line for the other router", "" },
	{ "sa", "add", cmd_sa_put, "WORDS", "add an SA", "jn" },
	{ "sa", "replace", cmd_sa_put, "WORDS",
	  "add an SA, or change one but its key", "jn" },
	{ "sa", "del", cmd_sa_del, "ID", "delete an SA", "n" },
	{ "sa", "get", cmd_sa_get, "ID", "show an SA and its counters", "jn" },
	{ "sa", "list", cmd_sa_list, "[tunnel NAME]", "show SAs", "js" },
	{ "sa", "flush", cmd_sa_flush, "[tunnel NAME]", "delete SAs", "" },
	{ "policy", "add", cmd_policy_put, "WORDS", "add a policy", "jn" },
	{ "policy", "replace", cmd_policy_put, "WORDS",
	  "add or change a policy", "jn" },
	{ "policy", "del", cmd_policy_del, "ID [with-sas]", "delete a policy", "n" },
	{ "policy", "get", cmd_policy_get, "ID",
	  "show a policy and its counters", "jn" },
	{ "policy", "list", cmd_policy_list, "[tunnel NAME]", "show policies",
	  "js" },
	{ "policy", "flush", cmd_policy_flush, "[tunnel NAME]",
	  "delete policies", "" },
	{ "apply", NULL, cmd_apply, "[--add] FILE|- [check]",
	  "make the running set what a file says", "jna" },
	{ "list", NULL, cmd_list, "", "show everything as apply reads it",
	  "js" },
	{ "flush", NULL, cmd_flush, "", "delete everything", "" },
	{ "stats", NULL, cmd_stats, "[--prometheus]", "show counters", "jp" },
	{ "drops", NULL, cmd_drops, "[on|off]",
	  "show the last drops, or record them or not", "j" },
	{ "settings", NULL, cmd_settings, "[set WORDS]",
	  "show or change what holds beside the policies", "jn" },
	{ "monitor", NULL, cmd_monitor, "[drops|notices]",
	  "show changes, or drops, as they come", "j" },
	{ "state", "save", cmd_state_save, "[FILE] [reserve N]",
	  "save how far keys have sent", "" },
	{ "state", "restore", cmd_state_restore, "[FILE]",
	  "go on behind that, after a restart", "" },
	{ "genkey", NULL, cmd_genkey, "[ALG[+ALG]]",
	  "print a random tunnel secret, or key for an algorithm", "" },
};

static void usage(FILE *to)
{
	char line[64];
	size_t i;

	fputs("Usage: nfipsec [-j] [-n] [-s] COMMAND\n\n", to);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct command *c = &commands[i];

		snprintf(line, sizeof(line), "%s%s%s%s%s", c->object,
			 c->verb ? " " : "", c->verb ? c->verb : "",
			 *c->args ? " " : "", c->args);
		fprintf(to, "  %-34s %s\n", line, c->help);
	}
	fprintf(to, "\n"
		"  -j   print JSON\n"
		"  -n   parse only, and print the canonical form\n"
		"  -s   show counters in lists\n"
		"  -h   this help    -V   version\n"
		"  --   no options behind it\n\n"
		"WORDS and ID are described in nfipsec(8), files in nfipsec.conf(5).\n");
}

/* Take an option; returns its letter, 0 if the word is none */
static char take_option(struct cmd *cmd, const char *word)
{
	static const struct {
		const char *word;
		char letter;
	} options[] = {
		{ "-j", 'j' }, { "-n", 'n' }, { "-s", 's' }, { "-h", 'h' },
		{ "-V", 'V' }, { "--json", 'j' }, { "--help", 'h' },
		{ "--version", 'V' }, { "--add", 'a' },
		{ "--prometheus", 'p' },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(word, options[i].word))
			break;
	if (i == ARRAY_SIZE(options))
		return 0;
	cmd->json |= options[i].letter == 'j';
	cmd->dry |= options[i].letter == 'n';
	cmd->stat |= options[i].letter == 's';
	cmd->add |= options[i].letter == 'a';
	cmd->prometheus |= options[i].letter == 'p';
	return options[i].letter;
}

/* Take the options out of the words; @seen gets their letters */
static int take_options(struct cmd *cmd, char *seen, size_t size)
{
	bool end = false;
	size_t n = 0;
	size_t i;
	char c;

	for (i = 0; i < cmd->n; i++) {
		if (!end && !strcmp(cmd->word[i], "--")) {
			end = true;
			continue;
		}
		c = end ? 0 : take_option(cmd, cmd->word[i]);
		if (!end && !c && cmd->word[i][0] == '-' && cmd->word[i][1])
			return err_set(cmd->e, ERR_USAGE, cmd->word[i],
				       "unknown option; see nfipsec -h");
		if (!c)
			cmd->word[n++] = cmd->word[i];
		else if (!strchr(seen, c) && strlen(seen) + 1 < size)
			strncat(seen, &c, 1);
	}
	cmd->n = n;
	return 0;
}

static const struct command *find(const char *object, const char *verb)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].object, object) &&
		    (!commands[i].verb ||
		     (verb && !strcmp(commands[i].verb, verb))))
			return &commands[i];
	return NULL;
}

/* What is typed where other programs have it */
static int known_elsewhere(struct cmd *cmd, const char *typed, bool verb)
{
	static const struct {
		const char *typed;
		const char *meant;
	} words[] = {
		{ "show", "list" }, { "ls", "list" }, { "delete", "del" },
		{ "remove", "del" }, { "rm", "del" }, { "set", "replace" },
		{ "change", "replace" }, { "clear", "flush" },
	};
	size_t i;

	if (!strcmp(typed, "help"))
		return err_set(cmd->e, ERR_USAGE, typed,
			       "unknown word; did you mean nfipsec -h?");
	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].typed, typed) &&
		    (verb || find(words[i].meant, NULL)))
			return err_set(cmd->e, ERR_USAGE, typed,
				       "unknown word; did you mean \"%s\"?",
				       words[i].meant);
	return 0;
}

/* The verbs of an object, or all objects; the nearest to what was typed */
static void collect(const char *object, struct nearest *nearest, char *all,
		    size_t size)
{
	size_t at = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct command *c = &commands[i];
		const char *word = object ? c->verb : c->object;

		if (object && strcmp(c->object, object))
			continue;
		if (!object && i && !strcmp(c->object, commands[i - 1].object))
			continue;
		nearest_try(nearest, word);
		if (at < size)
			at += snprintf(all + at, size - at, " %s", word);
	}
}

static int no_command(struct cmd *cmd, const char *object, const char *verb)
{
	struct nearest nearest;
	const char *typed = object;
	bool known = false;
	char all[128] = "";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		known |= !strcmp(commands[i].object, object);
	if (known && verb)
		typed = verb;
	if (known_elsewhere(cmd, typed, known))
		return -1;
	nearest_init(&nearest, typed);
	collect(known ? object : NULL, &nearest, all, sizeof(all));
	if (nearest.best && (verb || !known))
		return err_set(cmd->e, ERR_USAGE, typed,
			       "unknown word; did you mean \"%s\"?",
			       nearest.best);
	return err_set(cmd->e, ERR_USAGE, typed,
		       known && !verb ? "expected behind it one of:%s" :
		       "unknown word; expected one of:%s", all);
}

static int run(struct cmd *cmd, const char *seen)
{
	const char *object = cmd->word[0];
	const char *verb = cmd->n > 1 ? cmd->word[1] : NULL;
	const struct command *c = find(object, verb);
	size_t used;
	char option[3] = "-?";

	if (!c)
		return no_command(cmd, object, verb);
	for (; *seen; seen++) {
		option[1] = *seen;
		if (!strchr(c->options, *seen))
			return err_set(cmd->e, ERR_USAGE,
				       *seen == 'a' ? "--add" :
				       *seen == 'p' ? "--prometheus" : option,
				       "not an option of %s%s%s", c->object,
				       c->verb ? " " : "",
				       c->verb ? c->verb : "");
	}
	used = c->verb ? 2 : 1;
	cmd->verb = cmd->word[used - 1];
	cmd->word += used;
	cmd->n -= used;
	return c->run(cmd);
}

static int no_words(void)
{
	usage(stderr);
	return ERR_USAGE;
}

int main(int argc, char **argv)
{
	struct err e = { };
	struct cmd cmd = {
		.word = argv + 1, .n = argc > 0 ? argc - 1 : 0, .e = &e,
	};
	char seen[8] = "";

	/* keys must not get into a core dump */
	prctl(PR_SET_DUMPABLE, 0);
	if (!take_options(&cmd, seen, sizeof(seen))) {
		if (strchr(seen, 'h'))
			usage(stdout);
		else if (strchr(seen, 'V'))
			printf("nfipsec %s\n", NFIPSEC_VERSION);
		else if (cmd.n)
			run(&cmd, seen);
		else
			return no_words();
	}
	if (fflush(stdout) || ferror(stdout))
		err_set(&e, ERR_USAGE, "output", "cannot be written");
	if (e.code)
		err_print(&e);
	return e.code;
}
