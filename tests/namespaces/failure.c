// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* unshare(2) and setns(2) that are refused: of several things that one call asks for, none is done. */
#include "join.h"

#include <sys/ipc.h>
#include <sys/sem.h>

#define UTS_NS NEEDS_UTS_NS
#define LIMITED NEEDS_USER_NS, NEEDS_MNT_NS, NEEDS_NET_NS, NEEDS_IPC_NS, UTS_NS, NEEDS_PID_NS, NEEDS_PROC_SYS

static const char *const links[] = {
	"cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time", "time_for_children", "user", "uts"
};

/* What a call that succeeds would change. */
struct standing {
	uint64_t links[ARRAY_SIZE(links)], capabilities;
	struct stat root, directory;
};

static void look_around(struct standing *at)
{
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		at->links[i] = namespace_of_self(links[i]);
	at->capabilities = effective_capabilities();
	SETUP(stat("/", &at->root));
	SETUP(stat(".", &at->directory));
}

static void expect_same(const struct standing *before)
{
	struct standing now;

	look_around(&now);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		EXPECT_EQ(now.links[i], before->links[i], links[i]);
	EXPECT_EQ(now.capabilities, before->capabilities);
	EXPECT_TRUE(now.root.st_ino == before->root.st_ino && now.root.st_dev == before->root.st_dev);
	EXPECT_TRUE(now.directory.st_ino == before->directory.st_ino &&
		    now.directory.st_dev == before->directory.st_dev);
}

/* ---- unshare ------------------------------------------------------------------------------------- */

/* The limits of a user namespace belong to its creator. */
static void forbid_net(void)
{
	uid_t uid = getuid();
	gid_t gid = getgid();

	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	SETUP(map_user_namespace(0, uid, gid, uid, gid));
	SETUP(write_file("/proc/sys/user/max_net_namespaces", "0"));
}

static void make_pid_namespace(void)
{
	SETUP_RAW(sys_unshare(CLONE_NEWPID));
}

#define SHARED (CLONE_FS | CLONE_FILES | CLONE_SYSVSEM)

static const struct refusal {
	struct case_head head;
	int error;
	unsigned long flags;
	void (*obstruct)(void);
} refusals[] = {
	{ { "power", .covers = "UNSH-23", .features = FEATURES(UTS_NS) }, EPERM, SHARED | CLONE_NEWUTS, NULL },
	{ { "flag", .covers = "UNSH-21", .features = FEATURES(UTS_NS), .caps = CAP(SYS_ADMIN) },
	  EINVAL,
	  SHARED | CLONE_NEWUTS | CLONE_PIDFD,
	  NULL },
	{ { "limit", .covers = "UNSH-36", .features = FEATURES(LIMITED) },
	  ENOSPC,
	  SHARED | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET,
	  forbid_net },
	{ { "limit_with_user", .covers = "UNSH-36", .features = FEATURES(LIMITED) },
	  ENOSPC,
	  SHARED | CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET,
	  forbid_net },
	{ { "second_pid", .covers = "UNSH-22", .features = FEATURES(UTS_NS, NEEDS_PID_NS), .caps = CAP(SYS_ADMIN) },
	  EINVAL,
	  SHARED | CLONE_NEWUTS | CLONE_NEWPID,
	  make_pid_namespace },
};

/* Shares with the caller, and then changes, what the calls below ask to be apart in. */
static pid_t share(int fd)
{
	long sharer = SETUP(CLONE_HERE(VIA_CLONE, .flags = CLONE_FS | CLONE_FILES, .exit_signal = SIGCHLD));

	if (sharer == 0) {
		await(SHARER_MAY_GO);
		sys_umask(026);
		sys_close(fd);
		leave(0);
	}
	return (pid_t)sharer;
}

TEST(unshare_nothing, .covers = "UNSH-34 UNSH-35", .features = FEATURES(NEEDS_PROC, NEEDS_SYSVIPC),
     .summary =
	     "an unshare that is refused leaves the caller in its namespaces, with its power, and sharing what it shares",
     CASES_NEEDING(refusals))
{
	const struct refusal *row = this_case();
	struct sembuf up = { .sem_op = 1, .sem_flg = SEM_UNDO };
	struct standing before;

	if (row->obstruct)
		row->obstruct();
	int semaphore = (int)SETUP(semget(IPC_PRIVATE, 1, 0600));
	SETUP(semop(semaphore, &up, 1));
	int fd = (int)SETUP(sys_dup(STDERR_FILENO));
	sys_umask(022);
	pid_t sharer = share(fd);
	look_around(&before);

	long result = sys_unshare(row->flags);
	REQUIRE_EQ(result, -row->error);
	expect_same(&before);
	EXPECT_RETURNS(semctl(semaphore, 0, GETVAL), 1); /* nothing was undone */
	post(SHARER_MAY_GO);
	EXPECT_EXITED(sharer, 0);
	EXPECT_EQ(sys_umask(022), 026);
	EXPECT_FAILS(sys_fcntl(fd, F_GETFD, 0), EBADF);
	SETUP(semctl(semaphore, 0, IPC_RMID));
}

TEST(unshare_counts_nothing, .covers = "UNSH-37", .features = FEATURES(NEEDS_PROC, LIMITED),
     .summary = "a refused unshare counts no namespaces: where one is allowed it can still be made")
{
	forbid_net();
	SETUP(write_file("/proc/sys/user/max_uts_namespaces", "1"));
	for (int i = 0; i < 10; i++) {
		long result = sys_unshare(CLONE_NEWUTS | CLONE_NEWNET);
		EXPECT_FAILS(result, ENOSPC, i);
	}
	long result = sys_unshare(CLONE_NEWUTS);
	EXPECT_OK(result);
	result = sys_unshare(CLONE_NEWUTS);
	EXPECT_FAILS(result, ENOSPC);
}

/* ---- setns --------------------------------------------------------------------------------------- */

static const struct type {
	struct case_head head;
	unsigned long flag;
} types[] = {
	{ { "cgroup", .features = FEATURES(NEEDS_CGROUP_NS) }, CLONE_NEWCGROUP },
	{ { "ipc", .features = FEATURES(NEEDS_IPC_NS) }, CLONE_NEWIPC },
	{ { "mnt", .features = FEATURES(NEEDS_MNT_NS) }, CLONE_NEWNS },
	{ { "net", .features = FEATURES(NEEDS_NET_NS) }, CLONE_NEWNET },
	{ { "pid", .features = FEATURES(NEEDS_PID_NS) }, CLONE_NEWPID },
	{ { "time", .features = FEATURES(NEEDS_TIME_NS) }, CLONE_NEWTIME },
	{ { .name = "user" }, CLONE_NEWUSER },
	{ { "uts", .features = FEATURES(UTS_NS) }, CLONE_NEWUTS },
};

TEST(setns_nothing, .covers = "SETNS-34", .features = FEATURES(JOIN, NEEDS_USER_NS, NEEDS_WORKDIR),
     .summary = "a setns that is refused changes no namespace, no capability, and neither root nor working directory",
     CASES_NEEDING(types))
{
	const struct type *type = this_case();
	int outer = open_namespace(sys_getpid(), type->head.name);
	struct standing before;

	SETUP_RAW(sys_unshare(CLONE_NEWUSER | (type->flag & ~CLONE_NEWTIME)));
	REQUIRE_TRUE(effective_capabilities() & CAP(SYS_ADMIN));
	look_around(&before);
	long result = sys_setns(outer, 0);
	REQUIRE_EQ(result, -EPERM);
	expect_same(&before);
	result = sys_setns(outer, CLONE_NEWNET | CLONE_NEWUTS);
	EXPECT_FAILS(result, EINVAL);
	expect_same(&before);
}

TEST(setns_by_pidfd_nothing, .covers = "SETNS-13", .features = FEATURES(JOIN, LIMITED, NEEDS_WORKDIR),
     .summary =
	     "a setns by pidfd that is refused the last of several namespaces changes nothing; without that one it succeeds")
{
	struct standing before, after;

	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	pid_t host = start_host(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID);
	int pidfd = (int)SETUP_RAW(sys_pidfd_open(host, 0));
	look_around(&before);
	/* Its network is that of all, over which the caller has no power now. */
	long result = sys_setns(pidfd, CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET);
	REQUIRE_EQ(result, -EPERM);
	expect_same(&before);
	result = sys_setns(pidfd, CLONE_NEWUTS | CLONE_NEWIPC);
	EXPECT_OK(result);
	look_around(&after);
	EXPECT_EQ(after.links[9], namespace_of(host, "uts"));
	end_host(host);
}
