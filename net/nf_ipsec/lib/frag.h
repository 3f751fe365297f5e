/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_LIB_FRAG_H
#define _IPSEC_LIB_FRAG_H

#include "addr.h"

/* The reach of a first fragment that none may follow in clear */
#define IPSEC_FRAG_VOID		0xffffffffU

/**
 * struct ipsec_frag_key - what its fragments have in common and others have not
 * @saddr: source
 * @daddr: destination
 * @id: identification, as it is in the header; of IPv4 16 bits
 * @family: AF_INET or AF_INET6
 * @proto: the protocol, IPv4 only: in IPv6 it is no part of the name
 * @pad: zero, so that keys can be compared and hashed as octets
 */
struct ipsec_frag_key {
	struct ipsec_addr saddr;
	struct ipsec_addr daddr;
	u32 id;
	u8 family;
	u8 proto;
	u16 pad;
};

/**
 * struct ipsec_frag - a first fragment that has passed in clear
 * @key: which datagram
 * @generation: what it was judged by; an entry of another one is empty
 * @until: when it is forgotten, in ns
 * @reach: octets of the datagram that it has: others begin behind, or
 *	IPSEC_FRAG_VOID
 * @priority: of the policy that let it pass, U32_MAX if none names it
 * @policy: the id of that, or U32_MAX
 * @mark: of the packet, 0 if no policy asks for one
 * @ifindex: the device it came by, 0 if no policy asks for one
 */
struct ipsec_frag {
	struct ipsec_frag_key key;
	u64 generation;
	u64 until;
	u32 reach;
	u32 priority;
	u32 policy;
	u32 mark;
	u32 ifindex;
};

/**
 * ipsec_frag_find() - the first fragment of a datagram
 * @set: where it may be
 * @n: how many
 * @key: which datagram
 * @generation: of the packet that asks
 * @now: the time in ns
 *
 * Return: the entry, or NULL if there is none that still holds.
 */
struct ipsec_frag *ipsec_frag_find(struct ipsec_frag *set, u32 n,
				   const struct ipsec_frag_key *key,
				   u64 generation, u64 now);

/**
 * ipsec_frag_enter() - remember a first fragment
 * @set: where it may be
 * @n: how many; at least 1
 * @first: the fragment
 * @now: the time in ns, before @first->until
 *
 * If there is no room, the one goes that would be forgotten first.  Of two first
 * fragments of one datagram the narrower holds: nothing may be put over
 * either; and none does if they came different ways.
 */
void ipsec_frag_enter(struct ipsec_frag *set, u32 n,
		      const struct ipsec_frag *first, u64 now);

/**
 * ipsec_frag_follows() - may another fragment come behind the first?
 * @first: from ipsec_frag_find()
 * @start: octet of the datagram at which the other begins
 * @mark: of its packet, as in struct ipsec_frag
 * @ifindex: of its packet, as in struct ipsec_frag
 *
 * RFC 1858 and RFC 3128: it must not be put over the headers that were judged.
 */
bool ipsec_frag_follows(const struct ipsec_frag *first, u32 start, u32 mark,
			u32 ifindex);

/**
 * ipsec_frag_behind() - did the first fragment pass by a worse policy?
 * @first: from ipsec_frag_find()
 * @priority: of the policy that stops the other one
 * @policy: the id of that
 *
 * Return: true if that one goes before the policy which let @first pass.
 */
bool ipsec_frag_behind(const struct ipsec_frag *first, u32 priority,
		       u32 policy);

#endif /* _IPSEC_LIB_FRAG_H */
