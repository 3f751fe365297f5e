// SPDX-License-Identifier: GPL-2.0-only
/* The second half of a commit: what has been applied is seen, and tidied up. */
#include "commit.h"

#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "expire.h"
#include "key.h"
#include "netns.h"
#include "notify.h"
#include "offload.h"
#include "sad.h"
#include "settings.h"
#include "tfc.h"
#include "wait.h"

/* Does the end of an operation leave nothing where an old SA was?  The one that
 * took its place may have been deleted by a later operation.
 */
static bool sa_is_gone(struct ipsec_net *ipn, const struct ipsec_txn_op *op)
{
	const struct ipsec_sa *old = op->sa_old;
	struct ipsec_sa_name name;

	if (old->inactive & ipsec_net_next(ipn))
		return false;	/* nobody has ever seen it */
	ipsec_sa_name(old, &name);
	return !op->sa || !ipsec_sad_find(ipn, &name, ipsec_net_current(ipn));
}

static bool sp_is_gone(struct ipsec_net *ipn, const struct ipsec_txn_op *op)
{
	const struct ipsec_sp *old = op->sp_old;
	struct ipsec_sp_id id;

	if (old->inactive & ipsec_net_next(ipn))
		return false;
	ipsec_sp_name_of(&id, old);
	return !op->sp || !ipsec_spd_find(ipn, &id, ipsec_net_current(ipn));
}

static void settle_sa(struct ipsec_net *ipn, struct ipsec_txn_op *op)
{
	u8 before = ipsec_net_next(ipn);
	struct ipsec_sa *old = op->sa_old;
	struct ipsec_sa *sa = op->sa;
	bool moved = false;

	if (sa && sa->inactive == before) {
		WRITE_ONCE(sa->inactive, 0);
		ipsec_expire_start(sa);
		ipsec_dummy_start(sa);
		moved = op->moves && !(old->inactive & before);
		if (moved)
			ipsec_notify_move(ipn, sa, old);
		else
			ipsec_notify_sa(ipn, sa, NF_IPSEC_CMD_SA_NEW_NTF);
	}
	if (old) {
		if (!moved && sa_is_gone(ipn, op))
			ipsec_notify_sa(ipn, old, NF_IPSEC_CMD_SA_DEL_NTF);
		ipsec_sad_remove(ipn, old, NULL);
	}
	op->sa = NULL;
}

static void settle_sp(struct ipsec_net *ipn, struct ipsec_txn_op *op)
{
	u8 before = ipsec_net_next(ipn);
	struct ipsec_sp *old = op->sp_old;
	struct ipsec_sp *sp = op->sp;

	if (op->keeps)
		return;
	if (sp && sp->inactive == before) {
		WRITE_ONCE(sp->inactive, 0);
		ipsec_notify_sp(ipn, sp, NF_IPSEC_CMD_POLICY_NEW_NTF);
	}
	if (old) {
		if (sp_is_gone(ipn, op))
			ipsec_notify_sp(ipn, old, NF_IPSEC_CMD_POLICY_DEL_NTF);
		ipsec_spd_remove(ipn, old, NULL);
	}
	op->sp = NULL;
}

/* Before packets see them: the counters of what will be there */
static void start_keys(struct ipsec_txn *txn)
{
	struct ipsec_txn_op *op;

	list_for_each_entry(op, &txn->log, node) {
		if (op->sa && op->sa->inactive == ipsec_net_current(txn->ipn))
			ipsec_key_start(op->sa->key);
	}
}

void ipsec_txn_publish(struct ipsec_txn *txn)
{
	struct ipsec_net *ipn = txn->ipn;
	struct ipsec_txn_op *op;

	if (!txn->n_changes)
		return;
	start_keys(txn);
	ipsec_net_flip(ipn);
	ipsec_wait_kick(ipn);
	if (txn->n_changes > 1)
		synchronize_rcu();
	if ((txn->judges || txn->sets) && unlikely(ipsec_offload_possible()))
		ipsec_offload_sweep(ipn);
	if (txn->sets)
		ipsec_settings_settle(ipn);
	list_for_each_entry(op, &txn->log, node) {
		settle_sa(ipn, op);
		settle_sp(ipn, op);
		cond_resched();
	}
}
