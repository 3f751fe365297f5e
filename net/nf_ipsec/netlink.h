/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_NETLINK_H
#define _IPSEC_NETLINK_H

#include <linux/types.h>

#include "txn.h"

struct genl_family;
struct genl_info;
struct ipsec_addr;
struct ipsec_drops;
struct ipsec_net;
struct ipsec_record;
struct ipsec_sa;
struct ipsec_sa_name;
struct ipsec_sa_params;
struct ipsec_settings;
struct ipsec_selector;
struct ipsec_sp;
struct netlink_callback;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;

/* Place of "events" among the multicast groups */
#define IPSEC_NL_GROUP_EVENTS	0
/* Place of "drops" */
#define IPSEC_NL_GROUP_DROPS	1
/* Place of "notices" */
#define IPSEC_NL_GROUP_NOTICES	2

extern struct genl_family ipsec_nl_family;

/**
 * struct ipsec_nl_msg - the header of a message to be built
 * @portid: whom it answers, or 0
 * @seq: the request's number, or 0
 * @flags: NLM_F_*
 * @cmd: enum nf_ipsec_cmd
 * @cb: the dump it belongs to, or NULL
 * @from: what an SA was before it moved, or NULL
 */
struct ipsec_nl_msg {
	u32 portid;
	u32 seq;
	int flags;
	u8 cmd;
	struct netlink_callback *cb;
	const struct ipsec_sa *from;
};

/**
 * ipsec_netlink_init() - make the family known
 *
 * Return: 0 or a negative errno.
 */
int ipsec_netlink_init(void);

/**
 * ipsec_netlink_exit() - no request is served any more
 */
void ipsec_netlink_exit(void);

/* netlink_attr.c: what requests and answers have in common.  All that parses
 * returns 0 or a negative errno with a message and the attribute in @extack.
 */

/**
 * ipsec_nl_err() - why a request is refused
 * @extack: filled in
 * @attr: the attribute at fault, or NULL
 * @msg: what was expected; lives as long as the module
 *
 * Return: -EINVAL.
 */
int ipsec_nl_err(struct netlink_ext_ack *extack, const struct nlattr *attr,
		 const char *msg);

/**
 * ipsec_nl_blame() - name the attribute, unless one is named already
 * @extack: filled in
 * @attr: the attribute at fault, or NULL
 */
void ipsec_nl_blame(struct netlink_ext_ack *extack, const struct nlattr *attr);

/**
 * ipsec_nl_missing() - name an attribute that is not there
 * @extack: filled in
 * @nest: where it should be, or NULL
 * @type: its type
 * @msg: what was expected
 *
 * Return: -EINVAL.
 */
int ipsec_nl_missing(struct netlink_ext_ack *extack, const struct nlattr *nest,
		     u16 type, const char *msg);

/**
 * ipsec_nl_need() - refuse a request without an attribute
 * @info: the request
 * @type: the attribute
 * @msg: what was expected
 */
int ipsec_nl_need(struct genl_info *info, u16 type, const char *msg);

/**
 * ipsec_nl_wipe() - overwrite all attributes of a type
 * @info: the request, which lies in a buffer that is not ours for long
 * @type: the attribute
 */
void ipsec_nl_wipe(struct genl_info *info, u16 type);

/**
 * struct ipsec_nl_rule - what is expected of an attribute's value
 * @type: the attribute, of 8 or 32 bits
 * @min: lowest value
 * @max: highest value
 * @msg: what was expected; NULL ends a table
 * @many: it is a nest, and may be given several times
 */
struct ipsec_nl_rule {
	u16 type;
	u32 min;
	u32 max;
	const char *msg;
	bool many;
};

extern const struct ipsec_nl_rule ipsec_nl_sa_rules[];
extern const struct ipsec_nl_rule ipsec_nl_sp_rules[];

/**
 * ipsec_nl_check() - refuse attributes that are given twice or whose value is
 *	out of range, and a header that says more than we understand
 * @info: the request
 * @rules: what is expected of the attributes, or NULL
 */
int ipsec_nl_check(struct genl_info *info, const struct ipsec_nl_rule *rules);

/**
 * ipsec_nl_once() - refuse attributes that are given twice
 * @head: the first one
 * @len: octets of all of them
 * @extack: says what is wrong
 */
int ipsec_nl_once(const struct nlattr *head, int len,
		  struct netlink_ext_ack *extack);

/**
 * ipsec_nl_how() - what the request's flags want with what is there
 * @info: the request
 * @how: filled in
 */
int ipsec_nl_how(struct genl_info *info, enum ipsec_txn_how *how);

/**
 * ipsec_nl_addr() - read an address
 * @attr: 4 or 16 octets
 * @addr: filled in, all sixteen octets
 * @family: filled in
 * @extack: says what is wrong
 */
int ipsec_nl_addr(const struct nlattr *attr, struct ipsec_addr *addr,
		  u8 *family, struct netlink_ext_ack *extack);

/**
 * ipsec_nl_end() - read the address of one end of an SA
 * @info: the request
 * @type: the attribute, which is there
 * @addr: filled in, a unicast address
 * @family: filled in
 */
int ipsec_nl_end(struct genl_info *info, u16 type, struct ipsec_addr *addr,
		 u8 *family);

/**
 * ipsec_nl_tunnel() - read a tunnel's name
 * @attr: the name, or NULL
 * @name: NF_IPSEC_NAME_MAX + 1 octets, filled in; empty without @attr
 * @extack: says what is wrong
 */
int ipsec_nl_tunnel(const struct nlattr *attr, char *name,
		    struct netlink_ext_ack *extack);

/**
 * ipsec_nl_addr_put() - write an address
 * @skb: the message
 * @type: the attribute
 * @addr: the address
 * @family: AF_INET or AF_INET6
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsec_nl_addr_put(struct sk_buff *skb, int type,
		      const struct ipsec_addr *addr, u8 family);

/**
 * ipsec_nl_counter_put() - write a counter
 * @skb: the message
 * @name: its name
 * @value: its value
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsec_nl_counter_put(struct sk_buff *skb, const char *name, u64 value);

/**
 * ipsec_nl_drops_put() - write the drops of an SA or a policy
 * @skb: the message
 * @type: the attribute
 * @drops: the counters; those that are 0 are left out; or NULL
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsec_nl_drops_put(struct sk_buff *skb, int type,
		       const struct ipsec_drops *drops);

/**
 * ipsec_nl_begin() - the header of a message
 * @skb: the message
 * @msg: what to put into it
 *
 * Return: what genlmsg_end() and genlmsg_cancel() want, or NULL.
 */
void *ipsec_nl_begin(struct sk_buff *skb, const struct ipsec_nl_msg *msg);

/**
 * ipsec_nl_no_tunnel() - refuse a tunnel where one object is named
 * @info: the request
 * @type: the attribute, which only a dump of the same command takes
 */
int ipsec_nl_no_tunnel(struct genl_info *info, u16 type);

/**
 * ipsec_nl_dump_room() - have room for the largest SA or policy in a dump
 * @cb: the dump
 *
 * Return: 0.
 */
int ipsec_nl_dump_room(struct netlink_callback *cb);

/**
 * ipsec_nl_dump_start() - look at the request of a dump, the first time
 * @cb: the dump; its context is a struct ipsec_nl_dump
 * @tunnel: the attribute that selects a tunnel, the only one allowed
 * @max: the last attribute
 */
int ipsec_nl_dump_start(struct netlink_callback *cb, u16 tunnel, u16 max);

/**
 * struct ipsec_nl_dump - the state of a dump
 * @next: age of the next SA or id of the next policy
 * @started: the request was looked at
 * @tunnel: only what belongs to it, unless empty
 */
struct ipsec_nl_dump {
	unsigned long next;
	bool started;
	char tunnel[NF_IPSEC_NAME_MAX + 1];
};

/* netlink_name.c */

/**
 * ipsec_nl_sa_ends() - read what an SA is found by, and both ends
 * @info: the request
 * @p: @id, @match, @daddr and @saddr are filled in
 */
int ipsec_nl_sa_ends(struct genl_info *info, struct ipsec_sa_params *p);

/**
 * ipsec_nl_sa_name() - read the name of an SA
 * @info: the request
 * @name: filled in
 */
int ipsec_nl_sa_name(struct genl_info *info, struct ipsec_sa_name *name);

/**
 * ipsec_nl_sa_from() - read the name that an SA has had
 * @info: the request
 * @p: what it shall be
 * @how: what is to be done with one that is there
 * @name: filled in, if there is one
 */
int ipsec_nl_sa_from(struct genl_info *info, const struct ipsec_sa_params *p,
		     enum ipsec_txn_how how, struct ipsec_sa_name *name);

/**
 * ipsec_nl_sa_ends_put() - write both ends of an SA, and how it is matched
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsec_nl_sa_ends_put(struct sk_buff *skb, const struct ipsec_sa *sa);

/**
 * ipsec_nl_sa_ports_put() - write the ports of ESP in UDP
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsec_nl_sa_ports_put(struct sk_buff *skb, const struct ipsec_sa *sa);

/**
 * ipsec_nl_sa_from_put() - write what an SA was before it moved
 * @skb: the message
 * @from: that, or NULL
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsec_nl_sa_from_put(struct sk_buff *skb, const struct ipsec_sa *from);

/* netlink_natt.c */

/**
 * ipsec_nl_natt() - read what an SA has to do with NAT
 * @info: the request
 * @p: direction, protocol and mode are given; the rest is filled in
 */
int ipsec_nl_natt(struct genl_info *info, struct ipsec_sa_params *p);

/**
 * ipsec_nl_natt_put() - write it
 * @skb: the message
 * @sa: the SA
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsec_nl_natt_put(struct sk_buff *skb, const struct ipsec_sa *sa);

/* netlink_extra.c */

/**
 * ipsec_nl_extra() - read what few outbound SAs have
 * @info: the request
 * @p: direction, protocol, mode and flags are given; @extra is filled in
 */
int ipsec_nl_extra(struct genl_info *info, struct ipsec_sa_params *p);

/**
 * ipsec_nl_extra_put() - write it
 * @skb: the message
 * @sa: the SA
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsec_nl_extra_put(struct sk_buff *skb, const struct ipsec_sa *sa);

/**
 * ipsec_nl_mtu_put() - write what an outbound SA can send now
 * @skb: the message
 * @sa: the SA
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsec_nl_mtu_put(struct sk_buff *skb, struct ipsec_sa *sa);

/* netlink_sa_put.c */

/**
 * ipsec_nl_sa_put() - write an SA, all but its key
 * @skb: the message
 * @ipn: the netns
 * @sa: the SA
 * @msg: the header
 *
 * Context: any; ipn->lock or RCU.
 * Return: 0 or -EMSGSIZE; then @skb is as before.
 */
int ipsec_nl_sa_put(struct sk_buff *skb, struct ipsec_net *ipn,
		    struct ipsec_sa *sa, const struct ipsec_nl_msg *msg);

/* netlink_life.c */

/**
 * ipsec_nl_life() - read the limits of an SA
 * @nest: nest of enum nf_ipsec_life_attr, or NULL
 * @p: has its algorithms; gets its limits, with those of the algorithms
 * @extack: says what is wrong
 */
int ipsec_nl_life(const struct nlattr *nest, struct ipsec_sa_params *p,
		  struct netlink_ext_ack *extack);

/**
 * ipsec_nl_life_put() - write the limits of an SA, and those it has reached
 * @skb: the message; on an error the caller takes back what was written
 * @sa: the SA
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsec_nl_life_put(struct sk_buff *skb, const struct ipsec_sa *sa);

/* netlink_sa.c */

int ipsec_nl_sa_new(struct sk_buff *skb, struct genl_info *info);
int ipsec_nl_sa_del(struct sk_buff *skb, struct genl_info *info);
int ipsec_nl_sa_get(struct sk_buff *skb, struct genl_info *info);
int ipsec_nl_sa_flush(struct sk_buff *skb, struct genl_info *info);
int ipsec_nl_sa_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* netlink_sp.c */

/**
 * ipsec_nl_sp_put() - write a policy
 * @skb: the message
 * @sp: the policy
 * @msg: the header
 *
 * Context: any; ipn->lock or RCU.
 * Return: 0 or -EMSGSIZE; then @skb is as before.
 */
int ipsec_nl_sp_put(struct sk_buff *skb, const struct ipsec_sp *sp,
		    const struct ipsec_nl_msg *msg);

/**
 * struct ipsec_nl_acquire - an SA that is wanted
 * @sp: the policy that wants it
 * @packet: the selector of just the packet that it is wanted for
 * @sel: what it shall carry: one or several selectors
 * @n: how many
 */
struct ipsec_nl_acquire {
	const struct ipsec_sp *sp;
	const struct ipsec_selector *packet;
	const struct ipsec_selector *sel;
	u32 n;
};

/**
 * ipsec_nl_acquire_put() - write that an SA is wanted
 * @skb: the message
 * @acquire: which
 * @msg: the header
 *
 * Context: any, RCU.
 * Return: 0 or -EMSGSIZE; then @skb is as before.
 */
int ipsec_nl_acquire_put(struct sk_buff *skb,
			 const struct ipsec_nl_acquire *acquire,
			 const struct ipsec_nl_msg *msg);

int ipsec_nl_sp_new(struct sk_buff *skb, struct genl_info *info);
int ipsec_nl_sp_del(struct sk_buff *skb, struct genl_info *info);
int ipsec_nl_sp_get(struct sk_buff *skb, struct genl_info *info);
int ipsec_nl_sp_flush(struct sk_buff *skb, struct genl_info *info);
int ipsec_nl_sp_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* netlink_key.c */
int ipsec_nl_key_dump(struct sk_buff *skb, struct netlink_callback *cb);
int ipsec_nl_key_set(struct sk_buff *skb, struct genl_info *info);

/* netlink_drops.c */

/**
 * ipsec_nl_clock() - what makes the time of a record the time of day
 *
 * Return: ns to be added.
 */
u64 ipsec_nl_clock(void);

/**
 * ipsec_nl_drop_put() - write a record of dropped packets
 * @skb: the message
 * @rec: the record
 * @clock: ipsec_nl_clock(), the same for all records of an answer
 * @msg: the header
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE; then @skb is as before.
 */
int ipsec_nl_drop_put(struct sk_buff *skb, const struct ipsec_record *rec,
		      u64 clock, const struct ipsec_nl_msg *msg);

int ipsec_nl_drop_get(struct sk_buff *skb, struct genl_info *info);
int ipsec_nl_drop_set(struct sk_buff *skb, struct genl_info *info);
int ipsec_nl_drop_start(struct netlink_callback *cb);
int ipsec_nl_drop_dump(struct sk_buff *skb, struct netlink_callback *cb);
int ipsec_nl_drop_done(struct netlink_callback *cb);

/* netlink_settings.c */

/**
 * ipsec_nl_settings_put() - write all settings
 * @skb: the message
 * @s: the settings
 * @msg: the header
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE; then @skb is as before.
 */
int ipsec_nl_settings_put(struct sk_buff *skb, const struct ipsec_settings *s,
			  const struct ipsec_nl_msg *msg);

int ipsec_nl_settings_get(struct sk_buff *skb, struct genl_info *info);
int ipsec_nl_settings_set(struct sk_buff *skb, struct genl_info *info);

#endif /* _IPSEC_NETLINK_H */
