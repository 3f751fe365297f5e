// SPDX-License-Identifier: GPL-2.0-only
/*
 * udpgun [-n COUNT] [-b BATCHES] [-f FLOWS] [-w] ADDRESS PORT SIZE...
 *
 * Sends datagrams one after the other and says how many ticks of the time-stamp
 * counter each took: for each SIZE the median over the batches, and at the end
 * how many were sent altogether. A SIZE counts the IP header, too, or is "imix":
 * 7 of 50 octets, 4 of 512 and 1 of 1420, in turn.
 *
 * With -f each datagram goes to ADDRESS plus a random number below FLOWS, after
 * each of them has had one. With -w that is all: nothing is measured.
 *
 * In a VM that counts instructions (-icount shift=0) on one CPU a tick is an
 * instruction, and all that the packet causes on its way through the namespaces
 * of that VM happens within sendto(). What else happens there now and then, a
 * timer or a worker, is in one batch and not in the median.
 * counter.c counts each SIZE as one run, of COUNT * BATCHES datagrams.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <x86intrin.h>

#include "mark.h"

#define WARM_UP		100
#define MAX_BATCHES	1000
#define IMIX		0

static const unsigned int imix[] = {
	50, 512, 50, 50, 512, 50, 1420, 50, 512, 50, 512, 50,
};

/**
 * struct gun - what is sent, and to whom
 * @fd: the socket
 * @ai: the address of flow 0
 * @at: the last four octets of @to, which number the flows
 * @base: what stands there for flow 0
 * @header: octets of IP and UDP header
 * @flows: how many
 * @random: state of the generator
 * @sent: datagrams so far
 * @to: the next destination
 */
struct gun {
	int fd;
	struct addrinfo *ai;
	uint8_t *at;
	uint32_t base;
	unsigned int header;
	uint32_t flows;
	uint32_t random;
	unsigned long sent;
	struct sockaddr_storage to;
};

static char payload[65536];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void open_gun(struct gun *gun, const char *addr, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM,
				  .ai_flags = AI_NUMERICHOST };

	if (getaddrinfo(addr, port, &hints, &gun->ai)) {
		fprintf(stderr, "udpgun: no address: %s\n", addr);
		exit(1);
	}
	gun->fd = socket(gun->ai->ai_family, SOCK_DGRAM, 0);
	if (gun->fd < 0)
		fail("socket");
	memcpy(&gun->to, gun->ai->ai_addr, gun->ai->ai_addrlen);
	gun->at = (uint8_t *)&((struct sockaddr_in *)&gun->to)->sin_addr;
	gun->header = 28;
	if (gun->ai->ai_family == AF_INET6) {
		gun->at = (uint8_t *)&((struct sockaddr_in6 *)&gun->to)->sin6_addr + 12;
		gun->header = 48;
	}
	memcpy(&gun->base, gun->at, 4);
	gun->base = ntohl(gun->base);
	/* one flow: as a program that talks to one peer */
	if (gun->flows == 1 &&
	    connect(gun->fd, gun->ai->ai_addr, gun->ai->ai_addrlen))
		fail("connect");
}

static void shoot(struct gun *gun, unsigned int size, uint32_t flow)
{
	uint32_t last = htonl(gun->base + flow);
	ssize_t n;

	if (gun->flows == 1) {
		n = send(gun->fd, payload, size - gun->header, 0);
	} else {
		memcpy(gun->at, &last, 4);
		n = sendto(gun->fd, payload, size - gun->header, 0,
			   (struct sockaddr *)&gun->to, gun->ai->ai_addrlen);
	}
	if (n < 0)
		fail("send");
	gun->sent++;
}

/* xorshift: the same flows each time */
static uint32_t next_flow(struct gun *gun)
{
	gun->random ^= gun->random << 13;
	gun->random ^= gun->random >> 17;
	gun->random ^= gun->random << 5;
	return gun->random % gun->flows;
}

static uint64_t batch(struct gun *gun, unsigned int size, unsigned long n)
{
	uint64_t start = __rdtsc();
	unsigned long i;

	for (i = 0; i < n; i++)
		shoot(gun, size == IMIX ? imix[i % 12] : size, next_flow(gun));
	return __rdtsc() - start;
}

static void warm_up(struct gun *gun)
{
	uint32_t i;

	for (i = 0; i < gun->flows; i++)
		shoot(gun, 100, i);
	for (i = 0; i < WARM_UP; i++)
		shoot(gun, 100, next_flow(gun));
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void measure(struct gun *gun, const char *word, unsigned long n,
		    unsigned int batches)
{
	unsigned int size = !strcmp(word, "imix") ? IMIX : atoi(word);
	static uint64_t ticks[MAX_BATCHES];
	unsigned int i;

	if (size != IMIX && (size < gun->header || size > sizeof(payload))) {
		fprintf(stderr, "udpgun: no size: %s\n", word);
		exit(1);
	}
	batch(gun, size, 24);
	MARK(0);
	for (i = 0; i < batches; i++)
		ticks[i] = batch(gun, size, n);
	MARK(1);
	qsort(ticks, batches, sizeof(*ticks), compare);
	printf("%.0f ", (double)ticks[batches / 2] / n);
}

int main(int argc, char **argv)
{
	struct gun gun = { .flows = 1, .random = 2463534242U };
	unsigned int batches = 9;
	unsigned long n = 480;
	int only_warm = 0;
	int c;

	while ((c = getopt(argc, argv, "n:b:f:w")) != -1) {
		if (c == 'n')
			n = strtoul(optarg, NULL, 0);
		else if (c == 'b')
			batches = atoi(optarg);
		else if (c == 'f')
			gun.flows = strtoul(optarg, NULL, 0);
		else
			only_warm = 1;
	}
	if (argc - optind < 2 || !n || !gun.flows || !batches ||
	    batches > MAX_BATCHES) {
		fprintf(stderr,
			"usage: udpgun [-n COUNT] [-b BATCHES] [-f FLOWS] [-w] ADDRESS PORT SIZE...\n");
		return 1;
	}
	memset(payload, 'x', sizeof(payload));
	open_gun(&gun, argv[optind], argv[optind + 1]);
	warm_up(&gun);
	for (c = optind + 2; c < argc && !only_warm; c++)
		measure(&gun, argv[c], n, batches);
	printf("%lu\n", gun.sent);
	return 0;
}
