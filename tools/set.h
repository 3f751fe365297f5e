/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_SET_H
#define _NFIPSEC_SET_H

#include "conf.h"

struct err;

/**
 * struct set - SAs and policies, and settings
 * @sa: allocated
 * @n_sa: how many
 * @sp: allocated
 * @n_sp: how many
 * @settings: words that were given, or of the kernel those that are not as where
 *	nothing has been set
 * @generation: of the kernel, if all of it was read from there at once
 */
struct set {
	struct sa_conf *sa;
	size_t n_sa;
	struct sp_conf *sp;
	size_t n_sp;
	struct settings_conf settings;
	u32 generation;
};

/**
 * set_add_sa() - make room for one more SA
 *
 * Return: the SA, all zero, or NULL with @e set.
 */
struct sa_conf *set_add_sa(struct set *set, struct err *e);

/**
 * set_add_sp() - make room for one more policy
 *
 * Return: the policy, all zero, or NULL with @e set.
 */
struct sp_conf *set_add_sp(struct set *set, struct err *e);

/**
 * set_sort() - put the policies in the order in which packets meet them
 * @set: from the kernel, so that each policy has its number
 */
void set_sort(struct set *set);

/**
 * set_need_tunnel() - complain if nothing belongs to a tunnel
 * @set: what runs
 * @name: the tunnel
 *
 * Return: 0, or -1 with @e set.
 */
int set_need_tunnel(const struct set *set, const char *name, struct err *e);

/**
 * set_has_tunnel() - does any SA or policy belong to a tunnel?
 */
bool set_has_tunnel(const struct set *set, const char *name);

/**
 * set_free() - free and wipe all; the set is empty afterwards
 */
void set_free(struct set *set);

#endif /* _NFIPSEC_SET_H */
