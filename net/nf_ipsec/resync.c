// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has missed 2^32 packets with 64-bit numbers guesses the wrong high half
 * from then on, and finds each packet forged.
 */
#include "resync.h"

#include <linux/jiffies.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include "key.h"
#include "lib/replay.h"
#include "sa.h"
#include "xform.h"

/* Once in so long, for one packet */
#define PROBE_EVERY	HZ

void ipsec_resync_bad(struct ipsec_key *key)
{
	if (!key->esn ||
	    !ipsec_resync_count(&key->resync, READ_ONCE(key->replay->top)) ||
	    time_before(jiffies, READ_ONCE(key->probe_next)))
		return;
	spin_lock(&key->life_lock);
	WRITE_ONCE(key->probe_next, jiffies + PROBE_EVERY);
	WRITE_ONCE(key->watch, key->watch | IPSEC_KEY_PROBE);
	spin_unlock(&key->life_lock);
}

/* One packet only: two CPUs may have seen the bit */
static bool probe_take(struct ipsec_key *key)
{
	bool mine;

	spin_lock(&key->life_lock);
	mine = key->watch & IPSEC_KEY_PROBE;
	WRITE_ONCE(key->watch, key->watch & ~IPSEC_KEY_PROBE);
	spin_unlock(&key->life_lock);
	return mine;
}

enum ipsec_drop ipsec_resync_open(struct sk_buff *skb, struct ipsec_in *in)
{
	const struct ipsec_xform *xform = ipsec_xform_of(in->sa);
	enum ipsec_drop reason;
	u64 guess = in->seq;
	u8 *copy = NULL;
	u32 n;

	if (probe_take(in->sa->key))
		copy = kmemdup(skb->data, skb->len, GFP_ATOMIC);
	reason = xform->open(skb, in);
	/* what was found forged has been decrypted nevertheless */
	for (n = 1; copy && reason == IPSEC_DROP_BAD_ICV; n++) {
		if (!ipsec_resync_ahead(guess, n, &in->seq)) {
			in->seq = guess;
			break;
		}
		memcpy(skb->data, copy, skb->len);
		reason = xform->open(skb, in);
	}
	kfree(copy);
	return reason;
}
