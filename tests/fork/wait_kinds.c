// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Kinds of children: by exit signal, sibling or own, of this thread or another; and who sees them. */
#include "forkcheck.h"

enum { CHILD_MAY_GO, CHILD_IS_MADE, MAKER_MAY_GO };

/* A child that lives until CHILD_MAY_GO. */
static pid_t child_with(uint64_t flags, int exit_signal)
{
	long child = CLONE_HERE(VIA_CLONE, .flags = flags, .exit_signal = exit_signal);

	if (child == 0) {
		await(CHILD_MAY_GO);
		leave(0);
	}
	return (pid_t)child;
}

static pid_t make_fork(void)
{
	return child_with(0, SIGCHLD);
}

static pid_t make_silent(void)
{
	return child_with(0, 0);
}

static pid_t make_usr1(void)
{
	const sigset64 usr1 = SIGBIT(SIGUSR1);

	SETUP(sys_sigprocmask(SIG_BLOCK, &usr1, NULL)); /* or it would end the test */
	return child_with(0, SIGUSR1);
}

/* A sibling of a child with this exit signal, which it has too; the maker is gone when this returns. */
static pid_t sibling_of(int exit_signal)
{
	pid_t *made = shared(sizeof(*made));
	long maker = CLONE_HERE(VIA_CLONE, .exit_signal = exit_signal);

	if (maker == 0) {
		*made = child_with(CLONE_PARENT, 0);
		leave(0);
	}
	REQUIRE_GT(maker, 0);
	checked_wait((pid_t)maker, NULL, __WALL);
	return *made;
}

static pid_t make_sibling(void)
{
	return sibling_of(SIGCHLD);
}

static pid_t make_silent_sibling(void)
{
	return sibling_of(0);
}

struct made {
	int exit_signal;
	pid_t child;
};

static int make_and_stay(void *arg)
{
	struct made *made = arg;

	made->child = child_with(0, made->exit_signal);
	post(CHILD_IS_MADE);
	await(MAKER_MAY_GO);
	return 0;
}

/* A child of another thread, which lives on. */
static pid_t by_thread(int exit_signal)
{
	struct made *made = shared(sizeof(*made));

	made->exit_signal = exit_signal;
	start_thread(make_and_stay, made);
	await(CHILD_IS_MADE);
	return made->child;
}

static pid_t make_by_thread(void)
{
	return by_thread(SIGCHLD);
}

static pid_t make_silent_by_thread(void)
{
	return by_thread(0);
}

static const struct kind {
	struct case_head head;
	pid_t (*make)(void);
	bool clone;	/* a "clone" child, in words of the page: its exit signal is not SIGCHLD */
	bool elsewhere; /* child of another thread */
} kinds[] = {
	{ { "fork", .covers = "WAIT-36" }, make_fork, false, false },
	{ { "silent", .covers = "WAIT-36 CLONE-SIG-03 CLONE-SIG-04 CLONE-SIG-05" }, make_silent, true, false },
	{ { "usr1", .covers = "WAIT-36 CLONE-SIG-03 CLONE-SIG-04 CLONE-SIG-05" }, make_usr1, true, false },
	{ { "sibling", .covers = "CLONE-PARENT-06" }, make_sibling, false, false },
	{ { "silent_sibling", .covers = "CLONE-PARENT-06" }, make_silent_sibling, true, false },
	{ { "by_thread", .covers = "WAIT-35 CLONE-THREAD-10" }, make_by_thread, false, true },
	{ { "silent_by_thread", .covers = "WAIT-35" }, make_silent_by_thread, true, true },
};

static const struct option {
	struct case_head head;
	int bits;
} options[] = {
	{ { .name = "plain" }, 0 },
	{ { .name = "wclone" }, __WCLONE },
	{ { .name = "wall" }, __WALL },
	{ { .name = "wall_wclone" }, __WALL | __WCLONE },
	{ { .name = "wnothread" }, __WNOTHREAD },
	{ { .name = "wnothread_wclone" }, __WNOTHREAD | __WCLONE },
	{ { .name = "wnothread_wall" }, __WNOTHREAD | __WALL },
};

static bool sees(const struct option *option, const struct kind *kind)
{
	if (option->bits & __WNOTHREAD && kind->elsewhere)
		return false;
	return option->bits & __WALL || kind->clone == !!(option->bits & __WCLONE);
}

/* Expectations of a thread that has made no child. */
static int wait_for_anothers(void *arg)
{
	pid_t child = *(pid_t *)arg;

	EXPECT_FAILS(wait_for(child, NULL, __WNOTHREAD | WNOHANG, NULL), ECHILD);
	EXPECT_FAILS(wait_for(-1, NULL, __WNOTHREAD | WNOHANG, NULL), ECHILD);
	EXPECT_FAILS(waitid_for(P_PID, child, NULL, __WNOTHREAD | WEXITED | WNOHANG, NULL), ECHILD);
	EXPECT_EQ(wait_for(child, NULL, WNOHANG, NULL), 0);
	return 0;
}

TEST(not_first, .covers = "WAIT-35 WAIT-38 CLONE-THREAD-10",
     .summary =
	     "with __WNOTHREAD a thread that is not the first does not see the first one's child, without it it does")
{
	pid_t child = child_with(0, SIGCHLD);

	REQUIRE_GT(child, 0);
	await_thread_gone(start_thread(wait_for_anothers, &child));
	EXPECT_EQ(wait_for(child, NULL, __WNOTHREAD | WNOHANG, NULL), 0);
	post(CHILD_MAY_GO);
	EXPECT_EXITED(child, 0);
}

static void end_maker(const struct kind *kind)
{
	if (kind->elsewhere)
		post(MAKER_MAY_GO);
}

TEST(by_wait4, .covers = "WAIT-37",
     .summary = "by kind of child and options, wait4 reports the child or fails with ECHILD", CASES_NEEDING(kinds),
     THROUGH(options))
{
	const struct kind *kind = this_case();
	const struct option *option = this_door();
	bool seen = sees(option, kind);

	pid_t child = kind->make();
	REQUIRE_GT(child, 0);
	REQUIRE_EQ(wait_for(child, NULL, __WALL | WNOHANG, NULL), 0); /* it is a child of the caller */
	EXPECT_EQ(wait_for(child, NULL, option->bits | WNOHANG, NULL), seen ? 0 : -ECHILD);
	EXPECT_EQ(wait_for(-1, NULL, option->bits | WNOHANG, NULL), seen ? 0 : -ECHILD);
	post(CHILD_MAY_GO);
	await_zombie(child);
	if (!seen)
		EXPECT_FAILS(wait_for(-1, NULL, option->bits, NULL), ECHILD);
	EXPECT_EQ(wait_for(child, NULL, option->bits, NULL), seen ? child : -ECHILD);
	if (!seen)
		EXPECT_EXITED(child, 0);
	EXPECT_NO_CHILD();
	end_maker(kind);
}

TEST(by_waitid, .covers = "WAIT-38", .summary = "and so does waitid, for a living child and a dead one",
     CASES_NEEDING(kinds))
{
	const struct kind *kind = this_case();
	pid_t child = kind->make();

	REQUIRE_GT(child, 0);
	REQUIRE_EQ(wait_for(child, NULL, __WALL | WNOHANG, NULL), 0);
	for (const struct option *o = options; o < options + ARRAY_SIZE(options); o++) {
		int bits = o->bits | WEXITED | WNOHANG;
		EXPECT_RESULT(waitid_for(P_PID, child, NULL, bits, NULL), sees(o, kind) ? 0 : -ECHILD, o->head.name);
	}
	post(CHILD_MAY_GO);
	await_zombie(child);
	for (const struct option *o = options; o < options + ARRAY_SIZE(options); o++) {
		siginfo_t info = { 0 };
		long result = waitid_for(P_ALL, 0, &info, o->bits | WEXITED | WNOWAIT, NULL);
		EXPECT_RESULT(result, sees(o, kind) ? 0 : -ECHILD, o->head.name);
		EXPECT_EQ(info.si_pid, sees(o, kind) ? child : 0, o->head.name);
	}
	EXPECT_EXITED(child, 0);
	EXPECT_NO_CHILD();
	end_maker(kind);
}
