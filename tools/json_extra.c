// SPDX-License-Identifier: GPL-2.0-only
/* What few outbound SAs have, in JSON. */
#include "json.h"

#include <stdio.h>

static void set_size(json_t *o, const char *name, u32 size)
{
	json_object_set_new(o, name, size == EXTRA_SIZE_MTU ?
			    json_string("mtu") : json_integer(size));
}

static json_t *json_map(const u8 *map)
{
	json_t *o = json_object();
	char from[4];
	u8 i;

	for (i = 0; i < NF_IPSEC_DSCPS; i++) {
		if (map[i] == i)
			continue;
		snprintf(from, sizeof(from), "%u", i);
		json_object_set_new(o, from, json_integer(map[i]));
	}
	return o;
}

void json_extra(json_t *o, const struct sa_extra *extra)
{
	if (extra->map_set)
		json_object_set_new(o, "dscp_map", json_map(extra->map));
	if (extra->ecn)
		json_object_set_new(o, "ecn", json_string("clear"));
	if (extra->fragment)
		json_object_set_new(o, "fragment", json_string("after"));
	if (extra->tfc)
		set_size(o, "tfc", extra->tfc);
	if (!extra->dummy_every)
		return;
	json_object_set_new(o, "dummy_every", json_integer(extra->dummy_every));
	set_size(o, "dummy_size", extra->dummy_size);
}

json_t *json_dscps(u64 dscps)
{
	json_t *array = json_array();
	u8 i;

	for (i = 0; i < NF_IPSEC_DSCPS; i++)
		if (dscps & (1ULL << i))
			json_array_append_new(array, json_integer(i));
	return array;
}
