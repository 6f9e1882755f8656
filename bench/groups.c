// SPDX-License-Identifier: GPL-2.0-only
/* The figures: what is measured, against what. */
#include <sched.h>
#include <sys/mman.h>

#include "after.h"
#include "create.h"
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
static const unsigned long sizes_at_end[] = { 1, 16, 256 };
static const unsigned long processors[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256 };

static const struct series ways[] = {
	{ "thread_clone", create_thread_clone, 0 },
	{ "thread_clone3", create_thread_clone3, 0 },
	{ "pthread", create_pthread, 0 },
	{ "vfork", create_vfork, 0 },
	{ "clone_vm_vfork", create_vm, CLONE_VFORK },
	{ "clone_vm", create_vm, 0 },
	{ "fork", create_fork, 0 },
	{ "clone", create_clone, 0 },
	{ "clone3", create_clone3, 0 },
	{ "vfork_exec", create_vfork_exec, 0 },
	{ "posix_spawn", create_spawn, 0 },
	{ "fork_exec", create_fork_exec, 0 },
};

#define CONTAINER (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP)

static const struct series namespaces[] = {
	{ "none", create_clone, 0 },
	{ "cgroup", create_clone, CLONE_NEWCGROUP },
	{ "ipc", create_clone, CLONE_NEWIPC },
	{ "mnt", create_clone, CLONE_NEWNS },
	{ "net", create_clone, CLONE_NEWNET },
	{ "pid", create_clone, CLONE_NEWPID },
	{ "time", create_clone3, CLONE_NEWTIME },
	{ "user", create_clone, CLONE_NEWUSER },
	{ "uts", create_clone, CLONE_NEWUTS },
	{ "container", create_clone, CONTAINER },
	{ "container_user", create_clone, CONTAINER | CLONE_NEWUSER },
};

static const struct series by_memory[] = {
	{ "fork", create_fork, 0 },
	{ "vfork", create_vfork, 0 },
	{ "clone_vm", create_vm, 0 },
	{ "dontfork", create_advised, MADV_DONTFORK },
	{ "wipeonfork", create_advised, MADV_WIPEONFORK },
};
static const struct series by_huge_memory[] = { { "fork_thp", create_fork, 0 }, { "vfork_thp", create_vfork, 0 } };
static const struct series by_untouched_memory[] = { { "fork_untouched", create_fork, 0 } };
static const struct series by_mappings[] = { { "fork", create_fork, 0 }, { "vfork", create_vfork, 0 } };
static const struct series by_descriptors[] = {
	{ "fork", create_fork, 0 },
	{ "vfork", create_vfork, 0 },
	{ "clone_files", create_clone, CLONE_FILES },
};
static const struct series by_threads[] = {
	{ "fork", create_fork, 0 },
	{ "vfork", create_vfork, 0 },
	{ "thread", create_thread_clone, 0 },
};

static const struct series first_writes[] = {
	{ "child", write_in_child, 4096 },
	{ "alone", write_when_alone, 4096 },
	{ "new", write_to_new, 4096 },
};
static const struct series first_huge_writes[] = {
	{ "child_thp", write_in_child, HUGE_PAGE },
	{ "child_thp_whole", write_in_child, 4096 },
	{ "alone_thp", write_when_alone, HUGE_PAGE },
	{ "new_thp", write_to_new, HUGE_PAGE },
};
static const struct series ends[] = {
	{ "exit_shared", end_by_exit, false },
	{ "exit_own", end_by_exit, true },
	{ "kill_shared", end_by_kill, false },
};
static const struct series parallel_fork[] = { { "fork", create_clone, 0 } };
static const struct series parallel_thread[] = { { "thread", create_thread_clone, 0 } };
static const struct series parallel_threads_fork[] = { { "fork_in_threads", create_clone, 0 } };

/* Half of the memory: what a child copies needs as much again, and others live here too. */
static unsigned long half_in_mib(unsigned long memory)
{
	return memory / 2 / MIB;
}

static unsigned long half_in_huge_pages(unsigned long memory)
{
	return memory / 2 / HUGE_PAGE;
}

/* An array and its length, as two members side by side. */
#define LIST(array) array, ARRAY_LENGTH(array)

const struct group groups[] = {
	{ "create", "ways to create", NULL, NULL, LIST(once), LIST(ways), NULL, NULL, false },
	{ "namespaces", "clone with flags", NULL, NULL, LIST(once), LIST(namespaces), NULL, NULL, false },
	{ "memory", "against resident memory", "MiB", NULL, LIST(mebibytes), LIST(by_memory), prepare_small_pages,
	  half_in_mib, false },
	{ "memory", "... in huge pages", "MiB", NULL, LIST(huge_mebibytes), LIST(by_huge_memory), prepare_huge_pages,
	  half_in_mib, false },
	{ "memory", "... mapped and never touched", "MiB", NULL, LIST(mebibytes), LIST(by_untouched_memory),
	  prepare_untouched, half_in_mib, false },
	{ "mappings", "against mappings", "mappings", NULL, LIST(hundreds), LIST(by_mappings), prepare_mappings, NULL,
	  false },
	{ "descriptors", "against descriptors", "descriptors", NULL, LIST(hundreds), LIST(by_descriptors),
	  prepare_descriptors, NULL, false },
	{ "threads", "against threads of the caller", "threads", NULL, LIST(threads), LIST(by_threads), prepare_threads,
	  NULL, false },
	{ "write", "first write to a page", "pages", "page", LIST(pages), LIST(first_writes), prepare_page_count, NULL,
	  false },
	{ "write", "first write to a huge page", "huge pages", "huge page", LIST(huge_pages), LIST(first_huge_writes),
	  prepare_huge_page_count, half_in_huge_pages, false },
	{ "end", "from the word to end until reaped", "MiB", NULL, LIST(sizes_at_end), LIST(ends), prepare_small_pages,
	  half_in_mib, false },
	{ "parallel", "while other processors do the same", "processors", NULL, LIST(processors), LIST(parallel_fork),
	  prepare_forking_processes, NULL, true },
	{ "parallel", "...", "processors", NULL, LIST(processors), LIST(parallel_thread), prepare_threading_processes,
	  NULL, true },
	{ "parallel", "... in threads of one process", "processors", NULL, LIST(processors),
	  LIST(parallel_threads_fork), prepare_forking_threads, NULL, true },
};
const size_t group_count = ARRAY_LENGTH(groups);
