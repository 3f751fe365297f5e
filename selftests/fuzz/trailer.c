// SPDX-License-Identifier: GPL-2.0-only
/* What is parsed can be filled again and gives the same octets. */
#include <stdlib.h>

#include <linux/string.h>

#include "fuzz.h"
#include "trailer.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct ipsec_trailer strict, lax;
	u8 tail[257];
	int err;

	err = ipsec_trailer_parse(data, len, false, &lax);
	if (err) {
		if (ipsec_trailer_parse(data, len, true, &strict) != err)
			abort();
		return 0;
	}
	if (lax.len > len || lax.len < 2)
		abort();
	ipsec_trailer_fill(tail, lax.len - 2, lax.next_header);
	err = ipsec_trailer_parse(data, len, true, &strict);
	if (!err != !memcmp(tail, data + len - lax.len, lax.len))
		abort();
	if (!err && (strict.len != lax.len || strict.next_header != lax.next_header))
		abort();
	return 0;
}
