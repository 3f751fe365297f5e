// SPDX-License-Identifier: GPL-2.0-only
/* SAs: SA to attributes. */
#include "netlink.h"

#include <net/genetlink.h>

#include "crypto.h"
#include "drop.h"
#include "key.h"
#include "lib/alg.h"
#include "lib/replay.h"
#include "netlink_sel.h"
#include "netns.h"
#include "path.h"
#include "sa.h"
#include "tunnel.h"

#define DRIVER_MAX		256

static int put_identity(struct sk_buff *skb, const struct ipsec_sa *sa)
{
	return nla_put_string(skb, NF_IPSEC_SA_A_TUNNEL, sa->tunnel->name) ?:
	       nla_put_u8(skb, NF_IPSEC_SA_A_DIR, sa->id.dir) ?:
	       nla_put_u8(skb, NF_IPSEC_SA_A_PROTO, sa->id.proto) ?:
	       nla_put_u8(skb, NF_IPSEC_SA_A_MODE, sa->mode) ?:
	       nla_put_be32(skb, NF_IPSEC_SA_A_SPI, sa->id.spi) ?:
	       ipsec_nl_sa_ends_put(skb, sa);
}

static int put_via(struct sk_buff *skb, const struct ipsec_sa *sa)
{
	if (!sa->nested)
		return 0;
	return nla_put_string(skb, NF_IPSEC_SA_A_VIA, sa->via->name);
}

static int put_key(struct sk_buff *skb, const struct ipsec_sa *sa)
{
	const struct ipsec_key *key = sa->key;

	if ((key->enc && nla_put_u16(skb, NF_IPSEC_SA_A_ENC, key->enc->id)) ||
	    (key->auth && nla_put_u16(skb, NF_IPSEC_SA_A_AUTH, key->auth->id)))
		return -EMSGSIZE;
	if (key->replay && nla_put_u32(skb, NF_IPSEC_SA_A_REPLAY_WINDOW,
				       key->replay->window))
		return -EMSGSIZE;
	return nla_put(skb, NF_IPSEC_SA_A_FINGERPRINT,
		       NF_IPSEC_FINGERPRINT_LEN, key->digest) ?:
	       nla_put_u32(skb, NF_IPSEC_SA_A_FLAGS, sa->flags) ?:
	       nla_put_u64_64bit(skb, NF_IPSEC_SA_A_SEQ,
				 ipsec_key_seq_read(key), NF_IPSEC_SA_A_PAD);
}

static int put_header(struct sk_buff *skb, const struct ipsec_sa *sa)
{
	if (sa->sel_set &&
	    (ipsec_nl_sel_put(skb, NF_IPSEC_SA_A_SEL, &sa->sel) ||
	     ipsec_nl_sets_put(skb, NF_IPSEC_SA_A_SEL, sa->more)))
		return -EMSGSIZE;
	if (sa->mss != U16_MAX && nla_put_u16(skb, NF_IPSEC_SA_A_MSS, sa->mss))
		return -EMSGSIZE;
	if (sa->mode != NF_IPSEC_MODE_TUNNEL || sa->id.dir == NF_IPSEC_DIR_IN)
		return 0;
	if ((sa->dscp >= 0 && nla_put_u8(skb, NF_IPSEC_SA_A_DSCP, sa->dscp)) ||
	    (sa->ttl && nla_put_u8(skb, NF_IPSEC_SA_A_TTL, sa->ttl)))
		return -EMSGSIZE;
	return nla_put_u8(skb, NF_IPSEC_SA_A_DF, sa->df);
}

static int put_usage(struct sk_buff *skb, const struct ipsec_sa *sa)
{
	unsigned long used = READ_ONCE(sa->key->used);
	struct ipsec_usage usage;

	ipsec_key_usage(sa->key, &usage);
	if (used && nla_put_u64_64bit(skb, NF_IPSEC_SA_A_IDLE,
				      (jiffies - used) / HZ,
				      NF_IPSEC_SA_A_PAD))
		return -EMSGSIZE;
	return nla_put_u64_64bit(skb, NF_IPSEC_SA_A_PACKETS, usage.packets,
				 NF_IPSEC_SA_A_PAD) ?:
	       nla_put_u64_64bit(skb, NF_IPSEC_SA_A_BYTES, usage.bytes,
				 NF_IPSEC_SA_A_PAD) ?:
	       nla_put_u64_64bit(skb, NF_IPSEC_SA_A_ADDED, sa->key->added,
				 NF_IPSEC_SA_A_PAD);
}

static int put_state(struct sk_buff *skb, const struct ipsec_net *ipn,
		     struct ipsec_sa *sa)
{
	char driver[DRIVER_MAX];
	bool active;
	int err;

	ipsec_crypto_driver(sa->key->crypto, driver, sizeof(driver));
	err = nla_put_string(skb, NF_IPSEC_SA_A_DRIVER, driver);
	if (err)
		return err;
	rcu_read_lock();
	err = ipsec_nl_drops_put(skb, NF_IPSEC_SA_A_DROPS,
				 rcu_dereference(sa->drops));
	active = sa->id.dir == NF_IPSEC_DIR_OUT &&
		 !READ_ONCE(sa->key->ended) &&
		 ipsec_tunnel_sends_on_rcu(sa, ipn->generation & 1);
	rcu_read_unlock();
	if (err || sa->id.dir != NF_IPSEC_DIR_OUT)
		return err;
	if (active && nla_put_flag(skb, NF_IPSEC_SA_A_ACTIVE))
		return -EMSGSIZE;
	return ipsec_nl_mtu_put(skb, sa);
}

int ipsec_nl_sa_put(struct sk_buff *skb, struct ipsec_net *ipn,
		    struct ipsec_sa *sa, const struct ipsec_nl_msg *msg)
{
	void *hdr = ipsec_nl_begin(skb, msg);

	if (!hdr)
		return -EMSGSIZE;
	if (put_identity(skb, sa) || ipsec_nl_sa_from_put(skb, msg->from) ||
	    put_via(skb, sa) ||
	    put_key(skb, sa) || put_header(skb, sa) ||
	    ipsec_nl_natt_put(skb, sa) || ipsec_nl_extra_put(skb, sa) ||
	    put_usage(skb, sa) ||
	    ipsec_nl_life_put(skb, sa) || put_state(skb, ipn, sa)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}
