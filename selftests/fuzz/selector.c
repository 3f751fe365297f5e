// SPDX-License-Identifier: GPL-2.0-only
/* Whatever two valid selectors and a flow are: the laws of containment hold. */
#include <stdlib.h>

#include <linux/string.h>

#include "fuzz.h"
#include "selector.h"

struct input {
	struct ipsec_selector a;
	struct ipsec_selector b;
	struct ipsec_flow flow;
};

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct input in;
	bool in_a, in_b;

	if (len < sizeof(in))
		return 0;
	memcpy(&in, data, sizeof(in));
	if (ipsec_selector_valid(&in.a) || ipsec_selector_valid(&in.b))
		return 0;
	in_a = ipsec_selector_match(&in.a, &in.flow);
	in_b = ipsec_selector_match(&in.b, &in.flow);
	if (ipsec_selector_contains(&in.a, &in.b) && in_b && !in_a)
		abort();
	if (!ipsec_selector_contains(&in.a, &in.a))
		abort();
	if (in_a && !ipsec_selector_may_match(&in.a, &in.flow))
		abort();
	return 0;
}
