// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What kcmp(2) says of two processes: each flag shares its own resource and no other. */
#include "forkcheck.h"

#include <linux/kcmp.h>
#include <sys/ipc.h>
#include <sys/sem.h>

enum { LOOKED };

static const struct resource {
	enum kcmp_type type;
	uint64_t flag;
} resources[] = {
	{ KCMP_VM, CLONE_VM },
	{ KCMP_FILES, CLONE_FILES },
	{ KCMP_FS, CLONE_FS },
	{ KCMP_SIGHAND, CLONE_SIGHAND },
};

/* The two that a process has only once it needs them, and that not all kernels have. */
static void make_io_context(void)
{
	SETUP(SYSCALL3(SYS_ioprio_set, 1 /* IOPRIO_WHO_PROCESS */, 0, 2 << 13 | 5));
}

static void make_undo_list(void)
{
	struct sembuf up = { .sem_op = 1, .sem_flg = SEM_UNDO };
	int id = (int)SETUP(semget(IPC_PRIVATE, 1, 0600));

	SETUP(semop(id, &up, 1));
	SETUP(semctl(id, 0, IPC_RMID)); /* the list stays, empty */
}

static int until_looked_at(void *arg)
{
	(void)arg;
	await(LOOKED);
	return 0;
}

/* 0: one and the same; above: not */
static long compare(pid_t child, enum kcmp_type type)
{
	return sys_kcmp(sys_getpid(), child, type, 0, 0);
}

static void expect_shared(pid_t child, uint64_t flags)
{
	for (size_t i = 0; i < ARRAY_SIZE(resources); i++) {
		if (flags & resources[i].flag)
			EXPECT_EQ(compare(child, resources[i].type), 0, i);
		else
			EXPECT_GT(compare(child, resources[i].type), 0, i);
	}
}

static const struct way {
	const char *name;
	uint64_t flags;
} ways[] = {
	{ "none", 0 },
	{ "vm", CLONE_VM },
	{ "files", CLONE_FILES },
	{ "fs", CLONE_FS },
	{ "sighand", CLONE_VM | CLONE_SIGHAND },
	{ "all", CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND },
	{ "others", CLONE_IO | CLONE_SYSVSEM | CLONE_CHILD_CLEARTID },
};

TEST(by_flag, .covers = "CLONE-VM-05 CLONE-FILES-08 KCMP-01 KCMP-02", .features = FEATURES(NEEDS_KCMP),
     .summary = "kcmp says 0 for what the flags name, and not for memory, descriptors, fs or handlers otherwise",
     CASES(ways), THROUGH(clone_doors))
{
	const struct way *way = this_case();
	const struct clone_door *door = this_door();

	long child = CLONE_CALL(door->via, new_stack(), until_looked_at, NULL, .flags = way->flags,
				.exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	expect_shared((pid_t)child, way->flags);
	post(LOOKED);
	EXPECT_EXITED(child, 0);
}

static const struct late {
	struct case_head head;
	enum kcmp_type type;
	uint64_t flag;
	void (*make)(void);
} lates[] = {
	{ { "io", .features = FEATURES(NEEDS_BLOCK) }, KCMP_IO, CLONE_IO, make_io_context },
	{ { "sysvsem", .features = FEATURES(NEEDS_SYSVIPC) }, KCMP_SYSVSEM, CLONE_SYSVSEM, make_undo_list },
};

static const char *io_shared(const void *row, const void *door)
{
	(void)door;
	return ((const struct late *)row)->type == KCMP_IO ? "CLONE-IO-01" : NULL;
}

static const char *io_apart(const void *row, const void *door)
{
	(void)door;
	return ((const struct late *)row)->type == KCMP_IO ? "CLONE-IO-02" : NULL;
}

TEST(late_by_flag, .covers = "KCMP-03", .pair_covers = io_shared, .features = FEATURES(NEEDS_KCMP),
     .summary = "kcmp says 0 for the I/O context with CLONE_IO, for the undo list with CLONE_SYSVSEM",
     CASES_NEEDING(lates), THROUGH(clone_doors))
{
	const struct late *late = this_case();
	const struct clone_door *door = this_door();

	late->make();
	long child = CLONE_HERE(door->via, .flags = late->flag, .exit_signal = SIGCHLD);
	if (child == 0)
		leave(until_looked_at(NULL));
	REQUIRE_GT(child, 0);
	EXPECT_EQ(compare((pid_t)child, late->type), 0);
	post(LOOKED);
	EXPECT_EXITED(child, 0);
}

TEST(late_apart, .covers = "KCMP-04", .pair_covers = io_apart, .features = FEATURES(NEEDS_KCMP),
     .summary = "kcmp does not say 0 for I/O context and undo list without their flags", CASES_NEEDING(lates),
     THROUGH(clone_doors))
{
	const struct late *late = this_case();
	const struct clone_door *door = this_door();

	late->make();
	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD);
	if (child == 0)
		leave(until_looked_at(NULL));
	REQUIRE_GT(child, 0);
	EXPECT_GT(compare((pid_t)child, late->type), 0);
	post(LOOKED);
	EXPECT_EXITED(child, 0);
}

/* ---- How sharing ends --------------------------------------------------------------------------- */

static const struct ending {
	const char *name;
	uint64_t flag;
	enum kcmp_type type;
} endings[] = {
	{ "files", CLONE_FILES, KCMP_FILES },
	{ "fs", CLONE_FS, KCMP_FS },
};

TEST(unshared, .covers = "CLONE-FILES-09 CLONE-FS-08", .features = FEATURES(NEEDS_KCMP),
     .summary = "after unshare by the caller kcmp does not say 0 any more", CASES(endings))
{
	const struct ending *ending = this_case();

	long child = CLONE_HERE(VIA_CLONE, .flags = ending->flag, .exit_signal = SIGCHLD);
	if (child == 0)
		leave(until_looked_at(NULL));
	REQUIRE_GT(child, 0);
	EXPECT_EQ(compare((pid_t)child, ending->type), 0);
	long result = sys_unshare((unsigned long)ending->flag);
	EXPECT_OK(result);
	EXPECT_GT(compare((pid_t)child, ending->type), 0);
	post(LOOKED);
	EXPECT_EXITED(child, 0);
}

static int execute_pause(void *arg)
{
	SETUP_RAW(execute_self(IMAGE_PAUSE, *(int *)arg));
	return 1;
}

TEST(after_exec, .covers = "KCMP-05", .features = FEATURES(NEEDS_KCMP, NEEDS_READABLE),
     .summary = "execve by a child that shares all ends the sharing of memory, descriptors and handlers, not of fs",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int channel[2];
	char byte;

	SETUP(pipe(channel));
	long child = CLONE_CALL(door->via, new_stack(), execute_pause, &channel[1],
				.flags = CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND, .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	/* The byte comes from the new program; should there be none, its end of file. */
	EXPECT_EQ(sys_read(channel[0], &byte, 1), 1);
	expect_shared((pid_t)child, CLONE_FS);
	checked_kill((pid_t)child, SIGKILL);
	EXPECT_KILLED(child, SIGKILL);
}

/* ---- One open file, and refusals ------------------------------------------------------------------ */

TEST(open_file, .covers = "KCMP-06", .features = FEATURES(NEEDS_KCMP),
     .summary = "a descriptor that the child has inherited is of the same open file, one of the same path is not")
{
	int file = (int)SETUP(sys_open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	int other = (int)SETUP(sys_open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));

	long child = sys_fork();
	if (child == 0) {
		SETUP_RAW(sys_dup3(file, file + 20, 0));
		SETUP_RAW(sys_close(file));
		post(LOOKED);
		await(LOOKED + 1);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await(LOOKED);
	const pid_t me = sys_getpid();
	EXPECT_EQ(sys_kcmp(me, (pid_t)child, KCMP_FILE, (unsigned long)file, (unsigned long)file + 20), 0);
	EXPECT_GT(sys_kcmp(me, (pid_t)child, KCMP_FILE, (unsigned long)other, (unsigned long)file + 20), 0);
	EXPECT_FAILS(sys_kcmp(me, (pid_t)child, KCMP_FILE, (unsigned long)file, (unsigned long)file), EBADF);
	EXPECT_FAILS(sys_kcmp(me, (pid_t)child, KCMP_TYPES, 0, 0), EINVAL);
	post(LOOKED + 1);
	EXPECT_EXITED(child, 0);
	EXPECT_FAILS(sys_kcmp(me, (pid_t)child, KCMP_VM, 0, 0), ESRCH);
}
