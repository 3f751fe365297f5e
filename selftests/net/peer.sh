# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A router under test between two ends that are played by ipsec_peer.py, and
# the commands to play them with. Sourced after ../lib.sh.
#
#	 peer                     gate                      host
#	+------+ 192.0.2.2    .1 +--------+ 10.1.0.1    .2 +------+
#	| wan0 |-----------------| module |----------------| lan0 |
#	+------+ 2001:db8:1::2 ::1+-------+ 2001:db8:a::1 ::2+----+
#	10.2.0.0/16, 2001:db8:b::/64            10.1.0.0/16
#
# Neither the peer nor the host has an address or a stack that would answer:
# all that is said there, ipsec_peer.py says.

NET=$TREE/selftests/net
export NFIPSEC

GATE4=192.0.2.1
PEER4=192.0.2.2
GATE6=2001:db8:1::1
PEER6=2001:db8:1::2
MAC_PEER=02:00:00:00:00:02
MAC_HOST=02:00:00:00:00:12
MAC_WAN=02:00:00:00:00:01
MAC_LAN=02:00:00:00:00:11

require_peer() {
	require_root
	require_command python3 ip nsenter
	python3 -c 'import cryptography.hazmat.primitives.ciphers.aead' 2>/dev/null ||
		ktap_skip_all "needs python3-cryptography"
}

# in_gate CMD...: cheaper than ip netns exec, which mounts things
in_gate() {
	nsenter --net="/run/netns/$gate" "$@"
}

# nf WORD...: nfipsec in the router
nf() {
	in_gate "$NFIPSEC" "$@"
}

gate_links() {
	link_ns "$gate" wan0 "$peer" wan0 && link_ns "$gate" lan0 "$host" lan0 &&
		ip -n "$gate" link set wan0 address $MAC_WAN &&
		ip -n "$gate" link set lan0 address $MAC_LAN &&
		ip -n "$peer" link set wan0 address $MAC_PEER &&
		ip -n "$host" link set lan0 address $MAC_HOST
}

gate_addresses() {
	ip -n "$gate" -batch - <<-END
		addr add $GATE4/24 dev wan0
		addr add $GATE6/64 dev wan0 nodad
		addr add 10.1.0.1/16 dev lan0
		addr add 2001:db8:a::1/64 dev lan0 nodad
		neigh add $PEER4 lladdr $MAC_PEER dev wan0
		neigh add $PEER6 lladdr $MAC_PEER dev wan0
		neigh add 10.1.0.2 lladdr $MAC_HOST dev lan0
		neigh add 2001:db8:a::2 lladdr $MAC_HOST dev lan0
		route add 10.2.0.0/15 via $PEER4
		route add 2001:db8:b::/64 via $PEER6
	END
}

# topology: the three namespaces, and the program that plays the ends
topology() {
	local ns

	setup_ns gate peer host
	for ns in "$peer" "$host"; do
		ip netns exec "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
			net.ipv6.conf.default.disable_ipv6=1
	done
	set_forwarding "$gate"
	# every ICMP message that there is a reason for
	in_gate sysctl -qw net.ipv4.icmp_ratelimit=0 \
		net.ipv6.icmp.ratelimit=0
	if ! gate_links || ! gate_addresses; then
		ktap_print_msg "cannot set up the namespaces"
		exit "$KSFT_FAIL"
	fi
	umask 077
	make_tmpdir
	peer_start
}

peer_start() {
	mkfifo "$tmpdir/to" "$tmpdir/from"
	exec 8<>"$tmpdir/to" 9<>"$tmpdir/from"
	in_gate "$NET/ipsec_peer.py" "$peer:wan0" "$host:lan0" \
		$MAC_WAN $MAC_LAN <&8 >&9 8>&- 9>&- &
	at_exit "kill $! 2>/dev/null"
	peer_answer || exit "$KSFT_FAIL"
}

peer_answer() {
	local verdict text

	if ! read -r -t $((BUSYWAIT_TIMEOUT * 12 / 1000)) -u 9 verdict text; then
		echo "ipsec_peer.py does not answer"
		return 1
	fi
	# shellcheck disable=SC2034 # for those who source this
	answer=$text
	[ "$verdict" = ok ] && return 0
	echo "$text"
	return 1
}

# say WORD...: one command of ipsec_peer.py; what it answers is in $answer
say() {
	echo "$*" >&8
	peer_answer
}

key_octets() {
	local alg bits sum=0

	for alg in ${1//+/ }; do
		bits=${alg#aes-*-}
		bits=${bits%%-*}
		case $alg in
		aes-xcbc-96 | aes-cmac-96)
			: $((sum += 16))
			;;
		aes-gcm-* | aes-gmac-* | aes-ctr-*)
			: $((sum += bits / 8 + 4))
			;;
		aes-ccm-*)
			: $((sum += bits / 8 + 3))
			;;
		legacy-3des-cbc)
			: $((sum += 24))
			;;
		hmac-sha1-96)
			: $((sum += 20))
			;;
		chacha20-poly1305*)
			: $((sum += 36))
			;;
		aes-cbc-*)
			: $((sum += bits / 8))
			;;
		hmac-sha*)
			alg=${alg#hmac-sha}
			: $((sum += ${alg%-*} / 8))
			;;
		esac
	done
	echo "$sum"
}

# key_of ALG: fresh random octets, in hex
key_of() {
	od -An -v -tx1 -N "$(key_octets "$1")" /dev/urandom | tr -d ' \n'
}

# --- the set: collected line by line, then applied at once ---

# sa_words DIR WORD...: sets $sa_nf and, for ipsec_peer.py, $sa_peer; the words
# "v6" and "as NAME" are for us, the others are nfipsec's, and each direction
# takes those that are for it
sa_words() {
	local dir=$1 gate_end=$GATE4 peer_end=$PEER4 udp

	shift
	sa_name=
	sa_nf=()
	sa_peer=()
	while [ $# -gt 0 ]; do
		case $dir.$1 in
		*.v6)
			gate_end=$GATE6
			peer_end=$PEER6
			shift
			continue
			;;
		*.as) sa_name=$2 ;;
		*.local) gate_end=$2 ;;
		*.remote)
			peer_end=$2
			;;
		*.esn)
			sa_peer+=("esn=${2/off/0}")
			;;
		*.mode | *.seq | *.icv-pad)
			sa_peer+=("${1/-/_}=$2")
			;;
		*.encap)
			# the sender's port first
			udp=${2%:*}:${2#*:}
			[ "$dir" = out ] || udp=${2#*:}:${2%:*}
			sa_peer+=("udp=$udp")
			;;
		esac
		case $dir.$1 in
		in.df | in.dscp | in.ttl | in.keepalive | in.seq-wrap | in.tfc | in.dummy-* | \
			in.dscp-map | in.for-dscp | in.ecn | in.fragment | out.check-padding | out.follow | \
			out.orig-* | out.replay-window | out.match | *.as | *.local | *.remote) ;;
		*)
			sa_nf+=("$1" "$2")
			;;
		esac
		shift 2
	done
	sa_peer=("${sa_peer[@]/esn=on/esn=1}")
	sa_nf=(local "$gate_end" remote "$peer_end" "${sa_nf[@]}")
	if [ "$dir" = in ]; then
		sa_peer+=("src=$peer_end" "dst=$gate_end")
	else
		sa_peer+=("src=$gate_end" "dst=$peer_end")
	fi
}

# sa DIR TUNNEL SPI esp|ah ALG [WORD...]: an SA of the set and the other end of
# it in ipsec_peer.py, where its name is TUNNEL.DIR or that after "as"; an SPI
# of - is one that was not there before
sa() {
	local dir=$1 tunnel=$2 spi=$3 proto=$4 alg=$5 key=${KEY:-} file

	shift 5
	[ "$spi" != - ] || spi=$((RANDOM * 32768 + RANDOM + 0x10000))
	sa_words "$dir" "$@"
	[ -n "$key" ] || key=$(key_of "$alg")
	file=$tmpdir/key.$dir.$spi
	echo "$key" >"$file"
	echo "sa tunnel $tunnel dir $dir spi $spi $proto $alg" \
		"key-file $file ${sa_nf[*]}" >>"$tmpdir/set"
	say sa "${sa_name:-$tunnel.$dir}" protocol="$proto" spi="$spi" \
		alg="$alg" key="$key" "${sa_peer[@]}"
}

# sas TUNNEL SPI esp|ah ALG [WORD...]: one in each direction
sas() {
	sa in "$@" && sa out "$@"
}

policy() {
	echo "policy $*" >>"$tmpdir/set"
}

# protect TUNNEL LOCAL REMOTE: policies in both directions
protect() {
	policy dir in src "$3" dst "$2" protect "$1"
	policy dir out src "$2" dst "$3" protect "$1"
}

# clean: begin a new set; nothing waits at the ends
clean() {
	: >"$tmpdir/set"
	say flush
}

# apply: make it the running one
apply() {
	nf apply "$tmpdir/set" >"$tmpdir/applied" 2>&1 && return
	cat "$tmpdir/applied"
	return 1
}

# begin LINE...: a new set, and its counters; of the one before nothing stays, as
# a policy would with its own
begin() {
	nf flush >/dev/null && clean && {
		printf '%s\n' "$@"
		echo apply
		echo mark
	} | steps
}

# all_dropped: what truncate has answered, "LENGTH REASON=N...": a packet of each
# length was too short, no multiple of the block, or else forged
all_dropped() {
	local whole rest word sum=0

	read -r whole rest <<<"$answer"
	echo "$answer"
	for word in $rest; do
		case $word in
		bad-length=* | bad-icv=* | unknown=* | malformed=*)
			: $((sum += ${word#*=}))
			;;
		*)
			return 1
			;;
		esac
	done
	[ "$sum" -eq "$whole" ]
}

# steps: commands from standard input, one a line, up to the first that fails:
# nfipsec, ip and nft in the router, functions of the shell, or ipsec_peer.py's
steps() {
	local line words before=""

	while read -r line; do
		read -r -a words <<<"$line"
		case ${words[0]:-#} in
		\#*)
			continue
			;;
		nfipsec)
			nf "${words[@]:1}"
			;;
		ip)
			ip -n "$gate" "${words[@]:1}"
			;;
		nft | sysctl)
			in_gate "${words[@]}"
			;;
		*)
			if declare -F "${words[0]}" >/dev/null; then
				"${words[@]}"
			else
				say "${words[@]}"
			fi
			;;
		esac || {
			echo "failed at: $line, behind: $before"
			return 1
		}
		before=$line
	done
}
