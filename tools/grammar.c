// SPDX-License-Identifier: GPL-2.0-only
/*
 * The grammar: every word, what follows it, and where it goes.
 */
#include "grammar.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "err.h"
#include "extra.h"
#include "life.h"

#define WANT_NAME	"a tunnel's name"
#define WANT_END	"an IPv4 or IPv6 address"
#define WANT_PREFIX	"any or a prefix such as 192.168.1.0/24"
#define WANT_SIDE	"any, a prefix such as 192.168.1.0/24 or a range FIRST-LAST"
#define WANT_PROTO	"any, tcp, udp, icmp, icmpv6, sctp, dccp, udplite, esp, ah, gre, " \
			"mh, opaque or a number from 0 to 255"
#define WANT_PORTS	"a port, a range such as 1024-65535 or opaque"
#define WANT_ICMP	"a type's name or number, TYPE/CODE, a range of either, or opaque"
#define WANT_MH		"a type's name or number, a range, or opaque"
#define WANT_SPI	"a number from 256 to 4294967295, decimal or 0x hex"
#define WANT_ON_OFF	"on or off"
#define WANT_ESP	"an algorithm such as aes-gcm-256 or aes-cbc-256+hmac-sha256-128"
#define WANT_AH		"an algorithm such as hmac-sha256-128"
#define WANT_ENCAP	"off, or UDP ports but 500, such as 4500 or 4500:61000"
#define WANT_MATCH	"dst, spi or src-dst"
#define WANT_PATH	"a file's name, or - for standard input"
#define WANT_FP		"a fingerprint of 16 hex digits"
#define WANT_AMOUNT	"HARD or SOFT/HARD, each a number such as 500000, 10G or 32Gi, one may be none"
#define WANT_TIME	"HARD or SOFT/HARD, each a time such as 90s, 45m, 8h or 2d, one may be none"

#define WANT_MAP	"pairs FROM:TO of numbers from 0 to 63, each FROM once, such as 46:34,0:8"
#define WANT_DSCPS	"numbers or ranges from 0 to 63, such as 46 or 8-15,46"

#define IN(type, member)	.offset = offsetof(type, member), \
				.size = sizeof(((type *)0)->member)

const struct choice choices_dir[] = {
	{ "in", NF_IPSEC_DIR_IN },
	{ "out", NF_IPSEC_DIR_OUT },
	{ }
};

const struct choice choices_mode[] = {
	{ "tunnel", NF_IPSEC_MODE_TUNNEL },
	{ "transport", NF_IPSEC_MODE_TRANSPORT },
	{ }
};

const struct choice choices_match[] = {
	{ "dst", NF_IPSEC_MATCH_DST },
	{ "spi", NF_IPSEC_MATCH_SPI },
	{ "src-dst", NF_IPSEC_MATCH_SRC_DST },
	{ }
};

const struct choice choices_on_off[] = {
	{ "on", 1 },
	{ "off", 0 },
	{ }
};

const struct choice choices_df[] = {
	{ "copy", NF_IPSEC_DF_COPY },
	{ "set", NF_IPSEC_DF_SET },
	{ "clear", NF_IPSEC_DF_CLEAR },
	{ }
};

const struct choice choices_family[] = {
	{ "ipv4", AF_INET },
	{ "ipv6", AF_INET6 },
	{ }
};

const struct choice choices_proto[] = {
	{ "any", 0 },
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ "icmp", IPPROTO_ICMP },
	{ "icmpv6", IPPROTO_ICMPV6 },
	{ "sctp", IPPROTO_SCTP },
	{ "dccp", IPPROTO_DCCP },
	{ "udplite", IPPROTO_UDPLITE },
	{ "esp", IPPROTO_ESP },
	{ "ah", IPPROTO_AH },
	{ "gre", IPPROTO_GRE },
	{ "mh", IPPROTO_MH },
	{ "opaque", 0 },
	{ }
};

const struct choice choices_icmp[] = {
	{ "echo-reply", 0 },
	{ "destination-unreachable", 3 },
	{ "source-quench", 4 },
	{ "redirect", 5 },
	{ "echo-request", 8 },
	{ "router-advertisement", 9 },
	{ "router-solicitation", 10 },
	{ "time-exceeded", 11 },
	{ "parameter-problem", 12 },
	{ "timestamp-request", 13 },
	{ "timestamp-reply", 14 },
	{ }
};

const struct choice choices_icmpv6[] = {
	{ "destination-unreachable", 1 },
	{ "packet-too-big", 2 },
	{ "time-exceeded", 3 },
	{ "parameter-problem", 4 },
	{ "echo-request", 128 },
	{ "echo-reply", 129 },
	{ "mld-listener-query", 130 },
	{ "mld-listener-report", 131 },
	{ "mld-listener-done", 132 },
	{ "nd-router-solicit", 133 },
	{ "nd-router-advert", 134 },
	{ "nd-neighbor-solicit", 135 },
	{ "nd-neighbor-advert", 136 },
	{ "nd-redirect", 137 },
	{ "mld2-listener-report", 143 },
	{ }
};

const struct choice choices_mh[] = {
	{ "binding-refresh-request", 0 },
	{ "home-test-init", 1 },
	{ "careof-test-init", 2 },
	{ "home-test", 3 },
	{ "careof-test", 4 },
	{ "binding-update", 5 },
	{ "binding-acknowledgement", 6 },
	{ "binding-error", 7 },
	{ }
};

const struct choice choices_pfp[] = {
	{ "src", NF_IPSEC_PFP_SRC },
	{ "dst", NF_IPSEC_PFP_DST },
	{ "proto", NF_IPSEC_PFP_PROTO },
	{ "sport", NF_IPSEC_PFP_SPORT },
	{ "dport", NF_IPSEC_PFP_DPORT },
	{ "type", NF_IPSEC_PFP_TYPE },
	{ }
};

static const struct choice choices_dscp[] = {
	{ "copy", CONF_DSCP_COPY },
	{ }
};

static const struct choice choices_ttl[] = {
	{ "default", CONF_TTL_DEFAULT },
	{ }
};

static const struct choice choices_icv_pad[] = {
	{ "4", 4 },
	{ "8", 8 },
	{ }
};

/* How often where nothing is said: RFC 3948 section 4 */
static const struct choice choices_keepalive[] = {
	{ "on", CONF_KEEPALIVE_ON },
	{ "off", 0 },
	{ }
};

static int parse_protect_by(struct parse *p, const struct keyword *kw,
			    void *field)
{
	struct sp_conf *sp = field;

	sp->action = NF_IPSEC_ACTION_PROTECT;
	return parse_tunnel_name(p, kw, sp->tunnel);
}

static int parse_proto(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = p->at < p->n ? p->word[p->at] : "";
	struct sel_conf *sel = field;

	sel->proto_opaque = !strcmp(value, "opaque");
	sel->proto_set = strcmp(value, "any") && !sel->proto_opaque;
	return parse_value(p, kw, &sel->proto);
}

static int parse_pair(struct parse *p, const struct keyword *kw, void *field)
{
	struct tunnel_conf *t = field;
	struct protect *pair;

	pair = reallocarray(t->protect, t->n_protect + 1, sizeof(*pair));
	if (!pair)
		return err_set(p->e, ERR_USAGE, kw->word, "no memory");
	t->protect = pair;
	pair += t->n_protect++;
	memset(pair, 0, sizeof(*pair));
	if (parse_prefix(p, kw, &pair->local))
		return -1;
	return parse_prefix(p, kw, &pair->remote);
}

/* Words that SAs and tunnels share: struct sa_opts */
static const struct keyword opt_words[] = {
	{ "local", WANT_END, parse_end, .bit = HAS_LOCAL,
	  IN(struct sa_opts, local) },
	{ "remote", WANT_END, parse_end, .bit = HAS_REMOTE,
	  IN(struct sa_opts, remote) },
	{ "esp", WANT_ESP, parse_esp, .bit = HAS_XFORM,
	  IN(struct sa_opts, xform) },
	{ "ah", WANT_AH, parse_ah, .bit = HAS_XFORM,
	  IN(struct sa_opts, xform) },
	{ "mode", "tunnel or transport", parse_value, choices_mode,
	  .bit = HAS_MODE, IN(struct sa_opts, mode) },
	{ "esn", WANT_ON_OFF, parse_value, choices_on_off, .bit = HAS_ESN,
	  IN(struct sa_opts, esn) },
	{ "exchanged", NULL, parse_flag, .bit = HAS_EXCHANGED, .min = 1,
	  IN(struct sa_opts, exchanged) },
	{ "seq-wrap", WANT_ON_OFF, parse_value, choices_on_off,
	  .bit = HAS_SEQ_WRAP, IN(struct sa_opts, seq_wrap) },
	{ "replay-window", "a number of packets from 0 to 8192", parse_value,
	  .bit = HAS_WINDOW, .max = NF_IPSEC_REPLAY_WINDOW_MAX,
	  IN(struct sa_opts, window) },
	{ "df", "copy, set or clear", parse_value, choices_df, .bit = HAS_DF,
	  IN(struct sa_opts, df) },
	{ "dscp", "copy or a number from 0 to 63", parse_value, choices_dscp,
	  .bit = HAS_DSCP, .max = 63, IN(struct sa_opts, dscp) },
	{ "ttl", "default or a number from 1 to 255", parse_value, choices_ttl,
	  .bit = HAS_TTL, .min = 1, .max = 255, IN(struct sa_opts, ttl) },
	{ "icv-pad", "4 or 8", parse_value, choices_icv_pad,
	  .bit = HAS_ICV_PAD, IN(struct sa_opts, icv_pad) },
	{ "check-padding", WANT_ON_OFF, parse_value, choices_on_off,
	  .bit = HAS_PADDING, IN(struct sa_opts, padding) },
	/* each of them once, which parse_life() sees to */
	{ "life-bytes", WANT_AMOUNT, parse_life, .bit = HAS_LIFE, .many = true,
	  .min = NF_IPSEC_LIMIT_BYTES,
	  IN(struct sa_opts, life[NF_IPSEC_LIMIT_BYTES]) },
	{ "life-packets", WANT_AMOUNT, parse_life, .bit = HAS_LIFE,
	  .many = true, .min = NF_IPSEC_LIMIT_PACKETS,
	  IN(struct sa_opts, life[NF_IPSEC_LIMIT_PACKETS]) },
	{ "life-time", WANT_TIME, parse_life, .bit = HAS_LIFE, .many = true,
	  .min = NF_IPSEC_LIMIT_TIME,
	  IN(struct sa_opts, life[NF_IPSEC_LIMIT_TIME]) },
	{ "life-use", WANT_TIME, parse_life, .bit = HAS_LIFE, .many = true,
	  .min = NF_IPSEC_LIMIT_USE,
	  IN(struct sa_opts, life[NF_IPSEC_LIMIT_USE]) },
	{ "encap", WANT_ENCAP, parse_encap, .bit = HAS_ENCAP,
	  IN(struct sa_opts, encap) },
	{ "orig-local", WANT_END, parse_end, .bit = HAS_ORIG_LOCAL,
	  IN(struct sa_opts, orig_local) },
	{ "orig-remote", WANT_END, parse_end, .bit = HAS_ORIG_REMOTE,
	  IN(struct sa_opts, orig_remote) },
	{ "keepalive", "on, off or a number of seconds from 1 to 3600",
	  parse_value, choices_keepalive, .bit = HAS_KEEPALIVE, .min = 1,
	  .max = NF_IPSEC_KEEPALIVE_MAX, IN(struct sa_opts, keepalive) },
	{ "follow", WANT_ON_OFF, parse_value, choices_on_off,
	  .bit = HAS_FOLLOW, IN(struct sa_opts, follow) },
	{ "mss", "auto, off or a number of octets from 48 to 65495", parse_value, choices_mss,
	  .bit = HAS_MSS, .min = MSS_MIN, .max = 65495, IN(struct sa_opts, mss) },
	{ "match", WANT_MATCH, parse_value, choices_match, .bit = HAS_MATCH,
	  IN(struct sa_opts, match) },
	{ "via", WANT_NAME, parse_tunnel_name, .bit = HAS_VIA,
	  IN(struct sa_opts, via) },
	{ "dscp-map", WANT_MAP, parse_dscp_map, .bit = HAS_DSCP,
	  IN(struct sa_opts, extra) },
	{ "ecn", "copy or clear", parse_value, choices_ecn, .bit = HAS_ECN,
	  IN(struct sa_opts, extra.ecn) },
	{ "fragment", "before or after", parse_value, choices_fragment,
	  .bit = HAS_FRAGMENT, IN(struct sa_opts, extra.fragment) },
	{ "tfc", "off, mtu or a number of octets from 1 to 65535", parse_value,
	  choices_tfc, .bit = HAS_TFC, .min = 1, .max = EXTRA_SIZE_MTU,
	  IN(struct sa_opts, extra.tfc) },
	{ "dummy-every", "off or a time such as 50ms or 2s, at most an hour",
	  parse_every, .bit = HAS_DUMMY_EVERY,
	  IN(struct sa_opts, extra.dummy_every) },
	{ "dummy-size", "mtu or a number of octets from 40 to 65535",
	  parse_value, choices_dummy_size, .bit = HAS_DUMMY_SIZE,
	  .min = NF_IPSEC_DUMMY_SIZE_MIN, .max = EXTRA_SIZE_MTU,
	  IN(struct sa_opts, extra.dummy_size) },
	{ }
};

/* Words of a tunnel that moves */
static const struct keyword move_words[] = {
	{ "local", WANT_END, parse_end, .bit = HAS_LOCAL,
	  IN(struct sa_opts, local) },
	{ "remote", WANT_END, parse_end, .bit = HAS_REMOTE,
	  IN(struct sa_opts, remote) },
	{ "encap", WANT_ENCAP, parse_encap, .bit = HAS_ENCAP,
	  IN(struct sa_opts, encap) },
	{ "orig-local", WANT_END, parse_end, .bit = HAS_ORIG_LOCAL,
	  IN(struct sa_opts, orig_local) },
	{ "orig-remote", WANT_END, parse_end, .bit = HAS_ORIG_REMOTE,
	  IN(struct sa_opts, orig_remote) },
	{ }
};

/* Words that SAs and policies share: struct sel_conf */
static const struct keyword sel_words[] = {
	{ "src", WANT_SIDE, parse_list, .one = parse_side, .bit = HAS_SRC,
	  IN(struct sel_conf, src) },
	{ "dst", WANT_SIDE, parse_list, .one = parse_side, .bit = HAS_DST,
	  IN(struct sel_conf, dst) },
	{ "proto", WANT_PROTO, parse_list, choices_proto, .one = parse_proto,
	  .bit = HAS_PROTO, .max = 255, .size = 1 },
	{ "sport", WANT_PORTS, parse_list, .one = parse_ports,
	  .bit = HAS_SPORT, IN(struct sel_conf, sport) },
	{ "dport", WANT_PORTS, parse_list, .one = parse_ports,
	  .bit = HAS_DPORT, IN(struct sel_conf, dport) },
	{ "family", "ipv4 or ipv6", parse_list, choices_family,
	  .one = parse_value, .bit = HAS_FAMILY, IN(struct sel_conf, family) },
	{ "icmp-type", WANT_ICMP, parse_list, choices_icmp, .one = parse_type,
	  .bit = HAS_TYPE, .min = IPPROTO_ICMP },
	{ "icmpv6-type", WANT_ICMP, parse_list, choices_icmpv6,
	  .one = parse_type, .bit = HAS_TYPE, .min = IPPROTO_ICMPV6 },
	{ "mh-type", WANT_MH, parse_list, choices_mh, .one = parse_type,
	  .bit = HAS_TYPE, .min = IPPROTO_MH },
	{ "also", NULL, parse_also, .bit = HAS_ALSO, .many = true,
	  .renew = CONF_SEL_WORDS },
	{ }
};

/* Words of a policy's selector that an SA's has not */
static const struct keyword narrow_words[] = {
	{ "mark", "a number, or one behind a slash for the bits that count",
	  parse_mark, .bit = HAS_MARK },
	{ "dev", "a device's name", parse_dev, .bit = HAS_DEV,
	  IN(struct sel_conf, dev) },
	{ }
};

static const struct keyword sa_words[] = {
	{ "tunnel", WANT_NAME, parse_tunnel_name, .bit = HAS_TUNNEL,
	  IN(struct sa_conf, tunnel) },
	{ "dir", "in or out", parse_value, choices_dir, .bit = HAS_DIR,
	  IN(struct sa_conf, dir) },
	{ "spi", WANT_SPI, parse_value, .bit = HAS_SPI,
	  .min = NF_IPSEC_SPI_MIN, .max = UINT32_MAX,
	  IN(struct sa_conf, spi) },
	{ "key-file", WANT_PATH, parse_key_file, .bit = HAS_KEY,
	  IN(struct sa_conf, src) },
	{ "key-fd", "the number of an open descriptor", parse_key_fd,
	  .bit = HAS_KEY, .max = INT32_MAX, IN(struct sa_conf, src) },
	{ "key-fingerprint", WANT_FP, parse_fingerprint, .bit = HAS_KEY,
	  IN(struct sa_conf, src) },
	{ "seq", "a number from 0 to 18446744073709551615", parse_value,
	  .bit = HAS_SEQ, .max = UINT64_MAX, IN(struct sa_conf, seq) },
	{ "for-dscp", WANT_DSCPS, parse_dscps, .bit = HAS_FOR_DSCP,
	  IN(struct sa_conf, for_dscp) },
	{ }
};

static const struct keyword sa_id_words[] = {
	{ "dir", "in or out", parse_value, choices_dir, .bit = HAS_DIR,
	  IN(struct sa_conf, dir) },
	{ "local", WANT_END, parse_end, .bit = HAS_LOCAL,
	  IN(struct sa_conf, o.local) },
	{ "remote", WANT_END, parse_end, .bit = HAS_REMOTE,
	  IN(struct sa_conf, o.remote) },
	{ "spi", WANT_SPI, parse_value, .bit = HAS_SPI,
	  .min = NF_IPSEC_SPI_MIN, .max = UINT32_MAX,
	  IN(struct sa_conf, spi) },
	{ "esp", NULL, parse_flag, .bit = HAS_XFORM, .min = IPPROTO_ESP,
	  IN(struct sa_conf, o.xform.proto) },
	{ "ah", NULL, parse_flag, .bit = HAS_XFORM, .min = IPPROTO_AH,
	  IN(struct sa_conf, o.xform.proto) },
	{ "encap", WANT_ENCAP, parse_encap, .bit = HAS_ENCAP,
	  IN(struct sa_conf, o.encap) },
	{ "match", WANT_MATCH, parse_value, choices_match, .bit = HAS_MATCH,
	  IN(struct sa_conf, o.match) },
	{ }
};

static const struct keyword policy_name_words[] = {
	{ "dir", "in or out", parse_value, choices_dir, .bit = HAS_DIR,
	  IN(struct sp_conf, dir) },
	{ "priority", "a number from 0 to 4294967295", parse_value,
	  .bit = HAS_PRIORITY, .max = UINT32_MAX,
	  IN(struct sp_conf, priority) },
	{ }
};

static const struct keyword policy_words[] = {
	{ "protect", WANT_NAME, parse_protect_by, .bit = HAS_ACTION },
	{ "bypass", NULL, parse_flag, .bit = HAS_ACTION,
	  .min = NF_IPSEC_ACTION_BYPASS, IN(struct sp_conf, action) },
	{ "discard", NULL, parse_flag, .bit = HAS_ACTION,
	  .min = NF_IPSEC_ACTION_DISCARD, IN(struct sp_conf, action) },
	{ "tunnel", WANT_NAME, parse_tunnel_name, .bit = HAS_TUNNEL,
	  IN(struct sp_conf, tunnel) },
	{ "pfp", "src, dst, proto, sport, dport and type, or some of them, parted by commas",
	  parse_pfp, choices_pfp, .bit = HAS_PFP, IN(struct sp_conf, pfp) },
	{ }
};

static const struct keyword policy_id_words[] = {
	{ "id", "a policy's number", parse_value, .bit = HAS_ID, .min = 1,
	  .max = UINT32_MAX, IN(struct sp_conf, id) },
	{ }
};

static const struct keyword policy_del_words[] = {
	{ "with-sas", NULL, parse_flag, .bit = HAS_WITH_SAS, .min = 1,
	  IN(struct sp_conf, with_sas) },
	{ }
};

static const struct keyword tunnel_words[] = {
	{ "protect", "two prefixes, the local and the remote one", parse_pair,
	  .bit = HAS_PROTECT, .many = true },
	{ "key-file", WANT_PATH, parse_key_file, .bit = HAS_KEY,
	  IN(struct tunnel_conf, secret) },
	{ "key-fd", "the number of an open descriptor", parse_key_fd,
	  .bit = HAS_KEY, .max = INT32_MAX, IN(struct tunnel_conf, secret) },
	{ "spi-in", WANT_SPI, parse_value, .bit = HAS_SPI_IN,
	  .min = NF_IPSEC_SPI_MIN, .max = UINT32_MAX,
	  IN(struct tunnel_conf, spi_in) },
	{ "spi-out", WANT_SPI, parse_value, .bit = HAS_SPI_OUT,
	  .min = NF_IPSEC_SPI_MIN, .max = UINT32_MAX,
	  IN(struct tunnel_conf, spi_out) },
	{ "key-file-in", WANT_PATH, parse_key_file, .bit = HAS_KEY_IN,
	  IN(struct tunnel_conf, key_in) },
	{ "key-file-out", WANT_PATH, parse_key_file, .bit = HAS_KEY_OUT,
	  IN(struct tunnel_conf, key_out) },
	{ "key-fingerprint-in", WANT_FP, parse_fingerprint, .bit = HAS_KEY_IN,
	  IN(struct tunnel_conf, key_in) },
	{ "key-fingerprint-out", WANT_FP, parse_fingerprint,
	  .bit = HAS_KEY_OUT, IN(struct tunnel_conf, key_out) },
	{ "priority", "a number from 0 to 4294967295", parse_value,
	  .bit = HAS_PRIORITY, .max = UINT32_MAX,
	  IN(struct tunnel_conf, priority) },
	{ }
};

const struct grammar grammar_sa = { {
	{ sa_words, 0 },
	{ opt_words, offsetof(struct sa_conf, o) },
	{ sel_words, offsetof(struct sa_conf, sel) },
} };

const struct grammar grammar_policy = { {
	{ policy_name_words, 0 },
	{ sel_words, offsetof(struct sp_conf, sel) },
	{ narrow_words, offsetof(struct sp_conf, sel) },
	{ policy_words, 0 },
} };

const struct grammar grammar_tunnel = { {
	{ opt_words, offsetof(struct tunnel_conf, o) },
	{ tunnel_words, 0 },
} };

const struct grammar grammar_sa_id = { {
	{ sa_id_words, 0 },
} };

const struct grammar grammar_move = { {
	{ move_words, offsetof(struct tunnel_conf, o) },
} };

const struct grammar grammar_policy_id = { {
	{ policy_id_words, 0 },
	{ policy_name_words, 0 },
	{ sel_words, offsetof(struct sp_conf, sel) },
	{ narrow_words, offsetof(struct sp_conf, sel) },
} };

const struct grammar grammar_policy_del = { {
	{ policy_id_words, 0 },
	{ policy_name_words, 0 },
	{ sel_words, offsetof(struct sp_conf, sel) },
	{ narrow_words, offsetof(struct sp_conf, sel) },
	{ policy_del_words, 0 },
} };

const char *choice_word(const struct choice *choices, u32 value)
{
	for (; choices->word; choices++)
		if (choices->value == value)
			return choices->word;
	return NULL;
}

const char *grammar_type_word(u8 proto)
{
	const struct keyword *kw;

	for (kw = sel_words; kw->word; kw++)
		if (kw->bit == HAS_TYPE && kw->min == proto)
			return kw->word;
	return "?";
}
