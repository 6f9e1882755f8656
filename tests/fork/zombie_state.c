// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Zombies among others: signals to them, their groups and sessions, what /proc and control groups still have of them. */
#include "forkcheck.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

enum { MAY_END, MEMBER_READY, LEADER_GONE, MAY_LEAVE };

/* A child that is a zombie, and the leader of a group, if `leads`. */
static pid_t make_zombie(bool leads)
{
	pid_t child = start_child(MAY_END, 6);

	if (leads)
		SETUP_RAW(sys_setpgid(child, child));
	post(MAY_END);
	await_zombie(child);
	return child;
}

/* ---- Signals ------------------------------------------------------------------------------------- */

static const struct sent {
	const char *name;
	int sig;
} sent[] = {
	{ "none", 0 }, { "cont", SIGCONT }, { "stop", SIGSTOP }, { "kill", SIGKILL }, { "term", SIGTERM },
};

TEST(signalled, .covers = "WAIT-58", .features = FEATURES(NEEDS_PROC), CASES(sent),
     .summary = "a signal to a zombie succeeds, does not change its status, and its parent gets no signal")
{
	const struct sent *row = this_case();
	const sigset64 sigchld = SIGBIT(SIGCHLD);
	siginfo_t info = { 0 };
	int status = 0;

	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &sigchld, NULL));
	pid_t zombie = make_zombie(true);
	SETUP_RAW(sys_sigpoll(sigchld, &info));
	EXPECT_OK(checked_kill(zombie, row->sig));
	EXPECT_FAILS(sys_sigpoll(sigchld, &info), EAGAIN);
	memset(&info, 0, sizeof(info));
	EXPECT_OK(waitid_for(P_PID, zombie, &info, WEXITED | WSTOPPED | WCONTINUED | WNOHANG | WNOWAIT, NULL));
	EXPECT_EQ(info.si_code, CLD_EXITED);
	EXPECT_EQ(info.si_status, 6);
	EXPECT_EQ(wait_for(zombie, &status, WNOHANG | WUNTRACED | WCONTINUED, NULL), zombie);
	EXPECT_EQ(status, W_EXITCODE(6, 0));
}

/* ---- Groups and sessions ------------------------------------------------------------------------- */

TEST(group_of_zombie, .covers = "WAIT-59", .features = FEATURES(NEEDS_PROC),
     .summary = "the group that a zombie leads can be joined and signalled, and selects it for a wait")
{
	int status = 0;
	pid_t zombie = make_zombie(true);

	pid_t member = fork_helper();
	if (member == 0) {
		EXPECT_OK(sys_setpgid(0, zombie));
		EXPECT_EQ(sys_getpgid(0), zombie);
		leave(0);
	}
	EXPECT_EXITED(member, 0);
	EXPECT_OK(checked_killpg(zombie, SIGCONT));
	EXPECT_EQ(wait_for(-zombie, &status, WNOHANG, NULL), zombie);
	EXPECT_EQ(status, W_EXITCODE(6, 0));
	EXPECT_FAILS(checked_killpg(zombie, 0), ESRCH);
}

TEST(moved_as_zombie, .covers = "WAIT-60", .features = FEATURES(NEEDS_PROC),
     .summary = "a parent may move a zombie child into another group, which then selects it for a wait")
{
	siginfo_t info = { 0 };
	const pid_t group = sys_getpgid(0);
	pid_t zombie = make_zombie(false);

	EXPECT_EQ(sys_getpgid(zombie), group);
	EXPECT_OK(sys_setpgid(zombie, zombie));
	EXPECT_EQ(sys_getpgid(zombie), zombie);
	EXPECT_FAILS(waitid_for(P_PGID, group, &info, WEXITED | WNOHANG, NULL), ECHILD);
	EXPECT_OK(waitid_for(P_PGID, zombie, &info, WEXITED | WNOHANG, NULL));
	EXPECT_EQ(info.si_pid, zombie);
	EXPECT_NO_CHILD();
}

TEST(session_of_zombie, .covers = "FORK-073", .features = FEATURES(NEEDS_PROC),
     .summary = "a session whose leader is a zombie keeps its ID and its members, and also when he has been reaped")
{
	volatile pid_t *member = shared(sizeof(*member));

	pid_t leader = fork_helper();
	if (leader == 0) {
		EXPECT_OK(sys_setsid());
		const pid_t session = sys_getpid();
		long child = sys_fork();
		if (child == 0) {
			*member = sys_getpid();
			post(MEMBER_READY);
			await(LEADER_GONE);
			EXPECT_EQ(SYSCALL1(SYS_getsid, 0), session);
			EXPECT_OK(sys_setpgid(0, 0));
			EXPECT_EQ(SYSCALL1(SYS_getsid, 0), session);
			EXPECT_FAILS(SYSCALL1(SYS_getsid, session), ESRCH);
			leave(0);
		}
		REQUIRE_GT(child, 0);
		await(MEMBER_READY);
		leave(0);
	}
	await_zombie(leader);
	EXPECT_EQ(SYSCALL1(SYS_getsid, *member), leader);
	EXPECT_EQ(SYSCALL1(SYS_getsid, leader), leader);
	EXPECT_EXITED(leader, 0);
	EXPECT_EQ(SYSCALL1(SYS_getsid, *member), leader);
	post(LEADER_GONE);
	/* It is no child of the test's process, which the runner reaps. */
	while (thread_state(*member, 0) && !strchr("ZX", thread_state(*member, 0)))
		sys_sched_yield();
}

/* ---- Peers ----------------------------------------------------------------------------------------- */

TEST(peer, .covers = "WAIT-63",
     .summary = "a socket tells the PID of the peer that made it also when that has ended, and when it has been reaped")
{
	int ends[2];
	struct ucred peer = { 0 };
	socklen_t size = sizeof(peer);
	int *made = shared(2 * sizeof(*made));

	pid_t child = (pid_t)CLONE_HERE(VIA_CLONE, .flags = CLONE_FILES, .exit_signal = SIGCHLD);
	if (child == 0) {
		SETUP(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
		made[0] = ends[0];
		made[1] = ends[1];
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_OK(waitid_for(P_PID, child, &(siginfo_t){ 0 }, WEXITED | WNOWAIT, NULL));
	EXPECT_RETURNS(getsockopt(made[0], SOL_SOCKET, SO_PEERCRED, &peer, &size), 0);
	EXPECT_EQ(peer.pid, child);
	EXPECT_EXITED(child, 0);
	peer.pid = 0;
	EXPECT_RETURNS(getsockopt(made[0], SOL_SOCKET, SO_PEERCRED, &peer, &size), 0);
	EXPECT_EQ(peer.pid, child);
}

/* ---- /proc --------------------------------------------------------------------------------------- */

enum holds { SOMETHING, EMPTY, NOTHING };

static const struct proc_row {
	struct case_head head;
	const char *file;
	bool link;
	enum holds holds;
} rows_of_proc[] = {
	{ { .name = "stat" }, "stat", false, SOMETHING },
	{ { .name = "status" }, "status", false, SOMETHING },
	{ { .name = "cmdline" }, "cmdline", false, EMPTY },
	{ { .name = "maps" }, "maps", false, EMPTY },
	{ { .name = "exe" }, "exe", true, NOTHING },
	{ { .name = "cwd" }, "cwd", true, NOTHING },
	{ { .name = "root" }, "root", true, NOTHING },
	{ { "ns_pid", .features = FEATURES(NEEDS_PID_NS) }, "ns/pid", true, SOMETHING },
	{ { "ns_user", .features = FEATURES(NEEDS_USER_NS) }, "ns/user", true, SOMETHING },
	{ { "ns_mnt", .features = FEATURES(NEEDS_MNT_NS) }, "ns/mnt", true, NOTHING },
	{ { "ns_net", .features = FEATURES(NEEDS_NET_NS) }, "ns/net", true, NOTHING },
	{ { "ns_uts", .features = FEATURES(NEEDS_UTS_NS) }, "ns/uts", true, NOTHING },
	{ { "ns_ipc", .features = FEATURES(NEEDS_IPC_NS) }, "ns/ipc", true, NOTHING },
	{ { "ns_cgroup", .features = FEATURES(NEEDS_CGROUP_NS) }, "ns/cgroup", true, NOTHING },
	{ { "ns_time", .features = FEATURES(NEEDS_TIME_NS) }, "ns/time", true, NOTHING },
};

static long look(pid_t pid, const struct proc_row *row)
{
	static char text[65536];
	char path[64];

	proc_path(path, sizeof(path), pid, row->file);
	if (row->link)
		return SYSCALL4(SYS_readlinkat, AT_FDCWD, path, text, sizeof(text));
	return read_file(path, text, sizeof(text));
}

TEST(files, .covers = "WAIT-61", .features = FEATURES(NEEDS_PROC), CASES_NEEDING(rows_of_proc),
     .summary =
	     "/proc shows stat, status, PID namespace and user namespace of a zombie, and neither memory nor directories")
{
	const struct proc_row *row = this_case();
	pid_t child = start_child(MAY_END, 0);

	EXPECT_GT(look(child, row), 0);
	post(MAY_END);
	await_zombie(child);
	const long now = look(child, row);
	if (row->holds == NOTHING)
		EXPECT_FAILS(now, ENOENT);
	else if (row->holds == EMPTY)
		EXPECT_EQ(now, 0);
	else
		EXPECT_GT(now, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_LT(look(child, row), 0);
}

TEST(held_files, .covers = "WAIT-62", .features = FEATURES(NEEDS_PROC),
     .summary =
	     "once a process has been reaped, its files in /proc that are held open give ESRCH, and its directory finds nothing")
{
	char path[64], byte;
	pid_t child = start_child(MAY_END, 0);

	proc_path(path, sizeof(path), child, "status");
	int file = (int)SETUP(sys_open(path, O_RDONLY | O_CLOEXEC));
	proc_path(path, sizeof(path), child, "");
	int directory = (int)SETUP(sys_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	post(MAY_END);
	await_zombie(child);
	EXPECT_EQ(SYSCALL4(SYS_pread64, file, &byte, 1, 0), 1);
	EXPECT_EXITED(child, 0);
	EXPECT_FAILS(SYSCALL4(SYS_pread64, file, &byte, 1, 0), ESRCH);
	const long again = sys_openat(directory, "status", O_RDONLY | O_CLOEXEC, 0);
	EXPECT_TRUE(again == -ENOENT || again == -ESRCH);
}

/* ---- Control groups ------------------------------------------------------------------------------ */

TEST(in_cgroup, .covers = "INH-CGRP-20", .features = FEATURES(NEEDS_CGROUP2, NEEDS_PROC), .caps = CAP(DAC_OVERRIDE),
     .summary =
	     "a zombie is not listed in its control group and does not keep it populated; when the group has been removed "
	     "/proc/PID/cgroup says so")
{
	char group[192], path[256], text[4096];

	SETUP(make_cgroup("", group, sizeof(group)));
	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	pid_t child = fork_helper();
	if (child == 0) {
		SETUP(write_cgroup(group, "cgroup.procs", "0"));
		post(MEMBER_READY);
		await(MAY_END);
		leave(0);
	}
	await(MEMBER_READY);
	SETUP(read_file(path, text, sizeof(text)));
	EXPECT_EQ(atoi(text), child);
	post(MAY_END);
	await_zombie(child);
	EXPECT_EQ(read_file(path, text, sizeof(text)), 0);
	snprintf(path, sizeof(path), "%s/cgroup.events", group);
	while (proc_field(path, "populated", 10) == 1)
		sys_sched_yield();
	EXPECT_RETURNS(rmdir(group), 0);
	proc_path(path, sizeof(path), child, "cgroup");
	SETUP(read_file(path, text, sizeof(text)));
	const char *line = strncmp(text, "0::", 3) ? strstr(text, "\n0::") : text;
	EXPECT_TRUE(line && strstr(line, " (deleted)\n"));
	EXPECT_EXITED(child, 0);
}
