// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Joining namespaces: by the file of one, and by a pidfd. */
#include "join.h"

#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>

static const struct type {
	struct case_head head;
	uint64_t flag;
	uint64_t caps; /* to join one */
} types[] = {
	{ { "cgroup", .features = FEATURES(NEEDS_CGROUP_NS) }, CLONE_NEWCGROUP, CAP(SYS_ADMIN) },
	{ { "ipc", .features = FEATURES(NEEDS_IPC_NS) }, CLONE_NEWIPC, CAP(SYS_ADMIN) },
	{ { "mnt", .features = FEATURES(NEEDS_MNT_NS) }, CLONE_NEWNS, CAP(SYS_ADMIN) | CAP(SYS_CHROOT) },
	{ { "net", .features = FEATURES(NEEDS_NET_NS) }, CLONE_NEWNET, CAP(SYS_ADMIN) },
	{ { "uts", .features = FEATURES(NEEDS_UTS_NS) }, CLONE_NEWUTS, CAP(SYS_ADMIN) },
};

static void look_around(uint64_t *links)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		links[i] = namespace_of_self(types[i].head.name);
}

TEST(by_file, .covers = "SETNS-01 SETNS-02 SETNS-03", .caps = CAP(SYS_ADMIN) | CAP(SYS_CHROOT),
     .features = FEATURES(JOIN),
     .summary = "setns with a namespace's file moves the caller into that one and leaves the other types alone",
     CASES_NEEDING(types))
{
	const struct type *type = this_case();
	uint64_t before[ARRAY_SIZE(types)], after[ARRAY_SIZE(types)];
	pid_t host = start_host(type->flag);
	int fd = open_namespace(host, type->head.name);

	look_around(before);
	EXPECT_NE(inode_of(fd), before[type - types]);
	long result = sys_setns(fd, 0);
	EXPECT_OK(result);
	look_around(after);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		EXPECT_EQ(after[i], &types[i] == type ? inode_of(fd) : before[i], types[i].head.name);
	end_host(host);
}

TEST(type_is_checked, .covers = "SETNS-04 SETNS-05", .caps = CAP(SYS_ADMIN) | CAP(SYS_CHROOT),
     .features = FEATURES(JOIN), .summary = "setns takes the namespace's own type for nstype and refuses any other",
     CASES_NEEDING(types))
{
	const struct type *type = this_case();
	/* One of the caller's own making, over which it has power wherever it runs. */
	SETUP_RAW(sys_unshare((unsigned long)type->flag));
	int fd = open_namespace(sys_getpid(), type->head.name);

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		long result = sys_setns(fd, (int)types[i].flag);
		if (&types[i] == type)
			EXPECT_OK(result, types[i].head.name);
		else
			EXPECT_FAILS(result, EINVAL, types[i].head.name);
	}
}

TEST(needs_sys_admin, .covers = "SETNS-29", .caps = CAP(SYS_CHROOT), .features = FEATURES(JOIN),
     .summary = "joining without CAP_SYS_ADMIN is refused", CASES_NEEDING(types))
{
	const struct type *type = this_case();
	int fd = open_namespace(sys_getpid(), type->head.name);

	long result = sys_setns(fd, 0);
	EXPECT_FAILS(result, EPERM);
}

TEST(mount_needs_chroot, .covers = "SETNS-20", .caps = CAP(SYS_ADMIN) | CAP(SYS_CHROOT), .features = FEATURES(JOIN),
     .summary = "joining a mount namespace needs CAP_SYS_CHROOT besides CAP_SYS_ADMIN")
{
	int fd = open_namespace(sys_getpid(), "mnt");

	long result = sys_setns(fd, CLONE_NEWNS);
	EXPECT_OK(result);
	set_capabilities(CAP(SYS_ADMIN));
	result = sys_setns(fd, CLONE_NEWNS);
	EXPECT_FAILS(result, EPERM);
}

TEST(mount_refused_when_fs_shared, .covers = "SETNS-21", .caps = CAP(SYS_ADMIN) | CAP(SYS_CHROOT),
     .features = FEATURES(JOIN),
     .summary = "a process that shares its working directory and root can't join a mount namespace")
{
	int fd = open_namespace(sys_getpid(), "mnt");
	pid_t sharer = start_sharer(CLONE_FS);

	long result = sys_setns(fd, CLONE_NEWNS);
	EXPECT_FAILS(result, EINVAL);
	end_sharer(sharer, CLONE_FS);
	result = sys_setns(fd, CLONE_NEWNS);
	EXPECT_OK(result);
}

TEST(bad_descriptor, .covers = "SETNS-08 SETNS-09", .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_SETNS),
     .summary = "setns refuses what is no descriptor with EBADF and what is no namespace with EINVAL")
{
	long result = sys_setns(-1, 0);
	EXPECT_FAILS(result, EBADF);
	int ends[2];
	SETUP(pipe(ends));
	result = sys_setns(ends[0], 0);
	EXPECT_FAILS(result, EINVAL);
}

TEST(by_bind_mount, .reaches = "the machine's mounts", .covers = "SETNS-06 NS-06", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(JOIN, NEEDS_UTS_NS, NEEDS_WORKDIR),
     .summary = "a bind mount of a namespace's file keeps the namespace and may be joined")
{
	SETUP(close((int)SETUP(open("ns", O_CREAT | O_WRONLY, 0600))));
	pid_t child = fork_helper();
	if (child == 0) {
		char path[64];
		SETUP(sys_unshare(CLONE_NEWNS));
		private_mounts();
		pid_t host = start_host(CLONE_NEWUTS);
		int fd = open_namespace(host, "uts");
		uint64_t inode = inode_of(fd);
		close(fd);
		proc_path(path, sizeof(path), host, "ns/uts");
		EXPECT_RETURNS(mount(path, "ns", NULL, MS_BIND, NULL), 0);
		end_host(host);
		/* Its last member is gone. */
		fd = open("ns", O_RDONLY | O_CLOEXEC);
		EXPECT_GE(fd, 0);
		EXPECT_EQ(inode_of(fd), inode);
		EXPECT_OK(sys_setns(fd, CLONE_NEWUTS));
		EXPECT_EQ(namespace_of_self("uts"), inode);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
}

TEST(kept_by_descriptor, .covers = "NS-05", .caps = CAP(SYS_ADMIN), .features = FEATURES(JOIN, NEEDS_UTS_NS),
     .summary = "an open descriptor keeps a namespace whose last member is gone")
{
	pid_t host = start_host(CLONE_NEWUTS);
	int fd = open_namespace(host, "uts");
	uint64_t inode = inode_of(fd);

	end_host(host);
	EXPECT_OK(sys_setns(fd, CLONE_NEWUTS));
	EXPECT_EQ(namespace_of_self("uts"), inode);
}

TEST(by_passed_descriptor, .covers = "SETNS-07", .caps = CAP(SYS_ADMIN), .features = FEATURES(JOIN, NEEDS_UTS_NS),
     .summary = "setns accepts a descriptor of a namespace that came over a UNIX socket")
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr head;
	} control = { 0 };
	char byte = 'x';
	struct iovec part = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};
	int ends[2], fd = -1;

	SETUP(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	long child = SETUP(CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUTS, .exit_signal = SIGCHLD));
	if (child == 0) {
		control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
						 .cmsg_level = SOL_SOCKET,
						 .cmsg_type = SCM_RIGHTS };
		*(int *)CMSG_DATA(&control.head) = open_namespace(sys_getpid(), "uts");
		SETUP(sendmsg(ends[0], &message, 0));
		leave(0);
	}
	EXPECT_EXITED(child, 0);
	SETUP(close(ends[0]));
	SETUP(recvmsg(ends[1], &message, MSG_CMSG_CLOEXEC));
	if (CMSG_FIRSTHDR(&message))
		fd = *(int *)CMSG_DATA(CMSG_FIRSTHDR(&message));
	REQUIRE_GE(fd, 0);
	EXPECT_NE(inode_of(fd), namespace_of_self("uts"));
	EXPECT_OK(sys_setns(fd, CLONE_NEWUTS));
	EXPECT_EQ(inode_of(fd), namespace_of_self("uts"));
}

TEST(by_pidfd, .covers = "SETNS-10 SETNS-11", .caps = CAP(SYS_ADMIN) | CAP(SYS_PTRACE),
     .features = FEATURES(JOIN, NEEDS_UTS_NS, NEEDS_IPC_NS, NEEDS_NET_NS),
     .summary = "setns with a pidfd moves the caller into the named namespaces of that process and into no others")
{
	uint64_t before[ARRAY_SIZE(types)], after[ARRAY_SIZE(types)];
	pid_t host = start_host(CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET);
	int pidfd = (int)SETUP_RAW(sys_pidfd_open(host, 0));

	look_around(before);
	long result = sys_setns(pidfd, CLONE_NEWUTS | CLONE_NEWIPC);
	EXPECT_OK(result);
	look_around(after);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i].flag & (CLONE_NEWUTS | CLONE_NEWIPC))
			EXPECT_EQ(after[i], inode_of(open_namespace(host, types[i].head.name)), types[i].head.name);
		else
			EXPECT_EQ(after[i], before[i], types[i].head.name);
	}
	end_host(host);
}

TEST(by_pidfd_refused, .covers = "SETNS-12 SETNS-14", .caps = CAP(SYS_ADMIN), .features = FEATURES(JOIN, NEEDS_UTS_NS),
     .summary = "setns with a pidfd refuses no type with EINVAL, and a process that is gone with ESRCH")
{
	pid_t host = start_host(CLONE_NEWUTS);
	int pidfd = (int)SETUP_RAW(sys_pidfd_open(host, 0));

	long result = sys_setns(pidfd, 0);
	EXPECT_FAILS(result, EINVAL);
	end_host(host);
	result = sys_setns(pidfd, CLONE_NEWUTS);
	EXPECT_FAILS(result, ESRCH);
}

TEST(by_pidfd_all_or_nothing, .covers = "SETNS-13", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(JOIN, NEEDS_UTS_NS, NEEDS_IPC_NS),
     .summary = "setns with a pidfd changes nothing where it is refused one of the namespaces")
{
	uint64_t before[ARRAY_SIZE(types)], after[ARRAY_SIZE(types)];
	pid_t host = start_host(CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS);
	int pidfd = (int)SETUP_RAW(sys_pidfd_open(host, 0));

	look_around(before);
	/* The mount namespace wants CAP_SYS_CHROOT, which is missing. */
	long result = sys_setns(pidfd, CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS);
	EXPECT_FAILS(result, EPERM);
	look_around(after);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		EXPECT_EQ(after[i], before[i], types[i].head.name);
	result = sys_setns(pidfd, CLONE_NEWUTS | CLONE_NEWIPC);
	EXPECT_OK(result);
	end_host(host);
}

/* ---- What joining leaves alone ----------------------------------------------------------------- */

/* Where a process is among the control groups, as the caller's cgroup namespace shows it. */
static void membership(pid_t pid, char *text, size_t size)
{
	char path[64];

	SETUP(read_file(proc_path(path, sizeof(path), pid, "cgroup"), text, size));
}

/* A process with a cgroup namespace whose root is a group of its own. */
static pid_t start_host_in_group(void)
{
	char group[192];

	SETUP(make_cgroup("", group, sizeof(group)));
	int fd = (int)SETUP(sys_open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	long host = SETUP(CLONE_HERE(VIA_CLONE3, .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = fd));
	if (host == 0) {
		SETUP_RAW(sys_unshare(CLONE_NEWCGROUP));
		post(HOST_IS_READY);
		await(HOST_MAY_GO);
		leave(0);
	}
	sys_close(fd);
	await(HOST_IS_READY);
	return (pid_t)host;
}

TEST(cgroup_membership_stays, .covers = "SETNS-27", .as_root = true, .caps = CAP(SYS_ADMIN) | CAP(DAC_OVERRIDE),
     .features = FEATURES(JOIN, NEEDS_CGROUP_NS, NEEDS_CGROUP2, NEEDS_CLONE3),
     .summary =
	     "a process that joins a cgroup namespace stays in its control groups, and sees their paths from the new root")
{
	static char before[1024], after[1024], hosts[1024], inside[1024];
	pid_t host = start_host_in_group();
	int fd = open_namespace(host, "cgroup");

	membership(sys_getpid(), before, sizeof(before));
	membership(host, hosts, sizeof(hosts));
	REQUIRE_TRUE(strcmp(before, hosts) != 0);
	pid_t joiner = fork_helper();
	if (joiner == 0) {
		long result = sys_setns(fd, CLONE_NEWCGROUP);
		EXPECT_OK(result);
		EXPECT_EQ(namespace_of_self("cgroup"), inode_of(fd));
		membership(sys_getpid(), inside, sizeof(inside));
		EXPECT_TRUE(strcmp(inside, before) != 0);
		post(SHARER_IS_READY);
		await(SHARER_MAY_GO);
		leave(0);
	}
	await(SHARER_IS_READY);
	membership(joiner, after, sizeof(after));
	EXPECT_TRUE(!strcmp(after, before));
	end_sharer(joiner, 0);
	end_host(host);
}
