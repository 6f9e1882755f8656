// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include "clear.h"
#include "directory.h"
#include "clock.h"
#include "slot.h"
#include "sweep.h"

int fd_of_runner(int fd)
{
	int high = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FD_RUNNER);

	if (high < 0)
		return fd;
	close(fd);
	return high;
}

void slot_init(struct slot *slot, unsigned number, const char *base)
{
	*slot = (struct slot){ .number = number, .records = -1, .output = -1, .lifeline = -1, .base = base };
	slot->what.records = slot->what.output = slot->what.lifeline = slot->what.page = -1;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void make_page(struct slot *slot)
{
#ifdef SYS_memfd_create
	slot->what.page = (int)SYSCALL2(SYS_memfd_create, "records", 1 /* MFD_CLOEXEC */);
#endif
	if (slot->what.page < 0 || ftruncate(slot->what.page, sizeof(*slot->page)))
		return;
	slot->page = mmap(NULL, sizeof(*slot->page), PROT_READ | PROT_WRITE, MAP_SHARED, slot->what.page, 0);
	if (slot->page == MAP_FAILED)
		slot->page = NULL;
}

/* read: the cell has the end to read from. Returns whether there is a pipe. */
static bool make_pipe(int *runner, int *cell, bool read)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return false;
	*cell = ends[!read];
	*runner = fd_of_runner(ends[read]);
	if (!read)
		fcntl(*runner, F_SETFL, O_NONBLOCK);
	return true;
}

bool slot_open(struct slot *slot)
{
	make_page(slot);
	return make_pipe(&slot->records, &slot->what.records, false) &&
	       make_pipe(&slot->output, &slot->what.output, false) &&
	       make_pipe(&slot->lifeline, &slot->what.lifeline, true);
}

void slot_leave(struct slot *slot)
{
	const int ends[] = { slot->what.records, slot->what.output, slot->what.lifeline, slot->what.page };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (ends[i] >= 0)
			close(ends[i]);
	slot->left = true;
}

void slot_close(struct slot *slot)
{
	if (!slot->left)
		slot_leave(slot);
	slot->left = false;
	slot->what.records = slot->what.output = slot->what.lifeline = slot->what.page = -1;
	close_end(&slot->records);
	close_end(&slot->output);
	close_end(&slot->lifeline);
	if (slot->page)
		munmap(slot->page, sizeof(*slot->page));
	slot->page = NULL;
	slot->told = false;
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
	struct cell *cell = &slot->what;

	cell->workdir[0] = 0;
	if (!slot->base)
		return;
	snprintf(cell->workdir, sizeof(cell->workdir), "%s/%u.%u", slot->base, slot->number, slot->spoilt);
	/* Should there be none, the cell says so. */
	if (!mkdir(cell->workdir, 0755) && cell->uid_is_ours && !slot->item->test->as_root)
		(void)!chown(cell->workdir, cell->uid, -1);
}

/* In the place of a cell that died before it could, or could not do enough. */
static _Noreturn void clear_by_runner(struct slot *slot)
{
	if (slot->what.workdir[0] && chdir(slot->what.workdir))
		slot->what.workdir[0] = 0;
	record_page = slot->page;
	clear_after(&slot->what);
	if (slot->what.workdir[0])
		empty_directory(".");
	_exit(0);
}

static void clear_in_process(struct slot *slot, double seconds)
{
	const double until = monotonic() + seconds;
	pid_t pid = fork();

	if (pid == 0)
		clear_by_runner(slot);
	while (pid > 0 && raw_wait4(pid, NULL, WNOHANG, NULL) == 0 && monotonic() < until + seconds) {
		if (monotonic() > until)
			raw_kill(pid, SIGKILL);
		sys_sched_yield();
	}
}

static bool remove_directory(const struct slot *slot)
{
	return !slot->what.workdir[0] || !rmdir(slot->what.workdir);
}

void slot_clear(struct slot *slot, bool cell_died, double seconds)
{
	if (!cell_died && remove_directory(slot))
		return;
	clear_in_process(slot, seconds);
	if (remove_directory(slot))
		return;
	outcome_left(&slot->outcome, errno == ENOENT ? "its directory is not where it was"
						     : "something in its directory that can't be removed");
	slot->spoilt++;
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

void slot_begin(struct slot *slot, double now)
{
	if (slot->page)
		clear_page(slot->page);
	make_directory(slot);
	slot->what.secret = secret();
	slot->what.told = slot->told;
	slot->told = false;
	outcome_init(&slot->outcome, slot->what.secret);
	slot->busy = true;
	slot->cell = 0;
	slot->begun = now;
	slot->hastened = slot->ending = false;
	slot->stage = SLOT_RUNS;
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
	(void)!write(slot->lifeline, "", 1);
	slot->told = true;
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
	slot->busy = false;
	slot->cell = 0;
}
