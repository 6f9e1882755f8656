/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What the harness offers to the runner's side of a cell. Tests don't use it. */
#ifndef FORKCHECK_CELL_H
#define FORKCHECK_CELL_H

#include "release.h"
#include "forkcheck.h"

/* The tests of this program, by the linker. */
extern const struct test *const __start_forkcheck_tests[], *const __stop_forkcheck_tests[];

/* Makes the page for post() and await(). Before the body, in the test's process. */
void events_init(void);

/*
 * Ends this process after it has sent a verdict. Processes that wait for an event which was not posted yet end too;
 * else the test would wait until its time is up. Callable from everywhere.
 */
_Noreturn void leave_test(int status);

/* How many cases a test has, those which do not exist included; 1 for a test without a table. */
size_t case_total(const struct test *test);

/* Whether case n exists: not every row need go through every door. */
bool case_exists(const struct test *test, size_t n);

/* The case for this_case() and this_door(). */
void case_select(const struct test *test, size_t n);

/* The name of case n, "" for a test without a table. Returns buf. */
char *case_name(const struct test *test, size_t n, char *buf, size_t size);

/* What case n needs and covers besides, by its row and by its door; NULL where the table does not say. */
const struct case_head *case_head(const struct test *test, size_t n);
const struct case_head *door_head(const struct test *test, size_t n);

/* What it covers as this pair of row and door; NULL if nothing. */
const char *pair_covers(const struct test *test, size_t n);

/* Seeds test_random(). */
void random_seed(uint32_t seed);

/* ---- Expectations ------------------------------------------------------------------------------ */

/* One has been evaluated: what makes the difference between PASS and BROKEN. Callable from everywhere. */
void expectation_counts(void);
/* One does not hold: sends the record, with the site and what tells one time round a loop from another. Likewise. */
void expectation_fails(const struct site *site, const struct record *values, struct with with);

/* ---- The program ------------------------------------------------------------------------------- */

/* Finds out how to execute this program again: by /proc, else by the path with which it was started. */
void self_find(void);
/* Where it is open gets this number. Callable anywhere. */
void self_move(int fd);
/* The program is open at this descriptor: for a process that has not looked for it, or must keep it at a number of its own. Needs /proc. */
void self_at(int fd);
/* Executes this program with these arguments and an empty environment. Returns -errno where it fails. */
long self_execute(char *const argv[]);
/* What a program started by execute_self() does: main's part for argv = {.., "--image", image, arg}. */
int image_main(int argc, char **argv);
/* The part of it that runs a row of ATTRIBUTES(); a request is to be read from fd. */
int inherit_image(int fd);

/* ---- Evidence ---------------------------------------------------------------------------------- */

/* The kernel's release, or the one that --assume-kernel gave. */
struct release release_now(void);
void release_assume(struct release release);

/*
 * The kernel's configuration: 'y', 'm', 'n' or 0 (no configuration was found). Looks at the file given, at
 * /proc/config.gz, and where distributions and our own initramfs put it.
 */
char kernel_config(const char *option);
void kernel_config_file(const char *path);
/* Where the configuration came from, or NULL. */
const char *kernel_config_source(void);

struct feature_info {
	const char *name; /* as --list-features and messages have it */
	const char *description;
	const char *since;  /* release, or NULL */
	const char *config; /* option without CONFIG_, or NULL */
	/* A reason found in the surroundings, not in the implementation under test: NULL, or a sentence. */
	const char *(*missing)(void);
	const struct probe *probe;    /* what a filter may refuse; NULL: nothing that is known */
	unsigned long namespace_flag; /* of a type of namespaces */
};
extern const struct feature_info features[FEATURE_COUNT];

/**
 * feature_absent() - is there proof that a feature is not to be expected here?
 * @feature: which
 * @why: gets one line
 *
 * Proof is the release, the configuration, the surroundings or a filter; never that a call under test failed.
 * Returns which of these, SKIP_NONE if there is none.
 */
enum skip_class feature_absent(enum feature feature, char *why, size_t size);

/*
 * The confinement in which the run begins: whether it is in a chroot, as far as that can be proved, in a Landlock domain, and the types
 * (CLONE_NEW...) whose limit is 0.
 */
struct confinement {
	unsigned long types;
	bool chrooted;
	bool landlocked;
	bool traced; /* each process, by somebody who is none of the tests */
};
/* Looks, by a child too, where that may be; in the runner, before its pen. Not in a vfork child or a raw thread. */
struct confinement confinement_now(bool by_child);
/* What was found; a cell is told. */
void confinement_set(struct confinement outside);
struct confinement confinement_known(void);
/* A sentence where no namespace of this type can be made for one of these reasons; else NULL. */
const char *confinement_forbids(unsigned long flag);
bool root_is_elsewhere(void);
bool children_are_traced(void);
/* Whether something is mounted over a part of /proc. */
bool proc_is_covered(void);

/* A call with arguments that every kernel with this call answers in the same way, before it looks at anything else. */
struct probe {
	long number, arguments[6];
	long answer, or ; /* -errno; or this one */
};
/* Whether a seccomp filter was there when this was asked first: before a test, which may add its own. */
bool filter_around(void);
/* A sentence where it refuses the call, the persona, or the type of namespaces; else NULL. */
const char *filter_blocks(const struct probe *probe);
const char *filter_blocks_personality(void);
const char *filter_blocks_sethostname(void);
const char *filter_blocks_namespace(unsigned long flag);

/* ---- Control groups ----------------------------------------------------------------------------- */

/* Thaws the group of version 1 in which a process may be frozen, and those above: a process that is frozen there does not die of SIGKILL. */
void thaw(pid_t pid);

/* ---- Privileges -------------------------------------------------------------------------------- */

/* Who the tests without privileges are in this cell. */
void ordinary_id_set(uid_t uid);

struct privileges {
	bool root;	     /* may become any user: tests change to ordinary_uid() */
	bool initial_userns; /* this is the initial user namespace */
	uint64_t caps;	     /* permitted */
};
/* What this process has. */
struct privileges privileges_now(void);

/**
 * privileges_drop() - become what a test asks for
 * @caps: all that it names, wherever they count
 * @as_root: user and group ID 0, not ordinary ones
 *
 * No supplementary groups, exactly these capabilities, and dumpable again as an ordinary program is. Returns
 * NULL, or what failed.
 */
const char *privileges_drop(uint64_t caps, bool as_root, const struct privileges *have);

/*
 * Makes this process's capabilities survive the execution of a program by a user other than root: what a
 * runner in a user namespace needs. Returns whether that worked.
 */
bool privileges_keep(void);

/* Names for messages: a list such as "CAP_SYS_ADMIN CAP_SYS_CHROOT". Returns buf. */
char *capability_names(uint64_t caps, char *buf, size_t size);

#endif
