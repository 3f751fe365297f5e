# SPDX-License-Identifier: GPL-2.0-only
"""What the module counts, asked of nfipsec."""

import json
import os
import subprocess

from ipsec_wire import need

NFIPSEC = os.environ.get("NFIPSEC", "nfipsec")


class Counters:
    """Everything nf_ipsec counts, and what has changed since."""

    def __init__(self):
        self.old = None

    @staticmethod
    def ask(*words):
        done = subprocess.run([NFIPSEC, *words, "-j"], capture_output=True,
                              check=False)
        need(done.returncode == 0, f"nfipsec {words}: {done.stderr.decode()}")
        return json.loads(done.stdout)

    @classmethod
    def total(cls):
        stats = cls.ask("stats")
        return {"drops": stats["drops"], "counters": stats["counters"]}

    @classmethod
    def objects(cls):
        """Drops of all SAs and of all policies, added up."""
        found = {"sa": {}, "policy": {}}

        def visit(item):
            mine = found.get(item["object"])
            for reason, n in item.get("drops", {}).items():
                mine[reason] = mine.get(reason, 0) + n
            for inside in item.get("sas", []) + item.get("policies", []):
                visit(inside)

        for item in cls.ask("-s", "list"):
            visit(item)
        return found

    @classmethod
    def read(cls):
        return {**cls.total(), **cls.objects()}

    def mark(self):
        self.old = self.read()

    def delta(self, now, kind):
        old = self.old[kind]
        return {k: n - old.get(k, 0) for k, n in now[kind].items()
                if n != old.get(k, 0)}
