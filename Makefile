# SPDX-License-Identifier: GPL-2.0-only
VERSION = 0.1
BUILD ?= build
CC = gcc
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local

WARN = -Wall -Wextra -Werror -Wno-unused-result
# No stack protector: its canary is in the TLS area, which a raw thread need not have.
FLAGS = -std=gnu11 $(WARN) -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -fno-stack-protector -Iharness -Irunner

HARNESS = $(wildcard harness/*.c) harness/clone_call.S
RUNNER = $(wildcard runner/*.c)
TESTS = $(wildcard tests/*/*.c)
SPEC = $(wildcard spec/*.tsv)
object = $(patsubst %,$(BUILD)/%.o,$(basename $(1)))

all: $(BUILD)/forkcheck
$(BUILD)/forkcheck: $(call object,$(HARNESS) $(RUNNER) $(TESTS)) $(BUILD)/statements.o
	@echo "  LD $@"
	@$(CC) -static $(CFLAGS) -o $@ $^ -lcap -lz

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/%.o: %.S
	@mkdir -p $(@D)
	@$(CC) -MMD -MP -c -o $@ $<
$(BUILD)/statements.c: spec/embed $(SPEC)
	@mkdir -p $(@D)
	@spec/embed $(SPEC) > $@.new && mv $@.new $@
$(BUILD)/statements.o: $(BUILD)/statements.c
	@$(CC) $(FLAGS) $(CFLAGS) -c -o $@ $<
-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d)
.PHONY: all
BAD = $(wildcard selftest/bad/*.c)
$(BUILD)/forkcheck-bad: $(call object,$(HARNESS) $(RUNNER) $(BAD)) $(BUILD)/statements.o
	@echo "  LD $@"
	@$(CC) -static $(CFLAGS) -o $@ $^ -lcap -lz
