// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Forks while another thread is at the memory; and copy on write against the page being dropped. */
#include "regions.h"

#include <string.h>
#include <sys/ptrace.h>

#define OLD 'o'
#define NEW 'n'

/* ---- A system call that is waiting to write ------------------------------------------------------- */

enum { READ_DONE };

struct reader {
	int pipe[2];
	unsigned char *buffer;
	volatile int done; /* 0 until the call is over */
	volatile long result;
};

static int read_into_buffer(void *arg)
{
	struct reader *reader = arg;

	reader->result = sys_read(reader->pipe[0], reader->buffer, page_size());
	reader->done = 1;
	post(READ_DONE);
	return 0;
}

TEST(blocked_read, .covers = "INH-MEM-08 COW-13", .features = FEATURES(NEEDS_PROC),
     .summary = "a read that was waiting when another thread forked stores its data for the parent only")
{
	static const long calls[] = { SYS_read, -1 };
	size_t page = page_size();
	struct reader reader = { .buffer = map_apart(page, 0) };
	unsigned char *news = map_apart(page, 0);

	memset(reader.buffer, OLD, page);
	memset(news, NEW, page);
	SETUP(pipe(reader.pipe));
	pid_t tid = start_thread(read_into_buffer, &reader);
	EXPECT_TRUE(await_blocked(tid, calls, &reader.done, 0));
	long child = sys_fork();
	if (child == 0) {
		await(READ_DONE);
		EXPECT_BYTES(reader.buffer, page, OLD);
		leave(0);
	}
	SETUP(sys_write(reader.pipe[1], news, page));
	await_thread_gone(tid);
	EXPECT_EQ(reader.result, (long)page);
	EXPECT_BYTES(reader.buffer, page, NEW);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- A thread that is writing --------------------------------------------------------------------- */

/* Two counters in different pages, the first one always counted first. */
struct counters {
	volatile unsigned *first, *second;
	volatile unsigned *beat; /* shared: how far the thread has come */
	volatile bool *stop;
};

static int count(void *arg)
{
	struct counters *counters = arg;

	while (!*counters->stop) {
		++*counters->first;
		++*counters->second;
		++*counters->beat;
		if (*counters->beat % 1024 == 0)
			sys_sched_yield();
	}
	return 0;
}

static void await_beats(const struct counters *counters, unsigned beats)
{
	unsigned start = *counters->beat;

	while (*counters->beat - start < beats)
		sys_sched_yield();
}

/* The child: its counters are as they were at one moment, and stay. */
static _Noreturn void look_at_counters(const struct counters *counters)
{
	unsigned second = *counters->second, first = *counters->first;

	EXPECT_LE(first - second, 1U);
	await_beats(counters, 1500);
	EXPECT_EQ(*counters->first, first);
	EXPECT_EQ(*counters->second, second);
	leave(0);
}

TEST(writing_thread, .covers = "FORK-006 COW-14",
     .summary = "the child has what another thread had written at one moment, and nothing that it writes later")
{
	enum { FORKS = 20 };
	struct counters counters = {
		.first = (unsigned *)map_apart(page_size(), 0),
		.second = (unsigned *)map_apart(page_size(), 0),
		.beat = shared(sizeof(*counters.beat)),
		.stop = shared(sizeof(*counters.stop)),
	};

	pid_t tid = start_thread(count, &counters);
	for (int i = 0; i < FORKS; i++) {
		await_beats(&counters, 100);
		long child = sys_fork();
		if (child == 0)
			look_at_counters(&counters);
		REQUIRE_GT(child, 0, i);
		EXPECT_EXITED(child, 0, i);
	}
	*counters.stop = true;
	await_thread_gone(tid);
}

/* ---- A thread whose stores must stay ---------------------------------------------------------------- */

#define PAGES 16

struct keeper {
	volatile unsigned *pages[PAGES];
	volatile unsigned *lost, *beat;
	volatile bool *stop;
};

/* Writes to each page in turn, and looks whether what it wrote the last time is there. */
static int keep(void *arg)
{
	struct keeper *keeper = arg;

	for (unsigned n = 0; !*keeper->stop; n++) {
		for (unsigned i = 0; i < PAGES; i++) {
			if (*keeper->pages[i] != n)
				++*keeper->lost;
			*keeper->pages[i] = n + 1;
		}
		++*keeper->beat;
		if (n % 1024 == 0)
			sys_sched_yield();
	}
	return 0;
}

TEST(kept_stores, .covers = "COW-19", .summary = "no store of a thread is lost though another one forks all the time")
{
	enum { FORKS = 40 };
	struct keeper keeper = {
		.lost = shared(sizeof(*keeper.lost)),
		.beat = shared(sizeof(*keeper.beat)),
		.stop = shared(sizeof(*keeper.stop)),
	};

	for (unsigned i = 0; i < PAGES; i++)
		keeper.pages[i] = (unsigned *)map_apart(page_size(), 0);
	pid_t tid = start_thread(keep, &keeper);
	for (int i = 0; i < FORKS; i++) {
		const unsigned before = *keeper.beat;
		while (*keeper.beat == before)
			sys_sched_yield();
		long child = sys_fork();
		if (child == 0)
			leave(0);
		REQUIRE_GT(child, 0, i);
		EXPECT_EXITED(child, 0, i);
	}
	*keeper.stop = true;
	await_thread_gone(tid);
	EXPECT_EQ(*keeper.lost, 0U);
	for (unsigned i = 1; i < PAGES; i++)
		EXPECT_EQ(*keeper.pages[i], *keeper.pages[0], i);
}

/* ---- Dirty COW ------------------------------------------------------------------------------------- */

enum { DROPPING, POKED };

static int drop_page(void *arg)
{
	post(DROPPING);
	while (!posted(POKED)) {
		sys_madvise(arg, page_size(), MADV_DONTNEED);
		sys_madvise(arg, page_size(), MADV_DONTNEED);
	}
	return 0;
}

static _Noreturn void be_dropper(unsigned char *map)
{
	pid_t tid = start_thread(drop_page, map);

	await(POKED);
	await_thread_gone(tid);
	leave(0);
}

static void stop_leader(pid_t pid)
{
	int status = 0;

	SETUP_RAW(SYSCALL4(SYS_ptrace, PTRACE_SEIZE, pid, 0, 0));
	SETUP_RAW(SYSCALL4(SYS_ptrace, PTRACE_INTERRUPT, pid, 0, 0));
	SETUP_RAW(checked_wait(pid, &status, __WALL));
	if (!WIFSTOPPED(status))
		BROKEN("the process does not stop for its tracer");
}

TEST(dropped_page, .covers = "COW-15", .features = FEATURES(NEEDS_WORKDIR, NEEDS_PTRACE),
     .summary = "a tracer writes into a private, read-only mapping of a file whose pages are being dropped: "
		"the file does not change")
{
	enum { POKES = 3000 };
	size_t page = page_size();
	int file = make_file(page, OLD);
	unsigned char *map = mmap(NULL, page, PROT_READ, MAP_PRIVATE, file, 0), *now = map_apart(page, 0);
	unsigned succeeded = 0;
	long word;

	if (map == MAP_FAILED)
		BROKEN("cannot map a file");
	memset(&word, NEW, sizeof(word));
	pid_t dropper = fork_helper();
	if (dropper == 0)
		be_dropper(map);
	await(DROPPING);
	stop_leader(dropper);
	for (int i = 0; i < POKES; i++)
		succeeded += SYSCALL4(SYS_ptrace, PTRACE_POKEDATA, dropper, map, word) == 0;
	post(POKED);
	SETUP_RAW(SYSCALL4(SYS_ptrace, PTRACE_DETACH, dropper, 0, 0));
	EXPECT_EXITED(dropper, 0);
	EXPECT_GT(succeeded, 0U);
	EXPECT_RETURNS(pread(file, now, page, 0), (ssize_t)page);
	EXPECT_BYTES(now, page, OLD);
	EXPECT_BYTES(map, page, OLD);
}
