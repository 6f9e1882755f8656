// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The links to PID namespaces in /proc/PID/ns, and what NS_GET_PARENT tells of one. */
#include "powers.h"

#include <linux/nsfs.h>
#include <sys/stat.h>

#define LINKS NEEDS_PID_NS, NEEDS_PROC

enum { IS_READY, MAY_GO };

static const char for_children[] = "pid_for_children";

static long read_link(const char *path)
{
	char text[64];

	return SYSCALL4(SYS_readlinkat, AT_FDCWD, path, text, sizeof(text));
}

/* ---- The namespace of future children -------------------------------------------------------------- */

TEST(for_children_after_unshare, .covers = "PIDNS-27", .features = FEATURES(LINKS),
     .summary =
	     "after unshare pid_for_children leads to the namespace that the children are in, ns/pid to the caller's",
     CASES_NEEDING(powers))
{
	const struct power *power = this_case();
	uint64_t before = namespace_of_self("pid"), *of_child = shared(sizeof(*of_child));

	EXPECT_EQ(namespace_of_self(for_children), before);
	long result = sys_unshare((unsigned long)(CLONE_NEWPID | power->flags));
	REQUIRE_OK(result);
	EXPECT_EQ(namespace_of_self("pid"), before);
	long child = sys_fork();
	if (child == 0) {
		*of_child = namespace_of_self("pid");
		EXPECT_EQ(namespace_of_self(for_children), *of_child);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_NE(*of_child, before);
	EXPECT_EQ(namespace_of_self(for_children), *of_child);
	EXPECT_EQ(namespace_of_self("pid"), before);
}

static const struct first {
	struct case_head head;
	bool leads_there;
} firsts[] = {
	{ { "nowhere", .covers = "PIDNS-28" }, false },
	{ { "there", .covers = "PIDNS-53" }, true },
};

TEST(for_children_before_the_first, .features = FEATURES(LINKS), .caps = CAP(SYS_ADMIN),
     .summary = "pid_for_children leads to the new namespace after unshare, before there is a child",
     CASES_NEEDING(firsts))
{
	const struct first *first = this_case();
	uint64_t *of_child = shared(sizeof(*of_child));

	EXPECT_GT(read_link("/proc/self/ns/pid_for_children"), 0);
	SETUP(sys_unshare(CLONE_NEWPID));
	long link = read_link("/proc/self/ns/pid_for_children");
	uint64_t inode = namespace_of_self(for_children);
	long child = sys_fork();
	if (child == 0) {
		*of_child = namespace_of_self("pid");
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_GT(read_link("/proc/self/ns/pid_for_children"), 0);
	if (first->leads_there)
		EXPECT_GT(link, 0);
	else
		EXPECT_FAILS(link, ENOENT);
	EXPECT_EQ(inode, first->leads_there ? *of_child : 0);
}

static uint64_t inode_of(int fd)
{
	struct stat st;

	SETUP(fstat(fd, &st));
	return st.st_ino;
}

static int open_link(pid_t pid, const char *name)
{
	char path[64];

	return (int)SETUP(sys_open(proc_path(path, sizeof(path), pid, name), O_RDONLY | O_CLOEXEC));
}

TEST(for_children_after_setns, .covers = "PIDNS-27", .features = FEATURES(LINKS, NEEDS_SETNS), .caps = CAP(SYS_ADMIN),
     .summary = "setns to a PID namespace moves pid_for_children there, and back to the caller's own")
{
	uint64_t own = namespace_of_self("pid");
	int own_link = open_link(sys_getpid(), "ns/pid");

	long host = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (host == 0) {
		await(MAY_GO);
		leave(0);
	}
	REQUIRE_GT(host, 0);
	int host_link = open_link((pid_t)host, "ns/pid");
	EXPECT_EQ(namespace_of_self(for_children), own);
	EXPECT_OK(sys_setns(host_link, CLONE_NEWPID));
	EXPECT_EQ(namespace_of_self(for_children), inode_of(host_link));
	EXPECT_NE(namespace_of_self(for_children), own);
	EXPECT_EQ(namespace_of_self("pid"), own);
	EXPECT_OK(sys_setns(own_link, CLONE_NEWPID));
	EXPECT_EQ(namespace_of_self(for_children), own);
	post(MAY_GO);
	EXPECT_EXITED(host, 0);
}

/* ---- The parent ------------------------------------------------------------------------------------ */

static long parent_of(int fd)
{
	return SYSCALL3(SYS_ioctl, fd, NS_GET_PARENT, 0);
}

/* Whether the result of parent_of() is a descriptor of this namespace; closes it. */
static void expect_parent(long parent, uint64_t inode)
{
	REQUIRE_OK(parent);
	EXPECT_EQ(inode_of((int)parent), inode);
	EXPECT_EQ(sys_fcntl((int)parent, F_GETFD, 0), FD_CLOEXEC);
	sys_close((int)parent);
}

TEST(parent, .covers = "PIDNS-26 PIDNS-48", .features = FEATURES(LINKS),
     .summary = "NS_GET_PARENT tells a PID namespace's parent, to those from whom it is not hidden",
     CASES_NEEDING(powers))
{
	const struct power *power = this_case();
	pid_t *nested_here = shared(sizeof(*nested_here));

	long host = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID | power->flags, .exit_signal = SIGCHLD);
	if (host == 0) {
		int own = (int)SETUP(sys_open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC));
		EXPECT_FAILS(parent_of(own), EPERM);
		long nested = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
		if (nested == 0) {
			char text[16] = "";
			SETUP(readlink("/proc/self", text, sizeof(text) - 1));
			*nested_here = atoi(text);
			post(IS_READY);
			await(MAY_GO);
			leave(0);
		}
		REQUIRE_GT(nested, 0);
		EXPECT_EXITED(nested, 0);
		leave(0);
	}
	REQUIRE_GT(host, 0);
	REQUIRE_TRUE(await_unless_dead(IS_READY, (pid_t)host));
	int host_link = open_link((pid_t)host, "ns/pid"), nested_link = open_link(*nested_here, "ns/pid");
	EXPECT_NE(inode_of(host_link), namespace_of_self("pid"));
	long parent = parent_of(host_link);
	expect_parent(parent, namespace_of_self("pid"));
	parent = parent_of(nested_link);
	expect_parent(parent, inode_of(host_link));
	parent = parent_of(open_link(sys_getpid(), "ns/pid"));
	EXPECT_FAILS(parent, EPERM);
	post(MAY_GO);
	EXPECT_EXITED(host, 0);
}

static const struct flat_type {
	struct case_head head;
	const char *link;
} flat_types[] = {
	{ { .name = "mnt" }, "ns/mnt" },
	{ { "net", .features = FEATURES(NEEDS_NET_NS) }, "ns/net" },
	{ { "uts", .features = FEATURES(NEEDS_UTS_NS) }, "ns/uts" },
	{ { "ipc", .features = FEATURES(NEEDS_IPC_NS) }, "ns/ipc" },
};

TEST(parent_of_flat, .covers = "PIDNS-49", .features = FEATURES(NEEDS_PROC),
     .summary = "NS_GET_PARENT of a namespace whose type has no hierarchy fails with EINVAL", CASES_NEEDING(flat_types))
{
	const struct flat_type *type = this_case();

	long parent = parent_of(open_link(sys_getpid(), type->link));
	EXPECT_FAILS(parent, EINVAL);
}

/* ---- Numbers translated ---------------------------------------------------------------------------- */

/* What some supported systems' headers lack. */
#define PID_FROM_PIDNS _IOR(NSIO, 0x6, int)
#define TGID_FROM_PIDNS _IOR(NSIO, 0x7, int)
#define PID_IN_PIDNS _IOR(NSIO, 0x8, int)
#define TGID_IN_PIDNS _IOR(NSIO, 0x9, int)

static int idle_in_thread(void *tid)
{
	*(volatile pid_t *)tid = sys_gettid();
	post(IS_READY);
	await(MAY_GO);
	return 0;
}

struct host {
	pid_t init_here;    /* outside */
	pid_t thread_there; /* inside */
	int link;
};

/* The first process of a namespace, with a second thread. */
static void start_host(struct host *host)
{
	pid_t *told = shared(sizeof(*told));

	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		start_thread(idle_in_thread, told);
		await(MAY_GO);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	REQUIRE_TRUE(await_unless_dead(IS_READY, (pid_t)init));
	*host = (struct host){ .init_here = (pid_t)init,
			       .thread_there = *told,
			       .link = open_link((pid_t)init, "ns/pid") };
}

static void end_host(const struct host *host)
{
	post(MAY_GO);
	EXPECT_EXITED(host->init_here, 0);
}

static long translate(const struct host *host, unsigned long request, pid_t number)
{
	return SYSCALL3(SYS_ioctl, host->link, request, number);
}

TEST(translated, .covers = "NSID-05 NSID-06", .features = FEATURES(LINKS), .caps = CAP(SYS_ADMIN),
     .summary = "NS_GET_PID_FROM_PIDNS, NS_GET_PID_IN_PIDNS and the two for processes translate between two namespaces")
{
	struct host host;

	start_host(&host);
	EXPECT_EQ(translate(&host, PID_FROM_PIDNS, 1), host.init_here);
	EXPECT_EQ(translate(&host, TGID_FROM_PIDNS, 1), host.init_here);
	EXPECT_EQ(translate(&host, PID_IN_PIDNS, host.init_here), 1);
	EXPECT_EQ(translate(&host, TGID_IN_PIDNS, host.init_here), 1);
	long thread_here = translate(&host, PID_FROM_PIDNS, host.thread_there);
	EXPECT_GT(thread_here, 0);
	EXPECT_NE(thread_here, host.init_here);
	EXPECT_EQ(translate(&host, TGID_FROM_PIDNS, host.thread_there), host.init_here);
	EXPECT_EQ(translate(&host, PID_IN_PIDNS, (pid_t)thread_here), host.thread_there);
	EXPECT_EQ(translate(&host, TGID_IN_PIDNS, (pid_t)thread_here), 1);
	end_host(&host);
}

TEST(not_translated, .covers = "NSID-07 NSID-08", .features = FEATURES(LINKS, NEEDS_UTS_NS), .caps = CAP(SYS_ADMIN),
     .summary = "a number that is not there gives ESRCH, a namespace of another type EINVAL")
{
	static const unsigned long from[] = { PID_FROM_PIDNS, TGID_FROM_PIDNS }, in[] = { PID_IN_PIDNS, TGID_IN_PIDNS };
	struct host host, uts = { .link = open_link(sys_getpid(), "ns/uts") };

	start_host(&host);
	for (size_t i = 0; i < ARRAY_SIZE(from); i++) {
		EXPECT_FAILS(translate(&host, from[i], host.thread_there + 1), ESRCH, i);
		EXPECT_FAILS(translate(&host, in[i], sys_getpid()), ESRCH, i);
		EXPECT_FAILS(translate(&uts, from[i], 1), EINVAL, i);
		EXPECT_FAILS(translate(&uts, in[i], sys_getpid()), EINVAL, i);
	}
	end_host(&host);
}
