/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_FAKE_H
#define _NFIPSEC_FAKE_H

#include <libmnl/libmnl.h>
#include <linux/nf_ipsec.h>
#include <linux/types.h>
#include <stdio.h>

#define FAMILY	0x40
#define PORTID	4711

/* Begin and end an answer to @req */
struct nlmsghdr *reply(const struct nlmsghdr *req, u16 type, u16 flags);
void finish(const struct nlmsghdr *nlh);

/* An ack as with NETLINK_CAP_ACK and NETLINK_EXT_ACK */
void ack(const struct nlmsghdr *req, int error, const char *text,
	 const struct nlattr *attr);

/* Forget what was answered before */
void answer_begin(void);

/* Answer a question for counters, and one for the module */
void answer_stats(const struct nlmsghdr *req, u32 generation);
void answer_family(const struct nlmsghdr *req);

/**
 * serve_settings() - answer what concerns settings
 * @req: the request
 * @cmd: NF_IPSEC_CMD_SETTINGS_GET or NF_IPSEC_CMD_SETTINGS_SET
 */
void serve_settings(const struct nlmsghdr *req, u8 cmd);

/* Settings: a transaction begins, with none if all is replaced, or is given up */
void settings_begin(bool none);
void settings_give_up(void);

/* Settings, from and to the file that $FAKE_STATE names */
void settings_load(FILE *from);
void settings_save(FILE *to);

/* All that is kept, from and to the file that $FAKE_STATE names */
void load(void);
void save(void);

/**
 * meanwhile() - let somebody else come in between, if $FAKE_MEANWHILE says so
 * @cmd: of the request that is about to be answered, as for fail()
 */
void meanwhile(u8 cmd);

/**
 * fail() - refuse a request, if $FAKE_FAIL says so
 * @req: the request
 * @cmd: enum nf_ipsec_cmd, 0 for one that looks for the module
 *
 * Return: whether it has been answered.
 */
bool fail(const struct nlmsghdr *req, u8 cmd);

/**
 * serve_drops() - answer what concerns records of drops, refuse the rest
 * @req: the request
 * @cmd: enum nf_ipsec_cmd
 */
void serve_drops(const struct nlmsghdr *req, u8 cmd);

/* Answer a dump of keys, and the setting of one */
void serve_keys(const struct nlmsghdr *req);
void serve_key(const struct nlmsghdr *req);

/* The groups that a family has */
void put_groups(struct nlmsghdr *nlh);

/**
 * drop_events() - an event, if this is the group for them
 *
 * Return: whether it was.
 */
bool drop_events(u32 group);

#endif /* _NFIPSEC_FAKE_H */
