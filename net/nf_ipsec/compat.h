/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every test of the kernel's version is here, so that a move to another kernel
 * is a change of this file.  The code is written for current mainline.
 */
#ifndef _IPSEC_COMPAT_H
#define _IPSEC_COMPAT_H

#include <linux/netlink.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#else
#include <linux/netdevice.h>
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

/**
 * ipsec_extack_msg() - a sentence from a constant table as the error text
 * @extack: may be NULL
 * @msg: lives as long as the module
 *
 * NL_SET_ERR_MSG() takes literals only, and the formatted form of it is newer
 * than 6.1.
 */
static inline void ipsec_extack_msg(struct netlink_ext_ack *extack,
				    const char *msg)
{
	if (extack)
		extack->_msg = msg;
}

#endif /* _IPSEC_COMPAT_H */
