/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_SHIM_LINUX_KERNEL_H
#define _NFIPSEC_SHIM_LINUX_KERNEL_H

#include_next <linux/kernel.h>

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#endif

#endif /* _NFIPSEC_SHIM_LINUX_KERNEL_H */
