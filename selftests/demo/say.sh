# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034 # output and status are read by the tour
#
# How the tour speaks: headings, prose, commands behind a prompt, and claims
# that are checked. Sourced, not run.

if [ "${DEMO_COLOUR:-0}" = 1 ]; then
	BOLD=$'\e[1m' DIM=$'\e[2m' GREEN=$'\e[32m' RED=$'\e[31m' PLAIN=$'\e[0m'
else
	BOLD="" DIM="" GREEN="" RED="" PLAIN=""
fi

sections=0
claims=0
untrue=0
declare -A jobs_of

# heading TEXT
heading() {
	: $((sections += 1))
	echo
	echo "$BOLD$sections. $1$PLAIN"
	echo
}

# prose: standard input, as it stands
prose() {
	local line

	while IFS= read -r line; do
		echo "$line"
	done
}

# show TEXT: some program's output, wrapped
show() {
	local line part

	while IFS= read -r line; do
		line=${line//$'\t'/        }
		while [ "${#line}" -gt 76 ]; do
			part=${line:0:76}
			part=${part% *}
			echo "    $DIM$part$PLAIN"
			line=${line:${#part}}
			line=${line# }
		done
		echo "    $DIM$line$PLAIN"
	done <<<"$1"
}

prompt() {
	echo "$BOLD$1#$PLAIN $2"
}

# at HOST COMMAND: what a person would type there; sets $output and $status
at() {
	prompt "$1" "$2"
	quietly "$1" "$2"
	[ -z "$output" ] || show "$output"
}

# quietly HOST COMMAND: the same without a word
quietly() {
	status=0
	output=$(cd "$work/$1" && within "$1" bash -c "$2" 2>&1) || status=$?
}

# within HOST COMMAND...: like "ip netns exec", but without its mounts, which
# take time on an emulated machine
within() {
	nsenter --net="/run/netns/$1" -- "${@:2}"
}

# beside HOST COMMAND: started, and left to itself; one a host
beside() {
	prompt "$1" "$2 &"
	(
		cd "$work/$1" && within "$1" timeout 600 bash -c "$2"
	) >"$work/$1/log" 2>&1 &
	jobs_of[$1]=$!
}

# finish HOST: wait for what was started there; sets $output and $status
finish() {
	status=0
	wait "${jobs_of[$1]}" || status=$?
	output=$(<"$work/$1/log")
	[ -n "$output" ] || return 0
	echo "$BOLD$1:$PLAIN"
	show "$output"
}

# claim TEXT COMMAND...: true if the command succeeds; what it prints is shown
# only if not
claim() {
	local text=$1 evidence

	shift
	: $((claims += 1))
	if evidence=$("$@" 2>&1); then
		echo "$GREEN✓$PLAIN $text"
	else
		: $((untrue += 1))
		echo "$RED✗ $text$PLAIN"
		[ -z "$evidence" ] || show "$evidence"
	fi
}

# nap SECONDS: a sleep that is no process
nap() {
	[ -p "$work/nothing" ] || mkfifo "$work/nothing"
	read -rt "$1" <>"$work/nothing" || true
}

# until_true COMMAND...: wait up to twenty seconds for it
until_true() {
	local tries

	for ((tries = 0; tries < 200; tries++)); do
		"$@" >/dev/null 2>&1 && return 0
		nap 0.1
	done
	return 1
}
