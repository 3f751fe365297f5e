// SPDX-License-Identifier: GPL-2.0-only
/* The limits of an SA: attributes to parameters, and back. */
#include "netlink.h"

#include <net/genetlink.h>

#include "compat.h"
#include "expire.h"
#include "key.h"
#include "lib/alg.h"
#include "lib/lifetime.h"
#include "sa.h"

static const struct nla_policy life_policy[NF_IPSEC_LIFE_A_MAX + 1] = {
	[NF_IPSEC_LIFE_A_BYTES_SOFT]	= { .type = NLA_U64 },
	[NF_IPSEC_LIFE_A_BYTES_HARD]	= { .type = NLA_U64 },
	[NF_IPSEC_LIFE_A_PACKETS_SOFT]	= { .type = NLA_U64 },
	[NF_IPSEC_LIFE_A_PACKETS_HARD]	= { .type = NLA_U64 },
	[NF_IPSEC_LIFE_A_TIME_SOFT]	= { .type = NLA_U64 },
	[NF_IPSEC_LIFE_A_TIME_HARD]	= { .type = NLA_U64 },
	[NF_IPSEC_LIFE_A_USE_SOFT]	= { .type = NLA_U64 },
	[NF_IPSEC_LIFE_A_USE_HARD]	= { .type = NLA_U64 },
};

/* Attributes by enum nf_ipsec_limit, of those that can be set */
static const struct {
	u16 soft;
	u16 hard;
	u16 used;
} life_attrs[] = {
	[NF_IPSEC_LIMIT_BYTES] = { NF_IPSEC_LIFE_A_BYTES_SOFT,
				   NF_IPSEC_LIFE_A_BYTES_HARD,
				   NF_IPSEC_LIFE_A_BYTES_USED },
	[NF_IPSEC_LIMIT_PACKETS] = { NF_IPSEC_LIFE_A_PACKETS_SOFT,
				     NF_IPSEC_LIFE_A_PACKETS_HARD,
				     NF_IPSEC_LIFE_A_PACKETS_USED },
	[NF_IPSEC_LIMIT_TIME] = { NF_IPSEC_LIFE_A_TIME_SOFT,
				  NF_IPSEC_LIFE_A_TIME_HARD,
				  NF_IPSEC_LIFE_A_TIME_USED },
	[NF_IPSEC_LIMIT_USE] = { NF_IPSEC_LIFE_A_USE_SOFT,
				 NF_IPSEC_LIFE_A_USE_HARD,
				 NF_IPSEC_LIFE_A_USE_USED },
};

static int parse_limit(struct nlattr **tb, u8 what, struct ipsec_sa_params *p,
		       struct netlink_ext_ack *extack)
{
	const struct nlattr *soft = tb[life_attrs[what].soft];
	const struct nlattr *hard = tb[life_attrs[what].hard];
	struct ipsec_limit *limit = &p->life.of[what];
	const char *msg;

	if (soft)
		limit->soft = nla_get_u64(soft);
	if (hard)
		limit->hard = nla_get_u64(hard);
	msg = ipsec_limit_error(what, limit, ipsec_alg_get(p->enc),
				ipsec_alg_get(p->auth));
	return msg ? ipsec_nl_err(extack, hard ?: soft, msg) : 0;
}

static int parse_nest(const struct nlattr *nest, struct ipsec_sa_params *p,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NF_IPSEC_LIFE_A_MAX + 1];
	int err;
	u8 what;

	err = nla_parse_nested(tb, NF_IPSEC_LIFE_A_MAX, nest, life_policy,
			       extack) ?:
	      ipsec_nl_once(nla_data(nest), nla_len(nest), extack);
	for (what = 1; what < ARRAY_SIZE(life_attrs) && !err; what++)
		err = parse_limit(tb, what, p, extack);
	if (err)
		ipsec_nl_blame(extack, nest);
	return err;
}

int ipsec_nl_life(const struct nlattr *nest, struct ipsec_sa_params *p,
		  struct netlink_ext_ack *extack)
{
	int err = 0;

	ipsec_lifetime_init(&p->life);
	if (nest)
		err = parse_nest(nest, p, extack);
	ipsec_lifetime_fill(&p->life, ipsec_alg_get(p->enc),
			    ipsec_alg_get(p->auth));
	return err;
}

static int put_u64(struct sk_buff *skb, u16 type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, NF_IPSEC_LIFE_A_PAD);
}

static int put_limits(struct sk_buff *skb, const struct ipsec_key *key)
{
	struct ipsec_spent spent;
	int err = 0;
	u8 what;

	ipsec_expire_spent(key, &spent);
	for (what = 1; what < ARRAY_SIZE(life_attrs) && !err; what++) {
		const struct ipsec_limit *limit = &key->life.of[what];
		bool soft = limit->soft != IPSEC_NO_LIMIT;
		bool hard = limit->hard != IPSEC_NO_LIMIT;

		if (soft)
			err = put_u64(skb, life_attrs[what].soft, limit->soft);
		if (hard && !err)
			err = put_u64(skb, life_attrs[what].hard, limit->hard);
		if ((soft || hard) && !err)
			err = put_u64(skb, life_attrs[what].used,
				      spent.of[what]);
	}
	return err;
}

/* Which limits were reached */
static int put_reached(struct sk_buff *skb, struct ipsec_key *key)
{
	u8 soft, hard;
	u64 when;

	spin_lock_bh(&key->life_lock);
	soft = key->noticed;
	hard = key->ended;
	when = key->limit_time;
	spin_unlock_bh(&key->life_lock);
	if ((soft && nla_put_u8(skb, NF_IPSEC_SA_A_SOFT_LIMIT, soft)) ||
	    (hard && nla_put_u8(skb, NF_IPSEC_SA_A_HARD_LIMIT, hard)))
		return -EMSGSIZE;
	if (!soft && !hard)
		return 0;
	return nla_put_u64_64bit(skb, NF_IPSEC_SA_A_LIMIT_TIME, when,
				 NF_IPSEC_SA_A_PAD);
}

int ipsec_nl_life_put(struct sk_buff *skb, const struct ipsec_sa *sa)
{
	struct nlattr *nest = nla_nest_start(skb, NF_IPSEC_SA_A_LIFE);

	if (!nest || put_limits(skb, sa->key))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return put_reached(skb, sa->key);
}
