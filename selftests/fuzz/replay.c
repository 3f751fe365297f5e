// SPDX-License-Identifier: GPL-2.0-only
/* The window against a list of all numbers taken. */
#include <stdlib.h>

#include <linux/bits.h>

#include "fuzz.h"
#include "replay.h"

static u64 seen[512], top, count;

static int model(u64 seq, u32 window)
{
	if (!seq)
		return IPSEC_REPLAY_INVALID;
	if (seq <= top && top - seq >= window)
		return IPSEC_REPLAY_TOO_OLD;
	for (u64 i = 0; i < count; i++)
		if (seen[i] == seq)
			return IPSEC_REPLAY_DUPLICATE;
	top = seq > top ? seq : top;
	seen[count++] = seq;
	return IPSEC_REPLAY_OK;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	static u64 room[sizeof(struct ipsec_replay) / 8 + 256];
	u32 window = len < 3 ? 1 : 1 + (data[0] << 8 | data[1]) % 8192;
	struct ipsec_replay *rp = (void *)room;

	ipsec_replay_init(rp, window, true, 0);
	/* a step is up to 127 back or on, times a power of two below 2^32 */
	for (top = count = 0; len > 4 && count < 512; data += 2, len -= 2) {
		u64 seq = top + (signed char)data[2] * (1LL << data[3] % 32);
		int verdict = ipsec_replay_check(rp, seq);

		if (verdict != model(seq, window))
			abort();
		if (verdict)
			continue;
		if (seq < rp->top + BIT(30) && ipsec_replay_recover(rp, seq) != seq)
			abort();
		ipsec_replay_commit(rp, seq);
	}
	return 0;
}
