/* SPDX-License-Identifier: GPL-2.0-only */
/* Protocol numbers, from the header that gets on with <sys/socket.h>. */
#ifndef _SHIM_LINUX_IN6_H
#define _SHIM_LINUX_IN6_H

#include <netinet/in.h>

#endif /* _SHIM_LINUX_IN6_H */
