// SPDX-License-Identifier: GPL-2.0-only
/* Records of dropped packets: as text and as JSON. */
#include "drop.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <time.h>

#include "grammar.h"
#include "json.h"
#include "print.h"

#define SECOND		1000000000ULL
#define TIME_LEN	40

/* @utc: as JSON has it, else as the clock on the wall shows it */
static const char *print_time(u64 ns, bool utc, char *buf)
{
	time_t seconds = ns / SECOND;
	char day[TIME_LEN / 2] = "";
	char hour[TIME_LEN / 4] = "";
	struct tm tm = { };

	if (utc)
		gmtime_r(&seconds, &tm);
	else
		localtime_r(&seconds, &tm);
	strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	strftime(hour, sizeof(hour), "%H:%M:%S", &tm);
	snprintf(buf, TIME_LEN, "%s%c%s.%03u%s", day, utc ? 'T' : ' ', hour,
		 (unsigned int)(ns % SECOND / 1000000), utc ? "Z" : "");
	return buf;
}

static void print_age(FILE *to, u64 last, u64 now)
{
	u64 age = now > last ? (now - last) / SECOND : 0;

	if (age < 120)
		fprintf(to, "%" PRIu64 " s", age);
	else if (age < 7200)
		fprintf(to, "%" PRIu64 " min", age / 60);
	else if (age < 172800)
		fprintf(to, "%" PRIu64 " h", age / 3600);
	else
		fprintf(to, "%" PRIu64 " days", age / 86400);
	fputs(" ago", to);
}

static void print_outer(FILE *to, const struct drop *d)
{
	char dst[PRINT_ADDR_LEN];
	char src[PRINT_ADDR_LEN];

	if (!d->outer_src.family)
		return;
	fprintf(to, " from %s to %s %s", print_addr(&d->outer_src, src),
		print_addr(&d->outer_dst, dst),
		d->proto == IPPROTO_AH ? "ah" : "esp");
	if (d->spi_set)
		fprintf(to, " spi 0x%08x", d->spi);
	if (d->seq_set)
		fprintf(to, " seq %" PRIu64, d->seq);
}

static void print_packet(FILE *to, const struct drop *d)
{
	const char *proto;
	char dst[PRINT_ADDR_LEN];
	char src[PRINT_ADDR_LEN];

	if (d->src.family) {
		fprintf(to, " src %s dst %s", print_addr(&d->src, src),
			print_addr(&d->dst, dst));
		/* 0 has no name, "any" is no protocol */
		proto = d->upper ? choice_word(choices_proto, d->upper) : NULL;
		if (proto)
			fprintf(to, " proto %s", proto);
		else
			fprintf(to, " proto %u", d->upper);
	}
	if (d->ports_set)
		fprintf(to, " sport %u dport %u", d->sport, d->dport);
	if (d->flow)
		fprintf(to, " flow 0x%05x", d->flow);
}

void print_drop_packet(FILE *to, const struct drop *d)
{
	char when[TIME_LEN];

	fprintf(to, "%s %s", print_time(d->last, false, when), d->reason);
	if (d->count != 1)
		fprintf(to, " x %" PRIu64, d->count);
	fprintf(to, " %s", choice_word(choices_dir, d->dir));
	if (d->dev[0])
		fprintf(to, " dev %s", d->dev);
	print_outer(to, d);
	print_packet(to, d);
	if (d->tunnel[0])
		fprintf(to, " tunnel %s", d->tunnel);
	if (d->policy)
		fprintf(to, " policy %u", d->policy);
	if (d->allowed.family) {
		fputs(" allowed", to);
		print_sel(to, &d->allowed);
	}
}

void print_drop(FILE *to, const struct drop *d, u64 now)
{
	char when[TIME_LEN];

	print_drop_packet(to, d);
	if (!now && d->count == 1) {
		fputc('\n', to);
		return;
	}
	fputs(" (", to);
	if (now)
		print_age(to, d->last, now);
	if (d->count != 1)
		fprintf(to, "%sfirst %s", now ? ", " : "",
			print_time(d->first, false, when));
	fputs(")\n", to);
}

static void set_addr(json_t *o, const char *name, const struct addr *a)
{
	char buf[PRINT_ADDR_LEN];

	if (a->family)
		json_object_set_new(o, name, json_string(print_addr(a, buf)));
}

static void set_number(json_t *o, const char *name, u64 value, bool there)
{
	if (there)
		json_object_set_new(o, name, json_u64(value));
}

json_t *json_drop(const struct drop *d)
{
	json_t *o = json_object();
	char buf[TIME_LEN];

	json_object_set_new(o, "object", json_string("drop"));
	json_object_set_new(o, "reason", json_string(d->reason));
	set_number(o, "count", d->count, true);
	json_object_set_new(o, "first",
			    json_string(print_time(d->first, true, buf)));
	json_object_set_new(o, "last",
			    json_string(print_time(d->last, true, buf)));
	json_object_set_new(o, "dir",
			    json_string(choice_word(choices_dir, d->dir)));
	if (d->dev[0])
		json_object_set_new(o, "dev", json_string(d->dev));
	set_addr(o, "outer_src", &d->outer_src);
	set_addr(o, "outer_dst", &d->outer_dst);
	if (d->outer_src.family)
		json_object_set_new(o, "protocol",
				    json_string(d->proto == IPPROTO_AH ?
						"ah" : "esp"));
	snprintf(buf, sizeof(buf), "0x%08x", d->spi);
	if (d->spi_set)
		json_object_set_new(o, "spi", json_string(buf));
	set_number(o, "seq", d->seq, d->seq_set);
	set_number(o, "flow", d->flow, d->flow);
	set_addr(o, "src", &d->src);
	set_addr(o, "dst", &d->dst);
	set_number(o, "proto", d->upper, d->src.family);
	set_number(o, "sport", d->sport, d->ports_set);
	set_number(o, "dport", d->dport, d->ports_set);
	if (d->tunnel[0])
		json_object_set_new(o, "tunnel", json_string(d->tunnel));
	set_number(o, "policy", d->policy, d->policy);
	if (d->allowed.family)
		json_object_set_new(o, "allowed", json_sel(&d->allowed));
	return o;
}
