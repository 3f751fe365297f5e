/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _FUZZ_H
#define _FUZZ_H

#include <linux/types.h>

/* The name that libFuzzer calls */
int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

#endif /* _FUZZ_H */
