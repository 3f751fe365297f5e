// SPDX-License-Identifier: GPL-2.0-only
/*
 * bulk nf|xfrm out|in sas|policies FIRST COUNT LAYOUT IDS
 *
 * Installs objects FIRST to FIRST + COUNT - 1 in this network namespace and
 * says how many ticks of the time-stamp counter each took: the same program for
 * both, so that what is compared is the kernel's work.  Object N is an SA with a
 * key of its own, or a policy that sends one address by SA N alone.
 *
 * LAYOUT: "site", from 192.0.2.1 to 192.0.2.2 for 10.128.0.0 + N; or "hub", to a
 * peer of its own, 172.16.0.0 + N, for that same address behind 10.128.0.0.
 * IDS: "sequential" SPIs, reqids and peers, or "random" ones.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/ipsec.h>
#include <linux/xfrm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <x86intrin.h>

#include "../../include/uapi/linux/nf_ipsec.h"

#define BATCH		16
#define BATCH_SIZE	16384
#define KEY_LEN		20
#define WINDOW		1024

/**
 * struct bulk - what is installed
 * @sock: to the kernel
 * @portid: of @sock
 * @family: nlmsg_type of nf_ipsec's messages
 * @out: outbound, or inbound
 * @hub: a peer an SA
 * @random: numbers that are not in sequence
 * @seq: of the last message
 */
struct bulk {
	struct mnl_socket *sock;
	unsigned int portid;
	uint16_t family;
	bool out;
	bool hub;
	bool random;
	unsigned int seq;
};

static void fail(const char *what)
{
	fprintf(stderr, "bulk: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* A permutation of the numbers below 2^bits, so that none comes twice */
static uint32_t scramble(uint32_t n, unsigned int bits)
{
	uint32_t mask = (1U << bits) - 1;

	n = (n * 0x9e3779b1U + 0x7f4a7c15U) & mask;
	n ^= n >> (bits / 2);
	return (n * 0x85ebca6bU) & mask;
}

static uint32_t spi_of(const struct bulk *b, uint32_t n)
{
	return htonl(0xc0000000U + (b->random ? scramble(n, 28) : n));
}

static uint32_t reqid_of(const struct bulk *b, uint32_t n)
{
	return 1 + (b->random ? scramble(n, 24) : n);
}

static uint32_t local_of(const struct bulk *b)
{
	return htonl(0xc0000201U + (b->out ? 0 : 1));
}

static uint32_t remote_of(const struct bulk *b, uint32_t n)
{
	if (!b->hub)
		return htonl(0xc0000202U - (b->out ? 0 : 1));
	return htonl(0xac100000U + (b->random ? scramble(n, 20) : n));
}

static uint32_t inner_of(uint32_t n)
{
	return htonl(0x0a800000U + n);
}

/* One for each SA */
static void make_key(uint32_t n, uint8_t key[KEY_LEN])
{
	unsigned int i;

	for (i = 0; i < KEY_LEN; i++)
		key[i] = (n >> (8 * (i & 3))) + 31 * i;
}

/* --- nf_ipsec --- */

static struct nlmsghdr *nf_begin(struct bulk *b, void *buf, uint8_t cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = b->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL;
	nlh->nlmsg_seq = ++b->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = NF_IPSEC_GENL_VERSION;
	return nlh;
}

static void nf_tunnel(struct nlmsghdr *nlh, uint16_t type, uint32_t n)
{
	char name[NF_IPSEC_NAME_MAX + 1];

	snprintf(name, sizeof(name), "peer-%u", n);
	mnl_attr_put_strz(nlh, type, name);
}

static struct nlmsghdr *nf_sa(struct bulk *b, void *buf, uint32_t n)
{
	struct nlmsghdr *nlh = nf_begin(b, buf, NF_IPSEC_CMD_SA_NEW);
	uint32_t remote = remote_of(b, n), local = local_of(b);
	uint8_t key[KEY_LEN];

	make_key(n, key);
	nf_tunnel(nlh, NF_IPSEC_SA_A_TUNNEL, n);
	mnl_attr_put_u8(nlh, NF_IPSEC_SA_A_DIR,
			b->out ? NF_IPSEC_DIR_OUT : NF_IPSEC_DIR_IN);
	mnl_attr_put_u8(nlh, NF_IPSEC_SA_A_PROTO, IPPROTO_ESP);
	mnl_attr_put_u8(nlh, NF_IPSEC_SA_A_MODE, NF_IPSEC_MODE_TUNNEL);
	mnl_attr_put_u32(nlh, NF_IPSEC_SA_A_SPI, spi_of(b, n));
	mnl_attr_put(nlh, NF_IPSEC_SA_A_LOCAL, 4, &local);
	mnl_attr_put(nlh, NF_IPSEC_SA_A_REMOTE, 4, &remote);
	mnl_attr_put_u16(nlh, NF_IPSEC_SA_A_ENC, NF_IPSEC_ALG_AES_GCM_128);
	mnl_attr_put(nlh, NF_IPSEC_SA_A_KEY, KEY_LEN, key);
	mnl_attr_put_u32(nlh, NF_IPSEC_SA_A_FLAGS, NF_IPSEC_SA_F_ESN);
	if (!b->out)
		mnl_attr_put_u32(nlh, NF_IPSEC_SA_A_REPLAY_WINDOW, WINDOW);
	return nlh;
}

static struct nlmsghdr *nf_policy(struct bulk *b, void *buf, uint32_t n)
{
	struct nlmsghdr *nlh = nf_begin(b, buf, NF_IPSEC_CMD_POLICY_NEW);
	uint32_t src = htonl(0x0a010000), dst = inner_of(n);
	struct nlattr *sel;

	mnl_attr_put_u8(nlh, NF_IPSEC_POLICY_A_DIR,
			b->out ? NF_IPSEC_DIR_OUT : NF_IPSEC_DIR_IN);
	mnl_attr_put_u32(nlh, NF_IPSEC_POLICY_A_PRIORITY, 1000);
	mnl_attr_put_u8(nlh, NF_IPSEC_POLICY_A_ACTION, NF_IPSEC_ACTION_PROTECT);
	nf_tunnel(nlh, NF_IPSEC_POLICY_A_TUNNEL, n);
	sel = mnl_attr_nest_start(nlh, NF_IPSEC_POLICY_A_SEL);
	mnl_attr_put(nlh, NF_IPSEC_SEL_A_SRC, 4, &src);
	mnl_attr_put_u8(nlh, NF_IPSEC_SEL_A_SRC_PLEN, 16);
	mnl_attr_put(nlh, NF_IPSEC_SEL_A_DST, 4, &dst);
	mnl_attr_put_u8(nlh, NF_IPSEC_SEL_A_DST_PLEN, 32);
	mnl_attr_nest_end(nlh, sel);
	return nlh;
}

/* --- the kernel's own --- */

static struct nlmsghdr *xfrm_begin(struct bulk *b, void *buf, uint16_t type)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL;
	nlh->nlmsg_seq = ++b->seq;
	return nlh;
}

static void no_limits(struct xfrm_lifetime_cfg *lft)
{
	lft->soft_byte_limit = XFRM_INF;
	lft->hard_byte_limit = XFRM_INF;
	lft->soft_packet_limit = XFRM_INF;
	lft->hard_packet_limit = XFRM_INF;
}

static void xfrm_ends(const struct bulk *b, uint32_t n, uint32_t *src,
		      uint32_t *dst)
{
	*src = b->out ? local_of(b) : remote_of(b, n);
	*dst = b->out ? remote_of(b, n) : local_of(b);
}

static void xfrm_window(struct nlmsghdr *nlh)
{
	uint32_t words[sizeof(struct xfrm_replay_state_esn) / 4 + WINDOW / 32] = { };
	struct xfrm_replay_state_esn *esn = (void *)words;

	esn->bmp_len = WINDOW / 32;
	esn->replay_window = WINDOW;
	mnl_attr_put(nlh, XFRMA_REPLAY_ESN_VAL, sizeof(words), words);
}

static struct nlmsghdr *xfrm_sa(struct bulk *b, void *buf, uint32_t n)
{
	struct nlmsghdr *nlh = xfrm_begin(b, buf, XFRM_MSG_NEWSA);
	struct xfrm_usersa_info *sa;
	struct {
		struct xfrm_algo_aead head;
		uint8_t key[KEY_LEN];
	} aead = { };

	sa = mnl_nlmsg_put_extra_header(nlh, sizeof(*sa));
	no_limits(&sa->lft);
	xfrm_ends(b, n, &sa->saddr.a4, &sa->id.daddr.a4);
	sa->id.spi = spi_of(b, n);
	sa->id.proto = IPPROTO_ESP;
	sa->reqid = reqid_of(b, n);
	sa->family = AF_INET;
	sa->mode = XFRM_MODE_TUNNEL;
	sa->flags = XFRM_STATE_AF_UNSPEC | XFRM_STATE_ESN;
	strcpy(aead.head.alg_name, "rfc4106(gcm(aes))");
	aead.head.alg_key_len = 8 * KEY_LEN;
	aead.head.alg_icv_len = 128;
	make_key(n, aead.key);
	mnl_attr_put(nlh, XFRMA_ALG_AEAD, sizeof(aead), &aead);
	xfrm_window(nlh);
	return nlh;
}

static struct nlmsghdr *xfrm_policy(struct bulk *b, void *buf, uint32_t n)
{
	struct nlmsghdr *nlh = xfrm_begin(b, buf, XFRM_MSG_NEWPOLICY);
	struct xfrm_user_tmpl tmpl = { };
	struct xfrm_userpolicy_info *sp;

	sp = mnl_nlmsg_put_extra_header(nlh, sizeof(*sp));
	no_limits(&sp->lft);
	sp->sel.family = AF_INET;
	sp->sel.saddr.a4 = htonl(0x0a010000);
	sp->sel.prefixlen_s = 16;
	sp->sel.daddr.a4 = inner_of(n);
	sp->sel.prefixlen_d = 32;
	sp->dir = b->out ? XFRM_POLICY_OUT : XFRM_POLICY_FWD;
	sp->action = XFRM_POLICY_ALLOW;
	xfrm_ends(b, n, &tmpl.saddr.a4, &tmpl.id.daddr.a4);
	tmpl.id.proto = IPPROTO_ESP;
	tmpl.family = AF_INET;
	tmpl.reqid = reqid_of(b, n);
	tmpl.mode = XFRM_MODE_TUNNEL;
	tmpl.aalgos = ~0U;
	tmpl.ealgos = ~0U;
	tmpl.calgos = ~0U;
	mnl_attr_put(nlh, XFRMA_TMPL, sizeof(tmpl), &tmpl);
	return nlh;
}

/* --- both --- */

static void transmit(struct bulk *b, const void *buf, size_t len)
{
	if (mnl_socket_sendto(b->sock, buf, len) != (ssize_t)len)
		fail("send");
}

/* Until the answer to the last message; an error of any is the end */
static void await(struct bulk *b)
{
	char buf[32768];
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)buf;
	const struct nlmsgerr *err;
	int len;

	while ((len = mnl_socket_recvfrom(b->sock, buf, sizeof(buf))) > 0) {
		err = mnl_nlmsg_get_payload(nlh);
		if (nlh->nlmsg_type != NLMSG_ERROR)
			continue;
		errno = -err->error;
		if (errno)
			fail("refused");
		if (nlh->nlmsg_seq == b->seq)
			return;
	}
	fail("receive");
}

static int take_family(const struct nlattr *attr, void *data)
{
	if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
		*(uint16_t *)data = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

static void find_family(struct bulk *b)
{
	char buf[8192];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = GENL_ID_CTRL;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = CTRL_CMD_GETFAMILY;
	genl->version = 1;
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NF_IPSEC_GENL_NAME);
	transmit(b, nlh, nlh->nlmsg_len);
	if (mnl_socket_recvfrom(b->sock, buf, sizeof(buf)) <= 0)
		fail("receive");
	mnl_attr_parse(nlh, GENL_HDRLEN, take_family, &b->family);
	if (!b->family)
		fail("no nf_ipsec");
}

static void transaction(struct bulk *b, uint8_t cmd, uint32_t ops)
{
	char buf[256];
	struct nlmsghdr *nlh = nf_begin(b, buf, cmd);

	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	if (cmd == NF_IPSEC_CMD_TXN_COMMIT)
		mnl_attr_put_u32(nlh, NF_IPSEC_TXN_A_OPS, ops);
	transmit(b, nlh, nlh->nlmsg_len);
	await(b);
}

typedef struct nlmsghdr *(*make_fn)(struct bulk *b, void *buf, uint32_t n);

static void install(struct bulk *b, make_fn make, uint32_t first, uint32_t n)
{
	static char buf[BATCH_SIZE + 4096];
	struct nlmsghdr *nlh;
	size_t len = 0;
	uint32_t i;

	for (i = 0; i < n; i++) {
		nlh = make(b, buf + len, first + i);
		len += MNL_ALIGN(nlh->nlmsg_len);
		if (i % BATCH < BATCH - 1 && i + 1 < n && len < BATCH_SIZE)
			continue;
		nlh->nlmsg_flags |= NLM_F_ACK;
		transmit(b, buf, len);
		await(b);
		len = 0;
	}
}

int main(int argc, char **argv)
{
	struct bulk b = { };
	uint32_t first, n;
	uint64_t start;
	bool nf, sas;

	if (argc != 8) {
		fprintf(stderr, "usage: bulk nf|xfrm out|in sas|policies FIRST COUNT site|hub sequential|random\n");
		return 1;
	}
	nf = !strcmp(argv[1], "nf");
	b.out = !strcmp(argv[2], "out");
	sas = !strcmp(argv[3], "sas");
	first = strtoul(argv[4], NULL, 0);
	n = strtoul(argv[5], NULL, 0);
	b.hub = !strcmp(argv[6], "hub");
	b.random = !strcmp(argv[7], "random");
	b.sock = mnl_socket_open(nf ? NETLINK_GENERIC : NETLINK_XFRM);
	if (!b.sock || mnl_socket_bind(b.sock, 0, MNL_SOCKET_AUTOPID))
		fail("socket");
	if (nf)
		find_family(&b);
	start = __rdtsc();
	if (nf)
		transaction(&b, NF_IPSEC_CMD_TXN_BEGIN, 0);
	install(&b, nf ? sas ? nf_sa : nf_policy : sas ? xfrm_sa : xfrm_policy,
		first, n);
	if (nf)
		transaction(&b, NF_IPSEC_CMD_TXN_COMMIT, n);
	printf("%.0f\n", (double)(__rdtsc() - start) / n);
	mnl_socket_close(b.sock);
	return 0;
}
