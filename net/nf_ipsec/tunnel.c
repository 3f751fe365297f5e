// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel.h"

#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "extra.h"
#include "netns.h"
#include "sa.h"

static const struct rhashtable_params tunnel_params = {
	.key_len = sizeof_field(struct ipsec_tunnel, name),
	.key_offset = offsetof(struct ipsec_tunnel, name),
	.head_offset = offsetof(struct ipsec_tunnel, node),
	.automatic_shrinking = true,
};

int ipsec_tunnels_init(struct ipsec_net *ipn)
{
	return rhashtable_init(&ipn->tunnels, &tunnel_params);
}

void ipsec_tunnels_exit(struct ipsec_net *ipn)
{
	WARN_ON_ONCE(atomic_read(&ipn->tunnels.nelems));
	rhashtable_destroy(&ipn->tunnels);
}

static struct ipsec_tunnel *tunnel_create(struct ipsec_net *ipn,
					  const char *key)
{
	struct ipsec_tunnel *tunnel;
	int err;

	tunnel = kzalloc(sizeof(*tunnel), GFP_KERNEL_ACCOUNT);
	if (!tunnel)
		return ERR_PTR(-ENOMEM);
	memcpy(tunnel->name, key, sizeof(tunnel->name));
	refcount_set(&tunnel->refs, 1);
	INIT_LIST_HEAD(&tunnel->out);
	INIT_LIST_HEAD(&tunnel->peers);
	err = ipsec_insert_retry(rhashtable_insert_fast(&ipn->tunnels,
							&tunnel->node,
							tunnel_params));
	if (!err)
		return tunnel;
	kfree(tunnel);
	return ERR_PTR(err);
}

struct ipsec_tunnel *ipsec_tunnel_get(struct ipsec_net *ipn, const char *name)
{
	char key[sizeof_field(struct ipsec_tunnel, name)] = {};
	struct ipsec_tunnel *tunnel;

	lockdep_assert_held(&ipn->lock);
	strscpy(key, name, sizeof(key));
	tunnel = rhashtable_lookup_fast(&ipn->tunnels, key, tunnel_params);
	if (!tunnel)
		tunnel = tunnel_create(ipn, key);
	if (!IS_ERR(tunnel))
		tunnel->users++;
	return tunnel;
}

void ipsec_tunnel_put(struct ipsec_net *ipn, struct ipsec_tunnel *tunnel)
{
	lockdep_assert_held(&ipn->lock);
	if (!tunnel || --tunnel->users)
		return;
	rhashtable_remove_fast(&ipn->tunnels, &tunnel->node, tunnel_params);
	ipsec_tunnel_release(tunnel);
}

bool ipsec_tunnel_hold(struct ipsec_tunnel *tunnel)
{
	return refcount_inc_not_zero(&tunnel->refs);
}

void ipsec_tunnel_release(struct ipsec_tunnel *tunnel)
{
	if (refcount_dec_and_test(&tunnel->refs))
		kfree_rcu(tunnel, rcu);
}

/* The DSCP values that an SA is for; 0: whatever is left */
static u64 class_of(const struct ipsec_sa *sa)
{
	return unlikely(sa->extra) ? sa->extra->dscp_set : 0;
}

struct ipsec_sa *ipsec_tunnel_out_rcu(const struct ipsec_tunnel *tunnel,
				      const struct ipsec_flow *flow, u8 cursor)
{
	struct ipsec_sa *sa, *rest = NULL;

	list_for_each_entry_rcu(sa, &tunnel->out, out) {
		u64 class = class_of(sa);

		if (READ_ONCE(sa->inactive) & BIT(cursor))
			continue;
		if (flow && !ipsec_sa_carries(sa, flow))
			continue;
		if (!flow || (class & BIT_ULL(flow->dscp)))
			return sa;
		if (!class && !rest)
			rest = sa;
		if (rest && !READ_ONCE(tunnel->n_classes))
			break;
	}
	return rest;
}

bool ipsec_tunnel_sends_on_rcu(const struct ipsec_sa *sa, u8 cursor)
{
	const struct ipsec_sa *pos;

	list_for_each_entry_rcu(pos, &sa->tunnel->out, out) {
		if (!(READ_ONCE(pos->inactive) & BIT(cursor)) &&
		    class_of(pos) == class_of(sa))
			return pos == sa;
	}
	return false;
}
