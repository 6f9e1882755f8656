// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The figures: what is measured, against what. */
#include <sched.h>
#include <sys/mman.h>

#include "after.h"
#include "creation.h"
#include "figure.h"
#include "prepare.h"
#include "syscalls.h"

static const unsigned long once[] = { 0 };
static const unsigned long mebibytes[] = { 1, 4, 16, 64, 256, 1024, 2048 };
static const unsigned long huge_mebibytes[] = { 4, 16, 64, 256, 1024, 2048 };
static const unsigned long hundreds[] = { 10, 100, 1000, 10000 };
static const unsigned long threads[] = { 1, 10, 100, 1000 };
static const unsigned long pages[] = { 1, 16, 256, 4096, 16384 };
static const unsigned long huge_pages[] = { 1, 8, 64 };
/* A child that writes to all of it needs as much again. */
static const unsigned long sizes_at_end[] = { 1, 16, 256 };

static const struct series ways[] = {
	{ "thread_clone", create_thread_clone, 0, false },
	{ "thread_clone3", create_thread_clone3, 0, false },
	{ "pthread", create_pthread, 0, false },
	{ "vfork", create_vfork, 0, false },
	{ "clone_vm_vfork", create_vm, CLONE_VFORK, false },
	{ "clone_vm", create_vm, 0, false },
	{ "fork", create_fork, 0, false },
	{ "clone", create_clone, 0, false },
	{ "clone3", create_clone3, 0, false },
	{ "vfork_exec", create_vfork_exec, 0, true },
	{ "posix_spawn", create_spawn, 0, true },
	{ "fork_exec", create_fork_exec, 0, true },
};

#define CONTAINER (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP)

static const struct series namespaces[] = {
	{ "none", create_clone, 0, false },
	{ "cgroup", create_clone, CLONE_NEWCGROUP, false },
	{ "ipc", create_clone, CLONE_NEWIPC, false },
	{ "mnt", create_clone, CLONE_NEWNS, false },
	{ "net", create_clone, CLONE_NEWNET, false },
	{ "pid", create_clone, CLONE_NEWPID, false },
	{ "time", create_clone3, CLONE_NEWTIME, false },
	{ "user", create_clone, CLONE_NEWUSER, false },
	{ "uts", create_clone, CLONE_NEWUTS, false },
	{ "container", create_clone, CONTAINER, false },
	{ "container_user", create_clone, CONTAINER | CLONE_NEWUSER, false },
};

static const struct series by_memory[] = {
	{ "fork", create_fork, 0, false },
	{ "vfork", create_vfork, 0, false },
	{ "clone_vm", create_vm, 0, false },
	{ "dontfork", create_advised, MADV_DONTFORK, false },
	{ "wipeonfork", create_advised, MADV_WIPEONFORK, false },
};
static const struct series by_huge_memory[] = { { "fork_thp", create_fork, 0, false },
						{ "vfork_thp", create_vfork, 0, false } };
static const struct series by_untouched_memory[] = { { "fork_untouched", create_fork, 0, false } };
static const struct series by_mappings[] = { { "fork", create_fork, 0, false }, { "vfork", create_vfork, 0, false } };
static const struct series by_descriptors[] = {
	{ "fork", create_fork, 0, false },
	{ "vfork", create_vfork, 0, false },
	{ "clone_files", create_clone, CLONE_FILES, false },
};
static const struct series by_threads[] = {
	{ "fork", create_fork, 0, false },
	{ "vfork", create_vfork, 0, false },
	{ "thread", create_thread_clone, 0, false },
};

static const struct series first_writes[] = {
	{ "child", write_in_child, 4096, false },
	{ "alone", write_when_alone, 4096, false },
	{ "new", write_to_new, 4096, false },
};
static const struct series first_huge_writes[] = {
	{ "child_thp", write_in_child, HUGE_PAGE, false },
	{ "child_thp_whole", write_in_child, 4096, false },
	{ "alone_thp", write_when_alone, HUGE_PAGE, false },
	{ "new_thp", write_to_new, HUGE_PAGE, false },
};
static const struct series ends[] = {
	{ "exit_shared", end_by_exit, false, false },
	{ "exit_own", end_by_exit, true, false },
	{ "kill_shared", end_by_kill, false, false },
};
static const struct series parallel_fork[] = { { "fork", create_clone, 0, false } };
static const struct series parallel_thread[] = { { "thread", create_thread_clone, 0, false } };
static const struct series parallel_threads_fork[] = { { "fork_in_threads", create_clone, 0, false } };

static unsigned long in_mib(unsigned long memory)
{
	return memory / MIB;
}

static unsigned long in_huge_pages(unsigned long memory)
{
	return memory / HUGE_PAGE;
}

/* An array and its length, as two members side by side. */
#define LIST(array) array, ARRAY_LENGTH(array)

const struct group groups[] = {
	{ "create", "ways to create", NULL, NULL, LIST(once), LIST(ways), NULL, NULL, false },
	{ "namespaces", "clone with flags", NULL, NULL, LIST(once), LIST(namespaces), NULL, NULL, false },
	{ "memory", "against resident memory", "MiB", NULL, LIST(mebibytes), LIST(by_memory), prepare_small_pages,
	  in_mib, false },
	{ "memory", "... in huge pages", "MiB", NULL, LIST(huge_mebibytes), LIST(by_huge_memory), prepare_huge_pages,
	  in_mib, false },
	{ "memory", "... mapped and never touched", "MiB", NULL, LIST(mebibytes), LIST(by_untouched_memory),
	  prepare_untouched, in_mib, false },
	{ "mappings", "against mappings", "mappings", NULL, LIST(hundreds), LIST(by_mappings), prepare_mappings, NULL,
	  false },
	{ "descriptors", "against descriptors", "descriptors", NULL, LIST(hundreds), LIST(by_descriptors),
	  prepare_descriptors, NULL, false },
	{ "threads", "against threads of the caller", "threads", NULL, LIST(threads), LIST(by_threads), prepare_threads,
	  NULL, false },
	{ "write", "first write to a page", "pages", "page", LIST(pages), LIST(first_writes), prepare_page_count, NULL,
	  false },
	{ "write", "first write to a huge page", "huge pages", "huge page", LIST(huge_pages), LIST(first_huge_writes),
	  prepare_huge_page_count, in_huge_pages, false },
	{ "end", "from the word to end until reaped", "MiB", NULL, LIST(sizes_at_end), LIST(ends), prepare_small_pages,
	  in_mib, false },
	{ "parallel", "while other processors do the same", "processors", NULL, NULL, 0, LIST(parallel_fork),
	  prepare_forking_processes, NULL, true },
	{ "parallel", "...", "processors", NULL, NULL, 0, LIST(parallel_thread), prepare_threading_processes, NULL,
	  true },
	{ "parallel", "... in threads of one process", "processors", NULL, NULL, 0, LIST(parallel_threads_fork),
	  prepare_forking_threads, NULL, true },
};
const size_t group_count = ARRAY_LENGTH(groups);
