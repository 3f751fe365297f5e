/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_SLAB_H
#define _SHIM_LINUX_SLAB_H

#define GFP_KERNEL	0

#endif /* _SHIM_LINUX_SLAB_H */
