// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Unit tests of explore's text and model. No program is played here. */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "generator.h"
#include "player.h"

static struct world world;
static struct prediction gives;

static void begin(void)
{
	registry_begin();
	surroundings.major = 6;
	surroundings.minor = 18;
	world_begin(&world, 6, 18, false);
}

/* Takes the steps of a text; `gives` is what the last one gives. */
static void take(const char *text)
{
	struct program program;
	struct text_error error;

	ck_assert_msg(program_parse(text, &program, &error), "%s: %s", text, error.why);
	for (unsigned i = 0; i < program.count; i++) {
		ck_assert_msg(world_allows(&world, &program.step[i]), "step %u of %s", i + 1, text);
		world_step(&world, &program.step[i], &gives);
	}
}

static bool allows(const char *text)
{
	struct program program;
	struct text_error error;

	ck_assert(program_parse(text, &program, &error));
	return world_allows(&world, &program.step[0]);
}

/* What an actor must see of itself. */
static int64_t seen(char actor, const char *name)
{
	struct prediction want = { 0 };
	char here[64];

	for (unsigned i = 0; i < look_count; i++)
		for (unsigned n = 0; n < look_instances(looks[i]); n++) {
			if (strcmp(look_name(looks[i], n, here, sizeof(here)), name))
				continue;
			if (property_of(looks[i]))
				return value_of(&world, (unsigned)(actor - 'A'), property_of(looks[i]));
			looks[i]->predict(&world, (unsigned)(actor - 'A'), n, &want);
			ck_assert_int_eq(want.certainty, CERTAIN);
			return want.value;
		}
	ck_abort_msg("no look '%s'", name);
}

/* ---- Text ---------------------------------------------------------------------------------------- */

static const unsigned programs = 100000;

START_TEST(text_and_programs_are_inverse)
{
	static struct program program, again;
	static char text[PROGRAM_TEXT], text_again[PROGRAM_TEXT];
	const char *rounds = getenv("EXPLORE_ROUNDS");
	struct text_error error;

	for (uint64_t seed = 0; seed < (rounds ? strtoul(rounds, NULL, 10) : programs); seed++) {
		generate(seed, NULL, &program);
		program_text(&program, seed % 2 ? "\n" : "; ", text, sizeof(text));
		ck_assert_msg(program_parse(text, &again, &error), "%s: %s", text, error.why);
		ck_assert_uint_eq(again.count, program.count);
		for (unsigned i = 0; i < program.count; i++)
			ck_assert_msg(same_step(&program.step[i], &again.step[i]), "%s, step %u", text, i + 1);
		program_text(&again, seed % 2 ? "\n" : "; ", text_again, sizeof(text_again));
		ck_assert_str_eq(text, text_again);
	}
}
END_TEST

START_TEST(what_is_generated_makes_sense)
{
	static struct program program;

	for (uint64_t seed = 0; seed < 20000; seed++) {
		generate(seed, NULL, &program);
		ck_assert(program_valid(&program, 6, 18, false));
	}
}
END_TEST

START_TEST(a_seed_gives_the_same_program)
{
	static struct program a, b;

	generate(7, NULL, &a);
	generate(8, NULL, &b);
	generate(7, NULL, &b);
	ck_assert_uint_eq(a.count, b.count);
	for (unsigned i = 0; i < a.count; i++)
		ck_assert(same_step(&a.step[i], &b.step[i]));
}
END_TEST

static void expect_error(const char *text, unsigned line, const char *part)
{
	struct program program;
	struct text_error error;

	ck_assert_msg(!program_parse(text, &program, &error), "%s", text);
	ck_assert_uint_eq(error.line, line);
	ck_assert_msg(strstr(error.why, part), "'%s' does not say '%s'", error.why, part);
}

START_TEST(errors_name_the_word)
{
	expect_error("A fork B\nX exit 0", 2, "'X'");
	expect_error("A frok B", 1, "'frok' is no operation");
	expect_error("A fork", 1, "the child '': an actor, A to H");
	expect_error("A fork B C", 1, "'C' is one word too many");
	expect_error("A exit 256", 1, "256: a number from 0 to 255");
	expect_error("A umask 22", 1, "22: an octal number from 0 to 0777");
	expect_error("# first\n\nA clone FS FS B", 3, "'FS' stands twice");
	expect_error("A clone exit=NONE B", 1, "exit= takes the name of a signal");
	expect_error("A block HUP", 1, "one of USR1, USR2");
	expect_error("A clone", 1, "the child");
}
END_TEST

START_TEST(comments_and_separators)
{
	struct program program;
	struct text_error error;

	ck_assert(program_parse("# nothing\n ;; A fork B ; B exit 3 # the end\n\nA wait B", &program, &error));
	ck_assert_uint_eq(program.count, 3);
	ck_assert(program_parse("", &program, &error));
	ck_assert_uint_eq(program.count, 0);
}
END_TEST

/* ---- Births -------------------------------------------------------------------------------------- */

START_TEST(a_fork_shares_nothing)
{
	take("A map m; A write m.0 5; A umask 0; A fork B; A write m.0 6; B umask 077; A open");
	ck_assert_int_eq(seen('B', "m.0"), 5);
	ck_assert_int_eq(seen('A', "umask"), 0);
	ck_assert_int_eq(seen('B', "descriptor 0"), -1);
	ck_assert_int_eq(seen('B', "ppid"), NAMED(0));
}
END_TEST

START_TEST(flags_share)
{
	take("A map m; A clone VM FS FILES B; A write m.0 6; B umask 077; A open; A seek 0 3");
	ck_assert_int_eq(seen('B', "m.0"), 6);
	ck_assert_int_eq(seen('A', "umask"), 077);
	ck_assert_int_eq(seen('B', "descriptor 0"), 3 << 1);
}
END_TEST

START_TEST(contradictions_are_refused)
{
	take("A clone SIGHAND B");
	ck_assert_int_eq(gives.value, -EINVAL);
	take("A clone VM THREAD B");
	ck_assert_int_eq(gives.value, -EINVAL);
	take("A clone NEWUTS B");
	ck_assert_int_eq(gives.value, -EPERM);
	take("A clone3 PARENT exit=CHLD B");
	ck_assert_int_eq(gives.value, -EINVAL);
	ck_assert_uint_eq(world.born, 1);
}
END_TEST

START_TEST(parents)
{
	take("A fork B; B clone PARENT C; B thread D; D fork E");
	ck_assert_int_eq(seen('C', "ppid"), NAMED(0));
	ck_assert_int_eq(seen('D', "ppid"), NAMED(0));
	ck_assert_int_eq(seen('D', "pid"), NAMED(1));
	ck_assert_int_eq(seen('E', "ppid"), NAMED(1));
	take("B exit 0");
	ck_assert_int_eq(seen('E', "ppid"), NAMED(1));
	take("D exit 0");
	ck_assert_int_eq(seen('E', "ppid"), NAMED(CONDUCTOR));
}
END_TEST

START_TEST(vfork_suspends)
{
	take("A vfork B");
	ck_assert_int_eq(gives.certainty, LATER);
	ck_assert(!allows("A umask 0"));
	take("B exit 0");
	ck_assert(allows("A umask 0"));
	ck_assert_uint_eq(world.released, 1);
	ck_assert_int_eq(world.actor[0].answer.value, NAMED(1));
}
END_TEST

START_TEST(words_for_tids)
{
	take("A clone PARENT_SETTID CHILD_SETTID B; A clone VM PARENT_SETTID CHILD_SETTID CHILD_CLEARTID C");
	ck_assert_int_eq(seen('A', "word at parent_tid of B"), 1);
	ck_assert_int_eq(seen('A', "word at child_tid of B"), 0);
	ck_assert_int_eq(seen('B', "word at parent_tid of B"), 0);
	ck_assert_int_eq(seen('B', "word at child_tid of B"), 1);
	ck_assert_int_eq(seen('A', "word at child_tid of C"), 1);
	take("A fork D; C exit 0");
	ck_assert_int_eq(seen('A', "word at child_tid of C"), 0);
	ck_assert_int_eq(seen('A', "word at parent_tid of C"), 1);
	ck_assert_int_eq(seen('D', "word at child_tid of C"), 1);
	take("D exec");
	ck_assert_int_eq(seen('D', "word at child_tid of C"), 0);
	take("A clone VM CHILD_CLEARTID E");
	ck_assert_int_eq(seen('A', "word at child_tid of E"), 2);
	take("E exec");
	ck_assert_int_eq(seen('A', "word at child_tid of E"), 0);
}
END_TEST

/* ---- Ends, and waiting for them ------------------------------------------------------------------ */

START_TEST(wait_gives_the_status)
{
	take("A fork B; B exit 3; A wait B");
	ck_assert_int_eq(gives.value, NAMED(1));
	ck_assert_int_eq(gives.extra, 3 << 8);
	take("A wait B");
	ck_assert_int_eq(gives.value, -ECHILD);
}
END_TEST

START_TEST(wait_stays_open)
{
	take("A fork B; A wait_any");
	ck_assert_int_eq(gives.certainty, LATER);
	take("B kill B TERM");
	ck_assert_int_eq(gives.certainty, NEVER);
	ck_assert_int_eq(world.actor[0].answer.extra, SIGTERM);
}
END_TEST

START_TEST(the_last_thread_counts)
{
	take("A fork B; B thread C; B exit 5; A wait B NOHANG");
	ck_assert_int_eq(gives.value, NO_PROCESS);
	take("C exit 9; A wait B");
	ck_assert_int_eq(gives.extra, 9 << 8);
	world_begin(&world, 5, 10, false);
	take("A fork B; B thread C; B exit 5; C exit 9; A wait B");
	ck_assert_int_eq(gives.extra, 5 << 8);
}
END_TEST

START_TEST(kinds_of_children)
{
	take("A block URG; A clone exit=URG B; B exit 0; A wait_any NOHANG");
	ck_assert_int_eq(gives.value, -ECHILD);
	take("A wait_any WCLONE");
	ck_assert_int_eq(gives.value, NAMED(1));
}
END_TEST

START_TEST(a_status_can_be_left_there)
{
	take("A fork B; B exit 3; A waitid B NOWAIT; A waitid_any NOHANG");
	ck_assert_int_eq(gives.value, NAMED(1));
	ck_assert_int_eq(gives.extra, 3 << 8);
	take("A waitid B");
	ck_assert_int_eq(gives.value, -ECHILD);
}
END_TEST

START_TEST(nobody_to_wait_for)
{
	take("A ignore CHLD; A fork B; B exit 0; A wait B");
	ck_assert_int_eq(gives.value, -ECHILD);
	take("A default CHLD; A nocldwait; A fork C; C exit 0; A wait_any");
	ck_assert_int_eq(gives.value, -ECHILD);
}
END_TEST

/* ---- execve -------------------------------------------------------------------------------------- */

START_TEST(an_execve_leaves_one_thread)
{
	take("A thread B; A thread C; B exec");
	ck_assert_int_eq(world.actor[0].condition, GONE);
	ck_assert_int_eq(world.actor[2].condition, GONE);
	ck_assert_int_eq(seen('B', "pid"), NAMED(0));
}
END_TEST

START_TEST(an_execve_ends_sharing)
{
	take("A map m; A open; A open; A cloexec 0; A clone VM FS FILES B; B exec; B umask 011; B open");
	ck_assert_int_eq(seen('B', "m.0"), -1);
	ck_assert_int_eq(seen('A', "m.0"), 0);
	ck_assert_int_eq(seen('A', "umask"), 011);
	ck_assert_int_eq(seen('A', "descriptor 0"), 1);
	ck_assert_int_eq(seen('B', "descriptor 0"), 0);
}
END_TEST

START_TEST(an_execve_of_the_parent_changes_exit_signals)
{
	take("A block USR1; A block CHLD; A clone exit=USR1 B; A exec; B exit 0");
	ck_assert_int_eq(seen('A', "pending"), 1 << (SIGCHLD - 1));
}
END_TEST

/* ---- Signals ------------------------------------------------------------------------------------- */

START_TEST(masks_and_pending_sets_are_a_threads_own)
{
	take("A block USR1; A thread B; A tgkill A USR1");
	ck_assert_int_eq(seen('B', "mask"), 1 << (SIGUSR1 - 1));
	ck_assert_int_eq(seen('A', "pending"), 1 << (SIGUSR1 - 1));
	ck_assert_int_eq(seen('B', "pending"), 0);
	take("A kill A USR1");
	ck_assert_int_eq(seen('B', "pending"), 1 << (SIGUSR1 - 1));
	take("B fork C");
	ck_assert_int_eq(seen('C', "pending"), 0);
}
END_TEST

START_TEST(what_is_held_back_comes_through)
{
	take("A block USR1; A fork B; A kill B USR1; B unblock USR1");
	ck_assert_int_eq(gives.certainty, NEVER);
	take("A wait B");
	ck_assert_int_eq(gives.extra, SIGUSR1);
}
END_TEST

START_TEST(handlers_are_copied_and_cleared)
{
	take("A handle PWR; A ignore USR1; A fork B; A clone3 CLEAR_SIGHAND C; A thread D; D handle XFSZ; B exec");
	ck_assert_int_eq(seen('A', "disposition of XFSZ"), 3);
	ck_assert_int_eq(seen('B', "disposition of PWR"), 0);
	ck_assert_int_eq(seen('B', "disposition of USR1"), 1);
	ck_assert_int_eq(seen('C', "disposition of PWR"), 0);
	ck_assert_int_eq(seen('C', "disposition of USR1"), 1);
}
END_TEST

/* ---- Attributes, directories --------------------------------------------------------------------- */

START_TEST(attributes_are_kept_or_lost)
{
	take("A slack 7; A keepcaps 1; A limit 6000; A timer virtual 1; A timer profiling 1; A timer profiling 0; A altstack 1; A fork B; A thread C; A vfork D");
	ck_assert_int_eq(seen('B', "timer slack"), 7);
	ck_assert_int_eq(seen('B', "timers"), 0);
	ck_assert_int_eq(seen('C', "timers"), 2);
	ck_assert_int_eq(seen('B', "alternate stack"), 1);
	ck_assert_int_eq(seen('C', "alternate stack"), 0);
	ck_assert_int_eq(seen('D', "alternate stack"), 1);
	take("B limit 5001; B exec");
	ck_assert_int_eq(seen('A', "CPU limit"), 6000);
	ck_assert_int_eq(seen('B', "CPU limit"), 5001);
	ck_assert_int_eq(seen('B', "keepcaps"), 0);
	ck_assert_int_eq(seen('B', "timer slack"), 7);
	ck_assert_int_eq(seen('B', "alternate stack"), 0);
}
END_TEST

START_TEST(directories)
{
	take("A clone FS B; A fork C; B chdir /proc; B exec; C chdir /dev");
	ck_assert_int_eq(seen('A', "directory"), 1);
	ck_assert_int_eq(seen('B', "directory"), 1);
	ck_assert_int_eq(seen('C', "directory"), 2);
}
END_TEST

/* ---- Sessions ------------------------------------------------------------------------------------ */

START_TEST(sessions_and_groups)
{
	take("A fork B; B setsid");
	ck_assert_int_eq(gives.value, NAMED(1));
	take("B setpgid");
	ck_assert_int_eq(gives.value, -EPERM);
	take("A setsid");
	ck_assert_int_eq(gives.value, -EPERM);
	ck_assert_int_eq(seen('A', "session"), NAMED(0));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		text_and_programs_are_inverse,
		what_is_generated_makes_sense,
		a_seed_gives_the_same_program,
		errors_name_the_word,
		comments_and_separators,
		a_fork_shares_nothing,
		flags_share,
		contradictions_are_refused,
		parents,
		words_for_tids,
		vfork_suspends,
		wait_gives_the_status,
		wait_stays_open,
		the_last_thread_counts,
		kinds_of_children,
		a_status_can_be_left_there,
		nobody_to_wait_for,
		an_execve_leaves_one_thread,
		an_execve_ends_sharing,
		an_execve_of_the_parent_changes_exit_signals,
		masks_and_pending_sets_are_a_threads_own,
		what_is_held_back_comes_through,
		handlers_are_copied_and_cleared,
		attributes_are_kept_or_lost,
		directories,
		sessions_and_groups,
	};
	Suite *suite = suite_create("explore");
	TCase *model = tcase_create("text and model");

	tcase_add_checked_fixture(model, begin, NULL);
	tcase_set_timeout(model, 600);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(model, tests[i]);
	suite_add_tcase(suite, model);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
