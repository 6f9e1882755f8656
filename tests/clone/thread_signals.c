// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_THREAD: masks and pending signals of threads, and which of them handles a signal. */
#include "forkcheck.h"

#define THREADS 4
#define LEADER (-1) /* in place of a thread's index */

enum { READY /* and one for each further thread */, MAY_GO = READY + THREADS, NEXT };

/* ---- The crew: threads that wait, each with a mask of its own -------------------------------------- */

static sigset64 masks[THREADS];
static volatile pid_t tids[THREADS];
static const int indices[THREADS] = { 0, 1, 2, 3 };

static int wait_to_go(void *index)
{
	int i = *(const int *)index;

	SETUP_RAW(sys_sigprocmask(SIG_SETMASK, &masks[i], NULL));
	tids[i] = sys_gettid();
	post(READY + (unsigned)i);
	await(MAY_GO);
	/* What was pending when MAY_GO was posted is handled before this returns. */
	sys_sched_yield();
	return 0;
}

static void start_crew(void)
{
	for (int i = 0; i < THREADS; i++)
		start_thread(wait_to_go, (void *)&indices[i]);
	for (unsigned i = 0; i < THREADS; i++)
		await(READY + i);
}

/* The threads end, and with that have handled all signals for them. */
static void dismiss_crew(void)
{
	post(MAY_GO);
	for (int i = 0; i < THREADS; i++)
		await_thread_gone(tids[i]);
}

static pid_t tid_of(int index)
{
	return index == LEADER ? sys_getpid() : tids[index];
}

#define VALUES 16
static volatile int handled, runs_of[VALUES];
static volatile pid_t handler_tid;

static void note(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	handler_tid = sys_gettid();
	if (info->si_code == SI_QUEUE)
		__atomic_add_fetch(&runs_of[info->si_value.sival_int % VALUES], 1, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&handled, 1, __ATOMIC_SEQ_CST);
}

static void handle(int sig, void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };

	sigfillset(&action.sa_mask);
	SETUP(sigaction(sig, &action, NULL));
}

static void block(sigset64 set)
{
	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &set, NULL));
}

static sigset64 own_mask(void)
{
	sigset64 mask = 0;

	EXPECT_OK(sys_sigprocmask(SIG_BLOCK, NULL, &mask));
	return mask;
}

static sigset64 own_pending(void)
{
	sigset64 pending = 0;

	EXPECT_OK(sys_sigpending(&pending));
	return pending;
}

/* ---- Masks ---------------------------------------------------------------------------------------- */

static int change_mask(void *begin)
{
	const sigset64 mine = SIGBIT(SIGUSR2) | SIGBIT(41);

	*(sigset64 *)begin = own_mask();
	EXPECT_OK(sys_sigprocmask(SIG_SETMASK, &mine, NULL));
	post(READY);
	await(NEXT);
	EXPECT_EQ(own_mask(), mine);
	return 0;
}

TEST(each_has_a_mask, .covers = "CLONE-THREAD-16",
     .summary = "a thread begins with its creator's signal mask, and from then on each has its own",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	const sigset64 first = SIGBIT(SIGUSR1) | SIGBIT(40), second = first | SIGBIT(SIGTERM);
	static sigset64 begin;

	SETUP_RAW(sys_sigprocmask(SIG_SETMASK, &first, NULL));
	long tid = CLONE_CALL(door->via, new_stack(), change_mask, &begin, .flags = THREAD_FLAGS);
	REQUIRE_GT(tid, 0);
	await(READY);
	EXPECT_EQ(begin, first);
	EXPECT_EQ(own_mask(), first);
	EXPECT_OK(sys_sigprocmask(SIG_SETMASK, &second, NULL));
	post(NEXT);
	await_thread_gone((pid_t)tid);
	EXPECT_EQ(own_mask(), second);
}

/* ---- Which thread takes a signal ------------------------------------------------------------------ */

static const struct taker {
	struct case_head head;
	int index;
} takers[] = {
	{ { .name = "leader" }, LEADER },
	{ { .name = "first" }, 0 },
	{ { .name = "last" }, THREADS - 1 },
};

TEST(goes_where_not_blocked, .covers = "CLONE-THREAD-17",
     .summary = "a signal for the process is handled by the one thread that does not block it", CASES(takers))
{
	const struct taker *taker = this_case();

	handle(SIGUSR1, note);
	if (taker->index != LEADER)
		block(SIGBIT(SIGUSR1));
	for (int i = 0; i < THREADS; i++)
		masks[i] = i == taker->index ? 0 : SIGBIT(SIGUSR1);
	start_crew();
	EXPECT_OK(checked_kill(sys_getpid(), SIGUSR1));
	dismiss_crew();
	EXPECT_EQ(handled, 1);
	EXPECT_EQ(handler_tid, tid_of(taker->index));
}

static long queue(pid_t process, int sig, int value)
{
	siginfo_t info = { .si_code = SI_QUEUE };

	info.si_pid = sys_getpid();
	info.si_value.sival_int = value;
	return SYSCALL3(SYS_rt_sigqueueinfo, process, sig, &info);
}

TEST(handled_once, .covers = "CLONE-THREAD-21",
     .summary = "each signal for the process is handled once, in one thread, though all of them could")
{
	handle(40, note);
	block(SIGBIT(40));
	start_crew();
	for (int i = 0; i < VALUES; i++)
		EXPECT_OK(queue(sys_getpid(), 40, i), i);
	dismiss_crew();
	for (int i = 0; i < VALUES; i++)
		EXPECT_EQ(runs_of[i], 1, i);
	EXPECT_EQ(handled, VALUES);
	EXPECT_EQ(own_pending(), 0U);
}

static const struct taker targets[] = {
	{ { .name = "leader" }, LEADER },
	{ { .name = "first" }, 0 },
	{ { .name = "second" }, 1 },
	{ { .name = "last" }, THREADS - 1 },
};

TEST(tgkill_names_the_thread, .covers = "CLONE-THREAD-18",
     .summary = "a signal sent by tgkill is handled by the thread it names, though all of them could", CASES(targets))
{
	const struct taker *target = this_case();

	handle(SIGUSR1, note);
	start_crew();
	EXPECT_OK(checked_tgkill(sys_getpid(), tid_of(target->index), SIGUSR1));
	dismiss_crew();
	EXPECT_EQ(handled, 1);
	EXPECT_EQ(handler_tid, tid_of(target->index));
}

static int unblock_last(void *unused)
{
	const sigset64 none = 0;

	(void)unused;
	await(NEXT);
	EXPECT_EQ(handled, 0);
	EXPECT_EQ(own_pending(), SIGBIT(SIGUSR1));
	EXPECT_OK(sys_sigprocmask(SIG_SETMASK, &none, NULL));
	EXPECT_EQ(handled, 1);
	EXPECT_EQ(own_pending(), 0U);
	return 0;
}

TEST(tgkill_waits_for_the_thread, .covers = "CLONE-THREAD-18",
     .summary = "a signal sent by tgkill to a thread that blocks it waits there, though the others could handle it")
{
	const sigset64 user = SIGBIT(SIGUSR1);

	handle(SIGUSR1, note);
	block(user);
	pid_t target = start_thread(unblock_last, NULL);
	SETUP_RAW(sys_sigprocmask(SIG_UNBLOCK, &user, NULL));
	start_crew();
	EXPECT_OK(checked_tgkill(sys_getpid(), target, SIGUSR1));
	EXPECT_EQ(own_pending(), 0U);
	dismiss_crew();
	post(NEXT);
	await_thread_gone(target);
	EXPECT_EQ(handled, 1);
	EXPECT_EQ(handler_tid, target);
}

/* ---- Exceptions ----------------------------------------------------------------------------------- */

static volatile unsigned char *page; /* its first byte is touched: s390x tells no more than the page */
static void *volatile fault_at;

static void be_mapped(int sig, siginfo_t *info, void *context)
{
	long zeroed = sys_map_private((void *)page, page_size(), PROT_READ | PROT_WRITE);

	if (zeroed < 0 && zeroed > -4096)
		sys_exit_group(1);
	fault_at = info->si_addr;
	note(sig, info, context);
}

static void forbid_page(void)
{
	SETUP(sys_mprotect((void *)page, page_size(), PROT_NONE));
}

static void put_page_behind_a_file(void)
{
	int fd = (int)SETUP(open("empty", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	void *map = mmap((void *)page, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);

	if (map != page)
		BROKEN("no mapping of a file");
	close(fd);
}

static const struct exception {
	struct case_head head;
	int sig;
	void (*prepare)(void);
} exceptions[] = {
	{ { .name = "segv" }, SIGSEGV, forbid_page },
	{ { "bus", .features = FEATURES(NEEDS_WORKDIR) }, SIGBUS, put_page_behind_a_file },
};

static int touch(void *unused)
{
	(void)unused;
	await(NEXT);
	page[0] = 1;
	return 0;
}

TEST(exception_stays_in_its_thread, .covers = "CLONE-THREAD-19",
     .summary = "the signal of an exception is handled in the thread that caused it", CASES_NEEDING(exceptions),
     THROUGH(takers))
{
	const struct exception *exception = this_case();
	const struct taker *causer = this_door();
	pid_t tid = sys_getpid();

	page = (unsigned char *)sys_map_private(NULL, page_size(), PROT_READ | PROT_WRITE);
	exception->prepare();
	handle(exception->sig, be_mapped);
	if (causer->index == 0)
		tid = start_thread(touch, NULL);
	start_crew();
	if (causer->index > 0)
		tid = start_thread(touch, NULL);
	post(NEXT);
	if (causer->index == LEADER)
		page[0] = 1;
	else
		await_thread_gone(tid);
	dismiss_crew();
	EXPECT_EQ(handled, 1);
	EXPECT_EQ(handler_tid, tid);
	EXPECT_TRUE(fault_at == page);
	EXPECT_EQ(page[0], 1);
}

/* ---- Pending signals ------------------------------------------------------------------------------ */

static int tell_pending(void *pending)
{
	post(READY);
	await(NEXT);
	*(sigset64 *)pending = own_pending();
	return 0;
}

TEST(pending_is_the_union, .covers = "CLONE-THREAD-20",
     .summary = "sigpending tells what is pending for the process and for the calling thread, and no other thread's")
{
	const sigset64 for_thread = SIGBIT(SIGUSR2), for_leader = SIGBIT(40), for_process = SIGBIT(SIGUSR1);
	sigset64 pending = 0;

	block(for_thread | for_leader | for_process);
	pid_t tid = start_thread(tell_pending, &pending);
	await(READY);
	EXPECT_OK(checked_kill(sys_getpid(), SIGUSR1));
	EXPECT_OK(checked_tgkill(sys_getpid(), tid, SIGUSR2));
	EXPECT_OK(checked_tgkill(sys_getpid(), sys_getpid(), 40));
	post(NEXT);
	await_thread_gone(tid);
	EXPECT_EQ(pending, for_process | for_thread);
	EXPECT_EQ(own_pending(), for_process | for_leader);
}
