/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_SA_H
#define _IPSEC_SA_H

#include <linux/hrtimer.h>
#include <linux/rhashtable-types.h>
#include <linux/in.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>
#include <uapi/linux/nf_ipsec.h>

#include "extra.h"
#include "key.h"
#include "lib/mtu.h"
#include "lib/selector.h"
#include "lib/sets.h"
#include "lib/trailer.h"

struct dst_entry;
struct ipsec_drops;
struct ipsec_peer;
struct ipsec_tunnel;
struct net;
struct netlink_ext_ack;

/*
 * Locks used to protect struct members
 *
 *	I	immutable once the object is published
 *	a	atomic
 *	c	per CPU, written with BH off
 *	r	ipsec_key.replay_lock
 *	l	ipsec_key.life_lock
 *	w	ipsec_wait.lock
 *	f	ipsec_frag_bucket.lock
 *	K	ipsec_keyreg.lock
 *	T	written under ipsec_net.lock (one transaction at a time), read by RCU
 *	R	replaced atomically, read by RCU
 *	N	RTNL
 */

/**
 * struct ipsec_sa_id - what a packet's SA is looked for by
 * @daddr: destination of its packets: this end if inbound, else the peer; zero
 *	if inbound and any address of ours will do (NF_IPSEC_MATCH_SPI)
 * @spi: security parameters index
 * @family: of @daddr
 * @proto: IPPROTO_ESP or IPPROTO_AH
 * @dir: enum nf_ipsec_dir
 * @pad: zero, so that ids can be hashed as octets
 */
struct ipsec_sa_id {
	struct ipsec_addr daddr;
	__be32 spi;
	u8 family;
	u8 proto;
	u8 dir;
	u8 pad;
};

/**
 * struct ipsec_sa_name - what tells an SA from all others of its netns
 * @id: what its packets are looked for by
 * @saddr: in: the source, if that counts (NF_IPSEC_MATCH_SRC_DST), else zero
 * @port: out, ESP in UDP: the peer's port, as there may be many peers with one
 *	SPI behind one NAT; else 0
 * @match: in: enum nf_ipsec_match
 * @pad: zero, so that names can be hashed as octets
 */
struct ipsec_sa_name {
	struct ipsec_sa_id id;
	struct ipsec_addr saddr;
	__be16 port;
	u8 match;
	u8 pad;
};

/**
 * struct ipsec_sa_params - an SA as some front end describes it
 * @id: what it is looked for by
 * @daddr: destination of its packets, also if @id has none
 * @saddr: source of its packets: the peer if inbound, else this end
 * @tunnel: name of the tunnel it belongs to
 * @enc: enum nf_ipsec_alg, NF_IPSEC_ALG_NONE for AH
 * @auth: enum nf_ipsec_alg, NF_IPSEC_ALG_NONE with an AEAD
 * @key: encryption key, salt, integrity key; NULL keeps that of the SA being
 *	replaced; borrowed, never kept
 * @key_len: octets of @key
 * @digest: keyed digest of algorithms and key, see ipsec_key_digest(); counts
 *	with @key
 * @fingerprint: what the running key's fingerprint must be, or NULL
 * @flags: enum nf_ipsec_sa_flag
 * @replay_window: packets
 * @seq: last number sent or highest seen
 * @seq_set: @seq was given
 * @mode: enum nf_ipsec_mode
 * @df: enum nf_ipsec_df
 * @dscp: 0 to 63, or -1 to copy
 * @ttl: 1 to 255, or 0 for the system's default
 * @life: what ends it, the algorithms' own limits among it
 * @lport: local port of ESP in UDP, or 0: no UDP
 * @rport: the peer's port
 * @keepalive: out, with @lport: seconds, or 0: none
 * @orig_src: in, with @lport: the source that the peer's packets have when they
 *	leave it
 * @orig_dst: in, with @lport: the destination
 * @match: in: enum nf_ipsec_match
 * @mss: the largest that a SYN may offer, U16_MAX: what fits; 0: it stays
 * @via: name of the tunnel that protects its packets once more, or empty
 * @extra: what few outbound SAs have
 * @sel_set: @sel was given
 * @sel: what the SA may carry: the first set of selectors
 * @more: the other sets, in order, or NULL; borrowed, never kept
 */
struct ipsec_sa_params {
	struct ipsec_sa_id id;
	struct ipsec_addr daddr;
	struct ipsec_addr saddr;
	char tunnel[NF_IPSEC_NAME_MAX + 1];
	u16 enc;
	u16 auth;
	const u8 *key;
	u32 key_len;
	u8 digest[IPSEC_DIGEST_LEN];
	const u8 *fingerprint;
	u32 flags;
	u32 replay_window;
	u64 seq;
	bool seq_set;
	u8 mode;
	u8 df;
	s8 dscp;
	u8 ttl;
	struct ipsec_lifetime life;
	__be16 lport;
	__be16 rport;
	u16 keepalive;
	struct ipsec_addr orig_src;
	struct ipsec_addr orig_dst;
	u8 match;
	u16 mss;
	char via[NF_IPSEC_NAME_MAX + 1];
	struct ipsec_extra_params extra;
	bool sel_set;
	struct ipsec_selector sel;
	const struct ipsec_sets *more;
};

/**
 * struct ipsec_sa - a security association (RFC 4301 section 4.4.2)
 * @id: [I] key of the SAD
 * @saddr: [I] source of its packets
 * @key: [I] the keyed part, one reference; shared with the SA that replaces
 *	this one under the same key
 * @tunnel: [I] the tunnel it belongs to, one reference
 * @layout: [I] ESP: lengths
 * @overhead: [I] what it adds to a packet
 * @flags: [I] enum nf_ipsec_sa_flag
 * @mode: [I] enum nf_ipsec_mode
 * @df: [I] enum nf_ipsec_df
 * @dscp: [I] 0 to 63, or -1
 * @ttl: [I] 1 to 255, or 0
 * @sel_set: [I] @sel counts
 * @udp: [I] octets of UDP header in front of ESP, or 0
 * @match: [I] in: enum nf_ipsec_match
 * @mss: [I] the largest that a SYN may offer, if not less fits; 0: it stays
 * @nested: [I] @via is there
 * @inactive: [T] bit 0, bit 1: not there in the generation of that parity
 * @local_seen: [a] in: ipsec_net.addr_gen, and the device, when @id.daddr was
 *	last found local; stays 0 without one
 * @dst: [R] outer route, one reference, or NULL
 * @dst_cookie: [R] IPv6 cookie of @dst
 * @lport: [I] with @udp: our port
 * @rport: [I] with @udp: the peer's port
 * @peer: [I] with @udp: who is at @rport, one of its users; NULL without
 * @extra: [I] out: what few have, or NULL
 * @keepalive: [I] out, with @udp: after so many seconds without a packet one is
 *	sent that keeps NAT from forgetting; 0: never
 * @kept: [T] when that was last done, in jiffies
 * @idle: [T] with @keepalive: list of the netns
 * @via: [I] the tunnel that protects its packets once more, one reference, or
 *	NULL
 * @daddr: [I] destination of its packets, as it was given
 * @orig_src: [I] in, with @udp: source of its packets in front of all NAT
 * @orig_dst: [I] in, with @udp: destination in front of all NAT
 * @sel: [I] what it may carry: the first set of selectors
 * @more: [I] the other sets, or NULL
 * @age: [I] order of creation; the tunnel sends on the youngest
 * @drops: [R] made on the first drop
 * @node: [T] SAD
 * @out: [T] outbound: on the tunnel's list
 * @net: [I] the netns; outlives the SA
 * @timer: [T] looks at the limits of time; runs while the SA is published
 * @rwork: [T] frees it after a grace period, in a context that may sleep
 */
struct ipsec_sa {
	struct ipsec_sa_id id;
	struct ipsec_addr saddr;
	struct ipsec_key *key;
	struct ipsec_tunnel *tunnel;
	struct ipsec_esp_layout layout;
	struct ipsec_overhead overhead;
	u8 flags;
	u8 mode;
	u8 df;
	s8 dscp;
	u8 ttl;
	bool sel_set;
	u8 udp;
	u8 match;
	u16 mss;
	bool nested;
	u8 inactive;
	u64 local_seen;
	struct dst_entry __rcu *dst;
	u32 dst_cookie;
	__be16 lport;
	__be16 rport;
	struct ipsec_peer *peer;
	struct ipsec_extra *extra;

	u16 keepalive;
	unsigned long kept;
	struct list_head idle;
	struct ipsec_tunnel *via;
	struct ipsec_addr daddr;
	struct ipsec_addr orig_src;
	struct ipsec_addr orig_dst;
	struct ipsec_selector sel;
	struct ipsec_sets *more;
	u64 age;
	struct ipsec_drops __rcu *drops;
	struct rhlist_head node;
	struct list_head out;
	struct net *net;
	struct hrtimer timer;
	struct rcu_work rwork;
};

/**
 * ipsec_sa_name() - the name of an SA
 * @sa: the SA
 * @name: filled in, all of it
 */
void ipsec_sa_name(const struct ipsec_sa *sa, struct ipsec_sa_name *name);

/**
 * ipsec_sa_params_name() - the name that an SA is going to have
 * @p: its description
 * @name: filled in, all of it
 */
void ipsec_sa_params_name(const struct ipsec_sa_params *p,
			  struct ipsec_sa_name *name);

/**
 * ipsec_sa_create() - make an SA that nobody can find yet
 * @net: its netns
 * @p: what it shall be; @p->key is read and not kept
 * @old: the SA it replaces, whose key it takes over, or NULL
 * @extack: says what is wrong
 *
 * With @old, a key in @p must be the same key, and all that belongs to the
 * keyed part must be unchanged: another key is another SA.  Its name may be
 * another one: it moves.  The caller sets @tunnel afterwards.
 *
 * Context: may sleep, for long when a crypto module is loaded; no lock held,
 * except that @old must stay.
 * Return: the SA, or ERR_PTR: -EINVAL (the driver refuses the key), -ENOENT (no
 * such crypto driver), -EEXIST (another key), -EKEYREJECTED (the number that it
 * shall start at), -ENOMEM.
 */
struct ipsec_sa *ipsec_sa_create(struct net *net,
				 const struct ipsec_sa_params *p,
				 struct ipsec_sa *old,
				 struct netlink_ext_ack *extack);

/**
 * ipsec_sa_destroy() - free an SA that nobody can find any more
 * @sa: the SA or NULL; its tunnel must have been put already
 *
 * Context: may sleep; a grace period after it was unlinked, if it was linked.
 */
void ipsec_sa_destroy(struct ipsec_sa *sa);

/**
 * ipsec_sa_carries() - may an SA carry this flow?
 * @sa: the SA
 * @flow: the packet
 */
static inline bool ipsec_sa_carries(const struct ipsec_sa *sa,
				    const struct ipsec_flow *flow)
{
	return !sa->sel_set || ipsec_selector_match(&sa->sel, flow) ||
	       (unlikely(sa->more) && ipsec_sets_match(sa->more, flow));
}

/**
 * ipsec_sa_opaque() - does an SA carry this flow as one that cannot be read?
 * @sa: the SA, which carries it
 * @flow: the packet
 *
 * Return: bits of enum nf_ipsec_opaque.
 */
static inline u8 ipsec_sa_opaque(const struct ipsec_sa *sa,
				 const struct ipsec_flow *flow)
{
	if (!sa->sel_set || likely(!sa->more))
		return sa->sel_set ? sa->sel.opaque : 0;
	return ipsec_sets_of(&sa->sel, sa->more, flow)->opaque;
}

/**
 * ipsec_sa_work() - octets of a packet that the SA's algorithm works on
 * @sa: the SA
 * @hlen: octets of IP header in front of ESP or AH
 * @len: octets from there to the end
 *
 * RFC 4301 section 4.4.2.1: ESP's payload with its padding, AH's whole packet.
 */
static inline u32 ipsec_sa_work(const struct ipsec_sa *sa, u32 hlen, u32 len)
{
	return sa->id.proto == IPPROTO_ESP ?
		len - sa->layout.head - sa->layout.icv : hlen + len;
}

/**
 * ipsec_sa_forget_route() - let go of the cached outer route
 * @sa: the SA
 *
 * Context: any.
 */
void ipsec_sa_forget_route(struct ipsec_sa *sa);

/**
 * ipsec_sa_stop_dummies() - no dummy packet is sent any more
 * @sa: the SA; not all send any
 *
 * Context: process, holds ipsec_net.lock; waits for one that is being sent.
 */
void ipsec_sa_stop_dummies(struct ipsec_sa *sa);

#endif /* _IPSEC_SA_H */
