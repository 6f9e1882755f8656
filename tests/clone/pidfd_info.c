// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What PIDFD_GET_INFO tells of a process or thread, and PIDFD_GET_*_NAMESPACE of its namespaces. */
#include "forkcheck.h"

#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define OPEN_THREAD O_EXCL /* PIDFD_THREAD, which some supported C libraries' headers lack */

/* The first release's structure; later ones have more at the end. */
struct info {
	uint64_t mask, cgroup;
	uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
	int32_t status; /* as wait gives it */
};

enum { INFO_PID = 1, INFO_CREDS = 2, INFO_CGROUP = 4, INFO_EXIT = 8 };
#define GET_INFO _IOWR(0xff, 11, struct info)

enum { IS_READY, MAY_END, THREAD_MAY_END };

static long get_info(int pidfd, uint64_t mask, struct info *info)
{
	*info = (struct info){ .mask = mask };
	return SYSCALL3(SYS_ioctl, pidfd, GET_INFO, info);
}

static int open_pidfd(pid_t pid)
{
	return (int)SETUP(sys_pidfd_open(pid, 0));
}

static void expect_numbers(int pidfd, uint32_t pid, uint32_t tgid, uint32_t ppid)
{
	struct info info;

	long result = get_info(pidfd, INFO_PID, &info);
	REQUIRE_OK(result);
	EXPECT_EQ(info.mask & INFO_PID, INFO_PID);
	EXPECT_EQ(info.pid, pid);
	EXPECT_EQ(info.tgid, tgid);
	EXPECT_EQ(info.ppid, ppid);
}

/* ---- Numbers --------------------------------------------------------------------------------------- */

TEST(numbers, .covers = "PIDFDINFO-01", .features = FEATURES(NEEDS_PIDFD),
     .summary = "of a child: its PID, which is its thread group's, and its parent's; of oneself likewise")
{
	uint32_t self = (uint32_t)sys_getpid();

	pid_t child = start_child(MAY_END, 0);
	pid_t other = start_child(MAY_END, 0);
	expect_numbers(open_pidfd(child), (uint32_t)child, (uint32_t)child, self);
	expect_numbers(open_pidfd(other), (uint32_t)other, (uint32_t)other, self);
	expect_numbers(open_pidfd((pid_t)self), self, self, (uint32_t)sys_getppid());
	post(MAY_END);
	EXPECT_EXITED(child, 0);
	EXPECT_EXITED(other, 0);
}

static int wait_for_end(void *unused)
{
	(void)unused;
	await(THREAD_MAY_END);
	return 0;
}

TEST(of_thread, .covers = "PIDFDINFO-02", .features = FEATURES(NEEDS_PIDFD),
     .summary = "of a thread: its own ID, its process's, and its process's parent's")
{
	pid_t *tid = shared(sizeof(*tid));

	pid_t child = fork_helper();
	if (child == 0) {
		*tid = start_thread(wait_for_end, NULL);
		post(IS_READY);
		await(MAY_END);
		leave(0);
	}
	await(IS_READY);
	REQUIRE_NE(*tid, child);
	int thread = (int)SETUP(sys_pidfd_open(*tid, OPEN_THREAD));
	expect_numbers(thread, (uint32_t)*tid, (uint32_t)child, (uint32_t)sys_getpid());
	expect_numbers(open_pidfd(child), (uint32_t)child, (uint32_t)child, (uint32_t)sys_getpid());
	post(MAY_END);
	EXPECT_EXITED(child, 0);
}

static const struct level {
	const char *name;
	unsigned depth; /* PID namespaces between the caller and the process */
} levels[] = {
	{ "one", 1 },
	{ "two", 2 },
	{ "three", 3 },
};

/* Goes so many PID namespaces further in. Who is left behind waits for the next one's end. */
static void descend(unsigned depth)
{
	while (depth-- > 0) {
		long inner = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
		if (inner == 0)
			continue;
		REQUIRE_GT(inner, 0);
		EXPECT_EXITED(inner, 0);
		leave(0);
	}
}

TEST(inside_namespaces, .covers = "PIDFDINFO-03", .features = FEATURES(NEEDS_PIDFD, NEEDS_PID_NS, NEEDS_PROC),
     .caps = CAP(SYS_ADMIN), .summary = "the numbers are those of the caller's PID namespace, at each level",
     CASES(levels))
{
	const struct level *level = this_case();

	long outer = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (outer == 0) {
		descend(level->depth - 1);
		/* The first process of its namespace is nobody's child. */
		expect_numbers(open_pidfd(sys_getpid()), 1, 1, 0);
		post(IS_READY);
		await(MAY_END);
		leave(0);
	}
	REQUIRE_GT(outer, 1);
	REQUIRE_TRUE(await_unless_dead(IS_READY, (pid_t)outer));
	expect_numbers(open_pidfd((pid_t)outer), (uint32_t)outer, (uint32_t)outer, (uint32_t)sys_getpid());
	post(MAY_END);
	EXPECT_EXITED(outer, 0);
}

TEST(outside, .covers = "PIDFDINFO-04", .features = FEATURES(NEEDS_PIDFD, NEEDS_PID_NS), .caps = CAP(SYS_ADMIN),
     .summary = "a caller in a PID namespace gets EREMOTE for a process outside")
{
	int pidfd = open_pidfd(sys_getpid());

	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		struct info info;
		long result = get_info(pidfd, INFO_PID, &info);
		EXPECT_FAILS(result, EREMOTE);
		expect_numbers(open_pidfd(1), 1, 1, 0);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
	expect_numbers(pidfd, (uint32_t)sys_getpid(), (uint32_t)sys_getpid(), (uint32_t)sys_getppid());
}

/* ---- Credentials and the group --------------------------------------------------------------------- */

TEST(credentials, .covers = "PIDFDINFO-05", .features = FEATURES(NEEDS_PIDFD, NEEDS_TWO_IDS),
     .caps = CAP(SETUID) | CAP(SETGID),
     .summary = "real, effective, saved and file system IDs of user and group, each its own")
{
	struct info info;

	pid_t child = fork_helper();
	if (child == 0) {
		SETUP(SYSCALL3(SYS_setresgid, 5001, 5002, 5003));
		SETUP(SYSCALL3(SYS_setresuid, 4001, 4002, 4003));
		/* Allowed: each is one of the three. */
		SYSCALL1(SYS_setfsgid, 5001);
		SYSCALL1(SYS_setfsuid, 4003);
		post(IS_READY);
		await(MAY_END);
		leave(0);
	}
	await(IS_READY);
	long result = get_info(open_pidfd(child), INFO_CREDS, &info);
	REQUIRE_OK(result);
	EXPECT_EQ(info.mask & INFO_CREDS, INFO_CREDS);
	EXPECT_EQ(info.ruid, 4001U);
	EXPECT_EQ(info.euid, 4002U);
	EXPECT_EQ(info.suid, 4003U);
	EXPECT_EQ(info.fsuid, 4003U);
	EXPECT_EQ(info.rgid, 5001U);
	EXPECT_EQ(info.egid, 5002U);
	EXPECT_EQ(info.sgid, 5003U);
	EXPECT_EQ(info.fsgid, 5001U);
	post(MAY_END);
	EXPECT_EXITED(child, 0);
}

TEST(cgroup, .covers = "PIDFDINFO-06", .features = FEATURES(NEEDS_PIDFD, NEEDS_CLONE3, NEEDS_CGROUP2), .as_root = true,
     .caps = CAP(DAC_OVERRIDE), .summary = "the control group is named by the inode of its directory")
{
	struct info info;
	struct stat st;
	char group[192];

	SETUP(make_cgroup("", group, sizeof(group)));
	int fd = (int)SETUP(sys_open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	SETUP(fstat(fd, &st));
	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_INTO_CGROUP, .cgroup = fd, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(MAY_END);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	long result = get_info(open_pidfd(sys_getpid()), INFO_CGROUP, &info);
	REQUIRE_OK(result);
	EXPECT_NE(info.cgroup, (uint64_t)st.st_ino);
	result = get_info(open_pidfd((pid_t)child), INFO_CGROUP, &info);
	REQUIRE_OK(result);
	EXPECT_EQ(info.mask & INFO_CGROUP, INFO_CGROUP);
	EXPECT_EQ(info.cgroup, (uint64_t)st.st_ino);
	post(MAY_END);
	EXPECT_EXITED(child, 0);
}

/* ---- The end --------------------------------------------------------------------------------------- */

static const struct ending {
	const char *name;
	int signal, status; /* as wait gives it, without the bit of a core dump */
} endings[] = {
	{ "exited", 0, 7 << 8 },
	{ "killed", SIGKILL, SIGKILL },
	{ "terminated", SIGTERM, SIGTERM },
};

static _Noreturn void come_to_end(const struct ending *ending)
{
	if (ending->signal) {
		checked_kill(sys_getpid(), ending->signal);
		await(MAY_END);
	}
	leave(7);
}

TEST(zombie, .covers = "PIDFDINFO-07", .features = FEATURES(NEEDS_PIDFD),
     .summary = "the call gives the numbers of a zombie, and not yet its status", CASES(endings))
{
	const struct ending *ending = this_case();
	struct info info;

	pid_t child = fork_helper();
	if (child == 0)
		come_to_end(ending);
	int pidfd = open_pidfd(child);
	await_zombie(child);
	long result = get_info(pidfd, INFO_PID | INFO_EXIT, &info);
	REQUIRE_OK(result);
	EXPECT_EQ(info.mask & (INFO_PID | INFO_EXIT), INFO_PID);
	EXPECT_EQ(info.pid, (uint32_t)child);
	checked_wait(child, NULL, 0);
}

TEST(reaped, .covers = "PIDFDINFO-08 PIDFDINFO-09", .features = FEATURES(NEEDS_PIDFD),
     .summary =
	     "whoever asks for the status of a reaped process gets it, parent or not; a call that does not ask gives ESRCH",
     CASES(endings))
{
	const struct ending *ending = this_case();
	struct info info;

	pid_t child = fork_helper();
	if (child == 0)
		come_to_end(ending);
	int pidfd = open_pidfd(child);
	pid_t sibling = fork_helper();
	if (sibling == 0) {
		await(IS_READY);
		long result = get_info(pidfd, INFO_EXIT, &info);
		REQUIRE_OK(result);
		EXPECT_EQ(info.mask & INFO_EXIT, INFO_EXIT);
		EXPECT_EQ(info.status, ending->status);
		leave(0);
	}
	EXPECT_EQ(checked_wait(child, NULL, 0), child);
	long result = get_info(pidfd, INFO_PID, &info);
	EXPECT_FAILS(result, ESRCH);
	result = get_info(pidfd, INFO_PID | INFO_EXIT, &info);
	REQUIRE_OK(result);
	EXPECT_EQ(info.mask & INFO_EXIT, INFO_EXIT);
	EXPECT_EQ(info.status, ending->status);
	post(IS_READY);
	EXPECT_EXITED(sibling, 0);
}

/* ---- Errors ---------------------------------------------------------------------------------------- */

TEST(too_small, .covers = "PIDFDINFO-10", .features = FEATURES(NEEDS_PIDFD),
     .summary = "a structure smaller than the first release's is refused; none gives EINVAL")
{
	struct info info = { .mask = INFO_PID };
	int pidfd = open_pidfd(sys_getpid());

	long result = SYSCALL3(SYS_ioctl, pidfd, _IOC(_IOC_READ | _IOC_WRITE, 0xff, 11, sizeof(info) - 8), &info);
	EXPECT_LT(result, 0);
	result = SYSCALL3(SYS_ioctl, pidfd, GET_INFO, NULL);
	EXPECT_FAILS(result, EINVAL);
	result = get_info(pidfd, INFO_PID, &info);
	EXPECT_OK(result);
}

/* ---- Namespaces ------------------------------------------------------------------------------------ */

#define TIME 0x80 /* CLONE_NEWTIME, which some supported C libraries' headers lack */

static const struct namespace_kind {
	struct case_head head;
	unsigned long request;
	const char *link;
	uint64_t flag;
	enum { BY_CLONE, BY_PARENT, BY_ITSELF } how; /* a child comes into a new one: the latter two by unshare */
} kinds[] = {
	{ { "cgroup", .features = FEATURES(NEEDS_CGROUP_NS) }, _IO(0xff, 1), "cgroup", CLONE_NEWCGROUP, BY_CLONE },
	{ { "ipc", .features = FEATURES(NEEDS_IPC_NS) }, _IO(0xff, 2), "ipc", CLONE_NEWIPC, BY_CLONE },
	{ { "mnt", .features = FEATURES(NEEDS_MNT_NS) }, _IO(0xff, 3), "mnt", CLONE_NEWNS, BY_CLONE },
	{ { "net", .features = FEATURES(NEEDS_NET_NS) }, _IO(0xff, 4), "net", CLONE_NEWNET, BY_CLONE },
	{ { "pid", .features = FEATURES(NEEDS_PID_NS) }, _IO(0xff, 5), "pid", CLONE_NEWPID, BY_CLONE },
	{ { "pid_for_children", .features = FEATURES(NEEDS_PID_NS) },
	  _IO(0xff, 6),
	  "pid_for_children",
	  CLONE_NEWPID,
	  BY_CLONE },
	{ { "time", .features = FEATURES(NEEDS_TIME_NS) }, _IO(0xff, 7), "time", TIME, BY_PARENT },
	{ { "time_for_children", .features = FEATURES(NEEDS_TIME_NS) },
	  _IO(0xff, 8),
	  "time_for_children",
	  TIME,
	  BY_ITSELF },
	{ { "user", .features = FEATURES(NEEDS_USER_NS) }, _IO(0xff, 9), "user", CLONE_NEWUSER, BY_CLONE },
	{ { "uts", .features = FEATURES(NEEDS_UTS_NS) }, _IO(0xff, 10), "uts", CLONE_NEWUTS, BY_CLONE },
};

static long get_namespace(int pidfd, const struct namespace_kind *kind, unsigned long argument)
{
	return SYSCALL3(SYS_ioctl, pidfd, kind->request, argument);
}

static uint64_t inode_of(int fd)
{
	struct stat st;

	SETUP(fstat(fd, &st));
	return st.st_ino;
}

static uint64_t inode_of_link(pid_t pid, const char *name)
{
	char path[64];

	proc_path(path, sizeof(path), pid, "ns/");
	append_text(path, sizeof(path), name);
	int fd = (int)SETUP(sys_open(path, O_RDONLY | O_CLOEXEC));
	uint64_t inode = inode_of(fd);
	sys_close(fd);
	return inode;
}

/* A child in a new namespace of the kind; MAY_END ends it. */
static pid_t start_member(const struct namespace_kind *kind)
{
	if (kind->how == BY_PARENT)
		SETUP(sys_unshare(kind->flag));
	long child = CLONE_HERE(VIA_CLONE, .flags = kind->how == BY_CLONE ? kind->flag : 0, .exit_signal = SIGCHLD);
	if (child == 0) {
		if (kind->how == BY_ITSELF)
			SETUP(sys_unshare(kind->flag));
		post(IS_READY);
		await(MAY_END);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await(IS_READY);
	return (pid_t)child;
}

TEST(namespaces, .covers = "PIDFDNS-01", .features = FEATURES(NEEDS_PIDFD, NEEDS_PROC),
     .caps = CAP(SYS_ADMIN) | CAP(SYS_PTRACE),
     .summary =
	     "the calls give a descriptor of each of a process's namespaces, the same as /proc/PID/ns; execve closes it",
     CASES_NEEDING(kinds))
{
	const struct namespace_kind *kind = this_case();
	uint64_t own = inode_of_link(sys_getpid(), kind->link);

	pid_t child = start_member(kind);
	long of_self = get_namespace(open_pidfd(sys_getpid()), kind, 0);
	REQUIRE_OK(of_self);
	EXPECT_EQ(inode_of((int)of_self), inode_of_link(sys_getpid(), kind->link));
	EXPECT_EQ(sys_fcntl((int)of_self, F_GETFD, 0), FD_CLOEXEC);
	long of_child = get_namespace(open_pidfd(child), kind, 0);
	REQUIRE_OK(of_child);
	EXPECT_EQ(inode_of((int)of_child), inode_of_link(child, kind->link));
	EXPECT_EQ(sys_fcntl((int)of_child, F_GETFD, 0), FD_CLOEXEC);
	EXPECT_NE(inode_of((int)of_child), own);
	post(MAY_END);
	EXPECT_EXITED(child, 0);
}

TEST(namespace_to_enter, .covers = "PIDFDNS-02",
     .features = FEATURES(NEEDS_PIDFD, NEEDS_UTS_NS, NEEDS_SETNS, NEEDS_PROC), .caps = CAP(SYS_ADMIN) | CAP(SYS_PTRACE),
     .summary = "setns() enters what PIDFD_GET_UTS_NAMESPACE gives")
{
	const struct namespace_kind *uts = &kinds[ARRAY_SIZE(kinds) - 1];

	pid_t child = start_member(uts);
	uint64_t theirs = inode_of_link(child, "uts");
	EXPECT_NE(namespace_of_self("uts"), theirs);
	long fd = get_namespace(open_pidfd(child), uts, 0);
	REQUIRE_OK(fd);
	EXPECT_OK(sys_setns((int)fd, CLONE_NEWUTS));
	EXPECT_EQ(namespace_of_self("uts"), theirs);
	post(MAY_END);
	EXPECT_EXITED(child, 0);
}

TEST(namespace_argument, .covers = "PIDFDNS-03", .features = FEATURES(NEEDS_PIDFD),
     .summary = "an argument other than 0 gives EINVAL", CASES_NEEDING(kinds))
{
	const struct namespace_kind *kind = this_case();
	int pidfd = open_pidfd(sys_getpid());

	long result = get_namespace(pidfd, kind, 1);
	EXPECT_FAILS(result, EINVAL);
	result = get_namespace(pidfd, kind, 0);
	EXPECT_OK(result);
}

TEST(namespace_of_dead, .covers = "PIDFDNS-04", .features = FEATURES(NEEDS_PIDFD),
     .summary = "the call gives ESRCH for a process that was waited for", CASES_NEEDING(kinds))
{
	const struct namespace_kind *kind = this_case();

	pid_t child = start_child(MAY_END, 0);
	int pidfd = open_pidfd(child);
	long result = get_namespace(pidfd, kind, 0);
	EXPECT_OK(result);
	post(MAY_END);
	EXPECT_EXITED(child, 0);
	result = get_namespace(pidfd, kind, 0);
	EXPECT_FAILS(result, ESRCH);
}

TEST(namespace_of_stranger, .covers = "PIDFDNS-05", .features = FEATURES(NEEDS_PIDFD),
     .summary = "the calls give EACCES for a process that the caller may not trace", CASES_NEEDING(kinds))
{
	const struct namespace_kind *kind = this_case();

	pid_t child = fork_helper();
	if (child == 0) {
		SETUP_RAW(sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
		post(IS_READY);
		await(MAY_END);
		leave(0);
	}
	await(IS_READY);
	long result = get_namespace(open_pidfd(child), kind, 0);
	EXPECT_FAILS(result, EACCES);
	post(MAY_END);
	EXPECT_EXITED(child, 0);
}
