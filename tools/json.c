// SPDX-License-Identifier: GPL-2.0-only
#include "json.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "err.h"
#include "grammar.h"
#include "life.h"
#include "lib/alg.h"
#include "print.h"

static void set_string(json_t *o, const char *name, const char *value)
{
	json_t *string = json_string(value);

	/* the kernel lets a device's name have any octets */
	json_object_set_new(o, name, string ? string : json_string("?"));
}

static void set_number(json_t *o, const char *name, u64 value)
{
	json_object_set_new(o, name, json_u64(value));
}

static void set_bool(json_t *o, const char *name, bool value)
{
	json_object_set_new(o, name, json_boolean(value));
}

static void set_spi(json_t *o, const char *name, u32 spi)
{
	char buf[16];

	snprintf(buf, sizeof(buf), "0x%08x", spi);
	set_string(o, name, buf);
}

static void set_addr(json_t *o, const char *name, const struct addr *a)
{
	char buf[PRINT_ADDR_LEN];

	set_string(o, name, print_addr(a, buf));
}

static void set_prefix(json_t *o, const char *name, const struct prefix *p)
{
	char buf[PRINT_PREFIX_LEN];

	set_string(o, name, print_prefix(p, buf));
}

static void set_alg(json_t *o, const char *name, u16 id)
{
	const struct ipsec_alg *alg = ipsec_alg_get(id);

	if (alg)
		set_string(o, name, alg->name);
}

static void set_key(json_t *o, const char *suffix, const struct key_src *src)
{
	char fp[2 * NF_IPSEC_FINGERPRINT_LEN + 1];
	char name[32];

	switch (src->kind) {
	case KEY_NONE:
		break;
	case KEY_FILE:
		snprintf(name, sizeof(name), "key_file%s", suffix);
		set_string(o, name, src->path);
		break;
	case KEY_FD:
		snprintf(name, sizeof(name), "key_fd%s", suffix);
		set_number(o, name, src->fd);
		break;
	case KEY_FINGERPRINT:
		snprintf(name, sizeof(name), "key_fingerprint%s", suffix);
		set_string(o, name, print_fingerprint(src->fingerprint, fp));
		break;
	}
}

json_t *json_u64(u64 value)
{
	char buf[24];

	if (value <= INT64_MAX)
		return json_integer(value);
	/* the library's integers are signed, and a real is not exact */
	snprintf(buf, sizeof(buf), "%" PRIu64, value);
	return json_string(buf);
}

json_t *json_counters(const struct counters *list)
{
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < list->n; i++)
		set_number(o, list->c[i].name, list->c[i].value);
	return o;
}

static void set_limit(json_t *o, const char *name, u64 value)
{
	if (value != LIFE_NONE)
		set_number(o, name, value);
}

/* @used: what of them is used up, or NULL: then only what was set is told */
static void set_life(json_t *o, const struct sa_opts *opts, const u64 *used)
{
	json_t *life = json_object();
	json_t *one;
	u8 what;

	for (what = 1; what < CONF_LIMITS; what++) {
		const struct life_limit *limit = &opts->life[what];

		if ((limit->soft == LIFE_NONE && limit->hard == LIFE_NONE) ||
		    (!limit->set && !used))
			continue;
		one = json_object();
		set_limit(one, "soft", limit->soft);
		set_limit(one, "hard", limit->hard);
		if (used)
			set_number(one, "used", used[what]);
		json_object_set_new(life, life_name(what), one);
	}
	if (json_object_size(life))
		json_object_set_new(o, "life", life);
	else
		json_decref(life);
}

static void set_encap(json_t *o, const struct encap *encap)
{
	json_t *ports = json_object();

	set_number(ports, "local", encap->local);
	set_number(ports, "remote", encap->remote);
	json_object_set_new(o, "encap", ports);
}

static void set_natt(json_t *o, const struct sa_opts *opts, bool in)
{
	if (!opts->encap.local)
		return;
	set_encap(o, &opts->encap);
	if (opts->orig_local.family)
		set_addr(o, "orig_local", &opts->orig_local);
	if (opts->orig_remote.family)
		set_addr(o, "orig_remote", &opts->orig_remote);
	if (opts->keepalive)
		set_number(o, "keepalive", opts->keepalive);
	if (in)
		set_bool(o, "follow", opts->follow);
}

static void set_opts(json_t *o, const struct sa_opts *opts, bool in, bool out)
{
	bool tunnel = opts->mode == NF_IPSEC_MODE_TUNNEL;

	set_addr(o, "local", &opts->local);
	set_addr(o, "remote", &opts->remote);
	set_string(o, "protocol",
		   opts->xform.proto == IPPROTO_AH ? "ah" : "esp");
	set_alg(o, "encryption", opts->xform.enc);
	set_alg(o, "integrity", opts->xform.auth);
	set_string(o, "mode", choice_word(choices_mode, opts->mode));
	set_bool(o, "esn", opts->esn);
	if (opts->exchanged)
		set_bool(o, "exchanged", true);
	if (opts->seq_wrap)
		set_bool(o, "seq_wrap", true);
	if (in)
		set_number(o, "replay_window", opts->window);
	if (in && opts->xform.proto == IPPROTO_ESP)
		set_bool(o, "check_padding", opts->padding);
	if (opts->xform.proto == IPPROTO_AH && opts->local.family == AF_INET)
		set_number(o, "icv_pad", opts->icv_pad);
	if (in && opts->match != NF_IPSEC_MATCH_DST)
		set_string(o, "match", choice_word(choices_match, opts->match));
	if (opts->via[0])
		set_string(o, "via", opts->via);
	if (!opts->mss)
		set_string(o, "mss", "off");
	else if (opts->mss != MSS_AUTO)
		set_number(o, "mss", opts->mss);
	set_natt(o, opts, in);
	if (out)
		json_extra(o, &opts->extra);
	if (!out || !tunnel)
		return;
	if (opts->local.family == AF_INET)
		set_string(o, "df", choice_word(choices_df, opts->df));
	if (opts->dscp != CONF_DSCP_COPY)
		set_number(o, "dscp", opts->dscp);
	if (opts->ttl != CONF_TTL_DEFAULT)
		set_number(o, "ttl", opts->ttl);
}

static json_t *json_ports(const struct ports *ports)
{
	json_t *range;

	if (ports->opaque)
		return json_string("opaque");
	range = json_array();
	json_array_append_new(range, json_integer(ports->min));
	json_array_append_new(range, json_integer(ports->max));
	return range;
}

json_t *json_sel(const struct sel_conf *sel)
{
	json_t *o = json_object();
	json_t *also;
	u32 i;

	set_string(o, "family", choice_word(choices_family, sel->family));
	set_prefix(o, "src", &sel->src);
	set_prefix(o, "dst", &sel->dst);
	if (sel->proto_set)
		set_number(o, "proto", sel->proto);
	else if (sel->proto_opaque)
		set_string(o, "proto", "opaque");
	if (sel->sport.set)
		json_object_set_new(o, "sport", json_ports(&sel->sport));
	if (sel->dport.set)
		json_object_set_new(o, "dport", json_ports(&sel->dport));
	if (sel->type.set)
		json_object_set_new(o, "type", json_ports(&sel->type));
	if (sel->mark_mask) {
		set_number(o, "mark", sel->mark);
		set_number(o, "mark_mask", sel->mark_mask);
	}
	if (sel->dev[0])
		set_string(o, "dev", sel->dev);
	if (!sel->n_more)
		return o;
	also = json_array();
	for (i = 1; i <= sel->n_more; i++)
		json_array_append_new(also, json_sel(sel_set_const(sel, i)));
	json_object_set_new(o, "also", also);
	return o;
}

static void set_from(json_t *o, const struct sa_stat *stat)
{
	json_t *from = json_object();

	set_addr(from, "local", &stat->from_local);
	set_addr(from, "remote", &stat->from_remote);
	if (stat->from_encap.local)
		set_encap(from, &stat->from_encap);
	json_object_set_new(o, "from", from);
}

static void set_stat(json_t *o, const struct sa_stat *stat, bool out)
{
	set_number(o, "seq", stat->seq);
	set_number(o, "packets", stat->packets);
	set_number(o, "bytes", stat->bytes);
	set_number(o, "added", stat->added);
	if (stat->used)
		set_number(o, "idle", stat->idle);
	if (out)
		set_bool(o, "active", stat->active);
	if (stat->hard_limit || stat->soft_limit) {
		set_string(o, "state", stat->hard_limit ? "expired" : "soft");
		set_string(o, "limit", life_name(stat->hard_limit ?
						 stat->hard_limit :
						 stat->soft_limit));
		set_number(o, "limit_time", stat->limit_time);
	}
	if (stat->inner_mtu)
		set_number(o, "inner_mtu", stat->inner_mtu);
	if (stat->pmtu)
		set_number(o, "pmtu", stat->pmtu);
	if (stat->pmtu_expires)
		set_number(o, "pmtu_expires", stat->pmtu_expires);
	if (stat->peer.family) {
		set_addr(o, "peer", &stat->peer);
		set_number(o, "peer_port", stat->peer_port);
	}
	if (stat->from_local.family && stat->from_remote.family)
		set_from(o, stat);
	if (stat->driver[0])
		set_string(o, "driver", stat->driver);
	json_object_set_new(o, "drops", json_counters(&stat->drops));
}

json_t *json_sa(const struct sa_conf *sa)
{
	bool in = sa->dir == NF_IPSEC_DIR_IN;
	json_t *o = json_object();

	set_string(o, "object", "sa");
	set_string(o, "tunnel", sa->tunnel);
	set_string(o, "dir", choice_word(choices_dir, sa->dir));
	set_spi(o, "spi", sa->spi);
	set_opts(o, &sa->o, in, !in);
	set_key(o, "", &sa->src);
	if (sa->for_dscp)
		json_object_set_new(o, "for_dscp", json_dscps(sa->for_dscp));
	if (sa->sel.family)
		json_object_set_new(o, "selector", json_sel(&sa->sel));
	set_life(o, &sa->o, sa->stat.added ? sa->stat.life_used : NULL);
	/* added is never 0 in what the kernel tells */
	if (sa->stat.added)
		set_stat(o, &sa->stat, !in);
	else if (sa->has & HAS_SEQ)
		set_number(o, "seq", sa->seq);
	return o;
}

static const char *action_word(u8 action)
{
	switch (action) {
	case NF_IPSEC_ACTION_PROTECT:
		return "protect";
	case NF_IPSEC_ACTION_BYPASS:
		return "bypass";
	default:
		return "discard";
	}
}

static json_t *json_pfp(u32 pfp)
{
	json_t *list = json_array();
	const struct choice *choice;

	for (choice = choices_pfp; choice->word; choice++)
		if (pfp & choice->value)
			json_array_append_new(list, json_string(choice->word));
	return list;
}

json_t *json_policy(const struct sp_conf *sp)
{
	json_t *o = json_object();

	set_string(o, "object", "policy");
	set_string(o, "dir", choice_word(choices_dir, sp->dir));
	set_number(o, "priority", sp->priority);
	json_object_set_new(o, "selector", json_sel(&sp->sel));
	if (sp->pfp)
		json_object_set_new(o, "pfp", json_pfp(sp->pfp));
	if (sp->packet.family)
		json_object_set_new(o, "packet", json_sel(&sp->packet));
	set_string(o, "action", action_word(sp->action));
	if (sp->tunnel[0])
		set_string(o, "tunnel", sp->tunnel);
	/* only the kernel gives ids */
	if (!sp->id)
		return o;
	set_number(o, "id", sp->id);
	set_number(o, "packets", sp->packets);
	set_number(o, "bytes", sp->bytes);
	json_object_set_new(o, "drops", json_counters(&sp->drops));
	return o;
}

json_t *json_tunnel(const struct tunnel_conf *t)
{
	json_t *pairs = json_array();
	json_t *o = json_object();
	json_t *pair;
	size_t i;

	set_string(o, "object", "tunnel");
	set_string(o, "name", t->name);
	set_opts(o, &t->o, true, true);
	for (i = 0; i < t->n_protect; i++) {
		pair = json_object();
		set_prefix(pair, "local", &t->protect[i].local);
		set_prefix(pair, "remote", &t->protect[i].remote);
		json_array_append_new(pairs, pair);
	}
	json_object_set_new(o, "protect", pairs);
	if (t->spi_in) {
		set_spi(o, "spi_in", t->spi_in);
		set_spi(o, "spi_out", t->spi_out);
	}
	set_key(o, "", &t->secret);
	set_key(o, "_in", &t->key_in);
	set_key(o, "_out", &t->key_out);
	set_life(o, &t->o, NULL);
	set_number(o, "priority", t->priority);
	return o;
}

json_t *json_settings(const struct settings_conf *s)
{
	const struct keyword *kw = grammar_settings.piece[0].kw;
	json_t *o = json_object();
	char buf[SETTINGS_VALUE_LEN];
	const char *word;
	char name[32];
	size_t i;

	set_string(o, "object", "settings");
	for (; kw->word; kw++) {
		if (!(s->has & kw->bit))
			continue;
		for (i = 0; i < sizeof(name) - 1 && kw->word[i]; i++)
			name[i] = kw->word[i] == '-' ? '_' : kw->word[i];
		name[i] = '\0';
		word = settings_value(s, kw, buf);
		if (settings_is_flag(kw))
			set_bool(o, name, !strcmp(word, "on"));
		else
			set_string(o, name, word);
	}
	return o;
}

static int check_path(const struct key_src *src, const char *word,
		      struct err *e)
{
	struct quoted q;
	json_t *path;

	if (src->kind != KEY_FILE)
		return 0;
	path = json_string(src->path);
	if (!path)
		return err_set(e, ERR_USAGE, word,
			       "expected a name in UTF-8, as JSON has no other, not \"%s\"",
			       err_quote(src->path, &q));
	json_decref(path);
	return 0;
}

int json_check(const struct conf *c, struct err *e)
{
	const struct tunnel_conf *t = &c->tunnel;

	switch (c->kind) {
	case CONF_SA:
		return check_path(&c->sa.src, "key-file", e);
	case CONF_TUNNEL:
		return check_path(&t->secret, "key-file", e) ||
		       check_path(&t->key_in, "key-file-in", e) ||
		       check_path(&t->key_out, "key-file-out", e) ? -1 : 0;
	default:
		return 0;
	}
}

json_t *json_conf(const struct conf *c)
{
	switch (c->kind) {
	case CONF_SA:
		return json_sa(&c->sa);
	case CONF_POLICY:
		return json_policy(&c->sp);
	case CONF_SETTINGS:
		return json_settings(&c->settings);
	default:
		return json_tunnel(&c->tunnel);
	}
}

void json_print(json_t *value, bool line)
{
	json_dumpf(value, stdout, line ? JSON_COMPACT : JSON_INDENT(2));
	fputc('\n', stdout);
	fflush(stdout);
	json_decref(value);
}
