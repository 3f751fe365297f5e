// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes a function of the kernel fail, as seen by nf_ipsec alone.
 *
 * Stock kernels inject no faults.  This module takes the place of that: while a
 * packet is in one of nf_ipsec's hooks, the n-th call of the function that
 * parameter "site" names does not happen and returns "value" instead.
 *
 *	echo 0 > n; echo pskb_expand_head > site; echo -12 > value; echo 1 > n
 *
 * "calls" says how many calls there were since n was written.  For tests in a
 * virtual machine; nothing here is fit for any other.
 */
#include <linux/kprobes.h>
#include <linux/linkage.h>
#include <linux/module.h>
#include <linux/objtool.h>
#include <linux/percpu.h>

#ifndef CONFIG_X86_64
#error "how a function returns at once is known for x86-64 only"
#endif

static const char * const hooks[] = {
	"ipsec_input", "ipsec_input_late", "ipsec_output_decide", "ipsec_output",
};

static DEFINE_PER_CPU(int, depth);
static struct kretprobe hook_probes[ARRAY_SIZE(hooks)];
static struct kprobe site_probe;
static char site[64];
static atomic_t calls;
static int n;
static long value;

static int hook_begin(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	this_cpu_inc(depth);
	return 0;
}

static int hook_end(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	this_cpu_dec(depth);
	return 0;
}

/* A function that returns at once, to be gone to from the beginning of any other:
 * the stack must stay as it is, which differs by how the probe was made.
 */
asmlinkage void ipsec_fault_return(void);
asm(".pushsection .text\n"
    ".globl ipsec_fault_return\n"
    ".type ipsec_fault_return, @function\n"
    "ipsec_fault_return:\n"
    ANNOTATE_NOENDBR
    ASM_RET
    ".size ipsec_fault_return, .-ipsec_fault_return\n"
    ".popsection\n");

/* As if the function's first instruction were its return */
static int fail(struct kprobe *p, struct pt_regs *regs)
{
	if (!this_cpu_read(depth) || !READ_ONCE(n) ||
	    atomic_inc_return(&calls) != READ_ONCE(n))
		return 0;
	regs->ax = value;
	regs->ip = (unsigned long)ipsec_fault_return;
	return 1;
}

/* With it a probe may change where the function goes on. */
static void after(struct kprobe *p, struct pt_regs *regs, unsigned long flags)
{
}

static int site_set(const char *val, const struct kernel_param *kp)
{
	int err;

	if (site_probe.symbol_name)
		unregister_kprobe(&site_probe);
	memset(&site_probe, 0, sizeof(site_probe));
	strscpy(site, val, sizeof(site));
	strim(site);
	site_probe.symbol_name = site;
	site_probe.pre_handler = fail;
	site_probe.post_handler = after;
	err = register_kprobe(&site_probe);
	if (err)
		site_probe.symbol_name = NULL;
	return err;
}

static int site_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", site);
}

static int n_set(const char *val, const struct kernel_param *kp)
{
	atomic_set(&calls, 0);
	return param_set_int(val, kp);
}

static int calls_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%d\n", atomic_read(&calls));
}

static const struct kernel_param_ops site_ops = { .set = site_set, .get = site_get };
static const struct kernel_param_ops n_ops = { .set = n_set, .get = param_get_int };
static const struct kernel_param_ops calls_ops = { .get = calls_get };

module_param_cb(site, &site_ops, NULL, 0600);
MODULE_PARM_DESC(site, "function that fails");
module_param_cb(n, &n_ops, &n, 0600);
MODULE_PARM_DESC(n, "which call of it; 0: none");
module_param_cb(calls, &calls_ops, NULL, 0400);
MODULE_PARM_DESC(calls, "calls since n was written");
module_param(value, long, 0600);
MODULE_PARM_DESC(value, "what it returns");

static int __init fault_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		hook_probes[i].kp.symbol_name = hooks[i];
		hook_probes[i].entry_handler = hook_begin;
		hook_probes[i].handler = hook_end;
		hook_probes[i].maxactive = 64;
		err = register_kretprobe(&hook_probes[i]);
		if (err)
			goto err_unregister;
	}
	return 0;

err_unregister:
	pr_err("ipsec_fault: %s cannot be watched: %d\n", hooks[i], err);
	while (--i >= 0)
		unregister_kretprobe(&hook_probes[i]);
	return err;
}

static void __exit fault_exit(void)
{
	int i;

	if (site_probe.symbol_name)
		unregister_kprobe(&site_probe);
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		unregister_kretprobe(&hook_probes[i]);
}

module_init(fault_init);
module_exit(fault_exit);
MODULE_DESCRIPTION("Makes functions fail under nf_ipsec");
MODULE_LICENSE("GPL");
