// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The capability sets and securebits of a process that enters a user namespace, and what execve(2) leaves of them. */
#include "forkcheck.h"

#include <linux/securebits.h>
#include <sys/prctl.h>

#define USER_NS NEEDS_USER_NS, NEEDS_PROC

TEST(full_sets, .covers = "USERNS-03 UNSH-11", .features = FEATURES(NEEDS_USER_NS),
     .summary = "a process that enters a new user namespace has all capabilities in it, permitted and effective",
     THROUGH(user_doors))
{
	const struct user_door *door = this_door();

	REQUIRE_EQ(effective_capabilities(), 0);
	REQUIRE_EQ(permitted_capabilities(), 0);
	long child = door->enter(0);
	if (child == 0) {
		EXPECT_NE(known_capabilities(), 0);
		EXPECT_EQ(effective_capabilities(), known_capabilities());
		EXPECT_EQ(permitted_capabilities(), known_capabilities());
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(effective_capabilities(), 0);
	EXPECT_EQ(permitted_capabilities(), 0);
}

static uint32_t inheritable(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	SETUP_RAW(SYSCALL2(SYS_capget, &header, data));
	return data[0].inheritable;
}

static void raise_inheritable(uint32_t caps)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	SETUP_RAW(SYSCALL2(SYS_capget, &header, data));
	data[0].inheritable = caps;
	SETUP_RAW(SYSCALL2(SYS_capset, &header, data));
}

TEST(other_sets, .covers = "USERCAP-01 USERCAP-02", .features = FEATURES(NEEDS_USER_NS),
     .caps = CAP(SETPCAP) | CAP(NET_RAW), THROUGH(user_doors),
     .summary = "in a new user namespace the bounding set is full, the inheritable and ambient ones are empty")
{
	const struct user_door *door = this_door();
	bool ambient = !older_than(4, 3);

	raise_inheritable((uint32_t)CAP(NET_RAW));
	if (ambient)
		SETUP_RAW(sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0));
	SETUP_RAW(sys_prctl(PR_CAPBSET_DROP, CAP_NET_RAW, 0, 0, 0));
	long child = door->enter(0);
	if (child == 0) {
		EXPECT_EQ(sys_prctl(PR_CAPBSET_READ, CAP_NET_RAW, 0, 0, 0), 1);
		EXPECT_EQ(inheritable(), 0);
		if (ambient)
			EXPECT_EQ(sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_NET_RAW, 0, 0), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(sys_prctl(PR_CAPBSET_READ, CAP_NET_RAW, 0, 0, 0), 0);
	EXPECT_EQ(inheritable(), CAP(NET_RAW));
	if (ambient)
		EXPECT_EQ(sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_NET_RAW, 0, 0), 1);
}

#define SOME_SECUREBITS (SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP | SECBIT_KEEP_CAPS)

TEST(securebits, .covers = "USERNS-08", .features = FEATURES(NEEDS_USER_NS), .caps = CAP(SETPCAP),
     .summary = "the securebits, locked ones too, are all off in a new user namespace, and kept by a plain child",
     THROUGH(user_doors))
{
	const struct user_door *door = this_door();

	SETUP_RAW(sys_prctl(PR_SET_SECUREBITS, SOME_SECUREBITS, 0, 0, 0));
	long child = door->enter(0);
	if (child == 0) {
		EXPECT_EQ(sys_prctl(PR_GET_SECUREBITS, 0, 0, 0, 0), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(sys_prctl(PR_GET_SECUREBITS, 0, 0, 0, 0), SOME_SECUREBITS);
	child = fork_helper();
	if (child == 0) {
		EXPECT_EQ(sys_prctl(PR_GET_SECUREBITS, 0, 0, 0, 0), SOME_SECUREBITS);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
}

/* A process in a new user namespace until event 0, and a descriptor of that. */
static pid_t start_host(int *fd)
{
	char path[64];
	long host = user_doors[USER_CLONE].enter(0);

	if (host == 0) {
		await(0);
		leave(0);
	}
	REQUIRE_GT(host, 0);
	*fd = (int)SETUP(sys_open(proc_path(path, sizeof(path), (pid_t)host, "ns/user"), O_RDONLY | O_CLOEXEC));
	return (pid_t)host;
}

TEST(joined, .covers = "USERNS-10", .features = FEATURES(USER_NS, NEEDS_SETNS),
     .summary = "a process that joins by setns the user namespace that it made has all capabilities in it")
{
	int fd = -1;
	pid_t host = start_host(&fd);

	REQUIRE_EQ(effective_capabilities(), 0);
	long result = sys_setns(fd, CLONE_NEWUSER);
	EXPECT_OK(result);
	EXPECT_EQ(effective_capabilities(), known_capabilities());
	EXPECT_EQ(permitted_capabilities(), known_capabilities());
	post(0);
	EXPECT_EXITED(host, 0);
}

TEST(securebits_joined, .covers = "USERNS-08", .features = FEATURES(USER_NS, NEEDS_SETNS), .caps = CAP(SETPCAP),
     .summary = "the securebits are all off after setns to a user namespace")
{
	int fd = -1;
	pid_t host = start_host(&fd);

	SETUP_RAW(sys_prctl(PR_SET_SECUREBITS, SOME_SECUREBITS, 0, 0, 0));
	long result = sys_setns(fd, CLONE_NEWUSER);
	EXPECT_OK(result);
	EXPECT_EQ(sys_prctl(PR_GET_SECUREBITS, 0, 0, 0, 0), 0);
	post(0);
	EXPECT_EXITED(host, 0);
}

static const struct mapping {
	struct case_head head;
	bool mapped, keeps;
	unsigned inside;
} mappings[] = {
	{ { "unmapped", .covers = "USERNS-06" }, false, false, 0 },
	{ { "ordinary", .covers = "USERNS-06" }, true, false, 1000 },
	{ { "root", .covers = "USERNS-07" }, true, true, 0 },
};

static bool all_doors_for_root(const void *row, const void *door)
{
	const struct mapping *mapping = row;

	return mapping->keeps || door == &user_doors[USER_CLONE];
}

TEST(after_execve, .features = FEATURES(USER_NS), CASES_NEEDING(mappings), THROUGH(user_doors),
     .passes = all_doors_for_root,
     .summary = "execve in a user namespace leaves its user ID 0 all capabilities, and any other ID none")
{
	const struct mapping *mapping = this_case();
	const struct user_door *door = this_door();
	struct image_report report = { 0 };
	int ends[2];

	SETUP(pipe(ends));
	long child = mapping->mapped ? enter_as(door, mapping->inside) : door->enter(0);
	if (child == 0) {
		EXPECT_EQ(effective_capabilities(), known_capabilities());
		long result = execute_self(IMAGE_REPORT, ends[1]);
		SETUP_RAW(result);
	}
	REQUIRE_GT(child, 0);
	sys_close(ends[1]);
	REQUIRE_EQ(sys_read(ends[0], &report, sizeof(report)), (long)sizeof(report));
	EXPECT_EXITED(child, 0);
	if (mapping->mapped)
		EXPECT_EQ(report.uid, mapping->inside);
	EXPECT_EQ(report.caps, mapping->keeps ? known_capabilities() : 0);
	EXPECT_EQ(report.permitted_caps, mapping->keeps ? known_capabilities() : 0);
}
