// SPDX-License-Identifier: GPL-2.0-only
#include "key.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "lib/alg.h"
#include "print.h"

/* Characters of the longest file that can be a key: digits and separators */
#define KEY_TEXT_MAX	1024

/**
 * struct key_text - what a key file says
 * @text: its characters; wiped after use
 * @len: how many
 * @name: the file's name, for errors
 * @word: the word the key was given by, for errors
 * @want: octets it must have
 * @alg: what "nfipsec genkey" needs behind it to make such a key, for errors
 */
struct key_text {
	char text[KEY_TEXT_MAX];
	size_t len;
	const char *name;
	const char *word;
	u32 want;
	char alg[PRINT_XFORM_LEN];
};

static void warn_if_readable(int fd, const char *name)
{
	struct stat st;

	if (!fstat(fd, &st) && S_ISREG(st.st_mode) &&
	    (st.st_mode & 0006))
		fprintf(stderr,
			"nfipsec: warning: %s: other users can read or write this key; chmod 600 it\n",
			name);
}

static int read_text(int fd, struct key_text *kt, struct err *e)
{
	ssize_t got;

	for (;;) {
		got = read(fd, kt->text + kt->len, KEY_TEXT_MAX - kt->len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(e, ERR_USAGE, kt->word, "%s: %s",
				       kt->name, strerror(errno));
		kt->len += got;
		if (!got)
			return 0;
		if (kt->len == KEY_TEXT_MAX)
			return err_set(e, ERR_USAGE, kt->word,
				       "%s: expected the hex digits of a key, found a file of %u octets or more",
				       kt->name, KEY_TEXT_MAX);
	}
}

static bool stdin_read;

void key_stdin_is_read(void)
{
	stdin_read = true;
}

static int open_src(const struct key_src *src, struct key_text *kt,
		    struct err *e)
{
	struct quoted q;
	int fd;

	if (src->kind == KEY_FD || !strcmp(src->path, "-")) {
		fd = src->kind == KEY_FD ? (int)src->fd : STDIN_FILENO;
		if (fd == STDIN_FILENO && stdin_read)
			return err_set(e, ERR_USAGE, kt->word,
				       "expected another place: standard input has been read already");
		stdin_read |= fd == STDIN_FILENO;
		return fd;
	}
	fd = open(src->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, ERR_USAGE, kt->word, "%s: %s",
			       err_quote(src->path, &q), strerror(errno));
	return fd;
}

static int digit_value(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	if (isxdigit((unsigned char)c))
		return tolower((unsigned char)c) - 'a' + 10;
	return -1;
}

/* Hex digits to octets; the key holds at most KEY_MAX, more are counted */
static int decode(const struct key_text *kt, struct key *key, struct err *e)
{
	size_t digits = 0;
	size_t i = 0;
	int value;

	while (i < kt->len && isspace((unsigned char)kt->text[i]))
		i++;
	if (kt->len - i >= 2 && kt->text[i] == '0' &&
	    (kt->text[i + 1] == 'x' || kt->text[i + 1] == 'X'))
		i += 2;
	for (; i < kt->len; i++) {
		if (isspace((unsigned char)kt->text[i]) || kt->text[i] == ':')
			continue;
		value = digit_value(kt->text[i]);
		if (value < 0)
			return err_set(e, ERR_USAGE, kt->word,
				       "%s: expected hex digits only, character %zu is none",
				       kt->name, i + 1);
		if (digits / 2 < NF_IPSEC_KEY_MAX)
			key->octets[digits / 2] |= value << (digits % 2 ? 0 : 4);
		digits++;
	}
	if (digits != 2 * (size_t)kt->want)
		return err_set(e, ERR_USAGE, kt->word,
			       "%s: expected %u octets of key, found %zu%s; nfipsec genkey%s makes one",
			       kt->name, kt->want, digits / 2,
			       digits % 2 ? " and a half" : "", kt->alg);
	key->len = kt->want;
	return 0;
}

static int fill(struct key_text *kt, const struct key_src *src,
		struct key *key, struct err *e)
{
	int fd = open_src(src, kt, e);
	int rc;

	if (fd < 0)
		return -1;
	warn_if_readable(fd, kt->name);
	rc = read_text(fd, kt, e);
	if (src->kind == KEY_FILE && fd != STDIN_FILENO)
		close(fd);
	return rc ? rc : decode(kt, key, e);
}

/* How long must it be, and who makes such a key? */
static void want_key(struct key_text *kt, const struct xform *x)
{
	char text[PRINT_XFORM_LEN];

	kt->want = CONF_SECRET_LEN;
	if (!x)
		return;
	kt->want = ipsec_alg_pair_key_len(ipsec_alg_get(x->enc),
					  ipsec_alg_get(x->auth));
	print_xform(x, text);
	strcpy(kt->alg, strchr(text, ' '));
}

struct key *key_read(const struct key_src *src, const struct xform *x,
		     struct err *e)
{
	struct key_text kt = { .word = src->word };
	struct key *key = key_new();
	struct quoted q;
	char name[32];

	if (!key) {
		err_set(e, ERR_USAGE, kt.word, "no memory");
		return NULL;
	}
	want_key(&kt, x);
	if (src->kind == KEY_FD) {
		snprintf(name, sizeof(name), "descriptor %u", src->fd);
		kt.name = name;
	} else {
		kt.name = strcmp(src->path, "-") ? err_quote(src->path, &q) :
			  "standard input";
	}
	if (fill(&kt, src, key, e)) {
		key_free(key);
		key = NULL;
	}
	explicit_bzero(&kt, sizeof(kt));
	return key;
}

int key_read_sa(struct sa_conf *sa, struct err *e)
{
	if (sa->src.kind != KEY_FILE && sa->src.kind != KEY_FD)
		return 0;
	sa->key = key_read(&sa->src, &sa->o.xform, e);
	return sa->key ? 0 : -1;
}
