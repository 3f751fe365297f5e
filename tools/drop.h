/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_DROP_H
#define _NFIPSEC_DROP_H

#include <jansson.h>
#include <stdio.h>

#include "conf.h"

/* Octets of a device's name, or of its number behind "#", with their NUL */
#define DROP_DEV_LEN	16

/**
 * struct drop - dropped packets of one kind, and the last one of them
 * @reason: why
 * @dev: device, by its name now, or "#" and its number
 * @tunnel: of the SA or the policy, or empty
 * @dir: enum nf_ipsec_dir
 * @proto: IPPROTO_ESP or IPPROTO_AH, if @outer_src.family
 * @upper: upper-layer protocol, if @src.family
 * @spi_set: @spi is known
 * @seq_set: @seq is known
 * @ports_set: @sport and @dport are known
 * @count: packets
 * @first: nanoseconds since 1970
 * @last: nanoseconds since 1970
 * @seq: sequence number
 * @spi: host byte order
 * @flow: IPv6 flow label, or 0
 * @policy: its id, or 0
 * @sport: source port
 * @dport: destination port
 * @outer_src: source of the ESP or AH packet
 * @outer_dst: its destination
 * @src: source of the packet before protection
 * @dst: its destination
 * @allowed: the SA's selector, which the packet does not fit
 */
struct drop {
	char reason[32];
	char dev[DROP_DEV_LEN];
	char tunnel[NF_IPSEC_NAME_MAX + 1];
	u8 dir;
	u8 proto;
	u8 upper;
	bool spi_set;
	bool seq_set;
	bool ports_set;
	u64 count;
	u64 first;
	u64 last;
	u64 seq;
	u32 spi;
	u32 flow;
	u32 policy;
	u16 sport;
	u16 dport;
	struct addr outer_src;
	struct addr outer_dst;
	struct addr src;
	struct addr dst;
	struct sel_conf allowed;
};

/**
 * struct drop_list - all that is recorded
 * @n: how many
 * @drop: the one with the last packet last; to be freed
 * @off: nothing is recorded now
 */
struct drop_list {
	size_t n;
	struct drop *drop;
	bool off;
};

/**
 * print_drop() - print one line
 * @to: where
 * @d: the record
 * @now: nanoseconds since 1970, to say how long ago it was; 0 says nothing
 */
void print_drop(FILE *to, const struct drop *d, u64 now);

/**
 * print_drop_packet() - print the last packet of a record, without an end of line
 * @to: where
 * @d: the record
 */
void print_drop_packet(FILE *to, const struct drop *d);

/**
 * json_drop() - a new object, described in nfipsec(8)
 */
json_t *json_drop(const struct drop *d);

#endif /* _NFIPSEC_DROP_H */
