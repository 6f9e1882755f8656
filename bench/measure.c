// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nanoseconds.h"
#include "forkcheck.h"
#include "measure.h"
#include "names.h"
#include "processors.h"

/* A figure's share of a round: calls for so long, but within these numbers. */
#define SLICE_NS 2e6
#define MIN_CALLS 3
#define MAX_CALLS 1000
/* A caller that takes longer hangs. */
#define CALLER_SECONDS 120

/* What a caller tells of one figure. */
struct result {
	double median, fastest, slowest;
	uint32_t calls, outliers;
	int32_t err;
	bool done;
};

/* Shared with the caller. */
struct board {
	struct result results[MAX_SERIES];
	long err; /* of the preparation */
	bool prepared;
	uint64_t word; /* the caller's own, for its children */
};

struct clock_facts clock_measure(void)
{
	static double differences[1001];
	struct clock_facts facts = { .step = 1e9 };

	for (size_t i = 0; i < ARRAY_LENGTH(differences); i++) {
		uint64_t begin = now();
		differences[i] = since(begin);
		if (differences[i] > 0 && differences[i] < facts.step)
			facts.step = differences[i];
	}
	sort_values(differences, ARRAY_LENGTH(differences));
	facts.overhead = median(differences, ARRAY_LENGTH(differences));
	return facts;
}

static void summarize(struct result *result, double *times, size_t count)
{
	sort_values(times, count);
	*result = (struct result){
		.median = median(times, count),
		.fastest = times[0],
		.slowest = times[count - 1],
		.calls = (uint32_t)count,
	};
	for (size_t i = count; i && times[i - 1] > 2 * result->median; i--)
		result->outliers++;
	result->done = true;
}

/* Calls of one figure for its slice of the round. */
static void measure(struct result *result, const struct figure *figure, struct caller *caller, double overhead)
{
	static double times[MAX_CALLS];
	const struct series *series = figure->series;
	double part = figure->group->each ? (double)figure->amount : 1;
	size_t count = 0;

	/* The first call pays for what the preparation left behind, such as pages to be write-protected. */
	double took = series->operation(caller, series->arg);
	uint64_t begin = now();
	while (took >= 0 && count < MAX_CALLS && (count < MIN_CALLS || since(begin) < SLICE_NS)) {
		took = series->operation(caller, series->arg);
		times[count++] = (took > overhead ? took - overhead : 0) / part;
	}
	if (took < 0) {
		result->err = (int32_t)-took;
		result->done = true;
		return;
	}
	summarize(result, times, count);
}

/* The caller's process. Where in a round it begins is another each time, so that none always follows the same. */
static _Noreturn void caller_main(struct board *board, struct figure *const *figures, size_t count, int processor)
{
	const struct group *group = figures[0]->group;
	struct caller caller = { .amount = figures[0]->amount, .shared = &board->word, .processor = processor };

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	alarm(CALLER_SECONDS);
	sys_sigprocmask(SIG_BLOCK, &(sigset64){ SIGBIT(SIGINT) | SIGBIT(SIGTERM) }, NULL);
	write_file("/proc/self/oom_score_adj", "1000");
	if (processor >= 0)
		pin_to(processor);
	board->err = group->prepare ? group->prepare(&caller) : 0;
	board->prepared = true;
	double overhead = clock_measure().overhead;
	for (size_t i = 0; !board->err && i < count; i++) {
		size_t turn = (i + figures[0]->rounds) % count;
		measure(&board->results[turn], figures[turn], &caller, overhead);
	}
	sys_exit_group(0);
}

static void add_value(struct figure *figure, const struct result *result)
{
	if (!figure->calls || result->fastest < figure->fastest)
		figure->fastest = result->fastest;
	if (result->slowest > figure->slowest)
		figure->slowest = result->slowest;
	figure->calls += result->calls;
	figure->outliers += result->outliers;
	figure->values[figure->rounds++] = result->median;
}

static void explain_missing(struct figure *figure, const struct board *board, const struct result *result, int status)
{
	size_t size = sizeof(figure->missing);

	if (board->err)
		snprintf(figure->missing, size, "preparation: %s", errno_name((int)-board->err));
	else if (result->err == EPROTO)
		snprintf(figure->missing, size, "the child did not end with 0");
	else if (result->err)
		snprintf(figure->missing, size, "%s", errno_name(result->err));
	else
		snprintf(figure->missing, size, "the caller %s", status_text(status));
}

void measure_round(struct figure *const *figures, size_t count, int processor)
{
	struct board *board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0;

	pid_t pid = board == MAP_FAILED ? -1 : fork();
	if (pid == 0)
		caller_main(board, figures, count, processor);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	for (size_t i = 0; i < count; i++) {
		if (pid < 0)
			snprintf(figures[i]->missing, sizeof(figures[i]->missing), "no caller: %s", strerror(errno));
		else if (board->results[i].done && !board->results[i].err)
			add_value(figures[i], &board->results[i]);
		else
			explain_missing(figures[i], board, &board->results[i], status);
	}
	if (board != MAP_FAILED)
		munmap(board, sizeof(*board));
}
