/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _IPSEC_AUDIT_H
#define _IPSEC_AUDIT_H

struct ipsec_sa_params;
struct net;

/**
 * ipsec_audit_no_protection() - record that an SA was wanted which protects nothing
 * @net: its netns
 * @p: what was asked for: name and addresses
 *
 * RFC 4301 section 4.2: an SA with neither encryption nor integrity is refused, and
 * who has tried to make it is written to the kernel's audit log, if that is on.
 *
 * Context: process, may sleep: the audit log may make whoever fills it wait.
 */
void ipsec_audit_no_protection(const struct net *net,
			       const struct ipsec_sa_params *p);

#endif /* _IPSEC_AUDIT_H */
