// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "keyword.h"
#include "lib/alg.h"

/* How many octets does the algorithm's key have? */
static int key_len(struct cmd *cmd, u32 *len)
{
	static const struct keyword kw = {
		.word = "genkey",
		.want = "an algorithm such as aes-gcm-256 or aes-cbc-256+hmac-sha256-128",
		.many = true,
	};
	struct parse p = { .word = cmd->word, .n = cmd->n, .e = cmd->e };
	const struct ipsec_alg *alg;
	struct xform x;

	if (!cmd->n) {
		*len = CONF_SECRET_LEN;
		return 0;
	}
	/* an integrity algorithm alone is for AH */
	alg = ipsec_alg_find(cmd->word[0], strlen(cmd->word[0]));
	if (alg && alg->kind == IPSEC_ALG_AUTH) {
		if (parse_ah(&p, &kw, &x))
			return -1;
	} else if (parse_esp(&p, &kw, &x)) {
		return -1;
	}
	cmd->word++;
	cmd->n--;
	*len = ipsec_alg_pair_key_len(ipsec_alg_get(x.enc),
				      ipsec_alg_get(x.auth));
	return cmd_no_more(cmd);
}

static void warn_if_readable(void)
{
	struct stat st;

	if (!fstat(STDOUT_FILENO, &st) && S_ISREG(st.st_mode) &&
	    (st.st_mode & 0007))
		fprintf(stderr,
			"nfipsec: warning: other users can read this file; set umask 077 before writing keys\n");
}

static int fill_random(struct cmd *cmd, u8 *octets, size_t len)
{
	ssize_t got;

	while (len) {
		got = getrandom(octets, len, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(cmd->e, ERR_KERNEL, "genkey",
				       "no random numbers: %s",
				       strerror(errno));
		octets += got;
		len -= got;
	}
	return 0;
}

static int write_all(struct cmd *cmd, const char *text, size_t len)
{
	ssize_t put;

	while (len) {
		put = write(STDOUT_FILENO, text, len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return err_set(cmd->e, ERR_USAGE, "output",
				       "cannot be written: %s",
				       strerror(errno));
		text += put;
		len -= put;
	}
	return 0;
}

int cmd_genkey(struct cmd *cmd)
{
	char text[2 * NF_IPSEC_KEY_MAX + 2];
	u8 octets[NF_IPSEC_KEY_MAX];
	u32 len, i;
	int rc;

	if (key_len(cmd, &len))
		return -1;
	warn_if_readable();
	rc = fill_random(cmd, octets, len);
	for (i = 0; !rc && i < len; i++)
		sprintf(text + 2 * i, "%02x", octets[i]);
	text[2 * len] = '\n';
	if (!rc)
		rc = write_all(cmd, text, 2 * len + 1);
	explicit_bzero(octets, sizeof(octets));
	explicit_bzero(text, sizeof(text));
	return rc;
}
