# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Counting KTAP results. Sourced by run-tests and check.

# ktap_count FILE STATUS: prints "PASS FAIL SKIP" for what a test program
# printed into FILE before it exited with STATUS. Results at the outermost
# level count, whatever is nested in them does not. Where there are none, the
# exit status is the one result; where it contradicts them, a failure is added.
ktap_count() {
	awk -v status="$2" '
	/^1\.\.[0-9]+/ {
		planned = substr($1, 4) + 0
	}
	/^ok( |$)/ {
		if (toupper($0) ~ /# *SKIP/)
			skip++
		else
			pass++
	}
	/^not ok( |$)/ {
		if (toupper($0) ~ /# *TODO/)
			skip++
		else
			fail++
	}
	END {
		ran = pass + fail + skip
		if (ran < planned && status == 0)
			fail += planned - ran
		else if (status != 0 && status != 4 && !fail)
			fail++
		else if (!ran && status == 4)
			skip++
		else if (!ran && status == 0)
			pass++
		print pass + 0, fail + 0, skip + 0
	}' "$1"
}
