# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the selftests share. A test sources it first:
#
#	. "$(dirname "$0")/../lib.sh"
#
# and then: require_root, require_module, ktap_print_header, ktap_set_plan N,
# one ktap_test_* per case, ktap_finish. Output is KTAP version 1, exit
# status 0 pass, 1 fail, 4 skip. Namespaces made by setup_ns are removed, and
# functions given to at_exit are called, however the test ends.

KSFT_PASS=0
KSFT_FAIL=1
KSFT_SKIP=4

TREE=${TREE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
NFIPSEC=${NFIPSEC:-$TREE/tools/nfipsec}
NF_IPSEC_KO=${NF_IPSEC_KO:-$TREE/nf_ipsec.ko}
# how long, in ms, to wait for what must come: an emulated machine is slow
export BUSYWAIT_TIMEOUT=${BUSYWAIT_TIMEOUT:-10000}

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# --- KTAP ---

ktap_plan=0
ktap_passed=0
ktap_failed=0
ktap_skipped=0

ktap_print_header() {
	echo "KTAP version 1"
}

# ktap_set_plan N: how many results will follow
ktap_set_plan() {
	ktap_plan=$1
	echo "1..$1"
}

ktap_print_msg() {
	echo "# $*"
}

ktap_number() {
	echo $((ktap_passed + ktap_failed + ktap_skipped))
}

ktap_test_pass() {
	: $((ktap_passed += 1))
	echo "ok $(ktap_number) $*"
}

ktap_test_fail() {
	: $((ktap_failed += 1))
	echo "not ok $(ktap_number) $*"
}

# ktap_test_skip NAME [REASON]
ktap_test_skip() {
	: $((ktap_skipped += 1))
	echo "ok $(ktap_number) $1 # SKIP ${2:-}"
}

# ktap_test NAME CMD...: pass if the command succeeds, skip if it exits 4,
# else fail; its output is shown as comments, and only when it failed
ktap_test() {
	local name=$1 output rc=0

	shift
	output=$("$@" 2>&1) || rc=$?
	case $rc in
	0)
		ktap_test_pass "$name"
		;;
	"$KSFT_SKIP")
		ktap_test_skip "$name" "$output"
		;;
	*)
		[ -z "$output" ] || echo "# ${output//$'\n'/$'\n'# }"
		ktap_test_fail "$name"
		;;
	esac
}

# The last line of a test. A plan that was not kept is a failure: a case that
# did not run proves nothing.
ktap_finish() {
	local ran

	ran=$(ktap_number)
	echo "# Totals: pass:$ktap_passed fail:$ktap_failed skip:$ktap_skipped"
	if [ "$ktap_plan" -ne 0 ] && [ "$ran" -ne "$ktap_plan" ]; then
		echo "# planned $ktap_plan results, but gave $ran"
		exit "$KSFT_FAIL"
	fi
	[ "$ktap_failed" -eq 0 ] || exit "$KSFT_FAIL"
	[ "$ran" -eq 0 ] || [ "$ktap_passed" -gt 0 ] || exit "$KSFT_SKIP"
	exit "$KSFT_PASS"
}

# ktap_skip_all REASON: nothing of this test can run here
ktap_skip_all() {
	echo "1..0 # SKIP $*"
	exit "$KSFT_SKIP"
}

# --- what must be there ---

require_root() {
	[ "$(id -u)" -eq 0 ] || ktap_skip_all "needs root"
}

# require_command NAME...
require_command() {
	local name

	for name in "$@"; do
		command -v "$name" >/dev/null ||
			ktap_skip_all "needs the program $name"
	done
}

module_loaded() {
	[ -d /sys/module/nf_ipsec ]
}

# no_module REASON: on somebody's router a reason to skip; in the VM, which is
# there for the module, a failure, or a module that does not load would pass
no_module() {
	[ "${NF_IPSEC_VM:-0}" = 1 ] || ktap_skip_all "$@"
	ktap_print_header
	ktap_print_msg "$@"
	ktap_test_fail "load the module"
	exit "$KSFT_FAIL"
}

# A module loaded from somewhere else is taken as it is: on a router one may
# want to test just that one.
require_module() {
	module_loaded && return
	[ -f "$NF_IPSEC_KO" ] || no_module "no $NF_IPSEC_KO: run make module"
	insmod "$NF_IPSEC_KO" || no_module "cannot load $NF_IPSEC_KO"
}

# --- running commands ---

# cmd_ok CMD...: it must succeed; says what it printed if it did not
cmd_ok() {
	local output rc=0

	output=$("$@" 2>&1) || rc=$?
	[ "$rc" -eq 0 ] && return 0
	echo "# failed with $rc: $*"
	[ -z "$output" ] || echo "#   ${output//$'\n'/$'\n'#   }"
	return 1
}

# cmd_fail CMD...: it must fail, by exiting and not by a signal
cmd_fail() {
	local output rc=0

	output=$("$@" 2>&1) || rc=$?
	[ "$rc" -ne 0 ] && [ "$rc" -lt 126 ] && return 0
	echo "# should have failed, but exited with $rc: $*"
	[ -z "$output" ] || echo "#   ${output//$'\n'/$'\n'#   }"
	return 1
}

# busywait TIMEOUT_MS CMD...: until the command succeeds; its last output is
# printed, its last status returned
busywait() {
	local end output rc now

	now=${EPOCHREALTIME//[.,]/}
	end=$((now + $1 * 1000))
	shift
	while :; do
		rc=0
		output=$("$@") || rc=$?
		now=${EPOCHREALTIME//[.,]/}
		if [ "$rc" -eq 0 ] || [ "$now" -gt "$end" ]; then
			[ -z "$output" ] || echo "$output"
			return "$rc"
		fi
		sleep 0.05
	done
}

# --- the kernel's log ---

# note_log: leaves a mark there
note_log() {
	log_mark="nf_ipsec-test: $$-$RANDOM"
	echo "$log_mark" >/dev/kmsg
}

# log_since: what the kernel has logged since then. Nothing would be no answer
# where the mark itself has gone.
log_since() {
	dmesg | awk -v mark="$log_mark" '
		found
		index($0, mark) { found = 1 }
		END { exit !found }' && return
	echo "the log does not reach back to the start of the test"
	return 1
}

# log_quiet: nothing was said about all this
log_quiet() {
	local said

	said=$(log_since) || {
		echo "$said"
		return 1
	}
	said=$(grep -vE 'link becomes ready|ADDRCONF|hrtimer: interrupt took|^$' <<<"$said")
	[ -z "$said" ] && return
	echo "$said" | head -n 20
	return 1
}

# --- cleaning up ---

exit_hooks=()
ns_list=()

# at_exit CMD...: run it when the test ends, last registered first
at_exit() {
	exit_hooks=("$*" "${exit_hooks[@]}")
}

cleanup_ns() {
	local ns pids

	for ns in "$@"; do
		mapfile -t pids < <(ip netns pids "$ns" 2>/dev/null)
		[ "${#pids[@]}" -eq 0 ] || kill -KILL "${pids[@]}" 2>/dev/null
		ip netns del "$ns" 2>/dev/null
	done
}

cleanup_all_ns() {
	cleanup_ns "${ns_list[@]}"
	ns_list=()
}

run_exit_hooks() {
	local rc=$? hook

	trap - EXIT
	for hook in "${exit_hooks[@]}"; do
		eval "$hook"
	done
	cleanup_all_ns
	exit "$rc"
}

trap run_exit_hooks EXIT
trap 'exit 130' INT TERM HUP

# make_tmpdir: sets $tmpdir to a folder that is removed at the end
make_tmpdir() {
	tmpdir=$(mktemp -d) || exit "$KSFT_FAIL"
	at_exit "rm -rf '$tmpdir'"
}

# --- namespaces ---

# setup_ns NAME...: makes a namespace for each, with a name of its own, and
# sets the variable NAME to it; loopback is up, IPv6 addresses usable at once
setup_ns() {
	local var ns

	for var in "$@"; do
		ns="$var-$(mktemp -u XXXXXX)"
		if ! ip netns add "$ns"; then
			ktap_print_msg "cannot make the namespace $ns"
			exit "$KSFT_FAIL"
		fi
		ns_list+=("$ns")
		printf -v "$var" %s "$ns"
		ip -n "$ns" link set lo up
		ip netns exec "$ns" sysctl -qw \
			net.ipv4.conf.all.rp_filter=0 \
			net.ipv4.conf.default.rp_filter=0 \
			net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0
	done
}

# link_ns NS1 DEV1 NS2 DEV2: a veth pair between them, both ends up
link_ns() {
	ip -n "$1" link add "$2" type veth peer name "$4" netns "$3" &&
		ip -n "$1" link set "$2" up &&
		ip -n "$3" link set "$4" up
}

# set_forwarding NS...: make routers of them
set_forwarding() {
	local ns

	for ns in "$@"; do
		ip netns exec "$ns" sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv6.conf.all.forwarding=1
	done
}

# netlink_test FILE: a program in net/ that has the cases, and counts them
netlink_test() {
	local box

	require_root
	require_command python3 ip
	require_module
	setup_ns box
	ip netns exec "$box" python3 "$TREE/selftests/net/$1"
}
