// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of QEMU's (TCG, plugin interface version 1): how often each block of
 * guest code runs between two marks that the guest sets.
 *
 *	qemu-system-x86_64 -plugin file=counter.so,out=FILE ...
 *
 * The guest sets a mark by an instruction that does nothing, "nopl
 * N(%rax,%rax)" with N = MARK_BASE + number: 0 begins, any other ends the count,
 * and appends to FILE
 *
 *	mark NUMBER
 *	ADDRESS TIMES INSTRUCTIONS LOCKED
 *	...
 *
 * a line a block that has run: where it begins, how often, how many instructions
 * it has, and how many of them lock the bus.  A block that a fault or an interrupt
 * cuts short counts as whole.  For one processor.
 *
 * QEMU's header is not in Debian's packages: what is used of it stands below.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

#define MARK_BASE	0x1b5ec000u
#define MARK_MASK	0xfffff000u

typedef uint64_t plugin_id;
struct plugin_tb;
struct plugin_insn;

enum { INLINE_ADD_U64 };
enum { CB_NO_REGS };

extern void
qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id,
				      void (*cb)(plugin_id, struct plugin_tb *));
extern size_t qemu_plugin_tb_n_insns(const struct plugin_tb *tb);
extern uint64_t qemu_plugin_tb_vaddr(const struct plugin_tb *tb);
extern struct plugin_insn *qemu_plugin_tb_get_insn(const struct plugin_tb *tb,
						   size_t n);
extern const void *qemu_plugin_insn_data(const struct plugin_insn *insn);
extern size_t qemu_plugin_insn_size(const struct plugin_insn *insn);
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct plugin_tb *tb,
						     int op, void *ptr,
						     uint64_t imm);
extern void
qemu_plugin_register_vcpu_insn_exec_cb(struct plugin_insn *insn,
				       void (*cb)(unsigned int, void *),
				       int flags, void *data);

EXPORT int qemu_plugin_version = 1;

#define BUCKETS		(1 << 16)

struct block {
	struct block *next;
	uint64_t addr;
	uint64_t times;
	uint32_t insns;
	uint32_t locked;
};

/* by address and length: code may be cut into blocks in more than one way */
static struct block *blocks[BUCKETS];
static FILE *out;

static struct block *find(uint64_t addr, uint32_t insns)
{
	struct block **at = &blocks[(addr ^ addr >> 16) % BUCKETS];
	struct block *b;

	for (b = *at; b; b = b->next)
		if (b->addr == addr && b->insns == insns)
			return b;
	b = calloc(1, sizeof(*b));
	if (!b)
		abort();
	b->addr = addr;
	b->insns = insns;
	b->next = *at;
	*at = b;
	return b;
}

static void print(void)
{
	const struct block *b;
	int i;

	for (i = 0; i < BUCKETS; i++)
		for (b = blocks[i]; b; b = b->next)
			if (b->times)
				fprintf(out, "%" PRIx64 " %" PRIu64 " %u %u\n",
					b->addr, b->times, b->insns, b->locked);
}

static void clear(void)
{
	struct block *b;
	int i;

	for (i = 0; i < BUCKETS; i++)
		for (b = blocks[i]; b; b = b->next)
			b->times = 0;
}

static void mark(unsigned int cpu, void *data)
{
	unsigned int number = (uintptr_t)data;

	if (number) {
		fprintf(out, "mark %u\n", number);
		print();
		fflush(out);
	}
	clear();
}

/* 0f 1f 84 00 and four octets, least significant first */
static bool is_mark(const uint8_t *code, size_t size, unsigned int *number)
{
	uint32_t n;

	if (size != 8 || memcmp(code, "\x0f\x1f\x84", 4))
		return false;
	memcpy(&n, code + 4, sizeof(n));
	*number = n & ~MARK_MASK;
	return (n & MARK_MASK) == MARK_BASE;
}

/* A lock prefix, or an exchange with memory, which locks without one */
static bool is_locked(const uint8_t *code, size_t size)
{
	size_t i = 0;

	while (i < size && (code[i] == 0x66 || code[i] == 0x2e ||
			    code[i] == 0x3e || code[i] == 0x65 ||
			    code[i] == 0xf2 || code[i] == 0xf3))
		i++;
	if (i < size && code[i] == 0xf0)
		return true;
	if (i < size && (code[i] & 0xf0) == 0x40)
		i++;
	return i + 1 < size && (code[i] & 0xfe) == 0x86 &&
	       code[i + 1] < 0xc0;
}

static void translate(plugin_id id, struct plugin_tb *tb)
{
	size_t i, n = qemu_plugin_tb_n_insns(tb);
	struct block *b = find(qemu_plugin_tb_vaddr(tb), n);
	unsigned int number;
	uint32_t locked = 0;

	for (i = 0; i < n; i++) {
		struct plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		const uint8_t *code = qemu_plugin_insn_data(insn);
		size_t size = qemu_plugin_insn_size(insn);

		locked += is_locked(code, size);
		if (is_mark(code, size, &number))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, mark, CB_NO_REGS,
							       (void *)(uintptr_t)number);
	}
	b->locked = locked;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, INLINE_ADD_U64, &b->times, 1);
}

EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc,
			       char **argv)
{
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fprintf(stderr, "counter: out=FILE is missing\n");
		return -1;
	}
	out = fopen(argv[0] + 4, "w");
	if (!out) {
		perror(argv[0] + 4);
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	return 0;
}
