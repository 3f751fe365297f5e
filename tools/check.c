// SPDX-License-Identifier: GPL-2.0-only
/*
 * What no word can know alone: which words must, may and must not stand
 * beside which.
 */
#include "check.h"

#include <netinet/in.h>
#include <string.h>

#include "err.h"
#include "extra.h"
#include "grammar.h"
#include "lib/alg.h"
#include "life.h"
#include "print.h"

static int check_ends(const struct sa_opts *o, struct err *e)
{
	if (o->local.family != o->remote.family)
		return err_set(e, ERR_USAGE, "remote",
			       "expected an %s address, as local is one",
			       check_family_name(o->local.family));
	if (addr_equal(&o->local, &o->remote))
		return err_set(e, ERR_USAGE, "remote",
			       "expected another address than local");
	return 0;
}

/* Words for the outer header; two of them share a bit */
static const char *outer_word(const struct sa_opts *o, u64 has)
{
	return has & HAS_DF ? "df" :
	       !(has & HAS_DSCP) ? "ttl" :
	       o->extra.map_set ? "dscp-map" : "dscp";
}

static int check_outer(const struct sa_opts *o, u64 has, struct err *e)
{
	u64 outer = has & (HAS_DF | HAS_DSCP | HAS_TTL);

	if (outer && o->mode == NF_IPSEC_MODE_TRANSPORT)
		return err_only_with(e, outer_word(o, has), "mode tunnel");
	if ((has & HAS_DF) && o->local.family != AF_INET)
		return err_only_with(e, "df", "IPv4 addresses");
	return 0;
}

/* The same address as without NAT is none */
static int check_orig(struct addr *orig, const struct addr *addr,
		      const struct encap *encap, const char *word,
		      struct err *e)
{
	if (!orig->family)
		return 0;
	if (!encap->local)
		return err_only_with(e, word, "encap");
	if (orig->family != addr->family)
		return err_set(e, ERR_USAGE, word,
			       "expected an %s address, as local is one",
			       check_family_name(addr->family));
	if (addr_equal(orig, addr))
		memset(orig, 0, sizeof(*orig));
	return 0;
}

/* What is made of the number must not come again */
static int check_wrap(const struct sa_opts *o, struct err *e)
{
	const struct ipsec_alg *enc = ipsec_alg_get(o->xform.enc);

	if (!o->seq_wrap)
		return 0;
	if (o->esn)
		return err_only_with(e, "seq-wrap", "esn off");
	if (enc && enc->implicit)
		return err_set(e, ERR_USAGE, "seq-wrap",
			       "expected off with %s, whose IV is the number and must not come again",
			       enc->name);
	return 0;
}

static int check_via(const struct sa_opts *o, const char *name, struct err *e)
{
	if (!o->via[0] || strcmp(o->via, name))
		return 0;
	return err_set(e, ERR_USAGE, "via",
		       "expected another tunnel than the SA's own");
}

static int check_opts(struct sa_opts *o, u64 has, struct err *e)
{
	if (check_ends(o, e) || check_outer(o, has, e) || check_wrap(o, e))
		return -1;
	if ((has & HAS_ICV_PAD) && o->xform.proto != IPPROTO_AH)
		return err_only_with(e, "icv-pad", "ah");
	if ((has & HAS_ICV_PAD) && o->local.family != AF_INET)
		return err_only_with(e, "icv-pad", "IPv4 addresses");
	if ((has & HAS_PADDING) && o->xform.proto != IPPROTO_ESP)
		return err_only_with(e, "check-padding", "esp");
	if (o->encap.local && o->xform.proto != IPPROTO_ESP)
		return err_only_with(e, "encap", "esp");
	if (o->keepalive && !o->encap.local)
		return err_only_with(e, "keepalive", "encap");
	if ((has & HAS_FOLLOW) && !o->encap.local)
		return err_only_with(e, "follow", "encap");
	if (check_orig(&o->orig_local, &o->local, &o->encap, "orig-local", e))
		return -1;
	if (check_orig(&o->orig_remote, &o->remote, &o->encap,
		       "orig-remote", e))
		return -1;
	return extra_check(o, has, e) || life_check(o, e) ? -1 : 0;
}

static int check_sa_dir(const struct sa_conf *sa, struct err *e)
{
	if (sa->dir == NF_IPSEC_DIR_IN) {
		if (sa->has & (HAS_DF | HAS_DSCP | HAS_TTL))
			return err_only_with(e, outer_word(&sa->o, sa->has),
					 "dir out");
		if (extra_word(sa->has))
			return err_only_with(e, extra_word(sa->has), "dir out");
		if (sa->o.keepalive)
			return err_only_with(e, "keepalive", "dir out");
		if (sa->has & HAS_SEQ_WRAP)
			return err_only_with(e, "seq-wrap", "dir out");
		return 0;
	}
	if (sa->has & HAS_WINDOW)
		return err_only_with(e, "replay-window", "dir in");
	if (sa->has & HAS_PADDING)
		return err_only_with(e, "check-padding", "dir in");
	if (sa->has & HAS_FOLLOW)
		return err_only_with(e, "follow", "dir in");
	if (sa->has & HAS_MATCH)
		return err_only_with(e, "match", "dir in");
	if (sa->has & (HAS_ORIG_LOCAL | HAS_ORIG_REMOTE))
		return err_only_with(e, sa->has & HAS_ORIG_LOCAL ? "orig-local" :
				 "orig-remote", "dir in");
	return 0;
}

int check_sa(struct sa_conf *sa, struct err *e)
{
	u64 need = HAS_TUNNEL | HAS_DIR | HAS_LOCAL | HAS_REMOTE | HAS_SPI |
		   HAS_XFORM | HAS_KEY;

	if (keyword_need(&grammar_sa, sa->has, need, e) ||
	    check_opts(&sa->o, sa->has, e) ||
	    check_via(&sa->o, sa->tunnel, e) || check_sa_dir(sa, e))
		return -1;
	if ((sa->has & HAS_SEQ) && !sa->o.esn && !sa->o.seq_wrap &&
	    sa->seq > UINT32_MAX)
		return err_set(e, ERR_USAGE, "seq",
			       "expected at most 4294967295 with esn off");
	if (!(sa->has & (CONF_SEL_WORDS | HAS_ALSO)))
		return 0;
	if ((sa->has & HAS_ALSO) &&
	    keyword_need(&grammar_sa, sa->has, HAS_SRC | HAS_DST, e))
		return -1;
	/* in transport mode there is one IP header */
	if (sa->o.mode == NF_IPSEC_MODE_TRANSPORT && !sa->sel.family)
		sa->sel.family = sa->o.local.family;
	return check_sel(&sa->sel, e);
}

int check_sa_id(struct sa_conf *sa, struct err *e)
{
	bool in = sa->dir == NF_IPSEC_DIR_IN;

	if (keyword_need(&grammar_sa_id, sa->has, HAS_DIR | HAS_SPI, e) ||
	    keyword_need(&grammar_sa_id, sa->has,
			 in ? HAS_LOCAL : HAS_REMOTE, e))
		return -1;
	if (!in && (sa->has & (HAS_LOCAL | HAS_MATCH)))
		return err_only_with(e, sa->has & HAS_LOCAL ? "local" : "match",
				 "dir in");
	if (in && (sa->has & HAS_ENCAP))
		return err_only_with(e, "encap", "dir out");
	if (sa->o.match == NF_IPSEC_MATCH_SRC_DST)
		return keyword_need(&grammar_sa_id, sa->has, HAS_REMOTE, e);
	if (in && (sa->has & HAS_REMOTE))
		return err_only_with(e, "remote", "dir out or match src-dst");
	return 0;
}

int check_policy(struct sp_conf *sp, struct err *e)
{
	u64 need = HAS_DIR | HAS_SRC | HAS_DST | HAS_ACTION;

	if (keyword_need(&grammar_policy, sp->has, need, e))
		return -1;
	if ((sp->has & HAS_TUNNEL) && sp->action == NF_IPSEC_ACTION_PROTECT)
		return err_only_with(e, "tunnel", "bypass or discard");
	if (sp->pfp && (sp->action != NF_IPSEC_ACTION_PROTECT ||
			sp->dir != NF_IPSEC_DIR_OUT))
		return err_only_with(e, "pfp", "dir out and protect");
	return check_sel(&sp->sel, e) ? -1 : check_pfp(sp, e);
}

int check_policy_id(struct sp_conf *sp, struct err *e)
{
	u64 name = CONF_SEL_WORDS | CONF_SEL_NARROW | HAS_ALSO | HAS_DIR |
		   HAS_PRIORITY;

	if (sp->has & HAS_ID) {
		if (sp->has & name)
			return err_set(e, ERR_USAGE, "id",
				       "expected alone, not with other words");
		return 0;
	}
	if (keyword_need(&grammar_policy_id, sp->has,
			 HAS_DIR | HAS_SRC | HAS_DST, e))
		return -1;
	return check_sel(&sp->sel, e);
}

static int check_tunnel_keys(const struct tunnel_conf *t, struct err *e)
{
	u64 keys = HAS_KEY_IN | HAS_KEY_OUT;
	u64 spis = HAS_SPI_IN | HAS_SPI_OUT;

	if ((t->has & HAS_KEY) && (t->has & keys))
		return err_set(e, ERR_USAGE,
			       t->secret.kind == KEY_FD ? "key-fd" : "key-file",
			       "expected alone, not with a key for each direction");
	if (!(t->has & (HAS_KEY | keys)))
		return keyword_need(&grammar_tunnel, t->has, HAS_KEY, e);
	if ((t->has & keys) && keyword_need(&grammar_tunnel, t->has, keys, e))
		return -1;
	/* only a secret yields SPIs */
	if (t->has & (keys | spis))
		return keyword_need(&grammar_tunnel, t->has, spis, e);
	return 0;
}

bool check_needs_bypass(const struct protect *pair)
{
	return prefix_contains(&pair->remote, &pair->local);
}

bool check_bypass(const struct prefix *local, const struct protect *pair)
{
	/* a wide remote prefix means "the rest", not a part of this LAN */
	return prefix_overlaps(local, &pair->local) &&
	       prefix_contains(local, &pair->remote) &&
	       !prefix_equal(local, &pair->remote);
}

static int check_pair(struct protect *pair, struct err *e)
{
	u8 local = pair->local.addr.family;
	u8 remote = pair->remote.addr.family;

	if (!local && !remote)
		return err_set(e, ERR_USAGE, "protect",
			       "expected at most one any; 0.0.0.0/0 or ::/0 names the family");
	if (local && remote && local != remote)
		return err_set(e, ERR_USAGE, "protect",
			       "expected two prefixes of one family");
	pair->local.addr.family = local ? local : remote;
	pair->remote.addr.family = remote ? remote : local;
	if (prefix_equal(&pair->local, &pair->remote))
		return err_set(e, ERR_USAGE, "protect",
			       "expected another remote prefix than the local one");
	return 0;
}

static int check_pair_beside(const struct tunnel_conf *t, size_t i, size_t j,
			     struct err *e)
{
	const struct protect *a = &t->protect[i];
	const struct protect *b = &t->protect[j];
	char inner[PRINT_PREFIX_LEN];
	char outer[PRINT_PREFIX_LEN];

	if (prefix_equal(&a->local, &b->local) &&
	    prefix_equal(&a->remote, &b->remote))
		return err_set(e, ERR_USAGE, "protect",
			       "expected each pair once; %s %s is there twice",
			       print_prefix(&a->local, outer),
			       print_prefix(&a->remote, inner));
	if (check_needs_bypass(a) && check_bypass(&a->local, b))
		return err_set(e, ERR_USAGE, "protect",
			       "remote %s is a part of local %s, which stays clear within itself; expected it in a tunnel of its own with a lower priority",
			       print_prefix(&b->remote, inner),
			       print_prefix(&a->local, outer));
	return 0;
}

static int check_pairs(struct tunnel_conf *t, struct err *e)
{
	size_t i, j;

	for (i = 0; i < t->n_protect; i++) {
		if (check_pair(&t->protect[i], e))
			return -1;
		if (check_needs_bypass(&t->protect[i]) && !t->priority)
			return err_set(e, ERR_USAGE, "priority",
				       "expected 1 or more, as the remote prefix holds the local one");
	}
	for (i = 0; i < t->n_protect; i++)
		for (j = 0; j < t->n_protect; j++)
			if (i != j && check_pair_beside(t, i, j, e))
				return -1;
	return 0;
}

/* The IP header stays: only the ends themselves can be protected */
static int check_transport(const struct tunnel_conf *t, struct err *e)
{
	struct protect ends;
	size_t i;

	prefix_host(&ends.local, &t->o.local);
	prefix_host(&ends.remote, &t->o.remote);
	for (i = 0; i < t->n_protect; i++)
		if (!prefix_equal(&t->protect[i].local, &ends.local) ||
		    !prefix_equal(&t->protect[i].remote, &ends.remote))
			return err_set(e, ERR_USAGE, "protect",
				       "expected the addresses of local and remote with mode transport");
	return 0;
}

/* The line is for both ends */
static int check_tunnel_wrap(const struct tunnel_conf *t, struct err *e)
{
	if (t->o.seq_wrap && t->o.window)
		return err_only_with(e, "seq-wrap",
				 "replay-window 0, as numbers that start over are replays to a window");
	return 0;
}

int check_tunnel(struct tunnel_conf *t, struct err *e)
{
	u64 need = HAS_LOCAL | HAS_REMOTE | HAS_XFORM;
	bool transport = t->o.mode == NF_IPSEC_MODE_TRANSPORT;

	if (!transport)
		need |= HAS_PROTECT;
	if (keyword_need(&grammar_tunnel, t->has, need, e) ||
	    check_opts(&t->o, t->has, e) ||
	    check_via(&t->o, t->name, e) || check_tunnel_wrap(t, e) ||
	    check_tunnel_keys(t, e) ||
	    check_pairs(t, e))
		return -1;
	return transport ? check_transport(t, e) : 0;
}
