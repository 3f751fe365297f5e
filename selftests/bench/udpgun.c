// SPDX-License-Identifier: GPL-2.0-only
/*
 * udpgun ADDRESS PORT PAYLOAD COUNT: send datagrams one after the other and say
 * how many ticks of the time-stamp counter each took.
 *
 * In a VM that counts instructions (-icount shift=0) on one CPU a tick is an
 * instruction, and all that the packet causes on its way through the namespaces
 * of that VM happens within send().
 */
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <x86intrin.h>

#define WARM_UP	100

/* counter.c: begins to count, or ends it */
#define MARK(n)	asm volatile(".byte 0x0f, 0x1f, 0x84, 0x00\n.long 0x1b5ec000 + " #n)

static int connect_to(const char *addr, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM,
				  .ai_flags = AI_NUMERICHOST };
	struct addrinfo *ai;
	int fd;

	if (getaddrinfo(addr, port, &hints, &ai))
		return -1;
	fd = socket(ai->ai_family, SOCK_DGRAM, 0);
	if (fd >= 0 && connect(fd, ai->ai_addr, ai->ai_addrlen)) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(ai);
	return fd;
}

int main(int argc, char **argv)
{
	static char payload[65536];
	unsigned long i, n, size;
	uint64_t start, end;
	int fd;

	if (argc != 5) {
		fprintf(stderr, "usage: udpgun ADDRESS PORT PAYLOAD COUNT\n");
		return 1;
	}
	fd = connect_to(argv[1], argv[2]);
	if (fd < 0) {
		perror("udpgun");
		return 1;
	}
	size = strtoul(argv[3], NULL, 0);
	n = strtoul(argv[4], NULL, 0);
	if (size > sizeof(payload) || !n)
		return 1;
	memset(payload, 'x', size);
	for (i = 0; i < WARM_UP; i++)
		send(fd, payload, size, 0);
	MARK(0);
	start = __rdtsc();
	for (i = 0; i < n; i++)
		send(fd, payload, size, 0);
	end = __rdtsc();
	MARK(1);
	printf("%lu\n", (unsigned long)((end - start) / n));
	return 0;
}
