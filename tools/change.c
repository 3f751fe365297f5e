// SPDX-License-Identifier: GPL-2.0-only
#include "change.h"

#include <stdio.h>
#include <stdio_ext.h>

#include "err.h"
#include "opened.h"
#include "set.h"

/* Times a change starts again because something else was changed */
#define CHANGE_TRIES	8

static void blame(const struct change *change, u32 line, struct err *e)
{
	if (change->file && line)
		err_where(e, change->file, line);
}

/* SAs first: a policy must never be there without the SA it needs */
static int put_all(struct nl *nl, const struct change *change, struct err *e)
{
	const struct set *set = change->set;
	size_t i;

	if (set->settings.has && nl_settings_put(nl, &set->settings, e)) {
		blame(change, set->settings.line, e);
		return -1;
	}
	for (i = 0; i < set->n_sa; i++) {
		if (nl_sa_put(nl, &set->sa[i], change->how, e)) {
			blame(change, set->sa[i].line, e);
			return -1;
		}
	}
	for (i = 0; i < set->n_sp; i++) {
		if (nl_sp_put(nl, &set->sp[i], change->how, e)) {
			blame(change, set->sp[i].line, e);
			return -1;
		}
	}
	return 0;
}

static void warn(const char *what, const struct err *e)
{
	fprintf(stderr,
		"nfipsec: warning: the change is made, but what it opens cannot be %s%s%s%s%s\n",
		what, e->code ? ": " : "", e->word, *e->word ? ": " : "",
		e->text);
}

/* The change is live: whatever fails from here on must not look like one
 * that was refused.
 */
void change_report(struct nl *nl, const struct set *before)
{
	struct set after = { };
	struct err e = { };

	if (nl_list(nl, &after, &e) || show_opened(before, &after, &e)) {
		warn("told", &e);
	} else if (fflush(stdout) || ferror(stdout)) {
		warn("written", &e);
		__fpurge(stdout);
		clearerr(stdout);
	}
	set_free(&after);
}

/* Return: 0, 1 if something else was changed meanwhile, or -1 with @e set */
static int try_once(struct nl *nl, const struct change *change,
		    struct set *before, struct err *e)
{
	bool depends = change->check || change->alter;
	int rc;

	rc = nl_list(nl, before, e);
	if (!rc && change->check)
		rc = change->check(change, before, e);
	if (!rc)
		rc = nl_begin(nl, change->replace_all,
			      change->replace_all ? change->tunnel : NULL,
			      depends ? &before->generation : NULL, e);
	/* on error the kernel gives up when the socket is closed */
	if (!rc && change->alter)
		rc = change->alter(nl, change, before, e);
	if (!rc)
		rc = put_all(nl, change, e);
	return rc ? rc : nl_commit(nl, e);
}

static int make(struct nl *nl, const struct change *change, struct err *e)
{
	struct set before = { };
	unsigned int try;
	int rc = 1;

	for (try = 0; rc > 0 && try < CHANGE_TRIES; try++) {
		set_free(&before);
		rc = try_once(nl, change, &before, e);
	}
	if (rc > 0)
		rc = err_set(e, ERR_KERNEL, "transaction",
			     "SAs and policies change faster than they can be read; try again");
	if (!rc)
		change_report(nl, &before);
	set_free(&before);
	return rc;
}

int change_make(const struct change *change, struct err *e)
{
	struct nl *nl = nl_open(e);
	int rc = nl ? make(nl, change, e) : -1;

	nl_close(nl);
	return rc;
}
