// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What /proc counts: sizes of a child's memory, I/O and turns on the processor of children, of threads, over execve. */
#include "forkcheck.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* Reads so many numbers from a file, from that one on. */
static void read_numbers(const char *path, int skip, long long *numbers, int count)
{
	static char text[2048];
	char *at = text, *end;

	SETUP_RAW(read_file(path, text, sizeof(text)));
	for (int i = -skip; i < count; i++, at = end) {
		long long number = strtoll(at, &end, 10);
		SETUP(end == at ? -ENODATA : 0);
		if (i >= 0)
			numbers[i] = number;
	}
}

static char *map_written(size_t pages)
{
	char *map = (char *)SETUP_RAW(sys_map_private(NULL, pages * page_size(), PROT_READ | PROT_WRITE));

	for (size_t i = 0; i < pages; i++)
		((volatile char *)map)[i * page_size()] = 1;
	return map;
}

/* ---- Sizes ------------------------------------------------------------------------------------------ */

#define PAGES 256
#define KB(pages) ((long long)(pages) * (long long)page_size() / 1024)

static const char *const same_sizes[] = { "VmSize:", "VmData:", "VmStk:", "VmExe:", "VmLib:" };

TEST(status_sizes, .covers = "PROCF-11", .features = FEATURES(NEEDS_PROC),
     .summary = "a child's memory has the sizes of its parent's in status, but none locked and a peak of its own",
     THROUGH(fork_doors), .passes = each_call)
{
	const struct fork_door *door = this_door();
	long long parents[ARRAY_SIZE(same_sizes)];
	const size_t peak = 16384 * page_size();

	/* The parent had more at once than it has now. */
	char *map = (char *)SETUP_RAW(sys_map_private(NULL, peak, PROT_READ | PROT_WRITE));
	SETUP_RAW(sys_munmap(map, peak));
	EXPECT_GE(proc_field("/proc/self/status", "VmPeak:", 10),
		  proc_field("/proc/self/status", "VmSize:", 10) + KB(8192));
	for (size_t i = 0; i < ARRAY_SIZE(same_sizes); i++)
		parents[i] = proc_field("/proc/self/status", same_sizes[i], 10);
	long child = door->fork();
	if (child == 0) {
		for (size_t i = 0; i < ARRAY_SIZE(same_sizes); i++)
			EXPECT_EQ(proc_field("/proc/self/status", same_sizes[i], 10), parents[i], same_sizes[i]);
		EXPECT_EQ(proc_field("/proc/self/status", "VmPeak:", 10), parents[0]);
		EXPECT_EQ(proc_field("/proc/self/status", "VmLck:", 10), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* Numbered as the page does. */
enum { SIZE, RESIDENT, SHARED_PAGES, TEXT, LIB, DATA, DIRTY, STATM_FIELDS };

TEST(statm, .covers = "PROCF-07", .features = FEATURES(NEEDS_PROC),
     .summary = "statm has the same size, text and data for a child as for its parent, and resident what was written",
     THROUGH(fork_doors), .passes = each_call)
{
	const struct fork_door *door = this_door();
	static long long parents[STATM_FIELDS], childs[STATM_FIELDS];

	map_written(16 * PAGES);
	read_numbers("/proc/self/statm", 0, parents, STATM_FIELDS);
	long child = door->fork();
	if (child == 0) {
		read_numbers("/proc/self/statm", 0, childs, STATM_FIELDS);
		EXPECT_EQ(childs[SIZE], parents[SIZE]);
		EXPECT_EQ(childs[TEXT], parents[TEXT]);
		EXPECT_EQ(childs[DATA], parents[DATA]);
		EXPECT_EQ(childs[LIB], 0);
		EXPECT_EQ(childs[DIRTY], 0);
		/* Of that a part may not have been counted yet, see wait_rusage.c. */
		EXPECT_GE(childs[RESIDENT], 8 * PAGES);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* The whole file, read once: between two looks other processes that run this program change what is shared. */
struct rollup {
	char text[2048];
};

static void look_at_rollup(struct rollup *look)
{
	SETUP_RAW(read_file("/proc/self/smaps_rollup", look->text, sizeof(look->text)));
}

/* In kB; -1: not told. */
static long long size_in(const struct rollup *look, const char *key)
{
	const char *at = strstr(look->text, key);

	return at ? strtoll(at + strlen(key), NULL, 10) : -1;
}

static void expect_consistent(const struct rollup *look)
{
	EXPECT_EQ(size_in(look, "\nRss:"), size_in(look, "\nShared_Clean:") + size_in(look, "\nShared_Dirty:") +
						   size_in(look, "\nPrivate_Clean:") +
						   size_in(look, "\nPrivate_Dirty:"));
	EXPECT_LE(size_in(look, "\nPss:"), size_in(look, "\nRss:"));
}

TEST(smaps_rollup, .covers = "PROCF-08", .features = FEATURES(NEEDS_SMAPS),
     .summary =
	     "smaps_rollup of a child counts as shared, and half as its own, what its parent wrote, until it writes too",
     THROUGH(fork_doors), .passes = each_call)
{
	const struct fork_door *door = this_door();
	static struct rollup before, after;
	char *map = map_written(PAGES);

	long child = door->fork();
	if (child == 0) {
		look_at_rollup(&before);
		EXPECT_GE(size_in(&before, "\nAnonymous:"), KB(PAGES));
		EXPECT_GE(size_in(&before, "\nShared_Dirty:"), KB(PAGES));
		for (size_t i = 0; i < PAGES; i++)
			((volatile char *)map)[i * page_size()] = 2;
		look_at_rollup(&after);
		/* Half of each page was the parent's; a quarter leaves room for the few pages that others share. */
		EXPECT_GE(size_in(&after, "\nPss_Anon:"), size_in(&before, "\nPss_Anon:") + KB(PAGES) / 4);
		EXPECT_GE(size_in(&after, "\nAnonymous:"), KB(PAGES));
		expect_consistent(&before);
		expect_consistent(&after);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- I/O -------------------------------------------------------------------------------------------- */

static const char *const io_keys[] = {
	"rchar:", "wchar:", "syscr:", "syscw:", "read_bytes:", "write_bytes:", "cancelled_write_bytes:",
};
#define IO_KEYS ARRAY_SIZE(io_keys)
#define BYTES 5000

struct io {
	long long count[IO_KEYS];
};

/* Looks once, since that is I/O, too. */
static void look_at_io(const char *path, struct io *io)
{
	char text[512] = "";

	SETUP_RAW(read_file(path, text, sizeof(text)));
	for (size_t i = 0; i < IO_KEYS; i++) {
		const char *at = strstr(text, io_keys[i]);
		io->count[i] = at ? strtoll(at + strlen(io_keys[i]), NULL, 10) : -1;
	}
}

static void write_and_read(void)
{
	static char bytes[BYTES];
	int ends[2];

	SETUP_RAW(SYSCALL2(SYS_pipe2, ends, 0));
	SETUP_RAW(sys_write(ends[1], bytes, BYTES));
	SETUP_RAW(sys_read(ends[0], bytes, BYTES));
	sys_close(ends[0]);
	sys_close(ends[1]);
}

TEST(io_of_child, .covers = "INH-USE-02", .features = FEATURES(NEEDS_PROC, NEEDS_TASK_IO),
     .summary = "all counts in /proc/PID/io are zero in a new child", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	struct io io;

	write_and_read();
	look_at_io("/proc/self/io", &io);
	EXPECT_GE(io.count[0], BYTES);
	EXPECT_GE(io.count[1], BYTES);
	EXPECT_GT(io.count[2], 0);
	EXPECT_GT(io.count[3], 0);
	long child = door->fork();
	if (child == 0) {
		look_at_io("/proc/self/io", &io);
		for (size_t i = 0; i < IO_KEYS; i++)
			EXPECT_EQ(io.count[i], 0, io_keys[i]);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

static int look_write_and_read(void *arg)
{
	char path[64] = "/proc/self/task/";

	append_number(path, sizeof(path), sys_gettid());
	append_text(path, sizeof(path), "/io");
	look_at_io(path, arg);
	write_and_read();
	return 0;
}

TEST(io_of_threads, .covers = "THR-USE-04", .features = FEATURES(NEEDS_PROC, NEEDS_TASK_IO),
     .summary =
	     "the counts in task/TID/io are zero for a new thread, and those in PID/io keep what ended threads have done",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct io before, after, *threads = shared(sizeof(*threads));

	write_and_read();
	for (int i = 0; i < 3; i++) {
		look_at_io("/proc/self/io", &before);
		long tid = CLONE_CALL(door->via, new_stack(), look_write_and_read, threads, .flags = THREAD_FLAGS);
		REQUIRE_GT(tid, 0, i);
		await_thread_gone((pid_t)tid);
		look_at_io("/proc/self/io", &after);
		for (size_t k = 0; k < IO_KEYS; k++)
			EXPECT_EQ(threads->count[k], 0, io_keys[k]);
		for (size_t k = 0; k < 2; k++)
			EXPECT_GE(after.count[k], before.count[k] + BYTES, io_keys[k]);
		for (size_t k = 2; k < 4; k++)
			EXPECT_GE(after.count[k], before.count[k] + 1, io_keys[k]);
	}
}

TEST(io_of_children, .covers = "INH-USE-04", .features = FEATURES(NEEDS_PROC, NEEDS_TASK_IO),
     .summary = "/proc/PID/io counts what a child has read and written once it was waited for, and not before")
{
	struct io before, zombie, after;

	look_at_io("/proc/self/io", &before);
	pid_t child = fork_helper();
	if (child == 0) {
		for (int i = 0; i < 100; i++)
			write_and_read();
		leave(0);
	}
	await_zombie(child);
	look_at_io("/proc/self/io", &zombie);
	EXPECT_LT(zombie.count[1], before.count[1] + BYTES);
	EXPECT_EQ(checked_wait(child, NULL, 0), child);
	look_at_io("/proc/self/io", &after);
	EXPECT_GE(after.count[0], before.count[0] + 100 * BYTES);
	EXPECT_GE(after.count[1], before.count[1] + 100 * BYTES);
}

/* ---- Turns on the processor --------------------------------------------------------------------------- */

static long switches(int who)
{
	struct rusage usage = { 0 };

	SETUP_RAW(SYSCALL2(SYS_getrusage, who, &usage));
	return usage.ru_nvcsw;
}

#define NAPS 50

static int nap(void *arg)
{
	long *counted = arg;
	struct timespec a_moment = { 0, 1000 };

	counted[0] = switches(RUSAGE_THREAD);
	/* One as short as this may be over before its thread has left the processor: that does not count. */
	for (int i = 0; i < 1000 * NAPS && switches(RUSAGE_THREAD) < counted[0] + NAPS; i++)
		SYSCALL2(SYS_nanosleep, &a_moment, NULL);
	counted[1] = switches(RUSAGE_THREAD);
	return 0;
}

TEST(switches_of_threads, .covers = "THR-USE-05",
     .summary = "a new thread has not slept yet, and its process keeps count of what it has, when it is gone",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	long own[2], *threads = shared(2 * sizeof(*threads));

	nap(own);
	EXPECT_GE(own[1], own[0] + NAPS);
	long sum = switches(RUSAGE_SELF);
	for (int i = 0; i < 3; i++) {
		long tid = CLONE_CALL(door->via, new_stack(), nap, threads, .flags = THREAD_FLAGS);
		REQUIRE_GT(tid, 0, i);
		await_thread_gone((pid_t)tid);
		EXPECT_LT(threads[0], NAPS, i);
		EXPECT_GE(threads[1], threads[0] + NAPS, i);
		sum += threads[1];
		EXPECT_GE(switches(RUSAGE_SELF), sum, i);
	}
}

#define TURNS 3 /* time on the processor, time spent waiting, turns */

/* The first child of a process that has slept 2^round times has less of all, which is the exit status 0. */
static _Noreturn void compare_schedstat(const struct fork_door *door, int round, bool last)
{
	static long long parents[TURNS], childs[TURNS];
	long slept[2];
	int status = -1;

	for (int i = 0; i < 1 << round; i++) {
		nap(slept);
		map_written(64);
	}
	read_numbers("/proc/self/schedstat", 0, parents, TURNS);
	long child = door->fork();
	if (child == 0) {
		read_numbers("/proc/self/schedstat", 0, childs, TURNS);
		EXPECT_GT(childs[2], 0, round);
		bool less = childs[0] < parents[0] && childs[2] < parents[2];
		if (last) {
			EXPECT_LT(childs[0], parents[0], round);
			EXPECT_LT(childs[2], parents[2], round);
		}
		leave(less || last ? 0 : 1);
	}
	REQUIRE_GT(child, 0, round);
	EXPECT_EQ(checked_wait((pid_t)child, &status, 0), child, round);
	EXPECT_TRUE(WIFEXITED(status), round);
	leave(WEXITSTATUS(status));
}

TEST(schedstat, .covers = "INH-USE-03", .features = FEATURES(NEEDS_PROC, NEEDS_SCHEDSTAT),
     .summary = "schedstat counts for a child from zero", THROUGH(fork_doors), .passes = each_call)
{
	const struct fork_door *door = this_door();
	int status = W_EXITCODE(1, 0);

	/* On a slow machine a child is on the processor for long until it can look. */
	for (int round = 0; round < 8 && status == W_EXITCODE(1, 0); round++) {
		pid_t parent = fork_helper();
		if (parent == 0)
			compare_schedstat(door, round, round == 7);
		EXPECT_EQ(checked_wait(parent, &status, 0), parent, round);
	}
	EXPECT_EQ(status, 0);
}

/* ---- Over execve ---------------------------------------------------------------------------------------- */

/* Of a process, as stat numbers it. */
enum { MINFLT = 10, CMINFLT, CUTIME = 16, CSTIME, THREADS = 20, START = 22, STAT_FIELDS };

static void look_at(pid_t pid, long long *fields)
{
	char path[64], text[2048] = "";

	SETUP_RAW(read_file(proc_path(path, sizeof(path), pid, "stat"), text, sizeof(text)));
	char *at = strrchr(text, ')');
	if (!at)
		BROKEN("a stat without a name in parentheses");
	at += 3; /* a blank and the state, a letter */
	for (int n = 4; n < STAT_FIELDS; n++)
		fields[n] = strtoll(at, &at, 10);
}

/* The processor time of another process, ns. */
static long long clock_of(pid_t pid)
{
	clockid_t clock;
	struct timespec used;

	SETUP(-clock_getcpuclockid(pid, &clock));
	SETUP(clock_gettime(clock, &used));
	return used.tv_sec * 1000000000LL + used.tv_nsec;
}

enum { MAY_EXECUTE, IS_READY };

static int execute_pause(void *arg)
{
	map_written(PAGES);
	post(IS_READY);
	await(MAY_EXECUTE);
	SETUP_RAW(execute_self(IMAGE_PAUSE, *(int *)arg));
	return 1;
}

/* A thread that has ended, a child that was waited for, and threads that are there until one of them executes. */
static void live_and_execute(int out)
{
	long switches[2];
	pid_t child = fork_helper();

	if (child == 0) {
		map_written(PAGES);
		leave(0);
	}
	SETUP_RAW(checked_wait(child, NULL, 0));
	await_thread_gone(start_thread(nap, switches));
	start_thread(execute_pause, &out);
	await(EVENTS - 1);
}

TEST(over_execve, .covers = "INH-EXEC-17", .features = FEATURES(NEEDS_PROC, NEEDS_READABLE),
     .summary =
	     "execve by a thread that is not the first leaves the process's start, time, faults and children's as they were")
{
	long long before[STAT_FIELDS], after[STAT_FIELDS];
	int channel[2];
	char byte;

	SETUP(pipe(channel));
	pid_t child = fork_helper();
	if (child == 0) {
		live_and_execute(channel[1]);
		leave(1);
	}
	sys_close(channel[1]);
	await(IS_READY);
	look_at(child, before);
	long long time_before = clock_of(child);
	EXPECT_EQ(before[THREADS], 2);
	EXPECT_GE(before[MINFLT], PAGES);
	EXPECT_GE(before[CMINFLT], PAGES);
	post(MAY_EXECUTE);
	EXPECT_EQ(sys_read(channel[0], &byte, 1), 1);
	look_at(child, after);
	EXPECT_EQ(after[THREADS], 1);
	EXPECT_EQ(after[START], before[START]);
	EXPECT_GE(after[MINFLT], before[MINFLT]);
	EXPECT_GE(clock_of(child), time_before);
	EXPECT_EQ(after[CMINFLT], before[CMINFLT]);
	EXPECT_EQ(after[CUTIME], before[CUTIME]);
	EXPECT_EQ(after[CSTIME], before[CSTIME]);
	SETUP_RAW(checked_kill(child, SIGKILL));
	EXPECT_KILLED(child, SIGKILL);
}
