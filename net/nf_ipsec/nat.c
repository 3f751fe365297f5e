// SPDX-License-Identifier: GPL-2.0-only
/*
 * The few words between nf_ipsec and conntrack.  All through hooks that are in
 * vmlinux, so that insmod asks for no other module.
 */
#include "nat.h"

#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_nat.h>

bool ipsec_nat_is_source(const struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	return ct && (READ_ONCE(ct->status) & IPS_SRC_NAT) &&
	       nf_ct_is_confirmed(ct) &&
	       CTINFO2DIR(ctinfo) == IP_CT_DIR_ORIGINAL;
}

bool ipsec_nat_concerns(const struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	if (!ct || nf_ct_is_template(ct))
		return false;
	return !nf_ct_is_confirmed(ct) || ipsec_nat_is_source(skb);
}

void ipsec_nat_forget(struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	WRITE_ONCE(ct->timeout, nfct_time_stamp);
}

bool ipsec_nat_keep(struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);
	const struct nf_nat_hook *nat;

	nat = rcu_dereference(nf_nat_hook);
	if (!nat || nf_nat_initialized(ct, NF_NAT_MANIP_SRC))
		return true;
	return !nat->parse_nat_setup(ct, NF_NAT_MANIP_SRC, NULL);
}

bool ipsec_nat_confirm(struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);
	const struct nf_ct_hook *hook;

	if (likely(!ct))
		return true;
	if (!nf_ct_is_confirmed(ct) && !nf_ct_is_template(ct)) {
		hook = rcu_dereference(nf_ct_hook);
		if (hook && hook->confirm(skb) != NF_ACCEPT)
			return false;
	}
	nf_reset_ct(skb);
	return true;
}

bool ipsec_nat_translated(const struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	return ct && (READ_ONCE(ct->status) & IPS_NAT_MASK);
}
