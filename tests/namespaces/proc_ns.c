// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The links in /proc/PID/ns: which there are, what they read, who may read them, what they keep. */
#include "namespaces.h"

#include <dirent.h>
#include <linux/nsfs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>

enum { READY, TWIN_READY, LOOKED };

static const struct link {
	struct case_head head;
	const char *type; /* that its text begins with */
	uint64_t flag;
	unsigned major, minor; /* the first release that has it */
	const char *option;
} links[] = {
#define LINK(name, type, flag, feature, major, minor, option)                                                     \
	{                                                                                                         \
		{ name, .features = FEATURES(NEEDS_##feature##_NS) }, type, CLONE_NEW##flag, major, minor, option \
	}
	LINK("cgroup", "cgroup", CGROUP, CGROUP, 4, 6, "CGROUPS"),
	LINK("ipc", "ipc", IPC, IPC, 3, 0, "IPC_NS"),
	LINK("mnt", "mnt", NS, MNT, 3, 8, "NAMESPACES"),
	LINK("net", "net", NET, NET, 3, 0, "NET_NS"),
	LINK("pid", "pid", PID, PID, 3, 8, "PID_NS"),
	LINK("pid_for_children", "pid", PID, PID, 4, 12, "PID_NS"),
	LINK("time", "time", TIME, TIME, 5, 6, "TIME_NS"),
	LINK("time_for_children", "time", TIME, TIME, 5, 6, "TIME_NS"),
	LINK("user", "user", USER, USER, 3, 8, "USER_NS"),
	LINK("uts", "uts", UTS, UTS, 3, 0, "UTS_NS"),
};

/* Who may make such a namespace does not matter here. */
static bool is_expected(const struct link *link)
{
	return !older_than(link->major, link->minor) && !configured_without(link->option);
}

static char *link_path(char *buf, size_t size, pid_t pid, const char *name)
{
	proc_path(buf, size, pid, "ns/");
	append_text(buf, size, name);
	return buf;
}

static struct stat namespace_of(pid_t pid, const char *name)
{
	struct stat st = { 0 };
	char path[64];

	EXPECT_RETURNS(stat(link_path(path, sizeof(path), pid, name), &st), 0, name);
	return st;
}

/* How often the directory has this name. */
static int times_listed(const char *dir, const char *name)
{
	struct dirent *entry;
	int times = 0;

	DIR *list = opendir(dir);
	SETUP(list ? 0 : -1);
	while ((entry = readdir(list)))
		times += !strcmp(entry->d_name, name) && entry->d_type == DT_LNK;
	closedir(list);
	return times;
}

TEST(listed, .covers = "NS-01", .features = FEATURES(NEEDS_PROC),
     .summary = "/proc/PID/ns and /proc/PID/task/TID/ns have a symbolic link for each type of namespace")
{
	char of_thread[64];

	proc_path(of_thread, sizeof(of_thread), sys_getpid(), "task/");
	append_number(of_thread, sizeof(of_thread), sys_gettid());
	append_text(of_thread, sizeof(of_thread), "/ns");
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		if (!is_expected(&links[i]))
			continue;
		EXPECT_EQ(times_listed("/proc/self/ns", links[i].head.name), 1, links[i].head.name);
		EXPECT_EQ(times_listed(of_thread, links[i].head.name), 1, links[i].head.name);
	}
}

TEST(reads_type_and_inode, .covers = "NS-02", .features = FEATURES(NEEDS_PROC),
     .summary = "a link reads TYPE:[INODE], with the inode number of the file that it leads to")
{
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		char path[64], want[64] = "", got[64] = "";
		if (!is_expected(&links[i]))
			continue;
		struct stat st = namespace_of(sys_getpid(), links[i].head.name), opened = { 0 };
		append_text(want, sizeof(want), links[i].type);
		append_text(want, sizeof(want), ":[");
		append_number(want, sizeof(want), (long long)st.st_ino);
		append_text(want, sizeof(want), "]");
		link_path(path, sizeof(path), sys_getpid(), links[i].head.name);
		EXPECT_RETURNS(readlink(path, got, sizeof(got) - 1) < 0 ? -1 : 0, 0, links[i].head.name);
		EXPECT_EQ(strcmp(got, want), 0, got);
		int fd = (int)sys_open(path, O_RDONLY | O_CLOEXEC);
		REQUIRE_GE(fd, 0, links[i].head.name);
		EXPECT_RETURNS(fstat(fd, &opened), 0, links[i].head.name);
		EXPECT_EQ(opened.st_ino, st.st_ino, links[i].head.name);
		EXPECT_EQ(opened.st_dev, st.st_dev, links[i].head.name);
		sys_close(fd);
	}
}

/* ---- Identity ----------------------------------------------------------------------------------- */

TEST(equal_means_same, .covers = "NS-03", .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_PROC),
     CASES_NEEDING(links),
     .summary = "device and inode number are equal for processes of one namespace, and differ for others")
{
	const struct link *link = this_case();
	/* CLONE_NEWTIME is no flag of clone(2). */
	enum clone_via via = link->flag == CLONE_NEWTIME ? VIA_CLONE3 : VIA_CLONE;

	for (unsigned apart = 0; apart < 2; apart++) {
		long child = CLONE_HERE(via, .flags = apart ? link->flag : 0, .exit_signal = SIGCHLD);
		if (child == 0) {
			await(LOOKED + apart);
			leave(0);
		}
		REQUIRE_GT(child, 0, apart);
		struct stat own = namespace_of(sys_getpid(), link->head.name);
		struct stat other = namespace_of((pid_t)child, link->head.name);
		EXPECT_EQ(own.st_dev, other.st_dev, apart);
		EXPECT_EQ(own.st_ino != other.st_ino, apart, apart);
		post(LOOKED + apart);
		EXPECT_EXITED(child, 0, apart);
	}
}

/* ---- Who may read them -------------------------------------------------------------------------- */

static void hide(void)
{
	SETUP_RAW(sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
}

static void become_nobody(void)
{
	SETUP_RAW(SYSCALL3(SYS_setresuid, 65534, 65534, 65534));
	SETUP_RAW(sys_prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)); /* it is the user that counts here */
}

static const struct stranger {
	struct case_head head;
	void (*become)(void);
} strangers[] = {
	{ .head = { .name = "undumpable", .features = FEATURES(NEEDS_READABLE) }, hide },
	{ .head = { .name = "other_user", .features = FEATURES(NEEDS_TWO_IDS), .caps = CAP(SETUID) }, become_nobody },
};

/* Reads and follows each link of a process. What comes of it is told as 0 or -errno. */
static void expect_links(pid_t pid, long want)
{
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		char path[64], text[64];
		if (!is_expected(&links[i]))
			continue;
		link_path(path, sizeof(path), pid, links[i].head.name);
		long result = SYSCALL4(SYS_readlinkat, AT_FDCWD, path, text, sizeof(text));
		EXPECT_RESULT(result > 0 ? 0 : result, want, links[i].head.name);
		result = sys_open(path, O_RDONLY | O_CLOEXEC);
		EXPECT_RESULT(result > 0 ? 0 : result, want, links[i].head.name);
		if (result > 0)
			sys_close((int)result);
	}
}

/* A child that may do no more than the caller will: for capabilities alone it could not be read. */
static pid_t start_without_caps(unsigned ready, void (*become)(void))
{
	pid_t child = fork_helper();

	if (child == 0) {
		if (become)
			become();
		set_capabilities(0);
		post(ready);
		await(LOOKED);
		leave(0);
	}
	await_unless_dead(ready, child);
	return child;
}

TEST(needs_ptrace_access, .covers = "NS-07", .caps = CAP(SYS_PTRACE), .features = FEATURES(NEEDS_PROC),
     .summary = "the links of a process that the caller may not read by ptrace can't be read or opened: EACCES",
     CASES_NEEDING(strangers))
{
	const struct stranger *row = this_case();

	pid_t stranger = start_without_caps(READY, row->become);
	pid_t twin = start_without_caps(TWIN_READY, NULL);
	set_capabilities(CAP(SYS_PTRACE));
	expect_links(stranger, 0);
	set_capabilities(0);
	expect_links(stranger, -EACCES);
	expect_links(twin, 0);
	expect_links(sys_getpid(), 0);
	post(LOOKED);
	EXPECT_EXITED(stranger, 0);
	EXPECT_EXITED(twin, 0);
}

/* ---- What a namespace keeps --------------------------------------------------------------------- */

TEST(keeps_its_owner, .covers = "NS-12",
     .features = FEATURES(NEEDS_PROC, NEEDS_USER_NS, NEEDS_UTS_NS, NEEDS_SETHOSTNAME),
     .summary = "a user namespace without processes lives on while a namespace that it owns does, and can be joined",
     THROUGH(namespace_doors))
{
	const struct namespace_door *door = this_door();
	char path[64];

	need_release(4, 9); /* NS_GET_USERNS */
	long child = door->enter(CLONE_NEWUSER | CLONE_NEWUTS);
	if (child == 0) {
		map_to_root();
		post(READY);
		await(LOOKED);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await_unless_dead(READY, (pid_t)child);
	struct stat owner = namespace_of((pid_t)child, "user"), found;
	int uts = (int)SETUP_RAW(sys_open(link_path(path, sizeof(path), (pid_t)child, "uts"), O_RDONLY | O_CLOEXEC));
	post(LOOKED);
	EXPECT_EXITED(child, 0);
	int user = ioctl(uts, NS_GET_USERNS);
	REQUIRE_GE(user, 0);
	EXPECT_RETURNS(fstat(user, &found), 0);
	EXPECT_EQ(found.st_ino, owner.st_ino);
	EXPECT_EQ(found.st_dev, owner.st_dev);
	/* It still gives its creator power over what it owns. */
	long result = sys_setns(user, CLONE_NEWUSER);
	REQUIRE_OK(result);
	EXPECT_EQ(getuid(), 0);
	result = sys_setns(uts, CLONE_NEWUTS);
	EXPECT_OK(result);
	EXPECT_OK(SYSCALL2(SYS_sethostname, "kept", 4));
}
