// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Performance counters: whether what a child does counts for its parent, and the record of a fork. */
#include "inherit.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>

enum { MAY_END };

/* A counter of what the calling thread does, on any processor. */
static int open_counter(struct perf_event_attr *attr)
{
	attr->type = PERF_TYPE_SOFTWARE;
	attr->size = sizeof(*attr);
	attr->exclude_kernel = 1;
	attr->exclude_hv = 1;
	return (int)SETUP_RAW(SYSCALL5(SYS_perf_event_open, attr, 0, -1, -1, 0));
}

/* ---- Counting ------------------------------------------------------------------------------------ */

/* More page faults than the parent itself has meanwhile. */
#define FAULTS 64

static int fault(void *pages)
{
	const size_t size = page_size();

	for (size_t i = 0; i < FAULTS; i++)
		((volatile char *)pages)[i * size] = 1;
	return 0;
}

#define PROCESS 0
#define SHARER (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND)

static const struct count {
	struct case_head head;
	struct perf_event_attr attr;
	uint64_t clone_flags;
	bool counted;
} counts[] = {
	{ { "process", .covers = "INH-SEC-20" }, { .inherit = 1 }, PROCESS, true },
	{ { "process_alone", .covers = "INH-SEC-20" }, { .inherit = 0 }, PROCESS, false },
	{ { "process_of_threads", .covers = "INH-SEC-21" }, { .inherit = 1, .inherit_thread = 1 }, PROCESS, false },
	{ { "sharer_of_threads", .covers = "INH-SEC-21" }, { .inherit = 1, .inherit_thread = 1 }, SHARER, false },
	{ { "thread", .covers = "INH-SEC-20" }, { .inherit = 1 }, THREAD_FLAGS, true },
	{ { "thread_alone", .covers = "INH-SEC-20" }, { .inherit = 0 }, THREAD_FLAGS, false },
	{ { "thread_of_threads", .covers = "INH-SEC-21" }, { .inherit = 1, .inherit_thread = 1 }, THREAD_FLAGS, true },
};

TEST(counted, .features = FEATURES(NEEDS_PERF_EVENTS),
     .summary = "a counter with inherit counts children and threads, with inherit_thread threads only, else neither",
     CASES_NEEDING(counts), THROUGH(clone_doors))
{
	const struct count *count = this_case();
	const struct clone_door *door = this_door();
	struct perf_event_attr attr = count->attr;
	struct stack *stack = new_stack();
	const size_t size = FAULTS * page_size();
	uint64_t value = 0;

	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SETUP(pages == MAP_FAILED ? -1 : 0);
	sys_madvise(pages, size, MADV_NOHUGEPAGE);
	attr.config = PERF_COUNT_SW_PAGE_FAULTS;
	int counter = open_counter(&attr);
	long child = CLONE_CALL(door->via, stack, fault, pages, .flags = count->clone_flags,
				.exit_signal = count->clone_flags & CLONE_THREAD ? 0 : SIGCHLD);
	REQUIRE_GT(child, 0);
	if (count->clone_flags & CLONE_THREAD)
		await_thread_gone((pid_t)child);
	else
		EXPECT_EXITED(child, 0);
	SETUP_RAW(sys_read(counter, &value, sizeof(value)));
	if (count->counted)
		EXPECT_GE(value, FAULTS);
	else
		EXPECT_LT(value, FAULTS);
}

/* ---- Records ------------------------------------------------------------------------------------- */

struct fork_record {
	struct perf_event_header header;
	uint32_t pid, ppid, tid, ptid;
};

static int wait_to_end(void *unused)
{
	(void)unused;
	await(MAY_END);
	return 0;
}

/* How many records of a fork there are in a ring of one page, and the last of them. */
static int fork_records(const struct perf_event_mmap_page *ring, struct fork_record *last)
{
	const char *data = (const char *)ring + page_size();
	const uint64_t end = *(const volatile __u64 *)&ring->data_head;
	int found = 0;

	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	for (uint64_t at = 0; at + sizeof(*last) <= end && end <= page_size();) {
		const struct perf_event_header *header = (const void *)(data + at);
		if (!header->size)
			break;
		if (header->type == PERF_RECORD_FORK) {
			*last = *(const struct fork_record *)(const void *)header;
			found++;
		}
		at += header->size;
	}
	return found;
}

static const struct told {
	const char *name;
	struct perf_event_attr attr;
	uint64_t clone_flags;
} tolds[] = {
	{ "process", { .task = 1 }, PROCESS },
	{ "thread", { .task = 1 }, THREAD_FLAGS },
	{ "without", { .task = 0 }, PROCESS },
};

TEST(recorded, .covers = "INH-SEC-22", .features = FEATURES(NEEDS_PERF_EVENTS),
     .summary = "a counter with task writes a record for each new process and thread, before clone returns",
     CASES(tolds), THROUGH(clone_doors))
{
	const struct told *told = this_case();
	const struct clone_door *door = this_door();
	struct perf_event_attr attr = told->attr;
	struct fork_record record = { 0 };

	attr.config = PERF_COUNT_SW_DUMMY;
	int counter = open_counter(&attr);
	void *ring = mmap(NULL, 2 * page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, counter, 0);
	SETUP(ring == MAP_FAILED ? -1 : 0);
	long child = CLONE_CALL(door->via, new_stack(), wait_to_end, NULL, .flags = told->clone_flags,
				.exit_signal = told->clone_flags & CLONE_THREAD ? 0 : SIGCHLD);
	int records = fork_records(ring, &record);
	post(MAY_END);
	REQUIRE_GT(child, 0);
	if (told->clone_flags & CLONE_THREAD)
		await_thread_gone((pid_t)child);
	else
		EXPECT_EXITED(child, 0);
	REQUIRE_EQ(records, (int)told->attr.task);
	if (!records)
		return;
	EXPECT_EQ(record.tid, child);
	EXPECT_EQ(record.pid, told->clone_flags & CLONE_THREAD ? sys_getpid() : child);
	EXPECT_EQ(record.ppid, sys_getpid());
	EXPECT_EQ(record.ptid, sys_gettid());
}

/* ---- The ring ------------------------------------------------------------------------------------ */

static void *ring;

static void map_ring(void)
{
	struct perf_event_attr attr = { .config = PERF_COUNT_SW_PAGE_FAULTS };
	int counter = open_counter(&attr);

	ring = (void *)SETUP_RAW(sys_map(NULL, 2 * page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, counter, 0));
}

static long long find_ring(void)
{
	unsigned char in_core;

	return SYSCALL3(SYS_mincore, ring, 1, &in_core);
}

static const struct attribute to_reset[] = {
	{ { "ring", .covers = "INH-MEM-16" }, OF_MEMORY, RESET, .set = map_ring, .get = find_ring, .fresh = -ENOMEM },
};

TEST(reset, .features = FEATURES(NEEDS_PERF_EVENTS),
     .summary = "the ring of a counter is in the memory of the process that mapped it, and in no child's copy",
     ATTRIBUTES(to_reset))
{
	test_inheritance();
}
