# SPDX-License-Identifier: GPL-2.0-only
# forkcheck: build, run, check, install. `make help` tells.

VERSION = 0.1
# ARCH: another machine, or musl, to build for (see Cross builds); TARGET: where to run, see targets/README.md.
TARGET ?= native
ARCH ?= $(shell sed -n 's/^arch=//p' targets/$(TARGET).target 2>/dev/null)
override ARCH := $(filter-out $(shell uname -m),$(ARCH))
BUILD ?= build$(ARCH:%=/%)
CC = $(if $(ARCH),$(or $(COMPILER_$(ARCH)),$(error ARCH=$(ARCH): one of $(CROSS) is wanted)),gcc)
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
DESTDIR ?=

WARN = -Wall -Wextra -Werror -Wno-unused-result
# No stack protector: its canary is in the TLS area, which a raw thread need not have.
FLAGS = -std=gnu11 $(WARN) -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -fno-stack-protector $(HEADERS)
HEADERS = -Iharness -Irunner
LIBS = -lcap -lz

# ---- Cross builds ------------------------------------------------------------------------------------

# Debian's compilers. libcap and zlib are built with them as well, from Debian's sources.
CROSS = aarch64 arm i386 riscv64 s390x musl
COMPILER_aarch64 = aarch64-linux-gnu-gcc
COMPILER_arm = arm-linux-gnueabihf-gcc
COMPILER_i386 = i686-linux-gnu-gcc
COMPILER_riscv64 = riscv64-linux-gnu-gcc
COMPILER_s390x = s390x-linux-gnu-gcc
COMPILER_musl = musl-gcc
PACKAGES_aarch64 = gcc-aarch64-linux-gnu libc6-dev-arm64-cross
PACKAGES_arm = gcc-arm-linux-gnueabihf libc6-dev-armhf-cross
PACKAGES_i386 = gcc-i686-linux-gnu libc6-dev-i386-cross
PACKAGES_riscv64 = gcc-riscv64-linux-gnu libc6-dev-riscv64-cross
PACKAGES_s390x = gcc-s390x-linux-gnu libc6-dev-s390x-cross
PACKAGES_musl = musl-tools linux-libc-dev libc6-dev

ifneq ($(ARCH),)
HEADERS += -isystem $(BUILD)/root/include
LIBS := -L$(BUILD)/root/lib $(LIBS)
ROOT = $(BUILD)/root/lib/libcap.a
endif
# A cross compiler brings its own tools.
BINUTILS = $(if $(filter %-gcc,$(CC)),$(patsubst musl-,,$(patsubst %gcc,%,$(CC))))

HARNESS = $(wildcard harness/*.c) harness/clone_call.S
RUNNER = $(wildcard runner/*.c)
TESTS = $(wildcard tests/*/*.c)
BAD = $(wildcard selftest/bad/*.c)
EXAMPLES = $(wildcard docs/examples/*.c)
SPEC = $(wildcard spec/*.tsv)
SCRIPTS = spec/embed spec/coverage $(wildcard selftest/*.t) $(shell grep -lE '^.!/bin/sh' $(filter-out %.md,$(wildcard targets/* bench/*))) \
	  $(wildcard targets/*.sh targets/*.target) .ci/run tools/need tools/lint tools/cross-libs
SOURCES = $(wildcard harness/*.[ch] harness/arch/*.h runner/*.[ch] selftest/*.c bench/*.c targets/*.c sabotage/*.[ch] sabotage/faults/*.c) $(BAD) $(EXAMPLES) $(TESTS)

object = $(patsubst %,$(BUILD)/%.o,$(basename $(1)))
COMMON = $(call object,$(HARNESS)) $(BUILD)/statements.o

# ---- Build -------------------------------------------------------------------------------------------

all: $(BUILD)/forkcheck
$(BUILD)/forkcheck: $(call object,$(RUNNER) $(TESTS)) $(COMMON)
$(BUILD)/forkcheck-bad: $(call object,$(RUNNER) $(BAD)) $(COMMON)
$(BUILD)/forkcheck-examples: $(call object,$(RUNNER) $(EXAMPLES)) $(COMMON)
$(BUILD)/forkcheck $(BUILD)/forkcheck-bad $(BUILD)/forkcheck-examples:
	@echo "  LD      $@"
	@$(CC) -static $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS)
	@# Stripped, as it goes to small machines; gdb finds the symbols beside it.
	@$(BINUTILS)objcopy --only-keep-debug $@ $@.debug
	@$(BINUTILS)strip $@
	@cd $(@D) && $(BINUTILS)objcopy --add-gnu-debuglink=$(@F).debug $(@F)

$(BUILD)/root/lib/libcap.a: tools/cross-libs | build-packages
	@echo "  LIBS    $(@D)"
	@tools/cross-libs $(CC) $(BUILD)/root

# The same objects with faults in between: see docs/sabotage.md.
SABOTAGE = $(wildcard sabotage/*.c sabotage/faults/*.c) sabotage/vfork.S
WRAPPED = main cell_main events_init self_execute raw_syscall clone_call_raw fork _Fork vfork clone wait waitpid madvise mlock unshare \
	  setns mount umount2 ioctl read write pwrite prctl setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid \
	  setgroups setpgid ptrace posix_spawn posix_spawnp system pthread_create
$(BUILD)/forkcheck-sabotaged: $(call object,$(RUNNER) $(TESTS) $(SABOTAGE)) $(COMMON)
	@echo "  LD      $@"
	@$(CC) -static $(CFLAGS) $(LDFLAGS) $(WRAPPED:%=-Wl,--wrap=%) -o $@ $(filter %.o,$^) $(LIBS)

$(BUILD)/units: $(call object,selftest/units.c $(filter-out runner/main.c,$(RUNNER)) $(BAD)) $(COMMON)
	@echo "  LD      $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS) -lcheck -lsubunit -lm -lrt -lpthread
$(BUILD)/bare: bench/bare.c
	@mkdir -p $(@D)
	@$(CC) -static $(FLAGS) $(CFLAGS) -o $@ $<

$(BUILD)/%.o: %.c | build-packages $(ROOT)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/%.o: %.S | build-packages
	@mkdir -p $(@D)
	@echo "  AS      $<"
	@$(CC) $(HEADERS) -MMD -MP -c -o $@ $<
$(BUILD)/statements.c: spec/embed $(SPEC)
	@mkdir -p $(@D)
	@echo "  GEN     $@"
	@spec/embed $(SPEC) > $@.new
	@mv $@.new $@
$(BUILD)/statements.o: $(BUILD)/statements.c | build-packages
	@$(CC) $(FLAGS) $(CFLAGS) -c -o $@ $<
-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d)

# ---- Run ---------------------------------------------------------------------------------------------

# ARGS: further options and selectors.
run: all $(if $(filter native,$(TARGET)),,target-packages)
	targets/run $(TARGET) $(BUILD)/forkcheck $(ARGS)

# The suite on every target, and one page about it. TARGETS: only these.
MATRIX = build/matrix
matrix: all report target-packages-all
	targets/matrix $(MATRIX) $(TARGETS)
	$(BUILD)/forkcheck list --json > $(MATRIX)/catalogue.json
	$(BUILD)/forkcheck-report matrix --catalogue $(MATRIX)/catalogue.json --sources tests -o $(MATRIX)/matrix.html $(MATRIX)/*.ktap

# ---- Check -------------------------------------------------------------------------------------------

check: check-packages all $(BUILD)/forkcheck-bad $(BUILD)/forkcheck-examples $(BUILD)/units
	$(BUILD)/units
	BUILD=$(BUILD) prove $(PROVE_FLAGS) selftest/*.t
	$(if $(filter x86_64,$(shell $(CC) -dumpmachine | cut -d- -f1)),$(MAKE) sabotage ARGS=--quick)

# Whether the tests notice faults: all of them, or as ARGS say.
sabotage: check-packages all $(BUILD)/forkcheck-sabotaged
	sabotage/run --build $(BUILD) $(or $(ARGS),--markdown docs/sabotage.md) > $(BUILD)/sabotage.txt || \
		{ grep '^#' $(BUILD)/sabotage.txt; exit 1; }
	@grep '^#' $(BUILD)/sabotage.txt

# What a formatter, analysers and the project's own rules say.
lint: lint-packages all spec-check
	clang-format --dry-run -Werror $(SOURCES)
	shellcheck -x $(SCRIPTS)
	tools/lint
	clang-tidy --quiet --warnings-as-errors='*' $(wildcard harness/*.c runner/*.c) -- $(FLAGS)
	mandoc -Tlint -Wwarning docs/*.1

spec-check: all
	@$(BUILD)/forkcheck list --covers > $(BUILD)/listing
	@spec/coverage --check $(BUILD)/listing $(SPEC)

coverage: all
	@$(BUILD)/forkcheck list --covers > $(BUILD)/listing
	@spec/coverage $(BUILD)/listing $(SPEC)
	@spec/coverage --markdown $(BUILD)/listing $(SPEC) > docs/coverage.md

# Sanitizers on the runner's own paths; its tests are static and raw, so they run without.
sanitize: check-packages
	$(MAKE) BUILD=$(BUILD)/sanitized CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover' \
		$(BUILD)/sanitized/units
	$(BUILD)/sanitized/units

bench: all $(BUILD)/bare
	bench/runner $(BUILD)

# ---- Install -----------------------------------------------------------------------------------------

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(BUILD)/forkcheck $(DESTDIR)$(PREFIX)/bin/forkcheck
	install -m 644 docs/forkcheck.1 $(DESTDIR)$(PREFIX)/share/man/man1/forkcheck.1

clean:
	rm -rf $(BUILD)

# ---- Packages ----------------------------------------------------------------------------------------

build-packages:
	@tools/need $(if $(ARCH),gcc make $(PACKAGES_$(ARCH)),$(if $(filter gcc clang,$(CC)),$(CC)) libc6-dev libcap-dev zlib1g-dev)
check-packages: build-packages
	@tools/need check perl python3 procps util-linux
lint-packages:
	@tools/need clang-format clang-tidy shellcheck mandoc
target-packages:
	@tools/need $$(targets/run --packages $(TARGET))
target-packages-all:
	@tools/need $$(for name in $$(targets/run --names); do targets/run --packages $$name; done) $(foreach a,$(CROSS),$(PACKAGES_$(a)))

help:
	@echo 'make              build $(BUILD)/forkcheck, one static program'
	@echo 'make run          build it and run the suite here    ARGS="-j4 clone.*"'
	@echo '                  ... or elsewhere                   TARGET=runsc, uml, ... (targets/run --list)'
	@echo 'make matrix       run it on all of these, for $(MATRIX)/matrix.html      TARGETS="native uml"'
	@echo 'make check        test the runner and the harness themselves'
	@echo 'make sabotage     whether the tests notice faults: docs/sabotage.md   ARGS=--quick'
	@echo 'make lint         formatter, analysers, the rules for tests'
	@echo 'make coverage     which statements have a test; writes docs/coverage.md'
	@echo 'make sanitize     unit tests under ASan and UBSan'
	@echo 'make bench        what a test costs the runner'
	@echo 'make install      PREFIX=$(PREFIX) DESTDIR='
	@echo 'make clean'
	@echo
	@echo 'CC=clang works as well. ARCH=NAME builds for $(CROSS), in build/NAME.'
	@echo 'Missing packages are installed when root, else their command is shown.'

.PHONY: all run matrix check sabotage lint spec-check coverage sanitize bench install clean help \
	build-packages check-packages lint-packages target-packages target-packages-all
.DELETE_ON_ERROR:
