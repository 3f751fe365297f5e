// SPDX-License-Identifier: GPL-2.0-only
/*
 * Talking to the module: the connection.  The files nl*.c are the only ones
 * that know netlink.
 */
#include "nl_talk.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "nl_attr.h"

struct nlmsghdr *nl_start(struct nl *nl, u16 type, u8 cmd, u16 flags)
{
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;

	nlh = mnl_nlmsg_put_header(nl->request);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	nlh->nlmsg_seq = ++nl->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = NF_IPSEC_GENL_VERSION;
	return nlh;
}

static int kernel_errno(const struct exchange *x, int error)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(x->nlh);

	switch (error) {
	case EPERM:
		return err_set(x->e, ERR_KERNEL, "",
			       "not permitted; this needs CAP_NET_ADMIN in the network namespace");
	case ENOENT:
		return err_set(x->e, ERR_KERNEL, x->object,
			       "the kernel knows no such %s%s", x->object,
			       strcmp(x->object, "sa") ? "" :
			       "; one with match or encap needs that word");
	case EEXIST:
		return err_set(x->e, ERR_KERNEL, x->object,
			       "exists already; replace it or delete it first");
	case EOPNOTSUPP:
		return err_set(x->e, ERR_KERNEL, x->object,
			       "this nf_ipsec module does not know command %u; is it older than this program?",
			       genl->cmd);
	default:
		return err_set(x->e, ERR_KERNEL, x->object,
			       "the kernel refused: %s", strerror(error));
	}
}

/**
 * struct ack - what an ack says beside the error
 * @text: a sentence, or NULL
 * @offset: of the attribute that is to blame, 0 if none
 * @missing: type of an attribute that is missing, 0 if none
 * @nest: where the missing one should be, 0 if not in a nest
 */
struct ack {
	const char *text;
	u32 offset;
	u16 missing;
	u32 nest;
};

static int collect_ack(const struct nlattr *attr, void *data)
{
	u16 len = mnl_attr_get_payload_len(attr);
	struct ack *ack = data;

	switch (mnl_attr_get_type(attr)) {
	case NLMSGERR_ATTR_MSG:
		if (len && !mnl_attr_validate(attr, MNL_TYPE_NUL_STRING))
			ack->text = mnl_attr_get_str(attr);
		break;
	case NLMSGERR_ATTR_OFFS:
		if (len == 4)
			ack->offset = mnl_attr_get_u32(attr);
		break;
	case NLMSGERR_ATTR_MISS_TYPE:
		if (len == 4)
			ack->missing = mnl_attr_get_u32(attr);
		break;
	case NLMSGERR_ATTR_MISS_NEST:
		if (len == 4)
			ack->nest = mnl_attr_get_u32(attr);
		break;
	}
	return MNL_CB_OK;
}

/* @offset: where the attributes start in the payload */
static void parse_tlvs(const struct nlmsghdr *nlh, u32 offset, struct ack *ack)
{
	memset(ack, 0, sizeof(*ack));
	if ((nlh->nlmsg_flags & NLM_F_ACK_TLVS) &&
	    offset <= mnl_nlmsg_get_payload_len(nlh))
		mnl_attr_parse(nlh, offset, collect_ack, ack);
}

static void parse_ack(const struct nlmsghdr *nlh, struct ack *ack)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	u32 offset = sizeof(*err);

	memset(ack, 0, sizeof(*ack));
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED)) {
		if (err->msg.nlmsg_len < sizeof(err->msg))
			return;
		offset += NLMSG_ALIGN(err->msg.nlmsg_len - sizeof(err->msg));
	}
	parse_tlvs(nlh, offset, ack);
}

static int refused(struct exchange *x, int error, const struct ack *ack)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(x->nlh);
	const char *word = NULL;

	x->error = error;
	if (ack->offset)
		word = nl_attr_word(x->nlh, ack->offset);
	else if (ack->nest)
		word = nl_attr_word(x->nlh, ack->nest);
	else if (ack->missing)
		word = nl_attr_type_word(genl->cmd, ack->missing);
	if (ack->text)
		return err_set(x->e, ERR_KERNEL, word ? word : x->object,
			       "%s", ack->text);
	if (word && ack->missing)
		return err_set(x->e, ERR_KERNEL, word, "missing");
	if (word && error == EINVAL)
		return err_set(x->e, ERR_KERNEL, word,
			       "the kernel does not take this value");
	if (word)
		x->object = word;
	return kernel_errno(x, error);
}

static int handle_ack(struct exchange *x, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	struct ack ack;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err))
		return err_set(x->e, ERR_KERNEL, x->object,
			       "the kernel's answer is too short");
	parse_ack(nlh, &ack);
	if (err->error)
		return refused(x, -err->error, &ack);
	if (ack.text)
		fprintf(stderr, "nfipsec: warning: %s\n", ack.text);
	return 0;
}

static int handle_done(struct exchange *x, const struct nlmsghdr *nlh)
{
	struct ack ack;
	int error = 0;

	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(error))
		memcpy(&error, mnl_nlmsg_get_payload(nlh), sizeof(error));
	parse_tlvs(nlh, sizeof(error), &ack);
	return error < 0 ? refused(x, -error, &ack) : 0;
}

/* Return: 1 if more is to come, 0 at the end, -1 on error */
static int handle(struct exchange *x, const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		x->interrupted = true;
	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
		return handle_ack(x, nlh);
	case NLMSG_DONE:
		return handle_done(x, nlh);
	case NLMSG_NOOP:
	case NLMSG_OVERRUN:
		return 1;
	}
	if (x->reply && nlh->nlmsg_len >= MNL_NLMSG_HDRLEN + GENL_HDRLEN &&
	    x->reply(nlh, x->arg))
		return err_set(x->e, ERR_KERNEL, x->object, "no memory");
	return 1;
}

static int handle_all(struct nl *nl, struct exchange *x, int len)
{
	const struct nlmsghdr *nlh = (const void *)nl->reply;
	int rc = 1;

	while (rc > 0 && mnl_nlmsg_ok(nlh, len)) {
		if (mnl_nlmsg_seq_ok(nlh, x->nlh->nlmsg_seq) &&
		    mnl_nlmsg_portid_ok(nlh, nl->portid))
			rc = handle(x, nlh);
		nlh = mnl_nlmsg_next(nlh, &len);
	}
	return rc;
}

static int receive(struct nl *nl, struct exchange *x)
{
	ssize_t len;
	int rc = 1;

	while (rc > 0) {
		len = mnl_socket_recvfrom(nl->sock, nl->reply,
					  sizeof(nl->reply));
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return err_set(x->e, ERR_KERNEL, x->object,
				       "no answer from the kernel: %s",
				       strerror(errno));
		rc = handle_all(nl, x, len);
	}
	return rc;
}

int nl_talk(struct nl *nl, struct exchange *x)
{
	size_t len = x->nlh->nlmsg_len;
	int rc;

	if (mnl_socket_sendto(nl->sock, x->nlh, len) < 0)
		rc = err_set(x->e, ERR_KERNEL, x->object,
			     "cannot send to the kernel: %s", strerror(errno));
	else
		rc = receive(nl, x);
	explicit_bzero(nl->request, len);
	return rc;
}

static int collect_group(const struct nlattr *attr, void *data)
{
	const struct nlattr *field;
	const char *name = "";
	struct nl *nl = data;
	u32 id = 0;

	mnl_attr_for_each_nested(field, attr) {
		switch (mnl_attr_get_type(field)) {
		case CTRL_ATTR_MCAST_GRP_NAME:
			name = mnl_attr_get_str(field);
			break;
		case CTRL_ATTR_MCAST_GRP_ID:
			id = mnl_attr_get_u32(field);
			break;
		}
	}
	if (!strcmp(name, NF_IPSEC_MCGRP_EVENTS))
		nl->group[NL_EVENTS] = id;
	else if (!strcmp(name, NF_IPSEC_MCGRP_DROPS))
		nl->group[NL_DROPS] = id;
	else if (!strcmp(name, NF_IPSEC_MCGRP_NOTICES))
		nl->group[NL_NOTICES] = id;
	return MNL_CB_OK;
}

static int collect_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	struct nl *nl = data;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		switch (mnl_attr_get_type(attr)) {
		case CTRL_ATTR_FAMILY_ID:
			nl->family = mnl_attr_get_u16(attr);
			break;
		case CTRL_ATTR_MCAST_GROUPS:
			mnl_attr_parse_nested(attr, collect_group, nl);
			break;
		}
	}
	return 0;
}

static int find_family(struct nl *nl, struct err *e)
{
	struct err refusal = { };
	struct exchange x = {
		.object = "module",
		.reply = collect_family,
		.arg = nl,
		.e = &refusal,
	};
	int rc;

	x.nlh = nl_start(nl, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	mnl_attr_put_strz(x.nlh, CTRL_ATTR_FAMILY_NAME, NF_IPSEC_GENL_NAME);
	rc = nl_talk(nl, &x);
	if (!rc && nl->family)
		return 0;
	if (rc && x.error != ENOENT) {
		*e = refusal;
		return -1;
	}
	return err_set(e, ERR_KERNEL, "",
		       "the nf_ipsec module is not loaded: modprobe nf_ipsec if it is installed, insmod nf_ipsec.ko in its build folder");
}

static int open_socket(struct nl *nl)
{
	int on = 1;

	nl->sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl->sock || mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0)
		return -1;
	nl->portid = mnl_socket_get_portid(nl->sock);
	/* keys must not come back in acks */
	if (mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &on,
				  sizeof(on)) < 0)
		return -1;
	/* texts and consistent dumps are welcome, not needed */
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->sock, NETLINK_GET_STRICT_CHK, &on,
			      sizeof(on));
	return 0;
}

struct nl *nl_open(struct err *e)
{
	struct nl *nl = calloc(1, sizeof(*nl));

	if (!nl) {
		err_set(e, ERR_KERNEL, "netlink", "no memory");
		return NULL;
	}
	if (open_socket(nl)) {
		err_set(e, ERR_KERNEL, "netlink", "no socket: %s",
			strerror(errno));
		nl_close(nl);
		return NULL;
	}
	if (find_family(nl, e)) {
		nl_close(nl);
		return NULL;
	}
	return nl;
}

void nl_close(struct nl *nl)
{
	if (!nl)
		return;
	if (nl->sock)
		mnl_socket_close(nl->sock);
	explicit_bzero(nl->request, sizeof(nl->request));
	free(nl);
}
