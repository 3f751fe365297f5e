// SPDX-License-Identifier: GPL-2.0-only
#include "print.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "check.h"
#include "extra.h"
#include "grammar.h"
#include "life.h"
#include "lib/alg.h"

const char *print_addr(const struct addr *a, char *buf)
{
	if (!inet_ntop(a->family, a->octets, buf, PRINT_ADDR_LEN))
		strcpy(buf, "?");
	return buf;
}

const char *print_prefix(const struct prefix *p, char *buf)
{
	char addr[PRINT_ADDR_LEN];
	char last[PRINT_ADDR_LEN];

	if (p->range)
		snprintf(buf, PRINT_PREFIX_LEN, "%s-%s",
			 print_addr(&p->addr, addr), print_addr(&p->last, last));
	else
		snprintf(buf, PRINT_PREFIX_LEN, "%s/%u", print_addr(&p->addr, addr),
			 p->plen);
	return buf;
}

static const char *alg_name(u16 id)
{
	const struct ipsec_alg *alg = ipsec_alg_get(id);

	return alg ? alg->name : "?";
}

const char *print_xform(const struct xform *x, char *buf)
{
	if (x->proto == IPPROTO_AH)
		snprintf(buf, PRINT_XFORM_LEN, "ah %s", alg_name(x->auth));
	else if (x->auth)
		snprintf(buf, PRINT_XFORM_LEN, "esp %s+%s", alg_name(x->enc),
			 alg_name(x->auth));
	else
		snprintf(buf, PRINT_XFORM_LEN, "esp %s", alg_name(x->enc));
	return buf;
}

const char *print_fingerprint(const u8 *fp, char *buf)
{
	u32 i;

	for (i = 0; i < NF_IPSEC_FINGERPRINT_LEN; i++)
		sprintf(buf + 2 * i, "%02x", fp[i]);
	return buf;
}

void print_word(FILE *to, const char *word)
{
	if (*word && !strpbrk(word, " \t\n\v\f\r\"\\#")) {
		fputs(word, to);
		return;
	}
	fputc('"', to);
	for (; *word; word++) {
		if (*word == '"' || *word == '\\')
			fputc('\\', to);
		fputc(*word, to);
	}
	fputc('"', to);
}

static void print_key_src(FILE *to, const struct key_src *src,
			  const char *suffix)
{
	char fp[2 * NF_IPSEC_FINGERPRINT_LEN + 1];

	switch (src->kind) {
	case KEY_NONE:
		break;
	case KEY_FILE:
		fprintf(to, " key-file%s ", suffix);
		print_word(to, src->path);
		break;
	case KEY_FD:
		fprintf(to, " key-fd%s %u", suffix, src->fd);
		break;
	case KEY_FINGERPRINT:
		fprintf(to, " key-fingerprint%s %s", suffix,
			print_fingerprint(src->fingerprint, fp));
		break;
	}
}

static void print_ends(FILE *to, const struct sa_opts *o)
{
	char local[PRINT_ADDR_LEN];
	char remote[PRINT_ADDR_LEN];

	fprintf(to, " local %s remote %s", print_addr(&o->local, local),
		print_addr(&o->remote, remote));
}

static void print_via(FILE *to, const struct sa_opts *o)
{
	if (o->via[0])
		fprintf(to, " via %s", o->via);
}

static void print_match(FILE *to, const struct sa_opts *o)
{
	if (o->match != NF_IPSEC_MATCH_DST)
		fprintf(to, " match %s", choice_word(choices_match, o->match));
}

/* Words that are at their default are left out */
static void print_opts(FILE *to, const struct sa_opts *o)
{
	if (o->exchanged)
		fprintf(to, " exchanged");
	if (o->mode != NF_IPSEC_MODE_TUNNEL)
		fprintf(to, " mode %s", choice_word(choices_mode, o->mode));
	if (!o->esn)
		fprintf(to, " esn off");
	if (o->seq_wrap)
		fprintf(to, " seq-wrap on");
	if (o->window != CONF_WINDOW_DEFAULT)
		fprintf(to, " replay-window %u", o->window);
	if (o->df != NF_IPSEC_DF_COPY)
		fprintf(to, " df %s", choice_word(choices_df, o->df));
	if (o->dscp != CONF_DSCP_COPY)
		fprintf(to, " dscp %u", o->dscp);
	if (o->ttl != CONF_TTL_DEFAULT)
		fprintf(to, " ttl %u", o->ttl);
	if (o->icv_pad != 4)
		fprintf(to, " icv-pad %u", o->icv_pad);
	if (!o->padding)
		fprintf(to, " check-padding off");
	if (!o->mss)
		fprintf(to, " mss off");
	else if (o->mss != MSS_AUTO)
		fprintf(to, " mss %u", o->mss);
	print_match(to, o);
	print_via(to, o);
	print_extra(to, &o->extra);
	print_life(to, o);
}

static void print_encap(FILE *to, const struct encap *encap)
{
	if (!encap->local)
		return;
	fprintf(to, " encap %u", encap->local);
	if (encap->remote != encap->local)
		fprintf(to, ":%u", encap->remote);
}

static void print_natt(FILE *to, const struct sa_opts *o)
{
	char addr[PRINT_ADDR_LEN];

	if (!o->encap.local)
		return;
	print_encap(to, &o->encap);
	if (o->orig_local.family)
		fprintf(to, " orig-local %s", print_addr(&o->orig_local, addr));
	if (o->orig_remote.family)
		fprintf(to, " orig-remote %s",
			print_addr(&o->orig_remote, addr));
	if (o->keepalive)
		fprintf(to, " keepalive %u", o->keepalive);
	if (!o->follow)
		fprintf(to, " follow off");
}

void print_sa(FILE *to, const struct sa_conf *sa)
{
	char xform[PRINT_XFORM_LEN];

	fprintf(to, "sa tunnel %s dir %s", sa->tunnel,
		choice_word(choices_dir, sa->dir));
	print_ends(to, &sa->o);
	fprintf(to, " spi 0x%08x %s", sa->spi,
		print_xform(&sa->o.xform, xform));
	print_key_src(to, &sa->src, "");
	print_opts(to, &sa->o);
	print_natt(to, &sa->o);
	print_dscps(to, sa->for_dscp);
	if (sa->has & HAS_SEQ)
		fprintf(to, " seq %" PRIu64, sa->seq);
	if (sa->sel.family)
		print_sel(to, &sa->sel);
	fputc('\n', to);
}

void print_sa_id(FILE *to, const struct sa_conf *sa)
{
	char addr[PRINT_ADDR_LEN];

	fprintf(to, "sa dir %s %s %s", choice_word(choices_dir, sa->dir),
		sa->dir == NF_IPSEC_DIR_IN ? "local" : "remote",
		print_addr(sa_dst(sa), addr));
	if (sa->o.match == NF_IPSEC_MATCH_SRC_DST)
		fprintf(to, " remote %s", print_addr(&sa->o.remote, addr));
	fprintf(to, " spi 0x%08x %s", sa->spi,
		sa->o.xform.proto == IPPROTO_AH ? "ah" : "esp");
	print_encap(to, &sa->o.encap);
	print_match(to, &sa->o);
	fputc('\n', to);
}

static void print_policy_name(FILE *to, const struct sp_conf *sp)
{
	fprintf(to, "policy dir %s", choice_word(choices_dir, sp->dir));
	if (sp->priority != CONF_PRIORITY_DEFAULT)
		fprintf(to, " priority %u", sp->priority);
	print_sel(to, &sp->sel);
}

void print_policy_id(FILE *to, const struct sp_conf *sp)
{
	if (sp->has & HAS_ID)
		fprintf(to, "policy id %u", sp->id);
	else
		print_policy_name(to, sp);
	if (sp->with_sas)
		fprintf(to, " with-sas");
	fputc('\n', to);
}

void print_policy(FILE *to, const struct sp_conf *sp)
{
	print_policy_name(to, sp);
	switch (sp->action) {
	case NF_IPSEC_ACTION_PROTECT:
		fprintf(to, " protect %s", sp->tunnel);
		print_pfp(to, sp->pfp);
		fputc('\n', to);
		return;
	case NF_IPSEC_ACTION_BYPASS:
		fprintf(to, " bypass");
		break;
	default:
		fprintf(to, " discard");
		break;
	}
	if (sp->tunnel[0])
		fprintf(to, " tunnel %s", sp->tunnel);
	fputc('\n', to);
}

void print_tunnel(FILE *to, const struct tunnel_conf *t)
{
	char remote[PRINT_PREFIX_LEN];
	char local[PRINT_PREFIX_LEN];
	char xform[PRINT_XFORM_LEN];
	size_t i;

	fprintf(to, "tunnel %s", t->name);
	print_ends(to, &t->o);
	for (i = 0; i < t->n_protect; i++)
		fprintf(to, " protect %s %s",
			print_prefix(&t->protect[i].local, local),
			print_prefix(&t->protect[i].remote, remote));
	fprintf(to, " %s", print_xform(&t->o.xform, xform));
	print_key_src(to, &t->secret, "");
	if (t->spi_in)
		fprintf(to, " spi-in 0x%08x spi-out 0x%08x", t->spi_in,
			t->spi_out);
	print_key_src(to, &t->key_in, "-in");
	print_key_src(to, &t->key_out, "-out");
	print_opts(to, &t->o);
	print_natt(to, &t->o);
	if (t->priority != CONF_PRIORITY_DEFAULT)
		fprintf(to, " priority %u", t->priority);
	fputc('\n', to);
}

void print_conf(FILE *to, const struct conf *c)
{
	switch (c->kind) {
	case CONF_SA:
		print_sa(to, &c->sa);
		break;
	case CONF_POLICY:
		print_policy(to, &c->sp);
		break;
	case CONF_TUNNEL:
		print_tunnel(to, &c->tunnel);
		break;
	case CONF_SETTINGS:
		print_settings(to, &c->settings);
		break;
	}
}

static void print_drops(FILE *to, const struct counters *drops)
{
	bool any = false;
	size_t i;

	for (i = 0; i < drops->n; i++) {
		if (!drops->c[i].value)
			continue;
		fprintf(to, "%s %s %" PRIu64, any ? "," : "  # drops:",
			drops->c[i].name, drops->c[i].value);
		any = true;
	}
	if (any)
		fputc('\n', to);
}

void print_sa_peer(FILE *to, const struct sa_conf *sa)
{
	char addr[PRINT_ADDR_LEN];

	if (sa->stat.peer.family)
		fprintf(to, "  # peer %s port %u\n",
			print_addr(&sa->stat.peer, addr), sa->stat.peer_port);
}

void print_sa_from(FILE *to, const struct sa_conf *sa)
{
	char remote[PRINT_ADDR_LEN];
	char local[PRINT_ADDR_LEN];

	if (!sa->stat.from_local.family || !sa->stat.from_remote.family)
		return;
	fprintf(to, "  # from local %s remote %s",
		print_addr(&sa->stat.from_local, local),
		print_addr(&sa->stat.from_remote, remote));
	print_encap(to, &sa->stat.from_encap);
	fputc('\n', to);
}

void print_sa_stat(FILE *to, const struct sa_conf *sa)
{
	const struct sa_stat *stat = &sa->stat;

	fprintf(to, "  # %spackets %" PRIu64 " bytes %" PRIu64 " seq %" PRIu64,
		stat->active ? "active, " : "", stat->packets, stat->bytes,
		stat->seq);
	if (stat->used)
		fprintf(to, " idle %" PRIu64 " s\n", stat->idle);
	else
		fprintf(to, " never used\n");
	if (stat->inner_mtu || stat->driver[0])
		fprintf(to, "  #");
	if (stat->inner_mtu)
		fprintf(to, " inner mtu %u", stat->inner_mtu);
	if (stat->inner_mtu && stat->pmtu_expires)
		fprintf(to, " (path mtu %u, forgotten in %u s)", stat->pmtu,
			stat->pmtu_expires);
	if (stat->driver[0])
		fprintf(to, " driver %s", stat->driver);
	if (stat->inner_mtu || stat->driver[0])
		fputc('\n', to);
	print_life_stat(to, sa);
	print_sa_peer(to, sa);
	print_drops(to, &stat->drops);
}

void print_policy_stat(FILE *to, const struct sp_conf *sp)
{
	fprintf(to, "  # id %u packets %" PRIu64 " bytes %" PRIu64 "\n",
		sp->id, sp->packets, sp->bytes);
	print_drops(to, &sp->drops);
}
