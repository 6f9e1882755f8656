// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Signals over fork: mask, dispositions, what is pending; and what execve leaves of them. */
#include "inherit.h"

#include <sys/resource.h>

/* ---- Attributes -------------------------------------------------------------------------------- */

/* Every other signal. */
#define ODD_SIGNALS 0x5555555555555555ULL
#define EVEN_SIGNALS (~ODD_SIGNALS)

static void replace_mask(sigset64 mask)
{
	SETUP_RAW(sys_sigprocmask(SIG_SETMASK, &mask, NULL));
}

static void block_odd(void)
{
	replace_mask(ODD_SIGNALS);
}

static void block_even(void)
{
	replace_mask(EVEN_SIGNALS);
}

static long long get_mask(void)
{
	sigset64 mask = 0;

	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, NULL, &mask));
	return (long long)mask;
}

/* The kernel's structure begins with the handler on all of our architectures; flags, mask and restorer follow. */
union action {
	struct {
		uintptr_t handler;
		unsigned long flags;
	};
	unsigned long words[8];
};

static union action action_of(int sig)
{
	union action action = { .words = { 0 } };

	SYSCALL4(SYS_rt_sigaction, sig, NULL, &action, sizeof(sigset64));
	return action;
}

/* Without a restorer: for actions that are no handlers, in whatever child. */
static void act(int sig, void (*handler)(int))
{
	const union action action = { { (uintptr_t)handler, 0 } };

	SETUP_RAW(SYSCALL4(SYS_rt_sigaction, sig, &action, NULL, sizeof(sigset64)));
}

static void handler(int sig)
{
	(void)sig;
}

static void other_handler(int sig)
{
	(void)sig;
}

/* Some belong to the C library or to nobody. */
static bool may_be_set(int sig)
{
	return sig != SIGKILL && sig != SIGSTOP && (sig < 32 || sig > 34);
}

/* A mask that is another one for each signal. */
static void fill_mask(sigset_t *mask, int sig)
{
	sigemptyset(mask);
	for (int other = 1; other <= 64; other++)
		if (may_be_set(other) && (sig * 37 + other * other) % 5 < 2)
			sigaddset(mask, other);
}

/* Two handlers, SIG_IGN and SIG_DFL in turn, with all combinations of flags; but the caller waits for its children. */
static void set_dispositions(void)
{
	static void (*const handlers[])(int) = { SIG_DFL, handler, other_handler, SIG_IGN };
	static const int flags[] = { SA_NOCLDSTOP,	SA_RESTART, SA_NODEFER,	 SA_ONSTACK,
				     (int)SA_RESETHAND, SA_SIGINFO, SA_NOCLDWAIT };

	for (int sig = 1; sig <= 64; sig++) {
		struct sigaction action = { .sa_handler = handlers[sig == SIGCHLD ? 1 : sig % 4] };
		for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
			if (sig >> i & 1 && !(sig == SIGCHLD && flags[i] == (int)SA_RESETHAND))
				action.sa_flags |= flags[i];
		fill_mask(&action.sa_mask, sig);
		if (may_be_set(sig))
			SETUP(sigaction(sig, &action, NULL));
	}
}

/* One number that changes with any handler, flag or mask. */
static long long get_dispositions(void)
{
	uint64_t sum = 0;

	for (int sig = 1; sig <= 64; sig++) {
		const union action action = action_of(sig);
		for (size_t i = 0; i < ARRAY_SIZE(action.words); i++)
			sum = sum * 31 + action.words[i];
	}
	return (long long)sum;
}

static void change_dispositions(void)
{
	for (int sig = 1; sig <= 64; sig++)
		if (may_be_set(sig) && sig != SIGCHLD)
			act(sig, sig % 4 == 3 ? SIG_DFL : SIG_IGN);
}

static const struct attribute to_keep[] = {
	{ { "mask_odd", .covers = "POSIX-013 INH-SIG-04" },
	  OF_THREAD,
	  KEPT,
	  .set = block_odd,
	  .get = get_mask,
	  .change = block_even,
	  .exec = { KEPT, "INH-SIG-08" } },
	{ { "mask_even", .covers = "POSIX-013 INH-SIG-04" },
	  OF_THREAD,
	  KEPT,
	  .set = block_even,
	  .get = get_mask,
	  .change = block_odd,
	  .doors = EACH_KIND },
	{ { "dispositions", .covers = "INH-SIG-01 INH-SIG-02 INH-SIG-09" },
	  OF_HANDLERS,
	  KEPT,
	  .set = set_dispositions,
	  .get = get_dispositions,
	  .change = change_dispositions },
};

TEST(kept, .summary = "the child begins with a copy of its parent's signal mask and dispositions", ATTRIBUTES(to_keep))
{
	test_inheritance();
}

static void block(int sig)
{
	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &(sigset64){ SIGBIT(sig) }, NULL));
}

/* All but those that nobody can block, one that takes others away, and one that the end of children adds. */
#define CAN_WAIT (~(SIGBIT(SIGKILL) | SIGBIT(SIGSTOP) | SIGBIT(SIGCONT) | SIGBIT(SIGCHLD)))

static void raise_all(pid_t thread)
{
	replace_mask(~(sigset64)0);
	for (int sig = 1; sig <= 64; sig++)
		if (CAN_WAIT & SIGBIT(sig))
			SETUP_RAW(thread ? checked_tgkill(sys_getpid(), thread, sig) : checked_kill(sys_getpid(), sig));
}

static void set_all_pending_for_process(void)
{
	raise_all(0);
}

static void set_all_pending_for_thread(void)
{
	raise_all(sys_gettid());
}

static void set_pending_for_process(void)
{
	block(SIGUSR1);
	SETUP_RAW(checked_kill(sys_getpid(), SIGUSR1));
}

static void set_pending_queue(void)
{
	siginfo_t info = { .si_code = SI_QUEUE };

	block(40);
	for (int i = 0; i < 3; i++)
		SETUP_RAW(SYSCALL3(SYS_rt_sigqueueinfo, sys_getpid(), 40, &info));
}

static long long get_pending(void)
{
	sigset64 pending = 0;

	SETUP_RAW(sys_sigpending(&pending));
	return (long long)(pending & CAN_WAIT);
}

static const struct attribute to_reset[] = {
	{ { "pending_for_process", .covers = "FORK-018" },
	  OF_PROCESS,
	  RESET,
	  .set = set_all_pending_for_process,
	  .get = get_pending,
	  .exec = { KEPT, "INH-SIG-08" } },
	{ { "pending_for_thread", .covers = "FORK-018" },
	  OF_THREAD,
	  RESET,
	  .set = set_all_pending_for_thread,
	  .get = get_pending,
	  .exec = { KEPT, "INH-SIG-08" } },
	{ { "pending_queue", .covers = "FORK-018" },
	  OF_PROCESS,
	  RESET,
	  .set = set_pending_queue,
	  .get = get_pending,
	  .exec = { KEPT, "INH-SIG-08" } },
};

TEST(reset, .summary = "no signal that is pending for the parent is pending for the child", ATTRIBUTES(to_reset))
{
	test_inheritance();
}

/* ---- Delivery ---------------------------------------------------------------------------------- */

static int *deliveries; /* in the child, in the parent */
static int who;

static void count(int sig)
{
	(void)sig;
	deliveries[who]++;
}

TEST(pending_delivered_once, .covers = "INH-SIG-05 FORK-018",
     .summary =
	     "a signal that was pending before fork is delivered to the parent, once it unblocks it, and never to the child",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	struct sigaction action = { .sa_handler = count };

	deliveries = shared(2 * sizeof(*deliveries));
	SETUP(sigaction(SIGUSR1, &action, NULL));
	set_pending_for_process();
	long child = door->fork();
	if (child == 0) {
		SETUP_RAW(sys_sigprocmask(SIG_UNBLOCK, &(sigset64){ SIGBIT(SIGUSR1) }, NULL));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(deliveries[0], 0);
	who = 1;
	SETUP_RAW(sys_sigprocmask(SIG_UNBLOCK, &(sigset64){ SIGBIT(SIGUSR1) }, NULL));
	EXPECT_EQ(deliveries[0], 0);
	EXPECT_EQ(deliveries[1], 1);
}

enum { BOTH_ARE_THERE, SIGNAL_IS_SENT };

TEST(group_signal_reaches_both, .covers = "INH-SIG-06",
     .summary = "a signal for the process group reaches a parent in it and the child that it has forked",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	block(SIGUSR1);
	pid_t parent = fork_helper();
	if (parent == 0) {
		SETUP(setpgid(0, 0));
		long child = door->fork();
		if (child <= 0)
			post(BOTH_ARE_THERE);
		if (child)
			REQUIRE_GT(child, 0);
		await(SIGNAL_IS_SENT);
		EXPECT_EQ(get_pending() & SIGBIT(SIGUSR1), SIGBIT(SIGUSR1));
		if (child)
			EXPECT_EXITED(child, 0);
		leave(0);
	}
	await(BOTH_ARE_THERE);
	long sent = checked_killpg(parent, SIGUSR1);
	post(SIGNAL_IS_SENT);
	EXPECT_OK(sent);
	EXPECT_EXITED(parent, 0);
	EXPECT_EQ(get_pending() & SIGBIT(SIGUSR1), 0);
}

static int *handled;

static void handle_fault(int sig)
{
	(void)sig;
	*handled = 1;
	sys_exit_group(7);
}

static const struct fault {
	const char *name;
	bool blocked;
} faults[] = {
	{ "blocked", true },
	{ "unblocked", false },
};

TEST(fault, .covers = "INH-SIG-10 INH-SIG-01",
     .summary = "a fault runs the handler that the child has inherited, but kills the child if the signal is blocked",
     CASES(faults))
{
	const struct fault *fault = this_case();
	const struct rlimit no_core = { 0, 0 };
	struct sigaction action = { .sa_handler = handle_fault };
	volatile char *nothing = mmap(NULL, page_size(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	SETUP(nothing == MAP_FAILED ? -1 : 0);
	SETUP(setrlimit(RLIMIT_CORE, &no_core));
	handled = shared(sizeof(*handled));
	SETUP(sigaction(SIGSEGV, &action, NULL));
	if (fault->blocked)
		block(SIGSEGV);
	long child = sys_fork();
	if (child == 0) {
		*nothing = 1;
		leave(0);
	}
	REQUIRE_GT(child, 0);
	if (fault->blocked)
		EXPECT_KILLED(child, SIGSEGV);
	else
		EXPECT_EXITED(child, 7);
	EXPECT_EQ(*handled, !fault->blocked);
}

/* ---- execve ------------------------------------------------------------------------------------ */

static void handle_and_ignore(void)
{
	struct sigaction action = { .sa_handler = handler };

	SETUP(sigaction(SIGUSR1, &action, NULL));
	action.sa_handler = SIG_IGN;
	SETUP(sigaction(SIGUSR2, &action, NULL));
}

TEST(dispositions_after_exec, .covers = "INH-SIG-07",
     .summary = "execve resets handled signals to the default, and leaves ignored ones ignored")
{
	struct image_report report;

	report_after(handle_and_ignore, &report);
	EXPECT_EQ(report.caught & (SIGBIT(SIGUSR1) | SIGBIT(SIGUSR2)), 0);
	EXPECT_EQ(report.ignored & (SIGBIT(SIGUSR1) | SIGBIT(SIGUSR2)), SIGBIT(SIGUSR2));
}

static void block_and_raise(void)
{
	block(SIGUSR2);
	set_pending_for_process();
}

TEST(mask_and_pending_after_exec, .covers = "INH-SIG-08", .summary = "execve keeps the signal mask and what is pending")
{
	const sigset64 both = SIGBIT(SIGUSR1) | SIGBIT(SIGUSR2);
	struct image_report report;

	report_after(block_and_raise, &report);
	EXPECT_EQ(report.blocked, both);
	EXPECT_EQ(report.pending, SIGBIT(SIGUSR1));
}
