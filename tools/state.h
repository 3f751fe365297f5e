/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_STATE_H
#define _NFIPSEC_STATE_H

#include <stddef.h>
#include <linux/types.h>
#include <linux/nf_ipsec.h>

struct err;

/**
 * struct key_state - how far a key has sent
 * @fingerprint: of the key
 * @sent: last number sent
 * @resume: of a file: where to go on after a restart
 * @iv_base: what a counter mode's IV counts from
 */
struct key_state {
	u8 fingerprint[NF_IPSEC_FINGERPRINT_LEN];
	u64 sent;
	u64 resume;
	u64 iv_base;
};

/**
 * struct key_states - many of them
 * @key: allocated
 * @n: how many
 */
struct key_states {
	struct key_state *key;
	size_t n;
};

/**
 * key_states_add() - room for one more
 *
 * Return: an empty one, or NULL if there is no memory.
 */
struct key_state *key_states_add(struct key_states *list);

/**
 * key_states_free() - free what hangs on a list
 */
void key_states_free(struct key_states *list);

/**
 * key_states_read() - what a file says
 * @path: the file
 * @list: must be empty; filled in
 * @e: says what is wrong
 *
 * Return: 0, 1 if there is no such file, KEY_STATES_DAMAGED with @e set if it is a
 * file and does not read as one of ours, or -1 with @e set.
 */
#define KEY_STATES_DAMAGED	2
int key_states_read(const char *path, struct key_states *list, struct err *e);

/**
 * key_states_write() - put a file in the place of another, on the disk
 * @path: the file
 * @dir: descriptor of its folder
 * @list: what it shall say
 * @e: says what is wrong
 *
 * Whenever the machine stops, there is the old file or the new one, whole.
 *
 * Return: 0, or -1 with @e set.
 */
int key_states_write(const char *path, int dir, const struct key_states *list,
		     struct err *e);

/**
 * key_states_merge() - what a file shall say next
 * @list: how far keys have sent by now; their @resume is set, and keys that only
 *	the file knows are added
 * @old: what it says, sorted or not
 * @reserve: numbers that may be sent before the file is written again, at least
 *
 * Return: 0, or -1 if there is no memory.
 */
int key_states_merge(struct key_states *list, struct key_states *old,
		     u64 reserve);

/**
 * key_states_resume() - what the kernel has to be told after a restart
 * @list: what a file says; of those keys that the kernel is behind with, @resume is
 *	where they go on, which @sent becomes, and the next @resume is beyond
 * @now: how far keys have sent by the kernel's count, sorted or not
 * @todo: must be empty; gets those keys
 * @reserve: numbers that may be sent before the file is written again
 *
 * Return: 0, or -1 if there is no memory.
 */
int key_states_resume(struct key_states *list, struct key_states *now,
		      struct key_states *todo, u64 reserve);

#endif /* _NFIPSEC_STATE_H */
