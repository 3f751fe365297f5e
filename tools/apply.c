// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "change.h"
#include "cmd.h"
#include "expand.h"
#include "key.h"
#include "lex.h"
#include "parse.h"
#include "set.h"
#include "show.h"
#include "static_keys.h"
#include "twice.h"
#include "warn.h"

/* Octets of the longest file */
#define FILE_MAX	(64U << 20)

/**
 * struct text - a file that has been read
 * @name: what errors call it
 * @octets: allocated
 * @len: how many
 * @size: room for how many
 */
struct text {
	const char *name;
	char *octets;
	size_t len;
	size_t size;
};

static int grow(struct text *text, struct err *e)
{
	size_t size = text->size ? 2 * text->size : 65536;
	char *octets;

	if (size > FILE_MAX)
		return err_set(e, ERR_USAGE, text->name,
			       "expected at most %u octets", FILE_MAX);
	octets = realloc(text->octets, size);
	if (!octets)
		return err_set(e, ERR_USAGE, "memory", "none left");
	text->octets = octets;
	text->size = size;
	return 0;
}

static int read_all(int fd, struct text *text, struct err *e)
{
	ssize_t got = 1;

	while (got) {
		if (text->len == text->size && grow(text, e))
			return -1;
		got = read(fd, text->octets + text->len,
			   text->size - text->len);
		if (got < 0 && errno != EINTR)
			return err_set(e, ERR_USAGE, text->name, "%s",
				       strerror(errno));
		if (got > 0)
			text->len += got;
	}
	return 0;
}

static int read_file(const char *path, struct text *text, struct err *e)
{
	int fd = STDIN_FILENO;
	int rc;

	text->name = path;
	if (!strcmp(path, "-")) {
		text->name = "stdin";
		key_stdin_is_read();
	} else {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return err_set(e, ERR_USAGE, path, "%s",
				       strerror(errno));
	}
	rc = read_all(fd, text, e);
	if (fd != STDIN_FILENO)
		close(fd);
	return rc;
}

/**
 * struct apply - what to do with each line
 * @set: collects SAs and policies; NULL with @show
 * @show: prints the line; NULL with @set
 */
struct apply {
	struct set *set;
	struct show *show;
};

static int do_line(const struct words *w, const struct apply *apply,
		   struct err *e)
{
	struct conf c;
	int rc = parse_line(w->word, w->n, &c, e);

	if (!rc && c.kind == CONF_SA)
		c.sa.line = w->line;
	else if (!rc && c.kind == CONF_POLICY)
		c.sp.line = w->line;
	else if (!rc && c.kind == CONF_TUNNEL)
		c.tunnel.line = w->line;
	else if (!rc)
		c.settings.line = w->line;
	if (!rc && apply->show)
		rc = show_conf(apply->show, &c, e);
	else if (!rc)
		rc = expand_conf(&c, apply->set, e);
	conf_free(&c);
	return rc;
}

static int do_lines(const struct text *text, const struct apply *apply,
		    struct err *e)
{
	struct words w = { };
	struct lex lx;
	int rc;

	lex_init(&lx, text->octets, text->len);
	while ((rc = lex_line(&lx, &w, e)) > 0) {
		if (do_line(&w, apply, e)) {
			rc = -1;
			break;
		}
		words_free(&w);
	}
	if (rc < 0)
		err_where(e, text->name, w.line);
	words_free(&w);
	return rc;
}

/* -n: each line in its canonical form */
static int show_text(struct cmd *cmd, const struct text *text)
{
	struct show show;
	const struct apply apply = { .show = &show };
	int rc;

	show_begin(&show, cmd);
	rc = do_lines(text, &apply, cmd->e);
	if (!rc)
		show_end(&show);
	else if (show.array)
		json_decref(show.array);
	return rc;
}

static int send_set(struct cmd *cmd, const struct text *text,
		    const struct set *set)
{
	const struct change change = {
		.set = set,
		.how = NL_REPLACE,
		.replace_all = !cmd->add,
		.file = text->name,
	};

	return change_make(&change, cmd->e);
}

/* A pipe that was cut must not delete everything */
static int check_any(const struct cmd *cmd, const struct text *text,
		     const struct set *set)
{
	if (set->n_sa || set->n_sp || set->settings.has || cmd->add)
		return 0;
	return err_set(cmd->e, ERR_USAGE, text->name,
		       "expected a line to apply, found none; nfipsec flush deletes everything");
}

static int apply_text(struct cmd *cmd, const struct text *text, bool check)
{
	struct set set = { };
	const struct apply apply = { .set = &set };
	u32 line = 0;
	int rc;

	rc = do_lines(text, &apply, cmd->e);
	if (!rc && (expand_check(&set, &line, cmd->e) ||
		    static_keys_check(&set, &line, cmd->e))) {
		err_where(cmd->e, text->name, line);
		rc = -1;
	}
	if (!rc)
		rc = check_any(cmd, text, &set);
	if (!rc && twice_check_keys(&set, text->name, &line, cmd->e)) {
		err_where(cmd->e, text->name, line);
		rc = -1;
	}
	if (!rc && check) {
		warn_file(&set, text->name, cmd->add);
		printf("# %s: %zu SAs, %zu policies\n", text->name, set.n_sa,
		       set.n_sp);
	} else if (!rc) {
		rc = send_set(cmd, text, &set);
	}
	set_free(&set);
	return rc;
}

/* The word behind the file's name */
static int take_check(struct cmd *cmd, bool *check)
{
	struct nearest nearest;

	if (!cmd->n)
		return 0;
	*check = !strcmp(cmd->word[0], "check");
	if (*check) {
		cmd->word++;
		cmd->n--;
		return cmd_no_more(cmd);
	}
	nearest_init(&nearest, cmd->word[0]);
	nearest_try(&nearest, "check");
	return err_set(cmd->e, ERR_USAGE, cmd->word[0],
		       nearest.best ? "unknown word; did you mean \"check\"?" :
		       "expected check or nothing more");
}

int cmd_apply(struct cmd *cmd)
{
	struct text text = { };
	bool check = false;
	const char *path;
	int rc;

	if (!cmd->n)
		return err_set(cmd->e, ERR_USAGE, "apply",
			       "expected a file's name, or - for standard input");
	path = cmd->word[0];
	cmd->word++;
	cmd->n--;
	if (take_check(cmd, &check))
		return -1;
	rc = read_file(path, &text, cmd->e);
	if (!rc && cmd->dry)
		rc = show_text(cmd, &text);
	else if (!rc)
		rc = apply_text(cmd, &text, check);
	free(text.octets);
	return rc;
}
