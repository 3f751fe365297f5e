// SPDX-License-Identifier: GPL-2.0-only
/* Populate from packet: RFC 4301 sections 4.4.1 and 4.4.2.2. */
#include "pfp.h"

#include <linux/socket.h>
#include <linux/string.h>
#include <uapi/linux/nf_ipsec.h>

#define PORT_MAX	65535
#define PFP_PORTS	(NF_IPSEC_PFP_SPORT | NF_IPSEC_PFP_DPORT)
#define PFP_UPPER	(NF_IPSEC_PFP_PROTO | PFP_PORTS | NF_IPSEC_PFP_TYPE)

static enum ipsec_selector_type sel_type(const struct ipsec_selector *sel)
{
	return sel->proto_set ? ipsec_selector_type(sel->family, sel->proto) :
				IPSEC_TYPE_NONE;
}

static bool has_type(enum ipsec_selector_type type)
{
	return type == IPSEC_TYPE_ICMP || type == IPSEC_TYPE_MH;
}

const char *ipsec_pfp_valid(u32 pfp, const struct ipsec_selector *sel)
{
	bool own_proto = pfp & NF_IPSEC_PFP_PROTO && !sel->proto_set;
	enum ipsec_selector_type type = sel_type(sel);

	if ((pfp & NF_IPSEC_PFP_PROTO && sel->opaque & NF_IPSEC_OPAQUE_PROTO) ||
	    (pfp & (NF_IPSEC_PFP_SPORT | NF_IPSEC_PFP_TYPE) &&
	     sel->opaque & NF_IPSEC_OPAQUE_SPORT) ||
	    (pfp & NF_IPSEC_PFP_DPORT && sel->opaque & NF_IPSEC_OPAQUE_DPORT))
		return "a field that is opaque cannot be taken from the packet";
	if (own_proto)
		return NULL;
	if (pfp & PFP_PORTS && type != IPSEC_TYPE_PORTS)
		return "ports can be taken with a protocol that has some, or with the protocol";
	if (pfp & NF_IPSEC_PFP_TYPE && !has_type(type))
		return "a type can be taken with a protocol that has one, or with the protocol";
	return NULL;
}

bool ipsec_pfp_lacks(u32 pfp, const struct ipsec_flow *flow)
{
	enum ipsec_selector_type type;

	if (flow->flags & IPSEC_FLOW_NO_PROTO)
		return pfp & PFP_UPPER;
	if (!(flow->flags & (IPSEC_FLOW_NO_PORTS | IPSEC_FLOW_FRAGMENT)))
		return false;
	type = ipsec_selector_type(flow->family, flow->proto);
	return (type == IPSEC_TYPE_PORTS && pfp & PFP_PORTS) ||
	       (has_type(type) && pfp & NF_IPSEC_PFP_TYPE);
}

/* Does the selector hold the packet's values, of those fields alone? */
static bool holds(const struct ipsec_selector *sel, u32 pfp,
		  const struct ipsec_flow *flow)
{
	struct ipsec_selector asked;

	ipsec_selector_any(&asked, sel->family);
	asked.ranges = sel->ranges;
	if (pfp & NF_IPSEC_PFP_SRC) {
		asked.saddr = sel->saddr;
		asked.saddr_max = sel->saddr_max;
		asked.src_plen = sel->src_plen;
	} else {
		asked.ranges &= ~IPSEC_SEL_SRC_RANGE;
	}
	if (pfp & NF_IPSEC_PFP_DST) {
		asked.daddr = sel->daddr;
		asked.daddr_max = sel->daddr_max;
		asked.dst_plen = sel->dst_plen;
	} else {
		asked.ranges &= ~IPSEC_SEL_DST_RANGE;
	}
	/* ports of one protocol are not those of another one */
	if (pfp & PFP_UPPER) {
		asked.proto = sel->proto;
		asked.proto_set = sel->proto_set;
		asked.opaque = sel->opaque & NF_IPSEC_OPAQUE_PROTO;
	}
	if (pfp & (NF_IPSEC_PFP_SPORT | NF_IPSEC_PFP_TYPE)) {
		asked.sport_min = sel->sport_min;
		asked.sport_max = sel->sport_max;
	}
	if (pfp & NF_IPSEC_PFP_DPORT) {
		asked.dport_min = sel->dport_min;
		asked.dport_max = sel->dport_max;
	}
	return ipsec_selector_match(&asked, flow);
}

static void narrow_addrs(struct ipsec_selector *sel, u32 pfp,
			 const struct ipsec_flow *flow)
{
	u8 plen = flow->family == AF_INET6 ? 128 : 32;

	if (pfp & NF_IPSEC_PFP_SRC) {
		sel->saddr = flow->saddr;
		memset(&sel->saddr_max, 0, sizeof(sel->saddr_max));
		sel->src_plen = plen;
		sel->ranges &= ~IPSEC_SEL_SRC_RANGE;
	}
	if (pfp & NF_IPSEC_PFP_DST) {
		sel->daddr = flow->daddr;
		memset(&sel->daddr_max, 0, sizeof(sel->daddr_max));
		sel->dst_plen = plen;
		sel->ranges &= ~IPSEC_SEL_DST_RANGE;
	}
}

static void narrow_upper(struct ipsec_selector *sel, u32 pfp,
			 const struct ipsec_flow *flow)
{
	enum ipsec_selector_type type;

	if (pfp & NF_IPSEC_PFP_PROTO) {
		sel->proto = flow->proto;
		sel->proto_set = 1;
	}
	type = sel_type(sel);
	/* type and code together; a Mobility Header has no code */
	if (has_type(type) && pfp & NF_IPSEC_PFP_TYPE) {
		sel->sport_min = flow->sport;
		sel->sport_max = flow->sport;
		if (type == IPSEC_TYPE_MH)
			sel->sport_max |= 0xff;
	}
	if (type != IPSEC_TYPE_PORTS)
		return;
	if (pfp & NF_IPSEC_PFP_SPORT) {
		sel->sport_min = flow->sport;
		sel->sport_max = flow->sport;
	}
	if (pfp & NF_IPSEC_PFP_DPORT) {
		sel->dport_min = flow->dport;
		sel->dport_max = flow->dport;
	}
}

bool ipsec_pfp_narrow(struct ipsec_selector *sel, u32 pfp,
		      const struct ipsec_flow *flow)
{
	/* what an SA has not */
	sel->mark = 0;
	sel->mark_mask = 0;
	memset(sel->dev, 0, sizeof(sel->dev));
	if (!holds(sel, pfp, flow))
		return false;
	narrow_addrs(sel, pfp, flow);
	narrow_upper(sel, pfp, flow);
	return true;
}
