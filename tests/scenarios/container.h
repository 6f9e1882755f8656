/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What tests of containers share: what a test asks for, what the first process sets up, what can be seen outside. */
#ifndef SCENARIOS_CONTAINER_H
#define SCENARIOS_CONTAINER_H

#include "../namespaces/join.h"

#include <dirent.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#define OTHERS (CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP)
#define OTHER_FEATURES                                                                                     \
	NEEDS_PID_NS, NEEDS_MNT_NS, NEEDS_UTS_NS, NEEDS_IPC_NS, NEEDS_NET_NS, NEEDS_CGROUP_NS, NEEDS_PROC, \
		NEEDS_WORKDIR, NEEDS_NS_ROOT
/* What set_up() and expect_untouched() assert. */
#define OTHERS_COVERED                                                                                                \
	"CLONE-NEWPID-01 CLONE-NEWNS-01 CLONE-NEWUTS-01 CLONE-NEWIPC-01 CLONE-NEWNET-01 CLONE-NEWCGROUP-01 PIDNS-01 " \
	"PIDNS-23 UTSNS-01 MNTNS-01"
#define USER_COVERED "CLONE-NEWUSER-01 USERNS-01 USERNS-03 USERNS-16 USERNS-18 " OTHERS_COVERED

#define IN_USER_NS OTHER_FEATURES, NEEDS_USER_NS, NEEDS_PROC_MOUNT, NEEDS_SETHOSTNAME

struct kind {
	struct case_head head;
	uint64_t flags;
};

/* Events. */
enum { MAPPED, IS_UP, MEMBER_IS_READY, OTHER_IS_READY, SERVICE_MAY_GO, ORPHANS_MAY_GO, NEVER };

static const struct namespace_type {
	const char *type;
	uint64_t flag;
} namespaces[] = {
	{ "user", CLONE_NEWUSER }, { "pid", CLONE_NEWPID }, { "mnt", CLONE_NEWNS },	   { "uts", CLONE_NEWUTS },
	{ "ipc", CLONE_NEWIPC },   { "net", CLONE_NEWNET }, { "cgroup", CLONE_NEWCGROUP },
};

/* The caller's namespaces, in this order. */
static inline void list_namespaces(uint64_t *list)
{
	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++)
		list[i] = namespace_of_self(namespaces[i].type);
}

/* ---- Inside: the first process ------------------------------------------------------------------ */

/* Each namespace that was asked for is another one, and no other. If not, no change is made to what others have. */
static inline void require_namespaces(uint64_t flags, const uint64_t *outside)
{
	uint64_t inside[ARRAY_SIZE(namespaces)];
	bool all = true;

	list_namespaces(inside);
	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++) {
		bool other = inside[i] != outside[i], wanted = flags & namespaces[i].flag;
		EXPECT_EQ(other, wanted, namespaces[i].type);
		all &= other == wanted;
	}
	if (!all)
		leave(1);
}

static inline long set_loopback_up(void)
{
	struct ifreq lo = { .ifr_name = "lo" };
	int fd = (int)SETUP(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));

	SETUP(ioctl(fd, SIOCGIFFLAGS, &lo));
	lo.ifr_flags |= IFF_UP;
	long r = ioctl(fd, SIOCSIFFLAGS, &lo) ? -errno : 0;
	sys_close(fd);
	return r;
}

/* A port that containers beside this one have as well. */
static inline void expect_network(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(4000),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = (int)SETUP(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	char byte = 'x';

	EXPECT_RETURNS(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	EXPECT_RETURNS(sendto(fd, &byte, 1, 0, (struct sockaddr *)&address, sizeof(address)), 1);
	EXPECT_RETURNS(recv(fd, &byte, 1, 0), 1);
	sys_close(fd);
}

/*
 * pivot_root can't replace a root that is mounted on nothing, as the initial ramfs is up to Linux 6: its line names it
 * as its own parent. What can replace it takes a capability more.
 */
static inline bool root_is_ramfs(void)
{
	char text[16384];

	SETUP_RAW(read_file("/proc/self/mountinfo", text, sizeof(text)));
	for (char *line = text; line && *line; line = strchr(line, '\n'), line += line ? 1 : 0) {
		char *rest;
		long mount = strtol(line, &rest, 10), parent = strtol(rest, NULL, 10);
		if (mount == parent)
			return true;
	}
	return false;
}

/* The container's own root: an empty file system with a directory for the old root and a proc of its own. */
static inline void change_root(void)
{
	private_mounts();
	EXPECT_RETURNS(mount("container", "root", "tmpfs", 0, "size=64k"), 0);
	SETUP(mkdir("root/proc", 0700));
	SETUP(mkdir("root/old", 0700));
	EXPECT_RETURNS(mount("proc", "root/proc", "proc", 0, NULL), 0);
	SETUP(chdir("root"));
	if (root_is_ramfs()) {
		EXPECT_RETURNS(mount(".", "/", NULL, MS_MOVE, NULL), 0);
		EXPECT_RETURNS(chroot("."), 0);
	} else {
		EXPECT_OK(SYSCALL2(SYS_pivot_root, ".", "old"));
		EXPECT_RETURNS(umount2("/old", MNT_DETACH), 0);
	}
	SETUP(chdir("/"));
	EXPECT_RETURNS(rmdir("/old"), 0);
}

/* How many names a directory has that begin with one of these characters. */
static inline int names_in(const char *path, const char *first)
{
	DIR *dir = opendir(path);
	int count = 0;

	SETUP(dir ? 0 : -1);
	for (const struct dirent *entry; (entry = readdir(dir));)
		count += strchr(first, entry->d_name[0]) != NULL;
	closedir(dir);
	return count;
}

static const char hostname[] = "container";

/* All that the first process sets up, before it drops its privileges. */
static inline void set_up(const struct kind *kind, const uint64_t *outside)
{
	bool user = kind->flags & CLONE_NEWUSER;

	REQUIRE_EQ(sys_getpid(), 1);
	EXPECT_EQ(sys_getppid(), 0);
	await(MAPPED);
	if (user) {
		REQUIRE_EQ(getuid(), 0);
		REQUIRE_EQ(getgid(), 0);
	}
	EXPECT_EQ(effective_capabilities(), user ? known_capabilities() : kind->head.caps);
	require_namespaces(kind->flags, outside);
	EXPECT_OK(SYSCALL2(SYS_sethostname, hostname, sizeof(hostname) - 1));
	/* Who owns the network's user namespace may do this, and not an administrator of other things. */
	EXPECT_RESULT(set_loopback_up(), user ? 0 : -EPERM, "loopback up");
	if (user)
		expect_network();
	change_root();
}

/* ---- Outside ------------------------------------------------------------------------------------- */

struct outside {
	uint64_t namespaces[ARRAY_SIZE(namespaces)];
	struct utsname names;
};

static inline void look_around(const struct kind *kind, struct outside *outside)
{
	if (!(kind->flags & CLONE_NEWUSER) && !(kind->head.caps & CAP(SYS_CHROOT)) && root_is_ramfs())
		SKIP(SKIP_SURROUNDINGS, "pivot_root", "the root directory is the initial ramfs");
	SETUP(mkdir("root", 0700));
	SETUP(uname(&outside->names));
	list_namespaces(outside->namespaces);
}

/* Gives the first process its user ID 0, if it is to have one, and lets it go on. */
static inline void let_start(const struct kind *kind, pid_t container)
{
	if (kind->flags & CLONE_NEWUSER)
		EXPECT_OK(map_user_namespace(container, 0, 0, geteuid(), getegid()));
	post(MAPPED);
}

/* Nothing outside has changed, and nobody is left. */
static inline void expect_untouched(const struct outside *outside)
{
	uint64_t now[ARRAY_SIZE(namespaces)];
	struct utsname names;

	SETUP(uname(&names));
	EXPECT_TRUE(!strcmp(names.nodename, outside->names.nodename));
	list_namespaces(now);
	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++)
		EXPECT_EQ(now[i], outside->namespaces[i], namespaces[i].type);
	EXPECT_ERRNO(access("root/proc", F_OK), ENOENT);
	EXPECT_NO_CHILD();
}

#endif
