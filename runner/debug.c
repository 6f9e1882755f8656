// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* forkcheck debug: one test with nothing around it: no cell, no time limit, its records on the terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "applies.h"
#include "body.h"
#include "clear.h"
#include "commands.h"
#include "die.h"
#include "details.h"
#include "watcher.h"
#include "workplace.h"

static void records_init(int ends[2])
{
	record_page = mmap(NULL, sizeof(*record_page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (record_page == MAP_FAILED)
		die("no shared memory: %s", strerror(errno));
	if (pipe2(ends, O_NONBLOCK) || dup2(ends[1], FD_RECORDS) < 0)
		die("no pipe: %s", strerror(errno));
	close(ends[1]);
}

static int tell(const struct options *options, const struct item *item, int records, int status)
{
	static struct outcome outcome;
	struct record record;
	char why[160];

	outcome_init(&outcome, 0);
	while (read(records, &record, sizeof(record)) == (ssize_t)sizeof(record))
		outcome_record(&outcome, &record, record_page);
	outcome_page(&outcome, record_page);
	outcome.have_status = true;
	outcome.status = status;
	enum verdict verdict = outcome_verdict(&outcome, why, sizeof(why));
	const struct again again = { .command = options->again, .seed = options->seed };
	char *details = details_text(item, &outcome, verdict, &again);
	printf("%s%s: %s%s%s\n", details ? details : "", item->id, verdict_names[verdict], *why ? ", " : "", why);
	free(details);
	return verdict == VERDICT_PASS ? EXIT_EXPECTED : verdict == VERDICT_SKIP ? EXIT_SKIPPED : EXIT_DEVIATION;
}

/* Where it may write. */
static bool make_workplace(char *base, size_t size, const struct pen *around, const struct item *item)
{
	if (!workplace_make(base, size, around))
		return false;
	if (!item->test->as_root && privileges_now().root)
		(void)!chown(base, ordinary_uid(), (gid_t)-1);
	return true;
}

/* Executes a tool with this same command line, but for the tool's option. */
static void hand_over(const struct options *options)
{
	static char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *word = options->words[0], seed[16];

	if (n <= 0)
		die("--strace and --gdb need /proc");
	snprintf(seed, sizeof(seed), "%u", options->seed);
	if (options->strace) {
		char *const argv[] = { "strace", "-f", "-yy", self, "debug", "--seed", seed, word, NULL };
		execvp(argv[0], argv);
	} else {
		char *const argv[] = { "gdb",	 "-q",
				       "-ex",	 "set detach-on-fork off",
				       "-ex",	 "set follow-fork-mode child",
				       "--args", self,
				       "debug",	 "--seed",
				       seed,	 word,
				       NULL };
		execvp(argv[0], argv);
	}
	die("%s: %s (apt-get install %s)", options->strace ? "strace" : "gdb", strerror(errno),
	    options->strace ? "strace" : "gdb");
}

int command_debug(const struct options *options)
{
	/* As the pen has it: the first process of a PID namespace can hit nothing outside. */
	const struct pen around = { .closed = sys_getpid() == 1 };
	const struct privileges have = privileges_now();
	struct watched watched = { 0 };
	struct suite suite;
	int ends[2], status = 0;
	char why[160];

	suite_load(&suite);
	const struct item *item = suite_find(&suite, options->words[0]);
	if (!item)
		die("no test '%s'; 'forkcheck list' shows what there is, with its cases", options->words[0]);
	if (unpenned(item, &around, why, sizeof(why))) {
		printf("%s: SKIP, %s\n", item->id, why);
		return EXIT_SKIPPED;
	}
	if (options->strace || options->gdb)
		hand_over(options);
	/* A debugger that follows processes would lose its way to this one. */
	if (proc_field("/proc/self/status", "TracerPid:", 10) <= 0)
		watcher_begin();
	if (!make_workplace(watched.base, sizeof(watched.base), &around, item))
		watched.base[0] = 0;
	watcher_tell(&watched);
	(void)!chdir(watched.base[0] ? watched.base : "/");
	struct cell cell = { .uid = ordinary_uid(), .shares_nothing = !sys_unshare(CLONE_NEWIPC) };
	snprintf(cell.workdir, sizeof(cell.workdir), "%s", watched.base);
	records_init(ends);
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		watcher_forget();
		umask(022);
		record_root_namespace = namespace_of_self("pid");
		body_run(item->test, item->n, item->caps | item->init_caps, options->seed, &have);
	}
	if (pid < 0)
		die("cannot fork: %s", strerror(errno));
	record_root = watched.root = pid;
	watcher_tell(&watched);
	checked_wait(pid, &status, 0);
	clear_after(&cell);
	int result = tell(options, item, ends[0], status);
	rmdir(watched.base);
	watcher_tell(&(struct watched){ 0 });
	watcher_end();
	suite_free(&suite);
	return result;
}
