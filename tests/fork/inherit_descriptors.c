// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Open descriptors over fork: what belongs to the file is common, what belongs to the descriptor is not. */
#include "inherit.h"

static int fd = -1;

static void open_file(void)
{
	fd = (int)SETUP_RAW(sys_openat(AT_FDCWD, "file", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	SETUP_RAW(sys_write(fd, "0123456789", 10));
}

/*
 * What the child changes it does not check: where it has no such descriptor, that it could not change it is the
 * consequence, and the value that it began with tells.
 */

/* ---- Of the file: offset, status flags, whom to tell ------------------------------------------- */

static void set_offset(void)
{
	open_file();
	SETUP_RAW(sys_lseek(fd, 3, SEEK_SET));
}

static long long get_offset(void)
{
	return sys_lseek(fd, 0, SEEK_CUR);
}

static void read_on(void)
{
	char two[2];

	sys_read(fd, two, sizeof(two));
}

static void set_append(void)
{
	open_file();
	SETUP_RAW(sys_fcntl(fd, F_SETFL, O_APPEND | O_NOATIME));
}

static long long get_status_flags(void)
{
	long flags = sys_fcntl(fd, F_GETFL, 0);

	return flags < 0 ? flags : flags & (O_APPEND | O_NONBLOCK | O_NOATIME);
}

static void set_nonblock(void)
{
	sys_fcntl(fd, F_SETFL, O_NONBLOCK);
}

static void set_owner(void)
{
	open_file();
	SETUP_RAW(sys_fcntl(fd, F_SETOWN, sys_getpid()));
}

static long long get_owner(void)
{
	return sys_fcntl(fd, F_GETOWN, 0);
}

static void own_by_group(void)
{
	sys_fcntl(fd, F_SETOWN, -sys_getpgid(0));
}

static void set_signal(void)
{
	open_file();
	SETUP_RAW(sys_fcntl(fd, F_SETSIG, 40));
}

static long long get_signal(void)
{
	return sys_fcntl(fd, F_GETSIG, 0);
}

static void set_other_signal(void)
{
	sys_fcntl(fd, F_SETSIG, 41);
}

/* A lease needs a file that nobody has open for writing. */
static void take_lease(void)
{
	open_file();
	SETUP_RAW(sys_close(fd));
	fd = (int)SETUP_RAW(sys_open("file", O_RDONLY | O_CLOEXEC));
	SETUP_RAW(sys_fcntl(fd, F_SETLEASE, F_RDLCK));
}

static long long get_lease(void)
{
	return sys_fcntl(fd, F_GETLEASE, 0);
}

static void release_lease(void)
{
	sys_fcntl(fd, F_SETLEASE, F_UNLCK);
}

static const struct attribute to_share[] = {
	{ { "offset", .covers = "FORK-038" },
	  OF_FILE,
	  SHARED,
	  .set = set_offset,
	  .get = get_offset,
	  .change = read_on },
	{ { "status_flags", .covers = "FORK-039" },
	  OF_FILE,
	  SHARED,
	  .set = set_append,
	  .get = get_status_flags,
	  .change = set_nonblock },
	{ { "owner", .covers = "FORK-040" },
	  OF_FILE,
	  SHARED,
	  .set = set_owner,
	  .get = get_owner,
	  .change = own_by_group,
	  .doors = EACH_KIND },
	{ { "signal", .covers = "FORK-041" },
	  OF_FILE,
	  SHARED,
	  .set = set_signal,
	  .get = get_signal,
	  .change = set_other_signal,
	  .doors = EACH_KIND },
	{ { "lease", .covers = "INH-FD-15" },
	  OF_FILE,
	  SHARED,
	  .set = take_lease,
	  .get = get_lease,
	  .change = release_lease,
	  .doors = EACH_KIND },
};

TEST(shared_file, .summary = "the parent sees what the child does to the open file through its copy of a descriptor",
     .features = FEATURES(NEEDS_WORKDIR), ATTRIBUTES(to_share))
{
	test_inheritance();
}

/* ---- Of the descriptor: its flag, and that it is open ------------------------------------------ */

static void open_root(void)
{
	fd = (int)SETUP_RAW(sys_open("/", O_RDONLY | O_DIRECTORY));
}

static void open_marked(void)
{
	open_root();
	SETUP_RAW(sys_fcntl(fd, F_SETFD, FD_CLOEXEC));
}

static long long get_descriptor_flags(void)
{
	return sys_fcntl(fd, F_GETFD, 0);
}

static void mark(void)
{
	sys_fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void unmark(void)
{
	sys_fcntl(fd, F_SETFD, 0);
}

static void close_it(void)
{
	sys_close(fd);
}

static const struct attribute to_keep[] = {
	{ { "open", .covers = "FORK-042" },
	  OF_DESCRIPTORS,
	  KEPT,
	  .set = open_root,
	  .get = get_descriptor_flags,
	  .change = close_it,
	  .exec = { KEPT, "INH-EXEC-04" },
	  .handle = &fd },
	{ { "marked", .covers = "FORK-043" },
	  OF_DESCRIPTORS,
	  KEPT,
	  .set = open_root,
	  .get = get_descriptor_flags,
	  .change = mark,
	  .doors = EACH_KIND },
	{ { "unmarked", .covers = "FORK-043 INH-FD-11" },
	  OF_DESCRIPTORS,
	  KEPT,
	  .set = open_marked,
	  .get = get_descriptor_flags,
	  .change = unmark,
	  .exec = { RESET, "INH-FD-11" },
	  .handle = &fd,
	  .fresh = -EBADF },
};

TEST(own_descriptor, .summary = "the parent does not see what the child does to its own copy of a descriptor",
     ATTRIBUTES(to_keep))
{
	test_inheritance();
}

TEST(numbers, .covers = "INH-FD-20",
     .summary = "a new descriptor of the child gets the lowest number that is free, as if it were the parent's",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	const int holes[] = { 40, 64, 129 };

	open_root();
	while (SETUP(sys_dup(fd)) <= holes[ARRAY_SIZE(holes) - 1])
		;
	int next = (int)SETUP(sys_dup(fd));
	SETUP(sys_close(next));
	for (unsigned i = 0; i < ARRAY_SIZE(holes); i++)
		SETUP(sys_close(holes[i]));
	long child = door->fork();
	if (child == 0) {
		for (unsigned i = 0; i < ARRAY_SIZE(holes); i++)
			EXPECT_EQ(sys_dup(fd), holes[i], i);
		EXPECT_EQ(sys_dup(fd), next);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	/* And the child has taken none of the parent's. */
	EXPECT_EQ(sys_dup(fd), holes[0]);
}

/* A child that executes a program; what that one has open. */
static void execute_in_child(const struct fork_door *door, int marked, struct image_report *report)
{
	int channel[2];

	SETUP(pipe(channel));
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(sys_fcntl(marked, F_GETFD, 0), FD_CLOEXEC);
		EXPECT_EQ(sys_fcntl(fd, F_GETFD, 0), 0);
		SETUP(execute_self(IMAGE_REPORT, channel[1]));
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	SETUP(sys_close(channel[1]));
	EXPECT_EQ(sys_read(channel[0], report, sizeof(*report)), sizeof(*report));
	SETUP(sys_close(channel[0]));
}

TEST(close_on_exec, .covers = "INH-FD-11",
     .summary = "fork copies a close-on-exec descriptor too: only the programs that its children execute lack it",
     THROUGH(fork_doors))
{
	open_marked();
	int marked = fd;
	open_root();
	for (int i = 0; i < 2; i++) {
		struct image_report report = { 0 };
		execute_in_child(this_door(), marked, &report);
		EXPECT_EQ(report.open[marked], 0, i);
		EXPECT_EQ(report.open[fd], 1, i);
		EXPECT_EQ(sys_fcntl(marked, F_GETFD, 0), FD_CLOEXEC, i);
	}
}

/* ---- The last copy ----------------------------------------------------------------------------- */

enum { CHILD_MAY_GO };

static const struct pipe_end {
	struct case_head head;
	int closed; /* by the parent; the child keeps its copy */
	long held, gone;
} pipe_ends[] = {
	{ { "write_end", .covers = "INH-FD-10" }, 1, -EAGAIN, 0 },
	{ { "read_end", .covers = "INH-FD-21" }, 0, 1, -EPIPE },
};

TEST(last_end, .summary = "the end of a pipe stays open until the child's copy of the descriptor is closed too",
     CASES_NEEDING(pipe_ends), THROUGH(fork_doors), .passes = each_call)
{
	const struct pipe_end *row = this_case();
	const struct fork_door *door = this_door();
	char byte = 'x';
	int ends[2];

	SETUP(pipe2(ends, O_NONBLOCK));
	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &(sigset64){ SIGBIT(SIGPIPE) }, NULL));
	long child = door->fork();
	if (child == 0) {
		await(CHILD_MAY_GO);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	SETUP_RAW(sys_close(ends[row->closed]));
	long held = row->closed ? sys_read(ends[0], &byte, 1) : sys_write(ends[1], &byte, 1);
	EXPECT_EQ(held, row->held);
	post(CHILD_MAY_GO);
	EXPECT_EXITED(child, 0);
	long gone = row->closed ? sys_read(ends[0], &byte, 1) : sys_write(ends[1], &byte, 1);
	EXPECT_EQ(gone, row->gone);
}
