// SPDX-License-Identifier: GPL-2.0-only
#include "set.h"

#include <stdlib.h>
#include <string.h>

#include "err.h"

/* Room for one more; arrays double */
static void *grow(void *array, size_t n, size_t size, struct err *e)
{
	void *larger;

	if (n & (n - 1))
		return array;
	larger = reallocarray(array, n ? 2 * n : 1, size);
	if (!larger)
		err_set(e, ERR_USAGE, "memory", "none left");
	return larger;
}

struct sa_conf *set_add_sa(struct set *set, struct err *e)
{
	struct sa_conf *sa = grow(set->sa, set->n_sa, sizeof(*sa), e);

	if (!sa)
		return NULL;
	set->sa = sa;
	sa += set->n_sa++;
	memset(sa, 0, sizeof(*sa));
	return sa;
}

struct sp_conf *set_add_sp(struct set *set, struct err *e)
{
	struct sp_conf *sp = grow(set->sp, set->n_sp, sizeof(*sp), e);

	if (!sp)
		return NULL;
	set->sp = sp;
	sp += set->n_sp++;
	memset(sp, 0, sizeof(*sp));
	return sp;
}

static int sp_order(const void *a, const void *b)
{
	const struct sp_conf *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

void set_sort(struct set *set)
{
	if (set->n_sp)
		qsort(set->sp, set->n_sp, sizeof(*set->sp), sp_order);
}

bool set_has_tunnel(const struct set *set, const char *name)
{
	size_t i;

	for (i = 0; i < set->n_sa; i++)
		if (!strcmp(set->sa[i].tunnel, name))
			return true;
	for (i = 0; i < set->n_sp; i++)
		if (!strcmp(set->sp[i].tunnel, name))
			return true;
	return false;
}

int set_need_tunnel(const struct set *set, const char *name, struct err *e)
{
	if (set_has_tunnel(set, name))
		return 0;
	return err_set(e, ERR_KERNEL, name, "the kernel knows no such tunnel");
}

void set_free(struct set *set)
{
	size_t i;

	for (i = 0; i < set->n_sa; i++)
		sa_conf_free(&set->sa[i]);
	for (i = 0; i < set->n_sp; i++)
		sp_conf_free(&set->sp[i]);
	free(set->sa);
	free(set->sp);
	memset(set, 0, sizeof(*set));
}
