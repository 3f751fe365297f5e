// SPDX-License-Identifier: GPL-2.0-only
/*
 * Talking to the module: notices.
 */
#include <arpa/inet.h>
#include <linux/genetlink.h>

#include "nl_attr.h"
#include "notice.h"

static void get_quoted(const struct nlattr *attr, struct notice *n)
{
	switch (mnl_attr_get_type(attr)) {
	case NF_IPSEC_NOTICE_A_QUOTED_PROTO:
		n->proto = get_number(attr);
		break;
	case NF_IPSEC_NOTICE_A_QUOTED_SPI:
		n->spi = ntohl(get_number(attr));
		break;
	case NF_IPSEC_NOTICE_A_QUOTED_DST:
		get_addr(attr, &n->dst);
		break;
	case NF_IPSEC_NOTICE_A_QUOTED_TUNNEL:
		get_string(attr, n->tunnel, sizeof(n->tunnel));
		break;
	}
}

static void get_one(const struct nlattr *attr, struct notice *n)
{
	switch (mnl_attr_get_type(attr)) {
	case NF_IPSEC_NOTICE_A_KIND:
		n->kind = get_number(attr);
		break;
	case NF_IPSEC_NOTICE_A_LEFT_OUT:
		n->left_out = get_number(attr);
		break;
	case NF_IPSEC_NOTICE_A_ECN_INNER:
		n->inner = get_number(attr);
		break;
	case NF_IPSEC_NOTICE_A_ECN_OUTER:
		n->outer = get_number(attr);
		break;
	case NF_IPSEC_NOTICE_A_TYPE:
		n->type = get_number(attr);
		break;
	case NF_IPSEC_NOTICE_A_CODE:
		n->code = get_number(attr);
		break;
	case NF_IPSEC_NOTICE_A_MTU:
		n->mtu = get_number(attr);
		break;
	default:
		get_quoted(attr, n);
		break;
	}
}

void nl_attr_get_notice(const struct nlmsghdr *nlh, struct notice *n)
{
	const struct nlattr *attr, *field;

	nl_attr_get_drop(nlh, &n->rec);
	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		if (mnl_attr_get_type(attr) == NF_IPSEC_DROP_A_NOTICE)
			mnl_attr_for_each_nested(field, attr)
				get_one(field, n);
}
