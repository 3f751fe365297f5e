/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses, and which packets are meant. */
#ifndef _NFIPSEC_SEL_CONF_H
#define _NFIPSEC_SEL_CONF_H

#include <linux/types.h>

#define CONF_DEV_LEN	16

/**
 * struct addr - an address
 * @family: AF_INET, AF_INET6, or 0 if there is none
 * @octets: network byte order; what the family does not use is zero
 */
struct addr {
	u8 family;
	u8 octets[16];
};

/**
 * struct prefix - an address prefix, or a range
 * @addr: bits behind the prefix are zero; family 0 is "any" of a family that
 *	is not known yet; of a range, the first address
 * @plen: bits; of a range, those that its ends share
 * @range: it is a range, and no prefix; never in what a tunnel protects
 * @last: of a range, the last address
 */
struct prefix {
	struct addr addr;
	u8 plen;
	bool range;
	struct addr last;
};

/**
 * struct ports - a range of ports, or of types (times 256, plus the code)
 * @set: ports are asked for
 * @opaque: those that cannot be read are, and @min and @max do not count
 * @min: lowest
 * @max: highest
 */
struct ports {
	bool set;
	bool opaque;
	u16 min;
	u16 max;
};

/**
 * struct sel_conf - which packets are meant: one set of selectors or several
 * @family: AF_INET or AF_INET6; 0 if there is no selector
 * @proto: upper-layer protocol, if @proto_set
 * @proto_set: a protocol is asked for; 0 is one
 * @src: source
 * @dst: destination
 * @proto_opaque: one that cannot be read is asked for
 * @type_proto: the protocol that @type is for; 0 without one
 * @sport: source ports
 * @dport: destination ports
 * @type: ICMP type and code, or type of a Mobility Header
 * @mark: the packet's mark
 * @mark_mask: where @mark counts; 0 is any
 * @dev: the packet's device, zeros up to its end; empty is any
 * @more: the other sets, without any of their own; allocated; once all has been
 *	checked they are in the order of sel_compare(), behind this one
 * @n_more: how many
 * @group: while words are parsed: number of the first set they are for
 */
struct sel_conf {
	u8 family;
	u8 proto;
	bool proto_set;
	bool proto_opaque;
	u8 type_proto;
	struct prefix src;
	struct prefix dst;
	struct ports sport;
	struct ports dport;
	struct ports type;
	u32 mark;
	u32 mark_mask;
	char dev[CONF_DEV_LEN];
	struct sel_conf *more;
	u32 n_more;
	u32 group;
};

/**
 * sel_set() - one of the sets of selectors
 * @sel: the selector
 * @i: 0 is @sel itself; at most @sel->n_more
 */
struct sel_conf *sel_set(struct sel_conf *sel, u32 i);
const struct sel_conf *sel_set_const(const struct sel_conf *sel, u32 i);

/**
 * sel_add() - one more set
 * @sel: the selector; earlier results of sel_set() do not count any more
 *
 * Return: the set, all zeros, or NULL if there is no memory.
 */
struct sel_conf *sel_add(struct sel_conf *sel);

/**
 * sel_sort() - bring the sets into the order in which they are kept
 * @sel: the selector
 *
 * Return: 0, or -1 if two of them are the same.
 */
int sel_sort(struct sel_conf *sel);

/**
 * sel_free() - free what hangs on a selector
 */
void sel_free(struct sel_conf *sel);

/**
 * addr_equal() - is it the same address?
 */
bool addr_equal(const struct addr *a, const struct addr *b);

/**
 * prefix_equal() - is it the same prefix?
 */
bool prefix_equal(const struct prefix *a, const struct prefix *b);

/**
 * prefix_is_any() - does it hold every address of its family?
 */
bool prefix_is_any(const struct prefix *p);

/**
 * prefix_set_last() - make a range of a prefix that has its first address only
 * @p: the prefix; stays one, of another length, if that is the same
 * @last: the last address, not below the first one
 */
void prefix_set_last(struct prefix *p, const struct addr *last);

/**
 * prefix_contains() - does a prefix hold all of another?
 */
bool prefix_contains(const struct prefix *outer, const struct prefix *inner);

/**
 * prefix_overlaps() - do two prefixes have an address in common?
 */
bool prefix_overlaps(const struct prefix *a, const struct prefix *b);

/**
 * prefix_host() - make the prefix that holds one address
 */
void prefix_host(struct prefix *p, const struct addr *a);

/**
 * sel_compare() - an order of selectors, any that is one
 *
 * Return: as memcmp(); 0 if they mean the same packets.
 */
int sel_compare(const struct sel_conf *a, const struct sel_conf *b);

/**
 * sel_compare_set() - the same of one set, whatever sets hang on it
 */
int sel_compare_set(const struct sel_conf *a, const struct sel_conf *b);

/**
 * sel_contains() - does a set take every packet that another one takes?
 * @outer: one set; those that hang on it do not count
 * @inner: another one, likewise
 */
bool sel_contains(const struct sel_conf *outer, const struct sel_conf *inner);

/**
 * sel_within() - is a set of a selector within another one of it?
 * @sel: the selector, checked
 * @outer: the wider one, if there is any
 *
 * Return: the one within it, or NULL.
 */
const struct sel_conf *sel_within(const struct sel_conf *sel,
				  const struct sel_conf **outer);

/**
 * sel_equal() - do two selectors mean the same packets?
 */
bool sel_equal(const struct sel_conf *a, const struct sel_conf *b);

#endif /* _NFIPSEC_SEL_CONF_H */
