# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# forkcheck: build, run, check, install. `make help` tells.

# The only place that states the version is debian/changelog.
VERSION := $(shell sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)
# ARCH: another machine, or musl, to build for (see Cross builds); TARGET: where to run, see targets/README.md.
TARGET ?= native
ARCH ?= $(shell sed -n 's/^arch=//p' targets/$(TARGET).target 2>/dev/null)
override ARCH := $(filter-out $(shell uname -m),$(ARCH))
BUILD ?= build$(ARCH:%=/%)
CC = $(if $(ARCH),$(COMPILER_$(ARCH)),gcc)
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
DESTDIR ?=

# All processors, unless told otherwise. Several goals stay one after the other.
ifeq ($(MAKELEVEL)$(word 2,$(MAKECMDGOALS)),0)
MAKEFLAGS += -j$(shell nproc)
endif

# say WHAT, TARGET: a step's line; at a terminal with its number and how many there are.
say = printf '  %s%-8s%s\n' '$(count)' $(1) $(2)
ifneq ($(MAKE_TERMOUT),)
ifndef STEPS
STEPS := $(shell MAKE_TERMOUT= $(MAKE) -n STEPS=0 $(MAKEOVERRIDES) $(MAKECMDGOALS) 2>/dev/null | grep -c '^printf .  %s%-8s%s')
endif
count = $(eval DONE += x)[$(words $(DONE))/$(STEPS)] 
endif

WARN = -Wall -Wextra -Werror -Wno-unused-result
# No stack protector: its canary is in the TLS area, which a raw thread need not have.
FLAGS = -std=gnu11 $(WARN) -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -fno-stack-protector $(HEADERS)
HEADERS = -Icommon -Iharness -Irunner -Ibench -Iexplore -I$(BUILD)/generated
LIBS = -lcap -lz -lm

# ---- Cross builds ------------------------------------------------------------------------------------

# Debian's compilers. libcap and zlib are built with them as well, from Debian's sources.
CROSS = aarch64 arm i386 riscv64 s390x musl
ifneq ($(filter-out $(CROSS),$(ARCH)),)
$(error ARCH=$(ARCH): one of $(CROSS) is wanted)
endif
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
BENCH = $(filter-out bench/bare.c bench/tap.c,$(wildcard bench/*.c))
EXPLORE = explore/stack_switch.S $(wildcard explore/*.c explore/model/*.c explore/operations/*.c)
TESTS = $(wildcard tests/*/*.c)
BAD = $(wildcard selftest/bad/*.c)
UNITS = $(wildcard selftest/units/*.c)
STUCK = $(wildcard selftest/stuck/*.c)
EXAMPLES = $(wildcard docs/examples/*.c)
SPEC = $(wildcard spec/*.tsv)
KNOWN = $(wildcard targets/*.expect)
EXPLORED = $(wildcard tests/explored/*.program)
SCRIPTS = $(shell grep -lsE '^.!/bin/(ba)?sh' $(filter-out %.md,$(wildcard .ci/* bench/* ci/lava/* explore/* kernel-coverage/* kselftest/* report/* selftest/* selftest/fuzz/* \
	  spec/* targets/* tools/*))) $(wildcard targets/*.sh targets/*.target selftest/surroundings/*.sh selftest/surroundings/run) completions/forkcheck.bash
SOURCES = $(wildcard common/*.[ch] harness/*.[ch] harness/arch/*.h runner/*.[ch] report/*.[ch] selftest/*.c selftest/units/*.[ch] selftest/fuzz/*.[ch] bench/*.[ch] targets/*.c \
	  sabotage/*.[ch] sabotage/faults/*.c explore/*.[ch] explore/*/*.[ch]) $(BAD) $(STUCK) $(EXAMPLES) $(TESTS) $(wildcard docs/findings/*.c)

object = $(patsubst %,$(BUILD)/%.o,$(basename $(1)))
SHARED = $(wildcard common/*.c)
SHARED_OBJECTS = $(call object,$(SHARED)) $(BUILD)/known.o
COMMON = $(call object,$(HARNESS) $(BENCH) $(EXPLORE)) $(SHARED_OBJECTS) $(BUILD)/statements.o $(BUILD)/kernel_table.o

# ---- Build -------------------------------------------------------------------------------------------

all: $(BUILD)/forkcheck
report: $(BUILD)/forkcheck-report

# All sources. When one is added or removed all programs are linked anew.
PARTS = $(BUILD)/parts
LIST = $(sort $(SOURCES) $(SPEC) $(KNOWN) $(EXPLORED))
ifneq ($(file <$(PARTS)),$(LIST))
$(PARTS): anew
endif
$(PARTS):
	@mkdir -p $(@D)
	@echo '$(LIST)' > $@

$(BUILD)/forkcheck: $(call object,$(RUNNER) $(TESTS)) $(COMMON)
$(BUILD)/forkcheck-bad: $(call object,$(RUNNER) $(BAD)) $(COMMON)
$(BUILD)/forkcheck-examples: $(call object,$(RUNNER) $(EXAMPLES)) $(COMMON)
$(BUILD)/forkcheck-stuck: $(call object,$(RUNNER) $(STUCK)) $(COMMON)
$(BUILD)/forkcheck $(BUILD)/forkcheck-bad $(BUILD)/forkcheck-stuck $(BUILD)/forkcheck-examples: $(PARTS)
	@$(call say,LD,$@)
	@$(CC) -static $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS)
	@# Stripped, as it goes to small machines; gdb finds the symbols beside it.
	@$(BINUTILS)objcopy --only-keep-debug $@ $@.debug
	@$(BINUTILS)strip $@
	@cd $(@D) && $(BINUTILS)objcopy --add-gnu-debuglink=$(@F).debug $(@F)

$(BUILD)/root/lib/libcap.a: tools/cross-libs | build-packages
	@$(call say,LIBS,$(@D))
	@tools/cross-libs $(CC) $(BUILD)/root

# The same objects with faults in between: see docs/sabotage.md.
SABOTAGE = $(wildcard sabotage/*.c sabotage/faults/*.c) sabotage/vfork.S
SABOTAGE_WORKS = $(filter x86_64,$(shell $(CC) -dumpmachine | cut -d- -f1))
WRAPPED = main cell_run events_init self_execute raw_syscall clone_call_raw fork _Fork vfork clone wait waitpid madvise mlock unshare \
	  setns mount umount2 ioctl read write pwrite prctl setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid \
	  setgroups setpgid ptrace posix_spawn posix_spawnp system pthread_create
$(BUILD)/forkcheck-sabotaged: $(call object,$(RUNNER) $(TESTS) $(SABOTAGE)) $(COMMON) $(PARTS)
	@$(call say,LD,$@)
	@$(CC) -static $(CFLAGS) $(LDFLAGS) $(WRAPPED:%=-Wl,--wrap=%) -o $@ $(filter %.o,$^) $(LIBS)

$(BUILD)/units: $(call object,$(UNITS) $(filter-out runner/main.c,$(RUNNER)) $(BAD)) $(COMMON) $(PARTS)
	@$(call say,LD,$@)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS) -lcheck -lsubunit -lm -lrt -lpthread
$(BUILD)/explore-units: $(call object,selftest/explore_units.c $(filter-out runner/main.c,$(RUNNER)) $(BAD)) $(COMMON) $(PARTS)
	@$(call say,LD,$@)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS) -lcheck -lsubunit -lm -lrt -lpthread
$(BUILD)/bench-units: $(call object,selftest/bench_units.c bench/stats.c)
	@$(call say,LD,$@)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lcheck -lsubunit -lm -lrt -lpthread
$(call object,$(UNITS) $(wildcard selftest/*_units.c)): | check-packages
$(BUILD)/selftest/matrix_page.o $(BUILD)/selftest/report_units.o: | report-packages
$(BUILD)/bare $(BUILD)/tap: $(BUILD)/%: bench/%.c
	@mkdir -p $(@D)
	@$(CC) -static $(FLAGS) $(CFLAGS) -o $@ $<

$(BUILD)/%.o: %.c | build-packages $(ROOT)
	@mkdir -p $(@D)
	@$(call say,CC,$<)
	@$(CC) $(FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/%.o: %.S | build-packages $(ROOT)
	@mkdir -p $(@D)
	@$(call say,AS,$<)
	@$(CC) $(HEADERS) -MMD -MP -c -o $@ $<
$(BUILD)/statements.c: spec/embed-statements $(SPEC) $(PARTS)
	@mkdir -p $(@D)
	@$(call say,GEN,$@)
	@spec/embed-statements $(SPEC) > $@.new
	@mv $@.new $@
$(BUILD)/generated/explored_programs.h: explore/embed-programs $(EXPLORED) $(PARTS)
	@mkdir -p $(@D)
	@$(call say,GEN,$@)
	@explore/embed-programs $(EXPLORED) > $@.new
	@mv $@.new $@
$(BUILD)/tests/explored/programs.o: $(BUILD)/generated/explored_programs.h
$(BUILD)/known.c: targets/embed-known $(KNOWN) $(wildcard targets/*.target targets/*.sh) $(PARTS)
	@mkdir -p $(@D)
	@$(call say,GEN,$@)
	@targets/embed-known $(KNOWN) > $@.new
	@mv $@.new $@
$(BUILD)/kernel_table.c: kernel-coverage/embed kernel-coverage/lines
	@mkdir -p $(@D)
	@$(call say,GEN,$@)
	@kernel-coverage/embed kernel-coverage/lines > $@.new
	@mv $@.new $@
$(BUILD)/statements.o $(BUILD)/known.o $(BUILD)/kernel_table.o: %.o: %.c | build-packages $(ROOT)
	@$(CC) $(FLAGS) $(CFLAGS) -c -o $@ $<
-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d)

# The page of all targets, see report/matrix.h.
PAGE = report/matrix.c report/page_table.c report/page_details.c
MATRIX = $(call object,$(PAGE)) $(BUILD)/matrix_template.o
$(BUILD)/matrix_template.c: report/embed-template report/matrix.html
	@mkdir -p $(@D)
	@$(call say,GEN,$@)
	@report/embed-template report/matrix.html > $@.new
	@mv $@.new $@
$(BUILD)/matrix_template.o: $(BUILD)/matrix_template.c
	@$(CC) $(FLAGS) $(CFLAGS) -c -o $@ $<
$(BUILD)/matrix-page: $(BUILD)/selftest/matrix_page.o $(BUILD)/common/skip.o $(MATRIX)
	@$(call say,LD,$@)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -ljansson -lz

# The program for the machine that collects reports; it may use libraries.
REPORT = $(filter-out $(PAGE),$(wildcard report/*.c))
$(BUILD)/report/%.o: report/%.c | report-packages
	@mkdir -p $(@D)
	@$(call say,CC,$<)
	@$(CC) -std=gnu11 $(WARN) -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -Icommon $$(xml2-config --cflags) $(CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/forkcheck-report: $(call object,$(REPORT)) $(SHARED_OBJECTS) $(MATRIX) $(PARTS)
	@$(call say,LD,$@)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) -ljansson -lxml2 -lz -lm
$(BUILD)/report-units: $(call object,selftest/report_units.c $(filter-out report/report_main.c,$(REPORT))) $(SHARED_OBJECTS) $(MATRIX) $(PARTS)
	@$(call say,LD,$@)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) -ljansson -lxml2 -lz -lcheck -lsubunit -lm -lrt -lpthread

# ---- Run ---------------------------------------------------------------------------------------------

# ARGS: further options and selectors.
run: all $(if $(filter native,$(TARGET)),,target-packages)
	targets/run $(TARGET) $(BUILD)/forkcheck $(ARGS)

# The suite on every target, and one page about it. TARGETS: only these.
MATRIX_DIR = build/matrix
matrix: all report target-packages-all
	targets/matrix $(MATRIX_DIR) $(TARGETS)
	$(BUILD)/forkcheck list --json > $(MATRIX_DIR)/catalogue.json
	$(BUILD)/forkcheck-report matrix --catalogue $(MATRIX_DIR)/catalogue.json --sources . -o $(MATRIX_DIR)/matrix.html $(MATRIX_DIR)/*.ktap

# Kernels that watch themselves, for the targets uml-debug, qemu-debug, qemu-kcsan: from Debian's source, once; each takes some
# twenty minutes. DEBUG_KERNELS: only these.
DEBUG_KERNELS = uml-debug qemu-debug
KERNEL_PACKAGES = gcc make flex bison bc patch xz-utils libc6-dev libelf-dev perl dpkg
debug-kernel: all
	@tools/need $(KERNEL_PACKAGES)
	@for name in $(DEBUG_KERNELS); do targets/build-kernel $$name $(BUILD)/forkcheck || exit 1; done

# Which lines of the kernel the tests reach, by a kernel that counts them: docs/kernel-coverage.md, and what `explain` knows of lines.
# GROUPS: count only these groups of tests anew, such as clone.kcmp.
COUNTED = build/kernel-coverage
kernel-coverage: all
	@tools/need $(KERNEL_PACKAGES) busybox-static cpio python3
	@targets/build-kernel uml-coverage $(BUILD)/forkcheck > $(BUILD)/counting-kernel
	@rm -rf $(if $(GROUPS),$(GROUPS:%=$(COUNTED)/%),$(COUNTED))
	kernel-coverage/measure $$(cat $(BUILD)/counting-kernel) $(BUILD)/forkcheck $(COUNTED) $(GROUPS)
	kernel-coverage/page $$(cat $(BUILD)/counting-kernel) $(COUNTED) docs/kernel-coverage.md kernel-coverage/lines

# The programs of docs/findings.md, for other kernels.
FINDINGS = $(wildcard docs/findings/*.c)
findings: $(FINDINGS:docs/findings/%.c=$(BUILD)/findings/%)
$(BUILD)/findings/%: docs/findings/%.c | build-packages
	@mkdir -p $(@D)
	@$(call say,CC,$<)
	@$(CC) -static $(WARN) $(CFLAGS) -o $@ $<

# ---- Check -------------------------------------------------------------------------------------------

check: check-packages all findings $(BUILD)/forkcheck-bad $(BUILD)/forkcheck-stuck $(BUILD)/forkcheck-examples $(BUILD)/units $(BUILD)/explore-units $(BUILD)/bench-units \
		report $(BUILD)/report-units
	$(BUILD)/units
	$(BUILD)/explore-units
	$(BUILD)/bench-units
	$(BUILD)/report-units
	$(if $(SABOTAGE_WORKS),$(MAKE) $(BUILD)/forkcheck-sabotaged)
	BUILD=$(BUILD) PROVE_FLAGS="$(PROVE_FLAGS)" selftest/prove selftest/*.t
	$(if $(SABOTAGE_WORKS),$(MAKE) sabotage ARGS=--quick)

# Whether the tests notice faults: all of them, or as ARGS say.
sabotage: check-packages all $(BUILD)/forkcheck-sabotaged
	sabotage/run --build $(BUILD) $(or $(ARGS),--markdown docs/sabotage.md) > $(BUILD)/sabotage.txt || \
		{ grep '^#' $(BUILD)/sabotage.txt; exit 1; }
	@grep '^#' $(BUILD)/sabotage.txt

# Whether a verdict depends on where the suite is run. ARGS: --user, names of surroundings.
check-surroundings: all
	@tools/need $$(selftest/surroundings/run --packages)
	selftest/surroundings/run $(filter --%,$(ARGS)) $(BUILD)/forkcheck $(filter-out --%,$(ARGS))

# The page of all targets, in a browser.
check-matrix: matrix-packages all report $(BUILD)/matrix-page
	BUILD=$(BUILD) PROVE_FLAGS="$(PROVE_FLAGS)" selftest/prove selftest/matrix.t

# In the tree of Debian's linux-source, by kselftest's own tools.
check-kselftest: all
	@tools/need linux-source xz-utils rsync flex bison libc6-dev python3 python3-tap perl
	BUILD=$(BUILD) PROVE_FLAGS="$(PROVE_FLAGS)" selftest/prove kselftest/check.t

# A kernel that has only what the selftests' "config" asks for, built and booted: takes a quarter of an hour.
check-config: all
	@tools/need linux-source xz-utils gcc flex bison bc libc6-dev libelf-dev perl cpio qemu-system-x86
	BUILD=$(BUILD) PROVE_FLAGS="$(PROVE_FLAGS)" selftest/prove kselftest/boot.t

# The archive is built as a Debian package, which is held against Debian's rules, unpacked and used.
check-package: dist
	@tools/need dpkg-dev debhelper lintian libcap-dev zlib1g-dev libjansson-dev libxml2-dev python3 man-db
	tools/check-package $(BUILD)/forkcheck-$(VERSION).tar.xz $(VERSION)

# A farm of fifty machines with a plan by times.
check-farm: all
	bench/farm $(BUILD) 50

# A job of LAVA's, by Debian's dispatcher. ARGS: only these tests.
check-lava: all
	@tools/need qemu-system-x86 cpio xz-utils python3 $(LAVA_PACKAGES)
	ci/lava/run $(BUILD) $(ARGS)

# Formatter, analysers and the project's own rules. In tests the analyser does not understand children that share memory; tests
# also compare characters as numbers, write strings without an end, and loop in children until they are killed.
TIDY_TESTS = -clang-analyzer-*,-bugprone-signed-char-misuse,-bugprone-infinite-loop,-bugprone-not-null-terminated-result
TIDY = $(SHARED) $(wildcard harness/*.c) $(RUNNER) $(BENCH) $(filter %.c,$(EXPLORE) $(SABOTAGE)) $(REPORT) $(TESTS) $(EXAMPLES) $(BAD) $(UNITS)
lint: lint-packages report-packages all spec-check $(TIDY:%.c=$(BUILD)/%.tidy)
	clang-format --dry-run -Werror $(SOURCES)
	shellcheck -x $(SCRIPTS)
	tools/lint
	mandoc -Tlint -Wwarning docs/*.[15]

# A file is analysed when it has been compiled, since it or a header has changed.
$(BUILD)/%.tidy: %.c $(BUILD)/%.o .clang-tidy | lint-packages
	@$(call say,TIDY,$<)
	@clang-tidy --quiet --warnings-as-errors='*' $(if $(filter tests/% docs/% selftest/%,$<),--checks='$(TIDY_TESTS)') $< -- \
		$(FLAGS) $(if $(filter report/%,$<),$$(xml2-config --cflags)) 2>$@.said || { cat $@.said; exit 1; }
	@mv $@.said $@

spec-check: all
	@$(BUILD)/forkcheck list --covers > $(BUILD)/listing
	@spec/coverage --check $(BUILD)/listing $(SPEC)
	@spec/drift --check
	@tools/lint-numbers $(BUILD)/forkcheck

coverage: all
	@$(BUILD)/forkcheck list --covers > $(BUILD)/listing
	@spec/coverage $(BUILD)/listing $(SPEC)
	@spec/coverage --markdown $(BUILD)/listing $(SPEC) > docs/coverage.md

# Sanitizers on the runner's own paths; then the tests, where what is undefined is a trap: nothing of a sanitizer is
# needed in their children and raw threads.
sanitize: check-packages
	$(MAKE) BUILD=$(BUILD)/sanitized CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover' \
		$(BUILD)/sanitized/units $(BUILD)/sanitized/report-units $(BUILD)/sanitized/bench-units
	$(BUILD)/sanitized/units
	$(BUILD)/sanitized/bench-units
	$(BUILD)/sanitized/report-units
	$(MAKE) BUILD=$(BUILD)/trapping CFLAGS='-O1 -g -fsanitize=undefined -fsanitize-undefined-trap-on-error' \
		$(BUILD)/trapping/forkcheck
	targets/run native $(BUILD)/trapping/forkcheck --timeout-scale 5 --output $(BUILD)/trapping/report

# Random input, made by libFuzzer from selftest/fuzz/corpus. FUZZ_SECONDS: for each program.
FUZZ_SECONDS ?= 60
REPORT_FUZZERS = report expectations figures
RUNNER_FUZZERS = past records
FUZZERS = $(REPORT_FUZZERS) $(RUNNER_FUZZERS)
FUZZING = -g -O1 -fsanitize=address,undefined -fno-sanitize-recover
fuzz: check-packages report-packages
	@tools/need clang
	@$(MAKE) -s BUILD=$(BUILD)/fuzz CC=clang CFLAGS='$(FUZZING) -fsanitize=fuzzer-no-link' $(FUZZERS:%=$(BUILD)/fuzz/fuzz-%)
	@for name in $(FUZZERS); do \
		selftest/fuzz/run $(BUILD)/fuzz/fuzz-$$name selftest/fuzz/corpus/$$name $(FUZZ_SECONDS) || exit 1; \
	done
$(BUILD)/selftest/fuzz/%.o: selftest/fuzz/%.c | report-packages
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) -std=gnu11 $(WARN) -D_GNU_SOURCE -Icommon -Iharness -Irunner -Ireport $$(xml2-config --cflags) $(CFLAGS) -MMD -MP -c -o $@ $<
$(RUNNER_FUZZERS:%=$(BUILD)/fuzz-%): $(BUILD)/fuzz-%: $(BUILD)/selftest/fuzz/fuzz_%.o $(BUILD)/selftest/fuzz/fuzz.o \
		$(call object,$(filter-out runner/main.c,$(RUNNER)) $(BAD)) $(COMMON) $(PARTS)
	@echo "  LD      $@"
	@$(CC) $(FUZZING) -fsanitize=fuzzer -o $@ $(filter %.o,$^) $(LIBS)
$(REPORT_FUZZERS:%=$(BUILD)/fuzz-%): $(BUILD)/fuzz-%: $(BUILD)/selftest/fuzz/fuzz_%.o $(BUILD)/selftest/fuzz/fuzz.o \
		$(call object,$(filter-out report/report_main.c,$(REPORT))) $(SHARED_OBJECTS) $(MATRIX)
	@echo "  LD      $@"
	@$(CC) $(FUZZING) -fsanitize=fuzzer -o $@ $(filter %.o,$^) -ljansson -lxml2 -lz -lm

# What creation costs here, what other programs measure, and what a test costs the runner.
bench: all
	$(BUILD)/forkcheck bench $(ARGS)
bench-others: bench-packages all
	bench/others $(BUILD)
bench-runner: check-packages all $(BUILD)/forkcheck-bad $(BUILD)/bare $(BUILD)/tap
	bench/runner $(BUILD)

# ---- Install -----------------------------------------------------------------------------------------

SHARE = $(DESTDIR)$(PREFIX)/share
# What zsh reads below its prefix; of a distribution's packages it is another folder.
ZSH ?= site-functions

install: all
	install -D -m 755 $(BUILD)/forkcheck $(DESTDIR)$(PREFIX)/bin/forkcheck
	install -d $(SHARE)/man/man1 $(SHARE)/man/man5 $(SHARE)/forkcheck
	install -m 644 docs/forkcheck.1 $(SHARE)/man/man1
	install -m 644 docs/*.5 $(SHARE)/man/man5
	install -m 644 $(KNOWN) $(SHARE)/forkcheck
	install -D -m 644 completions/forkcheck.bash $(SHARE)/bash-completion/completions/forkcheck
	install -D -m 644 -t $(SHARE)/zsh/$(ZSH) completions/_forkcheck
	install -D -m 644 -t $(SHARE)/fish/vendor_completions.d completions/forkcheck.fish

install-report: report
	install -D -m 755 $(BUILD)/forkcheck-report $(DESTDIR)$(PREFIX)/bin/forkcheck-report
	install -D -m 644 -t $(SHARE)/man/man1 docs/forkcheck-report.1

# forkcheck among the selftests of a kernel's tree: see docs/kernel-ci.md.
kselftest: all
	@test -n "$(DEST)" || { echo 'make kselftest: DEST=<linux>/tools/testing/selftests is wanted' >&2; exit 2; }
	kselftest/export $(BUILD) $(DEST)

# What git has at this commit; the same commit gives the same bytes.
dist:
	@tools/need git xz-utils
	@mkdir -p $(BUILD)
	git archive --prefix=forkcheck-$(VERSION)/ HEAD | xz -9 > $(BUILD)/forkcheck-$(VERSION).tar.xz
	@echo $(BUILD)/forkcheck-$(VERSION).tar.xz

clean:
	rm -rf $(BUILD)

# ---- Packages ----------------------------------------------------------------------------------------

BUILD_PACKAGES = $(if $(ARCH),gcc make $(PACKAGES_$(ARCH)),$(if $(filter gcc clang,$(CC)),$(CC)) libc6-dev libcap-dev zlib1g-dev)
REPORT_PACKAGES = libjansson-dev libxml2-dev python3
CHECK_PACKAGES = check perl python3 python3-jsonschema python3-junitparser python3-yaml libxml2-utils fish zsh strace gdb procps \
	util-linux
LINT_PACKAGES = clang-format clang-tidy shellcheck mandoc
# All packages that the goals need, so that all missing ones are named at once.
for-goals = $(if $(filter $(1),$(MAKECMDGOALS)),$(2))

build-packages:
	@tools/need $(sort $(BUILD_PACKAGES) $(call for-goals,check lint matrix report,$(REPORT_PACKAGES)) \
		$(call for-goals,check sabotage sanitize bench-runner,$(CHECK_PACKAGES)) $(call for-goals,lint,$(LINT_PACKAGES)) \
		$(call for-goals,run,$(shell targets/run --packages $(TARGET))))
check-packages: build-packages
	@tools/need $(CHECK_PACKAGES)
lint-packages: build-packages
	@tools/need $(LINT_PACKAGES)
matrix-packages:
	@tools/need perl python3 chromium
report-packages: build-packages
	@tools/need $(REPORT_PACKAGES)
bench-packages: build-packages
	@tools/need stress-ng util-linux
target-packages:
	@tools/need $$(targets/run --packages $(TARGET))
target-packages-all:
	@tools/need $$(for name in $$(targets/run --names); do targets/run --packages $$name; done) $(foreach a,$(CROSS),$(PACKAGES_$(a)))

LAVA_PACKAGES = $(patsubst %,python3-%,aiohttp configobj jinja2 magic netifaces pexpect pyudev requests setproctitle tz voluptuous yaml)

help:
	@echo 'make              build $(BUILD)/forkcheck, one static program'
	@echo 'make report       build $(BUILD)/forkcheck-report, which reads what runs print'
	@echo 'make run          build it and run the suite here    ARGS="-j4 clone.*"'
	@echo '                  ... or elsewhere                   TARGET=runsc, uml, ... (targets/run --list)'
	@echo 'make matrix       run it on all of these, for $(MATRIX_DIR)/matrix.html      TARGETS="native uml"'
	@echo 'make debug-kernel build the kernels of the targets uml-debug and qemu-debug, for failing allocations'
	@echo 'make kernel-coverage       which lines of the kernel the tests reach: docs/kernel-coverage.md'
	@echo 'make check        test the runner and the harness themselves'
	@echo 'make check-surroundings    the suite in chroots, containers, under limits ...: docs/surroundings.md'
	@echo 'make check-matrix test the page of all targets in Chromium'
	@echo 'make sabotage     whether the tests notice faults: docs/sabotage.md   ARGS=--quick'
	@echo 'make lint         formatter, analysers, the rules for tests'
	@echo 'make coverage     which statements have a test; writes docs/coverage.md'
	@echo 'make sanitize     unit tests under ASan and UBSan, the tests under UBSan'
	@echo 'make fuzz         random input for what reads reports     FUZZ_SECONDS=$(FUZZ_SECONDS)'
	@echo 'make bench        what each way to create costs here, bench-others beside other programs'
	@echo 'make bench-runner what a test costs the runner'
	@echo 'make check-kselftest, check-config, check-lava, check-package, check-farm    docs/kernel-ci.md'
	@echo 'make kselftest    DEST=<linux>/tools/testing/selftests: among those of a kernel tree'
	@echo 'make dist         the sources as an archive'
	@echo 'make install      and install-report; PREFIX=$(PREFIX) DESTDIR='
	@echo 'make clean'
	@echo
	@echo 'CC=clang works as well. ARCH=NAME builds for $(CROSS), in build/NAME.'
	@echo 'Missing packages are installed when root, else their command is shown.'

.PHONY: all report run matrix findings debug-kernel kernel-coverage check check-matrix check-surroundings check-kselftest check-config check-package check-farm check-lava sabotage lint fuzz spec-check coverage \
	sanitize bench bench-others bench-runner kselftest dist install install-report clean help \
	build-packages check-packages matrix-packages bench-packages lint-packages report-packages target-packages \
	target-packages-all anew
.DELETE_ON_ERROR:
