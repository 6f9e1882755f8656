// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "clone_call.h"
#include "creation.h"
#include "prepare.h"
#include "processors.h"
#include "syscalls.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

size_t small_page(void)
{
	static size_t size;

	if (!size)
		size = (size_t)sysconf(_SC_PAGESIZE);
	return size;
}

void touch(char *memory, size_t bytes, size_t step)
{
	for (size_t at = 0; at < bytes; at += step)
		*(volatile char *)(memory + at) = 1;
}

/* ---- Memory ------------------------------------------------------------------------------------ */

char *map_pages(size_t bytes, bool huge)
{
	char *map = mmap(NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			 -1, 0);

	if (map == MAP_FAILED)
		return NULL;
	size_t before = -(uintptr_t)map % HUGE_PAGE;
	if (before)
		munmap(map, before);
	map += before;
	munmap(map + bytes, HUGE_PAGE - before);
	/* A kernel without huge pages refuses both advices: it has small pages anyway. */
	if (madvise(map, bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) && huge)
		return NULL;
	return map;
}

/* How much of this process is in huge pages, in bytes; all of it where that isn't told. */
static size_t in_huge_pages(void)
{
	FILE *file = fopen("/proc/self/smaps", "re");
	size_t sum = 0, kib;
	char line[256];

	if (!file)
		return SIZE_MAX;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "AnonHugePages: %zu", &kib) == 1)
			sum += kib * 1024;
	fclose(file);
	return sum;
}

static long fill(struct caller *caller, size_t bytes, bool huge)
{
	caller->bytes = bytes;
	caller->memory = map_pages(bytes, huge);
	if (!caller->memory)
		return -errno;
	/* All at once, since Linux 5.14. Emulators accept advice that they don't follow. */
	madvise(caller->memory, bytes, MADV_POPULATE_WRITE);
	touch(caller->memory, bytes, small_page());
	/* Accepted advice is no promise: memory may be in pieces, or the advice ignored. */
	return huge && in_huge_pages() < bytes / 10 * 9 ? -EOPNOTSUPP : 0;
}

long prepare_small_pages(struct caller *caller)
{
	return fill(caller, caller->amount * MIB, false);
}

long prepare_huge_pages(struct caller *caller)
{
	return fill(caller, caller->amount * MIB, true);
}

long prepare_page_count(struct caller *caller)
{
	return fill(caller, caller->amount * small_page(), false);
}

long prepare_huge_page_count(struct caller *caller)
{
	return fill(caller, caller->amount * HUGE_PAGE, true);
}

long prepare_untouched(struct caller *caller)
{
	caller->bytes = caller->amount * MIB;
	caller->memory = map_pages(caller->bytes, false);
	return caller->memory ? 0 : -errno;
}

/* Pages side by side that differ in protection, and so can't be one mapping. */
long prepare_mappings(struct caller *caller)
{
	size_t page = small_page();
	long r = fill(caller, caller->amount * page, false);

	for (size_t at = 0; !r && at < caller->bytes; at += 2 * page)
		r = sys_mprotect(caller->memory + at, page, PROT_READ);
	return r;
}

/* ---- Descriptors ------------------------------------------------------------------------------- */

long prepare_descriptors(struct caller *caller)
{
	struct rlimit limit;
	int ends[2];

	if (!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur < caller->amount + 16) {
		limit.rlim_cur = caller->amount + 16;
		if (limit.rlim_max < limit.rlim_cur)
			limit.rlim_max = limit.rlim_cur;
		if (setrlimit(RLIMIT_NOFILE, &limit))
			return -errno;
	}
	if (pipe(ends))
		return -errno;
	for (unsigned long n = 5; n < caller->amount; n++)
		if (dup(ends[0]) < 0)
			return -errno;
	return 0;
}

/* ---- Threads and other processors -------------------------------------------------------------- */

#define THREAD_STACK (16 * 1024)
#define IDLE_THREAD (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)

/* Starts a thread without a C library, which never ends but with its process. */
static long start_thread(int (*fn)(void *), void *data)
{
	long map = sys_map_private(NULL, THREAD_STACK, PROT_READ | PROT_WRITE);

	if (map < 0)
		return map;
	/* Or a fork would pay for the stacks. It is the number of threads that is of interest. */
	sys_madvise((void *)map, THREAD_STACK, MADV_DONTFORK);
	/* At the low end: the stack grows towards it, and does not get there. */
	struct clone_call *call = (struct clone_call *)map;
	*call = (struct clone_call){
		.nr = SYS_clone,
		.arg = { IDLE_THREAD, map + THREAD_STACK },
		.fn = fn,
		.data = data,
	};
	long tid = clone_call_raw(call);
	return tid < 0 ? tid : 0;
}

static int wait_for_ever(void *unused)
{
	static uint32_t never;

	(void)unused;
	while (!never)
		SYSCALL4(SYS_futex, &never, FUTEX_WAIT, 0, NULL);
	return 0;
}

long prepare_threads(struct caller *caller)
{
	long r = 0;

	for (unsigned long n = 1; !r && n < caller->amount; n++)
		r = start_thread(wait_for_ever, NULL);
	return r;
}

/* Another processor than the caller's, each time the next one. */
static int other_processor(const struct caller *caller, unsigned long n)
{
	return (caller->processor + (int)n) % processor_count();
}

/* Processes on the other processors that do the same all the time. They end with the caller. */
static long keep_busy(struct caller *caller, operation *operation)
{
	pid_t parent = sys_getpid();

	for (unsigned long n = 1; n < caller->amount; n++) {
		pid_t pid = fork();
		if (pid < 0)
			return -errno;
		if (pid)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		pin_to(other_processor(caller, n));
		while (sys_getppid() == parent)
			operation(caller, 0);
		sys_exit_group(0);
	}
	return 0;
}

long prepare_forking_processes(struct caller *caller)
{
	return keep_busy(caller, create_clone);
}

long prepare_threading_processes(struct caller *caller)
{
	return keep_busy(caller, create_thread_clone);
}

static int fork_for_ever(void *processor)
{
	pin_to((int)(long)processor);
	for (;;) {
		long pid = sys_clone(SIGCHLD, NULL, NULL, NULL, 0);
		if (pid == 0)
			sys_exit_group(0);
		reap(pid);
	}
}

long prepare_forking_threads(struct caller *caller)
{
	long r = 0;

	for (unsigned long n = 1; !r && n < caller->amount; n++)
		r = start_thread(fork_for_ever, (void *)(long)other_processor(caller, n));
	return r;
}
