/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_NETNS_H
#define _IPSEC_NETNS_H

#include <linux/delay.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/ratelimit_types.h>
#include <linux/rhashtable-types.h>
#include <linux/xarray.h>
#include <net/netns/generic.h>

#include "keyreg.h"
#include "natt.h"
#include "settings.h"
#include "wait.h"

struct ipsec_frags;
struct ipsec_journal;
struct ipsec_spd;
struct ipsec_stats;
struct net;
struct nf_hook_ops;
struct netlink_ext_ack;
struct workqueue_struct;

/**
 * struct ipsec_peers - do all outbound SAs go to one peer?
 * @n: [T] how many SAs
 * @sum: [T] of a hash of each one's peer
 * @squares: [T] of those hashes, squared
 *
 * They do if and only if @n times @squares is @sum squared.
 */
struct ipsec_peers {
	u64 n;
	u64 sum;
	u64 squares;
};

/**
 * struct ipsec_net - all of nf_ipsec in one netns
 * @net: [I] the netns
 * @stats: [c] counters
 * @journal: [T] the last drops; there from the first commit to the end
 * @journal_off: [T] drops are counted only
 * @hub: [T] outbound SAs go to more than one peer; known before packets see them
 * @generation: [T] bit 0 is the parity that packets see; the rest changes with
 *	each commit and repeats in no netns, so that it also names the contents
 *	of a flow cache
 * @addr_gen: [a] changes when a local address comes or goes
 * @n_narrow: [T] policies that ask for a mark or a device
 * @n_waiting: [w] packets that wait for an SA, beside what each packet reads anyway
 * @n_classes: [T] outbound SAs that carry certain DSCP values only
 * @devices_gen: [a] changes when a device comes, goes, or gets another name or
 *	VRF
 * @setting_flags: [T] flags of @settings, where packets look
 * @n_match_spi: [T] SAs that are found by the SPI alone
 * @sad: [T] SAs by struct ipsec_sa_id; may hold two of one name while one
 *	replaces the other
 * @sas: [T] the same SAs by age, for walks
 * @peers: [T] what @hub follows from
 * @natt: [T] ESP in UDP
 * @spd: [T] policies
 * @wait: [w] packets that wait for an SA
 * @frags: [T] first fragments that came in clear; there from the first commit to
 *	the end
 * @keyreg: [K] keys that have sent, under a lock of its own
 * @lock: held by whoever changes anything; nothing that waits for a crypto
 *	module is done under it
 * @tunnels: [T] tunnels by name
 * @txns: [T] open transactions, one a socket
 * @n_staged: [T] operations held back in open transactions
 * @n_staged_keys: [T] SAs among them that bring a key
 * @flip_gp: [T] RCU's state when @generation changed last
 * @n_sas: [T] SAs
 * @n_policies: [T] policies
 * @n_protect: [T] policies that protect; the module stays while there are any
 * @next_policy_id: [T] the id the next policy gets
 * @next_age: [T] the age the next SA gets
 * @settings: [T] by the parity of the generation that they are of
 * @settings_hold: [T] the module stays for their sake
 * @guards: [N] guarded devices
 * @hooked: [T] the netfilter hooks are registered
 * @hooks: [T] them, made when they are needed first
 * @acquire_limit: [a] keeps acquire events rare
 * @drop_limit: [a] keeps events of drops rare
 * @mapping_limit: [a] keeps mapping events rare
 * @selector_limit: [a] keeps events of packets on a wrong SA rare
 * @notice_limit: [a] keeps notices rare, by kind
 * @notices_left_out: [a] by kind: since the last that was told, while anybody listened
 * @quote_limit: [a] keeps it rare that all SAs are looked through for a quoted one
 */
struct ipsec_net {
	struct net *net;
	struct ipsec_stats __percpu *stats;
	struct ipsec_journal *journal;
	bool journal_off;
	bool hub;
	u64 generation;
	atomic_t addr_gen;
	u32 n_narrow;
	u32 n_waiting;
	u32 n_classes;
	atomic_t devices_gen;
	u32 setting_flags[2];
	u32 n_match_spi;
	struct rhltable sad;
	struct xarray sas;
	struct ipsec_peers peers;
	struct ipsec_natt natt;
	struct ipsec_spd *spd;
	struct ipsec_wait wait;
	struct ipsec_frags *frags;
	struct ipsec_keyreg keyreg;

	struct mutex lock;	/* see @lock */
	struct rhashtable tunnels;
	struct list_head txns;
	u32 n_staged;
	u32 n_staged_keys;
	unsigned long flip_gp;
	u32 n_sas;
	u32 n_policies;
	u32 n_protect;
	u32 next_policy_id;
	u64 next_age;
	struct ipsec_settings settings[2];
	bool settings_hold;
	struct list_head guards;
	bool hooked;
	struct nf_hook_ops *hooks;

	struct ratelimit_state acquire_limit;
	struct ratelimit_state drop_limit;
	struct ratelimit_state mapping_limit;
	struct ratelimit_state selector_limit;
	struct ratelimit_state quote_limit;
	struct ratelimit_state notice_limit[NF_IPSEC_NOTICE_ICMP + 1];
	atomic64_t notices_left_out[NF_IPSEC_NOTICE_ICMP + 1];
};

extern unsigned int ipsec_net_id;

/* Frees what was unlinked, a grace period later, where sleeping is allowed */
extern struct workqueue_struct *ipsec_wq;

/**
 * ipsec_net() - nf_ipsec's part of a netns
 */
static inline struct ipsec_net *ipsec_net(const struct net *net)
{
	return net_generic(net, ipsec_net_id);
}

/**
 * ipsec_net_generation() - which set of objects a packet sees
 * @ipn: the netns
 *
 * Read once a packet: all that judges it is then of one set.  Bit 0 is the
 * cursor of the lookups.
 *
 * Context: RCU, held for as long as the packet is judged: a commit waits for it
 * before it uses the same parity again.
 */
static inline u64 ipsec_net_generation(const struct ipsec_net *ipn)
{
	/* pairs with the release in ipsec_net_flip() */
	return smp_load_acquire(&ipn->generation);
}

/**
 * ipsec_net_is_narrow() - must a packet's mark and device be known?
 * @ipn: the netns
 *
 * Context: RCU, after ipsec_net_generation(): what that shows is counted.
 */
static inline bool ipsec_net_is_narrow(const struct ipsec_net *ipn)
{
	return READ_ONCE(ipn->n_narrow);
}

/**
 * ipsec_net_settings() - flags of the settings that a packet sees
 * @ipn: the netns
 * @generation: of the packet
 *
 * Context: RCU.
 * Return: enum nf_ipsec_setting.
 */
static inline u32 ipsec_net_settings(const struct ipsec_net *ipn,
				     u64 generation)
{
	return READ_ONCE(ipn->setting_flags[generation & 1]);
}

/**
 * ipsec_net_is_waiting() - does any packet wait for an SA?
 * @ipn: the netns
 *
 * Context: any; what it says may be over.
 */
static inline bool ipsec_net_is_waiting(const struct ipsec_net *ipn)
{
	return READ_ONCE(ipn->n_waiting);
}

/**
 * ipsec_net_has_classes() - must a packet's DSCP be known to find its SA?
 * @ipn: the netns
 *
 * Context: RCU, after ipsec_net_generation(): what that shows is counted.
 */
static inline bool ipsec_net_has_classes(const struct ipsec_net *ipn)
{
	return READ_ONCE(ipn->n_classes);
}

/**
 * ipsec_net_current() - the bit of what packets see now
 * @ipn: the netns, locked
 *
 * Return: the bit of an object's "inactive" that hides it from packets.
 */
static inline u8 ipsec_net_current(const struct ipsec_net *ipn)
{
	return BIT(ipn->generation & 1);
}

/**
 * ipsec_net_next() - the bit of what packets will see after the next commit
 * @ipn: the netns, locked
 */
static inline u8 ipsec_net_next(const struct ipsec_net *ipn)
{
	return BIT(~ipn->generation & 1);
}

/**
 * ipsec_net_flip() - let packets see the next generation
 * @ipn: the netns, locked
 */
void ipsec_net_flip(struct ipsec_net *ipn);

/**
 * ipsec_net_hook() - see packets from now on
 * @ipn: the netns, locked; its hooks may be there already
 * @extack: says what is wrong
 *
 * Return: 0 or a negative errno.
 */
int ipsec_net_hook(struct ipsec_net *ipn, struct netlink_ext_ack *extack);

/**
 * ipsec_net_unhook() - see no packets any more, if there is nothing to do
 * @ipn: the netns, locked
 */
void ipsec_net_unhook(struct ipsec_net *ipn);

/**
 * ipsec_insert_retry() - put something into a hash table
 * @insert: the call that does it
 *
 * A table that is just growing may refuse: it has to be asked again.
 *
 * Context: may sleep.
 * Return: what @insert returned last.
 */
#define ipsec_insert_retry(insert) ({					\
	int __tries = 100;						\
	int __err;							\
									\
	do {								\
		__err = (insert);					\
	} while (__err == -EBUSY && __tries-- && !msleep_interruptible(1)); \
	__err;								\
})

/**
 * ipsec_netns_init() - register for all netns, present and future
 *
 * Return: 0 or a negative errno.
 */
int ipsec_netns_init(void);

/**
 * ipsec_netns_exit() - unregister; frees what each netns holds
 */
void ipsec_netns_exit(void);

#endif /* _IPSEC_NETNS_H */
