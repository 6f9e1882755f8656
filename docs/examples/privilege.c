// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* A privilege, exactly; a refusal with its twin; a table of cases. */
#include "forkcheck.h"

static const struct namespace_flag {
	const char *name;
	uint64_t flag;
} flags[] = {
	{ "uts", CLONE_NEWUTS },
	{ "ipc", CLONE_NEWIPC },
	{ "net", CLONE_NEWNET },
};

#define NAMESPACES NEEDS_UTS_NS, NEEDS_IPC_NS, NEEDS_NET_NS

TEST(with_sys_admin, .covers = "CLONE-NEWUTS-01 CLONE-NEWIPC-01 CLONE-NEWNET-01",
     .summary = "with CAP_SYS_ADMIN and nothing else a namespace may be made", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(NAMESPACES, NEEDS_PROC), CASES(flags))
{
	const struct namespace_flag *row = this_case();
	uint64_t outside = namespace_of_self(row->name);

	long child = CLONE_HERE(VIA_CLONE, .flags = row->flag, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_NE(namespace_of_self(row->name), outside);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(without, .covers = "CLONE-NEWUTS-03 CLONE-NEWIPC-03 CLONE-NEWNET-03",
     .summary = "without CAP_SYS_ADMIN a namespace is refused", .features = FEATURES(NAMESPACES), CASES(flags))
{
	const struct namespace_flag *row = this_case();

	long child = CLONE_HERE(VIA_CLONE, .flags = row->flag, .exit_signal = SIGCHLD);
	EXPECT_REFUSED(child, EPERM);
}
