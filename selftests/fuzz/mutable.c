// SPDX-License-Identifier: GPL-2.0-only
/* AH's view of headers: in bounds, repeatable, and no longer than they were. */
#include <stdlib.h>

#include <linux/string.h>

#include "fuzz.h"
#include "mutable.h"

static void try(int (*mutate)(u8 *hdr, u32 len, bool out), const u8 *data, u32 len, bool out)
{
	u8 *once = malloc(len);
	u8 *twice = malloc(len);
	int left;

	memcpy(once, data, len);
	left = mutate(once, len, out);
	if (left > (int)len)
		abort();
	if (left >= 0) {
		/* there is nothing left that a receiver would change */
		memcpy(twice, once, left);
		if (mutate(twice, left, false) != left || memcmp(once, twice, left))
			abort();
	}
	free(twice);
	free(once);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	if (len < 1 || len > 4096)
		return 0;
	try(ipsec_mutable_v4, data + 1, len - 1, data[0] & 1);
	try(ipsec_mutable_v6, data + 1, len - 1, data[0] & 1);
	return 0;
}
