/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Contents page of the packet path.
 *
 *	in	ipsec_input()		PRE_ROUTING, in front of everything
 *		ipsec_input_late()	LOCAL_IN and FORWARD
 *	out	ipsec_output_decide()	POST_ROUTING, in front of source NAT
 *		ipsec_output()		POST_ROUTING, behind source NAT
 *		ipsec_output_again()	later, if it had to wait for an SA
 *		ipsec_egress()		egress of a guarded device
 *
 * Each hook returns a netfilter verdict.  NF_STOLEN may carry an errno, which then
 * reaches the sender.
 */
#ifndef _IPSEC_PATH_H
#define _IPSEC_PATH_H

#include <linux/bits.h>
#include <linux/types.h>

#include "drop.h"

struct ipsec_net;
struct ipsec_report;
struct ipsec_sa;
struct nf_hook_state;
struct sk_buff;

/*
 * Spare bits of IPCB(skb)->flags and IP6CB(skb)->flags.  The stack clears them
 * for each packet that it receives or makes.
 */
/* It came protected: the second pass of a VRF, LOCAL_IN and FORWARD know */
#define IPSEC_CB_PROVEN		BIT(15)
/* The decide hook has found that it must be protected */
#define IPSEC_CB_DECIDED	BIT(14)

/**
 * ipsec_input() - a packet comes over the boundary, or from the inside
 * @ipn: the netns
 * @skb: network header at skb->data
 * @state: the hook
 * @family: AF_INET or AF_INET6
 *
 * Context: softirq or process, RCU.
 */
unsigned int ipsec_input(struct ipsec_net *ipn, struct sk_buff *skb,
			 const struct nf_hook_state *state, u8 family);

/**
 * ipsec_input_late() - what ipsec_input() has not seen as it is now
 * @ipn: the netns
 * @skb: network header at skb->data
 * @state: the hook
 * @family: AF_INET or AF_INET6
 *
 * A port-forward must not turn cleartext into traffic that a policy protects; and
 * what comes in by a bridge has passed PRE_ROUTING before anybody knew that it
 * was for us.
 *
 * Context: softirq or process, RCU.
 */
unsigned int ipsec_input_late(struct ipsec_net *ipn, struct sk_buff *skb,
			      const struct nf_hook_state *state, u8 family);

/**
 * ipsec_output_decide() - keep source NAT away from what will be protected
 * @ipn: the netns
 * @skb: network header at skb->data
 * @state: the hook
 * @family: AF_INET or AF_INET6
 *
 * Context: softirq or process, RCU.
 */
unsigned int ipsec_output_decide(struct ipsec_net *ipn, struct sk_buff *skb,
				 const struct nf_hook_state *state, u8 family);

/**
 * ipsec_output() - protect what a policy protects, and send it
 * @ipn: the netns
 * @skb: network header at skb->data
 * @state: the hook
 * @family: AF_INET or AF_INET6
 *
 * Context: softirq or process, RCU.
 */
unsigned int ipsec_output(struct ipsec_net *ipn, struct sk_buff *skb,
			  const struct nf_hook_state *state, u8 family);

/**
 * ipsec_output_again() - a packet that has waited for an SA
 * @ipn: the netns
 * @skb: the packet, with a route of its own and no conntrack; taken, unless it
 *	has to wait on
 * @family: AF_INET or AF_INET6
 * @late: it must not wait on
 *
 * Judged by the policies of now.  What none of them protects any more is
 * dropped: it was found worth protecting.
 *
 * Context: process; takes RCU itself.
 * Return: false if there is no SA for it yet.
 */
bool ipsec_output_again(struct ipsec_net *ipn, struct sk_buff *skb, u8 family,
			bool late);

/**
 * ipsec_egress() - stop what should have been protected and was not
 * @skb: link-layer header at skb->data, if the device has one
 * @state: the hook; its device is guarded
 *
 * Context: BH off, RCU.
 */
unsigned int ipsec_egress(struct sk_buff *skb, const struct nf_hook_state *state);

/**
 * ipsec_output_mtu() - the largest packet an SA can send now
 * @sa: an outbound SA
 *
 * Context: process or softirq; takes RCU itself.
 * Return: octets of the whole packet before protection (in transport mode one
 * without options); 0 if there is no route to the peer.
 */
u32 ipsec_output_mtu(struct ipsec_sa *sa);

/**
 * ipsec_too_big() - tell the sender that its packet does not fit
 * @skb: the packet as it was sent; not freed
 * @family: AF_INET or AF_INET6
 * @mtu: octets that fit
 *
 * A forwarded packet raises ICMP; a local one also moves the PMTU of its
 * route.
 *
 * Context: BH off, RCU.  Sends: may enter the hooks again on this CPU.
 */
void ipsec_too_big(struct ipsec_net *ipn, struct sk_buff *skb, u8 family,
		   u32 mtu);

/**
 * ipsec_unreachable() - tell the sender that its packet is dropped
 * @ipn: the netns, which wants it
 * @skb: the packet as it was sent, on its way out; not freed
 * @family: AF_INET or AF_INET6
 * @reason: why it is dropped
 *
 * Only who sends through this host is told, and only of policies that do not let
 * it pass, and of a peer that cannot be reached for want of an SA or a route
 * (RFC 4301 section 5.1.1).  How often, the stack's own limits say.
 *
 * Context: BH off, RCU.  Sends: may enter the hooks again on this CPU.
 */
void ipsec_unreachable(struct ipsec_net *ipn, struct sk_buff *skb, u8 family,
		       enum ipsec_drop reason);

/**
 * ipsec_too_big_socket() - tell a socket of ours that its packet does not fit
 * @ipn: the netns
 * @skb: the packet as it was sent; not freed
 * @family: AF_INET or AF_INET6
 * @mtu: octets that fit
 *
 * Its route's PMTU stays: in transport mode, and to the peer itself, what protects
 * the packet takes the same route.  A socket that asks for errors is told the
 * size (IP_RECVERR, IPV6_RECVERR), the others by the errno alone.
 *
 * Context: BH off, RCU.
 */
void ipsec_too_big_socket(struct ipsec_net *ipn, struct sk_buff *skb,
			  u8 family, u32 mtu);

/**
 * ipsec_icmp_input() - learn from an ICMP error about our own packets
 * @ipn: the netns
 * @generation: of the packet
 * @skb: network header at skb->data
 * @family: AF_INET or AF_INET6
 * @off: octets from the network header to the ICMP header
 * @report: if it is wanted, the SA is looked for whatever the error is; filled in
 *
 * A "too big" that quotes an ESP or AH packet of an outbound SA, with a number
 * that was sent lately, moves the PMTU of the route to the peer.
 *
 * Context: softirq, RCU.
 * Return: false if it is about packets of an SA, and settings say that nobody
 * shall hear of it.
 */
bool ipsec_icmp_input(struct ipsec_net *ipn, u64 generation,
		      struct sk_buff *skb, u8 family, u32 off,
		      struct ipsec_report *report);

#endif /* _IPSEC_PATH_H */
