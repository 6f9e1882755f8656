// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_NNP: a child that may not gain privileges, of a parent that may. */
#include "forkcheck.h"

#include <sys/prctl.h>

#define CLONE3 NEEDS_CLONE3

/* no_new_privs of the calling thread. */
static long no_new_privs(void)
{
	return SETUP_RAW(sys_prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
}

static const struct way {
	struct case_head head;
	uint64_t flags;
	long in_child;
} ways[] = {
	{ { "flag", .covers = "CLONE-NNP-01 CLONE-NNP-02" }, CLONE_NNP, 1 },
	{ { "none", .covers = "INH-PRCTL-01" }, 0, 0 },
};

TEST(child_only, .features = FEATURES(CLONE3, NEEDS_NEW_PRIVS),
     .summary = "with CLONE_NNP the child begins with no_new_privs and the caller stays without, "
		"without the flag both have not",
     CASES_NEEDING(ways))
{
	const struct way *way = this_case();

	REQUIRE_EQ(no_new_privs(), 0);
	long child = CLONE_HERE(VIA_CLONE3, .flags = way->flags, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_EQ(no_new_privs(), way->in_child);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EQ(no_new_privs(), 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(no_new_privs(), 0);
}

static int tell(void *arg)
{
	*(long *)arg = no_new_privs();
	return 0;
}

TEST(child_that_shares, .covers = "CLONE-NNP-01 CLONE-NNP-02", .features = FEATURES(CLONE3, NEEDS_NEW_PRIVS),
     .summary = "CLONE_NNP also works for a child that shares memory, files and file system attributes with its parent")
{
	long told = -1;

	long child = CLONE_CALL(VIA_CLONE3, new_stack(), tell, &told,
				.flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_NNP,
				.exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(told, 1);
	EXPECT_EQ(no_new_privs(), 0);
}

TEST(not_for_threads, .covers = "CLONE-NNP-03", .features = FEATURES(CLONE3),
     .summary = "CLONE_NNP with CLONE_THREAD gives EINVAL")
{
	long child = CLONE_CALL(VIA_CLONE3, new_stack(), return_zero, NULL, .flags = THREAD_FLAGS | CLONE_NNP);
	EXPECT_FAILS(child, EINVAL);
	child = CLONE_CALL(VIA_CLONE3, new_stack(), return_zero, NULL, .flags = THREAD_FLAGS);
	REQUIRE_GT(child, 0);
	await_thread_gone((pid_t)child);
}
