// SPDX-License-Identifier: GPL-2.0-only
/*
 * SAs that rest on policies which go (RFC 4301 section 4.4.1): looked for when
 * all of a transaction has been applied, as a later operation may have added
 * another policy of the tunnel.
 */
#include "commit.h"

#include <linux/sched.h>

#include "netns.h"
#include "sad.h"
#include "tunnel.h"

/* Return: true if there is a tunnel to be looked at */
static bool mark(struct ipsec_txn *txn, bool on)
{
	struct ipsec_txn_op *op;
	bool any = false;

	list_for_each_entry(op, &txn->log, node) {
		if (!op->with_sas || !op->sp_old || !op->sp_old->tunnel)
			continue;
		op->sp_old->tunnel->orphan = on;
		any = true;
	}
	return any;
}

static void spare_protecting(struct ipsec_net *ipn)
{
	u8 next = ipsec_net_next(ipn);
	unsigned long id = 0;
	struct ipsec_sp *sp;

	for (; (sp = ipsec_spd_walk(ipn, &id)); id++) {
		if (!(sp->inactive & next) &&
		    sp->action == NF_IPSEC_ACTION_PROTECT)
			sp->tunnel->orphan = false;
		cond_resched();
	}
}

/* Nor do those go in which an SA is nested that stays. */
static void spare_around(struct ipsec_net *ipn)
{
	u8 next = ipsec_net_next(ipn);
	unsigned long age;
	struct ipsec_sa *sa;
	bool again;

	do {
		again = false;
		for (age = 0; (sa = ipsec_sad_walk(ipn, &age)); age++) {
			if (sa->nested && !(sa->inactive & next) &&
			    !sa->tunnel->orphan && sa->via->orphan) {
				sa->via->orphan = false;
				again = true;
			}
			cond_resched();
		}
	} while (again);
}

static int hide_orphans(struct ipsec_txn *txn)
{
	struct ipsec_net *ipn = txn->ipn;
	u8 next = ipsec_net_next(ipn);
	unsigned long age = 0;
	struct ipsec_sa *sa;
	int err = 0;

	for (; !err && (sa = ipsec_sad_walk(ipn, &age)); age++) {
		if (sa->tunnel->orphan && !(sa->inactive & next))
			err = ipsec_txn_sa_hide(txn, sa);
		cond_resched();
	}
	return err;
}

int ipsec_txn_prune(struct ipsec_txn *txn)
{
	int err;

	lockdep_assert_held(&txn->ipn->lock);
	if (!mark(txn, true))
		return 0;
	spare_protecting(txn->ipn);
	spare_around(txn->ipn);
	err = hide_orphans(txn);
	mark(txn, false);
	return err;
}
