// SPDX-License-Identifier: GPL-2.0-only
/* UTS namespaces. */
#include "forkcheck.h"

#include <string.h>
#include <sys/utsname.h>

static const char inside_name[] = "inside";

TEST(host_name_apart, .covers = "CLONE-NEWUTS-01 UTSNS-01",
     .summary = "a host name set in a new UTS namespace does not show outside", .caps = CAP(SYS_ADMIN),
     .features = NEEDS(NEEDS_UTS_NS), CASES(clone_doors))
{
	const struct clone_door *door = this_case();
	struct utsname before, after, inside;

	SETUP(uname(&before));
	long child = CLONE_HERE(door->via, .flags = CLONE_NEWUTS, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_OK(SYSCALL2(SYS_sethostname, inside_name, sizeof(inside_name) - 1));
		SETUP(uname(&inside));
		EXPECT_TRUE(!strcmp(inside.nodename, inside_name));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
	SETUP(uname(&after));
	EXPECT_TRUE(!strcmp(before.nodename, after.nodename));
}

TEST(needs_sys_admin, .covers = "CLONE-NEWUTS-03", .summary = "without CAP_SYS_ADMIN a new UTS namespace is refused",
     .features = NEEDS(NEEDS_UTS_NS), CASES(clone_doors))
{
	const struct clone_door *door = this_case();

	long child = CLONE_HERE(door->via, .flags = CLONE_NEWUTS, .exit_signal = SIGCHLD);
	EXPECT_REFUSED(child, EPERM);
}
