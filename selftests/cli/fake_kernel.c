// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stand-in for the module, so that what nfipsec says to it and makes of its
 * answers can be tested anywhere.  It takes the place of libmnl's socket
 * functions and keeps SAs and policies in the file that $FAKE_STATE names.  It
 * checks little: the module's own tests are elsewhere.
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "fake.h"

#define MAX	64

/* A message as it came, with the attributes that a dump adds */
struct object {
	bool policy;
	bool named;
	u32 id;
	char msg[1024] __attribute__((aligned(8)));
};

static struct object objects[MAX];
static unsigned int n_objects;
static struct object before[MAX];
static unsigned int n_before;
static u32 generation;
static bool in_txn;
static u32 expected;
static bool replace_all;
static char txn_tunnel[NF_IPSEC_NAME_MAX + 1];
static u32 n_ops;
static u32 last_id;

static const struct nlattr *find(const struct nlmsghdr *nlh, u16 type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

static bool same_attr(const struct nlmsghdr *a, const struct nlmsghdr *b,
		      u16 type)
{
	const struct nlattr *x = find(a, type);
	const struct nlattr *y = find(b, type);

	return x && y && x->nla_len == y->nla_len &&
	       !memcmp(x, y, x->nla_len);
}

/* What names an SA: as it is, or for one that moves, as it was */
static const struct nlattr *find_name(const struct nlmsghdr *req, u16 type)
{
	const struct nlattr *from = find(req, NF_IPSEC_SA_A_FROM);
	const struct nlattr *attr;

	if (!from)
		return find(req, type);
	mnl_attr_for_each_nested(attr, from)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

static bool same_name(const struct nlmsghdr *nlh, const struct nlmsghdr *req,
		      u16 type)
{
	const struct nlattr *x = find(nlh, type);
	const struct nlattr *y = find_name(req, type);

	return x && y ? x->nla_len == y->nla_len &&
			!memcmp(x, y, x->nla_len) : x == y;
}

static bool same(const struct object *o, bool policy, bool kin,
		 const struct nlmsghdr *req)
{
	const struct nlmsghdr *nlh = (const void *)o->msg;
	const struct nlattr *id;
	u8 dir;

	if (o->policy != policy)
		return false;
	if (policy) {
		id = find(req, NF_IPSEC_POLICY_A_ID);
		if (id)
			return mnl_attr_get_u32(id) == o->id;
		return same_attr(nlh, req, NF_IPSEC_POLICY_A_DIR) &&
		       same_attr(nlh, req, NF_IPSEC_POLICY_A_PRIORITY) &&
		       same_attr(nlh, req, NF_IPSEC_POLICY_A_SEL);
	}
	dir = mnl_attr_get_u8(find(req, NF_IPSEC_SA_A_DIR));
	return same_attr(nlh, req, NF_IPSEC_SA_A_DIR) &&
	       same_attr(nlh, req, NF_IPSEC_SA_A_PROTO) &&
	       same_attr(nlh, req, NF_IPSEC_SA_A_SPI) &&
	       same_name(nlh, req, NF_IPSEC_SA_A_MATCH) &&
	       same_name(nlh, req, dir == NF_IPSEC_DIR_IN ?
			 NF_IPSEC_SA_A_LOCAL : NF_IPSEC_SA_A_REMOTE) &&
	       (kin || dir == NF_IPSEC_DIR_IN ||
		same_name(nlh, req, NF_IPSEC_SA_A_ENCAP_RPORT));
}

static struct object *lookup(bool policy, const struct nlmsghdr *req)
{
	bool kin = false;
	unsigned int i;

	/* if no SA has the peer's port, one that has another will do */
	do {
		for (i = 0; i < n_objects; i++)
			if (same(&objects[i], policy, kin, req))
				return &objects[i];
		kin = !kin && !policy && !(req->nlmsg_flags & NLM_F_EXCL);
	} while (kin);
	return NULL;
}

static bool carries(const struct object *o, const char *tunnel)
{
	const struct nlattr *attr = find((const void *)o->msg, o->policy ?
					 NF_IPSEC_POLICY_A_TUNNEL :
					 NF_IPSEC_SA_A_TUNNEL);

	return !*tunnel || (attr && !strcmp(mnl_attr_get_str(attr), tunnel));
}

static void drop(struct object *o)
{
	unsigned int i = o - objects;

	n_objects--;
	memmove(o, o + 1, (n_objects - i) * sizeof(*o));
}

static void fingerprint(const struct nlattr *key, u8 *fp)
{
	const u8 *octets = mnl_attr_get_payload(key);
	u16 i;

	memset(fp, 0, NF_IPSEC_FINGERPRINT_LEN);
	for (i = 0; i < mnl_attr_get_payload_len(key); i++)
		fp[i % NF_IPSEC_FINGERPRINT_LEN] ^= octets[i] + i;
}

/* Keep a request, but a fingerprint in the key's place, and say numbers */
static void keep(struct object *o, const struct nlmsghdr *req, const u8 *fp)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(o->msg);
	const struct nlattr *attr;

	mnl_nlmsg_put_extra_header(nlh, GENL_HDRLEN);
	mnl_attr_for_each(attr, req, GENL_HDRLEN)
		if (o->policy || (mnl_attr_get_type(attr) != NF_IPSEC_SA_A_KEY &&
				  mnl_attr_get_type(attr) != NF_IPSEC_SA_A_FROM &&
				  mnl_attr_get_type(attr) != NF_IPSEC_SA_A_FINGERPRINT))
			mnl_attr_put(nlh, attr->nla_type,
				     mnl_attr_get_payload_len(attr),
				     mnl_attr_get_payload(attr));
	if (o->policy) {
		mnl_attr_put_u32(nlh, NF_IPSEC_POLICY_A_ID, o->id);
		mnl_attr_put_u64(nlh, NF_IPSEC_POLICY_A_PACKETS, o->id * 10);
		return;
	}
	mnl_attr_put(nlh, NF_IPSEC_SA_A_FINGERPRINT, NF_IPSEC_FINGERPRINT_LEN,
		     fp);
	mnl_attr_put_u64(nlh, NF_IPSEC_SA_A_PACKETS, 1ULL << 40);
	mnl_attr_put_u64(nlh, NF_IPSEC_SA_A_BYTES, 1500);
	mnl_attr_put_u64(nlh, NF_IPSEC_SA_A_ADDED, 1700000000);
	mnl_attr_put_u64(nlh, NF_IPSEC_SA_A_IDLE, 3);
	mnl_attr_put_u32(nlh, NF_IPSEC_SA_A_INNER_MTU, 1438);
	mnl_attr_put_strz(nlh, NF_IPSEC_SA_A_DRIVER, "rfc4106-gcm-aesni");
}

static void put_new(const struct nlmsghdr *req, bool policy)
{
	const struct nlattr *told = find(req, NF_IPSEC_SA_A_FINGERPRINT);
	const struct nlattr *key = find(req, NF_IPSEC_SA_A_KEY);
	struct object *o = lookup(policy, req);
	u8 fp[NF_IPSEC_FINGERPRINT_LEN] = { };
	const struct nlattr *old;

	if (!policy && key && prctl(PR_GET_DUMPABLE))
		return ack(req, EINVAL, "a core dump could hold this key", key);
	if (o && (req->nlmsg_flags & NLM_F_EXCL))
		return ack(req, EEXIST, NULL, NULL);
	if (!policy && o) {
		old = find((const void *)o->msg, NF_IPSEC_SA_A_FINGERPRINT);
		memcpy(fp, mnl_attr_get_payload(old), sizeof(fp));
	}
	if (!policy && key)
		fingerprint(key, fp);
	if (!policy && !key && !o)
		return ack(req, ENOENT, "no such SA whose key could be kept: give the key",
			   NULL);
	if (!policy && told && memcmp(mnl_attr_get_payload(told), fp, sizeof(fp)))
		return ack(req, EINVAL, "this is not the running key's fingerprint",
			   told);
	if (!o) {
		o = &objects[n_objects++];
		memset(o, 0, sizeof(*o));
		o->policy = policy;
		o->id = policy ? ++last_id : 0;
	}
	o->named = true;
	keep(o, req, fp);
	generation += !in_txn;
	ack(req, 0, NULL, NULL);
}

static void delete(const struct nlmsghdr *req, bool policy)
{
	struct object *o = lookup(policy, req);

	if (!o)
		return ack(req, ENOENT, NULL, NULL);
	drop(o);
	generation += !in_txn;
	ack(req, 0, NULL, NULL);
}

static void flush(const struct nlmsghdr *req, bool policy)
{
	const struct nlattr *attr = find(req, policy ? NF_IPSEC_POLICY_A_TUNNEL :
					 NF_IPSEC_SA_A_TUNNEL);
	unsigned int i = 0;

	while (i < n_objects) {
		if (objects[i].policy == policy &&
		    carries(&objects[i], attr ? mnl_attr_get_str(attr) : ""))
			drop(&objects[i]);
		else
			i++;
	}
	generation += !in_txn;
	ack(req, 0, NULL, NULL);
}

static void tell(const struct nlmsghdr *req, const struct object *o, u16 flags)
{
	const struct nlmsghdr *kept = (const void *)o->msg;
	struct nlmsghdr *nlh = reply(req, FAMILY, flags);
	u32 len = mnl_nlmsg_get_payload_len(kept);

	memcpy(mnl_nlmsg_put_extra_header(nlh, len),
	       mnl_nlmsg_get_payload(kept), len);
	finish(nlh);
}

/* The first dump of a run is interrupted, if $FAKE_INTERRUPT is set */
static void get(const struct nlmsghdr *req, bool policy)
{
	static bool interrupted;
	u16 flags = NLM_F_MULTI;
	struct nlmsghdr *nlh;
	unsigned int i;

	if (!(req->nlmsg_flags & NLM_F_DUMP)) {
		if (!lookup(policy, req))
			return ack(req, ENOENT, NULL, NULL);
		tell(req, lookup(policy, req), 0);
		return ack(req, 0, NULL, NULL);
	}
	if (getenv("FAKE_INTERRUPT") && !interrupted)
		flags |= NLM_F_DUMP_INTR;
	interrupted = true;
	for (i = 0; i < n_objects; i++)
		if (objects[i].policy == policy)
			tell(req, &objects[i], flags);
	nlh = reply(req, NLMSG_DONE, flags);
	mnl_nlmsg_put_extra_header(nlh, sizeof(int));
	finish(nlh);
}

static void begin(const struct nlmsghdr *req)
{
	const struct nlattr *wanted = find(req, NF_IPSEC_TXN_A_GENERATION);
	const struct nlattr *tunnel = find(req, NF_IPSEC_TXN_A_TUNNEL);
	unsigned int i;

	expected = wanted ? mnl_attr_get_u32(wanted) : generation;
	memcpy(before, objects, sizeof(before));
	n_before = n_objects;
	in_txn = true;
	replace_all = find(req, NF_IPSEC_TXN_A_REPLACE_ALL);
	snprintf(txn_tunnel, sizeof(txn_tunnel), "%s",
		 tunnel ? mnl_attr_get_str(tunnel) : "");
	settings_begin(replace_all && !tunnel);
	n_ops = 0;
	for (i = 0; i < n_objects; i++)
		objects[i].named = false;
	ack(req, 0, NULL, NULL);
}

static void give_up(void)
{
	memcpy(objects, before, sizeof(objects));
	n_objects = n_before;
	settings_give_up();
	in_txn = false;
}

static void commit(const struct nlmsghdr *req)
{
	const struct nlattr *ops = find(req, NF_IPSEC_TXN_A_OPS);
	unsigned int i = 0;

	if (!ops || mnl_attr_get_u32(ops) != n_ops)
		return ack(req, ECANCELED, "operations are missing", ops);
	if (expected != generation) {
		give_up();
		return ack(req, EAGAIN, "the generation is another one", NULL);
	}
	while (replace_all && i < n_objects) {
		if (!objects[i].named && carries(&objects[i], txn_tunnel))
			drop(&objects[i]);
		else
			i++;
	}
	in_txn = false;
	generation++;
	ack(req, 0, NULL, NULL);
}

static void serve(const struct nlmsghdr *req, u8 cmd)
{
	switch (cmd) {
	case 0:
		return answer_family(req);
	case NF_IPSEC_CMD_SA_NEW:
	case NF_IPSEC_CMD_POLICY_NEW:
		n_ops++;
		return put_new(req, cmd == NF_IPSEC_CMD_POLICY_NEW);
	case NF_IPSEC_CMD_SA_DEL:
	case NF_IPSEC_CMD_POLICY_DEL:
		n_ops++;
		return delete(req, cmd == NF_IPSEC_CMD_POLICY_DEL);
	case NF_IPSEC_CMD_SA_GET:
	case NF_IPSEC_CMD_POLICY_GET:
		return get(req, cmd == NF_IPSEC_CMD_POLICY_GET);
	case NF_IPSEC_CMD_SA_FLUSH:
	case NF_IPSEC_CMD_POLICY_FLUSH:
		n_ops++;
		return flush(req, cmd == NF_IPSEC_CMD_POLICY_FLUSH);
	case NF_IPSEC_CMD_SETTINGS_SET:
		n_ops++;
		generation += !in_txn;
		return serve_settings(req, cmd);
	case NF_IPSEC_CMD_SETTINGS_GET:
		return serve_settings(req, cmd);
	case NF_IPSEC_CMD_STATS_GET:
		return answer_stats(req, generation);
	case NF_IPSEC_CMD_TXN_BEGIN:
		return begin(req);
	case NF_IPSEC_CMD_TXN_COMMIT:
		return commit(req);
	case NF_IPSEC_CMD_KEY_GET:
		return serve_keys(req);
	case NF_IPSEC_CMD_KEY_SET:
		return serve_key(req);
	default:
		return serve_drops(req, cmd);
	}
}

static FILE *state(const char *mode)
{
	const char *path = getenv("FAKE_STATE");

	return path ? fopen(path, mode) : NULL;
}

void load(void)
{
	FILE *from = state("r");
	unsigned int i;

	if (!from)
		return;
	n_objects = fread(&generation, sizeof(generation), 1, from);
	settings_load(from);
	n_objects = fread(objects, sizeof(objects[0]), MAX, from);
	fclose(from);
	for (i = 0; i < n_objects; i++)
		if (objects[i].id > last_id)
			last_id = objects[i].id;
}

void save(void)
{
	FILE *to = state("w");

	if (!to)
		return;
	fwrite(&generation, sizeof(generation), 1, to);
	settings_save(to);
	fwrite(objects, sizeof(objects[0]), n_objects, to);
	fclose(to);
}

/* In the place of libmnl's own */

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	(void)bus;
	(void)flags;
	load();
	return (struct mnl_socket *)&objects;
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	(void)nl;
	(void)groups;
	(void)pid;
	return 0;
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *nl)
{
	(void)nl;
	return PORTID;
}

ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *req,
			  size_t len)
{
	const struct nlmsghdr *nlh = req;
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	u8 cmd = nlh->nlmsg_type == GENL_ID_CTRL ? 0 : genl->cmd;

	(void)nl;
	answer_begin();
	meanwhile(cmd);
	if (fail(nlh, cmd))
		return len;
	serve(nlh, cmd);
	return len;
}

int mnl_socket_close(struct mnl_socket *nl)
{
	(void)nl;
	if (in_txn)
		give_up();
	save();
	return 0;
}
