# SPDX-License-Identifier: GPL-2.0-only
#
# The front door: `make help` lists what it opens. The kernel's build system
# reads Kbuild, which it prefers to this file.

PREFIX ?= /usr/local
DESTDIR ?=
VERSION := $(shell cat VERSION)

# headers of the running kernel, else the newest installed ones
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(shell ls -d /lib/modules/*/build 2>/dev/null | sort -rV))

SBINDIR = $(DESTDIR)$(PREFIX)/sbin
MANDIR = $(DESTDIR)$(PREFIX)/share/man
COMPDIR = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
# for key files; goes with the rest if nobody has put any there
CONFDIR = $(DESTDIR)/etc/nfipsec
UNITDIR = $(DESTDIR)$(PREFIX)/lib/systemd/system
DKMSDIR = $(DESTDIR)/usr/src/nf_ipsec-$(VERSION)
KERNELS = $(patsubst /lib/modules/%/build,%,$(wildcard /lib/modules/*/build))
MANPAGES = $(notdir $(wildcard tools/man/*.5 tools/man/*.8))
UNITS = $(notdir $(wildcard tools/systemd/*))

all: module tools

help:
	@echo 'make              the module and the tools'
	@echo 'make module       nf_ipsec.ko, for the kernel of KDIR=, W=1 for more warnings'
	@echo 'make tools        the command line, tools/nfipsec'
	@echo 'make demo         a guided tour of a VPN, in a virtual machine'
	@echo 'make check        all tests but those on the debug kernel'
	@echo 'make check-debug  the tests in the VM on a kernel with every checker on'
	@echo 'make unit|cli|lint|vm   one part of make check; TESTS="net/x.sh" for vm'
	@echo 'make conformance  the table of RFC requirements against the tests'
	@echo 'make interop      every cell of the matrix with the kernel'"'"'s own IPsec, half an hour'
	@echo 'make bench        instructions per packet beside the kernel'"'"'s own IPsec, a long table;'
	@echo '                  PART="sizes tcp" for parts, PLOT=1 draws them into Documentation'
	@echo 'make bench-quick  the headline against what the tree has recorded; RECORD=1 records'
	@echo 'make mutants      do the tests notice defects? builds and tries some'
	@echo 'make fuzz         the fuzzers for TIME=10 seconds each'
	@echo 'make -C selftests run_tests   the same tests on this very kernel'
	@echo 'make deps         install the Debian packages that all of this needs'
	@echo 'make install      module (DKMS), command, manual, units; PREFIX=, DESTDIR='
	@echo 'make uninstall    take them away again'
	@echo 'make clean        remove what was built'

deps:
	@selftests/deps.sh check

module:
	@test -n "$(KDIR)" || { echo "no kernel headers: run selftests/deps.sh build" >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools:
	$(MAKE) -C tools

check:
	@selftests/check

check-debug:
	@selftests/check debug

unit cli lint:
	@selftests/check $@

vm:
	@selftests/check build vm

conformance:
	@selftests/deps.sh check
	@selftests/conformance/run

interop: module tools
	@selftests/deps.sh check
	@selftests/interop/run

mutants:
	@selftests/deps.sh check
	KDIR=$(KDIR) selftests/mutants/run

bench:
	@selftests/check build
	@selftests/bench/run $(if $(PLOT),--plot) $(PART)

bench-quick:
	@selftests/check build
	@selftests/bench/run --quick $(if $(RECORD),--record)

fuzz:
	@selftests/deps.sh fuzz
	$(MAKE) -C selftests/fuzz run

demo:
	@selftests/demo/run

install: install-module install-tools

# each installed version goes, not only this one
remove-module:
ifeq ($(DESTDIR),)
	set -e; for dir in /var/lib/dkms/nf_ipsec/[0-9]*; do \
		test ! -d $$dir || dkms remove nf_ipsec/$${dir##*/} --all; \
	done
endif
	rm -rf $(DESTDIR)/usr/src/nf_ipsec-[0-9]*

install-module: remove-module
ifeq ($(DESTDIR),)
	selftests/deps.sh install
endif
	install -d $(DKMSDIR)
	sed 's/#MODULE_VERSION#/$(VERSION)/' dkms.conf >$(DKMSDIR)/dkms.conf
	find Kbuild VERSION net include -name '*.[ch]' -o -name Kbuild -o -name VERSION | \
		xargs cp --parents -t $(DKMSDIR)
ifeq ($(DESTDIR),)
	dkms add nf_ipsec/$(VERSION)
	set -e; for kernel in $(KERNELS); do \
		dkms install nf_ipsec/$(VERSION) -k $$kernel || \
			test $$kernel != $$(uname -r); \
	done
endif

install-tools: tools
	install -d $(SBINDIR) $(MANDIR)/man5 $(MANDIR)/man8 $(COMPDIR) $(UNITDIR)
	test -d $(CONFDIR) || install -d -m 0700 $(CONFDIR)
	install -m 0755 tools/nfipsec $(SBINDIR)/
	set -e; for page in $(MANPAGES); do \
		install -m 0644 tools/man/$$page $(MANDIR)/man$${page##*.}/; \
	done
	install -m 0644 tools/completion/nfipsec $(COMPDIR)/
	set -e; for unit in $(UNITS); do \
		sed 's:@SBINDIR@:$(PREFIX)/sbin:' tools/systemd/$$unit >$(UNITDIR)/$$unit; \
		chmod 0644 $(UNITDIR)/$$unit; \
	done

uninstall: remove-module
ifeq ($(DESTDIR),)
	-systemctl disable --now nfipsec-state.timer nfipsec.service
endif
	rm -f $(SBINDIR)/nfipsec $(COMPDIR)/nfipsec
	rm -f $(addprefix $(UNITDIR)/,$(UNITS))
	rm -f $(foreach page,$(MANPAGES),$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(page))
ifeq ($(DESTDIR),)
	-systemctl daemon-reload
endif
	rmdir $(CONFDIR) 2>/dev/null || true

clean:
	$(if $(KDIR),$(MAKE) -C $(KDIR) M=$(CURDIR) clean)
	$(MAKE) -C tools clean
	$(MAKE) -C selftests clean

.PHONY: all help deps module tools check check-debug unit cli lint vm \
	conformance interop mutants bench bench-quick fuzz demo \
	install remove-module install-module install-tools uninstall \
	clean
