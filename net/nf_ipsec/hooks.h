/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_HOOKS_H
#define _IPSEC_HOOKS_H

struct ipsec_net;

/**
 * ipsec_hooks_register() - put the boundary into a netns
 * @ipn: the netns
 *
 * Context: process, holds ipsec_net.lock.
 * Return: 0 or a negative errno; then nothing is registered.
 */
int ipsec_hooks_register(struct ipsec_net *ipn);

/**
 * ipsec_hooks_unregister() - take the boundary away
 * @ipn: the netns; ipn->hooks stays until no packet is in them
 *
 * Packets may still be inside the hooks until a grace period has passed.
 *
 * Context: process, holds ipsec_net.lock, or the netns is on its way out.
 */
void ipsec_hooks_unregister(struct ipsec_net *ipn);

#endif /* _IPSEC_HOOKS_H */
