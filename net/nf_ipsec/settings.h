/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the boundary of a netns does beside its policies.  A packet sees the
 * settings of its own generation, as it sees SAs and policies.
 */
#ifndef _IPSEC_SETTINGS_H
#define _IPSEC_SETTINGS_H

#include <linux/types.h>
#include <uapi/linux/nf_ipsec.h>

struct ipsec_net;
struct netlink_ext_ack;

/* All bits of enum nf_ipsec_setting */
#define IPSEC_SETTINGS_FLAGS \
	(NF_IPSEC_SETTING_UNKNOWN_SPI | NF_IPSEC_SETTING_NO_WAIT | \
	 NF_IPSEC_SETTING_ICMP_DROPS)

/**
 * struct ipsec_settings - all settings of one generation
 * @flags: enum nf_ipsec_setting
 *
 * All zero is what holds where nothing has been set.
 */
struct ipsec_settings {
	u32 flags;
};

/**
 * struct ipsec_settings_params - a change of settings, as some front end wants it
 * @to: what is to be
 * @mask: flags of @to that count; the others stay as they are
 */
struct ipsec_settings_params {
	struct ipsec_settings to;
	u32 mask;
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
 * Return: 0, or -ENODEV if the module is being removed, which settings that stop
 * packets do not allow.
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

#endif /* _IPSEC_SETTINGS_H */
