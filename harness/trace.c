// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* A small tracer. */
#include "trace.h"

const struct attachment_case attachments[3] = {
	{ "traceme", BY_TRACEME },
	{ "attach", BY_ATTACH },
	{ "seize", BY_SEIZE },
};

/* The tracee goes on when this is posted: its options are set. */
#define OPTIONS_ARE_SET (EVENTS - 1)

static void await_stopped(pid_t pid)
{
	int status = 0;
	long r = checked_wait(pid, &status, __WALL);

	if (r != pid || status != W_STOPCODE(SIGSTOP))
		BROKEN("a child that is to be traced did not stop with SIGSTOP");
}

pid_t start_tracee(enum attachment how, unsigned long options, void (*body)(const void *), const void *arg)
{
	pid_t pid = fork_helper();

	if (pid == 0) {
		if (how == BY_TRACEME) {
			SETUP_RAW(sys_ptrace(PTRACE_TRACEME, 0, 0, NULL));
			SETUP_RAW(checked_kill(sys_getpid(), SIGSTOP));
		}
		await(OPTIONS_ARE_SET);
		body(arg);
		leave(0);
	}
	if (how == BY_SEIZE) {
		REQUIRE_OK(sys_ptrace(PTRACE_SEIZE, pid, 0, (void *)options));
	} else {
		if (how == BY_ATTACH)
			SETUP_RAW(sys_ptrace(PTRACE_ATTACH, pid, 0, NULL));
		await_stopped(pid);
		REQUIRE_OK(sys_ptrace(PTRACE_SETOPTIONS, pid, 0, (void *)options));
		SETUP_RAW(sys_ptrace(PTRACE_CONT, pid, 0, NULL));
	}
	post(OPTIONS_ARE_SET);
	return pid;
}

bool next_stop(struct trace_stop *stop)
{
	long r;

	*stop = (struct trace_stop){ 0 };
	do
		r = wait_for(-1, &stop->status, __WALL, NULL);
	while (r == -EINTR);
	if (r == -ECHILD)
		return false;
	stop->pid = (pid_t)SETUP_RAW(r);
	if (WIFSTOPPED(stop->status))
		stop->event = (int)((unsigned)stop->status >> 16);
	if (stop->event && stop->event != PTRACE_EVENT_STOP)
		EXPECT_OK(sys_ptrace(PTRACE_GETEVENTMSG, stop->pid, 0, &stop->message));
	return true;
}

void resume(const struct trace_stop *stop)
{
	if (!WIFSTOPPED(stop->status))
		return;

	long sig = WSTOPSIG(stop->status);
	if (stop->event || sig == SIGSTOP || sig == SIGTRAP)
		sig = 0;
	SETUP_RAW(sys_ptrace(PTRACE_CONT, stop->pid, 0, (void *)sig));
}

pid_t tracer_of(pid_t pid)
{
	char path[64];

	return (pid_t)proc_field(proc_path(path, sizeof(path), pid, "status"), "TracerPid:", 10);
}
