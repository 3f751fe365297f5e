// SPDX-License-Identifier: GPL-2.0-only
#include "sa.h"

#include <linux/err.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/dst.h>

#include "compat.h"
#include "key.h"
#include "expire.h"
#include "lib/alg.h"
#include "lib/natt.h"
#include "lib/replay.h"
#include "lib/wire.h"

static void overhead_init(struct ipsec_sa *sa)
{
	struct ipsec_overhead *oh = &sa->overhead;
	bool v6 = sa->id.family == AF_INET6;

	if (sa->mode == NF_IPSEC_MODE_TUNNEL)
		oh->outer = v6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	if (sa->id.proto == IPPROTO_AH) {
		bool pad8 = v6 || (sa->flags & NF_IPSEC_SA_F_ICV_PAD8);

		oh->head = ipsec_ah_len(sa->key->auth->iv_len +
					sa->key->auth->icv_len, pad8 ? 8 : 4);
		oh->align = 1;
		return;
	}
	ipsec_esp_layout_init(&sa->layout, sa->key->enc, sa->key->auth);
	oh->head = sa->layout.head + sa->udp;
	oh->icv = sa->layout.icv;
	oh->align = sa->layout.align;
	oh->trailer = 2;
}

/* What belongs to the keyed part cannot be changed by a replace. */
static const char *keyed_change(const struct ipsec_sa *old,
				const struct ipsec_sa_params *p)
{
	const struct ipsec_key *key = old->key;

	if (ipsec_alg_get(p->enc) != key->enc ||
	    ipsec_alg_get(p->auth) != key->auth)
		return "another algorithm is another SA: use a new SPI";
	if (!!(p->flags & NF_IPSEC_SA_F_ESN) != key->esn)
		return "ESN cannot be changed on a running SA: use a new SPI";
	if (!!(p->flags & NF_IPSEC_SA_F_WRAP) != key->wrap)
		return "seq-wrap cannot be changed on a running SA: use a new SPI";
	if (key->replay && key->replay->window != p->replay_window)
		return "the replay window cannot be changed on a running SA: use a new SPI";
	if (!ipsec_key_same_life(key, p))
		return "the limits cannot be changed on a running SA: use a new SPI";
	if (p->mode != old->mode)
		return "the mode cannot be changed on a running SA: use a new SPI";
	if (p->mode == NF_IPSEC_MODE_TRANSPORT &&
	    !ipsec_addr_equal(&p->daddr, &old->daddr))
		return "in transport mode another address is another host: use a new SPI";
	if (!ipsec_key_same(key, p))
		return "another key is another SA: use a new SPI";
	return NULL;
}

static struct ipsec_key *key_take(const struct net *net,
				  const struct ipsec_sa_params *p,
				  struct ipsec_sa *old,
				  struct netlink_ext_ack *extack)
{
	const char *msg;

	if (!old) {
		if (p->key)
			return ipsec_key_create(net, p, extack);
		NL_SET_ERR_MSG(extack, "no such SA whose key could be kept: give the key");
		return ERR_PTR(-ENOENT);
	}
	msg = keyed_change(old, p);
	if (msg) {
		ipsec_extack_msg(extack, msg);
		return ERR_PTR(-EEXIST);
	}
	/* a lower number is what a file says that is applied once more */
	if (p->seq_set && p->seq > ipsec_key_seq_read(old->key)) {
		NL_SET_ERR_MSG(extack, "numbers of a running SA cannot be raised: leave seq out");
		return ERR_PTR(-EKEYREJECTED);
	}
	return ipsec_key_get(old->key);
}

static void name_init(struct ipsec_sa_name *name, const struct ipsec_sa_id *id,
		      u8 match, const struct ipsec_addr *saddr, __be16 rport)
{
	memset(name, 0, sizeof(*name));
	name->id = *id;
	name->match = match;
	if (id->dir == NF_IPSEC_DIR_OUT)
		name->port = rport;
	else if (match == NF_IPSEC_MATCH_SRC_DST)
		name->saddr = *saddr;
}

void ipsec_sa_name(const struct ipsec_sa *sa, struct ipsec_sa_name *name)
{
	name_init(name, &sa->id, sa->match, &sa->saddr, sa->rport);
}

void ipsec_sa_params_name(const struct ipsec_sa_params *p,
			  struct ipsec_sa_name *name)
{
	name_init(name, &p->id, p->match, &p->saddr, p->rport);
}

/* Most SAs have nothing of this. */
static int extra_init(struct ipsec_sa *sa, const struct ipsec_sa_params *p)
{
	const struct ipsec_extra_params *want = &p->extra;
	bool ecn = !(p->flags & NF_IPSEC_SA_F_ECN_CLEAR);
	struct ipsec_extra *extra;
	u8 i;

	if (!want->tfc && !want->dummy_every && !want->map_set &&
	    !want->dscp_set && ecn)
		return 0;
	extra = kzalloc(sizeof(*extra), GFP_KERNEL_ACCOUNT);
	if (!extra)
		return -ENOMEM;
	for (i = 0; i < NF_IPSEC_DSCPS; i++)
		extra->map[i] = want->map_set ? want->map[i] :
				p->dscp >= 0 ? p->dscp : i;
	extra->map_set = want->map_set;
	extra->ecn = ecn;
	extra->tfc = want->tfc;
	extra->dummy_size = want->dummy_size;
	extra->dummy_every = want->dummy_every;
	extra->dscp_set = want->dscp_set;
	extra->sa = sa;
	sa->extra = extra;
	return 0;
}

struct ipsec_sa *ipsec_sa_create(struct net *net,
				 const struct ipsec_sa_params *p,
				 struct ipsec_sa *old,
				 struct netlink_ext_ack *extack)
{
	struct ipsec_sa *sa;
	struct ipsec_key *key;
	int err = -ENOMEM;

	sa = kzalloc(sizeof(*sa), GFP_KERNEL_ACCOUNT);
	if (!sa)
		return ERR_PTR(err);
	if (extra_init(sa, p))
		goto err_free;
	if (p->more) {
		sa->more = kmemdup(p->more, struct_size(p->more, sel, p->more->n),
				   GFP_KERNEL_ACCOUNT);
		if (!sa->more)
			goto err_free;
	}
	key = key_take(net, p, old, extack);
	if (IS_ERR(key)) {
		err = PTR_ERR(key);
		goto err_free;
	}
	sa->key = key;
	sa->net = net;
	sa->id = p->id;
	sa->match = p->match;
	sa->mss = p->mss;
	sa->nested = *p->via;
	sa->saddr = p->saddr;
	sa->daddr = p->daddr;
	sa->flags = p->flags;
	sa->mode = p->mode;
	sa->df = p->df;
	sa->dscp = p->dscp;
	sa->ttl = p->ttl;
	sa->udp = p->lport ? IPSEC_UDP_LEN : 0;
	sa->lport = p->lport;
	sa->rport = p->rport;
	sa->keepalive = p->keepalive;
	sa->orig_src = p->orig_src;
	sa->orig_dst = p->orig_dst;
	sa->sel_set = p->sel_set;
	sa->sel = p->sel;
	INIT_LIST_HEAD(&sa->out);
	ipsec_expire_init(sa);
	INIT_LIST_HEAD(&sa->idle);
	overhead_init(sa);
	return sa;

err_free:
	kfree(sa->more);
	kfree(sa->extra);
	kfree(sa);
	return ERR_PTR(err);
}

void ipsec_sa_destroy(struct ipsec_sa *sa)
{
	if (!sa)
		return;
	ipsec_sa_forget_route(sa);
	ipsec_key_put(sa->key);
	kfree(rcu_dereference_protected(sa->drops, true));
	kfree(sa->extra);
	kfree(sa->more);
	kfree(sa);
}

void ipsec_sa_forget_route(struct ipsec_sa *sa)
{
	struct dst_entry *dst;

	dst = unrcu_pointer(xchg(&sa->dst, NULL));
	dst_release(dst);
}

void ipsec_sa_stop_dummies(struct ipsec_sa *sa)
{
	if (unlikely(sa->extra) && sa->extra->dummy_on)
		hrtimer_cancel(&sa->extra->timer);
}
