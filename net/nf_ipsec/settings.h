/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the boundary of a netns does beside its policies.  A packet sees the
 * settings of its own generation, as it sees SAs and policies.
 */
#ifndef _IPSEC_SETTINGS_H
#define _IPSEC_SETTINGS_H

#include <linux/if.h>
#include <linux/types.h>
#include <uapi/linux/nf_ipsec.h>

struct ipsec_net;
struct netlink_ext_ack;

/* All bits of enum nf_ipsec_setting */
#define IPSEC_SETTINGS_FLAGS \
	(NF_IPSEC_SETTING_UNKNOWN_SPI | NF_IPSEC_SETTING_DISCARD | \
	 NF_IPSEC_SETTING_NO_IKE | NF_IPSEC_SETTING_NO_DHCP | \
	 NF_IPSEC_SETTING_NO_ND | NF_IPSEC_SETTING_NO_PMTU | \
	 NF_IPSEC_SETTING_SELECTOR_EVENTS | NF_IPSEC_SETTING_NO_WAIT | \
	 NF_IPSEC_SETTING_ICMP_DROPS | NF_IPSEC_SETTING_KEEP_HOPOPTS | \
	 NF_IPSEC_SETTING_KEEP_ROUTING | NF_IPSEC_SETTING_KEEP_DSTOPTS | \
	 NF_IPSEC_SETTING_SKIP_HIP | NF_IPSEC_SETTING_SKIP_SHIM6 | \
	 IPSEC_SETTINGS_SECPATH | NF_IPSEC_SETTING_NO_ECN_NOTICES | \
	 NF_IPSEC_SETTING_NO_STATIC_COUNTER | NF_IPSEC_SETTING_NO_STATIC_KEYS)

/* One setting: to change one of them is to change both */
#define IPSEC_SETTINGS_SECPATH \
	(NF_IPSEC_SETTING_SECPATH_ALWAYS | NF_IPSEC_SETTING_SECPATH_NEVER)

/* Lists of ICMP types, in the order of their attributes: of each family, for what
 * comes in clear and over an SA
 */
#define IPSEC_ICMP_LISTS	4
/* And of what is told of, of each family */
#define IPSEC_TOLD_LISTS	2

/**
 * struct ipsec_settings - all settings of one generation
 * @flags: enum nf_ipsec_setting
 * @refused: bitmaps of ICMP types that are not let in
 * @told: bitmaps of types of ICMP errors that notices are of
 * @guard: names of guarded devices, zeros behind each and behind the last
 *
 * All zero is what holds where nothing has been set.
 */
struct ipsec_settings {
	u32 flags;
	u8 refused[IPSEC_ICMP_LISTS][NF_IPSEC_ICMP_TYPES_LEN];
	u8 told[IPSEC_TOLD_LISTS][NF_IPSEC_ICMP_TYPES_LEN];
	char guard[NF_IPSEC_GUARDS_MAX][IFNAMSIZ];
};

/**
 * struct ipsec_settings_params - a change of settings, as some front end wants it
 * @to: what is to be
 * @mask: flags of @to that count; the others stay as they are
 * @lists: bits of the bitmaps @refused of @to that count
 * @told: the same of @told
 * @guards: the guarded devices of @to count
 */
struct ipsec_settings_params {
	struct ipsec_settings to;
	u32 mask;
	u8 lists;
	u8 told;
	bool guards;
};

/**
 * ipsec_settings_begin() - settings of the next generation, not changed yet
 * @ipn: the netns, locked
 * @reset: those where nothing has been set; else those of now
 *
 * No packet of the generation that had the same parity may be left, if
 * ipsec_settings_stale().
 */
void ipsec_settings_begin(struct ipsec_net *ipn, bool reset);

/**
 * ipsec_settings_change() - change those of the next generation
 * @ipn: the netns, locked
 * @p: how
 */
void ipsec_settings_change(struct ipsec_net *ipn,
			   const struct ipsec_settings_params *p);

/**
 * ipsec_settings_end() - the last step of a commit that may fail
 * @ipn: the netns, locked
 * @changes: does the next generation differ?
 * @extack: says what is wrong
 *
 * Return: 0; -ENODEV if the module is being removed, which settings that stop
 * packets do not allow; or another negative errno if a device cannot be guarded.
 */
int ipsec_settings_end(struct ipsec_net *ipn, bool *changes,
		       struct netlink_ext_ack *extack);

/**
 * ipsec_settings_settle() - other settings have become the current ones
 * @ipn: the netns, locked
 */
void ipsec_settings_settle(struct ipsec_net *ipn);

/**
 * ipsec_settings_exit() - the end of a netns
 * @ipn: the netns
 */
void ipsec_settings_exit(struct ipsec_net *ipn);

/**
 * ipsec_settings_current() - what packets see
 * @ipn: the netns, locked
 */
const struct ipsec_settings *ipsec_settings_current(const struct ipsec_net *ipn);

/**
 * ipsec_settings_next() - what packets of the next generation will see
 * @ipn: the netns, locked; ipsec_settings_begin() was called
 *
 * As the operations that a commit has applied so far have left them.
 */
const struct ipsec_settings *ipsec_settings_next(const struct ipsec_net *ipn);

/**
 * ipsec_settings_any() - is anything other than where nothing has been set?
 * @ipn: the netns, locked
 *
 * Then there is work for the hooks without any SA or policy.
 */
bool ipsec_settings_any(const struct ipsec_net *ipn);

/**
 * ipsec_settings_stale() - do the parities differ?
 * @ipn: the netns, locked
 *
 * Then a commit writes to what packets of the generation before the current one
 * may still read.
 */
bool ipsec_settings_stale(const struct ipsec_net *ipn);

/**
 * ipsec_settings_refuse() - is an ICMP type not let in?
 * @ipn: the netns
 * @generation: of the packet
 * @family: AF_INET or AF_INET6
 * @protected: it came over an SA
 * @type: the type
 *
 * Context: RCU.
 */
bool ipsec_settings_refuse(const struct ipsec_net *ipn, u64 generation,
			   u8 family, bool protected, u8 type);

/**
 * ipsec_settings_tells() - are there notices of ICMP errors of a type?
 * @ipn: the netns
 * @generation: of the packet
 * @family: AF_INET or AF_INET6
 * @type: the type
 *
 * Context: RCU.
 */
bool ipsec_settings_tells(const struct ipsec_net *ipn, u64 generation,
			  u8 family, u8 type);

/**
 * ipsec_settings_guard() - is a device to be guarded?
 * @s: the settings
 * @name: its name
 */
bool ipsec_settings_guard(const struct ipsec_settings *s, const char *name);

#endif /* _IPSEC_SETTINGS_H */
