// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* clone3's set_tid: PIDs that the caller chooses. */
#include "forkcheck.h"

#define CLONE3 NEEDS_CLONE3
#define PID_NS NEEDS_PID_NS

#define CHOSEN 77

static long create(uint64_t flags, const pid_t *set_tid, size_t count)
{
	struct clone3_args args = {
		.flags = flags, .exit_signal = SIGCHLD, .set_tid = (uintptr_t)set_tid, .set_tid_size = count
	};

	return sys_clone3(&args, sizeof(args));
}

/* In a new PID namespace, where numbers are free and nobody else takes any. */
static void in_namespace(void (*body)(void))
{
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		REQUIRE_EQ(sys_getpid(), 1);
		body();
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
}

static void expect_child(long child, pid_t own, pid_t callers)
{
	if (child == 0) {
		EXPECT_EQ(sys_getpid(), own);
		leave(0);
	}
	EXPECT_EQ(child, callers);
	if (child > 0)
		EXPECT_EXITED(child, 0);
}

static void choose(void)
{
	const pid_t wanted = CHOSEN;

	long child = create(0, &wanted, 1);
	expect_child(child, CHOSEN, CHOSEN);
	/* Freed, it may be had again. */
	child = create(0, &wanted, 1);
	expect_child(child, CHOSEN, CHOSEN);
	EXPECT_NO_CHILD();
}

TEST(chosen, .covers = "SETTID-02", .caps = CAP(SYS_ADMIN), .features = FEATURES(CLONE3, PID_NS),
     .summary = "the child has the PID that set_tid asks for")
{
	in_namespace(choose);
}

static void do_not_choose(void)
{
	pid_t last = 1;

	for (int i = 0; i < 4; i++) {
		long child = sys_fork();
		expect_child(child, last + 1, last + 1);
		last++;
	}
}

TEST(next_without, .covers = "SETTID-01", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "without set_tid the child has the number after the one given out last")
{
	in_namespace(do_not_choose);
}

static void choose_inner(void)
{
	const pid_t inner = 1, levels[] = { 1, CHOSEN };

	long child = create(CLONE_NEWPID, &inner, 1);
	expect_child(child, 1, 2);
	child = create(CLONE_NEWPID, levels, 2);
	expect_child(child, 1, CHOSEN);
}

TEST(innermost_first, .covers = "SETTID-03 SETTID-04 SETTID-05", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(CLONE3, PID_NS),
     .summary = "the first entry is for the new namespace, the next for the one around it; others are chosen as ever")
{
	in_namespace(choose_inner);
}

static void choose_wrongly(void)
{
	static const pid_t wrong[] = { 0, -1, 4194305, INT32_MAX };
	const pid_t self = 1, not_one = 2;
	pid_t many[32];

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		long child = create(0, &wrong[i], 1);
		EXPECT_REFUSED(child, EINVAL, i);
	}
	long child = create(0, &self, 1);
	EXPECT_REFUSED(child, EEXIST);
	child = create(CLONE_NEWPID, &not_one, 1);
	EXPECT_REFUSED(child, EINVAL);
	/* More than there can be levels here, though fewer than 33, and each a number that could be. */
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = CHOSEN + (pid_t)i;
	child = create(0, many, ARRAY_SIZE(many));
	EXPECT_REFUSED(child, EINVAL);
	EXPECT_NO_CHILD();
}

TEST(refused, .covers = "SETTID-06 SETTID-09 SETTID-10 SETTID-11", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(CLONE3, PID_NS),
     .summary = "a PID that is invalid, taken, not 1 for an init, or for a missing level is refused")
{
	in_namespace(choose_wrongly);
}

TEST(contradictions, .covers = "SETTID-12 SETTID-13 SETTID-14 SETTID-15", .features = FEATURES(CLONE3),
     .summary = "set_tid and set_tid_size go together, name at most 32 entries, and are read")
{
	const pid_t many[33] = { CHOSEN };
	char *nowhere = mmap(NULL, page_size(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	long child = create(0, many, 0);
	EXPECT_REFUSED(child, EINVAL);
	child = create(0, NULL, 1);
	EXPECT_REFUSED(child, EINVAL);
	child = create(0, many, 33);
	EXPECT_REFUSED(child, EINVAL);
	child = create(0, (const pid_t *)nowhere, 1);
	EXPECT_REFUSED(child, EFAULT);
	EXPECT_NO_CHILD();
}

static void choose_with_checkpoint_restore(void)
{
	const pid_t wanted = CHOSEN;

	set_capabilities(CAP(CHECKPOINT_RESTORE));
	long child = create(0, &wanted, 1);
	expect_child(child, CHOSEN, CHOSEN);
	set_capabilities(0);
	child = create(0, &wanted, 1);
	EXPECT_REFUSED(child, EPERM);
}

TEST(capability, .covers = "SETTID-07 SETTID-08", .caps = CAP(SYS_ADMIN) | CAP(CHECKPOINT_RESTORE),
     .features = FEATURES(CLONE3, PID_NS),
     .summary = "CAP_CHECKPOINT_RESTORE suffices to choose a PID, and without a capability it is refused")
{
	in_namespace(choose_with_checkpoint_restore);
}
