// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include "clear.h"
#include "clock.h"
#include "slot.h"
#include "sweep.h"

void slot_init(struct slot *slot, unsigned number, const char *base)
{
	*slot = (struct slot){ .number = number, .records = -1, .output = -1, .lifeline = -1, .page_fd = -1 };
#ifdef SYS_memfd_create
	slot->page_fd = (int)SYSCALL2(SYS_memfd_create, "records", 1 /* MFD_CLOEXEC */);
#endif
	if (slot->page_fd >= 0 && !ftruncate(slot->page_fd, sizeof(*slot->page))) {
		slot->page = mmap(NULL, sizeof(*slot->page), PROT_READ | PROT_WRITE, MAP_SHARED, slot->page_fd, 0);
		if (slot->page == MAP_FAILED)
			slot->page = NULL;
	}
	slot->base = base;
}

void slot_free(struct slot *slot)
{
	if (slot->page)
		munmap(slot->page, sizeof(*slot->page));
	if (slot->page_fd >= 0)
		close(slot->page_fd);
}

/* Only what was used: clearing all of it for each test would cost more than many a test. */
static void clear_page(struct record_page *page)
{
	memset(page, 0, offsetof(struct record_page, slot));
	for (size_t i = 0; i < RECORD_SLOTS; i++)
		page->slot[i].ready = 0;
}

/* A fresh one for each cell: what one does to its own is nobody else's business. */
static void make_directory(struct slot *slot)
{
	if (!slot->base)
		return;
	snprintf(slot->workdir, sizeof(slot->workdir), "%s/%u.%u", slot->base, slot->number, slot->spoilt);
	/* Should there be none, the cell says so. */
	if (!mkdir(slot->workdir, 0755) && slot->what.uid_is_ours && !slot->what.item->test->as_root)
		(void)!chown(slot->workdir, slot->what.uid, -1);
}

static void remove_directory(struct slot *slot)
{
	if (!slot->workdir[0] || !rmdir(slot->workdir))
		return;
	outcome_left(&slot->outcome, errno == ENOENT ? "its directory is not where it was"
						     : "something in its directory that can't be removed");
	slot->spoilt++;
}

/* In the place of a cell that died before it could. */
static void clear_by_runner(struct slot *slot)
{
	if (slot->workdir[0] && chdir(slot->workdir))
		slot->what.workdir = "";
	record_page = slot->page;
	clear_after(&slot->what);
	_exit(0);
}

void slot_clear(struct slot *slot, bool cell_died, double seconds)
{
	const double until = monotonic() + seconds;
	pid_t pid = cell_died ? fork() : 0;

	if (cell_died && pid == 0)
		clear_by_runner(slot);
	while (pid > 0 && raw_wait4(pid, NULL, WNOHANG, NULL) == 0 && monotonic() < until + seconds) {
		if (monotonic() > until)
			raw_kill(pid, SIGKILL);
		sys_sched_yield();
	}
	remove_directory(slot);
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

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

/* In the new process: the descriptors that the cell has, and no others. Raw calls only: the C library's state may be the runner's. */
static void place_descriptors(const struct slot *slot)
{
	int nothing = (int)sys_open("/dev/null", O_RDWR), ends[2];

	/* A pipe that nobody writes to ends at once, too. */
	if (nothing < 0 && !SYSCALL2(SYS_pipe2, ends, O_CLOEXEC))
		nothing = ends[0];
	sys_dup3(slot->launch.records, FD_RECORDS, 0);
	sys_dup3(slot->launch.lifeline, FD_LIFELINE, 0);
	if (slot->page_fd >= 0)
		sys_dup3(slot->page_fd, FD_PAGE, 0);
	if (nothing < 0)
		sys_close(STDIN_FILENO);
	else if (nothing != STDIN_FILENO)
		sys_dup3(nothing, STDIN_FILENO, 0);
	sys_dup3(slot->launch.output, STDOUT_FILENO, 0);
	sys_dup3(slot->launch.output, STDERR_FILENO, 0);
	close_between(3, FD_RECORDS - 1);
}

/* Maybe in the runner's memory, which it leaves as it is, and while the runner goes on. */
static int execute_cell(void *slot)
{
	place_descriptors(slot);
	self_execute(((struct slot *)slot)->launch.command.argv);
	sys_exit_group(127);
}

/*
 * A copy of the runner's memory would cost more than the execution, but works where nothing else does. The runner is not
 * suspended meanwhile: on a kernel that forgets to wake it there would be nobody left to tell.
 */
static pid_t executed_cell(struct slot *slot, enum cell_start start)
{
	char *top = slot->launch.stack + sizeof(slot->launch.stack);
	pid_t pid = -1;

	cell_command(&slot->what, &slot->launch.command);
	if (start == CELL_SPAWNED)
		pid = clone(execute_cell, top, CLONE_VM | SIGCHLD, slot);
	return pid < 0 ? clone(execute_cell, top, SIGCHLD, slot) : pid;
}

static pid_t forked_cell(struct slot *slot)
{
	pid_t pid = fork();

	if (pid == 0) {
		place_descriptors(slot);
		signals_default();
		slot->outcome.secret = 0;
		cell_run(&slot->what);
	}
	return pid;
}

/* Nothing that a test could guess: from the random bytes that the kernel gave the runner, by splitmix64. */
static uint64_t secret(void)
{
	static uint64_t state;
	const void *random = (const void *)getauxval(AT_RANDOM);

	if (!state && random)
		memcpy(&state, random, sizeof(state));
	state += 0x9e3779b97f4a7c15;
	uint64_t mixed = (state ^ state >> 30) * 0xbf58476d1ce4e5b9;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
	return mixed ^ mixed >> 31;
}

bool slot_start(struct slot *slot, enum cell_start start)
{
	int records[2], output[2], lifeline[2];

	if (pipe2(records, O_CLOEXEC))
		return false;
	if (pipe2(output, O_CLOEXEC)) {
		close(records[0]), close(records[1]);
		return false;
	}
	if (pipe2(lifeline, O_CLOEXEC)) {
		close(records[0]), close(records[1]), close(output[0]), close(output[1]);
		return false;
	}
	if (slot->page)
		clear_page(slot->page);
	make_directory(slot);
	slot->what.workdir = slot->workdir;
	slot->what.secret = secret();
	outcome_init(&slot->outcome, slot->what.secret);
	slot->launch.records = records[1];
	slot->launch.output = output[1];
	slot->launch.lifeline = lifeline[0];

	pid_t pid = start == CELL_FORKED ? forked_cell(slot) : executed_cell(slot, start);
	close(records[1]);
	close(output[1]);
	close(lifeline[0]);
	slot->records = records[0];
	slot->output = output[0];
	slot->lifeline = lifeline[1];
	fcntl(slot->records, F_SETFL, O_NONBLOCK);
	fcntl(slot->output, F_SETFL, O_NONBLOCK);
	slot->hastened = slot->ending = false;
	slot->stage = SLOT_RUNS;
	if (pid < 0) {
		close_end(&slot->records);
		close_end(&slot->output);
		close_end(&slot->lifeline);
		return false;
	}
	slot->cell = pid;
	return true;
}

static void drain_records(struct slot *slot)
{
	struct record batch[16];
	ssize_t n;

	/* Writes of one record each are not larger than PIPE_BUF: they come whole. */
	while (slot->records >= 0 && (n = read(slot->records, batch, sizeof(batch))) != -1) {
		for (size_t i = 0; i < (size_t)n / sizeof(batch[0]); i++)
			outcome_record(&slot->outcome, &batch[i], slot->page);
		if (n == 0)
			close_end(&slot->records);
	}
}

static void drain_output(struct slot *slot)
{
	static char bytes[65536];
	ssize_t n;

	/* Bounded, so that a test which writes without end doesn't keep the runner from its clock. */
	for (int turn = 0; turn < 16 && slot->output >= 0; turn++) {
		n = read(slot->output, bytes, sizeof(bytes));
		if (n < 0)
			return;
		if (n == 0)
			close_end(&slot->output);
		else
			outcome_output(&slot->outcome, bytes, (size_t)n);
	}
}

void slot_drain(struct slot *slot)
{
	drain_records(slot);
	drain_output(slot);
}

bool slot_due(struct slot *slot, double now)
{
	if (!slot->hastened && slot->stage == SLOT_RUNS && outcome_decided(&slot->outcome)) {
		slot->hastened = true;
		if (now + slot->limit / 5 < slot->deadline)
			slot->deadline = now + slot->limit / 5;
	}
	if (!slot->ending && slot->stage == SLOT_RUNS && slot->outcome.kinds[RECORD_DONE]) {
		slot->ending = true;
		slot->deadline = now + slot->clearing;
	}
	return now >= slot->deadline;
}

void slot_expire(struct slot *slot, double now)
{
	struct process cell;

	slot->outcome.seconds = now - slot->begun;
	slot->outcome.timed_out = true;
	/* No test of its own can do so without a privilege: rather another one did. */
	slot->outcome.meddled = process_now(slot->cell, &cell) && strchr("Tt", cell.state);
	describe_descendants(slot->cell, slot->outcome.hung, sizeof(slot->outcome.hung));
	close_end(&slot->lifeline);
	slot->stage = SLOT_TOLD;
}

void slot_kill(struct slot *slot)
{
	slot->stage = SLOT_KILLED;
	release_held(slot->cell);
	kill_descendants(slot->cell, NULL, 0);
	raw_kill(slot->cell, SIGKILL);
}

void slot_give_up(struct slot *slot, double now)
{
	struct process list[16];
	size_t n = process_now(slot->cell, &list[0]);

	n += others_below(slot->cell, NULL, 0, list + n, ARRAY_SIZE(list) - n);
	slot_finish(slot, 0, now);
	describe_processes(list, n, true, slot->outcome.unkilled, sizeof(slot->outcome.unkilled));
	append_text(slot->outcome.unkilled, sizeof(slot->outcome.unkilled), n ? "" : "its cell");
	slot->outcome.timed_out = true;
}

void slot_finish(struct slot *slot, int status, double now)
{
	if (!slot->outcome.timed_out)
		slot->outcome.seconds = now - slot->begun;
	slot_drain(slot);
	if (slot->page)
		outcome_page(&slot->outcome, slot->page);
	slot->outcome.lost = !slot->outcome.have_status && !slot->outcome.timed_out;
	slot->outcome.cell_status = status;
	close_end(&slot->records);
	close_end(&slot->output);
	close_end(&slot->lifeline);
	slot->cell = 0;
}
