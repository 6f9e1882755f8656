// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* File locks over fork: record locks are the process's own, those of flock and of open file descriptions go along. */
#include "forkcheck.h"

#include <sys/file.h>

enum { CHILD_HAS_LOOKED, CHILD_MAY_GO };

/* Another open file description of the file that the test locks. */
static int open_again(void)
{
	return (int)SETUP_RAW(sys_openat(AT_FDCWD, "file", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
}

/* ---- Record locks ------------------------------------------------------------------------------ */

enum { PARENTS, CHILDS }; /* the byte that each of them locks */

/* The raw call agrees with struct flock whichever size off_t has. */
static long lock_byte(int fd, short type, int byte)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };

	return sys_fcntl(fd, F_SETLK, (long)&lock);
}

/* Who has the lock that is in the caller's way: 0, nobody. */
static long holder_of(int fd, int byte)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };
	long result = sys_fcntl(fd, F_GETLK, (long)&lock);

	return result < 0 ? result : lock.l_type == F_UNLCK ? 0 : lock.l_pid;
}

struct locked {
	int fd;
	pid_t parent;
};

/* In a child: through its copy of the descriptor. POSIX leaves it open which of the two errors there is. */
static int expect_parents_lock(void *arg)
{
	const struct locked *file = arg;

	EXPECT_EQ(holder_of(file->fd, PARENTS), file->parent);
	long refused = lock_byte(file->fd, F_WRLCK, PARENTS);
	EXPECT_EQ(refused == -EACCES ? -EAGAIN : refused, -EAGAIN);
	EXPECT_OK(lock_byte(file->fd, F_WRLCK, CHILDS));
	return 0;
}

static struct locked *lock_record(void)
{
	static struct locked file;

	file = (struct locked){ .fd = open_again(), .parent = sys_getpid() };
	SETUP_RAW(lock_byte(file.fd, F_WRLCK, PARENTS));
	return &file;
}

TEST(record_lock, .covers = "FORK-020", .features = FEATURES(NEEDS_WORKDIR),
     .summary = "a record lock of the parent stands in the child's way, and one of the child in the parent's",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	struct locked *file = lock_record();

	long child = door->fork();
	if (child == 0) {
		expect_parents_lock(file);
		post(CHILD_HAS_LOOKED);
		await(CHILD_MAY_GO);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await(CHILD_HAS_LOOKED);
	EXPECT_EQ(holder_of(file->fd, CHILDS), child);
	post(CHILD_MAY_GO);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(holder_of(file->fd, CHILDS), 0);
}

TEST(record_lock_vfork, .covers = "FORK-020", .features = FEATURES(NEEDS_WORKDIR),
     .summary = "a record lock of the parent blocks a child that only shares its memory", THROUGH(vfork_doors))
{
	const struct vfork_door *door = this_door();
	struct locked *file = lock_record();

	long child = door->vfork(expect_parents_lock, file);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(holder_of(file->fd, CHILDS), 0);
}

static void unlock_record(int fd)
{
	lock_byte(fd, F_UNLCK, PARENTS);
}

static void close_copy(int fd)
{
	sys_close(fd);
}

static void close_another(int fd)
{
	(void)fd;
	sys_close(open_again());
}

/* What gives up a process's own lock. */
static const struct giving_up {
	const char *name;
	void (*give_up)(int fd);
} givings_up[] = {
	{ "unlock", unlock_record },
	{ "close", close_copy },
	{ "close_another", close_another },
};

/* As a third process sees it. */
static void expect_holder(int fd, pid_t holder)
{
	pid_t third = fork_helper();

	if (third == 0) {
		EXPECT_EQ(holder_of(fd, PARENTS), holder);
		leave(0);
	}
	EXPECT_EXITED(third, 0);
}

TEST(record_lock_stays, .covers = "INH-FD-14", .features = FEATURES(NEEDS_WORKDIR),
     .summary = "nothing that a child does to the file releases the record lock of its parent", CASES(givings_up),
     THROUGH(fork_doors), .passes = each_call)
{
	const struct giving_up *row = this_case();
	const struct fork_door *door = this_door();
	const struct locked *file = lock_record();

	long child = door->fork();
	if (child == 0) {
		row->give_up(file->fd);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	expect_holder(file->fd, file->parent);
	/* In the parent the same does. */
	int other = open_again();
	row->give_up(file->fd);
	expect_holder(other, 0);
}

TEST(record_lock_common, .covers = "INH-FD-22", .features = FEATURES(NEEDS_WORKDIR),
     .summary = "with CLONE_FILES record locks are common to both: either may release them, and no end of one does",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	const struct locked *file = lock_record();

	long child = CLONE_HERE(door->via, .flags = CLONE_FILES, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_EQ(holder_of(file->fd, PARENTS), 0);
		EXPECT_OK(lock_byte(file->fd, F_WRLCK, CHILDS));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	expect_holder(file->fd, file->parent);
	pid_t third = fork_helper();
	if (third == 0) {
		EXPECT_FAILS(lock_byte(file->fd, F_WRLCK, CHILDS), EAGAIN);
		leave(0);
	}
	EXPECT_EXITED(third, 0);

	long other = CLONE_HERE(door->via, .flags = CLONE_FILES, .exit_signal = SIGCHLD);
	if (other == 0) {
		unlock_record(file->fd);
		leave(0);
	}
	REQUIRE_GT(other, 0);
	EXPECT_EXITED(other, 0);
	expect_holder(file->fd, 0);
}

/* ---- Locks of the open file description -------------------------------------------------------- */

static long by_flock(int fd, bool lock)
{
	return flock(fd, lock ? LOCK_EX | LOCK_NB : LOCK_UN) ? -errno : 0;
}

/* Not raw: the library makes of struct flock what the kernel wants. */
static long by_ofd(int fd, bool lock)
{
	struct flock range = { .l_type = lock ? F_WRLCK : F_UNLCK, .l_whence = SEEK_SET, .l_len = 1 };

	return fcntl(fd, F_OFD_SETLK, &range) ? -errno : 0;
}

struct lock_kind {
	struct case_head head;
	long (*lock)(int fd, bool lock);
};

static const struct lock_kind held_kinds[] = {
	{ { "flock", .covers = "FORK-022" }, by_flock },
	{ { "ofd", .covers = "FORK-021" }, by_ofd },
};

TEST(held, .features = FEATURES(NEEDS_WORKDIR),
     .summary =
	     "the child holds its parent's lock through its copy of the descriptor, and keeps it when the parent closes",
     CASES_NEEDING(held_kinds), THROUGH(fork_doors), .passes = each_call)
{
	const struct lock_kind *row = this_case();
	const struct fork_door *door = this_door();
	int fd = open_again(), other = open_again();

	SETUP_RAW(row->lock(fd, true));
	long child = door->fork();
	if (child == 0) {
		EXPECT_OK(row->lock(fd, true));
		EXPECT_FAILS(row->lock(other, true), EAGAIN);
		post(CHILD_HAS_LOOKED);
		await(CHILD_MAY_GO);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await(CHILD_HAS_LOOKED);
	SETUP_RAW(sys_close(fd));
	EXPECT_FAILS(row->lock(other, true), EAGAIN);
	post(CHILD_MAY_GO);
	EXPECT_EXITED(child, 0);
	EXPECT_OK(row->lock(other, true));
}

static const struct lock_kind released_kinds[] = {
	{ { "flock", .covers = "INH-FD-13 INH-FD-23" }, by_flock },
	{ { "ofd", .covers = "INH-FD-12 INH-FD-24" }, by_ofd },
};

TEST(released, .features = FEATURES(NEEDS_WORKDIR),
     .summary = "the lock is released for the parent too when the child unlocks, and not when it closes and ends",
     CASES_NEEDING(released_kinds), THROUGH(fork_doors), .passes = each_call)
{
	const struct lock_kind *row = this_case();
	const struct fork_door *door = this_door();
	int fd = open_again(), other = open_again();

	SETUP_RAW(row->lock(fd, true));
	long closing = door->fork();
	if (closing == 0) {
		sys_close(fd);
		leave(0);
	}
	REQUIRE_GT(closing, 0);
	EXPECT_EXITED(closing, 0);
	EXPECT_FAILS(row->lock(other, true), EAGAIN);

	long unlocking = door->fork();
	if (unlocking == 0) {
		EXPECT_OK(row->lock(fd, false));
		leave(0);
	}
	REQUIRE_GT(unlocking, 0);
	EXPECT_EXITED(unlocking, 0);
	EXPECT_OK(row->lock(other, true));
}
