// SPDX-License-Identifier: GPL-2.0-only
#include "notify.h"

#include <linux/ktime.h>
#include <linux/ratelimit.h>
#include <net/genetlink.h>

#include "journal.h"
#include "lib/pfp.h"
#include "netlink.h"
#include "netlink_notice.h"
#include "netlink_sel.h"
#include "netns.h"
#include "notice.h"
#include "sa.h"
#include "spd.h"

/* Acquire events in a netns: this many in each interval */
#define LIMIT_BURST	16
#define LIMIT_INTERVAL	HZ
/* The same for drops, which have a group of their own */
#define LIMIT_DROPS	64

void ipsec_notify_init(struct ipsec_net *ipn)
{
	unsigned int kind;

	ratelimit_state_init(&ipn->acquire_limit, LIMIT_INTERVAL, LIMIT_BURST);
	ratelimit_state_init(&ipn->drop_limit, LIMIT_INTERVAL, LIMIT_DROPS);
	ratelimit_state_init(&ipn->mapping_limit, LIMIT_INTERVAL, LIMIT_BURST);
	ratelimit_state_init(&ipn->quote_limit, LIMIT_INTERVAL, LIMIT_BURST);
	ratelimit_state_init(&ipn->selector_limit, LIMIT_INTERVAL,
			     LIMIT_BURST);
	/* what is left out is not told to the kernel's log */
	ratelimit_set_flags(&ipn->acquire_limit, RATELIMIT_MSG_ON_RELEASE);
	ratelimit_set_flags(&ipn->mapping_limit, RATELIMIT_MSG_ON_RELEASE);
	ratelimit_set_flags(&ipn->quote_limit, RATELIMIT_MSG_ON_RELEASE);
	ratelimit_set_flags(&ipn->selector_limit, RATELIMIT_MSG_ON_RELEASE);
	ratelimit_set_flags(&ipn->drop_limit, RATELIMIT_MSG_ON_RELEASE);
	for (kind = 0; kind < ARRAY_SIZE(ipn->notice_limit); kind++) {
		ratelimit_state_init(&ipn->notice_limit[kind], LIMIT_INTERVAL,
				     LIMIT_BURST);
		ratelimit_set_flags(&ipn->notice_limit[kind],
				    RATELIMIT_MSG_ON_RELEASE);
	}
}

static bool nobody_listens(const struct ipsec_net *ipn)
{
	return !genl_has_listeners(&ipsec_nl_family, ipn->net,
				   IPSEC_NL_GROUP_EVENTS);
}

static void multicast(struct ipsec_net *ipn, struct sk_buff *skb, int err,
		      gfp_t gfp)
{
	if (err) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_multicast_netns(&ipsec_nl_family, ipn->net, skb, 0,
				IPSEC_NL_GROUP_EVENTS, gfp);
}

static void sa_message(struct ipsec_net *ipn, struct ipsec_sa *sa,
		       const struct ipsec_nl_msg *msg, gfp_t gfp)
{
	struct sk_buff *skb;

	skb = genlmsg_new(IPSEC_NL_MSG_SIZE(sa->more ? sa->more->n : 0), gfp);
	if (skb)
		multicast(ipn, skb, ipsec_nl_sa_put(skb, ipn, sa, msg), gfp);
}

static void sa_event(struct ipsec_net *ipn, struct ipsec_sa *sa, u8 cmd,
		     gfp_t gfp)
{
	struct ipsec_nl_msg msg = { .cmd = cmd };

	sa_message(ipn, sa, &msg, gfp);
}

void ipsec_notify_sa(struct ipsec_net *ipn, struct ipsec_sa *sa, u8 cmd)
{
	if (!nobody_listens(ipn))
		sa_event(ipn, sa, cmd, GFP_KERNEL);
}

void ipsec_notify_move(struct ipsec_net *ipn, struct ipsec_sa *sa,
		       const struct ipsec_sa *from)
{
	struct ipsec_nl_msg msg = {
		.cmd = NF_IPSEC_CMD_SA_MOVE_NTF,
		.from = from,
	};

	if (!nobody_listens(ipn))
		sa_message(ipn, sa, &msg, GFP_KERNEL);
}

void ipsec_notify_sp(struct ipsec_net *ipn, struct ipsec_sp *sp, u8 cmd)
{
	struct ipsec_nl_msg msg = { .cmd = cmd };
	struct sk_buff *skb;

	if (nobody_listens(ipn))
		return;
	skb = genlmsg_new(IPSEC_NL_MSG_SIZE(sp->more ? sp->more->n : 0),
			  GFP_KERNEL);
	if (skb)
		multicast(ipn, skb, ipsec_nl_sp_put(skb, sp, &msg),
			  GFP_KERNEL);
}

void ipsec_notify_settings(struct ipsec_net *ipn,
			   const struct ipsec_settings *s)
{
	struct ipsec_nl_msg msg = { .cmd = NF_IPSEC_CMD_SETTINGS_NTF };
	struct sk_buff *skb;

	if (nobody_listens(ipn))
		return;
	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (skb)
		multicast(ipn, skb, ipsec_nl_settings_put(skb, s, &msg),
			  GFP_KERNEL);
}

/* The selector of just this packet's flow */
static void flow_selector(struct ipsec_selector *sel,
			  const struct ipsec_flow *flow)
{
	enum ipsec_selector_type type;

	ipsec_selector_any(sel, flow->family);
	sel->saddr = flow->saddr;
	sel->daddr = flow->daddr;
	sel->src_plen = flow->family == AF_INET6 ? 128 : 32;
	sel->dst_plen = sel->src_plen;
	if (flow->flags & IPSEC_FLOW_NO_PROTO)
		return;
	sel->proto = flow->proto;
	sel->proto_set = 1;
	if (flow->flags & IPSEC_FLOW_NO_PORTS)
		return;
	type = ipsec_selector_type(flow->family, flow->proto);
	sel->sport_min = flow->sport;
	sel->sport_max = flow->sport;
	if (type == IPSEC_TYPE_MH)
		sel->sport_max |= 0xff;
	if (type != IPSEC_TYPE_PORTS)
		return;
	sel->dport_min = flow->dport;
	sel->dport_max = flow->dport;
}

/* Add a selector, unless another one holds it already: those of two sets may
 * have become the same.
 *
 * Return: how many there are
 */
static u32 sel_add(struct ipsec_selector *all, u32 n,
		   const struct ipsec_selector *sel)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (ipsec_selector_contains(&all[i], sel))
			return n;
	all[n] = *sel;
	return n + 1;
}

/* What the new SA shall carry: room for as many as the policy has
 *
 * Return: how many there are
 */
static u32 wanted(struct ipsec_selector *all, const struct ipsec_sp *sp,
		  const struct ipsec_flow *flow)
{
	struct ipsec_selector sel = sp->sel;
	u32 i, n = 0;

	if (ipsec_pfp_narrow(&sel, sp->pfp, flow))
		n = sel_add(all, n, &sel);
	for (i = 0; sp->more && i < sp->more->n; i++) {
		sel = sp->more->sel[i];
		if (ipsec_pfp_narrow(&sel, sp->pfp, flow))
			n = sel_add(all, n, &sel);
	}
	return n;
}

static void acquire_event(struct ipsec_net *ipn, const struct ipsec_sp *sp,
			  const struct ipsec_flow *flow,
			  struct ipsec_selector *all)
{
	struct ipsec_nl_msg msg = { .cmd = NF_IPSEC_CMD_ACQUIRE_NTF };
	struct ipsec_selector packet;
	struct ipsec_nl_acquire acquire = {
		.sp = sp,
		.packet = &packet,
		.sel = all,
		.n = wanted(all, sp, flow),
	};
	struct sk_buff *skb;

	if (!acquire.n)
		return;
	skb = genlmsg_new(IPSEC_NL_MSG_SIZE(acquire.n), GFP_ATOMIC);
	if (!skb)
		return;
	flow_selector(&packet, flow);
	multicast(ipn, skb, ipsec_nl_acquire_put(skb, &acquire, &msg),
		  GFP_ATOMIC);
}

bool ipsec_notify_acquire(struct ipsec_net *ipn, const struct ipsec_sp *sp,
			  const struct ipsec_flow *flow)
{
	struct ipsec_selector one, *all = &one;

	if (nobody_listens(ipn))
		return false;
	/* what is left out would have asked for the same as those before it */
	if (!__ratelimit(&ipn->acquire_limit))
		return true;
	if (sp->more)
		all = kmalloc_array(sp->more->n + 1, sizeof(*all), GFP_ATOMIC);
	if (all)
		acquire_event(ipn, sp, flow, all);
	if (all != &one)
		kfree(all);
	return true;
}

void ipsec_notify_expire(struct ipsec_net *ipn, struct ipsec_sa *sa)
{
	if (!nobody_listens(ipn))
		sa_event(ipn, sa, NF_IPSEC_CMD_EXPIRE_NTF, GFP_ATOMIC);
}

bool ipsec_notify_drop(struct ipsec_net *ipn, const struct ipsec_record *rec)
{
	struct ipsec_nl_msg msg = { .cmd = NF_IPSEC_CMD_DROP_NTF };
	struct sk_buff *skb;

	if (!genl_has_listeners(&ipsec_nl_family, ipn->net,
				IPSEC_NL_GROUP_DROPS) ||
	    !__ratelimit(&ipn->drop_limit))
		return false;
	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	if (!skb)
		return false;
	if (ipsec_nl_drop_put(skb, rec, ipsec_nl_clock(), &msg)) {
		nlmsg_free(skb);
		return false;
	}
	genlmsg_multicast_netns(&ipsec_nl_family, ipn->net, skb, 0,
				IPSEC_NL_GROUP_DROPS, GFP_ATOMIC);
	return true;
}

void ipsec_notify_mapping(struct ipsec_net *ipn, struct ipsec_sa *sa)
{
	if (nobody_listens(ipn) || !__ratelimit(&ipn->mapping_limit))
		return;
	sa_event(ipn, sa, NF_IPSEC_CMD_MAPPING_NTF, GFP_ATOMIC);
}

void ipsec_notify_selector(struct ipsec_net *ipn, const struct sk_buff *skb,
			   u8 reason, const struct ipsec_drop_at *at)
{
	struct ipsec_nl_msg msg = { .cmd = NF_IPSEC_CMD_SELECTOR_NTF };
	struct ipsec_record rec;
	struct sk_buff *event;

	if (nobody_listens(ipn) || !__ratelimit(&ipn->selector_limit))
		return;
	event = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	if (!event)
		return;
	ipsec_journal_look(skb, at, &rec);
	rec.id.reason = reason;
	rec.count = 1;
	rec.first = ktime_get_boottime_ns();
	rec.last = rec.first;
	multicast(ipn, event,
		  ipsec_nl_drop_put(event, &rec, ipsec_nl_clock(), &msg),
		  GFP_ATOMIC);
}

/* The packet as a record that is kept nowhere */
static struct sk_buff *notice_message(const struct sk_buff *skb,
				      const struct ipsec_drop_at *at,
				      const struct ipsec_notice *notice)
{
	struct ipsec_nl_msg msg = { .cmd = NF_IPSEC_CMD_NOTICE_NTF };
	struct ipsec_record rec;
	struct sk_buff *event;

	event = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	if (!event)
		return NULL;
	ipsec_journal_look(skb, at, &rec);
	rec.sel_set = false;
	rec.count = 1;
	rec.first = ktime_get_boottime_ns();
	rec.last = rec.first;
	if (ipsec_nl_notice_put(event, &rec, notice, &msg)) {
		nlmsg_free(event);
		return NULL;
	}
	return event;
}

void ipsec_notify_notice(struct ipsec_net *ipn, const struct sk_buff *skb,
			 const struct ipsec_drop_at *at,
			 struct ipsec_notice *notice)
{
	atomic64_t *left_out = &ipn->notices_left_out[notice->kind];
	struct sk_buff *event;

	if (!genl_has_listeners(&ipsec_nl_family, ipn->net,
				IPSEC_NL_GROUP_NOTICES))
		return;
	if (!__ratelimit(&ipn->notice_limit[notice->kind])) {
		atomic64_inc(left_out);
		return;
	}
	notice->left_out = atomic64_xchg(left_out, 0);
	event = notice_message(skb, at, notice);
	if (event)
		genlmsg_multicast_netns(&ipsec_nl_family, ipn->net, event, 0,
					IPSEC_NL_GROUP_NOTICES, GFP_ATOMIC);
	else
		atomic64_add(notice->left_out + 1, left_out);
}
