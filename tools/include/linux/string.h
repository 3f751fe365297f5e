/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_SHIM_LINUX_STRING_H
#define _NFIPSEC_SHIM_LINUX_STRING_H

#include <string.h>

#endif /* _NFIPSEC_SHIM_LINUX_STRING_H */
