// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Signals, groups, tracers and locks across PID namespaces: whom they reach, and by what number they tell of a process. */
#include "forkcheck.h"
#include "trace.h"

#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <mqueue.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

#define PID_NS NEEDS_PID_NS

enum { IS_READY, MAY_GO, SURVIVED, LEVEL_MAY_GO /* and those after it */ };

/* A process that a signal is to end; what survives it exits with 1. */
static pid_t start_victim(void)
{
	pid_t victim = fork_helper();

	if (victim == 0) {
		await(SURVIVED);
		leave(1);
	}
	return victim;
}

/* The first process of a new PID namespace goes on with 0. */
static pid_t start_init(void)
{
	uint64_t outside = namespace_of_self("pid");
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);

	if (init == 0) {
		/* What follows may hit all processes of the namespace. */
		REQUIRE_EQ(sys_getpid(), 1);
		REQUIRE_NE(namespace_of_self("pid"), outside);
	}
	REQUIRE_GE(init, 0);
	return (pid_t)init;
}

/* ---- kill(-1) -------------------------------------------------------------------------------------- */

#define REACHES .reaches = "every process of its user, where PID namespaces are not kept apart"

static long kill_all(void)
{
	return SYSCALL2(SYS_kill, -1, SIGKILL);
}

/* A process in a namespace below the caller's, which tells when it is there, and whose init it waits for. */
static pid_t start_nested(void)
{
	pid_t nested = start_init();

	if (nested == 0) {
		start_victim();
		post(IS_READY);
		await(SURVIVED);
		leave(1);
	}
	return nested;
}

TEST(kill_all_from_init, REACHES, .covers = "PIDNS-56 PIDNS-57", .features = FEATURES(PID_NS, NEEDS_PROC),
     .caps = CAP(SYS_ADMIN),
     .summary =
	     "a kill of all (-1) by an init reaches its namespace and those below, neither itself nor processes outside; alone it gets ESRCH")
{
	pid_t bystander = start_child(MAY_GO, 0);

	pid_t init = start_init();
	if (init == 0) {
		long alone = kill_all();
		EXPECT_FAILS(alone, ESRCH);
		pid_t victims[] = { start_victim(), start_victim(), start_victim(), start_nested() };
		await(IS_READY);
		long result = kill_all();
		EXPECT_OK(result);
		post(SURVIVED);
		for (size_t i = 0; i < ARRAY_SIZE(victims); i++)
			EXPECT_KILLED(victims[i], SIGKILL, i);
		EXPECT_NO_CHILD();
		leave(0);
	}
	EXPECT_EXITED(init, 0);
	post(MAY_GO);
	EXPECT_EXITED(bystander, 0);
}

TEST(kill_all_from_member, REACHES, .covers = "PIDNS-56", .features = FEATURES(PID_NS, NEEDS_PROC),
     .caps = CAP(SYS_ADMIN),
     .summary = "a kill of all (-1) by another member reaches neither the init of the namespace nor the member itself")
{
	pid_t bystander = start_child(MAY_GO, 0);

	pid_t init = start_init();
	if (init == 0) {
		pid_t victims[] = { start_victim(), start_victim(), start_nested() };
		await(IS_READY);
		pid_t member = fork_helper();
		if (member == 0) {
			long result = kill_all();
			EXPECT_OK(result);
			leave(3);
		}
		EXPECT_EXITED(member, 3);
		post(SURVIVED);
		for (size_t i = 0; i < ARRAY_SIZE(victims); i++)
			EXPECT_KILLED(victims[i], SIGKILL, i);
		leave(0);
	}
	EXPECT_EXITED(init, 0);
	post(MAY_GO);
	EXPECT_EXITED(bystander, 0);
}

/* ---- Groups and sessions --------------------------------------------------------------------------- */

TEST(foreign_group, .covers = "PIDNS-54", .features = FEATURES(PID_NS, NEEDS_PROC), .caps = CAP(SYS_ADMIN),
     .summary = "group and session of outside have the number 0 inside, until setsid makes them the init's own: 1")
{
	pid_t init = start_init();
	if (init == 0) {
		EXPECT_EQ(SYSCALL1(SYS_getsid, 0), 0);
		EXPECT_EQ(SYSCALL1(SYS_getpgid, 0), 0);
		pid_t child = fork_helper();
		if (child == 0)
			leave(SYSCALL1(SYS_getpgid, 0) == 0 && SYSCALL1(SYS_getsid, 0) == 0 ? 5 : 1);
		/* It is in the caller's group all the same. */
		int status = 0;
		long waited = wait_for(0, &status, 0, NULL);
		EXPECT_EQ(waited, child);
		EXPECT_EQ(status, W_EXITCODE(5, 0));
		EXPECT_EQ(SYSCALL0(SYS_setsid), 1);
		EXPECT_EQ(SYSCALL1(SYS_getsid, 0), 1);
		EXPECT_EQ(SYSCALL1(SYS_getpgid, 0), 1);
		leave(0);
	}
	EXPECT_EXITED(init, 0);
}

/* ---- The sender of a signal ------------------------------------------------------------------------ */

static const sigset64 usr1 = SIGBIT(SIGUSR1), all = ~0ULL;

static pid_t sender_of(sigset64 set, int sig)
{
	siginfo_t info = { .si_pid = -1 };

	EXPECT_EQ(SYSCALL4(SYS_rt_sigtimedwait, &set, &info, NULL, sizeof(set)), sig);
	return info.si_pid;
}

TEST(child_ends, .covers = "PIDNS-65", .features = FEATURES(PID_NS, NEEDS_PROC), .caps = CAP(SYS_ADMIN),
     .summary = "SIGCHLD tells a parent its child's number in the parent's namespace, one, two and three levels in")
{
	SETUP(sys_sigprocmask(SIG_SETMASK, &all, NULL));
	for (unsigned level = 0; level < 3; level++) {
		/* Other numbers than the first ones. */
		pid_t idle = start_child(LEVEL_MAY_GO + level, 0);
		pid_t init = start_init();
		if (init == 0)
			continue;
		EXPECT_EQ(sender_of(SIGBIT(SIGCHLD), SIGCHLD), init, level);
		EXPECT_EXITED(init, 0, level);
		post(LEVEL_MAY_GO + level);
		EXPECT_EXITED(idle, 0, level);
		if (level > 0)
			leave(0);
		return;
	}
	leave(0);
}

/* A queue without a name, made under one that no other run has. */
static mqd_t open_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = 1 };
	char name[64] = "/forkcheck.";
	mqd_t queue;

	append_number(name, sizeof(name), sys_getpid());
	append_text(name, sizeof(name), ".");
	append_number(name, sizeof(name), test_random());
	SETUP(queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr));
	SETUP(mq_unlink(name));
	return queue;
}

TEST(notice_of_a_queue, .covers = "PIDNS-66", .features = FEATURES(PID_NS, NEEDS_PROC, NEEDS_POSIX_MQUEUE),
     .caps = CAP(SYS_ADMIN),
     .summary =
	     "mq_notify() tells the sender of the message by its number where the receiver is, 0 if it has none there")
{
	const struct sigevent notice = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	mqd_t outside = open_queue(), inside = open_queue();

	SETUP(sys_sigprocmask(SIG_SETMASK, &usr1, NULL));
	SETUP(mq_notify(outside, &notice));
	pid_t init = start_init();
	if (init == 0) {
		SETUP(mq_notify(inside, &notice));
		SETUP(mq_send(outside, "m", 1, 0));
		EXPECT_EQ(sender_of(usr1, SIGUSR1), 0);
		leave(0);
	}
	EXPECT_EQ(sender_of(usr1, SIGUSR1), init);
	SETUP(mq_send(inside, "m", 1, 0));
	EXPECT_EXITED(init, 0);
}

/* ---- Tracers --------------------------------------------------------------------------------------- */

/* In the tracee: the init of a namespace makes a child, which must be told to the tracer by its number outside. */
static void fork_inside(const void *unused)
{
	(void)unused;
	pid_t init = start_init();
	if (init == 0) {
		pid_t child = fork_helper();
		if (child == 0)
			leave(0);
		EXPECT_EQ(child, 2);
		EXPECT_EXITED(child, 0);
		leave(0);
	}
	EXPECT_EXITED(init, 0);
}

TEST(message_to_tracer, .covers = "PIDNS-70", .features = FEATURES(PID_NS, NEEDS_PROC, NEEDS_PTRACE),
     .caps = CAP(SYS_ADMIN) | CAP(SYS_PTRACE),
     .summary = "PTRACE_GETEVENTMSG tells a new child by its number in the tracer's namespace")
{
	pid_t tracee = start_tracee(BY_SEIZE, PTRACE_O_TRACEFORK, fork_inside, NULL);
	pid_t told[2] = { 0 }, seen[2] = { 0 };
	size_t events = 0, births = 0;
	struct trace_stop stop;

	while (next_stop(&stop)) {
		if (stop.event == PTRACE_EVENT_FORK && events < ARRAY_SIZE(told))
			told[events++] = (pid_t)stop.message;
		else if (stop.event == PTRACE_EVENT_STOP && stop.pid != tracee && births < ARRAY_SIZE(seen))
			seen[births++] = stop.pid;
		resume(&stop);
	}
	EXPECT_EQ(events, 2U);
	EXPECT_EQ(births, 2U);
	/* One follows the other: init, and its child. */
	for (size_t i = 0; i < ARRAY_SIZE(told); i++)
		EXPECT_EQ(told[i], seen[i], i);
}

/* ---- Supervisors ----------------------------------------------------------------------------------- */

/* From here on each getsid(2) of the caller waits for what a supervisor says. Returns where that one listens. */
static int ask_supervisor(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getsid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { ARRAY_SIZE(code), code };

	SETUP(sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	return (int)SETUP(SYSCALL3(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
}

/* Takes one question and answers it. Returns who has asked. */
static pid_t answer(int listener, int with)
{
	struct seccomp_notif question = { 0 };

	SETUP(SYSCALL3(SYS_ioctl, listener, SECCOMP_IOCTL_NOTIF_RECV, &question));
	struct seccomp_notif_resp response = { .id = question.id, .val = with };
	SETUP(SYSCALL3(SYS_ioctl, listener, SECCOMP_IOCTL_NOTIF_SEND, &response));
	return (pid_t)question.pid;
}

TEST(supervised, .covers = "PIDNS-75", .features = FEATURES(PID_NS, NEEDS_PROC, NEEDS_SECCOMP, NEEDS_NEW_PRIVS),
     .caps = CAP(SYS_ADMIN),
     .summary = "a seccomp notification gives the caller's PID in the supervisor's namespace, 0 where it has none")
{
	int *listener = shared(sizeof(*listener));

	/* With one table of descriptors. */
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID | CLONE_FILES, .exit_signal = SIGCHLD);
	if (init == 0) {
		*listener = ask_supervisor();
		post(IS_READY);
		EXPECT_EQ(SYSCALL1(SYS_getsid, 0), 71);
		EXPECT_EQ(SYSCALL1(SYS_getsid, 0), 72);
		leave(0);
	}
	REQUIRE_GT(init, 1);
	REQUIRE_TRUE(await_unless_dead(IS_READY, (pid_t)init));
	EXPECT_EQ(answer(*listener, 71), init);
	pid_t sibling = start_init();
	if (sibling == 0) {
		EXPECT_EQ(answer(*listener, 72), 0);
		leave(0);
	}
	EXPECT_EXITED(sibling, 0);
	EXPECT_EXITED(init, 0);
}

/* ---- Owners of futexes ----------------------------------------------------------------------------- */

TEST(robust_owner, .covers = "PIDNS-71", .features = FEATURES(PID_NS, NEEDS_PROC), .caps = CAP(SYS_ADMIN),
     .summary = "a robust futex knows its owner by the number inside: only the death of that one is reported")
{
	struct {
		struct robust_list entry;
		unsigned word;
	} *mine = shared(sizeof(*mine)), *foreign = shared(sizeof(*foreign));

	pid_t init = start_init();
	if (init == 0) {
		static struct robust_list_head head;
		head.futex_offset = (char *)&mine->word - (char *)&mine->entry;
		mine->word = 1;
		foreign->word = 2;
		mine->entry.next = &foreign->entry;
		foreign->entry.next = &head.list;
		head.list.next = &mine->entry;
		SETUP(SYSCALL2(SYS_set_robust_list, &head, sizeof(head)));
		leave(0);
	}
	EXPECT_EXITED(init, 0);
	EXPECT_EQ(mine->word & FUTEX_OWNER_DIED, FUTEX_OWNER_DIED);
	EXPECT_EQ(foreign->word, 2U);
}

TEST(inheriting_owner, .covers = "PIDNS-73", .features = FEATURES(PID_NS, NEEDS_PROC), .caps = CAP(SYS_ADMIN),
     .summary = "FUTEX_LOCK_PI writes the owner's number in its own namespace")
{
	unsigned *words = shared(2 * sizeof(*words));

	pid_t init = start_init();
	if (init == 0) {
		pid_t member = fork_helper();
		if (member == 0) {
			long locked = SYSCALL4(SYS_futex, &words[0], FUTEX_LOCK_PI, 0, NULL);
			if (locked == -ENOSYS)
				SKIP(SKIP_CONFIG, "FUTEX_PI", "this kernel has no futexes with priority inheritance");
			EXPECT_EQ(locked, 0);
			EXPECT_EQ(words[0], 2U);
			EXPECT_EQ(SYSCALL4(SYS_futex, &words[0], FUTEX_UNLOCK_PI, 0, NULL), 0);
			EXPECT_EQ(words[0], 0U);
			leave(0);
		}
		EXPECT_EXITED(member, 0);
		leave(0);
	}
	EXPECT_EXITED(init, 0);
	EXPECT_EQ(SYSCALL4(SYS_futex, &words[1], FUTEX_LOCK_PI, 0, NULL), 0);
	EXPECT_EQ(words[1], (unsigned)sys_gettid());
}
