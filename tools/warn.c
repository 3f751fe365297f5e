// SPDX-License-Identifier: GPL-2.0-only
#include "set.h"
#include "warn.h"

#include <stdio.h>
#include <string.h>

#include "static_keys.h"

/* @file: NULL: the words of a command */
static void warn(const char *file, const struct sa_conf *sa, const char *text)
{
	fprintf(stderr, "nfipsec: warning: ");
	if (file)
		fprintf(stderr, "%s:%u: ", file, sa->line);
	fprintf(stderr, "%s\n", text);
}

/* RFC 4303 section 3.3.3: without a window nobody is at hand who would notice that
 * the high half was guessed wrong.
 */
static void warn_replay(const struct sa_conf *sa, const char *file)
{
	if (sa->dir == NF_IPSEC_DIR_IN && sa->o.esn && !sa->o.window)
		warn(file, sa,
		     "replay-window: 0 takes replays and should not go with esn on; a peer without anti-replay has esn off");
}

/* What a restart adds to the numbers of a key that sends */
#define RESTART_JUMP	(1ULL << 24)

static void warn_life(const struct sa_conf *sa, const char *file)
{
	const struct life_limit *limit = &sa->o.life[NF_IPSEC_LIMIT_PACKETS];

	/* a tunnel's line, without the word dir, has one that sends, too */
	if ((sa->dir == NF_IPSEC_DIR_OUT || !(sa->has & HAS_DIR)) &&
	    limit->set && limit->hard <= RESTART_JUMP)
		warn(file, sa,
		     "life-packets: numbers go on 16777216 higher after a restart, which is beyond this limit");
}

static bool has_tunnel(const struct set *set, const char *name)
{
	size_t i;

	for (i = 0; i < set->n_sa; i++)
		if (!strcmp(set->sa[i].tunnel, name))
			return true;
	return false;
}

static void warn_via(const struct set *set, const struct sa_conf *sa,
		     const char *file)
{
	if (!sa->o.via[0] || has_tunnel(set, sa->o.via))
		return;
	fprintf(stderr,
		"nfipsec: warning: %s:%u: via: the file has no SA of tunnel %s\n",
		file, sa->line, sa->o.via);
}

/* Where a daemon makes SAs by acquires a file has none */
static void warn_protect(const struct set *set, const struct sp_conf *sp,
			 const char *file)
{
	if (sp->action != NF_IPSEC_ACTION_PROTECT || has_tunnel(set, sp->tunnel))
		return;
	fprintf(stderr,
		"nfipsec: warning: %s:%u: protect: the file has no SA of tunnel %s\n",
		file, sp->line, sp->tunnel);
}

/* A tunnel's line makes two SAs, and is told of once */
static bool is_first_of_line(const struct set *set, size_t i)
{
	return !i || set->sa[i].line != set->sa[i - 1].line;
}

void warn_file(const struct set *set, const char *file, bool add)
{
	size_t i;

	for (i = 0; i < set->n_sa; i++) {
		if (!is_first_of_line(set, i))
			continue;
		if (!add)
			warn_via(set, &set->sa[i], file);
		warn_life(&set->sa[i], file);
		warn_replay(&set->sa[i], file);
		if (set->sa[i].src.kind == KEY_FINGERPRINT)
			warn(file, &set->sa[i],
			     "key-fingerprint: names a running key only; after a boot this file will be refused");
	}
	for (i = 0; i < set->n_sp && !add; i++)
		warn_protect(set, &set->sp[i], file);
}

void warn_command(const struct sa_conf *sa)
{
	warn_replay(sa, NULL);
}

void warn_settings(const struct settings_conf *s, const struct set *running)
{
	const struct sa_conf *sa = static_keys_find(running, s->flags);

	if (sa)
		fprintf(stderr,
			"nfipsec: warning: static-keys: SAs of tunnel %s go on without the word exchanged; apply will refuse what list prints of them\n",
			sa->tunnel);
}
