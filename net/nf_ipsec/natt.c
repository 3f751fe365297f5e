// SPDX-License-Identifier: GPL-2.0-only
#include "natt.h"

#include "netns.h"
#include "peer.h"
#include "sa.h"

void ipsec_natt_init(struct ipsec_natt *natt)
{
	xa_init(&natt->ports);
	INIT_LIST_HEAD(&natt->idle);
}

void ipsec_natt_exit(struct ipsec_natt *natt)
{
	WARN_ON_ONCE(!xa_empty(&natt->ports));
	xa_destroy(&natt->ports);
}

static bool has_port(const struct ipsec_sa *sa)
{
	return sa->udp && sa->id.dir == NF_IPSEC_DIR_IN;
}

static int port_get(struct xarray *ports, const struct ipsec_sa *sa)
{
	unsigned long users;

	if (!has_port(sa))
		return 0;
	users = xa_to_value(xa_load(ports, ntohs(sa->lport))) + 1;
	return xa_err(xa_store(ports, ntohs(sa->lport), xa_mk_value(users),
			       GFP_KERNEL_ACCOUNT));
}

static void port_put(struct xarray *ports, const struct ipsec_sa *sa)
{
	unsigned long users;

	if (!has_port(sa))
		return;
	users = xa_to_value(xa_load(ports, ntohs(sa->lport))) - 1;
	/* there is an entry already: nothing is allocated */
	if (users)
		xa_store(ports, ntohs(sa->lport), xa_mk_value(users),
			 GFP_KERNEL);
	else
		xa_erase(ports, ntohs(sa->lport));
}

int ipsec_natt_add(struct ipsec_net *ipn, struct ipsec_sa *sa)
{
	int err;

	lockdep_assert_held(&ipn->lock);
	err = ipsec_peer_get(ipn, sa);
	if (err)
		return err;
	err = port_get(&ipn->natt.ports, sa);
	if (err) {
		ipsec_peer_put(ipn, sa);
		return err;
	}
	if (sa->keepalive) {
		sa->kept = jiffies;
		list_add_tail(&sa->idle, &ipn->natt.idle);
		/* waits for the end of the commit, and then finds out when */
		mod_delayed_work(ipsec_wq, &ipn->natt.keeper, 0);
	}
	return 0;
}

void ipsec_natt_del(struct ipsec_net *ipn, struct ipsec_sa *sa)
{
	lockdep_assert_held(&ipn->lock);
	list_del_init(&sa->idle);
	port_put(&ipn->natt.ports, sa);
	ipsec_peer_put(ipn, sa);
}

bool ipsec_natt_port(struct ipsec_natt *natt, u16 port)
{
	return xa_load(&natt->ports, port);
}
