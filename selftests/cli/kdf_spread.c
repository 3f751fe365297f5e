// SPDX-License-Identifier: GPL-2.0-only
/*
 * How SPIs are spread that come of many secrets. The secrets are counted, so that
 * each run has the same ones: a fault of the spread is found or is not, and no
 * run fails by chance.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kdf.h"

#define SECRETS		100000
#define BINS		256
/* Chi-square with 255 degrees of freedom is within these but for 1 in 10^6 */
#define CHI_MIN		153
#define CHI_MAX		380
/* n^2 / 2^33: 1.2 pairs are equal by chance; more than 9, once in 10^6 */
#define PAIRS_MAX	9

static u32 spi_of[SECRETS];

static int failed;

static void need(bool good, const char *what, double n)
{
	if (good)
		return;
	printf("%s: %g\n", what, n);
	failed = 1;
}

static void draw_all(void)
{
	struct addr a = { .family = AF_INET }, b = { .family = AF_INET };
	const struct xform xform = {
		.proto = IPPROTO_ESP, .enc = NF_IPSEC_ALG_AES_GCM_256,
	};
	const struct kdf_sa sa = {
		.sender = &a, .receiver = &b, .xform = &xform,
		.mode = NF_IPSEC_MODE_TUNNEL,
	};
	struct key secret = { .len = CONF_SECRET_LEN };
	u32 i;

	inet_pton(AF_INET, "203.0.113.1", a.octets);
	inet_pton(AF_INET, "198.51.100.7", b.octets);
	for (i = 0; i < SECRETS; i++) {
		memcpy(secret.octets, &i, sizeof(i));
		spi_of[i] = kdf_spi(&secret, &sa);
	}
}

static void check_octet(int shift, const char *what)
{
	double expected = (double)SECRETS / BINS, sum = 0;
	u32 count[BINS] = { };
	u32 i;

	for (i = 0; i < SECRETS; i++)
		count[spi_of[i] >> shift & (BINS - 1)]++;
	for (i = 0; i < BINS; i++)
		sum += (count[i] - expected) * (count[i] - expected) / expected;
	need(sum > CHI_MIN && sum < CHI_MAX, what, sum);
}

static int order(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

static void check_values(void)
{
	u32 i, pairs = 0;

	qsort(spi_of, SECRETS, sizeof(spi_of[0]), order);
	need(spi_of[0] >= NF_IPSEC_SPI_MIN, "a reserved SPI", spi_of[0]);
	for (i = 1; i < SECRETS; i++)
		pairs += spi_of[i] == spi_of[i - 1];
	need(pairs <= PAIRS_MAX, "equal SPIs", pairs);
}

/* @reserved draws that must not be taken, then one that must */
static void check_draws(u32 reserved)
{
	u8 octets[KDF_SPI_DRAWS];
	u32 i, spi;

	memset(octets, 0xee, sizeof(octets));
	for (i = 0; i < reserved; i++) {
		memset(octets + 4 * i, 0, 3);
		octets[4 * i + 3] = i % 2 ? 0 : 0xff;
	}
	if (4 * i < sizeof(octets))
		memcpy(octets + 4 * i, "\0\0\1\0", 4);
	spi = kdf_spi_draw(octets);
	need(4 * i < sizeof(octets) ? spi == 256 : spi >= NF_IPSEC_SPI_MIN,
	     "drawn again", spi);
}

int main(void)
{
	u32 i;

	draw_all();
	check_octet(24, "chi-square of the high octet");
	check_octet(16, "chi-square of the second octet");
	check_octet(8, "chi-square of the third octet");
	check_octet(0, "chi-square of the low octet");
	check_values();
	for (i = 0; i <= KDF_SPI_DRAWS / 4; i++)
		check_draws(i);
	return failed;
}
