// SPDX-License-Identifier: GPL-2.0-only
#include "journal.h"

#include <linux/cpumask.h>
#include <linux/ipv6.h>
#include <linux/sort.h>
#include <linux/ktime.h>
#include <net/ipv6.h>

#include "drop.h"
#include "flow.h"
#include "lib/wire.h"
#include "netns.h"
#include "notify.h"
#include "sa.h"
#include "spd.h"
#include "tunnel.h"

/* Records of one reason: on all CPUs together, and on one */
#define WAYS_ALL	128
#define WAYS_MIN	8
#define WAYS_MAX	16
/* Times that a record is read which its CPU is writing */
#define READ_TRIES	100

/* A record that goes on is told of so often */
#define TELL_INTERVAL	NSEC_PER_SEC

static u32 records_per_cpu(const struct ipsec_journal *j)
{
	return j->ways * __IPSEC_DROP_MAX;
}

static void journal_free(struct ipsec_journal *j)
{
	int cpu;

	if (!j)
		return;
	for_each_possible_cpu(cpu)
		kvfree(j->cpu[cpu]);
	kfree(j);
}

int ipsec_journal_init(struct ipsec_net *ipn)
{
	struct ipsec_journal_cpu *c;
	struct ipsec_journal *j;
	int cpu;

	lockdep_assert_held(&ipn->lock);
	if (ipn->journal)
		return 0;
	j = kzalloc(struct_size(j, cpu, nr_cpu_ids), GFP_KERNEL_ACCOUNT);
	if (!j)
		return -ENOMEM;
	j->ways = clamp_t(u32, WAYS_ALL / num_possible_cpus(), WAYS_MIN,
			  WAYS_MAX);
	for_each_possible_cpu(cpu) {
		c = kvzalloc_node(struct_size(c, rec, records_per_cpu(j)),
				  GFP_KERNEL_ACCOUNT, cpu_to_node(cpu));
		if (!c)
			goto err_free;
		seqcount_init(&c->busy);
		j->cpu[cpu] = c;
	}
	/* pairs with the acquire of those who write or read records */
	smp_store_release(&ipn->journal, j);
	return 0;

err_free:
	journal_free(j);
	return -ENOMEM;
}

void ipsec_journal_exit(struct ipsec_net *ipn)
{
	journal_free(ipn->journal);
}

static void see_sa(struct ipsec_record *rec, const struct ipsec_sa *sa,
		   const struct ipsec_outer *outer)
{
	struct ipsec_record_id *id = &rec->id;

	id->ofamily = sa->id.family;
	id->oproto = sa->id.proto;
	id->osaddr = outer ? outer->saddr : sa->saddr;
	id->odaddr = sa->daddr;
	id->spi = sa->id.spi;
	id->flags = IPSEC_RECORD_SPI;
	strscpy(rec->tunnel, sa->tunnel->name, sizeof(rec->tunnel));
	/* of several sets the packet has missed each */
	rec->sel_set = sa->sel_set && !sa->more;
	rec->sel = sa->sel;
	if (!outer)
		return;
	rec->seq = outer->seq;
	rec->seq_set = true;
	rec->flow = outer->flow;
}

/* ESP or AH without an SA of ours: by what its header says */
static void see_header(struct ipsec_record *rec, const struct sk_buff *skb,
		       const struct ipsec_flow *flow, int off)
{
	struct ipsec_record_id *id = &rec->id;
	struct ipsec_ah_hdr buf;
	const struct ipsec_ah_hdr *ah;
	u32 len = sizeof(struct ipsec_esp_hdr);

	id->ofamily = flow->family;
	id->oproto = flow->proto;
	id->osaddr = flow->saddr;
	id->odaddr = flow->daddr;
	if (flow->flags & IPSEC_FLOW_FRAGMENT)
		return;
	off += skb_network_offset(skb);
	if (flow->proto == IPPROTO_AH)
		len = sizeof(*ah);
	ah = skb_header_pointer(skb, off, len, &buf);
	if (!ah)
		return;
	if (flow->proto == IPPROTO_AH) {
		id->spi = ah->spi;
		rec->seq = be32_to_cpu(ah->seq);
	} else {
		const struct ipsec_esp_hdr *esph = (const void *)ah;

		id->spi = esph->spi;
		rec->seq = be32_to_cpu(esph->seq);
	}
	id->flags = IPSEC_RECORD_SPI;
	rec->seq_set = true;
}

static void see_packet(struct ipsec_record *rec, const struct sk_buff *skb,
		       u8 family, bool outer)
{
	struct ipsec_record_id *id = &rec->id;
	struct ipsec_flow flow;
	int off;

	/* ports tell more than what a setting makes of the packet */
	off = ipsec_flow_parse(skb, family, 0, &flow);
	/* what is cut off may be behind the addresses */
	if (off < 0 && !flow.daddr.a6[0] && !flow.daddr.a6[3])
		return;
	/* that of the ESP or AH packet, if it was one */
	if (family == AF_INET6 && !outer)
		rec->flow = be32_to_cpu(ip6_flowlabel(ipv6_hdr(skb)));
	if (off >= 0 && !id->ofamily &&
	    (flow.proto == IPPROTO_ESP || flow.proto == IPPROTO_AH)) {
		see_header(rec, skb, &flow, off);
		return;
	}
	id->family = family;
	id->proto = flow.proto;
	id->saddr = flow.saddr;
	id->daddr = flow.daddr;
	/* a type and code are none */
	if (off < 0 || (flow.flags & IPSEC_FLOW_NO_PORTS) ||
	    ipsec_selector_type(family, flow.proto) != IPSEC_TYPE_PORTS)
		return;
	rec->sport = flow.sport;
	rec->dport = flow.dport;
	rec->ports = true;
}

void ipsec_journal_look(const struct sk_buff *skb,
			const struct ipsec_drop_at *at,
			struct ipsec_record *rec)
{
	memset(rec, 0, sizeof(*rec));
	rec->id.dir = at->dir;
	if (at->sa)
		see_sa(rec, at->sa, at->outer);
	if (at->sp) {
		rec->id.policy = at->sp->id;
		if (!at->sa && at->sp->tunnel)
			strscpy(rec->tunnel, at->sp->tunnel->name,
				sizeof(rec->tunnel));
	}
	if (!skb)
		return;
	if (skb->dev)
		rec->id.ifindex = skb->dev->ifindex;
	if (at->family)
		see_packet(rec, skb, at->family, at->outer);
}

void ipsec_journal_see(const struct ipsec_net *ipn, const struct sk_buff *skb,
		       const struct ipsec_drop_at *at,
		       struct ipsec_record *rec)
{
	if (READ_ONCE(ipn->journal_off))
		memset(rec, 0, sizeof(*rec));
	else
		ipsec_journal_look(skb, at, rec);
}

void ipsec_journal_add(struct ipsec_net *ipn, u8 reason,
		       struct ipsec_record *rec)
{
	/* pairs with the release in ipsec_journal_init() */
	struct ipsec_journal *j = smp_load_acquire(&ipn->journal);
	u64 now = ktime_get_boottime_ns();
	struct ipsec_journal_cpu *c;
	struct ipsec_record *slot;
	bool fresh;

	if (!j || !rec->id.dir || READ_ONCE(ipn->journal_off))
		return;
	rec->id.reason = reason;
	rec->sel_set &= reason == IPSEC_DROP_SA_SELECTOR;
	c = j->cpu[smp_processor_id()];
	slot = ipsec_journal_pick(c->rec + reason * j->ways, j->ways, &rec->id);
	preempt_disable_nested();
	write_seqcount_begin(&c->busy);
	fresh = ipsec_journal_enter(slot, rec, now);
	write_seqcount_end(&c->busy);
	preempt_enable_nested();
	if ((fresh || now - slot->told >= TELL_INTERVAL) &&
	    ipsec_notify_drop(ipn, slot))
		slot->told = now;
}

/* Return: false if it is empty, or written all the time */
static bool read_one(const struct ipsec_journal_cpu *c, u32 i,
		     struct ipsec_record *rec)
{
	unsigned int seq;
	int try;

	for (try = 0; try < READ_TRIES; try++) {
		seq = raw_read_seqcount(&c->busy);
		if (!(seq & 1)) {
			*rec = c->rec[i];
			if (!read_seqcount_retry(&c->busy, seq))
				return rec->count;
		}
		cpu_relax();
	}
	return false;
}

static u32 count_used(const struct ipsec_journal *j)
{
	u32 i, n = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		for (i = 0; i < records_per_cpu(j); i++)
			n += !!READ_ONCE(j->cpu[cpu]->rec[i].count);
	return n;
}

static u32 read_all(const struct ipsec_journal *j, struct ipsec_record *recs,
		    u32 max)
{
	u32 i, n = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		for (i = 0; i < records_per_cpu(j) && n < max; i++)
			n += read_one(j->cpu[cpu], i, &recs[n]);
	return n;
}

struct ipsec_record *ipsec_journal_read(const struct ipsec_net *ipn, u32 *n)
{
	/* pairs with the release in ipsec_journal_init() */
	const struct ipsec_journal *j = smp_load_acquire(&ipn->journal);
	struct ipsec_record *recs;
	u32 used;

	*n = 0;
	used = j ? count_used(j) : 0;
	if (!used)
		return NULL;
	recs = kvmalloc_array(used, sizeof(*recs), GFP_KERNEL_ACCOUNT);
	if (!recs)
		return ERR_PTR(-ENOMEM);
	used = read_all(j, recs, used);
	sort(recs, used, sizeof(*recs), ipsec_journal_by_id, NULL);
	*n = ipsec_journal_merge(recs, used);
	sort(recs, *n, sizeof(*recs), ipsec_journal_by_time, NULL);
	return recs;
}
