/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _NFIPSEC_CONF_H
#define _NFIPSEC_CONF_H

#include <linux/types.h>
#include <linux/nf_ipsec.h>

#include "has.h"
#include "parts.h"
#include "sel_conf.h"
#include "settings.h"

#define CONF_WINDOW_DEFAULT	1024
#define CONF_PRIORITY_DEFAULT	1000
#define CONF_DSCP_COPY		0xff
#define CONF_TTL_DEFAULT	0
#define CONF_SECRET_LEN		32
/* Limits by enum nf_ipsec_limit that can be set; 0 is unused */
#define CONF_LIMITS		(NF_IPSEC_LIMIT_USE + 1)
/* No limit */
#define LIFE_NONE		(~0ULL)
#define CONF_KEEPALIVE_ON	20
#define MSS_AUTO		65535
#define MSS_MIN			48

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
 * @seq_wrap: out: behind the last 32-bit number comes 0
 * @exchanged: the key comes from a key exchange, as somebody says
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
 * @mss: the largest that a SYN may offer, 0: as it is, MSS_AUTO: what fits
 * @match: enum nf_ipsec_match: what an inbound SA is found by
 * @via: the tunnel that protects its packets once more, or empty
 * @extra: what few outbound SAs have
 */
struct sa_opts {
	struct addr local;
	struct addr remote;
	struct xform xform;
	u8 mode;
	u8 esn;
	u8 seq_wrap;
	u8 exchanged;
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
	u16 mss;
	u8 follow;
	u8 match;
	char via[NF_IPSEC_NAME_MAX + 1];
	struct sa_extra extra;
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
 * @pmtu: of the path to the peer; 0 if not told
 * @pmtu_expires: seconds until a @pmtu that was reported is forgotten, or 0
 * @soft_limit: enum nf_ipsec_limit that has given notice, or 0
 * @hard_limit: enum nf_ipsec_limit that has ended it, or 0
 * @limit_time: when, seconds since 1970
 * @life_used: of each limit
 * @peer: where the peer has moved to; family 0 if it has not
 * @peer_port: and its port
 * @from_local: of an SA that has moved: its local end until then, else family 0
 * @from_remote: and the other end
 * @from_encap: and its ports
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
	u32 pmtu;
	u32 pmtu_expires;
	u8 soft_limit;
	u8 hard_limit;
	u64 limit_time;
	u64 life_used[CONF_LIMITS];
	struct addr peer;
	u16 peer_port;
	struct addr from_local;
	struct addr from_remote;
	struct encap from_encap;
	char driver[192];
	struct counters drops;
};

/**
 * struct sa_conf - an SA
 * @has: bits of has.h
 * @line: of the file it was read from
 * @tunnel: tunnel it belongs to
 * @dir: enum nf_ipsec_dir
 * @spi: host byte order
 * @seq: number to start from, if HAS_SEQ
 * @for_dscp: bit N: it carries packets of DSCP N; 0: any
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
	u64 for_dscp;
	struct sa_opts o;
	struct sel_conf sel;
	struct key_src src;
	struct key *key;
	struct sa_stat stat;
};

/**
 * struct sp_conf - a policy
 * @has: bits of has.h
 * @line: of the file it was read from
 * @id: given by the kernel
 * @dir: enum nf_ipsec_dir
 * @priority: lower wins
 * @action: enum nf_ipsec_action
 * @tunnel: tunnel that protects, or that it belongs to
 * @pfp: enum nf_ipsec_pfp
 * @with_sas: to be deleted with the SAs of its tunnel, if it is the last one
 * @sel: which packets; of an acquire, what the SA shall carry
 * @packet: of an acquire, the packet; family 0 elsewhere
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
	u32 pfp;
	u8 with_sas;
	struct sel_conf sel;
	struct sel_conf packet;
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
 * @has: bits of has.h
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
	CONF_SETTINGS,
};

/**
 * struct conf - one line of a file
 * @kind: which member counts
 * @sa: CONF_SA
 * @sp: CONF_POLICY
 * @tunnel: CONF_TUNNEL
 * @settings: CONF_SETTINGS
 */
struct conf {
	enum conf_kind kind;
	union {
		struct sa_conf sa;
		struct sp_conf sp;
		struct tunnel_conf tunnel;
		struct settings_conf settings;
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
 * sa_dst() - the address an SA's packets are sent to
 */
const struct addr *sa_dst(const struct sa_conf *sa);

/**
 * sp_same_id() - would the kernel find the same policy?
 */
bool sp_same_id(const struct sp_conf *a, const struct sp_conf *b);

#endif /* _NFIPSEC_CONF_H */
