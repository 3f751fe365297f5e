/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_ASM_BARRIER_H
#define _SHIM_ASM_BARRIER_H

/* loads before it are done before loads behind it */
#define smp_rmb()	__atomic_thread_fence(__ATOMIC_ACQUIRE)
/* stores before it are seen before stores behind it */
#define smp_wmb()	__atomic_thread_fence(__ATOMIC_RELEASE)

#endif /* _SHIM_ASM_BARRIER_H */
