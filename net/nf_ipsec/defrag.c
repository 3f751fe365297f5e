// SPDX-License-Identifier: GPL-2.0-only
#include "defrag.h"

#include <linux/module.h>
#include <linux/mutex.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "drop.h"
#include "journal.h"
#include "netns.h"

/* Reassembly queues are told apart by who asks: numbers of our own */
#define DEFRAG_USER		0x69707365
#define DEFRAG_USER_INNER	0x69707366

typedef int (*gather_fn)(struct net *net, struct sk_buff *skb, u32 user);

static gather_fn gather_v6;
static DEFINE_MUTEX(gather_lock);

static int defrag_v6(struct ipsec_net *ipn, struct sk_buff *skb, u32 user,
		     const struct ipsec_drop_at *at)
{
	gather_fn gather = READ_ONCE(gather_v6);
	int err;

	if (!gather) {
		ipsec_drop_skb(ipn, skb, IPSEC_DROP_REASSEMBLY, at);
		return -ENOENT;
	}
	err = gather(ipn->net, skb, user);
	if (err && err != -EINPROGRESS)
		ipsec_drop_skb(ipn, skb, IPSEC_DROP_REASSEMBLY, at);
	return err;
}

bool ipsec_defrag_has_v6(void)
{
	return READ_ONCE(gather_v6);
}

int ipsec_defrag(struct ipsec_net *ipn, struct sk_buff *skb, u8 family,
		 bool inner)
{
	u32 user = inner ? DEFRAG_USER_INNER : DEFRAG_USER;
	struct ipsec_drop_at at = { .dir = NF_IPSEC_DIR_IN, .family = family };
	struct ipsec_record rec;
	int err;

	if (family == AF_INET6)
		return defrag_v6(ipn, skb, user, &at);
	/* it frees what it refuses */
	ipsec_journal_see(ipn, skb, &at, &rec);
	err = ip_defrag(ipn->net, skb, user);
	if (err && err != -EINPROGRESS)
		ipsec_drop_count(ipn, IPSEC_DROP_REASSEMBLY, &at, &rec);
	return err;
}

void ipsec_defrag_want_v6(void)
{
	if (!IS_ENABLED(CONFIG_IPV6))
		return;
	mutex_lock(&gather_lock);
	if (!gather_v6) {
		request_module("nf_defrag_ipv6");
		WRITE_ONCE(gather_v6, symbol_get(nf_ct_frag6_gather));
	}
	mutex_unlock(&gather_lock);
}

void ipsec_defrag_exit(void)
{
	if (gather_v6)
		symbol_put(nf_ct_frag6_gather);
}
