/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_CONF_H
#define _NFIPSEC_CONF_H

#include <linux/types.h>
#include <linux/nf_ipsec.h>

#include "parts.h"

/* Which words were given: absent is not the same as zero */
enum conf_has {
	HAS_TUNNEL	= 1 << 0,
	HAS_DIR		= 1 << 1,
	HAS_LOCAL	= 1 << 2,
	HAS_REMOTE	= 1 << 3,
	HAS_SPI		= 1 << 4,
	HAS_XFORM	= 1 << 5,
	HAS_MODE	= 1 << 6,
	HAS_KEY		= 1 << 7,
	HAS_ESN		= 1 << 8,
	HAS_WINDOW	= 1 << 9,
	HAS_SEQ		= 1 << 10,
	HAS_DF		= 1 << 11,
	HAS_DSCP	= 1 << 12,
	HAS_TTL		= 1 << 13,
	HAS_ICV_PAD	= 1 << 14,
	HAS_PADDING	= 1 << 15,
	HAS_SRC		= 1 << 16,
	HAS_DST		= 1 << 17,
	HAS_PROTO	= 1 << 18,
	HAS_SPORT	= 1 << 19,
	HAS_DPORT	= 1 << 20,
	HAS_FAMILY	= 1 << 21,
	HAS_PRIORITY	= 1 << 22,
	HAS_ACTION	= 1 << 23,
	HAS_ID		= 1 << 24,
	HAS_PROTECT	= 1 << 25,
	HAS_SPI_IN	= 1 << 26,
	HAS_SPI_OUT	= 1 << 27,
	HAS_KEY_IN	= 1 << 28,
	HAS_KEY_OUT	= 1 << 29,
	HAS_TYPE	= 1 << 30,
	HAS_MARK	= 1ULL << 31,
	HAS_DEV		= 1ULL << 32,
	HAS_LIFE	= 1ULL << 33,
};

#define HAS_ENCAP	(1ULL << 40)
#define HAS_ORIG_LOCAL	(1ULL << 41)
#define HAS_ORIG_REMOTE	(1ULL << 42)
#define HAS_KEEPALIVE	(1ULL << 43)
#define HAS_FOLLOW	(1ULL << 44)

#define CONF_SEL_WORDS	(HAS_SRC | HAS_DST | HAS_PROTO | HAS_SPORT | \
			 HAS_DPORT | HAS_FAMILY | HAS_TYPE)
#define CONF_SEL_NARROW	(HAS_MARK | HAS_DEV)

#define CONF_WINDOW_DEFAULT	1024
#define CONF_PRIORITY_DEFAULT	1000
#define CONF_DSCP_COPY		0xff
#define CONF_TTL_DEFAULT	0
#define CONF_SECRET_LEN		32
#define CONF_DEV_LEN		16
/* Limits by enum nf_ipsec_limit that can be set; 0 is unused */
#define CONF_LIMITS		(NF_IPSEC_LIMIT_USE + 1)
/* No limit */
#define LIFE_NONE		(~0ULL)
#define CONF_KEEPALIVE_ON	20

/**
 * struct addr - an address
 * @family: AF_INET, AF_INET6, or 0 if there is none
 * @octets: network byte order; what the family does not use is zero
 */
struct addr {
	u8 family;
	u8 octets[16];
};

/**
 * struct prefix - an address prefix, or a range
 * @addr: bits behind the prefix are zero; family 0 is "any" of a family that
 *	is not known yet; of a range, the first address
 * @plen: bits; of a range, those that its ends share
 * @range: it is a range, and no prefix; never in what a tunnel protects
 * @last: of a range, the last address
 */
struct prefix {
	struct addr addr;
	u8 plen;
	bool range;
	struct addr last;
};

/**
 * struct ports - a range of ports, or of types (times 256, plus the code)
 * @set: ports are asked for
 * @opaque: those that cannot be read are, and @min and @max do not count
 * @min: lowest
 * @max: highest
 */
struct ports {
	bool set;
	bool opaque;
	u16 min;
	u16 max;
};

/**
 * struct sel_conf - which packets are meant
 * @family: AF_INET or AF_INET6; 0 if there is no selector
 * @proto: upper-layer protocol, if @proto_set
 * @proto_set: a protocol is asked for; 0 is one
 * @src: source
 * @dst: destination
 * @proto_opaque: one that cannot be read is asked for
 * @type_proto: the protocol that @type is for; 0 without one
 * @sport: source ports
 * @dport: destination ports
 * @type: ICMP type and code, or type of a Mobility Header
 * @mark: the packet's mark
 * @mark_mask: where @mark counts; 0 is any
 * @dev: the packet's device, zeros up to its end; empty is any
 */
struct sel_conf {
	u8 family;
	u8 proto;
	bool proto_set;
	bool proto_opaque;
	u8 type_proto;
	struct prefix src;
	struct prefix dst;
	struct ports sport;
	struct ports dport;
	struct ports type;
	u32 mark;
	u32 mark_mask;
	char dev[CONF_DEV_LEN];
};

enum key_kind {
	KEY_NONE,
	KEY_FILE,
	KEY_FD,
	KEY_FINGERPRINT,
};

/**
 * struct key_src - where a key comes from
 * @kind: which of the following counts
 * @path: file, "-" for standard input; allocated
 * @fd: descriptor
 * @fingerprint: of the key that is to stay
 * @word: the word it was given by; NULL if by none
 */
struct key_src {
	enum key_kind kind;
	char *path;
	u32 fd;
	u8 fingerprint[NF_IPSEC_FINGERPRINT_LEN];
	const char *word;
};

/**
 * struct key - a key that has been read
 * @len: octets
 * @octets: the key
 */
struct key {
	u32 len;
	u8 octets[NF_IPSEC_KEY_MAX];
};

/**
 * struct xform - protocol and algorithms
 * @proto: IPPROTO_ESP or IPPROTO_AH
 * @enc: enum nf_ipsec_alg
 * @auth: enum nf_ipsec_alg
 */
struct xform {
	u8 proto;
	u16 enc;
	u16 auth;
};

/**
 * struct life_limit - one limit of an SA
 * @soft: raises an event, or LIFE_NONE
 * @hard: ends the SA, or LIFE_NONE
 * @set: it was given; the kernel's: it is not the algorithm's own
 */
struct life_limit {
	u64 soft;
	u64 hard;
	bool set;
};

/**
 * struct sa_opts - what SAs and tunnels have in common
 * @local: this end
 * @remote: the peer
 * @xform: protocol and algorithms
 * @mode: enum nf_ipsec_mode
 * @esn: 64-bit numbers
 * @window: anti-replay window, packets
 * @df: enum nf_ipsec_df
 * @dscp: 0 to 63 or CONF_DSCP_COPY
 * @ttl: 1 to 255 or CONF_TTL_DEFAULT
 * @icv_pad: 4 or 8
 * @padding: inspect the pad octets
 * @life: what ends it, by enum nf_ipsec_limit
 * @encap: ESP in UDP
 * @orig_local: @local as the peer knows it, or family 0: the same
 * @orig_remote: the address that the peer itself has, or family 0: the same
 * @keepalive: seconds, 0: none
 * @follow: send to where authentic packets come from
 */
struct sa_opts {
	struct addr local;
	struct addr remote;
	struct xform xform;
	u8 mode;
	u8 esn;
	u32 window;
	u8 df;
	u8 dscp;
	u8 ttl;
	u8 icv_pad;
	u8 padding;
	struct life_limit life[CONF_LIMITS];
	struct encap encap;
	struct addr orig_local;
	struct addr orig_remote;
	u16 keepalive;
	u8 follow;
};

/**
 * struct sa_stat - what the kernel tells about an SA beside its words
 * @seq: last number sent or highest seen
 * @packets: packets
 * @bytes: octets
 * @added: seconds since 1970
 * @idle: seconds since last use
 * @used: @idle counts
 * @active: its tunnel sends on it
 * @inner_mtu: largest packet that fits; 0 if not told
 * @soft_limit: enum nf_ipsec_limit that has given notice, or 0
 * @hard_limit: enum nf_ipsec_limit that has ended it, or 0
 * @limit_time: when, seconds since 1970
 * @life_used: of each limit
 * @peer: where the peer has moved to; family 0 if it has not
 * @peer_port: and its port
 * @driver: crypto drivers
 * @drops: drops by reason
 */
struct sa_stat {
	u64 seq;
	u64 packets;
	u64 bytes;
	u64 added;
	u64 idle;
	bool used;
	bool active;
	u32 inner_mtu;
	u8 soft_limit;
	u8 hard_limit;
	u64 limit_time;
	u64 life_used[CONF_LIMITS];
	struct addr peer;
	u16 peer_port;
	char driver[192];
	struct counters drops;
};

/**
 * struct sa_conf - an SA
 * @has: enum conf_has
 * @line: of the file it was read from
 * @tunnel: tunnel it belongs to
 * @dir: enum nf_ipsec_dir
 * @spi: host byte order
 * @seq: number to start from, if HAS_SEQ
 * @o: the rest of its words
 * @sel: what it may carry
 * @src: where the key comes from
 * @key: the key once it was read; wiped by sa_conf_free()
 * @stat: read from the kernel
 */
struct sa_conf {
	u64 has;
	u32 line;
	char tunnel[NF_IPSEC_NAME_MAX + 1];
	u8 dir;
	u32 spi;
	u64 seq;
	struct sa_opts o;
	struct sel_conf sel;
	struct key_src src;
	struct key *key;
	struct sa_stat stat;
};

/**
 * struct sp_conf - a policy
 * @has: enum conf_has
 * @line: of the file it was read from
 * @id: given by the kernel
 * @dir: enum nf_ipsec_dir
 * @priority: lower wins
 * @action: enum nf_ipsec_action
 * @tunnel: tunnel that protects, or that it belongs to
 * @sel: which packets
 * @packets: read from the kernel
 * @bytes: read from the kernel
 * @drops: read from the kernel
 */
struct sp_conf {
	u64 has;
	u32 line;
	u32 id;
	u8 dir;
	u32 priority;
	u8 action;
	char tunnel[NF_IPSEC_NAME_MAX + 1];
	struct sel_conf sel;
	u64 packets;
	u64 bytes;
	struct counters drops;
};

/**
 * struct protect - what a tunnel protects
 * @local: at this end
 * @remote: behind the peer
 */
struct protect {
	struct prefix local;
	struct prefix remote;
};

/**
 * struct tunnel_conf - a tunnel
 * @has: enum conf_has
 * @line: of the file it was read from
 * @name: its name
 * @o: words that its SAs share
 * @protect: allocated
 * @n_protect: how many
 * @spi_in: 0: derived from the secret
 * @spi_out: 0: derived from the secret
 * @secret: where the secret of both directions comes from
 * @key_in: where the inbound SA's key comes from
 * @key_out: where the outbound SA's key comes from
 * @priority: of its policies
 */
struct tunnel_conf {
	u64 has;
	u32 line;
	char name[NF_IPSEC_NAME_MAX + 1];
	struct sa_opts o;
	struct protect *protect;
	size_t n_protect;
	u32 spi_in;
	u32 spi_out;
	struct key_src secret;
	struct key_src key_in;
	struct key_src key_out;
	u32 priority;
};

enum conf_kind {
	CONF_SA,
	CONF_POLICY,
	CONF_TUNNEL,
};

/**
 * struct conf - one line of a file
 * @kind: which member counts
 * @sa: CONF_SA
 * @sp: CONF_POLICY
 * @tunnel: CONF_TUNNEL
 */
struct conf {
	enum conf_kind kind;
	union {
		struct sa_conf sa;
		struct sp_conf sp;
		struct tunnel_conf tunnel;
	};
};

/**
 * conf_init() - make an object with every word at its default
 * @c: the object
 * @kind: what it is to be
 */
void conf_init(struct conf *c, enum conf_kind kind);

/**
 * conf_free() - free what hangs on an object; keys are wiped
 */
void conf_free(struct conf *c);

/**
 * key_new() - an empty key
 *
 * Return: the key, or NULL if there is no memory.
 */
struct key *key_new(void);

/**
 * key_free() - wipe and free a key
 * @key: the key or NULL
 */
void key_free(struct key *key);

/**
 * sa_opts_init() - set every word to its default
 */
void sa_opts_init(struct sa_opts *o);

/**
 * sa_conf_free() - free what hangs on an SA; the key is wiped
 */
void sa_conf_free(struct sa_conf *sa);

/**
 * sp_conf_free() - free what hangs on a policy
 */
void sp_conf_free(struct sp_conf *sp);

/**
 * key_src_copy() - copy where a key comes from
 *
 * Return: 0, or -1 if there is no memory.
 */
int key_src_copy(struct key_src *to, const struct key_src *from);

/**
 * addr_equal() - is it the same address?
 */
bool addr_equal(const struct addr *a, const struct addr *b);

/**
 * prefix_equal() - is it the same prefix?
 */
bool prefix_equal(const struct prefix *a, const struct prefix *b);

/**
 * prefix_is_any() - does it hold every address of its family?
 */
bool prefix_is_any(const struct prefix *p);

/**
 * prefix_set_last() - make a range of a prefix that has its first address only
 * @p: the prefix; stays one, of another length, if that is the same
 * @last: the last address, not below the first one
 */
void prefix_set_last(struct prefix *p, const struct addr *last);

/**
 * prefix_contains() - does a prefix hold all of another?
 */
bool prefix_contains(const struct prefix *outer, const struct prefix *inner);

/**
 * prefix_overlaps() - do two prefixes have an address in common?
 */
bool prefix_overlaps(const struct prefix *a, const struct prefix *b);

/**
 * prefix_host() - make the prefix that holds one address
 */
void prefix_host(struct prefix *p, const struct addr *a);

/**
 * sel_compare() - an order of selectors, any that is one
 *
 * Return: as memcmp(); 0 if they mean the same packets.
 */
int sel_compare(const struct sel_conf *a, const struct sel_conf *b);

/**
 * sel_equal() - do two selectors mean the same packets?
 */
bool sel_equal(const struct sel_conf *a, const struct sel_conf *b);

/**
 * sa_dst() - the address an SA's packets are sent to
 */
const struct addr *sa_dst(const struct sa_conf *sa);

/**
 * sp_same_id() - would the kernel find the same policy?
 */
bool sp_same_id(const struct sp_conf *a, const struct sp_conf *b);

#endif /* _NFIPSEC_CONF_H */
