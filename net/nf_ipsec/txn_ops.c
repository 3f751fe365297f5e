// SPDX-License-Identifier: GPL-2.0-only
/*
 * The operations of a transaction: made, checked and held back.
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
#include "lib/alg.h"
#include "netns.h"
#include "sad.h"
#include "settings.h"

void ipsec_txn_op_destroy(struct ipsec_txn_op *op)
{
	ipsec_sa_destroy(op->sa);
	ipsec_sp_destroy(op->sp);
	kfree(op->settings);
	kfree(op);
}

static bool op_is_new(const struct ipsec_txn_op *op)
{
	return op->type == IPSEC_TXN_SA_NEW || op->type == IPSEC_TXN_SP_NEW ||
	       op->type == IPSEC_TXN_SETTINGS;
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
	if (op->settings) {
		u32 mask = op->settings->mask;

		txn->setting_mask |= mask;
		txn->setting_flags &= ~mask;
		txn->setting_flags |= op->settings->to.flags & mask;
	}
}

/* What comes later in the transaction finds the name of an SA that moves free. */
static int leave_name(struct ipsec_txn *txn, const struct ipsec_txn_op *mover)
{
	struct ipsec_txn_op *op = kzalloc(sizeof(*op), GFP_KERNEL_ACCOUNT);
	int err;

	if (!op)
		return -ENOMEM;
	op->type = IPSEC_TXN_SA_GONE;
	op->how = mover->how;
	op->key = mover->from;
	op->order = txn->n_ops + 1;
	err = ipsec_txn_remember(txn, op);
	if (err)
		kfree(op);
	else
		list_add_tail(&op->node, &txn->ops);
	return err;
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
	if (!err && txn->open && op->moves)
		err = leave_name(txn, op);
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
		ipsec_txn_op_destroy(op);
	return err;
}

/* The SA that moves.  Return: it, or ERR_PTR. */
static struct ipsec_sa *moving_sa(struct ipsec_txn *txn,
				  struct ipsec_txn_op *op, const char **tunnel,
				  struct netlink_ext_ack *extack)
{
	const char *other;
	struct ipsec_sa *sa;

	sa = ipsec_txn_sa_seen(txn, &op->from, tunnel);
	if (!sa && !op->from.sa.port)
		sa = ipsec_txn_kin_seen(txn, &op->from, NULL, tunnel);
	if (!sa) {
		NL_SET_ERR_MSG(extack, IPSEC_MSG_SA_NONE);
		return ERR_PTR(-ENOENT);
	}
	op->moves = memcmp(&op->from, &op->key, sizeof(op->key));
	if (op->moves && ipsec_txn_sa_seen(txn, &op->key, &other)) {
		NL_SET_ERR_MSG(extack, IPSEC_MSG_SA_EXISTS);
		return ERR_PTR(-EEXIST);
	}
	return sa;
}

/* The SA that is replaced.  Return: it, NULL if there is none, or ERR_PTR. */
static struct ipsec_sa *replaced_sa(struct ipsec_txn *txn,
				    struct ipsec_txn_op *op,
				    const struct ipsec_sa_name *from,
				    const char **tunnel,
				    struct netlink_ext_ack *extack)
{
	struct ipsec_sa *sa;

	op->from = op->key;
	if (from) {
		op->from.sa = *from;
		return moving_sa(txn, op, tunnel, extack);
	}
	sa = ipsec_txn_sa_seen(txn, &op->key, tunnel);
	if (sa || op->how != IPSEC_TXN_REPLACE)
		return sa;
	sa = ipsec_txn_kin_seen(txn, &op->from, op->tunnel, tunnel);
	op->moves = sa;
	return sa;
}

/* Make the SA as one that replaces another, if there is one.  That takes the
 * key over, waits for no crypto module, and is done under the lock, under which
 * the other one stays.
 */
static int sa_replacement(struct ipsec_txn *txn, struct ipsec_txn_op *op,
			  const struct ipsec_sa_params *p,
			  const struct ipsec_sa_name *from,
			  struct netlink_ext_ack *extack)
{
	struct ipsec_net *ipn = txn->ipn;
	struct ipsec_sa *old;
	const char *tunnel;
	int err;

	lockdep_assert_held(&ipn->lock);
	old = replaced_sa(txn, op, from, &tunnel, extack);
	if (IS_ERR_OR_NULL(old))
		return PTR_ERR_OR_ZERO(old);
	err = ipsec_txn_replaces(txn, op, tunnel,
				 ipsec_txn_named(txn, &op->from), extack);
	if (err)
		return err;
	op->takes_key = true;
	op->sa = ipsec_sa_create(ipn->net, p, old, extack);
	/* who does not bring the key knows no better where it is from */
	if (!IS_ERR(op->sa) && !p->key)
		op->sa->flags = (op->sa->flags & ~NF_IPSEC_SA_F_EXCHANGED) |
				(old->flags & NF_IPSEC_SA_F_EXCHANGED);
	return 0;
}

int ipsec_txn_key_origin(u32 settings, u32 flags, const struct ipsec_alg *enc,
			 const struct ipsec_alg *auth,
			 struct netlink_ext_ack *extack)
{
	if (flags & NF_IPSEC_SA_F_EXCHANGED)
		return 0;
	if (settings & NF_IPSEC_SETTING_NO_STATIC_KEYS) {
		NL_SET_ERR_MSG(extack, "static-keys refuse wants the word exchanged");
		return -EINVAL;
	}
	if ((settings & NF_IPSEC_SETTING_NO_STATIC_COUNTER) &&
	    ((enc && enc->counter) || (auth && auth->counter))) {
		NL_SET_ERR_MSG(extack, "static-keys no-counter wants the word exchanged");
		return -EINVAL;
	}
	return 0;
}

/* The settings that an operation finds at this point */
static u32 settings_seen(const struct ipsec_txn *txn)
{
	const struct ipsec_txn_options *options = &txn->options;
	u32 flags = 0;

	lockdep_assert_held(&txn->ipn->lock);
	if (!options->replace_all || *options->tunnel)
		flags = ipsec_settings_current(txn->ipn)->flags;
	return (flags & ~txn->setting_mask) | txn->setting_flags;
}

int ipsec_txn_sa_new(struct ipsec_txn *txn, const struct ipsec_sa_params *p,
		     enum ipsec_txn_how how, const struct ipsec_sa_name *from,
		     struct netlink_ext_ack *extack)
{
	struct ipsec_net *ipn = txn->ipn;
	struct ipsec_txn_op *op;
	int err;

	op = op_create(txn, IPSEC_TXN_SA_NEW, p->tunnel, extack);
	if (IS_ERR(op))
		return PTR_ERR(op);
	op->how = how;
	ipsec_sa_params_name(p, &op->key.sa);
	strscpy(op->via, p->via, sizeof(op->via));
	mutex_lock(&ipn->lock);
	err = sa_replacement(txn, op, p, from, extack);
	if (!err && !IS_ERR(op->sa))
		err = ipsec_txn_key_origin(settings_seen(txn),
					   op->sa ? op->sa->flags : p->flags,
					   ipsec_alg_get(p->enc),
					   ipsec_alg_get(p->auth), extack);
	mutex_unlock(&ipn->lock);
	if (!err && !op->sa)
		op->sa = ipsec_sa_create(ipn->net, p, NULL, extack);
	if (IS_ERR(op->sa)) {
		err = PTR_ERR(op->sa);
		op->sa = NULL;
	}
	return op_stage(txn, op, err, extack);
}

int ipsec_txn_sa_del(struct ipsec_txn *txn, const struct ipsec_sa_name *name,
		     struct netlink_ext_ack *extack)
{
	struct ipsec_txn_op *op;
	const char *tunnel;
	int err = 0;

	op = op_create(txn, IPSEC_TXN_SA_DEL, NULL, extack);
	if (IS_ERR(op))
		return PTR_ERR(op);
	op->key.sa = *name;
	mutex_lock(&txn->ipn->lock);
	if (!ipsec_txn_sa_seen(txn, &op->key, &tunnel) &&
	    (name->port || !ipsec_txn_kin_seen(txn, &op->key, NULL, &tunnel))) {
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
	ipsec_sp_name(&op->key.sp, p);
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
			ipsec_sp_name_of(&op->key.sp, sp);
		op->number = number;
	}
	if ((id || sp) && ipsec_txn_sp_seen(txn, &op->key, &tunnel))
		return ipsec_txn_limit(txn, tunnel, extack);
	NL_SET_ERR_MSG(extack, IPSEC_MSG_SP_NONE);
	return -ENOENT;
}

int ipsec_txn_sp_del(struct ipsec_txn *txn, const struct ipsec_sp_id *id,
		     u32 number, bool with_sas, struct netlink_ext_ack *extack)
{
	struct ipsec_txn_op *op;
	int err;

	op = op_create(txn, IPSEC_TXN_SP_DEL, NULL, extack);
	if (IS_ERR(op))
		return PTR_ERR(op);
	op->key.kind = 1;
	op->with_sas = with_sas;
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

int ipsec_txn_settings(struct ipsec_txn *txn,
		       const struct ipsec_settings_params *p,
		       struct netlink_ext_ack *extack)
{
	struct ipsec_txn_op *op;

	op = op_create(txn, IPSEC_TXN_SETTINGS, NULL, extack);
	if (IS_ERR(op))
		return PTR_ERR(op);
	op->key.kind = 2;
	op->settings = kmemdup(p, sizeof(*p), GFP_KERNEL_ACCOUNT);
	return op_stage(txn, op, op->settings ? 0 : -ENOMEM, extack);
}

/* Both ends count from one number on: under one key and salt they would encrypt
 * two packets with one nonce (RFC 4106 section 10).
 */
int ipsec_txn_check_keys(const struct ipsec_txn *txn,
			 struct netlink_ext_ack *extack)
{
	const struct ipsec_txn_op *op;

	list_for_each_entry(op, &txn->log, node) {
		if (!op->sa ||
		    op->sa->inactive != ipsec_net_current(txn->ipn) ||
		    !ipsec_sad_key_turns(txn->ipn, op->sa))
			continue;
		NL_SET_ERR_MSG(extack, "the other direction has this key: use two, or two salts");
		return -EKEYREJECTED;
	}
	return 0;
}
