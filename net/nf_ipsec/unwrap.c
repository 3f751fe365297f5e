// SPDX-License-Identifier: GPL-2.0-only
/*
 * Layers of ESP and AH off a packet: find the SA, check the window, authenticate
 * and decrypt in place, commit the number, strip.
 */
#include "unwrap.h"

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/addrconf.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "bridge.h"
#include "compat.h"
#include "defrag.h"
#include "expire.h"
#include "flow.h"
#include "key.h"
#include "lib/natt.h"
#include "lib/replay.h"
#include "lib/wire.h"
#include "mode.h"
#include "netns.h"
#include "peer.h"
#include "resync.h"
#include "sa.h"
#include "sad.h"
#include "udp.h"
#include "xform.h"

/* ESP in AH in a tunnel, and one to spare */
#define INPUT_LAYERS_MAX	4

/*
 * Where is the ESP or AH header, or the UDP header that ESP may be behind?
 * Return: 0 if the packet has none; else the protocol, with offsets from
 * skb->data.  Of a fragment that begins with destination options nobody can say
 * what is behind them: that is returned for their own number.
 */
static noinline u8 find_v6(const struct sk_buff *skb, u32 *off, u32 *nhoff, bool *frag)
{
	u8 next = ipv6_hdr(skb)->nexthdr;

	*nhoff = offsetof(struct ipv6hdr, nexthdr);
	*off = sizeof(struct ipv6hdr);
	while (unlikely(next == NEXTHDR_HOP || next == NEXTHDR_ROUTING ||
			next == NEXTHDR_DEST || next == NEXTHDR_FRAGMENT)) {
		const struct frag_hdr *fh;
		struct frag_hdr buf;

		fh = skb_header_pointer(skb, *off, sizeof(buf), &buf);
		if (!fh)
			return 0;
		/* a fragment that is the whole packet is none (RFC 6946) */
		if (next == NEXTHDR_FRAGMENT &&
		    (fh->frag_off & htons(IP6_OFFSET | IP6_MF)))
			*frag = true;
		*nhoff = *off;
		*off += next == NEXTHDR_FRAGMENT ? sizeof(*fh) :
						   (fh->reserved + 1) * 8;
		next = fh->nexthdr;
		if (*frag)
			break;
	}
	return next == NEXTHDR_ESP || next == NEXTHDR_AUTH ||
	       next == NEXTHDR_UDP || (*frag && next == NEXTHDR_DEST) ? next : 0;
}

/* Most datagrams: there is no SA for any, and the port is not the usual one */
static bool is_plain_udp(const struct ipsec_input *i, u32 off)
{
	const struct udphdr *uh = (const void *)(i->skb->data + off);

	return likely(!ipsec_natt_any(&i->ipn->natt)) &&
	       (u8 *)(uh + 1) <= skb_tail_pointer(i->skb) &&
	       uh->dest != htons(IPSEC_PORT_NATT);
}

static __always_inline u8 find_ipsec(const struct ipsec_input *i, u32 *off, u32 *nhoff, bool *frag)
{
	const struct iphdr *iph = ip_hdr(i->skb);

	*frag = false;
	if (i->family == AF_INET6)
		return find_v6(i->skb, off, nhoff, frag);
	if (likely(iph->protocol != IPPROTO_ESP &&
		   iph->protocol != IPPROTO_AH && iph->protocol != IPPROTO_UDP))
		return 0;
	*off = iph->ihl * 4;
	*nhoff = offsetof(struct iphdr, protocol);
	*frag = ip_is_fragment(iph);
	return iph->protocol;
}

bool ipsec_input_is_local(const struct ipsec_input *i)
{
	struct net *net = i->ipn->net;

	if (i->family == AF_INET)
		return inet_addr_type_dev_table(net, i->skb->dev,
						ip_hdr(i->skb)->daddr) ==
		       RTN_LOCAL;
	/* there is nothing to ask where IPv6 is switched off (ipv6.disable=1) */
	return likely(READ_ONCE(net->ipv6.devconf_all)) &&
	       ipv6_chk_addr(net, &ipv6_hdr(i->skb)->daddr, i->skb->dev, 0);
}

/* An SA is for packets to us, not for those that pass through to an address
 * that was ours once, or that is ours in another VRF.
 */
static bool is_for(const struct ipsec_input *i, struct ipsec_sa *sa)
{
	u64 seen = (u64)atomic_read(&i->ipn->addr_gen) << 32 |
		   i->skb->dev->ifindex;

	if (likely(READ_ONCE(sa->local_seen) == seen))
		return true;
	if (!ipsec_input_is_local(i))
		return false;
	/* one that is found by the SPI alone may see another address next */
	if (likely(sa->match != NF_IPSEC_MATCH_SPI))
		WRITE_ONCE(sa->local_seen, seen);
	return true;
}

static struct ipsec_sa *find_sa(const struct ipsec_input *i, u8 proto, u32 off,
				u32 *seq)
{
	struct ipsec_sa_id id __ipsec_uninit;
	struct ipsec_ah_hdr *ah;
	const void *saddr;
	struct ipsec_sa *sa;

	id.family = i->family;
	id.proto = proto;
	id.dir = NF_IPSEC_DIR_IN;
	id.pad = 0;
	ah = (void *)(i->skb->data + off);
	if (proto == IPPROTO_ESP) {
		struct ipsec_esp_hdr *esph = (void *)ah;

		id.spi = esph->spi;
		*seq = be32_to_cpu(esph->seq);
	} else {
		id.spi = ah->spi;
		*seq = be32_to_cpu(ah->seq);
	}
	if (i->family == AF_INET) {
		id.daddr = (struct ipsec_addr) { .a4 = ip_hdr(i->skb)->daddr };
		saddr = &ip_hdr(i->skb)->saddr;
	} else {
		memcpy(&id.daddr, &ipv6_hdr(i->skb)->daddr, sizeof(id.daddr));
		saddr = &ipv6_hdr(i->skb)->saddr;
	}
	sa = ipsec_sad_lookup_in_rcu(i->ipn, &id, saddr, i->generation & 1);
	return sa && is_for(i, sa) ? sa : NULL;
}

static enum ipsec_drop replay_reason(enum ipsec_replay_verdict verdict)
{
	switch (verdict) {
	case IPSEC_REPLAY_OK:
		return IPSEC_DROP_NONE;
	case IPSEC_REPLAY_DUPLICATE:
		return IPSEC_DROP_REPLAY_DUPLICATE;
	case IPSEC_REPLAY_TOO_OLD:
		return IPSEC_DROP_REPLAY_OLD;
	default:
		return IPSEC_DROP_REPLAY_INVALID;
	}
}

/* Between the check without a lock and this one the same number may have come
 * in on another CPU.
 */
static enum ipsec_drop replay_commit(struct ipsec_key *key, u64 seq)
{
	enum ipsec_replay_verdict verdict;

	spin_lock(&key->replay_lock);
	verdict = ipsec_replay_check(key->replay, seq);
	if (likely(verdict == IPSEC_REPLAY_OK))
		ipsec_replay_commit(key->replay, seq);
	spin_unlock(&key->replay_lock);
	return replay_reason(verdict);
}

/* Nothing may follow a packet that somebody has only repeated: without a window
 * nobody knows, and behind a newer one it comes from where the peer was.
 */
static void follow(const struct ipsec_input *i, const struct ipsec_in *in)
{
	const struct ipsec_replay *replay = in->sa->key->replay;
	struct ipsec_addr from = {};
	const struct udphdr *uh;

	if (!in->sa->peer || (in->sa->flags & NF_IPSEC_SA_F_STAY) ||
	    !replay->window || READ_ONCE(replay->top) != in->seq)
		return;
	uh = (const struct udphdr *)(i->skb->data + in->off - in->udp);
	if (i->family == AF_INET)
		from.a4 = ip_hdr(i->skb)->saddr;
	else
		memcpy(&from, &ipv6_hdr(i->skb)->saddr, sizeof(from));
	ipsec_peer_follow(i->ipn, in->sa, &from, uh->source);
}

static bool is_from_peer(const struct ipsec_input *i, const struct ipsec_sa *sa)
{
	const struct ipsec_peer_at *at = ipsec_peer_at_rcu(sa->peer);
	const struct ipsec_addr *peer = at ? &at->addr : &sa->saddr;

	if (i->family == AF_INET)
		return ip_hdr(i->skb)->saddr == peer->a4;
	return !memcmp(&ipv6_hdr(i->skb)->saddr, peer, sizeof(*peer));
}

/* RFC 4555 section 3.12: what comes from elsewhere does not prove that the peer
 * is where we send to.  That is looked at once a tick.
 */
static void count(const struct ipsec_input *i, const struct ipsec_in *in, u32 len)
{
	struct ipsec_key *key = in->sa->key;
	unsigned long now = jiffies;
	bool alive = READ_ONCE(key->used) == now || is_from_peer(i, in->sa);

	if (unlikely(ipsec_key_count(key, ipsec_sa_work(in->sa, in->off, len),
				     alive)))
		ipsec_expire_look(i->ipn, in->sa);
	this_cpu_inc(i->ipn->stats->counts[IPSEC_COUNT_IN_PACKETS]);
	this_cpu_add(i->ipn->stats->counts[IPSEC_COUNT_IN_BYTES], len);
}

/* For a record, should it be dropped: its header will not be there any more. */
static void note_outer(struct ipsec_input *i, const struct ipsec_in *in)
{
	i->half = true;
	i->outer.seq = in->seq;
	if (i->family == AF_INET) {
		i->outer.saddr = (struct ipsec_addr) {
			.a4 = ip_hdr(i->skb)->saddr,
		};
		i->outer.flow = 0;
		return;
	}
	memcpy(&i->outer.saddr, &ipv6_hdr(i->skb)->saddr,
	       sizeof(i->outer.saddr));
	i->outer.flow = be32_to_cpu(ip6_flowlabel(ipv6_hdr(i->skb)));
}

/* One layer of ESP or AH. */
static enum ipsec_drop unwrap(struct ipsec_input *i, struct ipsec_in *in, u32 low)
{
	const struct ipsec_xform *xform = ipsec_xform_of(in->sa);
	enum ipsec_drop (*open)(struct sk_buff *skb, struct ipsec_in *in);
	struct ipsec_key *key = in->sa->key;
	struct sk_buff *skb = i->skb;
	enum ipsec_drop reason;
	u32 len;
	u8 watch;

	open = xform->open;
	in->seq = ipsec_replay_recover(key->replay, low);
	note_outer(i, in);
	if (unlikely(in->sa->nested) && in->sa->via != in->over)
		return IPSEC_DROP_POLICY_MISMATCH;
	watch = READ_ONCE(key->watch);
	if (unlikely(watch)) {
		if (watch & IPSEC_KEY_ENDED)
			return IPSEC_DROP_EXPIRED;
		open = ipsec_resync_open;
	}
	reason = replay_reason(ipsec_replay_check(key->replay, in->seq));
	if (unlikely(reason))
		return reason;
	if (unlikely(skb_is_gso(skb)))
		return IPSEC_DROP_MALFORMED;
	if (ipsec_skb_own(skb, 0, 0))
		return IPSEC_DROP_NOMEM;
	if (unlikely(in->udp))
		skb_trim(skb, in->end);
	in->family = i->family;
	in->ds = i->family == AF_INET ? ip_hdr(skb)->tos :
					ipv6_get_dsfield(ipv6_hdr(skb));
	len = skb->len - in->off;
	reason = open(skb, in) ?: replay_commit(key, in->seq);
	if (unlikely(reason)) {
		if (reason == IPSEC_DROP_BAD_ICV)
			ipsec_resync_bad(key);
		return reason;
	}
	if (unlikely(in->udp))
		follow(i, in);
	count(i, in, len);
	reason = xform->strip(skb, in) ?: ipsec_mode_decap(skb, in);
	i->family = in->family;
	return reason;
}

/* Nothing that was true of the outer packet may speak for the inner one. */
static void reset(struct ipsec_input *i)
{
	struct sk_buff *skb = i->skb;

	i->half = false;
	skb_dst_drop(skb);
	skb_orphan(skb);
	nf_reset_ct(skb);
	nf_reset_trace(skb);
	skb_clear_hash(skb);
	skb->encapsulation = 0;
	skb->ignore_df = 0;
	skb->ip_summed = CHECKSUM_NONE;
	skb->pkt_type = PACKET_HOST;
	secpath_reset(skb);
	ipsec_bridge_forget(skb);
	if (skb_mac_header_was_set(skb))
		skb_mac_header_rebuild(skb);
	if (i->family == AF_INET) {
		skb->protocol = htons(ETH_P_IP);
		memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
		IPCB(skb)->iif = skb->skb_iif;
		skb_set_transport_header(skb, ip_hdrlen(skb));
	} else {
		skb->protocol = htons(ETH_P_IPV6);
		memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
		IP6CB(skb)->iif = skb->dev->ifindex;
		IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);
		skb_set_transport_header(skb, sizeof(struct ipv6hdr));
	}
}

/*
 * A fragment of what may be an ESP or AH packet to us, or a datagram for an SA: of
 * most of its fragments nobody can say which port they are for.  What came over an SA has
 * a queue of its own, and there nothing is put together that need not be ESP or
 * AH: a piece that came in clear must not be taken for a protected one.
 *
 * Return: 1 if it was taken; -ENOENT if it is not for us; else 0, and @i is whole
 * or *@reason is set.
 */
static int gather(struct ipsec_input *i, u8 proto, enum ipsec_drop *reason)
{
	u32 off, nhoff;
	bool frag;

	if (proto == IPPROTO_UDP &&
	    (i->sa || likely(!ipsec_natt_any(&i->ipn->natt)) ||
	     (i->family == AF_INET6 && !ipsec_defrag_has_v6())))
		return -ENOENT;
	if (!ipsec_input_is_local(i) ||
	    (proto == NEXTHDR_DEST && (i->sa || !ipsec_defrag_has_v6())))
		return -ENOENT;
	if (ipsec_defrag(i->ipn, i->skb, i->family, i->sa))
		return 1;
	/* IPv6 hands back what can be part of no packet */
	find_ipsec(i, &off, &nhoff, &frag);
	if (frag)
		*reason = IPSEC_DROP_REASSEMBLY;
	return 0;
}

/* What was recorded as a datagram is ESP that is in one. */
static void see_udp(const struct ipsec_input *i, const struct ipsec_in *in,
		    struct ipsec_record *rec)
{
	const struct ipsec_esp_hdr *esph = (void *)(i->skb->data + in->off);
	struct ipsec_record_id *id = &rec->id;

	id->ofamily = id->family;
	id->oproto = IPPROTO_ESP;
	id->osaddr = id->saddr;
	id->odaddr = id->daddr;
	id->family = 0;
	id->proto = 0;
	memset(&id->saddr, 0, sizeof(id->saddr));
	memset(&id->daddr, 0, sizeof(id->daddr));
	id->spi = esph->spi;
	id->flags = IPSEC_RECORD_SPI;
	rec->ports = false;
	rec->seq = be32_to_cpu(esph->seq);
	rec->seq_set = true;
}

/* The head of ESP or AH has been made linear.  Return: true if the packet is
 * gone.
 */
static noinline bool unknown_spi(const struct ipsec_input *i,
				 const struct ipsec_in *in)
{
	struct ipsec_drop_at at = { .dir = NF_IPSEC_DIR_IN, .family = i->family };
	struct ipsec_record rec;

	ipsec_journal_see(i->ipn, i->skb, &at, &rec);
	/* it stays empty while records are switched off */
	if (in->udp && rec.id.family)
		see_udp(i, in, &rec);
	if (ipsec_net_settings(i->ipn, i->generation) &
	    NF_IPSEC_SETTING_UNKNOWN_SPI) {
		ipsec_drop_seen(i->ipn, i->skb, IPSEC_DROP_UNKNOWN_SPI, &at,
				&rec);
		return true;
	}
	this_cpu_inc(i->ipn->stats->counts[IPSEC_COUNT_IN_UNKNOWN_SPI]);
	ipsec_journal_add(i->ipn, IPSEC_JOURNAL_UNKNOWN_SPI, &rec);
	return false;
}

/* Find the SA of a layer.  Return: 1 if there is one; 0 if the packet is not ours
 * to open, or must be dropped; -1 if it is gone.
 */
static int layer_begin(struct ipsec_input *i, struct ipsec_in *in, u8 proto,
		       u32 *low, enum ipsec_drop *reason)
{
	u32 head = proto == IPPROTO_ESP ? sizeof(struct ipsec_esp_hdr) :
					  sizeof(struct ipsec_ah_hdr);

	if (unlikely(!pskb_may_pull(i->skb, in->off + head))) {
		if (ipsec_input_is_local(i))
			*reason = IPSEC_DROP_BAD_LENGTH;
		return 0;
	}
	in->sa = find_sa(i, proto, in->off, low);
	if (unlikely(!in->sa)) {
		if (in->ours && ipsec_input_is_local(i) && unknown_spi(i, in))
			return -1;
		return 0;
	}
	if (unlikely(i->sa))
		*reason = ipsec_judge_outer(i, in->sa);
	return !*reason;
}

int ipsec_unwrap(struct ipsec_input *i, enum ipsec_drop *reason)
{
	enum ipsec_udp_found found;
	struct ipsec_in in __ipsec_uninit;
	int layers = 0;
	bool frag;
	u32 low;
	u8 proto;
	int ret;

	for (;;) {
		proto = find_ipsec(i, &in.off, &in.nhoff, &frag);
		if (likely(!proto))
			return 0;
		if (unlikely(frag)) {
			ret = gather(i, proto, reason);
			if (ret || *reason)
				return ret > 0;
			continue;
		}
		in.udp = 0;
		in.ours = true;
		if (proto == IPPROTO_UDP) {
			if (likely(is_plain_udp(i, in.off)))
				return 0;
			found = ipsec_udp_input(i, &in);
			if (likely(found != IPSEC_UDP_HOLDS_ESP))
				return found == IPSEC_UDP_TAKEN;
			proto = IPPROTO_ESP;
		}
		if (unlikely(layers == INPUT_LAYERS_MAX)) {
			*reason = IPSEC_DROP_DEPTH;
			return 0;
		}
		ret = layer_begin(i, &in, proto, &low, reason);
		if (unlikely(ret <= 0))
			return ret < 0;
		if (unlikely(in.udp && skb_is_gso(i->skb))) {
			ipsec_udp_split(i);
			return 1;
		}
		layers++;
		in.over = i->sa ? i->sa->tunnel : NULL;
		in.outer = &i->outer;
		i->sa = in.sa;
		*reason = unwrap(i, &in, low);
		if (unlikely(*reason))
			return 0;
		reset(i);
	}
}
