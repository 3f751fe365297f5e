/* SPDX-License-Identifier: GPL-2.0-only */
/* AF_INET and AF_INET6, which the system's header of this name does not have. */
#ifndef _SHIM_LINUX_SOCKET_H
#define _SHIM_LINUX_SOCKET_H

#include <sys/socket.h>

#endif /* _SHIM_LINUX_SOCKET_H */
