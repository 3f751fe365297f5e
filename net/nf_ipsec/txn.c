// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every change is a transaction.  Between begin and commit the operations of
 * one owner are collected here, see txn_ops.c; a change outside of that is a
 * transaction of one operation.
 */
#include "txn.h"

#include <linux/err.h>
#include <linux/netlink.h>
#include <linux/slab.h>

#include "commit.h"
#include "netns.h"

/* What it has staged is about to be published or dropped. */
static void unstage(struct ipsec_txn *txn)
{
	txn->ipn->n_staged -= txn->n_ops;
	txn->ipn->n_staged_keys -= txn->n_keys;
}

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
		ipsec_txn_op_destroy(op);
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
