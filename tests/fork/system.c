// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* system(), popen() and forkpty(): functions of the C library that make processes. */
#include "forkcheck.h"

#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define SHELL NEEDS_SHELL

TEST(status, .covers = "SYSTEM-01", .features = FEATURES(SHELL),
     .summary = "system() returns the status of the shell, which is the status of its last command")
{
	EXPECT_RETURNS(system("exit 3"), W_EXITCODE(3, 0));
	EXPECT_RETURNS(system("true"), 0);
	EXPECT_RETURNS(system("exit 3; exit 4"), W_EXITCODE(3, 0));
	EXPECT_RETURNS(system("kill -TERM $$"), W_EXITCODE(0, SIGTERM));
	EXPECT_NO_CHILD();
}

TEST(shell_exists, .covers = "SYSTEM-02", .features = FEATURES(SHELL),
     .summary = "system(NULL) is not 0 where there is a shell")
{
	int shell = system(NULL);
	EXPECT_NE(shell, 0);
}

TEST(no_shell, .covers = "SYSTEM-02 SYSTEM-08", .caps = CAP(SYS_CHROOT), .features = FEATURES(NEEDS_WORKDIR),
     .summary = "where there is no shell system(NULL) is 0, and a command ends with status 127")
{
	SETUP(chroot("."));
	EXPECT_RETURNS(system(NULL), 0);
	EXPECT_RETURNS(system("exit 3"), W_EXITCODE(127, 0));
	EXPECT_NO_CHILD();
}

TEST(no_child, .covers = "SYSTEM-04", .features = FEATURES(NEEDS_OTHER_USER),
     .summary = "system() tells by its result and by errno that it could not make a child")
{
	struct rlimit limit;

	SETUP(getrlimit(RLIMIT_NPROC, &limit));
	limit.rlim_cur = 1;
	SETUP(setrlimit(RLIMIT_NPROC, &limit));
	errno = 0;
	int result = system("exit 3");
	int err = errno;
	/* -1 is what the page says; glibc calls posix_spawn(), and takes any error of it for a missing shell. */
	EXPECT_TRUE(result == -1 || result == W_EXITCODE(127, 0));
	EXPECT_EQ(err, EAGAIN);
	EXPECT_NO_CHILD();
}

TEST(other_children, .covers = "SYSTEM-10", .features = FEATURES(SHELL),
     .summary = "system() does not reap another child that ends meanwhile")
{
	pid_t other = fork_helper();
	if (other == 0)
		leave(5);
	await_zombie(other);
	EXPECT_RETURNS(system("exit 3"), W_EXITCODE(3, 0));
	EXPECT_EXITED(other, 5);
}

/* ---- Signals ------------------------------------------------------------------------------------- */

enum { TO_WATCHER = 8, TO_COMMAND = 9 }; /* descriptors: a shell knows those of one digit */

/* While the command runs, looks at the process that has called system(), then lets the command end. */
static _Noreturn void watch(pid_t caller, int from_command)
{
	char path[64], byte;

	proc_path(path, sizeof(path), caller, "status");
	REQUIRE_EQ(sys_read(from_command, &byte, 1), 1);
	long long blocked = proc_field(path, "SigBlk:", 16);
	/* The C library may block all of them for the moment in which it makes the child. */
	for (; blocked != -1 && blocked & (long long)SIGBIT(SIGUSR1); blocked = proc_field(path, "SigBlk:", 16))
		sys_sched_yield();
	EXPECT_EQ(blocked, SIGBIT(SIGCHLD));
	long long ignored = proc_field(path, "SigIgn:", 16);
	EXPECT_EQ(ignored & (long long)(SIGBIT(SIGINT) | SIGBIT(SIGQUIT)), SIGBIT(SIGINT) | SIGBIT(SIGQUIT));
	REQUIRE_EQ(sys_write(TO_COMMAND, "\n", 1), 1);
	leave(0);
}

TEST(signals_of_caller, .covers = "SYSTEM-03", .features = FEATURES(SHELL, NEEDS_PROC),
     .summary = "while the command runs the caller of system() blocks SIGCHLD and ignores SIGINT and SIGQUIT, "
		"afterwards it does not")
{
	int to_watcher[2], to_command[2];
	pid_t me = sys_getpid();
	/* Some emulators keep signals that their own caller ignores from being reset. */
	const long long ignored = proc_field("/proc/self/status", "SigIgn:", 16);

	SETUP(pipe(to_watcher));
	SETUP(pipe(to_command));
	SETUP(dup2(to_watcher[1], TO_WATCHER));
	pid_t watcher = fork_helper();
	if (watcher == 0) {
		SETUP(sys_close(to_watcher[1]));
		SETUP(sys_close(TO_WATCHER));
		SETUP(dup2(to_command[1], TO_COMMAND));
		watch(me, to_watcher[0]);
	}
	SETUP(dup2(to_command[0], TO_COMMAND));
	EXPECT_RETURNS(system("echo >&8; read x <&9; kill -INT $PPID; kill -QUIT $PPID; exit 4"), W_EXITCODE(4, 0));
	/* Had there been no command, the watcher would find the end of the file now. */
	SETUP(sys_close(to_watcher[1]));
	SETUP(sys_close(TO_WATCHER));
	EXPECT_EXITED(watcher, 0);
	EXPECT_EQ(proc_field("/proc/self/status", "SigBlk:", 16), 0);
	EXPECT_EQ(ignored & (long long)(SIGBIT(SIGINT) | SIGBIT(SIGQUIT)), 0);
	EXPECT_EQ(proc_field("/proc/self/status", "SigIgn:", 16), ignored);
}

TEST(signals_of_command, .covers = "SYSTEM-09", .features = FEATURES(SHELL),
     .summary = "in the command SIGINT and SIGQUIT have the disposition that they had in the caller of system()")
{
	EXPECT_RETURNS(system("kill -INT $$; exit 1"), W_EXITCODE(0, SIGINT));
	int status = system("kill -QUIT $$; exit 1");
	EXPECT_EQ(status & 0x7f, SIGQUIT);
}

/* ---- popen --------------------------------------------------------------------------------------- */

TEST(popen_reads, .covers = "SYSTEM-05", .features = FEATURES(SHELL),
     .summary = "popen(\"r\") gives what the command writes, pclose() its status")
{
	char line[32] = "";

	FILE *stream = popen("echo hello; exit 5", "r");
	REQUIRE_TRUE(stream != NULL);
	EXPECT_TRUE(fgets(line, sizeof(line), stream) != NULL);
	EXPECT_EQ(strcmp(line, "hello\n"), 0);
	EXPECT_RETURNS(pclose(stream), W_EXITCODE(5, 0));
	EXPECT_NO_CHILD();
}

TEST(popen_writes, .covers = "SYSTEM-05", .features = FEATURES(SHELL),
     .summary = "popen(\"w\") hands to the command what is written, pclose() its status")
{
	FILE *stream = popen("read x; test \"$x\" = hello && exit 6", "w");

	REQUIRE_TRUE(stream != NULL);
	EXPECT_EQ(fwrite("hello\n", 6, 1, stream), 1);
	EXPECT_RETURNS(pclose(stream), W_EXITCODE(6, 0));
	EXPECT_NO_CHILD();
}

TEST(popen_apart, .covers = "SYSTEM-06", .features = FEATURES(SHELL),
     .summary = "the child of popen() does not have the stream of an earlier popen(), though other descriptors")
{
	char command[64] = "(: >&";
	int ends[2];

	SETUP(pipe(ends));
	FILE *first = popen("read x", "w");
	REQUIRE_TRUE(first != NULL);
	REQUIRE_LT(fileno(first), 10); /* or a shell could not name it */
	append_number(command, sizeof(command), fileno(first));
	append_text(command, sizeof(command), ") 2>&- || exit 3");
	EXPECT_EQ(sys_fcntl(fileno(first), F_GETFD, 0), 0);
	EXPECT_RETURNS(system(command), 0);
	FILE *second = popen(command, "r");
	REQUIRE_TRUE(second != NULL);
	EXPECT_RETURNS(pclose(second), W_EXITCODE(3, 0));
	EXPECT_EQ(fwrite("\n", 1, 1, first), 1);
	EXPECT_RETURNS(pclose(first), 0);
}

/* ---- forkpty ------------------------------------------------------------------------------------- */

TEST(forkpty_session, .covers = "SYSTEM-07", .features = FEATURES(NEEDS_PTY),
     .summary =
	     "the child of forkpty() leads a session, and its standard descriptors are a new terminal that controls it")
{
	char byte = 0;
	int master;

	pid_t child = forkpty(&master, NULL, NULL, NULL);
	if (child == 0) {
		EXPECT_RETURNS(getsid(0), sys_getpid());
		EXPECT_EQ(getpgrp(), sys_getpid());
		for (int fd = 0; fd <= 2; fd++) {
			EXPECT_TRUE(isatty(fd), fd);
			EXPECT_RETURNS(tcgetsid(fd), sys_getpid(), fd);
			EXPECT_RETURNS(tcgetpgrp(fd), sys_getpid(), fd);
		}
		EXPECT_EQ(sys_write(1, "x", 1), 1);
		EXPECT_EQ(sys_read(0, &byte, 1), 1);
		leave(byte);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EQ(sys_read(master, &byte, 1), 1);
	EXPECT_EQ(byte, 'x');
	EXPECT_EQ(sys_write(master, "y\n", 2), 2);
	EXPECT_EXITED(child, 'y');
	pid_t session = getsid(0);
	EXPECT_NE(session, child);
}
