/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_NAT_H
#define _IPSEC_NAT_H

#include <linux/types.h>

struct sk_buff;

/**
 * ipsec_nat_concerns() - could source NAT change this packet's source?
 * @skb: at POST_ROUTING, in front of source NAT
 *
 * True for the first packet of a connection, and for later ones of a
 * connection whose source is translated.
 *
 * Context: RCU.
 */
bool ipsec_nat_concerns(const struct sk_buff *skb);

/**
 * ipsec_nat_is_source() - is its connection's source translated already?
 */
bool ipsec_nat_is_source(const struct sk_buff *skb);

/**
 * ipsec_nat_forget() - end a connection whose source is translated
 * @skb: ipsec_nat_is_source() is true of it
 *
 * From now on the connection's packets are protected, untranslated.  The entry
 * that translates stands in the way of the replies, which come back untranslated
 * too: it times out at once, and the next packet makes a new one.
 *
 * Context: RCU.
 */
void ipsec_nat_forget(struct sk_buff *skb);

/**
 * ipsec_nat_keep() - decide that this connection's source stays as it is
 * @skb: first packet of its connection
 *
 * Gives the connection a null binding, as conntrack's own netlink interface
 * does: masquerade rules are then not asked.
 *
 * Context: BH off, RCU.
 * Return: false if that was not possible; the packet must not go on.
 */
bool ipsec_nat_keep(struct sk_buff *skb);

/**
 * ipsec_nat_confirm() - end of conntrack for a packet that leaves its path
 * @skb: the packet
 *
 * The packet will not reach conntrack's last hook: its connection is confirmed
 * here.  Connection helpers and sequence adjustment, which live in that hook,
 * do not run for protected packets.
 *
 * Context: BH off, RCU.
 * Return: false if conntrack refuses the packet.
 */
bool ipsec_nat_confirm(struct sk_buff *skb);

/**
 * ipsec_nat_translated() - has NAT changed this packet's addresses?
 */
bool ipsec_nat_translated(const struct sk_buff *skb);

#endif /* _IPSEC_NAT_H */
