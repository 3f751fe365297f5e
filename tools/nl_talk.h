/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_NL_TALK_H
#define _NFIPSEC_NL_TALK_H

#include <libmnl/libmnl.h>

#include "nl.h"

/* the largest is of NF_IPSEC_SETS_MAX selectors, 168 octets each */
#define NL_REQUEST_MAX	16384
#define NL_REPLY_MAX	65536

/**
 * struct nl - a connection to the module
 * @sock: the socket
 * @portid: its address
 * @family: the module's message type
 * @group: its multicast groups, by enum nl_group; 0 if it has none
 * @seq: number of the last request
 * @n_ops: changes since the last transaction began
 * @request: the request; wiped once it was sent, keys may be in it
 * @reply: what was received
 */
struct nl {
	struct mnl_socket *sock;
	u32 portid;
	u16 family;
	u32 group[NL_GROUPS];
	u32 seq;
	u32 n_ops;
	char request[NL_REQUEST_MAX] __attribute__((aligned(8)));
	char reply[NL_REPLY_MAX] __attribute__((aligned(8)));
};

/**
 * struct exchange - one request and what is to be done with its replies
 * @nlh: the request
 * @object: word for errors that no attribute is to blame for
 * @reply: is called for each reply; 0, or -1 if there is no memory
 * @arg: for @reply
 * @interrupted: the dump is not consistent
 * @error: errno of the kernel's refusal, else 0
 * @e: says what is wrong
 */
struct exchange {
	struct nlmsghdr *nlh;
	const char *object;
	int (*reply)(const struct nlmsghdr *nlh, void *arg);
	void *arg;
	bool interrupted;
	int error;
	struct err *e;
};

/**
 * nl_start() - begin a request
 * @nl: the connection
 * @type: the family
 * @cmd: its command
 * @flags: NLM_F_* beside NLM_F_REQUEST and NLM_F_ACK
 *
 * Return: the request, without attributes yet.
 */
struct nlmsghdr *nl_start(struct nl *nl, u16 type, u8 cmd, u16 flags);

/**
 * nl_talk() - send a request and take all its answers
 * @nl: the connection
 * @x: the request; it is wiped at the end
 *
 * Return: 0, or -1 with the error set.
 */
int nl_talk(struct nl *nl, struct exchange *x);

#endif /* _NFIPSEC_NL_TALK_H */
