/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * nf_ipsec: the generic netlink interface.
 *
 * Documentation/netlink/specs/nf_ipsec.yaml describes every command and
 * attribute; a test holds the two files against each other.
 *
 * Every message is attributes only.  SPIs and addresses are in network byte
 * order, every other number is in host byte order.  The family of an address
 * follows from its length: 4 octets is IPv4, 16 octets is IPv6.
 */
#ifndef _UAPI_LINUX_NF_IPSEC_H
#define _UAPI_LINUX_NF_IPSEC_H

#define NF_IPSEC_GENL_NAME		"nf_ipsec"
#define NF_IPSEC_GENL_VERSION		1
#define NF_IPSEC_MCGRP_EVENTS		"events"
#define NF_IPSEC_MCGRP_DROPS		"drops"
#define NF_IPSEC_MCGRP_NOTICES		"notices"

/* Octets of a tunnel's name, without the terminating NUL */
#define NF_IPSEC_NAME_MAX		31
/* Octets of the fingerprint by which two ends compare a key */
#define NF_IPSEC_FINGERPRINT_LEN	8
/* Octets of the longest key: AES-CTR-256 and HMAC-SHA-512 */
#define NF_IPSEC_KEY_MAX		100
/* Packets an anti-replay window may hold */
#define NF_IPSEC_REPLAY_WINDOW_MAX	8192
/* Seconds between keepalives, at most */
#define NF_IPSEC_KEEPALIVE_MAX		3600
/* Octets of a bitmap of ICMP types */
#define NF_IPSEC_ICMP_TYPES_LEN		32
/* Milliseconds between dummy packets, at most */
#define NF_IPSEC_DUMMY_EVERY_MAX	3600000
/* Octets of a dummy packet, at least */
#define NF_IPSEC_DUMMY_SIZE_MIN		40
/* Differentiated services code points that there are */
#define NF_IPSEC_DSCPS			64
/* Sets of selectors that a policy or an SA may have */
#define NF_IPSEC_SETS_MAX		64
/* Devices that may be guarded in one network namespace */
#define NF_IPSEC_GUARDS_MAX		16
/* SPIs below this one are reserved by IANA */
#define NF_IPSEC_SPI_MIN		256

enum nf_ipsec_cmd {
	NF_IPSEC_CMD_SA_NEW = 1,
	NF_IPSEC_CMD_SA_DEL,
	NF_IPSEC_CMD_SA_GET,
	NF_IPSEC_CMD_SA_FLUSH,
	NF_IPSEC_CMD_POLICY_NEW,
	NF_IPSEC_CMD_POLICY_DEL,
	NF_IPSEC_CMD_POLICY_GET,
	NF_IPSEC_CMD_POLICY_FLUSH,
	NF_IPSEC_CMD_STATS_GET,
	NF_IPSEC_CMD_TXN_BEGIN,
	NF_IPSEC_CMD_TXN_COMMIT,
	NF_IPSEC_CMD_TXN_ABORT,
	/* notifications, group "events" */
	NF_IPSEC_CMD_SA_NEW_NTF,
	NF_IPSEC_CMD_SA_DEL_NTF,
	NF_IPSEC_CMD_POLICY_NEW_NTF,
	NF_IPSEC_CMD_POLICY_DEL_NTF,
	NF_IPSEC_CMD_ACQUIRE_NTF,
	NF_IPSEC_CMD_EXPIRE_NTF,
	/* records of dropped packets */
	NF_IPSEC_CMD_DROP_GET,
	NF_IPSEC_CMD_DROP_SET,
	NF_IPSEC_CMD_DROP_NTF,		/* group "drops" */
	/* notifications, group "events" */
	NF_IPSEC_CMD_MAPPING_NTF,
	/* what the boundary does beside its policies */
	NF_IPSEC_CMD_SETTINGS_GET,
	NF_IPSEC_CMD_SETTINGS_SET,
	NF_IPSEC_CMD_SETTINGS_NTF,	/* group "events" */
	/* notification, group "events" */
	NF_IPSEC_CMD_SA_MOVE_NTF,
	/* notification, group "events": attributes of a record of drops */
	NF_IPSEC_CMD_SELECTOR_NTF,
	/* how far keys have sent, for who keeps that across a restart */
	NF_IPSEC_CMD_KEY_GET,
	NF_IPSEC_CMD_KEY_SET,
	/* group "notices": attributes of a record of drops, with one of its own */
	NF_IPSEC_CMD_NOTICE_NTF,

	__NF_IPSEC_CMD_MAX,
	NF_IPSEC_CMD_MAX = __NF_IPSEC_CMD_MAX - 1
};

enum nf_ipsec_dir {
	NF_IPSEC_DIR_IN = 1,
	NF_IPSEC_DIR_OUT,
};

enum nf_ipsec_mode {
	NF_IPSEC_MODE_TUNNEL = 1,
	NF_IPSEC_MODE_TRANSPORT,
};

/*
 * One number fixes the algorithm, the key length and the ICV length.  The key
 * of an SA is one string: encryption key, salt, integrity key (RFC 4301
 * section 4.5.2).
 */
enum nf_ipsec_alg {
	NF_IPSEC_ALG_NONE,
	/* encryption with its own integrity */
	NF_IPSEC_ALG_AES_GCM_128,
	NF_IPSEC_ALG_AES_GCM_192,
	NF_IPSEC_ALG_AES_GCM_256,
	NF_IPSEC_ALG_CHACHA20_POLY1305,
	/* encryption that needs an integrity algorithm beside it */
	NF_IPSEC_ALG_NULL,
	NF_IPSEC_ALG_AES_CBC_128,
	NF_IPSEC_ALG_AES_CBC_192,
	NF_IPSEC_ALG_AES_CBC_256,
	/* integrity */
	NF_IPSEC_ALG_HMAC_SHA256_128,
	NF_IPSEC_ALG_HMAC_SHA384_192,
	NF_IPSEC_ALG_HMAC_SHA512_256,
	/* encryption with its own integrity: ICVs of 8 and 12 octets */
	NF_IPSEC_ALG_AES_GCM_128_64,
	NF_IPSEC_ALG_AES_GCM_192_64,
	NF_IPSEC_ALG_AES_GCM_256_64,
	NF_IPSEC_ALG_AES_GCM_128_96,
	NF_IPSEC_ALG_AES_GCM_192_96,
	NF_IPSEC_ALG_AES_GCM_256_96,
	NF_IPSEC_ALG_AES_CCM_128,
	NF_IPSEC_ALG_AES_CCM_192,
	NF_IPSEC_ALG_AES_CCM_256,
	NF_IPSEC_ALG_AES_CCM_128_64,
	NF_IPSEC_ALG_AES_CCM_192_64,
	NF_IPSEC_ALG_AES_CCM_256_64,
	NF_IPSEC_ALG_AES_CCM_128_96,
	NF_IPSEC_ALG_AES_CCM_192_96,
	NF_IPSEC_ALG_AES_CCM_256_96,
	/* ESP: an encryption that hides nothing; AH: integrity */
	NF_IPSEC_ALG_AES_GMAC_128,
	NF_IPSEC_ALG_AES_GMAC_192,
	NF_IPSEC_ALG_AES_GMAC_256,
	/* encryption that needs an integrity algorithm beside it */
	NF_IPSEC_ALG_AES_CTR_128,
	NF_IPSEC_ALG_AES_CTR_192,
	NF_IPSEC_ALG_AES_CTR_256,
	NF_IPSEC_ALG_LEGACY_3DES_CBC,
	/* integrity */
	NF_IPSEC_ALG_HMAC_SHA1_96,
	NF_IPSEC_ALG_AES_XCBC_96,
	NF_IPSEC_ALG_AES_CMAC_96,
	/* encryption with integrity, whose IV is the sequence number and is not sent */
	NF_IPSEC_ALG_AES_GCM_128_IIV,
	NF_IPSEC_ALG_AES_GCM_192_IIV,
	NF_IPSEC_ALG_AES_GCM_256_IIV,
	NF_IPSEC_ALG_AES_CCM_128_64_IIV,
	NF_IPSEC_ALG_AES_CCM_192_64_IIV,
	NF_IPSEC_ALG_AES_CCM_256_64_IIV,
	NF_IPSEC_ALG_CHACHA20_POLY1305_IIV,

	__NF_IPSEC_ALG_MAX,
	NF_IPSEC_ALG_MAX = __NF_IPSEC_ALG_MAX - 1
};

enum nf_ipsec_action {
	NF_IPSEC_ACTION_BYPASS = 1,
	NF_IPSEC_ACTION_DISCARD,
	NF_IPSEC_ACTION_PROTECT,
};

/* What becomes of the inner packet's Don't Fragment bit in an outer IPv4 header */
enum nf_ipsec_df {
	NF_IPSEC_DF_COPY = 1,
	NF_IPSEC_DF_SET,
	NF_IPSEC_DF_CLEAR,
};

/* Bits of NF_IPSEC_SA_A_FLAGS */
enum nf_ipsec_sa_flag {
	NF_IPSEC_SA_F_ESN = 1 << 0,	/* 64-bit sequence numbers */
	NF_IPSEC_SA_F_ICV_PAD8 = 1 << 1, /* AH over IPv4: ICV padded to 8 octets */
	NF_IPSEC_SA_F_PAD_ANY = 1 << 2,	/* ESP, in: pad octets are not inspected */
	NF_IPSEC_SA_F_STAY = 1 << 3,	/* ESP in UDP, in: a peer that moves is not followed */
	NF_IPSEC_SA_F_ECN_CLEAR = 1 << 4, /* out, tunnel mode: no outer header has ECN */
	NF_IPSEC_SA_F_FRAG_AFTER = 1 << 5, /* out, tunnel mode: cut protected packets only */
	NF_IPSEC_SA_F_WRAP = 1 << 6,	/* out, no ESN: behind the last number comes 0 */
	NF_IPSEC_SA_F_EXCHANGED = 1 << 7, /* its key is said to come from a key exchange */
};

/* By what an inbound SA is found (RFC 4301 section 4.1); the longest match wins */
enum nf_ipsec_match {
	NF_IPSEC_MATCH_DST,		/* SPI and destination */
	NF_IPSEC_MATCH_SPI,		/* SPI, at whichever address of this host */
	NF_IPSEC_MATCH_SRC_DST,		/* SPI, source and destination */
};

/*
 * Bits of NF_IPSEC_SEL_A_OPAQUE: the field must be one that cannot be read, as
 * it is in another fragment (RFC 4301 section 4.4.1.1).
 */
enum nf_ipsec_opaque {
	NF_IPSEC_OPAQUE_PROTO = 1 << 0,	/* IPv6 only */
	NF_IPSEC_OPAQUE_SPORT = 1 << 1,
	NF_IPSEC_OPAQUE_DPORT = 1 << 2,
	NF_IPSEC_OPAQUE_TYPE = 1 << 3,	/* of ICMP or of a Mobility Header */
};

/* Bits of NF_IPSEC_SETTINGS_A_FLAGS; where nothing has been set they are 0 */
enum nf_ipsec_setting {
	NF_IPSEC_SETTING_UNKNOWN_SPI = 1 << 0,	/* ESP and AH to us without an SA is dropped */
	NF_IPSEC_SETTING_DISCARD = 1 << 1,	/* what no policy names is dropped */
	NF_IPSEC_SETTING_NO_IKE = 1 << 2,	/* IKE passes as policies say */
	NF_IPSEC_SETTING_NO_DHCP = 1 << 3,	/* so does DHCP */
	NF_IPSEC_SETTING_NO_ND = 1 << 4,	/* so does neighbour and listener discovery */
	NF_IPSEC_SETTING_NO_PMTU = 1 << 5,	/* "too big" in clear about our SAs is dropped */
	NF_IPSEC_SETTING_SELECTOR_EVENTS = 1 << 6, /* SELECTOR_NTF is sent */
	NF_IPSEC_SETTING_NO_WAIT = 1 << 7,	/* what finds no SA is dropped at once */
	NF_IPSEC_SETTING_ICMP_DROPS = 1 << 8,	/* ICMP tells senders of drops on the way out */
	/* IPv6 headers: not skipped, but the protocol that a selector names */
	NF_IPSEC_SETTING_KEEP_HOPOPTS = 1 << 9,
	NF_IPSEC_SETTING_KEEP_ROUTING = 1 << 10,
	NF_IPSEC_SETTING_KEEP_DSTOPTS = 1 << 11,
	/* and skipped, in search of that protocol */
	NF_IPSEC_SETTING_SKIP_HIP = 1 << 12,
	NF_IPSEC_SETTING_SKIP_SHIM6 = 1 << 13,
	/* a path of xfrm for what came over an SA; not both.  Without, if it is needed */
	NF_IPSEC_SETTING_SECPATH_ALWAYS = 1 << 14,
	NF_IPSEC_SETTING_SECPATH_NEVER = 1 << 15,
	NF_IPSEC_SETTING_NO_ECN_NOTICES = 1 << 16, /* NOTICE_NTF is not of ECN */
	/* an SA is refused that is not said to have its key from a key exchange */
	NF_IPSEC_SETTING_NO_STATIC_COUNTER = 1 << 17,	/* if it has a counter mode */
	NF_IPSEC_SETTING_NO_STATIC_KEYS = 1 << 18,	/* any */
};

/*
 * Bits of NF_IPSEC_POLICY_A_PFP: what an SA for a packet takes from the packet
 * and not from the policy (RFC 4301 section 4.4.1, "populate from packet").
 */
enum nf_ipsec_pfp {
	NF_IPSEC_PFP_SRC = 1 << 0,
	NF_IPSEC_PFP_DST = 1 << 1,
	NF_IPSEC_PFP_PROTO = 1 << 2,
	NF_IPSEC_PFP_SPORT = 1 << 3,	/* where the protocol has ports */
	NF_IPSEC_PFP_DPORT = 1 << 4,
	NF_IPSEC_PFP_TYPE = 1 << 5,	/* ICMP type and code, or type of a Mobility Header */
};

/* What may end an SA (RFC 4301 section 4.4.2.1) */
enum nf_ipsec_limit {
	NF_IPSEC_LIMIT_BYTES = 1,	/* octets that the algorithm has worked on */
	NF_IPSEC_LIMIT_PACKETS,		/* packets; out: sequence numbers */
	NF_IPSEC_LIMIT_TIME,		/* seconds since the SA was added */
	NF_IPSEC_LIMIT_USE,		/* seconds since its first packet */
	NF_IPSEC_LIMIT_SEQUENCE,	/* out: all sequence numbers; cannot be set */

	__NF_IPSEC_LIMIT_MAX,
	NF_IPSEC_LIMIT_MAX = __NF_IPSEC_LIMIT_MAX - 1
};

/*
 * An SA is named by (direction, destination, SPI, protocol), and an inbound one
 * by MATCH, too: with the source, or without the destination.  Peers behind one
 * NAT may choose one SPI, so an outbound one is also named by the peer's port.
 */
enum nf_ipsec_sa_attr {
	NF_IPSEC_SA_A_TUNNEL = 1,	/* string: the tunnel it belongs to */
	NF_IPSEC_SA_A_DIR,		/* u8: enum nf_ipsec_dir */
	NF_IPSEC_SA_A_PROTO,		/* u8: IPPROTO_ESP or IPPROTO_AH */
	NF_IPSEC_SA_A_MODE,		/* u8: enum nf_ipsec_mode */
	NF_IPSEC_SA_A_SPI,		/* be32 */
	NF_IPSEC_SA_A_LOCAL,		/* address: this end */
	NF_IPSEC_SA_A_REMOTE,		/* address: the peer */
	NF_IPSEC_SA_A_ENC,		/* u16: enum nf_ipsec_alg; ESP only */
	NF_IPSEC_SA_A_AUTH,		/* u16: enum nf_ipsec_alg */
	NF_IPSEC_SA_A_KEY,		/* octets; never sent by the kernel */
	NF_IPSEC_SA_A_FINGERPRINT,	/* octets: keyed digest of the key */
	NF_IPSEC_SA_A_FLAGS,		/* u32: enum nf_ipsec_sa_flag */
	NF_IPSEC_SA_A_REPLAY_WINDOW,	/* u32: packets; 0 is no anti-replay */
	NF_IPSEC_SA_A_SEQ,		/* u64: last number sent or highest seen */
	NF_IPSEC_SA_A_DF,		/* u8: enum nf_ipsec_df; tunnel mode */
	NF_IPSEC_SA_A_DSCP,		/* u8: 0 to 63; absent: copied */
	NF_IPSEC_SA_A_TTL,		/* u8: absent: the system's default */
	NF_IPSEC_SA_A_SEL,		/* nest of enum nf_ipsec_sel_attr, many */
	/* read only */
	NF_IPSEC_SA_A_PACKETS,		/* u64 */
	NF_IPSEC_SA_A_BYTES,		/* u64 */
	NF_IPSEC_SA_A_ADDED,		/* u64: seconds since 1970 */
	NF_IPSEC_SA_A_IDLE,		/* u64: seconds since last use; absent: never */
	NF_IPSEC_SA_A_INNER_MTU,	/* u32: largest packet that fits; out only */
	NF_IPSEC_SA_A_DRIVER,		/* string: the crypto drivers in use */
	NF_IPSEC_SA_A_DROPS,		/* nest of NF_IPSEC_STATS_A_COUNTER */
	NF_IPSEC_SA_A_ACTIVE,		/* flag: the one its tunnel sends on */
	NF_IPSEC_SA_A_PAD,
	/* may be set */
	NF_IPSEC_SA_A_LIFE,		/* nest of enum nf_ipsec_life_attr */
	/* read only */
	NF_IPSEC_SA_A_SOFT_LIMIT,	/* u8: enum nf_ipsec_limit: gave notice */
	NF_IPSEC_SA_A_HARD_LIMIT,	/* u8: enum nf_ipsec_limit: has ended it */
	NF_IPSEC_SA_A_LIMIT_TIME,	/* u64: when, seconds since 1970 */
	/* ESP in UDP (RFC 3948), with both ports or without */
	NF_IPSEC_SA_A_ENCAP_LPORT,	/* u16: this end's port */
	NF_IPSEC_SA_A_ENCAP_RPORT,	/* u16: the peer's port */
	NF_IPSEC_SA_A_ORIG_LOCAL,	/* address: LOCAL as the peer knows it; in */
	NF_IPSEC_SA_A_ORIG_REMOTE,	/* address: what the peer itself has; in */
	NF_IPSEC_SA_A_KEEPALIVE,	/* u16: seconds; absent: none; out */
	/* read only */
	NF_IPSEC_SA_A_PEER,		/* address: where a peer is that has moved */
	NF_IPSEC_SA_A_PEER_PORT,	/* u16: its port there */
	/* may be set */
	NF_IPSEC_SA_A_MATCH,		/* u8: enum nf_ipsec_match; absent: DST; in */
	/* SA_NEW that replaces: nest of LOCAL, REMOTE, MATCH and the ports, the
	 * name that the SA has had; SA_MOVE_NTF: what it was
	 */
	NF_IPSEC_SA_A_FROM,
	NF_IPSEC_SA_A_VIA,		/* string: the tunnel whose SAs are around it */
	/* what few outbound SAs have */
	NF_IPSEC_SA_A_TFC,		/* u16: octets that packets are padded to; ESP */
	NF_IPSEC_SA_A_DUMMY_EVERY,	/* u32: milliseconds between dummies; ESP */
	NF_IPSEC_SA_A_DUMMY_SIZE,	/* u16: octets of one; absent: what fits */
	NF_IPSEC_SA_A_DSCP_MAP,		/* 64 octets: outer DSCP by inner one */
	NF_IPSEC_SA_A_DSCP_SET,		/* u64: bit N: it carries DSCP N; absent: any */
	/* read only */
	NF_IPSEC_SA_A_PMTU,		/* u32: octets that the path to the peer takes */
	NF_IPSEC_SA_A_PMTU_EXPIRES,	/* u32: seconds until a reported one is forgotten */
	/* may be set */
	NF_IPSEC_SA_A_MSS,		/* u16: the most a SYN offers; 0: any; absent: what fits */

	__NF_IPSEC_SA_A_MAX,
	NF_IPSEC_SA_A_MAX = __NF_IPSEC_SA_A_MAX - 1
};

/*
 * Absent: no such limit, but that of octets or packets which some algorithms
 * have.  A soft limit raises an event, a hard one ends the SA as well.
 */
enum nf_ipsec_life_attr {
	NF_IPSEC_LIFE_A_BYTES_SOFT = 1,	/* u64: octets */
	NF_IPSEC_LIFE_A_BYTES_HARD,	/* u64 */
	NF_IPSEC_LIFE_A_PACKETS_SOFT,	/* u64 */
	NF_IPSEC_LIFE_A_PACKETS_HARD,	/* u64 */
	NF_IPSEC_LIFE_A_TIME_SOFT,	/* u64: seconds */
	NF_IPSEC_LIFE_A_TIME_HARD,	/* u64 */
	NF_IPSEC_LIFE_A_USE_SOFT,	/* u64: seconds */
	NF_IPSEC_LIFE_A_USE_HARD,	/* u64 */
	/* read only: how much of each has gone, where there is a limit */
	NF_IPSEC_LIFE_A_BYTES_USED,	/* u64 */
	NF_IPSEC_LIFE_A_PACKETS_USED,	/* u64 */
	NF_IPSEC_LIFE_A_TIME_USED,	/* u64 */
	NF_IPSEC_LIFE_A_USE_USED,	/* u64 */
	NF_IPSEC_LIFE_A_PAD,

	__NF_IPSEC_LIFE_A_MAX,
	NF_IPSEC_LIFE_A_MAX = __NF_IPSEC_LIFE_A_MAX - 1
};

/* Ports and the protocol are of the selected packet, not of the SA. */
enum nf_ipsec_sel_attr {
	NF_IPSEC_SEL_A_SRC = 1,		/* address */
	NF_IPSEC_SEL_A_SRC_PLEN,	/* u8 */
	NF_IPSEC_SEL_A_DST,		/* address */
	NF_IPSEC_SEL_A_DST_PLEN,	/* u8 */
	NF_IPSEC_SEL_A_PROTO,		/* u8; absent: any */
	NF_IPSEC_SEL_A_SPORT_MIN,	/* u16; absent: any */
	NF_IPSEC_SEL_A_SPORT_MAX,	/* u16 */
	NF_IPSEC_SEL_A_DPORT_MIN,	/* u16; absent: any */
	NF_IPSEC_SEL_A_DPORT_MAX,	/* u16 */
	/* ICMP: type << 8 | code; Mobility Header: type << 8, or | 255 at the end */
	NF_IPSEC_SEL_A_TYPE_MIN,	/* u16; absent: any */
	NF_IPSEC_SEL_A_TYPE_MAX,	/* u16 */
	NF_IPSEC_SEL_A_OPAQUE,		/* u32: enum nf_ipsec_opaque */
	NF_IPSEC_SEL_A_SRC_MAX,		/* address: SRC to this one, no prefix */
	NF_IPSEC_SEL_A_DST_MAX,		/* address: DST to this one, no prefix */
	/* of a policy only */
	NF_IPSEC_SEL_A_MARK,		/* u32 */
	NF_IPSEC_SEL_A_MARK_MASK,	/* u32; absent: all bits */
	NF_IPSEC_SEL_A_DEV,		/* string: the device, or its VRF */

	__NF_IPSEC_SEL_A_MAX,
	NF_IPSEC_SEL_A_MAX = __NF_IPSEC_SEL_A_MAX - 1
};

/*
 * A policy is named by (direction, priority, selectors) or by its id.  In an
 * acquire the selectors are those that the new SA shall have.
 */
enum nf_ipsec_policy_attr {
	NF_IPSEC_POLICY_A_ID = 1,	/* u32: given by the kernel */
	NF_IPSEC_POLICY_A_DIR,		/* u8: enum nf_ipsec_dir */
	NF_IPSEC_POLICY_A_PRIORITY,	/* u32: lower wins, then the older */
	NF_IPSEC_POLICY_A_ACTION,	/* u8: enum nf_ipsec_action */
	NF_IPSEC_POLICY_A_TUNNEL,	/* string; must be there with protect */
	NF_IPSEC_POLICY_A_SEL,		/* nest of enum nf_ipsec_sel_attr, many */
	/* read only */
	NF_IPSEC_POLICY_A_PACKETS,	/* u64 */
	NF_IPSEC_POLICY_A_BYTES,	/* u64 */
	NF_IPSEC_POLICY_A_DROPS,	/* nest of NF_IPSEC_STATS_A_COUNTER */
	NF_IPSEC_POLICY_A_PAD,
	/* may be set; of a policy that protects what goes out */
	NF_IPSEC_POLICY_A_PFP,		/* u32: enum nf_ipsec_pfp; absent: none */
	/* of an acquire */
	NF_IPSEC_POLICY_A_PACKET,	/* nest of enum nf_ipsec_sel_attr: the packet */
	/* of POLICY_DEL */
	NF_IPSEC_POLICY_A_WITH_SAS,	/* flag: and the SAs that serve no policy then */

	__NF_IPSEC_POLICY_A_MAX,
	NF_IPSEC_POLICY_A_MAX = __NF_IPSEC_POLICY_A_MAX - 1
};

enum nf_ipsec_counter_attr {
	NF_IPSEC_COUNTER_A_NAME = 1,	/* string */
	NF_IPSEC_COUNTER_A_VALUE,	/* u64 */
	NF_IPSEC_COUNTER_A_PAD,

	__NF_IPSEC_COUNTER_A_MAX,
	NF_IPSEC_COUNTER_A_MAX = __NF_IPSEC_COUNTER_A_MAX - 1
};

enum nf_ipsec_stats_attr {
	NF_IPSEC_STATS_A_COUNTER = 1,	/* nest of enum nf_ipsec_counter_attr, many */
	NF_IPSEC_STATS_A_DROPS,		/* nest of NF_IPSEC_STATS_A_COUNTER */
	NF_IPSEC_STATS_A_SAS,		/* u32 */
	NF_IPSEC_STATS_A_POLICIES,	/* u32 */
	NF_IPSEC_STATS_A_GENERATION,	/* u32 */

	__NF_IPSEC_STATS_A_MAX,
	NF_IPSEC_STATS_A_MAX = __NF_IPSEC_STATS_A_MAX - 1
};

/*
 * Between TXN_BEGIN and TXN_COMMIT the changes of one socket are checked and
 * held back; the commit publishes all of them at once or none.  It says how many
 * they are: what was refused before the module saw it is missed then.
 */
enum nf_ipsec_txn_attr {
	NF_IPSEC_TXN_A_REPLACE_ALL = 1,	/* flag: what is not named goes */
	NF_IPSEC_TXN_A_TUNNEL,		/* string: REPLACE_ALL within this tunnel only */
	NF_IPSEC_TXN_A_GENERATION,	/* u32: refuse if the set has changed since */
	NF_IPSEC_TXN_A_OPS,		/* u32: TXN_COMMIT: operations that were sent */

	__NF_IPSEC_TXN_A_MAX,
	NF_IPSEC_TXN_A_MAX = __NF_IPSEC_TXN_A_MAX - 1
};

/*
 * Dropped packets of one kind, and the last one of them.  What is not known is
 * absent.  The outer addresses are those of the ESP or AH packet, or the ends of
 * the SA that was to make one; the others are the packet's before protection.
 */
enum nf_ipsec_drop_attr {
	NF_IPSEC_DROP_A_REASON = 1,	/* string: as among the counters */
	NF_IPSEC_DROP_A_DIR,		/* u8: enum nf_ipsec_dir */
	NF_IPSEC_DROP_A_COUNT,		/* u64: packets */
	NF_IPSEC_DROP_A_FIRST,		/* u64: nanoseconds since 1970 */
	NF_IPSEC_DROP_A_LAST,		/* u64: nanoseconds since 1970 */
	NF_IPSEC_DROP_A_IFINDEX,	/* u32 */
	NF_IPSEC_DROP_A_OUTER_SRC,	/* address */
	NF_IPSEC_DROP_A_OUTER_DST,	/* address */
	NF_IPSEC_DROP_A_PROTO,		/* u8: IPPROTO_ESP or IPPROTO_AH */
	NF_IPSEC_DROP_A_SPI,		/* be32 */
	NF_IPSEC_DROP_A_SEQ,		/* u64 */
	NF_IPSEC_DROP_A_FLOW,		/* u32: IPv6 flow label */
	NF_IPSEC_DROP_A_SRC,		/* address */
	NF_IPSEC_DROP_A_DST,		/* address */
	NF_IPSEC_DROP_A_UPPER,		/* u8: upper-layer protocol */
	NF_IPSEC_DROP_A_SPORT,		/* u16 */
	NF_IPSEC_DROP_A_DPORT,		/* u16 */
	NF_IPSEC_DROP_A_TUNNEL,		/* string: of the SA or the policy */
	NF_IPSEC_DROP_A_POLICY,		/* u32: id */
	NF_IPSEC_DROP_A_SEL,		/* nest of enum nf_ipsec_sel_attr: the SA's */
	/* the setting: DROP_SET, and DROP_GET without a dump */
	NF_IPSEC_DROP_A_RECORD,		/* u8: 1: drops are recorded, 0: only counted */
	NF_IPSEC_DROP_A_PAD,
	/* NOTICE_NTF: what was told, where REASON is what became of the packet */
	NF_IPSEC_DROP_A_NOTICE,		/* nest of enum nf_ipsec_notice_attr */

	__NF_IPSEC_DROP_A_MAX,
	NF_IPSEC_DROP_A_MAX = __NF_IPSEC_DROP_A_MAX - 1
};

/* What a notice is about */
enum nf_ipsec_notice {
	NF_IPSEC_NOTICE_ECN = 1,	/* ECN of both headers that no sender makes */
	NF_IPSEC_NOTICE_ICMP,		/* an ICMP error */
};

/*
 * What a packet has shown, dropped or not.  ECN fields are 0 Not-ECT, 1 ECT(1),
 * 2 ECT(0), 3 CE.  The quoted ones are of the SA of this host whose packet the
 * ICMP error is about, and absent if there is none.
 */
enum nf_ipsec_notice_attr {
	NF_IPSEC_NOTICE_A_KIND = 1,	/* u8: enum nf_ipsec_notice */
	NF_IPSEC_NOTICE_A_LEFT_OUT,	/* u64: of its kind since the one before */
	NF_IPSEC_NOTICE_A_ECN_INNER,	/* u8 */
	NF_IPSEC_NOTICE_A_ECN_OUTER,	/* u8 */
	NF_IPSEC_NOTICE_A_TYPE,		/* u8: of ICMP */
	NF_IPSEC_NOTICE_A_CODE,		/* u8 */
	NF_IPSEC_NOTICE_A_MTU,		/* u32: of "too big" */
	NF_IPSEC_NOTICE_A_QUOTED_PROTO,	/* u8: IPPROTO_ESP or IPPROTO_AH */
	NF_IPSEC_NOTICE_A_QUOTED_SPI,	/* be32 */
	NF_IPSEC_NOTICE_A_QUOTED_DST,	/* address */
	NF_IPSEC_NOTICE_A_QUOTED_TUNNEL,	/* string */
	NF_IPSEC_NOTICE_A_PAD,

	__NF_IPSEC_NOTICE_A_MAX,
	NF_IPSEC_NOTICE_A_MAX = __NF_IPSEC_NOTICE_A_MAX - 1
};

/*
 * Settings of a network namespace.  SETTINGS_SET changes what it names; it may be
 * part of a transaction, and one that replaces all begins with all of them as
 * where nothing has been set.
 */
enum nf_ipsec_settings_attr {
	NF_IPSEC_SETTINGS_A_FLAGS = 1,	/* bitfield32: enum nf_ipsec_setting */
	/* types to this host that are dropped: bit N % 8 of octet N / 8 is type N */
	NF_IPSEC_SETTINGS_A_ICMP_CLEAR,	/* octets: that come in clear */
	NF_IPSEC_SETTINGS_A_ICMPV6_CLEAR,	/* octets */
	NF_IPSEC_SETTINGS_A_ICMP_PROTECTED,	/* octets: that come over an SA */
	NF_IPSEC_SETTINGS_A_ICMPV6_PROTECTED,	/* octets */
	NF_IPSEC_SETTINGS_A_GUARD,	/* nest of enum nf_ipsec_guard_attr */
	/* types of errors that NOTICE_NTF is of, bits as above */
	NF_IPSEC_SETTINGS_A_ICMP_NOTICES,	/* octets */
	NF_IPSEC_SETTINGS_A_ICMPV6_NOTICES,	/* octets */

	__NF_IPSEC_SETTINGS_A_MAX,
	NF_IPSEC_SETTINGS_A_MAX = __NF_IPSEC_SETTINGS_A_MAX - 1
};

/*
 * A key that sends in this namespace, or has sent.  Setting one raises its
 * number, before an SA has it and after; the IV base is that of a key which is not
 * known yet.
 */
enum nf_ipsec_key_attr {
	NF_IPSEC_KEY_A_FINGERPRINT = 1,	/* octets, as of an SA */
	NF_IPSEC_KEY_A_SEQ,		/* u64: last number sent */
	NF_IPSEC_KEY_A_IV_BASE,		/* u64: what a counter mode's IV counts from */
	NF_IPSEC_KEY_A_PAD,

	__NF_IPSEC_KEY_A_MAX,
	NF_IPSEC_KEY_A_MAX = __NF_IPSEC_KEY_A_MAX - 1
};

/* Guarded devices: all that there are to be.  None need be there. */
enum nf_ipsec_guard_attr {
	NF_IPSEC_GUARD_A_DEV = 1,	/* string: its name; many */

	__NF_IPSEC_GUARD_A_MAX,
	NF_IPSEC_GUARD_A_MAX = __NF_IPSEC_GUARD_A_MAX - 1
};

#endif /* _UAPI_LINUX_NF_IPSEC_H */
