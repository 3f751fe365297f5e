/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Contents page of the packet path.
 *
 *	in	ipsec_input()		PRE_ROUTING, in front of everything
 *		ipsec_input_late()	LOCAL_IN and FORWARD
 *	out	ipsec_output_decide()	POST_ROUTING, in front of source NAT
 *		ipsec_output()		POST_ROUTING, behind source NAT
 *
 * Each returns a netfilter verdict.  NF_STOLEN may carry an errno, which then
 * reaches the sender.
 */
#ifndef _IPSEC_PATH_H
#define _IPSEC_PATH_H

#include <linux/bits.h>
#include <linux/types.h>

struct ipsec_net;
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
 * @skb: network header at skb->data
 * @state: the hook
 * @family: AF_INET or AF_INET6
 *
 * Context: softirq or process, RCU.
 */
unsigned int ipsec_input(struct sk_buff *skb,
			 const struct nf_hook_state *state, u8 family);

/**
 * ipsec_input_late() - what ipsec_input() has not seen as it is now
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
unsigned int ipsec_input_late(struct sk_buff *skb,
			      const struct nf_hook_state *state, u8 family);

/**
 * ipsec_output_decide() - keep source NAT away from what will be protected
 * @skb: network header at skb->data
 * @state: the hook
 * @family: AF_INET or AF_INET6
 *
 * Context: softirq or process, RCU.
 */
unsigned int ipsec_output_decide(struct sk_buff *skb,
				 const struct nf_hook_state *state, u8 family);

/**
 * ipsec_output() - protect what a policy protects, and send it
 * @skb: network header at skb->data
 * @state: the hook
 * @family: AF_INET or AF_INET6
 *
 * Context: softirq or process, RCU.
 */
unsigned int ipsec_output(struct sk_buff *skb,
			  const struct nf_hook_state *state, u8 family);

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
 * ipsec_icmp_input() - learn from an ICMP error about our own packets
 * @ipn: the netns
 * @generation: of the packet
 * @skb: network header at skb->data
 * @family: AF_INET or AF_INET6
 * @off: octets from the network header to the ICMP header
 *
 * A "too big" that quotes an ESP or AH packet of an outbound SA, with a number
 * that was sent lately, moves the PMTU of the route to the peer.
 *
 * Context: softirq, RCU.
 */
void ipsec_icmp_input(struct ipsec_net *ipn, u64 generation,
		      struct sk_buff *skb, u8 family, u32 off);

#endif /* _IPSEC_PATH_H */
