/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_TXN_H
#define _IPSEC_TXN_H

#include <linux/types.h>
#include <uapi/linux/nf_ipsec.h>

struct ipsec_net;
struct ipsec_sa_name;
struct ipsec_sa_params;
struct ipsec_settings_params;
struct ipsec_sp_id;
struct ipsec_sp_params;
struct ipsec_txn;
struct netlink_ext_ack;

/* Operations that may be held back in one transaction and in one netns */
#define IPSEC_TXN_OPS_MAX	(1U << 20)

/* SAs, those held back among them, in a netns of a user namespace that is not
 * the first one: transforms are memory that is not charged to anybody
 */
#define IPSEC_USERNS_SAS_MAX	4096

/* What front ends and transactions say alike */
#define IPSEC_MSG_SA_EXISTS \
	"an SA of this direction, destination, SPI and protocol exists"
#define IPSEC_MSG_SA_NONE \
	"no SA of this direction, destination, SPI and protocol"
#define IPSEC_MSG_SP_EXISTS \
	"a policy of this direction, priority and selector exists"
#define IPSEC_MSG_SP_NONE "no such policy"

/**
 * enum ipsec_txn_how - what an SA or policy of the same name means
 * @IPSEC_TXN_ADD: an error
 * @IPSEC_TXN_REPLACE: it is replaced
 */
enum ipsec_txn_how {
	IPSEC_TXN_ADD,
	IPSEC_TXN_REPLACE,
};

/**
 * struct ipsec_txn_options - what holds for a whole transaction
 * @replace_all: what the transaction does not name goes
 * @tunnel: it is about this tunnel alone; empty: about all
 * @generation_set: @generation counts
 * @generation: refuse if the netns has left this generation
 */
struct ipsec_txn_options {
	bool replace_all;
	char tunnel[NF_IPSEC_NAME_MAX + 1];
	bool generation_set;
	u32 generation;
};

/**
 * ipsec_txn_begin() - hold back the changes of an owner from now on
 * @ipn: the netns
 * @owner: who: the port id of a socket
 * @options: copied
 * @extack: says what is wrong
 *
 * Context: may sleep.
 * Return: 0 or a negative errno: -EBUSY if the owner has one open.
 */
int ipsec_txn_begin(struct ipsec_net *ipn, u32 owner,
		    const struct ipsec_txn_options *options,
		    struct netlink_ext_ack *extack);

/**
 * ipsec_txn_commit() - publish what an owner has had held back
 * @ipn: the netns
 * @owner: whose
 * @n_ops: operations that the owner has sent: some may not have come here
 * @extack: says what is wrong
 *
 * The transaction is over, whatever the result.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno; then nothing has changed.
 */
int ipsec_txn_commit(struct ipsec_net *ipn, u32 owner, u32 n_ops,
		     struct netlink_ext_ack *extack);

/**
 * ipsec_txn_abort() - drop what an owner has had held back
 * @ipn: the netns
 * @owner: whose
 * @extack: says what is wrong
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int ipsec_txn_abort(struct ipsec_net *ipn, u32 owner,
		    struct netlink_ext_ack *extack);

/**
 * ipsec_txn_owner_gone() - an owner, of whatever, is no more
 * @ipn: the netns
 * @owner: who
 *
 * Takes no lock if nobody has a transaction open: who closes a socket of some
 * other family should not wait for a commit.
 *
 * Context: may sleep.
 */
void ipsec_txn_owner_gone(struct ipsec_net *ipn, u32 owner);

/**
 * ipsec_txn_exit() - drop what everybody has had held back
 * @ipn: the netns
 */
void ipsec_txn_exit(struct ipsec_net *ipn);

/**
 * ipsec_txn_enter() - where an owner's next operation goes
 * @ipn: the netns
 * @owner: who
 * @extack: says what is wrong
 *
 * Context: may sleep.
 * Return: the owner's open transaction, or a new one for this operation
 * alone; ipsec_txn_leave() gives it back.  Or ERR_PTR.
 */
struct ipsec_txn *ipsec_txn_enter(struct ipsec_net *ipn, u32 owner,
				  struct netlink_ext_ack *extack);

/**
 * ipsec_txn_leave() - an operation is there, or has failed
 * @txn: from ipsec_txn_enter()
 * @err: what the operation returned
 * @extack: says what is wrong
 *
 * A transaction that was made for this operation is committed.
 *
 * Context: may sleep.
 * Return: @err, or what the commit returned.
 */
int ipsec_txn_leave(struct ipsec_txn *txn, int err,
		    struct netlink_ext_ack *extack);

/**
 * ipsec_txn_open() - will the operation be held back?
 * @txn: from ipsec_txn_enter()
 */
bool ipsec_txn_open(const struct ipsec_txn *txn);

/**
 * ipsec_txn_sa_new() - add or replace an SA
 * @txn: from ipsec_txn_enter()
 * @p: what it shall be, checked; nothing of it is kept
 * @how: what to do with one that is there
 * @from: the name of the SA that it replaces, or NULL: its own
 * @extack: says what is wrong
 *
 * Without @from, one that is replaced may have had another UDP port of the peer,
 * if its tunnel has no other of its destination and SPI.
 *
 * Context: may sleep, for long when a crypto module is loaded.
 * Return: 0 or a negative errno.
 */
int ipsec_txn_sa_new(struct ipsec_txn *txn, const struct ipsec_sa_params *p,
		     enum ipsec_txn_how how, const struct ipsec_sa_name *from,
		     struct netlink_ext_ack *extack);

/**
 * ipsec_txn_sa_del() - delete an SA
 * @txn: from ipsec_txn_enter()
 * @name: which; the UDP port of an outbound one may be left out where there is
 *	one only
 * @extack: says what is wrong
 *
 * Return: 0 or a negative errno.
 */
int ipsec_txn_sa_del(struct ipsec_txn *txn, const struct ipsec_sa_name *name,
		     struct netlink_ext_ack *extack);

/**
 * ipsec_txn_sp_new() - add or replace a policy
 * @txn: from ipsec_txn_enter()
 * @p: what it shall be, checked
 * @how: what to do with one that is there; one that is as @p says stays
 * @extack: says what is wrong
 *
 * Return: 0 or a negative errno.
 */
int ipsec_txn_sp_new(struct ipsec_txn *txn, const struct ipsec_sp_params *p,
		     enum ipsec_txn_how how, struct netlink_ext_ack *extack);

/**
 * ipsec_txn_sp_del() - delete a policy
 * @txn: from ipsec_txn_enter()
 * @id: its name, or NULL
 * @number: without @id: its number
 * @with_sas: the SAs of its tunnel go, too, if then no policy protects by it
 * @extack: says what is wrong
 *
 * Return: 0 or a negative errno.
 */
int ipsec_txn_sp_del(struct ipsec_txn *txn, const struct ipsec_sp_id *id,
		     u32 number, bool with_sas, struct netlink_ext_ack *extack);

/**
 * ipsec_txn_flush() - delete SAs or policies
 * @txn: from ipsec_txn_enter()
 * @policies: policies, else SAs
 * @tunnel: those of this tunnel; empty: all
 * @extack: says what is wrong
 *
 * Return: 0 or a negative errno.
 */
int ipsec_txn_flush(struct ipsec_txn *txn, bool policies, const char *tunnel,
		    struct netlink_ext_ack *extack);

/**
 * ipsec_txn_settings() - change settings
 * @txn: from ipsec_txn_enter()
 * @p: what to change; copied
 * @extack: says what is wrong
 *
 * A transaction that replaces all begins with those where nothing has been set.
 *
 * Return: 0 or a negative errno.
 */
int ipsec_txn_settings(struct ipsec_txn *txn,
		       const struct ipsec_settings_params *p,
		       struct netlink_ext_ack *extack);

#endif /* _IPSEC_TXN_H */
