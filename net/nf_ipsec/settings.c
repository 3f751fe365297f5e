// SPDX-License-Identifier: GPL-2.0-only
#include "settings.h"

#include <linux/bits.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/socket.h>
#include <linux/string.h>

#include "guard.h"
#include "netns.h"
#include "notify.h"

/* What lets packets pass if the module goes: it stays. */
#define HOLDING		NF_IPSEC_SETTING_DISCARD

static const struct ipsec_settings none;

static bool equal(const struct ipsec_settings *a, const struct ipsec_settings *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static struct ipsec_settings *next_of(struct ipsec_net *ipn)
{
	return &ipn->settings[~ipn->generation & 1];
}

const struct ipsec_settings *ipsec_settings_current(const struct ipsec_net *ipn)
{
	return &ipn->settings[ipn->generation & 1];
}

const struct ipsec_settings *ipsec_settings_next(const struct ipsec_net *ipn)
{
	return &ipn->settings[~ipn->generation & 1];
}

bool ipsec_settings_any(const struct ipsec_net *ipn)
{
	return !equal(ipsec_settings_current(ipn), &none);
}

bool ipsec_settings_stale(const struct ipsec_net *ipn)
{
	return !equal(&ipn->settings[0], &ipn->settings[1]);
}

static void write_next(struct ipsec_net *ipn, const struct ipsec_settings *s)
{
	*next_of(ipn) = *s;
	WRITE_ONCE(ipn->setting_flags[~ipn->generation & 1], s->flags);
}

void ipsec_settings_begin(struct ipsec_net *ipn, bool reset)
{
	const struct ipsec_settings *s;

	lockdep_assert_held(&ipn->lock);
	s = reset ? &none : ipsec_settings_current(ipn);
	if (!equal(next_of(ipn), s))
		write_next(ipn, s);
}

void ipsec_settings_change(struct ipsec_net *ipn,
			   const struct ipsec_settings_params *p)
{
	struct ipsec_settings s = *next_of(ipn);
	int i;

	lockdep_assert_held(&ipn->lock);
	if (p->mask & IPSEC_SETTINGS_SECPATH)
		s.flags &= ~IPSEC_SETTINGS_SECPATH;
	s.flags = (s.flags & ~p->mask) | (p->to.flags & p->mask);
	for (i = 0; i < IPSEC_ICMP_LISTS; i++)
		if (p->lists & BIT(i))
			memcpy(s.refused[i], p->to.refused[i],
			       sizeof(s.refused[i]));
	for (i = 0; i < IPSEC_TOLD_LISTS; i++)
		if (p->told & BIT(i))
			memcpy(s.told[i], p->to.told[i], sizeof(s.told[i]));
	if (p->guards)
		memcpy(s.guard, p->to.guard, sizeof(s.guard));
	write_next(ipn, &s);
}

int ipsec_settings_end(struct ipsec_net *ipn, bool *changes,
		       struct netlink_ext_ack *extack)
{
	const struct ipsec_settings *next = next_of(ipn);
	const struct ipsec_settings *now = ipsec_settings_current(ipn);
	bool guards = memcmp(next->guard, now->guard, sizeof(now->guard));
	int err;

	lockdep_assert_held(&ipn->lock);
	/* both old and new ones are guarded until the generation has changed */
	err = guards ? ipsec_guards_add(ipn, next, extack) : 0;
	if (err)
		return err;
	if (!ipn->settings_hold && (next->flags & HOLDING)) {
		if (!try_module_get(THIS_MODULE)) {
			NL_SET_ERR_MSG(extack, "the module is being removed");
			ipsec_guards_trim(ipn, now);
			return -ENODEV;
		}
		ipn->settings_hold = true;
	}
	*changes = !equal(next, now);
	return 0;
}

static void release(struct ipsec_net *ipn)
{
	if (ipn->settings_hold)
		module_put(THIS_MODULE);
	ipn->settings_hold = false;
}

void ipsec_settings_settle(struct ipsec_net *ipn)
{
	const struct ipsec_settings *s = ipsec_settings_current(ipn);

	lockdep_assert_held(&ipn->lock);
	if (!(s->flags & HOLDING))
		release(ipn);
	if (memcmp(s->guard, next_of(ipn)->guard, sizeof(s->guard)))
		ipsec_guards_trim(ipn, s);
	ipsec_notify_settings(ipn, s);
}

void ipsec_settings_exit(struct ipsec_net *ipn)
{
	release(ipn);
}

bool ipsec_settings_refuse(const struct ipsec_net *ipn, u64 generation,
			   u8 family, bool protected, u8 type)
{
	const struct ipsec_settings *s = &ipn->settings[generation & 1];
	int list = (protected ? 2 : 0) + (family == AF_INET6);

	return READ_ONCE(s->refused[list][type / 8]) & BIT(type % 8);
}

bool ipsec_settings_tells(const struct ipsec_net *ipn, u64 generation,
			  u8 family, u8 type)
{
	const struct ipsec_settings *s = &ipn->settings[generation & 1];

	return READ_ONCE(s->told[family == AF_INET6][type / 8]) & BIT(type % 8);
}

bool ipsec_settings_guard(const struct ipsec_settings *s, const char *name)
{
	int i;

	for (i = 0; i < NF_IPSEC_GUARDS_MAX; i++)
		if (!strcmp(s->guard[i], name))
			return true;
	return false;
}
