// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* forkcheck list, forkcheck env: what there is, and what can be run here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "applies.h"
#include "catalogue.h"
#include "commands.h"
#include "die.h"
#include "ladder.h"
#include "pen.h"
#include "select.h"
#include "times.h"
#include "watcher.h"
#include "workplace.h"

static int finish_output(void)
{
	if (fflush(stdout) || ferror(stdout))
		die("standard output: %s", strerror(errno));
	return EXIT_EXPECTED;
}

static int list_features(void)
{
	for (size_t f = 0; f < FEATURE_COUNT; f++)
		printf("%-20s %s%s%s%s%s\n", features[f].name, features[f].description,
		       features[f].since ? "; since Linux " : "", features[f].since ? features[f].since : "",
		       features[f].config ? "; CONFIG_" : "", features[f].config ? features[f].config : "");
	return finish_output();
}

static void list_plain(const struct item *const *chosen, size_t count, bool covers)
{
	for (size_t i = 0; i < count; i++) {
		const struct test *test = chosen[i]->test;
		if (covers)
			printf("%s\t%s\n", chosen[i]->id, chosen[i]->covers);
		else
			printf("%-60s %s%s\n", chosen[i]->id, test->summary ? test->summary : "",
			       test->reaches ? " (in a pen only)" : "");
	}
}

int command_list(const struct options *options)
{
	struct suite suite;

	if (options->list_features)
		return list_features();
	suite_load(&suite);
	const struct item **chosen = calloc(suite.count + 1, sizeof(*chosen));
	if (!chosen)
		die("out of memory");
	size_t count = select_items(&suite, options->words, options->word_count, chosen);
	count = shard_items(options, chosen, count);
	if (options->gtest.on)
		return gtest_list(&options->gtest, chosen, gtest_select(&options->gtest, chosen, count));
	if (options->list_json)
		catalogue_print(chosen, count);
	else
		list_plain(chosen, count, options->list_covers);
	free(chosen);
	suite_free(&suite);
	return finish_output();
}

/* ---- env --------------------------------------------------------------------------------------- */

static void print_machine(const struct pen *pen, const struct privileges *have)
{
	struct utsname uts = { 0 };
	const char *config = kernel_config_source(), *rung = missing_rung();
	char names[1024];

	uname(&uts);
	printf("kernel          %s %s, %s\n", uts.sysname, uts.release, uts.machine);
	printf("configuration   %s\n", config ? config : "none found: give one with --kernel-config");
	printf("bootstrap       %s%s\n", rung ? "does not work: " : "works", rung ? rung : "");
	printf("pen             %s%s\n", pen->open_because ? "none: " : "around each run",
	       pen->open_because ? pen->open_because : "");
	printf("cells           %s\n",
	       exec_stays() ? "executed afresh" : "forked only: execve leaves this implementation");
	printf("tests run as    %s%s\n", have->root ? "users of their own" : "this user",
	       have->initial_userns ? "" : ", in a user namespace");
	printf("capabilities    %s\n", have->caps ? capability_names(have->caps, names, sizeof(names)) : "none");
}

/* How many tests each reason keeps away; reasons are few, tests are many. */
static void print_skips(const struct pen *pen, const struct privileges *have)
{
	struct reason {
		char why[160];
		unsigned tests;
	} * reasons;
	struct suite suite;
	size_t count = 0;
	unsigned runnable = 0;
	char why[160];

	suite_load(&suite);
	reasons = calloc(suite.count + 1, sizeof(*reasons));
	if (!reasons)
		die("out of memory");
	for (size_t i = 0; i < suite.count; i++) {
		size_t r = 0;
		if (!inapplicable(&suite.items[i], have, pen, why, sizeof(why))) {
			runnable++;
			continue;
		}
		while (r < count && strcmp(reasons[r].why, why))
			r++;
		if (r == count)
			snprintf(reasons[count++].why, sizeof(why), "%s", why);
		reasons[r].tests++;
	}
	printf("\n%u of %zu tests can be run here.\n", runnable, suite.count);
	for (size_t r = 0; r < count; r++)
		printf("%5u skipped: %s\n", reasons[r].tests, reasons[r].why);
	free(reasons);
	suite_free(&suite);
}

static int env_inside(void *context, const struct pen *pen)
{
	(void)context;
	char base[48];
	struct watched watched = { 0 };
	const struct privileges have = privileges_now();
	char why[160];

	/* As a test has it. */
	const bool made = workplace_make(base, sizeof(base), pen);
	if (made && !pen->own_tmp)
		snprintf(watched.base, sizeof(watched.base), "%s", base);
	watcher_tell(&watched);
	(void)!chdir(made ? base : "/");
	print_machine(pen, &have);
	printf("\nfeatures\n");
	for (enum feature f = 0; f < FEATURE_COUNT; f++)
		printf("  %-20s %s\n", features[f].name,
		       feature_absent(f, why, sizeof(why)) ? why : "here, or its lack is a failure");
	print_skips(pen, &have);
	(void)!chdir("/");
	if (made)
		rmdir(base);
	watcher_tell(&(struct watched){ 0 });
	return finish_output();
}

int command_env(const struct options *options)
{
	static const struct pen none = { .open_because = "--no-pen" };

	watcher_begin();
	int status = options->pen ? pen_run(env_inside, NULL) : env_inside(NULL, &none);
	watcher_end();
	return status;
}
