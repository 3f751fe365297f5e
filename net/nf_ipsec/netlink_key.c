// SPDX-License-Identifier: GPL-2.0-only
/* How far keys have sent: what user space keeps across a restart. */
#include "netlink.h"

#include <net/genetlink.h>
#include <net/sock.h>

#include "keyreg.h"
#include "netns.h"

/**
 * struct key_dump - the state of a dump
 * @next: id of the next key
 */
struct key_dump {
	unsigned long next;
};

static int state_put(struct sk_buff *skb, const struct ipsec_keyreg_state *state,
		     const struct ipsec_nl_msg *msg)
{
	void *hdr = ipsec_nl_begin(skb, msg);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put(skb, NF_IPSEC_KEY_A_FINGERPRINT,
		    sizeof(state->fingerprint), state->fingerprint) ||
	    nla_put_u64_64bit(skb, NF_IPSEC_KEY_A_SEQ, state->seq,
			      NF_IPSEC_KEY_A_PAD) ||
	    nla_put_u64_64bit(skb, NF_IPSEC_KEY_A_IV_BASE, state->iv_base,
			      NF_IPSEC_KEY_A_PAD)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

int ipsec_nl_key_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct ipsec_net *ipn = ipsec_net(sock_net(skb->sk));
	struct key_dump *dump = (void *)cb->ctx;
	struct ipsec_nl_msg msg = {
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.cmd = NF_IPSEC_CMD_KEY_GET,
	};
	struct ipsec_keyreg_state state;

	for (; ipsec_keyreg_read(&ipn->keyreg, &dump->next, &state); dump->next++)
		if (state_put(skb, &state, &msg))
			break;
	return skb->len;
}

int ipsec_nl_key_set(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsec_keyreg_state state = {};
	int err;

	err = ipsec_nl_check(info, NULL) ?:
	      ipsec_nl_need(info, NF_IPSEC_KEY_A_FINGERPRINT,
			    "the key's fingerprint is missing") ?:
	      ipsec_nl_need(info, NF_IPSEC_KEY_A_SEQ,
			    "the number is missing") ?:
	      ipsec_nl_need(info, NF_IPSEC_KEY_A_IV_BASE,
			    "the IV base is missing");
	if (err)
		return err;
	nla_memcpy(state.fingerprint, info->attrs[NF_IPSEC_KEY_A_FINGERPRINT],
		   sizeof(state.fingerprint));
	state.seq = nla_get_u64(info->attrs[NF_IPSEC_KEY_A_SEQ]);
	state.iv_base = nla_get_u64(info->attrs[NF_IPSEC_KEY_A_IV_BASE]);
	if (!state.seq)
		return ipsec_nl_err(info->extack,
				    info->attrs[NF_IPSEC_KEY_A_SEQ],
				    "a key that has sent has a number above 0");
	return ipsec_keyreg_restore(&ipsec_net(genl_info_net(info))->keyreg,
				    &state);
}
