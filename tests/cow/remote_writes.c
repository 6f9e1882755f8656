// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* A third process writes into the memory of the child or of the parent: the other one keeps what it has. */
#define _FILE_OFFSET_BITS 64 /* NOLINT: addresses are offsets in /proc/PID/mem */
#include "regions.h"

#include <sys/ptrace.h>
#include <sys/uio.h>

#define LENGTH 16
#define OLD 'o'
#define NEW 'R'

enum { FORKED, WRITTEN };

static const unsigned char news[LENGTH] = { [0 ... LENGTH - 1] = NEW };

static void by_ptrace(pid_t pid, unsigned char *at)
{
	int status = 0;

	SETUP_RAW(SYSCALL4(SYS_ptrace, PTRACE_SEIZE, pid, 0, 0));
	SETUP_RAW(SYSCALL4(SYS_ptrace, PTRACE_INTERRUPT, pid, 0, 0));
	SETUP_RAW(checked_wait(pid, &status, __WALL));
	if (!WIFSTOPPED(status))
		BROKEN("the process does not stop for its tracer");
	for (size_t i = 0; i < LENGTH; i += sizeof(long)) {
		long result = SYSCALL4(SYS_ptrace, PTRACE_POKEDATA, pid, at + i, *(const long *)(news + i));
		EXPECT_OK(result, i);
	}
	SETUP_RAW(SYSCALL4(SYS_ptrace, PTRACE_DETACH, pid, 0, 0));
}

static void by_process_vm_writev(pid_t pid, unsigned char *at)
{
	struct iovec local = { (void *)news, LENGTH }, remote = { at, LENGTH };

	long result = SYSCALL6(SYS_process_vm_writev, pid, &local, 1, &remote, 1, 0);
	EXPECT_EQ(result, LENGTH);
}

static void by_proc_mem(pid_t pid, unsigned char *at)
{
	char path[32];

	int fd = (int)SETUP(open(proc_path(path, sizeof(path), pid, "mem"), O_RDWR | O_CLOEXEC));
	ssize_t result = pwrite(fd, news, LENGTH, (off_t)(uintptr_t)at);
	EXPECT_EQ(result, LENGTH);
	close(fd);
}

static const struct way {
	struct case_head head;
	void (*write)(pid_t pid, unsigned char *at);
	bool read_only; /* a private mapping of a file without PROT_WRITE, such as a program's text */
} ways[] = {
	{ { "ptrace", .covers = "INH-MEM-09", .features = FEATURES(NEEDS_PTRACE) }, by_ptrace, false },
	{ { "ptrace_read_only", .covers = "INH-MEM-09", .features = FEATURES(NEEDS_PTRACE, NEEDS_WORKDIR) },
	  by_ptrace,
	  true },
	{ { "process_vm_writev", .covers = "INH-MEM-09", .features = FEATURES(NEEDS_PTRACE, NEEDS_CROSS_MEMORY) },
	  by_process_vm_writev,
	  false },
	{ { "proc_mem", .covers = "INH-MEM-10", .features = FEATURES(NEEDS_PTRACE, NEEDS_PROC) }, by_proc_mem, false },
};

/* Two pages full of OLD; what is written lies across their border. */
static unsigned char *make_target(const struct way *way, int *file)
{
	size_t size = 2 * page_size();
	unsigned char *map = map_apart(size, 0);

	*file = -1;
	if (way->read_only) {
		*file = make_file(size, OLD);
		SETUP(mmap(map, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, *file, 0) == map ? 0 : -1);
	} else {
		for (size_t i = 0; i < size; i++)
			map[i] = OLD;
	}
	return map;
}

static void expect_written(const unsigned char *map, bool written)
{
	size_t size = 2 * page_size(), from = size / 2 - LENGTH / 2;

	EXPECT_BYTES(map, from, OLD);
	if (written)
		EXPECT_BYTES(map + from, LENGTH, NEW);
	else
		EXPECT_BYTES(map + from, LENGTH, OLD);
	EXPECT_BYTES(map + from + LENGTH, size - from - LENGTH, OLD);
}

/* The parent, which is a child of the test's own process: that writes, and is the third to have this memory. */
static _Noreturn void be_parent(const unsigned char *map, bool to_parent, pid_t *child_id)
{
	long child = sys_fork();
	if (child == 0) {
		await(WRITTEN);
		expect_written(map, !to_parent);
		leave(0);
	}
	*child_id = (pid_t)child;
	post(FORKED);
	REQUIRE_GT(child, 0);
	await(WRITTEN);
	expect_written(map, to_parent);
	EXPECT_EXITED(child, 0);
	leave(0);
}

static void write_from_outside(const struct way *way, bool to_parent)
{
	pid_t *child = shared(sizeof(*child));
	int file;
	unsigned char *map = make_target(way, &file);

	pid_t parent = fork_helper();
	if (parent == 0)
		be_parent(map, to_parent, child);
	await(FORKED);
	REQUIRE_GT(*child, 0);
	way->write(to_parent ? parent : *child, map + page_size() - LENGTH / 2);
	post(WRITTEN);
	EXPECT_EXITED(parent, 0);
	expect_written(map, false);
	if (file >= 0) {
		SETUP(mmap(map, 2 * page_size(), PROT_READ, MAP_SHARED | MAP_FIXED, file, 0) == map ? 0 : -1);
		expect_written(map, false);
	}
}

TEST(to_child, .summary = "what a tracer writes into the child's memory does not appear in its parent's, nor in a file",
     CASES_NEEDING(ways))
{
	write_from_outside(this_case(), false);
}

TEST(to_parent,
     .summary = "what a tracer writes into the parent's memory does not appear in its child's, nor in a file",
     CASES_NEEDING(ways))
{
	write_from_outside(this_case(), true);
}
