// SPDX-License-Identifier: GPL-2.0-only
/*
 * The objects as netlink attributes, and back.
 */
#include "nl_attr.h"

#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void put_addr(struct nlmsghdr *nlh, u16 type, const struct addr *a)
{
	mnl_attr_put(nlh, type, a->family == AF_INET ? 4 : 16, a->octets);
}

static u32 sa_flags(const struct sa_conf *sa)
{
	const struct sa_opts *o = &sa->o;
	u32 flags = 0;

	if (o->esn)
		flags |= NF_IPSEC_SA_F_ESN;
	if (o->seq_wrap)
		flags |= NF_IPSEC_SA_F_WRAP;
	if (o->exchanged)
		flags |= NF_IPSEC_SA_F_EXCHANGED;
	if (o->icv_pad == 8)
		flags |= NF_IPSEC_SA_F_ICV_PAD8;
	if (!o->padding)
		flags |= NF_IPSEC_SA_F_PAD_ANY;
	if (!o->follow)
		flags |= NF_IPSEC_SA_F_STAY;
	return flags | nl_extra_flags(sa);
}

/* What one direction alone has */
static void put_sa_dir(struct nlmsghdr *nlh, const struct sa_conf *sa)
{
	const struct sa_opts *o = &sa->o;

	if (o->mss != MSS_AUTO)
		mnl_attr_put_u16(nlh, NF_IPSEC_SA_A_MSS, o->mss);
	if (sa->dir == NF_IPSEC_DIR_IN) {
		mnl_attr_put_u32(nlh, NF_IPSEC_SA_A_REPLAY_WINDOW, o->window);
		if (o->match != NF_IPSEC_MATCH_DST)
			mnl_attr_put_u8(nlh, NF_IPSEC_SA_A_MATCH, o->match);
		return;
	}
	nl_extra_put(nlh, sa);
	if (o->mode != NF_IPSEC_MODE_TUNNEL)
		return;
	if (o->local.family == AF_INET)
		mnl_attr_put_u8(nlh, NF_IPSEC_SA_A_DF, o->df);
	if (o->dscp != CONF_DSCP_COPY)
		mnl_attr_put_u8(nlh, NF_IPSEC_SA_A_DSCP, o->dscp);
	if (o->ttl != CONF_TTL_DEFAULT)
		mnl_attr_put_u8(nlh, NF_IPSEC_SA_A_TTL, o->ttl);
}

static void put_sa_key(struct nlmsghdr *nlh, const struct sa_conf *sa)
{
	if (sa->key)
		mnl_attr_put(nlh, NF_IPSEC_SA_A_KEY, sa->key->len,
			     sa->key->octets);
	else if (sa->src.kind == KEY_FINGERPRINT)
		mnl_attr_put(nlh, NF_IPSEC_SA_A_FINGERPRINT,
			     NF_IPSEC_FINGERPRINT_LEN, sa->src.fingerprint);
}

static void put_sa_natt(struct nlmsghdr *nlh, const struct sa_conf *sa)
{
	const struct encap *encap = &sa->o.encap;

	if (!encap->local)
		return;
	mnl_attr_put_u16(nlh, NF_IPSEC_SA_A_ENCAP_LPORT, encap->local);
	mnl_attr_put_u16(nlh, NF_IPSEC_SA_A_ENCAP_RPORT, encap->remote);
	if (sa->o.orig_local.family)
		put_addr(nlh, NF_IPSEC_SA_A_ORIG_LOCAL, &sa->o.orig_local);
	if (sa->o.orig_remote.family)
		put_addr(nlh, NF_IPSEC_SA_A_ORIG_REMOTE, &sa->o.orig_remote);
	if (sa->o.keepalive)
		mnl_attr_put_u16(nlh, NF_IPSEC_SA_A_KEEPALIVE,
				 sa->o.keepalive);
}

void nl_attr_put_sa(struct nlmsghdr *nlh, const struct sa_conf *sa)
{
	const struct sa_opts *o = &sa->o;

	mnl_attr_put_strz(nlh, NF_IPSEC_SA_A_TUNNEL, sa->tunnel);
	mnl_attr_put_u8(nlh, NF_IPSEC_SA_A_DIR, sa->dir);
	mnl_attr_put_u8(nlh, NF_IPSEC_SA_A_PROTO, o->xform.proto);
	mnl_attr_put_u8(nlh, NF_IPSEC_SA_A_MODE, o->mode);
	mnl_attr_put_u32(nlh, NF_IPSEC_SA_A_SPI, htonl(sa->spi));
	put_addr(nlh, NF_IPSEC_SA_A_LOCAL, &o->local);
	put_addr(nlh, NF_IPSEC_SA_A_REMOTE, &o->remote);
	if (o->xform.enc)
		mnl_attr_put_u16(nlh, NF_IPSEC_SA_A_ENC, o->xform.enc);
	if (o->xform.auth)
		mnl_attr_put_u16(nlh, NF_IPSEC_SA_A_AUTH, o->xform.auth);
	put_sa_key(nlh, sa);
	mnl_attr_put_u32(nlh, NF_IPSEC_SA_A_FLAGS, sa_flags(sa));
	put_sa_dir(nlh, sa);
	if (sa->has & HAS_SEQ)
		mnl_attr_put_u64(nlh, NF_IPSEC_SA_A_SEQ, sa->seq);
	if (sa->sel.family)
		nl_sel_put(nlh, NF_IPSEC_SA_A_SEL, &sa->sel);
	nl_life_put(nlh, o);
	put_sa_natt(nlh, sa);
	if (o->via[0])
		mnl_attr_put_strz(nlh, NF_IPSEC_SA_A_VIA, o->via);
}

void nl_attr_put_sp_id(struct nlmsghdr *nlh, const struct sp_conf *id)
{
	if (id->with_sas)
		mnl_attr_put(nlh, NF_IPSEC_POLICY_A_WITH_SAS, 0, "");
	if (id->has & HAS_ID) {
		mnl_attr_put_u32(nlh, NF_IPSEC_POLICY_A_ID, id->id);
		return;
	}
	mnl_attr_put_u8(nlh, NF_IPSEC_POLICY_A_DIR, id->dir);
	mnl_attr_put_u32(nlh, NF_IPSEC_POLICY_A_PRIORITY, id->priority);
	nl_sel_put(nlh, NF_IPSEC_POLICY_A_SEL, &id->sel);
}

void nl_attr_put_sp(struct nlmsghdr *nlh, const struct sp_conf *sp)
{
	mnl_attr_put_u8(nlh, NF_IPSEC_POLICY_A_DIR, sp->dir);
	mnl_attr_put_u32(nlh, NF_IPSEC_POLICY_A_PRIORITY, sp->priority);
	nl_sel_put(nlh, NF_IPSEC_POLICY_A_SEL, &sp->sel);
	mnl_attr_put_u8(nlh, NF_IPSEC_POLICY_A_ACTION, sp->action);
	if (sp->pfp)
		mnl_attr_put_u32(nlh, NF_IPSEC_POLICY_A_PFP, sp->pfp);
	if (sp->tunnel[0])
		mnl_attr_put_strz(nlh, NF_IPSEC_POLICY_A_TUNNEL, sp->tunnel);
}

int nl_attr_collect(const struct nlattr *attr, void *data)
{
	const struct nlattr **tb = data;
	u16 type = mnl_attr_get_type(attr);

	if (type <= NL_TB_MAX)
		tb[type] = attr;
	return MNL_CB_OK;
}

u64 get_number(const struct nlattr *attr)
{
	if (!attr)
		return 0;
	switch (mnl_attr_get_payload_len(attr)) {
	case 1:
		return mnl_attr_get_u8(attr);
	case 2:
		return mnl_attr_get_u16(attr);
	case 4:
		return mnl_attr_get_u32(attr);
	case 8:
		return mnl_attr_get_u64(attr);
	default:
		return 0;
	}
}

void get_string(const struct nlattr *attr, char *buf, size_t size)
{
	size_t len;

	buf[0] = '\0';
	if (!attr)
		return;
	len = strnlen(mnl_attr_get_payload(attr),
		      mnl_attr_get_payload_len(attr));
	if (len >= size)
		len = size - 1;
	memcpy(buf, mnl_attr_get_payload(attr), len);
	buf[len] = '\0';
}

void get_addr(const struct nlattr *attr, struct addr *a)
{
	u16 len = attr ? mnl_attr_get_payload_len(attr) : 0;

	if (len != 4 && len != 16)
		return;
	a->family = len == 4 ? AF_INET : AF_INET6;
	memcpy(a->octets, mnl_attr_get_payload(attr), len);
}

static int add_counter(const struct nlattr *nest, struct counters *list)
{
	const struct nlattr *tb[NL_TB_MAX + 1] = { };
	struct counter *c;

	if (mnl_attr_get_type(nest) != NF_IPSEC_STATS_A_COUNTER ||
	    mnl_attr_parse_nested(nest, nl_attr_collect, tb) < 0)
		return 0;
	c = reallocarray(list->c, list->n + 1, sizeof(*c));
	if (!c)
		return -1;
	list->c = c;
	c += list->n++;
	get_string(tb[NF_IPSEC_COUNTER_A_NAME], c->name, sizeof(c->name));
	c->value = get_number(tb[NF_IPSEC_COUNTER_A_VALUE]);
	return 0;
}

static int get_drops(const struct nlattr *nest, struct counters *list)
{
	const struct nlattr *attr;

	if (!nest)
		return 0;
	mnl_attr_for_each_nested(attr, nest)
		if (add_counter(attr, list))
			return -1;
	return 0;
}

static void get_sa_opts(const struct nlattr **tb, struct sa_opts *o)
{
	u32 flags = get_number(tb[NF_IPSEC_SA_A_FLAGS]);

	o->mode = get_number(tb[NF_IPSEC_SA_A_MODE]);
	o->xform.proto = get_number(tb[NF_IPSEC_SA_A_PROTO]);
	o->xform.enc = get_number(tb[NF_IPSEC_SA_A_ENC]);
	o->xform.auth = get_number(tb[NF_IPSEC_SA_A_AUTH]);
	get_addr(tb[NF_IPSEC_SA_A_LOCAL], &o->local);
	get_addr(tb[NF_IPSEC_SA_A_REMOTE], &o->remote);
	o->esn = !!(flags & NF_IPSEC_SA_F_ESN);
	o->seq_wrap = !!(flags & NF_IPSEC_SA_F_WRAP);
	o->exchanged = !!(flags & NF_IPSEC_SA_F_EXCHANGED);
	o->icv_pad = flags & NF_IPSEC_SA_F_ICV_PAD8 ? 8 : 4;
	o->padding = !(flags & NF_IPSEC_SA_F_PAD_ANY);
	o->follow = !(flags & NF_IPSEC_SA_F_STAY);
	o->encap.local = get_number(tb[NF_IPSEC_SA_A_ENCAP_LPORT]);
	o->encap.remote = get_number(tb[NF_IPSEC_SA_A_ENCAP_RPORT]);
	get_addr(tb[NF_IPSEC_SA_A_ORIG_LOCAL], &o->orig_local);
	get_addr(tb[NF_IPSEC_SA_A_ORIG_REMOTE], &o->orig_remote);
	o->keepalive = get_number(tb[NF_IPSEC_SA_A_KEEPALIVE]);
	if (tb[NF_IPSEC_SA_A_MSS])
		o->mss = get_number(tb[NF_IPSEC_SA_A_MSS]);
	get_string(tb[NF_IPSEC_SA_A_VIA], o->via, sizeof(o->via));
}

/* Words that the direction does not have stay at their default */
static void get_sa_dir(const struct nlattr **tb, struct sa_conf *sa)
{
	struct sa_opts *o = &sa->o;

	if (sa->dir == NF_IPSEC_DIR_IN) {
		o->window = get_number(tb[NF_IPSEC_SA_A_REPLAY_WINDOW]);
		o->match = get_number(tb[NF_IPSEC_SA_A_MATCH]);
		return;
	}
	/* seen on the inbound SA only */
	o->padding = 1;
	o->follow = 1;
	nl_extra_get(tb, sa);
	if (o->mode != NF_IPSEC_MODE_TUNNEL)
		return;
	if (tb[NF_IPSEC_SA_A_DF] && o->local.family == AF_INET)
		o->df = get_number(tb[NF_IPSEC_SA_A_DF]);
	if (tb[NF_IPSEC_SA_A_DSCP])
		o->dscp = get_number(tb[NF_IPSEC_SA_A_DSCP]);
	o->ttl = get_number(tb[NF_IPSEC_SA_A_TTL]);
}

static int get_sa_stat(const struct nlattr **tb, struct sa_stat *stat)
{
	stat->seq = get_number(tb[NF_IPSEC_SA_A_SEQ]);
	stat->packets = get_number(tb[NF_IPSEC_SA_A_PACKETS]);
	stat->bytes = get_number(tb[NF_IPSEC_SA_A_BYTES]);
	stat->added = get_number(tb[NF_IPSEC_SA_A_ADDED]);
	stat->idle = get_number(tb[NF_IPSEC_SA_A_IDLE]);
	stat->used = tb[NF_IPSEC_SA_A_IDLE];
	stat->active = tb[NF_IPSEC_SA_A_ACTIVE];
	stat->soft_limit = get_number(tb[NF_IPSEC_SA_A_SOFT_LIMIT]);
	stat->hard_limit = get_number(tb[NF_IPSEC_SA_A_HARD_LIMIT]);
	stat->limit_time = get_number(tb[NF_IPSEC_SA_A_LIMIT_TIME]);
	stat->inner_mtu = get_number(tb[NF_IPSEC_SA_A_INNER_MTU]);
	get_addr(tb[NF_IPSEC_SA_A_PEER], &stat->peer);
	stat->peer_port = get_number(tb[NF_IPSEC_SA_A_PEER_PORT]);
	get_from(tb[NF_IPSEC_SA_A_FROM], stat);
	get_string(tb[NF_IPSEC_SA_A_DRIVER], stat->driver,
		   sizeof(stat->driver));
	return get_drops(tb[NF_IPSEC_SA_A_DROPS], &stat->drops);
}

int nl_attr_get_sa(const struct nlmsghdr *nlh, struct sa_conf *sa)
{
	const struct nlattr *tb[NL_TB_MAX + 1] = { };
	const struct nlattr *fp;

	if (mnl_attr_parse(nlh, GENL_HDRLEN, nl_attr_collect, tb) < 0)
		return 0;
	sa_opts_init(&sa->o);
	get_string(tb[NF_IPSEC_SA_A_TUNNEL], sa->tunnel, sizeof(sa->tunnel));
	sa->dir = get_number(tb[NF_IPSEC_SA_A_DIR]);
	sa->spi = ntohl(get_number(tb[NF_IPSEC_SA_A_SPI]));
	get_sa_opts(tb, &sa->o);
	get_sa_dir(tb, sa);
	if (nl_sel_get(nlh, NF_IPSEC_SA_A_SEL, &sa->sel))
		return -1;
	nl_life_get(tb[NF_IPSEC_SA_A_LIFE], sa);
	fp = tb[NF_IPSEC_SA_A_FINGERPRINT];
	if (fp && mnl_attr_get_payload_len(fp) == NF_IPSEC_FINGERPRINT_LEN) {
		sa->src.kind = KEY_FINGERPRINT;
		memcpy(sa->src.fingerprint, mnl_attr_get_payload(fp),
		       NF_IPSEC_FINGERPRINT_LEN);
	}
	return get_sa_stat(tb, &sa->stat);
}

int nl_attr_get_sp(const struct nlmsghdr *nlh, struct sp_conf *sp)
{
	const struct nlattr *tb[NL_TB_MAX + 1] = { };

	if (mnl_attr_parse(nlh, GENL_HDRLEN, nl_attr_collect, tb) < 0)
		return 0;
	sp->id = get_number(tb[NF_IPSEC_POLICY_A_ID]);
	sp->dir = get_number(tb[NF_IPSEC_POLICY_A_DIR]);
	sp->priority = get_number(tb[NF_IPSEC_POLICY_A_PRIORITY]);
	sp->action = get_number(tb[NF_IPSEC_POLICY_A_ACTION]);
	get_string(tb[NF_IPSEC_POLICY_A_TUNNEL], sp->tunnel,
		   sizeof(sp->tunnel));
	sp->pfp = get_number(tb[NF_IPSEC_POLICY_A_PFP]);
	get_sel(tb[NF_IPSEC_POLICY_A_PACKET], &sp->packet);
	if (nl_sel_get(nlh, NF_IPSEC_POLICY_A_SEL, &sp->sel))
		return -1;
	sp->packets = get_number(tb[NF_IPSEC_POLICY_A_PACKETS]);
	sp->bytes = get_number(tb[NF_IPSEC_POLICY_A_BYTES]);
	return get_drops(tb[NF_IPSEC_POLICY_A_DROPS], &sp->drops);
}

int nl_attr_get_stats(const struct nlmsghdr *nlh, struct stats *stats)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		switch (mnl_attr_get_type(attr)) {
		case NF_IPSEC_STATS_A_COUNTER:
			if (add_counter(attr, &stats->counters))
				return -1;
			break;
		case NF_IPSEC_STATS_A_DROPS:
			if (get_drops(attr, &stats->drops))
				return -1;
			break;
		case NF_IPSEC_STATS_A_SAS:
			stats->sas = get_number(attr);
			break;
		case NF_IPSEC_STATS_A_POLICIES:
			stats->policies = get_number(attr);
			break;
		case NF_IPSEC_STATS_A_GENERATION:
			stats->generation = get_number(attr);
			break;
		}
	}
	return 0;
}
