/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a transaction is made of: for txn.c and txn_ops.c, which collect
 * operations, txn_names.c, which remembers what they name, and commit.c, which
 * publishes them.  Everybody else uses txn.h.
 */
#ifndef _IPSEC_COMMIT_H
#define _IPSEC_COMMIT_H

#include <linux/list.h>
#include <linux/rhashtable-types.h>
#include <linux/string.h>

#include "sa.h"
#include "spd.h"
#include "txn.h"

struct ipsec_alg;
struct ipsec_settings_params;

enum ipsec_txn_op_type {
	IPSEC_TXN_SA_NEW,
	IPSEC_TXN_SA_DEL,
	IPSEC_TXN_SA_FLUSH,
	IPSEC_TXN_SA_GONE,
	IPSEC_TXN_SP_NEW,
	IPSEC_TXN_SP_DEL,
	IPSEC_TXN_SP_FLUSH,
	IPSEC_TXN_SETTINGS,
};

/**
 * struct ipsec_txn_key - what an operation is about
 * @kind: 0 for an SA, 1 for a policy, 2 for the settings; as wide as what
 *	follows is aligned
 * @sa: the SA
 * @sp: the policy
 *
 * All octets are set, so that keys can be hashed and compared.
 */
struct ipsec_txn_key {
	u64 kind;
	union {
		struct ipsec_sa_name sa;
		struct ipsec_sp_id sp;
	};
};

/**
 * struct ipsec_txn_op - one operation; a GONE does nothing: the name is free, as
 * the SA that had it has moved
 * @node: [T] transaction's list of operations, then its log
 * @named: [T] transaction's table of the last operation on each SA and policy
 * @flush: [T] transaction's list of flushes
 * @key: [I] the SA or policy it names, unless it is a flush
 * @from: [I] with @moves: the name that the SA has had
 * @type: [I] what it does
 * @how: [I] what NEW does to one that is there
 * @takes_key: [T] NEW shares the key of the SA it replaces
 * @moves: [T] SA_NEW replaces an SA of another name
 * @keeps: [T] NEW found a policy that is as it should be
 * @with_sas: [I] SP_DEL: the SAs of its tunnel go with the last policy
 * @order: [T] place in the transaction
 * @number: [I] SP_DEL: number of the policy, or 0
 * @sa: [T] SA_NEW: the SA, not linked before the commit
 * @sa_old: [T] the SA it deletes
 * @sp: [T] SP_NEW: the policy, not linked before the commit
 * @sp_old: [T] the policy it deletes
 * @settings: [I] SETTINGS: what is changed of them; allocated
 * @tunnel: [I] NEW: the tunnel; FLUSH: the tunnel, or empty
 * @via: [I] SA_NEW: the tunnel around it, or empty
 */
struct ipsec_txn_op {
	struct list_head node;
	struct rhash_head named;
	struct list_head flush;
	struct ipsec_txn_key key;
	struct ipsec_txn_key from;
	u8 type;
	u8 how;
	bool takes_key;
	bool moves;
	bool keeps;
	bool with_sas;
	u32 order;
	u32 number;
	struct ipsec_sa *sa;
	struct ipsec_sa *sa_old;
	struct ipsec_sp *sp;
	struct ipsec_sp *sp_old;
	struct ipsec_settings_params *settings;
	char tunnel[NF_IPSEC_NAME_MAX + 1];
	char via[NF_IPSEC_NAME_MAX + 1];
};

/**
 * struct ipsec_txn - operations that become visible together
 * @ipn: [I] the netns
 * @node: [T] list of the netns
 * @ops: [T] operations to be applied, in order
 * @log: [T] operations applied, in order, and the deletions they came to
 * @flushes: [T] the flushes among @ops
 * @named: [T] last operation on each SA and policy, if @open
 * @options: [I] what holds for all of it
 * @owner: [I] whose it is
 * @n_ops: [T] operations
 * @n_new: [T] operations that may need the hooks
 * @n_keys: [T] SAs that bring a key
 * @order_new: [T] place of the last operation that adds something
 * @setting_mask: [T] flags of settings that its operations have changed so far
 * @setting_flags: [T] and what they are then
 * @n_changes: [T] objects that the commit adds or deletes
 * @open: [I] it was begun, and waits for its commit
 * @busy: [T] an operation is being checked
 * @failed: [T] an operation was refused: there is nothing to commit
 * @sets: [T] the commit changes settings
 * @judges: [T] the commit changes policies
 */
struct ipsec_txn {
	struct ipsec_net *ipn;
	struct list_head node;
	struct list_head ops;
	struct list_head log;
	struct list_head flushes;
	struct rhashtable named;
	struct ipsec_txn_options options;
	u32 owner;
	u32 n_ops;
	u32 n_new;
	u32 n_keys;
	u32 order_new;
	u32 setting_mask;
	u32 setting_flags;
	u32 n_changes;
	bool open;
	bool busy;
	bool failed;
	bool sets;
	bool judges;
};

/**
 * ipsec_commit() - publish a transaction
 * @txn: the transaction; its operations are used up
 * @extack: says what is wrong
 *
 * Context: may sleep, holds ipn->lock.
 * Return: 0 or a negative errno; then nothing has changed.
 */
int ipsec_commit(struct ipsec_txn *txn, struct netlink_ext_ack *extack);

/**
 * ipsec_txn_publish() - let packets see what has been applied
 * @txn: the transaction; its operations are in its log
 *
 * Waits for those that see what was before, and frees that later.
 *
 * Context: may sleep, holds ipn->lock.
 */
void ipsec_txn_publish(struct ipsec_txn *txn);

/**
 * ipsec_txn_op_destroy() - free an operation and what nobody can find of it
 * @op: the operation, on no list
 *
 * Context: may sleep.
 */
void ipsec_txn_op_destroy(struct ipsec_txn_op *op);

/**
 * ipsec_txn_sa_hide() - delete an SA as a consequence of some operation
 * @txn: the transaction, being applied
 * @sa: the SA, there in the next generation
 *
 * Context: holds ipn->lock.
 * Return: 0 or -ENOMEM.
 */
int ipsec_txn_sa_hide(struct ipsec_txn *txn, struct ipsec_sa *sa);

/**
 * ipsec_txn_prune() - delete the SAs by which nothing is protected any more
 * @txn: the transaction, all of whose operations have been applied
 *
 * Those of tunnels whose policies were deleted with that wish.
 *
 * Context: may sleep, holds ipn->lock.
 * Return: 0 or -ENOMEM.
 */
int ipsec_txn_prune(struct ipsec_txn *txn);

/**
 * ipsec_txn_names_init() - open a transaction: it remembers what it names
 * @txn: the transaction
 *
 * Return: 0 or a negative errno.
 */
int ipsec_txn_names_init(struct ipsec_txn *txn);

/**
 * ipsec_txn_names_exit() - forget what it has named
 * @txn: the transaction, open or not
 */
void ipsec_txn_names_exit(struct ipsec_txn *txn);

/**
 * ipsec_txn_remember() - an operation becomes part of an open transaction
 * @txn: the transaction
 * @op: the operation
 *
 * Return: 0 or a negative errno.
 */
int ipsec_txn_remember(struct ipsec_txn *txn, struct ipsec_txn_op *op);

/**
 * ipsec_txn_flushed() - has the transaction flushed away what was there?
 * @txn: the transaction
 * @type: IPSEC_TXN_SA_FLUSH or IPSEC_TXN_SP_FLUSH
 * @order: when it was there
 * @tunnel: the tunnel it belongs to, or NULL
 */
bool ipsec_txn_flushed(const struct ipsec_txn *txn, u8 type, u32 order,
		       const char *tunnel);

/**
 * ipsec_txn_idle() - does an operation flush what is flushed already?
 * @txn: the transaction
 * @op: the operation, not part of it yet
 *
 * Nothing was added since.  Each such flush would go over all that there is.
 */
bool ipsec_txn_idle(const struct ipsec_txn *txn, const struct ipsec_txn_op *op);

/**
 * ipsec_txn_named() - the last operation on an SA or policy
 * @txn: the transaction
 * @key: the SA or policy
 *
 * Return: the operation or NULL.
 */
struct ipsec_txn_op *ipsec_txn_named(struct ipsec_txn *txn,
				     const struct ipsec_txn_key *key);

/**
 * ipsec_txn_sa_seen() - the SA that an operation finds at this point
 * @txn: the transaction
 * @key: the SA
 * @tunnel: the name of its tunnel, if there is one
 *
 * Context: holds ipn->lock.
 * Return: the SA, there as long as the lock is held, or NULL.
 */
struct ipsec_sa *ipsec_txn_sa_seen(struct ipsec_txn *txn,
				   const struct ipsec_txn_key *key,
				   const char **tunnel);

/**
 * ipsec_txn_kin_seen() - the outbound SA that differs by its UDP port alone
 * @txn: the transaction
 * @key: a name that no SA has; becomes that of the SA
 * @tunnel: of this tunnel; NULL: of any
 * @of: the name of its tunnel, if there is one
 *
 * Context: holds ipn->lock.
 * Return: the SA, there as long as the lock is held, or NULL; then @key may be
 * another one all the same.
 */
struct ipsec_sa *ipsec_txn_kin_seen(struct ipsec_txn *txn,
				    struct ipsec_txn_key *key,
				    const char *tunnel, const char **of);

/**
 * ipsec_txn_sp_seen() - the policy that an operation finds at this point
 * @txn: the transaction
 * @key: the policy
 * @tunnel: the name of its tunnel, or NULL, if there is one
 *
 * Context: holds ipn->lock.
 * Return: the policy, there as long as the lock is held, or NULL.
 */
struct ipsec_sp *ipsec_txn_sp_seen(struct ipsec_txn *txn,
				   const struct ipsec_txn_key *key,
				   const char **tunnel);

/**
 * ipsec_txn_tunnel_is() - does an object belong to the tunnel that is meant?
 * @tunnel: its tunnel, or NULL
 * @wanted: the tunnel that is meant; empty: any
 */
static inline bool ipsec_txn_tunnel_is(const char *tunnel, const char *wanted)
{
	return !*wanted || (tunnel && !strcmp(tunnel, wanted));
}

/**
 * ipsec_txn_concerns() - is an object within the transaction's limits?
 * @txn: the transaction
 * @tunnel: the tunnel that the object belongs to, or NULL
 */
bool ipsec_txn_concerns(const struct ipsec_txn *txn, const char *tunnel);

/**
 * ipsec_txn_limit() - refuse what is beyond the transaction's limits
 * @txn: the transaction
 * @tunnel: the tunnel that an object belongs to, or NULL
 * @extack: says what is wrong
 *
 * Return: 0 or -EXDEV.
 */
int ipsec_txn_limit(const struct ipsec_txn *txn, const char *tunnel,
		    struct netlink_ext_ack *extack);

/**
 * ipsec_txn_replaces() - may an operation replace what is there?
 * @txn: the transaction
 * @op: the operation
 * @tunnel: the tunnel that what is there belongs to, or NULL
 * @own: it is there by an operation of this transaction
 * @extack: says what is wrong
 *
 * Return: 0, -EEXIST or -EXDEV.
 */
int ipsec_txn_replaces(const struct ipsec_txn *txn,
		       const struct ipsec_txn_op *op, const char *tunnel,
		       bool own, struct netlink_ext_ack *extack);

/**
 * ipsec_txn_check_keys() - refuse one key for both directions
 * @txn: a transaction whose operations have been applied, to the next generation
 * @extack: says what is wrong
 *
 * Context: holds ipn->lock.
 * Return: 0 or -EKEYREJECTED.
 */
int ipsec_txn_check_keys(const struct ipsec_txn *txn,
			 struct netlink_ext_ack *extack);

/**
 * ipsec_txn_key_origin() - do the settings let an SA have such a key?
 * @settings: flags of the settings, as they are at this place of the transaction
 * @flags: enum nf_ipsec_sa_flag of the SA
 * @enc: its encryption or NULL
 * @auth: its integrity or NULL
 * @extack: says what is wrong
 *
 * RFC 4106 section 2, RFC 4309 section 2, RFC 3686 section 2.1 and RFC 8221
 * section 3, for who wants them to hold.
 *
 * Return: 0 or -EINVAL.
 */
int ipsec_txn_key_origin(u32 settings, u32 flags, const struct ipsec_alg *enc,
			 const struct ipsec_alg *auth,
			 struct netlink_ext_ack *extack);

#endif /* _IPSEC_COMMIT_H */
