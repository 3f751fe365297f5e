// SPDX-License-Identifier: GPL-2.0-only
/*
 * Talking to the module: records of dropped packets.
 */
#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drop.h"
#include "err.h"
#include "nl_attr.h"
#include "nl_talk.h"

/* By its name now: it may have gone, or got another one */
static void get_dev(const struct nlattr *attr, char *dev, size_t size)
{
	u32 index = get_number(attr);
	char name[IF_NAMESIZE];

	if (if_indextoname(index, name))
		snprintf(dev, size, "%s", name);
	else
		snprintf(dev, size, "#%u", index);
}

static void get_outer(const struct nlattr *attr, struct drop *d)
{
	switch (mnl_attr_get_type(attr)) {
	case NF_IPSEC_DROP_A_OUTER_SRC:
		get_addr(attr, &d->outer_src);
		break;
	case NF_IPSEC_DROP_A_OUTER_DST:
		get_addr(attr, &d->outer_dst);
		break;
	case NF_IPSEC_DROP_A_PROTO:
		d->proto = get_number(attr);
		break;
	case NF_IPSEC_DROP_A_SPI:
		d->spi = ntohl(get_number(attr));
		d->spi_set = true;
		break;
	case NF_IPSEC_DROP_A_SEQ:
		d->seq = get_number(attr);
		d->seq_set = true;
		break;
	}
}

static void get_packet(const struct nlattr *attr, struct drop *d)
{
	switch (mnl_attr_get_type(attr)) {
	case NF_IPSEC_DROP_A_FLOW:
		d->flow = get_number(attr);
		break;
	case NF_IPSEC_DROP_A_SRC:
		get_addr(attr, &d->src);
		break;
	case NF_IPSEC_DROP_A_DST:
		get_addr(attr, &d->dst);
		break;
	case NF_IPSEC_DROP_A_UPPER:
		d->upper = get_number(attr);
		break;
	case NF_IPSEC_DROP_A_SPORT:
		d->sport = get_number(attr);
		break;
	case NF_IPSEC_DROP_A_DPORT:
		d->dport = get_number(attr);
		d->ports_set = true;
		break;
	}
}

static void get_rest(const struct nlattr *attr, struct drop *d)
{
	switch (mnl_attr_get_type(attr)) {
	case NF_IPSEC_DROP_A_REASON:
		get_string(attr, d->reason, sizeof(d->reason));
		break;
	case NF_IPSEC_DROP_A_DIR:
		d->dir = get_number(attr);
		break;
	case NF_IPSEC_DROP_A_COUNT:
		d->count = get_number(attr);
		break;
	case NF_IPSEC_DROP_A_FIRST:
		d->first = get_number(attr);
		break;
	case NF_IPSEC_DROP_A_LAST:
		d->last = get_number(attr);
		break;
	case NF_IPSEC_DROP_A_IFINDEX:
		get_dev(attr, d->dev, sizeof(d->dev));
		break;
	case NF_IPSEC_DROP_A_TUNNEL:
		get_string(attr, d->tunnel, sizeof(d->tunnel));
		break;
	case NF_IPSEC_DROP_A_POLICY:
		d->policy = get_number(attr);
		break;
	case NF_IPSEC_DROP_A_SEL:
		get_sel(attr, &d->allowed);
		break;
	}
}

void nl_attr_get_drop(const struct nlmsghdr *nlh, struct drop *d)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		get_outer(attr, d);
		get_packet(attr, d);
		get_rest(attr, d);
	}
}

static int reply_drop(const struct nlmsghdr *nlh, void *arg)
{
	struct drop_list *list = arg;
	struct drop *drop;

	drop = reallocarray(list->drop, list->n + 1, sizeof(*drop));
	if (!drop)
		return -1;
	list->drop = drop;
	drop += list->n++;
	memset(drop, 0, sizeof(*drop));
	nl_attr_get_drop(nlh, drop);
	return 0;
}

static int reply_switch(const struct nlmsghdr *nlh, void *arg)
{
	struct drop_list *list = arg;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		if (mnl_attr_get_type(attr) == NF_IPSEC_DROP_A_RECORD)
			list->off = !get_number(attr);
	return 0;
}

int nl_drops(struct nl *nl, struct drop_list *list, struct err *e)
{
	struct exchange x = {
		.object = "drops", .reply = reply_switch, .arg = list, .e = e,
	};

	x.nlh = nl_start(nl, nl->family, NF_IPSEC_CMD_DROP_GET, 0);
	if (nl_talk(nl, &x))
		return -1;
	x.reply = reply_drop;
	x.nlh = nl_start(nl, nl->family, NF_IPSEC_CMD_DROP_GET, NLM_F_DUMP);
	return nl_talk(nl, &x);
}

int nl_drops_record(struct nl *nl, bool on, struct err *e)
{
	struct exchange x = { .object = "drops", .e = e };

	x.nlh = nl_start(nl, nl->family, NF_IPSEC_CMD_DROP_SET, 0);
	mnl_attr_put_u8(x.nlh, NF_IPSEC_DROP_A_RECORD, on);
	return nl_talk(nl, &x);
}
