// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Resource limits that a child has inherited are not only shown, but hold. */
#include "forkcheck.h"

#include <alloca.h>
#include <mqueue.h>
#include <sys/resource.h>
#include <time.h>

/* The hard limit stays. */
static void limit(int resource, rlim_t soft)
{
	struct rlimit limit;

	SETUP(getrlimit(resource, &limit));
	limit.rlim_cur = soft;
	SETUP(setrlimit(resource, &limit));
}

/* ---- One function to set, one that meets the limit -------------------------------------------------- */

static long map_much(void)
{
	return sys_map_private(NULL, (size_t)1 << 30, PROT_READ | PROT_WRITE);
}

static void limit_addresses(void)
{
	limit(RLIMIT_AS, (rlim_t)1 << 30);
}

static void limit_data(void)
{
	limit(RLIMIT_DATA, (rlim_t)1 << 29);
}

static void limit_file_size(void)
{
	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &(sigset64){ SIGBIT(SIGXFSZ) }, NULL));
	limit(RLIMIT_FSIZE, 4);
}

/* The first write fills what is allowed. */
static long write_twice(void)
{
	int fd = (int)SETUP_RAW(sys_openat(AT_FDCWD, "file", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
	long first = sys_write(fd, "12345678", 8);
	long second = sys_write(fd, "12345678", 8);

	sys_close(fd);
	return first == 4 ? second : first;
}

static void limit_locked_memory(void)
{
	limit(RLIMIT_MEMLOCK, page_size());
}

static long lock_two_pages(void)
{
	char *map = (char *)SETUP_RAW(sys_map_private(NULL, 2 * page_size(), PROT_READ | PROT_WRITE));

	SETUP_RAW(SYSCALL2(SYS_mlock, map, page_size()));
	return SYSCALL2(SYS_mlock, map, 2 * page_size());
}

static void limit_open_files(void)
{
	int lowest = (int)SETUP_RAW(sys_dup(STDERR_FILENO));

	sys_close(lowest);
	limit(RLIMIT_NOFILE, (rlim_t)lowest + 1);
}

static long duplicate_twice(void)
{
	SETUP_RAW(sys_dup(STDERR_FILENO));
	return sys_dup(STDERR_FILENO);
}

static void limit_queued_signals(void)
{
	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &(sigset64){ SIGBIT(40) }, NULL));
	limit(RLIMIT_SIGPENDING, 0);
}

static long queue_signal(void)
{
	siginfo_t info = { .si_code = SI_QUEUE };

	return SYSCALL3(SYS_rt_sigqueueinfo, sys_getpid(), 40, &info);
}

static void limit_nice(void)
{
	SETUP_RAW(SYSCALL3(SYS_setpriority, PRIO_PROCESS, 0, 19));
	limit(RLIMIT_NICE, 0);
}

static long get_better(void)
{
	return SYSCALL3(SYS_setpriority, PRIO_PROCESS, 0, 18);
}

static void limit_message_queues(void)
{
	limit(RLIMIT_MSGQUEUE, 0);
}

static long open_queue(void)
{
	mqd_t queue = mq_open("/limits", O_RDWR | O_CREAT | O_EXCL, 0600, NULL);

	if (queue == (mqd_t)-1)
		return -errno;
	mq_unlink("/limits");
	return queue;
}

static const struct rule {
	struct case_head head;
	void (*set)(void);
	long (*meet)(void);
	int error;
} rules[] = {
	{ { .name = "address_space" }, limit_addresses, map_much, ENOMEM },
	{ { .name = "data" }, limit_data, map_much, ENOMEM },
	{ { .name = "file_size", .features = FEATURES(NEEDS_WORKDIR) }, limit_file_size, write_twice, EFBIG },
	{ { .name = "locked_memory", .features = FEATURES(NEEDS_MLOCK) }, limit_locked_memory, lock_two_pages, ENOMEM },
	{ { .name = "message_queues", .features = FEATURES(NEEDS_POSIX_MQUEUE) },
	  limit_message_queues,
	  open_queue,
	  EMFILE },
	{ { .name = "nice" }, limit_nice, get_better, EACCES },
	{ { .name = "open_files" }, limit_open_files, duplicate_twice, EMFILE },
	{ { .name = "queued_signals" }, limit_queued_signals, queue_signal, EAGAIN },
};

TEST(refused, .covers = "INH-LIM-18", .summary = "a child is refused what exceeds a limit that it inherited",
     CASES_NEEDING(rules), THROUGH(fork_doors), .passes = each_call)
{
	const struct rule *rule = this_case();
	const struct fork_door *door = this_door();

	rule->set();
	long child = door->fork();
	if (child == 0) {
		long result = rule->meet();
		EXPECT_FAILS(result, rule->error);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- Processor time --------------------------------------------------------------------------------- */

/* In seconds. */
static time_t time_used(void)
{
	struct timespec used;

	SETUP(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used));
	return used.tv_sec;
}

static void use(time_t seconds)
{
	const time_t end = time_used() + seconds;

	while (time_used() < end)
		;
}

TEST(processor_time, .covers = "INH-LIM-19", .timeout_ms = 60000,
     .summary =
	     "a child that has used as much processor time as the limit that it has inherited allows is killed by SIGXCPU")
{
	limit(RLIMIT_CPU, 1);
	long child = sys_fork();
	if (child == 0) {
		/* Of an emulator that has stood still the first look at the clock may tell of all that time. */
		for (int i = 0; i < 3; i++)
			use(2);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_KILLED(child, SIGXCPU);
}

/* ---- Stack ------------------------------------------------------------------------------------------ */

#define STACK_LIMIT (256 << 10)

__attribute__((noinline)) static void use_stack(size_t size)
{
	volatile char *area = alloca(size);

	for (size_t i = size; i > 0; i -= 1024)
		area[i - 1024] = 1;
}

TEST(stack, .covers = "INH-LIM-20",
     .summary = "a child whose stack grows beyond the limit that it has inherited is killed by SIGSEGV",
     THROUGH(fork_doors), .passes = each_call)
{
	const struct fork_door *door = this_door();

	limit(RLIMIT_STACK, STACK_LIMIT);
	long child = door->fork();
	if (child == 0) {
		use_stack(2 * STACK_LIMIT);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_KILLED(child, SIGSEGV);
}
