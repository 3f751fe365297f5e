// SPDX-License-Identifier: GPL-2.0-only
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "keyword.h"
#include "nl.h"

#define STATE_FOLDER	"/var/lib/nfipsec"
#define STATE_FILE	STATE_FOLDER "/state"
/* Ten seconds at 1.6 million packets a second */
#define RESERVE_DEFAULT	(1ULL << 24)
#define RESERVE_MOST	(1ULL << 31)
#define WANT_RESERVE	"expected a number from 1 to 2147483648"

/* The file's name, if the next word is none of ours; it is replaced, which
 * standard input and output cannot be
 */
static int take_path(struct cmd *cmd, const char *except, const char **path)
{
	*path = STATE_FILE;
	if (!cmd->n || (except && !strcmp(cmd->word[0], except)))
		return 0;
	if (!strcmp(cmd->word[0], "-"))
		return err_set(cmd->e, ERR_USAGE, "-", "expected a file's name");
	cmd->n--;
	*path = *cmd->word++;
	return 0;
}

static int take_reserve(struct cmd *cmd, u64 *reserve)
{
	struct quoted q;

	*reserve = RESERVE_DEFAULT;
	if (!cmd->n || strcmp(cmd->word[0], "reserve"))
		return cmd_no_more(cmd);
	if (cmd->n < 2)
		return err_set(cmd->e, ERR_USAGE, "reserve",
			       WANT_RESERVE ", found nothing");
	if (parse_number(cmd->word[1], 1, RESERVE_MOST, reserve))
		return err_set(cmd->e, ERR_USAGE, "reserve",
			       WANT_RESERVE ", not \"%s\"",
			       err_quote(cmd->word[1], &q));
	cmd->word += 2;
	cmd->n -= 2;
	return cmd_no_more(cmd);
}

/* Two that save at a time must not overtake each other: the folder is locked,
 * as the file is another one each time
 */
static int open_folder(const char *path, struct err *e)
{
	char *copy = strdup(path);
	const char *folder;
	int fd;

	if (!copy)
		return err_set(e, ERR_USAGE, "memory", "none left");
	folder = dirname(copy);
	if (!strcmp(folder, STATE_FOLDER) && mkdir(folder, 0700) &&
	    errno != EEXIST)
		fd = -1;
	else
		fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX)) {
		err_set(e, ERR_USAGE, folder, "%s", strerror(errno));
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	free(copy);
	return fd;
}

static int running_keys(struct key_states *list, struct err *e)
{
	struct nl *nl = nl_open(e);
	int rc = nl ? nl_keys(nl, list, e) : -1;

	nl_close(nl);
	return rc;
}

static void advise(struct err *e)
{
	size_t len = strlen(e->text);

	snprintf(e->text + len, sizeof(e->text) - len,
		 "; nfipsec state restore puts the file aside");
}

static int save_to(const char *path, int dir, u64 reserve, struct err *e)
{
	struct key_states list = { };
	struct key_states old = { };
	int rc;

	rc = key_states_read(path, &old, e);
	if (rc == KEY_STATES_DAMAGED)
		advise(e);
	rc = rc < 0 || rc == KEY_STATES_DAMAGED || running_keys(&list, e) ? -1 : 0;
	if (!rc && key_states_merge(&list, &old, reserve))
		rc = err_set(e, ERR_USAGE, "memory", "none left");
	if (!rc)
		rc = key_states_write(path, dir, &list, e);
	key_states_free(&list);
	key_states_free(&old);
	return rc;
}

int cmd_state_save(struct cmd *cmd)
{
	const char *path;
	u64 reserve;
	int dir, rc;

	if (take_path(cmd, "reserve", &path) || take_reserve(cmd, &reserve))
		return -1;
	dir = open_folder(path, cmd->e);
	if (dir < 0)
		return -1;
	rc = save_to(path, dir, reserve, cmd->e);
	close(dir);
	return rc;
}

static int tell_all(struct nl *nl, const struct key_states *list, struct err *e)
{
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < list->n; i++)
		rc = nl_key_set(nl, &list->key[i], e);
	return rc;
}

/* The file goes ahead first: who stops before the next time it is written must
 * not go on from here again.  But if it cannot, that is no reason to repeat
 * numbers now.
 */
static int restore_from(const char *path, int dir, struct key_states *list,
			struct err *e)
{
	struct key_states todo = { };
	struct key_states now = { };
	struct err unwritten = { };
	struct nl *nl = nl_open(e);
	int rc = nl ? nl_keys(nl, &now, e) : -1;

	if (!rc && key_states_resume(list, &now, &todo, RESERVE_DEFAULT))
		rc = err_set(e, ERR_USAGE, "memory", "none left");
	if (!rc && todo.n)
		key_states_write(path, dir, list, &unwritten);
	if (!rc)
		rc = tell_all(nl, &todo, e);
	if (!rc && unwritten.code) {
		*e = unwritten;
		rc = -1;
	}
	nl_close(nl);
	key_states_free(&todo);
	key_states_free(&now);
	return rc;
}

static int none_saved(const char *path)
{
	fprintf(stderr,
		"nfipsec: warning: %s: no state was saved; a key that has sent before a restart begins with number 1 again: its peer drops that until the old number is passed, and under an -iiv algorithm it is readable; new keys are safe: nfipsec genkey\n",
		path);
	return 0;
}

/* A damaged file must not keep all later ones from being written */
static int put_aside(const char *path, struct err *e)
{
	char *bad;
	int rc;

	if (asprintf(&bad, "%s.bad", path) < 0)
		return -1;
	rc = rename(path, bad);
	if (!rc) {
		err_print(e);
		fprintf(stderr,
			"nfipsec: warning: %s: is now %s, and nfipsec state save writes a new one\n",
			path, bad);
		memset(e, 0, sizeof(*e));
		none_saved(path);
	}
	free(bad);
	return rc ? -1 : 0;
}

int cmd_state_restore(struct cmd *cmd)
{
	struct key_states list = { };
	const char *path;
	int dir, rc;

	if (take_path(cmd, NULL, &path) || cmd_no_more(cmd))
		return -1;
	if (access(path, F_OK) && errno == ENOENT)
		return none_saved(path);
	dir = open_folder(path, cmd->e);
	if (dir < 0)
		return -1;
	rc = key_states_read(path, &list, cmd->e);
	if (rc == KEY_STATES_DAMAGED)
		rc = put_aside(path, cmd->e);
	else if (rc > 0)
		rc = none_saved(path);
	else if (!rc)
		rc = restore_from(path, dir, &list, cmd->e);
	close(dir);
	key_states_free(&list);
	return rc;
}
