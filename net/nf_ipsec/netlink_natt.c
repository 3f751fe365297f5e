// SPDX-License-Identifier: GPL-2.0-only
/* SAs: what they have to do with NAT, to parameters and back. */
#include "netlink.h"

#include <linux/in.h>
#include <net/genetlink.h>

#include "lib/natt.h"
#include "peer.h"
#include "sa.h"

static int parse_port(struct genl_info *info, u16 type, __be16 *port)
{
	const struct nlattr *attr = info->attrs[type];
	u16 number = nla_get_u16(attr);

	if (!number)
		return ipsec_nl_err(info->extack, attr, "there is no port 0");
	if (number == IPSEC_PORT_IKE)
		return ipsec_nl_err(info->extack, attr,
				    "at port 500 ESP cannot be told from IKE");
	*port = htons(number);
	return 0;
}

static int parse_orig(struct genl_info *info, const struct ipsec_sa_params *p,
		      u16 type, struct ipsec_addr *orig)
{
	const struct nlattr *attr = info->attrs[type];
	u8 family;
	int err;

	if (!attr)
		return 0;
	if (!p->lport || p->id.dir != NF_IPSEC_DIR_IN)
		return ipsec_nl_err(info->extack, attr,
				    "only inbound ESP in UDP can have crossed a NAT");
	err = ipsec_nl_end(info, type, orig, &family);
	if (!err && family != p->id.family)
		err = ipsec_nl_err(info->extack, attr,
				   "expected an address of the SA's family");
	return err;
}

static int parse_keepalive(struct genl_info *info, struct ipsec_sa_params *p)
{
	const struct nlattr *attr = info->attrs[NF_IPSEC_SA_A_KEEPALIVE];

	if (!attr)
		return 0;
	p->keepalive = nla_get_u16(attr);
	if (!p->keepalive || p->keepalive > NF_IPSEC_KEEPALIVE_MAX)
		return ipsec_nl_err(info->extack, attr,
				    "expected 1 to 3600 seconds");
	if (!p->lport || p->id.dir != NF_IPSEC_DIR_OUT)
		return ipsec_nl_err(info->extack, attr,
				    "only outbound ESP in UDP needs keepalives");
	return 0;
}

static int parse_stay(struct genl_info *info, const struct ipsec_sa_params *p)
{
	if (!(p->flags & NF_IPSEC_SA_F_STAY) ||
	    (p->lport && p->id.dir == NF_IPSEC_DIR_IN))
		return 0;
	return ipsec_nl_err(info->extack, info->attrs[NF_IPSEC_SA_A_FLAGS],
			    "only inbound ESP in UDP follows a peer");
}

static int parse_ports(struct genl_info *info, struct ipsec_sa_params *p)
{
	const struct nlattr *lport = info->attrs[NF_IPSEC_SA_A_ENCAP_LPORT];
	const struct nlattr *rport = info->attrs[NF_IPSEC_SA_A_ENCAP_RPORT];

	if (!lport && !rport)
		return 0;
	if (p->id.proto != IPPROTO_ESP)
		return ipsec_nl_err(info->extack, lport ?: rport,
				    "only ESP can be put into UDP");
	return ipsec_nl_need(info, NF_IPSEC_SA_A_ENCAP_LPORT,
			     "this end's UDP port is missing") ?:
	       ipsec_nl_need(info, NF_IPSEC_SA_A_ENCAP_RPORT,
			     "the peer's UDP port is missing") ?:
	       parse_port(info, NF_IPSEC_SA_A_ENCAP_LPORT, &p->lport) ?:
	       parse_port(info, NF_IPSEC_SA_A_ENCAP_RPORT, &p->rport);
}

int ipsec_nl_natt(struct genl_info *info, struct ipsec_sa_params *p)
{
	p->orig_src = p->saddr;
	p->orig_dst = p->daddr;
	return parse_ports(info, p) ?:
	       parse_orig(info, p, NF_IPSEC_SA_A_ORIG_REMOTE, &p->orig_src) ?:
	       parse_orig(info, p, NF_IPSEC_SA_A_ORIG_LOCAL, &p->orig_dst) ?:
	       parse_keepalive(info, p) ?:
	       parse_stay(info, p);
}

/* Addresses that no NAT changes are not written */
static int put_orig(struct sk_buff *skb, const struct ipsec_sa *sa, int type,
		    const struct ipsec_addr *addr,
		    const struct ipsec_addr *orig)
{
	if (ipsec_addr_equal(addr, orig))
		return 0;
	return ipsec_nl_addr_put(skb, type, orig, sa->id.family);
}

static int put_peer(struct sk_buff *skb, const struct ipsec_sa *sa)
{
	const struct ipsec_peer_at *at;
	int err = 0;

	rcu_read_lock();
	at = ipsec_peer_at_rcu(sa->peer);
	if (at)
		err = ipsec_nl_addr_put(skb, NF_IPSEC_SA_A_PEER, &at->addr,
					sa->id.family) ?:
		      nla_put_u16(skb, NF_IPSEC_SA_A_PEER_PORT,
				  ntohs(at->port));
	rcu_read_unlock();
	return err;
}

int ipsec_nl_natt_put(struct sk_buff *skb, const struct ipsec_sa *sa)
{
	if (!sa->udp)
		return 0;
	if (sa->keepalive &&
	    nla_put_u16(skb, NF_IPSEC_SA_A_KEEPALIVE, sa->keepalive))
		return -EMSGSIZE;
	return ipsec_nl_sa_ports_put(skb, sa) ?:
	       put_orig(skb, sa, NF_IPSEC_SA_A_ORIG_REMOTE, &sa->saddr,
			&sa->orig_src) ?:
	       put_peer(skb, sa) ?:
	       put_orig(skb, sa, NF_IPSEC_SA_A_ORIG_LOCAL, &sa->daddr,
			&sa->orig_dst);
}
