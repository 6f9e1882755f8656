// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "body.h"

_Noreturn void body_run(const struct test *test, size_t n, uint64_t caps, uint32_t seed, const struct privileges *have)
{
	record_root = sys_getpid();
	const char *failed = privileges_drop(caps, test->as_root, have);
	if (failed) {
		record_text(RECORD_BROKEN, SITE_NONE, failed);
		sys_exit_group(1);
	}
	random_seed(seed);
	case_select(test, n);
	events_init();
	filter_around();
	test->body();
	if (sys_getpid() != record_root) {
		record_text(RECORD_FAIL, SITE_NONE, "the body returned in a process that is not the test's own");
		sys_exit_group(1);
	}
	record_text(RECORD_DONE, SITE_NONE, "");
	sys_exit_group(0);
}
