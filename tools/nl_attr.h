/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_NL_ATTR_H
#define _NFIPSEC_NL_ATTR_H

#include <libmnl/libmnl.h>

#include "nl.h"

struct drop;
struct settings_conf;

/* Highest attribute of any of the nests and messages that are read */
#define NL_TB_MAX	(NF_IPSEC_SA_A_MAX + 1)

/* The object to attributes */
void nl_attr_put_sa(struct nlmsghdr *nlh, const struct sa_conf *sa);
void nl_attr_put_sa_id(struct nlmsghdr *nlh, const struct sa_conf *id);
void nl_attr_put_sp(struct nlmsghdr *nlh, const struct sp_conf *sp);
void nl_attr_put_sp_id(struct nlmsghdr *nlh, const struct sp_conf *id);

/*
 * Attributes to the object, which must be all zero.  What is malformed is left
 * out: the kernel is trusted not to lie, not to be of the same age.
 * Return: 0, or -1 if there is no memory.
 */
int nl_attr_get_sa(const struct nlmsghdr *nlh, struct sa_conf *sa);
int nl_attr_get_sp(const struct nlmsghdr *nlh, struct sp_conf *sp);
int nl_attr_get_stats(const struct nlmsghdr *nlh, struct stats *stats);
void nl_attr_get_drop(const struct nlmsghdr *nlh, struct drop *d);
void nl_attr_get_notice(const struct nlmsghdr *nlh, struct notice *n);
void nl_attr_get_settings(const struct nlmsghdr *nlh, struct settings_conf *s);

/* The same of one attribute, which may be NULL */
u64 get_number(const struct nlattr *attr);
void get_string(const struct nlattr *attr, char *buf, size_t size);
void get_addr(const struct nlattr *attr, struct addr *a);
void get_sel(const struct nlattr *nest, struct sel_conf *sel);

void put_addr(struct nlmsghdr *nlh, u16 type, const struct addr *a);

/* What an SA was before it moved, in a nest */
void nl_attr_put_from(struct nlmsghdr *nlh, const struct sa_conf *from);
void get_from(const struct nlattr *nest, struct sa_stat *stat);

/* Collects attributes into an array of NL_TB_MAX + 1 pointers */
int nl_attr_collect(const struct nlattr *attr, void *data);

/* Selectors: one attribute for each set; 0, or -1 if there is no memory */
void nl_sel_put(struct nlmsghdr *nlh, u16 type, const struct sel_conf *sel);
int nl_sel_get(const struct nlmsghdr *nlh, u16 type, struct sel_conf *sel);

/* Limits, in a nest of their own */
void nl_life_put(struct nlmsghdr *nlh, const struct sa_opts *o);
void nl_life_get(const struct nlattr *nest, struct sa_conf *sa);

/* What few outbound SAs have; and its part of NF_IPSEC_SA_A_FLAGS */
u32 nl_extra_flags(const struct sa_conf *sa);
void nl_extra_put(struct nlmsghdr *nlh, const struct sa_conf *sa);
void nl_extra_get(const struct nlattr **tb, struct sa_conf *sa);

/**
 * nl_life_word() - which word made an attribute of that nest?
 * @type: the attribute
 *
 * Return: the word, or NULL if it is not known.
 */
const char *nl_life_word(u16 type);

/**
 * nl_attr_word() - which word made an attribute of a request?
 * @nlh: the request
 * @offset: where the attribute is, from the start of the message
 *
 * Return: the word, or NULL if it is not known.
 */
const char *nl_attr_word(const struct nlmsghdr *nlh, u32 offset);

/**
 * nl_attr_type_word() - which word would have made this attribute?
 * @cmd: enum nf_ipsec_cmd of the request
 * @type: the attribute
 *
 * Return: the word, or NULL if it is not known.
 */
const char *nl_attr_type_word(u8 cmd, u16 type);

#endif /* _NFIPSEC_NL_ATTR_H */
