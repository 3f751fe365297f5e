// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file that keeps numbers across a restart.  A number that is sent twice under
 * one key is refused by the peer, and under some algorithms gives the plaintext
 * away: so what is on the disk is always ahead of what has been sent.
 */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "print.h"

/* Keys that the kernel remembers, and so a file */
#define KEYS_MAX	65536
/* A peer finds its way over less than 2^32 numbers that it has not seen */
#define RESERVE_MAX	(1ULL << 31)
/* How much faster it may go from here on than it went until now */
#define FASTER		4

static const char header[] =
	"# nfipsec state 1: how far keys have sent; nfipsec state restore reads it\n";

struct key_state *key_states_add(struct key_states *list)
{
	struct key_state *key;

	/* doubled at each power of two */
	if (!(list->n & (list->n - 1))) {
		key = reallocarray(list->key, list->n ? 2 * list->n : 1,
				   sizeof(*key));
		if (!key)
			return NULL;
		list->key = key;
	}
	key = &list->key[list->n++];
	memset(key, 0, sizeof(*key));
	return key;
}

void key_states_free(struct key_states *list)
{
	free(list->key);
	memset(list, 0, sizeof(*list));
}

static int parse_key(const char *text, struct key_state *key)
{
	char digits[2 * NF_IPSEC_FINGERPRINT_LEN + 1];
	unsigned int octet;
	int end = -1;
	size_t i;

	if (sscanf(text, "key %16[0-9a-f] sent %" SCNu64 " resume %" SCNu64
		   " iv-base 0x%" SCNx64 " %n", digits, &key->sent,
		   &key->resume, &key->iv_base, &end) != 4 ||
	    end < 0 || text[end] || strlen(digits) != sizeof(digits) - 1 ||
	    !key->resume || key->resume < key->sent)
		return -1;
	for (i = 0; i < sizeof(key->fingerprint); i++) {
		if (sscanf(digits + 2 * i, "%2x", &octet) != 1)
			return -1;
		key->fingerprint[i] = octet;
	}
	return 0;
}

/* The last line says how many there are: a file that was cut has none */
static int read_lines(FILE *from, const char *path, struct key_states *list,
		      struct err *e)
{
	struct key_state *key;
	bool whole = false;
	char text[256];
	u32 line = 0;
	size_t n;

	while (fgets(text, sizeof(text), from)) {
		line++;
		if (text[0] == '#')
			continue;
		if (!whole && sscanf(text, "end %zu", &n) == 1 && n == list->n) {
			whole = true;
			continue;
		}
		key = key_states_add(list);
		if (!key)
			return err_set(e, ERR_USAGE, "memory", "none left");
		if (whole || list->n > KEYS_MAX || parse_key(text, key)) {
			err_set(e, ERR_USAGE, "state",
				"expected a line that nfipsec state save has written");
			err_where(e, path, line);
			return KEY_STATES_DAMAGED;
		}
	}
	if (whole)
		return 0;
	err_set(e, ERR_USAGE, path,
		"its end is missing; expected a file that nfipsec state save has written");
	return KEY_STATES_DAMAGED;
}

int key_states_read(const char *path, struct key_states *list, struct err *e)
{
	FILE *from = fopen(path, "re");
	struct stat stat;
	int rc;

	if (!from && errno == ENOENT)
		return 1;
	if (!from)
		return err_set(e, ERR_USAGE, path, "%s", strerror(errno));
	rc = read_lines(from, path, list, e);
	/* a device is not a state file that has been damaged */
	if (rc == KEY_STATES_DAMAGED && (fstat(fileno(from), &stat) || !S_ISREG(stat.st_mode)))
		rc = -1;
	fclose(from);
	return rc;
}

static void print_key_state(FILE *to, const struct key_state *key)
{
	char digits[2 * NF_IPSEC_FINGERPRINT_LEN + 1];

	fprintf(to, "key %s sent %" PRIu64 " resume %" PRIu64
		" iv-base 0x%016" PRIx64 "\n",
		print_fingerprint(key->fingerprint, digits), key->sent,
		key->resume, key->iv_base);
}

/* Return: 0 once it is on the disk, or -1 with errno set */
static int write_lines(int fd, const struct key_states *list)
{
	FILE *to = fdopen(fd, "w");
	size_t i;
	int rc;

	if (!to) {
		close(fd);
		return -1;
	}
	fputs(header, to);
	for (i = 0; i < list->n; i++)
		print_key_state(to, &list->key[i]);
	fprintf(to, "end %zu\n", list->n);
	rc = fflush(to) || fsync(fd) ? -1 : 0;
	return fclose(to) ? -1 : rc;
}

int key_states_write(const char *path, int dir, const struct key_states *list,
		     struct err *e)
{
	char *temp;
	int fd;

	if (asprintf(&temp, "%s.new", path) < 0)
		return err_set(e, ERR_USAGE, "memory", "none left");
	/* one that a crash has left, or that somebody else has put there */
	unlink(temp);
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write_lines(fd, list) || rename(temp, path) || fsync(dir)) {
		err_set(e, ERR_USAGE, temp, "%s", strerror(errno));
		if (fd >= 0)
			unlink(temp);
		free(temp);
		return -1;
	}
	free(temp);
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct key_state *x = a;
	const struct key_state *y = b;

	return memcmp(x->fingerprint, y->fingerprint, sizeof(x->fingerprint));
}

static void sort(const struct key_states *list)
{
	if (list->n)
		qsort(list->key, list->n, sizeof(*list->key), compare);
}

/* Among the first @n, which are sorted */
static const struct key_state *find(const struct key_states *list, size_t n,
				    const struct key_state *key)
{
	return n ? bsearch(key, list->key, n, sizeof(*key), compare) : NULL;
}

static u64 ahead(u64 seq, u64 n)
{
	return seq + n < seq ? ~0ULL : seq + n;
}

/* What was sent since the last time tells what may be sent until the next */
static u64 next_resume(const struct key_state *key, const struct key_state *old,
		       u64 reserve)
{
	u64 resume;

	if (old && key->sent > old->sent &&
	    key->sent - old->sent < RESERVE_MAX &&
	    reserve < FASTER * (key->sent - old->sent))
		reserve = FASTER * (key->sent - old->sent);
	if (reserve > RESERVE_MAX)
		reserve = RESERVE_MAX;
	resume = ahead(key->sent, reserve);
	return old && old->resume > resume ? old->resume : resume;
}

int key_states_merge(struct key_states *list, struct key_states *old,
		     u64 reserve)
{
	struct key_state *key;
	size_t running = list->n;
	size_t i;

	sort(old);
	sort(list);
	for (i = 0; i < running; i++) {
		key = &list->key[i];
		key->resume = next_resume(key, find(old, old->n, key), reserve);
	}
	for (i = 0; i < old->n && list->n < KEYS_MAX; i++) {
		if (find(list, running, &old->key[i]))
			continue;
		key = key_states_add(list);
		if (!key)
			return -1;
		*key = old->key[i];
	}
	return 0;
}

/* Is the kernel's count a part of the same life as what the file says? */
static bool goes_on(const struct key_state *now, const struct key_state *key)
{
	return now && now->iv_base == key->iv_base && now->sent >= key->sent;
}

int key_states_resume(struct key_states *list, struct key_states *now,
		      struct key_states *todo, u64 reserve)
{
	const struct key_state *known;
	struct key_state *key, *told;
	size_t i;

	sort(now);
	for (i = 0; i < list->n; i++) {
		key = &list->key[i];
		known = find(now, now->n, key);
		if (goes_on(known, key))
			continue;
		told = key_states_add(todo);
		if (!told)
			return -1;
		key->sent = key->resume;
		key->resume = ahead(key->sent, reserve);
		/* one that it knows keeps what it has */
		if (known)
			key->iv_base = known->iv_base;
		*told = *key;
	}
	return 0;
}
