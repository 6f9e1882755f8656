// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* pidfd_send_signal: whom it reaches, what arrives, and what is refused. */
#include "forkcheck.h"

#include <string.h>

#define PROC NEEDS_PROC

/* What some supported C libraries' headers lack. */
#define OPEN_THREAD O_EXCL /* PIDFD_THREAD */
#define TO_THREAD 1	   /* PIDFD_SIGNAL_THREAD */
#define TO_THREAD_GROUP 2  /* PIDFD_SIGNAL_THREAD_GROUP */
#define TO_PROCESS_GROUP 4 /* PIDFD_SIGNAL_PROCESS_GROUP */

enum { TARGET_IS_UP, TARGET_MAY_END, MEMBER_IS_UP };

static siginfo_t *received; /* by the target */

/* Takes the lowest of these signals, which must be blocked; waits for one if need be. */
static int take_signal(sigset64 set, siginfo_t *info)
{
	return (int)SETUP(SYSCALL4(SYS_rt_sigtimedwait, &set, info, NULL, sizeof(set)));
}

/* A child that waits for SIGUSR1, or, if there was none, for SIGTERM; its exit status is the signal's number. */
static int start_target(pid_t *target)
{
	const sigset64 set = SIGBIT(SIGUSR1) | SIGBIT(SIGTERM);

	need_release(5, 3); /* pidfd_open */
	received = shared(sizeof(*received));
	SETUP(sys_sigprocmask(SIG_BLOCK, &set, NULL));
	*target = fork_helper();
	if (*target == 0)
		leave(take_signal(set, received));
	return (int)SETUP(sys_pidfd_open(*target, 0));
}

/* Ends the target where no other signal has, and looks which one did. */
static void expect_taken(pid_t target, int sig)
{
	SETUP(checked_kill(target, SIGTERM));
	EXPECT_EXITED(target, sig);
}

TEST(like_kill, .covers = "PIDFDSIG-01 PIDFDSIG-02",
     .summary = "a signal without a siginfo arrives as from kill: SI_USER, and the sender's process and user ID")
{
	pid_t target;
	int pidfd = start_target(&target);

	long result = sys_pidfd_send_signal(pidfd, SIGUSR1, NULL, 0);
	REQUIRE_OK(result);
	expect_taken(target, SIGUSR1);
	EXPECT_EQ(received->si_signo, SIGUSR1);
	EXPECT_EQ(received->si_errno, 0);
	EXPECT_EQ(received->si_code, SI_USER);
	EXPECT_EQ(received->si_pid, sys_getpid());
	EXPECT_EQ(received->si_uid, getuid());
}

TEST(given_info, .covers = "PIDFDSIG-15", .summary = "a siginfo of the sender's arrives as it was given")
{
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };
	pid_t target;
	int pidfd = start_target(&target);

	info.si_pid = 4711;
	info.si_uid = 1234;
	info.si_value.sival_int = 42;
	long result = sys_pidfd_send_signal(pidfd, SIGUSR1, &info, 0);
	REQUIRE_OK(result);
	expect_taken(target, SIGUSR1);
	EXPECT_EQ(received->si_code, SI_QUEUE);
	EXPECT_EQ(received->si_pid, 4711);
	EXPECT_EQ(received->si_uid, 1234);
	EXPECT_EQ(received->si_value.sival_int, 42);
}

TEST(existence, .covers = "PIDFDSIG-03 PIDFDSIG-04 PIDFDSIG-16",
     .summary = "signal 0 succeeds while the process lives and while it is a zombie, and gives ESRCH afterwards")
{
	pid_t target;
	int pidfd = start_target(&target);

	EXPECT_OK(sys_pidfd_send_signal(pidfd, 0, NULL, 0));
	SETUP(checked_kill(target, SIGTERM));
	await_zombie(target);
	EXPECT_OK(sys_pidfd_send_signal(pidfd, 0, NULL, 0));
	EXPECT_EXITED(target, SIGTERM);
	EXPECT_FAILS(sys_pidfd_send_signal(pidfd, 0, NULL, 0), ESRCH);
	EXPECT_FAILS(sys_pidfd_send_signal(pidfd, SIGUSR1, NULL, 0), ESRCH);
}

static const struct bad_call {
	const char *name;
	int sig;
	unsigned flags;
} bad_calls[] = {
	{ "signal_above", 65, 0 },
	{ "signal_negative", -1, 0 },
	{ "flag_highest", SIGTERM, 1U << 31 },
	{ "flag_unknown", SIGTERM, 1U << 8 },
};

TEST(invalid, .covers = "PIDFDSIG-05 PIDFDSIG-06", .summary = "a signal or a flag that does not exist gives EINVAL",
     CASES(bad_calls))
{
	const struct bad_call *row = this_case();
	pid_t target;
	int pidfd = start_target(&target);

	long result = sys_pidfd_send_signal(pidfd, row->sig, NULL, row->flags);
	EXPECT_FAILS(result, EINVAL);
	long twin = sys_pidfd_send_signal(pidfd, SIGUSR1, NULL, 0);
	EXPECT_OK(twin);
	expect_taken(target, SIGUSR1);
}

TEST(two_scopes, .covers = "PIDFDSIG-17", .summary = "two flags that each say whom to signal give EINVAL")
{
	pid_t target;
	int pidfd = start_target(&target);

	long result = sys_pidfd_send_signal(pidfd, SIGUSR1, NULL, TO_THREAD | TO_THREAD_GROUP);
	EXPECT_FAILS(result, EINVAL);
	expect_taken(target, SIGTERM);
}

TEST(other_number, .covers = "PIDFDSIG-18", .summary = "a siginfo whose si_signo is not the signal gives EINVAL")
{
	const siginfo_t wrong = { .si_signo = SIGUSR2, .si_code = SI_QUEUE };
	siginfo_t info = wrong;
	pid_t target;
	int pidfd = start_target(&target);

	long result = sys_pidfd_send_signal(pidfd, SIGUSR1, &info, 0);
	EXPECT_FAILS(result, EINVAL);
	expect_taken(target, SIGTERM);
}

TEST(not_a_pidfd, .covers = "PIDFDSIG-07", .summary = "a descriptor that is closed, or of something else, gives EBADF")
{
	int other = (int)SETUP(sys_open("/", O_RDONLY | O_CLOEXEC));

	EXPECT_FAILS(sys_pidfd_send_signal(-1, 0, NULL, 0), EBADF);
	EXPECT_FAILS(sys_pidfd_send_signal(other, 0, NULL, 0), EBADF);
	sys_close(other);
	EXPECT_FAILS(sys_pidfd_send_signal(other, 0, NULL, 0), EBADF);
}

TEST(another_user, .covers = "PIDFDSIG-08", .caps = CAP(SETUID), .features = FEATURES(NEEDS_TWO_IDS),
     .summary = "a process that may not signal the target gets EPERM, also for signal 0")
{
	pid_t target;
	int pidfd = start_target(&target);

	pid_t sender = fork_helper();
	if (sender == 0) {
		EXPECT_OK(sys_pidfd_send_signal(pidfd, 0, NULL, 0));
		SETUP(SYSCALL3(SYS_setresuid, 1, 1, 1));
		EXPECT_FAILS(sys_pidfd_send_signal(pidfd, 0, NULL, 0), EPERM);
		EXPECT_FAILS(sys_pidfd_send_signal(pidfd, SIGUSR1, NULL, 0), EPERM);
		leave(0);
	}
	EXPECT_EXITED(sender, 0);
	expect_taken(target, SIGTERM);
}

TEST(outer_namespace, .covers = "PIDFDSIG-09", .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_PID_NS),
     .summary = "a process whose own PID namespace does not hold the target gets EINVAL")
{
	pid_t target;
	int pidfd = start_target(&target);

	pid_t inside = (pid_t)SETUP(CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD));
	if (inside == 0) {
		EXPECT_FAILS(sys_pidfd_send_signal(pidfd, 0, NULL, 0), EINVAL);
		EXPECT_FAILS(sys_pidfd_send_signal(pidfd, SIGUSR1, NULL, 0), EINVAL);
		int own = (int)SETUP(sys_pidfd_open(sys_getpid(), 0));
		EXPECT_OK(sys_pidfd_send_signal(own, 0, NULL, 0));
		leave(0);
	}
	EXPECT_EXITED(inside, 0);
	expect_taken(target, SIGTERM);
}

static const struct code {
	const char *name;
	int code;
} faked[] = {
	{ "si_user", SI_USER },
	{ "si_kernel", SI_KERNEL },
	{ "si_tkill", SI_TKILL },
};

TEST(faked_code, .covers = "PIDFDSIG-10",
     .summary = "an si_code that only the kernel gives is EPERM for another process, and allowed for the caller itself",
     CASES(faked))
{
	const struct code *row = this_case();
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = row->code }, own = { 0 };
	pid_t target;
	int pidfd = start_target(&target);

	long result = sys_pidfd_send_signal(pidfd, SIGUSR1, &info, 0);
	EXPECT_FAILS(result, EPERM);
	expect_taken(target, SIGTERM);

	int self = (int)SETUP(sys_pidfd_open(sys_getpid(), 0));
	long twin = sys_pidfd_send_signal(self, SIGUSR1, &info, 0);
	REQUIRE_OK(twin);
	take_signal(SIGBIT(SIGUSR1), &own);
	EXPECT_EQ(own.si_code, row->code);
}

TEST(proc_directory, .covers = "PIDFDSIG-11", .features = FEATURES(PROC),
     .summary = "the directory /proc/PID is taken for a pidfd of that process")
{
	pid_t target;
	char path[64];

	start_target(&target);
	int dir = (int)SETUP(sys_open(proc_path(path, sizeof(path), target, ""), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	long result = sys_pidfd_send_signal(dir, SIGUSR1, NULL, 0);
	EXPECT_OK(result);
	expect_taken(target, SIGUSR1);
	EXPECT_FAILS(sys_pidfd_send_signal(dir, 0, NULL, 0), ESRCH);
}

static int wait_in_thread(void *unused)
{
	(void)unused;
	post(TARGET_IS_UP);
	await(TARGET_MAY_END);
	return 0;
}

/* Whether the signal is pending for a thread of the caller by itself, and for the whole process. */
static bool pending(pid_t tid, const char *set, int sig)
{
	char path[64] = "/proc/self/task/";

	append_number(path, sizeof(path), tid);
	append_text(path, sizeof(path), "/status");
	return (unsigned long long)proc_field(path, set, 16) & SIGBIT(sig);
}

static const struct scope {
	struct case_head head;
	bool of_thread; /* the pidfd */
	unsigned flags;
	bool to_thread; /* what comes of it */
} scopes[] = {
	{ { "thread_default", .covers = "PIDFDSIG-12" }, true, 0, true },
	{ { "thread_to_thread", .covers = "PIDFDSIG-12" }, true, TO_THREAD, true },
	{ { "thread_to_process", .covers = "PIDFDSIG-13" }, true, TO_THREAD_GROUP, false },
	{ { "process_default", .covers = "PIDFDSIG-19" }, false, 0, false },
	{ { "process_to_process", .covers = "PIDFDSIG-19" }, false, TO_THREAD_GROUP, false },
};

TEST(scope, .features = FEATURES(PROC),
     .summary = "the pidfd of a thread signals this thread alone, unless PIDFD_SIGNAL_THREAD_GROUP says: its process",
     CASES_NEEDING(scopes))
{
	const struct scope *row = this_case();
	const sigset64 set = SIGBIT(SIGUSR1);

	/* Blocked in all threads, the signal stays where it was sent to. */
	SETUP(sys_sigprocmask(SIG_BLOCK, &set, NULL));
	pid_t tid = start_thread(wait_in_thread, NULL);
	await(TARGET_IS_UP);
	int of_thread = (int)SETUP(sys_pidfd_open(tid, OPEN_THREAD));
	int of_process = (int)SETUP(sys_pidfd_open(sys_getpid(), 0));

	/* PIDFD_SIGNAL_THREAD_GROUP wants the leader's ID, also by a descriptor of that thread alone. */
	if (row->of_thread && !row->to_thread)
		of_thread = (int)SETUP(sys_pidfd_open(sys_getpid(), OPEN_THREAD));
	long result = sys_pidfd_send_signal(row->of_thread ? of_thread : of_process, SIGUSR1, NULL, row->flags);
	EXPECT_OK(result);
	EXPECT_EQ(pending(tid, "SigPnd:", SIGUSR1), row->to_thread);
	EXPECT_EQ(pending(sys_getpid(), "SigPnd:", SIGUSR1), false);
	EXPECT_EQ(pending(tid, "ShdPnd:", SIGUSR1), !row->to_thread);
	post(TARGET_MAY_END);
	await_thread_gone(tid);
}

TEST(process_group, .covers = "PIDFDSIG-14",
     .summary = "with PIDFD_SIGNAL_PROCESS_GROUP the signal reaches the members of the group that the process leads")
{
	pid_t leader = fork_helper();

	if (leader == 0) {
		SETUP(SYSCALL2(SYS_setpgid, 0, 0));
		post(TARGET_IS_UP);
		await(TARGET_MAY_END);
		leave(0);
	}
	await(TARGET_IS_UP);
	pid_t member = fork_helper();
	if (member == 0) {
		SETUP(SYSCALL2(SYS_setpgid, 0, leader));
		post(MEMBER_IS_UP);
		await(TARGET_MAY_END);
		leave(0);
	}
	await(MEMBER_IS_UP);
	pid_t other = fork_helper();
	if (other == 0) {
		await(TARGET_MAY_END);
		leave(0);
	}

	int pidfd = (int)SETUP(sys_pidfd_open(leader, 0));
	long result = sys_pidfd_send_signal(pidfd, SIGTERM, NULL, TO_PROCESS_GROUP);
	EXPECT_OK(result);
	post(TARGET_MAY_END); /* ends whom the signal did not reach */
	EXPECT_KILLED(leader, SIGTERM);
	EXPECT_KILLED(member, SIGTERM);
	EXPECT_EXITED(other, 0);
}

TEST(stopped, .covers = "PIDFDSIG-20", .features = FEATURES(PROC, NEEDS_UNTRACED),
     .summary = "a signal to a stopped process is accepted, and acts when the process goes on")
{
	pid_t child = fork_helper();
	if (child == 0) {
		await(TARGET_MAY_END);
		leave(0);
	}
	int pidfd = (int)SETUP(sys_pidfd_open(child, 0));
	SETUP(checked_kill(child, SIGSTOP));
	await_state(child, 0, "T");
	long result = sys_pidfd_send_signal(pidfd, SIGTERM, NULL, 0);
	EXPECT_OK(result);
	EXPECT_EQ(thread_state(child, 0), 'T');
	SETUP(checked_kill(child, SIGCONT));
	EXPECT_KILLED(child, SIGTERM);
}

/* ---- Numbers that stand for a descriptor ------------------------------------------------------------ */

static const struct stand_in {
	struct case_head head;
	int number;
	bool to_thread;
} stand_ins[] = {
	{ { "thread", .covers = "PIDFDSELF-01" }, -10000, true },   /* PIDFD_SELF_THREAD */
	{ { "process", .covers = "PIDFDSELF-02" }, -10001, false }, /* PIDFD_SELF_THREAD_GROUP */
};

static const struct stand_in *stand_in;

static int signal_itself(void *result)
{
	*(long *)result = sys_pidfd_send_signal(stand_in->number, SIGUSR1, NULL, 0);
	post(TARGET_IS_UP);
	await(TARGET_MAY_END);
	return 0;
}

TEST(self, .features = FEATURES(PROC),
     .summary =
	     "PIDFD_SELF_THREAD stands for a descriptor of the calling thread, PIDFD_SELF_THREAD_GROUP of its process",
     CASES_NEEDING(stand_ins))
{
	const sigset64 set = SIGBIT(SIGUSR1);
	static long result;

	stand_in = this_case();
	SETUP(sys_sigprocmask(SIG_BLOCK, &set, NULL));
	pid_t tid = start_thread(signal_itself, &result);
	await(TARGET_IS_UP);
	EXPECT_OK(result);
	EXPECT_EQ(pending(tid, "SigPnd:", SIGUSR1), stand_in->to_thread);
	EXPECT_EQ(pending(sys_getpid(), "SigPnd:", SIGUSR1), false);
	EXPECT_EQ(pending(tid, "ShdPnd:", SIGUSR1), !stand_in->to_thread);
	post(TARGET_MAY_END);
	await_thread_gone(tid);
}

TEST(self_elsewhere, .covers = "PIDFDSELF-03", .features = FEATURES(NEEDS_PIDFD),
     .summary = "where no pidfd of oneself makes sense these numbers are no descriptors: EBADF",
     CASES_NEEDING(stand_ins))
{
	const struct stand_in *row = this_case();
	siginfo_t info;

	long waited = waitid_for(3 /* P_PIDFD */, row->number, &info, WEXITED | WNOHANG, NULL);
	EXPECT_LT(waited, 0);
	EXPECT_FAILS(sys_fcntl(row->number, F_GETFD, 0), EBADF);
	EXPECT_FAILS(sys_dup(row->number), EBADF);
	EXPECT_FAILS(sys_close(row->number), EBADF);
}
