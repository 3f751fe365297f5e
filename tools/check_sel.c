// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selectors: which words fit together, and which sets.
 */
#include "check.h"

#include <netinet/in.h>
#include <string.h>

#include "err.h"
#include "grammar.h"

const char *check_family_name(u8 family)
{
	return family == AF_INET ? "IPv4" : "IPv6";
}

static bool proto_has_ports(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	       proto == IPPROTO_SCTP || proto == IPPROTO_DCCP ||
	       proto == IPPROTO_UDPLITE;
}

static bool proto_has_type(u8 proto)
{
	return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6 ||
	       proto == IPPROTO_MH;
}

/* Take the family of a prefix over, or see that it is the same */
static int agree(struct sel_conf *sel, const struct prefix *prefix,
		 const char *word, struct err *e)
{
	if (!prefix->addr.family)
		return 0;
	if (!sel->family)
		sel->family = prefix->addr.family;
	if (sel->family != prefix->addr.family)
		return err_set(e, ERR_USAGE, word, "expected an %s prefix",
			       check_family_name(sel->family));
	return 0;
}

static int check_sel_proto(const struct sel_conf *sel, struct err *e)
{
	if (sel->proto == IPPROTO_ICMP && sel->family == AF_INET6)
		return err_set(e, ERR_USAGE, "proto",
			       "expected icmpv6 with IPv6, not icmp");
	if (sel->proto == IPPROTO_ICMPV6 && sel->family == AF_INET)
		return err_set(e, ERR_USAGE, "proto",
			       "expected icmp with IPv4, not icmpv6");
	if (sel->proto_opaque && sel->family != AF_INET6)
		return err_set(e, ERR_USAGE, "proto",
			       "expected opaque with IPv6 only; IPv4 has its protocol in every fragment");
	if (sel->type.set && sel->proto != sel->type_proto)
		return err_set(e, ERR_USAGE, grammar_type_word(sel->type_proto),
			       "expected only with proto %s",
			       choice_word(choices_proto, sel->type_proto));
	if (sel->type.set && sel->type_proto == IPPROTO_MH &&
	    sel->family != AF_INET6)
		return err_only_with(e, "mh-type", "IPv6");
	if ((sel->sport.set || sel->dport.set) && !proto_has_ports(sel->proto))
		return err_only_with(e, sel->sport.set ? "sport" : "dport",
				 "proto tcp, udp, sctp, dccp or udplite");
	return 0;
}

/* A packet has both ports or neither */
static int check_opaque(const struct sel_conf *sel, struct err *e)
{
	const struct ports *s = &sel->sport, *d = &sel->dport;

	if ((s->opaque && d->set && !d->opaque) ||
	    (d->opaque && s->set && !s->opaque))
		return err_set(e, ERR_USAGE, s->opaque ? "dport" : "sport",
			       "expected opaque or nothing, as a packet has both ports or neither");
	return 0;
}

/* All ports are the same as none asked for */
static void simplify_ports(struct ports *ports)
{
	if (ports->opaque)
		return;
	if (!ports->min && ports->max == 65535)
		memset(ports, 0, sizeof(*ports));
}

static int check_set(struct sel_conf *sel, struct err *e)
{
	if (agree(sel, &sel->src, "src", e) || agree(sel, &sel->dst, "dst", e))
		return -1;
	if (!sel->family)
		return err_set(e, ERR_USAGE, "family",
			       "missing; expected ipv4 or ipv6, as no prefix tells");
	sel->src.addr.family = sel->family;
	sel->dst.addr.family = sel->family;
	if (check_sel_proto(sel, e))
		return -1;
	simplify_ports(&sel->sport);
	simplify_ports(&sel->dport);
	simplify_ports(&sel->type);
	if (!sel->type.set)
		sel->type_proto = 0;
	if (check_opaque(sel, e))
		return -1;
	return 0;
}

static const char *differing_word(const struct sel_conf *a,
				  const struct sel_conf *b)
{
	if (!prefix_equal(&a->src, &b->src))
		return "src";
	if (!prefix_equal(&a->dst, &b->dst))
		return "dst";
	if (a->proto_set != b->proto_set || a->proto != b->proto)
		return "proto";
	if (memcmp(&a->sport, &b->sport, sizeof(a->sport)))
		return "sport";
	if (a->type_proto && memcmp(&a->type, &b->type, sizeof(a->type)))
		return grammar_type_word(a->type_proto);
	return "dport";
}

/* The kernel takes none, as nothing would ever be taken by the inner one */
static int check_within(const struct sel_conf *sel, struct err *e)
{
	const struct sel_conf *outer;
	const struct sel_conf *inner = sel_within(sel, &outer);

	if (!inner)
		return 0;
	return err_set(e, ERR_USAGE, differing_word(outer, inner),
		       "expected no value or set of selectors within another one");
}

/* Family, mark and device are the same in all sets */
int check_sel(struct sel_conf *sel, struct err *e)
{
	struct sel_conf *set;
	u32 i;

	if (check_set(sel, e))
		return -1;
	for (i = 1; i <= sel->n_more; i++) {
		set = sel_set(sel, i);
		if (set->family && set->family != sel->family)
			return err_set(e, ERR_USAGE, "family",
				       "expected one family for all sets of selectors");
		set->family = sel->family;
		set->mark = sel->mark;
		set->mark_mask = sel->mark_mask;
		memcpy(set->dev, sel->dev, sizeof(set->dev));
		if (check_set(set, e))
			return -1;
	}
	if (sel_sort(sel))
		return err_set(e, ERR_USAGE, "src",
			       "expected each set of selectors once; one is there twice");
	return check_within(sel, e);
}

/* A field can be taken from the packet if the protocol has it, or is taken, too */
static int check_pfp_set(u32 pfp, const struct sel_conf *sel, struct err *e)
{
	bool own = (pfp & NF_IPSEC_PFP_PROTO) && !sel->proto_set &&
		   !sel->proto_opaque;

	if (((pfp & NF_IPSEC_PFP_PROTO) && sel->proto_opaque) ||
	    ((pfp & NF_IPSEC_PFP_SPORT) && sel->sport.opaque) ||
	    ((pfp & NF_IPSEC_PFP_DPORT) && sel->dport.opaque) ||
	    ((pfp & NF_IPSEC_PFP_TYPE) && sel->type.opaque))
		return err_set(e, ERR_USAGE, "pfp",
			       "expected no field that is opaque, as it cannot be taken from a packet");
	if (own)
		return 0;
	if ((pfp & (NF_IPSEC_PFP_SPORT | NF_IPSEC_PFP_DPORT)) &&
	    !proto_has_ports(sel->proto))
		return err_set(e, ERR_USAGE, "pfp",
			       "expected %s only with proto tcp, udp, sctp, dccp or udplite, or with the field proto",
			       pfp & NF_IPSEC_PFP_SPORT ? "sport" : "dport");
	if ((pfp & NF_IPSEC_PFP_TYPE) && !proto_has_type(sel->proto))
		return err_set(e, ERR_USAGE, "pfp",
			       "expected type only with proto icmp, icmpv6 or mh, or with the field proto");
	return 0;
}

int check_pfp(const struct sp_conf *sp, struct err *e)
{
	u32 i;

	for (i = 0; i <= sp->sel.n_more; i++)
		if (check_pfp_set(sp->pfp, sel_set_const(&sp->sel, i), e))
			return -1;
	return 0;
}
