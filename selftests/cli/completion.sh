# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The shell's completion knows every command and every word of the grammar:
# sourced by run, which has set these two.
tree=${tree:?}
nfipsec=${nfipsec:?}

# offered WORD...: what is offered behind these words, for $begun if it is set
offered() {
	local COMP_WORDS=(nfipsec "$@" "${begun:-}") COMP_CWORD=$(($# + 1)) COMPREPLY=()

	_nfipsec
	printf '%s\n' "${COMPREPLY[@]}"
}

# has WANTED WORD...: WANTED is offered behind the words
has() {
	local wanted=$1

	shift
	offered "$@" | grep -x -- "$wanted" >/dev/null && return
	echo "completion: no '$wanted' behind 'nfipsec $*'"
	return 1
}

# only "WANTED..." WORD...: that is all that is offered behind the words
only() {
	local wanted=$1 found

	shift
	found=$(offered "$@" | tr '\n' ' ')
	[ "${found% }" = "$wanted" ] && return
	echo "completion: not '$wanted' behind 'nfipsec $*' but '$found'"
	return 1
}

# behind a command only its own options
check_options() {
	local begun=- rc=0

	only "-- -h --help -j --json --prometheus" stats || rc=1
	only "-- -h --help -j --json -n --add" apply || rc=1
	only "-- -h --help" flush || rc=1
	only "-- -h --help" tunnel del hq || rc=1
	only "-- -h --help -j --json -s" sa list || rc=1
	only "-- -h --help -n" sa del || rc=1
	has -V || rc=1
	return "$rc"
}

# words LIST...: the keywords of lists in the grammar
words() {
	local list

	for list in "$@"; do
		sed -n "/^static const struct keyword ${list}_words/,/^};/s/^\t{ \"\([^\"]*\)\".*/\1/p" \
			"$tree/tools/grammar.c" "$tree/tools/settings.c"
	done
}

# all_of "WORD..." LIST...: all keywords of the lists are offered
all_of() {
	local behind word rc=0

	read -ra behind <<<"$1"
	shift
	for word in $(words "$@"); do
		has "$word" "${behind[@]}" || rc=1
	done
	return "$rc"
}

check_completion() {
	local object verb rest rc=0

	# shellcheck source=tools/completion/nfipsec
	. "$tree/tools/completion/nfipsec"
	while read -r object verb rest; do
		has "$object" || rc=1
		case $object in
		sa | policy | tunnel)
			has "$verb" "$object" || rc=1
			;;
		esac
	done < <("$nfipsec" -h | sed -n '/COMMAND$/,/^  -j/s/^  \([a-z]\)/\1/p')
	[ -n "${rest+set}" ] && [ "$(words sa opt sel policy tunnel | wc -l)" -gt 30 ] || rc=1
	all_of "sa add" sa opt sel || rc=1
	all_of "sa del" sa_id || rc=1
	all_of "policy add" policy_name policy sel || rc=1
	all_of "policy get" policy_id policy_name sel || rc=1
	only with-sas policy del id 7 || rc=1
	only "off mtu" sa add tfc || rc=1
	only off tunnel add hq dummy-every || rc=1
	has reserve state save || rc=1
	has reserve state save file || rc=1
	has secret.key state save || rc=1
	has secret.key state restore || rc=1
	all_of "policy del" policy_id policy_name sel policy_del || rc=1
	all_of "tunnel add hq" tunnel opt || rc=1
	all_of "settings set" setting || rc=1
	has drop settings set unknown-spi || rc=1
	only set settings || rc=1
	only "all none destination-unreachable packet-too-big time-exceeded parameter-problem" \
		settings set icmpv6-notices || rc=1
	has echo-request settings set icmp-protected || rc=1
	has nd-redirect settings set icmpv6-clear || rc=1
	has nd-redirect policy add icmpv6-type || rc=1
	has transport sa add mode || rc=1
	has aes-cbc-256+hmac-sha512-256 tunnel add hq esp || rc=1
	has hmac-sha256-128 tunnel add hq ah || rc=1
	has transport -- sa add mode || rc=1
	has spi sa del dir in local 192.0.2.1 esp || rc=1
	only "" tunnel add || rc=1
	only "" tunnel add hq remote || rc=1
	only "-j --json --prometheus" stats || rc=1
	only "on off" drops || rc=1
	only "drops notices" monitor || rc=1
	check_options || rc=1
	return "$rc"
}
