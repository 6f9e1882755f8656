// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Which processes and threads a seccomp filter binds. */
#include "inherit.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

enum { READY, MAY_LOOK };

/* The call that the filters refuse: getsid(2), on which nothing else here depends. */
#define REFUSED_CALL SYS_getsid

static long call(void)
{
	return SYSCALL1(REFUSED_CALL, 0);
}

/* The results of three calls, side by side. */
static long long get_results(void)
{
	return (call() * 1000 + SYSCALL1(SYS_getpgid, 0)) * 1000 + SYSCALL1(SYS_sched_getscheduler, 0);
}

/* Binds the calling thread, with SECCOMP_FILTER_FLAG_TSYNC all threads. */
static void add_filter(const struct sock_fprog *program, unsigned flags)
{
	SETUP_RAW(sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	if (flags)
		SETUP_RAW(SYSCALL3(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, program));
	else
		SETUP_RAW(sys_prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (unsigned long)program, 0, 0));
}

/* What a filter says to one system call. */
#define IF_CALL(nr, action) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1), BPF_STMT(BPF_RET | BPF_K, (action))
#define LOAD_CALL BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))
#define ELSE_ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* From here on a call fails with this error. */
static void refuse_call(unsigned nr, unsigned error, unsigned flags)
{
	struct sock_filter code[] = {
		LOAD_CALL,
		IF_CALL(nr, SECCOMP_RET_ERRNO | error),
		ELSE_ALLOW,
	};

	add_filter(&(struct sock_fprog){ .len = ARRAY_SIZE(code), .filter = code }, flags);
}

static void refuse_with(unsigned error, unsigned flags)
{
	refuse_call(REFUSED_CALL, error, flags);
}

static void refuse(void)
{
	refuse_with(EXDEV, 0);
}

/* A filter for each call. */
static void refuse_three(void)
{
	refuse();
	refuse_call(SYS_getpgid, ENOTDIR, 0);
	refuse_call(SYS_sched_getscheduler, EMFILE, 0);
}

/* Of two filters that refuse, the later one gives the error. */
static void refuse_otherwise(void)
{
	refuse_with(ENOTTY, 0);
}

/* ---- Children and new threads -------------------------------------------------------------------- */

static const struct attribute to_keep[] = {
	{ { "filters", .covers = "INH-SEC-01 INH-SEC-02", .features = FEATURES(NEEDS_SECCOMP) },
	  OF_THREAD,
	  KEPT,
	  .set = refuse_three,
	  .get = get_results,
	  .change = refuse_otherwise,
	  .exec = { KEPT, "INH-SEC-04" } },
};

TEST(kept, .summary = "a filter binds the children of its thread, and one that a child adds binds the child only",
     ATTRIBUTES(to_keep))
{
	test_inheritance();
}

static int single_call(void *result)
{
	*(volatile long *)result = call();
	return 0;
}

TEST(new_thread, .covers = "INH-SEC-02", .features = FEATURES(NEEDS_SECCOMP),
     .summary = "a filter binds the threads that its thread makes", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	volatile long result = 0;

	EXPECT_OK(call());
	refuse();
	long thread = CLONE_CALL(door->via, new_stack(), single_call, (void *)&result, .flags = THREAD_FLAGS);
	REQUIRE_GT(thread, 0);
	await_thread_gone((pid_t)thread);
	EXPECT_FAILS(result, EXDEV);
}

TEST(after_exec, .covers = "INH-SEC-04", .features = FEATURES(NEEDS_SECCOMP),
     .summary = "a filter binds the program that is executed, too")
{
	struct image_report report;

	report_after(NULL, &report);
	EXPECT_EQ(report.sid, call());
	report_after(refuse, &report);
	EXPECT_EQ(report.sid, -1);
}

/* ---- Those who are there already ----------------------------------------------------------------- */

static int call_later(void *result)
{
	post(READY);
	await(MAY_LOOK);
	*(volatile long *)result = call();
	return 0;
}

static const struct later {
	struct case_head head;
	uint64_t clone_flags;
	unsigned flags;
	bool bound;
} laters[] = {
	{ { "child", .covers = "INH-SEC-05" }, 0, 0, false },
	{ { "child_tsync", .covers = "INH-SEC-05" }, 0, SECCOMP_FILTER_FLAG_TSYNC, false },
	{ { "sharer", .covers = "INH-SEC-05" }, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND, 0, false },
	{ { "sharer_tsync", .covers = "INH-SEC-05" },
	  CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND,
	  SECCOMP_FILTER_FLAG_TSYNC,
	  false },
	{ { "thread", .covers = "INH-SEC-06" }, THREAD_FLAGS, 0, false },
	{ { "thread_tsync", .covers = "INH-SEC-07" }, THREAD_FLAGS, SECCOMP_FILTER_FLAG_TSYNC, true },
};

TEST(added_later, .features = FEATURES(NEEDS_SECCOMP),
     .summary = "a later filter binds its thread, with TSYNC all threads of the process, and no other process",
     CASES_NEEDING(laters), THROUGH(clone_doors))
{
	const struct later *later = this_case();
	const struct clone_door *door = this_door();
	volatile long *result = shared(sizeof(*result));

	*result = -ENODATA;
	long child = CLONE_CALL(door->via, new_stack(), call_later, (void *)result, .flags = later->clone_flags,
				.exit_signal = later->clone_flags & CLONE_THREAD ? 0 : SIGCHLD);
	REQUIRE_GT(child, 0);
	await(READY);
	refuse_with(EXDEV, later->flags);
	post(MAY_LOOK);
	if (later->clone_flags & CLONE_THREAD)
		await_thread_gone((pid_t)child);
	else
		EXPECT_EXITED(child, 0);
	EXPECT_FAILS(call(), EXDEV);
	if (later->bound)
		EXPECT_FAILS(*result, EXDEV);
	else
		EXPECT_OK(*result);
}

/* ---- Creating calls ------------------------------------------------------------------------------ */

static void refuse_creation(void)
{
	struct sock_filter code[] = {
		LOAD_CALL,
#ifdef SYS_fork
		IF_CALL(SYS_fork, SECCOMP_RET_ERRNO | EXDEV),
		IF_CALL(SYS_vfork, SECCOMP_RET_ERRNO | EXDEV),
#endif
		IF_CALL(SYS_clone, SECCOMP_RET_ERRNO | EXDEV),
		IF_CALL(SYS_clone3, SECCOMP_RET_ERRNO | EXDEV),
		ELSE_ALLOW,
	};

	add_filter(&(struct sock_fprog){ .len = ARRAY_SIZE(code), .filter = code }, 0);
}

TEST(refused_fork, .covers = "INH-SEC-24", .features = FEATURES(NEEDS_SECCOMP),
     .summary = "where a filter refuses fork with an error, that is the result, and no child exists",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	long child = door->fork();
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	refuse_creation();
	child = door->fork();
	if (child == 0)
		leave(0);
	EXPECT_REFUSED(child, EXDEV);
	EXPECT_NO_CHILD();
}

TEST(refused_vfork, .covers = "INH-SEC-24", .features = FEATURES(NEEDS_SECCOMP),
     .summary = "the same with vfork, whose caller is not suspended then", THROUGH(vfork_doors))
{
	const struct vfork_door *door = this_door();

	long child = door->vfork(return_zero, NULL);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	refuse_creation();
	child = door->vfork(return_zero, NULL);
	EXPECT_REFUSED(child, EXDEV);
	EXPECT_NO_CHILD();
}

/* Not the C library's fork, which makes other calls that would end it first. exit(2) is one of the four allowed. */
static const struct strict_door {
	struct case_head head;
	const struct fork_door *door;
	int status;
} strict_doors[] = {
	{ { .name = "raw" }, &fork_doors[1], W_EXITCODE(0, SIGKILL) },
	{ { .name = "clone" }, &fork_doors[2], W_EXITCODE(0, SIGKILL) },
	{ { "clone3", .features = FEATURES(NEEDS_CLONE3) }, &fork_doors[3], W_EXITCODE(0, SIGKILL) },
	{ { .name = "none" }, NULL, W_EXITCODE(7, 0) },
};

TEST(strict_mode, .covers = "INH-SEC-25", .features = FEATURES(NEEDS_SECCOMP),
     .summary = "a process in strict mode that calls fork is killed, and makes no child", CASES_NEEDING(strict_doors))
{
	const struct strict_door *strict = this_case();
	volatile int *made = shared(sizeof(*made));
	int status = -1;

	if (sys_prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == SECCOMP_MODE_FILTER)
		SKIP(SKIP_SURROUNDINGS, "seccomp", "a filter is installed already, so strict mode is refused");
	if (strict->door) {
		/* Where nothing is forbidden it succeeds. */
		long child = strict->door->fork();
		if (child == 0)
			leave(0);
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
	}
	pid_t caller = fork_helper();
	if (caller == 0) {
		SETUP_RAW(sys_prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0));
		if (strict->door) {
			long child = strict->door->fork();
			*made = child >= 0;
		}
		sys_exit(7);
	}
	checked_wait(caller, &status, 0);
	EXPECT_EQ(status, strict->status);
	EXPECT_EQ(*made, 0);
}
