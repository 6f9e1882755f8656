// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a child has used: by wait4 and waitid, and by getrusage after the wait. */
#include "forkcheck.h"

#include <sys/resource.h>

#define BURN_US 2000

/*
 * Enough memory to be seen: the kernel counts resident pages apart on each processor, in batches of 32 pages
 * or two for each processor, and a child may have been on a few of them.
 */
static size_t big(void)
{
	size_t batch = 2 * (size_t)sysconf(_SC_NPROCESSORS_CONF);
	size_t size = 8 * page_size() * (batch > 32 ? batch : 32);

	return size > 4 << 20 ? size : 4 << 20;
}
#define SEEN_KB (long)(big() / 1024 / 2)

static long long cpu_us(const struct rusage *usage)
{
	return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000LL + usage->ru_utime.tv_usec +
	       usage->ru_stime.tv_usec;
}

static struct rusage usage_of(int who)
{
	struct rusage usage;

	SETUP(getrusage(who, &usage));
	return usage;
}

/* Uses so much CPU time: what the process itself sees of it is what others will see. */
static void burn(void)
{
	struct rusage usage;

	do
		usage = usage_of(RUSAGE_SELF);
	while (cpu_us(&usage) < BURN_US);
}

/* Holds so much memory at once. */
static void grow(size_t size)
{
	volatile char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		BROKEN("no memory");
	for (size_t i = 0; i < size; i += page_size())
		map[i] = 1;
}

static pid_t burning_child(void)
{
	pid_t child = fork_helper();

	if (child == 0) {
		burn();
		leave(0);
	}
	return child;
}

static long usage_by_wait4(pid_t child, int options, struct rusage *usage)
{
	return wait_for(child, NULL, options, usage);
}

static long usage_by_waitid(pid_t child, int options, struct rusage *usage)
{
	long result = waitid_for(P_PID, child, NULL, options | WEXITED, usage);

	return result ? result : child;
}

static const struct usage_call {
	struct case_head head;
	long (*call)(pid_t child, int options, struct rusage *usage);
} usage_calls[] = {
	{ { .name = "wait4", .covers = "WAIT-52" }, usage_by_wait4 },
	{ { .name = "waitid", .covers = "WAITID-22" }, usage_by_waitid },
};

TEST(of_child, .summary = "a wait returns what this child has used, not the caller or another child",
     CASES_NEEDING(usage_calls))
{
	const struct usage_call *row = this_case();
	struct rusage busy = { 0 }, idle = { 0 };
	pid_t first = fork_helper();

	if (first == 0) {
		grow(big());
		burn();
		leave(0);
	}
	EXPECT_EQ(row->call(first, 0, &busy), first);
	pid_t second = start_child(0, 0);
	post(0);
	EXPECT_EQ(row->call(second, 0, &idle), second);
	EXPECT_GE(cpu_us(&busy), BURN_US);
	EXPECT_GT(idle.ru_maxrss, 0);
	EXPECT_GE(busy.ru_maxrss, idle.ru_maxrss + SEEN_KB);
}

TEST(after_wait, .covers = "EXIT-15 POSIX-018",
     .summary = "a child's use counts for its parent's children once it was waited for, and not before")
{
	struct rusage usage, of_child = { 0 };
	siginfo_t info;
	pid_t parent = fork_helper();

	if (parent == 0) {
		pid_t child = burning_child();
		await_zombie(child);
		usage = usage_of(RUSAGE_CHILDREN);
		EXPECT_EQ(cpu_us(&usage), 0);
		EXPECT_EQ(usage.ru_maxrss, 0);
		EXPECT_EQ(waitid_for(P_PID, child, &info, WEXITED | WNOWAIT, NULL), 0);
		usage = usage_of(RUSAGE_CHILDREN);
		EXPECT_EQ(cpu_us(&usage), 0);
		EXPECT_EQ(wait_for(child, NULL, 0, &of_child), child);
		usage = usage_of(RUSAGE_CHILDREN);
		EXPECT_GE(cpu_us(&usage), BURN_US);
		EXPECT_EQ(usage.ru_maxrss, of_child.ru_maxrss);
		leave(0);
	}
	EXPECT_EXITED(parent, 0);
}

static const struct ancestry {
	const char *name;
	bool waits;
} ancestries[] = {
	{ "waited", true },
	{ "not_waited", false },
};

/* What two of the generations have used. */
struct family {
	struct rusage parent, grandchild;
};

TEST(grandchildren, .covers = "EXIT-15",
     .summary = "a grandchild's use is counted if its parent has waited for it, and not otherwise", CASES(ancestries))
{
	const struct ancestry *row = this_case();
	struct family *family = shared(sizeof(*family));
	struct rusage usage;
	pid_t grandparent = fork_helper();

	if (grandparent == 0) {
		const long small = usage_of(RUSAGE_SELF).ru_maxrss;
		pid_t parent = fork_helper();
		if (parent == 0) {
			pid_t child = fork_helper();
			if (child == 0) {
				grow(big());
				burn();
				leave(0);
			}
			await_zombie(child);
			/* Without the wait the grandchild's use stays unknown; its parent's own is none of it. */
			if (row->waits)
				EXPECT_EQ(wait_for(child, NULL, 0, &family->grandchild), child);
			family->parent = usage_of(RUSAGE_SELF);
			leave(0);
		}
		EXPECT_EXITED(parent, 0);
		usage = usage_of(RUSAGE_CHILDREN);
		if (row->waits) {
			EXPECT_GE(cpu_us(&family->grandchild), BURN_US);
			EXPECT_GE(cpu_us(&usage), cpu_us(&family->parent) + cpu_us(&family->grandchild));
			EXPECT_GE(usage.ru_minflt, family->parent.ru_minflt + family->grandchild.ru_minflt);
			EXPECT_GE(usage.ru_maxrss, small + SEEN_KB);
		} else {
			EXPECT_LT(usage.ru_maxrss, small + SEEN_KB);
		}
		leave(0);
	}
	EXPECT_EXITED(grandparent, 0);
}

TEST(largest, .covers = "EXIT-17",
     .summary = "ru_maxrss of RUSAGE_CHILDREN is that of the largest child so far, and no sum")
{
	const size_t sizes[] = { page_size(), big(), page_size(), big() };
	struct rusage usage, each;
	long largest = 0;
	pid_t parent = fork_helper();

	if (parent == 0) {
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			pid_t child = fork_helper();
			if (child == 0) {
				grow(sizes[i]);
				leave(0);
			}
			EXPECT_EQ(wait_for(child, NULL, 0, &each), child, i);
			if (each.ru_maxrss > largest)
				largest = each.ru_maxrss;
			usage = usage_of(RUSAGE_CHILDREN);
			EXPECT_EQ(usage.ru_maxrss, largest, i);
		}
		EXPECT_GE(largest, SEEN_KB);
		leave(0);
	}
	EXPECT_EXITED(parent, 0);
}

static const struct care {
	const char *name;
	bool ignores;
} cares[] = {
	{ "sig_ign", true },
	{ "sig_dfl", false },
};

TEST(ignored, .covers = "EXIT-16", .summary = "with SIGCHLD ignored nothing of the children is counted", CASES(cares))
{
	const struct care *row = this_case();
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct rusage usage;
	pid_t parent = fork_helper();

	if (parent == 0) {
		if (row->ignores)
			SETUP(sigaction(SIGCHLD, &ignore, NULL));
		pid_t child = burning_child();
		EXPECT_EQ(wait_for(child, NULL, 0, NULL), row->ignores ? -ECHILD : child);
		usage = usage_of(RUSAGE_CHILDREN);
		if (row->ignores) {
			EXPECT_EQ(cpu_us(&usage), 0);
			EXPECT_EQ(usage.ru_maxrss, 0);
		} else {
			EXPECT_GE(cpu_us(&usage), BURN_US);
			EXPECT_GT(usage.ru_maxrss, 0);
		}
		leave(0);
	}
	EXPECT_EXITED(parent, 0);
}

/* ---- Before the end ------------------------------------------------------------------------------- */

#define TOUCHED 64
#define MAY_LEAVE (EVENTS - 3)

static _Noreturn void touch_and_stop(void)
{
	volatile char *pages = (volatile char *)SETUP_RAW(
		sys_map_private(NULL, TOUCHED * page_size(), PROT_READ | PROT_WRITE));

	sys_madvise((void *)pages, TOUCHED * page_size(), MADV_NOHUGEPAGE);
	for (size_t i = 0; i < TOUCHED; i++)
		pages[i * page_size()] = 1;
	SETUP_RAW(checked_kill(sys_getpid(), SIGSTOP));
	await(MAY_LEAVE);
	leave(0);
}

TEST(so_far, .covers = "WAIT-57",
     .summary =
	     "the usage reported with a stop, a resumption and a zombie that stays is what the child has used so far")
{
	struct rusage stopped = { 0 }, again = { 0 }, continued = { 0 }, zombie = { 0 }, last = { 0 };
	siginfo_t info = { 0 };
	int status = 0;

	pid_t child = fork_helper();
	if (child == 0)
		touch_and_stop();
	EXPECT_OK(waitid_for(P_PID, child, &info, WSTOPPED | WNOWAIT, &stopped));
	EXPECT_EQ(wait_for(child, &status, WUNTRACED, &again), child);
	EXPECT_EQ(status, W_STOPCODE(SIGSTOP));
	EXPECT_GE(stopped.ru_minflt, TOUCHED);
	EXPECT_EQ(again.ru_minflt, stopped.ru_minflt);
	SETUP_RAW(checked_kill(child, SIGCONT));
	EXPECT_OK(waitid_for(P_PID, child, &info, WCONTINUED, &continued));
	EXPECT_GE(continued.ru_minflt, TOUCHED);
	post(MAY_LEAVE);
	EXPECT_OK(waitid_for(P_PID, child, &info, WEXITED | WNOWAIT, &zombie));
	EXPECT_GE(zombie.ru_minflt, stopped.ru_minflt);
	EXPECT_EQ(wait_for(child, &status, 0, &last), child);
	EXPECT_EQ(status, 0);
	EXPECT_EQ(last.ru_minflt, zombie.ru_minflt);
}
