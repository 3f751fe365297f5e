// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every change is a transaction.  Between begin and commit the operations of
 * one owner are checked and collected here; a change outside of that is a
 * transaction of one operation.
 *
 * An operation is checked against what is there and against what the same
 * transaction has named before, so that most mistakes are told at once.  What
 * counts is the same check at the commit.
 */
#include "txn.h"

#include <linux/err.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "commit.h"
#include "compat.h"
#include "defrag.h"
#include "netns.h"

/* --- operations --- */

static void op_destroy(struct ipsec_txn_op *op)
{
	ipsec_sa_destroy(op->sa);
	ipsec_sp_destroy(op->sp);
	kfree(op);
}

static bool op_is_new(const struct ipsec_txn_op *op)
{
	return op->type == IPSEC_TXN_SA_NEW || op->type == IPSEC_TXN_SP_NEW;
}

static bool op_is_del(const struct ipsec_txn_op *op)
{
	return op->type == IPSEC_TXN_SA_DEL || op->type == IPSEC_TXN_SP_DEL;
}

static struct ipsec_txn_op *op_create(struct ipsec_txn *txn, u8 type,
				      const char *tunnel,
				      struct netlink_ext_ack *extack)
{
	struct ipsec_txn_op *op;
	int err = 0;

	op = kzalloc(sizeof(*op), GFP_KERNEL_ACCOUNT);
	if (!op)
		return ERR_PTR(-ENOMEM);
	op->type = type;
	/* the commit, which holds the lock, is going to register the hooks */
	if (op_is_new(op) && !txn->n_new && !READ_ONCE(txn->ipn->hooked))
		ipsec_defrag_want_v6();
	if (tunnel)
		strscpy(op->tunnel, tunnel, sizeof(op->tunnel));
	/* a deletion is of what is there, wherever that belongs to */
	if (!op_is_del(op))
		err = ipsec_txn_limit(txn, op->tunnel, extack);
	if (!err)
		return op;
	kfree(op);
	return ERR_PTR(err);
}

static bool op_brings_key(const struct ipsec_txn_op *op)
{
	return op->type == IPSEC_TXN_SA_NEW && !op->takes_key;
}

static int op_room(const struct ipsec_net *ipn, const struct ipsec_txn_op *op,
		   struct netlink_ext_ack *extack)
{
	lockdep_assert_held(&ipn->lock);
	if (ipn->n_staged >= IPSEC_TXN_OPS_MAX) {
		NL_SET_ERR_MSG(extack, "too many operations are waiting for a commit");
		return -ENOBUFS;
	}
	if (op_brings_key(op) && ipn->net->user_ns != &init_user_ns &&
	    ipn->n_sas + ipn->n_staged_keys >= IPSEC_USERNS_SAS_MAX) {
		NL_SET_ERR_MSG(extack, "a namespace of a user namespace holds 4096 SAs at most");
		return -ENOSPC;
	}
	return 0;
}

/* What it has staged is about to be published or dropped. */
static void unstage(struct ipsec_txn *txn)
{
	txn->ipn->n_staged -= txn->n_ops;
	txn->ipn->n_staged_keys -= txn->n_keys;
}

static void op_link(struct ipsec_txn *txn, struct ipsec_txn_op *op)
{
	list_add_tail(&op->node, &txn->ops);
	if (op_is_new(op)) {
		txn->order_new = op->order;
		txn->n_new++;
	}
	if (op_brings_key(op)) {
		txn->n_keys++;
		txn->ipn->n_staged_keys++;
	}
}

/* The end of each operation: it becomes a part of the transaction, or goes. */
static int op_stage(struct ipsec_txn *txn, struct ipsec_txn_op *op, int err,
		    struct netlink_ext_ack *extack)
{
	struct ipsec_net *ipn = txn->ipn;
	bool idle;

	mutex_lock(&ipn->lock);
	if (!err)
		err = op_room(ipn, op, extack);
	idle = !err && ipsec_txn_idle(txn, op);
	if (!err && txn->open && !idle)
		err = ipsec_txn_remember(txn, op);
	if (!err) {
		/* an idle one counts too: it was sent */
		op->order = ++txn->n_ops;
		ipn->n_staged++;
	}
	if (!err && !idle)
		op_link(txn, op);
	mutex_unlock(&ipn->lock);
	if (err || idle)
		op_destroy(op);
	return err;
}

/* Make the SA as one that replaces another, if there is one.  That takes the
 * key over, waits for no crypto module, and is done under the lock, under which
 * the other one stays.
 */
static int sa_replacement(struct ipsec_txn *txn, struct ipsec_txn_op *op,
			  const struct ipsec_sa_params *p,
			  struct netlink_ext_ack *extack)
{
	struct ipsec_net *ipn = txn->ipn;
	struct ipsec_sa *old;
	const char *tunnel;
	int err;

	lockdep_assert_held(&ipn->lock);
	old = ipsec_txn_sa_seen(txn, &op->key, &tunnel);
	if (!old)
		return 0;
	err = ipsec_txn_replaces(txn, op, tunnel,
				 ipsec_txn_named(txn, &op->key), extack);
	if (err)
		return err;
	op->takes_key = true;
	op->sa = ipsec_sa_create(ipn->net, p, old, extack);
	return 0;
}

int ipsec_txn_sa_new(struct ipsec_txn *txn, const struct ipsec_sa_params *p,
		     enum ipsec_txn_how how, struct netlink_ext_ack *extack)
{
	struct ipsec_net *ipn = txn->ipn;
	struct ipsec_txn_op *op;
	int err;

	op = op_create(txn, IPSEC_TXN_SA_NEW, p->tunnel, extack);
	if (IS_ERR(op))
		return PTR_ERR(op);
	op->how = how;
	op->key.sa = p->id;
	mutex_lock(&ipn->lock);
	err = sa_replacement(txn, op, p, extack);
	mutex_unlock(&ipn->lock);
	if (!err && !op->sa)
		op->sa = ipsec_sa_create(ipn->net, p, NULL, extack);
	if (IS_ERR(op->sa)) {
		err = PTR_ERR(op->sa);
		op->sa = NULL;
	}
	return op_stage(txn, op, err, extack);
}

int ipsec_txn_sa_del(struct ipsec_txn *txn, const struct ipsec_sa_id *id,
		     struct netlink_ext_ack *extack)
{
	struct ipsec_txn_op *op;
	const char *tunnel;
	int err = 0;

	op = op_create(txn, IPSEC_TXN_SA_DEL, NULL, extack);
	if (IS_ERR(op))
		return PTR_ERR(op);
	op->key.sa = *id;
	mutex_lock(&txn->ipn->lock);
	if (!ipsec_txn_sa_seen(txn, &op->key, &tunnel)) {
		NL_SET_ERR_MSG(extack, IPSEC_MSG_SA_NONE);
		err = -ENOENT;
	} else {
		err = ipsec_txn_limit(txn, tunnel, extack);
	}
	mutex_unlock(&txn->ipn->lock);
	return op_stage(txn, op, err, extack);
}

int ipsec_txn_sp_new(struct ipsec_txn *txn, const struct ipsec_sp_params *p,
		     enum ipsec_txn_how how, struct netlink_ext_ack *extack)
{
	struct ipsec_net *ipn = txn->ipn;
	struct ipsec_txn_op *op;
	const char *tunnel;
	int err = 0;

	op = op_create(txn, IPSEC_TXN_SP_NEW, p->tunnel, extack);
	if (IS_ERR(op))
		return PTR_ERR(op);
	op->how = how;
	op->key.kind = 1;
	ipsec_sp_name(&op->key.sp, p->dir, p->priority, &p->sel);
	mutex_lock(&ipn->lock);
	if (ipsec_txn_sp_seen(txn, &op->key, &tunnel))
		err = ipsec_txn_replaces(txn, op, tunnel,
					 ipsec_txn_named(txn, &op->key),
					 extack);
	mutex_unlock(&ipn->lock);
	if (!err) {
		op->sp = ipsec_sp_create(p);
		if (IS_ERR(op->sp)) {
			err = PTR_ERR(op->sp);
			op->sp = NULL;
		}
	}
	return op_stage(txn, op, err, extack);
}

/* A number is that of a policy that is there: those that the transaction adds
 * have none yet.
 */
static int sp_del_find(struct ipsec_txn *txn, struct ipsec_txn_op *op,
		       const struct ipsec_sp_id *id, u32 number,
		       struct netlink_ext_ack *extack)
{
	struct ipsec_net *ipn = txn->ipn;
	const char *tunnel;
	struct ipsec_sp *sp;

	lockdep_assert_held(&ipn->lock);
	if (id) {
		op->key.sp = *id;
	} else {
		sp = ipsec_spd_find_number(ipn, number);
		if (sp)
			ipsec_sp_name(&op->key.sp, sp->dir, sp->priority,
				      &sp->sel);
		op->number = number;
	}
	if ((id || sp) && ipsec_txn_sp_seen(txn, &op->key, &tunnel))
		return ipsec_txn_limit(txn, tunnel, extack);
	NL_SET_ERR_MSG(extack, IPSEC_MSG_SP_NONE);
	return -ENOENT;
}

int ipsec_txn_sp_del(struct ipsec_txn *txn, const struct ipsec_sp_id *id,
		     u32 number, struct netlink_ext_ack *extack)
{
	struct ipsec_txn_op *op;
	int err;

	op = op_create(txn, IPSEC_TXN_SP_DEL, NULL, extack);
	if (IS_ERR(op))
		return PTR_ERR(op);
	op->key.kind = 1;
	mutex_lock(&txn->ipn->lock);
	err = sp_del_find(txn, op, id, number, extack);
	mutex_unlock(&txn->ipn->lock);
	return op_stage(txn, op, err, extack);
}

int ipsec_txn_flush(struct ipsec_txn *txn, bool policies, const char *tunnel,
		    struct netlink_ext_ack *extack)
{
	u8 type = policies ? IPSEC_TXN_SP_FLUSH : IPSEC_TXN_SA_FLUSH;
	struct ipsec_txn_op *op = op_create(txn, type, tunnel, extack);

	return IS_ERR(op) ? PTR_ERR(op) : op_stage(txn, op, 0, extack);
}

/* --- transactions --- */

static struct ipsec_txn *txn_create(struct ipsec_net *ipn, u32 owner)
{
	struct ipsec_txn *txn;

	txn = kzalloc(sizeof(*txn), GFP_KERNEL_ACCOUNT);
	if (!txn)
		return ERR_PTR(-ENOMEM);
	txn->ipn = ipn;
	txn->owner = owner;
	INIT_LIST_HEAD(&txn->node);
	INIT_LIST_HEAD(&txn->ops);
	INIT_LIST_HEAD(&txn->log);
	INIT_LIST_HEAD(&txn->flushes);
	return txn;
}

/* Nobody can find it any more. */
static void txn_destroy(struct ipsec_txn *txn)
{
	struct ipsec_txn_op *op, *tmp;

	ipsec_txn_names_exit(txn);
	list_splice(&txn->log, &txn->ops);
	list_for_each_entry_safe(op, tmp, &txn->ops, node) {
		op_destroy(op);
		cond_resched();
	}
	kfree(txn);
}

static struct ipsec_txn *txn_find(struct ipsec_net *ipn, u32 owner)
{
	struct ipsec_txn *txn;

	lockdep_assert_held(&ipn->lock);
	list_for_each_entry(txn, &ipn->txns, node) {
		if (txn->owner == owner)
			return txn;
	}
	return NULL;
}

/* Two threads may use one socket. */
static struct ipsec_txn *txn_find_idle(struct ipsec_net *ipn, u32 owner,
				       struct netlink_ext_ack *extack)
{
	struct ipsec_txn *txn = txn_find(ipn, owner);

	if (!txn) {
		NL_SET_ERR_MSG(extack, "this socket has no open transaction");
		return ERR_PTR(-ENOENT);
	}
	if (txn->busy) {
		NL_SET_ERR_MSG(extack, "another request of this socket is not finished");
		return ERR_PTR(-EBUSY);
	}
	return txn;
}

int ipsec_txn_begin(struct ipsec_net *ipn, u32 owner,
		    const struct ipsec_txn_options *options,
		    struct netlink_ext_ack *extack)
{
	struct ipsec_txn *txn = txn_create(ipn, owner);
	int err;

	if (IS_ERR(txn))
		return PTR_ERR(txn);
	err = ipsec_txn_names_init(txn);
	if (err) {
		kfree(txn);
		return err;
	}
	txn->options = *options;
	mutex_lock(&ipn->lock);
	if (txn_find(ipn, owner)) {
		NL_SET_ERR_MSG(extack, "this socket has an open transaction");
		err = -EBUSY;
	} else {
		list_add(&txn->node, &ipn->txns);
	}
	mutex_unlock(&ipn->lock);
	if (err)
		txn_destroy(txn);
	return err;
}

struct ipsec_txn *ipsec_txn_enter(struct ipsec_net *ipn, u32 owner,
				  struct netlink_ext_ack *extack)
{
	struct ipsec_txn *txn;

	mutex_lock(&ipn->lock);
	txn = txn_find(ipn, owner);
	if (txn && txn->busy) {
		/* an operation that is refused, as any other */
		txn->failed = true;
		txn = txn_find_idle(ipn, owner, extack);
	} else if (txn) {
		txn->busy = true;
	}
	mutex_unlock(&ipn->lock);
	return txn ?: txn_create(ipn, owner);
}

bool ipsec_txn_open(const struct ipsec_txn *txn)
{
	return txn->open;
}

int ipsec_txn_leave(struct ipsec_txn *txn, int err,
		    struct netlink_ext_ack *extack)
{
	struct ipsec_net *ipn = txn->ipn;
	bool open = txn->open;

	mutex_lock(&ipn->lock);
	if (open) {
		txn->busy = false;
		txn->failed |= !!err;
	} else {
		if (!err)
			err = ipsec_commit(txn, extack);
		unstage(txn);
	}
	mutex_unlock(&ipn->lock);
	if (!open)
		txn_destroy(txn);
	return err;
}

/* What is taken is the caller's, who destroys it. */
static struct ipsec_txn *txn_take(struct ipsec_net *ipn, u32 owner,
				  struct netlink_ext_ack *extack)
{
	struct ipsec_txn *txn = txn_find_idle(ipn, owner, extack);

	if (!IS_ERR(txn)) {
		list_del(&txn->node);
		unstage(txn);
	}
	return txn;
}

/* Is it what the owner thinks it is? */
static int txn_whole(const struct ipsec_txn *txn, u32 n_ops,
		     struct netlink_ext_ack *extack)
{
	if (txn->failed) {
		NL_SET_ERR_MSG(extack, "an operation of this transaction was refused");
		return -ECANCELED;
	}
	if (txn->n_ops != n_ops) {
		NL_SET_ERR_MSG(extack, "the transaction has not as many operations as were sent");
		return -ECANCELED;
	}
	return 0;
}

int ipsec_txn_commit(struct ipsec_net *ipn, u32 owner, u32 n_ops,
		     struct netlink_ext_ack *extack)
{
	struct ipsec_txn *txn;
	int err;

	mutex_lock(&ipn->lock);
	txn = txn_take(ipn, owner, extack);
	err = PTR_ERR_OR_ZERO(txn);
	if (!err)
		err = txn_whole(txn, n_ops, extack) ?:
		      ipsec_commit(txn, extack);
	mutex_unlock(&ipn->lock);
	if (!IS_ERR(txn))
		txn_destroy(txn);
	return err;
}

int ipsec_txn_abort(struct ipsec_net *ipn, u32 owner,
		    struct netlink_ext_ack *extack)
{
	struct ipsec_txn *txn;

	mutex_lock(&ipn->lock);
	txn = txn_take(ipn, owner, extack);
	mutex_unlock(&ipn->lock);
	if (IS_ERR(txn))
		return PTR_ERR(txn);
	txn_destroy(txn);
	return 0;
}

void ipsec_txn_owner_gone(struct ipsec_net *ipn, u32 owner)
{
	/* its own transaction, if there is one, was listed long ago */
	if (!list_empty(&ipn->txns))
		ipsec_txn_abort(ipn, owner, NULL);
}

void ipsec_txn_exit(struct ipsec_net *ipn)
{
	struct ipsec_txn *txn, *tmp;

	list_for_each_entry_safe(txn, tmp, &ipn->txns, node) {
		list_del(&txn->node);
		txn_destroy(txn);
	}
}
