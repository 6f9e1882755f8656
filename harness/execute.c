// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* How this program is executed once more, whatever its path is. */
#include <limits.h>
#include <stdlib.h>
#include <sys/auxv.h>

#include "cell.h"

static const char *self_path;
static int self_fd = -1;

void self_find(void)
{
	static char path[PATH_MAX];
	const char *started = (const char *)getauxval(AT_EXECFN);

	if (!access("/proc/self/exe", X_OK))
		self_path = "/proc/self/exe";
	else if (started && realpath(started, path))
		self_path = path;
	else
		return;
	if (self_fd >= 0)
		sys_close(self_fd);
	self_fd = open(self_path, O_PATH | O_CLOEXEC);
}

void self_move(int fd)
{
	if (self_fd >= 0 && self_fd != fd && sys_dup3(self_fd, fd, O_CLOEXEC) == fd)
		self_fd = fd;
}

void self_at(int fd)
{
	self_path = "/proc/self/exe";
	self_fd = fd;
}

long self_execute(char *const argv[])
{
	char *const empty[] = { NULL };
	long r = -ENOENT;

	if (self_path)
		r = sys_execve(self_path, argv, empty);
#ifdef SYS_execveat
	if (self_fd >= 0)
		r = SYSCALL5(SYS_execveat, self_fd, "", argv, empty, AT_EMPTY_PATH);
#endif
	return r;
}

void image_arguments(struct image_arguments *args, enum image image, int arg)
{
	*args = (struct image_arguments){ .which = { (char)('0' + image) } };
	append_number(args->number, sizeof(args->number), arg);
	args->argv[0] = "forkcheck";
	args->argv[1] = "--image";
	args->argv[2] = args->which;
	args->argv[3] = args->number;
}

const char *self_program(void)
{
	if (!self_path)
		BROKEN("no path to this program");
	return self_path;
}

long execute_path(const char *path, enum image image, int arg)
{
	struct image_arguments args;
	char *const empty[] = { NULL };

	image_arguments(&args, image, arg);
	return path ? sys_execve(path, args.argv, empty) : self_execute(args.argv);
}

long execute_self(enum image image, int arg)
{
	return execute_path(NULL, image, arg);
}

void report_after(void (*prepare)(void), struct image_report *report)
{
	int ends[2];

	SETUP(pipe(ends));
	pid_t child = fork_helper();
	if (child == 0) {
		if (prepare)
			prepare();
		long result = execute_self(IMAGE_REPORT, ends[1]);
		SETUP_RAW(result);
	}
	sys_close(ends[1]);
	long length = sys_read(ends[0], report, sizeof(*report));
	sys_close(ends[0]);
	checked_wait(child, NULL, 0);
	if (length != (long)sizeof(*report))
		BROKEN("the executed program did not report");
}
