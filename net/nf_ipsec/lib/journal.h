/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_LIB_JOURNAL_H
#define _IPSEC_LIB_JOURNAL_H

#include <uapi/linux/nf_ipsec.h>

#include "addr.h"
#include "selector.h"

/**
 * struct ipsec_record_id - what makes two dropped packets the same to whoever
 *	asks why
 * @osaddr: source of the ESP or AH packet, or of those its SA sends
 * @odaddr: destination of the same
 * @saddr: source of the packet that was to be protected, or came so, or in clear
 * @daddr: destination of the same
 * @spi: of the SA, or of the header
 * @ifindex: the device: it came in there, or was to go out there; 0: not known
 * @policy: id of the policy that judged it, or 0
 * @reason: enum ipsec_drop
 * @dir: enum nf_ipsec_dir
 * @ofamily: of @osaddr and @odaddr; 0 if there are none
 * @oproto: IPPROTO_ESP, IPPROTO_AH, or 0
 * @family: of @saddr and @daddr; 0 if there are none
 * @proto: upper-layer protocol of that packet
 * @flags: IPSEC_RECORD_SPI
 * @pad: zero, so that ids can be compared as octets
 *
 * Ports and numbers are not in it: a flood is one record.
 */
struct ipsec_record_id {
	struct ipsec_addr osaddr;
	struct ipsec_addr odaddr;
	struct ipsec_addr saddr;
	struct ipsec_addr daddr;
	__be32 spi;
	u32 ifindex;
	u32 policy;
	u8 reason;
	u8 dir;
	u8 ofamily;
	u8 oproto;
	u8 family;
	u8 proto;
	u8 flags;
	u8 pad;
};

/* The SPI is known */
#define IPSEC_RECORD_SPI	(1 << 0)

/**
 * struct ipsec_record - dropped packets of one kind, and the last one of them
 * @id: the kind
 * @flow: IPv6 flow label of the packet as it came; 0 if there is none
 * @sport: source port
 * @dport: destination port
 * @ports: there are ports
 * @seq_set: there is a number
 * @sel_set: its SA has a selector, which the packet does not fit
 * @count: packets; 0: an empty record
 * @first: time of the first, in ns
 * @last: time of the last, in ns
 * @told: time of the last event that told of it, in ns
 * @seq: sequence number; without an SA only the 32 bits of the header
 * @tunnel: name of the SA's or the policy's tunnel, or empty
 * @sel: that selector
 */
struct ipsec_record {
	struct ipsec_record_id id;
	u32 flow;
	u16 sport;
	u16 dport;
	bool ports;
	bool seq_set;
	bool sel_set;
	u64 count;
	u64 first;
	u64 last;
	u64 told;
	u64 seq;
	char tunnel[NF_IPSEC_NAME_MAX + 1];
	struct ipsec_selector sel;
};

/**
 * ipsec_journal_pick() - where a record goes
 * @set: the records of one reason
 * @n: how many; at least 1
 * @id: the kind of packet
 *
 * Return: the record of the same kind, else an empty one, else the one that
 * has not changed for longest.
 */
struct ipsec_record *ipsec_journal_pick(struct ipsec_record *set, u32 n,
					const struct ipsec_record_id *id);

/**
 * ipsec_journal_enter() - write a packet into a record
 * @slot: from ipsec_journal_pick()
 * @rec: the packet
 * @now: time in ns
 *
 * Return: true if the record is of a kind that was not there.
 */
bool ipsec_journal_enter(struct ipsec_record *slot,
			 const struct ipsec_record *rec, u64 now);

/**
 * ipsec_journal_by_id() - order of records by kind, then by time
 * @a: a struct ipsec_record
 * @b: another one
 *
 * Return: as sort() wants it.
 */
int ipsec_journal_by_id(const void *a, const void *b);

/**
 * ipsec_journal_by_time() - order of records by their last packet
 * @a: a struct ipsec_record
 * @b: another one
 *
 * Return: as sort() wants it.
 */
int ipsec_journal_by_time(const void *a, const void *b);

/**
 * ipsec_journal_merge() - make one record of those of the same kind
 * @recs: in the order of ipsec_journal_by_id()
 * @n: how many
 *
 * Return: how many are left.
 */
u32 ipsec_journal_merge(struct ipsec_record *recs, u32 n);

#endif /* _IPSEC_LIB_JOURNAL_H */
