/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_CHECK_H
#define _NFIPSEC_CHECK_H

#include "conf.h"

struct err;

/* Do the words of an object fit together?  Each returns 0 or -1. */
int check_sa(struct sa_conf *sa, struct err *e);
int check_sa_id(struct sa_conf *sa, struct err *e);
int check_policy(struct sp_conf *sp, struct err *e);
int check_policy_id(struct sp_conf *sp, struct err *e);
int check_tunnel(struct tunnel_conf *t, struct err *e);

/* All sets of a selector, which are sorted then; and what a policy takes from
 * packets, once its selector has been checked
 */
int check_sel(struct sel_conf *sel, struct err *e);
int check_pfp(const struct sp_conf *sp, struct err *e);

/**
 * check_family_name() - IPv4 or IPv6
 */
const char *check_family_name(u8 family);

/**
 * check_bypass() - would the bypass for one pair open another one?
 * @local: local prefix whose packets to itself stay clear
 * @pair: what another pair protects
 *
 * Return: true if it would.
 */
bool check_bypass(const struct prefix *local, const struct protect *pair);

/**
 * check_needs_bypass() - does a pair's remote prefix hold its local one?
 */
bool check_needs_bypass(const struct protect *pair);

#endif /* _NFIPSEC_CHECK_H */
