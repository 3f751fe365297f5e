// SPDX-License-Identifier: GPL-2.0-only
#include "change.h"

#include <stddef.h>

#include "err.h"
#include "set.h"
#include "show.h"

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

int change_make(struct nl *nl, const struct change *change, struct err *e)
{
	struct set before = { };
	struct set after = { };
	int rc;

	rc = nl_list(nl, &before, e);
	if (!rc)
		rc = nl_begin(nl, change->replace_all, change->tunnel, e);
	/* on error the kernel gives up when the socket is closed */
	if (!rc)
		rc = put_all(nl, change, e);
	if (!rc)
		rc = nl_commit(nl, e);
	if (!rc)
		rc = nl_list(nl, &after, e);
	if (!rc)
		show_opened(&before, &after);
	set_free(&before);
	set_free(&after);
	return rc;
}
