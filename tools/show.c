// SPDX-License-Identifier: GPL-2.0-only
#include "show.h"

#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "grammar.h"
#include "json.h"
#include "print.h"
#include "set.h"
#include "view.h"

void show_begin(struct show *show, const struct cmd *cmd)
{
	show->array = cmd->json ? json_array() : NULL;
	show->stat = cmd->stat;
}

void show_sa(struct show *show, const struct sa_conf *sa)
{
	if (show->array) {
		json_array_append_new(show->array, json_sa(sa));
		return;
	}
	print_sa(stdout, sa);
	if (show->stat)
		print_sa_stat(stdout, sa);
}

void show_policy(struct show *show, const struct sp_conf *sp)
{
	if (show->array) {
		json_array_append_new(show->array, json_policy(sp));
		return;
	}
	print_policy(stdout, sp);
	if (show->stat)
		print_policy_stat(stdout, sp);
}

static void tunnel_json(struct show *show, const struct view_tunnel *t)
{
	json_t *o = json_conf(&t->conf);
	json_t *policies = json_array();
	json_t *sas = json_array();
	size_t i;

	json_array_append_new(sas, json_sa(t->in));
	json_array_append_new(sas, json_sa(t->out));
	for (i = 0; i < t->n_sp; i++)
		json_array_append_new(policies, json_policy(t->sp[i]));
	json_object_set_new(o, "sas", sas);
	json_object_set_new(o, "policies", policies);
	json_array_append_new(show->array, o);
}

void show_tunnel(struct show *show, const struct view_tunnel *t)
{
	size_t i;

	if (show->array) {
		tunnel_json(show, t);
		return;
	}
	print_conf(stdout, &t->conf);
	if (!show->stat)
		return;
	printf("  # in\n");
	print_sa_stat(stdout, t->in);
	printf("  # out\n");
	print_sa_stat(stdout, t->out);
	for (i = 0; i < t->n_sp; i++) {
		printf("  # ");
		print_policy(stdout, t->sp[i]);
		print_policy_stat(stdout, t->sp[i]);
	}
}

void show_settings(struct show *show, const struct settings_conf *s)
{
	if (show->array)
		json_array_append_new(show->array, json_settings(s));
	else
		print_settings(stdout, s);
}

int show_conf(struct show *show, const struct conf *c, struct err *e)
{
	if (!show->array) {
		print_conf(stdout, c);
		return 0;
	}
	if (json_check(c, e))
		return -1;
	json_array_append_new(show->array, json_conf(c));
	return 0;
}

int show_one(const struct cmd *cmd, const struct conf *c)
{
	struct show show;
	int rc;

	show_begin(&show, cmd);
	rc = show_conf(&show, c, cmd->e);
	if (!rc)
		show_end(&show);
	else
		json_decref(show.array);
	return rc;
}

void show_end(struct show *show)
{
	if (show->array)
		json_print(show->array, false);
	show->array = NULL;
}
