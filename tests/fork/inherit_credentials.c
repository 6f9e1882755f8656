// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Who a child is: user and group IDs, supplementary groups, process group, session, parent. */
#include "inherit.h"

#ifdef SYS_setresuid32 /* where the plain name is a call for IDs of 16 bits */
#define ID_CALL(name) SYS_##name##32
#else
#define ID_CALL(name) SYS_##name
#endif

#define NOBODY ((uid_t)-1) /* as an argument: sets nothing */

/* IDs of four digits, which a number can show side by side. */
static long long side_by_side(long long ids, uid_t id)
{
	return ids * 10000 + id;
}

/* ---- One function to set, one to get, one to change -------------------------------------------- */

static void set_ids(long set, uid_t first)
{
	SETUP_RAW(SYSCALL3(set, first, first + 1, first + 2));
}

/* Real, effective, saved. */
static long long get_ids(long get)
{
	uid_t real = 0, effective = 0, saved = 0;

	SETUP_RAW(SYSCALL3(get, &real, &effective, &saved));
	return side_by_side(side_by_side(real, effective), saved);
}

/* setfsuid(2) and setfsgid(2) return the ID before, whatever they do. */

static void set_uids(void)
{
	set_ids(ID_CALL(setresuid), 1001);
}

static long long get_uids(void)
{
	return get_ids(ID_CALL(getresuid));
}

static void change_uids(void)
{
	set_ids(ID_CALL(setresuid), 2001);
}

static void set_fsuid(void)
{
	SYSCALL1(ID_CALL(setfsuid), 1004);
}

static long long get_fsuid(void)
{
	return SYSCALL1(ID_CALL(setfsuid), NOBODY);
}

static void change_fsuid(void)
{
	SYSCALL1(ID_CALL(setfsuid), 2004);
}

static void set_gids(void)
{
	set_ids(ID_CALL(setresgid), 3001);
}

static long long get_gids(void)
{
	return get_ids(ID_CALL(getresgid));
}

static void change_gids(void)
{
	set_ids(ID_CALL(setresgid), 4001);
}

static void set_fsgid(void)
{
	SYSCALL1(ID_CALL(setfsgid), 3004);
}

static long long get_fsgid(void)
{
	return SYSCALL1(ID_CALL(setfsgid), NOBODY);
}

static void change_fsgid(void)
{
	SYSCALL1(ID_CALL(setfsgid), 4004);
}

static void set_groups(void)
{
	static const gid_t groups[] = { 5001, 5002, 5003 };

	SETUP_RAW(SYSCALL2(ID_CALL(setgroups), ARRAY_SIZE(groups), groups));
}

/* More than a kernel keeps in a page, and their sum with the place of each. */
#define MANY 1500

static void set_many_groups(void)
{
	gid_t groups[MANY];

	for (unsigned i = 0; i < MANY; i++)
		groups[i] = 5000 + i;
	SETUP_RAW(SYSCALL2(ID_CALL(setgroups), MANY, groups));
}

static long long get_groups(void)
{
	gid_t groups[MANY + 1];
	long n = SYSCALL2(ID_CALL(getgroups), ARRAY_SIZE(groups), groups);
	long long sum = n;

	if (n <= 3) {
		for (long i = 0; i < n; i++)
			sum = side_by_side(sum, groups[i]);
		return sum;
	}
	for (long i = 0; i < n; i++)
		sum += (i + 1) * groups[i];
	return sum;
}

static void change_groups(void)
{
	static const gid_t group = 6001;

	SETUP_RAW(SYSCALL2(ID_CALL(setgroups), 1, &group));
}

static long sys_getsid(pid_t pid)
{
	return SYSCALL1(SYS_getsid, pid);
}

/* The runner made this process the leader of a group; it goes back into the one of the session's leader. */
static void join_leader(void)
{
	SETUP_RAW(sys_setpgid(0, (pid_t)sys_getsid(0)));
}

static long long get_group(void)
{
	return sys_getpgid(0);
}

static void make_group(void)
{
	SETUP_RAW(sys_setpgid(0, 0));
}

static void make_session(void)
{
	join_leader();
	SETUP_RAW(sys_setsid());
}

static long long get_session(void)
{
	return sys_getsid(0);
}

/* A child is no leader of a group, and may. */
static void make_session_in_child(void)
{
	SETUP_RAW(sys_setsid());
}

/* Gives up a capability below number 32. */
static void drop(uint64_t caps)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	SETUP_RAW(SYSCALL2(SYS_capget, &header, data));
	data[0].effective &= ~(uint32_t)caps;
	data[0].permitted &= ~(uint32_t)caps;
	SETUP_RAW(SYSCALL2(SYS_capset, &header, data));
}

static void drop_chown(void)
{
	drop(CAP(CHOWN));
}

static void drop_kill(void)
{
	drop(CAP(KILL));
}

static long long get_capabilities(void)
{
	return (long long)effective_capabilities();
}

/* ---- Tests ------------------------------------------------------------------------------------- */

static const struct attribute to_keep[] = {
	{ { "uids", .covers = "INH-CRED-01 INH-CRED-07", .caps = CAP(SETUID), .features = FEATURES(NEEDS_TWO_IDS) },
	  OF_THREAD,
	  KEPT,
	  .set = set_uids,
	  .get = get_uids,
	  .change = change_uids },
	{ { "fsuid", .covers = "INH-CRED-01 INH-CRED-07", .caps = CAP(SETUID), .features = FEATURES(NEEDS_TWO_IDS) },
	  OF_THREAD,
	  KEPT,
	  .set = set_fsuid,
	  .get = get_fsuid,
	  .change = change_fsuid,
	  .doors = DOOR(BY_FORK) | DOOR(BY_VFORK) },
	{ { "gids", .covers = "INH-CRED-02 INH-CRED-07", .caps = CAP(SETGID), .features = FEATURES(NEEDS_TWO_IDS) },
	  OF_THREAD,
	  KEPT,
	  .set = set_gids,
	  .get = get_gids,
	  .change = change_gids },
	{ { "fsgid", .covers = "INH-CRED-02 INH-CRED-07", .caps = CAP(SETGID), .features = FEATURES(NEEDS_TWO_IDS) },
	  OF_THREAD,
	  KEPT,
	  .set = set_fsgid,
	  .get = get_fsgid,
	  .change = change_fsgid,
	  .doors = DOOR(BY_FORK) | DOOR(BY_VFORK) },
	{ { "groups", .covers = "INH-CRED-03 INH-CRED-07", .caps = CAP(SETGID), .features = FEATURES(NEEDS_TWO_IDS) },
	  OF_THREAD,
	  KEPT,
	  .set = set_groups,
	  .get = get_groups,
	  .change = change_groups,
	  .exec = { KEPT, "INH-EXEC-01" } },
	{ { "many_groups", .covers = "INH-CRED-03 INH-CRED-07", .caps = CAP(SETGID),
	    .features = FEATURES(NEEDS_TWO_IDS) },
	  OF_THREAD,
	  KEPT,
	  .set = set_many_groups,
	  .get = get_groups,
	  .change = change_groups,
	  .doors = DOOR(BY_FORK) | DOOR(BY_VFORK),
	  .exec = { KEPT, "INH-EXEC-01" } },
	{ { "process_group", .covers = "INH-CRED-04" },
	  OF_PROCESS,
	  KEPT,
	  .set = join_leader,
	  .get = get_group,
	  .change = make_group,
	  .except = DOOR(IN_NAMESPACES),
	  .exec = { KEPT, "INH-EXEC-02" } },
	{ { "session", .covers = "INH-CRED-05" },
	  OF_PROCESS,
	  KEPT,
	  .set = make_session,
	  .get = get_session,
	  .change = make_session_in_child,
	  .doors = COPYING | DOOR(BY_VFORK) | DOOR(BY_VM),
	  .except = DOOR(IN_NAMESPACES),
	  .exec = { KEPT, "INH-EXEC-02" } },
	{ { "session_by_thread", .covers = "INH-CRED-05" },
	  OF_PROCESS,
	  KEPT,
	  .set = make_session,
	  .get = get_session,
	  .doors = DOOR(BY_THREAD),
	  .except = DOOR(IN_NAMESPACES) },
};

TEST(kept, .summary = "the child begins with its parent's IDs and groups, and may have others later",
     ATTRIBUTES(to_keep))
{
	test_inheritance();
}

/* ---- Threads with credentials of their own ------------------------------------------------------- */

enum { SET, LOOK };

static const struct own {
	struct case_head head;
	void (*set)(void), (*change)(void);
	long long (*get)(void);
} owns[] = {
	{ { "uids", .caps = CAP(SETUID), .features = FEATURES(NEEDS_TWO_IDS) }, set_uids, change_uids, get_uids },
	{ { "gids", .caps = CAP(SETGID), .features = FEATURES(NEEDS_TWO_IDS) }, set_gids, change_gids, get_gids },
	{ { "groups", .caps = CAP(SETGID), .features = FEATURES(NEEDS_TWO_IDS) },
	  set_groups,
	  change_groups,
	  get_groups },
	{ { "capabilities", .covers = "INH-CAP-05", .caps = CAP(CHOWN) | CAP(KILL) },
	  drop_chown,
	  drop_kill,
	  get_capabilities },
};

static void child_has(long long wanted)
{
	const struct own *own = this_case();
	const struct clone_door *door = this_door();

	long child = CLONE_HERE(door->via, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_EQ(own->get(), wanted);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

static int set_and_create(void *values)
{
	const struct own *own = this_case();
	long long *of_thread = values;

	own->set();
	*of_thread = own->get();
	post(SET);
	await(LOOK);
	EXPECT_EQ(own->get(), *of_thread);
	child_has(*of_thread);
	return 0;
}

TEST(of_the_thread, .covers = "INH-CRED-11",
     .summary = "credentials belong to a thread, and a child has those of the thread that made it", CASES_NEEDING(owns),
     THROUGH(clone_doors))
{
	const struct own *own = this_case();
	const long long before = own->get();
	long long of_thread = before;

	pid_t tid = start_thread(set_and_create, &of_thread);
	await(SET);
	EXPECT_EQ(own->get(), before);
	own->change();
	const long long changed = own->get();
	if (of_thread == before || changed == before || of_thread == changed)
		BROKEN("the values are not three");
	post(LOOK);
	await_thread_gone(tid);
	EXPECT_EQ(own->get(), changed);
	child_has(changed);
}

/* ---- The parent --------------------------------------------------------------------------------- */

TEST(parent_after_exec, .covers = "INH-CRED-10",
     .summary = "a child that executes a program has the parent that it had before", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	struct image_report report = { 0 };
	int ends[2];

	SETUP(pipe(ends));
	long child = door->fork();
	if (child == 0) {
		SETUP_RAW(execute_self(IMAGE_REPORT, ends[1]));
		leave(1);
	}
	REQUIRE_GT(child, 0);
	sys_close(ends[1]);
	long length = sys_read(ends[0], &report, sizeof(report));
	REQUIRE_EQ(length, (long)sizeof(report));
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(report.pid, child);
	EXPECT_EQ(report.ppid, sys_getpid());
}
