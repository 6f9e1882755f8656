/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * forkcheck.h - all that a test includes.
 *
 * Unless its comment says otherwise, what is declared here may be called from every process and thread
 * of a test: a child, a vfork child, a thread made by a raw clone without a TLS area, another namespace.
 * Nothing here uses stdio, allocates or takes a lock there.
 */
#ifndef FORKCHECK_H
#define FORKCHECK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record.h"
#include "skip.h"
#include "syscalls.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* ---- Tests ------------------------------------------------------------------------------------- */

/*
 * What the surroundings must offer for a test to say anything. The table in features.c says for each what
 * is accepted as proof that it is missing: a kernel release, a configuration, an administrator's setting.
 */
enum feature {
	NEEDS_PROC,	     /* /proc of the test's own PID namespace */
	NEEDS_PROC_SYSCALL,  /* /proc/PID/syscall */
	NEEDS_PROC_CHILDREN, /* /proc/PID/task/TID/children */
	NEEDS_PAGEMAP,	     /* /proc/PID/pagemap with page frame numbers; wants .init_caps SYS_ADMIN too */
	NEEDS_SMAPS,	     /* /proc/PID/smaps and clear_refs */
	NEEDS_WORKDIR,	     /* the current directory is private to the test and writable */
	NEEDS_EXEC_WORKDIR,  /* programs in it may be executed */
	NEEDS_READABLE,	     /* the program's file may be read by its user: executed, it can be dumped */
	NEEDS_TWO_IDS,	     /* at least the user and group IDs 0 to 65534 exist here */
	NEEDS_TWO_CPUS,
	NEEDS_PIDFD,
	NEEDS_CLONE3,
	NEEDS_CLEAR_SIGHAND,
	NEEDS_SETNS,
	NEEDS_USER_NS, /* may be made without privileges */
	NEEDS_MNT_NS,
	NEEDS_PID_NS,
	NEEDS_UTS_NS,
	NEEDS_IPC_NS,
	NEEDS_NET_NS,
	NEEDS_CGROUP_NS,
	NEEDS_TIME_NS,
	NEEDS_SYSVIPC,
	NEEDS_POSIX_MQUEUE,
	NEEDS_CGROUP_PIDS, /* a pids controller, version 1 or 2, in which a group can be made */
	NEEDS_CGROUP2,	   /* a version 2 hierarchy in which a group can be made */
	NEEDS_CPUSET,	   /* a cpuset controller, version 1 or 2, in which a group can be made, and /proc/PID/cpuset */
	NEEDS_KCMP,
	NEEDS_CHECKPOINT_RESTORE,
	NEEDS_BLOCK, /* I/O contexts */
	NEEDS_AIO,
	NEEDS_SECCOMP,
	NEEDS_THP,
	NEEDS_HUGE_PAGES, /* reserved huge pages, 32 of them free; the test must run alone */
	NEEDS_SWAP,	  /* something to swap to */
	NEEDS_MEMFD,
	NEEDS_DEV_ZERO,
	NEEDS_GUARD_REGIONS, /* MADV_GUARD_INSTALL */
	NEEDS_CROSS_MEMORY,  /* process_vm_readv(2), process_vm_writev(2) */
	NEEDS_USERFAULTFD,
	NEEDS_KEYS,
	NEEDS_AUTOGROUP,
	NEEDS_TASK_IO,	   /* /proc/PID/io */
	NEEDS_SCHEDSTAT,   /* /proc/PID/schedstat */
	NEEDS_CORE_FILTER, /* /proc/PID/coredump_filter */
	NEEDS_MEMBARRIER,
	NEEDS_HUGETLB,	 /* MAP_HUGETLB, whether or not any are reserved */
	NEEDS_NEW_PRIVS, /* no_new_privs is not set yet */
	NEEDS_PROC_SYS,	 /* /proc/sys is there, and may be written as far as permissions go */
	NEEDS_RSEQ,
	NEEDS_USER_DISPATCH, /* PR_SET_SYSCALL_USER_DISPATCH */
	NEEDS_SVE,
	NEEDS_PKEYS, /* memory protection keys of the processor */
	NEEDS_NUMA,
	NEEDS_KSM,
	NEEDS_POLICIES,
	NEEDS_REAL_TIME,
	NEEDS_DEADLINES,   /* the scheduling policy of the caller may be changed */
	NEEDS_FAIL_NTH,	   /* the kernel makes allocations of a thread fail on demand */
	NEEDS_KMEMLEAK,	   /* the kernel looks for memory that it has lost */
	NEEDS_PROC_EVENTS, /* the process events connector */
	NEEDS_PERF_EVENTS,
	NEEDS_LANDLOCK,
	NEEDS_IO_PORTS, /* ioperm(2), iopl(2) */
	NEEDS_PTRACE,	/* the security policy lets a parent trace its child */
	NEEDS_SHELL,	/* a shell at /bin/sh */
	NEEDS_PTY,	/* pseudoterminals, by /dev/ptmx and /dev/pts */
	NEEDS_MADVISE,	/* madvise(2) */
	NEEDS_PROCESS_MADVISE,
	NEEDS_MSEAL,
	NEEDS_DNOTIFY,
	NEEDS_INOTIFY,
	NEEDS_SCRIPTS,	     /* programs that name their interpreter: #! */
	NEEDS_OTHER_USER,    /* the test's user is not user 0 of the machine, who is exempt from RLIMIT_NPROC */
	NEEDS_ORDINARY_USER, /* nor is he number 0 in this user namespace, where execve(2) would give him power */
	NEEDS_PROC_MOUNT, /* nothing is mounted over parts of /proc: else user namespaces may not mount one of theirs */
	NEEDS_UNSHARE,
	NEEDS_SETHOSTNAME,
	NEEDS_NS_ROOT, /* the root directory is that of the mount namespace */
	NEEDS_PERSONALITY,
	NEEDS_MLOCK,
	NEEDS_VMSPLICE,
	NEEDS_MEMFD_SECRET,
	NEEDS_PIDFD_GETFD,
	NEEDS_SYSCTL,	   /* root may write to /proc/sys/kernel */
	NEEDS_LDT,	   /* x86: modify_ldt(2) */
	NEEDS_SPECULATION, /* the kernel lets a thread switch off speculative store bypass */
	NEEDS_ANON_NAMES,  /* anonymous mappings have names */
	NEEDS_CLAMPS,	   /* utilisation clamps of sched_setattr(2) */
	NEEDS_CORE_SCHEDULING,
	NEEDS_IO_URING,
	NEEDS_CORE_FILE, /* a core dump becomes a file in the current directory */
	FEATURE_COUNT
};
/* A list of them for .features; at file scope only. */
#define FEATURES(...) ((const enum feature[]){ __VA_ARGS__, FEATURE_COUNT })
#define CAP(name) (1ULL << (CAP_##name))

/* What one case or door of a test needs and covers besides the rest of them: see CASES_NEEDING(), THROUGH(). */
struct case_head {
	const char *name;
	const char *covers;
	const enum feature *features; /* FEATURES(...) */
	uint64_t caps, init_caps;
	const char *arch; /* in place of the test's */
};

/* Rows that begin with their name; count 0: no table. */
struct table {
	const void *rows;
	size_t size, count;
	const struct case_head *heads; /* of the first row, where rows have one */
};
#define TABLE(array, heads_)                                             \
	{                                                                \
		(array), sizeof((array)[0]), ARRAY_SIZE(array), (heads_) \
	}

struct test {
	const char *file;
	int line;
	const char *name;
	void (*body)(void);

	const char *summary;	      /* one sentence: what must hold */
	const char *covers;	      /* statement ids of spec/, blank separated */
	const char *tags;	      /* further words to select by, blank separated */
	const enum feature *features; /* FEATURES(...) */
	uint64_t caps;		      /* CAP(...) that the test has, and no others */
	uint64_t init_caps;	      /* CAP(...) that only count in the initial user namespace */
	bool as_root;		      /* user and group ID 0 in place of an ordinary user */
	bool alone;		      /* no other test may run beside it */
	bool executed;	     /* its cell is to be a program that was just executed, not a copy of one that was */
	const char *reaches; /* what it may hit outside its cell, such as "every process of its user"; NULL: nothing */
	unsigned timeout_ms; /* 0: TIMEOUT_DEFAULT_MS */
	const char *arch;    /* blank separated names; NULL: all */

	struct table cases; /* a case in each row: see CASES() */
	struct table doors; /* with which they are crossed: see THROUGH() */
	bool (*passes)(const void *row, const void *door);
	const char *(*pair_covers)(const void *row, const void *door);
};

#define TIMEOUT_DEFAULT_MS 10000

/**
 * TEST() - define and register a test
 * @fn: its name; with the names of its folder and file it is the test's id
 *
 * The further arguments are designated initialisers of struct test. The body follows.
 */
#define TEST(fn, ...)                                                                                                 \
	static void fn(void);                                                                                         \
	static const struct test test_##fn = {                                                                        \
		.file = __FILE__, .line = __LINE__, .name = #fn, .body = fn, __VA_ARGS__                              \
	};                                                                                                            \
	static const struct test *const register_##fn __attribute__((section("forkcheck_tests"), used)) = &test_##fn; \
	static void fn(void)

/**
 * CASES() - make a test of each row of a table
 * @table: an array of structures that begin with `const char *name`
 *
 * Inside the body, `const struct row *row = this_case();` is the row at hand.
 */
#define CASES(table) .cases = TABLE(table, NULL)

/* The same for rows that begin with `struct case_head head`: what that case needs and covers besides. */
#define CASES_NEEDING(table) .cases = TABLE(table, &(table)[0].head)

/**
 * THROUGH() - make a test of each of these doors, or, after CASES...(), of each row with each door
 * @table: an array of structures that begin with `struct case_head head`; the cases are called DOOR, or ROW.DOOR
 *
 * `.passes = fn` leaves out the pairs for which fn(row, door) is false; `.pair_covers = fn` gives what a pair covers
 * besides, or NULL. In the body, this_door() is the door at hand.
 */
#define THROUGH(table) .doors = TABLE(table, &(table)[0].head)

/* The rows of the tables given by CASES() and THROUGH() that this run of the body is for. */
const void *this_case(void);
const void *this_door(void);

/* ---- Expectations ------------------------------------------------------------------------------ */

/* What a failure is told with besides: the last argument of an expectation, such as a loop's row. */
struct with {
	const char *text; /* NULL: a number, or nothing at all where the site has no text for it */
	long long number;
};

void check(const struct site *site, long long got, long long want, bool holds, struct with with);
void check_errno(const struct site *site, long long got, int err, int want, struct with with);
void check_returns(const struct site *site, long long got, int err, long long want, struct with with);
void check_refused(const struct site *site, long result, int want, struct with with);
void check_status(const struct site *site, long pid, int want, struct with with);
void check_bytes(const struct site *site, const volatile void *at, size_t len, unsigned char want, struct with with);
void check_no_child(const struct site *site, struct with with);
long long check_setup(const struct site *site, long long result, int err);
_Noreturn void check_skip(const struct site *site, enum skip_class class, const char *why);
_Noreturn void check_broken(const struct site *site, const char *why);

/* Below 0, 0 or above, as the first number is to the second: by their values, whatever their types. */
static inline int compare_numbers(long long a, bool a_is_unsigned, long long b, bool b_is_unsigned)
{
	bool a_negative = !a_is_unsigned && a < 0, b_negative = !b_is_unsigned && b < 0;

	if (a_negative != b_negative)
		return a_negative ? -1 : 1;
	return ((unsigned long long)a > (unsigned long long)b) - ((unsigned long long)a < (unsigned long long)b);
}

#define IS_INTEGER(x)                                                                                                \
	_Generic((x) + 0, int : 1, unsigned : 1, long : 1, unsigned long : 1, long long : 1, unsigned long long : 1, \
		 default : 0)
#define ONLY_INTEGER(x) _Static_assert(IS_INTEGER(x), #x " is not an integer")
#define IS_UNSIGNED(x) ((__typeof__((x) + 0))-1 > 0)
#define NUMBER_FORM(x) (IS_UNSIGNED(x) ? FORM_UNSIGNED : FORM_NUMBER)

#define TEXT_OF(x) _Generic((x), const char * : (x), char * : (x), default : NULL)
#define NUMBER_OF(x) _Generic((x), const char * : 0, char * : 0, default : (x))
#define WITH(...) ((struct with){ __VA_OPT__(.text = TEXT_OF(__VA_ARGS__), .number = NUMBER_OF(__VA_ARGS__)) })

#define SITE(kind_, fatal_, form_, got_, want_form_, want_, with_)                                   \
	({                                                                                           \
		static const struct site site_ __attribute__((section("forkcheck_sites"), used)) = { \
			.file = __FILE__,                                                            \
			.line = __LINE__,                                                            \
			.got = (got_),                                                               \
			.want = (want_),                                                             \
			.with = (with_),                                                             \
			.form = (form_),                                                             \
			.want_form = (want_form_),                                                   \
			.kind = (kind_),                                                             \
			.fatal = (fatal_),                                                           \
		};                                                                                   \
		&site_;                                                                              \
	})
#define EXPECTATION(fatal, form, got, want, ...) SITE(RECORD_FAIL, fatal, form, got, form, want, "" #__VA_ARGS__)

#define COMPARE(fatal, got, relation, want, ...)                                                               \
	do {                                                                                                   \
		ONLY_INTEGER(got);                                                                             \
		ONLY_INTEGER(want);                                                                            \
		__typeof__((got) + 0) got_ = (got);                                                            \
		__typeof__((want) + 0) want_ = (want);                                                         \
		check(SITE(RECORD_FAIL, fatal, NUMBER_FORM(got), #got, NUMBER_FORM(want), #relation " " #want, \
			   "" #__VA_ARGS__),                                                                   \
		      (long long)got_, (long long)want_,                                                       \
		      compare_numbers((long long)got_, IS_UNSIGNED(got), (long long)want_, IS_UNSIGNED(want))  \
			      relation 0,                                                                      \
		      WITH(__VA_ARGS__));                                                                      \
	} while (0)

/*
 * EXPECT_* records a failure and goes on. REQUIRE_* records it and ends this process (not only this
 * thread), since nothing after it could make sense. First what was got, then what is wanted, both integers,
 * compared by their values. In a loop, last: a number or a text that tells one time round from another.
 */
#define EXPECT_EQ(got, want, ...) COMPARE(0, got, ==, want, ##__VA_ARGS__)
#define EXPECT_NE(got, want, ...) COMPARE(0, got, !=, want, ##__VA_ARGS__)
#define EXPECT_GT(got, want, ...) COMPARE(0, got, >, want, ##__VA_ARGS__)
#define EXPECT_GE(got, want, ...) COMPARE(0, got, >=, want, ##__VA_ARGS__)
#define EXPECT_LT(got, want, ...) COMPARE(0, got, <, want, ##__VA_ARGS__)
#define EXPECT_LE(got, want, ...) COMPARE(0, got, <=, want, ##__VA_ARGS__)
#define REQUIRE_EQ(got, want, ...) COMPARE(1, got, ==, want, ##__VA_ARGS__)
#define REQUIRE_NE(got, want, ...) COMPARE(1, got, !=, want, ##__VA_ARGS__)
#define REQUIRE_GT(got, want, ...) COMPARE(1, got, >, want, ##__VA_ARGS__)
#define REQUIRE_GE(got, want, ...) COMPARE(1, got, >=, want, ##__VA_ARGS__)
#define REQUIRE_LT(got, want, ...) COMPARE(1, got, <, want, ##__VA_ARGS__)
#define REQUIRE_LE(got, want, ...) COMPARE(1, got, <=, want, ##__VA_ARGS__)

#define TRUTH(fatal, condition, ...)                                                                     \
	check(EXPECTATION(fatal, FORM_TRUTH, #condition, "is true", ##__VA_ARGS__), 0, 1, !!(condition), \
	      WITH(__VA_ARGS__))
#define EXPECT_TRUE(condition, ...) TRUTH(0, condition, ##__VA_ARGS__)
#define REQUIRE_TRUE(condition, ...) TRUTH(1, condition, ##__VA_ARGS__)

/* Tells a number that the test has counted: it stands in the report, whatever the verdict is. */
void tell_number(const char *what, long long number);

/* A call of the C library must give -1 and exactly this errno. Not in a thread without a TLS area. */
#define EXPECT_ERRNO(call, want, ...)                                                                           \
	do {                                                                                                    \
		errno = 0;                                                                                      \
		ONLY_INTEGER(call);                                                                             \
		long long got_ = (call);                                                                        \
		check_errno(EXPECTATION(0, FORM_ERRNO, #call, "fails with " #want, ##__VA_ARGS__), got_, errno, \
			    (want), WITH(__VA_ARGS__));                                                         \
	} while (0)

/*
 * A call of the C library, or its result right after it, must be this: 0, most often. Where it is -1 instead, the
 * failure tells errno. Not in a thread without a TLS area.
 */
#define RETURNS(fatal, call, text, want, want_text, ...)                                                           \
	do {                                                                                                       \
		ONLY_INTEGER(call);                                                                                \
		ONLY_INTEGER(want);                                                                                \
		long long got_ = (call);                                                                           \
		check_returns(EXPECTATION(fatal, FORM_ERRNO, text, want_text, ##__VA_ARGS__), got_, errno, (want), \
			      WITH(__VA_ARGS__));                                                                  \
	} while (0)
#define EXPECT_RETURNS(call, want, ...) RETURNS(0, call, #call, want, "returns " #want, ##__VA_ARGS__)
#define REQUIRE_RETURNS(call, want, ...) RETURNS(1, call, #call, want, "returns " #want, ##__VA_ARGS__)

/* A raw system call's result must be this number, or this -errno. */
#define EXPECT_RESULT(result, want, ...)                                                                  \
	do {                                                                                              \
		ONLY_INTEGER(result);                                                                     \
		long long got_ = (result), want_ = (want);                                                \
		check(EXPECTATION(0, FORM_ERRNO, #result, "", ##__VA_ARGS__), got_, want_, got_ == want_, \
		      WITH(__VA_ARGS__));                                                                 \
	} while (0)

/* A raw system call's result must be -want. */
#define EXPECT_FAILS(result, want, ...)                                                                       \
	do {                                                                                                  \
		ONLY_INTEGER(result);                                                                         \
		long long got_ = (result);                                                                    \
		check(EXPECTATION(0, FORM_ERRNO, #result, "fails with " #want, ##__VA_ARGS__), got_, -(want), \
		      got_ == -(want), WITH(__VA_ARGS__));                                                    \
	} while (0)

/* A raw system call must succeed. */
#define SUCCEEDS(fatal, result, ...)                                                               \
	do {                                                                                       \
		ONLY_INTEGER(result);                                                              \
		long long got_ = (result);                                                         \
		check(EXPECTATION(fatal, FORM_ERRNO, #result, "succeeds", ##__VA_ARGS__), got_, 0, \
		      got_ >= 0 || got_ < -4095, WITH(__VA_ARGS__));                               \
	} while (0)
#define EXPECT_OK(result, ...) SUCCEEDS(0, result, ##__VA_ARGS__)
#define REQUIRE_OK(result, ...) SUCCEEDS(1, result, ##__VA_ARGS__)

/*
 * A call that creates a process, and whose raw result is `result`, must have been refused with this
 * errno. Should it have succeeded, the child that must not exist ends here, and the parent records the
 * failure and reaps the child. Only where the child has its own memory or its own stack; for a thread
 * use clone_call() with a function that returns at once.
 */
#define EXPECT_REFUSED(result, want, ...)                                                                             \
	check_refused(EXPECTATION(0, FORM_ERRNO, #result, "is refused with " #want, ##__VA_ARGS__), (result), (want), \
		      WITH(__VA_ARGS__))

/* Waits for this child of the calling process and wants this status. The pid may be a raw result. */
#define ENDS(fatal, pid, text, want, ...)                                                                    \
	check_status(EXPECTATION(fatal, FORM_STATUS, "status of " #pid, text, ##__VA_ARGS__), (pid), (want), \
		     WITH(__VA_ARGS__))
/* It has exited with this code. */
#define EXPECT_EXITED(pid, code, ...) ENDS(0, pid, "exited with " #code, W_EXITCODE((code), 0), ##__VA_ARGS__)
#define REQUIRE_EXITED(pid, code, ...) ENDS(1, pid, "exited with " #code, W_EXITCODE((code), 0), ##__VA_ARGS__)
/* It was killed by this signal (a core dump's bit is ignored). */
#define EXPECT_KILLED(pid, sig, ...) ENDS(0, pid, "killed by " #sig, W_EXITCODE(0, (sig)), ##__VA_ARGS__)

/* Each of len bytes must have this value. */
#define EXPECT_BYTES(at, len, value, ...)                                                                           \
	check_bytes(EXPECTATION(0, FORM_BYTE, "bytes at " #at, "all " #value, ##__VA_ARGS__), (at), (len), (value), \
		    WITH(__VA_ARGS__))

/* The calling process has no child of any kind, dead or alive. */
#define EXPECT_NO_CHILD(...)                                                                                 \
	check_no_child(EXPECTATION(0, FORM_ERRNO, "wait for any child", "fails with ECHILD", ##__VA_ARGS__), \
		       WITH(__VA_ARGS__))

/*
 * A step that only prepares: its value, if it is not negative. Otherwise the test is BROKEN, and this
 * process ends. For results of the C library (-1 and errno) and raw ones (-errno) alike; not for calls
 * under test.
 */
#define SETUP(call)                                                                                                  \
	({                                                                                                           \
		errno = 0;                                                                                           \
		long long got_ = (long long)(call);                                                                  \
		(__typeof__(call))check_setup(SITE(RECORD_BROKEN, 1, FORM_ERRNO, #call, FORM_ERRNO, "succeeds", ""), \
					      got_, errno);                                                          \
	})
/* The same for a raw thread without a TLS area: takes raw results only. */
#define SETUP_RAW(call)                                                                                              \
	({                                                                                                           \
		(__typeof__(call))check_setup(SITE(RECORD_BROKEN, 1, FORM_ERRNO, #call, FORM_ERRNO, "succeeds", ""), \
					      (long long)(call), 0);                                                 \
	})

/*
 * Ends the test as not applicable, for a reason of this class (common/skip.h). Only on evidence that the thing under test can't produce (see
 * docs/writing-tests.md); better by .features, .caps and the statements' since.
 */
#define SKIP(class, why) check_skip(SITE(RECORD_SKIP, 1, FORM_TEXT, "", FORM_TEXT, "", ""), (class), (why))
/* Skips the test where the kernel's release, or the one assumed for it, is older. */
void need_release(unsigned major, unsigned minor);
/* Skips the test where the feature is not to be expected; better by .features. */
void need_feature(enum feature feature);
/* The same questions without a skip. Not in a vfork child or a raw thread. */
bool older_than(unsigned major, unsigned minor);
bool feature_expected(enum feature feature);
/* The same for all of a list; NULL is an empty one. */
bool features_expected(const enum feature *list);
/* Whether the kernel's configuration is known, and has the option (without CONFIG_) off: for tests of just that. */
bool configured_without(const char *option);
/* Whether it is known to have the option as a module, which need not be there to be loaded. */
bool configured_as_module(const char *option);
/* Ends the test: its own preparation failed. */
#define BROKEN(why) check_broken(SITE(RECORD_BROKEN, 1, FORM_TEXT, "", FORM_TEXT, "", ""), (why))

/* ---- Processes --------------------------------------------------------------------------------- */

/**
 * leave() - end a child
 * @status: exit status
 *
 * Ends the calling process (all its threads) by a raw exit_group. In the test's own process it is a
 * failure of the test: a creating call returned 0 in the parent.
 */
_Noreturn void leave(int status);

/**
 * checked_kill() - kill(2) for one process
 * @pid: must be > 0, else the test ends as failed before anything is sent
 * Returns 0 or -errno.
 */
long checked_kill(pid_t pid, int sig);

/* kill(2) for a process group; the group must be > 1 and not the test's own. Returns 0 or -errno. */
long checked_killpg(pid_t group, int sig);

/* tgkill(2); both ids must be > 0. Returns 0 or -errno. */
long checked_tgkill(pid_t tgid, pid_t tid, int sig);

/* wait4(2) for one process; pid must be > 0. Goes on after EINTR. Returns the pid, 0 or -errno. */
long checked_wait(pid_t pid, int *status, int options);

/*
 * wait4(2) as it is, with whatever pid: for tests of the wait rules, which mean it. A result is compared
 * with > 0 before it is used as a pid.
 */
long wait_for(pid_t which, int *status, int options, struct rusage *usage);

/* waitid(2) as it is, with the kernel's fifth argument. Returns 0 or -errno. */
long waitid_for(int type, int id, siginfo_t *info, int options, struct rusage *usage);

/**
 * fork_helper() - make a process that only helps the test
 *
 * For grandparents, observers and the like, where fork itself is not what is tested. Returns 0 in the
 * child, the pid in the parent; a failure ends the test as BROKEN.
 */
pid_t fork_helper(void);

/* The same with a child that only waits for an event and then exits with this status. */
pid_t start_child(unsigned event, int status);

/* Waits until this child is dead, and leaves it waitable. pid > 0. */
void await_zombie(pid_t pid);

/**
 * await_vanished() - wait until a child that nobody has to reap has no PID any more
 *
 * For after a wait that gave ECHILD: the kernel ends that wait a moment before the PID is free, and no page says
 * when that is. Returns false if a zombie stays, which only /proc tells: without it this waits for ever then; and if
 * kill() fails otherwise than with ESRCH. pid > 0.
 */
bool await_vanished(pid_t pid);

/* ---- The ways to make a process ---------------------------------------------------------------- */

/*
 * Doors to a plain fork. The child continues after the call, with 0. All return the raw way (-errno), so
 * that results compare. For use with THROUGH(fork_doors).
 */
struct fork_door {
	struct case_head head;
	long (*fork)(void);
};
extern const struct fork_door fork_doors[4]; /* libc, raw, clone, clone3 */
/* As .passes with THROUGH(fork_doors): one door to each system call only, where there are many rows. */
bool each_call(const void *row, const void *door);

/* Doors to a suspended parent that shares its memory. fn runs in the child. */
struct vfork_door {
	struct case_head head;
	long (*vfork)(int (*fn)(void *), void *arg);
};
extern const struct vfork_door vfork_doors[3]; /* libc, clone, clone3 */

/* Doors to clone with flags: the two system calls. */
enum clone_via { VIA_CLONE, VIA_CLONE3 };
struct clone_door {
	struct case_head head;
	enum clone_via via;
};
extern const struct clone_door clone_doors[2]; /* clone, clone3 */

/*
 * Doors to a child in a new user namespace, which gets `more` flags too: by either clone, or by unshare in a
 * plain child. All return the raw way: 0 in the child, its pid or -errno in the caller, who finds the child
 * there already. Not in a vfork child or a raw thread.
 */
struct user_door {
	struct case_head head;
	long (*enter)(uint64_t more);
};
enum { USER_CLONE, USER_CLONE3, USER_UNSHARE };
extern const struct user_door user_doors[3]; /* in this order */

/* The group that goes with a user ID inside: another number, so that neither can pass for the other, but for root's. */
#define GROUP_OF(user) ((user) ? (user) + 50 : 0)

/*
 * The same for a child whose effective IDs, the caller's, are inside this user and its GROUP_OF(). It is a failure
 * of the test if the child has not all capabilities, and BROKEN if the maps can't be written. NEEDS_PROC.
 */
long enter_as(const struct user_door *door, unsigned inside);

struct stack {
	void *low;   /* lowest usable address; a guard page is below */
	size_t size; /* bytes */
};

/* A fresh stack of 64 KiB over a guard page, unmapped at the end of the process. */
struct stack *new_stack(void);

/* A clone, in terms that both system calls understand. */
struct clone_request {
	uint64_t flags;	 /* without the exit signal */
	int exit_signal; /* 0: none */
	pid_t *parent_tid, *child_tid;
	int *pidfd; /* the legacy call has parent_tid for this */
	unsigned long tls;
	const pid_t *set_tid; /* clone3 only */
	size_t set_tid_size;  /* clone3 only */
	int cgroup;	      /* clone3 only */
};

/**
 * clone_here() - clone without CLONE_VM: the child continues after the call, with 0
 *
 * Returns the raw way. The child runs on its own copy of the caller's stack.
 */
long clone_here(enum clone_via via, const struct clone_request *request);

/**
 * clone_call() - clone whose child calls a function, on a stack of its own
 * @stack: a stack from new_stack()
 * @fn: called in the child; its result is the exit status, of the new thread only (raw exit)
 *
 * Returns the raw way, in the caller only. fn may use all of this file but what says otherwise.
 */
long clone_call(enum clone_via via, const struct clone_request *request, struct stack *stack, int (*fn)(void *),
		void *arg);
/* For fn: a child that ends at once, with status 0. */
int return_zero(void *unused);
#define CLONE_CALL(via, stack, fn, arg, ...) \
	clone_call((via), &(struct clone_request){ __VA_ARGS__ }, (stack), (fn), (arg))
#define CLONE_HERE(via, ...) clone_here((via), &(struct clone_request){ __VA_ARGS__ })

/* The flags that make a thread of the caller's group, as a thread library has them but for the TID words. */
#define THREAD_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)

/**
 * start_thread() - a thread that only helps the test
 *
 * fn runs as a raw thread: it shares the caller's TLS area, so no C library that uses errno or locks.
 * Returns its TID; a failure ends the test as BROKEN.
 */
pid_t start_thread(int (*fn)(void *), void *arg);

/* Waits until no thread tid exists in this process any more. */
void await_thread_gone(pid_t tid);

/* ---- Shared memory and events ------------------------------------------------------------------ */

/**
 * shared() - zeroed memory that all processes created from here on share
 *
 * Whole pages, already present. Not in a vfork child or a raw thread.
 */
void *shared(size_t size);

#define EVENTS 64

/**
 * post() - say that an event (0 to EVENTS - 1) has happened
 *
 * Events are sticky: a post is never lost, whoever waits and whenever; there are no second posts.
 */
void post(unsigned event);

/*
 * Waits until the event was posted; at once, if it was already. Where a process has left the test by REQUIRE_*, SETUP*, SKIP or
 * BROKEN before, nobody may be left to post it: the caller ends.
 */
void await(unsigned event);

/* Whether the event has been posted. Ends the caller as await() does. */
bool posted(unsigned event);

/* ---- What /proc tells about a process ---------------------------------------------------------- */

/*
 * The state letter of a thread as /proc/PID/task/TID/stat (or /proc/PID/stat for tid == 0) shows it, or 0
 * where there is no such thread. NEEDS_PROC.
 */
char thread_state(pid_t pid, pid_t tid);

/* Waits until the thread (tid 0: the leader) is in one of these states, such as "Z" or "tT". NEEDS_PROC. */
void await_state(pid_t pid, pid_t tid, const char *states);

/* Whether a process (its first thread) sleeps in one of these system calls, which -1 ends; as far as /proc can tell. */
enum whereabouts { ASLEEP_THERE, ELSEWHERE, ENDED };
enum whereabouts whereabouts(pid_t pid, const long *calls);

/*
 * Waits until the thread sleeps inside one of these system calls (ended by -1). The list is what makes it
 * sound: a thread that sleeps elsewhere does not count. NEEDS_PROC, NEEDS_PROC_SYSCALL.
 */
void await_asleep_in(pid_t pid, const long *calls);

/* The calls that a suspended caller of vfork may be in. */
extern const long vfork_calls[];

/* The calls that wait for children. */
extern const long wait_calls[];

/*
 * Whether /proc/PID/syscall tells the numbers of another machine than this program is for: an emulator made the call
 * in which the caller reads it. Then a process's state has to do.
 */
bool calls_are_foreign(void);

/**
 * await_blocked() - see a process asleep in one of the calls while a word keeps its value
 * @pid: the process, an event source of its own: it changes *word when it gets on
 * @calls: system call numbers, ended by -1
 * @word: in shared memory
 * @value: what *word must keep
 *
 * Returns true once the process was seen asleep in the call, with *word == value read afterwards; false as
 * soon as *word differs. Needs no clock: a process that is not suspended is running, and will get to the
 * change. NEEDS_PROC (and uses /proc/PID/syscall where it can be read).
 */
bool await_blocked(pid_t pid, const long *calls, const volatile int *word, int value);

/*
 * Waits until the event was posted or the process is dead: for an event of a child that need not exist, and
 * the process that should have made it. Returns whether it was posted. NEEDS_PROC.
 */
bool await_unless_dead(unsigned event, pid_t pid);

/**
 * proc_field() - a number out of a "Key: value" file such as /proc/self/status
 * @path: file
 * @key: with its colon, such as "VmLck:"
 * @base: 10 or 16
 *
 * Returns -1 where the file or the key is missing.
 */
long long proc_field(const char *path, const char *key, int base);

/* Reads a whole small file with raw calls; ends buf with a NUL. Returns the length or -errno. */
long read_file(const char *path, char *buf, size_t size);

/* Writes text to an existing file with one raw write. Returns 0 or -errno (a short write is -EIO). */
long write_file(const char *path, const char *text);

/* The inode of /proc/self/ns/NAME (st_ino), which names the namespace; 0 if there is none. */
uint64_t namespace_of_self(const char *name);

/* Puts "/proc/PID/NAME" into buf. Returns buf. */
char *proc_path(char *buf, size_t size, pid_t pid, const char *name);

/* Appends a decimal number or a string to a NUL-ended buffer; what does not fit is cut off. */
void append_number(char *buf, size_t size, long long value);
void append_text(char *buf, size_t size, const char *text);

/* ---- Privileges -------------------------------------------------------------------------------- */

/*
 * The uid of this test when it has no privileges, and the gid is one less; other tests that run meanwhile have
 * others, where the runner is root.
 */
uid_t ordinary_uid(void);

/**
 * set_capabilities() - make the permitted and effective sets of this process exactly caps
 * @caps: CAP(...) | CAP(...)
 *
 * Ends the test as BROKEN where it fails. Not in a vfork child or a raw thread.
 */
void set_capabilities(uint64_t caps);

/* The effective capabilities of the calling thread, by capget(2). */
uint64_t effective_capabilities(void);
/* The permitted ones. */
uint64_t permitted_capabilities(void);
/* All that this kernel knows, by PR_CAPBSET_READ. */
uint64_t known_capabilities(void);

/**
 * map_user_namespace() - write uid_map, setgroups and gid_map of a process in a new user namespace
 * @pid: a child in it, or 0 for the caller itself
 * @user: the user ID inside
 * @group: the group ID inside
 * @uid: the user ID outside that @user stands for; without privileges, the one that the caller had outside
 * @gid: the same for the group
 *
 * Says "deny" in setgroups. Returns 0 or -errno. Not in a vfork child or a raw thread. NEEDS_PROC.
 */
long map_user_namespace(pid_t pid, unsigned user, unsigned group, uid_t uid, gid_t gid);

/**
 * write_map() - write to one of the files that set up a user namespace, as it is, with one write
 * @pid: a process in it, or 0 for the caller itself
 * @file: "uid_map", "gid_map", "projid_map" or "setgroups"
 *
 * Returns 0 or -errno. NEEDS_PROC.
 */
long write_map(pid_t pid, const char *file, const char *text);

/* Says "deny" in setgroups of the caller, so that gid_map may be written; nothing on releases without it. NEEDS_PROC. */
void give_up_setgroups(void);

/*
 * Skips the test where its user may not map himself: since Linux 5.12 that takes CAP_SETFCAP of user ID 0, who
 * may lack it in a container. For tests that write maps otherwise than by enter_as().
 */
void need_own_map(void);

/**
 * make_cgroup() - a new control group below the caller's own
 * @controller: "pids" (whichever version has it) or "" for version 2
 * @path: gets its directory
 *
 * The group is removed after the test, with what is in it. Returns 0, or -errno where none can be made.
 * Not in a vfork child or a raw thread. NEEDS_CGROUP_PIDS or NEEDS_CGROUP2, and CAP_DAC_OVERRIDE.
 */
long make_cgroup(const char *controller, char *path, size_t size);
/* The same below another group of the test; at most eight groups in all. */
long make_cgroup_in(const char *parent, char *path, size_t size);

/* Whether a group is one of version 2. */
bool is_cgroup2(const char *group);

/*
 * The directory below which make_cgroup() makes its groups: the caller's own group, or, for a controller of
 * version 2, the nearest one above it that hands the controller on. Returns 0 or -errno.
 */
long cgroup_base(const char *controller, char *path, size_t size);

/* Writes text to a file of a group. Returns 0 or -errno. */
long write_cgroup(const char *group, const char *file, const char *text);
/* Reads a number from a file of a group; -1 where there is none ("max" too). */
long long read_cgroup(const char *group, const char *file);

/* ---- The program itself ------------------------------------------------------------------------ */

/*
 * Tests that need a program to execute use this one: execute_self(how) replaces the calling process by a
 * fresh image that does one small thing. Returns -errno where it fails. In a vfork child: yes.
 */
enum image {
	IMAGE_EXIT,   /* exit with status arg */
	IMAGE_PAUSE,  /* write one byte to descriptor arg, then wait for a signal */
	IMAGE_READ,   /* read one byte from descriptor arg, exit 0 if there was one, 1 at the end of file */
	IMAGE_REPORT, /* write a struct image_report to descriptor arg, exit 0 */
	IMAGE_FILTER, /* copy descriptor 0 to descriptor 1, each byte plus 1, until end of file, exit with status arg */
	IMAGE_INHERIT, /* what the request at descriptor arg says: see inherit.c */
};
struct image_report {
	int32_t pid, tid, ppid, pgid, sid;
	uint32_t uid, euid, gid, egid;
	uint64_t caps, permitted_caps; /* the first: effective */
	sigset64 blocked, pending, ignored, caught;
	int32_t threads; /* of this process; -1: no /proc */
	int32_t nice;
	int32_t dumpable;
	uint32_t umask;
	struct image_limit {
		uint64_t soft, hard;
	} limits[16];  /* by RLIMIT_ number */
	uint64_t root; /* inode number */
	int32_t altstack, death_signal,
		keeps_caps; /* an alternate signal stack; by PR_GET_PDEATHSIG, PR_GET_KEEPCAPS */
	int32_t rseq; /* a registration of restartable sequences: the libc's at its start, or one now; 0 or -errno */
	char name[16];
	uint8_t open[64]; /* open[n]: descriptor n is open, 2 with close-on-exec */
	char cwd[64];
};
long execute_self(enum image image, int arg);
/* The same through a path: a link to /proc/self/exe, for tests of what the path itself leads to. */
long execute_path(const char *path, enum image image, int arg);

/**
 * report_after() - what is left of a process after execve
 * @prepare: called in a child of the caller, which then executes IMAGE_REPORT; NULL: nothing
 * @report: what that tells
 *
 * Ends the test as BROKEN where there is no report. Not in a vfork child or a raw thread.
 */
void report_after(void (*prepare)(void), struct image_report *report);
/* The same in two parts, for calls that take a path and arguments: execve(2), posix_spawn(3). */
struct image_arguments {
	char which[2], number[16];
	char *argv[5];
};
void image_arguments(struct image_arguments *args, enum image image, int arg);
/* The path of this program; a test that runs where there is none is BROKEN. */
const char *self_program(void);

/* The size of a page, in bytes. */
size_t page_size(void);

/* A seeded pseudo-random number; the seed is the run's, shown in its header. */
uint32_t test_random(void);

#endif
