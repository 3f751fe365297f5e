// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "grammar.h"
#include "json.h"
#include "nl.h"
#include "print.h"
#include "set.h"

static void print_stats(const struct stats *stats)
{
	size_t i;

	printf("sas %u\npolicies %u\ngeneration %u\n", stats->sas,
	       stats->policies, stats->generation);
	for (i = 0; i < stats->counters.n; i++)
		printf("%s %" PRIu64 "\n", stats->counters.c[i].name,
		       stats->counters.c[i].value);
	for (i = 0; i < stats->drops.n; i++)
		printf("drop %s %" PRIu64 "\n", stats->drops.c[i].name,
		       stats->drops.c[i].value);
}

static void print_json(const struct stats *stats)
{
	json_t *o = json_object();

	json_object_set_new(o, "object", json_string("stats"));
	json_object_set_new(o, "sas", json_integer(stats->sas));
	json_object_set_new(o, "policies", json_integer(stats->policies));
	json_object_set_new(o, "generation", json_integer(stats->generation));
	json_object_set_new(o, "counters", json_counters(&stats->counters));
	json_object_set_new(o, "drops", json_counters(&stats->drops));
	json_print(o, false);
}

/* A counter's name as Prometheus wants it */
static const char *metric(const char *name, char *buf, size_t size)
{
	size_t i;

	for (i = 0; name[i] && i + 1 < size; i++)
		buf[i] = isalnum((unsigned char)name[i]) ?
			 tolower((unsigned char)name[i]) : '_';
	buf[i] = '\0';
	return buf;
}

/* What tells SAs of one SPI apart */
static void print_sa_labels(const struct sa_conf *sa)
{
	char remote[PRINT_ADDR_LEN];
	u8 match = sa->o.match;

	if (match != NF_IPSEC_MATCH_DST)
		printf(",match=\"%s\"", choice_word(choices_match, match));
	if (match == NF_IPSEC_MATCH_SRC_DST)
		printf(",src=\"%s\"", print_addr(&sa->o.remote, remote));
	if (sa->dir == NF_IPSEC_DIR_OUT && sa->o.encap.remote)
		printf(",port=\"%u\"", sa->o.encap.remote);
}

static void print_sa_metric(const struct set *set, const char *name, bool bytes)
{
	char dst[PRINT_ADDR_LEN];
	size_t i;

	printf("# TYPE nf_ipsec_sa_%s_total counter\n", name);
	for (i = 0; i < set->n_sa; i++) {
		const struct sa_conf *sa = &set->sa[i];

		printf("nf_ipsec_sa_%s_total{tunnel=\"%s\",dir=\"%s\",", name,
		       sa->tunnel, choice_word(choices_dir, sa->dir));
		printf("dst=\"%s\",spi=\"0x%08x\"",
		       print_addr(sa_dst(sa), dst), sa->spi);
		print_sa_labels(sa);
		printf("} %" PRIu64 "\n",
		       bytes ? sa->stat.bytes : sa->stat.packets);
	}
}

static void print_prometheus(const struct stats *stats, const struct set *set)
{
	char name[48];
	size_t i;

	printf("# TYPE nf_ipsec_sas gauge\nnf_ipsec_sas %u\n", stats->sas);
	printf("# TYPE nf_ipsec_policies gauge\nnf_ipsec_policies %u\n",
	       stats->policies);
	for (i = 0; i < stats->counters.n; i++) {
		metric(stats->counters.c[i].name, name, sizeof(name));
		printf("# TYPE nf_ipsec_%s_total counter\n", name);
		printf("nf_ipsec_%s_total %" PRIu64 "\n", name,
		       stats->counters.c[i].value);
	}
	printf("# TYPE nf_ipsec_drops_total counter\n");
	for (i = 0; i < stats->drops.n; i++)
		printf("nf_ipsec_drops_total{reason=\"%s\"} %" PRIu64 "\n",
		       stats->drops.c[i].name, stats->drops.c[i].value);
	print_sa_metric(set, "packets", false);
	print_sa_metric(set, "bytes", true);
}

int cmd_stats(struct cmd *cmd)
{
	struct stats stats = { };
	struct set set = { };
	struct nl *nl;
	int rc;

	if (cmd_no_more(cmd))
		return -1;
	if (cmd->json && cmd->prometheus)
		return err_set(cmd->e, ERR_USAGE, "--prometheus",
			       "expected without -j: it is a format of its own");
	nl = nl_open(cmd->e);
	rc = nl ? nl_stats(nl, &stats, cmd->e) : -1;
	if (!rc && cmd->prometheus)
		rc = nl_list(nl, &set, cmd->e);
	nl_close(nl);
	if (!rc && cmd->prometheus)
		print_prometheus(&stats, &set);
	else if (!rc && cmd->json)
		print_json(&stats);
	else if (!rc)
		print_stats(&stats);
	set_free(&set);
	free(stats.counters.c);
	free(stats.drops.c);
	return rc;
}
