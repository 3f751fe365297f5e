/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_CMD_H
#define _NFIPSEC_CMD_H

#include "conf.h"
#include "err.h"

/**
 * struct cmd - a command and what it was given
 * @verb: its last word, "add" or the like
 * @word: the words behind it
 * @n: how many
 * @json: -j
 * @dry: -n: parse and print, send nothing
 * @stat: -s: show counters
 * @add: --add: remove nothing
 * @prometheus: --prometheus
 * @e: says what is wrong
 */
struct cmd {
	const char *verb;
	char **word;
	size_t n;
	bool json;
	bool dry;
	bool stat;
	bool add;
	bool prometheus;
	struct err *e;
};

/* Commands.  Each returns 0, or -1 with the error set. */
int cmd_sa_put(struct cmd *cmd);
int cmd_sa_del(struct cmd *cmd);
int cmd_sa_get(struct cmd *cmd);
int cmd_sa_list(struct cmd *cmd);
int cmd_sa_flush(struct cmd *cmd);
int cmd_policy_put(struct cmd *cmd);
int cmd_policy_del(struct cmd *cmd);
int cmd_policy_get(struct cmd *cmd);
int cmd_policy_list(struct cmd *cmd);
int cmd_policy_flush(struct cmd *cmd);
int cmd_tunnel_put(struct cmd *cmd);
int cmd_tunnel_del(struct cmd *cmd);
int cmd_tunnel_get(struct cmd *cmd);
int cmd_tunnel_list(struct cmd *cmd);
int cmd_tunnel_flush(struct cmd *cmd);
int cmd_tunnel_move(struct cmd *cmd);
int cmd_tunnel_peer_config(struct cmd *cmd);
int cmd_apply(struct cmd *cmd);
int cmd_list(struct cmd *cmd);
int cmd_flush(struct cmd *cmd);
int cmd_stats(struct cmd *cmd);
int cmd_drops(struct cmd *cmd);
int cmd_settings(struct cmd *cmd);
int cmd_monitor(struct cmd *cmd);
int cmd_genkey(struct cmd *cmd);
int cmd_state_save(struct cmd *cmd);
int cmd_state_restore(struct cmd *cmd);

/**
 * cmd_no_more() - complain if there are words left
 *
 * Return: 0 or -1.
 */
int cmd_no_more(struct cmd *cmd);

/**
 * cmd_no_name() - complain if there are words left, a tunnel's name probably
 * @verb: the verb of "tunnel" that takes one
 *
 * Return: 0 or -1.
 */
int cmd_no_name(struct cmd *cmd, const char *verb);

/**
 * cmd_tunnel_filter() - the words of list and flush
 * @cmd: nothing, or "tunnel" and a name
 * @name: empty or the name; NF_IPSEC_NAME_MAX + 1 octets
 *
 * Return: 0 or -1.
 */
int cmd_tunnel_filter(struct cmd *cmd, char *name);

#endif /* _NFIPSEC_CMD_H */
