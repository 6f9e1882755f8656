// SPDX-License-Identifier: GPL-2.0-only
/* What the child of vfork shares with its parent: the memory. And what it has of its own: all the rest. */
#include "forkcheck.h"

static volatile int in_data = 1;

struct places {
	volatile int *on_stack, *on_heap;
	char *mapped; /* made by the child */
};

static int write_everywhere(void *arg)
{
	struct places *places = arg;

	in_data = 2;
	*places->on_stack = 3;
	*places->on_heap = 4;
	long map = sys_map_private(NULL, page_size(), PROT_READ | PROT_WRITE);
	SETUP_RAW(map);
	places->mapped = (char *)map;
	places->mapped[0] = 5;
	return 0;
}

TEST(is_shared, .covers = "VFORK-004 VFORK-005 VFORK-012 VFORK-018",
     .summary = "what the child of vfork writes to data, stack, heap and new mappings is there in the parent",
     CASES(vfork_doors))
{
	const struct vfork_door *door = this_case();
	volatile int on_stack = 0;
	int *on_heap = malloc(sizeof(*on_heap));
	struct places places = { &on_stack, on_heap, NULL };

	REQUIRE_NE((uintptr_t)on_heap, 0U);
	*on_heap = 0;
	long child = door->vfork(write_everywhere, &places);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
	EXPECT_EQ(in_data, 2);
	EXPECT_EQ(on_stack, 3);
	EXPECT_EQ(*on_heap, 4);
	REQUIRE_NE((uintptr_t)places.mapped, 0U);
	EXPECT_EQ(places.mapped[0], 5);
	free(on_heap);
}

TEST(is_apart_after_fork, .covers = "FORK-005", .summary = "what the child of fork writes is not there in the parent",
     CASES(fork_doors))
{
	const struct fork_door *door = this_case();

	long child = door->fork();
	if (child == 0) {
		in_data = 2;
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
	EXPECT_EQ(in_data, 1);
}

/* ---- What is not shared ------------------------------------------------------------------------ */

static int victim;

static int change_own_things(void *arg)
{
	unsigned long ignore[8] = { (unsigned long)SIG_IGN };

	(void)arg;
	sys_close(victim);
	sys_umask(0777);
	SETUP_RAW(sys_chdir("/"));
	SETUP_RAW(SYSCALL4(SYS_rt_sigaction, SIGUSR1, ignore, NULL, sizeof(sigset64)));
	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &(sigset64){ SIGBIT(SIGUSR2) }, NULL));
	return 0;
}

TEST(rest_is_copied, .covers = "VFORK-008 VFORK-009 VFORK-010 VFORK-016",
     .summary = "descriptors, directory, umask, signal dispositions and mask of a vfork child are its own",
     .features = NEEDS(NEEDS_WORKDIR), CASES(vfork_doors))
{
	const struct vfork_door *door = this_case();
	char before[256] = "", after[256] = "";
	struct sigaction action;
	sigset64 mask = 0;

	SETUP(sys_umask(022));
	SETUP(sys_getcwd(before, sizeof(before)));
	REQUIRE_NE(before[1], 0); /* not the root itself */
	victim = (int)SETUP(sys_open("/", O_RDONLY | O_DIRECTORY));
	long child = door->vfork(change_own_things, NULL);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
	EXPECT_OK(sys_fcntl(victim, F_GETFD, 0));
	EXPECT_EQ(sys_umask(022), 022);
	SETUP(sys_getcwd(after, sizeof(after)));
	for (size_t i = 0; i < sizeof(before); i++)
		REQUIRE_EQ(after[i], before[i]);
	SETUP(sigaction(SIGUSR1, NULL, &action));
	EXPECT_TRUE(action.sa_handler == SIG_DFL);
	EXPECT_OK(sys_sigprocmask(SIG_BLOCK, NULL, &mask));
	EXPECT_EQ(mask, 0U);
}
