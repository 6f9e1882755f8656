// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "after.h"
#include "nanoseconds.h"
#include "creation.h"
#include "prepare.h"
#include "syscalls.h"

/* ---- The first write --------------------------------------------------------------------------- */

double write_in_child(struct caller *caller, unsigned long step)
{
	pid_t pid = fork();

	if (pid == 0) {
		uint64_t begin = now();
		touch(caller->memory, caller->bytes, step);
		*caller->shared = now() - begin;
		sys_exit_group(0);
	}
	long r = reap(pid < 0 ? -errno : pid);
	return r < 0 ? (double)r : (double)*caller->shared;
}

double write_when_alone(struct caller *caller, unsigned long step)
{
	double r = create_fork(caller, 0);

	if (r < 0)
		return r;
	uint64_t begin = now();
	touch(caller->memory, caller->bytes, step);
	return since(begin);
}

double write_to_new(struct caller *caller, unsigned long step)
{
	char *memory = map_pages(caller->bytes, step == HUGE_PAGE);

	if (!memory)
		return -errno;
	uint64_t begin = now();
	touch(memory, caller->bytes, step);
	double took = since(begin);
	munmap(memory, caller->bytes);
	return took;
}

/* ---- The end ----------------------------------------------------------------------------------- */

/* A child that is ready to end, and ends when the other side of the pipe is closed. */
static long make_waiting_child(struct caller *caller, bool writes, int *lifeline)
{
	int down[2], up[2];
	char byte = 0;

	*lifeline = -1;
	if (pipe(down))
		return -errno;
	if (pipe(up)) {
		close(down[0]), close(down[1]);
		return -EMFILE;
	}
	pid_t pid = fork();
	if (pid == 0) {
		sys_close(down[1]);
		if (writes)
			touch(caller->memory, caller->bytes, small_page());
		sys_write(up[1], &byte, 1);
		sys_read(down[0], &byte, 1);
		sys_exit_group(0);
	}
	long r = pid < 0 ? -errno : pid;
	close(down[0]);
	close(up[1]);
	if (pid > 0 && read(up[0], &byte, 1) != 1)
		r = -EPIPE;
	close(up[0]);
	*lifeline = down[1];
	return r;
}

double end_by_exit(struct caller *caller, unsigned long writes)
{
	int lifeline;

	long pid = make_waiting_child(caller, writes, &lifeline);
	uint64_t begin = now();
	sys_close(lifeline);
	long r = reap(pid);
	return r < 0 ? (double)r : since(begin);
}

double end_by_kill(struct caller *caller, unsigned long writes)
{
	int lifeline, status = 0;

	long pid = make_waiting_child(caller, writes, &lifeline);
	if (pid <= 0) {
		sys_close(lifeline);
		return (double)pid;
	}
	uint64_t begin = now();
	raw_kill((pid_t)pid, SIGKILL);
	long r = raw_wait4((pid_t)pid, &status, 0, NULL);
	double took = since(begin);
	sys_close(lifeline);
	return r < 0 ? (double)r : WIFSIGNALED(status) ? took : -EPROTO;
}
