// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_SIGHAND: one table of signal dispositions, or a copy of it; masks and pending signals never. */
#include "forkcheck.h"

enum { BY_CALLER };

/* The kernel's own structure: longer than any, and it begins with the handler on all of our architectures. */
struct action {
	void *handler;
	unsigned long rest[7];
};

static struct action get_action(int sig)
{
	struct action action = { 0 };

	SETUP_RAW(SYSCALL4(SYS_rt_sigaction, sig, NULL, &action, sizeof(sigset64)));
	return action;
}

static void set_action(int sig, const struct action *action)
{
	SETUP_RAW(SYSCALL4(SYS_rt_sigaction, sig, action, NULL, sizeof(sigset64)));
}

static void ignore(int sig)
{
	const struct action action = { .handler = SIG_IGN };

	set_action(sig, &action);
}

static volatile int handled_by;

static void handler(int sig)
{
	(void)sig;
	handled_by = sys_getpid();
}

/* With a handler for SIGUSR2 from the C library, which knows how a handler returns. */
static void install_for_usr2(void)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };

	sigaddset(&action.sa_mask, SIGTERM);
	SETUP(sigaction(SIGUSR2, &action, NULL));
}

/* ---- Dispositions ------------------------------------------------------------------------------- */

/* Runs in the child: what SIGTERM's disposition must be after the caller ignores it; then SIGUSR1 gets a handler. */
static int look_and_install(void *arg)
{
	await(BY_CALLER);
	EXPECT_TRUE(get_action(SIGTERM).handler == *(void **)arg);
	struct action action = get_action(SIGUSR2);
	set_action(SIGUSR1, &action);
	return 0;
}

static bool same_action(int a, int b)
{
	struct action x = get_action(a), y = get_action(b);
	bool same = x.handler == y.handler;

	for (size_t i = 0; i < ARRAY_SIZE(x.rest); i++)
		same &= x.rest[i] == y.rest[i];
	return same;
}

TEST(dispositions_shared, .covers = "CLONE-SIGHAND-01 CLONE-SIGHAND-02",
     .summary = "with CLONE_SIGHAND a sigaction() by the caller or the child is in force for the other",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	void *want = SIG_IGN;

	install_for_usr2();
	long child = CLONE_CALL(door->via, new_stack(), look_and_install, &want, .flags = CLONE_VM | CLONE_SIGHAND,
				.exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	ignore(SIGTERM);
	post(BY_CALLER);
	EXPECT_EXITED(child, 0);
	REQUIRE_TRUE(same_action(SIGUSR1, SIGUSR2)); /* flags and mask too */
	checked_kill(sys_getpid(), SIGUSR1);
	EXPECT_EQ(handled_by, sys_getpid());
}

static const struct without {
	const char *name;
	uint64_t flags;
} without[] = {
	{ "vm", CLONE_VM },
	{ "nothing", 0 },
};

TEST(dispositions_apart, .covers = "CLONE-SIGHAND-05",
     .summary = "without CLONE_SIGHAND, with CLONE_VM or not, a sigaction() changes only the process that calls it",
     CASES(without), THROUGH(clone_doors))
{
	const struct without *row = this_case();
	const struct clone_door *door = this_door();
	void *want = SIG_DFL;

	install_for_usr2();
	long child = CLONE_CALL(door->via, new_stack(), look_and_install, &want, .flags = row->flags,
				.exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	ignore(SIGTERM);
	post(BY_CALLER);
	EXPECT_EXITED(child, 0);
	EXPECT_TRUE(get_action(SIGUSR1).handler == SIG_DFL);
}

/* ---- What stays separate ------------------------------------------------------------------------ */

static int change_mask(void *arg)
{
	sigset64 mask, mine = SIGBIT(SIGUSR2);

	(void)arg;
	await(BY_CALLER);
	SETUP_RAW(sys_sigprocmask(SIG_SETMASK, &mine, &mask));
	EXPECT_EQ(mask, SIGBIT(SIGTERM));
	return 0;
}

TEST(masks_apart, .covers = "CLONE-SIGHAND-03",
     .summary = "with CLONE_SIGHAND the child starts with the caller's mask, then each has its own",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	sigset64 mask = SIGBIT(SIGTERM), callers = SIGBIT(SIGUSR1);

	SETUP(sys_sigprocmask(SIG_SETMASK, &mask, NULL));
	long child = CLONE_CALL(door->via, new_stack(), change_mask, NULL, .flags = CLONE_VM | CLONE_SIGHAND,
				.exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	SETUP(sys_sigprocmask(SIG_SETMASK, &callers, NULL));
	post(BY_CALLER);
	EXPECT_EXITED(child, 0);
	SETUP(sys_sigprocmask(SIG_SETMASK, NULL, &mask));
	EXPECT_EQ(mask, callers);
}

static int pend_one(void *arg)
{
	sigset64 pending;

	(void)arg;
	await(BY_CALLER);
	SETUP_RAW(checked_kill(sys_getpid(), SIGUSR2));
	SETUP_RAW(sys_sigpending(&pending));
	EXPECT_EQ(pending, SIGBIT(SIGUSR2));
	return 0;
}

TEST(pending_apart, .covers = "CLONE-SIGHAND-04",
     .summary = "with CLONE_SIGHAND each has its own pending signals, and the child starts without any",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	sigset64 all = ~0ULL, pending;

	SETUP(sys_sigprocmask(SIG_SETMASK, &all, NULL));
	SETUP(checked_kill(sys_getpid(), SIGTERM));
	long child = CLONE_CALL(door->via, new_stack(), pend_one, NULL, .flags = CLONE_VM | CLONE_SIGHAND,
				.exit_signal = 0);
	REQUIRE_GT(child, 0);
	SETUP(checked_kill(sys_getpid(), SIGUSR1));
	post(BY_CALLER);
	EXPECT_EXITED(child, 0);
	SETUP(sys_sigpending(&pending));
	EXPECT_EQ(pending, SIGBIT(SIGTERM) | SIGBIT(SIGUSR1));
}

static int wait_for_signal(void *arg)
{
	(void)arg;
	await(BY_CALLER); /* never posted */
	return 0;
}

TEST(fatal_apart, .covers = "CLONE-SIGHAND-07",
     .summary = "with CLONE_SIGHAND a fatal signal to the child does not end the caller", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = CLONE_CALL(door->via, new_stack(), wait_for_signal, NULL,
					.flags = CLONE_VM | CLONE_SIGHAND, .exit_signal = SIGCHLD);
		REQUIRE_GT(child, 0);
		SETUP(checked_kill((pid_t)child, SIGTERM));
		EXPECT_KILLED(child, SIGTERM);
		leave(0);
	}
	EXPECT_EXITED(caller, 0);
}

/* ---- Errors ------------------------------------------------------------------------------------- */

TEST(needs_vm, .covers = "CLONE-SIGHAND-06", .summary = "CLONE_SIGHAND without CLONE_VM is refused",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long child = CLONE_HERE(door->via, .flags = CLONE_SIGHAND, .exit_signal = SIGCHLD);
	EXPECT_REFUSED(child, EINVAL);
	EXPECT_NO_CHILD();
	/* The same with it. */
	child = CLONE_CALL(door->via, new_stack(), return_zero, NULL, .flags = CLONE_SIGHAND | CLONE_VM,
			   .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
