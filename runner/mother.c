// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <stdlib.h>

#include "die.h"
#include "entry.h"
#include "mother.h"
#include "options.h"

/* The cell of each slot; pid 0: none. */
static struct news child[JOBS_MAX];

static void tell(int fd, const struct news *news)
{
	if (sys_write(fd, news, sizeof(*news)) != (long)sizeof(*news))
		_exit(0);
}

static void make_cell(struct cell *cell, const struct mother_ends *ends)
{
	struct news news = { .serial = cell->serial, .slot = cell->slot };

	if (cell->slot >= JOBS_MAX)
		_exit(0);
	news.pid = fork();
	if (news.pid == 0)
		cell_begin(cell);
	cell->secret = 0;
	if (news.pid < 0) {
		news.pid = 0;
		news.status = errno;
		tell(ends->ended, &news);
		return;
	}
	child[cell->slot] = news;
	tell(ends->begun, &news);
}

static void reap(const struct mother_ends *ends)
{
	int status;
	pid_t pid;

	while ((pid = (pid_t)raw_wait4(-1, &status, WNOHANG | __WALL, NULL)) > 0) {
		for (size_t slot = 0; slot < JOBS_MAX; slot++) {
			if (child[slot].pid != pid)
				continue;
			child[slot].status = status;
			tell(ends->ended, &child[slot]);
			child[slot].pid = 0;
		}
	}
}

_Noreturn void mother_run(const struct mother_ends *ends)
{
	static struct cell cell;
	struct pollfd asked = { .fd = ends->requests, .events = POLLIN };

	cell_prepare();
	tell(ends->ended, &(struct news){ .pid = sys_getpid() });
	for (;;) {
		if (cell_wait(&asked) > 0) {
			if (sys_read(ends->requests, &cell, sizeof(cell)) != (long)sizeof(cell))
				_exit(0);
			make_cell(&cell, ends);
		}
		reap(ends);
	}
}

_Noreturn void mother_main(int argc, char **argv)
{
	if (argc != 5)
		die("--mother is for the runner itself");
	mother_run(&(struct mother_ends){ atoi(argv[2]), atoi(argv[3]), atoi(argv[4]) });
}
