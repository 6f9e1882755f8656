// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Who owns a user namespace, and which user namespace owns another: by ioctl(2) on the files of namespaces. */
#include "forkcheck.h"

#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#ifndef NS_GET_OWNER_UID
#define NS_GET_OWNER_UID _IO(NSIO, 0x4)
#endif

#define USER_NS NEEDS_USER_NS, NEEDS_PROC

enum { MEMBER_IS_READY, MEMBER_MAY_GO };

static int open_namespace(pid_t pid, const char *type)
{
	char path[64];

	proc_path(path, sizeof(path), pid, "ns/");
	append_text(path, sizeof(path), type);
	return (int)SETUP(sys_open(path, O_RDONLY | O_CLOEXEC));
}

/* The inode of a namespace's descriptor, which is closed. */
static uint64_t inode_of(int fd)
{
	struct stat st;

	SETUP(fstat(fd, &st));
	sys_close(fd);
	return st.st_ino;
}

static long ask(int fd, unsigned long request, void *answer)
{
	return SYSCALL3(SYS_ioctl, fd, request, answer);
}

static uint64_t inode_of_answer(int fd, unsigned long request)
{
	long result = ask(fd, request, NULL);

	sys_close(fd);
	REQUIRE_GE(result, 0);
	EXPECT_EQ(sys_fcntl((int)result, F_GETFD, 0), FD_CLOEXEC);
	return inode_of((int)result);
}

/* A process in a new user namespace, and more new ones, until MEMBER_MAY_GO. */
static pid_t start_member(uint64_t more)
{
	/* In the flags of clone(2) that one means something else. */
	long member = user_doors[more & CLONE_NEWTIME ? USER_CLONE3 : USER_CLONE].enter(more);

	if (member == 0) {
		await(MEMBER_MAY_GO);
		leave(0);
	}
	REQUIRE_GT(member, 0);
	return (pid_t)member;
}

static void end_member(pid_t member)
{
	post(MEMBER_MAY_GO);
	EXPECT_EXITED(member, 0);
}

/* ---- The owner of a user namespace ------------------------------------------------------------- */

TEST(owner, .covers = "USERNS-11", .features = FEATURES(USER_NS),
     .summary = "NS_GET_OWNER_UID gives the user who made the namespace, by its ID in the caller's namespace",
     THROUGH(user_doors))
{
	const struct user_door *door = this_door();
	uid_t uid = geteuid(), owner = (uid_t)-1;

	long member = enter_as(door, 7);
	if (member == 0) {
		int fd = open_namespace(sys_getpid(), "user");
		long result = ask(fd, NS_GET_OWNER_UID, &owner);
		EXPECT_OK(result);
		EXPECT_EQ(owner, 7);
		await(MEMBER_MAY_GO);
		leave(0);
	}
	REQUIRE_GT(member, 0);
	int fd = open_namespace((pid_t)member, "user");
	long result = ask(fd, NS_GET_OWNER_UID, &owner);
	EXPECT_OK(result);
	EXPECT_EQ(owner, uid);
	end_member((pid_t)member);
}

TEST(effective_user_owns, .covers = "USERNS-11", .features = FEATURES(USER_NS, NEEDS_TWO_IDS), .caps = CAP(SETUID),
     .summary = "a user namespace belongs to the effective user ID of its creator, not to the real or saved one")
{
	uid_t real = getuid(), effective = real / 2, owner = (uid_t)-1;

	SETUP(setresuid(real, effective, real));
	SETUP_RAW(sys_prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
	pid_t member = start_member(0);
	int fd = open_namespace(member, "user");
	long result = ask(fd, NS_GET_OWNER_UID, &owner);
	EXPECT_OK(result);
	EXPECT_EQ(owner, effective);
	end_member(member);
}

/* ---- The parent of a user namespace ------------------------------------------------------------ */

TEST(parent, .covers = "USERNS-12", .features = FEATURES(USER_NS),
     .summary = "NS_GET_PARENT leads to the user namespace in which another was made, at each level",
     THROUGH(user_doors))
{
	uint64_t own = namespace_of_self("user");

	long member = enter_as(&user_doors[USER_CLONE], 0);
	if (member == 0) {
		pid_t nested = start_member(0);
		EXPECT_EQ(inode_of_answer(open_namespace(nested, "user"), NS_GET_PARENT), namespace_of_self("user"));
		EXPECT_EQ(inode_of_answer(open_namespace(nested, "user"), NS_GET_USERNS), namespace_of_self("user"));
		end_member(nested);
		leave(0);
	}
	REQUIRE_GT(member, 0);
	EXPECT_EQ(inode_of_answer(open_namespace((pid_t)member, "user"), NS_GET_PARENT), own);
	EXPECT_EXITED(member, 0);
}

TEST(out_of_scope, .covers = "USERCAP-03 USERCAP-04", .features = FEATURES(USER_NS, NEEDS_UTS_NS),
     .summary = "NS_GET_PARENT and NS_GET_USERNS don't lead out of the caller's user namespace")
{
	long member = user_doors[USER_CLONE].enter(0);
	if (member == 0) {
		long result = ask(open_namespace(sys_getpid(), "user"), NS_GET_PARENT, NULL);
		EXPECT_FAILS(result, EPERM);
		result = ask(open_namespace(sys_getpid(), "uts"), NS_GET_USERNS, NULL);
		EXPECT_FAILS(result, EPERM);
		SETUP_RAW(sys_unshare(CLONE_NEWUTS));
		result = ask(open_namespace(sys_getpid(), "uts"), NS_GET_USERNS, NULL);
		EXPECT_OK(result);
		leave(0);
	}
	REQUIRE_GT(member, 0);
	EXPECT_EXITED(member, 0);
}

TEST(wrong_type, .covers = "USERCAP-05 USERCAP-06", .features = FEATURES(USER_NS, NEEDS_UTS_NS),
     .summary = "a UTS namespace has no parent, and no user who owns it")
{
	int fd = open_namespace(sys_getpid(), "uts");
	uid_t owner;

	long result = ask(fd, NS_GET_PARENT, NULL);
	EXPECT_FAILS(result, EINVAL);
	result = ask(fd, NS_GET_OWNER_UID, &owner);
	EXPECT_FAILS(result, EINVAL);
}

/* ---- The owner of another namespace ------------------------------------------------------------ */

static const struct type {
	struct case_head head;
	uint64_t flag;
} types[] = {
	{ { "cgroup", .features = FEATURES(NEEDS_CGROUP_NS) }, CLONE_NEWCGROUP },
	{ { "ipc", .features = FEATURES(NEEDS_IPC_NS) }, CLONE_NEWIPC },
	{ { "mnt", .features = FEATURES(NEEDS_MNT_NS) }, CLONE_NEWNS },
	{ { "net", .features = FEATURES(NEEDS_NET_NS) }, CLONE_NEWNET },
	{ { "pid", .features = FEATURES(NEEDS_PID_NS) }, CLONE_NEWPID },
	{ { "time", .features = FEATURES(NEEDS_TIME_NS, NEEDS_CLONE3) }, CLONE_NEWTIME },
	{ { "uts", .features = FEATURES(NEEDS_UTS_NS) }, CLONE_NEWUTS },
};

TEST(made_together, .covers = "USERNS-13 USERNS-18", .features = FEATURES(USER_NS), CASES_NEEDING(types),
     .summary = "a namespace that was made together with a user namespace is owned by that one")
{
	const struct type *type = this_case();

	pid_t member = start_member(type->flag);
	uint64_t user = inode_of(open_namespace(member, "user"));
	EXPECT_NE(user, namespace_of_self("user"));
	EXPECT_EQ(inode_of_answer(open_namespace(member, type->head.name), NS_GET_USERNS), user);
	end_member(member);
}

TEST(made_before, .covers = "USERNS-13 USERNS-19", .features = FEATURES(USER_NS), .caps = CAP(SYS_ADMIN),
     .summary = "a namespace stays with the user namespace of its creator when a member gets into a new one",
     CASES_NEEDING(types))
{
	const struct type *type = this_case();
	uint64_t own = namespace_of_self("user");

	long creator = CLONE_HERE(type->flag == CLONE_NEWTIME ? VIA_CLONE3 : VIA_CLONE, .flags = type->flag,
				  .exit_signal = SIGCHLD);
	if (creator == 0) {
		SETUP_RAW(sys_unshare(CLONE_NEWUSER));
		post(MEMBER_IS_READY);
		await(MEMBER_MAY_GO);
		leave(0);
	}
	REQUIRE_GT(creator, 0);
	REQUIRE_TRUE(await_unless_dead(MEMBER_IS_READY, (pid_t)creator));
	EXPECT_NE(inode_of(open_namespace((pid_t)creator, "user")), own);
	EXPECT_EQ(inode_of_answer(open_namespace((pid_t)creator, type->head.name), NS_GET_USERNS), own);
	end_member((pid_t)creator);
}
