// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Which flags can't go together with CLONE_NEWIPC and CLONE_NEWNS, and what new namespaces begin with. */
#include "forkcheck.h"
#include "namespaces.h"

#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>

static const struct pair {
	struct case_head head;
	uint64_t new, sharing;
	int error;
} pairs[] = {
	{ { "newipc_sysvsem", .covers = "CLONE-NEWIPC-04", .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_IPC_NS) },
	  CLONE_NEWIPC,
	  CLONE_SYSVSEM,
	  EINVAL },
	{ { "newipc_sysvsem_unprivileged", .covers = "CLONE-NEWIPC-05", .features = FEATURES(NEEDS_IPC_NS) },
	  CLONE_NEWIPC,
	  CLONE_SYSVSEM,
	  EPERM },
	{ { "newns_fs", .covers = "CLONE-NEWNS-04", .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_MNT_NS) },
	  CLONE_NEWNS,
	  CLONE_FS,
	  EINVAL },
	{ { "newns_fs_unprivileged", .covers = "CLONE-NEWNS-04", .features = FEATURES(NEEDS_MNT_NS) },
	  CLONE_NEWNS,
	  CLONE_FS,
	  EINVAL },
};

TEST(new_and_shared, .summary = "a namespace that is to be new can't be shared", CASES_NEEDING(pairs),
     THROUGH(clone_doors))
{
	const struct pair *pair = this_case();
	const struct clone_door *door = this_door();

	long child = CLONE_HERE(door->via, .flags = pair->new | pair->sharing, .exit_signal = SIGCHLD);
	EXPECT_REFUSED(child, pair->error);
	EXPECT_NO_CHILD();
	/* Each alone can be had. */
	child = CLONE_HERE(door->via, .flags = pair->sharing, .exit_signal = SIGCHLD);
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	if (!effective_capabilities())
		return;
	child = CLONE_HERE(door->via, .flags = pair->new, .exit_signal = SIGCHLD);
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- UTS --------------------------------------------------------------------------------------- */

TEST(names_are_copied, .reaches = "the machine's name", .covers = "CLONE-NEWUTS-04", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(NEEDS_UTS_NS),
     .summary = "a new UTS namespace begins with the host and domain name of the caller's", THROUGH(clone_doors))
{
	static const char host[] = "copied-host", domain[] = "copied-domain";
	const struct clone_door *door = this_door();
	struct utsname names;

	SETUP_RAW(sys_unshare(CLONE_NEWUTS));
	SETUP_RAW(SYSCALL2(SYS_sethostname, host, sizeof(host)));
	SETUP_RAW(SYSCALL2(SYS_setdomainname, domain, sizeof(domain)));
	long child = CLONE_HERE(door->via, .flags = CLONE_NEWUTS, .exit_signal = SIGCHLD);
	if (child == 0) {
		SETUP(uname(&names));
		EXPECT_TRUE(!strcmp(names.nodename, host));
		EXPECT_TRUE(!strcmp(names.domainname, domain));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- Mounts ------------------------------------------------------------------------------------ */

/* The mounts of the caller, in whatever order: all of each line but the two numbers in front. */
struct mounts {
	uint64_t count, sum;
};

static struct mounts mounts_of_self(void)
{
	struct mounts mounts = { 0 };
	char text[4096];
	uint64_t hash = 0;
	int blanks = 0;
	long got;
	int fd = (int)SETUP(sys_open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));

	while ((got = SETUP(sys_read(fd, text, sizeof(text)))) > 0) {
		for (const char *c = text; c < text + got; c++) {
			if (*c == '\n') {
				mounts.count++;
				mounts.sum += hash;
				hash = 0;
				blanks = 0;
			} else if (blanks >= 2) {
				hash = (hash + (unsigned char)*c) * UINT64_C(0x100000001b3);
			} else if (*c == ' ') {
				blanks++;
			}
		}
	}
	sys_close(fd);
	return mounts;
}

/* In a mount namespace where only the caller makes changes. */
static void add_two_mounts(void)
{
	SETUP(mkdir("below", 0700));
	SETUP(mount("below", "below", NULL, MS_BIND, NULL));
	SETUP(mount("none", "below", "tmpfs", 0, "size=64k"));
	SETUP(mkdir("below/mounted", 0700));
}

TEST(mounts_are_copied, .reaches = "the machine's mounts", .covers = "CLONE-NEWNS-05", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(NEEDS_MNT_NS, NEEDS_PROC, NEEDS_WORKDIR),
     .summary = "a new mount namespace begins with a copy of all mounts of the caller's", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	SETUP_RAW(sys_unshare(CLONE_NEWNS));
	private_mounts();
	struct mounts bare = mounts_of_self();
	add_two_mounts();
	struct mounts own = mounts_of_self();
	EXPECT_EQ(own.count, bare.count + 2);
	long child = CLONE_HERE(door->via, .flags = CLONE_NEWNS, .exit_signal = SIGCHLD);
	if (child == 0) {
		struct mounts copied = mounts_of_self();
		EXPECT_EQ(copied.count, own.count);
		EXPECT_EQ(copied.sum, own.sum);
		EXPECT_RETURNS(access("below/mounted", F_OK), 0);
		/* A copy: what is done to it is done to no other. */
		EXPECT_RETURNS(umount2("below", MNT_DETACH), 0);
		EXPECT_EQ(mounts_of_self().count, own.count - 1);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(mounts_of_self().sum, own.sum);
	EXPECT_RETURNS(access("below/mounted", F_OK), 0);
}
