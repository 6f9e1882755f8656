// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "die.h"
#include "entry.h"
#include "suite.h"

/* Who executes this program as a cell tells by a pipe what it is to be. */
#define FD_ORDER (FD_LIFELINE + 2)
/* Where a program that was just executed finds itself open. */
#define FD_SELF (STDERR_FILENO + 1)

/* One call, where there is such a call: hundreds are most of what a cell would do. */
void close_between(int first, int last)
{
#ifdef SYS_close_range
	if (!SYSCALL3(SYS_close_range, first, last, 0))
		return;
#endif
	for (int fd = first; fd <= last && fd < 1024; fd++)
		sys_close(fd);
}

static void open_nothing(void)
{
	int ends[2];

	sys_close(STDIN_FILENO);
	/* A pipe that nobody writes to ends at once, too. */
	if (sys_open("/dev/null", O_RDWR) < 0 && !SYSCALL2(SYS_pipe2, ends, 0))
		sys_close(ends[1]);
}

/* A descriptor that other cells had: as if it were a new pipe. */
static void take_over(int from, int to)
{
	if (sys_fcntl(from, F_GETFL, 0) != O_WRONLY) {
		sys_fcntl(from, F_SETFL, O_WRONLY);
		sys_fcntl(from, F_SETOWN, 0);
		sys_fcntl(from, F_SETSIG, 0);
	}
	sys_dup3(from, to, 0);
}

static void forget_told(int fd)
{
	struct pollfd lifeline = { .fd = fd, .events = POLLIN };
	char bytes[16];

	while (poll(&lifeline, 1, 0) > 0 && sys_read(fd, bytes, sizeof(bytes)) > 0)
		;
}

static void map_page(int fd)
{
	record_page = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*record_page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (record_page == MAP_FAILED)
		record_page = NULL;
}

/* The descriptors that a cell has, and no others. */
static void place_descriptors(const struct cell *cell)
{
	take_over(cell->records, FD_RECORDS);
	take_over(cell->output, STDOUT_FILENO);
	sys_dup3(STDOUT_FILENO, STDERR_FILENO, 0);
	if (cell->told)
		forget_told(cell->lifeline);
	sys_dup3(cell->lifeline, FD_LIFELINE, 0);
	open_nothing();
	self_move(FD_SELF);
	close_between(FD_SELF + 1, FD_RECORDS - 1);
}

static _Noreturn void execute(const struct cell *cell)
{
	struct item item;
	char *const argv[] = { "forkcheck", "--cell", item.id, NULL };
	int ends[2];

	item_init(&item, cell_test(cell), cell->n);
	if (cell->page >= 0)
		sys_dup3(cell->page, FD_PAGE, 0);
	place_descriptors(cell);
	if (!SYSCALL2(SYS_pipe2, ends, 0)) {
		sys_write(ends[1], cell, sizeof(*cell));
		sys_close(ends[1]);
		sys_dup3(ends[0], FD_ORDER, 0);
		sys_close(ends[0]);
		self_execute(argv);
	}
	sys_exit_group(127);
}

_Noreturn void cell_begin(struct cell *cell)
{
	if (cell->executed)
		execute(cell);
	map_page(cell->page);
	place_descriptors(cell);
	cell_run(cell);
}

_Noreturn void cell_main(void)
{
	static struct cell cell;

	if (sys_read(FD_ORDER, &cell, sizeof(cell)) != (long)sizeof(cell))
		die("--cell is for the runner itself");
	sys_close(FD_ORDER);
	signals_default();
	cell_prepare();
	map_page(FD_PAGE);
	sys_close(FD_PAGE);
	cell_run(&cell);
}
