// SPDX-License-Identifier: GPL-2.0-only
/* SAs: requests, and attributes to parameters. */
#include "netlink.h"

#include <linux/in.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "audit.h"
#include "compat.h"
#include "key.h"
#include "lib/alg.h"
#include "lib/mss.h"
#include "lib/replay.h"
#include "netlink_sel.h"
#include "netns.h"
#include "sa.h"
#include "sad.h"
#include "tunnel.h"

#define REPLAY_WINDOW_DEFAULT	1024

static int refuse(struct genl_info *info, u16 type, const char *msg)
{
	return ipsec_nl_err(info->extack, info->attrs[type], msg);
}

static int parse_algs(struct genl_info *info, struct ipsec_sa_params *p)
{
	const struct nlattr *enc = info->attrs[NF_IPSEC_SA_A_ENC];
	const struct nlattr *auth = info->attrs[NF_IPSEC_SA_A_AUTH];
	const char *msg;

	p->enc = enc ? nla_get_u16(enc) : NF_IPSEC_ALG_NONE;
	p->auth = auth ? nla_get_u16(auth) : NF_IPSEC_ALG_NONE;
	if (p->enc && !ipsec_alg_get(p->enc))
		return refuse(info, NF_IPSEC_SA_A_ENC, "no such algorithm");
	if (p->auth && !ipsec_alg_get(p->auth))
		return refuse(info, NF_IPSEC_SA_A_AUTH, "no such algorithm");
	msg = ipsec_alg_pair_error(p->id.proto == IPPROTO_ESP,
				   ipsec_alg_get(p->enc),
				   ipsec_alg_get(p->auth));
	if (!msg)
		return 0;
	if (!p->auth && (!p->enc || p->enc == NF_IPSEC_ALG_NULL))
		ipsec_audit_no_protection(genl_info_net(info), p);
	return ipsec_nl_err(info->extack, enc ?: auth, msg);
}

/* Messages are constants: one for each length that there is. */
#define KEY_LEN_ERROR(n)				\
	[n] = "expected a key of " #n " octets"

static const char * const key_len_errors[NF_IPSEC_KEY_MAX + 1] = {
	KEY_LEN_ERROR(16),
	KEY_LEN_ERROR(19),
	KEY_LEN_ERROR(20),
	KEY_LEN_ERROR(27),
	KEY_LEN_ERROR(28),
	KEY_LEN_ERROR(32),
	KEY_LEN_ERROR(35),
	KEY_LEN_ERROR(36),
	KEY_LEN_ERROR(40),
	KEY_LEN_ERROR(44),
	KEY_LEN_ERROR(48),
	KEY_LEN_ERROR(52),
	KEY_LEN_ERROR(56),
	KEY_LEN_ERROR(60),
	KEY_LEN_ERROR(64),
	KEY_LEN_ERROR(68),
	KEY_LEN_ERROR(72),
	KEY_LEN_ERROR(76),
	KEY_LEN_ERROR(80),
	KEY_LEN_ERROR(84),
	KEY_LEN_ERROR(88),
	KEY_LEN_ERROR(92),
	KEY_LEN_ERROR(96),
	KEY_LEN_ERROR(100),
};

static int parse_key(struct genl_info *info, struct ipsec_sa_params *p)
{
	const struct nlattr *key = info->attrs[NF_IPSEC_SA_A_KEY];
	const struct nlattr *print = info->attrs[NF_IPSEC_SA_A_FINGERPRINT];
	u32 len = ipsec_alg_pair_key_len(ipsec_alg_get(p->enc),
					 ipsec_alg_get(p->auth));
	int err;

	if (print)
		p->fingerprint = nla_data(print);
	if (!key)
		return 0;
	if (nla_len(key) != len)
		return refuse(info, NF_IPSEC_SA_A_KEY, key_len_errors[len] ?:
			      "the key has not the algorithms' length");
	p->key = nla_data(key);
	p->key_len = nla_len(key);
	err = ipsec_key_digest(p, info->extack);
	if (err)
		return err;
	/* a replacement without a key holds it against the running one */
	if (print && memcmp(p->fingerprint, p->digest, nla_len(print)))
		return refuse(info, NF_IPSEC_SA_A_FINGERPRINT,
			      "the key has another fingerprint");
	return 0;
}

static int parse_flags(struct genl_info *info, struct ipsec_sa_params *p)
{
	bool ah = p->id.proto == IPPROTO_AH;

	if (info->attrs[NF_IPSEC_SA_A_FLAGS])
		p->flags = nla_get_u32(info->attrs[NF_IPSEC_SA_A_FLAGS]);
	if ((p->flags & NF_IPSEC_SA_F_ICV_PAD8) &&
	    (!ah || p->id.family != AF_INET))
		return refuse(info, NF_IPSEC_SA_A_FLAGS,
			      "only AH over IPv4 pads its ICV to 8 octets");
	if ((p->flags & NF_IPSEC_SA_F_PAD_ANY) &&
	    (ah || p->id.dir != NF_IPSEC_DIR_IN))
		return refuse(info, NF_IPSEC_SA_A_FLAGS,
			      "only inbound ESP inspects padding");
	return 0;
}

/* A counter that goes on needs 64 bits inside, of which 32 are sent: what is made of
 * the whole number, as an IV is, does not come again.
 */
static int parse_wrap(struct genl_info *info, const struct ipsec_sa_params *p)
{
	const struct ipsec_alg *enc = ipsec_alg_get(p->enc);

	if (!(p->flags & NF_IPSEC_SA_F_WRAP))
		return 0;
	if (p->id.dir != NF_IPSEC_DIR_OUT)
		return refuse(info, NF_IPSEC_SA_A_FLAGS,
			      "only an outbound SA has a counter that goes on");
	if (p->flags & NF_IPSEC_SA_F_ESN)
		return refuse(info, NF_IPSEC_SA_A_FLAGS,
			      "numbers of 64 bits never start over");
	if (enc && enc->implicit)
		return refuse(info, NF_IPSEC_SA_A_FLAGS,
			      "an implicit IV must not come again: its numbers never start over");
	return 0;
}

static int parse_numbers(struct genl_info *info, struct ipsec_sa_params *p)
{
	const struct nlattr *window = info->attrs[NF_IPSEC_SA_A_REPLAY_WINDOW];
	const struct nlattr *seq = info->attrs[NF_IPSEC_SA_A_SEQ];
	bool in = p->id.dir == NF_IPSEC_DIR_IN;

	if (!in && window && nla_get_u32(window))
		return refuse(info, NF_IPSEC_SA_A_REPLAY_WINDOW,
			      "an outbound SA has no replay window");
	if (in)
		p->replay_window = window ? nla_get_u32(window) :
					    REPLAY_WINDOW_DEFAULT;
	if (!seq)
		return 0;
	p->seq = nla_get_u64(seq);
	p->seq_set = true;
	if (!(p->flags & NF_IPSEC_SA_F_WRAP) &&
	    p->seq > ipsec_seq_last(p->flags & NF_IPSEC_SA_F_ESN))
		return refuse(info, NF_IPSEC_SA_A_SEQ,
			      "without ESN numbers have 32 bits");
	return 0;
}

static int parse_header(struct genl_info *info, struct ipsec_sa_params *p)
{
	const struct nlattr *df = info->attrs[NF_IPSEC_SA_A_DF];
	const struct nlattr *dscp = info->attrs[NF_IPSEC_SA_A_DSCP];
	const struct nlattr *ttl = info->attrs[NF_IPSEC_SA_A_TTL];
	const struct nlattr *mss = info->attrs[NF_IPSEC_SA_A_MSS];
	int err;

	err = ipsec_nl_need(info, NF_IPSEC_SA_A_MODE, "the mode is missing");
	if (err)
		return err;
	p->mode = nla_get_u8(info->attrs[NF_IPSEC_SA_A_MODE]);
	p->df = df ? nla_get_u8(df) : NF_IPSEC_DF_COPY;
	p->dscp = dscp ? nla_get_u8(dscp) : -1;
	p->ttl = ttl ? nla_get_u8(ttl) : 0;
	p->mss = mss ? nla_get_u16(mss) : U16_MAX;
	if (p->mss && p->mss < IPSEC_MSS_MIN)
		return refuse(info, NF_IPSEC_SA_A_MSS,
			      "expected 0 or a segment of 48 octets or more");
	if ((df || dscp || ttl) && (p->mode != NF_IPSEC_MODE_TUNNEL ||
				    p->id.dir != NF_IPSEC_DIR_OUT))
		return ipsec_nl_err(info->extack, df ?: dscp ?: ttl,
				    "only an outbound SA in tunnel mode makes a header");
	if (df && p->id.family != AF_INET)
		return refuse(info, NF_IPSEC_SA_A_DF,
			      "IPv6 has no Don't Fragment bit");
	return 0;
}

static int parse_sel(struct genl_info *info, struct ipsec_sa_params *p)
{
	int err;

	if (!info->attrs[NF_IPSEC_SA_A_SEL])
		return 0;
	err = ipsec_nl_sels(info, NF_IPSEC_SA_A_SEL, &p->sel, &p->more);
	if (err)
		return err;
	if (p->mode == NF_IPSEC_MODE_TRANSPORT &&
	    p->sel.family != p->id.family)
		return refuse(info, NF_IPSEC_SA_A_SEL,
			      "in transport mode the selector is of the SA's family");
	if (ipsec_selector_is_narrow(&p->sel))
		return refuse(info, NF_IPSEC_SA_A_SEL,
			      "only a policy asks for a mark or a device");
	p->sel_set = true;
	return 0;
}

static int parse_via(struct genl_info *info, struct ipsec_sa_params *p)
{
	int err;

	err = ipsec_nl_tunnel(info->attrs[NF_IPSEC_SA_A_VIA], p->via,
			      info->extack);
	if (!err && *p->via && !strcmp(p->via, p->tunnel))
		err = refuse(info, NF_IPSEC_SA_A_VIA,
			     "a tunnel does not go through itself");
	return err;
}

static int parse_sa(struct genl_info *info, struct ipsec_sa_params *p)
{
	memset(p, 0, sizeof(*p));
	return ipsec_nl_need(info, NF_IPSEC_SA_A_TUNNEL,
			     "the tunnel's name is missing") ?:
	       ipsec_nl_tunnel(info->attrs[NF_IPSEC_SA_A_TUNNEL], p->tunnel,
			       info->extack) ?:
	       ipsec_nl_sa_ends(info, p) ?:
	       parse_algs(info, p) ?:
	       parse_key(info, p) ?:
	       parse_flags(info, p) ?:
	       parse_wrap(info, p) ?:
	       parse_numbers(info, p) ?:
	       parse_header(info, p) ?:
	       ipsec_nl_life(info->attrs[NF_IPSEC_SA_A_LIFE], p,
			     info->extack) ?:
	       ipsec_nl_natt(info, p) ?:
	       parse_via(info, p) ?:
	       ipsec_nl_extra(info, p) ?:
	       parse_sel(info, p);
}

/* The attribute that an error of the transaction is about */
static const struct nlattr *culprit(struct genl_info *info, int err)
{
	switch (err) {
	case -EKEYREJECTED:
		return info->attrs[NF_IPSEC_SA_A_SEQ] ?:
		       info->attrs[NF_IPSEC_SA_A_KEY];
	case -ENOENT:
		if (info->attrs[NF_IPSEC_SA_A_FROM])
			return info->attrs[NF_IPSEC_SA_A_FROM];
		return info->attrs[NF_IPSEC_SA_A_ENC] ?:
		       info->attrs[NF_IPSEC_SA_A_AUTH];
	case -EXDEV:
		return info->attrs[NF_IPSEC_SA_A_TUNNEL];
	case -EEXIST:
	case -EAGAIN:
		return info->attrs[NF_IPSEC_SA_A_SPI];
	case -EINVAL:
		/* all else was looked at here and is named already */
		return info->attrs[NF_IPSEC_SA_A_KEY] ?:
		       info->attrs[NF_IPSEC_SA_A_FINGERPRINT];
	default:
		return NULL;
	}
}

static void sa_blame(struct genl_info *info, int err)
{
	/* it has said already what is missing */
	if (info->extack && info->extack->miss_type)
		return;
	/* nothing to take a key from, and none given */
	if (err == -ENOENT && !info->attrs[NF_IPSEC_SA_A_KEY] &&
	    !info->attrs[NF_IPSEC_SA_A_FROM])
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, NF_IPSEC_SA_A_KEY);
	else
		ipsec_nl_blame(info->extack, culprit(info, err));
}

/* Send the SA, or free @skb. */
static int sa_answer(struct genl_info *info, const struct ipsec_sa_name *name,
		     struct sk_buff *skb)
{
	struct ipsec_net *ipn = ipsec_net(genl_info_net(info));
	struct ipsec_nl_msg msg = {
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.cmd = info->genlhdr->cmd,
	};
	struct ipsec_sa *sa;
	int err = -ENOENT;

	mutex_lock(&ipn->lock);
	sa = ipsec_sad_find(ipn, name, ipsec_net_current(ipn));
	if (!sa && name->id.dir == NF_IPSEC_DIR_OUT && !name->port)
		sa = ipsec_sad_find_kin(ipn, name, NULL,
					ipsec_net_current(ipn));
	if (sa)
		err = ipsec_nl_sa_put(skb, ipn, sa, &msg);
	mutex_unlock(&ipn->lock);
	if (!err)
		return genlmsg_reply(skb, info);
	nlmsg_free(skb);
	return err;
}

static int sa_new(struct genl_info *info, struct ipsec_txn *txn,
		  struct ipsec_sa_params *p)
{
	struct ipsec_sa_name from;
	enum ipsec_txn_how how;
	int err;

	err = ipsec_nl_check(info, ipsec_nl_sa_rules) ?: ipsec_nl_how(info, &how) ?:
	      parse_sa(info, p) ?: ipsec_nl_sa_from(info, p, how, &from);
	return err ?: ipsec_txn_sa_new(txn, p, how,
				       info->attrs[NF_IPSEC_SA_A_FROM] ?
				       &from : NULL, info->extack);
}

int ipsec_nl_sa_new(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsec_net *ipn = ipsec_net(genl_info_net(info));
	struct sk_buff *echo = NULL;
	struct ipsec_sa_name name;
	struct ipsec_sa_params p;
	struct ipsec_txn *txn;
	int err;

	txn = ipsec_txn_enter(ipn, info->snd_portid, info->extack);
	if (IS_ERR(txn)) {
		ipsec_nl_wipe(info, NF_IPSEC_SA_A_KEY);
		return PTR_ERR(txn);
	}
	if ((info->nlhdr->nlmsg_flags & NLM_F_ECHO) && !ipsec_txn_open(txn))
		echo = genlmsg_new(IPSEC_NL_MSG_MAX, GFP_KERNEL);
	p.more = NULL;
	err = sa_new(info, txn, &p);
	kfree(p.more);
	ipsec_nl_wipe(info, NF_IPSEC_SA_A_KEY);
	err = ipsec_txn_leave(txn, err, info->extack);
	if (err) {
		sa_blame(info, err);
		nlmsg_free(echo);
	} else if (echo) {
		/* the change is made, whether the echo is heard or not */
		ipsec_sa_params_name(&p, &name);
		sa_answer(info, &name, echo);
	}
	return err;
}

static int parse_which(struct genl_info *info, struct ipsec_sa_name *name)
{
	return ipsec_nl_check(info, ipsec_nl_sa_rules) ?:
	       ipsec_nl_no_tunnel(info, NF_IPSEC_SA_A_TUNNEL) ?:
	       ipsec_nl_sa_name(info, name);
}

int ipsec_nl_sa_del(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsec_net *ipn = ipsec_net(genl_info_net(info));
	struct ipsec_sa_name name;
	struct ipsec_txn *txn;
	int err;

	txn = ipsec_txn_enter(ipn, info->snd_portid, info->extack);
	if (IS_ERR(txn))
		return PTR_ERR(txn);
	err = parse_which(info, &name) ?:
	      ipsec_txn_sa_del(txn, &name, info->extack);
	err = ipsec_txn_leave(txn, err, info->extack);
	if (err == -ENOENT || err == -EXDEV)
		ipsec_nl_blame(info->extack, info->attrs[NF_IPSEC_SA_A_SPI]);
	return err;
}

int ipsec_nl_sa_get(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsec_sa_name name;
	struct sk_buff *reply;
	int err;

	err = parse_which(info, &name);
	if (err)
		return err;
	reply = genlmsg_new(IPSEC_NL_MSG_MAX, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	err = sa_answer(info, &name, reply);
	if (err == -ENOENT)
		refuse(info, NF_IPSEC_SA_A_SPI, IPSEC_MSG_SA_NONE);
	return err;
}

int ipsec_nl_sa_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsec_net *ipn = ipsec_net(genl_info_net(info));
	char tunnel[NF_IPSEC_NAME_MAX + 1];
	struct ipsec_txn *txn;
	int err;

	txn = ipsec_txn_enter(ipn, info->snd_portid, info->extack);
	if (IS_ERR(txn))
		return PTR_ERR(txn);
	err = ipsec_nl_check(info, ipsec_nl_sa_rules) ?:
	      ipsec_nl_tunnel(info->attrs[NF_IPSEC_SA_A_TUNNEL], tunnel,
			      info->extack) ?:
	      ipsec_txn_flush(txn, false, tunnel, info->extack);
	return ipsec_txn_leave(txn, err, info->extack);
}

int ipsec_nl_sa_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct ipsec_net *ipn = ipsec_net(sock_net(skb->sk));
	struct ipsec_nl_dump *dump = (void *)cb->ctx;
	struct ipsec_nl_msg msg = {
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.cmd = NF_IPSEC_CMD_SA_GET,
		.cb = cb,
	};
	struct ipsec_sa *sa;
	int err;

	err = ipsec_nl_dump_start(cb, NF_IPSEC_SA_A_TUNNEL, NF_IPSEC_SA_A_MATCH);
	if (err)
		return err;
	mutex_lock(&ipn->lock);
	cb->seq = (u32)(ipn->generation >> 1) ?: 1;
	for (; (sa = ipsec_sad_walk(ipn, &dump->next)); dump->next++) {
		if (*dump->tunnel && strcmp(sa->tunnel->name, dump->tunnel))
			continue;
		err = ipsec_nl_sa_put(skb, ipn, sa, &msg);
		if (err)
			break;
	}
	mutex_unlock(&ipn->lock);
	return skb->len ?: err;
}
