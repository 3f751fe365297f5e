// SPDX-License-Identifier: GPL-2.0-only
/* AH's view of headers: in bounds, repeatable, and the same length. */
#include <stdlib.h>

#include <linux/string.h>

#include "fuzz.h"
#include "mutable.h"

static void try(int (*mutate)(u8 *hdr, u32 len, bool out), const u8 *data, u32 len, bool out)
{
	u8 *once = malloc(len);
	u8 *twice = malloc(len);

	memcpy(once, data, len);
	if (!mutate(once, len, out)) {
		/* there is nothing left that a receiver would change */
		memcpy(twice, once, len);
		if (mutate(twice, len, false) || memcmp(once, twice, len))
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
