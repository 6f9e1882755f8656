// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Filesystems on block devices, which the owner of a user namespace may not mount. */
#include "user_maps.h"

#include <string.h>
#include <sys/mount.h>

/* The next filesystem of the list that needs a block device: its line has no "nodev". */
static char *next_type(char **list)
{
	for (char *line; (line = strsep(list, "\n"));)
		if (line[0] == '\t')
			return line + 1;
	return NULL;
}

/* How often mounting a block filesystem on the current directory gave EPERM, and how often not. */
static void try_block_mounts(int *refused, int *others)
{
	char text[2048] = "", *list = text, *type;

	SETUP_RAW(read_file("/proc/filesystems", text, sizeof(text)));
	*refused = *others = 0;
	while ((type = next_type(&list))) {
		/* There is no such device: a caller who may mount learns that. */
		int result = mount("missing", ".", type, 0, NULL);
		if (result == -1 && errno == EPERM)
			++*refused;
		else
			++*others;
	}
	if (!*refused && !*others)
		SKIP(SKIP_CONFIG, "/proc/filesystems", "no filesystem of this kernel needs a block device");
}

TEST(refused, .covers = "USERNS-17", .features = FEATURES(USER_NS, NEEDS_MNT_NS, NEEDS_WORKDIR),
     .summary =
	     "with all capabilities in a user namespace no filesystem on a block device can be mounted, but tmpfs can")
{
	int refused, others;

	SETUP_RAW(sys_unshare(CLONE_NEWUSER | CLONE_NEWNS));
	try_block_mounts(&refused, &others);
	EXPECT_EQ(others, 0);
	EXPECT_RETURNS(mount("none", ".", "tmpfs", 0, NULL), 0);
}

TEST(allowed_outside, .covers = "USERNS-17", .init_caps = CAP(SYS_ADMIN),
     .features = FEATURES(NEEDS_PROC, NEEDS_MNT_NS, NEEDS_WORKDIR),
     .summary = "with CAP_SYS_ADMIN in the initial user namespace the same attempts get as far as the missing device")
{
	int refused, others;

	SETUP_RAW(sys_unshare(CLONE_NEWNS));
	try_block_mounts(&refused, &others);
	EXPECT_EQ(refused, 0);
}
