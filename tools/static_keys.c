// SPDX-License-Identifier: GPL-2.0-only
#include "static_keys.h"

#include "err.h"
#include "lib/alg.h"
#include "set.h"

/* The algorithm of an SA that breaks if a number comes again, or NULL */
static const struct ipsec_alg *counter_alg(const struct sa_conf *sa)
{
	const struct ipsec_alg *enc = ipsec_alg_get(sa->o.xform.enc);
	const struct ipsec_alg *auth = ipsec_alg_get(sa->o.xform.auth);

	if (enc && enc->counter)
		return enc;
	return auth && auth->counter ? auth : NULL;
}

const struct sa_conf *static_keys_find(const struct set *set, u32 flags)
{
	size_t i;

	for (i = 0; i < set->n_sa; i++) {
		const struct sa_conf *sa = &set->sa[i];

		if (sa->o.exchanged)
			continue;
		if ((flags & NF_IPSEC_SETTING_NO_STATIC_KEYS) ||
		    ((flags & NF_IPSEC_SETTING_NO_STATIC_COUNTER) &&
		     counter_alg(sa)))
			return sa;
	}
	return NULL;
}

int static_keys_check(const struct set *set, u32 *line, struct err *e)
{
	u32 flags = set->settings.flags;
	const struct sa_conf *sa = static_keys_find(set, flags);

	if (!sa)
		return 0;
	*line = sa->line;
	if (flags & NF_IPSEC_SETTING_NO_STATIC_KEYS)
		return err_set(e, ERR_USAGE, "exchanged",
			       "missing; static-keys refuse wants it");
	return err_set(e, ERR_USAGE, "exchanged",
		       "missing; static-keys no-counter wants it with %s",
		       counter_alg(sa)->name);
}
