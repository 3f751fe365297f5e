/* SPDX-License-Identifier: GPL-2.0-only */
/* Selectors: attributes in and out. */
#ifndef _IPSEC_NETLINK_SEL_H
#define _IPSEC_NETLINK_SEL_H

#include <linux/types.h>

struct genl_info;
struct ipsec_selector;
struct ipsec_sets;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;

/* Octets of a selector in a message, at most */
#define IPSEC_NL_SEL_SIZE	192

/* Octets of a message about an SA or a policy with that many more selectors */
#define IPSEC_NL_MSG_SIZE(n_more) \
	(GENLMSG_DEFAULT_SIZE + (n_more) * (size_t)IPSEC_NL_SEL_SIZE)

/* And at most */
#define IPSEC_NL_MSG_MAX	IPSEC_NL_MSG_SIZE(NF_IPSEC_SETS_MAX - 1)

/**
 * ipsec_nl_sel() - read a selector
 * @nest: nest of enum nf_ipsec_sel_attr
 * @sel: filled in, valid
 * @extack: says what is wrong
 */
int ipsec_nl_sel(const struct nlattr *nest, struct ipsec_selector *sel,
		 struct netlink_ext_ack *extack);

/**
 * ipsec_nl_sels() - read one selector or several
 * @info: the request
 * @type: the attribute, which is there; each is a nest of enum nf_ipsec_sel_attr
 * @first: filled in, valid: the first one
 * @more: set to the others, in order, for kfree(); NULL if there are none
 */
int ipsec_nl_sels(struct genl_info *info, u16 type,
		  struct ipsec_selector *first, const struct ipsec_sets **more);

/**
 * ipsec_nl_sel_put() - write a selector
 * @skb: the message
 * @type: the attribute
 * @sel: the selector
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsec_nl_sel_put(struct sk_buff *skb, int type,
		     const struct ipsec_selector *sel);

/**
 * ipsec_nl_sets_put() - write the selectors behind the first one
 * @skb: the message
 * @type: the attribute
 * @more: the selectors, or NULL
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsec_nl_sets_put(struct sk_buff *skb, int type,
		      const struct ipsec_sets *more);

#endif /* _IPSEC_NETLINK_SEL_H */
