// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two SAs, and more when SPIs change, from one secret.
 */
#include "kdf.h"

#include <netinet/in.h>
#include <nettle/hkdf.h>
#include <nettle/hmac.h>
#include <nettle/sha2.h>
#include <string.h>

#include "lib/alg.h"

#define LABEL_SALT	"nf_ipsec tunnel secret 1"
#define LABEL_SPI	"spi"
#define LABEL_KEY	"key"

/* Octets of the longest info: label, two names, two addresses, numbers */
#define INFO_MAX	256

/**
 * struct info - the info input of HKDF
 * @octets: so far
 * @len: how many
 */
struct info {
	u8 octets[INFO_MAX];
	size_t len;
};

/* Everything goes in behind its length, so that no two infos can be equal */
static void add(struct info *info, const void *octets, u8 len)
{
	info->octets[info->len++] = len;
	memcpy(info->octets + info->len, octets, len);
	info->len += len;
}

static void add_alg(struct info *info, u16 id)
{
	const struct ipsec_alg *alg = ipsec_alg_get(id);

	add(info, alg ? alg->name : "", alg ? strlen(alg->name) : 0);
}

static void add_addr(struct info *info, const struct addr *a)
{
	add(info, a->octets, a->family == AF_INET ? 4 : 16);
}

static void begin(struct info *info, const char *label,
		  const struct kdf_sa *sa)
{
	info->len = 0;
	add(info, label, strlen(label));
	add_addr(info, sa->sender);
	add_addr(info, sa->receiver);
	add(info, &sa->xform->proto, 1);
	add_alg(info, sa->xform->enc);
	add_alg(info, sa->xform->auth);
	add(info, &sa->mode, 1);
}

static void hkdf(const struct key *secret, const struct info *info, u8 *out,
		 size_t len)
{
	struct hmac_sha256_ctx ctx;
	u8 prk[SHA256_DIGEST_SIZE];

	hmac_sha256_set_key(&ctx, strlen(LABEL_SALT),
			    (const u8 *)LABEL_SALT);
	hkdf_extract(&ctx, (nettle_hash_update_func *)hmac_sha256_update,
		     (nettle_hash_digest_func *)hmac_sha256_digest,
		     SHA256_DIGEST_SIZE, secret->len, secret->octets, prk);
	hmac_sha256_set_key(&ctx, sizeof(prk), prk);
	hkdf_expand(&ctx, (nettle_hash_update_func *)hmac_sha256_update,
		    (nettle_hash_digest_func *)hmac_sha256_digest,
		    SHA256_DIGEST_SIZE, info->len, info->octets, len, out);
	explicit_bzero(&ctx, sizeof(ctx));
	explicit_bzero(prk, sizeof(prk));
}

u32 kdf_spi_draw(const u8 *octets)
{
	const u8 *end = octets + KDF_SPI_DRAWS;
	u32 spi;

	do {
		spi = (u32)octets[0] << 24 | octets[1] << 16 | octets[2] << 8 |
		      octets[3];
		octets += 4;
	} while (spi < NF_IPSEC_SPI_MIN && octets < end);
	/* eight in a row: nobody will ever see it, but it must not be reserved */
	return spi < NF_IPSEC_SPI_MIN ? spi + NF_IPSEC_SPI_MIN : spi;
}

u32 kdf_spi(const struct key *secret, const struct kdf_sa *sa)
{
	u8 out[KDF_SPI_DRAWS];
	struct info info;

	begin(&info, LABEL_SPI, sa);
	hkdf(secret, &info, out, sizeof(out));
	return kdf_spi_draw(out);
}

void kdf_key(const struct key *secret, const struct kdf_sa *sa, u32 spi,
	     struct key *key)
{
	u8 number[4] = { spi >> 24, spi >> 16, spi >> 8, spi };
	struct info info;

	begin(&info, LABEL_KEY, sa);
	add(&info, number, sizeof(number));
	hkdf(secret, &info, key->octets, key->len);
}
