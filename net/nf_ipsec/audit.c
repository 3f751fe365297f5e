// SPDX-License-Identifier: GPL-2.0-only
#include "audit.h"

#include <linux/audit.h>
#include <linux/gfp.h>
#include <linux/socket.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "sa.h"

static void put_ends(struct audit_buffer *ab, const struct ipsec_sa_params *p)
{
	if (p->id.family == AF_INET)
		audit_log_format(ab, " src=%pI4 dst=%pI4", &p->saddr, &p->daddr);
	else
		audit_log_format(ab, " src=%pI6c dst=%pI6c", &p->saddr,
				 &p->daddr);
	audit_log_format(ab, " spi=%u(0x%x)", ntohl(p->id.spi),
			 ntohl(p->id.spi));
}

void ipsec_audit_no_protection(const struct net *net,
			       const struct ipsec_sa_params *p)
{
	struct audit_buffer *ab;

	/* The log is the host's: nobody else may fill it. */
	if (!audit_enabled || net->user_ns != &init_user_ns)
		return;
	ab = audit_log_start(audit_context(), GFP_KERNEL,
			     AUDIT_MAC_IPSEC_EVENT);
	if (!ab)
		return;
	audit_log_format(ab, "op=nf_ipsec-sa-new reason=no-protection");
	audit_log_task_info(ab);
	put_ends(ab, p);
	audit_log_format(ab, " res=0");
	audit_log_end(ab);
}
