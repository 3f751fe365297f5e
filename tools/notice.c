// SPDX-License-Identifier: GPL-2.0-only
/* Notices: as text and as JSON. */
#include "notice.h"

#include <inttypes.h>
#include <netinet/in.h>

#include "grammar.h"
#include "json.h"
#include "print.h"

#define SPI_LEN	16

static const struct choice choices_kind[] = {
	{ "ecn", NF_IPSEC_NOTICE_ECN },
	{ "icmp", NF_IPSEC_NOTICE_ICMP },
	{ }
};

static const char *ecn_word(u8 field)
{
	static const char * const words[] = { "not-ect", "ect1", "ect0", "ce" };

	return words[field & 3];
}

static const char *protocol(const struct notice *n)
{
	return n->proto == IPPROTO_AH ? "ah" : "esp";
}

static void print_icmp(FILE *to, const struct notice *n)
{
	char dst[PRINT_ADDR_LEN];

	fprintf(to, " icmp-type %u icmp-code %u", n->type, n->code);
	if (n->mtu)
		fprintf(to, " mtu %u", n->mtu);
	if (n->dst.family)
		fprintf(to, " about %s spi 0x%08x to %s tunnel %s", protocol(n),
			n->spi, print_addr(&n->dst, dst), n->tunnel);
}

void print_notice(FILE *to, const struct notice *n)
{
	print_drop_packet(to, &n->rec);
	if (n->kind == NF_IPSEC_NOTICE_ECN)
		fprintf(to, " ecn %s around %s", ecn_word(n->outer),
			ecn_word(n->inner));
	else if (n->kind == NF_IPSEC_NOTICE_ICMP)
		print_icmp(to, n);
	if (n->left_out)
		fprintf(to, " (%" PRIu64 " left out)", n->left_out);
	fputc('\n', to);
}

static json_t *json_quoted(const struct notice *n)
{
	json_t *o = json_object();
	char addr[PRINT_ADDR_LEN];
	char spi[SPI_LEN];

	snprintf(spi, sizeof(spi), "0x%08x", n->spi);
	json_object_set_new(o, "protocol", json_string(protocol(n)));
	json_object_set_new(o, "spi", json_string(spi));
	json_object_set_new(o, "dst", json_string(print_addr(&n->dst, addr)));
	json_object_set_new(o, "tunnel", json_string(n->tunnel));
	return o;
}

json_t *json_notice(const struct notice *n)
{
	const char *kind = choice_word(choices_kind, n->kind);
	json_t *o = json_drop(&n->rec);

	json_object_set_new(o, "object", json_string("notice"));
	if (kind)
		json_object_set_new(o, "kind", json_string(kind));
	json_object_set_new(o, "left_out", json_u64(n->left_out));
	if (n->kind == NF_IPSEC_NOTICE_ECN) {
		json_object_set_new(o, "ecn_inner",
				    json_string(ecn_word(n->inner)));
		json_object_set_new(o, "ecn_outer",
				    json_string(ecn_word(n->outer)));
	} else if (n->kind == NF_IPSEC_NOTICE_ICMP) {
		json_object_set_new(o, "icmp_type", json_integer(n->type));
		json_object_set_new(o, "icmp_code", json_integer(n->code));
	}
	if (n->mtu)
		json_object_set_new(o, "mtu", json_integer(n->mtu));
	if (n->dst.family)
		json_object_set_new(o, "quoted", json_quoted(n));
	return o;
}
