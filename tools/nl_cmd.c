// SPDX-License-Identifier: GPL-2.0-only
/*
 * Talking to the module: the commands.
 */
#include "nl.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "nl_attr.h"
#include "nl_talk.h"
#include "set.h"

/* Times a dump starts again because something changed under it */
#define DUMP_TRIES	8

static struct nlmsghdr *request(struct nl *nl, u8 cmd, u16 flags)
{
	return nl_start(nl, nl->family, cmd, flags);
}

/* A change: a commit says how many there were */
static struct nlmsghdr *operation(struct nl *nl, u8 cmd, u16 flags)
{
	nl->n_ops++;
	return request(nl, cmd, flags);
}

static u16 put_flags(enum nl_how how)
{
	return NLM_F_CREATE | (how == NL_ADD ? NLM_F_EXCL : NLM_F_REPLACE);
}

/* The words for a key are the same in each direction but for their ends */
static int no_key(const struct key_src *src, struct err *e)
{
	static const char given[] = "key-fingerprint";
	const char *word = src->word ? src->word : given;

	return err_set(e, ERR_KERNEL, word,
		       "no SA runs whose key could be kept; expected key-file%s PATH in its place",
		       word + strlen(given));
}

int nl_sa_put(struct nl *nl, const struct sa_conf *sa, enum nl_how how,
	      struct err *e)
{
	struct err refusal = { };
	struct exchange x = { .object = "sa", .e = &refusal };
	int rc;

	x.nlh = operation(nl, NF_IPSEC_CMD_SA_NEW, put_flags(how));
	nl_attr_put_sa(x.nlh, sa);
	rc = nl_talk(nl, &x);
	if (rc && x.error == ENOENT && sa->src.kind == KEY_FINGERPRINT)
		return no_key(&sa->src, e);
	if (rc)
		*e = refusal;
	return rc;
}

int nl_sa_move(struct nl *nl, const struct sa_conf *sa,
	       const struct sa_conf *from, struct err *e)
{
	struct exchange x = { .object = "sa", .e = e };

	x.nlh = operation(nl, NF_IPSEC_CMD_SA_NEW, put_flags(NL_REPLACE));
	nl_attr_put_sa(x.nlh, sa);
	nl_attr_put_from(x.nlh, from);
	return nl_talk(nl, &x);
}

int nl_sa_del(struct nl *nl, const struct sa_conf *id, struct err *e)
{
	struct exchange x = { .object = "sa", .e = e };

	x.nlh = operation(nl, NF_IPSEC_CMD_SA_DEL, 0);
	nl_attr_put_sa_id(x.nlh, id);
	return nl_talk(nl, &x);
}

int nl_sp_put(struct nl *nl, const struct sp_conf *sp, enum nl_how how,
	      struct err *e)
{
	struct exchange x = { .object = "policy", .e = e };

	x.nlh = operation(nl, NF_IPSEC_CMD_POLICY_NEW, put_flags(how));
	nl_attr_put_sp(x.nlh, sp);
	return nl_talk(nl, &x);
}

/* Of a number that no policy has the number is said */
static int talk_of_sp(struct nl *nl, struct exchange *x,
		      const struct sp_conf *id)
{
	struct err *e = x->e;
	struct err own = { };
	int rc;

	if (!(id->has & HAS_ID))
		return nl_talk(nl, x);
	x->e = &own;
	rc = nl_talk(nl, x);
	if (rc && x->error == ENOENT)
		return err_set(e, own.code, "id", "%u: %s", id->id, own.text);
	if (own.code)
		*e = own;
	return rc;
}

int nl_sp_del(struct nl *nl, const struct sp_conf *id, struct err *e)
{
	struct exchange x = { .object = "policy", .e = e };

	x.nlh = operation(nl, NF_IPSEC_CMD_POLICY_DEL, 0);
	nl_attr_put_sp_id(x.nlh, id);
	return talk_of_sp(nl, &x, id);
}

int nl_sa_flush(struct nl *nl, const char *tunnel, struct err *e)
{
	struct exchange x = { .object = "sa", .e = e };

	x.nlh = operation(nl, NF_IPSEC_CMD_SA_FLUSH, 0);
	if (tunnel)
		mnl_attr_put_strz(x.nlh, NF_IPSEC_SA_A_TUNNEL, tunnel);
	return nl_talk(nl, &x);
}

int nl_sp_flush(struct nl *nl, const char *tunnel, struct err *e)
{
	struct exchange x = { .object = "policy", .e = e };

	x.nlh = operation(nl, NF_IPSEC_CMD_POLICY_FLUSH, 0);
	if (tunnel)
		mnl_attr_put_strz(x.nlh, NF_IPSEC_POLICY_A_TUNNEL, tunnel);
	return nl_talk(nl, &x);
}

static int reply_sa(const struct nlmsghdr *nlh, void *arg)
{
	struct err no_memory = { };
	struct sa_conf *sa = set_add_sa(arg, &no_memory);

	return sa ? nl_attr_get_sa(nlh, sa) : -1;
}

static int reply_sp(const struct nlmsghdr *nlh, void *arg)
{
	struct err no_memory = { };
	struct sp_conf *sp = set_add_sp(arg, &no_memory);

	return sp ? nl_attr_get_sp(nlh, sp) : -1;
}

int nl_sa_get(struct nl *nl, const struct sa_conf *id, struct set *set,
	      struct err *e)
{
	struct exchange x = {
		.object = "sa", .reply = reply_sa, .arg = set, .e = e,
	};

	x.nlh = request(nl, NF_IPSEC_CMD_SA_GET, 0);
	nl_attr_put_sa_id(x.nlh, id);
	return nl_talk(nl, &x);
}

int nl_sp_get(struct nl *nl, const struct sp_conf *id, struct set *set,
	      struct err *e)
{
	struct exchange x = {
		.object = "policy", .reply = reply_sp, .arg = set, .e = e,
	};

	x.nlh = request(nl, NF_IPSEC_CMD_POLICY_GET, 0);
	nl_attr_put_sp_id(x.nlh, id);
	return talk_of_sp(nl, &x, id);
}

static int reply_stats(const struct nlmsghdr *nlh, void *arg)
{
	return nl_attr_get_stats(nlh, arg);
}

int nl_stats(struct nl *nl, struct stats *stats, struct err *e)
{
	struct exchange x = {
		.object = "stats", .reply = reply_stats, .arg = stats, .e = e,
	};

	x.nlh = request(nl, NF_IPSEC_CMD_STATS_GET, 0);
	return nl_talk(nl, &x);
}

static int get_generation(struct nl *nl, u32 *generation, struct err *e)
{
	struct stats stats = { };
	int rc = nl_stats(nl, &stats, e);

	*generation = stats.generation;
	free(stats.counters.c);
	free(stats.drops.c);
	return rc;
}

static int list_once(struct nl *nl, struct exchange *sas,
		     struct exchange *policies)
{
	sas->interrupted = false;
	sas->nlh = request(nl, NF_IPSEC_CMD_SA_GET, NLM_F_DUMP);
	if (nl_talk(nl, sas))
		return -1;
	policies->interrupted = false;
	policies->nlh = request(nl, NF_IPSEC_CMD_POLICY_GET, NLM_F_DUMP);
	return nl_talk(nl, policies);
}

int nl_list(struct nl *nl, struct set *set, struct err *e)
{
	struct exchange sas = {
		.object = "sa", .reply = reply_sa, .arg = set, .e = e,
	};
	struct exchange policies = {
		.object = "policy", .reply = reply_sp, .arg = set, .e = e,
	};
	unsigned int try;
	u32 before, after;

	/* no message of a dump tells its generation */
	for (try = 0; try < DUMP_TRIES; try++) {
		if (get_generation(nl, &before, e) ||
		    list_once(nl, &sas, &policies) ||
		    nl_settings_get(nl, &set->settings, e) ||
		    get_generation(nl, &after, e))
			return -1;
		settings_show_changed(&set->settings);
		set->generation = after;
		if (before == after && !sas.interrupted &&
		    !policies.interrupted)
			return 0;
		set_free(set);
	}
	return err_set(e, ERR_KERNEL, "list",
		       "SAs and policies change faster than they can be read; try again");
}

int nl_list_now(struct set *set, struct err *e)
{
	struct nl *nl = nl_open(e);
	int rc = nl ? nl_list(nl, set, e) : -1;

	nl_close(nl);
	return rc;
}

int nl_begin(struct nl *nl, bool replace_all, const char *tunnel,
	     const u32 *generation, struct err *e)
{
	struct exchange x = { .object = "transaction", .e = e };

	x.nlh = request(nl, NF_IPSEC_CMD_TXN_BEGIN, 0);
	if (replace_all)
		mnl_attr_put(x.nlh, NF_IPSEC_TXN_A_REPLACE_ALL, 0, "");
	if (tunnel)
		mnl_attr_put_strz(x.nlh, NF_IPSEC_TXN_A_TUNNEL, tunnel);
	if (generation)
		mnl_attr_put_u32(x.nlh, NF_IPSEC_TXN_A_GENERATION, *generation);
	nl->n_ops = 0;
	return nl_talk(nl, &x);
}

int nl_commit(struct nl *nl, struct err *e)
{
	struct err refusal = { };
	struct exchange x = { .object = "transaction", .e = &refusal };
	int rc;

	x.nlh = request(nl, NF_IPSEC_CMD_TXN_COMMIT, 0);
	mnl_attr_put_u32(x.nlh, NF_IPSEC_TXN_A_OPS, nl->n_ops);
	rc = nl_talk(nl, &x);
	if (rc && x.error == EAGAIN)
		return 1;
	if (rc)
		*e = refusal;
	return rc;
}

static int show_event(const struct nlmsghdr *nlh,
		      int (*show)(const struct nl_event *, void *), void *arg)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct nl_event event = { .cmd = genl->cmd };
	int rc = 0;

	switch (genl->cmd) {
	case NF_IPSEC_CMD_SA_NEW_NTF:
	case NF_IPSEC_CMD_SA_DEL_NTF:
	case NF_IPSEC_CMD_EXPIRE_NTF:
	case NF_IPSEC_CMD_MAPPING_NTF:
	case NF_IPSEC_CMD_SA_MOVE_NTF:
		if (!nl_attr_get_sa(nlh, &event.sa))
			rc = show(&event, arg);
		sa_conf_free(&event.sa);
		break;
	case NF_IPSEC_CMD_POLICY_NEW_NTF:
	case NF_IPSEC_CMD_POLICY_DEL_NTF:
	case NF_IPSEC_CMD_ACQUIRE_NTF:
		if (!nl_attr_get_sp(nlh, &event.sp))
			rc = show(&event, arg);
		sp_conf_free(&event.sp);
		break;
	case NF_IPSEC_CMD_SETTINGS_NTF:
		nl_attr_get_settings(nlh, &event.settings);
		settings_show_all(&event.settings);
		rc = show(&event, arg);
		break;
	case NF_IPSEC_CMD_SELECTOR_NTF:
	case NF_IPSEC_CMD_DROP_NTF:
		nl_attr_get_drop(nlh, &event.drop);
		rc = show(&event, arg);
		break;
	case NF_IPSEC_CMD_NOTICE_NTF:
		nl_attr_get_notice(nlh, &event.notice);
		rc = show(&event, arg);
		break;
	}
	return rc;
}

int nl_monitor(struct nl *nl, enum nl_group group,
	       int (*show)(const struct nl_event *, void *), void *arg,
	       struct err *e)
{
	const struct nlmsghdr *nlh;
	int len;

	if (mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP,
				  &nl->group[group], sizeof(u32)) < 0)
		return err_set(e, ERR_KERNEL, "monitor", "no events: %s",
			       strerror(errno));
	for (;;) {
		len = mnl_socket_recvfrom(nl->sock, nl->reply,
					  sizeof(nl->reply));
		if (len < 0 && errno == ENOBUFS)
			fprintf(stderr, "nfipsec: warning: events were lost\n");
		else if (len < 0 && errno != EINTR)
			return err_set(e, ERR_KERNEL, "monitor", "%s",
				       strerror(errno));
		for (nlh = (const void *)nl->reply; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len))
			if (nlh->nlmsg_type == nl->family &&
			    nlh->nlmsg_len >= MNL_NLMSG_HDRLEN + GENL_HDRLEN &&
			    show_event(nlh, show, arg))
				return -1;
	}
}
