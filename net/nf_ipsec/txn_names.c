// SPDX-License-Identifier: GPL-2.0-only
/* What a transaction has named so far, and what it may name. */
#include "commit.h"

#include <linux/netlink.h>
#include <linux/rhashtable.h>

#include "netns.h"
#include "sad.h"
#include "tunnel.h"

static const struct rhashtable_params named_params = {
	.key_len = sizeof_field(struct ipsec_txn_op, key),
	.key_offset = offsetof(struct ipsec_txn_op, key),
	.head_offset = offsetof(struct ipsec_txn_op, named),
};

int ipsec_txn_names_init(struct ipsec_txn *txn)
{
	int err = rhashtable_init(&txn->named, &named_params);

	txn->open = !err;
	return err;
}

void ipsec_txn_names_exit(struct ipsec_txn *txn)
{
	if (txn->open)
		rhashtable_destroy(&txn->named);
}

struct ipsec_txn_op *ipsec_txn_named(struct ipsec_txn *txn,
				     const struct ipsec_txn_key *key)
{
	if (!txn->open)
		return NULL;
	return rhashtable_lookup_fast(&txn->named, key, named_params);
}

int ipsec_txn_remember(struct ipsec_txn *txn, struct ipsec_txn_op *op)
{
	struct ipsec_txn_op *before;

	if (op->type == IPSEC_TXN_SA_FLUSH ||
	    op->type == IPSEC_TXN_SP_FLUSH) {
		list_add_tail(&op->flush, &txn->flushes);
		return 0;
	}
	before = ipsec_txn_named(txn, &op->key);
	if (before)
		return rhashtable_replace_fast(&txn->named, &before->named,
					       &op->named, named_params);
	return ipsec_insert_retry(rhashtable_insert_fast(&txn->named,
							 &op->named,
							 named_params));
}

bool ipsec_txn_flushed(const struct ipsec_txn *txn, u8 type, u32 order,
		       const char *tunnel)
{
	const struct ipsec_txn_op *op;

	list_for_each_entry_reverse(op, &txn->flushes, flush) {
		if (op->order < order)
			return false;
		if (op->type == type && ipsec_txn_tunnel_is(tunnel, op->tunnel))
			return true;
	}
	return false;
}

bool ipsec_txn_idle(const struct ipsec_txn *txn, const struct ipsec_txn_op *op)
{
	if (op->type != IPSEC_TXN_SA_FLUSH && op->type != IPSEC_TXN_SP_FLUSH)
		return false;
	return ipsec_txn_flushed(txn, op->type, txn->order_new, op->tunnel);
}

struct ipsec_sa *ipsec_txn_sa_seen(struct ipsec_txn *txn,
				   const struct ipsec_txn_key *key,
				   const char **tunnel)
{
	struct ipsec_net *ipn = txn->ipn;
	struct ipsec_txn_op *op;
	struct ipsec_sa *sa;
	u32 order = 0;

	op = ipsec_txn_named(txn, key);
	if (op) {
		sa = op->sa;
		order = op->order;
		*tunnel = op->tunnel;
	} else {
		sa = ipsec_sad_find(ipn, &key->sa, ipsec_net_current(ipn));
		*tunnel = sa ? sa->tunnel->name : NULL;
	}
	if (sa && ipsec_txn_flushed(txn, IPSEC_TXN_SA_FLUSH, order, *tunnel))
		return NULL;
	return sa;
}

struct ipsec_sa *ipsec_txn_kin_seen(struct ipsec_txn *txn,
				    struct ipsec_txn_key *key,
				    const char *tunnel, const char **of)
{
	struct ipsec_sa *sa;

	if (key->sa.id.dir != NF_IPSEC_DIR_OUT)
		return NULL;
	sa = ipsec_sad_find_kin(txn->ipn, &key->sa, tunnel,
				ipsec_net_current(txn->ipn));
	if (!sa)
		return NULL;
	ipsec_sa_name(sa, &key->sa);
	/* unless the transaction has done something to it already */
	return ipsec_txn_named(txn, key) ? NULL :
	       ipsec_txn_sa_seen(txn, key, of);
}

struct ipsec_sp *ipsec_txn_sp_seen(struct ipsec_txn *txn,
				   const struct ipsec_txn_key *key,
				   const char **tunnel)
{
	struct ipsec_net *ipn = txn->ipn;
	struct ipsec_txn_op *op;
	struct ipsec_sp *sp;
	u32 order = 0;

	op = ipsec_txn_named(txn, key);
	if (op) {
		sp = op->sp;
		order = op->order;
		*tunnel = op->tunnel;
	} else {
		sp = ipsec_spd_find(ipn, &key->sp, ipsec_net_current(ipn));
		*tunnel = sp && sp->tunnel ? sp->tunnel->name : NULL;
	}
	if (sp && ipsec_txn_flushed(txn, IPSEC_TXN_SP_FLUSH, order, *tunnel))
		return NULL;
	return sp;
}

bool ipsec_txn_concerns(const struct ipsec_txn *txn, const char *tunnel)
{
	return ipsec_txn_tunnel_is(tunnel, txn->options.tunnel);
}

int ipsec_txn_limit(const struct ipsec_txn *txn, const char *tunnel,
		    struct netlink_ext_ack *extack)
{
	if (ipsec_txn_concerns(txn, tunnel))
		return 0;
	NL_SET_ERR_MSG(extack, "the transaction is about another tunnel");
	return -EXDEV;
}

int ipsec_txn_replaces(const struct ipsec_txn *txn,
		       const struct ipsec_txn_op *op, const char *tunnel,
		       bool own, struct netlink_ext_ack *extack)
{
	int err = ipsec_txn_limit(txn, tunnel, extack);

	if (err || op->how == IPSEC_TXN_REPLACE ||
	    (txn->options.replace_all && !own))
		return err;
	if (op->type == IPSEC_TXN_SA_NEW)
		NL_SET_ERR_MSG(extack, IPSEC_MSG_SA_EXISTS);
	else
		NL_SET_ERR_MSG(extack, IPSEC_MSG_SP_EXISTS);
	return -EEXIST;
}
