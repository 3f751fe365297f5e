// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a change opens.  Policies are compared set by set: one whose list has
 * grown is another policy, and protects what it did.
 */
#include "opened.h"

#include <stdio.h>
#include <stdlib.h>

#include "err.h"
#include "grammar.h"
#include "print.h"
#include "set.h"

/**
 * struct cover - one set of selectors that a policy protects
 * @sp: the policy
 * @sel: the set
 */
struct cover {
	const struct sp_conf *sp;
	const struct sel_conf *sel;
};

/**
 * struct covers - all of them, sorted
 * @all: allocated
 * @n: how many
 */
struct covers {
	struct cover *all;
	size_t n;
};

static int compare_covers(const void *a, const void *b)
{
	const struct cover *x = a;
	const struct cover *y = b;
	int order = x->sp->dir - y->sp->dir;

	return order ? order : sel_compare_set(x->sel, y->sel);
}

static bool protects(const struct sp_conf *sp)
{
	return sp->action == NF_IPSEC_ACTION_PROTECT;
}

/* Return: 0, or -1 if there is no memory */
static int covers_make(struct covers *covers, const struct set *set)
{
	const struct sp_conf *sp;
	size_t n = 0;
	size_t i;
	u32 j;

	for (i = 0; i < set->n_sp; i++)
		n += protects(&set->sp[i]) ? set->sp[i].sel.n_more + 1 : 0;
	covers->n = 0;
	covers->all = calloc(n + 1, sizeof(*covers->all));
	if (!covers->all)
		return -1;
	for (i = 0; i < set->n_sp; i++) {
		sp = &set->sp[i];
		for (j = 0; protects(sp) && j <= sp->sel.n_more; j++)
			covers->all[covers->n++] = (struct cover) {
				.sp = sp,
				.sel = sel_set_const(&sp->sel, j),
			};
	}
	qsort(covers->all, n, sizeof(*covers->all), compare_covers);
	return 0;
}

/* A wider set counts if it is met no later than the old one was: else what it
 * takes over may meet a bypass first.
 */
static bool is_covered(const struct covers *covers, const struct cover *old)
{
	const struct cover *now;
	size_t i;

	if (bsearch(old, covers->all, covers->n, sizeof(*old), compare_covers))
		return true;
	for (i = 0; i < covers->n; i++) {
		now = &covers->all[i];
		if (now->sp->dir == old->sp->dir &&
		    now->sp->priority <= old->sp->priority &&
		    sel_contains(now->sel, old->sel))
			return true;
	}
	return false;
}

static void print_lost(const struct sp_conf *sp, const struct sel_conf *sel)
{
	printf("# no longer protected by %s: dir %s", sp->tunnel,
	       choice_word(choices_dir, sp->dir));
	print_sel(stdout, sel);
	putchar('\n');
}

/* Those sets of a policy that nothing protects any more, as one selector.
 * Return: 0, or -1 if there is no memory.
 */
static int show_lost(const struct sp_conf *sp, const struct covers *covers)
{
	struct sel_conf lost = { };
	struct sel_conf *to;
	u32 i;

	for (i = 0; i <= sp->sel.n_more; i++) {
		const struct cover old = {
			.sp = sp,
			.sel = sel_set_const(&sp->sel, i),
		};

		if (is_covered(covers, &old))
			continue;
		to = lost.family ? sel_add(&lost) : &lost;
		if (!to) {
			sel_free(&lost);
			return -1;
		}
		*to = *old.sel;
		to->more = NULL;
		to->n_more = 0;
	}
	if (lost.family)
		print_lost(sp, &lost);
	sel_free(&lost);
	return 0;
}

static void show_unguarded(const struct guards *before,
			   const struct guards *after)
{
	size_t i;

	for (i = 0; i < NF_IPSEC_GUARDS_MAX && before->dev[i][0]; i++)
		if (!guards_have(after, before->dev[i]))
			printf("# no longer guarded: %s\n", before->dev[i]);
}

int show_opened(const struct set *before, const struct set *after,
		struct err *e)
{
	struct covers covers;
	size_t i;
	int rc = 0;

	if (covers_make(&covers, after))
		return err_set(e, ERR_USAGE, "memory", "none left");
	print_settings_opened(stdout, &before->settings, &after->settings);
	show_unguarded(&before->settings.guard, &after->settings.guard);
	for (i = 0; !rc && i < before->n_sp; i++)
		if (protects(&before->sp[i]))
			rc = show_lost(&before->sp[i], &covers);
	free(covers.all);
	return rc ? err_set(e, ERR_USAGE, "memory", "none left") : 0;
}
