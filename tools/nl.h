/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_NL_H
#define _NFIPSEC_NL_H

#include "conf.h"
#include "notice.h"

struct err;
struct key_state;
struct key_states;
struct nl;
struct set;

enum nl_how {
	NL_ADD,		/* must not exist */
	NL_REPLACE,	/* may exist; an SA's running key stays */
};

enum nl_group {
	NL_EVENTS,	/* changes, and what must be changed */
	NL_DROPS,	/* dropped packets */
	NL_NOTICES,	/* what packets have shown */

	NL_GROUPS
};

/**
 * struct stats - what the kernel counts for the whole netns
 * @counters: packets by what became of them
 * @drops: drops by reason
 * @sas: how many SAs there are
 * @policies: how many policies there are
 * @generation: changes with every change
 */
struct stats {
	struct counters counters;
	struct counters drops;
	u32 sas;
	u32 policies;
	u32 generation;
};

/**
 * struct nl_event - what happened
 * @cmd: the notification, enum nf_ipsec_cmd
 * @sa: the SA, for SA_NEW, SA_DEL, SA_MOVE, MAPPING and EXPIRE
 * @sp: the policy, for POLICY_NEW, POLICY_DEL and ACQUIRE
 * @drop: the record, for DROP and SELECTOR
 * @notice: the notice, for NOTICE
 * @settings: all settings, for SETTINGS
 */
struct nl_event {
	u8 cmd;
	struct sa_conf sa;
	struct sp_conf sp;
	struct drop drop;
	struct notice notice;
	struct settings_conf settings;
};

/**
 * nl_open() - find the module
 * @e: says that it is not loaded, or why it cannot be reached
 *
 * Return: to be given to nl_close(), or NULL with @e set.
 */
struct nl *nl_open(struct err *e);

/**
 * nl_close() - the end; a transaction that is open is given up
 * @nl: what nl_open() returned, or NULL
 */
void nl_close(struct nl *nl);

/* One message each.  Return: 0, or -1 with @e set. */
int nl_sa_put(struct nl *nl, const struct sa_conf *sa, enum nl_how how,
	      struct err *e);
/* @from: what it was; with a fingerprint of its key */
int nl_sa_move(struct nl *nl, const struct sa_conf *sa,
	       const struct sa_conf *from, struct err *e);
int nl_sa_del(struct nl *nl, const struct sa_conf *id, struct err *e);
int nl_sa_get(struct nl *nl, const struct sa_conf *id, struct set *set,
	      struct err *e);
int nl_sa_flush(struct nl *nl, const char *tunnel, struct err *e);
int nl_sp_put(struct nl *nl, const struct sp_conf *sp, enum nl_how how,
	      struct err *e);
int nl_sp_del(struct nl *nl, const struct sp_conf *id, struct err *e);
int nl_sp_get(struct nl *nl, const struct sp_conf *id, struct set *set,
	      struct err *e);
int nl_sp_flush(struct nl *nl, const char *tunnel, struct err *e);
int nl_stats(struct nl *nl, struct stats *stats, struct err *e);
int nl_drops(struct nl *nl, struct drop_list *list, struct err *e);
int nl_drops_record(struct nl *nl, bool on, struct err *e);
int nl_settings_get(struct nl *nl, struct settings_conf *s, struct err *e);
int nl_settings_put(struct nl *nl, const struct settings_conf *s,
		    struct err *e);
int nl_keys(struct nl *nl, struct key_states *list, struct err *e);
int nl_key_set(struct nl *nl, const struct key_state *key, struct err *e);

/**
 * nl_list() - all SAs and policies, and settings, as they are at one time
 * @nl: the connection
 * @set: must be empty; filled in, with its generation
 * @e: says what is wrong
 *
 * Return: 0, or -1 with @e set.
 */
int nl_list(struct nl *nl, struct set *set, struct err *e);

/**
 * nl_list_now() - nl_list() on a connection of its own
 * @set: must be empty; filled in, with its generation
 * @e: says what is wrong
 *
 * Return: 0, or -1 with @e set.
 */
int nl_list_now(struct set *set, struct err *e);

/**
 * nl_begin() - hold back what follows
 * @nl: the connection
 * @replace_all: what is not named until the commit goes
 * @tunnel: only what belongs to this tunnel goes; NULL for everything
 * @generation: what must still be there at the commit; NULL for anything
 * @e: says what is wrong
 *
 * Return: 0, or -1 with @e set.
 */
int nl_begin(struct nl *nl, bool replace_all, const char *tunnel,
	     const u32 *generation, struct err *e);

/**
 * nl_commit() - publish all of it or nothing
 *
 * Return: 0, 1 if the generation is another one, or -1 with @e set.
 */
int nl_commit(struct nl *nl, struct err *e);

/**
 * nl_monitor() - wait for events
 * @nl: the connection
 * @group: which
 * @show: is called for each; 0, or -1 with @e set to end it
 * @e: says what is wrong
 *
 * Return: -1 with @e set; there is no other end.
 */
int nl_monitor(struct nl *nl, enum nl_group group,
	       int (*show)(const struct nl_event *, void *), void *arg,
	       struct err *e);

#endif /* _NFIPSEC_NL_H */
