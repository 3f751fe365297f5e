// SPDX-License-Identifier: GPL-2.0-only
/*
 * tcpgun [-b BATCHES] NETNS ADDRESS PORT OCTETS
 *
 * Sends OCTETS over TCP to a receiver in network namespace NETNS, BATCHES times
 * over one connection after a first time to warm up, and says how many ticks of the
 * time-stamp counter each 1448 of them took: the median.
 *
 * In a VM that counts instructions (-icount shift=0,sleep=off) on one CPU a tick is
 * an instruction, but time in which the processor has nothing to do is skipped and
 * counts as well; so it is taken off.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netdb.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

#include "mark.h"

#define SEGMENT		1448
#define CHUNK		65536
#define MAX_BATCHES	100

static char chunk[CHUNK];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void enter(const char *netns)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		fail(path);
	close(fd);
}

/* Nanoseconds, which are ticks, without anything to do: the kernel's own count,
 * of the one processor that there is
 */
static uint64_t idle(void)
{
	static const char what[] = ".idle_sleeptime";
	char line[256];
	uint64_t ns = 0;
	FILE *f = fopen("/proc/timer_list", "r");
	const char *at;

	if (!f)
		fail("/proc/timer_list");
	while (fgets(line, sizeof(line), f)) {
		at = strstr(line, what);
		if (at) {
			at = strchr(at, ':');
			ns = strtoull(at + 1, NULL, 10);
			break;
		}
	}
	fclose(f);
	return ns;
}

/* Answers each OCTETS with one, when all of them have come */
static void receiver(const char *netns, const struct addrinfo *ai,
		     uint64_t octets, int ready)
{
	int one = 1, listener, fd;
	uint64_t got = 0;
	ssize_t n;

	enter(netns);
	listener = socket(ai->ai_family, SOCK_STREAM, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, ai->ai_addr, ai->ai_addrlen) || listen(listener, 1))
		fail("listen");
	if (write(ready, "", 1) != 1)
		fail("pipe");
	fd = accept(listener, NULL, NULL);
	while ((n = read(fd, chunk, sizeof(chunk))) > 0) {
		got += n;
		if (got % octets == 0 && write(fd, "", 1) != 1)
			fail("answer");
	}
	exit(0);
}

/* Return: ticks, but not those without anything to do */
static uint64_t batch(int fd, uint64_t octets, uint64_t *slept)
{
	uint64_t start, end, before = idle(), left = octets;
	char answer;
	ssize_t n;

	start = __rdtsc();
	while (left) {
		n = write(fd, chunk, left < CHUNK ? left : CHUNK);
		if (n <= 0)
			fail("write");
		left -= n;
	}
	/* so everything has arrived */
	if (read(fd, &answer, 1) != 1)
		fail("read");
	end = __rdtsc();
	*slept = idle() - before;
	return end - start - *slept;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static int measure(const struct addrinfo *ai, uint64_t octets, unsigned int n)
{
	static uint64_t ticks[MAX_BATCHES];
	uint64_t slept, all = 0;
	unsigned int i;
	int fd = socket(ai->ai_family, SOCK_STREAM, 0);

	if (connect(fd, ai->ai_addr, ai->ai_addrlen))
		fail("connect");
	batch(fd, octets, &slept);
	MARK(0);
	for (i = 0; i < n; i++) {
		ticks[i] = batch(fd, octets, &slept);
		all += slept;
	}
	MARK(1);
	close(fd);
	qsort(ticks, n, sizeof(*ticks), compare);
	printf("%.0f\n", (double)ticks[n / 2] * SEGMENT / octets);
	fprintf(stderr, "# tcpgun: idle %.0f ticks per %u octets\n",
		(double)all / n * SEGMENT / octets, SEGMENT);
	return 0;
}

int main(int argc, char **argv)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_NUMERICHOST };
	unsigned int batches = 5;
	struct addrinfo *ai;
	uint64_t octets;
	int ready[2];
	char byte;
	int c;

	while ((c = getopt(argc, argv, "b:")) == 'b')
		batches = atoi(optarg);
	if (argc - optind != 4 || !batches || batches > MAX_BATCHES ||
	    getaddrinfo(argv[optind + 1], argv[optind + 2], &hints, &ai)) {
		fprintf(stderr, "usage: tcpgun [-b BATCHES] NETNS ADDRESS PORT OCTETS\n");
		return 1;
	}
	octets = strtoull(argv[optind + 3], NULL, 0);
	if (!octets || pipe(ready))
		return 1;
	if (!fork())
		receiver(argv[optind], ai, octets, ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		fail("receiver");
	return measure(ai, octets, batches);
}
