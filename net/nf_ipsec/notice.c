// SPDX-License-Identifier: GPL-2.0-only
#include "notice.h"

#include <linux/percpu.h>
#include <net/inet_ecn.h>

#include "lib/addr.h"
#include "netns.h"
#include "notify.h"
#include "quote.h"
#include "sa.h"
#include "settings.h"
#include "unwrap.h"

static const char * const report_words[] = {
	[IPSEC_REPORT_PASSED]	= "passed",
	[IPSEC_REPORT_LEARNT]	= "pmtu-learnt",
	[IPSEC_REPORT_OLD]	= "pmtu-old",
	[IPSEC_REPORT_SMALL]	= "pmtu-small",
};

void ipsec_notice_ecn(const struct sk_buff *skb, const struct ipsec_drop_at *at,
		      u8 inner, u8 outer)
{
	struct ipsec_net *ipn = ipsec_net(at->sa->net);
	struct ipsec_notice n = {
		.kind = NF_IPSEC_NOTICE_ECN,
		.word = "ecn-unused",
		.inner = inner & INET_ECN_MASK,
		.outer = outer & INET_ECN_MASK,
	};

	this_cpu_inc(ipn->stats->counts[IPSEC_COUNT_IN_ECN_UNUSED]);
	if (!(ipsec_net_settings(ipn, ipsec_net_generation(ipn)) &
	      NF_IPSEC_SETTING_NO_ECN_NOTICES))
		ipsec_notify_notice(ipn, skb, at, &n);
}

bool ipsec_notice_wants(const struct ipsec_input *i,
			const struct ipsec_flow *flow)
{
	u8 type = flow->sport >> 8;

	return ipsec_quote_is_error(flow->family, type) &&
	       ipsec_settings_tells(i->ipn, i->generation, flow->family, type);
}

void ipsec_notice_icmp(const struct ipsec_input *i, const struct ipsec_flow *flow,
		       enum ipsec_drop reason, const struct ipsec_report *report)
{
	struct ipsec_drop_at at = ipsec_input_at(i);
	struct ipsec_notice n = {
		.kind = NF_IPSEC_NOTICE_ICMP,
		.word = reason ? ipsec_drop_name(reason) :
				 report_words[report->fate],
		.type = flow->sport >> 8,
		.code = flow->sport & 0xff,
		.quoted = report->sa,
		.mtu = report->mtu,
	};

	if (report->wanted)
		ipsec_notify_notice(i->ipn, i->skb, &at, &n);
}
