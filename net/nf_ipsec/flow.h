/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_FLOW_H
#define _IPSEC_FLOW_H

#include "lib/addr.h"

struct ipsec_net;
struct sk_buff;

/**
 * ipsec_flow_parse() - what the policies may ask of a packet
 * @skb: its network header is set; nothing behind that is trusted
 * @family: AF_INET or AF_INET6
 * @settings: ipsec_net_settings(), which say what headers of IPv6 are skipped
 * @flow: filled in
 *
 * A packet whose ports cannot be read gets IPSEC_FLOW_NO_PORTS; it is not an
 * error.
 *
 * Context: any.
 * Return: octets from the network header to the upper-layer header (that of
 * the first fragment, if it is another one), or -EINVAL if the IP header or an
 * extension header is cut off.
 */
int ipsec_flow_parse(const struct sk_buff *skb, u8 family, u32 settings,
		     struct ipsec_flow *flow);

/**
 * ipsec_flow_parse_plain() - what the policies may ask of most packets
 * @skb: as for ipsec_flow_parse()
 * @family: AF_INET or AF_INET6
 * @flow: filled in, if it is such a packet
 *
 * Context: any.
 * Return: true if it is TCP or UDP right behind an IP header without options, and
 * no fragment.
 */
bool ipsec_flow_parse_plain(const struct sk_buff *skb, u8 family,
			    struct ipsec_flow *flow);

/**
 * ipsec_flow_narrow() - what few policies ask of a packet
 * @flow: its mark and its device are filled in
 * @ipn: the netns
 * @skb: the packet
 * @ifindex: the device it came in by, or goes out of
 *
 * Called only if ipsec_net_is_narrow(), and after the generation was read:
 * other namespaces do without, and their flows differ in less.
 */
void ipsec_flow_narrow(struct ipsec_flow *flow, const struct ipsec_net *ipn,
		       const struct sk_buff *skb, u32 ifindex);

/**
 * ipsec_flow_dscp() - what few SAs ask of a packet that is sent
 * @flow: its DSCP is filled in
 * @skb: the packet
 *
 * Called only if ipsec_net_has_classes(), as for ipsec_flow_narrow().
 */
void ipsec_flow_dscp(struct ipsec_flow *flow, const struct sk_buff *skb);

/**
 * ipsec_flow_is_link_control() - is it what the link itself needs?
 * @skb: its network header is set
 * @flow: the packet
 * @off: from ipsec_flow_parse()
 *
 * Neighbour discovery, and multicast listener discovery, of this very link: no
 * tunnel can stand without.
 *
 * Context: any.
 */
bool ipsec_flow_is_link_control(const struct sk_buff *skb,
				const struct ipsec_flow *flow, int off);

/**
 * ipsec_flow_is_icmp() - is it ICMP, with its header?
 * @flow: the packet
 */
bool ipsec_flow_is_icmp(const struct ipsec_flow *flow);

/**
 * ipsec_flow_is_dhcp() - is it between a DHCP client and a server?
 * @flow: the packet
 */
bool ipsec_flow_is_dhcp(const struct ipsec_flow *flow);

/**
 * ipsec_skb_is_forwarded() - on the way out: does it come from another host?
 * @skb: the packet
 * @family: AF_INET or AF_INET6
 */
bool ipsec_skb_is_forwarded(const struct sk_buff *skb, u8 family);

/**
 * ipsec_flow_is_ike() - is it a packet by which tunnels are negotiated?
 * @flow: the packet
 */
bool ipsec_flow_is_ike(const struct ipsec_flow *flow);

/**
 * ipsec_flow_may_be_exempt() - could the packet be what passes without a policy?
 * @flow: the packet
 *
 * Return: true wherever ipsec_flow_is_link_control(), ipsec_flow_is_dhcp(),
 * ipsec_flow_is_ike() or ipsec_flow_to_ike() may be.
 */
bool ipsec_flow_may_be_exempt(const struct ipsec_flow *flow);

/**
 * ipsec_flow_to_ike() - is it a packet for who negotiates tunnels here?
 * @skb: the packet, inbound; its network header is set
 * @flow: the packet; its source port proves nothing
 * @off: from ipsec_flow_parse()
 *
 * At port 4500 that is what begins with the non-ESP marker, and keepalives.
 */
bool ipsec_flow_to_ike(const struct sk_buff *skb, const struct ipsec_flow *flow,
		       int off);

#endif /* _IPSEC_FLOW_H */
