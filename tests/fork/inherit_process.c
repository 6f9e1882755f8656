// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Other attributes of a process over fork: personality, what the kernel does when memory runs out or it crashes ... */
#include "inherit.h"

#include <linux/futex.h>
#include <linux/membarrier.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>

#ifndef PR_GET_TID_ADDRESS
#define PR_GET_TID_ADDRESS 40
#endif

/* All that changes nothing for the test itself. */
static void set_personality(void)
{
	SETUP_RAW(SYSCALL1(SYS_personality,
			   ADDR_NO_RANDOMIZE | ADDR_COMPAT_LAYOUT | SHORT_INODE | WHOLE_SECONDS | STICKY_TIMEOUTS));
}

static long long get_personality(void)
{
	return SYSCALL1(SYS_personality, 0xffffffff);
}

static void change_personality(void)
{
	SETUP_RAW(SYSCALL1(SYS_personality, WHOLE_SECONDS | ADDR_COMPAT_LAYOUT));
}

static long long number_in(const char *path, int base)
{
	char text[32];

	return read_file(path, text, sizeof(text)) <= 0 ? -1 : strtoll(text, NULL, base);
}

#define OOM_SCORE_ADJ "/proc/self/oom_score_adj"

static void set_oom_score_adj(void)
{
	SETUP_RAW(write_file(OOM_SCORE_ADJ, "777"));
}

static long long get_oom_score_adj(void)
{
	return number_in(OOM_SCORE_ADJ, 10);
}

static void change_oom_score_adj(void)
{
	SETUP_RAW(write_file(OOM_SCORE_ADJ, "888"));
}

#define COREDUMP_FILTER "/proc/self/coredump_filter"

/* Of its nine bits none is as it is by default, 0x33. */
static void set_coredump_filter(void)
{
	SETUP_RAW(write_file(COREDUMP_FILTER, "0x1cc"));
}

static long long get_coredump_filter(void)
{
	return number_in(COREDUMP_FILTER, 16);
}

static void change_coredump_filter(void)
{
	SETUP_RAW(write_file(COREDUMP_FILTER, "0x0aa"));
}

static void register_membarrier(void)
{
	SETUP_RAW(SYSCALL2(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0));
}

/* 0, or -EPERM without registration. */
static long long use_membarrier(void)
{
	return SYSCALL2(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0);
}

static void set_mempolicy(void)
{
	const unsigned long node_0 = 1;

	SETUP_RAW(SYSCALL3(SYS_set_mempolicy, 2 /* MPOL_BIND */ | 1 << 15 /* MPOL_F_STATIC_NODES */, &node_0,
			   8 * sizeof(node_0)));
}

static long long get_mempolicy(void)
{
	unsigned long nodes[16] = { 0 };
	int mode = -1;

	SETUP_RAW(SYSCALL5(SYS_get_mempolicy, &mode, nodes, 8 * sizeof(nodes), NULL, 0));
	return mode + (long long)(nodes[0] << 32);
}

static void change_mempolicy(void)
{
	SETUP_RAW(SYSCALL3(SYS_set_mempolicy, 0 /* MPOL_DEFAULT */, NULL, 0));
}

static const struct attribute to_keep[] = {
	{ { "personality", .covers = "INH-SEC-16 FORK-063", .features = FEATURES(NEEDS_PERSONALITY) },
	  OF_THREAD,
	  KEPT,
	  .set = set_personality,
	  .get = get_personality,
	  .change = change_personality,
	  .exec = { KEPT, "INH-EXEC-12" } },
	{ { "oom_score_adj", .covers = "INH-SEC-19 INH-PROC-02 FORK-063",
	    .features = FEATURES(NEEDS_PROC, NEEDS_READABLE) },
	  OF_PROCESS,
	  KEPT,
	  .set = set_oom_score_adj,
	  .get = get_oom_score_adj,
	  .change = change_oom_score_adj,
	  .vm = SHARED,
	  .exec = { KEPT, "INH-EXEC-12" } },
	{ { "coredump_filter", .covers = "INH-SEC-18", .features = FEATURES(NEEDS_CORE_FILTER, NEEDS_READABLE) },
	  OF_MEMORY,
	  KEPT,
	  .set = set_coredump_filter,
	  .get = get_coredump_filter,
	  .change = change_coredump_filter,
	  .exec = { KEPT, "INH-EXEC-12" } },
	{ { "membarrier", .covers = "INH-MEM-15", .features = FEATURES(NEEDS_MEMBARRIER) },
	  OF_MEMORY,
	  KEPT,
	  .set = register_membarrier,
	  .get = use_membarrier,
	  .exec = { RESET, "INH-EXEC-13" },
	  .fresh = -EPERM },
	{ { "mempolicy", .covers = "INH-MEM-13", .features = FEATURES(NEEDS_NUMA) },
	  OF_THREAD,
	  KEPT,
	  .set = set_mempolicy,
	  .get = get_mempolicy,
	  .change = change_mempolicy,
	  .exec = { KEPT, "INH-EXEC-12" } },
};

TEST(kept, .summary = "the child begins with its parent's attributes", ATTRIBUTES(to_keep))
{
	test_inheritance();
}

static struct robust_list_head robust_list;

static void set_robust_list(void)
{
	robust_list.list.next = &robust_list.list;
	SETUP_RAW(SYSCALL2(SYS_set_robust_list, &robust_list, sizeof(robust_list)));
}

static long long get_robust_list(void)
{
	void *head = NULL;
	size_t size = 0;

	SETUP_RAW(SYSCALL3(SYS_get_robust_list, 0, &head, &size));
	return (long long)(uintptr_t)head;
}

static int tid_word;

static void set_tid_word(void)
{
	sys_set_tid_address(&tid_word);
}

static long long get_tid_word(void)
{
	uint64_t address = 0; /* the kernel writes a long */

	SETUP_RAW(sys_prctl(PR_GET_TID_ADDRESS, (unsigned long)&address, 0, 0, 0));
	return (long long)address;
}

/* The C library's own fork sets both anew in the child. */
#define NOT_BY_LIBC .except = DOOR(BY_FORK)

static const struct attribute to_reset[] = {
	{ { "robust_list", .covers = "INH-IPC-11" },
	  OF_THREAD,
	  RESET,
	  .set = set_robust_list,
	  .get = get_robust_list,
	  NOT_BY_LIBC },
	{ { "clear_child_tid", .covers = "INH-PROC-01", .features = FEATURES(NEEDS_CHECKPOINT_RESTORE) },
	  OF_THREAD,
	  RESET,
	  .set = set_tid_word,
	  .get = get_tid_word,
	  NOT_BY_LIBC },
};

TEST(reset, .summary = "the addresses that the kernel uses at the end of a thread are not inherited",
     ATTRIBUTES(to_reset))
{
	test_inheritance();
}
