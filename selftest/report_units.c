// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Unit tests of forkcheck-report: what its reader makes of a text, and the rules of expectation files. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../report/ktap_reader.h"
#include "id.h"
#include "../report/writers.h"

/* What was read, in one line: "id VERDICT", with '!' where it was not expected, '+' for an unexpected pass. */
static char *digest(const struct run *run)
{
	struct text text = { 0 };

	text_add(&text, "", 0);
	for (size_t i = 0; i < run->count; i++) {
		const struct result *result = &run->results[i];
		char *one = format("%s%s %s%s", i ? ", " : "", result->id, verdict_names[result->verdict],
				   &"\0\0!\0+"[2 * result->standing]);
		text_add(&text, one, strlen(one));
		free(one);
	}
	return text.at;
}

static void read_bytes(struct run *run, const char *bytes, size_t size)
{
	FILE *in = fmemopen((char *)bytes, size, "r");

	ck_assert_ptr_nonnull(in);
	*run = (struct run){ .path = "test" };
	ktap_read(run, in);
	run_finish(run);
	fclose(in);
}

#define K "KTAP version 1\n"
#define T "TAP version 13\n"

static const struct {
	const char *name, *input, *results;
	const char *problem; /* part of the first one; NULL: none */
	bool damaged;
} reads[] = {
	{ "plain", K "1..2\nok 1 a\nnot ok 2 b\n", "a PASS, b FAIL!", NULL, false },
	{ "dash", T "1..2\nok 1 - a\nok - b\n", "a PASS, b PASS", NULL, false },
	{ "crlf", "KTAP version 1\r\n1..1\r\nok 1 a\r\n", "a PASS", NULL, false },
	{ "crcrlf", "KTAP version 1\r\r\n1..1\r\r\n\rok 1 a\r\r\n", "a PASS", NULL, false },
	{ "late plan", K "ok 1 a\nok 2 b\n1..2\n", "a PASS, b PASS", NULL, false },
	{ "no plan", K "ok 1 a\n", "a PASS", "no plan", false },
	{ "no version", "1..1\nok 1 a\n", "a PASS", NULL, false },
	{ "neither", "ok 1 a\nok 2 b\n", "a PASS, b PASS", "no version line", false },
	{ "noise before", "Linux version 6.1\nok then\n1 of 2\n" K "1..1\nok 1 a\n", "a PASS", NULL, false },
	{ "unknown lines", K "1..1\nhello\nok\nok go on\nnot ok either\nok 1a\nok 1 a\n", "a PASS", NULL, false },
	{ "too few", K "1..3\nok 1 a\n", "a PASS", "2 of 3 results are missing", true },
	{ "too many", K "1..1\nok 1 a\nok 2 b\n", "a PASS, b PASS", "the plan is of 1", true },
	{ "two plans", K "1..1\n1..2\nok 1 a\n", "a PASS", "a second plan", true },
	{ "lost one", K "1..3\nok 1 a\nok 3 c\n", "a PASS, c PASS", "result 3 where 2", true },
	{ "number twice", K "1..2\nok 1 a\nok 1 b\nok 2 c\n", "a PASS, b PASS, c PASS", "result 1 where 2", true },
	{ "same twice", K "1..2\nok 1 a\nok 2 a\n", "a PASS", "a second result of a", true },
	{ "contradiction", K "1..2\nok 1 a\nnot ok 2 a\n", "a FAIL!", "a is FAIL, and PASS in line 3", true },
	{ "bail out", T "1..3\nok 1 a\nBail out! the disk is full\nok 2 b\n", "a PASS", "Bail out! the disk", true },
	{ "cut line", K "1..2\nok 1 a\nnot ok 2 ab", "a PASS", "no end", true },
	{ "empty", "", "", NULL, false },
	{ "future", "KTAP version 2\n1..1\nok 1 a\n", "a PASS", "KTAP version 2 is not known", false },
	{ "all skipped", K "1..0 # SKIP not here\n", "", NULL, false },

	{ "skip", K "1..3\nok 1 a # SKIP why\nnot ok 2 b # SKIP\nok 3 c # skip why\n", "a SKIP, b SKIP, c SKIP", NULL,
	  false },
	{ "no skip", K "1..1\nok 1 a # skipping is fun\n", "a PASS", NULL, false },
	{ "xfail", K "1..2\nok 1 a # XFAIL TIMEOUT: why\nok 2 b # XFAIL why\n", "a TIMEOUT, b FAIL", NULL, false },
	{ "todo", T "1..2\nnot ok 1 - a # TODO CRASH: why\nok 2 - b # TODO\n", "a CRASH, b PASS+", NULL, false },
	{ "xpass", K "1..1\nnot ok 1 a # XPASS expected FAIL: why\n", "a PASS+", NULL, false },
	{ "timeout", K "1..1\nnot ok 1 a # TIMEOUT 45 seconds\n", "a TIMEOUT!", NULL, false },
	{ "error", K "1..1\nnot ok 1 a # ERROR BROKEN: why\n", "a BROKEN!", NULL, false },
	{ "ok error", K "1..1\nok 1 a # ERROR why\n", "a BROKEN!", "and yet ERROR", true },
	{ "crash", K "1..2\nnot ok 1 a # CRASH: SIGSEGV\nnot ok 2 b # LEAK: 1\n", "a CRASH!, b LEAK!", NULL, false },
	{ "diagnostic", K "1..2\nok 1 a # rcode=0\nnot ok 2 b # exit=1\n", "a PASS, b FAIL!", NULL, false },
	{ "nameless", K "1..1\nok 1 # SKIP why\n", "1 SKIP", NULL, false },
	{ "hash in name", T "1..1\nok 1 - a#1\n", "a#1 PASS", NULL, false },

	{ "nested", K "1..1\n  KTAP version 1\n  1..2\n  ok 1 x\n  ok 2 y\nok 1 g\n", "g.x PASS, g.y PASS", NULL,
	  false },
	{ "named", K "1..1\n  KTAP version 1\n  # Subtest: g\n  1..1\n  ok 1 x\nok 1 g\n", "g.x PASS", NULL, false },
	{ "deep", K "1..1\n  KTAP version 1\n  1..1\n    KTAP version 1\n    1..1\n    ok 1 x\n  ok 1 h\nok 1 g\n",
	  "g.h.x PASS", NULL, false },
	{ "TAP 14", "TAP version 14\n1..1\n# Subtest: g\n    1..1\n    ok 1 - x\nok 1 - g\n", "g.x PASS", NULL, false },
	{ "perl", "TAP version 13\n1..1\n# Subtest: g\n    ok 1 - x\n    1..1\nok 1 - g\n", "g.x PASS", NULL, false },
	{ "other name", K "1..1\n  KTAP version 1\n  # Subtest: g\n  1..1\n  ok 1 x\nok 1 h\n", "h.x PASS",
	  "the result of h follows the tests of g", true },
	{ "ends inside", K "1..1\n  KTAP version 1\n  # Subtest: g\n  1..2\n  ok 1 x\n", "g.x PASS", "ends inside",
	  true },
	{ "no group result", K "1..1\n    KTAP version 1\n    # Subtest: g\n    1..1\n    ok 1 x\n" T "1..0\n",
	  "g.x PASS", "no result of the group g", true },
	{ "group fails alone", K "1..1\n  KTAP version 1\n  1..1\n  ok 1 x\nnot ok 1 g # exit=139\n",
	  "g.x PASS, g FAIL!", NULL, false },
	{ "group fails with it", K "1..1\n  KTAP version 1\n  1..1\n  not ok 1 x\nnot ok 1 g\n", "g.x FAIL!", NULL,
	  false },
	{ "group times out", K "1..1\n  KTAP version 1\n  1..2\n  not ok 1 x\nnot ok 1 g # TIMEOUT 45\n",
	  "g.x FAIL!, g TIMEOUT!", "g: 1 of 2", true },
	{ "group is too good", K "1..1\n  KTAP version 1\n  1..1\n  not ok 1 x\nok 1 g\n", "g.x FAIL!",
	  "g is ok, but 1 of its", true },
	{ "empty group", K "1..1\n  KTAP version 1\n  1..0\nok 1 g # SKIP none\n", "g SKIP", NULL, false },
	{ "stray indentation", K "1..1\n    ok 1 x\nok 1 a\n", "a PASS", "a result in no group", false },
	{ "rounds",
	  K "1..2\n  KTAP version 1\n  # Subtest: round_1\n  1..1\n  ok 1 x\nok 1 round_1\n"
	    "  KTAP version 1\n  # Subtest: round_2\n  1..1\n  not ok 1 x\nnot ok 2 round_2\n",
	  "x FAIL!", "x is FAIL, and PASS in line", false },

	{ "commented",
	  T "1..1\n# TAP version 13\n# 1..2\n# ok 1 x\n# # said\n# not ok 2 y\nnot ok 1 selftests: a: b # exit=1\n",
	  "selftests: a: b.x PASS, selftests: a: b.y FAIL!", NULL, false },
	{ "twice commented",
	  T "1..1\n# TAP version 13\n# 1..1\n# # TAP version 13\n# # 1..1\n# # ok 1 x\n# ok 1 p\nok 1 q\n",
	  "q.p.x PASS", NULL, false },
	{ "comment only", T "1..1\n# ok 1 x\n# 1..3\nok 1 a\n", "a PASS", NULL, false },
	{ "two suites", T "1..1\nok 1 a\n" T "1..1\nok 1 b\n", "a PASS, b PASS", NULL, false },
	{ "first suite is short", T "1..2\nok 1 a\n" T "1..1\nok 1 b\n", "a PASS, b PASS", "1 of 2 results are missing",
	  true },

	{ "stamps",
	  "[    1.000000] KTAP version 1\n[    1.000001] 1..2\n[   10.123456] ok 1 a\n[   11.123456] ok 2 b\n",
	  "a PASS, b PASS", NULL, false },
	{ "stamps with callers",
	  "[    1.000000][    T1] KTAP version 1\n[    1.000001][    T1] 1..1\n[    1.2][ T1] x\n"
	  "[    1.000002][   T17] ok 1 a\n",
	  "a PASS", NULL, false },
	{ "clock", "2026-11-25T10:00:00 KTAP version 1\n2026-11-25T10:00:01 1..1\n2026-11-25T10:00:02 ok 1 a\n",
	  "a PASS", NULL, false },
	{ "kernel messages", K "1..1\n[    3.141592] random: crng init done\nok 1 a\n", "a PASS", NULL, false },
	{ "cut name", K "1..2\nok 1 ab[    3.141592] random: crng init done\ncd\nok 2 e\n", "abcd PASS, e PASS", NULL,
	  false },
	{ "cut verdict", K "1..1\nno<6>[    3.141592] random: done\n[    3.141593] x\nt ok 1 a\n", "a FAIL!", NULL,
	  false },
	{ "cut by two", K "1..1\nok 1[    3.141592] one\n[    3.141593] two\n a\n", "a PASS", NULL, false },
	{ "cut at the end", K "1..2\nok 1 a[    3.141592] one\n\nok 2 b\n", "a PASS, b PASS", NULL, false },
	{ "rest is missing", K "1..2\nok 1 a[    3.141592] one\nok 2 b\n", "a PASS, b PASS", "whose rest is missing",
	  true },
	{ "forged stamp", K "1..1\n# said [    3.141592] this\nok 1 a\n", "a PASS", NULL, false },
	{ "colours", K "1..1\n\033[32mok 1 a\033[0m\n", "a PASS", NULL, false },
	{ "bytes", K "1..1\n\xff\xfe\x80\nok 1 a\xc3(\x01\n", "a?(? PASS", NULL, false },
};

START_TEST(reader)
{
	struct run run;

	read_bytes(&run, reads[_i].input, strlen(reads[_i].input));
	char *results = digest(&run);
	ck_assert_msg(!strcmp(results, reads[_i].results), "%s: %s", reads[_i].name, results);
	const char *first = run.problem_count ? run.problems[0].text : NULL;
	ck_assert_msg(!first == !reads[_i].problem && (!first || strstr(first, reads[_i].problem)), "%s: %s",
		      reads[_i].name, first ? first : "no problem is told");
	ck_assert_msg((run.harm != HARMLESS) == reads[_i].damaged, "%s: damaged %d", reads[_i].name, run.harm);
	free(results);
	run_free(&run);
}
END_TEST

/* Cut anywhere, a report is either told to be damaged or has lost nothing. */
START_TEST(truncation)
{
	static const char whole[] = K
		"# forkcheck 0.1: Linux 6.1.0 on x86_64\n1..2\n  KTAP version 1\n  # Subtest: g\n  1..2\n"
		"  ok 1 x\n  not ok 2 y\nnot ok 1 g\nok 2 z\n"
		"# 2 passed, 1 failed, 0 skipped; 0 broken, 0 timed out, 0 crashed, 0 leaked; 0.10 s\n";
	struct run run;

	for (size_t size = strlen(K) + 40; size < sizeof(whole) - 1; size++) {
		read_bytes(&run, whole, size);
		ck_assert_msg(run.harm, "%zu bytes of %zu pass for the whole", size, sizeof(whole) - 1);
		run_free(&run);
	}
	read_bytes(&run, whole, sizeof(whole) - 1);
	ck_assert(!run.harm);
	run_free(&run);
}
END_TEST

/* Bytes changed at random: whatever comes out, nothing breaks, and everything is text. */
START_TEST(noise)
{
	static const char whole[] = K
		"1..2\n  KTAP version 1\n  # Subtest: g\n  1..2\n  ok 1 x\n  not ok 2 y # TIMEOUT\n"
		"not ok 1 g\n# TAP version 13\n# 1..1\n# # g.z: FAIL\n# # \n# ok 1 # SKIP\nok 2 z\n";
	char bytes[sizeof(whole)];
	struct run run;

	srand(1 + (unsigned)_i);
	for (int round = 0; round < 2000; round++) {
		memcpy(bytes, whole, sizeof(whole));
		for (int changes = 1 + rand() % 8; changes; changes--)
			bytes[(size_t)rand() % (sizeof(whole) - 1)] =
				rand() % 3 ? whole[(size_t)rand() % (sizeof(whole) - 1)] : (char)rand();
		read_bytes(&run, bytes, sizeof(whole) - 1);
		for (size_t i = 0; i < run.count; i++)
			for (const char *c = run.results[i].id; *c; c++)
				ck_assert(*c == '\t' || (unsigned char)*c >= ' ');
		run_free(&run);
	}
}
END_TEST

START_TEST(details)
{
	struct circumstances here;
	static const char text[] = K
		"# forkcheck 0.1: Linux 6.1.0-49 on x86_64\n# user: root, in a user namespace; configuration: none\n"
		"# seed 77, 2 at once\n1..2\n# begins: a.b.c\n# a.b.c: FAIL\n"
		"#   tests/a/b.c:27 in C, a child of the test (pid 9748)\n#     *turn\n#       want  == 1\n#       got   0\n"
		"#   tests/a/b.c:34 in P, the test's process (pid 9746)\n#     other\n#       want  is true\n#       got   false\n"
		"#   rule A-1 (fork(2) ERRORS): one\n#   rule A-2 (clone(2)): two\n#   again: forkcheck run a.b.c\n"
		"not ok 1 a.b.c\nok 2 d # SKIP needs Linux 7.1\n";
	struct run run;

	read_bytes(&run, text, sizeof(text) - 1);
	ck_assert_str_eq(run.release, "6.1.0-49");
	ck_assert_str_eq(run.user, "root, in a user namespace");
	ck_assert_str_eq(run.seed, "77");
	ck_assert_str_eq(run.begun, "a.b.c");
	ck_assert(run_circumstances(&run, &here));
	ck_assert(!here.privileged);
	const struct details *d = run.results[0].details;
	ck_assert_str_eq(d->at, "tests/a/b.c:27");
	ck_assert_str_eq(d->expr, "*turn");
	ck_assert_str_eq(d->want, "== 1");
	ck_assert_str_eq(d->got, "0");
	ck_assert_str_eq(d->rules, "A-1 (fork(2) ERRORS): one\nA-2 (clone(2)): two\n");
	ck_assert_str_eq(d->command, "forkcheck run a.b.c");
	ck_assert_str_eq(run.results[1].details->why, "needs Linux 7.1");
	ck_assert(run.harm); /* its counts are missing */
	run_free(&run);
}
END_TEST

START_TEST(slugs)
{
	static const char *const pairs[][2] = {
		{ "clone.files.by_child.open.clone", "clone.files.by_child.open.clone" },
		{ "selftests: clone3: clone3.a b", "selftests_clone3_clone3.a_b" },
		{ "...", "_" },
		{ "\xc3\xa4.b.", "_.b" },
		{ "a/b#c", "a_b_c" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		char *text = slug(pairs[i][0]);
		ck_assert_str_eq(text, pairs[i][1]);
		free(text);
	}
}
END_TEST

START_TEST(globs)
{
	ck_assert(glob_fits("clone.*", "clone.files.open"));
	ck_assert(glob_fits("clone", "clone.files.open"));
	ck_assert(glob_fits("clone.files", "clone.files.open"));
	ck_assert(!glob_fits("clone.fil", "clone.files.open"));
	ck_assert(glob_fits("*.open", "clone.files.open"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("forkcheck-report");
	TCase *tests = tcase_create("all");
	SRunner *runner = srunner_create(suite);

	tcase_add_loop_test(tests, reader, 0, ARRAY_SIZE(reads));
	tcase_add_test(tests, truncation);
	tcase_add_loop_test(tests, noise, 0, 4);
	tcase_add_test(tests, details);
	tcase_add_test(tests, slugs);
	tcase_add_test(tests, globs);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	const int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
