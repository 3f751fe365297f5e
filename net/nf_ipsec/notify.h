/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events for user space.  Any layer may call these: they are the only calls
 * that go up.
 */
#ifndef _IPSEC_NOTIFY_H
#define _IPSEC_NOTIFY_H

#include <linux/types.h>

struct ipsec_drop_at;
struct ipsec_flow;
struct ipsec_net;
struct ipsec_notice;
struct ipsec_record;
struct ipsec_sa;
struct ipsec_settings;
struct ipsec_sp;
struct sk_buff;

/**
 * ipsec_notify_init() - a netns that may raise events
 * @ipn: the netns
 */
void ipsec_notify_init(struct ipsec_net *ipn);

/**
 * ipsec_notify_sa() - an SA has come or is about to go
 * @ipn: the netns, locked
 * @sa: the SA
 * @cmd: NF_IPSEC_CMD_SA_NEW_NTF or NF_IPSEC_CMD_SA_DEL_NTF
 */
void ipsec_notify_sa(struct ipsec_net *ipn, struct ipsec_sa *sa, u8 cmd);

/**
 * ipsec_notify_move() - an SA has moved: it has another name now
 * @ipn: the netns, locked
 * @sa: the SA
 * @from: what it was
 */
void ipsec_notify_move(struct ipsec_net *ipn, struct ipsec_sa *sa,
		       const struct ipsec_sa *from);

/**
 * ipsec_notify_sp() - a policy has come or is about to go
 * @ipn: the netns, locked
 * @sp: the policy
 * @cmd: NF_IPSEC_CMD_POLICY_NEW_NTF or NF_IPSEC_CMD_POLICY_DEL_NTF
 */
void ipsec_notify_sp(struct ipsec_net *ipn, struct ipsec_sp *sp, u8 cmd);

/**
 * ipsec_notify_settings() - settings have changed
 * @ipn: the netns, locked
 * @s: all of them
 */
void ipsec_notify_settings(struct ipsec_net *ipn,
			   const struct ipsec_settings *s);

/**
 * ipsec_notify_acquire() - a policy protects, but there is no SA
 * @ipn: the netns
 * @sp: the policy
 * @flow: the packet that was waiting for one
 *
 * Rare, however many packets there are.
 *
 * Context: any, RCU.
 * Return: true if anybody listens, who may come up with an SA.
 */
bool ipsec_notify_acquire(struct ipsec_net *ipn, const struct ipsec_sp *sp,
			  const struct ipsec_flow *flow);

/**
 * ipsec_notify_expire() - an SA has reached a limit
 * @ipn: the netns
 * @sa: the SA, whose key says which limit it was, and when
 *
 * At most twice in an SA's life, at the soft limit and at the hard one; none is
 * left out.
 *
 * Context: any, RCU.
 */
void ipsec_notify_expire(struct ipsec_net *ipn, struct ipsec_sa *sa);

/**
 * ipsec_notify_drop() - packets are dropped
 * @ipn: the netns
 * @rec: what kind, and how many until now
 *
 * Rare, however many kinds there are; the caller sees to it that one kind is
 * told of now and then only.
 *
 * Context: any, RCU.
 * Return: true if it was told.
 */
bool ipsec_notify_drop(struct ipsec_net *ipn, const struct ipsec_record *rec);

/**
 * ipsec_notify_selector() - a packet came over an SA that it does not belong to
 * @ipn: the netns
 * @skb: the inner packet
 * @reason: enum ipsec_drop
 * @at: the SA, and what else is known
 *
 * For who negotiates SAs, to tell the peer (RFC 4301 section 5.2).  Rare, however
 * many packets there are.
 *
 * Context: softirq or BH off, RCU.
 */
void ipsec_notify_selector(struct ipsec_net *ipn, const struct sk_buff *skb,
			   u8 reason, const struct ipsec_drop_at *at);

/**
 * ipsec_notify_notice() - a packet has shown something
 * @ipn: the netns
 * @skb: the packet; its network header is set
 * @at: what is known of it
 * @notice: what it has shown; how many were left out is filled in
 *
 * At most 16 a second of each kind, whatever is sent; it says how many were left
 * out.  Nothing is looked at unless somebody listens.
 *
 * Context: softirq or BH off, RCU.
 */
void ipsec_notify_notice(struct ipsec_net *ipn, const struct sk_buff *skb,
			 const struct ipsec_drop_at *at,
			 struct ipsec_notice *notice);

/**
 * ipsec_notify_mapping() - a peer behind NAT has moved
 * @ipn: the netns
 * @sa: an outbound SA that sends to the new place from now on
 *
 * Rare, however many packets there are.
 *
 * Context: any, RCU.
 */
void ipsec_notify_mapping(struct ipsec_net *ipn, struct ipsec_sa *sa);

#endif /* _IPSEC_NOTIFY_H */
