// SPDX-License-Identifier: GPL-2.0-only
/*
 * The last look at what leaves by a guarded device.  Nobody knows how a frame has
 * come here, and what it says of itself beside its octets counts for nothing.
 */
#include "path.h"

#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/in.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <net/addrconf.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "cache.h"
#include "drop.h"
#include "flow.h"
#include "journal.h"
#include "lib/wire.h"
#include "natt.h"
#include "netns.h"
#include "peer.h"
#include "quote.h"
#include "sa.h"
#include "sad.h"
#include "spd.h"

/**
 * struct egress - one frame on its way out
 * @ipn: the netns
 * @skb: the frame; its network header is that of @family as long as it is judged
 * @dev: the device, or that of the frame's VLAN
 * @generation: which set of objects judges it
 * @settings: enum nf_ipsec_setting
 * @family: AF_INET or AF_INET6
 * @sp: the policy that stops it
 */
struct egress {
	struct ipsec_net *ipn;
	struct sk_buff *skb;
	const struct net_device *dev;
	u64 generation;
	u32 settings;
	u8 family;
	struct ipsec_sp *sp;
};

/* Behind an Ethernet header and VLAN tags; octets to the IP header, or negative */
static int find_ethernet(struct egress *e)
{
	int off = 2 * ETH_ALEN, depth = 0;
	struct net_device *vlan;
	const __be16 *type;
	__be16 buf[2];

	if (skb_vlan_tag_present(e->skb)) {
		vlan = __vlan_find_dev_deep_rcu((struct net_device *)e->dev,
						e->skb->vlan_proto,
						skb_vlan_tag_get_id(e->skb));
		e->dev = vlan ?: e->dev;
	}
	for (; depth <= VLAN_MAX_DEPTH; depth++) {
		type = skb_header_pointer(e->skb, off, sizeof(buf), buf);
		if (!type)
			return -ENOENT;
		off += 2;
		if (!eth_type_vlan(type[0]))
			break;
		vlan = __vlan_find_dev_deep_rcu((struct net_device *)e->dev,
						type[0],
						ntohs(type[1]) & VLAN_VID_MASK);
		e->dev = vlan ?: e->dev;
		off += 2;
	}
	if (type[0] == htons(ETH_P_IP))
		e->family = AF_INET;
	else if (type[0] == htons(ETH_P_IPV6))
		e->family = AF_INET6;
	else
		return -ENOENT;
	return off;
}

/* Return: octets to the IP header, or negative if there is none. */
static int find_ip(struct egress *e)
{
	const u8 *version;
	int off = 0;
	u8 buf;

	if (e->dev->type == ARPHRD_ETHER)
		return find_ethernet(e);
	/* a device without a header of its own sends what is there as it is */
	if (e->dev->header_ops)
		off = skb_network_offset(e->skb);
	version = off < 0 ? NULL : skb_header_pointer(e->skb, off, 1, &buf);
	if (!version || (*version >> 4 != 4 && *version >> 4 != 6))
		return -ENOENT;
	e->family = *version >> 4 == 4 ? AF_INET : AF_INET6;
	return off;
}

/* Does it come from this host, as far as it says? */
static bool is_own(const struct egress *e, const struct ipsec_flow *flow)
{
	const struct in6_addr *addr = (const struct in6_addr *)&flow->saddr;

	if (flow->family == AF_INET6)
		return ipv6_chk_addr(e->ipn->net, addr, e->dev, 0);
	return !flow->saddr.a4 ||
	       inet_addr_type_dev_table(e->ipn->net, e->dev, flow->saddr.a4) ==
	       RTN_LOCAL;
}

/* As for what passes the other hooks, see there */
static bool is_ike(const struct egress *e, const struct ipsec_flow *flow,
		   const struct ipsec_sa *sa)
{
	const struct ipsec_peer_at *at;

	if ((e->settings & NF_IPSEC_SETTING_NO_IKE) ||
	    !ipsec_flow_is_ike(flow) || !is_own(e, flow))
		return false;
	at = sa ? ipsec_peer_at_rcu(sa->peer) : NULL;
	return !sa || ipsec_addr_equal(&flow->daddr, &sa->id.daddr) ||
	       (at && ipsec_addr_equal(&flow->daddr, &at->addr));
}

static bool is_exempt(const struct egress *e, const struct ipsec_flow *flow,
		      int off, const struct ipsec_verdict *v)
{
	if (v->sp && v->sp->action == NF_IPSEC_ACTION_DISCARD &&
	    ipsec_sp_set(v->sp, flow)->proto_set)
		return false;
	return (!(e->settings & NF_IPSEC_SETTING_NO_ND) &&
		ipsec_flow_is_link_control(e->skb, flow, off)) ||
	       is_ike(e, flow, v->sa) ||
	       (!(e->settings & NF_IPSEC_SETTING_NO_DHCP) &&
		ipsec_flow_is_dhcp(flow) && is_own(e, flow));
}

/* Where the SPI is, behind the IP header */
static int spi_of(const struct egress *e, const struct ipsec_flow *flow, int off,
		  __be32 *spi)
{
	off += skb_network_offset(e->skb);
	if (flow->proto == IPPROTO_ESP)
		off += offsetof(struct ipsec_esp_hdr, spi);
	else
		off += offsetof(struct ipsec_ah_hdr, spi);
	return skb_copy_bits(e->skb, off, spi, sizeof(*spi));
}

/*
 * Is it what the boundary has made?  A policy may name its outer header as well as
 * any other.  ESP and AH need an SA; of what is in UDP, and of fragments, the most
 * that can be said is that it comes from here.
 */
static bool is_ours(const struct egress *e, const struct ipsec_flow *flow,
		    int off)
{
	struct ipsec_sa_name name = {
		.id = {
			.daddr = flow->daddr,
			.family = flow->family,
			.proto = flow->proto,
			.dir = NF_IPSEC_DIR_OUT,
		},
	};
	bool ipsec = flow->proto == IPPROTO_ESP || flow->proto == IPPROTO_AH;
	struct ipsec_natt *natt = &e->ipn->natt;

	if (flow->flags & IPSEC_FLOW_FRAGMENT)
		return (ipsec || (flow->flags & IPSEC_FLOW_NO_PROTO) ||
			(flow->proto == IPPROTO_UDP && ipsec_natt_any(natt))) &&
		       is_own(e, flow);
	if (flow->proto == IPPROTO_UDP)
		return ipsec_natt_any(natt) && !(flow->flags & IPSEC_FLOW_NO_PORTS) &&
		       ipsec_natt_port(natt, flow->sport) && is_own(e, flow);
	return ipsec && !spi_of(e, flow, off, &name.id.spi) &&
	       ipsec_sad_lookup_rcu(e->ipn, &name, e->generation & 1);
}

/* An ICMP error goes the way of what it quotes, as at the other hooks. */
static void ask_quote(const struct egress *e, const struct ipsec_flow *flow,
		      int off, struct ipsec_verdict *v)
{
	struct ipsec_verdict quoted;
	struct ipsec_flow reply;

	/* what others hold, too, cannot be made linear */
	if (!ipsec_verdict_is_silent(v, flow) || skb_shared(e->skb) ||
	    ipsec_quote_parse(e->skb, flow, off, e->settings, &reply))
		return;
	reply.dscp = flow->dscp;
	ipsec_verdict_lookup(e->ipn, e->generation, NF_IPSEC_DIR_OUT, &reply,
			     &quoted);
	if (!quoted.sp || is_ike(e, &reply, quoted.sa))
		return;
	if (quoted.sp->action == NF_IPSEC_ACTION_PROTECT ||
	    (!v->sp && (e->settings & NF_IPSEC_SETTING_DISCARD)))
		*v = quoted;
}

static bool passes(const struct egress *e, const struct ipsec_verdict *v)
{
	if (!v->sp)
		return !(e->settings & NF_IPSEC_SETTING_DISCARD);
	return v->sp->action == NF_IPSEC_ACTION_BYPASS;
}

static enum ipsec_drop judge(struct egress *e)
{
	struct ipsec_verdict v;
	struct ipsec_flow flow;
	int off;

	off = ipsec_flow_parse(e->skb, e->family, e->settings, &flow);
	if (unlikely(off < 0))
		return IPSEC_DROP_MALFORMED;
	if (unlikely(ipsec_net_is_narrow(e->ipn)))
		ipsec_flow_narrow(&flow, e->ipn, e->skb, e->dev->ifindex);
	if (unlikely(ipsec_net_has_classes(e->ipn)))
		ipsec_flow_dscp(&flow, e->skb);
	ipsec_verdict_lookup(e->ipn, e->generation, NF_IPSEC_DIR_OUT, &flow, &v);
	if (unlikely(ipsec_flow_is_icmp(&flow)))
		ask_quote(e, &flow, off, &v);
	if (likely(passes(e, &v)) || is_exempt(e, &flow, off, &v) ||
	    is_ours(e, &flow, off))
		return IPSEC_DROP_NONE;
	e->sp = v.sp;
	return IPSEC_DROP_GUARD;
}

/* The headers that are asked are read where they are: in the packet's head */
static bool pull(struct egress *e, int off)
{
	off += e->family == AF_INET ? sizeof(struct iphdr) :
				      sizeof(struct ipv6hdr);
	if (skb_headlen(e->skb) >= off)
		return true;
	return !skb_shared(e->skb) && pskb_may_pull(e->skb, off);
}

static unsigned int egress_run(struct egress *e)
{
	struct ipsec_drop_at at = { .dir = NF_IPSEC_DIR_OUT };
	int before, off = find_ip(e);
	enum ipsec_drop reason;

	if (off < 0)
		return NF_ACCEPT;
	before = skb_network_offset(e->skb);
	skb_set_network_header(e->skb, off);
	reason = pull(e, off) ? judge(e) : IPSEC_DROP_MALFORMED;
	if (likely(!reason)) {
		skb_set_network_header(e->skb, before);
		return NF_ACCEPT;
	}
	at.sp = e->sp;
	at.family = e->family;
	ipsec_drop_skb(e->ipn, e->skb, reason, &at);
	return NF_STOLEN | ((unsigned int)EPERM << NF_VERDICT_QBITS);
}

unsigned int ipsec_egress(struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct egress e = {
		.ipn = ipsec_net(state->net),
		.skb = skb,
		.dev = state->out,
	};

	if ((state->out->flags & IFF_LOOPBACK) || netif_is_l3_master(state->out))
		return NF_ACCEPT;
	e.generation = ipsec_net_generation(e.ipn);
	e.settings = ipsec_net_settings(e.ipn, e.generation);
	return egress_run(&e);
}
