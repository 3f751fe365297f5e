/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guarded devices: what leaves by one without having been protected, and should
 * have been, is dropped at its egress hook, whatever way it has come.
 */
#ifndef _IPSEC_GUARD_H
#define _IPSEC_GUARD_H

struct ipsec_net;
struct ipsec_settings;
struct net_device;
struct netlink_ext_ack;

/**
 * ipsec_guards_add() - guard devices that are not guarded yet
 * @ipn: the netns, locked
 * @s: the settings that name them; there need not be such devices now
 * @extack: says what is wrong
 *
 * Context: may sleep, takes RTNL.
 * Return: 0 or a negative errno; then those of the current settings are guarded.
 */
int ipsec_guards_add(struct ipsec_net *ipn, const struct ipsec_settings *s,
		     struct netlink_ext_ack *extack);

/**
 * ipsec_guards_trim() - guard no others
 * @ipn: the netns, locked, or on its way out
 * @s: the settings that name those which stay; NULL: none
 *
 * Context: may sleep, takes RTNL.
 */
void ipsec_guards_trim(struct ipsec_net *ipn, const struct ipsec_settings *s);

/**
 * ipsec_guards_device() - a device comes, goes, or gets another name
 * @dev: the device
 * @event: NETDEV_REGISTER, NETDEV_UNREGISTER or NETDEV_CHANGENAME
 *
 * Context: holds RTNL.
 * Return: 0, or a negative errno if it should be guarded and cannot: then it must
 * not come.
 */
int ipsec_guards_device(struct net_device *dev, unsigned long event);

#endif /* _IPSEC_GUARD_H */
