// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Which children a wait selects: by process ID, process group, descriptor, or all. */
#include "forkcheck.h"

/* Three zombies: one in the caller's process group, the leader of another group, and a member of that. */
enum { OWN, LEADER, MEMBER, KIN };

static pid_t zombie_in_group(pid_t group)
{
	pid_t child = fork_helper();

	if (child == 0) {
		if (group >= 0)
			SETUP(sys_setpgid(0, group));
		leave(0);
	}
	await_zombie(child);
	return child;
}

static void make_kin(pid_t *kin)
{
	kin[OWN] = zombie_in_group(-1);
	kin[LEADER] = zombie_in_group(0);
	kin[MEMBER] = zombie_in_group(kin[LEADER]);
}

static unsigned bit_of(const pid_t *kin, long pid)
{
	for (unsigned i = 0; i < KIN; i++)
		if (kin[i] == pid)
			return 1U << i;
	return 1U << KIN; /* not one of them */
}

static long wait4_member(const pid_t *kin)
{
	return wait_for(kin[MEMBER], NULL, 0, NULL);
}

static long wait4_own_group(const pid_t *kin)
{
	(void)kin;
	return wait_for(0, NULL, 0, NULL);
}

static long wait4_other_group(const pid_t *kin)
{
	return wait_for(-kin[LEADER], NULL, 0, NULL);
}

static long wait4_any(const pid_t *kin)
{
	(void)kin;
	return wait_for(-1, NULL, 0, NULL);
}

/* waitid, with the result of the call that came before it: the child's PID, or -errno. */
static long by_waitid(int type, int id)
{
	siginfo_t info = { 0 };

	long result = waitid_for(type, id, &info, WEXITED, NULL);
	return result ? result : info.si_pid;
}

static long waitid_member(const pid_t *kin)
{
	return by_waitid(P_PID, kin[MEMBER]);
}

static long waitid_other_group(const pid_t *kin)
{
	return by_waitid(P_PGID, kin[LEADER]);
}

static long waitid_own_group(const pid_t *kin)
{
	(void)kin;
	return by_waitid(P_PGID, 0);
}

static long waitid_all(const pid_t *kin)
{
	(void)kin;
	return by_waitid(P_ALL, 12345);
}

static long waitid_one_by_pidfd(pid_t pid)
{
	long fd = sys_pidfd_open(pid, 0);

	REQUIRE_OK(fd);
	long result = by_waitid(P_PIDFD, (int)fd);
	sys_close((int)fd);
	return result;
}

static long waitid_descriptor(const pid_t *kin)
{
	return waitid_one_by_pidfd(kin[MEMBER]);
}

static const struct selection {
	struct case_head head;
	long (*call)(const pid_t *kin);
	unsigned want; /* bits of the kin that it reports */
} selections[] = {
	{ { "wait4_pid", .covers = "WAIT-05" }, wait4_member, 1 << MEMBER },
	{ { "wait4_zero", .covers = "WAIT-06" }, wait4_own_group, 1 << OWN },
	{ { "wait4_group", .covers = "WAIT-07" }, wait4_other_group, 1 << LEADER | 1 << MEMBER },
	{ { "wait4_any", .covers = "WAIT-08 POSIX-019" }, wait4_any, (1 << KIN) - 1 },
	{ { "waitid_pid", .covers = "WAITID-01" }, waitid_member, 1 << MEMBER },
	{ { "waitid_group", .covers = "WAITID-02" }, waitid_other_group, 1 << LEADER | 1 << MEMBER },
	{ { "waitid_group_zero", .covers = "WAITID-03" }, waitid_own_group, 1 << OWN },
	{ { "waitid_all", .covers = "WAITID-04" }, waitid_all, (1 << KIN) - 1 },
	{ { "waitid_pidfd", .covers = "WAITID-05" }, waitid_descriptor, 1 << MEMBER },
};

TEST(reports, .summary = "a wait reports each of the children that it selects once, then fails, and leaves the others",
     CASES_NEEDING(selections))
{
	const struct selection *row = this_case();
	unsigned reported = 0, left = 0;
	pid_t kin[KIN];
	long pid;

	make_kin(kin);
	for (int i = 0; i < KIN; i++) {
		pid = row->call(kin);
		/* One descriptor or ID can't be asked for twice after the process is gone: that is another rule. */
		if (pid < 0)
			break;
		EXPECT_EQ(reported & bit_of(kin, pid), 0, i);
		reported |= bit_of(kin, pid);
		if (reported == row->want)
			break;
	}
	EXPECT_EQ(reported, row->want);
	if (row->want != 1 << MEMBER) {
		pid = row->call(kin);
		EXPECT_FAILS(pid, ECHILD);
	}
	while ((pid = wait_for(-1, NULL, 0, NULL)) > 0)
		left |= bit_of(kin, pid);
	EXPECT_EQ(left, ((1U << KIN) - 1) & ~row->want);
	EXPECT_NO_CHILD();
}

static long wait4_one(pid_t pid)
{
	return wait_for(pid, NULL, 0, NULL);
}

static long waitid_one(pid_t pid)
{
	return by_waitid(P_PID, pid);
}

static const struct single {
	struct case_head head;
	long (*call)(pid_t pid);
} singles[] = {
	{ { "wait4", .covers = "WAIT-05" }, wait4_one },
	{ { "waitid", .covers = "WAITID-01" }, waitid_one },
	{ { "waitid_pidfd", .covers = "WAITID-05" }, waitid_one_by_pidfd },
};

TEST(each_by_itself, .summary = "of several dead children the one that is asked for is reported, in whatever order",
     CASES_NEEDING(singles))
{
	static const unsigned order[] = { 2, 0, 4, 3, 1 };
	const struct single *row = this_case();
	pid_t children[ARRAY_SIZE(order)];

	for (size_t i = 0; i < ARRAY_SIZE(children); i++)
		children[i] = zombie_in_group(-1);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		long pid = row->call(children[order[i]]);
		EXPECT_EQ(pid, children[order[i]], i);
	}
	EXPECT_NO_CHILD();
}

static pid_t wait4_any_child(int *status)
{
	return (pid_t)wait_for(-1, status, 0, NULL);
}

static const struct any_call {
	const char *name;
	pid_t (*any)(int *status);
} any_calls[] = {
	{ "wait", wait },
	{ "wait4", wait4_any_child },
};

TEST(any_child, .covers = "WAIT-03", .summary = "wait gives what wait4 of any child does: PID and status",
     CASES(any_calls))
{
	const struct any_call *row = this_case();
	int status = -1;
	pid_t child = start_child(0, 5);

	post(0);
	pid_t got = row->any(&status);
	EXPECT_EQ(got, child);
	EXPECT_EQ(status, W_EXITCODE(5, 0));
	got = row->any(&status);
	EXPECT_LT(got, 0);
	EXPECT_NO_CHILD();
}

TEST(group_now, .covers = "WAIT-40", .summary = "a wait for a process group looks at the groups of now, not of birth")
{
	pid_t child = start_child(0, 0);

	EXPECT_EQ(wait_for(0, NULL, WNOHANG, NULL), 0);
	EXPECT_FAILS(wait_for(-child, NULL, WNOHANG, NULL), ECHILD);
	SETUP(sys_setpgid(child, child));
	EXPECT_FAILS(wait_for(0, NULL, WNOHANG, NULL), ECHILD);
	EXPECT_EQ(wait_for(-child, NULL, WNOHANG, NULL), 0);
	SETUP(sys_setpgid(0, child)); /* the caller follows */
	EXPECT_EQ(wait_for(0, NULL, WNOHANG, NULL), 0);
	post(0);
	EXPECT_EQ(wait_for(0, NULL, 0, NULL), child);
}
