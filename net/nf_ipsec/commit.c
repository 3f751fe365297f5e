// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a transaction becomes visible.  Objects carry two bits, one for each
 * parity of the generation, that hide them from packets of that parity.
 *
 *  1. Apply, operation by operation: what is added is linked, hidden from the
 *     current generation; what is deleted is hidden from the next one.  So an
 *     operation finds what those before it have left, and packets nothing new.
 *  2. Flip the generation (this and the rest: ipsec_txn_publish()).
 *  3. Wait until no packet of the old generation is left, then settle: bits of
 *     what is there are cleared, what was deleted is unlinked and freed later.
 *
 * An error in step 1 is undone, last operation first.  A transaction that
 * changes one object only needs no waiting: there is no half of it to be seen.
 */
#include "commit.h"

#include <linux/err.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "compat.h"
#include "key.h"
#include "netns.h"
#include "sad.h"
#include "settings.h"
#include "tunnel.h"

/* --- hiding --- */

static const char *sp_tunnel(const struct ipsec_sp *sp)
{
	return sp->tunnel ? sp->tunnel->name : NULL;
}

static void sa_hide(struct ipsec_txn *txn, struct ipsec_txn_op *op,
		    struct ipsec_sa *sa)
{
	op->sa_old = sa;
	WRITE_ONCE(sa->inactive, sa->inactive | ipsec_net_next(txn->ipn));
	txn->n_changes++;
}

static void sp_hide(struct ipsec_txn *txn, struct ipsec_txn_op *op,
		    struct ipsec_sp *sp)
{
	op->sp_old = sp;
	WRITE_ONCE(sp->inactive, sp->inactive | ipsec_net_next(txn->ipn));
	txn->n_changes++;
	txn->judges = true;
}

/* A deletion that some other operation comes to */
static struct ipsec_txn_op *deletion_log(struct ipsec_txn *txn, u8 type)
{
	struct ipsec_txn_op *op = kzalloc(sizeof(*op), GFP_KERNEL_ACCOUNT);

	if (!op)
		return NULL;
	op->type = type;
	list_add_tail(&op->node, &txn->log);
	return op;
}

int ipsec_txn_sa_hide(struct ipsec_txn *txn, struct ipsec_sa *sa)
{
	struct ipsec_txn_op *op = deletion_log(txn, IPSEC_TXN_SA_DEL);

	if (!op)
		return -ENOMEM;
	sa_hide(txn, op, sa);
	return 0;
}

/* --- apply --- */

/* Generic netlink serves a whole datagram, of any number of requests, before it
 * looks at signals.
 */
static int interrupted(struct netlink_ext_ack *extack)
{
	cond_resched();
	if (!fatal_signal_pending(current))
		return 0;
	NL_SET_ERR_MSG(extack, "the process is being killed");
	return -EINTR;
}

static int sa_new(struct ipsec_txn *txn, struct ipsec_txn_op *op,
		  struct netlink_ext_ack *extack)
{
	struct ipsec_net *ipn = txn->ipn;
	u8 next = ipsec_net_next(ipn);
	const struct ipsec_key *key = op->sa->key;
	struct ipsec_sa *old;
	int err;

	/* somebody else may have changed the settings since it was staged */
	err = ipsec_txn_key_origin(ipsec_settings_next(ipn)->flags,
				   op->sa->flags, key->enc, key->auth, extack);
	if (err)
		return err;
	if (op->moves && ipsec_sad_find(ipn, &op->key.sa, next)) {
		NL_SET_ERR_MSG(extack, IPSEC_MSG_SA_EXISTS);
		return -EEXIST;
	}
	old = ipsec_sad_find(ipn, op->moves ? &op->from.sa : &op->key.sa, next);
	if (old) {
		bool own = old->inactive & ipsec_net_current(ipn);

		err = ipsec_txn_replaces(txn, op, old->tunnel->name, own,
					 extack);
		if (err)
			return err;
	}
	if (old ? old->key != key : op->takes_key) {
		NL_SET_ERR_MSG(extack, "somebody else has changed the SA: try again");
		return -EAGAIN;
	}
	err = ipsec_sad_add(ipn, op->sa, op->tunnel, op->via, old);
	if (err)
		return err;
	txn->n_changes++;
	if (old)
		sa_hide(txn, op, old);
	return 0;
}

static int sa_del(struct ipsec_txn *txn, struct ipsec_txn_op *op,
		  struct netlink_ext_ack *extack)
{
	struct ipsec_sa *sa;
	int err;

	sa = ipsec_sad_find(txn->ipn, &op->key.sa, ipsec_net_next(txn->ipn));
	if (!sa) {
		NL_SET_ERR_MSG(extack, IPSEC_MSG_SA_NONE);
		return -ENOENT;
	}
	err = ipsec_txn_limit(txn, sa->tunnel->name, extack);
	if (!err)
		sa_hide(txn, op, sa);
	return err;
}

/* Hide the SAs of a tunnel; with @old_only not those the transaction added */
static int sas_hide(struct ipsec_txn *txn, const char *tunnel, bool old_only,
		    struct netlink_ext_ack *extack)
{
	struct ipsec_net *ipn = txn->ipn;
	u8 skip = ipsec_net_next(ipn);
	unsigned long age = 0;
	struct ipsec_sa *sa;
	int err;

	if (old_only)
		skip |= ipsec_net_current(ipn);
	for (; (sa = ipsec_sad_walk(ipn, &age)); age++) {
		if (interrupted(extack))
			return -EINTR;
		if ((sa->inactive & skip) ||
		    !ipsec_txn_tunnel_is(sa->tunnel->name, tunnel))
			continue;
		err = ipsec_txn_sa_hide(txn, sa);
		if (err)
			return err;
	}
	return 0;
}

static int sa_flush(struct ipsec_txn *txn, struct ipsec_txn_op *op,
		    struct netlink_ext_ack *extack)
{
	return sas_hide(txn, op->tunnel, false, extack);
}

static bool sp_same(const struct ipsec_sp *sp, const struct ipsec_txn_op *op)
{
	const char *tunnel = sp_tunnel(sp) ?: "";

	return sp->action == op->sp->action && sp->pfp == op->sp->pfp &&
	       !strcmp(tunnel, op->tunnel);
}

static int sp_new(struct ipsec_txn *txn, struct ipsec_txn_op *op,
		  struct netlink_ext_ack *extack)
{
	struct ipsec_net *ipn = txn->ipn;
	struct ipsec_sp *old;
	int err;

	old = ipsec_spd_find(ipn, &op->key.sp, ipsec_net_next(ipn));
	if (old) {
		bool own = old->inactive & ipsec_net_current(ipn);

		err = ipsec_txn_replaces(txn, op, sp_tunnel(old), own, extack);
		if (err)
			return err;
	}
	if (old && sp_same(old, op)) {
		op->keeps = true;
		return 0;
	}
	err = ipsec_spd_add(ipn, op->sp, op->tunnel, old);
	if (err == -ENODEV)
		NL_SET_ERR_MSG(extack, "the module is being removed");
	if (err)
		return err;
	txn->n_changes++;
	txn->judges = true;
	if (old)
		sp_hide(txn, op, old);
	return 0;
}

static int sp_del(struct ipsec_txn *txn, struct ipsec_txn_op *op,
		  struct netlink_ext_ack *extack)
{
	struct ipsec_sp *sp;
	int err;

	sp = ipsec_spd_find(txn->ipn, &op->key.sp, ipsec_net_next(txn->ipn));
	if (!sp || (op->number && sp->id != op->number)) {
		NL_SET_ERR_MSG(extack, IPSEC_MSG_SP_NONE);
		return -ENOENT;
	}
	err = ipsec_txn_limit(txn, sp_tunnel(sp), extack);
	if (!err)
		sp_hide(txn, op, sp);
	return err;
}

/* Did the last operation on this old policy want it to stay as it is? */
static bool sp_kept(struct ipsec_txn *txn, const struct ipsec_sp *sp)
{
	struct ipsec_txn_key key = { .kind = 1 };
	struct ipsec_txn_op *op;

	ipsec_sp_name_of(&key.sp, sp);
	op = ipsec_txn_named(txn, &key);
	return op && op->keeps;
}

/* Like sas_hide() */
static int sps_hide(struct ipsec_txn *txn, const char *tunnel, bool old_only,
		    struct netlink_ext_ack *extack)
{
	struct ipsec_net *ipn = txn->ipn;
	u8 skip = ipsec_net_next(ipn);
	struct ipsec_txn_op *op;
	unsigned long id = 0;
	struct ipsec_sp *sp;

	if (old_only)
		skip |= ipsec_net_current(ipn);
	for (; (sp = ipsec_spd_walk(ipn, &id)); id++) {
		if (interrupted(extack))
			return -EINTR;
		if ((sp->inactive & skip) ||
		    !ipsec_txn_tunnel_is(sp_tunnel(sp), tunnel) ||
		    (old_only && sp_kept(txn, sp)))
			continue;
		op = deletion_log(txn, IPSEC_TXN_SP_DEL);
		if (!op)
			return -ENOMEM;
		sp_hide(txn, op, sp);
	}
	return 0;
}

static int sp_flush(struct ipsec_txn *txn, struct ipsec_txn_op *op,
		    struct netlink_ext_ack *extack)
{
	return sps_hide(txn, op->tunnel, false, extack);
}

static int settings_change(struct ipsec_txn *txn, struct ipsec_txn_op *op,
			   struct netlink_ext_ack *extack)
{
	ipsec_settings_change(txn->ipn, op->settings);
	return 0;
}

static int (* const apply_op[])(struct ipsec_txn *txn, struct ipsec_txn_op *op,
				struct netlink_ext_ack *extack) = {
	[IPSEC_TXN_SA_NEW]	= sa_new,
	[IPSEC_TXN_SA_DEL]	= sa_del,
	[IPSEC_TXN_SA_FLUSH]	= sa_flush,
	[IPSEC_TXN_SP_NEW]	= sp_new,
	[IPSEC_TXN_SP_DEL]	= sp_del,
	[IPSEC_TXN_SP_FLUSH]	= sp_flush,
	[IPSEC_TXN_SETTINGS]	= settings_change,
};

static int apply(struct ipsec_txn *txn, struct netlink_ext_ack *extack)
{
	const struct ipsec_txn_options *options = &txn->options;
	struct ipsec_txn_op *op, *tmp;
	int err;

	ipsec_settings_begin(txn->ipn,
			     options->replace_all && !*options->tunnel);
	list_for_each_entry_safe(op, tmp, &txn->ops, node) {
		err = interrupted(extack);
		if (!err && apply_op[op->type])
			err = apply_op[op->type](txn, op, extack);
		if (err)
			return err;
		list_move_tail(&op->node, &txn->log);
	}
	if (options->replace_all) {
		err = sas_hide(txn, options->tunnel, true, extack) ?:
		      sps_hide(txn, options->tunnel, true, extack);
		if (err)
			return err;
	}
	err = ipsec_txn_prune(txn) ?: ipsec_txn_check_keys(txn, extack) ?:
	      ipsec_settings_end(txn->ipn, &txn->sets, extack);
	txn->n_changes += txn->sets;
	return err;
}

/* --- undo --- */

static void undo_op(struct ipsec_net *ipn, struct ipsec_txn_op *op)
{
	u8 next = ipsec_net_next(ipn);

	if (op->sa)
		ipsec_sad_remove(ipn, op->sa, op->sa_old);
	if (op->sa_old)
		WRITE_ONCE(op->sa_old->inactive, op->sa_old->inactive & ~next);
	if (op->sp && !op->keeps)
		ipsec_spd_remove(ipn, op->sp, op->sp_old);
	if (op->sp_old)
		WRITE_ONCE(op->sp_old->inactive, op->sp_old->inactive & ~next);
	op->sa = NULL;
	if (!op->keeps)
		op->sp = NULL;
}

static void undo(struct ipsec_txn *txn)
{
	struct ipsec_txn_op *op;

	list_for_each_entry_reverse(op, &txn->log, node) {
		undo_op(txn->ipn, op);
		cond_resched();
	}
}

/* --- all of it --- */

/* Can more than one object change, so that half of it could be seen? */
static bool may_be_torn(const struct ipsec_txn *txn)
{
	const struct ipsec_txn_op *op;

	if (txn->n_ops != 1 || txn->options.replace_all ||
	    ipsec_settings_stale(txn->ipn))
		return true;
	op = list_first_entry(&txn->ops, struct ipsec_txn_op, node);
	return op->type == IPSEC_TXN_SA_FLUSH ||
	       op->type == IPSEC_TXN_SP_FLUSH || op->with_sas ||
	       op->type == IPSEC_TXN_SETTINGS || op->how == IPSEC_TXN_REPLACE;
}

int ipsec_commit(struct ipsec_txn *txn, struct netlink_ext_ack *extack)
{
	struct ipsec_net *ipn = txn->ipn;
	int err;

	lockdep_assert_held(&ipn->lock);
	if (txn->options.generation_set &&
	    txn->options.generation != (u32)(ipn->generation >> 1)) {
		NL_SET_ERR_MSG(extack, "something has changed: the generation is another one");
		return -EAGAIN;
	}
	err = interrupted(extack);
	if (!err && txn->n_new)
		err = ipsec_net_hook(ipn, extack);
	if (err)
		return err;
	/* A packet that still is in the generation before the current one has
	 * the parity of the next one.
	 */
	if (may_be_torn(txn))
		cond_synchronize_rcu(ipn->flip_gp);
	err = apply(txn, extack);
	if (err)
		undo(txn);
	else
		ipsec_txn_publish(txn);
	ipsec_net_unhook(ipn);
	return err;
}
