// SPDX-License-Identifier: GPL-2.0-only
/*
 * "Too big", both ways: to senders of inner packets, from routers about ours; and
 * what senders are told of packets that are dropped.
 */
#include "path.h"

#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/ratelimit.h>
#include <linux/udp.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "compat.h"
#include "drop.h"
#include "flow.h"
#include "key.h"
#include "lib/natt.h"
#include "lib/wire.h"
#include "netns.h"
#include "notice.h"
#include "peer.h"
#include "sa.h"
#include "sad.h"

/* Both families' errors have eight octets in front of the quoted packet. */
#define ICMP_ERROR_HEAD	8

/* How far behind the last number sent a quoted packet may be */
#define QUOTE_WINDOW	65536

void ipsec_too_big(struct ipsec_net *ipn, struct sk_buff *skb, u8 family,
		   u32 mtu)
{
	struct dst_entry *dst = skb_dst(skb);

	this_cpu_inc(ipn->stats->counts[IPSEC_COUNT_TOO_BIG_SENT]);
	if (!ipsec_skb_is_forwarded(skb, family))
		dst->ops->update_pmtu(dst, NULL, skb, mtu, false);
	if (family == AF_INET)
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			      htonl(mtu));
	else
		icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
}

/* An error as the stack queues its own: a header's destination, behind it nothing */
static struct sk_buff *socket_error(const struct sk_buff *skb, u8 family,
				    u32 mtu)
{
	u32 len = family == AF_INET ? sizeof(struct iphdr) :
				      sizeof(struct ipv6hdr);
	struct sock_exterr_skb *serr;
	struct sk_buff *error;

	error = alloc_skb(len, GFP_ATOMIC);
	if (!error)
		return NULL;
	skb_reset_network_header(error);
	skb_put_data(error, skb_network_header(skb), len);
	error->protocol = htons(family == AF_INET ? ETH_P_IP : ETH_P_IPV6);
	serr = SKB_EXT_ERR(error);
	memset(serr, 0, sizeof(*serr));
	serr->ee.ee_errno = EMSGSIZE;
	serr->ee.ee_origin = SO_EE_ORIGIN_LOCAL;
	serr->ee.ee_info = mtu;
	serr->addr_offset = family == AF_INET ? offsetof(struct iphdr, daddr) :
						offsetof(struct ipv6hdr, daddr);
	__skb_pull(error, len);
	skb_reset_transport_header(error);
	return error;
}

void ipsec_too_big_socket(struct ipsec_net *ipn, struct sk_buff *skb,
			  u8 family, u32 mtu)
{
	struct sock *sk = skb_to_full_sk(skb);
	struct sk_buff *error;

	this_cpu_inc(ipn->stats->counts[IPSEC_COUNT_TOO_BIG_SENT]);
	if (!sk || !ipsec_sk_wants_errors(sk, family))
		return;
	error = socket_error(skb, family, mtu);
	if (error && sock_queue_err_skb(sk, error))
		kfree_skb(error);
}

/* RFC 4301 section 5.1.1.  Return: false if there is nothing to be told. */
static bool unreachable_code(enum ipsec_drop reason, u8 family, u8 *code)
{
	bool v4 = family == AF_INET;

	switch (reason) {
	case IPSEC_DROP_POLICY_DISCARD:
	case IPSEC_DROP_DEFAULT:
		*code = v4 ? ICMP_PKT_FILTERED : ICMPV6_ADM_PROHIBITED;
		return true;
	case IPSEC_DROP_NO_SA:
	case IPSEC_DROP_NO_ROUTE:
	case IPSEC_DROP_EXPIRED:
	case IPSEC_DROP_SEQ_EXHAUSTED:
		*code = v4 ? ICMP_HOST_UNREACH : ICMPV6_ADDR_UNREACH;
		return true;
	default:
		return false;
	}
}

/* The stack answers those of IPv6, of which nobody can tell whether they are pieces
 * of an ICMP error.
 */
static bool is_later_piece_v6(const struct sk_buff *skb)
{
	unsigned int off = 0;
	u16 frag = 0;

	return ipv6_find_hdr(skb, &off, -1, &frag, NULL) < 0 || frag;
}

void ipsec_unreachable(struct ipsec_net *ipn, struct sk_buff *skb, u8 family,
		       enum ipsec_drop reason)
{
	u8 code;

	/* who sends from here has an error code in its hands already */
	if (!ipsec_skb_is_forwarded(skb, family) ||
	    !unreachable_code(reason, family, &code) ||
	    (family == AF_INET6 && is_later_piece_v6(skb)))
		return;
	this_cpu_inc(ipn->stats->counts[IPSEC_COUNT_UNREACHABLE]);
	/* these know what must not be answered, and how often */
	if (family == AF_INET)
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, code, 0);
	else
		icmpv6_ndo_send(skb, ICMPV6_DEST_UNREACH, code, 0);
}

/* ESP that was in UDP goes by its ports, too.  Return: false if it was not. */
static bool quoted_ports(const struct ipsec_sa *sa, const struct sk_buff *skb,
			 int off)
{
	const struct ipsec_peer_at *at = ipsec_peer_at_rcu(sa->peer);
	__be16 rport = at ? at->port : sa->rport;
	const struct udphdr *uh;
	struct udphdr buf;

	uh = skb_header_pointer(skb, off, sizeof(buf), &buf);
	return uh && uh->source == sa->lport && uh->dest == rport;
}

/* An SA is found by address and port as they were given, not by those that its
 * peer has moved to.  Such reports are rare, and forged ones are to cost little.
 */
static struct ipsec_sa *moved_sa(struct ipsec_net *ipn, u64 generation,
				 const struct ipsec_sa_name *name)
{
	const struct ipsec_sa_id *id = &name->id;
	const struct ipsec_peer_at *at;
	unsigned long age = 0;
	struct ipsec_sa *sa;

	if (!__ratelimit(&ipn->quote_limit))
		return NULL;
	for (; (sa = ipsec_sad_walk(ipn, &age)); age++) {
		if (sa->id.spi != id->spi || sa->id.dir != id->dir ||
		    sa->id.family != id->family ||
		    (READ_ONCE(sa->inactive) & BIT(generation & 1)))
			continue;
		at = ipsec_peer_at_rcu(sa->peer);
		if (at && at->port == name->port &&
		    ipsec_addr_equal(&at->addr, &id->daddr))
			return sa;
	}
	return NULL;
}

/**
 * struct quoted - the packet that an ICMP error quotes
 * @name: of its SA; direction, SPI and port are filled in by quoted_sa()
 * @saddr: its source
 * @seq: its number, filled in by quoted_sa()
 */
struct quoted {
	struct ipsec_sa_name name;
	struct ipsec_addr saddr;
	u32 seq;
};

/* The SA that sends such packets as the quoted one. */
static struct ipsec_sa *quoted_sa(struct ipsec_net *ipn, u64 generation,
				  const struct sk_buff *skb, int off,
				  struct quoted *q)
{
	u32 udp = q->name.id.proto == IPPROTO_UDP ? IPSEC_UDP_LEN : 0;
	struct ipsec_ah_hdr buf;
	const __be32 *spi, *seq;
	struct udphdr uh = {};
	struct ipsec_sa *sa;

	if (udp && skb_copy_bits(skb, off, &uh, sizeof(uh)))
		return NULL;
	if (udp)
		q->name.id.proto = IPPROTO_ESP;
	if (q->name.id.proto == IPPROTO_ESP) {
		const struct ipsec_esp_hdr *esph;

		esph = skb_header_pointer(skb, off + udp, sizeof(*esph), &buf);
		if (!esph)
			return NULL;
		spi = &esph->spi;
		seq = &esph->seq;
	} else {
		const struct ipsec_ah_hdr *ah;

		ah = skb_header_pointer(skb, off, sizeof(*ah), &buf);
		if (!ah)
			return NULL;
		spi = &ah->spi;
		seq = &ah->seq;
	}
	q->name.id.spi = *spi;
	q->name.id.dir = NF_IPSEC_DIR_OUT;
	if (udp)
		q->name.port = uh.dest;
	q->seq = be32_to_cpu(*seq);
	sa = ipsec_sad_lookup_rcu(ipn, &q->name, generation & 1);
	/* that is a walk: not for each datagram that somebody quotes */
	if (!sa && udp && ipsec_natt_port(&ipn->natt, ntohs(uh.source)))
		sa = moved_sa(ipn, generation, &q->name);
	if (!sa || !ipsec_addr_equal(&sa->saddr, &q->saddr) || sa->udp != udp ||
	    (udp && !quoted_ports(sa, skb, off)))
		return NULL;
	return sa;
}

/* May the SA have sent it lately? */
static bool is_recent(const struct ipsec_sa *sa, const struct quoted *q)
{
	return (u32)ipsec_key_seq_read(sa->key) - q->seq < QUOTE_WINDOW;
}

/* Are such reports about packets of ours believed? */
static bool may_learn(const struct ipsec_net *ipn, u64 generation)
{
	return likely(!(ipsec_net_settings(ipn, generation) &
			NF_IPSEC_SETTING_NO_PMTU));
}

/* The SA that has sent what an error quotes, or NULL.  @off: of the quoted header */
static struct ipsec_sa *quoted_v4(struct ipsec_net *ipn, u64 generation,
				  const struct sk_buff *skb, u32 off,
				  struct quoted *q)
{
	const struct iphdr *iph;
	struct iphdr buf;

	iph = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!iph || (iph->protocol != IPPROTO_ESP &&
		     iph->protocol != IPPROTO_AH &&
		     iph->protocol != IPPROTO_UDP))
		return NULL;
	q->name.id.daddr.a4 = iph->daddr;
	q->name.id.proto = iph->protocol;
	q->saddr.a4 = iph->saddr;
	return quoted_sa(ipn, generation, skb, off + iph->ihl * 4, q);
}

/* Where in the quoted packet ours begins: in transport mode there may be headers
 * in front of it.  Return: negative if it is none of ours.
 */
static int skip_v6(const struct sk_buff *skb, int off, u8 *next)
{
	const struct frag_hdr *fh;
	struct frag_hdr buf;

	while (*next != IPPROTO_ESP && *next != IPPROTO_AH &&
	       *next != IPPROTO_UDP) {
		if (*next != NEXTHDR_HOP && *next != NEXTHDR_ROUTING &&
		    *next != NEXTHDR_DEST && *next != NEXTHDR_FRAGMENT)
			return -ENOENT;
		fh = skb_header_pointer(skb, off, sizeof(buf), &buf);
		if (!fh || (*next == NEXTHDR_FRAGMENT &&
			    (fh->frag_off & htons(IP6_OFFSET))))
			return -ENOENT;
		/* otherwise "reserved" is where the length stands */
		off += *next == NEXTHDR_FRAGMENT ? sizeof(*fh) :
						   (fh->reserved + 1) * 8;
		*next = fh->nexthdr;
	}
	return off;
}

static struct ipsec_sa *quoted_v6(struct ipsec_net *ipn, u64 generation,
				  const struct sk_buff *skb, u32 off,
				  struct quoted *q)
{
	const struct ipv6hdr *ip6h;
	struct ipv6hdr buf;
	int end;

	ip6h = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!ip6h)
		return NULL;
	q->name.id.proto = ip6h->nexthdr;
	end = skip_v6(skb, off + sizeof(*ip6h), &q->name.id.proto);
	if (end < 0)
		return NULL;
	memcpy(&q->name.id.daddr, &ip6h->daddr, sizeof(q->name.id.daddr));
	memcpy(&q->saddr, &ip6h->saddr, sizeof(q->saddr));
	return quoted_sa(ipn, generation, skb, end, q);
}

/* Return: false if the error says something else; @mtu is not judged. */
static bool is_too_big(const struct sk_buff *skb, u8 family, u32 off, u32 *mtu)
{
	const struct icmp6hdr *icmp6h;
	struct icmp6hdr buf;

	/* both families' errors have type, code, and the MTU at one place */
	icmp6h = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!icmp6h)
		return false;
	if (family == AF_INET6) {
		*mtu = ntohl(icmp6h->icmp6_mtu);
		return icmp6h->icmp6_type == ICMPV6_PKT_TOOBIG;
	}
	*mtu = ntohl(icmp6h->icmp6_mtu) & 0xffff;
	return icmp6h->icmp6_type == ICMP_DEST_UNREACH &&
	       icmp6h->icmp6_code == ICMP_FRAG_NEEDED;
}

/* @off: of the quoted header, which is where the stack reads it: at skb->data */
static enum ipsec_report_fate learn(struct ipsec_net *ipn, struct sk_buff *skb,
				    u8 family, u32 off, u32 mtu)
{
	int vrf = l3mdev_master_ifindex_rcu(skb->dev);

	if (!pskb_may_pull(skb, off + (family == AF_INET ?
				       sizeof(struct iphdr) :
				       sizeof(struct ipv6hdr))))
		return IPSEC_REPORT_PASSED;
	__skb_pull(skb, off);
	if (family == AF_INET)
		ipv4_update_pmtu(skb, ipn->net, mtu, vrf, 0);
	else
		ip6_update_pmtu(skb, ipn->net, htonl(mtu), vrf, skb->mark,
				INVALID_UID);
	__skb_push(skb, off);
	return IPSEC_REPORT_LEARNT;
}

bool ipsec_icmp_input(struct ipsec_net *ipn, u64 generation,
		      struct sk_buff *skb, u8 family, u32 off,
		      struct ipsec_report *report)
{
	u32 least = family == AF_INET ? IPSEC_MTU_MIN_V4 : IPSEC_MTU_MIN_V6;
	struct quoted q = { .name.id.family = family };
	struct ipsec_sa *sa;
	bool big;
	u32 mtu;

	big = is_too_big(skb, family, off, &mtu);
	if (!big && likely(!report->wanted))
		return true;
	off += ICMP_ERROR_HEAD;
	sa = family == AF_INET ? quoted_v4(ipn, generation, skb, off, &q) :
				 quoted_v6(ipn, generation, skb, off, &q);
	report->sa = sa;
	if (!sa || !big)
		return true;
	report->mtu = mtu;
	if (unlikely(!may_learn(ipn, generation)))
		return false;
	if (mtu < least)
		report->fate = IPSEC_REPORT_SMALL;
	else if (!is_recent(sa, &q))
		report->fate = IPSEC_REPORT_OLD;
	else
		report->fate = learn(ipn, skb, family, off, mtu);
	return true;
}
