// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What may be mounted with the capabilities of a user namespace. */
#include "forkcheck.h"

#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define MQUEUE_MAGIC 0x19800202

#define USER_NS NEEDS_USER_NS, NEEDS_PROC

static const struct filesystem {
	struct case_head head;
	const char *type;    /* NULL: a bind mount */
	unsigned long magic; /* by statfs(2) */
	uint64_t flags;	     /* namespaces that it takes to be owned besides that of mounts */
	const char *option;  /* of the kernel's configuration */
} filesystems[] = {
	{ { .name = "bind" }, NULL, 0, 0, NULL },
	{ { .name = "tmpfs" }, "tmpfs", TMPFS_MAGIC, 0, "TMPFS" },
	{ { .name = "ramfs" }, "ramfs", RAMFS_MAGIC, 0, NULL },
	{ { "proc", .features = FEATURES(NEEDS_PID_NS, NEEDS_PROC_MOUNT) },
	  "proc",
	  PROC_SUPER_MAGIC,
	  CLONE_NEWPID,
	  NULL },
	{ { "mqueue", .features = FEATURES(NEEDS_POSIX_MQUEUE, NEEDS_IPC_NS) },
	  "mqueue",
	  MQUEUE_MAGIC,
	  CLONE_NEWIPC,
	  NULL },
};

/*
 * Who hid parts of /proc by mounts over them did not mean them to be had by a new mount of it, which the kernel
 * then refuses.
 */
static long mount_it(const struct filesystem *filesystem)
{
	if (!filesystem->type)
		return mount("place", "place", NULL, MS_BIND, NULL) ? -errno : 0;
	return mount("forkcheck", "place", filesystem->type, MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) ? -errno : 0;
}

static void expect_mounted(const struct filesystem *filesystem)
{
	struct statfs found;
	struct stat below, here;

	SETUP(stat("place", &below));
	SETUP(stat(".", &here));
	SETUP(statfs("place", &found));
	if (filesystem->type) {
		EXPECT_EQ((unsigned long)found.f_type, filesystem->magic);
		EXPECT_NE(below.st_dev, here.st_dev);
	}
}

/* Who also has a mount namespace, but not the other that it takes. */
static void expect_refused(const struct filesystem *filesystem, uint64_t flags)
{
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER | flags, .exit_signal = SIGCHLD);

	if (child == 0) {
		EXPECT_EQ(effective_capabilities(), known_capabilities());
		long result = mount_it(filesystem);
		EXPECT_FAILS(result, EPERM);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(own_namespaces, .covers = "USERNS-16", .features = FEATURES(USER_NS, NEEDS_MNT_NS, NEEDS_WORKDIR),
     .summary = "without privileges outside one may mount what belongs to one's own namespaces, and only there",
     CASES_NEEDING(filesystems))
{
	const struct filesystem *filesystem = this_case();

	if (filesystem->option && configured_without(filesystem->option))
		SKIP(SKIP_CONFIG, filesystem->option, "is off in the configuration");
	SETUP(mkdir("place", 0700));
	expect_refused(filesystem, 0);
	if (filesystem->flags)
		expect_refused(filesystem, CLONE_NEWNS);
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER | CLONE_NEWNS | filesystem->flags,
				.exit_signal = SIGCHLD);
	if (child == 0) {
		long result = mount_it(filesystem);
		REQUIRE_OK(result);
		expect_mounted(filesystem);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
