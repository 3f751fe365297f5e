/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every test of the kernel's version is here, so that a move to another kernel
 * is a change of this file.  The code is written for current mainline.
 */
#ifndef _IPSEC_COMPAT_H
#define _IPSEC_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/ipv6.h>
#include <linux/netlink.h>
#include <linux/version.h>
#include <net/genetlink.h>
#include <net/inet_sock.h>

/* Generations and sequence numbers are read and written as one word. */
#ifndef CONFIG_64BIT
#error "nf_ipsec needs a 64-bit kernel (CONFIG_64BIT)"
#endif

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

/* Has a socket asked for a queue of its errors? */
static inline bool ipsec_sk_wants_errors(const struct sock *sk, u8 family)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return family == AF_INET ? inet_test_bit(RECVERR, sk) :
				   inet6_test_bit(RECVERR6, sk);
#else
	return family == AF_INET ? inet_sk(sk)->recverr :
				   inet6_sk(sk)->recverr;
#endif
}

/* UDP sockets are in a table of their namespace, which may be the one of all. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define ipsec_udp_table(net)	((net)->ipv4.udp_table)
#else
#define ipsec_udp_table(net)	(&udp_table)
#endif

/* Before 6.1.68 and 6.7 a multicast group asks for CAP_NET_ADMIN with the flag
 * that operations have.
 */
#ifndef GENL_MCAST_CAP_NET_ADMIN
#define GENL_MCAST_CAP_NET_ADMIN	GENL_UNS_ADMIN_PERM
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void
hrtimer_setup(struct hrtimer *timer,
	      enum hrtimer_restart (*function)(struct hrtimer *timer),
	      clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
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

/* Of a variable on the stack that is filled in before it is read: a kernel that
 * zeroes all of them (INIT_STACK_ALL_ZERO) need not zero this one, for each packet
 */
#if __has_attribute(__uninitialized__)
#define __ipsec_uninit	__attribute__((__uninitialized__))
#else
#define __ipsec_uninit
#endif

#endif /* _IPSEC_COMPAT_H */
