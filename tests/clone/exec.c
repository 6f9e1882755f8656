// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What execve(2) makes of a child: its exit signal, what it shared, what it keeps. */
#include "forkcheck.h"

#include <linux/aio_abi.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

static const sigset64 all = ~0ULL;

static const struct row {
	const char *name;
	int signal;
} signals[] = {
	{ "usr1", SIGUSR1 },
	{ "none", 0 },
};

TEST(exit_signal, .covers = "EXEC-01",
     .summary = "after execve the end of a child sends SIGCHLD, whatever its exit signal was, and a plain wait sees it",
     CASES(signals), THROUGH(clone_doors))
{
	const struct row *row = this_case();
	const struct clone_door *door = this_door();
	siginfo_t info = { 0 };
	sigset64 pending;
	int status = 0;

	SETUP(sys_sigprocmask(SIG_SETMASK, &all, NULL));
	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = row->signal);
	if (child == 0) {
		SETUP(execute_self(IMAGE_EXIT, 7));
		leave(1);
	}
	REQUIRE_GT(child, 0);
	long result = waitid_for(P_PID, (int)child, &info, WEXITED | WNOWAIT | __WALL, NULL);
	REQUIRE_EQ(result, 0);
	EXPECT_EQ(sys_sigpoll(all, &info), SIGCHLD);
	EXPECT_EQ(info.si_pid, child);
	SETUP(sys_sigpending(&pending));
	EXPECT_EQ(pending, 0);
	EXPECT_EQ(wait_for((pid_t)child, &status, WNOHANG, NULL), child);
	EXPECT_EQ(status, W_EXITCODE(7, 0));
}

/* ---- What was shared ---------------------------------------------------------------------------- */

static volatile int word;

struct execution {
	volatile char *page;
	int channel;
};

static int store_and_execute(void *arg)
{
	struct execution *execution = arg;

	word = 1;
	*execution->page = 2;
	SETUP_RAW(execute_self(IMAGE_PAUSE, execution->channel));
	return 1;
}

TEST(memory_stays, .covers = "EXEC-04",
     .summary = "when a child with CLONE_VM executes a program, the caller keeps its memory as the child left it",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct execution execution;
	int channel[2];
	char byte;

	SETUP(pipe(channel));
	execution.page = (char *)SETUP(sys_map_private(NULL, page_size(), PROT_READ | PROT_WRITE));
	execution.channel = channel[1];
	long child = CLONE_CALL(door->via, new_stack(), store_and_execute, &execution, .flags = CLONE_VM,
				.exit_signal = SIGCHLD);
	SETUP(sys_close(channel[1]));
	REQUIRE_GT(child, 0);
	EXPECT_EQ(sys_read(channel[0], &byte, 1), 1); /* from the new program */
	EXPECT_EQ(word, 1);
	EXPECT_GT(sys_getcwd((char *)execution.page + 1, page_size() - 1), 0); /* still there: no SIGSEGV below */
	EXPECT_EQ(*execution.page, 2);
	checked_kill((pid_t)child, SIGKILL);
	EXPECT_KILLED(child, SIGKILL);
}

/* ---- What is reset ------------------------------------------------------------------------------ */

/* Asks for a report when there is something to read from a pipe that stays empty. */
static void submit_poll(int pipe, int eventfd)
{
	aio_context_t context = 0;
	struct iocb request = {
		.aio_lio_opcode = IOCB_CMD_POLL,
		.aio_fildes = (unsigned)pipe,
		.aio_buf = 1, /* POLLIN */
		.aio_flags = IOCB_FLAG_RESFD,
		.aio_resfd = (unsigned)eventfd,
	}, *requests[] = { &request };

	SETUP(SYSCALL2(SYS_io_setup, 1, &context));
	SETUP(SYSCALL3(SYS_io_submit, context, 1, requests) == 1 ? 0 : -EAGAIN);
}

TEST(async_io, .covers = "EXEC-07", .features = FEATURES(NEEDS_AIO),
     .summary = "execve ends pending asynchronous I/O: the request is complete once the new program runs")
{
	enum { SUBMITTED, MAY_EXECUTE };
	int channel[2], quiet[2];
	uint64_t count = 0;
	char byte;

	need_release(4, 19); /* IOCB_CMD_POLL */
	int done = (int)SETUP(SYSCALL2(SYS_eventfd2, 0, O_NONBLOCK));
	SETUP(pipe(channel));
	SETUP(pipe(quiet));
	pid_t child = fork_helper();
	if (child == 0) {
		submit_poll(quiet[0], done);
		post(SUBMITTED);
		await(MAY_EXECUTE);
		SETUP(execute_self(IMAGE_PAUSE, channel[1]));
		leave(1);
	}
	SETUP(sys_close(channel[1]));
	await(SUBMITTED);
	EXPECT_FAILS(sys_read(done, &count, sizeof(count)), EAGAIN);
	post(MAY_EXECUTE);
	EXPECT_EQ(sys_read(channel[0], &byte, 1), 1);
	EXPECT_EQ(sys_read(done, &count, sizeof(count)), sizeof(count));
	EXPECT_EQ(count, 1);
	checked_kill(child, SIGKILL);
	EXPECT_KILLED(child, SIGKILL);
}

/* Runs in a child: turns into the program, which reports into the pipe. */
static void report_through(const char *path, int channel)
{
	SETUP(execute_path(path, IMAGE_REPORT, channel));
	leave(1);
}

static void read_report(pid_t child, const int channel[2], struct image_report *report)
{
	SETUP(sys_close(channel[1]));
	REQUIRE_EQ(sys_read(channel[0], report, sizeof(*report)), sizeof(*report));
	EXPECT_EXITED(child, 0);
}

TEST(dumpable, .covers = "EXEC-08", .features = FEATURES(NEEDS_ORDINARY_USER, NEEDS_READABLE),
     .summary = "execve of an ordinary program makes the process dumpable again")
{
	struct image_report report;
	int channel[2];

	SETUP(pipe(channel));
	pid_t child = fork_helper();
	if (child == 0) {
		SETUP(sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
		report_through(NULL, channel[1]);
	}
	read_report(child, channel, &report);
	EXPECT_EQ(report.dumpable, 1);
}

TEST(name, .covers = "EXEC-09", .features = FEATURES(NEEDS_PROC, NEEDS_WORKDIR),
     .summary = "execve names the thread after the file as it was called, cut to 15 bytes")
{
	static const struct {
		const char *file, *want;
	} rows[] = { { "short", "short" }, { "a-rather-long-name", "a-rather-long-n" } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct image_report report;
		int channel[2];

		SETUP(symlink("/proc/self/exe", rows[i].file));
		SETUP(pipe(channel));
		pid_t child = fork_helper();
		if (child == 0) {
			SETUP(sys_prctl(PR_SET_NAME, (unsigned long)"before", 0, 0, 0));
			report_through(rows[i].file, channel[1]);
		}
		read_report(child, channel, &report);
		SETUP(sys_close(channel[0]));
		EXPECT_EQ(strcmp(report.name, rows[i].want), 0, i);
	}
}

/* ---- What is kept ------------------------------------------------------------------------------- */

TEST(kept, .covers = "EXEC-10", .features = FEATURES(NEEDS_WORKDIR), .caps = CAP(SYS_CHROOT),
     .summary = "execve keeps IDs, group, session, nice value, umask, root, working directory and limits")
{
	const struct rlimit limit = { 33, 44 };
	const int nice = getpriority(PRIO_PROCESS, 0) > 18 ? 19 : 18;
	struct image_report report;
	struct stat root;
	int channel[2];

	SETUP(mkdir("root", 0700));
	SETUP(mkdir("root/cwd", 0700));
	SETUP(stat("root", &root));
	SETUP(pipe(channel));
	pid_t child = fork_helper();
	if (child == 0) {
		SETUP(sys_setsid());
		SETUP(sys_chroot("root"));
		SETUP(sys_chdir("/cwd"));
		sys_umask(0135);
		SETUP(setpriority(PRIO_PROCESS, 0, nice)); /* any caller may */
		SETUP(setrlimit(RLIMIT_NOFILE, &limit));
		report_through(NULL, channel[1]);
	}
	read_report(child, channel, &report);
	EXPECT_EQ(report.pid, child);
	EXPECT_EQ(report.ppid, sys_getpid());
	EXPECT_EQ(report.pgid, child);
	EXPECT_EQ(report.sid, child);
	EXPECT_EQ(report.uid, getuid());
	EXPECT_EQ(report.euid, geteuid());
	EXPECT_EQ(report.gid, getgid());
	EXPECT_EQ(report.egid, getegid());
	EXPECT_EQ(report.nice, nice);
	EXPECT_EQ(report.umask, 0135);
	EXPECT_EQ(report.root, root.st_ino);
	EXPECT_EQ(report.limits[RLIMIT_NOFILE].soft, 33);
	EXPECT_EQ(report.limits[RLIMIT_NOFILE].hard, 44);
	EXPECT_EQ(strcmp(report.cwd, "/cwd"), 0);
}
